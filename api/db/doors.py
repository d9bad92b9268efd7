"""How PostgreSQL is reached: the pools of one process, a connection by itself, and the check that row security holds for the API's role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from api.settings import Settings

Setup = dict[str, str]


class BypassingRole(RuntimeError):
    """The API was given a role for which row security does not hold."""


@dataclass(frozen=True)
class Doors:
    """The pools of one process: reads, exports and writes never wait for one another."""

    reads: asyncpg.Pool
    exports: asyncpg.Pool
    imports: asyncpg.Pool
    writes: AsyncEngine

    async def close(self) -> None:
        await self.reads.close()
        await self.exports.close()
        await self.imports.close()
        await self.writes.dispose()


def _session_settings(timeout_s: float, read_only: bool) -> Setup:
    return {
        "application_name": "amuprev",
        "timezone": "UTC",
        "intervalstyle": "iso_8601",
        "jit": "off",
        "statement_timeout": str(int(timeout_s * 1000)),
        "idle_in_transaction_session_timeout": "60000",
        "lock_timeout": "10000",
        "default_transaction_read_only": "on" if read_only else "off",
        # The statements of the read door are few and the same for every caller. Planned anew for each, as PostgreSQL prefers over many
        # partitions, a page of observations took 7 ms, of which 6 were planning (measured).
        "plan_cache_mode": "force_generic_plan" if read_only else "auto",
    }


async def _no_reset(_: Any) -> None:
    """Every setting is local to its transaction, so a connection has nothing to forget (measured: a reset costs as much as a read)."""


async def _pool(url: str, size: int, settings: Settings, timeout_s: float, *, read_only: bool = True) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        reset=_no_reset,
        statement_cache_size=settings.db_statement_cache,
        max_cached_statement_lifetime=0,
        server_settings=_session_settings(timeout_s, read_only=read_only),
        timeout=10,
    )


async def open_doors(settings: Settings, url: str) -> Doors:
    """Connect, with one connection in each pool. Raises OSError or asyncpg.PostgresError where the database cannot be reached."""
    report = settings.report_database_url.get_secret_value() if settings.report_database_url else url
    return Doors(
        reads=await _pool(url, settings.read_connections, settings, settings.statement_timeout_s),
        exports=await _pool(report, settings.export_connections, settings, settings.import_timeout_s),
        imports=await _pool(url, settings.import_connections, settings, settings.import_timeout_s, read_only=False),
        writes=write_engine(settings, url),
    )


def write_engine(settings: Settings, url: str) -> AsyncEngine:
    """The engine of the SQLModel sessions; asyncpg parses the address itself, because SQLAlchemy refuses some socket addresses."""

    async def connect() -> asyncpg.Connection:
        timeout_s = settings.statement_timeout_s
        return await asyncpg.connect(
            url,
            statement_cache_size=settings.db_statement_cache,
            server_settings=_session_settings(timeout_s, read_only=False),
            timeout=10,
        )

    pooled: dict[str, Any] = {"pool_size": settings.write_connections, "max_overflow": 0, "pool_timeout": 10, "pool_reset_on_return": None}
    return create_async_engine("postgresql+asyncpg://", async_creator=connect, **pooled)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection of its own, outside every pool: for what the command line does."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def refuse_bypass(doors: Doors) -> None:
    """Raises BypassingRole where the role of the API could pass row security by: then nothing would keep tenants apart."""
    row = await doors.reads.fetchrow(
        """select r.rolsuper or r.rolbypassrls as bypasses, exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = 'public' and pg_has_role(current_user, c.relowner, 'usage')) as owns
           from pg_roles r where r.rolname = current_user"""
    )
    if row["bypasses"] or row["owns"]:
        raise BypassingRole("The role of AMUPREV_DATABASE_URL owns tables or bypasses row security: use one like amuprev_api (README).")
