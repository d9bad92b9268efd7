"""The real server as it is started in production: a process of its own behind a socket, over a database of its own or of the test run."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.embedded import EmbeddedPostgres
from tests import stored

PATIENCE_S = 60.0
"""The longest a server may take to its first answer."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`amuprev serve` with these AMUPREV_* settings; `log` keeps what all its lives said."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home.parent / f"{self.home.name}.log"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AMUPREV_")}
        return kept | {"AMUPREV_HOME": str(self.home)} | {f"AMUPREV_{k}": v for k, v in self.settings.items()}

    def command(self, *arguments: str) -> str:
        """The output of `amuprev ARGUMENTS` over the same database."""
        program = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
        done = subprocess.run(program, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr[-1000:]
        return done.stdout.strip()

    def start(self) -> None:
        """Begin a life; `ready` says when it answers."""
        program = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--no-demo", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(program, env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the process a signal; after SIGKILL it is gone when this returns."""
        assert self.process is not None
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait(10)

    def stop(self) -> int:
        """End it in good order. Returns its exit code."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    async def ready(self) -> None:
        """Returns when it answers and its database does. Fails where the process ended or took too long."""
        deadline = time.monotonic() + PATIENCE_S
        async with httpx.AsyncClient(base_url=self.address, timeout=5) as client:
            while True:
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text("utf-8", "replace")[-2000:]
                assert time.monotonic() < deadline, self.log.read_text("utf-8", "replace")[-2000:]
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(home: Path, **settings: str) -> AsyncIterator[Server]:
    """A server that answers; stopped afterwards in good order."""
    server = Server(home, settings)
    server.start()
    try:
        await server.ready()
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def serving_a_copy(postgres: EmbeddedPostgres, template: str, home: Path, **settings: str) -> AsyncIterator[tuple[Server, str]]:
    """A server over a region of its own to write in, and its database's name. What is kept twice agrees afterwards."""
    name = f"s{os.getpid()}_{free_port()}"
    postgres.create(name, template)
    try:
        url = postgres.dsn(name, "api")
        async with serving(home, DATABASE_URL=url, ATTEMPTS_PER_MINUTE="100000", **settings) as server:
            yield server, url
        await stored.check(postgres.dsn(name, "owner"))
    finally:
        postgres.drop(name)


@dataclass(frozen=True)
class Reply:
    """What came back over a bare socket: status 0 where the server closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


async def exchange(port: int, request: bytes, *, deadline_s: float = 15.0, eof: bool = False) -> Reply:
    """Send these bytes and read one answer, whatever they are. Raises TimeoutError where none comes and the connection stays open."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    try:
        async with asyncio.timeout(deadline_s):
            with contextlib.suppress(ConnectionError):
                writer.write(request)
                if eof:
                    writer.write_eof()
                await writer.drain()
            return await answer(reader, began)
    finally:
        writer.transport.abort()


async def answer(reader: asyncio.StreamReader, began: float) -> Reply:
    """The next answer on a connection, timed from `began` (perf_counter)."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return Reply(0, {}, b"", time.perf_counter() - began)
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = b""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int(await reader.readline() or b"0", 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
    return Reply(int(first.split()[1]), headers, body, time.perf_counter() - began)
