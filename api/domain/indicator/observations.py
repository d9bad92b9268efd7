"""Observations, populations and imports, as they are kept and read."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import PrivateAttr
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, JSONB
from sqlmodel import Field

from api.domain.fields import Fields, Kept, Number, Row, Text, one_of, superseded


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


class ImportState(StrEnum):
    """What came of an import."""

    RUNNING = "running"
    """Under way, or broken off: send the same file again, what is kept already stays as it is."""
    DONE = "done"
    CHECKED = "checked"
    """A dry run: nothing was kept."""
    REFUSED = "refused"


class Import(Row, table=True):
    """The row of one upload and all that came of it."""

    principal_id: UUID
    country_id: int = 0
    municipality_id: int = 0
    organisation_id: UUID | None = None
    kind: str
    reader: str
    source: str | None = None
    file_name: str | None = None
    file_sha256: str
    bytes: int
    dry_run: bool
    state: ImportState = one_of(ImportState)
    report: dict[str, Any] = Field(sa_type=JSONB)


class RowError(Fields):
    """Rows of a file that were refused or parked for one reason."""

    code: str
    """Stable kebab-case code."""
    detail: str
    count: int
    rows: list[int]
    """The first hundred row numbers, from 1, the header being row 1."""
    places: list[str] = Field(default_factory=list)
    """The first hundred places as the file names them, where the place is the reason."""
    candidates: dict[str, list[str]] = Field(default_factory=dict)
    """Place -> what it may be."""


class Report(Fields):
    """What came of every row. rows_in = rows_used + rows_parked + rows_refused + rows_ignored."""

    rows_in: int
    rows_used: int
    """Rows that a value was made of, alone or summed with others."""
    rows_parked: int
    """Rows kept aside until somebody says which place is meant."""
    rows_refused: int
    rows_ignored: int
    """Rows that state nothing: another indicator, or every period blank."""
    values: int
    """Values the file states."""
    created: int
    changed: int
    """Values that were restated; what stood there is in their revisions."""
    unchanged: int
    not_yet_reported: int
    """Blank periods: not kept, and never taken for zero."""
    codes_healed: int = 0
    """Codes that had lost their leading zeros and were understood all the same."""
    ended: int = 0
    """Only with mode=snapshot: records that the file no longer holds and that were ended."""
    would_end: list[str] = Field(default_factory=list)
    """Only with mode=snapshot without confirmation: the first hundred that would end."""
    errors: list[RowError] = Field(default_factory=list)
    totals: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Indicator -> year -> sum of the file's values, to be held against the publisher's own totals."""


class ImportOut(Row):
    """An import as it is read."""

    kind: str
    reader: str
    source: str | None
    file_name: str | None
    file_sha256: str
    bytes: int
    dry_run: bool
    state: ImportState
    report: Report


class Parked(Row, table=True):
    """The row of what a file states of a place that is not known yet."""

    import_id: UUID = Field(foreign_key="import.id")
    principal_id: UUID
    country_id: int = 0
    source_id: int | None = None
    place: str
    row_count: int
    rows: list[Any] = Field(sa_type=JSONB)
    assigned_territory_id: int | None = None


class ParkedOut(Row):
    """Rows kept aside until somebody says which place they mean."""

    import_id: UUID
    code: str
    """The place's code as the file has it; empty where it has none."""
    name: str
    """The place's name as the file has it."""
    row_count: int
    row_numbers: list[int]
    """Rows of the file, the header being row 1; the first hundred."""
    assigned_territory_id: int | None
    """What somebody said is meant; the rows were then taken in."""
    assigned_municipality_id: int | None = superseded()
    """The same where it is a municipality, null elsewhere; kept for clients written for 0.1.0."""
    candidates: list[str]
    """Municipalities of that name, as `key name (first level)`."""


class Assignment(Fields):
    """The body that says which place is meant."""

    municipality: str = Field(max_length=100)
    """Key or `scheme:code`."""
