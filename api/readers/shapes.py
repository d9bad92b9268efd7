"""The reader that follows a layout: row by row, each used, refused for a reason, or counted among those that state nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import IO

from api.domain.errors import Invalid
from api.domain.indicator.observations import ObsStatus
from api.domain.indicator.periods import dims_of
from api.readers import PIECE, Cell, Tally, folded, number, words
from api.readers.headers import Header
from api.readers.layouts import Layout, layout_of
from api.readers.places import Places
from api.readers.sheets import opened

ABSENT = (ObsStatus.MISSING, ObsStatus.SUPPRESSED)
STATUSES = frozenset(ObsStatus)


class Faulty(Exception):
    """A row that states nothing because something is wrong with it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Passed(Exception):
    """A row that is about something else."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Shaped:
    """A reader that follows `layout`. `told` is what a caller says beside the file: the country, the first level."""

    layout: Layout
    told: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.repeats: str = self.layout.repeats

    def cells(self, file: IO[bytes]) -> Iterator[list[Cell]]:
        """The cells of the file, a few thousand rows at a time. Raises Invalid where it has not this layout, or tells who somebody is."""
        header = Header(self.layout, self.told)
        sheet = opened(file, header.lacks, header.members() if self.layout.lines else None)
        header.settle(sheet.header)
        self.tally.header_row, self.tally.sheet = sheet.header_row, sheet.name
        rows = _Rows(self.layout, header, Places(self.layout, header, self.tally), self.tally)
        piece: list[Cell] = []
        for n, row in sheet.rows:
            if not any(map(str.strip, row)):
                continue
            self.tally.rows_in += 1
            piece += rows.read(n, row)
            if len(piece) >= PIECE:
                yield piece
                piece = []
        yield piece


Said = tuple[str, str, str, str]
"""Indicator, first day of the period, its length, and what the cell holds."""


class _Rows:
    """Reads one row after the other."""

    def __init__(self, layout: Layout, header: Header, places: Places, tally: Tally) -> None:
        self.layout, self.at, self.places, self.tally = layout, header, places, tally
        self.indicators = {folded(word): code for word, code in layout.indicators.items()}
        shapes: dict[str, Callable[[list[str]], list[Said]]] = {"periods": self._periods, "indicators": self._indicators, "none": self._one}
        self.said = shapes[layout.across]

    def read(self, n: int, row: list[str]) -> list[Cell]:
        """The cells of row `n`; one with the problem where it is refused, none where it is passed over."""
        place = -1
        try:
            if len(row) < self.at.width:
                raise Faulty("columns-short")
            place, problem = self.places.number(row)
            if problem == "total-row" or self._sums_up(row):
                raise Passed("total-row")
            said = self.said(row)
            if problem:
                raise Faulty(problem)
            found = self._cells(n, place, row, said)
        except Passed as passed:
            self.tally.ignore(passed.reason, n)
            return []
        except Faulty as faulty:
            if sum(map(bool, map(str.strip, row))) < 2:
                self.tally.ignore("note-line", n)
                return []
            return [Cell(n, place, problem=faulty.problem)]
        if not found:
            self.tally.ignore("blank-row", n)
        return found

    def _sums_up(self, row: list[str]) -> bool:
        """Whether a row that names no place begins with the word for a total, in whichever column that stands."""
        named = self.at.role("name", row) or self.at.role("code", row)
        return not named and words.is_total(next(filter(None, map(str.strip, row)), ""))

    def _cells(self, n: int, place: int, row: list[str], said: list[Said]) -> list[Cell]:
        if self.at.check:
            self._recomputes(row)
        status = self._status(row)
        every = self._dims(row)
        found = []
        blank = 0
        for indicator, period, frequency, raw in said:
            value = _value(raw)
            if value is None and status not in ABSENT:
                blank += 1
                continue
            if value is not None and status in ABSENT:
                raise Faulty("value-or-status")
            if value is not None and "." in value and value.rstrip("0")[-1] != ".":
                self.tally.fractions = True
            for dims in every:
                found.append(Cell(n, place, indicator, period, frequency, value, "", dims, status))
        self.tally.blank += blank
        return found

    def _indicator(self, row: list[str]) -> str:
        word = self.at.role("indicator", row)
        if not word:
            raise Faulty("indicator-missing")
        code = self.indicators.get(folded(word)) if self.indicators else words.indicator(word)
        if code is None:
            raise Passed("other-indicator") if self.indicators else Faulty("indicator-unknown")
        self.tally.indicators.add(code)
        return code

    def _year(self, row: list[str]) -> int:
        year = words.year(self.at.role("year", row))
        if year is None:
            raise Faulty("year-invalid")
        return year

    def _periods(self, row: list[str]) -> list[Said]:
        indicator = self._indicator(row)
        found = [(indicator, *period, row[at]) for at, period in self.at.periods]
        if self.at.months:
            year = self._year(row)
            found += [(indicator, f"{year}-{month:02}-01", "M", row[at]) for at, month in self.at.months]
        return found

    def _period(self, row: list[str]) -> tuple[str, str]:
        said = self.at.role("period", row)
        if said or self.at.has("period"):
            if (found := words.period(said)) is None:
                raise Faulty("period-invalid")
            return found
        year = self._year(row)
        if not self.at.has("month"):
            return f"{year}-01-01", "A"
        if (month := words.month(self.at.role("month", row))) is None:
            raise Faulty("month-invalid")
        return f"{year}-{month:02}-01", "M"

    def _indicators(self, row: list[str]) -> list[Said]:
        period = self._period(row)
        self.tally.indicators.update(code for _, code in self.at.indicators)
        return [(code, *period, row[at]) for at, code in self.at.indicators]

    def _one(self, row: list[str]) -> list[Said]:
        indicator = self._indicator(row)
        return [(indicator, *self._period(row), "1" if self.layout.counted else self.at.role("value", row))]

    def _status(self, row: list[str]) -> str:
        status = self.at.role("status", row).upper() or "A"
        if status not in STATUSES:
            raise Faulty("status-unknown")
        return status

    def _dims(self, row: list[str]) -> list[str]:
        """The breakdowns of the row's values: of a counted case the whole and each dimension by itself, else the one that it states."""
        parts = []
        for key, at, known in self.at.breakdowns:
            word = row[at].strip()
            code = known.get(folded(word)) if known else word
            if code is None:
                raise Faulty("breakdown-unknown")
            if code:
                parts.append(f"{key}={code}")
        if self.layout.counted:
            return ["", *map(_spelled, parts)]
        return [_spelled(";".join([*parts, *filter(None, [self.at.role("dims", row)])]))]

    def _recomputes(self, row: list[str]) -> None:
        check = self.layout.check
        assert check is not None
        count, over, rate = (_value(row[at]) for at in self.at.check)
        if count is None or over is None or rate is None:
            return
        if float(over) <= 0 or abs(float(count) / float(over) * check.per - float(rate)) > check.within:
            raise Faulty("rate-differs")


@lru_cache(maxsize=4096)
def _spelled(dims: str) -> str:
    """A breakdown in its one spelling. Raises Faulty where it is none."""
    try:
        return dims_of(dims)
    except Invalid:
        raise Faulty("dims-invalid") from None


@lru_cache(maxsize=4096)
def _value(raw: str) -> str | None:
    """The number of a cell, to six decimals; None where it is blank. Raises Faulty where it is none, or negative."""
    if raw.lstrip().startswith("="):
        raise Faulty("formula")
    try:
        value = number(raw)
    except ValueError:
        raise Faulty("number-invalid") from None
    if value is None:
        return None
    if value.startswith("-"):
        raise Faulty("value-negative")
    return value if len(value.partition(".")[2]) <= 6 else f"{Decimal(value):.6f}"


def reader_of(name: str, told: dict[str, str] | None = None) -> Shaped:
    """The reader of that name. Raises Invalid where there is none, or where it must be told more than it is."""
    layout = layout_of(name)
    said = {role: text for role, text in (told or {}).items() if text}
    if "country" in layout.told and not {"country", "admin1"} & said.keys():
        raise Invalid("This layout has no codes: say in which country its names are.", "country-unknown", pointer="query/country")
    return Shaped(layout, said)
