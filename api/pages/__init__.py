"""The one read door: PostgreSQL enters the caller's scope, finds the rows and writes the JSON, in one statement and one round trip.

The column list of an answer is made from its XOut class and nowhere else. Lists are keyset pages: a cursor holds the sort keys of the last
row, signed together with everything that shaped the list, so that it cannot be used on another one.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import asyncpg
from fastapi import Request, Response

from api import db
from api.access import Caller, Reading
from api.domain.errors import NotFound, NotKnown, Stale, Unconditional
from api.domain.indicator import figures
from api.domain.indicator.catalogue import unknown
from api.levels import Lens
from api.pages.cursors import cursor_of, keys_of
from api.pages.listings import AS_QUERY, NOT_FILTERS, AsOf, Cut, Day, Listing, Page, Query
from api.pages.statements import ENTERED, Statement, one_statement, order_of, page_statement, prepared, where_of

JSON = "application/json"
__all__ = ["AS_QUERY", "ENTERED", "AsOf", "Day", "Listing", "Page", "Query", "Statement", "order_of", "prepared", "where_of"]


def known_of(reading: Reading | Caller) -> dict[str, Any]:
    """The values that any statement may ask for."""
    credential = reading.credential if isinstance(reading, Reading) else None
    return {
        "credential": credential,
        "request": reading.request_id,
        "at": reading.at,
        "language": reading.language,
        "as_of": reading.at.date(),
    }


async def ask(reading: Reading, statement: Statement, known: Mapping[str, Any]) -> asyncpg.Record:
    """The one row a read statement answers. Raises NotKnown where the credential is not good any more."""
    if reading.within is not None:
        row = await reading.within.fetchrow(statement.sql, *statement.values(known))
    else:
        row = await reading.house.gate.fetchrow(statement.sql, statement.values(known))
    if row is None or row["who"] is None:
        raise NotKnown("This token is not good any more; sign in again.", "token-invalid")
    return row


LATEST = prepared(f"""select e.who, now() as now, (select max(k.at) from recording k where e.who is not null) as latest,
  pg_try_advisory_xact_lock_shared(7310) as quiet from {ENTERED}""")
"""Whoever records holds this lock from before the instant of the recording until it is committed (app.record)."""


async def settled(reading: Reading, known_at: datetime | None) -> None:
    """Raises Invalid where what was known at an instant could still change. Asked of PostgreSQL for an instant of just now only, and before
    anything that is answered of it."""
    if known_at is not None and known_at > reading.at - figures.SETTLED:
        row = await ask(reading, LATEST, known_of(reading))
        figures.settled(known_at, row["latest"], row["now"], row["quiet"])


NAMED = prepared(f"""select e.who, exists (select from indicator x where x.code = {{indicator}}) as indicator,
  exists (select from source x where x.code = {{source}}) as source from {ENTERED}""")
CATALOGUES = ("indicator", "source")


async def named(reading: Reading, said: Mapping[str, Any], pointer: str = "query/{}") -> None:
    """Raises Invalid where `said` names an indicator or a source that no catalogue has. Asked only where nothing was found: it tells a code
    that is mistyped from one without data."""
    given = [noun for noun in CATALOGUES if said.get(noun) is not None]
    if given:
        row = await ask(reading, NAMED, known_of(reading) | dict.fromkeys(CATALOGUES) | dict(said))
        for noun in given:
            if not row[noun]:
                raise unknown(noun, pointer.format(noun))


def asked(reading: Reading, query: Query, lens: Lens) -> tuple[Lens, dict[str, Any], dict[str, Any]]:
    """The lens with its day, the filters that were given, and all values for a statement."""
    lens = Lens(lens.level, lens.unit, query.as_of or reading.at.date())
    said = {k: v for k, v in query.model_dump(exclude_none=True).items() if k not in NOT_FILTERS}
    more = {"unit": lens.unit, "as_of": lens.as_of, "limit": query.limit}
    return lens, said, known_of(reading) | said | more


async def page(request: Request, reading: Reading, listing: Listing, query: Query, lens: Lens | None = None) -> Response:
    """A page of `listing` through `lens`. Raises NotFound where there is no such unit, Malformed on a cursor of another list."""
    lens, said, known = asked(reading, query, lens or Lens())
    secret = reading.house.secret
    if query.fields is not None:
        known["fields"] = listing.chosen(query.fields)
    if query.cursor is not None:
        known |= {f"c{n}": key for n, key in enumerate(keys_of(secret, listing, lens, said, query.cursor))}
    statement = page_statement(listing, lens.level, tuple(sorted(said)), Cut.of(query))
    row = await ask(reading, statement, known)
    if row["unit"] is None:
        raise NotFound()
    if not row["n"]:
        await named(reading, said)
    following = cursor_of(secret, listing, lens, said, row["last"]) if row["n"] > query.limit else None
    count = f',"count":{row["total"]}' if query.count == "exact" else ""
    body = b'{"items":[%b],"next":%b}' % (row["items"] or b"", f"{json.dumps(following)}{count}".encode())
    headers = {"Content-Language": reading.language} | linked(request, following)
    return conditional(request, body, headers)


def linked(request: Request, following: str | None) -> dict[str, str]:
    """The header that leads to the following page, where there is one."""
    said = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return {"Link": f'<{request.scope["path"]}?{urlencode([*said, ("cursor", following)])}>; rel="next"'} if following else {}


def conditional(
    request: Request, body: bytes, headers: dict[str, str] | None = None, etag: str | None = None, media: str = JSON
) -> Response:
    """The answer, or 304 where the client already has these bytes."""
    tag = etag or f'W/"{hashlib.sha256(body).hexdigest()[:18]}"'
    every = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept, Accept-Language", **(headers or {})}
    wanted = [t.strip() for t in request.headers.get("if-none-match", "").split(",")]
    if tag in wanted or tag.removeprefix("W/") in wanted or "*" in wanted:
        return Response(status_code=304, headers=every)
    return Response(body, 200, every, media)


async def one(request: Request, reading: Reading, listing: Listing, address: Any, as_of: date | None = None) -> Response:
    """One thing by its address. Raises NotFound where there is none, or none this caller may see."""
    known = known_of(reading) | {"id": address} | ({"as_of": as_of} if as_of else {})
    row = await ask(reading, one_statement(listing, False), known)
    if row["j"] is None:
        raise NotFound()
    return conditional(request, row["j"].encode(), {"Content-Language": reading.language}, _tag(row["version"], row["j"]))


def _tag(version: int, body: str) -> str:
    """The version, for If-Match, and what was answered: some members change with the day, or with other things, and no version tells."""
    return f'"{version}-{hashlib.sha256(body.encode()).hexdigest()[:12]}"'


async def rendered(caller: Caller, listing: Listing, address: Any) -> tuple[str, int]:
    """One thing as JSON and its version, read inside the write transaction, so that POST and GET agree to the byte."""
    statement = one_statement(listing, True)
    connection = await db.driver(caller.session)
    row = await connection.fetchrow(statement.sql, *statement.values(known_of(caller) | {"id": address}))
    if row is None or row["j"] is None:
        raise NotFound()
    return row["j"], row["version"]


async def written(
    caller: Caller, listing: Listing, address: Any, location: str, *, status: int = 200, extra: Mapping[str, Any] | None = None
) -> Response:
    """The answer to a write: the thing as it now is. `extra` members are shown this once and kept nowhere."""
    body, version = await rendered(caller, listing, address)
    tag = _tag(version, body)
    if extra:
        body = json.dumps(json.loads(body) | dict(extra))
    caller.outcome = (status, location, bool(extra))
    headers = {"ETag": tag, "Location": location, "Cache-Control": "no-store"}
    return Response(body, status, headers, JSON)


async def unchanged(caller: Caller, listing: Listing, address: Any, version: int, if_match: int | None) -> None:
    """Raises Unconditional without If-Match, Stale with the present body where somebody else changed it first."""
    if if_match is None:
        raise Unconditional("Send If-Match with the ETag you read.", pointer="header/If-Match")
    if if_match != version:
        body, now = await rendered(caller, listing, address)
        raise Stale(
            "Somebody changed it since you read it; merge your change into `current` and send it again.",
            version=now,
            current=json.loads(body),
        )
