"""Brings computed indicators up to date, in the transaction that wrote what they are counted of."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from api import db
from api.domain.indicator.computed import COMPUTED, Computed, changed, statements
from api.pages.statements import prepared

TYPED = {"places": "{places}::int[]", "first": "{first}::int", "last": "{last}::int"}
TYPED |= {"at": "{at}::timestamptz", "who": "{who}::uuid", "recording": "{recording}::bigint"}


async def recomputed(
    connection: asyncpg.Connection, author: db.Author, recording: int, part: tuple[Sequence[int], int, int] | None = None,
    which: Sequence[Computed] = COMPUTED,
) -> None:  # fmt: skip
    """Count anew what `which` hold of the places and years of `part`, or of everything; what differs is kept under `recording`, which is
    stamped afterwards by whoever took it.

    One transaction after another, by the lock of app.record: each counts what those before it have written.
    """
    await connection.execute("select pg_advisory_xact_lock(7310)")
    places, first, last = part or ([], 0, 0)
    known: dict[str, Any] = {"places": list(places), "first": first, "last": last, "recording": recording}
    known |= {"at": author.at, "who": author.principal}
    for computed in which:
        keep, *summaries = (prepared(sql.format(**TYPED)) for sql in statements(computed, part is None))
        if not await connection.fetchval(keep.sql, *keep.values(known)):
            continue
        for statement in summaries:
            await connection.execute(statement.sql, *statement.values(known))
        said = (computed.indicator, recording, computed.frequency, *(part or ()))
        await db.keep_many(connection, author, "computed", computed.indicator, changed(part is None), *said)


async def from_scratch(connection: asyncpg.Connection, author: db.Author) -> None:
    """Count everything anew, as the owner: after an upgrade, whose definitions may be others."""
    async with connection.transaction():
        recording = await connection.fetchval("select nextval('recording_number')")
        await recomputed(connection, author, recording)
        written = "select app.record($1, x.country_id) from (select distinct country_id from observation where recording_id = $1) x"
        await connection.execute(written, recording)
