"""/bodies: plenary, board, subcommissions and secretariat of a committee."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, fetched, own_of, placed, with_own
from api.domain.committee.bodies import Body, BodyDefinition, BodyFields, BodyKind, BodyOut, not_inside_itself
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.roles import Action
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["members"], route_class=ReadRoute)
BodyPatch = patch_of(BodyDefinition)


class BodyNew(BodyFields):
    """The body that adds a body."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class BodyQuery(OfCommittee):
    """How bodies are listed."""

    kind: BodyKind | None = None


BODIES = Listing("bodies", BodyOut, "body t", HERE, (("t.id", "uuid"),), BodyQuery, OF_COMMITTEE | {"kind": "t.kind = {value}"})

publish(
    router,
    BODIES,
    levels=(),
    flat="/v1/bodies",
    about="Bodies of committees that you see; `committee=` those of one.",
    one=("body", "One body."),
)


async def _parent(caller: Caller, body: BodyDefinition, committee_id: UUID) -> None:
    await own_of(caller, Body, committee_id, body.parent_id, "/parent_id")


@router.post("/v1/committees/{id}/bodies", status_code=201, response_model=BodyOut, responses=problems.refusals(Conflict))
async def add_body(id: UUID, body: BodyNew, caller: Creating) -> Response:
    """Add a body to a committee. Needs `roster:write` there."""
    committee = await fetched(caller, id, Action.WRITE_ROSTER)
    await _parent(caller, body, id)
    row = made(Body, body, **placed(committee))
    not_inside_itself(row, row.id)
    await db.keep(caller, row, "create")
    return await pages.written(caller, BODIES, row.id, f"/v1/bodies/{row.id}", status=201)


@router.patch("/v1/bodies/{id}", response_model=BodyOut, responses=problems.CHANGES)
async def change_body(id: UUID, body: BodyPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what a body is called, or end it. Needs `roster:write` there."""
    row, committee = await with_own(caller, Body, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, BODIES, id, row.version, if_match)
    changed = merged(row, body, BodyDefinition)
    await _parent(caller, row, committee.id)
    not_inside_itself(row, id)
    await db.keep(caller, row, "change", fields=changed)
    return await pages.written(caller, BODIES, id, f"/v1/bodies/{id}")
