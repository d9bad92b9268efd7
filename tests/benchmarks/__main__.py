"""The command line of the benchmark: `./run python -m tests.benchmarks --help`."""

import argparse
import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import uvloop
from rich.console import Console

from api import db
from api.embedded import EmbeddedPostgres
from tests.benchmarks.region import FULL, SMALL
from tests.benchmarks.running import PARTS, Wanted, run

QUIET = ("alter system set autovacuum = off", "select pg_reload_conf()")
"""Nothing runs in the server that nobody asked for; the region is vacuumed and analysed when it is made."""


async def _alone(home: Path, wanted: Wanted, console: Console) -> None:
    with EmbeddedPostgres(home, durable=False) as server:
        server.prepare("amuprev_idle")
        async with db.connected(server.dsn("amuprev_idle", "superuser")) as connection:
            for statement in QUIET:
                await connection.execute(statement)
        await run(server, wanted, console)


def main() -> None:
    """Measure what was asked for, in a server of its own that is gone afterwards."""
    said = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="What the API costs beside the bare statement it sends.")
    said.add_argument("--small", action="store_true", help="a small region, for a look")
    said.add_argument("--months", type=int, help="months of two indicators every municipality has, instead of the size's own")
    said.add_argument("--plans", action="store_true", help="print the plan of every statement")
    said.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    said.add_argument("--times", type=int, default=100, help="requests of one round, at most")
    said.add_argument("--home", type=Path, help="folder in which the server and the filled region stay for the next run")
    asked = said.parse_args()
    size = SMALL if asked.small else FULL
    if asked.months:
        size = replace(size, name=f"{size.name}{asked.months}", months=asked.months)
    wanted = Wanted(size, tuple(asked.only.split(",")), asked.times, asked.plans)
    console = Console(width=None if Console().is_terminal else 200)
    with tempfile.TemporaryDirectory(prefix="amuprev-bench-") as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_alone(asked.home or Path(folder), wanted, console))


if __name__ == "__main__":
    main()
