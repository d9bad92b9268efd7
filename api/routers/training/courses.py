"""/training-topics, /courses: what is taught."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.collection import ReadRoute, publish
from api.domain.access.units import Place
from api.domain.errors import Conflict
from api.domain.fields import Key, made, merged
from api.domain.roles import Action
from api.domain.training.courses import (
    Course,
    CourseFields,
    CourseNew,
    CourseOut,
    CoursePatch,
    TopicOut,
    TrainingLevel,
    taught,
)
from api.idempotency import Creating
from api.levels import Shape
from api.offices import place_of
from api.pages import Listing

router = APIRouter(tags=["training"], route_class=ReadRoute)
EVERYWHERE = Shape(public=True, country=None, municipality=None)


class TopicQuery(pages.Query):
    """How topics are listed."""

    level: TrainingLevel | None = None


class CourseQuery(pages.Query):
    """How courses are listed."""

    level: TrainingLevel | None = None
    topic: Annotated[str | None, Field(max_length=63)] = None
    """Only courses that teach it, among others."""
    country_id: Key | None = None
    """Only those of this country, its associations and municipalities."""


TOPICS = Listing(
    "training-topics",
    TopicOut,
    "training_topic t",
    EVERYWHERE,
    (("t.position", "int"),),
    TopicQuery,
    {"level": "t.level = {value}"},
    {"label": "case {language} when 'es' then t.label_es when 'pt' then t.label_pt else t.label_en end"},
    address="t.code = {id}",
)
COURSES = Listing(
    "courses",
    CourseOut,
    "course t",
    EVERYWHERE,
    (("t.id", "uuid"),),
    CourseQuery,
    {"level": "t.level = {value}", "topic": "{value} = any(t.topics)", "country_id": "t.country_id = {value}"},
    {name: f"nullif(t.{name}, 0)" for name in ("country_id", "municipality_id")},
)

publish(router, TOPICS, public=True, levels=(), flat="/v1/training-topics", about="The topics of step 5, in the order of the model.")
publish(
    router,
    COURSES,
    public=True,
    levels=(),
    flat="/v1/courses",
    about="Courses of everyone: each may be given anywhere.",
    one=("course", "One course."),
)


@router.get("/v1/training-topics/{code}", response_model=TopicOut)
async def read_topic(request: Request, code: str, reading: Public) -> Response:
    """One topic of training."""
    return await pages.one(request, reading, TOPICS, code)


async def _taught(caller: Caller, topics: list[str]) -> None:
    taught(topics, set((await db.run(caller.session, "select code from training_topic")).scalars().all()))


async def _written(caller: Caller, row: Course, status: int = 200) -> Response:
    return await pages.written(caller, COURSES, row.id, f"/v1/courses/{row.id}", status=status)


@router.post("/v1/courses", status_code=201, response_model=CourseOut, responses=problems.refusals(Conflict))
async def add_course(body: CourseNew, caller: Creating) -> Response:
    """Add a course of the region, a programme, a country, an association or a municipality. Needs `training:write` there."""
    place = await place_of(caller, body.owner, "/owner/unit")
    caller.require(Action.WRITE_TRAINING, place.target())
    await _taught(caller, body.topics)
    row = made(Course, body, **place.located())
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Course:
    row = await db.fetch(caller, Course, id, COURSES.shape.seen())
    caller.require(Action.WRITE_TRAINING, Place.of(row).target())
    await pages.unchanged(caller, COURSES, id, row.version, if_match)
    return row


@router.patch("/v1/courses/{id}", response_model=CourseOut, responses=problems.CHANGES)
async def change_course(id: UUID, body: CoursePatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Describe a course better. Needs `training:write` where it belongs."""
    row = await _fetch(caller, id, if_match)
    changed = merged(row, body, CourseFields)
    await _taught(caller, row.topics)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


@router.delete("/v1/courses/{id}", status_code=204, responses=problems.CHANGES)
async def remove_course(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove a course that was never given. Needs `training:write` where it belongs."""
    await db.remove(caller, await _fetch(caller, id, if_match))
    return Response(status_code=204)
