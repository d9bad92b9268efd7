"""Observations, populations and imports, as they are kept and read."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import PrivateAttr
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlmodel import Field

from api.domain.fields import Fields, Kept, Number, Text, one_of, superseded


class Frequency(StrEnum):
    """Length of the period (SDMX CL_FREQ)."""

    ANNUAL = "A"
    QUARTERLY = "Q"
    MONTHLY = "M"


class ObsStatus(StrEnum):
    """Status of a value (SDMX CL_OBS_STATUS)."""

    NORMAL = "A"
    BREAK = "B"
    ESTIMATED = "E"
    PROVISIONAL = "P"
    MISSING = "M"
    SUPPRESSED = "Q"


class ObservationFields(Fields):
    """What is stated of a place and period."""

    value: Annotated[Decimal, Field(ge=0, lt=10**15, decimal_places=6)] | None
    """In the indicator's unit; 0 is a value, null needs the status M (missing) or Q (suppressed)."""
    status: ObsStatus = ObsStatus.NORMAL
    """SDMX CL_OBS_STATUS."""
    reason: Text | None = None
    """Why a value is changed, kept with what it replaces."""


class Observation(Kept, table=True):
    """One value: its key is what it is about. Zero is a value; a month that no row speaks of is not yet reported."""

    territory_id: int = Field(primary_key=True)
    indicator_id: int = Field(primary_key=True, foreign_key="indicator.id")
    source_id: int = Field(primary_key=True, foreign_key="source.id")
    period_on: date = Field(primary_key=True)
    frequency: Frequency = one_of(Frequency, primary_key=True)
    dims: str = Field(default="", primary_key=True)
    country_id: int
    value: Decimal | None
    status: ObsStatus = one_of(ObsStatus)
    assisted: bool = False
    import_id: UUID | None = None
    row_numbers: list[int] | None = Field(default=None, sa_type=ARRAY(INTEGER))
    recorded_by: UUID | None = None
    """Who stated it, where no import did."""
    recording_id: int = 0

    @property
    def id(self) -> str:
        """Its key as the feed shows it: keys of the place, indicator and source, first day, length, breakdown."""
        return f"{self.territory_id}/{self.indicator_id}/{self.source_id}/{self.period_on}/{self.frequency}/{self.dims}"

    _municipality: int = PrivateAttr(default=0)

    @property
    def municipality_id(self) -> int:
        """The municipality it is of, or of whose community; 0 where it is of another place. Not kept: whoever writes it says so."""
        return self._municipality

    def within(self, municipality: int) -> None:
        """Say which municipality it is of."""
        self._municipality = municipality


class ObservationRevision(Fields, table=True):
    """What a restatement replaced."""

    __tablename__ = "observation_revision"

    territory_id: int = Field(primary_key=True)
    indicator_id: int = Field(primary_key=True)
    source_id: int = Field(primary_key=True)
    period_on: date = Field(primary_key=True)
    frequency: Frequency = one_of(Frequency, primary_key=True)
    dims: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    country_id: int
    value: Decimal | None
    status: ObsStatus = one_of(ObsStatus)
    assisted: bool
    import_id: UUID | None
    row_numbers: list[int] | None = Field(sa_type=ARRAY(INTEGER))
    recorded_by: UUID | None
    recording_id: int
    replaced_at: datetime
    replaced_by: UUID | None
    replaced_import_id: UUID | None
    replaced_recording_id: int
    reason: str | None = None


class TerritoryKind(StrEnum):
    """What kind of place a value is of."""

    COUNTRY = "country"
    ADMIN1 = "admin1"
    MUNICIPALITY = "municipality"
    COMMUNITY = "community"
    """Part of a municipality; never added into it."""
    UNSPECIFIED = "unspecified"
    """What an office could not place better than in a first level."""


class ObservationOut(Kept):
    """An observation as it is read."""

    territory_id: int
    """Key of the municipality, community, first level or country."""
    territory_kind: TerritoryKind
    territory: str
    """Name, for display; never a key."""
    municipality_id: int | None = superseded()
    """`territory_id` where the place is a municipality, null elsewhere; kept for clients written for 0.1.0."""
    municipality: str | None = superseded()
    """`territory` where the place is a municipality, null elsewhere; kept for clients written for 0.1.0."""
    indicator: str
    source: str
    period: str
    """ISO 8601 / SDMX: 2022, 2022-Q1 or 2022-03."""
    dims: str
    """What the value is broken down by, `key=value;key=value` with sorted keys; empty for the whole."""
    value: Number | None
    """Null where the status is M (missing) or Q (suppressed, or of a sensitive indicator that you may not write); 0 is a value."""
    status: ObsStatus
    assisted: bool
    """Written by the association of a municipality that has no users of its own yet."""
    import_id: UUID | None
    row_numbers: list[int] | None
    """Rows of the imported file this value is the sum of, from 1, the header being row 1."""


class PopulationOut(Kept):
    """A population as it is read."""

    territory_id: int
    territory_kind: TerritoryKind
    territory: str
    """Name, for display; never a key."""
    municipality_id: int | None = superseded()
    """`territory_id` where the place is a municipality, null elsewhere; kept for clients written for 0.1.0."""
    municipality: str | None = superseded()
    """`territory` where the place is a municipality, null elsewhere; kept for clients written for 0.1.0."""
    year: int
    source: str
    value: int
    """Residents."""
    import_id: UUID | None
    row_number: int | None
