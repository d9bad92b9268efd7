"""Imports of one source take turns, and one that has to wait longer than a read would is late, not refused."""

import asyncio

from api.db.doors import LOCK_S
from tests.conftest import World
from tests.routers.indicator.test_imports import DATA, send

TURN = "select pg_advisory_xact_lock(hashtextextended('observations', (select id from source where code = 'sesnsp')))"
LONGER_S = LOCK_S + 1


async def test_an_import_waits_for_a_slow_one_of_its_source(world: World) -> None:
    mx = await world.who("mx")
    async with world.owner() as other, asyncio.TaskGroup() as group, other.transaction():
        await other.execute(TURN)
        waiting = group.create_task(send(mx, DATA / "sesnsp_invented.csv"))
        await asyncio.sleep(LONGER_S)
        assert not waiting.done()
    assert waiting.result()["report"]["created"] == 44
