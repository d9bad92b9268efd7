"""The long form: `./run python -m tests.isolation [--only api/committees.py] [--at-once 2]`.

Drops, one at a time, every predicate by which the application itself says who sees a row, and asks the matrix with row security off:
the operations that come to it first, then the tests that look deeper, and the whole matrix where those do not notice. Each must turn it
red; one that stays green is said by the application in vain, or asked about by no test. Exits with 1 then. All runs share one server and
one demonstration region.
"""

import argparse
import ast
import asyncio
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
from tests.conftest import make_templates
from tests.contract import ROOT
from tests.isolation import naming

OURS = re.compile(
    r"[\w.{}']+ = any\(\(select app\.\w+\(\)\)::\w+\[\]\)|\(select app\.(?:read|write|personal)_region\(\)\)"
    r"|[\w.{}]+ = \(select app\.principal\(\)\)"
)
"""The predicates that pages spell out; `Shape.seen` says all others."""
NOT_MEANT = ("api/levels.py",)
"""Where the words themselves stand: dropped at each place that uses them."""
PUBLIC = ("COUNTRIES.", "MUNICIPALITIES.", "ORGANISATIONS.", "PROGRAMMES.", "PARTICIPATIONS.", "COURSES.", "BLACKOUTS.", "OFFICE_TERMS.")
"""Everybody sees these; there is nothing to drop."""

DEEPER = (
    ("api/answers/coverage.py", "tests/routers/training"),
    ("api/answers/peers.py", "tests/routers/indicator/test_peers.py"),
    ("api/answers/", "tests/routers/indicator/test_protection.py"),
    ("api/db/", "tests/routers/levels/test_organisations.py"),
    ("api/intake/committees.py", "tests/routers/committee/test_registers.py"),
    ("api/intake/people.py", "tests/routers/committee/test_register_of_terms.py"),
    ("api/intake/p", "tests/routers/indicator/test_imports.py"),
    ("api/intake/", "tests/routers/indicator/test_places.py"),
    ("api/outreach.py", "tests/routers/outreach/test_maps.py"),
    ("api/pages/secrecy.py", "tests/routers/indicator/test_protection.py"),
    ("api/pages/secrecy.py", "tests/routers/test_feed.py"),
    ("api/roster.py", "tests/routers/committee"),
    ("api/routers/transition/", "tests/routers/transition/test_office_terms.py"),
    ("api/sessions.py", "tests/routers/session"),
)
"""Where a predicate decides how much of an answer somebody gets, and not whether: the tests that look into it. More than one may fit."""


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


def dropped(*only: str) -> Iterator[Dropped]:
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


def asks(one: Dropped, quick: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is asked, one after the other until something notices: the operations that come there, then each test that looks deeper, then
    the whole matrix."""
    matrix, first = ("tests/isolation/test_http.py", "-k", "without-row-security"), naming.operations(one.page, one.line)
    beside, here = ("", ("tests/isolation/test_elsewhere.py",)), [(first, matrix)] if first else []
    yield from (beside, *here) if ".over(" in one.said else (*here, beside)
    yield from (("", (tests,)) for page, tests in DEEPER if one.page.startswith(page))
    if "personal" in one.said:
        yield "", ("tests/isolation/test_canary.py",)
    if not (quick and first):
        yield "", matrix


def noticed_by(one: Dropped, home: Path, quick: bool) -> str:
    """Which tests notice; empty where none does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "house"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".amuprev", "__pycache__", ".*_cache"))
        (copy / one.page).write_text(one.text, encoding="utf-8")
        for operations, tests in asks(one, quick):
            if _fails(copy, one, {"AMUPREV_TESTS_HOME": str(home), "AMUPREV_ASKED": operations}, *tests):
                return tests[0].removeprefix("tests/")
    return ""


def _fails(copy: Path, one: Dropped, said: dict[str, str], *tests: str) -> bool:
    asked = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(asked, cwd=copy, env=os.environ | said, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{one.told()}: {tests[0]} could not be asked:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=["api/"], help="pages whose path begins with one of these")
    parser.add_argument("--quick", action="store_true", help="not the whole matrix, where it is known which operations come there")
    parser.add_argument("--at-once", type=int, default=1, help="how many are asked at the same time")
    asked = parser.parse_args()
    every, green = list(dropped(*asked.only)), 0
    naming.pages()  # Read once, before several ask at the same time.
    with tempfile.TemporaryDirectory() as folder, Progress() as progress, EmbeddedPostgres(Path(folder), durable=False):
        bar = progress.add_task("predicates dropped", total=len(every))
        asyncio.run(make_templates(Path(folder)))
        with ThreadPoolExecutor(asked.at_once) as pool:
            for one, noticed in zip(every, pool.map(lambda o: noticed_by(o, Path(folder), asked.quick), every), strict=True):
                green += not noticed
                told = f"{'red  ' if noticed else 'GREEN'} {one.told()} {noticed}"
                progress.console.print(told, markup=False, highlight=False)
                progress.advance(bar)
    sys.exit(f"{green} of {len(every)} are not noticed" if green else 0)


if __name__ == "__main__":
    main()
