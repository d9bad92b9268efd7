"""`amuprev migrate`: the revisions, the partitions of the years ahead, what the committed data files say, what is counted here anew.

All as the owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

from api.access import NOBODY, moment
from api.intake.computing import from_scratch
from migrations import catalogues

HERE = Path(__file__).parent
Tell = Callable[[str, int, int], None]
"""Told what is being done, how far it is and of how much."""


@dataclass
class Migration:
    """An upgrade as a writer: no principal, and its own name as request id."""

    principal: UUID = NOBODY
    request_id: str = "migrate"
    at: datetime = field(default_factory=moment)


PARTITIONED = ("change", "observation", "observation_revision")
YEARS_AHEAD = 5


def config() -> Config:
    """Alembic's settings; there is no alembic.ini."""
    said = Config()
    said.set_main_option("script_location", str(HERE))
    said.set_main_option("version_locations", str(HERE / "versions"))
    said.set_main_option("path_separator", "os")
    return said


async def migrate(url: str, tell: Tell) -> None:
    """Bring the database at `url` to the newest revision and its catalogues to the committed files. Safe to repeat, and beside another."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(url, server_settings={"timezone": "UTC"})

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=pool.NullPool)
    tell("schema", 0, 1)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("select pg_advisory_lock(7221, 0)")
        await connection.commit()
        await connection.run_sync(_upgrade)
        await connection.commit()
        tell("schema", 1, 1)
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        this_year = date.today().year
        for table in PARTITIONED:
            await raw.execute("select app.partition($1::text::regclass, $2, $3)", table, this_year, this_year + YEARS_AHEAD)
        await catalogues.load(raw, tell)
        tell("computed figures", 0, 1)
        await from_scratch(raw, Migration())
        tell("computed figures", 1, 1)
    await engine.dispose()


def _upgrade(connection: object) -> None:
    said = config()
    said.attributes["connection"] = connection
    command.upgrade(said, "head")
