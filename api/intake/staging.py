"""The temporary tables of one import: what the file states, which places it names, which values that sums up to.

COPY into a table with row security is refused by PostgreSQL; the upsert from these tables passes it.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from api.intake.upload import Intake, Upload
from api.readers import Cell, Reader, decoded

CHUNK = 50_000
"""Most values of one transaction."""
TABLES = (
    "create temp table staged (row_number int, place text, name text, indicator text, period_on date, frequency text, value numeric,"
    " problem text, dims text default '', status text default 'A')",
    "create temp table placed (place text, name text, territory_id int, country_id int, verdict text, assisted boolean)",
    "create temp table cells (territory_id int, country_id int, indicator_id int, period_on date, frequency text, dims text, value numeric,"
    " status text, rows int[], assisted boolean, chunk int)",
)
STAGED = ("row_number", "place", "name", "indicator", "period_on", "frequency", "value", "problem")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _line(cell: Cell) -> str:
    place, name = cell.place[:200].translate(ESCAPES), cell.name[:200].translate(ESCAPES)
    period = cell.period or "1900-01-01"  # A row with a problem states no period; the column still wants a day.
    return f"{cell.row}\t{place}\t{name}\t{cell.indicator}\t{period}\t{cell.frequency}\t{cell.value or 0}\t{cell.problem}\n"


async def _lines(reader: Reader, upload: Upload) -> AsyncIterator[bytes]:
    """The cells as COPY takes them. Reading is done in a thread, a piece at a time, so that others are answered meanwhile."""
    text = await asyncio.to_thread(decoded, upload.file)
    pieces = reader.cells(text)

    def piece() -> bytes | None:
        cells = next(pieces, None)
        return None if cells is None else "".join(map(_line, cells)).encode()

    while (lines := await asyncio.to_thread(piece)) is not None:
        if lines:
            yield lines


@dataclass(frozen=True)
class Places:
    """How the places of a file are looked up: by code, or by name inside one first level. `condition` finds municipality `f`."""

    join: str
    values: tuple[Any, ...]


def by_code(scheme: str) -> Places:
    return Places(
        """left join lateral (select e.thing::int as id from external_id e
           where e.noun = 'municipality' and e.scheme = $2 and e.value = p.place) f on true""",
        (scheme,),
    )


def by_name(country_id: int, admin1_id: int | None) -> Places:
    """A name is looked up where it is unique: among the current municipalities of one first level."""
    return Places(
        """left join lateral (select min(x.id) as id from municipality x where x.country_id = $2 and x.admin1_id is not distinct from $3
           and x.name_key = app.name_key(p.name) and x.status = 'current' having count(*) = 1) f on true""",
        (country_id, admin1_id),
    )


MAY = "m.country_id = any((select app.write_countries())::int[]) or m.id = any((select app.write_municipalities())::int[])"
ASSIST = "m.id = any((select app.assist_municipalities())::int[])"
"""An association may draft for a municipality that nobody runs; no figure counts a draft."""
PLACED = """insert into placed
    select p.place, p.name, m.id, m.country_id, case when m.id is null then 'place-unknown' when {may} then '' when {assist} then '' else
    'place-not-yours' end, coalesce(not ({may}), false)
    from (select distinct place, name from staged where problem = '') p {join}
    left join place_match k on k.source_id = $1 and k.place = p.place || '|' || p.name
      and k.country_id = any((select app.read_countries())::int[])
    left join municipality m on m.id = coalesce(k.territory_id, f.id)"""
CELLS = """insert into cells
    select *, ((row_number() over (order by territory_id, indicator_id, period_on)) - 1) / {chunk} from (
      select p.territory_id, p.country_id, coalesce(i.id, 0) as indicator_id, s.period_on, s.frequency, s.dims, sum(s.value) as value,
             min(s.status) as status, array_agg(s.row_number order by s.row_number) as rows, bool_or(p.assisted) as assisted
      from staged s join placed p on p.place = s.place and p.name = s.name left join indicator i on i.code = s.indicator
      where s.problem = '' and p.verdict = '' group by 1, 2, 3, 4, 5, 6) t"""


async def stage(connection: asyncpg.Connection, intake: Intake, reader: Reader, upload: Upload, places: Places) -> int:
    """Fill the temporary tables: the file's cells, the places they name, the values they sum up to. Returns how many chunks there are."""
    await empty(connection)
    await connection.copy_to_table("staged", source=_lines(reader, upload), columns=STAGED, format="text")
    await connection.execute("analyze staged")
    async with connection.transaction():
        await intake.enter(connection)
        assist = ASSIST if intake.kind == "observations" else "false"
        await connection.execute(PLACED.format(may=MAY, assist=assist, join=places.join), intake.source_id, *places.values)
        await connection.execute("analyze placed")
        await connection.execute(CELLS.format(chunk=10**9 if intake.whole else CHUNK))
    await connection.execute("create index on cells (chunk)")
    await connection.execute("analyze cells")
    return int(await connection.fetchval("select coalesce(max(chunk) + 1, 0) from cells"))


async def clear(connection: asyncpg.Connection) -> None:
    """Drop the temporary tables; those of an import that failed go with the next one on the same connection."""
    for table in TABLES:
        await connection.execute(f"drop table if exists {table.split()[3]}")


async def empty(connection: asyncpg.Connection) -> None:
    """The temporary tables, with nothing in them."""
    await clear(connection)
    for table in TABLES:
        await connection.execute(table)
