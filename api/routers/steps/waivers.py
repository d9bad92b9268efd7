"""/waivers: steps that a committee need not take."""

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
from api.domain.roles import Action
from api.domain.steps.frameworks import followed
from api.domain.steps.waivers import Waiver, WaiverEnd, WaiverFields, WaiverOut, end, waivable
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["steps"], route_class=ReadRoute)


class WaiverNew(WaiverFields):
    """The body that waives a step."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class WaiverQuery(OfCommittee):
    """How waivers are listed."""

    step: str | None = None


WAIVERS = Listing(
    "waivers",
    WaiverOut,
    "waiver t",
    HERE,
    (("t.starts_on", "date"), ("t.id", "uuid")),
    WaiverQuery,
    OF_COMMITTEE | {"step": "t.step = {value}"},
)

publish(
    router,
    WAIVERS,
    levels=(),
    flat="/v1/waivers",
    about="Waivers that you see, by day; `committee=` those of one.",
    one=("waiver", "One waiver."),
)


@router.post("/v1/committees/{id}/waivers", status_code=201, response_model=WaiverOut, responses=problems.refusals(Conflict))
async def add_waiver(id: UUID, body: WaiverNew, caller: Creating) -> Response:
    """Waive a step of a committee: it counts as reached while the waiver lasts, and is shown as waived, with the reason. The committee does
    not waive for itself: needs `steps:waive`, which the country's coordinator has."""
    committee = await fetched(caller, id, Action.WAIVE_STEPS)
    waivable(followed(committee.framework), body)
    row = made(Waiver, body, **placed(committee))
    await db.keep(caller, row, "create")
    return await pages.written(caller, WAIVERS, row.id, f"/v1/waivers/{row.id}", status=201)


@router.post("/v1/waivers/{id}/end", response_model=WaiverOut, responses=problems.CHANGES)
async def end_waiver(id: UUID, body: WaiverEnd, caller: Writing, if_match: IfMatch) -> Response:
    """Say when a waiver ends; from that day on the step stands as its gates say. Needs `steps:waive` there."""
    row, _ = await with_own(caller, Waiver, id, Action.WAIVE_STEPS)
    await pages.unchanged(caller, WAIVERS, id, row.version, if_match)
    end(row, body.ends_on)
    await db.keep(caller, row, "end", fields=["ends_on"])
    return await pages.written(caller, WAIVERS, row.id, f"/v1/waivers/{row.id}")
