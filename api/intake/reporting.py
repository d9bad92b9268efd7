"""What came of an import: every row accounted for, grouped by reason, kept with the import and readable for good."""

from typing import Any
from uuid import uuid5

import asyncpg

from api.domain.fields import new_id
from api.domain.indicator.observations import Report, RowError
from api.idempotency import same
from api.intake.upload import Intake, Upload
from api.readers import Tally

WORDS = {
    "columns-short": "The row has fewer columns than the header.",
    "year-invalid": "The year is not a year.",
    "number-invalid": "A cell that must hold a number holds something else.",
    "value-negative": "A count cannot be negative.",
    "population-missing": "The row states no number of residents.",
    "place-not-yours": "You may not write figures of this place; ask whoever manages it.",
    "place-unknown": "No municipality has this code or name; assign it: POST /v1/parked/{id}/assign.",
}
GROUPS = """
with bad as (
  select problem as code, row_number, nullif(trim(place || ' ' || name), '') as place from staged where problem <> ''
  union select p.verdict, s.row_number, trim(p.place || ' ' || p.name) from staged s join placed p on p.place = s.place and p.name =
  s.name where p.verdict <> '' and s.problem = '')
select code, count(distinct row_number) as count, (array_agg(distinct row_number order by row_number))[1:100] as rows,
       coalesce((array_agg(distinct place order by place) filter (where place is not null))[1:100], '{}') as places from bad group by code
       order by code"""
USED = """select count(distinct s.row_number) from staged s join placed p on p.place = s.place and p.name = s.name where s.problem = ''
and p.verdict = ''"""
TOTALS = """select coalesce(i.code, 'population') as code, extract(year from c.period_on)::int::text as year, sum(c.value)::float8 as total
            from cells c left join indicator i on i.id = c.indicator_id group by 1, 2 order by 1, 2"""
CANDIDATES = """select p.name, array_agg(distinct m.id || ' ' || m.name || ' (' || coalesce(d.code, c.iso2) || ')') as found
    from placed p join municipality m on m.name_key = app.name_key(p.name) join country c on c.id = m.country_id left join admin1 d on
    d.id = m.admin1_id
    where p.verdict = 'place-unknown' and p.name <> '' group by 1 limit 100"""


async def reported(connection: asyncpg.Connection, intake: Intake, tally: Tally) -> Report:
    """The report, from the temporary tables."""
    groups = await connection.fetch(GROUPS)
    by_code = {g["code"]: g["count"] for g in groups}
    candidates = {r["name"]: r["found"] for r in await connection.fetch(CANDIDATES)}
    totals: dict[str, dict[str, float]] = {}
    for row in await connection.fetch(TOTALS):
        totals.setdefault(row["code"], {})[row["year"]] = row["total"]
    parked = by_code.pop("place-unknown", 0)
    return Report(
        rows_in=tally.rows_in,
        rows_used=await connection.fetchval(USED),
        rows_parked=parked,
        rows_refused=sum(by_code.values()),
        rows_ignored=tally.ignored,
        values=await connection.fetchval("select count(*) from cells"),
        not_yet_reported=tally.blank,
        codes_healed=tally.healed,
        errors=[_error(g, candidates) for g in groups],
        totals=totals,
        created=intake.counts["created"],
        changed=intake.counts["changed"],
        unchanged=intake.counts["unchanged"],
    )


def _error(group: Any, candidates: dict[str, list[str]]) -> RowError:
    found = candidates if group["code"] == "place-unknown" else {}
    return RowError(
        code=group["code"], detail=WORDS[group["code"]], count=group["count"], rows=group["rows"], places=group["places"], candidates=found
    )


BEGIN = """insert into import (id, principal_id, country_id, kind, reader, source, file_name, file_sha256, bytes, dry_run, state, report,
created_at, updated_at)
           values ($1, $2, coalesce((select case when count(distinct country_id) = 1 then min(country_id) end from cells), 0), $3, $4, $5,
           $6, $7, $8, $9, 'running', $10, $11, $11)"""
END = "update import set state = $2, report = $3, version = version + 1, updated_at = $4 where id = $1"


SAME = "select file_sha256 = $2 and kind = $3 and reader = $4 and source = $5 and dry_run = $6 as same, state from import where id = $1"


async def begin(connection: asyncpg.Connection, intake: Intake, upload: Upload, said: tuple[str, str | None], report: Report) -> None:
    """Keep that the import began, in a transaction of its own, before its first value; `said` is the reader and the source.

    With an Idempotency-Key the
    import's id follows from it: one that is done is replayed, one that was broken off goes on. Raises Replay, or Invalid
    where the key was used for another file.
    """
    async with connection.transaction():
        await intake.enter(connection)
        if upload.key is not None:
            intake.id = uuid5(intake.principal, upload.key)
            known = await connection.fetchrow(SAME, intake.id, upload.sha256, intake.kind, *said, intake.dry_run)
            if known is not None:
                return same(known["same"], known["state"], (f"/v1/imports/{intake.id}", 201))
        values = (intake.id, intake.principal, intake.kind, *said, upload.name, upload.sha256, upload.size, intake.dry_run)
        await connection.execute(BEGIN, *values, report.model_dump_json(), intake.at)


async def end(connection: asyncpg.Connection, intake: Intake, report: Report) -> None:
    """Keep what came of it, and the rows whose place is not known yet."""
    state = "checked" if intake.dry_run else "done"
    async with connection.transaction():
        await intake.enter(connection)
        await connection.execute(END, intake.id, state, report.model_dump_json(), intake.at)
        if not intake.dry_run and report.rows_parked:
            await _park(connection, intake)


PARK = """select p.place || '|' || p.name as place, count(distinct s.row_number)::int as n,
            json_agg(json_build_array(s.row_number, s.indicator, s.period_on, s.frequency, s.value) order by s.row_number,
            s.period_on)::text as rows
          from staged s join placed p on p.place = s.place and p.name = s.name where p.verdict = 'place-unknown' and s.problem = '' group
          by 1"""


async def _park(connection: asyncpg.Connection, intake: Intake) -> None:
    for row in await connection.fetch(PARK):
        await connection.execute(
            """insert into parked (id, import_id, principal_id, country_id, source_id, place, row_count, rows, created_at, updated_at)
               select $1, $2, $3, i.country_id, $4, $5, $6, $7, $8, $8 from import i where i.id = $2""",
            new_id(), intake.id, intake.principal, intake.source_id, row["place"], row["n"], row["rows"], intake.at,
        )  # fmt: skip
