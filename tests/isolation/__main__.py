"""The long form: `./run python -m tests.isolation [--only api/committees.py] [--at-once 2]`.

Drops, one at a time, every predicate by which the application itself says who sees a row, and asks the matrix with row security off:
the operations of the pages that name it first, and all of them where those do not notice. Each must turn it red; one that stays green
is said by the application in vain, or asked about by no test. Exits with 1 then. All runs share one server and one demonstration region.
"""

import argparse
import ast
import asyncio
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from api.embedded import EmbeddedPostgres
from tests.conftest import make_empty, make_region, settings_of
from tests.contract import ROOT

OURS = re.compile(
    r"[\w.{}']+ = any\(\(select app\.\w+\(\)\)::\w+\[\]\)|\(select app\.(?:read|write|personal)_region\(\)\)"
    r"|[\w.{}]+ = \(select app\.principal\(\)\)"
)
"""The predicates that pages spell out; `Shape.seen` says all others."""
NOT_MEANT = ("api/levels.py",)
"""Where the words themselves stand: dropped at each place that uses them."""
PUBLIC = ("COUNTRIES.", "MUNICIPALITIES.", "ORGANISATIONS.", "PROGRAMMES.", "PARTICIPATIONS.", "COURSES.", "BLACKOUTS.", "OFFICE_TERMS.")
"""Everybody sees these; there is nothing to drop."""

DEEPER = {
    "api/answers/coverage.py": "tests/routers/training",
    "api/answers/": "tests/routers/indicator/test_protection.py",
    "api/intake/": "tests/routers/indicator/test_places.py",
    "api/pages/secrecy.py": "tests/routers/test_feed.py",
    "api/roster.py": "tests/routers/committee",
}
"""Where a predicate decides how much of an answer somebody gets, and not whether: the tests that look into it, after the matrix."""


@dataclass(frozen=True)
class Dropped:
    """A page of which one predicate is replaced by true."""

    page: str
    line: int
    said: str
    text: str

    def told(self) -> str:
        return f"{self.page}:{self.line}: {self.said}"


def _calls(source: str) -> Iterator[tuple[int, int, str]]:
    """Where `….seen(…)` or `….over(…)` stands: from, to, and what takes its place."""
    lines = source.splitlines(keepends=True)
    starts = [sum(len(line.encode()) for line in lines[:n]) for n in range(len(lines) + 1)]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("seen", "over"):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            yield start, end, "str(True).lower()"


def dropped(only: str) -> Iterator[Dropped]:
    """Every page with every one of its predicates dropped."""
    for file in sorted((ROOT / "api").rglob("*.py")):
        page = file.relative_to(ROOT).as_posix()
        if page in NOT_MEANT or not page.startswith(only):
            continue
        source = file.read_text(encoding="utf-8")
        spelt = ((len(source[: m.start()].encode()), len(source[: m.end()].encode()), "true") for m in OURS.finditer(source))
        found = [*_calls(source), *spelt]
        raw = source.encode()
        for start, end, instead in sorted(found):
            if raw[start:end].decode().startswith(PUBLIC):
                continue
            text = (raw[:start] + instead.encode() + raw[end:]).decode()
            yield Dropped(page, raw[:start].count(b"\n") + 1, raw[start:end].decode(), text)


def naming(page: str) -> str:
    """The operations of the routers that `page` is, or that import it; nothing where they are most of all."""
    module = page.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    found = []
    for file in sorted((ROOT / "api" / "routers").rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        if path == page or re.search(rf"^from {re.escape(module)} import", file.read_text(encoding="utf-8"), re.MULTILINE):
            router = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), "router", None)
            found += [route.name for route in router.routes] if router else []
    return " ".join(found) if len(found) < 60 else ""


def red(one: Dropped, home: Path) -> bool:
    """Whether the matrix notices."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "house"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".amuprev", "__pycache__", ".*_cache"))
        (copy / one.page).write_text(one.text, encoding="utf-8")
        deeper = next((tests for page, tests in DEEPER.items() if one.page.startswith(page)), None)
        matrix, first = ("tests/isolation/test_http.py", "-k", "without-row-security"), naming(one.page)
        asked = {"AMUPREV_TESTS_HOME": str(home)}
        return (
            bool(first and _fails(copy, one, asked | {"AMUPREV_ASKED": first}, *matrix))
            or bool(deeper and _fails(copy, one, asked, deeper))
            or _fails(copy, one, asked, *matrix)
        )


def _fails(copy: Path, one: Dropped, said: dict[str, str], *tests: str) -> bool:
    asked = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(asked, cwd=copy, env=os.environ | said, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{one.told()}: {tests[0]} could not be asked:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 1


async def _prepared(postgres: EmbeddedPostgres, home: Path) -> None:
    await make_region(postgres, await make_empty(postgres), settings_of(home))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="api/", help="pages whose path begins so")
    parser.add_argument("--at-once", type=int, default=1, help="how many are asked at the same time")
    asked = parser.parse_args()
    every, green = list(dropped(asked.only)), 0
    with tempfile.TemporaryDirectory() as folder, Progress() as progress, EmbeddedPostgres(Path(folder), durable=False) as postgres:
        bar = progress.add_task("predicates dropped", total=len(every))
        asyncio.run(_prepared(postgres, Path(folder)))
        with ThreadPoolExecutor(asked.at_once) as pool:
            for one, noticed in zip(every, pool.map(lambda o: red(o, Path(folder)), every), strict=True):
                green += not noticed
                progress.console.print(f"{'red  ' if noticed else 'GREEN'} {one.told()}", markup=False, highlight=False)
                progress.advance(bar)
    sys.exit(f"{green} of {len(every)} are not noticed" if green else 0)


if __name__ == "__main__":
    main()
