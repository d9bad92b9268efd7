"""The long forms: `./run python -m tests.faults kills|forget|upload`. Bounded by what is asked for; prints what was found."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults.kills import fire, forgetful, lapse, missing, rage
from tests.faults.slow import RATE, sesnsp, slow_upload

console = Console(highlight=False)
UPLOAD = 10_000_000


def bars() -> Progress:
    """How far it is, in seconds of those asked for."""
    done = TextColumn("{task.completed:.0f}/{task.total:.0f} s")
    return Progress(TextColumn("{task.description:<8}"), BarColumn(), done, TimeElapsedColumn(), console=Console(stderr=True))


async def kills(home: Path, seconds: float, writers: int, seed: int) -> bool:
    """Whether every acknowledged write was there once and no answer was a 500."""
    async with fire(home) as burning:
        with bars() as progress:
            task = progress.add_task("kills", total=seconds)
            ledger = await rage(burning, seconds, writers=writers, seed=seed, tell=lambda passed: progress.update(task, completed=passed))
        wrong = await missing(burning, ledger)
    console.print(f"seed {seed}: {ledger}")
    console.print(f"not there exactly once: {wrong or 'none'}; answers that promise nothing: {ledger.wrong or 'none'}")
    return not wrong and not ledger.wrong


async def forget(home: Path) -> bool:
    """Whether the count finds what a server without synchronous_commit loses."""
    async with fire(home) as burning:
        await forgetful(burning)
        ledger, lost = await lapse(burning, 5)
    console.print(f"without synchronous_commit: {lost} of {len(ledger.kept)} acknowledged writes lost")
    return lost > 0


async def upload(home: Path) -> bool:
    """Whether 10 MB at 20 kB/s arrive under the deadlines of every installation."""
    async with fire(home) as burning:
        body = sesnsp(UPLOAD)
        with bars() as progress:
            task = progress.add_task("upload", total=len(body) / RATE)
            reply = await slow_upload(burning.server, burning.key, body, tell=lambda passed: progress.update(task, completed=passed))
    console.print(f"{len(body):,} bytes at {RATE:,} a second: {reply.status} after {reply.seconds:.0f} s")
    return reply.status == 201


def main() -> int:
    """0 where it shows what it must."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("what", choices=["kills", "forget", "upload"])
    parser.add_argument("--seconds", type=float, default=600, help="how long the killing goes on")
    parser.add_argument("--writers", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the killer's dice")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        runs = {
            "kills": lambda: kills(home, asked.seconds, asked.writers, asked.seed),
            "forget": lambda: forget(home),
            "upload": lambda: upload(home),
        }
        return 0 if asyncio.run(runs[asked.what]()) else 1


if __name__ == "__main__":
    sys.exit(main())
