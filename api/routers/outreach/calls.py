"""/open-calls: seats that whoever fits may ask for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, fetched, placed, with_own
from api.domain.committee.sectors import Sector
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.outreach.calls import CallState, OpenCall, OpenCallFields, OpenCallOut
from api.domain.roles import Action
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["outreach"], route_class=ReadRoute)
OpenCallPatch = patch_of(OpenCallFields)


class OpenCallNew(OpenCallFields):
    """The body that announces an open call."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class OpenCallQuery(OfCommittee):
    """How open calls are listed."""

    state: CallState | None = None
    sector: Sector | None = None
    """Only those that this sector may answer."""


STATE = "case when t.opens_on > {at}::date then 'announced' when t.closes_on > {at}::date then 'open' else 'closed' end"
ASKED = "(select count(*) from seat_invitation i where i.open_call_id = t.id {})"
CALLS = Listing(
    "open-calls",
    OpenCallOut,
    "open_call t",
    HERE,
    (("t.opens_on", "date"), ("t.id", "uuid")),
    OpenCallQuery,
    OF_COMMITTEE | {"state": f"({STATE}) = {{value}}", "sector": "(t.sectors = array[]::text[] or ({value})::text = any(t.sectors))"},
    {"state": STATE, "asked": ASKED.format(""), "seated": ASKED.format("and i.state = 'seated'")},
)

publish(
    router,
    CALLS,
    flat="/v1/open-calls",
    about="Open calls of committees that you see, by the day they open; `committee=` those of one.",
    one=("open_call", "One open call."),
)


@router.post("/v1/committees/{id}/open-calls", status_code=201, response_model=OpenCallOut, responses=problems.refusals(Conflict))
async def add_open_call(id: UUID, body: OpenCallNew, caller: Creating) -> Response:
    """Announce a call; whoever answers it gets an invitation with its `open_call_id`. Needs `roster:write` there."""
    row = made(OpenCall, body, **placed(await fetched(caller, id, Action.WRITE_ROSTER)))
    await db.keep(caller, row, "create")
    return await pages.written(caller, CALLS, row.id, f"/v1/open-calls/{row.id}", status=201)


@router.patch("/v1/open-calls/{id}", response_model=OpenCallOut, responses=problems.CHANGES)
async def change_open_call(id: UUID, body: OpenCallPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change a call, or close it early by an earlier `closes_on`. Needs `roster:write` there."""
    row, _ = await with_own(caller, OpenCall, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, CALLS, id, row.version, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, OpenCallFields))
    return await pages.written(caller, CALLS, id, f"/v1/open-calls/{id}")
