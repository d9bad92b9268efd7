"""The API as it is served, without a network: requests go straight into the ASGI application, statements straight to PostgreSQL."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from starlette.types import ASGIApp, Message

from api import db, founding
from api.access import Reading, moment
from api.app import Applications, create_app
from api.embedded import EmbeddedPostgres
from api.pages import Statement
from api.settings import Settings
from tests.benchmarks.meter import Cost, Meter, least

ENTER = "app.enter("
NOT_ENTERED = "benchmark_principal("
ROUND_S = 0.3
"""Longest round of one piece of work; what is slow is done less often."""
STAND_IN = """create or replace function benchmark_principal(credential text, request text, at timestamptz) returns uuid
    language sql immutable as $$ select case when credential is not null and request is not null and at is not null
      then '00000000-0000-0000-0000-000000000000'::uuid end $$"""
"""Takes the place of app.enter in a baseline: the same parameters and no work."""


Work = Callable[[], Awaitable[Any]]


@dataclass
class Answered:
    """An answer, of which only the size is kept where it streams."""

    status: int = 0
    size: int = 0
    body: bytearray = field(default_factory=bytearray)

    def json(self) -> Any:
        """The body. Fails unless the answer is 200 or 201."""
        assert self.status in (200, 201), (self.status, bytes(self.body[:500]))
        return json.loads(self.body)


@dataclass
class Bench:
    """The application over one database, and connections beside it."""

    server: EmbeddedPostgres
    database: str
    app: ASGIApp
    applications: Applications
    meter: Meter
    owner: asyncpg.Connection
    """Bypasses row security and has the scope of `as_somebody`: for baselines."""
    api: asyncpg.Connection
    """The role of the API, under row security."""
    headers: dict[str, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)

    async def enter(self, who: str) -> None:
        """A request's headers and a statement's credential for `who`, and the scope of `who` set on the baseline's connection for good."""
        if who not in self.headers:
            token = await founding.token(self.server.dsn(self.database, "api"), f"{who}@bench.example")
            self.headers[who] = [(b"host", b"benchmark"), (b"accept", b"application/json"), (b"authorization", f"Bearer {token}".encode())]
            assert self.applications.house is not None
            self.credentials[who] = f"s{self.applications.house.keys.ring.verify(token)}"
        async with self.owner.transaction():
            await self.owner.execute("select app.enter($1, 'benchmark', now())", self.credentials[who])
            scope = await self.owner.fetchval("select current_setting('app.scope')")
        await self.owner.execute("select set_config('app.scope', $1, false)", scope)

    def reading(self, who: str) -> Reading:
        """What a route would know of a request of `who`."""
        assert self.applications.house is not None
        return Reading(self.applications.house, self.credentials[who], "benchmark", moment(), "en")

    async def ask(self, who: str, path: str, body: AsyncIterator[bytes] | None = None, *, keep: bool = True) -> Answered:
        """One request through everything but the socket, a POST where there is a body; `who` empty is the public."""
        answered = Answered()
        plain, _, query = path.partition("?")
        headers = list(self.headers[who]) if who else [(b"host", b"benchmark")]
        if body is not None:
            headers.append((b"content-type", b"text/csv"))

        async def receive() -> Message:
            if body is None:
                return {"type": "http.request", "body": b"", "more_body": False}
            piece = await anext(body, b"")
            return {"type": "http.request", "body": piece, "more_body": bool(piece)}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                return
            answered.size += len(message.get("body", b""))
            if keep:
                answered.body += message.get("body", b"")

        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
            "method": "POST" if body else "GET",
            "path": plain, "raw_path": plain.encode(), "root_path": "", "query_string": query.encode(), "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "state": {},
        }  # fmt: skip
        await self.app(scope, receive, send)
        return answered

    async def compared(self, works: list[Work], times: int, rounds: int = 9) -> list[Cost]:
        """What each of `works` costs once: the cheapest of several rounds that take turns."""
        began = time.perf_counter()
        for work in works:
            for _ in range(8):  # PostgreSQL settles on a generic plan after the fifth execution.
                await work()
        once = (time.perf_counter() - began) / 8 / len(works)
        times = max(3, min(times, int(ROUND_S / once)))
        found: list[list[Cost]] = [[] for _ in works]
        for _ in range(rounds):
            for work, costs in zip(works, found, strict=True):
                with self.meter.measured() as measured:
                    for _ in range(times):
                        await work()
                costs.append(measured[0].each(times))
        return [least(costs) for costs in found]

    def statement(
        self, connection: asyncpg.Connection, statement: Statement, values: list[Any], *, entered: bool
    ) -> Callable[[], Awaitable[Any]]:
        """The door's own statement on one connection; not `entered`: without app.enter."""
        sql = statement.sql if entered else statement.sql.replace(ENTER, NOT_ENTERED)
        return lambda: connection.fetchrow(sql, *values)


SESSION = {"timezone": "UTC", "intervalstyle": "iso_8601", "jit": "off", "plan_cache_mode": "force_generic_plan"}
"""What the read door sets for its sessions, for the connections of the baselines too."""


@asynccontextmanager
async def opened(server: EmbeddedPostgres, database: str, settings: Settings) -> AsyncIterator[Bench]:
    """The API over `database`, with connections for the baselines."""
    app, applications = create_app(settings, server.dsn(database, "api"))
    pid = server.pid()
    assert pid is not None
    async with (
        applications.open(),
        db.connected(server.dsn(database, "superuser")) as owner,
        db.connected(server.dsn(database, "api")) as api,
    ):
        for connection in (owner, api):
            await connection.execute("; ".join(f"set {name} = '{value}'" for name, value in SESSION.items()))
        await owner.execute(STAND_IN)
        yield Bench(server, database, app, applications, Meter(pid), owner, api)
