"""Open calls: seats that whoever fits may ask for (GOPI-Prevención, item 5)."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field as Limits
from pydantic import model_validator
from sqlalchemy import ARRAY
from sqlalchemy import Text as Plain
from sqlmodel import Field

from api.domain.committee.sectors import Sector
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids


class CallState(StrEnum):
    """How an open call stands, by its days."""

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"


class OpenCallFields(Fields):
    """An open call."""

    title: Text
    sectors: Annotated[list[Sector], Limits(max_length=18)] = Field(default_factory=list, sa_type=ARRAY(Plain))
    """Who may ask; none named means everybody."""
    seats: int = Limits(ge=1, le=100)
    """How many are to be filled."""
    opens_on: date
    closes_on: date
    """First day on which it is closed; set an earlier one to close it early."""
    document_id: UUID | None = None
    """The call itself."""
    reference: Text | None = None
    """Where it was published."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _forwards(self) -> "OpenCallFields":
        if self.closes_on <= self.opens_on:
            raise ValueError("closes_on must be after opens_on")
        return self


class OpenCall(OpenCallFields, Row, table=True):
    """The row."""

    __tablename__ = "open_call"

    sectors: list[str] = Field(default_factory=list, sa_type=ARRAY(Plain))  # type: ignore[assignment]
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    demonstration: bool = False


class OpenCallOut(OpenCallFields, Row):
    """An open call as it is read."""

    committee_id: UUID
    municipality_id: int
    state: CallState
    """On the day it is read."""
    asked: int
    """Invitations that answer it."""
    seated: int
    """Of these, those that came to a seat."""
    demonstration: bool
