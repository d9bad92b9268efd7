"""Instruments of a municipal council about a committee: what legalises it, approves its bylaws, names a delegate, dissolves it."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field as Limits
from sqlmodel import Field

from api.domain.calendar import not_to_come
from api.domain.committee.committees import Committee, stand
from api.domain.committee.committees import allowed as committee_allows
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids, one_of


class InstrumentKind(StrEnum):
    """What it is called in municipal law."""

    AGREEMENT = "agreement"
    """Acuerdo municipal."""
    MINUTE_POINT = "minute_point"
    """Punto de acta."""
    ORDINANCE = "ordinance"
    """Ordenanza."""
    ENDORSEMENT = "endorsement"
    """Aval municipal."""
    DECREE = "decree"
    OTHER = "other"


class Purpose(StrEnum):
    """What it does for the committee."""

    CREATION = "creation"
    BYLAWS = "bylaws"
    """Approves bylaws; legalises the committee."""
    DELEGATION = "delegation"
    """Names who presides for the mayor."""
    TERM_EXTENSION = "term_extension"
    RATIFICATION = "ratification"
    DISSOLUTION = "dissolution"
    OTHER = "other"


class InstrumentState(StrEnum):
    """How far it has come in the council."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPEALED = "repealed"


VOTES = Limits(default=None, ge=0, le=1000)


class InstrumentFields(Fields):
    """An instrument of the council."""

    kind: InstrumentKind = one_of(InstrumentKind)
    purpose: Purpose = one_of(Purpose)
    title: Text | None = None
    number: Text | None = None
    """As the council numbers it; needed to approve it."""
    council_date: date | None = None
    """Day of the council's session; needed to approve it."""
    votes_for: int | None = VOTES
    votes_against: int | None = VOTES
    votes_abstain: int | None = VOTES
    gazette: Text | None = None
    """Where it was published."""
    document_id: UUID | None = None
    """The document itself."""
    external_ids: ExternalIds = external_ids()


class Instrument(InstrumentFields, Row, table=True):
    """The row."""

    __tablename__ = "council_instrument"

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    state: InstrumentState = one_of(InstrumentState, default=InstrumentState.PROPOSED)
    repealed_on: date | None = None
    demonstration: bool = False


class InstrumentOut(InstrumentFields, Row):
    """An instrument as it is read."""

    committee_id: UUID
    municipality_id: int
    state: InstrumentState
    repealed_on: date | None
    """First day it is not in force any more."""
    demonstration: bool
    allowed_actions: list[str]


class Repeal(Fields):
    """The body that repeals an instrument."""

    repealed_on: date
    """First day it is not in force any more; not one to come."""


ALLOWED = {
    InstrumentState.PROPOSED: ["change", "approve", "reject"],
    InstrumentState.APPROVED: ["repeal"],
    InstrumentState.REJECTED: [],
    InstrumentState.REPEALED: [],
}


def allowed(instrument: Instrument, action: str) -> None:
    """Raises Conflict where its state does not allow `action`."""
    if action not in ALLOWED[instrument.state]:
        raise Conflict(f"This instrument is {instrument.state} already.", "instrument-decided", choices=ALLOWED[instrument.state])


def approve(instrument: Instrument, today: date) -> None:
    """Say that the council approved it. Raises Conflict where it is decided, Invalid where number or day are missing, the day is to come
    or the votes do not carry it."""
    allowed(instrument, "approve")
    for member in ("number", "council_date"):
        if getattr(instrument, member) is None:
            raise Invalid("An approved instrument has a number and the day of the council.", "instrument-incomplete", pointer=f"/{member}")
    if instrument.council_date:
        not_to_come(instrument.council_date, today, "/council_date")
    if instrument.votes_for is not None and instrument.votes_for <= (instrument.votes_against or 0):
        raise Invalid("These votes do not carry it.", "votes-do-not-carry", pointer="/votes_for")
    instrument.state = InstrumentState.APPROVED


def reject(instrument: Instrument) -> None:
    """Say that the council did not approve it. Raises Conflict where it is decided already."""
    allowed(instrument, "reject")
    instrument.state = InstrumentState.REJECTED


def repeal(instrument: Instrument, on: date, today: date) -> None:
    """Say that the council took it back. Raises Conflict where it is not in force, Invalid on a day that cannot be."""
    allowed(instrument, "repeal")
    if on > today or (instrument.council_date and on < instrument.council_date):
        raise Invalid("Repeal it on a day after the council's and not one to come.", "repealed-before-approved", pointer="/repealed_on")
    instrument.state, instrument.repealed_on = InstrumentState.REPEALED, on


def unlegalise(committee: Committee, instrument: Instrument, today: date) -> bool:
    """Take from a committee the legality that a repealed instrument gave; `legalised_by` stays, to say which. Returns whether it did."""
    if committee.legalised_by != instrument.id or committee.legalised_on is None:
        return False
    committee.legalised_on = None
    stand(committee, today)
    return True


def approving(
    instrument: Instrument | None, committee: Committee, purposes: frozenset[Purpose], pointer: str = "/instrument_id"
) -> Instrument:
    """The instrument, which does what is asked of it. Raises Invalid where it is none of the committee's, Conflict where not approved."""
    if instrument is None or instrument.committee_id != committee.id:
        raise Invalid("The committee has no such instrument.", "unknown-reference", pointer=pointer)
    if instrument.state is not InstrumentState.APPROVED:
        raise Conflict("The council has not approved this instrument.", "instrument-not-approved", pointer=pointer)
    if instrument.purpose not in purposes:
        raise Invalid(
            f"It needs an instrument whose purpose is {', '.join(sorted(purposes))}.", "instrument-of-other-purpose", pointer=pointer
        )
    return instrument


def dissolve(committee: Committee, instrument: Instrument, on: date, today: date) -> None:
    """End the committee by an approved instrument. Raises Conflict where it is dissolved, Invalid where the day is before the council's."""
    committee_allows(committee, "dissolve")
    not_to_come(on, today, "/dissolved_on")
    if instrument.council_date and on < instrument.council_date:
        raise Invalid("It ends on or after the day of the council.", "milestones-backwards", pointer="/dissolved_on")
    committee.dissolved_on, committee.dissolved_by = on, instrument.id
    stand(committee, today)
