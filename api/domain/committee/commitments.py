"""Commitments of authorities (step 1): what a mayor or a council promised, by which paper, until their term of office ends.

No party of anybody is kept here or anywhere: support that outlives an election is nobody's.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import model_validator
from sqlalchemy import DateTime
from sqlmodel import Field

from api.domain.calendar import not_to_come
from api.domain.committee.terms import Term
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids, one_of


class CommitmentKind(StrEnum):
    """The paper."""

    LETTER = "letter"
    """Carta compromiso."""
    COUNCIL_ACT = "council_act"
    """An instrument of the council, or a document of it."""


class Authority(StrEnum):
    """Who commits itself; an office, never a person."""

    MAYOR = "mayor"
    COUNCIL = "council"


class Demand(StrEnum):
    """What shows that the community asked for it."""

    PETITION = "petition"
    SURVEY = "survey"
    ASSEMBLY_MINUTES = "assembly_minutes"
    OTHER = "other"


class CommitmentFields(Fields):
    """A commitment of an authority."""

    kind: CommitmentKind = one_of(CommitmentKind)
    authority: Authority = one_of(Authority)
    committed_on: date
    """The day it was signed or decided; not one to come."""
    ends_on: date | None = None
    """First day after the authority's term of office; this or `term_id` is needed. Where both are, the first of the two."""
    term_id: UUID | None = Field(default=None, foreign_key="term.id")
    """The authority's own term in a seat of the committee: the commitment ends with it."""
    instrument_id: UUID | None = Field(default=None, foreign_key="council_instrument.id")
    """The council's instrument, approved. This, `document_id` or `reference` is needed."""
    document_id: UUID | None = None
    """The letter or act itself."""
    reference: Text | None = None
    """Where it can be read, such as book and page; never a name."""
    demand: Demand | None = one_of(Demand, default=None)
    """What shows that the community asked for it; needs `demand_document_id` or `demand_reference`."""
    demand_document_id: UUID | None = None
    demand_reference: Text | None = None
    pledge: bool = False
    """Whether it promises in writing not to make prevention a matter of parties."""
    champion_office: Text | None = None
    """Who carries the matter, by office or role; never a name."""
    champion_organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    """Or the organisation that does, municipal departments among them."""
    champion_seat_id: UUID | None = Field(default=None, foreign_key="seat.id")
    """Or the seat of the committee."""
    champion_person_id: UUID | None = Field(default=None, foreign_key="person.id")
    """Or the person; naming one needs the personal scope, and so does reading it."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _whole(self) -> "CommitmentFields":
        if self.ends_on is None and self.term_id is None:
            raise ValueError("a commitment ends with a term of office: ends_on or term_id")
        if self.ends_on and self.ends_on <= self.committed_on:
            raise ValueError("ends_on must be after committed_on")
        if self.instrument_id is None and self.document_id is None and self.reference is None:
            raise ValueError("name the letter or act: instrument_id, document_id or reference")
        if self.instrument_id and self.kind is not CommitmentKind.COUNCIL_ACT:
            raise ValueError("an instrument of the council is a council_act")
        if (self.demand is None) != (self.demand_document_id is None and self.demand_reference is None):
            raise ValueError("say what shows the community's demand, and where it is: demand with demand_document_id or demand_reference")
        return self


class Commitment(CommitmentFields, Row, table=True):
    """The row."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"champion_person_id"})

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    champion_said_on: date | None = None
    demand_said_on: date | None = None
    pledge_said_on: date | None = None
    voided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    demonstration: bool = False


class CommitmentOut(CommitmentFields, Row):
    """A commitment as it is read."""

    committee_id: UUID
    municipality_id: int
    champion_named: bool
    """Whether anybody is named who carries the matter; `champion_person_id` is null without the personal scope."""
    champion_since: date | None
    """Day from which that counts: of the commitment, or the later one on which it was added. Null where nobody is named."""
    demand_since: date | None
    """The same of what shows the community's demand."""
    pledge_since: date | None
    """The same of the pledge."""
    lasts_until: date | None
    """First day it holds no more: `ends_on`, the end of the term that is named, or of the municipality's term of office in which it was
    made, whichever is first; null while no end is known."""
    in_force: bool
    """Whether it holds today."""
    voided_at: datetime | None
    """When it was found to have been entered by mistake; it proves nothing."""
    demonstration: bool
    allowed_actions: list[str]


class CommitmentEnd(Fields):
    """The body that says when a commitment ends: the term of office ended early, or it was taken back."""

    ends_on: date
    """First day it holds no more."""


CHAMPION = ("champion_office", "champion_organisation_id", "champion_seat_id", "champion_person_id")


def parts(commitment: CommitmentFields) -> dict[str, bool]:
    """What a commitment may lack, and whether it is there; each by the field that keeps when it was added."""
    champion = any(getattr(commitment, column) is not None for column in CHAMPION)
    return {"champion_said_on": champion, "demand_said_on": commitment.demand is not None, "pledge_said_on": commitment.pledge}


def added(commitment: Commitment, before: dict[str, bool], today: date) -> list[str]:
    """Keep on which day a part was added that was not there `before`: nothing that is said afterwards counts back in time. Returns the
    fields that changed."""
    changed = [name for name, there in parts(commitment).items() if there is not before[name]]
    for name in changed:
        setattr(commitment, name, None if before[name] else today)
    return changed


def living(commitment: Commitment) -> None:
    """Raises Conflict where it was voided."""
    if commitment.voided_at is not None:
        raise Conflict("This commitment was entered by mistake and voided.", "commitment-voided")


def standing(said: CommitmentFields, today: date, term: Term | None) -> None:
    """Raises Invalid where the day is to come, or the term of office that is named is not over it."""
    not_to_come(said.committed_on, today, "/committed_on")
    if term is not None and (term.voided_at or term.starts_on > said.committed_on or (term.ends_on and term.ends_on <= said.committed_on)):
        raise Invalid("This term was not running on the day of the commitment.", "outside-term", pointer="/term_id")


def end(commitment: Commitment, said: CommitmentEnd) -> None:
    """Say when it ends. Raises Conflict where it was voided, Invalid where it would be backwards, or longer than it was: another term of
    office is another commitment."""
    living(commitment)
    if said.ends_on <= commitment.committed_on:
        raise Invalid("It cannot end before it was made.", "commitment-backwards", pointer="/ends_on")
    if commitment.ends_on and said.ends_on > commitment.ends_on:
        raise Invalid("A longer one is another commitment; record it.", "commitment-renewed-anew", pointer="/ends_on")
    commitment.ends_on = said.ends_on


def void(commitment: Commitment, at: datetime) -> None:
    """Say that it was entered by mistake. Raises Conflict where it was said already."""
    living(commitment)
    commitment.voided_at = at
