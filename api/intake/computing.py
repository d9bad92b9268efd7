"""Brings computed indicators up to date, in the transaction that wrote what they are counted of."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from api import db
from api.domain.indicator.computed import COMPUTED, Computed, ending, keeping, summing, telling
from api.domain.indicator.figures import LAST_YEAR
from api.pages.statements import prepared

TYPED = {"places": "{places}::int[]", "first": "{first}::int", "last": "{last}::int"}
TYPED |= {"at": "{at}::timestamptz", "who": "{who}::uuid", "recording": "{recording}::bigint"}
TOLD = {"recording": "$6::bigint", "places": "$7::int[]", "first": "$8::int", "last": "$9::int"}
"""The same as the parameters that db.keep_many leaves."""
ANEW = "set local plan_cache_mode = force_custom_plan"
"""Before years are looked for of which nothing is left: a plan kept from when a partition was empty reads all of it for each of the places
that then filled it (measured: a minute in place of five seconds). All else is a third dearer without the plans that are kept (measured)."""
Part = tuple[Sequence[int], int, int]
"""Places, first year and last year."""


async def recomputed(
    connection: asyncpg.Connection, author: db.Author, recording: int, part: Part | None = None, which: Sequence[Computed] = COMPUTED
) -> set[int]:
    """Count anew what `which` hold of the places and years of `part`, or of everything; what differs is kept under `recording`, which is
    stamped afterwards by whoever took it. Returns the countries in which anything did.

    One transaction after another, by the lock of app.record: each counts what those before it have written.
    """
    await connection.execute("select pg_advisory_xact_lock(7310)")
    said = dict(zip(("places", "first", "last"), part, strict=True)) if part else {}
    known: dict[str, Any] = said | {"recording": recording, "at": author.at, "who": author.principal}
    countries: set[int] = set()
    for computed in which:
        keep = prepared(keeping(computed, part is None).format(**TYPED))
        changed = await connection.fetch(keep.sql, *keep.values(known))
        countries |= {row["country_id"] for row in changed}
        codes, gone = sorted({row["code"] for row in changed}), sorted({row["code"] for row in changed if row["gone"]})
        if gone:
            await connection.execute(ANEW)
        for sql in [make(computed, of, part is None) for make, of in ((summing, codes), (ending, gone)) if of]:
            summary = prepared(sql.format(**TYPED))
            await connection.execute(summary.sql, *summary.values(known))
        for code in codes:
            told = telling(computed, code, part is None).format(**TOLD)
            await db.keep_many(connection, author, "computed", code, told, recording, *said.values())
    return countries


AT_ONCE = 1000
"""Places counted by one statement: those of a whole region in one would take longer than a statement may."""


async def recounted(connection: asyncpg.Connection, author: db.Author, which: Computed, places: Sequence[int], first: int) -> None:
    """Count `which` anew at some places from the year `first` on, as one recording: at no instant a part of it is what was known."""
    parts = [(places[n : n + AT_ONCE], first, LAST_YEAR) for n in range(0, len(places), AT_ONCE)]
    await _recorded(connection, author, parts, [which])


async def from_scratch(connection: asyncpg.Connection, author: db.Author) -> None:
    """Count everything anew, as the owner: after an upgrade, whose definitions may be others."""
    async with connection.transaction():
        await _recorded(connection, author, [None], COMPUTED)


async def _recorded(connection: asyncpg.Connection, author: db.Author, parts: Sequence[Part | None], which: Sequence[Computed]) -> None:
    recording, countries = await connection.fetchval("select nextval('recording_number')"), set[int]()
    for part in parts:
        countries |= await recomputed(connection, author, recording, part, which)
    await connection.execute("select app.record($1, c) from unnest($2::int[]) c", recording, sorted(countries))
