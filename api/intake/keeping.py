"""Writing the values of an import by set: revisions, values, summary and change records, a chunk a transaction."""

from collections.abc import Iterable
from typing import Any

import asyncpg

from api import db
from api.domain.indicator.catalogue import REDEFINED, as_sent
from api.domain.indicator.figures import DENOMINATORS, SUMMARISE
from api.domain.indicator.periods import told_as
from api.intake.computing import recomputed
from api.intake.upload import Intake
from api.pages.statements import Statement, prepared

FILE = """file as materialized (select array_agg(distinct territory_id) as places, min(period_on) as first, max(period_on) as last
    from cells)"""
"""Where a file lies."""


class Observations:
    """How values of observations are compared and kept. What an association drafts never replaces what the municipality or its country
    stated."""

    OLD = """select c.*, o.value as was, o.status as was_status, o.version, o.import_id as was_import, o.row_numbers as was_rows,
               o.assisted as was_assisted, o.recorded_by as was_by, o.recording_id as was_recording,
               o.territory_id is not null as there, {later} as later, o.territory_id is not null and (o.assisted or not c.assisted)
               and (o.value is distinct from c.value or o.status <> c.status or o.assisted <> c.assisted) as unlike
             from cells c left join observation o on o.territory_id = c.territory_id and o.indicator_id = c.indicator_id
               and o.source_id = {source} and o.period_on = c.period_on and o.frequency = c.frequency and o.dims = c.dims
               and o.territory_id = any({places}) and o.period_on between {first} and {last} where c.chunk = {chunk}"""
    REVISE = """insert into observation_revision (territory_id, indicator_id, source_id, period_on, frequency, dims, revision,
                  country_id, value, status, assisted, import_id, row_numbers, recorded_by, recording_id, replaced_at, replaced_by,
                  replaced_import_id, replaced_recording_id)
                select territory_id, indicator_id, {source}, period_on, frequency, dims, version,
                  country_id, was, was_status, was_assisted, was_import, was_rows, was_by, was_recording, {at}, {who}, {id}, {recording}
                from old where differs"""
    KEEP = """insert into observation as o (territory_id, indicator_id, source_id, period_on, frequency, dims,
                country_id, value, status, assisted, import_id, row_numbers, recording_id, version, created_at, updated_at)
              select territory_id, indicator_id, {source}, period_on, frequency, dims,
                country_id, value, status, assisted, {id}, rows, {recording}, 1, {at}, {at} from old where differs or not there
              on conflict (territory_id, indicator_id, source_id, period_on, frequency, dims) do update
                set value = excluded.value, status = excluded.status, import_id = excluded.import_id, row_numbers = excluded.row_numbers,
                    assisted = excluded.assisted, recorded_by = null, recording_id = excluded.recording_id, version = o.version + 1,
                    updated_at = excluded.updated_at"""
    YEARS = """o.source_id = {source} and o.period_on >= make_date(date_part('year', {first})::int, 1, 1)
                 and o.period_on <= make_date(date_part('year', {last})::int, 12, 31)"""
    TOUCHED = f"""(select o.* from observation o where {YEARS} and o.territory_id = any({{places}})
                    and (o.territory_id, o.indicator_id, date_part('year', o.period_on))
                      in (select c.territory_id, c.indicator_id, date_part('year', c.period_on) from cells c where c.chunk = {{chunk}}))"""
    SUMMARY = (
        SUMMARISE.replace("{rows}", TOUCHED),
        f"""with gone as materialized (select distinct territory_id, indicator_id, date_part('year', period_on)::int as year
              from cells where chunk = {{chunk}} and value is null)
            delete from figure f using gone g where f.source_id = {{source}} and f.territory_id = g.territory_id
              and f.indicator_id = g.indicator_id and f.year = g.year
              and not exists (select from observation o where {YEARS} and o.territory_id = g.territory_id
                and o.indicator_id = g.indicator_id and date_part('year', o.period_on) = g.year
                and o.value is not null and o.dims = '' and not o.assisted)""",
    )
    """The second: a year of which nothing is reported any more has no figure. It begins with what the file takes back, which is mostly
    nothing: left to the planner it began with every figure of the source, on a table it knew nothing of yet (measured: 17 s a chunk)."""
    CORRECTED = f"""with {FILE} select 'corrected-before' as code, i.code as indicator, c.territory_id, t.name as territory,
               {told_as(of="c")} as period,
               c.value::float8 as value, o.value::float8 as known, s.code as source,
               extract(year from c.period_on)::int as year, c.rows[1:100] as rows
             from (select distinct territory_id, indicator_id, period_on, frequency, dims, value, status from observation_revision
               where source_id = $1 and territory_id = any((select places from file)::int[]) and period_on
               between (select first from file) and (select last from file)) r
             join cells c on c.territory_id = r.territory_id and c.indicator_id = r.indicator_id and c.period_on = r.period_on
               and c.frequency = r.frequency and c.dims = r.dims and c.status = r.status and c.value is not distinct from r.value
             join observation o on o.territory_id = r.territory_id and o.indicator_id = r.indicator_id and o.source_id = $1
               and o.period_on = r.period_on and o.frequency = r.frequency and o.dims = r.dims and (o.assisted or not c.assisted)
               and (o.status <> c.status or o.value is distinct from c.value)
             join indicator i on i.id = c.indicator_id join source s on s.id = $1 join territory t on t.id = c.territory_id
             order by c.rows limit 20"""
    """What the file says that stood there once and was corrected. Found from the revisions, of which most places have none."""
    CHANGED = """select case when app.is_municipality(territory_id) then territory_id else 0 end as municipality_id, country_id,
                   jsonb_build_object('values', count(*), 'from', min(period_on), 'to', max(period_on)) as body
                 from cells where chunk = $6 group by 1, 2"""


class Populations:
    """How residents are compared and kept: a newer number replaces the older of the same source and year, with a new version."""

    OLD = """select c.*, o.value as was, o.version, o.import_id as was_import, o.row_number as was_row, o.recording_id as was_recording,
               o.territory_id is not null as there, {later} as later, o.territory_id is not null and o.value <> c.value as unlike
             from cells c left join population o on o.territory_id = c.territory_id
               and o.year = extract(year from c.period_on) and o.source_id = {source}
             where c.chunk = {chunk}"""
    REVISE = """insert into population_revision (territory_id, year, source_id, revision, country_id, value, import_id, row_number,
                  recording_id, replaced_at, replaced_by, replaced_import_id, replaced_recording_id)
                select territory_id, extract(year from period_on)::int, {source}, version, country_id, was, was_import, was_row,
                  was_recording, {at}, {who}, {id}, {recording} from old where differs"""
    KEEP = """insert into population as o (territory_id, year, source_id, country_id, value, import_id, row_number, recording_id, version,
                created_at, updated_at)
              select territory_id, extract(year from period_on)::int, {source}, country_id, value::bigint, {id}, rows[1], {recording}, 1,
                {at}, {at} from old where differs or not there
              on conflict (territory_id, year, source_id) do update
                set value = excluded.value, import_id = excluded.import_id, row_number = excluded.row_number,
                recording_id = excluded.recording_id, version = o.version + 1, updated_at = excluded.updated_at"""
    SUMMARY = (
        "delete from denominator d where d.territory_id = any({places})",
        f"""insert into denominator (territory_id, from_year, to_year, country_id, value, population_year, source_id)
            {DENOMINATORS.replace("{rows}", "(select * from population where territory_id = any({places}))")}""",
    )
    CORRECTED = f"""with {FILE} select 'corrected-before' as code, 'population' as indicator, r.year::text as period, r.territory_id,
               t.name as territory, c.value::float8 as value, o.value::float8 as known, s.code as source, r.year, c.rows[1:100] as rows
             from (select distinct territory_id, year, value from population_revision
               where source_id = $1 and territory_id = any((select places from file)::int[])) r
             join cells c on c.territory_id = r.territory_id and extract(year from c.period_on) = r.year and c.value = r.value
             join population o on o.territory_id = r.territory_id and o.source_id = $1 and o.year = r.year and o.value <> r.value
             join source s on s.id = $1 join territory t on t.id = r.territory_id order by c.rows limit 20"""
    CHANGED = Observations.CHANGED


Kept = type[Observations] | type[Populations]
COMPARED = "select x.*, x.unlike and not x.later as differs, x.unlike and x.later as kept from ({}) x"
LATER = "coalesce(o.updated_at > {since} and (o.import_id is null or o.import_id <> all({same})), false)"
"""Of a file that came in before: whether something else was stated since, by whomever. It is a correction, and stands."""
COUNT = """select count(*) filter (where not there) as created, count(*) filter (where differs) as changed,
           count(*) filter (where there and not unlike) as unchanged, count(*) filter (where kept) as kept,
           (select coalesce(array_agg(distinct r), array[]::int[]) from old, unnest(rows) r where kept) as superseded from old"""


BOUNDS = """select array_agg(distinct territory_id) as places, min(period_on) as first, max(period_on) as last,
            array_agg(distinct country_id) as countries, nextval('recording_number') as recording from cells where chunk = $1"""
TYPED = {
    name: f"{{{name}}}::{kind}"
    for name, kind in (
        *(("source", "int"), ("chunk", "int"), ("id", "uuid"), ("at", "timestamptz"), ("who", "uuid")),
        *(("places", "int[]"), ("first", "date"), ("last", "date"), ("recording", "bigint")),
        *(("since", "timestamptz"), ("same", "uuid[]")),
    )
}


DEFINED = """select pg_advisory_xact_lock_shared(hashtextextended('indicator ' || c.indicator_id, 0))
    from (select distinct indicator_id from cells where chunk = $1 order by 1) c"""
"""Whoever changes a definition holds the same lock alone (db.fetch)."""
CHANGED_SINCE = f"""select i.code from indicator i where i.id in (select c.indicator_id from cells c where c.chunk = $1)
    and {REDEFINED.format(since="$2")}"""
Standing = Iterable[tuple[str, Any]]
"""Statements over the cells, with their second parameter; the first is the source."""


async def keep_chunk(connection: asyncpg.Connection, intake: Intake, kept: Kept, chunk: int, standing: Standing = ()) -> None:
    """Write one chunk: revisions, values, summary, change records, in one transaction. A dry run only counts; what is there already is left
    alone, with its summary and without a change record. `standing` first brings the cells together with what stands."""
    async with connection.transaction():
        await intake.enter(connection)
        if kept is Observations:
            await connection.execute(DEFINED, chunk)
            as_sent(r["code"] for r in await connection.fetch(CHANGED_SINCE, chunk, intake.sent_at or intake.at))
        # Two imports of one source take turns, chunk by chunk: the second one compares with what the first has written. Residents of a
        # place are weighed against each other whatever their source, so all imports of them do.
        turn = intake.source_id if kept is Observations else 0
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, $2))", intake.kind, turn)
        for statement, known_by in standing:
            await connection.execute(statement, intake.source_id, known_by)
        # A chunk says itself where it lies: else PostgreSQL compares it with every value of the source (measured: 3 s a chunk, now 0.9).
        known = dict(await connection.fetchrow(BOUNDS, chunk)) | {"source": intake.source_id, "chunk": chunk}
        known |= {"id": intake.id, "at": intake.at, "who": intake.principal}
        counts = await _count_and_keep(connection, known, kept, intake)
        for name in intake.counts:
            intake.counts[name] += counts[name]
        intake.superseded.update(counts["superseded"])
        if intake.dry_run or not (counts["created"] or counts["changed"]):
            return
        for summary in map(_prepared, kept.SUMMARY):
            await connection.execute(summary.sql, *summary.values(known))
        await db.keep_many(connection, intake, intake.kind, str(intake.id), kept.CHANGED, chunk)
        if kept is Observations:
            part = (known["places"], known["first"].year, known["last"].year)
            await recomputed(connection, intake, known["recording"], part)
        await connection.execute(RECORDED, known["recording"], known["countries"])


RECORDED = "select app.record($1, c) from unnest($2::int[]) c"
"""Last of all: whoever records next waits for this transaction's end."""


def _prepared(sql: str) -> Statement:
    return prepared(sql.format(**TYPED))


async def _count_and_keep(connection: asyncpg.Connection, known: dict[str, Any], kept: Kept, intake: Intake) -> asyncpg.Record:
    known |= {"since": intake.before[0], "same": intake.before[1]} if intake.before else {}
    old = COMPARED.replace("{}", kept.OLD.replace("{later}", LATER if intake.before else "false"))
    steps = [f"old as materialized ({old})"]
    if not intake.dry_run:
        steps.append(f"revised as ({kept.REVISE} returning 1)")
        steps.append(f"kept as ({kept.KEEP} returning 1)")
    statement = _prepared(f"with {', '.join(steps)} {COUNT}")
    return await connection.fetchrow(statement.sql, *statement.values(known))
