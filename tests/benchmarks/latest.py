"""All indicators of an association at a glance: 40 of them over 300 municipalities, beside the bare SQL over the summary.

Only the summary is filled, because nothing else is read: forty indicators alike in everything.
"""

from functools import partial

from api import pages
from api.answers import latest
from api.answers.headings import Asked
from api.domain.levels import Level
from api.levels import Lens
from tests.benchmarks.bench import Bench, Work
from tests.benchmarks.table import Row

BARE, WITHOUT = 1.2, 1.2
"""How many times the CPU the answer may take beside the bare SQL over the summary, and beside its own statement without rights."""
INDICATORS, FROM = 40, 900
COMURES = Lens(Level.ASSOCIATION, "1")
PATH = "/v1/associations/1/indicators/latest"
MEMBERS = "select app.affiliated(1, $1)"
NAMED = """insert into indicator (id, code, label_en, label_es, label_pt, unit, denominator, direction)
    select $1::int + n, 'benchmark-' || n, label_en, label_es, label_pt, unit, denominator, direction
    from indicator, generate_series(1, $2::int) n where id = 1"""
FILLED = """insert into figure (territory_id, indicator_id, source_id, year, country_id, total, months, by_month)
    select f.territory_id, $1::int + n, f.source_id, f.year, f.country_id, f.total + n, f.months, f.by_month
    from figure f, generate_series(1, $2::int) n where f.indicator_id = 1 and f.territory_id = any($3::int[])"""
BARE_LATEST = """with held as materialized (
    select indicator_id, source_id, max(year) as year from figure where territory_id = any($1::int[]) group by 1, 2),
  f as materialized (
    select f.indicator_id, f.source_id, f.year, f.total, f.months, f.by_month, d.value as residents
    from held h join figure f on f.indicator_id = h.indicator_id and f.source_id = h.source_id and f.year between h.year - 1 and h.year
      left join denominator d on d.territory_id = f.territory_id and f.year between d.from_year and d.to_year
    where f.territory_id = any($1::int[])),
  of_years as (select indicator_id, source_id, year, sum(total) as count, sum(months) as months, count(*) as reported,
      sum(residents * months / 12.0) as population from f group by 1, 2, 3),
  of_months as (select f.indicator_id, f.source_id, f.year, u.month, sum(u.value) as count, count(*) as reported,
      sum(f.residents) / 12.0 as population
    from f cross join lateral unnest(f.by_month) with ordinality u (value, month) where u.value is not null group by 1, 2, 3, 4)
  select (select json_agg(row_to_json(y)) from of_years y),
    (select json_agg(row_to_json(x)) from (select *, row_number() over (partition by indicator_id, source_id order by year desc, month desc)
      as n from of_months) x where n <= 2)"""
"""What somebody would write who knew where everything lies: no rights, no registers, no coverage, no kinds of sources, no rounding."""


async def measured(bench: Bench, times: int) -> list[Row]:
    """The answer beside its own statement without rights and the bare SQL."""
    await bench.enter("association")
    reading = bench.reading("association")
    members = await bench.owner.fetchval(MEMBERS, reading.at.date())
    await bench.owner.execute(NAMED, FROM, INDICATORS)
    await bench.owner.execute(FILLED, FROM, INDICATORS, members)
    await bench.owner.execute("vacuum analyze figure")
    asked = Asked("")
    statement = latest.statement(asked.made_of(COMURES))
    known = pages.known_of(reading) | asked.known() | {"unit": COMURES.unit, "as_of": reading.at.date()}
    items = (await bench.ask("association", PATH)).json()["items"]
    assert len([i for i in items if i["indicator"].startswith("benchmark-") and i["month_before"]["count"] > 0]) == INDICATORS
    own = bench.statement(bench.owner, statement, statement.values(known), entered=False)
    works: list[Work] = [partial(bench.ask, "association", PATH), own, partial(bench.owner.fetch, BARE_LATEST, members)]
    works.append(partial(bench.ask, "association", f"{PATH}?boundary=now"))
    costs = await bench.compared(works, times)
    what = f"latest of {len(items)} indicators, {len(members)} municipalities"
    return [
        Row(what, costs[0], costs[1], "its own statement without rights", WITHOUT),
        Row(f"  {what}", costs[0], costs[2], "bare SQL over the summary", BARE),
        Row(f"  {what}, on the map of now", costs[3], costs[0], "on the map of then"),
    ]
