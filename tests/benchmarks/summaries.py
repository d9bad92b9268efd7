"""Tables and series out of the summary: flat however many observations lie behind it, and beside the bare SQL over the summary.

The second copy of the region holds eight times the observations: seven more sets of two indicators, alike in everything.
"""

from datetime import date
from functools import partial
from typing import Any

import asyncpg

from api import pages
from api.answers import series, table
from api.domain.indicator.figures import By, asked_span
from api.domain.levels import Level
from api.levels import Lens
from api.pages import Statement
from api.pages.listings import USUAL
from tests.benchmarks.bench import Bench, Work
from tests.benchmarks.region import FIGURES, OBSERVATIONS, Size
from tests.benchmarks.table import Row

FLAT, BARE = 1.2, 1.2
"""How many times the CPU an answer may take at eight times the observations, and beside the bare SQL over the summary."""
TIMES_MORE = 8
YEAR = 2016
MORE = OBSERVATIONS.replace("generate_series(1, 2) i", "unnest($2::int[]) i")
OTHERS = "select array_agg(id) from (select id from indicator where id > 2 and origin = 'reported' order by id limit $1::int) x"
SUMMED = FIGURES.replace("from observation x where", "from observation x where x.indicator_id > 2 and")
BARE_TABLE = """select f.territory_id, m.name, f.total, f.months, d.value * f.months / 12.0 as population,
    f.total * 100000 / nullif(d.value * f.months / 12.0, 0) as rate
  from figure f join municipality m on m.id = f.territory_id
    left join denominator d on d.territory_id = f.territory_id and f.year between d.from_year and d.to_year
  where f.indicator_id = 1 and f.source_id = 1 and f.country_id = 484 and f.year = $1 order by m.name_key, m.id"""
BARE_PAGE = """with f as materialized (
    select f.territory_id as id, f.total, f.months, d.value * f.months / 12.0 as population from figure f
      left join denominator d on d.territory_id = f.territory_id and f.year between d.from_year and d.to_year
    where f.indicator_id = 1 and f.source_id = 1 and f.country_id = 484 and f.year = $1)
  select (select json_agg(row_to_json(p)) from (select p.*, m.name, p.total * 100000 / nullif(p.population, 0) as rate
      from (select * from f order by id limit 50) p join municipality m on m.id = p.id order by p.id) p),
    (select row_to_json(t) from (select sum(total) as count, count(*) as reported, sum(months) as months, sum(population) as population
      from f) t)"""
BARE_SERIES = """select f.year, u.m, sum(u.value) as count, count(*) as reported, sum(d.value) / 12.0 as population
  from figure f cross join lateral unnest(f.by_month) with ordinality u (value, m)
    left join denominator d on d.territory_id = f.territory_id and f.year between d.from_year and d.to_year
  where f.indicator_id = 1 and f.source_id = 1 and f.country_id = 484 and f.year between $1 and $2 and u.value is not null
  group by 1, 2 order by 1, 2"""
"""What somebody would write who knew where everything lies: no rights, no registers, no coverage, no rounding, no names of sources. Every
place of the table, or the first fifty and the total, as it is answered: that asks less than the answer, which also looks up in the register
who was expected to report, and it has no aim."""
NOW = "&boundary=now"
MEXICO = Lens(Level.COUNTRY, "MX")
PATHS = {
    "table of a country's municipalities": f"/v1/countries/MX/indicators/homicide/table?period={YEAR}&sort=key",
    "series of a country's months": f"/v1/countries/MX/indicators/homicide/series?by=month&from={YEAR}-01&to={YEAR}-12",
}


async def grow(owner: asyncpg.Connection, size: Size) -> None:
    """Eight times the observations, with the summary of them."""
    await owner.execute("set session_replication_role = replica")
    others = await owner.fetchval(OTHERS, 2 * (TIMES_MORE - 1))
    assert len(others) == 2 * (TIMES_MORE - 1)
    await owner.execute(MORE, size.months, others)
    await owner.execute(SUMMED)
    await owner.execute("set session_replication_role = origin")
    await owner.execute("vacuum analyze observation")
    await owner.execute("vacuum analyze figure")


async def measured(small: Bench, large: Bench, times: int) -> list[Row]:
    """Each answer at both sizes in turn, beside its own statement without rights and the bare SQL, at the larger."""
    for bench in (small, large):
        await bench.enter("country")
    counts = [await b.owner.fetchval("select count(*) from observation") for b in (small, large)]
    rows = []
    for what, statement, known, bare, values in _asked(large):
        path = PATHS[what]
        answers = [(await b.ask("country", path)).json() for b in (small, large)]
        assert answers[0] == answers[1] | {"as_known_at": answers[0]["as_known_at"]}, "what lies beside it changes nothing"
        own = large.statement(large.owner, statement, statement.values(known), entered=False)
        works: list[Work] = [partial(b.ask, "country", path) for b in (small, large)]
        works += [own, partial(large.owner.fetch, bare, *values), partial(large.ask, "country", path + NOW)]
        works += [partial(large.owner.fetchrow, BARE_PAGE, *values)] if bare is BARE_TABLE else []
        costs = await large.compared(works, times)
        rows += [
            Row(f"{what}: {counts[1]:,} observations", costs[1], costs[0], f"{counts[0]:,} observations", FLAT),
            Row(f"  {what}", costs[1], costs[2], "its own statement without rights", BARE),
            Row(f"  {what}", costs[1], costs[3], "bare SQL over the summary", BARE),
            *(Row(f"  {what}", costs[1], page, "bare SQL of a page and the total") for page in costs[5:]),
            Row(f"  {what}, on the map of now", costs[4], costs[1], "on the map of then"),
        ]
    return rows


def _asked(bench: Bench) -> list[tuple[str, Statement, dict[str, Any], str, list[Any]]]:
    """Each answer by the functions that make it: its name, its statement and values, and the bare SQL with those of its own."""
    reading = bench.reading("country")
    first = date(YEAR, 1, 1)
    tabled = table.Asked("homicide", period=str(YEAR), first=first, sort="key")
    view = table.View(tabled.cut, tabled.by, tabled.sort, False, USUAL)
    begin, end = asked_span(f"{YEAR}-01", f"{YEAR}-12", By.MONTH)
    lined = series.Asked("homicide", by=By.MONTH, first=begin, last=end)
    common = pages.known_of(reading) | {"unit": MEXICO.unit, "as_of": reading.at.date()}
    statements = (table.statement(tabled.made_of(MEXICO), view), series.statement(lined.made_of(MEXICO), "month"))
    return [
        (what, statement, common | asked.known(), bare, values)
        for what, statement, asked, bare, values in zip(
            PATHS, statements, (tabled, lined), (BARE_TABLE, BARE_SERIES), ([YEAR], [YEAR, YEAR]), strict=True
        )
    ]
