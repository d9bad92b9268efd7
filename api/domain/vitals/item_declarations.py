"""What is declared of an item of GOPI-Prevención, because nothing that is kept here can tell it: with a day and with what it can be read
in, shown as declared and never as computed."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from api.domain.calendar import months_after, not_to_come
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Documented, Fields, Key, Row, one_of


class DeclarablePart(StrEnum):
    """What somebody may declare: parts of the items that health answers as unknown."""

    CALL_IN_RULES = "call_in_rules"
    """Of item 5: the bylaws ask for an open public call."""
    OTHER_OFFICES = "other_offices"
    """Of item 7: offices of the government for youth, women, participation and families sit in the committee."""
    DEPARTMENT = "department"
    """Of item 8: the departmental government is represented."""
    POWERS = "powers"
    """Of item 10: the secretariat has the powers to coordinate and to keep the record."""
    WORK_PLAN = "work_plan"
    """Of item 12: there is a work plan of the year, which the declaration ends with."""


class ItemDeclarationFields(Documented):
    """Something that somebody declares of a committee."""

    part: DeclarablePart = one_of(DeclarablePart)
    starts_on: date
    """From which day it is so; not one to come."""
    ends_on: date | None = None
    """First day on which it is so no more; none while nobody says otherwise. A work plan ends within a year."""


class ItemDeclarationEnd(Fields):
    """The body that ends a declaration."""

    ends_on: date
    """First day on which it is so no more; its own first day takes back the whole declaration."""


class ItemDeclaration(ItemDeclarationFields, Row, table=True):
    """The row."""

    __tablename__ = "item_declaration"

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    demonstration: bool = False


class ItemDeclarationOut(ItemDeclarationFields, Row):
    """A declaration as it is read."""

    committee_id: UUID
    municipality_id: int
    demonstration: bool


def declarable(said: ItemDeclarationFields, today: date) -> None:
    """Raises Invalid where the day is to come, it ends before it starts, or a plan of the year is of more than one."""
    not_to_come(said.starts_on, today, "/starts_on")
    if said.ends_on is not None and said.ends_on <= said.starts_on:
        raise Invalid("A declaration ends after it starts.", "declaration-backwards", pointer="/ends_on")
    if said.part is DeclarablePart.WORK_PLAN and (said.ends_on is None or said.ends_on > months_after(said.starts_on, 12)):
        raise Invalid("A work plan is of a year: say when it ends.", "plan-of-a-year", pointer="/ends_on")


def end(declaration: ItemDeclaration, on: date) -> None:
    """Say when it ends. Raises Conflict where it has ended by then, Invalid where that is before it starts."""
    if declaration.ends_on is not None and declaration.ends_on <= on:
        raise Conflict("This declaration ends earlier already.", "declaration-ended", pointer="/ends_on")
    if on < declaration.starts_on:
        raise Invalid("A declaration ends no earlier than it starts.", "declaration-backwards", pointer="/ends_on")
    declaration.ends_on = on
