"""Months made smooth: moving averages, twelve months at a time, the year over year of these, and the months that stand out.

A window is whole: it ends with its month and has a value for each of its months, unless somebody asks for partial ones. The rate of twelve
months is made like any other, of summed counts over the residents of the months that were reported; rates are never averaged. Months stand
out by the modified z-score, 0.6745 x (value - median) / MAD, beyond 3.0 (Iglewicz and Hoaglin 1993; the threshold of DHIS2); MAD is the
median of how far each is from the median.
"""

from collections.abc import Iterable, Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict

from api.domain.indicator.rates import Point, Vintage, located, rated, unstable, vintages

YEAR, SHORT = 12, 3
LEAD = 2 * YEAR - 1
"""Months before the first one that its year over year needs."""
OUTLYING = 3.0
SCALE = 0.6745
"""Makes the score of normal values that of their standard deviation."""


class Window(BaseModel):
    """Twelve months together, as one period with one rate."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    count: float
    unspecified: float | None
    """The part of it that could be placed in a first level only: in the count, and not in the rate."""
    population: float | None
    """Residents of the municipalities that reported, each weighted by the part of the twelve months it reported for."""
    population_from: list[Vintage]
    """Whose residents these are: the earliest and the latest."""
    rate: float | None
    """Per 100,000 residents and year; null with a reason."""
    low: float | None
    """Lower limit of the exact 95 % Poisson interval of the rate."""
    high: float | None
    """Upper limit of it."""
    reason: str | None
    """Why there is no rate: no-population."""
    unstable: bool
    """Whether the count behind the rate is 20 or less: no ranking on such a rate."""
    months: int
    """Months with a value: 12, or fewer where partial windows were asked for."""
    reported_months: int
    """Municipality-months reported."""
    expected_months: int
    """Municipality-months there were in the months with a value."""


class Smooth(BaseModel):
    """One month of a trend."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    period: str
    """2022-03."""
    value: float | None
    """What was reported for the month itself."""
    average_3: float | None
    """Mean count of a month over this one and the two before; null where one has none, or where it is no count."""
    average_12: float | None
    """Mean count of a month over this one and the eleven before."""
    rolling_12: Window | None
    """This month and the eleven before; null where one has no value, or where it is no count."""
    year_over_year_percent: float | None
    """By how much the count of these twelve months is above that of the twelve before; null where either is missing or there was none."""
    score: float | None
    """Modified z-score among the months of this answer; null where there is none: fewer than 12 values, or half of them are alike."""
    outlier: bool
    """Whether the score lies beyond 3 or -3: look whether it was counted differently, or something happened."""


def windows(points: Sequence[Point], length: int, partial: bool) -> list[list[Point]]:
    """For each point those with a value among it and the `length` - 1 before; empty where one is missing, unless `partial`."""
    ending = [[p for p in points[max(0, n - length + 1) : n + 1] if p.count is not None] for n in range(len(points))]
    return ending if partial else [each if len(each) == length else [] for each in ending]


def averages(points: Sequence[Point], length: int, partial: bool) -> list[float | None]:
    """Moving averages of the counts."""
    return [round(_count(each) / len(each), 4) if each else None for each in windows(points, length, partial)]


def rolled(points: Sequence[Point], partial: bool) -> list[Window | None]:
    """Twelve months at a time."""
    return [_together(each) if each else None for each in windows(points, YEAR, partial)]


def _together(months: Sequence[Point]) -> Window:
    count, population = round(_count(months), 6), sum(m.population or 0 for m in months) / YEAR
    rest = unlocated(months)
    rate = rated(located(count, rest), population, all(m.rate is not None for m in months))
    return Window(
        count=count, unspecified=rest, population=round(population, 4), population_from=vintages(months), **rate,
        unstable=unstable(located(count, rest)), months=len(months),
        reported_months=sum(m.reported_months for m in months), expected_months=sum(m.expected_months for m in months),
    )  # fmt: skip


def unlocated(points: Iterable[Point]) -> float | None:
    """What of the counts of some periods could be placed in a first level only; none where there is none."""
    rest = [p.unspecified for p in points if p.count is not None and p.unspecified is not None]
    return round(sum(rest), 6) if rest else None


def _count(months: Iterable[Point]) -> float:
    return sum(m.count or 0 for m in months)


def changed(windows: Sequence[Window | None]) -> list[float | None]:
    """Each window against the one that ended twelve months before, in percent, both of twelve months."""
    earlier: list[Window | None] = [*[None] * YEAR, *windows]
    return [
        round(100 * (w.count / e.count - 1), 2) if w and e and w.months == e.months == YEAR and e.count else None
        for w, e in zip(windows, earlier, strict=False)
    ]


def scores(values: Sequence[float | None]) -> list[float | None]:
    """Modified z-scores of the values; none where fewer than twelve are there or most are alike, when any other would stand out."""
    known = [v for v in values if v is not None]
    if len(known) < YEAR:
        return [None] * len(values)
    middle = median(known)
    spread = median(abs(v - middle) for v in known)
    return [round(SCALE * (v - middle) / spread, 4) if spread and v is not None else None for v in values]


def smooth(points: Sequence[Point], first: str | None, partial: bool) -> list[Smooth]:
    """The trend of months in a row from `first` on; those before it only make the first windows whole."""
    asked = next((n for n, p in enumerate(points) if first is None or p.period >= first), len(points))
    scored = [None] * asked + scores([p.value for p in points[asked:]])
    rolling = rolled(points, partial)
    columns = zip(points, averages(points, SHORT, partial), averages(points, YEAR, partial), rolling, changed(rolling), scored, strict=True)
    every = [
        Smooth(
            period=p.period, value=p.value, average_3=three, average_12=twelve, rolling_12=window, year_over_year_percent=change,
            score=score, outlier=score is not None and abs(score) > OUTLYING,
        )
        for p, three, twelve, window, change, score in columns
    ]  # fmt: skip
    return every[asked:]
