"""Bare SQL as the role of the API, after `app.enter`, on every table of the live catalogue: row security is all there is here.

Every policy is then taken away in turn, and opened to everyone in turn: the same checks must notice each.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import pytest
import pytest_asyncio

from api.embedded import EmbeddedPostgres
from tests.isolation.bench import DAY, POLICIES, Bench, Table, Undo, tables
from tests.isolation.people import PEOPLE, Map
from tests.isolation.rules import RULES
from tests.isolation.seeds import TEMPLATES, sow

NAME = "isolation_sql"
TENANT = [name for name, template in TEMPLATES.items() if name not in ("credential", "session", "scope")]


@dataclass
class Seeded:
    """A copy of the demonstration region with rows in every kind of place."""

    postgres: EmbeddedPostgres
    map: Map
    at: datetime
    tables: list[Table] = field(default_factory=list)

    @asynccontextmanager
    async def connected(self, role: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.postgres.dsn(NAME, role))  # type: ignore[arg-type]
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def bench(self) -> AsyncIterator[Bench]:
        """A bench whose whole work is rolled back. Foreign keys sleep: they are about what exists, not about who asks."""
        async with self.connected("superuser") as connection:
            try:
                async with connection.transaction():
                    await connection.execute("set local session_replication_role = replica")
                    yield Bench(connection, self.map, self.at)
                    raise Undo
            except Undo:
                pass


@pytest_asyncio.fixture(scope="module")
async def seeded(postgres: EmbeddedPostgres, region_template: str) -> AsyncIterator[Seeded]:
    postgres.create(NAME, region_template)
    try:
        found = Seeded(postgres, Map({}, datetime.now(UTC).date()), datetime.now(UTC))
        async with found.connected("owner") as owner:
            found.map = await Map.read(owner, found.at.date())
            await sow(owner, found.map)
            found.map = await Map.read(owner, found.at.date())
        async with found.connected("superuser") as superuser:
            found.tables = await tables(superuser)
        yield found
    finally:
        postgres.drop(NAME)


async def test_every_table_has_its_rule_and_rows_of_several_tenants(seeded: Seeded) -> None:
    assert {t.name for t in seeded.tables} == set(RULES), "say in tests/isolation/rules.py who may do what with the table"
    assert [t.name for t in seeded.tables if not t.rows] == [], "give the table rows in tests/isolation/seeds.py"
    for table in seeded.tables:
        if table.name in TENANT and "country_id" in table.columns:
            assert len({row["country_id"] for row in table.rows.values()} - {0, None}) >= 3, f"{table.name} has rows of too few tenants"


@pytest.mark.parametrize("name", PEOPLE)
async def test_everyone_reaches_exactly_what_is_theirs(seeded: Seeded, name: str) -> None:
    async with seeded.bench() as bench:
        who = await bench.enter(name)
        wrong = [said for table in seeded.tables async for said in bench.differences(table, who)]
    assert not wrong, "\n".join(wrong)


async def test_the_owner_reaches_everything(seeded: Seeded) -> None:
    async with seeded.bench() as bench:
        wrong = [said for table in seeded.tables async for said in bench.owning(table)]
        wrong += [said for table in seeded.tables async for said in bench.policies(table)]
    assert [said for said in wrong if "schema_version" not in said] == []


async def test_partitions_are_reached_through_their_parents_only(seeded: Seeded) -> None:
    async with seeded.bench() as bench:
        await bench.enter("region")
        found = await bench.connection.fetch("select relname, relrowsecurity from pg_class where relispartition and relkind = 'r'")
        assert len(found) > 50
        for partition in found:
            assert partition["relrowsecurity"], partition["relname"]
            for statement in ("select from {}", "delete from {}", "update {} set country_id = 0", "insert into {} default values"):
                assert await bench.attempt(statement.format(partition["relname"])) == "denied", partition["relname"]


READABLE = [name for name, rule in RULES.items() if "select" in rule.may]


async def _counts(connection: asyncpg.Connection) -> dict[str, int]:
    return {name: await connection.fetchval(f'select count(*) from "{name}"') for name in READABLE}


async def test_without_entering_there_are_no_rows_of_anyone(seeded: Seeded) -> None:
    """On a connection of the API itself, not of a superuser who plays it."""
    public = seeded.map.person("")
    expected = {t.name: len(t.expected("select", public)) for t in seeded.tables if t.name in READABLE}
    assert {name for name, n in expected.items() if n == 0} >= {
        "observation",
        "affiliation",
        "principal",
        "granted",
        "import",
        "api_key",
        "invitation",
    }
    async with seeded.connected("api") as connection:
        assert await _counts(connection) == expected
        async with connection.transaction():
            assert await connection.fetchval("select app.enter('s' || gen_random_uuid(), 'r', now())") is None
            assert await _counts(connection) == expected
        async with connection.transaction():
            assert await connection.fetchval("select app.enter(null, 'r', now())") is not None
            assert await _counts(connection) == expected


async def test_a_scope_ends_with_its_transaction(seeded: Seeded) -> None:
    region = seeded.map.person("region")
    async with seeded.connected("owner") as owner:
        session = await owner.fetchval("select gen_random_uuid()")
        await owner.execute("select app.open_session($1, $2, 'x', $3, $4)", session, region.principal, seeded.at, seeded.at + DAY)
    async with seeded.connected("api") as connection:
        async with connection.transaction():
            await connection.execute("select app.enter($1, 'r', $2)", f"s{session}", seeded.at)
            assert await connection.fetchval("select count(*) from observation") > 0
        assert await connection.fetchval("select count(*) from observation") == 0
        assert (
            await connection.fetchval(
                "select count(*) from observation where (select app.enter($1, 'r', $2)) is null", f"s{session}", seeded.at
            )
            == 0
        )


WITHOUT_PRIVILEGE = "select not has_table_privilege('amuprev_api', $1, $2)"


async def _notices(bench: Bench, table: Table, suffix: str) -> bool:
    """Whether the checks of `table` find anything, in the order in which they would find it soonest."""
    if suffix == "owner":
        return any([said async for said in bench.owning(table)])
    for name in PEOPLE:
        try:
            async with bench.connection.transaction():
                who = await bench.enter(name)
                async for _ in bench.differences(table, who):
                    return True
                raise Undo
        except Undo:
            continue
    return False


@pytest.mark.parametrize("suffix", POLICIES)
async def test_no_policy_can_be_dropped_unnoticed(seeded: Seeded, suffix: str) -> None:
    unnoticed = []
    for table in seeded.tables:
        if table.name == "schema_version":
            continue
        async with seeded.bench() as bench:
            await bench.connection.execute(f'drop policy "{table.name}_{suffix}" on "{table.name}"')
            behind_privileges = suffix != "owner" and await bench.connection.fetchval(WITHOUT_PRIVILEGE, f'"{table.name}"', suffix)
            noticed = any([said async for said in bench.policies(table)]) if behind_privileges else await _notices(bench, table, suffix)
            if not noticed:
                unnoticed.append(table.name)
    assert unnoticed == []


@pytest.mark.parametrize("suffix", ["select", "insert", "update", "delete"])
async def test_no_policy_can_be_opened_unnoticed(seeded: Seeded, suffix: str) -> None:
    unnoticed = []
    clause = {
        "select": "using (true)",
        "insert": "with check (true)",
        "update": "using (true) with check (true)",
        "delete": "using (true)",
    }[suffix]
    for table in seeded.tables:
        async with seeded.bench() as bench:
            said = await bench.connection.fetchrow(
                "select coalesce(qual, with_check) as rule from pg_policies"
                " where policyname = $1 and has_table_privilege('amuprev_api', $2, $3)",
                f"{table.name}_{suffix}",
                f'"{table.name}"',
                suffix,
            )
            if said is None or said["rule"] == "true":
                continue  # Nobody has the privilege, or it is meant to be open.
            await bench.connection.execute(f'alter policy "{table.name}_{suffix}" on "{table.name}" {clause}')
            if not await _notices(bench, table, suffix):
                unnoticed.append(table.name)
    assert unnoticed == []


@pytest.mark.parametrize("table", ["affiliation", "granted", "observation", "organisation"])
async def test_a_write_policy_that_lets_rows_be_moved_is_noticed(seeded: Seeded, table: str) -> None:
    async with seeded.bench() as bench:
        await bench.connection.execute(f"alter policy {table}_update on {table} with check (true)")
        assert await _notices(bench, next(t for t in seeded.tables if t.name == table), "update")


async def test_row_security_switched_off_is_noticed_on_every_table(seeded: Seeded) -> None:
    for table in seeded.tables:
        if table.rule.may and table.rule.select.__name__ != "everyone":
            async with seeded.bench() as bench:
                await bench.connection.execute(f'alter table "{table.name}" disable row level security')
                assert await _notices(bench, table, "select"), table.name
