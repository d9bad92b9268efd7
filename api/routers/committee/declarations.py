"""/declarations: what was before a committee joined."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import pages, problems
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, declared, fetched
from api.domain.committee.declarations import DeclarationFields, DeclarationOut, DeclaredKind
from api.domain.errors import Conflict
from api.domain.fields import new_id
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["committees"], route_class=ReadRoute)


class DeclarationNew(DeclarationFields):
    """The body that declares a fact."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class DeclarationQuery(OfCommittee):
    """How declared facts are listed."""

    kind: DeclaredKind | None = None


DECLARATIONS = Listing(
    "declarations",
    DeclarationOut,
    "declaration t",
    HERE,
    (("t.happened_on", "date"), ("t.id", "uuid")),
    DeclarationQuery,
    OF_COMMITTEE | {"kind": "t.kind = {value}"},
)

publish(
    router,
    DECLARATIONS,
    levels=(),
    flat="/v1/declarations",
    about="Declared facts that you see, by day; `committee=` those of one.",
    one=("declaration", "One declared fact."),
)


@router.post("/v1/committees/{id}/declarations", status_code=201, response_model=DeclarationOut, responses=problems.refusals(Conflict))
async def add_declaration(id: UUID, body: DeclarationNew, caller: Creating) -> Response:
    """Declare what was before the committee joined: dated, with a document, exempt from gates. Its milestones follow what is declared of
    them, and say that it was. Needs `committees:write` there."""
    committee = await fetched(caller, id)
    row = await declared(caller, committee, body)
    return await pages.written(caller, DECLARATIONS, row.id, f"/v1/declarations/{row.id}", status=201)
