"""A region that the tests here share where what they write does not disturb one another."""

from collections.abc import AsyncIterator

import pytest_asyncio

from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.conftest import World, opened


@pytest_asyncio.fixture(scope="session")
async def shared_world(postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> AsyncIterator[World]:
    """A copy for what is only added, and looked at by nobody else."""
    postgres.create("amuprev_routers", region_template)
    async with opened(postgres, "amuprev_routers", settings) as world:
        yield world
