"""Parked rows: kept whole until somebody says which place a source means; the answer is remembered for the next file of that source."""

from uuid import UUID

import asyncpg

from api.access import Reading
from api.domain.fields import found
from api.domain.indicator.imports import Assignment, assignable
from api.domain.indicator.periods import existed
from api.intake import keeping, staging
from api.intake.keeping import Observations, Populations
from api.intake.placing import BORN, INSTEAD, OUTSIDE
from api.intake.upload import Intake

SEEN = "(t.country_id = any((select app.read_countries())::int[]) or t.principal_id = (select app.principal()))"
FETCH = f"""select t.id, t.import_id, t.source_id, t.place, t.rows, t.country_id, t.assigned_territory_id, t.version, i.kind,
    i.created_at as sent_at from parked t join import i on i.id = t.import_id where {{}} and {SEEN} order by i.created_at, t.id"""
ONE = FETCH.format("t.id = $1")
WAITING = FETCH.format("t.source_id = $1 and t.place = $2 and t.country_id = $3 and t.assigned_territory_id is null")
PLACE = """select t.id, t.country_id, t.country_id = any((select app.write_countries())::int[]) as may from territory t
    where t.id = case when $1::text <> '' then app.municipality_of($1) else app.territory_of($2::text) end"""
STAGE = """insert into staged select r[1]::int, 0, r[2], r[3]::date, r[4], r[5]::numeric, '', coalesce(r[6], ''), coalesce(r[7], 'A')
    from jsonb_array_elements($1::jsonb) e, lateral (select array(select jsonb_array_elements_text(e)) as r) x"""
STANDING = """from observation o left join import i on i.id = o.import_id where o.territory_id = c.territory_id
    and o.indicator_id = c.indicator_id and o.source_id = $1 and o.period_on = c.period_on and o.frequency = c.frequency
    and o.dims = c.dims"""
NEWER = f"delete from cells c using (select) one where exists (select {STANDING} and coalesce(i.created_at, o.updated_at) > $2)"
"""What was stated after the file was sent stands."""
SAID = "exists (select from parked p where p.import_id = $2 and o.territory_id = any(p.beside))"
"""Whether the file states the place itself, as it stood already: then the value is of an earlier file, or of a person."""
ADDED = f"""update cells c set value = o.value + case when o.import_id = $2 and o.row_numbers && c.rows then 0 else c.value end,
    rows = case when o.import_id is distinct from $2 then c.rows when o.row_numbers && c.rows then o.row_numbers
      else array(select x from unnest(o.row_numbers || c.rows) x order by x) end
    {STANDING.replace("left join import i on i.id = o.import_id", "join indicator n on n.id = o.indicator_id and n.unit = 'count'")}
    and (o.import_id = $2 or {SAID}) and o.value is not null and c.value is not null"""
"""Several names of one file may mean one place: their rows add up, each once."""
THEN = f"""select {INSTEAD.format(b="b", on="c.period_on", frequency="c.frequency")} from cells c join {BORN} b on b.id = c.territory_id
    where {OUTSIDE.format(b="b", on="c.period_on", frequency="c.frequency")} order by c.period_on limit 1"""
REMEMBER = """insert into place_match (source_id, place, country_id, territory_id) values ($1, $2, $3, $4)
    on conflict (source_id, place, country_id) do update set territory_id = excluded.territory_id"""
ASSIGN = "update parked set assigned_territory_id = $2, country_id = $3, version = version + 1, updated_at = $4 where id = $1"


async def assign(reading: Reading, parked_id: UUID, body: Assignment) -> None:
    """Say that parked rows are of one place, and take them in, with those that wait for the same word. Repeating it is safe.

    Raises NotFound where they are not seen, Invalid where the place is not known, NotAllowed where its country is not the caller's to
    write, Conflict where they were assigned to another one.
    """
    assert reading.credential is not None
    meant = body.meant()
    intake = Intake(reading.house, reading.credential, reading.request_id, reading.at, "observations", False, True)
    async with reading.house.doors.imports.acquire() as connection:
        async with connection.transaction():
            await intake.enter(connection)
            row = await connection.fetchrow(ONE, parked_id)
            found(row)
            place = await connection.fetchrow(PLACE, *meant)
            assignable(place, row["assigned_territory_id"])
            waiting = await connection.fetch(WAITING, row["source_id"], row["place"], row["country_id"])
        for each in sorted({r["id"]: r for r in (row, *waiting)}.values(), key=lambda r: r["sent_at"]):
            await _take_in(connection, intake, each, place)


async def _take_in(connection: asyncpg.Connection, intake: Intake, row: asyncpg.Record, place: asyncpg.Record) -> None:
    """Keep the rows, then that they are: whoever is broken off in between repeats it."""
    await staging.empty(connection)
    async with connection.transaction():
        await intake.enter(connection)
        intake.id, intake.kind, intake.source_id = row["import_id"], row["kind"], row["source_id"]
        intake.sent_at = row["sent_at"]
        await connection.execute(STAGE, row["rows"])
        staged = "insert into placed values (0, $1, '', '', $2, $3, '', false, true)"
        await connection.execute(staged, row["place"], place["id"], place["country_id"])
        await connection.execute(staging.CELLS.format(chunk=10**9))
        if row["kind"] == "observations":
            existed(await connection.fetchval(THEN), pointer="/municipality")
    kept, standing = (
        (Observations, [(NEWER, row["sent_at"]), (ADDED, row["import_id"])]) if row["kind"] == "observations" else (Populations, [])
    )
    await keeping.keep_chunk(connection, intake, kept, 0, standing)
    async with connection.transaction():
        await intake.enter(connection)
        await connection.execute(REMEMBER, row["source_id"], row["place"], place["country_id"], place["id"])
        await connection.execute(ASSIGN, row["id"], place["id"], place["country_id"], intake.at)
    await staging.clear(connection)
