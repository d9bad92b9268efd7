"""What stands between the socket and the applications: request ids, limits, deadlines, the record of what was answered.

Pure ASGI (measured: a FastAPI middleware costs 109 microseconds a request, this next to nothing). Deadlines are on headers and on idleness,
never on total time: a secretary's upload at 20 kB/s must arrive.
"""

import asyncio
import re
import time
from asyncio import TimerHandle
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api import problems
from api.domain.errors import TooLarge
from api.domain.fields import new_id
from api.settings import Settings

log = structlog.get_logger()
ANSWERS = Counter("amuprev_answers_total", "Answers by operation and status", ["operation", "status"])
SECONDS = Histogram("amuprev_answer_seconds", "Time to the last byte of an answer", ["operation"], buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60))
ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


class Edge:
    """The outermost application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.limits = (settings.body_limit_bytes, settings.upload_limit_bytes)
        self.idle_s = settings.idle_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = _header(scope, b"x-request-id")
        scope["request_id"] = said.decode() if ID.fullmatch(said) else new_id().hex
        exchange = _Exchange(scope, send)
        limit = self.limits["/imports/" in scope["path"]]
        length = _header(scope, b"content-length")
        if length.isdigit() and int(length) > limit:
            await _too_large(scope, exchange.send)
        else:
            await self._answer(scope, _Limited(receive, limit, self.idle_s), exchange)
        exchange.record()

    async def _answer(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            await self.app(scope, receive, exchange.send)
        except Exception as error:
            log.exception("fault", request_id=scope["request_id"], kind=type(error).__name__)
            if exchange.status:
                raise  # The answer has begun: only breaking it off tells the client that it is not whole.
            await _say(500, problems.fault(scope["request_id"]), exchange.send)


class _Limited:
    """Receives a body: no more than `limit` bytes, no longer than `idle_s` of silence."""

    def __init__(self, receive: Receive, limit: int, idle_s: float) -> None:
        self.receive, self.limit, self.idle_s = receive, limit, idle_s
        self.whole = False

    async def __call__(self) -> Message:
        if self.whole:
            return await self.receive()  # The wait for a disconnect, which has no deadline.
        try:
            async with asyncio.timeout(self.idle_s):
                message = await self.receive()
        except TimeoutError:
            raise HTTPException(408, "The body stopped arriving.") from None
        self.limit -= len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.limit < 0:
            raise HTTPException(413)
        return message


class _Exchange:
    """One answer on its way out: adds what every answer carries, remembers what to record."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.raw, self.status, self.began = scope, send, 0, time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), (b"x-request-id", self.scope["request_id"].encode()), *ALWAYS]
        await self.raw(message)

    def record(self) -> None:
        took = time.perf_counter() - self.began
        operation = getattr(self.scope.get("route"), "operation_id", None) or getattr(self.scope.get("route"), "name", None) or "none"
        ANSWERS.labels(operation, self.status).inc()
        SECONDS.labels(operation).observe(took)
        if self.status >= 500:
            log.warning("answer", operation=operation, status=self.status, ms=round(took * 1000, 1), request_id=self.scope["request_id"])


async def _say(status: int, body: bytes, send: Send, more: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = [(b"content-type", problems.MEDIA.encode()), (b"content-length", str(len(body)).encode()), *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _too_large(scope: Scope, send: Send) -> None:
    """Refuse by the announced length, before a byte of the body is read; the connection closes so that it need not be."""
    refusal = TooLarge("The body is larger than this address takes.")
    await _say(413, problems.body_of(refusal, scope["request_id"]), send, [(b"connection", b"close")])


class Attempts:
    """How often one address may try before authentication: a bucket that refills by the minute. Many people share one address, so it is wide."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.buckets: dict[str, tuple[float, float]] = {}

    def spend(self, address: str) -> int:
        """0, or the seconds to wait."""
        now = time.monotonic()
        left, since = self.buckets.pop(address, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - since) * self.per_minute / 60)
        if len(self.buckets) > 10_000:
            self.buckets.pop(next(iter(self.buckets)))
        self.buckets[address] = (max(left - 1, 0), now)
        return 0 if left >= 1 else max(1, int((1 - left) * 60 / self.per_minute))


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline on the request line and headers: it would keep a half-open connection for ever."""

    header_timeout_s = 10.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline: TimerHandle | None = None
        self._await_headers()

    def _await_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.header_timeout_s, self._give_up)

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()

    def _headers_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def data_received(self, data: bytes) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self._await_headers()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._headers_came()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers_came()
        super().connection_lost(exc)


def protocol(settings: Settings) -> type[Protocol]:
    """The protocol class with this installation's deadline."""
    return type("Protocol", (Protocol,), {"header_timeout_s": settings.header_timeout_s})


