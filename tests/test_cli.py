"""The command line, as a process of its own: what it prints, what it leaves behind, and that it tells a failure in one line."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio

from api.embedded import EmbeddedPostgres, Role
from tests.contract import ROOT
from tests.faults.server import Server, free_port

PASSWORD = "a long enough pass phrase"
EMAIL = "first@ministry.example"


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`amuprev ARGUMENTS`, bounded."""
    program = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=90)


def processes_of(home: Path) -> list[str]:
    """The command lines of all processes that name `home`."""
    return [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"]) if str(home) in " ".join(p.info["cmdline"] or [])]


@pytest_asyncio.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """`amuprev serve --no-demo` over a home of its own; the commands beside it use the same embedded server."""
    server = Server(tmp_path_factory.mktemp("cli") / "home")
    server.start()
    await server.ready()
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="module")
async def first(served: Server) -> str:
    """The first person, who has come in by the link that `user add --admin` printed; their access token."""
    link = served.command("user", "add", "--admin", EMAIL)
    async with httpx.AsyncClient(base_url=served.address) as client:
        answer = await client.post("/v1/auth/accept", json={"token": link, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        again = await client.post("/v1/auth/accept", json={"token": link, "password": PASSWORD})
        assert (again.status_code, again.json()["code"]) == (422, "invitation-invalid"), "the link is good once"
    token: str = answer.json()["access_token"]
    return token


async def me(served: Server, token: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=served.address, headers={"Authorization": f"Bearer {token}"}) as client:
        return await client.get("/v1/me")


async def test_the_first_administrator_comes_in_by_the_printed_link(served: Server, first: str) -> None:
    answer = await me(served, first)
    assert [(g["role"], g["level"]) for g in answer.json()["grants"]] == [("region_admin", "region")]


async def test_token_prints_a_token_and_nothing_else(served: Server, first: str) -> None:
    done = run(served.environment, "token", EMAIL)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout)
    assert done.stderr == ""
    assert (await me(served, done.stdout.strip())).json()["principal"]["email"] == EMAIL


def test_token_of_nobody_is_refused_in_a_line(served: Server) -> None:
    done = run(served.environment, "token", "nobody@ministry.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "nobody@ministry.example" in done.stderr


async def test_a_key_is_good_until_it_is_revoked(served: Server, first: str) -> None:
    key = served.command("key", "create", EMAIL)
    assert re.fullmatch(r"amp_\w+_[\w-]{40,}", key)
    answer = await me(served, key)
    assert answer.status_code == 200
    assert answer.json()["principal"]["kind"] == "service"
    assert answer.json()["grants"][0]["role"] == "region_admin"
    served.command("key", "revoke", key.split("_")[1])
    assert (await me(served, key)).status_code == 401


def test_a_second_serve_beside_it_works_and_its_end_harms_nobody(served: Server) -> None:
    other = Server(served.home)
    other.start()
    try:
        asyncio.run(other.ready())
        assert httpx.get(f"{other.address}/v1/countries").json() == httpx.get(f"{served.address}/v1/countries").json()
    finally:
        other.stop()
    assert httpx.get(f"{served.address}/readyz").status_code == 200


def test_help_names_every_command() -> None:
    done = run({}, "--help")
    assert done.returncode == 0
    for command in ("serve", "migrate", "demo", "token", "user", "key", "import", "openapi", "backup", "restore"):
        assert re.search(rf"\b{command}\b", done.stdout), command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    server = Server(tmp_path / "home")
    server.start()
    assert server.process is not None
    try:
        asyncio.run(server.ready())
        assert processes_of(server.home), "the embedded PostgreSQL names its home"
        server.kill(number)
        assert server.process.wait(20) == 128 + number
        assert processes_of(server.home) == []
        assert "Traceback" not in server.log.read_text()
    finally:
        server.kill()


@pytest.fixture
def own_database(postgres: EmbeddedPostgres, empty_template: str) -> Callable[[Role], str]:
    """A migrated database somewhere else, by the role that asks for it."""
    name = f"cli{free_port()}"
    postgres.create(name, empty_template)
    return lambda role: postgres.dsn(name, role)


def test_a_named_database_is_served_without_the_embedded_one(tmp_path: Path, own_database: Callable[[Role], str]) -> None:
    named = {"DATABASE_URL": own_database("api"), "OWNER_DATABASE_URL": own_database("owner")}
    server = Server(tmp_path / "never", named)
    server.command("migrate")
    server.start()
    try:
        asyncio.run(server.ready())
        assert httpx.get(f"{server.address}/v1/countries/sv").json()["iso2"] == "SV"
        link = server.command("user", "add", "--admin", EMAIL)
        answer = httpx.post(f"{server.address}/v1/auth/accept", json={"token": link, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        assert server.command("token", EMAIL)
    finally:
        server.stop()
    assert not server.home.exists()
    assert "demo.example" not in server.log.read_text(), "a named database is not filled with the demonstration"


def superuser(server: EmbeddedPostgres, file: Path) -> None:
    """Runs an SQL file with psql, as the superuser of a server on which nothing was made yet."""
    given = {"AMUPREV_OWNER_PASSWORD": "it's one", "AMUPREV_API_PASSWORD": "another"}
    where = ["-h", str(server.socket_dir), "-U", "amuprev", "-d", "postgres"]
    subprocess.run([server.binaries / "psql", "-Xq", *where, "-f", file], env=given, check=True, timeout=30)


def test_a_server_of_ones_own_needs_the_documented_steps_and_no_others(tmp_path: Path) -> None:
    """roles.sql, migrate, serve; then a backup, taken and restored as the owner, which no row security hides anything from."""
    with EmbeddedPostgres(tmp_path / "elsewhere", durable=False) as postgres:
        superuser(postgres, ROOT / "migrations" / "roles.sql")
        named = {"DATABASE_URL": postgres.dsn("amuprev", "api"), "OWNER_DATABASE_URL": postgres.dsn("amuprev", "owner")}
        server = Server(tmp_path / "never", named)
        server.command("migrate")
        server.start()
        try:
            asyncio.run(server.ready())
            assert len(httpx.get(f"{server.address}/.well-known/jwks.json").json()["keys"]) == 1
        finally:
            server.stop()
    assert not server.home.exists()


def counts(home: Path) -> dict[str, int]:
    """How many rows every table of an embedded database holds."""

    async def count(url: str) -> dict[str, int]:
        connection = await asyncpg.connect(url)
        try:
            tables = await connection.fetch("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
            return {row["relname"]: await connection.fetchval(f"select count(*) from {row['relname']}") for row in tables}
        finally:
            await connection.close()

    with EmbeddedPostgres(home) as postgres:
        return asyncio.run(count(postgres.dsn("amuprev", "superuser")))


def test_a_backup_holds_everything_and_restores_into_an_empty_database(served: Server, first: str, tmp_path: Path) -> None:
    served.command("backup", str(tmp_path / "amuprev.dump"))
    other = Server(tmp_path / "other")
    other.command("restore", str(tmp_path / "amuprev.dump"))
    kept = counts(served.home)
    assert kept["principal"] >= 1
    assert counts(other.home) == kept
    other.start()
    try:
        asyncio.run(other.ready())
        epochs = {httpx.get(f"{s.address}/version").json()["epoch"] for s in (served, other)}
        assert len(epochs) == 2, "the restored database lives another life, so that cursors of the feed from before are gone"
        assert other.command("token", EMAIL)
    finally:
        other.stop()


@pytest.mark.parametrize("role", ["superuser", "owner"])
def test_serve_refuses_a_role_that_passes_row_security_by(tmp_path: Path, own_database: Callable[[Role], str], role: Role) -> None:
    server = Server(tmp_path / "never", {"DATABASE_URL": own_database(role)})
    done = run(server.environment, "serve", "--port", str(server.port))
    assert done.returncode == 1
    assert "row security" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unreachable_database_is_told_in_a_line(tmp_path: Path) -> None:
    server = Server(tmp_path / "never", {"DATABASE_URL": f"postgresql://amuprev_api@127.0.0.1:{free_port()}/amuprev"})
    done = run(server.environment, "serve", "--port", str(server.port))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_setting_that_cannot_be_is_named() -> None:
    done = run({"AMUPREV_ACCESS_TOKEN_S": "86400"}, "serve")
    assert done.returncode == 1
    assert done.stderr.strip() == "AMUPREV_ACCESS_TOKEN_S: Input should be less than or equal to 900"


def test_faulty_frameworks_are_told_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "ours.json").write_text('{"code": "ours"}', encoding="utf-8")
    done = run({"AMUPREV_FRAMEWORKS_FOLDER": str(tmp_path), "AMUPREV_HOME": str(tmp_path / "home")}, "serve")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ours.json: steps: Field required" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_port_that_is_taken_ends_serve_and_its_database(tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        taken.listen()
        done = run(server.environment, "serve", "--no-demo", "--port", str(server.port))
    assert done.returncode not in (0, None)
    assert "bind" in done.stderr
    assert "Traceback" not in done.stderr
    assert processes_of(server.home) == []
