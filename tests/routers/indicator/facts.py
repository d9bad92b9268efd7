"""Figures put into a region at once, as an import would keep them: values, residents, both summaries, and when they became known."""

from collections.abc import Iterable
from datetime import date

import asyncpg

from api.domain.indicator.figures import DENOMINATORS, SUMMARISE
from api.intake.computing import recomputed
from migrations.apply import Migration

Fact = tuple[int, str, str, str, str, int | None]
"""Territory, indicator, source, first day, frequency, value."""
STATE = """insert into observation (territory_id, indicator_id, source_id, period_on, frequency, country_id, value, status,
      recording_id)
    select $1, i.id, s.id, $4::date, $5, case when $1 < 1000 then $1 when $1 < 100000 then $1 / 100 else $1 / 10000 end, $6,
      case when $6::numeric is null then 'M' else 'A' end, $7
    from indicator i, source s where i.code = $2 and s.code = $3"""
COUNT = """insert into population (territory_id, year, source_id, country_id, value, recording_id)
    values ($1, $2, (select id from source where code = $3), $1 / 10000, $4, $5)"""
AGAIN = (
    "delete from figure",
    SUMMARISE.replace("{rows}", "observation"),
    "delete from denominator",
    "insert into denominator (territory_id, from_year, to_year, country_id, value, population_year, source_id) "
    + DENOMINATORS.replace("{rows}", "population"),
)


async def keep(owner: asyncpg.Connection, facts: Iterable[Fact], residents: Iterable[tuple[int, int, str, int]] = ()) -> None:
    """Keep facts, and residents as (territory, year, source, value), that are not there yet."""
    facts, residents = list(facts), list(residents)
    async with owner.transaction():
        number = await owner.fetchval("select nextval('recording_number')")
        await owner.executemany(STATE, [(t, i, s, date.fromisoformat(on), f, value, number) for t, i, s, on, f, value in facts])
        await owner.executemany(COUNT, [(*said, number) for said in residents])
        for statement in AGAIN:
            await owner.execute(statement)
        await recomputed(owner, Migration(), number)
        countries = {t if t < 1000 else t // 100 if t < 100_000 else t // 10_000 for t, *_ in (*facts, *residents)}
        for country in sorted(countries):
            await owner.execute("select app.record($1, $2)", number, country)
