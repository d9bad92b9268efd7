"""The demonstration: made once, whoever comes first, and finished where its making was broken off."""

import asyncio

import asyncpg
import pytest

from api import demo
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests import stored
from tests.conftest import World, numbers, silent

MADE = """select (select count(*) from principal where demonstration), (select count(*) from credential),
            (select count(*) from granted where revoked_at is null), (select count(*) from participation),
            (select count(*) from affiliation), (select count(*) from affiliation where state = 'confirmed'),
            (select count(*) from affiliation where not demonstration)"""


class Broken(Exception):
    """The process ended here."""


async def made(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetchrow(MADE))
    finally:
        await connection.close()


async def test_it_is_finished_wherever_it_was_broken_off(
    region: World, postgres: EmbeddedPostgres, empty_template: str, settings: Settings
) -> None:
    name = f"demo{next(numbers)}"
    postgres.create(name, empty_template)
    api, owner = postgres.dsn(name, "api"), postgres.dsn(name, "owner")
    try:
        for point in (("people", 3), ("programmes", 30), ("affiliations", 2), ("affiliations", 4)):

            def breaks(what: str, done: int, of: int, *, point: tuple[str, int] = point) -> None:
                if (what, done) == point:
                    raise Broken

            with pytest.raises(Broken):
                await demo.fill(settings, api, owner, breaks)
        await asyncio.gather(demo.fill(settings, api, owner, silent), demo.fill(settings, api, owner, silent))
        assert await made(owner) == await made(region.url())
        await stored.check(owner)
    finally:
        postgres.drop(name)


async def test_a_second_time_changes_nothing(world: World) -> None:
    async with world.owner() as owner:
        before = await owner.fetchval("select count(*) from change")
        await demo.fill(world.settings, world.url("api"), world.url(), silent)
        assert await owner.fetchval("select count(*) from change") == before
