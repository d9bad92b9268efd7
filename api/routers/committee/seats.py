"""/seats: what somebody can hold in a body."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, fetched, own_of, placed, vacated, with_own
from api.domain.committee.bodies import Body
from api.domain.committee.seats import Seat, SeatDefinition, SeatFields, SeatOut
from api.domain.committee.sectors import SeatRole, Sector
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.roles import Action
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["members"], route_class=ReadRoute)
SeatPatch = patch_of(SeatDefinition)


class SeatNew(SeatFields):
    """The body that makes a seat."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class SeatQuery(OfCommittee):
    """How seats are listed."""

    body: UUID | None = None
    """Only those of this body."""
    sector: Sector | None = None
    role: SeatRole | None = None
    voting: bool | None = None


SEATS = Listing(
    "seats",
    SeatOut,
    "seat t join body b on b.id = t.body_id",
    HERE,
    (("t.id", "uuid"),),
    SeatQuery,
    OF_COMMITTEE | {"body": "t.body_id = {value}"} | {name: f"t.{name} = {{value}}" for name in ("sector", "role", "voting")},
    {"body": "b.name"},
)

publish(
    router,
    SEATS,
    levels=(),
    flat="/v1/seats",
    about="Seats in committees that you see; `committee=` those of one.",
    one=("seat", "One seat."),
)


@router.post("/v1/committees/{id}/seats", status_code=201, response_model=SeatOut, responses=problems.refusals(Conflict))
async def add_seat(id: UUID, body: SeatNew, caller: Creating) -> Response:
    """Make a seat in a body of the committee. Needs `roster:write` there."""
    committee = await fetched(caller, id, Action.WRITE_ROSTER)
    await own_of(caller, Body, id, body.body_id, "/body_id")
    row = made(Seat, body, **placed(committee))
    await db.keep(caller, row, "create")
    return await pages.written(caller, SEATS, row.id, f"/v1/seats/{row.id}", status=201)


@router.patch("/v1/seats/{id}", response_model=SeatOut, responses=problems.CHANGES)
async def change_seat(id: UUID, body: SeatPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what a seat is called, how much of its holder is shown, or end it. Needs `roster:write` there."""
    row, _ = await with_own(caller, Seat, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, SEATS, id, row.version, if_match)
    changed = merged(row, body, SeatDefinition)
    await vacated(caller, row)
    await db.keep(caller, row, "change", fields=changed)
    return await pages.written(caller, SEATS, id, f"/v1/seats/{id}")
