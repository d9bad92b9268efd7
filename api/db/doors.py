"""How PostgreSQL is reached: the pools of one process, a connection by itself, and the check that row security holds for the API's role."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from api.settings import Settings

Setup = dict[str, str]


class BypassingRole(RuntimeError):
    """The API was given a role for which row security does not hold."""


class Gate:
    """Lets a few reads at once into PostgreSQL, in order of arrival (measured: page p99 35-42 -> 6 ms).

    Each goes through on a connection that stays here in between: giving it back to the pool costs half as much as the reading (measured).
    """

    def __init__(self, pool: asyncpg.Pool, admissions: int) -> None:
        self.pool, self.turns = pool, asyncio.Semaphore(admissions)
        self.most = min(admissions, pool.get_max_size() - 1)
        """Connections that may stay; one at least is left in the pool for whoever does not come through here."""
        self.kept: list[Any] = []

    async def fetchrow(self, sql: str, values: Sequence[Any]) -> asyncpg.Record | None:
        """The one row of a statement."""
        async with self.turns:
            connection = await self._connection()
            try:
                row = await connection.fetchrow(sql, *values)
            except BaseException:  # Also when nobody waits any more: the pool knows how to end a statement that still runs.
                await self.pool.release(connection)
                raise
            if len(self.kept) < self.most:
                self.kept.append(connection)
            else:
                await self.pool.release(connection)
            return row

    async def _connection(self) -> Any:
        while self.kept:
            connection = self.kept.pop()
            if not connection.is_closed():
                return connection
            await self.pool.release(connection)
        return await self.pool.acquire()

    async def close(self) -> None:
        """Give every connection back."""
        while self.kept:
            await self.pool.release(self.kept.pop())


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


LOCK_S, TURN_S = 10, 60
"""How long a statement waits for a lock, and how long an import waits for its turn: it goes chunk by chunk behind others of its source, and
behind all who keep what is computed. Four at once on a slow machine wait for three chunks of some seconds each."""


def _session_settings(timeout_s: float, read_only: bool, lock_s: float = LOCK_S) -> Setup:
    return {
        "application_name": "amuprev",
        "timezone": "UTC",
        "intervalstyle": "iso_8601",
        "jit": "off",
        "statement_timeout": str(int(timeout_s * 1000)),
        "idle_in_transaction_session_timeout": "60000",
        "lock_timeout": str(int(lock_s * 1000)),
        "default_transaction_read_only": "on" if read_only else "off",
        # The statements of the read door are few and the same for every caller. Planned anew for each, as PostgreSQL prefers over many
        # partitions, a page of observations took 7 ms, of which 6 were planning (measured).
        "plan_cache_mode": "force_generic_plan" if read_only else "auto",
    }


async def _no_reset(_: Any) -> None:
    """Every setting is local to its transaction, so a connection has nothing to forget (measured: a reset costs as much as a read)."""


async def _pool(url: str, size: int, settings: Settings, timeout_s: float, *, imports: bool = False) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        reset=_no_reset,
        statement_cache_size=settings.db_statement_cache,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,  # Of any size: the longest, home and what was known then, would be planned anew each time.
        server_settings=_session_settings(timeout_s, read_only=not imports, lock_s=TURN_S if imports else LOCK_S),
        timeout=10,
    )


async def open_doors(settings: Settings, url: str) -> Doors:
    """Connect, with one connection in each pool. Raises OSError or asyncpg.PostgresError where the database cannot be reached."""
    report = settings.report_database_url.get_secret_value() if settings.report_database_url else url
    return Doors(
        reads=await _pool(url, settings.read_connections, settings, settings.statement_timeout_s),
        exports=await _pool(report, settings.export_connections, settings, settings.import_timeout_s),
        imports=await _pool(url, settings.import_connections, settings, settings.import_timeout_s, imports=True),
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
    pooled["hide_parameters"] = True  # Else the text of a fault, which others may log, holds what was to be written.
    return create_async_engine("postgresql+asyncpg://", async_creator=connect, **pooled)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection of its own, outside every pool: for what the command line does."""
    connection = await asyncpg.connect(url, max_cacheable_statement_size=0)
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
