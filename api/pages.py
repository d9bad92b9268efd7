"""The one read door: PostgreSQL enters the caller's scope, finds the rows and writes the JSON, in one statement and one round trip.

The column list of an answer is made from its XOut class and nowhere else. Lists are keyset pages: a cursor holds the sort keys of the last
row, signed together with everything that shaped the list, so that it cannot be used on another one.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar
from urllib.parse import urlencode

import asyncpg
from fastapi import Query as AsQuery
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import SQLModel

from api import db
from api.access import Caller, Reading
from api.domain.errors import Malformed, NotFound, NotKnown, Stale, Unconditional
from api.domain.levels import Level
from api.levels import UNITS, Lens, Shape

Item = TypeVar("Item")
JSON = "application/json"


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    items: list[Item]
    next: str | None
    """Send it back as `cursor` for the following page; null on the last. Also in the header Link."""
    count: int | None = None
    """How many there are on all pages; only with `count=exact`."""


class Query(BaseModel):
    """The parameters that every list takes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    SORTS: ClassVar[tuple[str, ...]] = ()

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """Most items on one page."""
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    """`next` of the page before."""
    count: Literal["exact"] | None = None
    """`exact` adds how many there are on all pages; costs as much as reading them."""
    format: Literal["json", "geojson", "ndjson", "csv"] | None = None
    """Instead of the header Accept: ndjson and csv answer the whole list without pages."""
    as_of: date | None = None
    """The day on which the level is looked at; today where it is missing."""


NOT_FILTERS = frozenset({"limit", "cursor", "count", "format"})
AS_QUERY = AsQuery()


@dataclass(frozen=True)
class Listing:
    """How one noun is read: its answer, where its rows are, who may see them, how they are filtered and sorted. A table, not a page of code."""

    name: str
    out: type[SQLModel]
    table: str
    """The from-clause; the noun's own table is `t`."""
    shape: Shape
    keys: tuple[tuple[str, str], ...]
    """Sort keys as (SQL, type), the last one unique."""
    query: type[Query] = Query
    filters: Mapping[str, str] = field(default_factory=dict)
    """Parameter -> condition over `t`, its value being {value}."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field -> SQL, for those that are not a column of `t` by the same name."""
    address: str = "t.id = {id}"
    """How one is found."""
    one_type: str = "uuid"
    descending: bool = False
    point: tuple[str, str] | None = None
    """Longitude and latitude, where the list can be drawn (geojson)."""

    def __hash__(self) -> int:
        return hash(self.name)

    def column(self, name: str) -> str:
        return self.columns.get(name, f"t.{name}")

    def select(self) -> str:
        """The column list of the answer, generated from its class."""
        return ", ".join(f'{self.column(name)} as "{name}"' for name in self.out.model_fields)


# ---------------------------------------------------------------------------------------------------------------- the statement


@dataclass(frozen=True)
class Statement:
    """SQL with positional parameters and the names of what goes into them."""

    sql: str
    names: tuple[str, ...]

    def values(self, known: Mapping[str, Any]) -> list[Any]:
        return [known[name] for name in self.names]


class _Numbered(dict[str, str]):
    """Turns {name} into $n, the same number for the same name."""

    def __missing__(self, name: str) -> str:
        self[name] = f"${len(self) + 1}"
        return self[name]


def prepared(sql: str) -> Statement:
    """`sql` with its {names} numbered."""
    numbers = _Numbered()
    return Statement(sql.format_map(numbers), tuple(numbers))


ENTERED = "(select app.enter({credential}, {request}, {at}) as who offset 0) e"
INSIDE = "(select app.principal() as who offset 0) e"
"""The scope of a write transaction, entered when it began: its answers are rendered by this same door."""

PAGE = """
select e.who, q.unit, q.items, q.n, q.last {total_out}
from {entered}
left join lateral (
  select l.unit, p.* from ({unit}) l
  left join lateral (
    select string_agg(x.j, ',') filter (where x.rn <= {{limit}}) as items, count(*) as n, max(x.k) filter (where x.rn = {{limit}}) as last {total}
    from (select y.j::text as j, y.k::text as k, row_number() over () as rn
          from (select (select row_to_json(o) from (select {columns}) o) as j, json_build_array({keys}) as k
                from {table} where l.unit is not null and e.who is not null and {where} {after} order by {order} limit {{limit}} + 1) y) x
  ) p on true
) q on e.who is not null"""


def where_of(listing: Listing, level: Level, filters: tuple[str, ...]) -> str:
    """The rows of a list over `t`: the caller's, the level's, those the filters keep."""
    conditions = [listing.shape.seen(), listing.shape.meant(level)]
    conditions += [f"({listing.filters[name].replace('{value}', '{' + name + '}')})" for name in filters if name in listing.filters]
    return " and ".join(c for c in conditions if c != "true") or "true"


def order_of(listing: Listing) -> str:
    """How a list is sorted."""
    return ", ".join(f"{key}{' desc' if listing.descending else ''}" for key, _ in listing.keys)


@lru_cache(maxsize=1024)
def page_statement(listing: Listing, level: Level, filters: tuple[str, ...], after: bool, exact: bool) -> Statement:
    """The statement of one kind of page; the same for every caller and value, so that PostgreSQL plans it once."""
    where = where_of(listing, level, filters)
    sign = "<" if listing.descending else ">"
    cursor = ", ".join(f"({{c{n}}}::text)::{kind}" for n, (_, kind) in enumerate(listing.keys))
    return prepared(
        PAGE.format(
            entered=ENTERED,
            unit=UNITS[level],
            columns=listing.select(),
            keys=", ".join(f"({key})::text" for key, _ in listing.keys),
            table=listing.table,
            where=where,
            after=f"and ({', '.join(key for key, _ in listing.keys)}) {sign} ({cursor})" if after else "",
            order=order_of(listing),
            total=f", (select count(*) from {listing.table} where l.unit is not null and {where}) as total" if exact else "",
            total_out=", q.total" if exact else "",
        )
    )


ONE = """
select e.who, q.j, q.version
from {entered}
left join lateral (select (select row_to_json(o)::text from (select {columns}) o) as j, t.version from {table} where e.who is not null and {seen} and {address}) q on true"""


@lru_cache(maxsize=256)
def one_statement(listing: Listing, inside: bool) -> Statement:
    """The statement that reads one thing; `inside` a write transaction or by itself."""
    return prepared(
        ONE.format(entered=INSIDE if inside else ENTERED, columns=listing.select(), table=listing.table, seen=listing.shape.seen(), address=listing.address)
    )


# ---------------------------------------------------------------------------------------------------------------------- cursors


def _seal(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], keys: str) -> str:
    shaped = json.dumps([listing.name, lens.level, lens.unit, {k: str(v) for k, v in sorted(said.items())}, keys])
    return hmac.new(secret, shaped.encode(), hashlib.sha256).hexdigest()[:24]


def _cursor(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], keys: str) -> str:
    whole = json.dumps([keys, _seal(secret, listing, lens, said, keys)])
    return base64.urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def _keys_of(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], cursor: str) -> list[str]:
    try:
        keys, seal = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not hmac.compare_digest(seal, _seal(secret, listing, lens, said, keys)):
            raise ValueError
        return [str(k) for k in json.loads(keys)]
    except (ValueError, TypeError) as bad:
        raise Malformed("This cursor was not given for this list and these parameters; start again without it.", "cursor-invalid", pointer="query/cursor") from bad


# ----------------------------------------------------------------------------------------------------------------------- answers


def known_of(reading: Reading | Caller) -> dict[str, Any]:
    """The values that any statement may ask for."""
    credential = reading.credential if isinstance(reading, Reading) else None
    return {"credential": credential, "request": reading.request_id, "at": reading.at, "language": reading.language, "as_of": reading.at.date()}


async def ask(reading: Reading, statement: Statement, known: Mapping[str, Any]) -> asyncpg.Record:
    """The one row a read statement answers. Raises NotKnown where the credential is not good any more."""
    async with reading.house.gate, reading.house.doors.reads.acquire() as connection:
        row = await connection.fetchrow(statement.sql, *statement.values(known))
    if row is None or row["who"] is None:
        raise NotKnown("This token is not good any more; sign in again.", "token-invalid")
    return row


def asked(reading: Reading, query: Query, lens: Lens) -> tuple[Lens, dict[str, Any], dict[str, Any]]:
    """The lens with its day, the filters that were given, and all values for a statement."""
    lens = Lens(lens.level, lens.unit, query.as_of or reading.at.date())
    said = {k: v for k, v in query.model_dump(exclude_none=True).items() if k not in NOT_FILTERS}
    return lens, said, known_of(reading) | said | {"unit": lens.unit, "as_of": lens.as_of, "limit": query.limit}


async def page(request: Request, reading: Reading, listing: Listing, query: Query, lens: Lens | None = None) -> Response:
    """A page of `listing` through `lens`. Raises NotFound where there is no such unit, Malformed on a cursor of another list."""
    lens, said, known = asked(reading, query, lens or Lens())
    secret = reading.house.secret
    if query.cursor is not None:
        known |= {f"c{n}": key for n, key in enumerate(_keys_of(secret, listing, lens, said, query.cursor))}
    statement = page_statement(listing, lens.level, tuple(sorted(said)), query.cursor is not None, query.count == "exact")
    row = await ask(reading, statement, known)
    if row["unit"] is None:
        raise NotFound()
    following = _cursor(secret, listing, lens, said, row["last"]) if row["n"] > query.limit else None
    parts = [f'{{"items":[{row["items"] or ""}],"next":{json.dumps(following)}']
    if query.count == "exact":
        parts.append(f',"count":{row["total"]}')
    headers = {"Link": _link(request, following)} if following else {}
    return conditional(request, ("".join(parts) + "}").encode(), headers)


def _link(request: Request, following: str) -> str:
    said = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return f'<{request.url.path}?{urlencode([*said, ("cursor", following)])}>; rel="next"'


def conditional(request: Request, body: bytes, headers: dict[str, str] | None = None, etag: str | None = None, media: str = JSON) -> Response:
    """The answer, or 304 where the client already has these bytes."""
    tag = etag or f'W/"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'
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
    return conditional(request, row["j"].encode(), {"Content-Language": reading.language}, f'"{row["version"]}"')


async def rendered(caller: Caller, listing: Listing, address: Any) -> tuple[str, int]:
    """One thing as JSON and its version, read inside the write transaction, so that POST and GET agree to the byte."""
    statement = one_statement(listing, True)
    connection = await db.driver(caller.session)
    row = await connection.fetchrow(statement.sql, *statement.values(known_of(caller) | {"id": address}))
    if row is None or row["j"] is None:
        raise NotFound()
    return row["j"], row["version"]


async def written(caller: Caller, listing: Listing, address: Any, location: str, *, status: int = 200, extra: Mapping[str, Any] | None = None) -> Response:
    """The answer to a write: the thing as it now is. `extra` members are shown this once and kept nowhere."""
    body, version = await rendered(caller, listing, address)
    if extra:
        body = json.dumps(json.loads(body) | dict(extra))
    caller.outcome = (status, location, bool(extra))
    headers = {"ETag": f'"{version}"', "Location": location, "Cache-Control": "no-store"}
    return Response(body, status, headers, JSON)


async def unchanged(caller: Caller, listing: Listing, address: Any, version: int, if_match: int | None) -> None:
    """Raises Unconditional without If-Match, Stale with the present body where somebody else changed it first."""
    if if_match is None:
        raise Unconditional("Send If-Match with the ETag you read.", pointer="header/If-Match")
    if if_match != version:
        body, now = await rendered(caller, listing, address)
        raise Stale("Somebody changed it since you read it; merge your change into `current` and send it again.", version=now, current=json.loads(body))
