"""/committees: where one sits, what it is called, and how it comes from an idea to a lawful body."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, UnitName, publish
from api.committees import HERE, PLACES_OF, by_state, fetched, framed, instrument_of, target, worded
from api.domain.committee.bylaws import Bylaws, legalise
from api.domain.committee.committees import (
    ALLOWED,
    REASONS,
    Committee,
    CommitteeFields,
    CommitteeOut,
    CommitteeState,
    Dissolution,
    Legalisation,
    Milestone,
    allowed,
    convene,
    launch,
)
from api.domain.committee.composition import composed, composition
from api.domain.committee.instruments import Purpose, dissolve
from api.domain.errors import Conflict
from api.domain.fields import found, made, merged, new_id, patch_of
from api.domain.indicator.computed import STEPS
from api.domain.levels import Level
from api.domain.roles import Action, Target
from api.domain.transition.transitions import IN_TRANSITION as DURING
from api.idempotency import Creating
from api.intake.computing import recounted
from api.levels import Shape
from api.pages import Listing
from api.roster import COUNTED, WITHIN, facts_of

router = APIRouter(tags=["committees"], route_class=ReadRoute)
CommitteePatch = patch_of(CommitteeFields)


class CommitteeNew(CommitteeFields):
    """The body that founds a committee."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class CommitteeQuery(pages.Query):
    """How committees are listed."""

    state: CommitteeState | None = None
    framework: Annotated[str | None, Field(max_length=63)] = None
    q: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """Beginning of the name; accents and capitals do not matter."""


IN_TRANSITION = f"""exists (select from transition x where x.municipality_id = any({PLACES_OF})
    and t.municipality_id = any(app.written_with(x.municipality_id)) and x.state in ({", ".join(f"'{state}'" for state in DURING)}))"""
THERE = "(t.municipality_id = any(l.municipalities) or t.covers && l.municipalities)"
COMMITTEES = Listing(
    "committees",
    CommitteeOut,
    f"committee t join municipality m on m.id = t.municipality_id join country c on c.id = t.country_id {COUNTED}",
    Shape(override=dict.fromkeys((Level.MUNICIPALITY, Level.ASSOCIATION, Level.PROGRAMME), THERE)),
    (("t.name_key", "text"), ("t.id", "uuid")),
    CommitteeQuery,
    {
        "state": "t.state = {value}",
        "framework": "t.framework = {value}",
        "q": "t.name_key >= app.name_key({value}) and t.name_key < app.name_key({value}) || '\U0010ffff'",
    },
    {
        "country": "c.iso2",
        "municipality": "m.name",
        "local_name": "c.committee_name",
        "intermunicipal": "cardinality(t.covers) > 0",
        "state_reason": worded("t.reason", REASONS),
        "in_transition": IN_TRANSITION,
        "seats": "h.seats",
        "filled": "h.filled",
        "vacant": "h.seats - h.filled",
        "allowed_actions": by_state("t.state", ALLOWED),
    },
    sorts={"id": (("t.id", "uuid"),)},
)

publish(
    router,
    COMMITTEES,
    flat="/v1/committees",
    about="Committees that you see, by name; through a level those that sit in its municipalities, what these succeeded included, or cover"
    " one.",
    one=("committee", "One committee, with how far it has come, why, and what may be done next."),
)


async def _written(caller: Caller, row: Committee, status: int = 200) -> Response:
    return await pages.written(caller, COMMITTEES, row.id, f"/v1/committees/{row.id}", status=status)


@router.post("/v1/municipalities/{unit}/committees", status_code=201, response_model=CommitteeOut, responses=problems.refusals(Conflict))
async def add_committee(unit: UnitName, body: CommitteeNew, caller: Creating) -> Response:
    """Found a committee that sits in a municipality. Needs `committees:write` there. What is older is declared afterwards."""
    place = (
        await db.run(caller.session, "select id, country_id from municipality where id = app.municipality_of(:unit)", unit=unit)
    ).first()
    found(place)
    caller.require(Action.WRITE_COMMITTEE, Target(country_id=place.country_id, municipality_id=place.id))
    await framed(caller, body, place.id)
    row = made(Committee, body, country_id=place.country_id, municipality_id=place.id)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


@router.patch("/v1/committees/{id}", response_model=CommitteeOut, responses=problems.CHANGES)
async def change_committee(id: UUID, body: CommitteePatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what a committee is called or covers. Where it sits stays. Needs `committees:write` there."""
    row = await fetched(caller, id)
    await pages.unchanged(caller, COMMITTEES, id, row.version, if_match)
    changed = merged(row, body, CommitteeFields)
    await framed(caller, row, row.municipality_id)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


async def _moving(caller: Caller, id: UUID, if_match: int | None) -> tuple[Committee, date]:
    """The committee that is about to change its state, also a dissolved one: what its state forbids is then said by its own rule."""
    row = await db.fetch(caller, Committee, id, HERE.seen())
    caller.require(Action.WRITE_COMMITTEE, target(row))
    await pages.unchanged(caller, COMMITTEES, id, row.version, if_match)
    return row, caller.at.date()


MOVED = ["state", "reason", "due_on"]


@router.post("/v1/committees/{id}/convene", response_model=CommitteeOut, responses=problems.CHANGES)
async def convene_committee(id: UUID, body: Milestone, caller: Writing, if_match: IfMatch) -> Response:
    """Say that leaders and institutions are being invited. Needs `committees:write` there."""
    row, today = await _moving(caller, id, if_match)
    convene(row, body.happened_on, today)
    await db.keep(caller, row, "convene", fields=["convened_on", *MOVED])
    return await _written(caller, row)


@router.post("/v1/committees/{id}/launch", response_model=CommitteeOut, responses=problems.CHANGES)
async def launch_committee(id: UUID, body: Milestone, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it was formally launched. Needs `committees:write` there."""
    row, today = await _moving(caller, id, if_match)
    launch(row, body.happened_on, today)
    await db.keep(caller, row, "launch", fields=["launched_on", *MOVED])
    return await _written(caller, row)


async def _composed(caller: Caller, row: Committee, day: date) -> None:
    """Raises Conflict where a committee is not made up as the bylaws in force on `day` ask."""
    known = pages.known_of(caller) | {"id": row.id, "as_of": day}
    connection = await db.driver(caller.session)
    facts = facts_of(await connection.fetchrow(WITHIN.sql, *WITHIN.values(known)), day)
    composed(composition(facts, caller.language))


@router.post("/v1/committees/{id}/legalise", response_model=CommitteeOut, responses=problems.CHANGES)
async def legalise_committee(id: UUID, body: Legalisation, caller: Writing, if_match: IfMatch) -> Response:
    """Legalise it by the instrument by which the council approved its bylaws; refused where it is not made up as they ask. Needs
    `committees:write` there."""
    row, today = await _moving(caller, id, if_match)
    instrument = await instrument_of(caller, row, body.instrument_id, Purpose.BYLAWS, Purpose.CREATION)
    approved = select(Bylaws).where(Bylaws.committee_id == row.id, Bylaws.instrument_id == instrument.id)
    bylaws = (await caller.session.exec(approved)).first()
    legalise(row, instrument, bylaws, today)
    await _composed(caller, row, max(today, (bylaws and bylaws.in_force_from) or today))
    await db.keep(caller, row, "legalise", fields=["legalised_on", "legalised_by", "sessions_per_year", *MOVED])
    return await _written(caller, row)


@router.post("/v1/committees/{id}/dissolve", response_model=CommitteeOut, responses=problems.CHANGES)
async def dissolve_committee(id: UUID, body: Dissolution, caller: Writing, if_match: IfMatch) -> Response:
    """Dissolve it by an approved instrument of the council; what it was stays readable. Needs `committees:write` there."""
    row, today = await _moving(caller, id, if_match)
    allowed(row, "dissolve")
    dissolve(row, await instrument_of(caller, row, body.instrument_id, Purpose.DISSOLUTION), body.dissolved_on, today)
    await db.keep(caller, row, "dissolve", fields=["dissolved_on", "dissolved_by", *MOVED])
    await recounted(await db.driver(caller.session), caller, STEPS, [row.municipality_id], body.dissolved_on.year)
    return await _written(caller, row)
