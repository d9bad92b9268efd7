"""`amuprev migrate`: the revisions, the partitions of the years ahead, what the committed data files say, what is counted here anew.

All as the owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from uuid import UUID

import asyncpg

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


async def _behind(raw: asyncpg.Connection) -> bool:
    """Whether the schema stands at another revision than the newest file."""
    newest = max(path.stem[:4] for path in (HERE / "versions").glob("[0-9]*.py"))
    known = await raw.fetchval("select to_regclass('schema_version')")
    return known is None or await raw.fetchval("select version_num from schema_version") != newest


async def migrate(url: str, tell: Tell) -> None:
    """Bring the database at `url` to the newest revision and its catalogues to the committed files. Safe to repeat, and beside another."""
    raw = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
    try:
        tell("schema", 0, 1)
        await raw.execute("select pg_advisory_lock(7221, 0)")
        if await _behind(raw):
            await import_module("migrations.revisions").upgrade(raw)
        tell("schema", 1, 1)
        this_year = date.today().year
        for table in PARTITIONED:
            await raw.execute("select app.partition($1::text::regclass, $2, $3)", table, this_year, this_year + YEARS_AHEAD)
        await catalogues.load(raw, tell)
        tell("computed figures", 0, 1)
        await from_scratch(raw, Migration())
        tell("computed figures", 1, 1)
    finally:
        await raw.close()
