"""Writers that repeat until they are answered, while application and PostgreSQL are killed under them; then a count of what is there."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import psutil

from api.embedded import EmbeddedPostgres, Role
from tests.faults.server import Server

PREFIX = "Written under fire"
DATABASE = "amuprev"
ANSWER_S = 15.0
"""The longest a writer waits for one answer before it sends the same again."""
ADMINISTRATOR = "first@fire.example"
Tell = Callable[[float], None]


@dataclass
class Ledger:
    """What the writers were told."""

    kept: dict[str, str] = field(default_factory=dict)
    """Name -> id of everything that was acknowledged with 201."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Every answer; 0 where there was none."""
    wrong: list[str] = field(default_factory=list)
    """Answers that are neither a success nor a promise that the same may be sent again."""
    kills: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    longest_s: float = 0.0
    """The longest time from first sending something to its acknowledgement."""

    def __str__(self) -> str:
        answers = ", ".join(f"{n} x {status or 'no answer'}" for status, n in sorted(self.statuses.items()))
        kills = ", ".join(f"{n} x {what}" for what, n in sorted(self.kills.items())) or "none"
        repeated = f"{self.replayed} of them on repetition, after {self.longest_s:.1f} s at most"
        return f"{len(self.kept)} acknowledged ({repeated}); answers: {answers}; kills: {kills}"


@dataclass
class Fire:
    """A server over a durable home of its own, with the means to kill it, and a service key of its administrator."""

    server: Server
    key: str = ""

    @property
    def postgres(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.server.home)

    def postmaster(self) -> psutil.Process | None:
        pid = self.postgres.pid()
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(pid) if pid else None
        return None

    def kill_postmaster(self) -> None:
        """The postmaster alone: its children notice and go."""
        if (found := self.postmaster()) is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                found.kill()

    def kill_a_backend(self, dice: random.Random) -> None:
        """One of its children: the postmaster ends the others and recovers."""
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            found = self.postmaster()
            dice.choice(found.children() if found else []).kill()

    def kill_postgres(self) -> None:
        """All of PostgreSQL in one stroke, as when the machine goes: nothing that only its memory held survives."""
        found = self.postmaster()
        if found is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            everyone = [found, *found.children(recursive=True)]
            for process in everyone:  # Stopped first, so that none has the time to write what another held.
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.suspend()
            for process in everyone:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    def restart(self) -> None:
        """Kill the application and begin its next life."""
        self.server.kill()
        self.server.start()

    async def ask(self, statement: str, *values: Any, role: Role = "owner") -> list[Any]:
        """The rows of a statement, asked again while PostgreSQL is coming back."""
        deadline = time.monotonic() + 60
        while True:
            try:
                connection = await asyncpg.connect(self.postgres.dsn(DATABASE, role), timeout=5)
                try:
                    return list(await connection.fetch(statement, *values))
                finally:
                    await connection.close()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)


@asynccontextmanager
async def fire(home: Path) -> AsyncIterator[Fire]:
    """A served, migrated, durable database with one administrator."""
    found = Fire(Server(home))
    found.server.start()
    try:
        await found.server.ready()
        await asyncio.to_thread(found.server.command, "user", "add", "--admin", ADMINISTRATOR)
        found.key = await asyncio.to_thread(found.server.command, "key", "create", ADMINISTRATOR)
        yield found
    finally:
        found.server.stop()


async def _written(client: httpx.AsyncClient, name: str, ledger: Ledger, patience: asyncio.Event) -> None:
    """Send one organisation under one key until it is acknowledged, or until `patience` ends after something wrong or unanswered."""
    headers, body = {"Idempotency-Key": str(uuid4())}, {"name": name, "classification": "ngo", "country_id": 320}
    began = time.monotonic()
    while not patience.is_set():
        try:
            answer = await client.post("/v1/organisations", json=body, headers=headers)
        except httpx.TransportError:
            ledger.statuses[0] += 1
            await asyncio.sleep(0.1)
            continue
        ledger.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            ledger.kept[name] = answer.json()["id"]
            ledger.replayed += "idempotent-replayed" in answer.headers
            ledger.longest_s = max(ledger.longest_s, time.monotonic() - began)
            return
        if answer.status_code != 503:
            ledger.wrong.append(f"{answer.status_code}: {answer.text[:300]}")
            return
        await asyncio.sleep(min(float(answer.headers["retry-after"]), 1.0))


async def writer(fire: Fire, number: int, ledger: Ledger, end: asyncio.Event, patience: asyncio.Event) -> None:
    """Write one thing after the other until `end`; the last one too is sent until it is acknowledged."""
    async with httpx.AsyncClient(
        base_url=fire.server.address, headers={"Authorization": f"Bearer {fire.key}"}, timeout=httpx.Timeout(ANSWER_S)
    ) as client:
        serial = 0
        while not end.is_set():
            await _written(client, f"{PREFIX} {os.getpid()} {id(ledger)} {number} {serial}", ledger, patience)
            serial += 1


KINDS = ("backend", "postmaster", "postgres", "application", "both")
ROUND_S = 900.0
"""The longest that one round of all kinds may take, on whatever machine; a longer `seconds` is not cut short by it."""


async def killer(fire: Fire, dice: random.Random, ledger: Ledger, end: asyncio.Event) -> None:
    """Kill something every now and then: each kind once a round, in any order, until `end`."""
    while not end.is_set():
        for what in dice.sample(KINDS, len(KINDS)):
            await asyncio.sleep(dice.uniform(0.2, 2.0))
            if end.is_set():
                return
            ledger.kills[what] += 1
            await _kill(fire, what, dice)


async def _kill(fire: Fire, what: str, dice: random.Random) -> None:
    if what == "postmaster":
        fire.kill_postmaster()
    elif what == "backend":
        fire.kill_a_backend(dice)
    elif what == "postgres":
        fire.kill_postgres()
    else:
        if what == "both":
            fire.server.kill(signal.SIGSTOP)  # So that its supervisor does not bring PostgreSQL back in between.
            fire.kill_postgres()
        fire.restart()
        if dice.random() < 0.3:  # And once more while it is starting.
            await asyncio.sleep(dice.uniform(0.2, 1.5))
            fire.restart()
        await fire.server.ready()


async def rage(fire: Fire, seconds: float, *, writers: int = 6, seed: int = 1, tell: Tell = lambda _: None) -> Ledger:
    """Write and kill for `seconds`, and on until every kind was killed once; then let every writer come to its end.

    Returns what was acknowledged. A busy machine starts so slowly that one round may take longer than `seconds`.
    """
    ledger, end, patience = Ledger(), asyncio.Event(), asyncio.Event()
    writing = [asyncio.create_task(writer(fire, n, ledger, end, patience)) for n in range(writers)]
    killing = asyncio.create_task(killer(fire, random.Random(seed), ledger, end))
    began = time.monotonic()
    while (passed := time.monotonic() - began) < max(seconds, ROUND_S) and not killing.done():
        if passed >= seconds and len(ledger.kills) == len(KINDS):
            break
        tell(min(passed, seconds))
        await asyncio.sleep(0.2)
    end.set()
    await killing
    await fire.server.ready()
    _, stuck = await asyncio.wait(writing, timeout=60)
    patience.set()
    ledger.wrong += [f"{len(stuck)} writers were not answered within a minute of peace"] * bool(stuck)
    await asyncio.gather(*writing)
    return ledger


async def missing(fire: Fire, ledger: Ledger) -> dict[str, str]:
    """Of what was acknowledged, that which is not there exactly once, as a row and as its change record; and what is wrong with it."""
    rows, changes = defaultdict(list), Counter[str]()
    for row in await fire.ask("select name, id::text from organisation where name like $1 || '%'", PREFIX):
        rows[row["name"]].append(row["id"])
    for row in await fire.ask("select thing from change where noun = 'organisation' and action = 'create'"):
        changes[row["thing"]] += 1
    wrong = {}
    for name, id in ledger.kept.items():
        if rows[name] != [id] or changes[id] != 1:
            wrong[name] = f"{len(rows[name])} rows, {changes[id]} change records"
    return wrong


async def forgetful(fire: Fire) -> None:
    """Let the API's commits be acknowledged before they are on the disk, and be written as late as PostgreSQL can."""
    for statement in (
        "alter role amuprev_api set synchronous_commit = off",
        "alter system set wal_writer_delay = '10s'",
        "alter system set wal_writer_flush_after = '1GB'",
        "select pg_reload_conf()",
    ):
        await fire.ask(statement, role="superuser")
    fire.restart()  # Its connections were made before and remember well.
    await fire.server.ready()


async def lapse(fire: Fire, seconds: float = 2.0, *, writers: int = 6) -> tuple[Ledger, int]:
    """Write for `seconds`, then end PostgreSQL in one stroke. Returns what was acknowledged before, and how many of those are gone."""
    ledger, end, patience = Ledger(), asyncio.Event(), asyncio.Event()
    writing = [asyncio.create_task(writer(fire, n, ledger, end, patience)) for n in range(writers)]
    await asyncio.sleep(seconds)
    fire.kill_postgres()
    kept = dict(ledger.kept)
    end.set()
    patience.set()
    await asyncio.gather(*writing)
    ledger.kept = kept
    return ledger, len(await missing(fire, ledger))
