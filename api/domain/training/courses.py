"""Topics and courses: what members of a committee learn, first together and then each in depth."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Limits
from pydantic import field_validator
from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from api.domain.access.people import OfficeUnit
from api.domain.errors import Invalid
from api.domain.fields import Fields, Kept, LongText, Number, Row, Slug, Text, new_id, one_of, patch_of


class TrainingLevel(StrEnum):
    """When it is learned."""

    INITIAL = "initial"
    """At the start, so that all members mean the same by prevention."""
    FOLLOW_UP = "follow_up"


class TopicOut(Kept):
    """A topic of training; the eight are those of step 5 of ICMA's eight steps."""

    code: str
    position: int
    """Its place in the list."""
    level: TrainingLevel
    label: str
    """In the caller's language."""
    label_en: str
    label_es: str
    label_pt: str


Hours = Annotated[Number, Limits(gt=0, le=2000)]
Topics = Annotated[list[Slug], Limits(min_length=1, max_length=20)]


class CourseFields(Fields):
    """A course, as it may be given many times."""

    title: Text
    description: LongText | None = None
    level: TrainingLevel = one_of(TrainingLevel)
    topics: Topics = Field(sa_type=ARRAY(String))
    """Codes of its topics (GET /v1/training-topics)."""
    hours: Hours
    """Length, in hours of 60 minutes."""
    certificate_percent: Annotated[int, Limits(ge=1, le=100)] | None = None
    """Of its hours, how many percent somebody must be there for a certificate; 80 where it does not say, a default of ours."""

    @field_validator("topics")
    @classmethod
    def _once(cls, topics: list[str]) -> list[str]:
        return sorted(set(topics))


class CourseNew(CourseFields):
    """The body that adds a course."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""
    owner: OfficeUnit
    """Whose course it is: who may change it. Everyone may give it."""


CoursePatch = patch_of(CourseFields)


class Course(CourseFields, Row, table=True):
    """The row of a course; where it has no municipality, country or organisation it is the region's."""

    PUBLIC: ClassVar = True

    hours: Decimal
    country_id: int = 0
    municipality_id: int = 0
    organisation_id: UUID | None = None


class CourseOut(CourseFields, Row):
    """A course as it is read."""

    country_id: int | None
    """Of whose country, where it is not the region's."""
    municipality_id: int | None
    """Whose it is, where it is a municipality's."""
    organisation_id: UUID | None
    """Whose it is, where it is an association's or a programme's."""


def taught(topics: list[str], known: set[str]) -> None:
    """Raises Invalid naming the topics there are, where one is not among them."""
    if not set(topics) <= known:
        raise Invalid("There is no such topic.", "unknown-code", pointer="/topics", choices=sorted(known))
