"""The embedded server: what it promises to the product, and that no way of dying leaves a home unusable or a server running."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from api import embedded
from api.embedded import EmbeddedPostgres, EmbeddedPostgresError

# A second process that uses the home: it says so, then waits until it is told to go or is killed.
COMPANION = """
import sys
from pathlib import Path
from api.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), durable=False) as server:
    print(server.pid(), flush=True)
    sys.stdin.readline()
"""
RIGHTS = "{amuprev_owner=CTc/amuprev_owner,amuprev_api=Tc/amuprev_owner}"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hide that it is root")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared home that nobody uses, to be copied: initdb is most of the time a home takes."""
    home = tmp_path_factory.mktemp("pristine") / "home"
    with EmbeddedPostgres(home, durable=False) as server:
        server.prepare()
    return home


@pytest.fixture
def home(pristine: Path, tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own, in which nothing may run any more when the test is over."""
    yield Path(shutil.copytree(pristine, tmp_path / "home"))
    assert processes_of(tmp_path / "home") == []


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(home, durable=False) as running:
        yield running


@pytest.fixture
def companion(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that already uses the home."""
    process = launch(home)
    assert next(iter(process.stdout or ())).strip().isdigit()
    yield process
    process.kill()
    process.wait()


def launch(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMPANION, str(home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)


def dismiss(process: subprocess.Popen[str]) -> None:
    process.communicate("go\n", timeout=10)
    assert process.returncode == 0


def processes_of(home: Path) -> list[str]:
    found = []  # The command lines of the processes that work in its data directory.
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == home.resolve() / "data":
                found.append((process / "cmdline").read_text())
    return found


def kill(server: EmbeddedPostgres) -> int:
    pid = server.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    return pid


async def connect(server: EmbeddedPostgres, role: embedded.Role = "owner", database: str = "amuprev") -> asyncpg.Connection:
    """A connection, waiting at most 3 seconds for a server that is just coming back."""
    async with asyncio.timeout(3):
        while True:
            with contextlib.suppress(OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
                return await asyncpg.connect(server.dsn(database, role))
            await asyncio.sleep(0.01)


def value(server: EmbeddedPostgres, statement: str, role: embedded.Role = "owner", database: str = "amuprev") -> object:
    async def ask() -> object:
        connection = await connect(server, role, database)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_start_prepare_and_stop_twice_are_once(home: Path) -> None:
    server = EmbeddedPostgres(home, durable=False)
    for _ in range(2):
        pid = server.start().pid()
        assert server.start().pid() == pid is not None
        server.prepare()
        server.stop()
        server.stop()
        assert processes_of(home) == []


def test_the_owner_owns_the_api_connects_and_neither_can_bypass_anything(server: EmbeddedPostgres) -> None:
    value(server, "alter role amuprev_api superuser bypassrls", "superuser")
    server.prepare()  # It also weakens again what somebody made stronger.
    weak = "not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication) and rolcanlogin"
    assert value(server, f"select count(*) from pg_roles where rolname in ('amuprev_owner', 'amuprev_api') and {weak}") == 2
    assert value(server, "select datacl::text from pg_database where datname = 'amuprev'") == RIGHTS
    assert value(server, "select nspowner::regrole::text from pg_namespace where nspname = 'public'") == "amuprev_owner"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        value(server, "create table public.mine()", "api")


def test_the_owner_makes_the_trusted_extensions_itself(server: EmbeddedPostgres) -> None:
    for extension in ("pg_trgm", "unaccent", "btree_gist"):
        value(server, f"create extension {extension}")
    assert value(server, "select unaccent('comité')") == "comite"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        value(server, "create extension file_fdw")


def test_a_copy_of_a_template_is_whole_and_private(server: EmbeddedPostgres) -> None:
    value(server, "create table kept as select 7 as n")
    server.create("copy", template="amuprev")
    assert value(server, "select n from kept", database="copy") == 7
    assert value(server, "select datacl::text from pg_database where datname = 'copy'") == RIGHTS
    with pytest.raises(EmbeddedPostgresError, match="already exists"):
        server.create("copy")
    server.drop("copy")
    server.drop("copy")
    server.create("copy")


def test_a_killed_server_comes_back_with_what_was_committed(server: EmbeddedPostgres) -> None:
    value(server, "create table kept as select 7 as n")
    for _ in range(2):
        killed, since = kill(server), time.monotonic()
        assert value(server, "select n from kept") == 7
        assert time.monotonic() - since < 3
        assert server.pid() != killed


async def test_a_busy_child_of_a_killed_server_does_not_hold_up_the_next(server: EmbeddedPostgres) -> None:
    connection = await connect(server)
    busy = asyncio.create_task(connection.execute("select count(*) from generate_series(1, 100_000_000_000)"))
    await asyncio.sleep(0.2)
    kill(server)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await busy
    await (await connect(server)).close()


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.25, 0.35])
def test_stop_does_not_race_with_the_supervisor(home: Path, delay: float) -> None:
    server = EmbeddedPostgres(home, durable=False).start()
    kill(server)
    time.sleep(delay)
    server.stop()
    assert processes_of(home) == []
    time.sleep(0.4)  # After which the end of the test looks once more.


def test_the_first_of_two_processes_to_leave_stops_nothing(companion: subprocess.Popen[str], home: Path) -> None:
    with EmbeddedPostgres(home, durable=False) as server:
        pid = server.pid()
        dismiss(companion)
        assert server.pid() == pid


def test_two_supervisors_restart_one_server(companion: subprocess.Popen[str], home: Path) -> None:
    with EmbeddedPostgres(home, durable=False) as server:
        killed = kill(server)
        assert value(server, "select 1") == 1
        restarted = server.pid()
        time.sleep(0.5)
        assert server.pid() == restarted != killed
        assert sum("postgres\0-D" in command for command in processes_of(home)) == 1
    assert server.pid() == restarted  # The companion still needs it.
    dismiss(companion)


def test_four_processes_start_at_once_on_an_empty_home(tmp_path: Path) -> None:
    started = [launch(tmp_path / "home") for _ in range(4)]
    assert len({process.stdout.readline() for process in started if process.stdout}) == 1
    for process in started:
        dismiss(process)
    assert processes_of(tmp_path / "home") == []


@pytest.mark.parametrize("server_too", [False, True])
def test_a_home_whose_process_was_killed_is_used_again(companion: subprocess.Popen[str], home: Path, server_too: bool) -> None:
    server = EmbeddedPostgres(home, durable=False)
    companion.kill()
    companion.wait()
    left_behind = kill(server) if server_too else server.pid()
    with server:
        assert (server.pid() == left_behind) is not server_too
        assert value(server, "select 1") == 1


def test_ctrl_c_leaves_nothing_running(companion: subprocess.Popen[str], home: Path) -> None:
    os.killpg(companion.pid, signal.SIGINT)  # As a terminal does: to the whole group of the process.
    companion.wait(10)


def test_the_pid_of_a_dead_server_may_be_somebody_elses_by_now(home: Path) -> None:
    for left in (home / "data" / "postmaster.pid", home / ".s.PGSQL.5432.lock"):
        left.write_text(f"{os.getpid()}\n{home}/data\n1700000000\n5432\n{home}\n\n  1234 5678\nready   \n")
    server = EmbeddedPostgres(home, durable=False)
    assert server.pid() is None
    with server:
        assert value(server, "select 1") == 1


def test_a_half_done_initdb_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "home" / "data.new" / "base").mkdir(parents=True)
    (tmp_path / "home" / "data.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path / "home") as server:  # The one test of a durable home.
        assert value(server, "select current_setting('fsync')", "superuser", "postgres") == "on"
    assert not (tmp_path / "home" / "data.new").exists()


@pytest.mark.parametrize("name", ["long-" * 40, "odd \"quoted' $HOME, é"])
def test_a_home_whose_path_is_no_path_for_a_socket(pristine: Path, tmp_path: Path, name: str) -> None:
    server = EmbeddedPostgres(Path(shutil.copytree(pristine, tmp_path / name)), durable=False)
    with server:
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert value(server, "select 1", "api") == 1
    assert not server.socket_dir.exists()
    server.socket_dir.symlink_to(tmp_path)  # The name is known, and in /tmp anyone may take it.
    with pytest.raises(EmbeddedPostgresError, match="belongs to someone else"):
        server.start()
    server.socket_dir.unlink()


def test_the_environment_moves_nothing_and_the_log_quotes_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, setting in {"PGPORT": "1", "PGHOST": "nowhere", "PGUSER": "nobody", "PGDATA": "/nowhere", "PGOPTIONS": "-c no=1"}.items():
        monkeypatch.setenv(name, setting)
    with EmbeddedPostgres(home, durable=False) as server:
        server.prepare()
        monkeypatch.undo()
        with pytest.raises(asyncpg.PostgresError):
            value(server, "select 'Ana Morales'::int")
    assert "Ana Morales" not in (home / "postgres.log").read_text()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmbeddedPostgresError, match="without durability"):
        EmbeddedPostgres(home).start()
    (home / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        EmbeddedPostgres(home, durable=False).start()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddedPostgresError, match="AMUPREV_DATABASE_URL"):
        EmbeddedPostgres(home)


@as_root
def test_roots_files_stay_roots(server: EmbeddedPostgres, home: Path) -> None:
    if subprocess.run([*embedded.NAMESPACE, "true"], check=False).returncode == 0:
        assert {path.lstat().st_uid for path in (home, *home.rglob("*"), Path(f"/proc/{server.pid()}"))} == {0}


@as_root
def test_without_a_user_namespace_root_lends_the_home_to_nobody(pristine: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "NAMESPACE", ["false"])
    home.parent.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match="run as another user"):
        EmbeddedPostgres(home, durable=False).start()
    assert home.stat().st_uid == 0
    with tempfile.TemporaryDirectory() as directory:  # Unlike tmp_path, in a place that nobody can reach.
        Path(directory).chmod(0o755)
        server = EmbeddedPostgres(Path(shutil.copytree(pristine, Path(directory) / ("long-" * 40))), durable=False)
        for _ in range(2):  # The second time the data is nobody's already, and a namespace would not help.
            with server:
                assert Path(f"/proc/{server.pid()}").stat().st_uid != 0
                assert value(server, "select 1", "api") == 1
            assert processes_of(server.home) == []
            monkeypatch.undo()
