"""Indicators and the sources that count them. Two sources of one indicator stay two series."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from api.domain.fields import ExternalIds, Fields, Key, LongText, Numbered, Slug, Text, external_ids, one_of


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    PER_100K = "per-100k"
    PERCENT = "percent"


class Direction(StrEnum):
    """Which way is better."""

    DOWN = "down"
    UP = "up"


class SourceKind(StrEnum):
    """What kind of office counts."""

    POLICE = "police"
    HEALTH = "health"
    PROSECUTOR = "prosecutor"
    OBSERVATORY = "observatory"
    SURVEY = "survey"
    ADMINISTRATIVE = "administrative"
    COMPUTED = "computed"
    DEMONSTRATION = "demonstration"


class CountingUnit(StrEnum):
    """What is counted: five victims of one offence are five or one."""

    VICTIMS = "victims"
    OFFENCES = "offences"
    INCIDENTS = "incidents"
    PEOPLE = "people"
    ATTENDANCES = "attendances"


class IndicatorFields(Fields):
    """An indicator of the catalogue."""

    code: Slug
    label_en: Text
    label_es: Text
    label_pt: Text
    definition: LongText | None = None
    unit: Unit = one_of(Unit)
    direction: Direction = one_of(Direction)
    iccs: str | None = Field(default=None, max_length=10)
    """Code of the International Classification of Crime for Statistical Purposes, 1.0."""
    sdg: str | None = Field(default=None, max_length=10)
    """Code of the Sustainable Development Goal indicator it feeds."""
    external_ids: ExternalIds = external_ids()


class Indicator(IndicatorFields, Numbered, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True


class IndicatorOut(IndicatorFields, Numbered):
    """An indicator as it is read."""

    label: str
    """In the caller's language."""


class SourceFields(Fields):
    """Who counts, and what exactly they count."""

    code: Slug
    name: Text
    kind: SourceKind = one_of(SourceKind)
    counting_unit: CountingUnit = one_of(CountingUnit)
    country_id: Key | None = Field(default=None, foreign_key="country.id")
    """Null for sources of more than one country."""
    url: Text | None = None
    external_ids: ExternalIds = external_ids()


class Source(SourceFields, Numbered, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True


class SourceOut(SourceFields, Numbered):
    """A source as it is read."""
