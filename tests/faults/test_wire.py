"""Bytes that are hardly HTTP, over the socket of the real server: refused in small, and nobody else waits for it."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import World
from tests.faults.server import Server, exchange, serving
from tests.forgeries import forged
from tests.test_hostile import SMALL, session_of


@pytest_asyncio.fixture(scope="module")
async def server(region: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """The real server over the region, in its own process."""
    home = tmp_path_factory.mktemp("hostile") / "home"
    async with serving(home, DATABASE_URL=region.url("api"), ATTEMPTS_PER_MINUTE="100000") as found:
        yield found


HEAD = b"GET /v1/countries HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/organisations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WIRE: dict[str, bytes] = {
    "10,000 headers": HEAD + b"".join(b"x-%d: 1\r\n" % n for n in range(10_000)) + b"\r\n",
    "one header of a megabyte": HEAD + b"x: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "a header without end": HEAD + b"x: " + b"a" * 5_000_000,
    "headers without end": HEAD + b"x: 1\r\n" * 500_000,
    "a path of a megabyte": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a token of a megabyte": HEAD + b"Authorization: Bearer " + b"a" * 1_000_000 + b"\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n{}",
    "a signed length": POST + b"Content-Length: +2\r\n\r\n{}",
    "a list of lengths": POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a length in hex": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length of 5,000 digits": POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "a length of 20 digits": POST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "odd chunks": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a negative chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a huge chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "an odd encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n{}",
    "a folded header": HEAD + b"x: a\r\n b\r\n\r\n",
    "a blank before the colon": HEAD + b"Authorization : Bearer x\r\n\r\n",
    "a NUL in a header": HEAD + b"x: a\x00b\r\n\r\n",
    "a bare line feed": b"GET /v1/countries HTTP/1.1\nHost: x\n\n",
    "no version": b"GET /v1/countries\r\n\r\n",
    "version 9.9": b"GET /v1/countries HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "a proxy's request": b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path that is not ascii": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path with a NUL": b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a websocket": HEAD
    + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    "h2c": HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "another expectation": POST + b"Expect: a-miracle\r\nContent-Length: 2\r\n\r\n{}",
    "SSH": b"SSH-2.0-x\r\n",
    "one line feed": b"\r\n" * 1000,
}


@pytest.mark.parametrize("name", WIRE)
async def test_odd_bytes_on_the_wire(server: Server, name: str) -> None:
    reply = await exchange(server.port, WIRE[name], eof=name in ("no version", "one line feed", "SSH"))
    assert reply.status < 500, (reply.status, reply.body[:200])
    if reply.status >= 400 and name not in ("a websocket",):
        assert reply.headers["content-type"] == "application/problem+json"
        assert len(reply.body) <= SMALL
    well = await exchange(server.port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (well.status, well.seconds < 1) == (200, True)


async def test_noise_on_the_wire(server: Server) -> None:
    dice = random.Random(7)
    requests = [HEAD + b"\r\n", POST + b"Content-Length: 2\r\n\r\n{}", POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]
    for _ in range(300):
        noise = bytearray(dice.choice(requests))
        for _ in range(dice.randint(1, 6)):
            noise[dice.randrange(len(noise))] = dice.randrange(256)
        reply = await exchange(server.port, bytes(noise), eof=True)
        assert reply.status < 500, bytes(noise)
    assert (await exchange(server.port, b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")).status == 200


async def test_forged_tokens_over_the_socket(server: Server, region: World) -> None:
    key, session, token = await session_of(region)
    sendable = [t for t in forged(key, session).values() if t.isascii() and t.isprintable() and len(t) < 60_000]
    assert len(sendable) >= 40
    for said, status in [(token, 200), *((t, 401) for t in sendable)]:
        request = b"GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + said.encode() + b"\r\n\r\n"
        # Blanks around a value are no part of it (RFC 9110), so on the wire a padded token is the good one.
        expected = 200 if said.strip() == token else status
        reply = await exchange(server.port, request)
        assert reply.status == expected, said[:200]


async def test_many_at_once_and_nobody_waits(server: Server) -> None:
    floods = [asyncio.create_task(exchange(server.port, WIRE["headers without end"])) for _ in range(20)]
    well = await exchange(server.port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert well.status == 200
    assert {reply.status for reply in await asyncio.gather(*floods)} <= {0, 431}
