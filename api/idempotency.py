"""A POST that is sent twice is done once: the key is kept in the transaction of what it did.

What is kept is the status, the address of what was made and a fingerprint of the request, never a body: a replay reads the thing again,
with the rights the caller has now.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from api import db
from api.access import Caller, Reading, Writing, writing
from api.domain.errors import Conflict, Invalid

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own, new for each thing you mean to make; send the same one when you repeat a request whose answer "
        "was lost. Kept 30 days.",
    ),
]

CLAIM = """insert into idempotency (principal_id, key, fingerprint, status, created_at) values (:who, :key, :fingerprint, 0, :at)
           on conflict (principal_id, key) do nothing returning 1"""
KEPT = "select fingerprint, status, location, once from idempotency where principal_id = :who and key = :key"
SETTLE = "update idempotency set status = :status, location = :location, once = :once where principal_id = :who and key = :key"


class Replay(Exception):
    """This was done before: read it again at `location` and answer with `status`."""

    def __init__(self, location: str, status: int) -> None:
        super().__init__(location)
        self.location = location
        self.status = status


async def claim(caller: Caller, key: str, fingerprint: str) -> None:
    """Take `key` for this transaction, waiting for another that holds it. Raises Replay where it was done, Invalid where it was another."""
    if (await db.run(caller.session, CLAIM, who=caller.principal, key=key, fingerprint=fingerprint, at=caller.at)).first():
        return
    kept = (await db.run(caller.session, KEPT, who=caller.principal, key=key)).one()
    if kept.once and kept.fingerprint == fingerprint:
        raise Conflict("This was done, and its secret was shown once; make a new one if it was lost.", "secret-shown-once")
    same(kept.fingerprint == fingerprint, "done", (kept.location, kept.status))


def same(as_before: bool, state: str, done: tuple[str, int]) -> None:
    """The address and status of what a used key made; a broken-off one goes on. Raises Invalid on another file, Replay where it is done."""
    if not as_before:
        raise Invalid("This key was used for another request; use a new one.", "idempotency-key-reused", pointer="header/Idempotency-Key")
    if state != "running":
        raise Replay(*done)


async def settle(caller: Caller, key: str) -> None:
    """Keep what the request came to, in its own transaction."""
    status, location, once = caller.outcome
    await db.run(caller.session, SETTLE, status=status, location=location, once=once, who=caller.principal, key=key)


async def fingerprint_of(request: Request, body: bytes) -> str:
    whole = "\n".join([request.method, request.url.path, request.url.query]).encode() + b"\n" + body
    return hashlib.sha256(whole).hexdigest()


@asynccontextmanager
async def once(request: Request, reading: Reading, key: str | None, sha256: str) -> AsyncIterator[Caller]:
    """A transaction of whoever sent a file, done once per `key`; it begins when the file has arrived, which is told apart by its hash."""
    async with writing(reading) as caller:
        if key is not None:
            await claim(caller, key, await fingerprint_of(request, sha256.encode()))
        yield caller
        if key is not None:
            await settle(caller, key)


async def _creating(request: Request, caller: Writing, key: IdempotencyKey = None) -> AsyncIterator[Caller]:
    if key is not None:
        await claim(caller, key, await fingerprint_of(request, await request.body()))
    yield caller
    if key is not None:
        await settle(caller, key)


Creating = Annotated[Caller, Depends(_creating, scope="function")]
"""What a POST route declares: `Writing`, done once per Idempotency-Key."""


async def replayed(request: Request, replay: Exception) -> Response:
    """Answer a repeated POST by reading what it made, through this same application."""
    assert isinstance(replay, Replay)
    path, _, query = replay.location.partition("?")
    kept = (b"authorization", b"accept-language", b"host")
    scope: dict[str, Any] = {
        k: v
        for k, v in request.scope.items()
        if k in ("type", "asgi", "http_version", "scheme", "server", "client", "house", "request_id", "app")
    }
    scope |= {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": ""}
    scope["headers"] = [(k, v) for k, v in request.scope["headers"] if k in kept]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await request.app(scope, receive, send)
    start, body = sent[0], b"".join(m.get("body", b"") for m in sent[1:])
    headers = {k.decode(): v.decode() for k, v in start["headers"] if k not in (b"content-length", b"cache-control")}
    found = start["status"] == 200
    headers |= {"Location": replay.location, "Idempotent-Replayed": "true", "Cache-Control": "no-store"} if found else {}
    return Response(body, replay.status if found else start["status"], headers)
