"""Brings a schema to the newest revision, by alembic. Imported only where one is behind: alembic takes a tenth of a start (measured)."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

HERE = Path(__file__).parent


async def upgrade(connected: asyncpg.Connection) -> None:
    """Upgrade the database of `connected` to the newest revision, on that connection, which stays open."""

    async def connect() -> asyncpg.Connection:
        return connected

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=pool.StaticPool)
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()


def _upgrade(connection: object) -> None:
    said = Config()  # There is no alembic.ini.
    said.set_main_option("script_location", str(HERE))
    said.set_main_option("version_locations", str(HERE / "versions"))
    said.set_main_option("path_separator", "os")
    said.attributes["connection"] = connection
    command.upgrade(said, "head")
