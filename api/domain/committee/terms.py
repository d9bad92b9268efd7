"""Terms: who holds a seat, on behalf of whom, from when to when; the holder and an alternate, who votes only where the holder is absent."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import model_validator
from sqlalchemy import DateTime
from sqlmodel import Field

from api.domain.calendar import months_after
from api.domain.committee.instruments import Instrument, Purpose
from api.domain.committee.rules import Rules
from api.domain.committee.seats import Display, Seat
from api.domain.committee.sectors import SeatRole, Sector
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, Row, external_ids, one_of


class Selection(StrEnum):
    """How the holder came to the seat."""

    APPOINTED = "appointed"
    ELECTED = "elected"
    OPEN_CALL = "open_call"
    EX_OFFICIO = "ex_officio"
    """By another office that they hold, such as mayor; ends with it."""


class EndReason(StrEnum):
    """Why a term ended or is about to, before its last day or on it."""

    TERM_OVER = "term_over"
    RESIGNATION = "resignation"
    REPLACED = "replaced"
    """By the institution."""
    REMOVAL = "removal"
    ABSENCE = "absence"
    OFFICE_ENDED = "office_ended"
    """Of those who sit ex officio."""
    DEATH = "death"
    OTHER = "other"


class TermFields(Fields):
    """A term in a seat."""

    seat_id: UUID = Field(foreign_key="seat.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    """Who; null where the institution has not named anybody. Naming somebody needs the personal scope."""
    on_behalf_of_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    """The institution, municipal departments among them; null for those who sit for nobody but themselves."""
    alternate: bool = False
    """Whether only in the holder's absence."""
    selection: Selection = one_of(Selection)
    starts_on: date
    ends_on: date | None = None
    """First day after the term. Where it is missing, the longest term of the bylaws in force, but for those who sit ex officio."""
    instrument_id: UUID | None = Field(default=None, foreign_key="council_instrument.id")
    """The council's instrument that names them, such as the mayor's delegate."""
    document_id: UUID | None = None
    """Evidence."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _of_somebody(self) -> "TermFields":
        if self.person_id is None and self.on_behalf_of_id is None:
            raise ValueError("a term is of somebody: person_id or on_behalf_of_id")
        if self.ends_on and self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class Term(TermFields, Row, table=True):
    """The row."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"person_id", "on_behalf_of_id"})
    """Not because an id were a name: what a seat shows may be lowered, and what the feed once told stays told."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    body_id: UUID = Field(foreign_key="body.id")
    end_reason: EndReason | None = one_of(EndReason, default=None)
    voided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    demonstration: bool = False


class TermOut(Row):
    """A term as it is read: as much of it as the seat's `display` shows."""

    committee_id: UUID
    municipality_id: int
    display: Display
    seat_id: UUID | None
    body_id: UUID | None
    body: str | None
    role: SeatRole | None
    sector: Sector | None
    voting: bool | None
    alternate: bool
    person_id: UUID | None
    on_behalf_of_id: UUID | None
    organisation: str | None
    """Name of the institution, for display; never a key."""
    selection: Selection | None
    starts_on: date
    ends_on: date | None
    end_reason: EndReason | None
    declared: bool
    """Whether it began before its committee joined: then it is declared, and was not recorded here as it happened."""
    instrument_id: UUID | None
    document_id: UUID | None
    voided_at: datetime | None
    """When it was found to have been entered by mistake; such a term counts nowhere."""
    demonstration: bool
    allowed_actions: list[str]


class MemberOut(TermOut):
    """A member of a committee, for those with the personal scope by name."""

    name: str | None
    """Null without the personal scope, and where the person was erased or nobody is named."""
    email: str | None
    phone: str | None


class TermEnd(Fields):
    """The body that says when and why a term ends; also of a resignation that is announced for a later day."""

    ends_on: date
    """First day after the term."""
    end_reason: EndReason
    instrument_id: UUID | None = None
    """The council's instrument that extends terms, where the day is later than before."""


def fitting(term: Term, seat: Seat, rules: Rules | None) -> None:
    """Fit a new term to its seat and to the bylaws in force when it starts.

    Raises Invalid where it is not within the days of the seat, or longer than the bylaws allow (M6).
    """
    office = term.selection is Selection.EX_OFFICIO
    latest = months_after(term.starts_on, rules.term_months) if rules and not office else None
    if latest and term.ends_on and term.ends_on > latest:
        raise Invalid(f"The longest term of the bylaws ends on {latest.isoformat()}.", "term-too-long", pointer="/ends_on")
    term.ends_on = term.ends_on or latest
    if seat.ends_on and (term.ends_on is None or term.ends_on > seat.ends_on):
        term.ends_on = seat.ends_on
    if term.starts_on < seat.starts_on or (term.ends_on and term.ends_on <= term.starts_on):
        raise Invalid("The seat is not there on these days.", "outside-seat", pointer="/starts_on")


def presiding(term: Term, seat: Seat, rules: Rules | None, instrument: Instrument | None) -> None:
    """Raises Invalid where somebody would preside who is neither the mayor nor the delegate an instrument names, unless the bylaws say
    otherwise (M3)."""
    if seat.role is not SeatRole.PRESIDENT or term.alternate or (rules and rules.president == "elected"):
        return
    named = instrument is not None and instrument.purpose is Purpose.DELEGATION
    if term.selection is not Selection.EX_OFFICIO and not named:
        told = "The mayor presides ex officio, or the delegate that an approved instrument names; unless the bylaws let one be elected."
        raise Invalid(told, "president-not-named", pointer="/instrument_id")


def end(term: Term, said: TermEnd, extension: Instrument | None) -> None:
    """Say when and why a term ends. Raises Conflict where it was voided, Invalid where it would be backwards or longer than it was."""
    living(term)
    if said.ends_on <= term.starts_on:
        raise Invalid("It cannot end before it has started.", "term-backwards", pointer="/ends_on")
    if term.ends_on and said.ends_on > term.ends_on and extension is None:
        raise Invalid("A term is extended only by an instrument of the council.", "extension-needs-instrument", pointer="/instrument_id")
    term.ends_on, term.end_reason = said.ends_on, said.end_reason
    if extension is not None:
        term.instrument_id = extension.id


def living(term: Term) -> None:
    """Raises Conflict where the term was voided."""
    if term.voided_at is not None:
        raise Conflict("This term was entered by mistake and voided.", "term-voided")


def void(term: Term, at: datetime) -> None:
    """Say that a term was entered by mistake; what was known before stays readable. Raises Conflict where it was said already."""
    living(term)
    term.voided_at = at


def seen(person: object | None, pointer: str = "/person_id") -> None:
    """Raises Invalid where a person is named whom the caller may not see, or who is not there: the same, to the byte."""
    if person is None:
        raise Invalid("There is no such person, or none that you may see.", "unknown-reference", pointer=pointer)
