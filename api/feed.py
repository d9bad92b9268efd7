"""The change feed: what the write door recorded, in an order in which nothing is lost, to those who may see it.

The order is (xid, seq), and only what lies behind the oldest running transaction is answered: a number given earlier may be committed
later (measured under 8 writers: `seq >` or `updated_at >` lost half the rows, this none). A cursor that came to the end stands at that
mark, so that a quiet tenant does not read the changes of the others again and again.

A cursor also holds the scope it was given in, packed: a change of scope is no row (a term ends with nobody writing), and a table of scopes
seen would have to be written by a read and forgotten by a clock.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from asyncpg import Record
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api import pages
from api.access import Reading
from api.domain.changes import ChangeOut, Reach, Step, Unit, living
from api.levels import Shape
from api.pages import secrecy
from api.pages.cursors import not_ours, place_of, sealed, unread
from api.pages.statements import ENTERED, prepared


class ChangesQuery(BaseModel):
    """The parameters of the feed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    cursor: Annotated[str | None, Field(max_length=16_000)] = None
    """`next` of the answer before; from the beginning where it is missing."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    """Most items in one answer."""


class Changes(BaseModel):
    """A piece of the feed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    items: list[ChangeOut]
    next: str
    """Always there, also when there is nothing new: keep it, and send it as `cursor` the next time."""
    more: bool
    """Whether to ask again at once; false where this was all there is now."""


PLACED = Shape(organisation="t.organisation_id")
READ, MANAGED = (f"({PLACED.seen(mode)} or (select app.{mode}_region()))" for mode in ("read", "write"))
SEEN = f"""(t.is_public or t.principal_id = (select app.principal())
    or case when t.noun = any('{{{{principal,granted,invitation,api_key}}}}'::text[]) then {MANAGED} else {READ} end)"""
"""The same words as the policy of `change`: records of access are for those who manage them."""
TOLD = {c: f"nullif(t.{c}, 0)" for c in ("municipality_id", "country_id")} | {"body": secrecy.FED}
COLUMNS = ", ".join(f"{TOLD.get(c, f't.{c}')} as {c}" for c in ChangeOut.model_fields)
MARK = "(select pg_snapshot_xmin(pg_current_snapshot()))"
AFTER = "((select {xid}::text::xid8), (select {seq}::bigint))"
# The selects hide the values from the planner: where many records share one transaction (an import, a restore) it takes xid alone for the
# condition, expects no rows, and reads and sorts everything (measured, 500,000 records of one transaction, 1,000 a page: 1,900 ms, so 10).
FEED = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select app.epoch() as epoch, (select secret from epoch) as secret, {MARK}::text as mark,
    (select app.read_countries())::int[] as countries, (select app.read_municipalities())::int[] as municipalities,
    (select app.read_organisations())::text[] as organisations, p.*
  from (select array_agg(x.j) as items, array_agg(x.xid) as xids, array_agg(x.seq) as seqs
        from (select (select row_to_json(o)::text from (select {COLUMNS}) o) as j, t.xid::text as xid, t.seq from change t
              where e.who is not null and (t.xid, t.seq) > {AFTER} and t.xid < {MARK}
                and t.action <> 'read-personal' and {SEEN}
              order by t.xid, t.seq limit {{limit}} + 1) x) p
) q on e.who is not null""")


@dataclass(frozen=True)
class Place:
    """Where a cursor stands: after a change, in a life of the database, in a scope; None where there was no cursor."""

    xid: str = "0"
    seq: int = 0
    epoch: str | None = None
    reach: str | None = None


def _given(cursor: str | None) -> Place:
    """What a cursor says, its seal not looked at yet. Raises Malformed where it is no cursor of the feed."""
    if cursor is None:
        return Place()
    said = unread(cursor)[0]
    if not (isinstance(said, list) and [type(part) for part in said] == [str, int, str, str]):
        raise not_ours()
    if not (said[0].isascii() and said[0].isdigit() and len(said[0]) < 20 and 0 <= said[1] < 2**63):
        raise not_ours()
    return Place(*said)


async def answer(reading: Reading, query: ChangesQuery) -> Response:
    """The items after the cursor, changes of scope first. Raises Malformed on a cursor not of ours, Gone on one from before a restore."""
    place = _given(query.cursor)
    row = await pages.ask(reading, FEED, pages.known_of(reading) | {"xid": place.xid, "seq": place.seq, "limit": query.limit})
    epoch, about = hashlib.sha256(row["epoch"].encode()).hexdigest()[:8], ["changes", str(row["who"])]
    if query.cursor is not None:
        # Another life has another secret, so its seal cannot be checked; this life first, then the seal.
        living(place.epoch or "", epoch)
        place_of(row["secret"].bytes, about, query.cursor)
    now = Reach(set(row["countries"]), set(row["municipalities"]), set(row["organisations"]))
    before = now if place.reach is None else Reach.unpacked(place.reach)
    steps = list(before.steps(now))
    told = steps[: query.limit]
    changes = (row["items"] or [])[: query.limit - len(told)]
    more = len(told) + len(changes) < len(steps) + len(row["items"] or [])
    stands = _after(place, row, len(changes), more)
    following = sealed(row["secret"].bytes, about, [*stands, epoch, before.after(told).packed()])
    items = ",".join([*(_said(step, reading.at) for step in told), *changes])
    body = f'{{"items":[{items}],"next":"{following}","more":{json.dumps(more)}}}'
    return Response(body, 200, {"Cache-Control": "no-store"}, pages.JSON)


def _after(place: Place, row: Record, count: int, more: bool) -> list[Any]:
    """Behind the last change that is answered; behind everything that is over by now where nothing is left."""
    if not more:
        return [row["mark"], 0]
    return [row["xids"][count - 1], row["seqs"][count - 1]] if count else [place.xid, place.seq]


def _said(step: Step, at: datetime) -> str:
    what, kind, key = step
    units: dict[str, Any] = {f"{unit}_id": None for unit in Unit}
    units[f"{kind}_id"] = key if kind is Unit.ORGANISATION else int(key)
    item = ChangeOut(noun="scope", thing=key, action=what, version=0, at=at, fields=[], body={"level": kind}, **units)
    return item.model_dump_json()
