"""Refusals and database errors as application/problem+json (RFC 9457): the only place that knows their status."""

import asyncio
import json
from datetime import date
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from api.domain import errors
from api.examples import illustrate

log = structlog.get_logger()
MEDIA = "application/problem+json"
STATUS: dict[type[errors.Refusal], int] = {
    errors.Malformed: 400,
    errors.NotKnown: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.Stale: 412,
    errors.TooSlow: 408,
    errors.TooLarge: 413,
    errors.NotSpoken: 415,
    errors.Invalid: 422,
    errors.Unconditional: 428,
    errors.TooMany: 429,
    errors.NotNow: 503,
}


class FieldError(BaseModel):
    """One field that is not as it must be."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    pointer: str
    """JSON pointer into the body, or `query/NAME`, `path/NAME`, `header/NAME`."""
    code: str
    """Stable kebab-case code."""
    detail: str
    """What to do about it; never repeats the value sent."""


class Problem(BaseModel):
    """Why a request was refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    type: str
    """Always `about:blank#CODE`; switch on `code`."""
    title: str
    status: int
    code: str
    """Stable kebab-case code; never renamed."""
    detail: str
    """A sentence for a person, saying what to do next."""
    errors: list[FieldError] = Field(default_factory=list)
    """The fields concerned, where there are any."""
    request_id: str
    """Quote it when you ask about this answer; also in the header X-Request-Id."""
    current: dict[str, Any] | None = None
    """Only with 412: the record as it is now."""
    choices: list[str] | None = None
    """Only where the caller must choose: what there is."""
    until: date | None = None
    """Only with `blackout`: the first day on which it is allowed again."""


def refusals(*kinds: type[errors.Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route or an application that may give these refusals."""
    body = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {STATUS[kind]: {"description": (kind.__doc__ or "").strip(), "content": body} for kind in kinds}


EVERY = refusals(errors.Malformed, errors.NotKnown, errors.NotAllowed, errors.NotFound, errors.Invalid, errors.NotNow)
"""What every operation may be refused with; a route names what else may come."""

CHANGES = refusals(errors.Conflict, errors.Stale, errors.Unconditional)
"""What else a change of one thing may be refused with."""


def request_id_of(request: Request) -> str:
    return str(request.scope.get("request_id", "-"))


def body_of(refusal: errors.Refusal, request_id: str, field_errors: list[FieldError] | None = None) -> bytes:
    """The JSON of a refusal; members that do not apply are left out."""
    found = field_errors or ([FieldError(pointer=refusal.pointer, code=refusal.code, detail=refusal.detail)] if refusal.pointer else [])
    problem: dict[str, Any] = {
        "type": f"about:blank#{refusal.code}",
        "title": refusal.title,
        "status": STATUS[type(refusal)],
        "code": refusal.code,
        "detail": refusal.detail,
        "errors": [e.model_dump() for e in found],
        "request_id": request_id,
    }
    problem |= {k: v for k, v in refusal.more.items() if k in ("current", "choices", "until")}
    # A lone surrogate, which only a client can have sent, is not to be encoded.
    return json.dumps(problem, ensure_ascii=False, default=str).encode("utf-8", "replace")


def answer(refusal: errors.Refusal, request_id: str, field_errors: list[FieldError] | None = None) -> Response:
    """The whole answer to a refused request."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(refusal, errors.NotKnown):
        headers["WWW-Authenticate"] = 'Bearer realm="amuprev"'
    if isinstance(refusal, errors.NotNow | errors.TooMany):
        headers["Retry-After"] = str(refusal.more.get("retry_after", 1))
    if isinstance(refusal, errors.Stale):
        headers["ETag"] = f'"{refusal.more["version"]}"'
    return Response(body_of(refusal, request_id, field_errors), STATUS[type(refusal)], headers, MEDIA)


MOST = 20
"""The most fields that one refusal names."""
# FastAPI and pydantic say what is wrong in English with the value inside; we say it by code, and never echo what was sent.
PLACES = {"body": "", "query": "query", "path": "path", "header": "header"}


def _pointer(loc: tuple[Any, ...]) -> str:
    place, *rest = [str(part).replace("~", "~0").replace("/", "~1") for part in loc]
    head = PLACES.get(place, place)
    return "/".join([head, *rest]) if head or rest else ""


def _field(error: dict[str, Any]) -> FieldError:
    limits = {k: v for k, v in (error.get("ctx") or {}).items() if k != "error" and isinstance(v, int | float | str) and k != "input"}
    told = {"extra_forbidden": "This is not a field or parameter here.", "missing": "This is required."}.get(error["type"])
    detail = told or (error["msg"] if error["type"] in SAFE_MESSAGES or limits else "This value cannot be used here.")
    return FieldError(pointer=_pointer(tuple(error["loc"]))[:120], code=str(error["type"]).replace("_", "-"), detail=detail)


SAFE_MESSAGES = frozenset(
    {"int_parsing", "int_type", "string_type", "bool_parsing", "uuid_parsing", "date_from_datetime_parsing", "date_parsing", "value_error"}
)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, errors.Refusal)
    return answer(refusal, request_id_of(request))


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return answer(errors.Malformed("The body is not JSON.", "json-invalid"), request_id_of(request))
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    spoken = media.endswith("json") or media in ("application/x-www-form-urlencoded", "multipart/form-data")
    if not spoken and any(e["loc"] and e["loc"][0] == "body" for e in found):
        return answer(errors.NotSpoken("Send the body as application/json."), request_id_of(request))
    refusal = errors.Invalid("Some fields or parameters are not as they must be; see `errors`.", "invalid-fields")
    return answer(refusal, request_id_of(request), [_field(dict(e)) for e in found[:MOST]])


HTTP_WORDS: dict[int, errors.Refusal] = {
    404: errors.NotFound(),
    408: errors.TooSlow("The body stopped arriving; send the request again."),
    413: errors.TooLarge("The body is larger than this address takes."),
}
WORDS = {
    400: ("malformed", "Malformed", "The request cannot be read."),
    405: ("method-not-allowed", "Method not allowed", "This address does not take this method; see Allow."),
    431: ("headers-too-large", "Headers too large", "The request line and headers are larger than is taken."),
    500: ("fault", "Fault", "A fault of ours; quote the request id."),
}
"""What is answered where no rule refuses: what is not HTTP as we read it, and our own faults."""


def bare(status: int, request_id: str) -> bytes:
    """The JSON of one of WORDS; it tells the request id and nothing else."""
    code, title, detail = WORDS[status]
    problem = {"type": f"about:blank#{code}", "title": title, "status": status, "code": code, "detail": detail, "errors": []}
    return json.dumps(problem | {"request_id": request_id}).encode()


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in HTTP_WORDS:
        return answer(HTTP_WORDS[error.status_code], request_id_of(request))
    status = error.status_code if error.status_code in WORDS else 400
    return Response(bare(status, request_id_of(request)), status, dict(error.headers or {}), MEDIA)


AGAIN = ("08", "53", "57", "55P03", "25006", "40001", "40P01", "58")
"""SQLSTATEs of what the database cannot do now: connection lost, resources, shutdown, lock, read only, serialisation, deadlock, system."""


TOO_LONG = "57014"
"""SQLSTATE of a statement that ran into its timeout: repeating it at once would only cost the same again."""


def refusal_of(error: BaseException) -> errors.Refusal | None:
    """What a database or connection error means to the caller; None where it is a fault of ours."""
    state = str(getattr(error, "sqlstate", "") or "")
    if state == TOO_LONG:
        return errors.NotNow("This took longer than is allowed; ask for less at once, or later.", "took-too-long", retry_after=30)
    if isinstance(
        error, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError | PoolTimeoutError | asyncio.TimeoutError
    ) or state.startswith(AGAIN):
        return errors.NotNow("The database cannot answer now. Send the same request again; with the same Idempotency-Key it is done once.")
    if state.startswith("22"):
        return errors.Invalid("A value is out of the range that can be kept.", "out-of-range")
    if state == "42501":
        return errors.NotFound()
    return None


async def _failed(request: Request, error: Exception) -> Response:
    cause: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        cause = error.orig.__cause__ or error.orig
    refusal = refusal_of(cause)
    if refusal is None:
        raise error
    log.warning(
        "database",
        code=refusal.code,
        sqlstate=getattr(cause, "sqlstate", None),
        kind=type(cause).__name__,
        request_id=request_id_of(request),
    )
    return answer(refusal, request_id_of(request))


def _complete(document: dict[str, Any]) -> None:
    """Say of every operation what any of its kind may answer: FastAPI knows only its own 422."""
    for address, path in document["paths"].items():
        for method, operation in path.items():
            answers = operation["responses"]
            if method == "get" and "{" in address:
                answers.setdefault("304", {"description": "You have it already (If-None-Match)."})
            kinds: list[type[errors.Refusal]] = [errors.Invalid] if "422" in answers else []
            if "requestBody" in operation:
                kinds += [errors.Invalid, errors.TooSlow, errors.TooLarge, errors.NotSpoken]
            answers |= {str(status): answer for status, answer in refusals(*kinds).items()}


def install(app: FastAPI) -> None:
    """Answer every refusal on `app` as a problem, and put its schema into the document."""
    document = app.openapi

    def documented() -> dict[str, Any]:
        if app.openapi_schema is None:
            said = document()
            _complete(said)
            illustrate(said)
            schemas = said.setdefault("components", {}).setdefault("schemas", {})
            whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= whole.pop("$defs", {}) | {"Problem": whole}
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = said
        return app.openapi_schema

    app.openapi = documented  # type: ignore[method-assign]
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


HANDLERS: dict[type[Exception], Any] = {
    errors.Refusal: _refused,
    RequestValidationError: _unreadable,
    HTTPException: _http,
    DBAPIError: _failed,
    PoolTimeoutError: _failed,
    asyncpg.PostgresError: _failed,
    asyncpg.InterfaceError: _failed,
    asyncpg.InternalClientError: _failed,
    OSError: _failed,
    TimeoutError: _failed,
}
