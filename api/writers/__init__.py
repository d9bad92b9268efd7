"""Whole lists as NDJSON, CSV and GeoJSON: PostgreSQL makes the lines, COPY streams them, nothing is held in memory.

Whatever streams enters the scope in a transaction of its own (a set-returning form of the one-statement scope gave no rows: measured).
What can be refused is refused before the first byte; a failure in mid-stream breaks the body off, so that a part is never taken for all.
"""

import asyncio
import json
from dataclasses import dataclass
from functools import lru_cache
from types import GenericAlias
from typing import Any, get_args

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from api.access import Reading
from api.domain.errors import Invalid, NotFound, NotKnown
from api.domain.levels import Level
from api.levels import Lens
from api.pages import Listing, Query, Statement, asked, named, order_of, prepared, where_of

MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv", "geojson": "application/geo+json"}
SEND_S = 30.0
"""A reader that takes nothing for this long is cut off: it holds a connection and a snapshot."""


def asked_for(request: Request, said: str | None, listing: Listing) -> str | None:
    """The format other than JSON that the caller wants, by `?format=` or Accept. Raises Invalid for geojson of what has no place."""
    if said is None:
        accept, forms = request.headers.get("accept", ""), {name: form.media for name, form in listing.forms.items()}
        said = next((name for name, media in (forms | MEDIA).items() if media in accept), None)
    if said == "geojson" and listing.point is None:
        raise Invalid("This list has no coordinates.", "no-coordinates", pointer="query/format")
    return None if said == "json" else said


def documented(listing: Listing) -> dict[int | str, dict[str, Any]]:
    """The further media types of a list, for the OpenAPI document."""
    text = {"schema": {"type": "string"}}
    content = {MEDIA["ndjson"]: text, MEDIA["csv"]: text} | ({MEDIA["geojson"]: {"schema": {"type": "object"}}} if listing.point else {})
    content |= {form.media: {"schema": {"type": "object"}} if form.json else text for form in listing.forms.values()}
    return {200: {"content": content}}


def _flat(listing: Listing, fields: tuple[str, ...]) -> str:
    """The columns of a CSV row. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return ", ".join(f'{_guarded(listing, name)} as "{name}"' for name in fields)


def _guarded(listing: Listing, name: str) -> str:
    column = listing.column(name)
    kind = listing.out.model_fields[name].annotation
    if not TEXTUAL & {kind, *get_args(kind)} and not isinstance(kind, GenericAlias):
        return column
    return f"regexp_replace(({column})::text, '^([=+@\\t\\r-])', '''\\1')"


TEXTUAL = {str, Any}


def _feature(listing: Listing, fields: tuple[str, ...]) -> str:
    lon, lat = listing.point or ("null", "null")
    geometry = (
        f"case when {lon} is null then null else json_build_object('type', 'Point', 'coordinates', json_build_array({lon}, {lat})) end"
    )
    properties = f"(select row_to_json(o) from (select {listing.select(fields)}) o)"
    return f"json_build_object('type', 'Feature', 'id', t.id, 'geometry', {geometry}, 'properties', {properties})"


@lru_cache(maxsize=512)
def whole_statement(listing: Listing, level: Level, filters: tuple[str, ...], form: str, fields: tuple[str, ...]) -> Statement:
    foreign, only = listing.forms.get(form), ""
    line = f"(select row_to_json(o) from (select {listing.select(fields)}) o)"
    columns = {"csv": _flat(listing, fields), "geojson": _feature(listing, fields)}.get(form) or line
    if foreign:
        columns = foreign.json or ", ".join(f'{sql} as "{name}"' for name, sql in foreign.columns.items())
        only = f" and {foreign.only}"
    # The array a level reaches is found once, in a CTE: the planner then sees a value, not a function to call for every row.
    rows = f"from l, {listing.table} where {where_of(listing, level, filters)}{only} order by {order_of(listing)}"
    sql = f"with l as materialized ({listing.unit(level)}) select {columns} {rows}"
    return prepared(sql)


COPY: dict[str, dict[str, Any]] = {
    "csv": {"format": "csv", "header": True},
    "ndjson": {"format": "csv", "delimiter": "\x01", "quote": "\x02"},
    "geojson": {"format": "csv", "delimiter": "\x01", "quote": "\x02"},
}


@dataclass(frozen=True)
class Written:
    """How lines are sent: their media type and file, how COPY writes them, and what stands around and between them."""

    media: str
    suffix: str
    copy: dict[str, Any]
    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b""


def _written(listing: Listing, form: str, known: dict[str, Any]) -> Written:
    foreign = listing.forms.get(form)
    if foreign is None:
        around = (b'{"type":"FeatureCollection","features":[', b",", b"]}\n") if form == "geojson" else (b"", b"\n", b"")
        return Written(MEDIA[form], form, COPY[form], *around)
    if not foreign.json:
        return Written(foreign.media, foreign.suffix, COPY["csv"])
    head = foreign.head.replace("{data_set}", json.dumps(known["data_set"]))
    return Written(foreign.media, foreign.suffix, COPY["ndjson"], head.encode(), b",", foreign.tail.encode())


class Export(Response):
    """The whole of a list, streamed."""

    def __init__(self, reading: Reading, sql: str, values: list[Any], written: Written, name: str) -> None:
        self.reading, self.sql, self.values, self.written = reading, sql, values, written
        self.connection: Any = None
        super().__init__(
            None,
            200,
            {"Content-Disposition": f'attachment; filename="{name}.{written.suffix}"', "Cache-Control": "no-store"},
            written.media,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with (
            self.reading.house.doors.exports.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            who = await connection.fetchval(
                "select app.enter($1, $2, $3)", self.reading.credential, self.reading.request_id, self.reading.at
            )
            assert who is not None, "checked before the answer began"
            headers = [(k, v) for k, v in self.raw_headers if k != b"content-length"]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            lines = _Lines(send, self.written)
            await connection.copy_from_query(self.sql, *self.values, output=lines.take, **self.written.copy)
            await lines.close()


class _Lines:
    """Passes the chunks of COPY on, and puts the lines of one JSON document inside it."""

    def __init__(self, send: Send, written: Written) -> None:
        self.send, self.written, self.first = send, written, True

    async def take(self, chunk: bytes) -> None:
        if self.written.between != b"\n":
            head = self.written.head if self.first else self.written.between
            chunk = head + chunk.rstrip(b"\n").replace(b"\n", self.written.between)
            self.first = False
        await self._out(chunk, True)

    async def close(self) -> None:
        await self._out((self.written.head if self.first else b"") + self.written.tail, False)

    async def _out(self, chunk: bytes, more: bool) -> None:
        async with asyncio.timeout(SEND_S):
            await self.send({"type": "http.response.body", "body": chunk, "more_body": more})


async def export(reading: Reading, listing: Listing, query: Query, lens: Lens, form: str) -> Response:
    """The whole of `listing` through `lens`. Raises NotFound where there is no such unit, NotKnown on a credential no longer good."""
    lens, said, known = asked(reading, query, lens)
    if form in listing.forms:
        known = {"scheme": None, "data_set": None} | known
        listing.forms[form].given(said)
    unit = prepared(
        f"select app.enter({{credential}}, {{request}}, {{at}}) as who, (select unit::text from ({listing.unit(lens.level)}) l) as unit"
    )
    async with reading.house.doors.exports.acquire() as connection:
        row = await connection.fetchrow(unit.sql, *unit.values(known))
    if row["who"] is None:
        raise NotKnown("This token is not good any more; sign in again.", "token-invalid")
    if row["unit"] is None:
        raise NotFound()
    await named(reading, said)
    whole = whole_statement(listing, lens.level, tuple(sorted(said)), form, listing.chosen(query.fields))
    return Export(reading, whole.sql, whole.values(known), _written(listing, form, known), listing.name.split()[0])
