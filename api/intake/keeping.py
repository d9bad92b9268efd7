"""Writing the values of an import by set: revisions, values, summary and change records, a chunk a transaction."""

from typing import Any

import asyncpg

from api import db
from api.domain.indicator.figures import RECOMPUTE
from api.intake.upload import Intake
from api.pages.statements import Statement, prepared


class Observations:
    """How values of observations are compared and kept. What an association drafts never replaces what the municipality or its country
    stated."""

    OLD = """select c.*, o.value as was, o.status as was_status, o.version, o.import_id as was_import, o.row_numbers as was_rows,
               o.municipality_id is not null as there, o.municipality_id is not null and (o.assisted or not c.assisted)
               and (o.value is distinct from c.value or o.status <> 'A' or o.assisted <> c.assisted) as differs
             from cells c left join observation o on o.municipality_id = c.municipality_id and o.indicator_id = c.indicator_id
               and o.source_id = {source} and o.period_on = c.period_on and o.frequency = c.frequency and o.dims = ''
               and o.municipality_id = any({places}) and o.period_on between {first} and {last} where c.chunk = {chunk}"""
    REVISE = """insert into observation_revision (municipality_id, indicator_id, source_id, period_on, frequency, dims, revision,
                  country_id, value, status, import_id, row_numbers, replaced_at, replaced_by, replaced_import_id)
                select municipality_id, indicator_id, {source}, period_on, frequency, '', version,
                  country_id, was, was_status, was_import, was_rows, {at}, {who}, {id} from old where differs"""
    KEEP = """insert into observation as o (municipality_id, indicator_id, source_id, period_on, frequency, dims,
                country_id, value, status, assisted, import_id, row_numbers, version, created_at, updated_at)
              select municipality_id, indicator_id, {source}, period_on, frequency, '',
                country_id, value, 'A', assisted, {id}, rows, 1, {at}, {at} from old where differs or not there
              on conflict (municipality_id, indicator_id, source_id, period_on, frequency, dims) do update
                set value = excluded.value, status = excluded.status, import_id = excluded.import_id, row_numbers = excluded.row_numbers,
                    assisted = excluded.assisted, version = o.version + 1, updated_at = excluded.updated_at"""
    TOUCHED = """(select o.* from observation o where o.source_id = {source} and o.municipality_id = any({places})
                    and o.period_on >= make_date(date_part('year', {first})::int, 1, 1)
                    and o.period_on <= make_date(date_part('year', {last})::int, 12, 31)
                    and (o.municipality_id, o.indicator_id, date_part('year', o.period_on))
                      in (select c.municipality_id, c.indicator_id, date_part('year', c.period_on) from cells c where c.chunk = {chunk}))"""
    FIGURE = """insert into figure (municipality_id, indicator_id, source_id, year, country_id, total, months, by_month) {recompute}
                on conflict (municipality_id, indicator_id, source_id, year) do update
                set total = excluded.total, months = excluded.months, by_month = excluded.by_month"""
    CHANGED = """select municipality_id, country_id,
                   jsonb_build_object('values', count(*), 'from', min(period_on), 'to', max(period_on)) as body
                 from cells where chunk = $6 group by 1, 2"""


class Populations:
    """How residents are compared and kept: a newer number replaces the older of the same source and year, with a new version."""

    OLD = """select c.*, o.municipality_id is not null as there, o.municipality_id is not null and o.value <> c.value as differs
             from cells c left join population o on o.municipality_id = c.municipality_id
               and o.year = extract(year from c.period_on) and o.source_id = {source}
             where c.chunk = {chunk}"""
    KEEP = """insert into population as o (municipality_id, year, source_id, country_id, value, import_id, row_number, version,
    created_at, updated_at)
              select municipality_id, extract(year from period_on)::int, {source}, country_id, value::bigint, {id}, rows[1], 1, {at}, {at}
              from old where differs or not there
              on conflict (municipality_id, year, source_id) do update
                set value = excluded.value, import_id = excluded.import_id, row_number = excluded.row_number, version = o.version + 1,
                updated_at = excluded.updated_at"""
    REVISE = TOUCHED = FIGURE = ""
    CHANGED = Observations.CHANGED


Kept = type[Observations] | type[Populations]
COUNT = """select count(*) filter (where not there) as created, count(*) filter (where differs) as changed,
           count(*) filter (where there and not differs) as unchanged from old"""


BOUNDS = """select array_agg(distinct municipality_id) as places, min(period_on) as first, max(period_on) as last
            from cells where chunk = $1"""
TYPED = {
    name: f"{{{name}}}::{kind}"
    for name, kind in (
        *(("source", "int"), ("chunk", "int"), ("id", "uuid"), ("at", "timestamptz"), ("who", "uuid")),
        *(("places", "int[]"), ("first", "date"), ("last", "date")),
    )
}


async def keep_chunk(connection: asyncpg.Connection, intake: Intake, kept: Kept, chunk: int) -> None:
    """Write one chunk: revisions, values, summary, change records, in one transaction. A dry run only counts; what is there already is left
    alone, with its summary and without a change record."""
    async with connection.transaction():
        await intake.enter(connection)
        # Two imports of one source take turns, chunk by chunk: the second one compares with what the first has written.
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, $2))", intake.kind, intake.source_id)
        # A chunk says itself where it lies: else PostgreSQL compares it with every value of the source (measured: 3 s a chunk, now 0.9).
        known = dict(await connection.fetchrow(BOUNDS, chunk)) | {"source": intake.source_id, "chunk": chunk}
        known |= {"id": intake.id, "at": intake.at, "who": intake.principal}
        counts = await _count_and_keep(connection, known, kept, intake.dry_run)
        for name in intake.counts:
            intake.counts[name] += counts[name]
        if intake.dry_run or not (counts["created"] or counts["changed"]):
            return
        if kept.FIGURE:
            summary = _prepared(kept.FIGURE.replace("{recompute}", RECOMPUTE.replace("{rows}", kept.TOUCHED)))
            await connection.execute(summary.sql, *summary.values(known))
        await db.keep_many(connection, intake, intake.kind, str(intake.id), kept.CHANGED, chunk)


def _prepared(sql: str) -> Statement:
    return prepared(sql.format(**TYPED))


async def _count_and_keep(connection: asyncpg.Connection, known: dict[str, Any], kept: Kept, dry_run: bool) -> asyncpg.Record:
    steps = [f"old as materialized ({kept.OLD})"]
    if not dry_run:
        steps += [f"revised as ({kept.REVISE} returning 1)"] if kept.REVISE else []
        steps.append(f"kept as ({kept.KEEP} returning 1)")
    statement = _prepared(f"with {', '.join(steps)} {COUNT}")
    return await connection.fetchrow(statement.sql, *statement.values(known))
