"""Attendance of training events, and what members of a committee have learned so far."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field as Limits
from pydantic import field_validator
from sqlmodel import Field, SQLModel

from api.domain.errors import Invalid, NotAllowed
from api.domain.fields import Fields, Number, Row
from api.domain.training.courses import Hours, TrainingLevel

Score = Annotated[Number, Limits(ge=0, le=100)]
FEWEST = 5
"""Of how many people a mean is told to those who may not read who they are."""
ONBOARDING_DAYS = 90
"""Days from joining within which a member should have had an initial course, where nothing else is asked for; a default of ours."""


class AttendanceLine(Fields):
    """One person at a training event."""

    person_id: UUID
    """A person of a committee that sits in this municipality."""
    present: bool = True
    hours: Hours | None = None
    """Hours attended, where they are not those of the event."""
    pre_score: Score | None = None
    """Before, 0 to 100."""
    post_score: Score | None = None
    """After, 0 to 100."""


class AttendanceFields(Fields):
    """Everybody who was expected at a training event; replaces what was there."""

    lines: Annotated[list[AttendanceLine], Limits(max_length=1000)]

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[AttendanceLine]) -> list[AttendanceLine]:
        if len({line.person_id for line in lines}) != len(lines):
            raise ValueError("each person stands there once")
        return lines


class Attendance(SQLModel, table=True):
    """The row of one person at one event."""

    __tablename__ = "training_attendance"

    municipality_id: int = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    country_id: int
    present: bool
    hours: Decimal | None = None
    pre_score: Decimal | None = None
    post_score: Decimal | None = None


class AttendanceOut(Row):
    """Attendance as those with the personal scope read it; `id` and `version` are the event's."""

    lines: list[AttendanceLine]


class TopicCoverage(Fields):
    """How far a topic has reached the members of a committee."""

    code: str
    level: TrainingLevel
    label: str
    """In the caller's language."""
    members: int
    """Members who were at an event of a course that teaches it."""
    missing: int
    """Members who were not."""


class MemberGaps(Fields):
    """What one member has not learned yet."""

    person_id: UUID
    voting: bool
    joined_on: date
    """First day of the first term in this committee."""
    initial_on: date | None
    """Last day of the first initial course they were at."""
    due_on: date
    """Day by which they should have been at one."""
    missing: list[str]
    """Codes of topics."""


class Onboarding(Fields):
    """The initial course within so many days of joining, of all members."""

    days: int
    on_time: int
    late: int
    """Had it after that day."""
    waiting: int
    """Have not had it, and their day is still to come."""
    overdue: int
    """Have not had it, and their day is over."""


class TrainingOut(Fields):
    """What the members of a committee have learned, on a day."""

    committee_id: UUID
    as_of: date
    members: int
    """People who hold a seat on that day, by name; whoever an institution has not named yet is not among them."""
    voting: int
    """Who holds a voting seat of the plenary, an institution that names nobody too: what step 5 counts."""
    voting_trained: int
    """Of these, those who were at an initial course."""
    share: Number | None
    """voting_trained / voting; null where nobody votes."""
    onboarding: Onboarding
    topics: list[TopicCoverage]
    gaps: list[MemberGaps] | None
    """Member by member; null without the personal scope."""


def of_people(known: int, lines: list[AttendanceLine]) -> None:
    """Raises Invalid where not everybody is a person of a committee of this municipality."""
    if known != len(lines):
        raise Invalid("Not everybody here is a person of a committee of this municipality.", "unknown-reference", pointer="/lines")


def opened(personal: bool) -> None:
    """Raises NotAllowed where the caller has not the personal scope."""
    if not personal:
        raise NotAllowed("Attendance by person needs the personal scope here; see GET /v1/me.", "personal-scope-required")
