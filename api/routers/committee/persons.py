"""/persons: the names behind the seats. Every reading is recorded; nobody without the personal scope learns even that somebody is there."""

import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute
from api.committees import OF_COMMITTEE, OfCommittee, Personal, fetched, opened, placed, target, visible
from api.domain.committee.persons import Person, PersonFields, PersonOut, erase, living, personal
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.roles import Action
from api.idempotency import Creating
from api.outreach import forget_stances
from api.pages import Listing

router = APIRouter(tags=["members"], route_class=ReadRoute)
PersonPatch = patch_of(PersonFields)


class PersonNew(PersonFields):
    """The body that adds a person."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class PersonQuery(OfCommittee):
    """How persons are listed: as JSON only, because each reading is recorded."""

    format: Literal["json"] | None = None


PERSONS = Listing(
    "persons",
    PersonOut,
    "person t",
    Personal(),
    (("t.id", "uuid"),),
    PersonQuery,
    OF_COMMITTEE,
    {"allowed_actions": "case when t.erased_at is null then array['change', 'erase'] else array[]::text[] end"},
)


@router.get("/v1/persons", response_model=pages.Page[PersonOut])
async def list_persons(request: Request, caller: Writing, query: Annotated[PersonQuery, pages.AS_QUERY]) -> Response:
    """The people of committees where you have the personal scope, by name; the reading is recorded."""
    answer = await pages.page(request, await caller.reading(request.scope["credential"]), PERSONS, query)
    await db.saw(caller, Person, [UUID(item["id"]) for item in json.loads(bytes(answer.body) or b'{"items":[]}')["items"]])
    return answer


@router.post("/v1/committees/{id}/persons", status_code=201, response_model=PersonOut, responses=problems.refusals(Conflict))
async def add_person(id: UUID, body: PersonNew, caller: Creating) -> Response:
    """Add a person who sits, or will sit, in a committee. Needs `persons:write` and the personal scope there."""
    await visible(caller, id)
    personal(await opened(caller, id))
    row = made(Person, body, **placed(await fetched(caller, id, Action.WRITE_PERSONS)))
    await db.keep(caller, row, "create")
    return await pages.written(caller, PERSONS, row.id, f"/v1/persons/{row.id}", status=201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Person:
    row = await db.fetch(caller, Person, id, PERSONS.shape.seen())
    caller.require(Action.WRITE_PERSONS, target(row))
    await pages.unchanged(caller, PERSONS, id, row.version, if_match)
    return row


@router.get("/v1/persons/{id}", response_model=PersonOut)
async def read_person_behind_seat(id: UUID, caller: Writing) -> Response:
    """One person, by name; the reading is recorded. Needs the personal scope there."""
    answer = await pages.written(caller, PERSONS, id, f"/v1/persons/{id}")
    await db.saw(caller, Person, [id])
    return answer


@router.patch("/v1/persons/{id}", response_model=PersonOut, responses=problems.CHANGES)
async def change_person_behind_seat(id: UUID, body: PersonPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what is known of a person; `publish_consent: false` takes back their consent. Needs `persons:write` and the personal scope."""
    row = await _fetch(caller, id, if_match)
    living(row)
    await db.keep(caller, row, "change", fields=merged(row, body, PersonFields))
    return await pages.written(caller, PERSONS, id, f"/v1/persons/{id}")


@router.post("/v1/persons/{id}/erase", response_model=PersonOut, responses=problems.CHANGES)
async def erase_person(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Forget a person for good: name, contacts and groups are gone from every answer with the next request, and so is what was said of how
    they stand as a leader on maps; the id, and the terms that carry it, stay. Needs `persons:write` and the personal scope."""
    row = await _fetch(caller, id, if_match)
    erase(row, caller.at)
    await forget_stances(caller, row)
    await db.keep(caller, row, "erase", fields=["name", "email", "phone", "groups", "languages", "publish_consent", "erased_at"])
    return await pages.written(caller, PERSONS, id, f"/v1/persons/{id}")
