"""One run: a copy of the region for every run, what was asked for measured in it, tables of what came out."""

import hashlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from api import db
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.benchmarks import committees, contention, exports, imports, latest, reads, routes, summaries
from tests.benchmarks.bench import Bench, opened
from tests.benchmarks.meter import machine
from tests.benchmarks.region import Size, counted, fill
from tests.benchmarks.table import Bound, Plan, Row, show, show_plans

HERE = Path(__file__).parent
TOLD = ("version()", "current_setting('shared_buffers')", "current_setting('fsync')")
PARTS = ("reads", "routes", "latest", "committees", "summaries", "export", "import", "contention")


@dataclass(frozen=True)
class Wanted:
    """What is to be measured, over how large a region; a round makes a request `times` times at most."""

    size: Size
    parts: tuple[str, ...] = PARTS
    times: int = 100
    plans: bool = False


@dataclass
class Found:
    """What was measured."""

    rows: list[Row] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)


async def run(server: EmbeddedPostgres, wanted: Wanted, console: Console) -> Found:
    """Measure over copies of the region, which is made where the server has none yet, and print the tables."""
    template = f"bench_{wanted.size.name}_{_life()}"
    copies = [f"{template}_copy{n}" for n in range(1, 4 if "summaries" in wanted.parts else 3)]
    async with db.connected(server.dsn("postgres", "superuser")) as connection:
        told = [
            await connection.fetchval(f"select {what}")
            for what in ("version()", "current_setting('shared_buffers')", "current_setting('fsync')")
        ]
        there = await connection.fetchval("select exists (select from pg_database where datname = $1)", template)
    console.print(f"{machine()}\n{told[0]}\nembedded server: shared_buffers {told[1]}, fsync {told[2]}; reads on one core", highlight=False)
    if not there:
        await _filled(server, wanted.size, template, console)
    found = Found()
    try:
        for name in copies:
            server.drop(name)
            server.create(name, template)
        with tempfile.TemporaryDirectory() as folder:
            await _measured(server, wanted, copies, Path(folder), found)
    finally:
        for name in copies:
            server.drop(name)
    show(console, found.rows, found.bounds)
    show_plans(console, found.plans)
    return found


async def _filled(server: EmbeddedPostgres, size: Size, template: str, console: Console) -> None:
    """The region under its name; one that is there at all is whole."""
    begun = f"{template}_begun"
    server.drop(begun)
    await fill(server, begun, size, console.print)
    async with db.connected(server.dsn(begun, "superuser")) as connection:
        console.print(await counted(connection), highlight=False)
    async with db.connected(server.dsn("postgres", "superuser")) as connection:
        await connection.execute(f"alter database {begun} rename to {template}")


def _life() -> str:
    """What a region is made by, migrations and data included: one that something else made is not used."""
    digest = hashlib.sha256()
    for file in sorted([*HERE.parents[1].glob("migrations/**/*.*"), *HERE.parents[1].glob("api/data/*.csv"), HERE / "region.py"]):
        if file.suffix in (".py", ".sql", ".csv"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


async def _measured(server: EmbeddedPostgres, wanted: Wanted, copies: list[str], folder: Path, found: Found) -> None:
    settings = Settings(home=folder, attempts_per_minute=100_000, import_connections=4)
    async with opened(server, copies[0], settings) as bench:
        with bench.meter.one_core():
            if "reads" in wanted.parts:
                await _read(bench, wanted, found)
            if "routes" in wanted.parts:
                found.rows += await routes.measured(bench, wanted.times)
            if "latest" in wanted.parts:
                found.rows += await latest.measured(bench, wanted.times)
            if "committees" in wanted.parts:
                rows, bounds = await committees.measured(bench, wanted.size, wanted.times)
                found.rows += rows
                found.bounds += bounds
        if "summaries" in wanted.parts:
            async with opened(server, copies[2], settings) as larger:
                await summaries.grow(larger.owner, wanted.size)
                with bench.meter.one_core():
                    found.rows += await summaries.measured(bench, larger, wanted.times)
        if "export" in wanted.parts:
            rows, bounds, plan = await exports.measured(bench, wanted.size)
            found.rows += rows
            found.bounds += bounds
            found.plans += [plan] if wanted.plans else []
        if "import" in wanted.parts:
            async with opened(server, copies[1], settings) as beside:
                rows, bounds = await imports.measured(bench, beside, wanted.size, folder)
            found.rows += rows
            found.bounds += bounds
        if "contention" in wanted.parts:
            rows, bounds = await contention.measured(bench, wanted.size, folder)
            found.rows += rows
            found.bounds += bounds


async def _read(bench: Bench, wanted: Wanted, found: Found) -> None:
    for asked in await reads.every(bench):
        found.rows += await reads.measured(bench, asked, wanted.times)
        found.plans += [await reads.plan(bench, asked)] if wanted.plans else []
