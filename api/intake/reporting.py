"""What came of an import: every row accounted for, grouped by reason, kept with the import and readable for good."""

from typing import Any
from uuid import uuid5

import asyncpg

from api.domain.fields import new_id
from api.domain.indicator.imports import ImportState, Report, RowError
from api.idempotency import same
from api.intake.placing import BORN, INSTEAD, NEAR, OUTSIDE
from api.intake.upload import Before, Intake, Upload
from api.readers import Tally

WORDS = {
    "columns-short": "The row has fewer columns than the header.",
    "year-invalid": "The year is not a year.",
    "month-invalid": "The month is not a month.",
    "period-invalid": "The period is none: write 2024, 2024-Q1, 2024-01 or Enero 2024.",
    "number-invalid": "A cell that must hold a number holds something else.",
    "formula": "A cell holds a formula, or an error, and not its value; save the file with values.",
    "value-negative": "A count cannot be negative.",
    "value-or-status": "Without a value the status is M (missing) or Q (suppressed), and only then.",
    "status-unknown": "The status is none of A, B, E, P, M, Q (SDMX).",
    "dims-invalid": "The breakdown is none: write sex=F;age=15-24.",
    "breakdown-unknown": "A word of a breakdown is not in the layout; it must be added there before it can be counted.",
    "indicator-missing": "The row names no indicator.",
    "indicator-unknown": "There is no such indicator; see GET /v1/indicators.",
    "indicator-computed": "This indicator is computed here; nobody states it.",
    "count-not-whole": "A count is a whole number; write 1234 or 1,234.",
    "percent-over-100": "A percentage is at most 100.",
    "stated-twice": "The file states this value more than once; one of the rows must be wrong.",
    "rate-differs": "The stated rate does not follow from count and residents.",
    "population-missing": "The row states no number of residents.",
    "place-missing": "The row names no place.",
    "place-aggregate": "The row is about several places at once, and no place of its own.",
    "place-not-yours": "You may not write figures of this place; ask whoever manages it.",
    "place-not-then": "The place did not exist in that period; see `candidates` for what did.",
    "period-to-come": "The period has not begun.",
    "place-unknown": "No one place has this code or name; assign it: POST /v1/parked/{id}/assign.",
    "total-row": "The row sums up others.",
    "note-line": "A line of text below the table.",
    "other-indicator": "The row is about something that this reader does not take.",
    "corrected-since": "The file came in before, and a value of the row was corrected since: it stays; restate=true replaces it.",
    "blank-row": "Every period of the row is blank: not yet reported.",
}
"""Why a row was refused, parked or passed over."""
GROUPS = """
with bad as (
  select s.problem as code, s.row_number, nullif(trim(n.code || ' ' || n.name), '') as place from staged s
  left join named n on n.place = s.place where s.problem <> ''
  union select p.verdict, s.row_number, nullif(trim(p.code || ' ' || p.name), '') from staged s join placed p on p.place = s.place
  where p.verdict <> '' and s.problem = '')
select code, count(distinct row_number) as count, (array_agg(distinct row_number order by row_number))[1:100] as rows,
       coalesce((array_agg(distinct place order by place) filter (where place is not null))[1:100], '{}') as places from bad group by code
       order by code"""
USED = """select count(*) as used, count(*) filter (where summed) as summed from (
            select r, bool_or(cardinality(c.rows) > 1) as summed from cells c, unnest(c.rows) r group by r) x where r <> all($1::int[])"""
TOTALS = """select coalesce(i.code, 'population') as code, y.year::text as year, sum(y.total)::float8 as total
            from yearly y left join indicator i on i.id = y.indicator_id group by 1, 2 order by 1, 2"""
CANDIDATES = f"""select n.name, {NEAR} as found from (select distinct name, app.name_key(name) as key, null::int as country from placed
    where verdict = 'place-unknown' and name <> '' order by 1 limit 100) n"""
THEN = f"""select x.name, {INSTEAD.format(b="x", on="x.period_on", frequency="x.frequency")} as found from (
      select distinct on (p.place) trim(p.code || ' ' || p.name) as name, b.id, s.period_on, s.frequency
      from staged s join placed p on p.place = s.place join {BORN} b on b.id = p.territory_id
      where s.problem = 'place-not-then' and {OUTSIDE.format(b="b", on="s.period_on", frequency="s.frequency")}
      order by p.place, s.period_on limit 100) x"""
"""What existed then."""


async def reported(connection: asyncpg.Connection, intake: Intake, tally: Tally) -> Report:
    """The report, from the temporary tables."""
    groups = await connection.fetch(GROUPS)
    by_code = {g["code"]: g["count"] for g in groups}
    candidates = {"place-unknown": {r["name"]: r["found"] or [] for r in await connection.fetch(CANDIDATES)}}
    if "place-not-then" in by_code:
        candidates["place-not-then"] = {r["name"]: r["found"] for r in await connection.fetch(THEN)}
    totals: dict[str, dict[str, float]] = {}
    for row in await connection.fetch(TOTALS):
        totals.setdefault(row["code"], {})[row["year"]] = row["total"]
    parked = by_code.pop("place-unknown", 0)
    return Report(
        rows_in=tally.rows_in,
        rows_used=0,
        rows_parked=parked,
        rows_refused=sum(by_code.values()),
        rows_ignored=sum(tally.ignored_counts.values()),
        values=await connection.fetchval("select count(*) from cells"),
        not_yet_reported=tally.blank,
        codes_healed=tally.healed,
        header_row=tally.header_row,
        sheet=tally.sheet,
        errors=[_error(g, candidates) for g in groups],
        ignored=[_ignored(tally, code) for code in sorted(tally.ignored)],
        totals=totals,
        created=0,
        changed=0,
        unchanged=0,
    ).model_copy(update=await _used(connection, []))


async def _used(connection: asyncpg.Connection, superseded: list[int]) -> dict[str, int]:
    """How many rows values are made of, those aside of which a value was superseded."""
    used = await connection.fetchrow(USED, superseded)
    return {"rows_used": used["used"], "rows_stored": used["used"] - used["summed"], "rows_summed": used["summed"]}


async def _settled(connection: asyncpg.Connection, intake: Intake, report: Report) -> Report:
    """The report with what came of the values."""
    said: dict[str, Any] = dict(intake.counts)
    if rows := sorted(intake.superseded):
        why = RowError(code="corrected-since", detail=WORDS["corrected-since"], count=len(rows), rows=rows[:100])
        said |= await _used(connection, rows) | {"rows_superseded": len(rows), "superseded": [why]}
    return report.model_copy(update=said)


def _ignored(tally: Tally, code: str) -> RowError:
    return RowError(code=code, detail=WORDS[code], count=tally.ignored_counts[code], rows=tally.ignored[code])


def _error(group: Any, candidates: dict[str, dict[str, list[str]]]) -> RowError:
    found = candidates.get(group["code"], {})
    return RowError(
        code=group["code"], detail=WORDS[group["code"]], count=group["count"], rows=group["rows"], places=group["places"], candidates=found
    )


BEGIN = """insert into import (id, principal_id, country_id, kind, reader, source, file_name, file_sha256, bytes, dry_run, state, report,
created_at, updated_at)
           values ($1, $2, coalesce((select case when count(distinct country_id) = 1 then min(country_id) end from cells), 0), $3, $4, $5,
           $6, $7, $8, $9, 'running', $10, $11, $11)"""
END = "update import set state = $2, report = $3, version = version + 1, updated_at = $4 where id = $1"


BEFORE = """select min(created_at) as since, array_agg(id) as same from import where file_sha256 = $1 and kind = $2 and reader = $3
    and source = $4 and not dry_run and state in ('done', 'running')"""


async def before(connection: asyncpg.Connection, intake: Intake, upload: Upload, said: tuple[str, str]) -> Before | None:
    """When this very file first came in of the same source in the same layout, and by which imports; None where it never did."""
    found = await connection.fetchrow(BEFORE, upload.sha256, intake.kind, *said)
    return (found["since"], found["same"]) if found["same"] else None


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
                # A held file that is now accepted goes on like one that was broken off.
                state = ImportState.RUNNING if known["state"] == ImportState.HELD and intake.accepted else known["state"]
                return same(known["same"], state, (f"/v1/imports/{intake.id}", 201))
        values = (intake.id, intake.principal, intake.kind, *said, upload.name, upload.sha256, upload.size, intake.dry_run)
        await connection.execute(BEGIN, *values, report.model_dump_json(), intake.at)


async def end(connection: asyncpg.Connection, intake: Intake, planned: Report) -> None:
    """Keep what came of it, and the rows whose place is not known yet."""
    report = await _settled(connection, intake, planned)
    held = intake.holds(report)
    state = ImportState.CHECKED if intake.dry_run else ImportState.HELD if held else ImportState.DONE
    async with connection.transaction():
        await intake.enter(connection)
        await connection.execute(END, intake.id, state, report.model_dump_json(), intake.at)
        if state == ImportState.DONE and report.rows_parked:
            await _park(connection, intake)


PARK = """select p.key as place, count(distinct s.row_number)::int as n,
            json_agg(json_build_array(s.row_number, s.indicator, s.period_on, s.frequency, s.value, s.dims, s.status)
              order by s.row_number, s.period_on)::text as rows
          from staged s join placed p on p.place = s.place where p.verdict = 'place-unknown' and s.problem = '' group by 1"""


BESIDE = """select coalesce(array_agg(distinct c.territory_id), '{}') from cells c join observation o
    on o.territory_id = c.territory_id and o.indicator_id = c.indicator_id and o.source_id = $1 and o.period_on = c.period_on
      and o.frequency = c.frequency and o.dims = c.dims and o.value = c.value and o.import_id is distinct from $2"""
"""Places of which the file repeats what stands: its values are not of this import, and yet it states them."""


async def _park(connection: asyncpg.Connection, intake: Intake) -> None:
    """Keep the rows of each unknown place; those that wait already, from the same file sent before, wait once."""
    of_values = intake.kind == "observations"
    beside = await connection.fetchval(BESIDE, intake.source_id, intake.id) if of_values else []
    for row in await connection.fetch(PARK):
        await connection.execute(
            """insert into parked (id, import_id, principal_id, country_id, source_id, place, row_count, rows, beside, created_at,
                 updated_at)
               select $1, $2, $3, i.country_id, $4, $5, $6, $7::jsonb, $9, $8, $8 from import i where i.id = $2
               and not exists (select from parked x where x.source_id = $4 and x.place = $5 and x.assigned_territory_id is null
                 and x.country_id = i.country_id and x.rows = $7::jsonb)""",
            new_id(), intake.id, intake.principal, intake.source_id, row["place"], row["n"], row["rows"], intake.at, beside,
        )  # fmt: skip
