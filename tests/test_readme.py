"""What the README says is so: its settings, its map, its commands, its first screen, its mirror. As a program it writes the settings."""

import asyncio
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from pydantic_core import PydanticUndefined

from api import founding
from api.cli import cli
from api.settings import Settings
from tests.conftest import World
from tests.contract import ROOT, documents
from tests.faults.server import Server, free_port, serving

README = ROOT / "README.md"
BEGIN, END = "<!-- settings -->\n", "<!-- /settings -->"
OPERATORS = ("|", ">", "&&")


def said() -> str:
    return README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", said(), re.DOTALL | re.MULTILINE)


def table() -> str:
    """The settings as a table, from their definitions."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        assert field.default is not PydanticUndefined, f"{name} has no default, so nobody could start on their own machine"
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append(f"| `AMUPREV_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def test_the_settings_are_those_of_the_program() -> None:
    assert said().split(BEGIN)[1].split(END)[0] == table(), "run ./run python -m tests.test_readme"


def commands() -> Iterator[list[str]]:
    """Every ./run … of the README, in its blocks and in its sentences, without the shell around it."""
    code = "\n".join([*blocks("bash"), *blocks("sh")]).replace("\\\n", " ")
    for line in [*code.splitlines(), *re.findall(r"`(\./run [^`]+)`", said())]:
        for found in re.findall(r"\./run ([^)\n]+)", line):
            words = shlex.split(found)
            yield words[: next((n for n, word in enumerate(words) if word in OPERATORS), len(words))]


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_the_command_is_one_that_exists(words: list[str]) -> None:
    program, *arguments = words
    assert (Path(sys.executable).parent / program).exists()
    if program == "amuprev":
        command, path = typer.main.get_command(cli), ["amuprev"]
        while hasattr(command, "commands"):
            assert arguments[0] in command.commands, f"{' '.join(path)} has no {arguments[0]}"
            path, command, arguments = [*path, arguments[0]], command.commands[arguments[0]], arguments[1:]
        command.make_context(path[-1], list(arguments))  # Raises on an unknown option or a missing argument; runs nothing.
    for word in arguments:
        if word.startswith("tests/"):
            assert (ROOT / word).exists()


def test_what_the_map_and_the_links_name_is_there() -> None:
    (house,) = [text for text in blocks("text") if text.startswith("run ")]
    folders, named = {0: ROOT}, set()
    for line in house.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        for name in re.findall(r"[\w.]+/?", re.split(r"\s{2,}", line.strip())[0]):
            path = folders[depth] / name
            assert path.exists(), f"the map names {path.relative_to(ROOT)}"
            folders[depth + 1] = path
            named.add(path.relative_to(ROOT).as_posix())
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", said()):
        assert (ROOT / link).exists(), link
    shown = {f.name for f in (ROOT / "api").iterdir() if f"api/{f.name}" in named}
    assert len(shown) > 15
    rooms = {f.relative_to(ROOT).as_posix() for f in (ROOT / "api" / "domain").iterdir() if f.is_dir() and (f / "__init__.py").exists()}
    assert rooms <= named, "the map names every room"


def shell(block: str, server: Server) -> str:
    """What a block prints on its standard output when it is typed in a checkout; only the home and the port are others."""
    typed = block.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace(".amuprev-restored", f"{server.home}-restored")
    typed = typed.replace("amuprev.dump", f"{server.home}.dump")
    strict = ["bash", "-euo", "pipefail", "-c", typed]
    done = subprocess.run(strict, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout


def test_the_first_screen_does_what_it_says(tmp_path: Path) -> None:
    """A stranger's first two terminals, a committee at a glance, then the backup; the answer is the one that is printed in the README."""
    serve, second, glance, backup = blocks("bash")[:4]
    (shown,) = blocks("json")
    server = Server(tmp_path / "home", {"PORT": str(port := free_port())}, port=port)
    with server.log.open("wb") as log:
        server.process = subprocess.Popen(
            ["bash", "-c", f"exec {serve}"], cwd=ROOT, env=server.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 90
        while not answers(server):
            assert time.monotonic() < deadline, server.log.read_text()[-1500:]
            time.sleep(0.2)
        printed = shell(second, server)
        # All of it but the instant as of which it is known.
        answer, promised = json.loads(printed[printed.rindex('{"indicator"') :]), json.loads(shown)
        assert answer.keys() == promised.keys()
        assert answer | {"as_known_at": promised["as_known_at"]} == promised
        at_hand = json.loads(shell(glance, server))
        assert (at_hand["municipality"], at_hand["state"]) == ("San Miguelito", "operating")
        told = server.log.read_text()
        assert f"http://127.0.0.1:{server.port}/docs" in told
        assert {f"{name}@demo.example" for name in ("mx", "secretary", "member", "comisionado")} <= set(re.split(r"[\s,]+", told))
        assert shell(backup, server) == ""
    finally:
        server.kill(signal.SIGINT)
        assert server.process.wait(30) == 130


def answers(server: Server) -> bool:
    try:
        return httpx.get(f"{server.address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_the_mirror_is_short_and_asks_for_what_there_is() -> None:
    (script,) = blocks("php")
    assert len(script.splitlines()) <= 30
    operation = documents()["backend"]["paths"]["/v1/changes"]["get"]
    assert {"cursor", "limit"} <= {p["name"] for p in operation["parameters"]}
    assert {"200", "410"} <= operation["responses"].keys()
    members = documents()["backend"]["components"]["schemas"]
    assert {"items", "next", "more"} <= members["Changes"]["properties"].keys()
    assert set(re.findall(r"\$item\['(\w+)'\]", script)) <= members["ChangeOut"]["properties"].keys()


@pytest.mark.skipif(shutil.which("php") is None, reason="no php here")
async def test_the_mirror_holds_what_the_key_may_see(world: World, tmp_path: Path) -> None:
    (script,) = blocks("php")
    (tmp_path / "mirror.php").write_text(script)
    folder = tmp_path / "mirror"
    async with serving(tmp_path / "never", DATABASE_URL=world.url("api"), OWNER_DATABASE_URL=world.url()) as server:
        key = server.command("key", "create", "sv@demo.example")
        given = server.environment | {"AMUPREV_API": server.address, "AMUPREV_KEY": key, "AMUPREV_MIRROR": str(folder)}

        async def mirrored(noun: str) -> set[str]:
            await asyncio.to_thread(subprocess.run, ["php", tmp_path / "mirror.php"], env=given, check=True, timeout=60)
            return {file.stem.removeprefix(f"{noun}-") for file in folder.glob(f"{noun}-*.json")}

        async with httpx.AsyncClient(base_url=server.address, headers={"Authorization": f"Bearer {key}"}) as client:
            there = (await client.get("/v1/countries/sv/affiliations", params={"format": "ndjson"})).text.splitlines()
            assert {json.loads(line)["id"] for line in there} <= await mirrored("affiliation")
            before = await mirrored("organisation")
            body = {"name": "A new one", "classification": "ngo", "country_id": 222}
            made = (await client.post("/v1/organisations", json=body)).json()
            assert await mirrored("organisation") == before | {made["id"]}
            gone = await client.delete(f"/v1/organisations/{made['id']}", headers={"If-Match": f'"{made["version"]}"'})
            assert gone.status_code == 204
            assert await mirrored("organisation") == before
            await founding.new_epoch(world.url())
            (folder / "affiliation-stale.json").write_text("{}")
            again = await mirrored("affiliation")
            assert {json.loads(line)["id"] for line in there} <= again
            assert "stale" not in again, "after a restore it starts from the beginning"


if __name__ == "__main__":
    before, rest = said().split(BEGIN)
    README.write_text(before + BEGIN + table() + END + rest.split(END)[1], encoding="utf-8")
