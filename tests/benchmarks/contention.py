"""Four imports for one country at once through the whole door, of two offices that speak of the same places and years.

They meet in everything: the same source twice, the same places, the same partitions, and one computed indicator that counts a place once
whichever office reported it.
"""

import asyncio
import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks import imports
from tests.benchmarks.bench import Bench
from tests.benchmarks.region import Size
from tests.benchmarks.table import Bound, Row

TIMES = 4.5
"""How many times one import four at once may take, in CPU and by the clock."""
YEARS = (2001, 2002)
ALONE = 2004
SOURCES = ("sesnsp", "mx-sinaloa")
PATH = "/v1/imports/observations?reader=sesnsp&source={}&accept_warnings=true"
KEPT = """select count(*) as n, sum(o.value)::int as total from observation o join source s on s.id = o.source_id
    where s.code = $1 and o.period_on between make_date($2, 1, 1) and make_date($2, 12, 31) and o.country_id = 484"""
SUMMED = """select sum(f.total)::int from figure f join source s on s.id = f.source_id
    where s.code = $1 and f.year = $2 and f.country_id = 484"""
COUNTED = """select count(*) filter (where frequency = 'Q') as quarters, count(*) filter (where frequency = 'A') as years from observation
    where source_id = 9 and value = 1 and period_on between make_date($1, 1, 1) and make_date($1, 12, 31) and country_id = 484"""


async def _file(bench: Bench, size: Size, path: Path, year: int, more: int) -> int:
    """One year of every place of an import of `size`, in a file; returns its values."""
    rows = 2 * -(-size.import_rows // (2 * size.import_years))
    return await imports.write_file(bench, replace(size, import_years=1, import_rows=rows), path, more, year + 1)


def _total(path: Path) -> int:
    """The sum of the file's counts, and of nothing that was stored."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return sum(int(count) for row in rows for count in row[len(imports.HEADER) :])


async def _taken(bench: Bench, path: Path, source: str, values: int) -> None:
    answer: dict[str, Any] = (await bench.ask("country", PATH.format(source), imports.pieces(path))).json()
    report = answer["report"]
    assert (answer["state"], report["values"], report["created"]) == ("done", values, values), answer["state"]


async def measured(bench: Bench, size: Size, folder: Path) -> tuple[list[Row], list[Bound]]:
    """One import alone, then four at once. Fails unless every value, every sum and every computed count is exact."""
    await bench.enter("country")
    alone = folder / "alone.csv"
    values = await _file(bench, size, alone, ALONE, 0)
    with bench.meter.measured() as one:
        await _taken(bench, alone, SOURCES[0], values)
    parts = {(source, year): folder / f"{source}-{year}.csv" for source in SOURCES for year in YEARS}
    for (source, year), path in parts.items():
        assert await _file(bench, size, path, year, SOURCES.index(source)) == values
    with bench.meter.measured() as four:
        await asyncio.gather(*(_taken(bench, path, source, values) for (source, _), path in parts.items()))
    for (source, year), path in [((SOURCES[0], ALONE), alone), *parts.items()]:
        await _exact(bench, source, year, (values, _total(path)))
    what = f"4 imports of {values:,} values at once"
    told = f"{four[0].wall_s:.2f} s, one alone {one[0].wall_s:.2f} s: {four[0].wall_s / one[0].wall_s:.2f}x"
    bound = Bound(f"by the clock: {what}", told, f"<= {TIMES}x", four[0].wall_s <= TIMES * one[0].wall_s)
    return [Row(what, four[0], one[0], "one alone", TIMES, "every sum exact")], [bound]


async def _exact(bench: Bench, source: str, year: int, said: tuple[int, int]) -> None:
    """Fails unless the values are those of the file, their summary is their sum, and each place counts once as reporting."""
    kept = await bench.owner.fetchrow(KEPT, source, year)
    assert (kept["n"], kept["total"]) == said, (source, year, said, dict(kept))
    assert await bench.owner.fetchval(SUMMED, source, year) == said[1], (source, year)
    counted, places = await bench.owner.fetchrow(COUNTED, year), said[0] // (12 * len(imports.KINDS))
    assert (counted["quarters"], counted["years"]) == (4 * places, places), (source, year, places, dict(counted))
