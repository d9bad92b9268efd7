"""/changes while others write: nothing is lost and nothing comes twice."""

import asyncio
import random
import time
from typing import Any

import asyncpg

from api import db, founding
from api.access import moment
from api.domain.levels.organisations import Classification, Organisation
from tests.conftest import World
from tests.routers.test_feed import changes, end, walk

SECONDS = 3.0
WRITERS = 8


async def test_nothing_is_lost_and_nothing_comes_twice_under_concurrent_writers(world: World) -> None:
    cursor = await end(world, "sv")
    stop, written = time.monotonic() + SECONDS, set[str]()
    engine = db.write_engine(world.settings.model_copy(update={"write_connections": WRITERS}), world.url())
    try:
        writing = [_write(engine, number, stop, written) for number in range(WRITERS)]
        reading = [_follow(world, name, cursor if name == "sv" else await end(world, name), stop + 1) for name in ("sv", "gt")]
        naive = _follow_naively(world, stop + 1)
        *_, sv, gt, lost = await asyncio.gather(*writing, *reading, naive)
    finally:
        await engine.dispose()
    assert len(written) > 100, "else nothing was tried"
    for seen in (sv, gt):
        assert len(seen) == len(set(seen)), "nothing twice"
        assert set(seen) == written, "nothing lost"
    assert written - lost, "the control, which trusts the order of seq, loses some: so this test could have seen a loss"


async def _write(engine: Any, number: int, stop: float, written: set[str]) -> None:
    r = random.Random(number)
    while time.monotonic() < stop:
        async with db.transaction(engine) as session:
            row = Organisation(name=f"Written by {number}", classification=Classification.NGO, country_id=222)
            await db.keep(founding.Founder(session, moment()), row, "create")
            await asyncio.sleep(r.random() * 0.03)
        written.add(str(row.id))


async def _follow(world: World, name: str, cursor: str, stop: float) -> list[str]:
    seen, client = [], world.client((await world.who(name)).headers["authorization"].split()[1], checked=False)
    while time.monotonic() < stop:
        found = await changes(client, cursor, limit=50)
        seen += [i["thing"] for i in found["items"]]
        cursor = found["next"]
        await asyncio.sleep(0.02)
    return [*seen, *(i["thing"] for i in (await walk(client, cursor))[0])]


async def _follow_naively(world: World, stop: float) -> set[str]:
    seen: set[str] = set()
    connection = await asyncpg.connect(world.url())
    try:
        last = await connection.fetchval("select max(seq) from change")
        while time.monotonic() < stop:
            rows = await connection.fetch("select seq, thing from change where seq > $1 order by seq", last)
            seen |= {r["thing"] for r in rows}
            last = rows[-1]["seq"] if rows else last
            await asyncio.sleep(0.005)
    finally:
        await connection.close()
    return seen
