"""Two periods held against each other: each as one rate a year, and what the exact test says of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict

from api.domain.errors import Invalid
from api.domain.indicator.figures import By, asked_span, span
from api.domain.indicator.rates import Point, Vintage, located, rated, unstable, vintages
from api.domain.indicator.ratios import Ratio, compared
from api.domain.indicator.trends import unlocated

YEAR = 12
LENGTH = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}
"""Months of a period."""


class Span(BaseModel):
    """Some periods in a row, as one."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    first: str | None
    """The first of its periods; null where nothing says which are meant."""
    last: str | None
    """The last of them."""
    count: float | None
    """Null where nothing was reported."""
    unspecified: float | None
    """The part of it that could be placed in a first level only: in the count, and not in the rate."""
    population: float | None
    """Residents x years: those of the municipalities that reported, for the time they reported for."""
    population_from: list[Vintage]
    """Whose residents these are: the earliest and the latest."""
    rate: float | None
    """Per 100,000 residents and year; null with a reason."""
    low: float | None
    """Lower limit of the exact 95 % Poisson interval of the rate."""
    high: float | None
    """Upper limit of it."""
    reason: str | None
    """Why there is no rate: not-reported, no-population, not-a-count, does-not-add."""
    unstable: bool
    """Whether the count behind the rate is 20 or less: no ranking on such a rate."""
    reported_months: int
    """Municipality-months reported."""
    expected_months: int
    """Municipality-months there were."""


class Held(BaseModel):
    """A period against another one."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    period: Span
    against: Span
    per_resident: bool
    """Whether rates are compared; otherwise counts by the month, which is done only where every municipality reported both periods."""
    comparison: Ratio | None
    """The period's rate over that of the other; null with a reason."""
    reason: str | None
    """Why nothing can be said: not-reported, no-population, not-a-count, does-not-add."""
    caution: str | None
    """What to keep in mind, in the caller's language: not every municipality reported both periods."""


CAUTION = {
    "en": "Not every municipality reported the whole of both periods; the rates are of those that did, perhaps not the same ones.",
    "es": "No todos los municipios reportaron ambos períodos completos; las tasas son de los que sí, quizá no los mismos.",
    "pt": "Nem todos os municípios reportaram os dois períodos inteiros; as taxas são dos que reportaram, talvez não os mesmos.",
}


@dataclass(frozen=True)
class Spans:
    """The two spans that are asked about: first days of their first and last periods, of one length. None where the data decide."""

    by: By
    period: tuple[date, date] | None = None
    against: tuple[date, date] | None = None

    def around(self) -> tuple[date | None, date | None]:
        """The first and last period that both lie in."""
        if self.period is None or self.against is None:
            return None, None
        return min(self.period[0], self.against[0]), max(self.period[1], self.against[1])


def asked_spans(first: str | None, last: str | None, against_first: str | None, against_last: str | None) -> Spans:
    """The spans meant. Of one end alone: that period. Without the second: as many periods just before. Without any: the last 12 months.

    Raises Invalid where one is no period, runs backwards, or where only the second is said.
    """
    said = [each for each in (first, last, against_first, against_last) if each]
    by = by_of(said)
    if not (first or last):
        if said:
            raise Invalid("Say which period is held against this one.", "span-invalid", pointer="query/from")
        return Spans(By.MONTH)
    period = _both(first or last, last or first, by)
    if against_first or against_last:
        against = _both(against_first or against_last, against_last or against_first, by)
    else:
        against = before(period, by)
    if against[0] <= period[1] and period[0] <= against[1]:
        raise Invalid("The two must have no period in common.", "span-invalid", pointer="query/against_from")
    span(min(period[0], against[0]), max(period[1], against[1]))
    return Spans(by, period, against)


def by_of(said: Sequence[str]) -> By:
    """The length that all of these periods are cut into: that of the shortest."""
    if any("-" in each and "Q" not in each for each in said):
        return By.MONTH
    return By.QUARTER if any("Q" in each for each in said) else By.YEAR


def _both(first: str | None, last: str | None, by: By) -> tuple[date, date]:
    begin, end = asked_span(first, last, by)
    assert begin
    assert end
    return begin, end


def moved(day: date, months: int) -> date:
    """The first day of the month so many months later, or earlier."""
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    return date(year, month + 1, 1)


def before(period: tuple[date, date], by: By) -> tuple[date, date]:
    """As many periods just before. Raises Invalid where the calendar here has none."""
    length = LENGTH[by]
    months = (period[1].year - period[0].year) * YEAR + period[1].month - period[0].month + length
    if period[0].year * YEAR - months < YEAR * 1900:
        raise Invalid("There is nothing so early; say `against_from` and `against_to`.", "span-invalid", pointer="query/against_from")
    return moved(period[0], -months), moved(period[0], -length)


def label(day: date, by: By) -> str:
    """The period that begins on a day."""
    part = {By.YEAR: "", By.QUARTER: f"-Q{(day.month + 2) // 3}", By.MONTH: f"-{day.month:02d}"}[by]
    return f"{day.year}{part}"


def held(points: Sequence[Point], spans: Spans, language: str) -> Held:
    """The two spans of a series, and what can be said of them."""
    spans = _decided(points, spans)
    period, against = (_together(points, each, spans.by) for each in (spans.period, spans.against))
    whole = all(0 < each.reported_months == each.expected_months for each in (period, against))
    reason, per_resident = period.reason or against.reason, True
    exposures: tuple[float | None, float | None] = period.population, against.population
    if reason == "no-population" and whole:
        reason, per_resident, exposures = None, False, (period.reported_months, against.reported_months)
    counts = [located(each.count, each.unspecified if per_resident else None) for each in (period, against)]
    ratio = None
    if reason is None and counts[0] is not None and counts[1] is not None and exposures[0] and exposures[1]:
        ratio = compared((counts[0], exposures[0]), (counts[1], exposures[1]), language)
    caution = CAUTION[language] if ratio and not whole else None
    return Held(period=period, against=against, per_resident=per_resident, comparison=ratio, reason=reason, caution=caution)


def _decided(points: Sequence[Point], spans: Spans) -> Spans:
    """The spans as asked, else the last twelve months up to the last one with a value, and the twelve before."""
    known = [p.period for p in points if p.value is not None]
    if spans.period or not known:
        return spans
    last = date(int(known[-1][:4]), int(known[-1][5:]), 1)
    period = moved(last, 1 - YEAR), last
    return Spans(spans.by, period, before(period, spans.by))


def _together(points: Sequence[Point], ends: tuple[date, date] | None, by: By) -> Span:
    first, last = (label(day, by) for day in ends) if ends else (None, None)
    inside = [p for p in points if first and last and first <= p.period <= last]
    counts = [p.count for p in inside if p.count is not None]
    count = round(sum(counts), 6) if counts else None
    years = sum(p.population or 0 for p in inside if p.count is not None) * LENGTH[by] / YEAR
    rest = unlocated(inside)
    rate = rated(located(count, rest), years, all(p.rate is not None for p in inside if p.count is not None))
    if count is None:
        rate["reason"] = next((p.reason for p in inside if p.reason != "not-reported"), "not-reported")
    return Span(
        first=first, last=last, count=count, unspecified=rest, population=round(years, 4) if rate["rate"] is not None else None,
        population_from=vintages(inside) if rate["rate"] is not None else [],
        unstable=unstable(located(count, rest)), reported_months=sum(p.reported_months for p in inside),
        expected_months=sum(p.expected_months for p in inside), **rate,
    )  # fmt: skip
