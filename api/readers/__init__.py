"""Turns an office's file into cells: what is said of one place, indicator and period, and on which row. Nothing is looked up or kept here.

How an office writes its files is a data file of api/data/readers (layouts.py says what may stand there); shapes.py follows it, sheets.py
opens what it is written in, words.py knows the words. Rows are numbered as a spreadsheet shows them: the first line is row 1.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple, Protocol

from api.domain.errors import Invalid

PIECE = 2_000
"""Rows that are read before others get a turn."""
MOST_PLACES = 100_000
"""Different places that one file may name."""


class Place(NamedTuple):
    """A place as a file names it."""

    code: str = ""
    name: str = ""
    scheme: str = ""
    """Scheme of the code."""
    admin1: str = ""
    """Name or ISO 3166-2 code of the first level it lies in, where that is known."""
    country: str = ""

    @property
    def key(self) -> str:
        """What a person's word about this place is remembered by."""
        parts = (self.code, self.name, self.admin1, self.country)
        return "|".join(part.replace("|", "/") for part in (parts if self.admin1 or self.country else parts[:2]))


class Cell(NamedTuple):
    """One statement of a file. `problem` is the code of what is wrong with its row, and then it states nothing."""

    row: int
    place: int
    """Number of the place in the tally; -1 for none."""
    indicator: str = ""
    period: str = "1900-01-01"
    """First day of the period, ISO."""
    frequency: str = "M"
    value: str | None = None
    problem: str = ""
    dims: str = ""
    status: str = "A"


@dataclass
class Tally:
    """What a reader found besides cells."""

    rows_in: int = 0
    blank: int = 0
    """Periods left blank: not yet reported."""
    healed: int = 0
    """Codes that had lost their leading zeros."""
    header_row: int = 1
    sheet: str | None = None
    """Name of the sheet that was read, where the file is a workbook."""
    ignored: dict[str, list[int]] = field(default_factory=dict)
    """Code -> the first hundred rows that state nothing for this reason."""
    ignored_counts: dict[str, int] = field(default_factory=dict)
    places: dict[Place, int] = field(default_factory=dict)
    """Every place the file names, with its number."""
    indicators: set[str] = field(default_factory=set)
    """Codes of the indicators that the file states."""
    fractions: bool = False
    """Whether any value is no whole number."""

    def ignore(self, code: str, row: int) -> None:
        """Count a row that states nothing."""
        self.ignored_counts[code] = self.ignored_counts.get(code, 0) + 1
        if len(rows := self.ignored.setdefault(code, [])) < 100:
            rows.append(row)

    def place(self, place: Place) -> int:
        """The number of `place`. Raises Invalid where a file names more places than there are."""
        number = self.places.get(place)
        if number is None:
            number = self.places[place] = len(self.places)
            if number >= MOST_PLACES:
                raise Invalid(f"The file names more than {MOST_PLACES} places; is this the right reader?", "too-many-places")
        return number


class Reader(Protocol):
    """What every layout offers."""

    tally: Tally
    repeats: str
    """`sum`: rows about the same place and period add up; `refuse`: one of them must be wrong."""

    def cells(self, file: IO[bytes]) -> Iterator[list[Cell]]:
        """The cells of the file, a few thousand at a time. Raises Invalid where it has not this layout."""


NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?")
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
BLANK = frozenset({"", "-", "–", "NA", "N/A", "ND", "N/D", "n/a", "n/d", "nd", "S/D", "s/d"})
HARD_BLANKS = str.maketrans("", "", "\xa0\u2007\u202f")


def number(said: str) -> str | None:
    """A plain number, with commas or hard blanks between thousands at most; None for a blank one. Raises ValueError on anything else."""
    bare = said.translate(HARD_BLANKS).strip()
    if bare in BLANK:
        return None
    if "," in bare and GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not NUMBER.fullmatch(bare):
        raise ValueError
    return bare


def folded(name: str) -> str:
    """A name as it is compared: no accents, capitals or double blanks."""
    if name.isascii():
        return " ".join(name.lower().split())
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.lower().split())
