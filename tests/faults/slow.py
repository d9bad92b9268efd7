"""A file that goes up over a slow line, written by hand on a bare socket so that its pace is ours."""

import asyncio
import time
from collections.abc import Callable

from tests.contract import ROOT
from tests.faults.server import Reply, Server, answer

RATE = 20_000
"""Bytes a second of the slow line."""
Tell = Callable[[float], None]


def post_head(path: str, *headers: str) -> bytes:
    """The head of a POST of JSON, with these headers more."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", *headers, "", ""]).encode()


def sesnsp(size: int) -> bytes:
    """A file in the layout of SESNSP of at least `size` bytes, over invented counts."""
    with (ROOT / "tests" / "data" / "sesnsp_invented.csv").open("rb") as file:
        lines = [file.readline()]
    length, serial = len(lines[0]), 0
    while length < size:
        year, place = 2015 + serial // 46 % 9, 11_001 + serial % 46
        kind = "La vida y la Integridad corporal,Homicidio,Homicidio doloso"
        lines.append(f"{year},11,Guanajuato,{place},X,{kind},Modalidad {serial // 414},1,0,0,0,0,0,0,0,0,0,0,2\n".encode())
        length, serial = length + len(lines[-1]), serial + 1
    return b"".join(lines)


def upload_head(token: str, length: int) -> bytes:
    path = "/v1/imports/observations?reader=sesnsp&source=sesnsp&dry_run=true"
    return post_head(path, f"Content-Length: {length}", f"Authorization: Bearer {token}").replace(b"application/json", b"text/csv")


async def slow_upload(server: Server, token: str, body: bytes, stop_at: int | None = None, tell: Tell = lambda _: None) -> Reply:
    """Sends `body` at RATE, or only its beginning. Returns the answer, timed from the first byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=2**24)
    began, step = time.perf_counter(), RATE // 4
    writer.write(upload_head(token, len(body)))
    for at in range(0, len(body) if stop_at is None else stop_at, step):
        writer.write(body[at : at + step])
        await writer.drain()
        tell(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, began + (at + step) / RATE - time.perf_counter()))
    try:
        return await asyncio.wait_for(answer(reader, began), 60)
    finally:
        writer.transport.abort()
