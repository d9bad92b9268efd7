"""Rates that can be defended: exactly one definition, with its interval and with what makes it doubtful.

A rate is the sum of the counts over the sum of the populations of the same reported municipality-months, per 100,000 residents. Rates are
never added or averaged: 10 in 20,000 and 30 in 200,000 are 18.18, not 32.5. What an office could place in a first level only ("No
Especificado") happened in no municipality-month: it is in the count, so that official totals add up, and not in the rate, whose residents
it does not have. How many that are stands beside each rate as `unspecified`. The interval is the exact Poisson one at 95 % (Garwood 1936):
up to 100 from api/data/poisson.csv, above by Byar's formula (Breslow and Day 1987), which differs there by less than 0.02 %; tests hold
both against scipy.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import sqrt
from pathlib import Path

from pydantic import BaseModel, ConfigDict

PER = 100_000
UNSTABLE_AT = 20
"""At this count or below a rate says little; CDC WISQARS suppresses county rates there."""
Z = 1.959964
TABLE = Path(__file__).parents[2] / "data" / "poisson.csv"


@lru_cache(maxsize=1)
def _small() -> tuple[tuple[float, float], ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple((float(row["low"]), float(row["high"])) for row in csv.DictReader(file))


def limits(count: float) -> tuple[float, float]:
    """The exact 95 % Poisson limits of a count: 0 -> 0 to 3.689, 2 -> 0.242 to 7.225, 20 -> 12.217 to 30.888. Between two whole counts,
    the wider."""
    table = _small()
    low, high = int(count), int(count) + (count > int(count))
    return (table[low][0] if low < len(table) else _byar(low)[0], table[high][1] if high < len(table) else _byar(high)[1])


def _byar(n: int) -> tuple[float, float]:
    m = n + 1
    return n * (1 - 1 / (9 * n) - Z / (3 * sqrt(n))) ** 3, m * (1 - 1 / (9 * m) + Z / (3 * sqrt(m))) ** 3


class Published(BaseModel):
    """A value that an office published for the whole unit; it stands beside what is summed up here and is never added to it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    source: str
    indicator: str
    unit: str
    """count, per-100k or percent."""
    value: float
    difference: float | None
    """The published value less ours (less our rate where it is one); null where we have none."""


class Vintage(BaseModel):
    """Which residents: of which year, by which source."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    year: int
    """That of the period, else the nearest earlier, else the nearest later one on record."""
    source: str


class Point(BaseModel):
    """One period of a series."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    period: str
    """ISO 8601 / SDMX: 2022, 2022-Q1 or 2022-03; 2022-07/P1Y is the fiscal year that begins in July 2022."""
    value: float | None
    """What was reported, in the indicator's unit; null where nothing was, or where values of places cannot be summed."""
    count: float | None
    """The same where the indicator counts; zero is a count."""
    unspecified: float | None
    """The part of the count that an office could place in a first level only. It has no residents, so it is left out of the rate, which is
    of the count less this; null where there is none."""
    population: float | None
    """Residents of the municipalities that reported, each weighted by the part of the period it reported for."""
    rate: float | None
    """Per 100,000 residents, for the period as it is; null with a reason."""
    low: float | None
    """Lower limit of the exact 95 % Poisson interval of the rate."""
    high: float | None
    """Upper limit of it."""
    reason: str | None
    """Why there is no rate: not-reported (nobody said anything yet), missing or suppressed (every municipality said so, with the SDMX
    status M or Q; where some did, `missing` and `suppressed` say how many, and the others did not report), no-population (of a
    municipality that reported, or of all that is counted; where protected, of any of it), not-a-count, does-not-add, no-denominator (its
    definition does not hold it against `population`), protected."""
    annualised: float | None
    """The rate of a month or quarter as if the whole year were like it (rate x 365.25 / days); null for years."""
    unstable: bool
    """Whether the count behind the rate is 20 or less: no ranking on such a rate."""
    estimated: bool
    """Whether values were converted to other boundaries by the shares of successions."""
    reported: int
    """Municipalities that reported at least one month."""
    expected: int
    """Municipalities of the level that existed, from the register."""
    reported_months: int
    """Municipality-months reported."""
    expected_months: int
    """Municipality-months there were."""
    published: list[Published]
    """Values published for the whole of a country, beside ours."""
    missing: int | None = None
    """Where nothing was reported: municipalities that said that the value is missing (status M); null where something was."""
    suppressed: int | None = None
    """Where nothing was reported: municipalities that said that they keep the value to themselves (status Q); null where something was."""
    population_from: list[Vintage] = []
    """Whose residents `population` is made of: the earliest and the latest, one where they are the same; empty where there is none. Those
    of each municipality stand in its lineage."""


@lru_cache(maxsize=4096)
def _vintage(packed: int, code: str) -> Vintage:
    return Vintage(year=packed >> 32, source=code)


def ends(oldest: int | None, newest: int | None, codes: Mapping[str, str]) -> list[Vintage]:
    """The earliest and the latest residents, each year and key of its source in one number; `codes` are those of the sources."""
    packed = dict.fromkeys(n for n in (oldest, newest) if n is not None)
    return [_vintage(n, codes[str(n & 0xFFFFFFFF)]) for n in packed]


def vintages(points: Iterable[Point]) -> list[Vintage]:
    """The earliest and the latest residents of some points together."""
    every = sorted({(v.year, v.source) for point in points for v in point.population_from})
    return [Vintage(year=year, source=source) for year, source in dict.fromkeys([*every[:1], *every[-1:]])]


def located(count: float | None, unspecified: float | None) -> float | None:
    """What of a count happened in municipalities, which have residents: the numerator of its rate."""
    return None if count is None else round(count - (unspecified or 0), 6)


def unstable(count: float | None) -> bool:
    """Whether a rate of this count says little; of none there is nothing to say."""
    return count is not None and count <= UNSTABLE_AT


def rated(count: float | None, population: float | None, complete: bool) -> dict[str, float | str | None]:
    """Rate, limits and reason of a count over a population; `complete` is whether every municipality that reported has a population."""
    if count is None:
        return {"rate": None, "low": None, "high": None, "reason": "not-reported"}
    if not population or not complete:
        return {"rate": None, "low": None, "high": None, "reason": "no-population"}
    low, high = limits(count)
    return {
        "rate": round(count / population * PER, 4),
        "low": round(low / population * PER, 4),
        "high": round(high / population * PER, 4),
        "reason": None,
    }
