"""Series of an indicator for any level: one statement sums the summary, the rules of api/domain/indicator make rates of the sums.

Population of a municipality-year: that year's, else the nearest earlier, else the nearest later one.
"""

import json
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict
from sqlmodel import SQLModel

from api import pages
from api.access import Reading
from api.domain.fields import found
from api.domain.indicator.figures import By, one_source, points, visible
from api.domain.indicator.rates import Point
from api.domain.levels import Level
from api.levels import UNITS, Lens, Shape, whole
from api.pages.statements import ENTERED, Statement, prepared

FIGURES = Shape()
REGISTER = Shape(public=True, municipality="t.id")

SUMS = {
    By.YEAR: """select make_date(t.year, 1, 1) as p, sum(t.total) as count, sum(t.months) as months, count(*) as reported,
                  sum(r.value * t.months / 12.0) as population, bool_and(r.value is not null) as complete from {figures} where {within}
                  group by t.year""",
    By.MONTH: """select make_date(t.year, u.m::int, 1) as p, sum(u.value) as count, count(*) as months, count(*) as reported,
                  sum(r.value) as population, bool_and(r.value is not null) as complete
                from {figures} cross join lateral unnest(t.by_month) with ordinality u(value, m) where {within} and u.value is not null
                group by t.year, u.m""",
}
RESIDENTS = """left join lateral (select x.value from population x where x.municipality_id = t.municipality_id
    order by x.year = t.year desc, x.year < t.year desc, abs(x.year - t.year), x.source_id limit 1) r on true"""
STEP = {By.YEAR: ("1 year", "YYYY"), By.MONTH: ("1 month", "YYYY-MM")}

SERIES = """
select e.who, q.unit, q.sees, q.indicator, q.label, q.sources, q.source, q.points
from {entered}
left join lateral (
  select l.unit::text as unit, {whole} as sees, i.code as indicator,
         case {{language}} when 'es' then i.label_es when 'pt' then i.label_pt else i.label_en end as label, y.sources, y.source, y.points
  from ({unit}) l left join indicator i on i.code = {{indicator}}
  left join lateral (
    with chosen as materialized (
      select s.* from source s where ({{source}}::text is null or s.code = {{source}})
        and exists (select from figure t where t.indicator_id = i.id and t.source_id = s.id and e.who is not null and {seen} and {meant})),
    summed as materialized ({sums}),
    span as (select coalesce({{from}}::date, min(p)) as first, coalesce({{to}}::date, max(p)) as last from summed),
    places as materialized (select t.valid_from, t.valid_to, count(*) as n from municipality t where {registered} group by 1, 2),
    points as (
      select to_char(d, '{shape}') as period, s.count, s.population, coalesce(s.complete, false) as complete, coalesce(s.reported, 0) as
      reported,
        x.expected, coalesce(s.months, 0) as reported_months, x.expected_months
      from span, generate_series(span.first, span.last, '{step}') d left join summed s on s.p = d
      left join lateral (select coalesce(sum(g.n) filter (where h.months > 0), 0) as expected, coalesce(sum(g.n * h.months), 0) as
      expected_months
        from places g, lateral (select count(*) as months from generate_series(d, d + interval '{step}' - interval '1 month', '1 month') m
          where (g.valid_from is null or g.valid_from <= m) and (g.valid_to is null or g.valid_to > m)) h) x on true)
    select (select array_agg(c.code order by c.code) from chosen c) as sources,
           (select row_to_json(o)::text from (select c.code, c.name, c.kind, c.counting_unit from chosen c order by c.code limit 1) o) as
           source,
           (select json_agg(row_to_json(p) order by p.period)::text from points p) as points
  ) y on true
) q on e.who is not null"""


@lru_cache(maxsize=32)
def statement(level: Level, by: By) -> Statement:
    """The statement of one kind of series."""
    step, shape = STEP[by]
    seen, meant = FIGURES.seen(), FIGURES.meant(level)
    figures = f"""figure t join chosen c on c.id = t.source_id {RESIDENTS}"""
    within = f"""t.indicator_id = i.id and e.who is not null and {seen} and {meant}
        and t.year >= coalesce(extract(year from {{from}}::date), 0) and t.year <= coalesce(extract(year from {{to}}::date), 9999)"""
    sums = SUMS[by].format(figures=figures, within=within)
    filled = SERIES.format(
        entered=ENTERED,
        unit=UNITS[level],
        whole=whole(level),
        seen=seen,
        meant=meant,
        sums=sums,
        registered=REGISTER.meant(level),
        step=step,
        shape=shape,
    )
    return prepared(filled)


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
    source: SourceOf | None
    """Null where there is no data. Sources are never added to one another."""
    per: int
    """A rate is per this many residents."""
    demonstration: bool
    """Whether any value is invented for the demonstration."""
    points: list[Point]


async def series(reading: Reading, lens: Lens, indicator: str, asked: dict[str, Any]) -> Series:
    """The series of `indicator` for the level; `asked` holds by, from, to, source. Raises NotFound where the level or indicator is not
    there or
    nothing of the level is seen, NotAllowed where a part, Invalid where several sources have data and none was named."""
    by: By = asked["by"]
    known = pages.known_of(reading) | asked | {"unit": lens.unit, "as_of": lens.as_of, "indicator": indicator}
    row = await pages.ask(reading, statement(lens.level, by), known)
    found(row["unit"])
    visible(row["sees"])
    found(row["indicator"])
    one_source(list(row["sources"] or []), asked["source"])
    source = json.loads(row["source"]) if row["source"] else None
    told = points(json.loads(row["points"] or "[]"), by)
    return Series(
        indicator=row["indicator"], label=row["label"], level=lens.level, unit=lens.unit, by=by, source=source, per=100_000,
        demonstration=bool(source and source["kind"] == "demonstration"), points=told,
    )  # fmt: skip
