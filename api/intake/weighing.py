"""Whether a file is like what is known: its totals beside those of the same places and months, or of the years before, and its counts
beside residents. What is unlike is a warning, and a person decides.
"""

import asyncpg

from api.domain.indicator.imports import Warned
from api.intake.keeping import Kept, Observations

WORDS = {
    "more-than-residents": "The count is larger than the place has residents.",
    "unlike-known": "The file's total over these places is far from what is known of them; does the column count something else as well?",
    "place-unlike-known": "The value is far from what is known of this place.",
    "corrected-before": "This value stood there and was corrected; does the file bring back what was put right?",
}
NEAREST = """select y.*, i.code as indicator, n.year as known_year, n.code as source, n.total * y.months / n.months as expected
    from yearly y join indicator i on i.id = y.indicator_id and i.unit = 'count'
    cross join lateral (select f.year, f.total, f.months, o.code from figure f join source o on o.id = f.source_id
      where f.territory_id = y.territory_id and f.indicator_id = y.indicator_id and f.year between y.year - 5 and y.year
        and f.months > 0 and f.total is not null and f.source_id in (select a.id from source a join source b
          on b.id = $1 and a.kind = b.kind and a.counting_unit = b.counting_unit)
      order by f.year desc, (f.source_id = $1) desc, f.source_id limit 1) n"""
"""What is known of a place nearest to what the file says: the same year, else one of the five before; this source, else one of its kind.
Values of a part of a year are compared with as many months."""
TOTAL = """select 'unlike-known' as code, indicator, year::text as period, null::int as territory_id, null::text as territory,
    sum(total)::float8 as value, round(sum(expected), 1)::float8 as known, min(source) as source, max(known_year) as year
    from near group by indicator, near.year, known_year = near.year
    having greatest(sum(total), sum(expected)) >= case when known_year = near.year then 1.5 else 2 end * least(sum(total), sum(expected))
      and abs(sum(total) - sum(expected)) >= 20 + 3 * sqrt(sum(expected)) order by 2, 3"""
"""Half as much again of the same months, or twice as much as the years before, and beyond chance (three standard deviations of a count)."""
EACH = """select 'place-unlike-known' as code, n.indicator, n.year::text as period, n.territory_id, t.name as territory,
    n.total::float8 as value, round(n.expected, 1)::float8 as known, n.source, n.known_year as year
    from near n join territory t on t.id = n.territory_id
    where n.total >= 5 * n.expected and n.total - n.expected >= 30 or n.expected >= 5 * n.total and n.expected - n.total >= 50
    order by abs(n.total - n.expected) desc limit 20"""
CROWDED = """select 'more-than-residents' as code, i.code as indicator, y.year::text as period, y.territory_id, t.name as territory,
    y.total::float8 as value, d.value::float8 as known, s.code as source, d.population_year as year
    from yearly y join indicator i on i.id = y.indicator_id and i.unit = 'count'
    join denominator d on d.territory_id = y.territory_id and y.year between d.from_year and d.to_year and d.value < y.total
    join source s on s.id = d.source_id join territory t on t.id = y.territory_id order by y.total - d.value desc limit 20"""
RESIDENTS = """select 'place-unlike-known' as code, 'population' as indicator, y.year::text as period, y.territory_id, t.name as territory,
    y.total::float8 as value, d.value::float8 as known, s.code as source, d.population_year as year
    from yearly y join denominator d on d.territory_id = y.territory_id and y.year between d.from_year and d.to_year
    join source s on s.id = d.source_id join territory t on t.id = y.territory_id
    where greatest(y.total, d.value) >= 3 * least(y.total, d.value) and abs(y.total - d.value) >= 1000
    order by abs(y.total - d.value) desc limit 20"""


async def weighed(connection: asyncpg.Connection, source_id: int, kept: Kept, corrected: bool) -> list[Warned]:
    """What of the file in the temporary tables is unlike what the caller may know, the file as a whole first; where it is asked, also what
    brings back a value that was `corrected`."""
    rows = []
    if kept is Observations:
        await connection.execute("analyze yearly")
        await connection.execute(f"create temp table near on commit drop as {NEAREST}", source_id)
    for statement in (TOTAL, CROWDED, EACH) if kept is Observations else (RESIDENTS,):
        rows += await connection.fetch(statement)
    if corrected:
        rows += await connection.fetch(kept.CORRECTED, source_id)
    return [_warned(row) for row in rows]


def _warned(row: asyncpg.Record) -> Warned:
    return Warned(detail=WORDS[row["code"]], **dict(row))
