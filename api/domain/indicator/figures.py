"""The yearly summary of observations, and the periods a series has."""

import calendar
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from api.domain.errors import Invalid, NotAllowed, NotFound
from api.domain.indicator.rates import Point, rated

_MONTHLY = "filter (where o.month is not null)"
_ANNUAL = "filter (where o.month is null)"
_EACH = ", ".join(f"max(o.value) filter (where o.month = {m})" for m in range(1, 13))
RECOMPUTE = f"""
select o.municipality_id, o.indicator_id, o.source_id, o.year, o.country_id,
       coalesce(max(o.value) {_ANNUAL}, sum(o.value) {_MONTHLY}) as total,
       case when count(*) {_ANNUAL} > 0 then 12 else (count(*) {_MONTHLY})::int end as months, array[{_EACH}] as by_month
from (select x.municipality_id, x.indicator_id, x.source_id, x.country_id, x.value, date_part('year', x.period_on)::int as year,
             case x.frequency when 'M' then date_part('month', x.period_on)::int end as month
      from {{rows}} x where x.value is not null and x.dims = '' and x.frequency in ('A', 'M') and not x.assisted offset 0) o
group by o.municipality_id, o.indicator_id, o.source_id, o.year, o.country_id"""
"""What `figure` must hold of `{rows}`: `observation`, or what a transaction touched of it. A yearly value outranks the months of its
year, never
both; what an association drafted for a municipality without users does not count until that municipality or its country states it."""


class By(StrEnum):
    """Length of the periods of a series."""

    MONTH = "month"
    YEAR = "year"


class Sees(StrEnum):
    """How much of a level the caller sees."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


def visible(sees: str) -> None:
    """Raises NotFound where the caller sees nothing of the level, NotAllowed where a part: a figure of a part would be taken for the
    whole."""
    if sees == Sees.NONE:
        raise NotFound()
    if sees == Sees.PART:
        raise NotAllowed(
            "You see a part of this level only, and a figure of a part would be taken for the whole.", "level-not-wholly-visible"
        )


def one_source(sources: list[str], asked: str | None) -> str | None:
    """The source of a series: the one asked for or the only one. Raises Invalid where several have data and none was named: they are
    never added."""
    if asked is not None:
        return asked
    if len(sources) > 1:
        raise Invalid(
            "Several sources have data and are never added; name one.", "source-required", pointer="query/source", choices=sources
        )
    return sources[0] if sources else None


@lru_cache(maxsize=4096)
def days_in(period: str) -> int:
    """Days of a month or a year."""
    year, _, month = period.partition("-")
    return calendar.monthrange(int(year), int(month))[1] if month else 365 + calendar.isleap(int(year))


POINTS = TypeAdapter(list[Point])


def points(said: Iterable[dict[str, Any]], by: By) -> list[Point]:
    """The points of what was summed for each period: count, population, complete, reported, expected, reported_months, expected_months."""
    return POINTS.validate_python([_point(each, by) for each in said])


def _point(said: dict[str, Any], by: By) -> dict[str, Any]:
    count, population = (None if said[name] is None else float(said[name]) for name in ("count", "population"))
    rate: dict[str, Any] = rated(count, population, bool(said["complete"]))
    yearly = 365.25 / days_in(str(said["period"]))
    annualised = round(float(rate["rate"]) * yearly, 4) if by is By.MONTH and rate["rate"] is not None else None
    more: dict[str, Any] = {"annualised": annualised, "unstable": count is not None and count <= 20}
    shown = {name: said[name] for name in ("period", "reported", "expected", "reported_months", "expected_months")}
    return {"count": count, "population": population, **shown, **rate, **more}


FIRST_YEAR, LAST_YEAR = 1900, 2100
"""A series lies between these years, both included: residents are kept for them only, and nobody fills an endless calendar."""


def span(first: date, last: date) -> None:
    """Raises Invalid where a series would run backwards or over more than 100 years."""
    if last < first or last.year - first.year > 100:
        raise Invalid("`to` must not be before `from`, nor more than 100 years after it.", "span-invalid", pointer="query/to")


def asked_span(first: str | None, last: str | None, by: By) -> tuple[date | None, date | None]:
    """The first days of the periods a series is asked for. Raises Invalid where one is no period, or the span runs backwards."""
    begin, end = (_first_day(said, by, which) for said, which in ((first, "from"), (last, "to")))
    if begin and end:
        span(begin, end)
    return begin, end


def _first_day(said: str | None, by: By, which: str) -> date | None:
    if said is None:
        return None
    year, _, month = said.partition("-")
    try:
        day = date(int(year), int(month or 1), 1)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError
    except ValueError:
        raise Invalid("This is no period; write 2020 or 2020-01.", "period-invalid", pointer=f"query/{which}") from None
    if by is By.YEAR:
        return day.replace(month=1)
    return day.replace(month=12) if which == "to" and not month else day
