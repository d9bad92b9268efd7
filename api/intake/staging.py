"""The temporary tables of one import: what the file states, which places it names, which values that sums up to.

COPY into a table with row security is refused by PostgreSQL; the upsert from these tables passes it.
"""

import asyncio
from collections.abc import AsyncIterator

import asyncpg

from api.intake.checking import INDICATORS, NO_REASONS, REASONS, checks
from api.intake.placing import ASSIST, BY_NAME, MAY, PLACED, WITHIN, Lookup
from api.intake.upload import Intake, Upload
from api.readers import Cell, Reader, words

CHUNK = 50_000
"""Most values of one transaction."""
TABLES = (
    "create temp table staged (row_number int, place int, indicator text, period_on date, frequency text, value numeric, problem text,"
    " dims text default '', status text default 'A')",
    "create temp table named (place int, key text, code text, name text, scheme text, admin1 text, country text, unspecified boolean)",
    "create temp table placed (place int, key text, code text, name text, territory_id int, country_id int, verdict text,"
    " assisted boolean, said boolean)",
    "create temp table cells (territory_id int, country_id int, indicator_id int, period_on date, frequency text, dims text, value numeric,"
    " status text, rows int[], assisted boolean, chunk int)",
    "create temp table yearly (territory_id int, indicator_id int, year int, total numeric, months int)",
)
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


NULL = "\\N"


def _line(cell: Cell) -> str:
    row, place, indicator, period, frequency, value, problem, dims, status = cell
    said = NULL if value is None else value
    return f"{row}\t{place}\t{indicator}\t{period}\t{frequency}\t{said}\t{problem}\t{dims}\t{status}\n"


async def _lines(reader: Reader, upload: Upload) -> AsyncIterator[bytes]:
    """The cells as COPY takes them. Reading is done in a thread, a piece at a time, so that others are answered meanwhile."""
    pieces = reader.cells(upload.file)

    def piece() -> bytes | None:
        cells = next(pieces, None)
        return None if cells is None else "".join(map(_line, cells)).encode()

    while (lines := await asyncio.to_thread(piece)) is not None:
        if lines:
            yield lines


async def _places(reader: Reader) -> AsyncIterator[bytes]:
    """The places of the file as COPY takes them."""
    for place, number in reader.tally.places.items():
        said = (str(number), place.key, place.code, place.name, place.scheme, place.admin1, place.country)
        unspecified = "t" if words.is_unspecified(place.name or place.code) else "f"
        yield ("\t".join([*(part.translate(ESCAPES) for part in said), unspecified]) + "\n").encode()


CELLS = """insert into cells
    select *, ((row_number() over (order by territory_id, indicator_id, period_on)) - 1) / {chunk} from (
      select p.territory_id, p.country_id, coalesce(i.id, 0) as indicator_id, s.period_on, s.frequency, s.dims, sum(s.value) as value,
             min(s.status) as status, array_agg(s.row_number order by s.row_number) as rows, bool_or(p.assisted) as assisted
      from staged s join placed p on p.place = s.place left join indicator i on i.code = s.indicator
      where s.problem = '' and p.verdict = '' group by 1, 2, 3, 4, 5, 6) t"""


YEARLY = """insert into yearly select territory_id, indicator_id, extract(year from period_on)::int, sum(value),
    sum(case frequency when 'M' then 1 when 'Q' then 3 else 12 end)::int from cells where dims = '' and value is not null
    group by 1, 2, 3"""
"""What the file says of each place and year, in how many months."""


async def stage(connection: asyncpg.Connection, intake: Intake, reader: Reader, upload: Upload, lookup: Lookup) -> int:
    """Fill the temporary tables: the file's cells, the places they name, the values they sum up to. Returns how many chunks there are."""
    await empty(connection)
    await connection.copy_to_table("staged", source=_lines(reader, upload), format="text")
    await connection.copy_to_table("named", source=_places(reader), format="text")
    await connection.execute("analyze staged")
    await connection.execute("analyze named")
    async with connection.transaction():
        await intake.enter(connection)
        await _place(connection, intake, lookup)
        known = await connection.fetch(INDICATORS, list(reader.tally.indicators))
        today = intake.at.date()
        # Residents are projected for years to come, and counted again for boundaries of before.
        reasons = dict(await connection.fetchrow(REASONS, today)) if intake.kind == "observations" else NO_REASONS
        for check in checks(known, reader, today, reasons):
            await connection.execute(check)
        await connection.execute(CELLS.format(chunk=10**9 if intake.whole else CHUNK))
    await connection.execute("create index on cells (chunk)")
    await connection.execute("analyze cells")
    await connection.execute(YEARLY)
    return int(await connection.fetchval("select coalesce(max(chunk) + 1, 0) from cells"))


async def _place(connection: asyncpg.Connection, intake: Intake, lookup: Lookup) -> None:
    """Say of each place of the file which territory it is, and whether the caller may write there."""
    within = await connection.fetchval(WITHIN, lookup.within)
    assist = ASSIST if intake.kind == "observations" else "false"
    statement = PLACED.format(may=MAY, assist=assist, by_name=BY_NAME[lookup.of])
    await connection.execute(statement, intake.source_id, within, lookup.digits)
    await connection.execute("analyze placed")


async def clear(connection: asyncpg.Connection) -> None:
    """Drop the temporary tables; those of an import that failed go with the next one on the same connection."""
    for table in TABLES:
        await connection.execute(f"drop table if exists {table.split()[3]}")


async def empty(connection: asyncpg.Connection) -> None:
    """The temporary tables, with nothing in them."""
    await clear(connection)
    for table in TABLES:
        await connection.execute(table)
