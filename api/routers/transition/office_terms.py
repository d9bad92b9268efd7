"""/office-terms: when a municipality's authority is in office, and how that ends; public, and never a name."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, UnitName, publish
from api.committees import HERE, person_seen, target
from api.domain.committee.instruments import Instrument
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.levels.municipalities import Municipality
from api.domain.roles import Action, Target
from api.domain.transition.handovers import UNSAID, approving, stale
from api.domain.transition.office_terms import (
    EndedBy,
    OfficeTerm,
    OfficeTermDefinition,
    OfficeTermEnd,
    OfficeTermExtension,
    OfficeTermFields,
    OfficeTermOut,
    by_itself,
    end,
    extend,
)
from api.domain.transition.transitions import Transition, follow, of_term, over, removable
from api.handovers import carry_out, may_approve, reopen
from api.idempotency import Creating
from api.levels import Shape
from api.offices import municipality_of
from api.pages import Listing
from api.transitions import at_once

router = APIRouter(tags=["transitions"], route_class=ReadRoute)
OfficeTermPatch = patch_of(OfficeTermDefinition)


class OfficeTermNew(OfficeTermFields):
    """The body that adds a term of office."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class OfficeTermQuery(pages.Query):
    """How terms of office are listed."""

    in_office: bool | None = None
    """Only those that run on `as_of`, or only the others."""
    ended_by: EndedBy | None = None


IN_OFFICE = "(t.starts_on <= {as_of} and t.ends_on > {as_of})"
OFFICE_TERMS = Listing(
    "office-terms",
    OfficeTermOut,
    "office_term t join municipality m on m.id = t.municipality_id",
    Shape(public=True),
    (("t.starts_on", "date"), ("t.id", "uuid")),
    OfficeTermQuery,
    {"in_office": f"{IN_OFFICE} = {{value}}", "ended_by": "t.ended_by = {value}"},
    {"municipality": "m.name", "in_office": IN_OFFICE, "person_id": f"case when {HERE.seen('personal')} then t.person_id end"},
)
publish(
    router,
    OFFICE_TERMS,
    public=True,
    flat="/v1/office-terms",
    about="Terms of office of mayors, by first day: their days and how they ended, never a name.",
    one=("office_term", "One term of office."),
)


async def _written(caller: Caller, row: OfficeTerm, status: int = 200) -> Response:
    return await pages.written(caller, OFFICE_TERMS, row.id, f"/v1/office-terms/{row.id}", status=status)


async def _one_by_one(caller: Caller, municipality: int) -> None:
    """Let those who say when offices of one municipality run go one after the other: of two that overlap, each would wait for the other
    (met: 40P01 among three)."""
    await db.fetch(caller, Municipality, municipality, "true")


@router.post("/v1/municipalities/{unit}/office-terms", status_code=201, response_model=OfficeTermOut, responses=problems.refusals(Conflict))
async def add_office_term(unit: UnitName, body: OfficeTermNew, caller: Creating) -> Response:
    """Say when the authority is in office; its transition is made with it, and moves by the calendar: where the term ended in the last 90
    days what follows is done at once, and what ended before is history. 409 `office-terms-overlap` where another one runs on one of its
    days. Needs `elections:write` there, and to name a person the personal scope."""
    place = await municipality_of(caller, unit, Action.WRITE_ELECTIONS)
    await _one_by_one(caller, place.municipality_id)
    row = made(OfficeTerm, body, country_id=place.country_id, municipality_id=place.municipality_id)
    await person_seen(caller, row.person_id, there=row.municipality_id)
    await db.keep(caller, row, "create")
    following = of_term(row, caller.at)
    await db.keep(caller, following, "create")
    await at_once(caller, following)
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[OfficeTerm, Transition]:
    row = await db.fetch(caller, OfficeTerm, id, OFFICE_TERMS.shape.seen())
    caller.require(Action.WRITE_ELECTIONS, target(row))
    await pages.unchanged(caller, OFFICE_TERMS, id, row.version, if_match)
    following = (await caller.session.exec(select(Transition.id).where(Transition.office_term_id == id))).one()
    return row, await db.fetch(caller, Transition, following, "true")


async def _follow(caller: Caller, row: OfficeTerm, following: Transition, how: EndedBy | None) -> None:
    """Bring what follows, and the offices that end with it, to how the term ends now; `how` is what was known before."""
    anew = stale(following, row, how)
    if anew:
        if following.approved_at is not None and how is not EndedBy.RE_ELECTION:
            approving(await may_approve(caller, following))
        await reopen(caller, following)
    if follow(following, row, caller.at.date()) or anew:
        await db.keep(caller, following, "follow", fields=["turns_on", "state", "due_on", *(UNSAID if anew else [])])
        await carry_out(caller, following)
    await at_once(caller, following)


@router.patch("/v1/office-terms/{id}", response_model=OfficeTermOut, responses=problems.CHANGES)
async def change_office_term(id: UUID, body: OfficeTermPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Say when the next election is, which act the term began by, or who is in office. Needs `elections:write` there, and to name a person
    the personal scope."""
    row, _ = await _fetch(caller, id, if_match)
    changed = merged(row, body, OfficeTermDefinition)
    if "person_id" in changed:
        await person_seen(caller, row.person_id, there=row.municipality_id)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


@router.post("/v1/office-terms/{id}/end", response_model=OfficeTermOut, responses=problems.CHANGES)
async def end_office_term(id: UUID, body: OfficeTermEnd, caller: Writing, if_match: IfMatch) -> Response:
    """Say how a term of office ends: on its day, or earlier; a result that is known may be said before the day. Offices that were agreed
    to end do so on the new day; where it becomes a re-election, or is none after all, who keeps an office is said anew. Needs
    `elections:write` there, and for a re-election against a handover that was approved `handovers:approve`."""
    row, following = await _fetch(caller, id, if_match)
    how = row.ended_by
    end(row, body, over(following, caller.at.date()))
    await db.keep(caller, row, "end", fields=["ends_on", "ended_by", "reference"])
    await _follow(caller, row, following, how)
    return await _written(caller, row)


@router.post("/v1/office-terms/{id}/extend", response_model=OfficeTermOut, responses=problems.CHANGES)
async def extend_office_term(id: UUID, body: OfficeTermExtension, caller: Writing, if_match: IfMatch) -> Response:
    """Let a term of office last longer: the municipality itself by an instrument that its council approved and that is recorded here, the
    country also by its own act, which is named. Who keeps an office is said anew then. Needs `elections:write` there, and against a
    handover that was approved `handovers:approve`."""
    row, following = await _fetch(caller, id, if_match)
    by_itself(body, caller.may(Action.WRITE_ELECTIONS, Target(row.country_id)))
    await _one_by_one(caller, row.municipality_id)
    instrument = await caller.session.get(Instrument, body.instrument_id) if body.instrument_id else None
    how = row.ended_by
    extend(row, body, instrument, over(following, caller.at.date()))
    await db.keep(caller, row, "extend", fields=["ends_on", "reference", "instrument_id", "ended_by"])
    await _follow(caller, row, following, how)
    return await _written(caller, row)


@router.delete("/v1/office-terms/{id}", status_code=204, responses=problems.CHANGES)
async def remove_office_term(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove a term of office that was entered by mistake, and the transition that was made with it, before anything followed from it.
    Needs `elections:write` there."""
    row, following = await _fetch(caller, id, if_match)
    removable(following)
    await db.remove(caller, following)
    await db.remove(caller, row)
    return Response(status_code=204)
