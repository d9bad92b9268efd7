"""The tutorials are run as they stand: every command against a real server, every answer the one that is printed there."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from api.embedded import EmbeddedPostgres
from tests.contract import ROOT
from tests.faults.server import serving_a_copy

TESTS = ROOT / "tests"
BLOCK = re.compile(r"^```bash\n(.*?)^```$(?:\n^```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
MARK = "---8<---"


def told(page: str) -> list[tuple[str, str]]:
    """The commands of a page, each with what is printed below it."""
    return BLOCK.findall((TESTS / page).read_text(encoding="utf-8"))


async def typed(postgres: EmbeddedPostgres, template: str, home: Path, commands: list[str]) -> list[str]:
    """What each of the commands prints in a checkout, one after the other in one shell."""
    async with serving_a_copy(postgres, template, home) as (server, _):
        script = "".join(f"echo '{MARK}'\n{block}" for block in commands).replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        strict = ["bash", "-euo", "pipefail", "-c", script]
        done = await asyncio.to_thread(
            subprocess.run, strict, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
    return done.stdout.split(f"{MARK}\n")[1:]


@pytest.mark.parametrize(("page", "blocks"), [("tutorial.md", 8), ("figures.md", 8)])
async def test_every_command_does_what_is_printed_below_it(
    postgres: EmbeddedPostgres, region_template: str, tmp_path: Path, page: str, blocks: int
) -> None:
    said = told(page)
    assert len(said) == blocks
    assert await typed(postgres, region_template, tmp_path / "home", [block for block, _ in said]) == [printed for _, printed in said]


async def test_the_register_s_own_files_go_in_by_the_same_commands(
    postgres: EmbeddedPostgres, region_template: str, tmp_path: Path, shared: Path
) -> None:
    """The year 2022 of Guanajuato as its offices published it, in Windows-1252, every row used; skipped where the files are not there."""
    figures = shared / "raw" / "mx_sesnsp_guanajuato_homicidios_2022_latin1.csv"
    others = {
        "tests/data/sesnsp_invented.csv": str(figures),
        "tests/data/residents_invented.csv": str(shared / "raw" / "mx_guanajuato_poblacion_municipal.csv"),
        "YEAR=2023": "YEAR=2022",
    }
    words, *rest = [block for block, _ in told("figures.md")]
    for invented, real in others.items():
        assert invented in words
        words = words.replace(invented, real)
    printed = await typed(postgres, region_template, tmp_path / "home", [words, *rest])
    used = "414 rows: 0 stored, 414 summed, 0 parked, 0 refused, 0 ignored\n"
    assert printed[2:5] == [f"checked: {used}", f"done: {used}", "done: 46 rows: 46 stored, 0 summed, 0 parked, 0 refused, 0 ignored\n"]
    assert printed[5] == "2022: 616 cases in 12 of 12 months: rate 35.7887 (33.0179 to 38.7299) stable\n"
    first, january, _, hashed = printed[6].splitlines()
    assert (first, hashed) == ("12 values, in all 616", f"{figures}: OK")
    assert january == f"2022-01 40 {figures.name} rows 173 174 175 176 residents of 2020 1721215"
    assert printed[7].endswith("the same as before\n")
