"""/instruments: what a municipal council decided about a committee."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, by_state, fetched, placed, with_own
from api.domain.committee.bylaws import Bylaws, lapse
from api.domain.committee.committees import Committee
from api.domain.committee.instruments import (
    ALLOWED,
    Instrument,
    InstrumentFields,
    InstrumentOut,
    InstrumentState,
    Purpose,
    Repeal,
    allowed,
    approve,
    reject,
    repeal,
    unlegalise,
)
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["committees"], route_class=ReadRoute)
InstrumentPatch = patch_of(InstrumentFields)


class InstrumentNew(InstrumentFields):
    """The body that adds an instrument."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class InstrumentQuery(OfCommittee):
    """How instruments are listed."""

    purpose: Purpose | None = None
    state: InstrumentState | None = None


INSTRUMENTS = Listing(
    "instruments",
    InstrumentOut,
    "council_instrument t",
    HERE,
    (("t.id", "uuid"),),
    InstrumentQuery,
    OF_COMMITTEE | {name: f"t.{name} = {{value}}" for name in ("purpose", "state")},
    {"allowed_actions": by_state("t.state", ALLOWED)},
)

publish(
    router,
    INSTRUMENTS,
    levels=(),
    flat="/v1/instruments",
    about="Councils' instruments that you see; `committee=` those of one.",
    one=("instrument", "One instrument."),
)


async def _written(caller: Caller, row: Instrument, status: int = 200) -> Response:
    return await pages.written(caller, INSTRUMENTS, row.id, f"/v1/instruments/{row.id}", status=status)


@router.post("/v1/committees/{id}/instruments", status_code=201, response_model=InstrumentOut, responses=problems.refusals(Conflict))
async def add_instrument(id: UUID, body: InstrumentNew, caller: Creating) -> Response:
    """Add an instrument that is, or will be, before the council. Needs `committees:write` there."""
    row = made(Instrument, body, **placed(await fetched(caller, id)))
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[Instrument, Committee]:
    row, committee = await with_own(caller, Instrument, id)
    await pages.unchanged(caller, INSTRUMENTS, id, row.version, if_match)
    return row, committee


@router.patch("/v1/instruments/{id}", response_model=InstrumentOut, responses=problems.CHANGES)
async def change_instrument(id: UUID, body: InstrumentPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change an instrument that the council has not decided yet. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    allowed(row, "change")
    await db.keep(caller, row, "change", fields=merged(row, body, InstrumentFields))
    return await _written(caller, row)


@router.post("/v1/instruments/{id}/approve", response_model=InstrumentOut, responses=problems.CHANGES)
async def approve_instrument(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that the council approved it; it needs its number and the day of the council. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    approve(row, caller.at.date())
    await db.keep(caller, row, "approve", fields=["state"])
    return await _written(caller, row)


@router.post("/v1/instruments/{id}/reject", response_model=InstrumentOut, responses=problems.CHANGES)
async def reject_instrument(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that the council did not approve it. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    reject(row)
    await db.keep(caller, row, "reject", fields=["state"])
    return await _written(caller, row)


@router.post("/v1/instruments/{id}/repeal", response_model=InstrumentOut, responses=problems.CHANGES)
async def repeal_instrument(id: UUID, body: Repeal, caller: Writing, if_match: IfMatch) -> Response:
    """Say that the council repealed it: bylaws that it approved end on that day, and the legality that it gave with them. Needs
    `committees:write` there."""
    row, committee = await _fetch(caller, id, if_match)
    repeal(row, body.repealed_on, caller.at.date())
    await db.keep(caller, row, "repeal", fields=["state", "repealed_on"])
    for version in (await caller.session.exec(select(Bylaws).where(Bylaws.instrument_id == row.id))).all():
        if lapse(version, body.repealed_on):
            await db.keep(caller, version, "lapse", fields=["state", "in_force_to"])
    if unlegalise(committee, row, caller.at.date()):
        await db.keep(caller, committee, "repeal", fields=["legalised_on", "state", "reason", "due_on"])
    return await _written(caller, row)
