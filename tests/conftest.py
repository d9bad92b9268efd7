"""One embedded PostgreSQL for each process of a run, migrated as in production. Who writes gets a copy of the demonstration region."""

import asyncio
import fcntl
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from api import chronicle, clock, founding
from api.access import House
from api.app import create_app
from api.demo import region as demo
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from migrations.apply import migrate
from tests import contract, examples, stored

SHARED = contract.ROOT.parent / "shared" / "data"
"""The real files, where they stand beside the repository; tests that need them skip elsewhere, saying so."""
numbers = itertools.count()
TOKEN_S = 600
KEPT = os.environ.get("AMUPREV_TESTS_HOME")
"""Home of a server whose two templates are made already, for runs that are many and short (tests/isolation/__main__.py); else each run
makes its own."""
BESIDE = "PYTEST_XDIST_WORKER" in os.environ
"""Whether this process is one of several of a run."""
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
"""Where a copy of the region costs a tenth of what it costs on a disk (measured), if so much is free there: a container may have 64 MB."""
LONGEST = (
    *("tests/isolation/test_http.py", "tests/test_schemathesis.py", "tests/isolation/test_canary.py"),
    *("tests/routers/indicator/test_known_at.py", "tests/faults/test_kills.py", "tests/test_demo.py", "tests/test_cli.py"),
)
"""Files that are begun with, so that no process is left alone with one of them at the end."""


def silent(what: str, done: int, of: int) -> None:
    """Told how far a migration is; tests need no bars."""


@dataclass
class World:
    """A database with the API over it. `world.who("mx")` is a client with that person's token, `world.who()` the public."""

    postgres: EmbeddedPostgres
    database: str
    app: ASGIApp
    settings: Settings
    house: House
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    """When each signed in: a token lives 15 minutes, a run of all tests longer."""

    def url(self, role: Any = "owner") -> str:
        return self.postgres.dsn(self.database, role)

    async def who(self, name: str = "", **headers: str) -> httpx.AsyncClient:
        """A client whose every answer is checked against the documents. The name of a person of the demonstration, or nothing."""
        if name and (name not in self.clients or time.monotonic() - self.since[name] >= TOKEN_S):
            self.clients[name], self.since[name] = (
                self.client(await founding.token(self.url("api"), f"{name}@demo.example")), time.monotonic(),
            )  # fmt: skip
        elif not name and name not in self.clients:
            self.clients[""] = self.client()
        client = self.clients[name]
        return self.client(client.headers.get("authorization", " ").split(" ", 1)[1], **headers) if headers else client

    def client(self, token: str = "", *, checked: bool = True, **headers: str) -> httpx.AsyncClient:
        every = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("127.0.0.1", next(numbers)))
        hooks: dict[str, Any] = {"response": [contract.check]} if checked else {}
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=every, event_hooks=hooks, timeout=60)

    async def settled(self) -> None:
        """Wait until the feed tells all that was committed: it tells nothing that is newer than the oldest transaction of the server, and
        that may be one of another database, as a worker of autovacuum's."""
        async with self.owner() as owner:
            done = "select pg_snapshot_xmin(s) = pg_snapshot_xmax(s) from pg_current_snapshot() s"
            while not await owner.fetchval(done):  # noqa: ASYNC110 - there is nobody to tell us.
                await asyncio.sleep(0.02)

    async def bring_up(self) -> int:
        """What the clock does when steps and alerts may have changed, after all that was committed."""
        await self.settled()
        return await chronicle.bring_up(self.house)

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees everything."""
        connection = await asyncpg.connect(self.url())
        try:
            yield connection
        finally:
            await connection.close()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process for each core where a folder is asked for; files that are named are sooner done by one, and one alone records."""
    folders = any(Path(asked.partition("::")[0]).is_dir() for asked in config.args)
    return 0 if KEPT or examples.RECORDING or not folders else os.cpu_count() or 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is one process's, in the order in which its tests stand there."""
    if BESIDE:
        items.sort(key=lambda item: next((n for n, file in enumerate(LONGEST) if item.nodeid.startswith(file)), len(LONGEST)))


def pytest_sessionfinish() -> None:
    """Keep the recorded examples, where they were asked for."""
    examples.write()


def roomy() -> Path | None:
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest_asyncio.fixture(scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """Of a server that no other process of the run has: the transactions, roles and kills of one server are everybody's there."""
    if KEPT:
        yield Path(KEPT)
        return
    with tempfile.TemporaryDirectory(prefix="amuprev-", dir=roomy()) as folder:
        if BESIDE:
            shutil.copytree(await first_home(tmp_path_factory), folder, dirs_exist_ok=True)
        yield Path(folder)


async def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with which every process of a run begins, made by the first that comes."""
    first = tmp_path_factory.getbasetemp().parent / "first"
    with first.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not first.exists():
            await make_templates(made := first.with_suffix(".new"))
            made.rename(first)
    return first


@pytest.fixture(scope="session")
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(home, durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    return settings_of(home)


def settings_of(home: Path) -> Settings:
    return Settings(home=home, attempts_per_minute=100_000, read_connections=4, write_connections=4, export_connections=2)


async def make_empty(postgres: EmbeddedPostgres) -> str:
    """A migrated database with its catalogues and nobody in it."""
    postgres.prepare("amuprev_empty")
    await migrate(postgres.dsn("amuprev_empty", "owner"), silent)
    await founding.sign_keys(postgres.dsn("amuprev_empty", "api"))
    return "amuprev_empty"


async def make_region(postgres: EmbeddedPostgres, empty: str, settings: Settings) -> str:
    """The same with the demonstration region, made through the API."""
    postgres.create("amuprev_region", empty)
    await demo.fill(settings, postgres.dsn("amuprev_region", "api"), postgres.dsn("amuprev_region", "owner"), silent)
    return "amuprev_region"


async def make_templates(home: Path) -> None:
    """Both, for others to begin with."""
    with EmbeddedPostgres(home, durable=False) as postgres:
        await make_region(postgres, await make_empty(postgres), settings_of(home))


@pytest_asyncio.fixture(scope="session")
async def empty_template(postgres: EmbeddedPostgres) -> str:
    return "amuprev_empty" if KEPT or BESIDE else await make_empty(postgres)


@pytest_asyncio.fixture(scope="session")
async def region_template(postgres: EmbeddedPostgres, empty_template: str, settings: Settings) -> str:
    return "amuprev_region" if KEPT or BESIDE else await make_region(postgres, empty_template, settings)


@asynccontextmanager
async def opened(postgres: EmbeddedPostgres, database: str, settings: Settings) -> AsyncIterator[World]:
    """The API over `database`; afterwards every stored count, copy and change record must be what it should be."""
    app, applications = create_app(settings, postgres.dsn(database, "api"))
    async with applications.open() as house:
        # Else it may judge a committee in between, and a test that turns it by hand finds nothing left to do.
        await applications.stop_clock()
        await clock.tick(house)
        world = World(postgres, database, app, settings, house)
        yield world
        for client in world.clients.values():
            await client.aclose()
    await stored.check(postgres.dsn(database, "owner"))


@pytest_asyncio.fixture(scope="session")
async def region(postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> AsyncIterator[World]:
    """The demonstration region, shared by all tests that only read."""
    name = f"shared_{os.getpid()}"
    postgres.create(name, region_template)
    try:
        async with opened(postgres, name, settings) as world:
            yield world
    finally:
        postgres.drop(name)


@pytest_asyncio.fixture
async def world(postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> AsyncIterator[World]:
    """A demonstration region of one's own, to write in."""
    name = f"t{os.getpid()}_{next(numbers)}"
    postgres.create(name, region_template)
    try:
        async with opened(postgres, name, settings) as found:
            yield found
    finally:
        postgres.drop(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files. Skips where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("the real files (../shared/data) are not beside this repository")
    return SHARED
