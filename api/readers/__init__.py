"""Turns an office's file into cells: what is said of one place, indicator and period, and on which row. Nothing is looked up or kept here.

A reader is a class and, where only column names differ, a file of api/data/readers. Rows are numbered as a spreadsheet shows them: the
header is row 1.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol, TextIO

from api.domain.errors import Invalid

LAYOUTS = Path(__file__).parent.parent / "data" / "readers"
PIECE = 2_000
"""Rows that are read before others get a turn."""


@dataclass
class Tally:
    """What a reader found besides cells."""

    rows_in: int = 0
    ignored: int = 0
    """Rows about something that is not in the catalogue."""
    blank: int = 0
    """Periods left blank: not yet reported."""
    healed: int = 0
    """Codes that had lost their leading zeros."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One statement of a file. `problem` is the code of what is wrong with its row, and then it states nothing."""

    row: int
    place: str
    name: str
    indicator: str = ""
    period: str = ""
    """First day of the period, ISO."""
    frequency: str = "M"
    value: str | None = None
    problem: str = ""


class Reader(Protocol):
    """What every layout offers."""

    scheme: str
    tally: Tally

    def cells(self, text: TextIO) -> Iterator[list[Cell]]:
        """The cells of the file, a few thousand at a time. Raises Invalid where it has not this layout."""


NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
BLANK = frozenset({"", "-", "NA", "N/A", "ND", "N/D", "s/d"})


def number(said: str) -> str | None:
    """A plain number without grouping; None for a blank one. Raises ValueError on anything else."""
    bare = said.replace("\xa0", "").strip()
    if bare in BLANK:
        return None
    if "," in bare and re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    if not NUMBER.fullmatch(bare):
        raise ValueError
    return bare


def folded(name: str) -> str:
    """A column name as it is compared: no accents, capitals or double blanks."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.lower().split())


def rows(text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with their numbers, counted as lines of the table. Raises Invalid where it cannot be read as one."""
    reader = csv.reader(text)
    try:
        yield from enumerate(reader, 1)
    except csv.Error as error:
        raise Invalid(f"The file cannot be read as CSV near row {reader.line_num}.", "csv-unreadable") from error


def columns(header: list[str], wanted: dict[str, str]) -> dict[str, int]:
    """Where each wanted column is. Raises Invalid naming those that are missing."""
    at = {folded(name.lstrip("\ufeff")): n for n, name in enumerate(header)}
    missing = [name for name in wanted.values() if folded(name) not in at]
    if missing:
        raise Invalid(f"The file has no column {', '.join(missing)}; is this the right reader?", "columns-missing", choices=missing)
    return {key: at[folded(name)] for key, name in wanted.items()}


def decoded(file: IO[bytes]) -> TextIO:
    """The file as text: UTF-8 where all of it is, else Windows-1252, which is how offices of the region save; NUL is refused as Invalid."""
    file.seek(0)
    sound = True
    decoder = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        while piece := decoder.read(1 << 20):
            if "\x00" in piece:
                raise Invalid("This is not a text file; save it as CSV.", "not-text")
    except UnicodeDecodeError:
        sound = False
    raw = decoder.detach()
    raw.seek(0)
    return io.TextIOWrapper(raw, encoding="utf-8-sig" if sound else "cp1252", errors="strict" if sound else "replace", newline="")


@dataclass
class Sesnsp:
    """Months across, one row a modality; the modalities are summed where the cells are put together."""

    layout: str = "sesnsp"
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.said = json.loads((LAYOUTS / f"{self.layout}.json").read_text(encoding="utf-8"))
        self.scheme: str = self.said["scheme"]

    def cells(self, text: TextIO) -> Iterator[list[Cell]]:
        """Twelve cells a row, less the blank months."""
        found = rows(text)
        _, header = next(found, (1, []))
        at = columns(header, {key: self.said[key] for key in ("place", "name", "year", "indicator")} | {m: m for m in self.said["months"]})
        piece: list[Cell] = []
        for n, row in found:
            if not any(cell.strip() for cell in row):
                continue
            self.tally.rows_in += 1
            piece += self._row(n, row, at)
            if len(piece) >= PIECE:
                yield piece
                piece = []
        yield piece

    def _row(self, n: int, row: list[str], at: dict[str, int]) -> list[Cell]:
        if len(row) <= max(at.values()):
            return [Cell(n, "", "", problem="columns-short")]
        code = self.said["indicators"].get(" ".join(row[at["indicator"]].split()))
        place, name, year = row[at["place"]].strip(), row[at["name"]].strip(), row[at["year"]].strip()
        if code is None:
            self.tally.ignored += 1
            return []
        if not re.fullmatch(r"(19|20)\d\d", year):
            return [Cell(n, place, name, problem="year-invalid")]
        if place.isdigit() and len(place) < self.said["digits"]:
            place = place.zfill(self.said["digits"])
            self.tally.healed += 1
        try:
            values = [number(row[at[month]]) for month in self.said["months"]]
        except ValueError:
            return [Cell(n, place, name, problem="number-invalid")]
        if any(v is not None and v.startswith("-") for v in values):
            return [Cell(n, place, name, problem="value-negative")]
        self.tally.blank += sum(v is None for v in values)
        said = [Cell(n, place, name, code, f"{year}-{m:02}-01", "M", v) for m, v in enumerate(values, 1) if v is not None]
        self.tally.ignored += not said
        return said


READERS: dict[str, type[Sesnsp]] = {"sesnsp": Sesnsp}


def reader_of(name: str) -> Reader:
    """The reader by its name. Raises Invalid naming those there are."""
    if name not in READERS:
        raise Invalid("There is no such reader.", "reader-unknown", pointer="query/reader", choices=sorted(READERS))
    return READERS[name]()
