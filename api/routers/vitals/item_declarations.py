"""/item-declarations: what is declared of items of GOPI-Prevención that nothing kept here can tell."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, fetched, placed, with_own
from api.domain.errors import Conflict
from api.domain.fields import made, new_id
from api.domain.vitals.item_declarations import (
    DeclarablePart,
    ItemDeclaration,
    ItemDeclarationEnd,
    ItemDeclarationFields,
    ItemDeclarationOut,
    declarable,
    end,
)
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["steps"], route_class=ReadRoute)


class ItemDeclarationNew(ItemDeclarationFields):
    """The body that declares something of an item."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class ItemDeclarationQuery(OfCommittee):
    """How declarations of items are listed."""

    part: DeclarablePart | None = None


ITEM_DECLARATIONS = Listing(
    "item-declarations",
    ItemDeclarationOut,
    "item_declaration t",
    HERE,
    (("t.starts_on", "date"), ("t.id", "uuid")),
    ItemDeclarationQuery,
    OF_COMMITTEE | {"part": "t.part = {value}"},
)

publish(
    router,
    ITEM_DECLARATIONS,
    levels=(),
    flat="/v1/item-declarations",
    about="Declarations of items of GOPI-Prevención that you see, by day; `committee=` those of one.",
    one=("item_declaration", "One declaration of an item."),
)


@router.post(
    "/v1/committees/{id}/item-declarations", status_code=201, response_model=ItemDeclarationOut, responses=problems.refusals(Conflict)
)
async def add_item_declaration(id: UUID, body: ItemDeclarationNew, caller: Creating) -> Response:
    """Declare what `health` does not know of an item of GOPI-Prevención, with what it can be read in. It counts from its day on, and is
    shown as declared. Needs `committees:write` there."""
    committee = await fetched(caller, id)
    declarable(body, caller.at.date())
    row = made(ItemDeclaration, body, **placed(committee))
    await db.keep(caller, row, "create")
    return await pages.written(caller, ITEM_DECLARATIONS, row.id, f"/v1/item-declarations/{row.id}", status=201)


@router.post("/v1/item-declarations/{id}/end", response_model=ItemDeclarationOut, responses=problems.CHANGES)
async def end_item_declaration(id: UUID, body: ItemDeclarationEnd, caller: Writing, if_match: IfMatch) -> Response:
    """Say when it ends, or take it back whole by ending it on its first day. Needs `committees:write` there."""
    row, _ = await with_own(caller, ItemDeclaration, id)
    await pages.unchanged(caller, ITEM_DECLARATIONS, id, row.version, if_match)
    end(row, body.ends_on)
    await db.keep(caller, row, "end", fields=["ends_on"])
    return await pages.written(caller, ITEM_DECLARATIONS, row.id, f"/v1/item-declarations/{row.id}")
