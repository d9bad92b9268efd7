"""Municipalities, and how one succeeds another. A name is never a key: 283 of them are shared within one country."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator
from sqlmodel import Field

from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, LongText, Number, Numbered, Row, Text, external_ids, one_of


class MunicipalityKind(StrEnum):
    """What the place is by the law of its country."""

    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    TOWN = "town"


class Status(StrEnum):
    """Whether it exists today."""

    CURRENT = "current"
    SUCCEEDED = "succeeded"


class MunicipalityFields(Fields):
    """A municipality as a register states it."""

    name: Text
    kind: MunicipalityKind = one_of(MunicipalityKind, default=MunicipalityKind.MUNICIPALITY)
    valid_from: date | None = None
    """First day it existed; null where no register tells."""
    valid_to: date | None = None
    """First day it existed no more."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    """Latitude of a point inside it, WGS 84, degrees."""
    lon: float | None = Field(default=None, ge=-180, le=180)
    """Longitude of that point, degrees."""
    coordinates_source: Text | None = None
    notes: LongText | None = None
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _forwards(self) -> "MunicipalityFields":
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to must be after valid_from")
        return self


class MunicipalityNew(MunicipalityFields):
    """The body that adds one to a country."""

    country: str = Field(min_length=2, max_length=3, schema_extra={"examples": ["HN"]})
    """ISO 3166-1 code of a tenant."""
    admin1: str | None = Field(default=None, max_length=10, schema_extra={"examples": ["HN-AT"]})
    """ISO 3166-2 code of its first-level division."""


class Municipality(MunicipalityFields, Numbered, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True

    country_id: Key = Field(foreign_key="country.id")
    admin1_id: Key | None = None
    status: Status = one_of(Status, default=Status.CURRENT)


class MunicipalityOut(MunicipalityFields, Numbered):
    """A municipality as it is read."""

    country: str
    """ISO 3166-1 alpha-2."""
    admin1: str | None
    """ISO 3166-2 code of its first-level division."""
    admin1_name: str | None
    status: Status


class SuccessionKind(StrEnum):
    """What happened."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    LEVEL_CHANGE = "level_change"
    ABSORB = "absorb"


class SuccessionFields(Fields):
    """That one municipality took the place of another, wholly or in part, from a day on."""

    predecessor_id: Key = Field(foreign_key="municipality.id")
    successor_id: Key = Field(foreign_key="municipality.id")
    kind: SuccessionKind = one_of(SuccessionKind)
    effective_on: date
    share: Number = Field(gt=0, le=1, default=Decimal(1))
    """Part of the predecessor that went to this successor, by population; all shares of one predecessor sum to 1."""
    principal: bool = True
    """Whether this successor may also write what the predecessor recorded; the others may read it."""
    district_name: Text | None = None
    """What the predecessor is called inside its successor."""
    instrument: LongText | None = None
    """The law or decree."""


class Succession(SuccessionFields, Row, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True

    country_id: Key


class SuccessionOut(SuccessionFields, Row):
    """A succession as it is read."""

    predecessor: str
    """Name of the predecessor."""
    successor: str
    """Name of the successor."""


def succeed(body: SuccessionFields, predecessor: Municipality, successor: Municipality, given: Decimal, lineage: set[int]) -> None:
    """Check that `successor` may take the place of `predecessor`, and end the predecessor on that day.

    `given` is the share of it that already went elsewhere, `lineage` are the predecessors of the predecessor. Raises Invalid where it would
    succeed itself, another country's, or in a circle; Conflict where more than the whole would be given away, or it ended on another day.
    """
    if predecessor.id == successor.id or successor.id in lineage:
        raise Invalid("A municipality cannot succeed itself, directly or in a circle.", "succeeds-itself", pointer="/successor_id")
    if predecessor.country_id != successor.country_id:
        raise Invalid("Both must lie in the same country.", "other-country", pointer="/successor_id")
    if given + body.share > 1:
        raise Conflict("The shares of a predecessor sum to 1 at most.", "shares-over-one", pointer="/share")
    if predecessor.valid_to not in (None, body.effective_on):
        raise Conflict("The predecessor already ended on another day.", "ended-otherwise", pointer="/effective_on")
    predecessor.valid_to = body.effective_on
    predecessor.status = Status.SUCCEEDED


def allot(taken: set[int], country_id: int) -> int:
    """The key of a new municipality: the next free one of its country's ten thousand, below those that mean "not specified".

    Raises Conflict where all are given.
    """
    free = next((n for n in range(country_id * 10_000 + 9_899, country_id * 10_000, -1) if n not in taken), None)
    if free is None:
        raise Conflict("Every key of this country is given.", "keys-exhausted")
    return free
