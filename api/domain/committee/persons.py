"""People who sit in committees: their names and contacts live in this one table, and only the personal scope opens it.

Everything else carries the person's id, resolved when it is read; so what is erased here is gone everywhere with the next request.
"""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Limits
from pydantic import StringConstraints
from sqlalchemy import ARRAY, DateTime
from sqlalchemy import Text as Plain
from sqlmodel import Field

from api.domain.committee.sectors import Group
from api.domain.errors import Conflict, NotAllowed
from api.domain.fields import Email, Fields, Key, Row, Text

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class PersonFields(Fields):
    """A person who sits, or will sit, in a committee."""

    name: Text
    email: Email | None = None
    phone: Text | None = None
    groups: Annotated[list[Group], Limits(max_length=8)] = Field(default_factory=list, sa_type=ARRAY(Plain))
    """What they themselves said they are, and may leave unsaid; read back as counts only by everyone else."""
    languages: Annotated[list[Language], Limits(max_length=10)] = Field(default_factory=list, sa_type=ARRAY(Plain))
    """ISO 639 codes."""
    publish_consent: bool = False
    """Whether they agreed that their name is published; set it to false when they take it back."""


class Person(PersonFields, Row, table=True):
    """The row."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name", "email", "phone", "groups", "languages"})

    name: str | None  # type: ignore[assignment]
    groups: list[str] = Field(default_factory=list, sa_type=ARRAY(Plain))  # type: ignore[assignment]
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    erased_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    demonstration: bool = False


class PersonOut(Row):
    """A person as those with the personal scope read them; each reading is recorded."""

    committee_id: UUID
    municipality_id: int
    name: str | None
    """Null once erased."""
    email: str | None
    phone: str | None
    groups: list[Group]
    languages: list[str]
    publish_consent: bool
    erased_at: datetime | None
    demonstration: bool
    allowed_actions: list[str]


def personal(opened: bool) -> None:
    """Raises NotAllowed where the caller has not the personal scope at the committee."""
    if not opened:
        raise NotAllowed("Names need the personal scope of an office at this municipality; see GET /v1/me.", "personal-scope-required")


def living(person: Person) -> None:
    """Raises Conflict where the person was erased: nothing is ever written to them again."""
    if person.erased_at is not None:
        raise Conflict("This person was erased.", "person-erased")


def erase(person: Person, at: datetime) -> None:
    """Forget a person for good; the id stays, so that terms, minutes and hashes stay whole. Raises Conflict where it was done."""
    living(person)
    person.name = person.email = person.phone = None
    person.groups, person.languages, person.publish_consent = [], [], False
    person.erased_at = at
