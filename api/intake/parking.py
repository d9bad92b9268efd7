"""Parked rows: kept whole until somebody says which place a source means; the answer is remembered for the next file of that source."""

from uuid import UUID

import asyncpg

from api.access import Reading
from api.domain.fields import found
from api.domain.indicator.imports import assignable
from api.intake import keeping, staging
from api.intake.keeping import Observations, Populations
from api.intake.upload import Intake

SEEN = "(t.country_id = any((select app.read_countries())::int[]) or t.principal_id = (select app.principal()))"
FETCH = f"""select t.id, t.import_id, t.source_id, t.place, t.rows, t.assigned_territory_id, t.version, i.kind
    from parked t join import i on i.id = t.import_id where t.id = $1 and {SEEN}"""
PLACE = """select m.id, m.country_id, m.country_id = any((select app.write_countries())::int[]) as may from municipality m where m.id =
app.municipality_of($1)"""
STAGE = """insert into staged select r[1]::int, 0, r[2], r[3]::date, r[4], r[5]::numeric, '', coalesce(r[6], ''), coalesce(r[7], 'A')
    from jsonb_array_elements($1::jsonb) e, lateral (select array(select jsonb_array_elements_text(e)) as r) x"""
REMEMBER = """insert into place_match (source_id, place, country_id, territory_id) values ($1, $2, $3, $4)
    on conflict (source_id, place, country_id) do update set territory_id = excluded.territory_id"""
ASSIGN = "update parked set assigned_territory_id = $2, country_id = $3, version = version + 1, updated_at = $4 where id = $1"


async def assign(reading: Reading, parked_id: UUID, address: str) -> None:
    """Say that parked rows are of one municipality, and take them in. Repeating it is safe.

    Raises NotFound where they are not seen, Invalid where the municipality is not known, NotAllowed where its country is not the
    caller's to write,
    Conflict where they were assigned to another one.
    """
    assert reading.credential is not None
    intake = Intake(reading.house, reading.credential, reading.request_id, reading.at, "observations", False, True)
    async with reading.house.doors.imports.acquire() as connection:
        await staging.empty(connection)
        async with connection.transaction():
            await intake.enter(connection)
            row = await connection.fetchrow(FETCH, parked_id)
            found(row)
            place = await connection.fetchrow(PLACE, address)
            assignable(place, row["assigned_territory_id"])
            intake.id, intake.kind, intake.source_id = row["import_id"], row["kind"], row["source_id"]
            await _staged(connection, row, place)
            await connection.execute(REMEMBER, row["source_id"], row["place"], place["country_id"], place["id"])
            await connection.execute(ASSIGN, parked_id, place["id"], place["country_id"], reading.at)
        kept = Observations if intake.kind == "observations" else Populations
        await keeping.keep_chunk(connection, intake, kept, 0)
        await staging.clear(connection)


async def _staged(connection: asyncpg.Connection, row: asyncpg.Record, place: asyncpg.Record) -> None:
    await connection.execute(STAGE, row["rows"])
    await connection.execute("insert into placed values (0, $1, '', '', $2, $3, '', false)", row["place"], place["id"], place["country_id"])
    await connection.execute(staging.CELLS.format(chunk=10**9))
