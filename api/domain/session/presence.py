"""Who was at a session, seat by seat: the holder, or the alternate in the holder's absence, and nobody twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import Field as Limits
from pydantic import field_validator

from api.domain.committee.quorum import SEATS_MOST
from api.domain.committee.sectors import SeatRole, Sector
from api.domain.errors import Invalid
from api.domain.fields import Fields, Row


class Presence(StrEnum):
    """How a seat was there."""

    PRESENT = "present"
    """Its holder was."""
    EXCUSED = "excused"
    ABSENT = "absent"
    """Without excuse."""
    REPRESENTED = "represented"
    """Its holder was not, the alternate was, and votes."""


THERE = (Presence.PRESENT, Presence.REPRESENTED)


class PresenceLine(Fields):
    """One seat at a session."""

    seat_id: UUID
    status: Presence


class PresenceFields(Fields):
    """Everybody at a session; replaces what was there. Seats of the body that somebody holds and that are not named are kept as absent."""

    lines: Annotated[list[PresenceLine], Limits(max_length=SEATS_MOST)]

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[PresenceLine]) -> list[PresenceLine]:
        if len({line.seat_id for line in lines}) != len(lines):
            raise ValueError("each seat stands there once")
        return lines


class PresenceOut(Fields):
    """One seat at a session as it is read: as much of it as its `display` shows, all of it with the personal scope."""

    seat_id: UUID | None
    sector: Sector | None
    role: SeatRole | None
    voting: bool | None
    status: Presence
    term_id: UUID | None
    """Of the holder, or of the alternate where the seat was represented."""
    person_id: UUID | None
    """Who, as an id: the name is read at /v1/persons/{id}, with the personal scope."""
    organisation: str | None
    """Name of the institution, for display."""


class SessionAttendanceOut(Row):
    """Attendance of a session; `id` and `version` are the session's."""

    lines: list[PresenceOut]
    present: int
    """Seats present or represented."""
    voting_present: int
    """Of these, those with a vote."""


class Sitting(NamedTuple):
    """Whoever sits in a seat: the term, and the person where the institution named one."""

    term: UUID
    person: UUID | None = None


@dataclass(frozen=True)
class SeatThen:
    """A seat of the body on the day of a session."""

    id: UUID
    voting: bool
    holder: Sitting | None
    alternate: Sitting | None


@dataclass(frozen=True)
class Seen:
    """A seat, how it was there, and whose term that was."""

    seat: SeatThen
    status: Presence

    @property
    def sitting(self) -> Sitting | None:
        return self.seat.alternate if self.status is Presence.REPRESENTED else self.seat.holder

    @property
    def voter(self) -> UUID | None:
        """The person who has the seat's vote, as far as one is named."""
        return self.sitting.person if self.sitting and self.seat.voting and self.status in THERE else None


def seen(lines: list[PresenceLine], seats: Mapping[UUID, SeatThen]) -> list[Seen]:
    """Every seat that is named, and as absent each that somebody holds and nobody named.

    Raises Invalid where a seat is none of the body's on that day, nobody holds it, it is represented without an alternate, or one person
    would have the votes of two (M2).
    """
    found = {line.seat_id: _seen(line, seats.get(line.seat_id), n) for n, line in enumerate(lines)}
    _one_vote_each([each.voter for each in found.values()])
    unnamed = [Seen(seat, Presence.ABSENT) for id, seat in seats.items() if id not in found and seat.holder]
    return [*found.values(), *unnamed]


def _one_vote_each(voters: list[UUID | None]) -> None:
    for n, voter in enumerate(voters):
        if voter is not None and (first := voters.index(voter)) < n:
            told = f"Whoever sits here sits in the seat of line {first} too, and one person has one vote: say absent or excused of one."
            raise Invalid(told, "person-twice", pointer=f"/lines/{n}/seat_id")


def _seen(line: PresenceLine, seat: SeatThen | None, n: int) -> Seen:
    if seat is None:
        raise Invalid("The body that met has no such seat on that day.", "unknown-reference", pointer=f"/lines/{n}/seat_id")
    if line.status is Presence.REPRESENTED and seat.alternate is None:
        raise Invalid("This seat has no alternate on that day.", "no-alternate", pointer=f"/lines/{n}/status")
    if line.status is not Presence.REPRESENTED and seat.holder is None:
        raise Invalid("Nobody holds this seat on that day.", "seat-vacant", pointer=f"/lines/{n}/seat_id")
    return Seen(seat, line.status)
