"""`python -m tests.benchmarks [--small] [--plans] [--only reads,import,export,routes] [--home DIR]`."""

import argparse
import asyncio
import hashlib
import tempfile
from pathlib import Path

import uvloop
from rich.console import Console

from api import db
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.benchmarks import exports, imports, reads, routes
from tests.benchmarks.bench import opened
from tests.benchmarks.meter import machine
from tests.benchmarks.region import FULL, SMALL, TINY, Size, counted, fill
from tests.benchmarks.table import Bound, Plan, Row, show, show_plans

HERE = Path(__file__).parent
PARTS = ("reads", "import", "export", "routes")


async def run(
    home: Path, size: Size, parts: tuple[str, ...], times: int, console: Console, plans: bool = False
) -> tuple[list[Row], list[Bound]]:
    """Measure `parts` over a copy of a region of `size`, which is made where `home` has none yet. Returns what the tables show."""
    rows: list[Row] = []
    bounds: list[Bound] = []
    shown: list[Plan] = []
    template, database = f"bench_{size.name}_{_life()}", f"bench_{size.name}_copy"
    with EmbeddedPostgres(home, durable=False) as server:
        server.prepare("amuprev_idle")
        async with db.connected(server.dsn("amuprev_idle", "superuser")) as connection:
            version = await connection.fetchval("select version()")
            await connection.execute("alter system set autovacuum = off")
            await connection.execute("select pg_reload_conf()")
            there = await connection.fetchval("select exists (select from pg_database where datname = $1)", template)
        console.print(
            f"{machine()}\n{version}\nthe embedded server, fsync off, 128 MB of shared buffers, autovacuum off while measuring",
            highlight=False,
        )
        if not there:
            server.drop(f"{template}_begun")
            await fill(server, f"{template}_begun", size, console.print)
            await _rename(server, f"{template}_begun", template)
        for name in (database, f"{database}_2"):
            server.drop(name)
            server.create(name, template)
        settings = Settings(home=home, attempts_per_minute=100_000)
        async with opened(server, database, settings) as bench:
            console.print(await counted(bench.owner), highlight=False)
            if "reads" in parts:
                for asked in await reads.every(bench, times):
                    rows += await reads.measured(bench, asked)
                    shown += [await reads.plan(bench, asked)] if plans else []
            if "routes" in parts:
                rows += await routes.measured(bench, times)
            if "export" in parts:
                measured, bound, plan = await exports.measured(bench, size)
                rows, bounds, shown = rows + measured, bounds + bound, [*shown, plan] if plans else shown
            if "import" in parts:
                async with opened(server, f"{database}_2", settings) as beside:
                    measured, bound = await imports.measured(bench, beside, size, home)
                rows, bounds = rows + measured, bounds + bound
        for name in (database, f"{database}_2"):
            server.drop(name)
    show(console, rows, bounds)
    show_plans(console, shown)
    return rows, bounds


def _life() -> str:
    """What a region was made by: migrations and this folder's own statements. One that something else made is not used."""
    digest = hashlib.sha256()
    for file in sorted([*HERE.parents[1].glob("migrations/**/*.*"), HERE / "region.py"]):
        if file.suffix in (".py", ".sql"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


async def _rename(server: EmbeddedPostgres, begun: str, done: str) -> None:
    """A region that is there at all is whole."""
    async with db.connected(server.dsn("amuprev_idle", "superuser")) as connection:
        await connection.execute(f"alter database {begun} rename to {done}")


def main() -> None:
    """The command line."""
    said = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    said.add_argument("--small", action="store_true", help="a small region, for a look")
    said.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    said.add_argument("--plans", action="store_true", help="print the plan of every statement")
    said.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    said.add_argument("--times", type=int, default=200, help="requests of one round")
    said.add_argument("--home", type=Path, help="folder that keeps the filled database for the next run")
    asked = said.parse_args()
    size = SMALL if asked.small else TINY if asked.tiny else FULL
    console = Console(width=None if Console().is_terminal else 200)
    with tempfile.TemporaryDirectory(prefix="amuprev-bench-") as folder:
        work = run(asked.home or Path(folder), size, tuple(asked.only.split(",")), asked.times, console, asked.plans)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)


main()
