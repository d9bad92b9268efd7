"""/training-events/{id}/attendance, /committees/{id}/training: who was there, and what members have learned so far."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import db, pages, problems
from api.access import Asking, IfMatch, Writing
from api.answers.coverage import coverage
from api.collection import ReadRoute
from api.domain.roles import Action, Target
from api.domain.training.attendance import ONBOARDING_DAYS, AttendanceFields, AttendanceOut, TrainingOut, of_people
from api.domain.training.certificates import stands
from api.domain.training.events import TrainingEvent, allowed
from api.pages import AS_QUERY, Day, Listing
from api.training import HERE, event_of, withdraw_unless

router = APIRouter(tags=["training"], route_class=ReadRoute)
LINES = """(select coalesce(json_agg(row_to_json(l) order by l.person_id), '[]') from (
    select a.person_id, a.present, a.hours, a.pre_score, a.post_score from training_attendance a
    where a.municipality_id = t.municipality_id and a.event_id = t.id) l)"""
ATTENDANCE = Listing("attendance", AttendanceOut, "training_event t", HERE, (("t.id", "uuid"),), columns={"lines": LINES})
PATH = "/v1/training-events/{id}/attendance"


@router.get(PATH, response_model=AttendanceOut)
async def read_attendance(id: UUID, caller: Writing) -> Response:
    """Who was at a training event, with the scores of each. Needs the personal scope, and the reading is recorded."""
    row = await event_of(caller, id)
    await db.saw(caller, TrainingEvent, [row.id])
    return await pages.written(caller, ATTENDANCE, id, PATH.format(id=id))


KNOWN = "select count(*) from person p where p.id = any(:ids) and p.municipality_id = :m"
CLEAR = "delete from training_attendance where municipality_id = :m and event_id = :id"
ADD = """insert into training_attendance (municipality_id, country_id, event_id, person_id, present, hours, pre_score, post_score)
    select :m, :c, :id, l.person_id, l.present, l.hours, l.pre_score, l.post_score
    from json_to_recordset(cast(:lines as json)->'lines')
        l (person_id uuid, present boolean, hours numeric, pre_score numeric, post_score numeric)"""


@router.put(PATH, response_model=AttendanceOut, responses=problems.CHANGES)
async def write_attendance(id: UUID, body: AttendanceFields, caller: Writing, if_match: IfMatch) -> Response:
    """Write who was at an event that was held, all at once: what was there is replaced, and certificates of people who were not there long
    enough after all are withdrawn. Needs `training:write` and the personal scope there."""
    row = await event_of(caller, id)
    caller.require(Action.WRITE_TRAINING, Target(country_id=row.country_id, municipality_id=row.municipality_id))
    await pages.unchanged(caller, ATTENDANCE, id, row.version, if_match)
    allowed(row, "attend")
    ids, place = [line.person_id for line in body.lines], {"m": row.municipality_id}
    of_people((await db.run(caller.session, KNOWN, ids=ids, **place)).scalar() or 0, body.lines)
    await db.run(caller.session, CLEAR, id=id, **place)
    await db.run(caller.session, ADD, id=id, c=row.country_id, lines=body.model_dump_json(), **place)
    await db.keep(caller, row, "attend", fields=["attendance"])
    await withdraw_unless(caller, row, lambda certificate: stands(certificate, body.lines))
    return await pages.written(caller, ATTENDANCE, id, PATH.format(id=id))


class CoverageQuery(BaseModel):
    """On which day, and how long members have."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    as_of: Day | None = None
    """The day that is looked at; today where it is missing."""
    days: Annotated[int, Field(ge=1, le=3650)] = ONBOARDING_DAYS
    """Days from joining within which a member should have had an initial course."""


@router.get("/v1/committees/{id}/training", response_model=TrainingOut)
async def read_training(request: Request, id: UUID, reading: Asking, query: Annotated[CoverageQuery, AS_QUERY]) -> Response:
    """What the members of a committee have learned on a day: topic by topic, and the initial course within so many days of joining. Member
    by member only with the personal scope."""
    return await coverage(request, reading, id, query.as_of, query.days)
