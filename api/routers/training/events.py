"""/training-events: courses given, and what came of each."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict
from api.domain.fields import made, merged
from api.domain.roles import Action, Target
from api.domain.training.attendance import FEWEST
from api.domain.training.certificates import CERTIFIED
from api.domain.training.events import (
    ALLOWED,
    TrainingEvent,
    TrainingEventFields,
    TrainingEventNew,
    TrainingEventOut,
    TrainingEventPatch,
    TrainingEventState,
    allowed,
    cancel,
    hold,
)
from api.idempotency import Creating
from api.levels import Shape
from api.offices import municipality_of
from api.pages import Listing
from api.training import withdraw_unless

router = APIRouter(tags=["training"], route_class=ReadRoute)


class TrainingEventQuery(pages.Query):
    """How training events are listed."""

    state: TrainingEventState | None = None
    topic: Annotated[str | None, Field(max_length=63)] = None
    """Only events whose course teaches it."""
    course: UUID | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    """Only events that begin on or after this day."""
    to: date | None = None
    """Only events that begin on or before this day."""


THERE = "from training_attendance a where a.municipality_id = t.municipality_id and a.event_id = t.id"
ENOUGH = f"and a.present and a.pre_score is not null and a.post_score is not null having count(*) >= {FEWEST}"
TRAINING_EVENTS = Listing(
    "training-events",
    TrainingEventOut,
    "training_event t join municipality m on m.id = t.municipality_id join course c on c.id = t.course_id"
    " left join organisation o on o.id = t.trainer_organisation_id",
    Shape(),
    (("t.starts_on", "date"), ("t.id", "uuid")),
    TrainingEventQuery,
    {
        "state": "t.state = {value}",
        "topic": "t.course_id in (select x.id from course x where {value} = any(x.topics))",
        "course": "t.course_id = {value}",
        "from_": "t.starts_on >= {value}",
        "to": "t.starts_on <= {value}",
    },
    {
        **{"municipality": "m.name", "course": "c.title", "level": "c.level", "topics": "c.topics", "trainer": "o.name"},
        "hours": "coalesce(t.hours, c.hours)",
        "present": f"(select count(*) {THERE} and a.present)",
        **{f"{when}_score": f"(select round(avg(a.{when}_score), 2) {THERE} {ENOUGH})" for when in ("pre", "post")},
        "allowed_actions": "case t.state " + " ".join(f"when '{s}' then array{a}::text[]" for s, a in ALLOWED.items()) + " end",
    },
    descending=True,
)
publish(
    router,
    TRAINING_EVENTS,
    flat="/v1/training-events",
    about="Training events that you see, the latest first.",
    one=("event", "One training event."),
)


async def _written(caller: Caller, row: TrainingEvent, status: int = 200) -> Response:
    return await pages.written(caller, TRAINING_EVENTS, row.id, f"/v1/training-events/{row.id}", status=status)


@router.post(
    "/v1/municipalities/{unit}/training-events",
    status_code=201,
    response_model=TrainingEventOut,
    responses=problems.refusals(Conflict),
)
async def plan_event(unit: UnitName, body: TrainingEventNew, caller: Creating) -> Response:
    """Plan a training event in a municipality. Needs `training:write` there."""
    place = await municipality_of(caller, unit, Action.WRITE_TRAINING)
    row = made(TrainingEvent, body, country_id=place.country_id, municipality_id=place.municipality_id)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> TrainingEvent:
    row = await db.fetch(caller, TrainingEvent, id, TRAINING_EVENTS.shape.seen())
    caller.require(Action.WRITE_TRAINING, Target(country_id=row.country_id, municipality_id=row.municipality_id))
    await pages.unchanged(caller, TRAINING_EVENTS, id, row.version, if_match)
    return row


@router.patch("/v1/training-events/{id}", response_model=TrainingEventOut, responses=problems.CHANGES)
async def change_event(id: UUID, body: TrainingEventPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Put right what is said of an event that was not cancelled; of another course or other hours than its certificates say they are
    withdrawn. Needs `training:write` there."""
    row = await _fetch(caller, id, if_match)
    allowed(row, "change")
    changed = merged(row, body, TrainingEventFields)
    await db.keep(caller, row, "change", fields=changed)
    await withdraw_unless(caller, row, lambda _: CERTIFIED.isdisjoint(changed))
    return await _written(caller, row)


@router.post("/v1/training-events/{id}/hold", response_model=TrainingEventOut, responses=problems.CHANGES)
async def hold_event(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it was held, on its last day or later. Needs `training:write` there."""
    row = await _fetch(caller, id, if_match)
    hold(row, caller.at.date())
    await db.keep(caller, row, "hold", fields=["state"])
    return await _written(caller, row)


@router.post("/v1/training-events/{id}/cancel", response_model=TrainingEventOut, responses=problems.CHANGES)
async def cancel_event(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it is not held; nothing more happens to it. Needs `training:write` there."""
    row = await _fetch(caller, id, if_match)
    cancel(row)
    await db.keep(caller, row, "cancel", fields=["state"])
    return await _written(caller, row)


@router.delete("/v1/training-events/{id}", status_code=204, responses=problems.CHANGES)
async def remove_event(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove an event that was planned by mistake; one that was held stays. Needs `training:write` there."""
    row = await _fetch(caller, id, if_match)
    allowed(row, "remove")
    await db.remove(caller, row)
    return Response(status_code=204)
