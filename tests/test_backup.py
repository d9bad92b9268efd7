"""The owner backfills, backs up and restores, all without the right to pass row security by."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api.embedded import EmbeddedPostgres
from api.intake.computing import from_scratch
from api.settings import Settings
from migrations.apply import Migration
from tests.conftest import opened
from tests.isolation.people import Map
from tests.isolation.seeds import sow

TABLES = "relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition"


async def sums(url: str) -> dict[str, str]:
    """Every table's rows and checksum; numbers of transactions mean nothing in another life of the database."""
    connection = await asyncpg.connect(url)
    try:
        names = [r[0] for r in await connection.fetch(f"select relname from pg_class where {TABLES}")]
        rows = """select (to_jsonb(t) - 'xid')::text as j from "{}" t"""
        statement = f"select count(*) || ' ' || coalesce(md5(string_agg(j, '|' order by j)), '') from ({rows}) x"
        return {name: await connection.fetchval(statement.format(name)) for name in names}
    finally:
        await connection.close()


def _amuprev(postgres: EmbeddedPostgres, database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line over a database that is named, with the tools of the embedded server on the path."""
    names = {"AMUPREV_DATABASE_URL": postgres.dsn(database, "api"), "AMUPREV_OWNER_DATABASE_URL": postgres.dsn(database, "owner")}
    environment = os.environ | names | {"PATH": f"{postgres.binaries}{os.pathsep}{os.environ['PATH']}"}
    program = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=120)


async def test_the_owner_backfills_backs_up_and_restores(
    postgres: EmbeddedPostgres, region_template: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All as the owner, who may not pass row security by: every row is reached, kept, and there again, with its policies and privileges."""
    own = tmp_path / "frameworks"
    own.mkdir()
    (own / "faulty.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("AMUPREV_FRAMEWORKS_FOLDER", str(own))  # They judge no steps, and none stops them.
    postgres.create("kept", region_template)
    postgres.create("restored")
    try:
        async with opened(postgres, "kept", settings) as world:
            token = (await world.who("gt")).headers["authorization"].split()[1]
            cursor = (await world.client(token).get("/v1/changes", params={"limit": 1})).json()["next"]
        await _sown(postgres.dsn("kept", "owner"))
        await _backfilled(postgres)
        for arguments, database in ((("backup", str(tmp_path / "b")), "kept"), (("restore", str(tmp_path / "b")), "restored")):
            done = await asyncio.to_thread(_amuprev, postgres, database, *arguments)
            assert done.returncode == 0, done.stderr[-1500:]
        before, after = [await sums(postgres.dsn(name, "owner")) for name in ("kept", "restored")]
        # A restore begins another life of the database, in which cursors of the feed from before are not good.
        assert before.pop("epoch") != after.pop("epoch")
        assert after == before
        assert await _fences(postgres.dsn("restored", "superuser")) == await _fences(postgres.dsn("kept", "superuser"))
        async with opened(postgres, "restored", settings) as world:
            gone = await world.client(token).get("/v1/changes", params={"cursor": cursor})
            assert (gone.status_code, gone.json()["code"]) == (410, "cursor-gone")
            assert (await world.client(token).get("/v1/me")).status_code == 200
    finally:
        postgres.drop("kept")
        postgres.drop("restored")


async def _sown(url: str) -> None:
    owner = await asyncpg.connect(url)
    await sow(owner, await Map.read(owner, datetime.now(UTC).date()))
    await from_scratch(owner, Migration())
    await owner.close()


async def _backfilled(postgres: EmbeddedPostgres) -> None:
    """An update of every row of every table, as a later revision may need it, reaches what the superuser sees."""
    owner, superuser = await asyncpg.connect(postgres.dsn("kept", "owner")), await asyncpg.connect(postgres.dsn("kept", "superuser"))
    column = "select attname from pg_attribute where attrelid = c.oid and attnum > 0 and attgenerated = '' order by attnum limit 1"
    first = f"select c.relname, ({column}) from pg_class c where {TABLES}"
    for table, name in await superuser.fetch(first):
        done = await owner.execute(f'update "{table}" set {name} = {name}')
        there = await superuser.fetchval(f'select count(*) from "{table}"')
        assert done == f"UPDATE {there}", table
        assert there > 0, table
    await owner.close()
    await superuser.close()


async def _fences(url: str) -> list[list[Any]]:
    """Policies, forced row security, privileges on tables and functions, constraints."""
    connection = await asyncpg.connect(url)
    queries = (
        "select schemaname, tablename, policyname, roles::text, cmd, qual, with_check from pg_policies order by 2, 3",
        """select relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text from pg_class
           where relnamespace = 'public'::regnamespace order by 1""",
        """select relname, a.grantee::regrole::text, a.privilege_type from pg_class c, aclexplode(c.relacl) a
           where relnamespace = 'public'::regnamespace and a.grantee <> c.relowner order by 1, 2, 3""",
        """select proname, array_agg(distinct a.grantee::regrole::text) from pg_proc p, aclexplode(p.proacl) a
           where pronamespace = 'app'::regnamespace group by p.oid, 1 order by 1""",
        """select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
           order by 1, conrelid::regclass::text""",
    )
    try:
        return [[tuple(row) for row in await connection.fetch(query)] for query in queries]
    finally:
        await connection.close()
