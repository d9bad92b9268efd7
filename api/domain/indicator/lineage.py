"""Where a value came from: the file and its rows or the person, what stood there before, and the residents it is held against."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.domain.errors import Invalid
from api.domain.fields import Kept, Number
from api.domain.indicator.observations import ObsStatus


class Behind(BaseModel):
    """The base of what lies behind a value."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class FileBehind(Behind):
    """The file that states a value."""

    id: UUID
    """Of the import; its report is at /v1/imports/{id}."""
    file_name: str | None
    file_sha256: str
    """Hash of the file's bytes, hex."""
    reader: str
    created_at: datetime
    principal_id: UUID
    """Who sent it."""


class Replaced(Behind):
    """What a restatement replaced."""

    revision: int
    """Version that the value had then."""
    value: Number | None
    status: ObsStatus
    import_id: UUID | None
    row_numbers: list[int] | None
    recorded_by: UUID | None
    """Who had stated it, where no import had."""
    replaced_at: datetime
    replaced_by: UUID | None
    replaced_import_id: UUID | None
    """The import that replaced it, where one did."""
    reason: str | None


class Residents(Behind):
    """The residents that a rate of the period is made of."""

    year: int
    """Year they were counted or estimated for: the period's, else the nearest earlier, else the nearest later."""
    source: str
    value: int


class LineageOut(Kept):
    """A value with all that lies behind it."""

    territory_id: int
    territory: str
    """Name, for display; never a key."""
    indicator: str
    source: str
    period: str
    dims: str
    value: Number | None
    status: ObsStatus
    assisted: bool
    row_numbers: list[int] | None
    """Rows of the file this value is the sum of, from 1, the header being row 1."""
    recorded_by: UUID | None
    """Who stated it, where no import did."""
    recorded_at: datetime | None
    """When it became known: answers as known at an earlier instant are made without it."""
    imported: FileBehind | None
    """The file, where the caller may see its import."""
    revisions: list[Replaced]
    """What stood there before, the oldest first."""
    residents: Residents | None
    counted_from: str | None
    """Of what is counted here (origin `computed`): the address that lists what it was counted of, as that stood then; null of what was
    stated."""


def of_one(indicator: str | None) -> None:
    """Raises Invalid where what was known at an instant is asked of all indicators: every value ever stated would be gone through."""
    if indicator is None:
        told = "What was known at an instant is answered of one indicator; name it."
        raise Invalid(told, "indicator-required", pointer="query/indicator")
