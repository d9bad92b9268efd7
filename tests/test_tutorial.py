"""The tutorial is run as it stands: every command against a real server, every answer the one that is printed there."""

import asyncio
import re
import subprocess
from pathlib import Path

from api.embedded import EmbeddedPostgres
from tests.contract import ROOT
from tests.faults.server import serving_a_copy

PAGE = ROOT / "tests" / "tutorial.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```$(?:\n^```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
MARK = "---8<---"


async def test_every_command_does_what_is_printed_below_it(postgres: EmbeddedPostgres, region_template: str, tmp_path: Path) -> None:
    said = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(said) == 8
    async with serving_a_copy(postgres, region_template, tmp_path / "home") as (server, _):
        script = "".join(f"echo '{MARK}'\n{block}" for block, _ in said).replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        typed = ["bash", "-euo", "pipefail", "-c", script]
        done = await asyncio.to_thread(
            subprocess.run, typed, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
    assert done.stdout.split(f"{MARK}\n")[1:] == [printed for _, printed in said]
