"""The one definition of what is summed, and over which residents, as SQL: series group it by period, tables by place.

Over the names of api/answers/relations.py; `chosen` are the sources that count, `i` the indicator.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from api.answers.relations import COUNTS, Boundary, Relations
from api.answers.told import told_of

MONTHS = """cross join lateral (select m, make_date(t.year, m, 1) as month, value
    from (select unnest(t.by_month) as value, generate_series(1, 12) as m) u where value is not null) c"""
_QUARTER = ", ".join(
    f"({m}, t.by_quarter[{q}], num_nonnulls(t.by_month[{m}], t.by_month[{m + 1}], t.by_month[{m + 2}]),"
    f" coalesce(t.by_month[{m}], 0) + coalesce(t.by_month[{m + 1}], 0) + coalesce(t.by_month[{m + 2}], 0))"
    for q, m in enumerate((1, 4, 7, 10), 1)
)
QUARTERS = f"""cross join lateral (select make_date(t.year, v.m, 1) as month, coalesce(v.stated, v.summed) as value,
      case when v.stated is null then v.n else 3 end as months
    from (values {_QUARTER}) v (m, stated, n, summed) where v.stated is not null or (v.n > 0 and i.adds_over_time = 'sum')) c"""
FISCAL = "make_date(t.year - (c.m < {fiscal}::int)::int, {fiscal}::int, 1)"


@dataclass(frozen=True)
class Cut:
    """How the years of the summary are cut into periods: the period's first day, the cells, their value and months, months of a period."""

    period: str
    cells: str
    value: str
    months: str
    length: int
    label: str
    only: str = "true"
    first: str = "c.month"
    """First day of a cell."""
    each: int = 1
    """Months of a cell."""
    back: int = 0
    """How many years earlier than the first period its figures may lie."""


CUTS = {
    "year": Cut("make_date(t.year, 1, 1)", "", "t.total", "t.months", 12, "YYYY", first="make_date(t.year, 1, 1)", each=12),
    "quarter": Cut("c.month", QUARTERS, "c.value", "c.months", 3, 'YYYY-"Q"Q', each=3),
    "month": Cut("c.month", MONTHS, "c.value", "1", 1, "YYYY-MM"),
    "fiscal": Cut(FISCAL, MONTHS, "c.value", "1", 12, 'YYYY-MM"/P1Y"', "i.adds_over_time = 'sum'", back=1),
}
KIND = "({source}::text is null or s.code = {source} or s.kind = {source} or s.kind || ':' || s.counting_unit = {source})"
YEARS = """select {more}t.territory_id, t.year, t.total, t.months, t.by_month, t.by_quarter,
      case when {counts} then 1 end as one, case when {counts} then r.value end as residents,
      case when {counts} then r.vintage end as vintage
    from {figures} join chosen s on s.id = t.source_id
      left join residents r on r.territory_id = t.territory_id and t.year between r.from_year and r.to_year
    where {within} and t.indicator_id = {indicator} and app.adds_up(t.territory_id) and t.year between {first} and {last}"""
"""The years of places that are summed, each with its residents. They are found first and by themselves: what is asked of a place is then
asked once, and not of each of its months."""
SUMS = """select {key}, sum({value}{times}) as count, sum({months} * t.one) as months, {reported} as reported, count(*) as places,
      sum(t.residents{times} * {part}) / {length} as population, count(t.one) > 0 and count(t.residents) = count(t.one) as complete,
      sum({value}{times}) filter (where t.one is null) as unspecified, {estimated} as estimated,
      min(t.vintage) as oldest, max(t.vintage) as newest
    from {years} t {converted} {cells} where {only} group by {by}"""
"""A rate is the sum of the values over the sum of the residents of the same reported municipality-months, and made of nothing else: what is
`unspecified` is in the count alone, and taken off before there is a rate of it (api/domain/indicator/rates.py)."""
DISTINCT = "(select count(distinct x) from unnest(array_agg({place}) filter (where t.one is not null)) x)"
"""How many places there are among the rows. Counted in the sums themselves, all of their rows would have to be sorted (measured: twice as
long)."""
SUMS_OF = """sum(s.count) as count, round(coalesce(sum(s.months), 0))::int as reported_months, coalesce(sum(s.reported), 0) as reported,
      coalesce(sum(s.places), 0) as places, sum(s.population) as population,
      coalesce(bool_and(s.complete) filter (where s.reported > 0), false) as complete, sum(s.unspecified) as unspecified,
      coalesce(bool_or(s.estimated), false) as estimated, min(s.oldest) as oldest, max(s.newest) as newest"""
"""Sums of places, summed up further: the same as SUMS over all of them at once."""
CODES = "(select coalesce(json_object_agg(s.id, s.code), json_build_object())::text from {source} s) as codes"
"""The codes of sources by their keys, for the vintages of an answer: looked up once, and not for each of its points (measured: they were a
third of the series of a municipality)."""
PUBLISHED = """select {key}, json_agg(json_build_object(
               'source', s.code, 'indicator', j.code, 'unit', j.unit, 'value', x.value) order by j.code, s.code) as published
      from {observations} x join {indicator} j on j.id = x.indicator_id join {source} s on s.id = x.source_id
      where x.value is not null and j.unit in ('count', i.unit, 'per-100k') group by 1"""
OWN = """e.who is not null and t.dims = '' and t.frequency = '{frequency}' and (t.indicator_id = i.id
      or exists (select from {indicator} n where n.id = t.indicator_id and n.numerator = i.code)) and {whose}"""
FREQUENCY = {"year": "A", "quarter": "Q", "month": "M"}
OF_UNIT = "t.territory_id = l.unit"
PERIOD = "period"
WHOLE = "(g.valid_from is null or g.valid_from <= {first}) and (g.valid_to is null or g.valid_to > {last})"
ALIVE = "(g.valid_from is null or g.valid_from <= m) and (g.valid_to is null or g.valid_to > m)"


def spanned(first: date | None, last: date | None) -> dict[str, Any]:
    """The values of a statement that say from when to when. Years are said beside the days: made of them once a row they cost as much as
    all the rest, and reach no index (measured)."""
    years = {"from_year": first.year if first else 0, "to_year": last.year if last else 9998}
    return {"from": first, "to": last} | years


def years(made_of: Relations, first: str, last: str, indicator: str = "i.id", more: str = "") -> str:
    """The years of the level's places from `first` to `last`, over `residents`."""
    figures, within = made_of.figures(), made_of.within()
    return YEARS.format(more=more, counts=COUNTS, figures=figures, within=within, indicator=indicator, first=first, last=last)


def summed(made_of: Relations, cut: str, of: str, by: str = PERIOD, more: str = "") -> str:
    """The sums of the years `of`, by period as `p`, or those of one period, which begins {from}, by place as `place`; `more` may stand
    before the key."""
    how, now = CUTS[cut], made_of.boundary is Boundary.NOW
    # A place has one row a period, unless its months are gathered or others were converted into it.
    once = not now and cut != "fiscal"
    reported = "count(t.one)" if once else DISTINCT.format(place=made_of.place) if by == PERIOD else "(count(t.one) > 0)::int"
    key, only = (how.period, "true") if by == PERIOD else (made_of.place, f"{how.period} = {{from}}::date")
    return SUMS.format(
        key=f"{more}{key} as {'p' if by == PERIOD else 'place'}", by="1, 2" if more else "1", years=of, value=how.value,
        months=f"{how.months}{made_of.parted(how.first, how.each)}", part=how.months, reported=reported, length=f"{how.length}.0",
        cells=how.cells, times=made_of.times, estimated=made_of.estimated, converted=made_of.converted, only=f"{how.only} and {only}",
    )  # fmt: skip


def sums(made_of: Relations, cut: str, by: str = PERIOD) -> str:
    """The sums by period as `p`, or those of one period, which begins {from}, by place as `place`."""
    back = CUTS[cut].back
    first, last = f"{{from_year}}::int - {back}", f"{{to_year}}::int + {back}"
    said = summed(made_of, cut, f"({years(made_of, first, last)} offset 0)", by)
    said = f"with {made_of.residents(first, last)} {said}"
    return told_of(made_of, said, "p" if by == PERIOD else "place") if made_of.told else said


def published(made_of: Relations, cut: str, key: str, whose: str = OF_UNIT) -> str:
    """What countries published of themselves, by `key`; nothing where `whose` is empty, or where a country is not meant as a whole."""
    own = OWN.format(frequency=FREQUENCY.get(cut, "-"), whose=whose, **made_of.registers) if whose and not made_of.told else "false"
    return PUBLISHED.format(key=key, observations=made_of.observations(own), **made_of.registers)


def alive(made_of: Relations, first: str, length: int) -> str:
    """How many months, from the day `first` on, the municipalities `g` existed; those of today on today's map have always."""
    if made_of.boundary is Boundary.NOW:
        return str(length)
    last = f"({first} + interval '{length - 1} months')"
    # Most have always existed; their months need not be counted one by one.
    whole, span = WHOLE.format(first=first, last=last), f"generate_series({first}, {last}, '1 month') m"
    return f"case when {whole} then {length} else (select count(*) from {span} where {ALIVE}) end"
