"""A million values through the whole door, three times, beside COPY of them into the same table of another copy of the region."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.meter import Cost
from tests.benchmarks.region import Size
from tests.benchmarks.table import Bound, Row

COPIED, GROWS = 1 / 0.3, 32 << 20
"""An import reaches 30 % of COPY's speed with everything kept, and takes 32 MiB of memory."""
PIECE = 1 << 16
HEADER = (
    "Año",
    "Clave_Ent",
    "Entidad",
    "Cve. Municipio",
    "Municipio",
    "Bien jurídico afectado",
    "Tipo de delito",
    "Subtipo de delito",
    "Modalidad",
)
MONTHS = (
    *("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio"),
    *("Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre"),
)
KINDS = ("Homicidio doloso", "Homicidio culposo")
MADE = """select e.value, m.name from external_id e join municipality m on m.id = e.municipality_id
          where e.noun = 'municipality' and e.scheme = 'mx-inegi' order by e.value limit $1"""
PATH = "/v1/imports/observations?reader=sesnsp&source=sesnsp"
KEPT = "select * from observation where import_id is not null order by territory_id, indicator_id, period_on"


async def write_file(bench: Bench, size: Size, path: Path, more: int, before: int = 2015) -> int:
    """A file in SESNSP's layout: twelve months a row of the years before `before`, `more` added to every count. Returns how many values
    it states."""
    places = await bench.owner.fetch(MADE, -(-size.import_rows // (2 * size.import_years)))
    left = size.import_rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HEADER, *MONTHS])
        for place in places:
            for year in range(before - size.import_years, before):
                for kind in KINDS[: max(left, 0)]:
                    counts = [(int(place["value"]) * 31 + year * 7 + m * 13) % 11 + more for m in range(12)]
                    row = [
                        year,
                        place["value"][:2],
                        "Entidad",
                        place["value"],
                        place["name"],
                        "La vida y la Integridad corporal",
                        "Homicidio",
                        kind,
                    ]
                    writer.writerow([*row, "Con arma de fuego", *counts])
                    left -= 1
    return (size.import_rows - max(left, 0)) * 12


async def pieces(path: Path) -> AsyncIterator[bytes]:
    """The file as a client sends it."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


async def sent(bench: Bench, path: Path, values: int, outcome: str) -> Cost:
    """What taking the file in costs. Fails unless every value is accounted for as `outcome`."""
    with bench.meter.measured() as found:
        answer = await bench.ask("country", PATH, pieces(path))
    report = answer.json()["report"]
    assert report["values"] == report[outcome] == values, {k: v for k, v in report.items() if isinstance(v, int)}
    return found[0]


async def copied(bench: Bench, beside: Bench, folder: Path) -> Cost:
    """What COPY of the values that the import kept costs, into the same table of the other copy."""
    file = folder / "values"
    with file.open("wb") as out:
        await bench.owner.copy_from_query(KEPT, output=out)
    with beside.meter.measured() as found:
        await beside.owner.copy_to_table("observation", source=str(file))
    kept, put = [await b.owner.fetchval("select count(*) from observation where import_id is not null") for b in (bench, beside)]
    assert kept == put
    return found[0]


async def measured(bench: Bench, beside: Bench, size: Size, folder: Path) -> tuple[list[Row], list[Bound]]:
    """First import, the same again, and a restatement of every value; `beside` is the copy of the region that COPY fills."""
    await bench.enter("country")
    first, restated = folder / "first.csv", folder / "restated.csv"
    values = await write_file(bench, size, first, 0)
    await write_file(bench, size, restated, 1)
    await bench.ask("country", PATH + "&dry_run=true", _few(first))
    costs = [("imported", await sent(bench, first, values, "created"), COPIED)]
    copy = await copied(bench, beside, folder)
    costs.append(("the same file again", await sent(bench, first, values, "unchanged"), None))
    costs.append(("every value restated", await sent(bench, restated, values, "changed"), None))
    await _summaries_agree(bench)
    rows = [Row(f"{values:,} values: {what}", cost, copy, "COPY into the table", aim) for what, cost, aim in costs]
    bounds = [_bound(what, cost) for what, cost, _ in costs]
    return rows, bounds


def _bound(what: str, cost: Cost) -> Bound:
    return Bound(f"memory of the process: {what}", f"+{cost.grew_bytes / 2**20:.1f} MB", "<= +32 MB", cost.grew_bytes <= GROWS)


async def _few(path: Path) -> AsyncIterator[bytes]:
    """The head of the file, so that code and connections are warm."""
    with path.open("rb") as file:
        yield b"".join(file.readline() for _ in range(200))


async def _summaries_agree(bench: Bench) -> None:
    total = "select sum({}) from {} where territory_id / 10000 = 484 and source_id = 1"
    figures, values = [await bench.owner.fetchval(total.format(*what)) for what in (("total", "figure"), ("value", "observation"))]
    assert figures == values, "the summary is the sum of the values"
