"""Tries bare statements as somebody and compares what they reach with the rules. All of it is inside one transaction and rolled back."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from tests.isolation.people import Map, Person
from tests.isolation.rules import NONE, RULES, Rule

Row = dict[str, Any]
POLICIES = ("owner", "select", "insert", "update", "delete")
LET_THROUGH = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError, asyncpg.CheckViolationError)
"""Row security is asked before constraints are: whoever is stopped by a constraint was let through."""
SAMPLE = 20
DAY = timedelta(days=1)

TABLES = """select c.relname as name, array(select a.attname::text from pg_index i, unnest(i.indkey) k
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k where i.indrelid = c.oid and i.indisprimary) as key,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' order by a.attnum) as columns
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1"""


@dataclass(frozen=True)
class Table:
    """A table of the catalogue with all of its rows, as the superuser sees them."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: dict[tuple[str, ...], Row]

    @property
    def rule(self) -> Rule:
        return RULES[self.name]

    @property
    def keys_sql(self) -> str:
        return ", ".join(f"{k}::text" for k in self.key)

    def expected(self, command: str, who: Person) -> set[tuple[str, ...]]:
        says = self.rule.says(command)
        return {key for key, row in self.rows.items() if says(row, who)}

    def sample(self, who: Person) -> list[Row]:
        """Some rows to insert again: those of every kind of place, and both what the person may insert and what not."""
        kinds: dict[Any, Row] = {}
        for row in self.rows.values():
            place = tuple(str(row.get(c)) for c in ("country_id", "organisation_id", "principal_id", "programme_id", "is_public"))
            kinds.setdefault((self.rule.says("insert")(row, who), place), row)
        found = list(kinds.values())
        return found[:: max(1, len(found) // SAMPLE)]


async def tables(connection: asyncpg.Connection) -> list[Table]:
    """Every table of the live catalogue, partitions aside, with its rows."""
    found = []
    for said in await connection.fetch(TABLES):
        key = tuple(said["key"])
        keys = ", ".join(f"{k}::text" for k in key)
        rows = await connection.fetch(f'select array[{keys}] as "the key", t.* from "{said["name"]}" t')
        named = {tuple(r["the key"]): {k: v for k, v in r.items() if k != "the key"} for r in rows}
        found.append(Table(said["name"], key, tuple(said["columns"]), named))
    return found


class Undo(Exception):
    """Ends a savepoint; what was tried in it did not happen."""


class Bench:
    """Somebody at work in a transaction of the superuser, who for each statement becomes the role of the API (or the owner)."""

    def __init__(self, connection: asyncpg.Connection, map: Map, at: datetime) -> None:
        self.connection, self.map, self.at = connection, map, at

    async def enter(self, name: str) -> Person:
        """Become `name` as the API does it: by a credential. The session is made here and rolled back with the rest."""
        who = self.map.person(name)
        credential = None
        if who.principal:
            session = await self.connection.fetchval("select gen_random_uuid()")
            await self.connection.execute("select app.open_session($1, $2, 'x', $3, $4)", session, who.principal, self.at, self.at + DAY)
            credential = f"s{session}"
        entered = await self.connection.fetchval("select app.enter($1, 'isolation', $2)", credential, self.at)
        assert (str(entered) if who.principal else None) == (str(who.principal) if who.principal else None)
        return who

    async def attempt(self, statement: str, *values: Any, role: str = "amuprev_api", after: str = "") -> Any:
        """What `statement` came to: 'denied' for want of the privilege, 'refused' by row security, 'let' through to a constraint, or rows:
        those of `after`, which the superuser reads before it is all undone, or else of the statement itself."""
        result: Any = None
        try:
            async with self.connection.transaction():
                await self.connection.execute(f"set local role {role}")
                rows = await self.connection.fetch(statement, *values)
                if after:
                    await self.connection.execute("set local role none")
                    rows = await self.connection.fetch(after)
                result = {tuple(r) for r in rows}
                raise Undo
        except Undo:
            return result
        except asyncpg.InsufficientPrivilegeError as error:
            return "refused" if "row-level security" in str(error) else "denied"
        except LET_THROUGH:
            return "let"

    async def differences(self, table: Table, who: Person) -> AsyncIterator[str]:
        """What does not come out as the rules say, a sentence each."""
        for command, statement, after in _reaching(table):
            found = await self.attempt(statement, after=after)
            if command not in table.rule.may:
                if found != "denied":
                    yield f"{command} {table.name} is to be denied to the role and came to {str(found)[:100]}"
                continue
            expected = table.expected(command, who)
            if command == "delete":
                expected = set(table.rows) - expected
            if found != expected:
                found = found if isinstance(found, set) else set()
                many, few = sorted(found - expected)[:3], sorted(expected - found)[:3]
                yield f"{who.name or 'the public'}: {command} {table.name}: too many {many}, too few {few}"
        async for said in self._inserting(table, who):
            yield said
        async for said in self._moving(table, who):
            yield said

    async def _inserting(self, table: Table, who: Person) -> AsyncIterator[str]:
        names = ", ".join(table.columns)
        statement = f'insert into "{table.name}" ({names}) select {names} from jsonb_populate_record(null::"{table.name}", $1::jsonb)'
        for row in table.sample(who):
            expected = "denied" if "insert" not in table.rule.may else "let" if table.rule.says("insert")(row, who) else "refused"
            found = await self.attempt(statement, json.dumps(_plain(row), default=str))
            if found != expected:
                yield f"{who.name or 'the public'}: insert into {table.name} {str(row)[:200]}: {found}, not {expected}"
            if expected == "denied":
                return

    async def _moving(self, table: Table, who: Person) -> AsyncIterator[str]:
        """Whoever may write a row may not move it to where they may not."""
        moves = {c: v for c, v in self._elsewhere().items() if c in table.rule.moves and c in table.columns}
        reach = table.expected("update", who) if "update" in table.rule.may else NONE
        if not moves or not reach:
            return
        says = table.rule.says("update")
        legal = all(says(table.rows[key] | moves, who) for key in reach)
        sets = ", ".join(f"{c} = ${n}" for n, c in enumerate(moves, 1))
        found = await self.attempt(f'update "{table.name}" set {sets}', *moves.values())
        if (found != "refused") != legal:
            yield f"{who.name or 'the public'}: moving {table.name} elsewhere came to {str(found)[:100]}"

    def _elsewhere(self) -> dict[str, Any]:
        """Belize, and an association there: where nobody but the region reaches."""
        nowhere = dict.fromkeys(("organisation_id", "id", "programme_id", "principal_id"), self.map.organisation(9))
        return {"country_id": 84, "municipality_id": 840001, "territory_id": 840001} | nowhere

    async def owning(self, table: Table) -> AsyncIterator[str]:
        """The owner, too, is under forced row security; without a policy of its own a backfill touches nothing and a dump is empty."""
        for command, statement, after in _reaching(table):
            found = await self.attempt(statement, after=after, role="amuprev_owner")
            expected = set(table.rows) if command != "delete" else set()
            if found != expected:
                yield f"the owner: {command} {table.name} reaches {len(found)} of {len(table.rows)} rows"

    async def policies(self, table: Table) -> AsyncIterator[str]:
        """What no statement can show where the privilege is wanting anyway: that each command has its policy."""
        statement = "select policyname::text, permissive from pg_policies where schemaname = 'public' and tablename = $1"
        found = await self.connection.fetch(statement, table.name)
        expected = {f"{table.name}_{suffix}" for suffix in POLICIES}
        if {r["policyname"] for r in found} != expected or any(r["permissive"] != "PERMISSIVE" for r in found):
            yield f"{table.name} has the policies {sorted(r['policyname'] for r in found)}"


def _reaching(table: Table) -> list[tuple[str, str, str]]:
    """Command, the bare statement without any condition, and what the superuser reads afterwards to see which rows it reached."""
    name, keys, mark = f'"{table.name}"', table.keys_sql, _mark(table)
    return [
        ("select", f"select {keys} from {name}", ""),
        ("update", f"update {name} set {mark}", f"select {keys} from {name} where {mark}"),
        ("delete", f"delete from {name}", f"select {keys} from {name}"),
    ]


MARKS = {
    "role": "writes = true",
    "schema_version": "version_num = '77777'",
    "credential": "password_hash = '!'",
    "session": "refresh_sha256 = '!'",
    "scope": "parts = '!'",
    "signing_key": "private_pem = '!'",
    "epoch": "started_at = '2001-01-01'",
    "observation_revision": "status = '!'",
    "population_revision": "value = 77777",
    "recording": "at = '2001-01-01'",
    "change": "action = '!'",
    "register_revision": "was = '7'",
}
"""What the owner sets in tables that the API may not update."""


def _mark(table: Table) -> str:
    return MARKS.get(table.name, table.rule.mark)


JSON = ("external_ids", "body", "report", "rows", "rules", "findings", "words", "was", "links")
JSON += ("agenda", "quorum", "first_quorum", "media_links", "effects", "outcome")
JSON += ("lines",)


def _plain(row: Row) -> Row:
    """A row as JSON that jsonb_populate_record takes: json columns come from asyncpg as text."""
    return {k: json.loads(v) if isinstance(v, str) and k in JSON else v for k, v in row.items()}
