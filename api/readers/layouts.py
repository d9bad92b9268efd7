"""The layouts of offices: one data file of api/data/readers each, checked against what a layout may say.

A layout says in which columns a row names its place, period, indicator and value, what stands across, and what its words mean. Adding an
office's layout is adding a file.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.domain.errors import Invalid
from api.readers.words import period

LAYOUTS = Path(__file__).parent.parent / "data" / "readers"
Role = Literal["code", "scheme", "name", "admin1", "country", "apart", "indicator", "period", "year", "month", "value", "status", "dims"]
PLACES = ("code", "name")


class Part(BaseModel):
    """The base of what a layout says."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class BreakdownColumn(Part):
    """A column whose words break the values down."""

    columns: list[str]
    """Names that the column may have."""
    words: dict[str, str] = Field(default_factory=dict)
    """Word -> code in the breakdown; empty where the column holds the codes themselves."""


class Recomputed(Part):
    """A number that the file states and that follows from others: where it does not, the row is refused."""

    count: str
    over: str
    rate: str
    per: int = 100_000
    within: float
    """How far the stated rate may lie from the recomputed one."""


class Layout(Part):
    """How an office writes its files."""

    reader: str
    """What `reader=` says."""
    about: str
    """What the file is and who publishes it."""
    shape: str
    """In words, what one row is and what stands across."""
    columns: dict[Role, list[str]] = Field(default_factory=dict)
    """What a column is for -> the names it may have; capitals and accents do not matter."""
    optional: list[Role] = Field(default_factory=list)
    """Columns that may be missing."""
    strict: bool = False
    """Whether a column that is not understood refuses the file; else it is passed over."""
    lines: bool = False
    """Whether it may also be sent as NDJSON, one object a line."""
    across: Literal["none", "periods", "indicators"] = "none"
    """What stands across: columns named after months, quarters or years, or after indicators."""
    indicators: dict[str, str] = Field(default_factory=dict)
    """Word or column of the file -> code of the indicator; rows of other words are passed over. Empty: the words are the codes."""
    counted: bool = False
    """Whether a row is one case, to be counted. Rows alike are then two cases, and a column that tells who somebody is refuses the file."""
    fixed: dict[Role, str] = Field(default_factory=dict)
    """What holds for every row."""
    told: list[Literal["country", "admin1"]] = Field(default_factory=list)
    """What must be told beside the file, as a parameter."""
    of: Literal["municipality", "admin1", "country"] = "municipality"
    """What kind of place a name is looked up as."""
    within: list[str] = Field(default_factory=list)
    """Countries in which names are looked up where the file does not say in which, ISO 3166-1."""
    digits: int = 0
    """How many first digits of a code are the first level's, so that what is not specified in it can be placed."""
    known: dict[str, str] = Field(default_factory=dict)
    """Name as the file has it -> the place it means, as `scheme:code`."""
    aggregates: list[str] = Field(default_factory=list)
    """Names that stand for several places at once; their rows are refused."""
    breakdowns: dict[str, BreakdownColumn] = Field(default_factory=dict)
    """Dimension -> its column."""
    repeats: Literal["sum", "refuse"] = "refuse"
    """Two rows about the same place, indicator and period: parts of a sum, or one of them must be wrong."""
    check: Recomputed | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Layout":
        if self.counted == ("value" in self.columns or self.across != "none"):
            raise ValueError("a layout has values, or counts its rows")
        if "period" in self.fixed and period(self.fixed["period"]) is None:
            raise ValueError("the fixed period is none")
        return self


@lru_cache(maxsize=1)
def layouts() -> dict[str, Layout]:
    """Every layout by the name of its reader."""
    found = [Layout.model_validate_json(file.read_text(encoding="utf-8")) for file in sorted(LAYOUTS.glob("*.json"))]
    return {layout.reader: layout for layout in found}


def layout_of(reader: str) -> Layout:
    """The layout of `reader`. Raises Invalid naming those there are."""
    if reader not in layouts():
        raise Invalid("There is no such reader; see GET /v1/readers.", "reader-unknown", pointer="query/reader", choices=list(layouts()))
    return layouts()[reader]
