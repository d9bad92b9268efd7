"""Imports: what a file was, what came of every row of it, and what it must say of itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import Fields, Row, one_of, superseded
from api.domain.indicator.catalogue import unknown
from api.domain.indicator.computed import SOURCE
from api.domain.indicator.periods import source_computed


class ImportState(StrEnum):
    """What came of an import."""

    RUNNING = "running"
    """Under way, or broken off: send the same file again, what is kept already stays as it is."""
    DONE = "done"
    CHECKED = "checked"
    """A dry run: nothing was kept."""
    HELD = "held"
    """The file is unlike what is known: nothing was kept. Look at the warnings; if it is right, send it again with accept_warnings=true."""
    REFUSED = "refused"
    """Rows were refused, and with them the file: nothing was kept. Mend what the report names and send the whole file again."""


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
    column: str | None = None
    """The column concerned, of registers where it is one; what the cell holds is never repeated."""
    count: int
    rows: list[int]
    """The first hundred row numbers, from 1, the header being row 1."""
    places: list[str] = Field(default_factory=list)
    """The first hundred places as the file names them, where the place is the reason."""
    candidates: dict[str, list[str]] = Field(default_factory=dict)
    """Place -> what it may be."""


class Warned(Fields):
    """Something of a file that is unlike what is known."""

    code: str
    """more-than-residents: a count larger than its place has residents; unlike-known: the file's total against that of the same places and
    months, or of earlier years; place-unlike-known: one place's; corrected-before: what the file says stood there, and was corrected."""
    detail: str
    indicator: str
    period: str
    """The year; of `corrected-before` the period itself."""
    territory_id: int | None
    """The place; null where it is all places of the file together."""
    territory: str | None
    """Its name, for display."""
    value: float | None
    """What the file says; of `corrected-before` null where it says that it is missing or suppressed."""
    known: float | None
    """What it was held against; null likewise."""
    source: str | None
    """Code of the source that says so."""
    year: int
    """The year that was held against."""
    rows: list[int] = Field(default_factory=list)
    """Of `corrected-before` the rows that say so, the first hundred."""


class Report(Fields):
    """What came of every row. rows_in = rows_stored + rows_summed + rows_superseded + rows_parked + rows_refused + rows_ignored; and of
    every value: values = created + changed + unchanged + kept."""

    rows_in: int
    """Rows below the header that are not empty."""
    rows_used: int
    """Rows that a value was made of: rows_stored + rows_summed."""
    rows_stored: int | None = None
    """Rows that alone made the values they state; null for imports from before this was counted."""
    rows_summed: int | None = None
    """Rows that made a value together with others; null likewise."""
    rows_superseded: int = 0
    """Rows of a file that came in before, of which a value was corrected since; see `superseded`."""
    rows_parked: int
    """Rows kept aside until somebody says which place is meant."""
    rows_refused: int
    rows_ignored: int
    """Rows that state nothing: another indicator, a sum of others, a note, or every period blank; see `ignored`."""
    values: int
    """Values the file states."""
    created: int
    changed: int
    """Values that were restated; what stood there is in their revisions."""
    unchanged: int
    kept: int = 0
    """Values that stay as they were corrected since the same file came in before; restate=true replaces them."""
    not_yet_reported: int
    """Blank periods: not kept, and never taken for zero."""
    codes_healed: int = 0
    """Codes that had lost their leading zeros and were understood all the same."""
    header_row: int = 1
    """Row of the file in which the columns are named; 0 where every line names its own."""
    sheet: str | None = None
    """Sheet that was read, where the file is a workbook: the first that has the columns."""
    ended: int = 0
    """Only with mode=snapshot: records that the file no longer holds and that were ended."""
    would_end: list[str] = Field(default_factory=list)
    """Only with mode=snapshot: the first hundred that the file no longer holds."""
    errors: list[RowError] = Field(default_factory=list)
    ignored: list[RowError] = Field(default_factory=list)
    """Rows that state nothing, by reason."""
    superseded: list[RowError] = Field(default_factory=list)
    """Rows of which a value was corrected since the same file came in before: it stays."""
    warnings: list[Warned] = Field(default_factory=list)
    """What is unlike what is known; an import with warnings is held until it is sent again with accept_warnings=true."""
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
    beside: list[int] = Field(default_factory=list, sa_type=ARRAY(Integer))
    """Places that the file states by themselves, as they stood already."""


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
    """Places of that name or one most like it, the most alike first, as `key name (first level)`: at most five."""


class Assignment(Fields):
    """The body that says which place is meant."""

    municipality: str | None = Field(default=None, max_length=100)
    """Key or `scheme:code`."""
    territory: str | None = Field(default=None, max_length=100)
    """Instead of a municipality, a place of any kind: its key, the ISO code of a country or first level, `unspecified:` and the code of a
    first level, or `scheme:code`."""

    def meant(self) -> tuple[str, str]:
        """The address of the municipality or that of the territory. Raises Invalid unless one of them is given."""
        if (self.municipality is None) is (self.territory is None):
            raise Invalid("Name either a municipality or a territory.", "place-unknown", pointer="/municipality")
        return self.municipality or "", self.territory or ""


def source_for(row: Mapping[str, int] | None) -> int:
    """The key of a source. Raises Invalid where there is none of that code, or it is this service."""
    if row is None:
        raise unknown("source", "query/source")
    if row["id"] == SOURCE:
        raise source_computed()
    return row["id"]


def territory(country_id: int | None, admin1_id: int | None, admin1: str | None) -> tuple[int, int | None]:
    """Where names are looked up. Raises Invalid where the country or its first level is not known."""
    if country_id is None:
        raise Invalid(
            "Say in which country names are looked up, or give `scheme` for a column of codes.", "country-unknown", pointer="query/country"
        )
    if admin1 is not None and admin1_id is None:
        raise Invalid("There is no such first level in this country.", "admin1-unknown", pointer="query/admin1")
    return country_id, admin1_id


def assignable(place: Mapping[str, Any] | None, assigned: int | None) -> None:
    """Whether parked rows may be said to be of `place`. Raises Invalid where it is not known, NotAllowed where its country is not the
    caller's to
    write, Conflict where they were assigned to another place before."""
    if place is None:
        raise Invalid("No place has this key or code.", "place-unknown", pointer="/municipality")
    if not place["may"]:
        raise NotAllowed("What a source means by a place is said by the coordinator of its country.")
    if assigned not in (None, place["id"]):
        raise Conflict("These rows were assigned to another place.", "assigned-otherwise", pointer="/municipality")
