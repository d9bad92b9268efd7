"""Bodies of a committee: its plenary, board, subcommissions and technical secretariat, one inside another."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from api.domain.errors import Invalid
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids, one_of


class BodyKind(StrEnum):
    """What a body is."""

    PLENARY = "plenary"
    """Pleno, asamblea: its voting seats are those that bylaws count. One at a time."""
    BOARD = "board"
    """Junta directiva."""
    SUBCOMMISSION = "subcommission"
    """Subcomisión, mesa temática."""
    SECRETARIAT = "secretariat"
    """Secretaría técnica."""


class BodyDefinition(Fields):
    """What may be said anew of a body."""

    name: Text
    topic: Text | None = None
    """What a subcommission is about."""
    parent_id: UUID | None = Field(default=None, foreign_key="body.id")
    """The body it belongs to."""
    ends_on: date | None = None
    """First day it is no more."""
    external_ids: ExternalIds = external_ids()


class BodyFields(BodyDefinition):
    """A body of a committee."""

    kind: BodyKind = one_of(BodyKind)
    starts_on: date


class Body(BodyFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    demonstration: bool = False


class BodyOut(BodyFields, Row):
    """A body as it is read."""

    committee_id: UUID
    municipality_id: int
    demonstration: bool


def not_inside_itself(body: BodyDefinition, id: UUID) -> None:
    """Raises Invalid where a body would belong to itself."""
    if body.parent_id == id:
        raise Invalid("A body does not belong to itself.", "body-inside-itself", pointer="/parent_id")


def meeting(bodies: Sequence[Body], asked: UUID | None, day: date) -> Body:
    """The body that meets on a day: the one that is asked for, else the plenary. Raises Invalid where the committee has none such then."""
    there = [b for b in bodies if b.starts_on <= day and (b.ends_on is None or day < b.ends_on)]
    found = next((b for b in there if (b.id == asked if asked else b.kind is BodyKind.PLENARY)), None)
    if found is None:
        told = "The committee has no such body on that day." if asked else "The committee has no plenary on that day; make one first."
        raise Invalid(told, "unknown-reference" if asked else "no-plenary", pointer="/body_id")
    return found
