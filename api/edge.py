"""What stands between the socket and the applications: request ids, limits, deadlines, the record of what was answered.

Pure ASGI (measured: a FastAPI middleware costs 109 microseconds a request, this next to nothing). Deadlines are on headers and on idleness
in both directions, never on total time: a secretary's upload at 20 kB/s must arrive, and so must her export.
"""

import asyncio
import re
import socket
import time
from asyncio import TimerHandle
from collections.abc import Callable
from functools import lru_cache

import structlog
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api import problems
from api.domain.errors import NotNow, Refusal, TooLarge
from api.domain.fields import new_id
from api.settings import Settings

log = structlog.get_logger()
ANSWERS = Counter("amuprev_answers_total", "Answers by operation and status", ["operation", "status"])
SECONDS = Histogram(
    "amuprev_answer_seconds", "Time to the last byte of an answer", ["operation"], buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60)
)
ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEAD_BYTES, HEAD_LINES = 65_536, 200
"""The largest request line and headers, in bytes and in headers."""
LINGER_S = 2.0
"""How long what still comes of a refused body is taken and thrown away, so that the refusal arrives (a reset would overtake it)."""
UNSENT = getattr(socket, "TCP_NOTSENT_LOWAT", None)
UNSENT_BYTES = 32_768
"""How much of an answer the system may hold that its reader has not asked for: by itself it takes megabytes, and nobody sees him stop."""
UNREAD = (408, 413)
"""Statuses after which the connection closes: the rest of the body is not wanted."""
ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]


_counter = lru_cache(maxsize=4096)(ANSWERS.labels)
_clock = lru_cache(maxsize=1024)(SECONDS.labels)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


class Edge:
    """The outermost application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.idle_s = settings.idle_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = _header(scope, b"x-request-id")
        scope["request_id"] = said.decode() if ID.fullmatch(said) else new_id().hex
        exchange = _Exchange(scope, send)
        limit = self._limit(scope)
        length = _header(scope, b"content-length")
        if length.isdigit() and (len(length) > 18 or int(length) > limit):
            # Refused by the announced length, before a byte of the body is read; the connection closes so that it need not be.
            await _refuse(TooLarge("The body is larger than this address takes."), scope, exchange.send)
        else:
            await self._answer(scope, _Limited(receive, limit, self.idle_s), exchange)
        exchange.record()

    def _limit(self, scope: Scope) -> int:
        """The largest body that the address takes."""
        if "/imports/" in scope["path"]:
            return self.settings.upload_limit_bytes
        is_document = scope["method"] == "POST" and scope["path"].endswith("/documents")
        return self.settings.document_limit_bytes if is_document else self.settings.body_limit_bytes

    async def _answer(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            await self.app(scope, receive, exchange.send)
        except asyncio.CancelledError:
            # The process is told to end and the time to finish in is over: the client did nothing wrong.
            if not exchange.status:
                await _refuse(NotNow("The service is being restarted; send the same request again."), scope, exchange.send)
            raise
        except ClientDisconnect:
            exchange.status = 499  # Nobody is there to be answered; nginx's number for it, in our own counters only.
        except Exception as error:
            log.exception("fault", request_id=scope["request_id"], kind=type(error).__name__)
            if exchange.status:
                raise  # The answer has begun: only breaking it off tells the client that it is not whole.
            await _say(500, problems.bare(500, scope["request_id"]), exchange.send)


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
            raise HTTPException(408) from None
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
            more = [(b"x-request-id", self.scope["request_id"].encode()), *ALWAYS]
            if self.status in UNREAD:
                more.append((b"connection", b"close"))
            message["headers"] = [*message.get("headers", []), *more]
        await self.raw(message)

    def record(self) -> None:
        took = time.perf_counter() - self.began
        operation = getattr(self.scope.get("route"), "operation_id", None) or getattr(self.scope.get("route"), "name", None) or "none"
        _counter(operation, self.status).inc()
        _clock(operation).observe(took)
        if self.status >= 500:
            log.warning("answer", operation=operation, status=self.status, ms=round(took * 1000, 1), request_id=self.scope["request_id"])


async def _say(status: int, body: bytes, send: Send, more: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = [(b"content-type", problems.MEDIA.encode()), (b"content-length", str(len(body)).encode()), *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _refuse(refusal: Refusal, scope: Scope, send: Send) -> None:
    answer = problems.answer(refusal, scope["request_id"])
    await _say(answer.status_code, bytes(answer.body), send, [(k, v) for k, v in answer.raw_headers if not k.startswith(b"content-")])


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol with an end to every wait and a bound on headers: by itself it keeps a half-open connection, and one whose client
    does not read its answer, for ever."""

    header_timeout_s = 10.0
    idle_timeout_s = 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._in_head, self._head, self._parting = True, 0, False
        if UNSENT is not None:
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, UNSENT, UNSENT_BYTES)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        if self._parting:
            return
        if self._in_head:
            self._await_headers()
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def _await_headers(self) -> None:
        # Counted from the first byte and not from the last: whoever sends one byte every few seconds is cut too.
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.header_timeout_s, self._give_up)

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()
            self._watch()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        if len(self.headers) > HEAD_LINES or sum(len(k) + len(v) for k, v in self.headers) + len(self.url) > HEAD_BYTES:
            self._head = HEAD_BYTES + 1
            raise ValueError("the headers are larger than we take")  # Told as send_400_response tells it.
        self._in_head, self._head = False, 0
        super().on_headers_complete()
        if any(name in (b"content-length", b"transfer-encoding") for name, _ in self.headers):
            self.cycle.transport = _Parting(self.transport, self._part)  # type: ignore[assignment]

    def on_message_complete(self) -> None:
        self._in_head = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        # Answered before the body had come: the connection is of no use any more. (With others queued behind it, it had come whole.)
        if not self._parting and not self.pipeline and self.cycle.more_body and not self.transport.is_closing():
            self._part()
        super().on_response_complete()
        self._watch()

    def _part(self) -> None:
        """Close, but where a body is still arriving only after taking it for a while: closing on unread bytes would destroy the answer."""
        if not self.cycle.more_body:
            self.transport.close()
        elif not self._parting:
            self._parting = True
            self._stop_waiting()
            self.flow.resume_reading()
            self.transport.write_eof()
            self._deadline = self.loop.call_later(LINGER_S, self._give_up)

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed is refused like everything else; in the middle of another answer only breaking off is left."""
        cycle = self.cycle
        if self._parting or (cycle is not None and cycle.response_started and not cycle.response_complete):
            self.transport.close()
            return
        self.transport.write(_unparsed(431 if self._head > HEAD_BYTES else 400, new_id().hex))
        self._parting = True
        self._stop_waiting()
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write_eof()
        self._deadline = self.loop.call_later(LINGER_S, self._give_up)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def _watch(self, before: int | None = None) -> None:
        """Break off when the client takes nothing of its answer for `idle_timeout_s`; called again as long as it takes something."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        left = self.transport.get_write_buffer_size()
        if left and left == before:
            self.transport.abort()
        elif left:
            self._unread = self.loop.call_later(self.idle_timeout_s, self._watch, left)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)


def _unparsed(status: int, request_id: str) -> bytes:
    """A whole answer to what never became a request."""
    body = problems.bare(status, request_id)
    headers = [(b"content-type", problems.MEDIA.encode()), (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    lines = [STATUS_LINE[status], *(k + b": " + v + b"\r\n" for k, v in [*headers, (b"x-request-id", request_id.encode()), *ALWAYS])]
    return b"".join(lines) + b"\r\n" + body


class _Parting:
    """A transport whose `close` is another: uvicorn closes at once when an answer is out, whatever is still coming in."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write, self.is_closing, self.close = transport.write, transport.is_closing, close


def protocol(settings: Settings) -> type[Protocol]:
    """The protocol class with this installation's deadlines."""
    return type("Protocol", (Protocol,), {"header_timeout_s": settings.header_timeout_s, "idle_timeout_s": settings.idle_timeout_s})
