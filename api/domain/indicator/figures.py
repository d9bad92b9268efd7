"""The yearly summary of observations, and the periods a series has."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from api.domain.errors import Invalid, NotAllowed, NotFound
from api.domain.indicator.rates import Point, ends, located, rated, unstable

_MONTHLY, _QUARTERLY, _ANNUAL = (f"filter (where o.frequency = '{f}')" for f in "MQA")
_EACH = ", ".join(f"max(o.value) filter (where o.frequency = 'M' and o.part = {m})" for m in range(1, 13))
_QUARTERS = ", ".join(f"max(o.value) {_QUARTERLY[:-1]} and o.part = {q})" for q in (1, 4, 7, 10))
_OF_QUARTER = {q: ", ".join(f"g.by_month[{m}]" for m in range(3 * q - 2, 3 * q + 1)) for q in range(1, 5)}
_SUM_OF = {q: " + ".join(f"coalesce({m}, 0)" for m in _OF_QUARTER[q].split(", ")) for q in _OF_QUARTER}
_MIXED = " + ".join(f"coalesce(g.by_quarter[{q}], {_SUM_OF[q]})" for q in _SUM_OF)
_MIXED_MONTHS = " + ".join(f"case when g.by_quarter[{q}] is null then num_nonnulls({_OF_QUARTER[q]}) else 3 end" for q in _OF_QUARTER)
RECOMPUTE = f"""
select g.territory_id, g.indicator_id, g.source_id, g.year, g.country_id,
       case when g.annual is not null then g.annual when i.adds_over_time <> 'sum' then g.latest
            when g.by_quarter is null then g.monthly else {_MIXED} end as total,
       case when g.annual is not null then 12 when g.by_quarter is null then g.months else {_MIXED_MONTHS} end as months,
       g.by_month, g.by_quarter
from (select o.territory_id, o.indicator_id, o.source_id, o.year, o.country_id, max(o.value) {_ANNUAL} as annual,
             sum(o.value) {_MONTHLY} as monthly, (count(*) {_MONTHLY})::int as months, array[{_EACH}] as by_month,
             case when count(*) {_QUARTERLY} > 0 then array[{_QUARTERS}] end as by_quarter,
             (array_agg(o.value order by o.part desc))[1] as latest
      from (select x.territory_id, x.indicator_id, x.source_id, x.country_id, x.value, x.frequency,
                   date_part('year', x.period_on)::int as year, date_part('month', x.period_on)::int as part
            from {{rows}} x where x.value is not null and x.dims = '' and not x.assisted offset 0) o
      group by o.territory_id, o.indicator_id, o.source_id, o.year, o.country_id) g
join indicator i on i.id = g.indicator_id"""
"""What `figure` must hold of `{rows}`: `observation`, or what a transaction touched of it. A yearly value outranks the quarters of its year
and a quarter its months, never both; what an association drafted for a municipality without users does not count until that municipality
or its country states it."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""A series lies between these years, both included: residents are kept for them only, and nobody fills an endless calendar."""
SUMMARISE = f"""insert into figure (territory_id, indicator_id, source_id, year, country_id, total, months, by_month, by_quarter)
{RECOMPUTE}
on conflict (territory_id, indicator_id, source_id, year) do update
set total = excluded.total, months = excluded.months, by_month = excluded.by_month, by_quarter = excluded.by_quarter"""
"""Brings `figure` up to what `{rows}` says."""

DENOMINATORS = f"""
select p.territory_id, case when lag(p.year) over w is null then {FIRST_YEAR} else p.year end as from_year,
       coalesce(lead(p.year) over w - 1, {LAST_YEAR}) as to_year, p.country_id, p.value, p.year as population_year, p.source_id
from (select distinct on (x.territory_id, x.year) x.* from {{rows}} x order by x.territory_id, x.year, x.source_id) p
window w as (partition by p.territory_id order by p.year)"""
"""What `denominator` must hold of `{rows}`: of each year its own residents, else the nearest earlier, else the nearest later; of several
sources of one year the one of the lowest key."""


class By(StrEnum):
    """Length of the periods of a series."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Per(StrEnum):
    """What a row of a table is about."""

    MUNICIPALITY = "municipality"
    ADMIN1 = "admin1"
    COUNTRY = "country"
    ASSOCIATION = "association"


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


def on_the_map(heirs: list[str] | None) -> None:
    """Raises Invalid, naming who took its place (`heirs`: key and name), where a municipality is asked for on a map on which it is not any
    more."""
    if heirs is not None:
        raise Invalid(
            f"On the map of now this municipality is a part of {', '.join(heirs) or 'others'}; ask for those, or with boundary=then.",
            "municipality-succeeded",
            pointer="query/boundary",
            choices=[heir.partition(" ")[0] for heir in heirs],
        )


def unprotected(protected: bool) -> None:
    """Raises NotAllowed where an indicator is sensitive and the caller may not write it: windows and sums that overlap would tell what
    the protected series hides."""
    if protected:
        raise NotAllowed("Of a sensitive indicator this is answered only to who may write all of its figures here.", "indicator-protected")


def one_kind(sources: list[dict[str, Any]], overlap: bool, pointer: str = "query/source") -> None:
    """Sources of one kind and counting unit add up across places. Raises Invalid where several kinds have data and none was named, or
    where two sources count the same place: neither is ever added."""
    kinds = sorted({f"{s['kind']}:{s['counting_unit']}" for s in sources})
    if len(kinds) > 1:
        raise Invalid(
            "Several kinds of source have data and are never added; name a source, a kind or kind:counting-unit.",
            "source-required",
            pointer=pointer,
            choices=[*kinds, *(s["code"] for s in sources)],
        )
    if overlap:
        codes = [s["code"] for s in sources]
        raise Invalid("Several sources count the same places; name one.", "source-required", pointer=pointer, choices=codes)


SETTLED = timedelta(minutes=1)
"""What was recorded this long ago is committed or gone: a recording is stamped in the last instant of its transaction."""


def settled(known_at: datetime, latest: datetime | None, now: datetime, quiet: bool) -> None:
    """Raises Invalid where what is known at `known_at` could still change: it lies in the future, or a write may be on its way. Recordings
    follow one another, wherever they are made: none can come before the `latest`, nor before `now` while it is `quiet`."""
    if known_at > now - SETTLED and (latest is None or known_at > latest) and (known_at > now or not quiet):
        raise Invalid(
            "This instant is not settled yet; ask for `as_known_at` of an answer, or for an instant a minute ago.",
            "known-at-unsettled",
            pointer="query/known_at",
        )


@lru_cache(maxsize=4096)
def days_in(period: str) -> int:
    """Days of a month, a quarter or a year; of twelve months from any month on (2022-07/P1Y) those of that year."""
    year, _, part = period.partition("/")[0].partition("-")
    if period.endswith("/P1Y"):
        return (date(int(year) + 1, int(part), 1) - date(int(year), int(part), 1)).days
    months = range(3 * int(part[1]) - 2, 3 * int(part[1]) + 1) if part.startswith("Q") else [int(part)] if part else range(1, 13)
    return sum(calendar.monthrange(int(year), month)[1] for month in months)


POINTS = TypeAdapter(list[Point])


def points(
    said: Sequence[dict[str, Any]], counted: bool, adds: bool, protected: bool, per_head: bool, codes: Mapping[str, str]
) -> list[Point]:
    """The points of what was summed for each period or place. `counted`: the indicator is a number of things, `per_head`: of which there
    is a rate; `adds`: its values may be summed over places. Those of one place alone are its own. `protected`: what was reported and has no
    count is hidden. `codes` are those of the sources, by their keys."""
    made = [_point(each, counted, per_head, adds or (each["places"] <= 1 and each["expected"] <= 1), codes) for each in said]
    return POINTS.validate_python([_hidden(p, each["places"]) if protected else p for p, each in zip(made, said, strict=True)])


def _hidden(point: dict[str, Any], places: int) -> dict[str, Any]:
    return point | {"reason": "protected", "unstable": True} if places and point["value"] is None else point


def silent(point: Point, missing: int, suppressed: int) -> None:
    """Say why a point of which nothing was reported has no value: `missing` and `suppressed` municipalities said why. Where all of them
    say the same that is the reason."""
    if point.reason != "not-reported":
        return
    point.missing, point.suppressed = missing, suppressed
    for reason, those in (("missing", missing), ("suppressed", suppressed)):
        if those and those >= max(point.expected, missing + suppressed):
            point.reason = reason


def _point(said: dict[str, Any], counted: bool, per_head: bool, adds: bool, codes: Mapping[str, str]) -> dict[str, Any]:
    total, population, rest = (None if said[name] is None else float(said[name]) for name in ("count", "population", "unspecified"))
    value, population = total if adds else None, population if adds and per_head else None
    count = value if counted else None
    behind = located(count, rest)
    rate: dict[str, Any] = rated(behind, population, bool(said["complete"]))
    if value is not None and not counted:
        rate["reason"] = "not-a-count"
    elif total is not None and not adds:
        rate["reason"] = "does-not-add"
    elif total is not None and not per_head:
        rate["reason"] = "no-denominator"
    days = days_in(str(said["period"]))
    annualised = None if days > 364 or rate["rate"] is None else round(float(rate["rate"]) * 365.25 / days, 4)
    more = {"annualised": annualised, "unstable": unstable(behind), "value": value, "count": count}
    shown = {name: said[name] for name in SUMMED}
    beside = _beside(said["published"], value, rate["rate"])
    whose = [] if population is None else ends(said["oldest"], said["newest"], codes)
    return {"population": population, **shown, **rate, **more, "published": beside, "population_from": whose}


SUMMED = ("period", "unspecified", "estimated", "reported", "expected", "reported_months", "expected_months")


def _beside(published: list[dict[str, Any]] | None, value: float | None, rate: Any) -> list[dict[str, Any]]:
    found = []
    for each in published or []:
        ours = rate if each["unit"] == "per-100k" else value
        found.append({**each, "difference": None if ours is None else round(float(each["value"]) - float(ours), 4)})
    return found


def span(first: date, last: date) -> None:
    """Raises Invalid where a series would run backwards or over more than 100 years."""
    if last < first or last.year - first.year > 100:
        raise Invalid("`to` must not be before `from`, nor more than 100 years after it.", "span-invalid", pointer="query/to")


def asked_span(first: str | None, last: str | None, by: By, fiscal: int = 1) -> tuple[date | None, date | None]:
    """The first days of the periods a series is asked for, years beginning in the month `fiscal`: those that the span touches.

    Raises Invalid where one is no period, or the span runs backwards.
    """
    begin, end = (_first_day(said, by, which, fiscal) for said, which in ((first, "from"), (last, "to")))
    if begin and end:
        span(begin, end)
    return begin, end


def _first_day(said: str | None, by: By, which: str, fiscal: int) -> date | None:
    if said is None:
        return None
    year, _, month = said.partition("-")
    if month.startswith("Q"):
        month = str(3 * int(month[1]) - (2 if which == "from" else 0))
    try:
        day = date(int(year), int(month or 1), 1)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError
    except ValueError:
        raise Invalid("This is no period; write 2020, 2020-Q1 or 2020-01.", "period-invalid", pointer=f"query/{which}") from None
    if which == "to" and not month:
        day = day.replace(month=12)
    if by is By.YEAR:
        return date(day.year - (day.month < fiscal), fiscal, 1)
    return day.replace(month=(day.month - 1) // 3 * 3 + 1) if by is By.QUARTER else day
