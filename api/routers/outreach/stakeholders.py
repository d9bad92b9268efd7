"""/stakeholders: who stands on a map, and how, which is for the personal scope alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, Personal, fetched, opened, person_seen, placed, with_own
from api.domain.committee.persons import personal
from api.domain.committee.sectors import Sector
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.outreach.maps import StakeholderMap, allowed, room
from api.domain.outreach.stakeholders import Population, Stakeholder, StakeholderFields, StakeholderOut
from api.domain.outreach.stances import StakeholderStance, StanceFields, StanceOut, stated, tied
from api.domain.roles import Action
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["outreach"], route_class=ReadRoute)
StakeholderPatch = patch_of(StakeholderFields)


class StakeholderNew(StakeholderFields):
    """The body that puts somebody on a map."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class StakeholderQuery(OfCommittee):
    """How stakeholders are listed."""

    map: UUID | None = None
    """Only those of this map."""
    sector: Sector | None = None
    population: Population | None = None
    """Only those that reach it."""


STAKEHOLDERS = Listing(
    "stakeholders",
    StakeholderOut,
    "stakeholder t left join organisation o on o.id = t.organisation_id",
    HERE,
    (("t.id", "uuid"),),
    StakeholderQuery,
    OF_COMMITTEE | {"map": "t.map_id = {value}", "sector": "t.sector = {value}", "population": "t.populations @> array[({value})::text]"},
    {"organisation": "o.name", "person_id": f"case when {HERE.seen('personal')} then t.person_id end"},
)

publish(
    router,
    STAKEHOLDERS,
    flat="/v1/stakeholders",
    about="Stakeholders on maps that you see; `map=` those of one. How they stand is not here.",
    one=("stakeholder", "One stakeholder."),
)


async def _written(caller: Caller, row: Stakeholder, status: int = 200) -> Response:
    return await pages.written(caller, STAKEHOLDERS, row.id, f"/v1/stakeholders/{row.id}", status=status)


@router.post(
    "/v1/stakeholder-maps/{id}/stakeholders",
    status_code=201,
    response_model=StakeholderOut,
    responses=problems.refusals(Conflict),
)
async def add_stakeholder(id: UUID, body: StakeholderNew, caller: Creating) -> Response:
    """Put somebody on a map that is not finished. Needs `roster:write` there, and to name a person the personal scope."""
    map, committee = await with_own(caller, StakeholderMap, id, Action.WRITE_ROSTER)
    allowed(map, "change")
    await person_seen(caller, body.person_id)
    room(1 + (await db.run(caller.session, "select count(*) from stakeholder where map_id = :id", id=id)).scalar_one())
    row = made(Stakeholder, body, **placed(committee), map_id=id)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Stakeholder:
    """A stakeholder of a map that is not finished."""
    row, _ = await with_own(caller, Stakeholder, id, Action.WRITE_ROSTER)
    map, _ = await with_own(caller, StakeholderMap, row.map_id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, STAKEHOLDERS, id, row.version, if_match)
    allowed(map, "change")
    return row


@router.patch("/v1/stakeholders/{id}", response_model=StakeholderOut, responses=problems.CHANGES)
async def change_stakeholder(id: UUID, body: StakeholderPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what is said of a stakeholder, while the map is not finished. Needs `roster:write` there."""
    row = await _fetch(caller, id, if_match)
    changed = merged(row, body, StakeholderFields)
    if "person_id" in changed:
        await person_seen(caller, row.person_id)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


@router.delete("/v1/stakeholders/{id}", status_code=204, responses=problems.CHANGES)
async def remove_stakeholder(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Take somebody off a map that is not finished; what was said of how they stand goes too. Needs `roster:write` there."""
    row = await _fetch(caller, id, if_match)
    if stance := await caller.session.get(StakeholderStance, id):
        await db.remove(caller, stance)
    await db.remove(caller, row)
    return Response(status_code=204)


STANCES = Listing(
    "stances",
    StanceOut,
    f"""(select k.id, k.country_id, k.municipality_id, coalesce(s.version, 0) as version, k as whom, s as said
        from stakeholder k left join stakeholder_stance s on s.id = k.id and {HERE.over("s", "personal")}) t""",
    Personal(),
    (("t.id", "uuid"),),
    columns={
        **{name: f"(t.said).{name}" for name in ("stance", "note")},
        "links": "coalesce((t.said).links, '[]')",
        **{name: f"coalesce((t.said).{name}, (t.whom).{name})" for name in ("created_at", "updated_at")},
    },
)
STANCE = "/v1/stakeholders/{id}/stance"


async def _opened(caller: Caller, id: UUID) -> Stakeholder:
    """The stakeholder, for whoever has the personal scope there."""
    row = await db.fetch(caller, Stakeholder, id, HERE.seen())
    personal(await opened(caller, row.committee_id))
    return row


@router.get(STANCE, response_model=StanceOut)
async def read_stance(id: UUID, caller: Writing) -> Response:
    """How a stakeholder stands to the matter and to others. Needs the personal scope there; the reading is recorded."""
    row = await _opened(caller, id)
    await db.saw(caller, StakeholderStance, [row.id])
    return await pages.written(caller, STANCES, id, STANCE.format(id=id))


@router.put(STANCE, response_model=StanceOut, responses=problems.CHANGES)
async def write_stance(id: UUID, body: StanceFields, caller: Writing, if_match: IfMatch) -> Response:
    """Say how a stakeholder stands; what was there is replaced and kept nowhere, so an empty one forgets it. It may be said of a finished
    map too: it proves nothing. Send If-Match `"0"` the first time. Needs `persons:write` and the personal scope there."""
    found = await _opened(caller, id)
    committee = await fetched(caller, found.committee_id, Action.WRITE_PERSONS)
    row = await caller.session.get(StakeholderStance, id)
    await pages.unchanged(caller, STANCES, id, row.version if row else 0, if_match)
    others = select(Stakeholder.id).where(Stakeholder.map_id == found.map_id)
    tied(id, body.links, set((await caller.session.exec(others)).all()))
    fresh = row is None
    row = row or made(StakeholderStance, StanceFields(), **placed(committee), id=id)
    changed = stated(row, body)
    await db.keep(caller, row, "create" if fresh else "change", fields=changed)
    return await pages.written(caller, STANCES, id, STANCE.format(id=id))
