"""Series of an indicator for any level: one statement sums the summary, the rules of api/domain/indicator make rates of the sums."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict
from sqlmodel import SQLModel

from api import pages
from api.access import Reading
from api.answers.relations import COUNTS, REGISTER, Boundary, Relations
from api.domain.fields import found, superseded
from api.domain.indicator.figures import By, one_kind, points, settled, visible
from api.domain.indicator.rates import Point
from api.domain.levels import Level
from api.levels import UNITS, Lens, whole
from api.pages.statements import ENTERED, Statement, prepared

MONTHS = """cross join lateral (select make_date(t.year, m::int, 1) as month, value
    from unnest(t.by_month) with ordinality u(value, m) where value is not null) c"""
_QUARTER = ", ".join(
    f"({m}, t.by_quarter[{q}], num_nonnulls(t.by_month[{m}], t.by_month[{m + 1}], t.by_month[{m + 2}]),"
    f" coalesce(t.by_month[{m}], 0) + coalesce(t.by_month[{m + 1}], 0) + coalesce(t.by_month[{m + 2}], 0))"
    for q, m in enumerate((1, 4, 7, 10), 1)
)
QUARTERS = f"""cross join lateral (select make_date(t.year, v.m, 1) as month, coalesce(v.stated, v.summed) as value,
      case when v.stated is null then v.n else 3 end as months
    from (values {_QUARTER}) v (m, stated, n, summed) where v.stated is not null or (v.n > 0 and i.adds_over_time = 'sum')) c"""
FISCAL = "(date_trunc('year', c.month - make_interval(months => {fiscal} - 1)) + make_interval(months => {fiscal} - 1))::date"


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


CUTS = {
    "year": Cut("make_date(t.year, 1, 1)", "", "t.total", "t.months", 12, "YYYY"),
    "quarter": Cut("c.month", QUARTERS, "c.value", "c.months", 3, 'YYYY-"Q"Q'),
    "month": Cut("c.month", MONTHS, "c.value", "1", 1, "YYYY-MM"),
    "fiscal": Cut(FISCAL, MONTHS, "c.value", "1", 12, 'YYYY-MM"/P1Y"', "i.adds_over_time = 'sum'"),
}
KIND = "({source}::text is null or s.code = {source} or s.kind = {source} or s.kind || ':' || s.counting_unit = {source})"
SUMS = """select {period} as p, sum({value}{times}) as count, sum({months}) filter (where {counts}) as months,
      count({each}) filter (where {counts}) as reported, count(*) as places,
      sum(r.value{times} * {part} / {length}) filter (where {counts}) as population,
      coalesce(bool_and(r.value is not null) filter (where {counts}), false) as complete,
      sum({value}{times}) filter (where not {counts}) as unspecified, {estimated} as estimated
    from {figures} join chosen s on s.id = t.source_id {residents} {converted} {cells}
    where {within} and t.indicator_id = i.id and app.adds_up(t.territory_id) and {only}
      and t.year >= coalesce(extract(year from {{from}}::date), 0) - {back}
      and t.year <= coalesce(extract(year from {{to}}::date), 9998) + {back}
    group by 1"""
SERIES = """
select e.who, now() as now, q.*
from {entered}
left join lateral (
  select l.unit::text as unit, {whole} as sees, {writes} as writes, i.code as indicator, i.unit as measure, i.sensitive,
         i.adds_over_area = 'sum' as adds, {{known_at}}::timestamptz as asked,
         case {{language}} when 'es' then i.label_es when 'pt' then i.label_pt else i.label_en end as label, {recorded} as latest, y.*
  from ({unit}) l left join indicator i on i.code = {{indicator}}
  left join lateral (
    with {heirs} chosen as materialized (
      select s.* from source s where {kind}
        and exists (select from {figures} where t.indicator_id = i.id and t.source_id = s.id and app.adds_up(t.territory_id) and {within})),
    summed as materialized ({sums}),
    stated as materialized (
      select date_trunc('{trunc}', x.period_on)::date as p, json_agg(json_build_object(
               'source', s.code, 'indicator', j.code, 'unit', j.unit, 'value', x.value) order by j.code, s.code) as published
      from {observations} x join indicator j on j.id = x.indicator_id join source s on s.id = x.source_id
      where x.value is not null and j.unit in ('count', i.unit, 'per-100k') group by 1),
    span as (select coalesce({{from}}::date, min(p)) as first, coalesce({{to}}::date, max(p)) as last
             from (select p from summed union all select p from stated) b),
    places as materialized (select t.valid_from, t.valid_to, count(*) as n from municipality t where {registered} group by 1, 2),
    points as (
      select to_char(d, '{label}') as period, s.count, s.unspecified, s.population, coalesce(s.complete, false) as complete,
        coalesce(s.estimated, false) as estimated, coalesce(s.reported, 0) as reported, x.expected,
        round(coalesce(s.months, 0))::int as reported_months, x.expected_months, coalesce(s.places, 0) as places, b.published
      from span, generate_series(span.first, span.last, '{length} months') d left join summed s on s.p = d left join stated b on b.p = d
      left join lateral (select coalesce(sum(g.n) filter (where h.months > 0), 0) as expected,
          coalesce(sum(g.n * h.months), 0) as expected_months
        from places g, lateral (select count(*) as months
          from generate_series(d, d + interval '{length} months' - interval '1 month', '1 month') m
          where {alive}) h) x on true)
    select (select json_agg(row_to_json(o) order by o.code)::text from (select c.code, c.name, c.kind, c.counting_unit from chosen c) o)
             as sources,
           (select count(*) > 1 from chosen) and exists (select from {figures} join chosen s on s.id = t.source_id
             where {within} and t.indicator_id = i.id group by t.territory_id, t.year having count(*) > 1) as overlap,
           (select json_agg(row_to_json(p) order by p.period)::text from points p) as points
  ) y on true
) q on e.who is not null"""
ALIVE = "(g.valid_from is null or g.valid_from <= m) and (g.valid_to is null or g.valid_to > m)"
WRITES = {
    Level.REGION: "(select app.write_region())",
    Level.COUNTRY: "l.unit = any((select app.write_countries())::int[])",
    Level.MUNICIPALITY: """(l.unit = any((select app.write_municipalities())::int[])
        or l.unit / 10000 = any((select app.write_countries())::int[]))""",
}
"""Whether the caller may write all figures of unit `l`."""
STATED = "e.who is not null and t.territory_id = l.unit and t.dims = '' and t.frequency = '{}' and (t.indicator_id = i.id or exists (" \
    "select from indicator n where n.id = t.indicator_id and n.numerator = i.code))"


@lru_cache(maxsize=128)
def statement(made_of: Relations, cut: str) -> Statement:
    """The statement of one kind of series."""
    how, level = CUTS[cut], made_of.level
    back = 1 if cut == "fiscal" else 0
    names = {name: getattr(made_of, name) for name in ("times", "estimated", "converted")}
    now = made_of.boundary is Boundary.NOW
    # A place has one row a period, unless its months are gathered or others were converted into it.
    each = f"distinct {made_of.place}" if now or cut == "fiscal" else "*"
    weight = f"{how.months}{made_of.parted}"
    sums = SUMS.format(
        period=how.period, value=how.value, months=weight, part=how.months, each=each, length=f"{how.length}.0",
        cells=how.cells, only=how.only, counts=COUNTS, figures=made_of.figures(), residents=made_of.residents(),
        within=made_of.within(), back=back, **names,
    )  # fmt: skip
    register = REGISTER.meant(level)
    # A country's own values are its alone: the observations of a country stand under its key.
    stated = STATED.format({"year": "A", "quarter": "Q", "month": "M"}.get(cut, "-")) if level is Level.COUNTRY else "false"
    return prepared(SERIES.format(
        entered=ENTERED, unit=UNITS[level], whole=whole(level), writes=WRITES.get(level, "false"), recorded=made_of.recorded(),
        heirs=made_of.heirs() if now else "", kind=KIND, figures=made_of.figures(), within=made_of.within(), sums=sums,
        trunc=cut if cut != "fiscal" else "year", observations=made_of.observations(stated), length=how.length, label=how.label,
        registered=f"{register} and t.status = 'current'" if now else register, alive="true" if now else ALIVE,
    ))  # fmt: skip


class SourceOf(SQLModel):
    """Who counted, and what."""

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    code: str
    name: str
    kind: str
    counting_unit: str


class Series(SQLModel):
    """An indicator over time for a level that the caller sees whole."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    indicator: str
    label: str
    """In the caller's language."""
    level: Level
    unit: str
    """As the address named it; empty for the region."""
    by: By
    boundary: Boundary
    measure: str
    """What a value is a number of: count, per-100k or percent."""
    sources: list[SourceOf]
    """Of one kind and counting unit: they add up across places, never in one. Empty where there is no data."""
    source: SourceOf | None = superseded()
    """The one of `sources`, null where there are several or none; kept for clients written for 0.1.0."""
    per: int
    """A rate is per this many residents."""
    as_known_at: datetime | None
    """When a figure of these countries last changed: send it back as `known_at` and get the same answer for ever."""
    demonstration: bool
    """Whether any value is invented for the demonstration."""
    points: list[Point]


@dataclass(frozen=True)
class Asked:
    """What is asked of an indicator."""

    indicator: str
    by: By = By.YEAR
    first: date | None = None
    last: date | None = None
    source: str | None = None
    boundary: Boundary = Boundary.THEN
    known_at: datetime | None = None
    fiscal: int = 1

    def known(self) -> dict[str, Any]:
        """The values of a statement."""
        said = {"indicator": self.indicator, "from": self.first, "to": self.last, "source": self.source}
        return said | {"known_at": self.known_at, "fiscal": self.fiscal}


async def series(reading: Reading, lens: Lens, asked: Asked) -> Series:
    """The series of an indicator for the level.

    Raises NotFound where the level or indicator is not there or nothing of the level is seen, NotAllowed where a part, Invalid where
    several kinds of source have data and none was named, or where what is known then is not settled.
    """
    cut = "fiscal" if asked.by is By.YEAR and asked.fiscal != 1 else asked.by.value
    made_of = Relations(lens.level, asked.boundary, asked.known_at is not None)
    known = pages.known_of(reading) | asked.known() | {"unit": lens.unit, "as_of": lens.as_of}
    row = await pages.ask(reading, statement(made_of, cut), known)
    found(row["unit"])
    visible(row["sees"])
    found(row["indicator"])
    settled(asked.known_at, row["latest"], row["now"])
    sources = json.loads(row["sources"] or "[]")
    one_kind(sources, row["overlap"])
    said = json.loads(row["points"] or "[]")
    adds = row["adds"] or all(each["places"] <= 1 and each["expected"] <= 1 for each in said)
    return Series(
        indicator=row["indicator"], label=row["label"], level=lens.level, unit=lens.unit, by=asked.by, boundary=asked.boundary,
        measure=row["measure"], sources=sources, source=sources[0] if len(sources) == 1 else None, per=100_000,
        as_known_at=asked.known_at or row["latest"],
        demonstration=any(s["kind"] == "demonstration" for s in sources), points=points(said, row["measure"] == "count", adds),
    )  # fmt: skip
