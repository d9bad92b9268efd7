"""Training events: a course given somewhere on some days."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import model_validator
from sqlmodel import Field

from api.domain.errors import Conflict, Invalid
from api.domain.fields import Fields, LongText, Number, Row, Text, new_id, one_of, patch_of
from api.domain.training.courses import Hours, TrainingLevel


class Mode(StrEnum):
    """How people come together."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    MIXED = "mixed"


class TrainingEventState(StrEnum):
    """What came of it."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


ALLOWED = {
    TrainingEventState.PLANNED: ["change", "hold", "cancel", "remove"],
    TrainingEventState.HELD: ["change", "attend"],
    TrainingEventState.CANCELLED: [],
}
"""What may be done in each state; nothing more happens to what was cancelled."""


class TrainingEventFields(Fields):
    """A course that is given."""

    course_id: UUID
    starts_on: date
    """First day."""
    ends_on: date | None = None
    """First day after the last; null where it takes one day."""
    hours: Hours | None = None
    """Hours given, where they are not those of the course."""
    mode: Mode = one_of(Mode, default=Mode.IN_PERSON)
    place: Text | None = None
    trainer_organisation_id: UUID | None = None
    """The organisation that gives it."""
    document_id: UUID | None = None
    """Evidence: a document of this municipality, read by whom its own class lets."""
    note: LongText | None = None

    @model_validator(mode="after")
    def _forwards(self) -> "TrainingEventFields":
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class TrainingEventNew(TrainingEventFields):
    """The body that plans a training event."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


TrainingEventPatch = patch_of(TrainingEventFields)


class TrainingEvent(TrainingEventFields, Row, table=True):
    """The row of a training event."""

    __tablename__ = "training_event"
    PERSONAL: ClassVar = frozenset({"attendance"})
    """Kept beside the row: who was there, with the scores of each."""

    hours: Decimal | None = None
    country_id: int
    municipality_id: int
    state: TrainingEventState = one_of(TrainingEventState, default=TrainingEventState.PLANNED)


class TrainingEventOut(TrainingEventFields, Row):
    """A training event as it is read."""

    municipality_id: int
    municipality: str
    """Name, for display; never a key."""
    course: str
    """Title, for display."""
    level: TrainingLevel
    topics: list[str]
    """Codes of the course's topics."""
    hours: Number
    """Hours given: its own, or those of the course."""
    trainer: str | None
    """Name of the organisation that gives it, for display."""
    state: TrainingEventState
    present: int
    """People who were there."""
    pre_score: Number | None
    """Mean of those who have both scores, 0 to 100; null where they are fewer than five."""
    post_score: Number | None
    """The same after it."""
    allowed_actions: list[str]


def allowed(event: TrainingEvent, action: str) -> None:
    """Raises Conflict where `action` cannot be done in the event's state."""
    if action not in ALLOWED[event.state]:
        raise Conflict(f"A training event that is {event.state} cannot be: {action}.", "not-in-this-state")


def hold(event: TrainingEvent, today: date) -> None:
    """Say that it was held. Raises Conflict where it was decided already, Invalid where its last day is not over yet."""
    allowed(event, "hold")
    if (event.ends_on or event.starts_on + timedelta(days=1)) > today + timedelta(days=1):
        raise Invalid("It is not over yet; say so on its last day.", "not-over-yet", pointer="/ends_on")
    event.state = TrainingEventState.HELD


def cancel(event: TrainingEvent) -> None:
    """Say that it is not held. Raises Conflict where it was decided already."""
    allowed(event, "cancel")
    event.state = TrainingEventState.CANCELLED
