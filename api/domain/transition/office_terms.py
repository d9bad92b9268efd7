"""Terms of office of a municipality's authority, the mayor's: when one began, when it ends, and how. Never whose party."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import model_validator
from sqlmodel import Field

from api.domain.committee.instruments import Instrument, InstrumentState, Purpose
from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import Fields, Key, Row, Text, one_of


class EndedBy(StrEnum):
    """How a term of office ended, or is about to."""

    ELECTION = "election"
    """Somebody else was elected."""
    RE_ELECTION = "re_election"
    DEATH = "death"
    RESIGNATION = "resignation"
    REMOVAL = "removal"
    ANNULMENT = "annulment"
    """The election was annulled."""


class OfficeTermDefinition(Fields):
    """What may be said anew of a term of office."""

    election_on: date | None = None
    """Day of the election that decides who comes next, where it is known."""
    person_id: UUID | None = None
    """The person in office, of those known to a committee of the municipality; or nobody. Naming them needs the personal scope."""
    document_id: UUID | None = None
    """The act by which the term began."""


class OfficeTermFields(OfficeTermDefinition):
    """A term of office."""

    starts_on: date
    ends_on: date
    """First day after the term, by law, or as it was where it is over."""

    @model_validator(mode="after")
    def _forwards(self) -> "OfficeTermFields":
        if self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class OfficeTerm(OfficeTermFields, Row, table=True):
    """The row."""

    __tablename__ = "office_term"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"person_id"})
    PUBLIC: ClassVar[bool] = True

    country_id: Key = Field(foreign_key="country.id")
    municipality_id: Key = Field(foreign_key="municipality.id")
    ended_by: EndedBy | None = one_of(EndedBy, default=None)
    reference: str | None = None
    instrument_id: UUID | None = None
    demonstration: bool = False


class OfficeTermOut(OfficeTermFields, Row):
    """A term of office as it is read: its days and how it ended are public."""

    municipality_id: int
    municipality: str
    """Name, for display; never a key."""
    person_id: UUID | None
    """Null for whoever has not the personal scope there."""
    document_id: UUID | None
    """The act by which the term began; its own class decides who reads it."""
    ended_by: EndedBy | None
    """Null while nobody has said how it ends."""
    reference: str | None
    """The act by which it ended before its day or was extended, as the council or the court numbers it."""
    instrument_id: UUID | None
    """The council's instrument that extended it, where it is recorded here."""
    in_office: bool
    """Whether it runs on `as_of`."""
    demonstration: bool


class OfficeTermEnd(Fields):
    """The body that says how a term of office ends."""

    ended_by: EndedBy
    ends_on: date | None = None
    """First day after the term, where it is not the day that is known; never a later one."""
    reference: Text | None = None
    """The act, as the court or the council numbers it; needed for removal and annulment."""


class OfficeTermExtension(Fields):
    """The body that extends a term of office."""

    ends_on: date
    """The new first day after the term."""
    reference: Text
    """The act, as whoever passed it numbers it."""
    instrument_id: UUID | None = None
    """The council's instrument, recorded here and approved; only the country extends without one, by an act of its own."""


BY_AN_ACT = frozenset({EndedBy.REMOVAL, EndedBy.ANNULMENT})


def end(term: OfficeTerm, said: OfficeTermEnd, turned: bool) -> None:
    """Say how a term ends, and when where that is earlier than was known.

    Raises Invalid where it would be backwards, longer, or lacks its act; Conflict where the day moves after what follows was done.
    """
    ends_on = said.ends_on or term.ends_on
    if said.ended_by in BY_AN_ACT and said.reference is None:
        raise Invalid("Name the act by which the term ended.", "act-missing", pointer="/reference")
    if ends_on <= term.starts_on:
        raise Invalid("It cannot end before it has started.", "office-term-backwards", pointer="/ends_on")
    if ends_on > term.ends_on:
        raise Invalid("A term of office is extended only by an instrument of the council; see /extend.", "extension-needs-instrument")
    moved(turned and ends_on != term.ends_on)
    term.ends_on, term.ended_by = ends_on, said.ended_by
    term.reference = said.reference or term.reference


def moved(late: bool) -> None:
    """Raises Conflict where the end of a term would move after everything that follows from it was done."""
    if late:
        raise Conflict("The term is over, and what follows from its end was done.", "office-term-over", pointer="/ends_on")


def extend(term: OfficeTerm, said: OfficeTermExtension, instrument: Instrument | None, turned: bool) -> None:
    """Let a term last longer, by an instrument of the council. Raises Invalid where it would not be longer or there is no such
    instrument, Conflict where the council did not approve it, or the term is over."""
    moved(turned)
    if said.ends_on <= term.ends_on:
        raise Invalid("An extension ends later than the term does.", "not-longer", pointer="/ends_on")
    if said.instrument_id is not None:
        approving(instrument, term)
    term.ends_on, term.reference, term.instrument_id = said.ends_on, said.reference, said.instrument_id
    term.ended_by = None


def by_itself(said: OfficeTermExtension, country: bool) -> None:
    """Raises NotAllowed where a municipality would let its own authority stay by an act that nobody can look up here."""
    if said.instrument_id is None and not country:
        raise NotAllowed("Name an instrument of the council that is recorded here: only the country extends by an act of its own.")


def approving(instrument: Instrument | None, term: OfficeTerm) -> None:
    """Raises Invalid where the municipality has no such instrument or it extends no terms, Conflict where it was not approved."""
    if instrument is None or instrument.municipality_id != term.municipality_id:
        raise Invalid("The municipality has no such instrument.", "unknown-reference", pointer="/instrument_id")
    if instrument.purpose is not Purpose.TERM_EXTENSION:
        raise Invalid("It needs an instrument whose purpose is term_extension.", "instrument-of-other-purpose", pointer="/instrument_id")
    if instrument.state is not InstrumentState.APPROVED:
        raise Conflict("The council has not approved this instrument.", "instrument-not-approved", pointer="/instrument_id")
