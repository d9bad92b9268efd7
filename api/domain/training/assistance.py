"""The log of technical assistance: who helped whom, for how long, and what came of it."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import model_validator
from sqlmodel import Field

from api.domain.fields import Fields, LongText, Row, Slug, Text, new_id, patch_of
from api.domain.training.courses import Hours


class AssistanceFields(Fields):
    """One piece of technical assistance to a municipality's committee."""

    provider_organisation_id: UUID
    """The organisation that gives it."""
    topic: Slug | None = None
    """Code of a training topic, where it is about one."""
    starts_on: date
    """First day."""
    ends_on: date | None = None
    """First day after the last; null where it took one day."""
    hours: Hours
    """Hours given, of all who gave it together."""
    description: LongText
    """What was done; names of people do not belong here."""
    deliverable: Text | None = None
    """What came of it."""
    document_id: UUID | None = None
    """The deliverable: a document of this municipality, read by whom its own class lets."""

    @model_validator(mode="after")
    def _forwards(self) -> "AssistanceFields":
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class AssistanceNew(AssistanceFields):
    """The body that logs technical assistance."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


AssistancePatch = patch_of(AssistanceFields)


class Assistance(AssistanceFields, Row, table=True):
    """The row of a piece of technical assistance."""

    __tablename__ = "technical_assistance"

    hours: Decimal
    country_id: int
    municipality_id: int


class AssistanceOut(AssistanceFields, Row):
    """Technical assistance as it is read."""

    municipality_id: int
    municipality: str
    """Name, for display; never a key."""
    provider: str
    """Name of the organisation that gives it, for display."""
