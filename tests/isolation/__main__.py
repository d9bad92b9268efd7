"""The long form: `./run python -m tests.isolation [--only api/committees.py]`.

Drops, one at a time, every predicate by which the application itself says who sees a row, and asks the whole matrix with row security
off. Each must turn it red; one that stays green is said by the application in vain, or asked about by no test. Exits with 1 then.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from tests.contract import ROOT

OURS = re.compile(
    r"[\w.{}']+ = any\(\(select app\.\w+\(\)\)::\w+\[\]\)|\(select app\.(?:read|write|personal)_region\(\)\)"
    r"|[\w.{}]+ = \(select app\.principal\(\)\)"
)
"""The predicates that pages spell out; `Shape.seen` says all others."""
NOT_MEANT = ("api/levels.py",)
"""Where the words themselves stand: dropped at each place that uses them."""
PUBLIC = ("COUNTRIES.", "MUNICIPALITIES.", "ORGANISATIONS.", "PROGRAMMES.")
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


def red(one: Dropped) -> bool:
    """Whether the matrix notices."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "house"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".amuprev", "__pycache__", ".*_cache"))
        (copy / one.page).write_text(one.text, encoding="utf-8")
        deeper = next((tests for page, tests in DEEPER.items() if one.page.startswith(page)), None)
        return _fails(copy, one, "tests/isolation/test_http.py", "-k", "without-row-security") or bool(deeper and _fails(copy, one, deeper))


def _fails(copy: Path, one: Dropped, *tests: str) -> bool:
    asked = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(asked, cwd=copy, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{one.told()}: {tests[0]} could not be asked:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 1


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default="api/", help="pages whose path begins so")
    every = list(dropped(asked.parse_args().only))
    green = []
    with Progress() as progress:
        bar = progress.add_task("predicates dropped", total=len(every))
        for one in every:
            noticed = red(one)
            green += [] if noticed else [one]
            progress.console.print(f"{'red  ' if noticed else 'GREEN'} {one.told()}", markup=False, highlight=False)
            progress.advance(bar)
    sys.exit(f"{len(green)} of {len(every)} are not noticed" if green else 0)


if __name__ == "__main__":
    main()
