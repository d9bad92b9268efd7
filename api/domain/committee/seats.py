"""Seats survive the people in them: a sector, a voting right, a role, and how much of its holder is shown."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from api.domain.committee.sectors import SeatRole, Sector
from api.domain.errors import Conflict
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids, one_of


class Display(StrEnum):
    """What of the holder is shown to those who read the committee without the personal scope; institution and role can be the person."""

    PERSON = "person"
    """Institution, role, and that it is the same person as elsewhere; where the name is published, the name too."""
    INSTITUTION = "institution"
    """Institution and role."""
    SECTOR = "sector"
    """The sector alone."""
    NONE = "none"
    """That somebody is there."""


WITH_INSTITUTION = (Display.PERSON, Display.INSTITUTION)


def lowered(display: Display, said: Display) -> Display:
    """What a seat shows after a file said `said`: files are sent again, and none raises what a member had lowered since."""
    return max(display, said, key=list(Display).index)


class SeatDefinition(Fields):
    """What may be said anew of a seat; one of another sector, role or voting right is another seat."""

    label: Text | None = None
    """What it is called, such as Health centre; never a name."""
    display: Display = one_of(Display, default=Display.INSTITUTION)
    """Lowered when the member asks for it; honoured in every answer."""
    ends_on: date | None = None
    """First day it is no more."""
    external_ids: ExternalIds = external_ids()


class SeatFields(SeatDefinition):
    """A seat in a body."""

    body_id: UUID = Field(foreign_key="body.id")
    sector: Sector = one_of(Sector)
    role: SeatRole = one_of(SeatRole, default=SeatRole.MEMBER)
    voting: bool = True
    starts_on: date
    """First day the seat is there."""


class Seat(SeatFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    demonstration: bool = False


def closing(seat: SeatDefinition, last: date | None, open_ended: bool) -> None:
    """Raises Conflict where a seat would end while somebody holds it: `last` is the latest day on which a term ends."""
    if seat.ends_on and (open_ended or (last and last > seat.ends_on)):
        raise Conflict("Somebody holds this seat beyond that day; end the term first.", "seat-held", pointer="/ends_on")


class SeatOut(SeatFields, Row):
    """A seat as it is read."""

    committee_id: UUID
    municipality_id: int
    body: str
    """Name of the body."""
    demonstration: bool
