"""The rules of the schema, read from every migration and from the catalogue of the database that they made."""

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlmodel import SQLModel

from api.embedded import EmbeddedPostgres
from migrations import statements
from migrations.apply import PARTITIONED, YEARS_AHEAD, migrate
from tests.conftest import silent
from tests.contract import ROOT
from tests.keys import CHECKED_BEFORE, ORACLES, TENANT
from tests.test_backup import sums

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
SCRIPTS = sorted((ROOT / "migrations" / "versions").glob("*.sql"))
NEVER = {
    r"\bgrant\s+all\b": "privileges are named one by one",
    r"\bgrouping\s+sets\b|\bcube\s*\(|\brollup\s*\(": "Citus does not spread it",
    r"\bmerge\s+into\b": "Citus does not spread it",
    r"\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b": "what happens on a write stands in the write door",
    r"\bas\s+identity\b|\b(big|small)?serial\b": "keys are given by us",
    r"\bcreate\s+policy\b|\brow\s+level\s+security\b(?!', parent)": "policies are rendered by migrations/policies.py",
    r"\bcreate\s+materialized\b": "it cannot have row security",
    r"\bbypassrls\b|\bsuperuser\b": "roles are made by whoever runs the server",
}
OURS = "relnamespace = 'public'::regnamespace"
PARENTS = f"{OURS} and relkind in ('r', 'p') and not relispartition"


def code(text: str) -> str:
    """`text` of SQL without comments."""
    return re.sub(r"--[^\n]*", "", text)


def texts() -> Iterator[tuple[str, str]]:
    """(where, SQL) of every statement that the revisions execute, docstrings and comments aside."""
    for script in SCRIPTS:
        for n, statement in enumerate(statements.read(script.name)):
            yield f"{script.name}#{n}", code(statement)
    for version in VERSIONS:
        tree = ast.parse(version.read_text(encoding="utf-8"))
        docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs:
                yield version.name, node.value


@pytest.mark.parametrize("never", NEVER)
def test_what_is_never_written(never: str) -> None:
    found = [where for where, text in texts() if re.search(never, text, re.IGNORECASE)]
    assert found == [], NEVER[never]


def test_each_execute_is_one_statement() -> None:
    """Citus takes DDL one at a time; bodies of functions and quoted text aside, a semicolon begins a second."""
    for where, text in texts():
        bare = re.sub(r"\$\$.*?\$\$|'(?:[^']|'')*'", "", text, flags=re.DOTALL)
        assert ";" not in bare.rstrip().removesuffix(";"), where


def test_every_revision_follows_one_other() -> None:
    said = [dict(re.findall(r"^(revision|down_revision) = (.+)$", v.read_text(encoding="utf-8"), re.MULTILINE)) for v in VERSIONS]
    assert [s["down_revision"] for s in said] == ["None", *(s["revision"] for s in said[:-1])]


@dataclass
class Catalogue:
    """The migrated database, asked by its superuser."""

    connection: asyncpg.Connection

    async def names(self, query: str, *values: Any) -> list[str]:
        """The first column of what `query` finds, as text: mostly what breaks a rule."""
        return [str(row[0]) for row in await self.connection.fetch(query, *values)]


@pytest_asyncio.fixture(scope="module")
async def catalogue(postgres: EmbeddedPostgres, empty_template: str) -> AsyncIterator[Catalogue]:
    postgres.create("catalogue", empty_template)
    connection = await asyncpg.connect(postgres.dsn("catalogue", "superuser"))
    yield Catalogue(connection)
    await connection.close()
    postgres.drop("catalogue")


async def test_every_table_forces_row_security_and_has_the_policies_of_the_template(catalogue: Catalogue) -> None:
    assert await catalogue.names(f"select relname from pg_class where {PARENTS} and not (relrowsecurity and relforcerowsecurity)") == []
    assert await catalogue.names("select relname from pg_class where relispartition and relkind = 'r' and not relrowsecurity") == []
    template = "array(select relname || s from unnest('{_delete,_insert,_owner,_select,_update}'::text[]) s)"
    found = "select array_agg(p.polname::text order by p.polname) from pg_policy p where p.polrelid = c.oid"
    odd = f"select relname from pg_class c where {PARENTS} and ({found}) is distinct from {template}"
    assert await catalogue.names(odd) == []
    roles = """select tablename, policyname, roles::text as roles, cmd, qual, with_check from pg_policies where schemaname = 'public'"""
    for row in await catalogue.connection.fetch(roles):
        whose, command = ("{amuprev_owner}", "ALL") if row["policyname"].endswith("_owner") else ("{amuprev_api}", row["cmd"])
        assert (row["roles"], row["cmd"]) == (whose, command), row["policyname"]
        if whose == "{amuprev_owner}":
            assert (row["qual"], row["with_check"]) == ("true", "true"), row["policyname"]


async def test_a_scope_is_asked_for_once_a_statement_and_not_once_a_row(catalogue: Catalogue) -> None:
    """Every function of the scope in a policy stands in a sub-select of its own, which becomes an init-plan."""
    for row in await catalogue.connection.fetch(
        "select policyname, coalesce(qual, '') || coalesce(with_check, '') as said from pg_policies"
    ):
        bare = re.sub(r"\( SELECT app\.\w+\(\) AS \w+\)", "", row["said"])
        assert "app." not in bare, row["policyname"]


async def test_the_roles_may_no_more_than_they_need(catalogue: Catalogue) -> None:
    powers = """select rolname from pg_roles where rolname in ('amuprev_owner', 'amuprev_api')
        and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)"""
    assert sorted(await catalogue.names(powers)) == ["amuprev_api", "amuprev_owner"]
    lent = "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member where starts_with(rolname, 'amuprev_')"
    assert await catalogue.names(lent) == []
    for table, owner in (("pg_class", "relowner"), ("pg_proc", "proowner"), ("pg_namespace", "nspowner"), ("pg_database", "datdba")):
        assert await catalogue.names(f"select oid from {table} where {owner} = 'amuprev_api'::regrole") == [], table
    strangers = "select relname from pg_class where relnamespace = 'public'::regnamespace and relowner <> 'amuprev_owner'::regrole"
    assert await catalogue.names(strangers) == []


async def test_the_api_is_granted_rows_and_nothing_about_tables(catalogue: Catalogue) -> None:
    for right in ("truncate", "references", "trigger", "maintain"):
        have = f"select relname from pg_class where {OURS} and relkind in ('r', 'p', 'v') and has_table_privilege('amuprev_api', oid, $1)"
        assert await catalogue.names(have, right) == [], right
    for schema in ("public", "app"):
        assert await catalogue.names("select 1 where has_schema_privilege('amuprev_api', $1, 'create')", schema) == [], schema
    everyone = "select relname from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace and a.grantee = 0"
    assert await catalogue.names(everyone) == []


OWNERS_ONLY = {"partition"}


async def test_functions_are_fenced(catalogue: Catalogue) -> None:
    """None is for the public, each definer's says where it looks, and those about the schema are the owner's alone."""
    ours = "pronamespace = 'app'::regnamespace"
    assert await catalogue.names(f"select proname from pg_proc where {ours} and has_function_privilege('public', oid, 'execute')") == []
    fixed = "coalesce(proconfig = array['search_path=public, pg_temp'], false)"
    unset = f"select proname from pg_proc where {ours} and prosecdef and not {fixed}"
    assert await catalogue.names(unset) == []
    kept = await catalogue.names(f"select proname from pg_proc where {ours} and not has_function_privilege('amuprev_api', oid, 'execute')")
    assert set(kept) == OWNERS_ONLY
    elsewhere = (
        "select proname from pg_proc where prosecdef and pronamespace <> 'app'::regnamespace and proowner = 'amuprev_owner'::regrole"
    )
    assert await catalogue.names(elsewhere) == []


async def test_views_ask_as_the_caller(catalogue: Catalogue) -> None:
    views = "relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
    bypass = f"select relname from pg_class where {views} and not coalesce(reloptions::text like '%security_invoker=true%', false)"
    assert await catalogue.names(bypass) == []


async def test_nothing_acts_behind_the_write_door(catalogue: Catalogue) -> None:
    assert await catalogue.names("select tgname from pg_trigger where not tgisinternal") == []
    assert await catalogue.names("select rulename from pg_rules where schemaname = 'public'") == []
    identity = f"select attname from pg_attribute join pg_class c on c.oid = attrelid where {OURS} and attidentity <> ''"
    assert await catalogue.names(identity) == []


async def test_every_constraint_and_index_has_the_name_we_gave_it(catalogue: Catalogue) -> None:
    """A violated constraint is the refusal it is named after; what PostgreSQL made up stands in no migration."""
    written = " ".join(code(script.read_text(encoding="utf-8")) for script in SCRIPTS)
    tables = f"(select oid from pg_class where {PARENTS})"
    constraints = f"select conname from pg_constraint where conrelid in {tables} and contype <> 'n'"
    indexes = f"select c.relname from pg_index i join pg_class c on c.oid = indexrelid where indrelid in {tables}"
    found = set(await catalogue.names(constraints)) | set(await catalogue.names(indexes))
    made_up = {name for name in found if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", written)}
    assert made_up == {"schema_version_pkc"}, "name it; alembic names its own"


LARGE = frozenset(PARTITIONED)


async def test_large_tables_are_parted_by_year_and_keyed_by_municipality(catalogue: Catalogue) -> None:
    parted = set(await catalogue.names("select relname from pg_class join pg_partitioned_table on partrelid = oid where partstrat = 'r'"))
    assert parted == LARGE
    keys = """select c.relname, array_agg(a.attname::text) as columns from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
        where c.relkind = 'p' and i.indisunique group by c.relname, i.indexrelid"""
    for row in await catalogue.connection.fetch(keys):
        assert {"municipality_id", "territory_id"} & set(row["columns"]), row["relname"]
    references = "select conname from pg_constraint c join pg_class t on t.oid = confrelid where t.relkind = 'p' and contype = 'f'"
    assert await catalogue.names(references) == []


async def test_partitions_are_years_and_the_coming_ones_are_there(catalogue: Catalogue) -> None:
    bounds = """select i.inhparent::regclass::text as parent, c.relname, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits i
        join pg_class c on c.oid = i.inhrelid where c.relkind = 'r'"""
    years: dict[str, set[int]] = {name: set() for name in LARGE}
    for row in await catalogue.connection.fetch(bounds):
        if row["bound"] == "DEFAULT":
            assert row["relname"] == f"{row['parent']}_rest"
            continue
        first, last = (date.fromisoformat(d) for d in re.findall(r"\('(\d{4}-\d\d-\d\d)", row["bound"]))
        assert (first, last) == (date(first.year, 1, 1), date(first.year + 1, 1, 1)), row["relname"]
        years[row["parent"]].add(first.year)
    ahead = set(range(date.today().year, date.today().year + YEARS_AHEAD + 1))
    assert all(ahead <= found for found in years.values()), years


PUBLIC = """select tablename from pg_policies where policyname = tablename || '_select' and qual = 'true'"""


async def test_keys_of_what_is_not_public_hold_the_tenant(catalogue: Catalogue) -> None:
    public = await catalogue.names(PUBLIC)
    keys = f"""select ic.relname as key, array_agg(a.attname::text) as columns from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_class ic on ic.oid = i.indexrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
        where c.oid in (select oid from pg_class where {PARENTS}) and i.indisunique and not c.relname = any($1)
          and has_table_privilege('amuprev_api', c.oid, 'insert') group by 1"""
    bare = {r["key"] for r in await catalogue.connection.fetch(keys, public) if not set(TENANT) & set(r["columns"])}
    assert bare == set(ORACLES), "put the tenant into the key, or say here why its absence tells nobody anything"
    references = """select conname from pg_constraint k join pg_class c on c.oid = k.confrelid
        where k.contype = 'f' and k.conparentid = 0 and not c.relname = any($1)"""
    assert set(await catalogue.names(references, public)) == set(CHECKED_BEFORE)


COMPUTED = {"name_key"}
"""Columns that PostgreSQL computes; no model writes them."""


async def test_the_models_and_the_tables_agree(catalogue: Catalogue) -> None:
    columns = f"""select c.relname as table, a.attname as name, not a.attnotnull as nullable from pg_attribute a
        join pg_class c on c.oid = a.attrelid where a.attnum > 0 and not a.attisdropped and {OURS}"""
    live: dict[str, dict[str, bool]] = {}
    for row in await catalogue.connection.fetch(columns):
        live.setdefault(row["table"], {})[row["name"]] = row["nullable"]
    for name, table in SQLModel.metadata.tables.items():
        said = {c.name: bool(c.nullable) for c in table.columns}
        kept = {column: nullable for column, nullable in live[name].items() if column not in COMPUTED}
        assert said == kept, f"{name}: {set(said.items()) ^ set(kept.items())}"


async def test_migrating_again_and_twice_at_once_changes_nothing(postgres: EmbeddedPostgres, region_template: str) -> None:
    postgres.create("migrated", region_template)
    try:
        url = postgres.dsn("migrated", "owner")
        before = await sums(url)
        await asyncio.gather(migrate(url, silent), migrate(url, silent))
        assert await sums(url) == before
    finally:
        postgres.drop("migrated")
