"""Connections that stall, flood or stop reading are ended; those that are only slow are not, and nobody else waits for either."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api import founding
from api.embedded import EmbeddedPostgres
from tests.faults.server import Reply, Server, answer, exchange, serving_a_copy
from tests.faults.slow import RATE, post_head, sesnsp, slow_upload

HALF_OPEN = 1000
GONE_S = 15.0
"""The longest a half-open connection may live."""
BODY = 100_000_000
HEADER_S, IDLE_S = 2, 3
"""The deadlines of the impatient server, in seconds, so that a short upload outlasts every one of them."""


@pytest_asyncio.fixture(scope="module")
async def server(postgres: EmbeddedPostgres, region_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server with the deadlines of every installation."""
    async with serving_a_copy(postgres, region_template, tmp_path_factory.mktemp("patient") / "home") as (found, _):
        yield found


@pytest_asyncio.fixture(scope="module")
async def impatient(
    postgres: EmbeddedPostgres, region_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Server, str]]:
    """A server with short deadlines, and a token of mx@."""
    home = tmp_path_factory.mktemp("impatient") / "home"
    deadlines = {"HEADER_TIMEOUT_S": str(HEADER_S), "IDLE_TIMEOUT_S": str(IDLE_S)}
    async with serving_a_copy(postgres, region_template, home, **deadlines) as (found, url):
        yield found, await founding.token(url, "mx@demo.example")


# --------------------------------------------------------------------------------------------------------------------- half open


async def _half_open(port: int, begun: bytes, drip: bytes) -> float:
    """How long a connection lives on which this much is sent, and then a byte of `drip` every two seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.perf_counter()
    writer.write(begun)
    gone = asyncio.ensure_future(reader.read())
    for byte in drip:
        done, _ = await asyncio.wait([gone], timeout=2)
        if done:
            break
        writer.write(bytes([byte]))
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(gone, GONE_S * 2)
    writer.transport.abort()
    return time.perf_counter() - began


KINDS = [
    (b"", b""),
    (b"GET /v1/cou", b""),
    (b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthor", b""),
    (b"GET / HTTP/1.1\r\n", b"x-slow: aaaaaaaaaaaaaaaaa"),
]


async def test_half_open_connections_are_gone_and_harm_no_one(server: Server) -> None:
    held = [asyncio.create_task(_half_open(server.port, *KINDS[n % len(KINDS)])) for n in range(HALF_OPEN)]
    waits: list[float] = []
    async with httpx.AsyncClient(base_url=server.address, timeout=5) as client:
        while not all(task.done() for task in held):
            for path in ("/livez", "/v1/countries"):
                began = time.perf_counter()
                assert (await client.get(path)).status_code == 200
                waits.append(time.perf_counter() - began)
            began = time.perf_counter()
            assert (await exchange(server.port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")).status == 200, "a new connection"
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)
    lives = [task.result() for task in held]
    middle = sorted(waits)[len(waits) // 2]
    print(f"{HALF_OPEN} half-open lived {min(lives):.1f}-{max(lives):.1f} s; others waited {middle:.3f} s, at most {max(waits):.3f} s")
    assert max(lives) <= GONE_S
    assert min(lives) > 5, "the deadline and not something else ended them"
    assert sorted(waits)[len(waits) * 95 // 100] < 0.5


async def test_a_kept_connection_serves_again_and_its_dribble_is_cut(impatient: tuple[Server, str]) -> None:
    server, _ = impatient
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(3):
        writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await answer(reader, 0)).status == 200
        await asyncio.sleep(HEADER_S * 0.75)  # Together longer than the deadline, which is of one request and not of the connection.
    began = time.perf_counter()
    for byte in b"GET /livez HTTP/1.1":
        writer.write(bytes([byte]))
        await asyncio.sleep(0.4)
        if reader.at_eof():
            break
    assert await reader.read() == b""
    assert HEADER_S - 0.5 < time.perf_counter() - began < HEADER_S + 2
    writer.close()


# ------------------------------------------------------------------------------------------------------------------- large bodies


async def _flood(port: int, head: bytes, chunked: bool) -> tuple[Reply, int]:
    """The answer to a client that sends `head` and then 100 MB whether it is answered or not, and how much of it was taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    piece, sent = b"x" * 65_536, 0

    async def pump() -> None:
        nonlocal sent
        with contextlib.suppress(ConnectionError):
            while sent < BODY:
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()
                await asyncio.sleep(0)  # An undelayed drain does not yield, and then the answer that has come is not read.
                sent += len(piece)

    writer.write(head)
    began = time.perf_counter()
    pumping = asyncio.create_task(pump())
    try:
        reply = await asyncio.wait_for(answer(reader, began), 15)
        return reply, sent
    finally:
        pumping.cancel()
        writer.transport.abort()


@pytest.mark.parametrize("path", ["/v1/organisations", "/v1/auth/token", "/v1/imports/observations", "/v1/nowhere"])
async def test_100_megabytes_are_refused_at_once(server: Server, path: str) -> None:
    replies = [(await _flood(server.port, post_head(path, f"Content-Length: {BODY}"), chunked=False))[0] for _ in range(5)]
    for reply in replies:
        assert reply.status == 413, "and the refusal arrives, though the client goes on sending"
        assert reply.headers["content-type"] == "application/problem+json"
        assert len(reply.body) + sum(len(k) + len(v) + 4 for k, v in reply.headers.items()) <= 1024
    fastest = min(reply.seconds for reply in replies)
    print(f"{path}: 413 after {fastest * 1000:.1f} ms")
    assert fastest <= 0.05


async def test_chunks_without_end_are_refused_at_the_limit(server: Server) -> None:
    reply, sent = await _flood(server.port, post_head("/v1/auth/refresh", "Transfer-Encoding: chunked"), chunked=True)
    assert reply.status == 413
    assert reply.headers["connection"] == "close"
    assert sent < 20_000_000, "what is beyond the limit is not waited for"


async def test_who_asks_first_is_told_before_the_body(server: Server) -> None:
    reply = await exchange(server.port, post_head("/v1/organisations", f"Content-Length: {BODY}", "Expect: 100-continue"))
    assert reply.status == 413, "and not 100"
    reply = await exchange(server.port, post_head("/v1/auth/refresh", "Content-Length: 2", "Expect: 100-continue"))
    assert reply.status == 100


async def test_an_ordinary_client_reads_the_refusal(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.address, timeout=20) as client:
        for _ in range(3):
            assert (await client.post("/v1/organisations", content=b"x" * 5_000_000)).status_code == 413


# ----------------------------------------------------------------------------------------------------------------- slow and stalled


async def test_a_slow_upload_arrives(impatient: tuple[Server, str]) -> None:
    """The real one, 10 MB in 500 s, is `./run python -m tests.faults upload`."""
    reply = await slow_upload(*impatient, sesnsp(RATE * 10))
    assert reply.status == 201, reply.body[:300]
    assert reply.seconds > 3 * max(HEADER_S, IDLE_S)


async def test_a_stalled_upload_is_told_and_ended(impatient: tuple[Server, str]) -> None:
    began = time.perf_counter()
    reply = await slow_upload(*impatient, sesnsp(RATE * 10), stop_at=RATE)
    assert (reply.status, reply.headers["connection"]) == (408, "close")
    assert IDLE_S <= time.perf_counter() - began < IDLE_S + 4


# -------------------------------------------------------------------------------------------------------------- readers of answers

EXPORT = b"GET /v1/municipalities?format=ndjson HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def _export(port: int) -> socket.socket:
    """A socket with a narrow window on which an export was asked for."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(narrow, ("127.0.0.1", port))
    await loop.sock_sendall(narrow, EXPORT)
    return narrow


async def test_who_stops_reading_an_export_holds_nothing(impatient: tuple[Server, str]) -> None:
    """Two connections of the database serve exports: two readers that stop would be the end of them."""
    server, _ = impatient
    stopped = [await _export(server.port) for _ in range(4)]
    await asyncio.sleep(0.5)
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=server.address, timeout=30) as client:
        whole = await client.get("/v1/municipalities?format=ndjson")
    waited = time.perf_counter() - began
    for reader in stopped:
        reader.close()
    assert whole.status_code == 200
    assert whole.text.count("\n") > 3500
    assert 1 < waited < 4 * IDLE_S, "it had to wait, and not for long"


async def test_a_slow_reader_gets_the_whole(impatient: tuple[Server, str]) -> None:
    server, _ = impatient
    began, got = time.perf_counter(), b""
    with await _export(server.port) as narrow:
        while piece := await asyncio.get_running_loop().sock_recv(narrow, 4096):
            got += piece
            if time.perf_counter() - began < 4 * IDLE_S:
                await asyncio.sleep(0.2)
    assert time.perf_counter() - began > 4 * IDLE_S
    assert got.endswith(b"0\r\n\r\n"), "the last chunk: nothing was broken off"


# ------------------------------------------------------------------------------------------------------------------------ the end


async def test_sigterm_lets_a_request_finish(postgres: EmbeddedPostgres, region_template: str, tmp_path: Path) -> None:
    """One upload needs three seconds more and gets them; one has stopped, and is told to come again when the time to finish in is over."""
    async with serving_a_copy(postgres, region_template, tmp_path / "home") as (server, url):
        token = await founding.token(url, "mx@demo.example")
        under_way = asyncio.create_task(slow_upload(server, token, sesnsp(RATE * 4)))
        stalled = asyncio.create_task(slow_upload(server, token, sesnsp(RATE * 4), stop_at=RATE))
        idle = asyncio.create_task(_half_open(server.port, b"", b""))
        await asyncio.sleep(1.5)
        began = time.perf_counter()
        code = await asyncio.to_thread(server.stop)
        assert code in (0, 128 + signal.SIGTERM)
        assert time.perf_counter() - began < GONE_S
        assert (await under_way).status == 201
        assert (await stalled).status == 503, "and not 500"
        assert await idle < 5, "a connection that asks for nothing is not waited for"
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", server.port)
