"""A slow, plain reading of the definitions of figures, which the answers of the API are held against.

A rate is the sum of the counts over the sum of the residents of the same reported municipality-months, per 100,000. What is stated of a
year outranks its quarters, what is stated of a quarter its months. Residents are those of the year, else of the nearest earlier, else of
the nearest later. What an office could place in a first level only is counted, and has no part in a rate. On the map of now a value counts
for those who succeeded the place, by their shares. Nothing here is shared with api/.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from scipy.stats import chi2

LENGTH = {"month": 1, "quarter": 3, "year": 12, "fiscal": 12}
JULY = 7
"""When a fiscal year of these tests begins."""


def number(year: int, month: int) -> int:
    """Months as numbers in a row."""
    return year * 12 + month - 1


def label(first: int, by: str) -> str:
    year, month = first // 12, first % 12 + 1
    return {
        "month": f"{year}-{month:02d}",
        "quarter": f"{year}-Q{(month + 2) // 3}",
        "year": f"{year}",
        "fiscal": f"{year}-{month:02d}/P1Y",
    }[by]


@dataclass
class Cell:
    """What one place reported of one period."""

    value: Fraction = Fraction(0)
    months: int = 0
    weighted: Fraction = Fraction(0)
    """Residents x months."""
    peopled: bool = True
    counted: set[int] = field(default_factory=set)
    """Years of which the residents are."""


@dataclass
class Book:
    """Everything that was stated, the last word on each thing."""

    places: list[int]
    values: dict[tuple[int, str, str], int | None] = field(default_factory=dict)
    """(place, source, period) -> value; 2022, 2022-Q1 or 2022-03."""
    residents: dict[tuple[int, int], int] = field(default_factory=dict)
    """(place, year) -> number."""
    heirs: dict[int, dict[int, Fraction]] = field(default_factory=dict)
    """Place -> who took its place, with their shares."""
    ended: dict[int, int] = field(default_factory=dict)
    """Place -> the first month it was no more."""
    rests: tuple[int, ...] = ()
    """What could be placed in a first level only: no municipalities, without residents, expected to report nothing."""

    def census(self, place: int, year: int) -> int | None:
        """The year of which the residents of a place stand for those of `year`."""
        known = sorted(y for p, y in self.residents if p == place)
        earlier = [y for y in known if y <= year]
        return (earlier[-1] if earlier else known[0]) if known else None

    def of(self, place: int) -> list[int]:
        """A place and all that it succeeded."""
        before = [p for p, heirs in self.heirs.items() if place in heirs]
        return [*dict.fromkeys([place, *(each for p in before for each in self.of(p))])]

    def said(self, place: int, source: str) -> dict[str, int]:
        """Period -> value of what has one."""
        return {period: v for (p, s, period), v in self.values.items() if (p, s) == (place, source) and v is not None}

    def years(self, place: int, source: str) -> list[int]:
        return sorted({int(period[:4]) for period in self.said(place, source)})

    def pieces(self, place: int, source: str, year: int, by: str) -> list[tuple[int, int, int]]:
        """(first month, months, value) of what counts of a year: each month once. Months know nothing of quarters, quarters nothing of
        years, and fiscal years are made of months."""
        said, found = self.said(place, source), []
        if by == "year" and str(year) in said:
            return [(number(year, 1), 12, said[str(year)])]
        for quarter in range(1, 5):
            first = 3 * quarter - 2
            if by in ("year", "quarter") and f"{year}-Q{quarter}" in said:
                found.append((number(year, first), 3, said[f"{year}-Q{quarter}"]))
            else:
                months = (m for m in range(first, first + 3) if f"{year}-{m:02d}" in said)
                found += [(number(year, m), 1, said[f"{year}-{m:02d}"]) for m in months]
        return found

    def cells(self, place: int, source: str, by: str) -> dict[int, Cell]:
        """First month of a period -> what the place reported of it."""
        found: dict[int, Cell] = defaultdict(Cell)
        for year in self.years(place, source):
            census = self.census(place, year)
            people = None if census is None else self.residents[place, census]
            for first, months, value in self.pieces(place, source, year, by):
                cell = found[begin(first, by)]
                cell.value += value
                cell.months += months
                cell.peopled &= people is not None
                cell.weighted += (people or 0) * months
                cell.counted |= {census} if census is not None else set()
        return found

    def points(self, level: list[int], sources: list[str], by: str, now: bool) -> list[dict[str, Any]]:
        """The series of the municipalities of a level: `level` holds them, all that they succeeded, and what lies in none of them."""
        sums = [self._summed(place, source, by, level, now) for place in level for source in sources]
        periods = sorted({first for each in sums for first in each})
        if not periods:
            return []
        every = range(periods[0], periods[-1] + 1, LENGTH[by])
        made = [self._point(first, by, level, [s[first] for s in sums if first in s], now) for first in every]
        silent = {place for place in level if place not in self.rests}
        return [p | self._why(first, by, silent, sources, now, p) for first, p in zip(every, made, strict=True)]

    def _why(self, first: int, by: str, level: set[int], sources: list[str], now: bool, point: dict[str, Any]) -> dict[str, Any]:
        """Of a period without any value, how many said that it is missing; where all did, that is why."""
        if point["count"] is not None:
            return {"missing": None}
        told = {p for p, s, period in self.values if s in sources and p in level and self._speaks(period, first, by)}
        missing = len({heir for p in told for heir in (self._shares(p, [*level]) if now else (p,))})
        return {"missing": missing} | ({"reason": "missing"} if missing and missing >= point["expected"] else {})

    def _speaks(self, period: str, first: int, by: str) -> bool:
        """Whether what is said of `period` is said of the period that begins in the month `first`, or of a part of it."""
        year, _, part = period.partition("-")
        month = 3 * int(part[1]) - 2 if "Q" in part else int(part or 1)
        parts = {"month": "month", "fiscal": "month", "quarter": "month quarter", "year": "month quarter year"}[by].split()
        if ("quarter" if "Q" in part else "month" if part else "year") not in parts:
            return False
        return begin(number(int(year), month), by) == first

    def _summed(self, place: int, source: str, by: str, level: list[int], now: bool) -> dict[int, list[tuple[int, Cell, Fraction]]]:
        shares = self._shares(place, level) if now else {place: Fraction(1)}
        cells = self.cells(place, source, by)
        return {first: [(heir, cell, share) for heir, share in shares.items()] for first, cell in cells.items()}

    def _shares(self, place: int, level: list[int]) -> dict[int, Fraction]:
        """Who has the place's values today, of those of the level."""
        if place not in self.heirs:
            return {place: Fraction(1)}
        found: dict[int, Fraction] = defaultdict(Fraction)
        for heir, share in self.heirs[place].items():
            for final, part in self._shares(heir, level).items():
                if final in level:
                    found[final] += share * part
        return found

    def _point(self, first: int, by: str, level: list[int], said: list[list[tuple[int, Cell, Fraction]]], now: bool) -> dict[str, Any]:
        every = [row for each in said for row in each]
        rows = [row for row in every if row[0] not in self.rests]
        count, located = (sum((cell.value * share for _, cell, share in some), Fraction(0)) for some in (every, rows))
        people = sum((cell.weighted * share for _, cell, share in rows), Fraction(0)) / LENGTH[by]
        level = [p for p in level if p not in self.rests]
        months = [self._alive(p, first, by) for p in level] if not now else [LENGTH[by] if p not in self.heirs else 0 for p in level]
        # Of parts of a place that are not there any more nobody can say how many months they are of it; on the map of then it is plain.
        reported = {} if now else {"reported_months": sum(cell.months for _, cell, _ in rows)}
        covered = {"reported": len({heir for heir, _, _ in rows}), "expected": sum(m > 0 for m in months), "expected_months": sum(months)}
        rated = rate(located if every else None, people, all(cell.peopled for _, cell, _ in rows))
        counts = {"count": count if every else None, "unspecified": count - located if len(rows) < len(every) else None}
        ends = sorted({year for _, cell, _ in rows for year in cell.counted})
        whose = {"population_from": [{"year": year, "source": "censo"} for year in dict.fromkeys([*ends[:1], *ends[-1:]])]}
        return {"period": label(first, by)} | counts | covered | reported | rated | whose

    def _alive(self, place: int, first: int, by: str) -> int:
        end = self.ended.get(place)
        return sum(end is None or month < end for month in range(first, first + LENGTH[by]))


def begin(month: int, by: str) -> int:
    """The first month of the period a month lies in."""
    length, shift = LENGTH[by], JULY - 1 if by == "fiscal" else 0
    return (month - shift) // length * length + shift


def rate(count: Fraction | None, people: Fraction, peopled: bool) -> dict[str, Any]:
    if count is None:
        return {"rate": None, "low": None, "high": None, "reason": "not-reported"}
    if not peopled or not people:
        return {"rate": None, "low": None, "high": None, "reason": "no-population"}
    low, high = floor(count), ceil(count)
    limits = (chi2.ppf(0.025, 2 * low) / 2 if low else 0.0, chi2.ppf(0.975, 2 * high + 2) / 2)
    each = float(100_000 / people)
    return {"rate": float(count) * each, "low": limits[0] * each, "high": limits[1] * each, "reason": None}
