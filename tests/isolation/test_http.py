"""Every operation of both documents, asked by everyone, about what is theirs, a sibling's, another country's and another association's.

Once with row security, and once with it off on every table: then the application's own predicates are all there is, and the answers are the same.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests import contract
from tests.conftest import opened
from tests.isolation import rules, targets
from tests.isolation.people import PEOPLE, Map, Person
from tests.isolation.requests import ENTRIES, JOINING, NUMBER, PUBLIC_LISTS, TAKES_IN, TENANT_LISTS, Entry
from tests.isolation.targets import NOTHING, TARGETS, Target

LIST = re.compile(r"list_(?:(region|programme|country|association|municipality)_)?(\w+)$")
SERIES = re.compile(r"read_(region|programme|country|association|municipality)_series$")
SAME_ID = {"X-Request-Id": "isolation"}
UNITS = {"countries": "iso2", "associations": "association", "members": "association", "programmes": "programme", "municipalities": "municipality"}


@dataclass(frozen=True)
class Operation:
    """An operation of a document."""

    name: str
    method: str
    path: str

    @property
    def level(self) -> str:
        found = LIST.match(self.name) or SERIES.match(self.name)
        return found.group(1) or "region" if found else ""

    def at(self, target: Target, said: dict[str, Any]) -> str:
        """The path about `target`; `said` holds what the entry says of its variables."""
        thing = targets.key(self.name, target)
        if "/keys/" in self.path:
            thing = thing.replace("-", "")[:12]
        unit = next((getattr(target, name) for part, name in UNITS.items() if f"/{part}/{{unit}}" in self.path), "")
        return self.path.format_map({"unit": unit, "id": thing, "code": "homicide"} | said)


def operations() -> list[Operation]:
    return [Operation(o["operationId"], method.upper(), path) for _, _, path, said, _ in contract.operations() for method, o in said.items()]


def is_list(operation: Operation) -> bool:
    found = LIST.match(operation.name)
    return operation.name not in ENTRIES and found is not None and found.group(2) in (*TENANT_LISTS, *PUBLIC_LISTS)


@dataclass
class Matrix:
    """The API over a seeded region, and everyone's client."""

    owner: asyncpg.Connection
    map: Map
    places: dict[int, int]
    """Municipality -> country."""
    people: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    missing: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def send(self, operation: Operation, entry: Entry, target: Target, name: str) -> httpx.Response:
        """The request about `target`, the same to the byte for everyone but for the token."""
        said = entry.path(operation.name, target)
        headers = {"If-Match": f'"{await self._version(operation, entry, target, said)}"'} if entry.version else {}
        content: dict[str, Any] = {"json": entry.body(operation.name, target)} if entry.body else {}
        if entry.file:
            content, headers = {"content": entry.file(target).encode()}, headers | {"Content-Type": "text/csv"}
        query = entry.query(operation.name, target)
        return await self.clients[name].request(operation.method, operation.at(target, said), params=query or None, headers=headers, **content)

    async def _version(self, operation: Operation, entry: Entry, target: Target, said: dict[str, Any]) -> int:
        table, _, column = entry.version.partition(".")
        key = str(said.get("unit") or operation.at(target, said).split("/")[3])
        return int(await self.owner.fetchval(f"select version from {table} where {column or 'id'}::text = $1", key) or 1)

    def expected(self, entry: Entry, target: Target, who: Person) -> int:
        """200 stands for every 2xx."""
        if entry.public:
            return 200
        if who.principal is None:
            return 401
        if entry.answers:
            return 200
        if entry.clashes(target, who, self.map):
            return 409
        if entry.may(target, who, self.map):
            return 200
        return 403 if entry.sees(target, who, self.map) else 404

    async def asked(self, operation: Operation, entry: Entry, target: Target, who: Person) -> list[str]:
        """Ask, and what is wrong with the answer."""
        answer = await self.send(operation, entry, target, who.name)
        expected = self.expected(entry, target, who)
        told = f"{who.name or 'the public'}: {operation.name} at {target.name}: {answer.status_code}"
        found = 200 if answer.is_success else answer.status_code
        if found != expected:
            return [f"{told}, not {expected}: {answer.text[:200]}"]
        if found == 404 and answer.content != await self._as_if_it_were_not(operation, entry, who):
            return [f"{told} tells that there is something: {answer.text[:200]}"]
        if found == 200 and entry.answers and not entry.answers(answer.json(), self._may(entry, target, who)):
            return [f"{told} did what it may not, or not what it may: {answer.text[:500]}"]
        return []

    def _may(self, entry: Entry, target: Target, who: Person) -> bool:
        return target.country in who.write.countries or target.municipality in who.write.municipalities

    async def _as_if_it_were_not(self, operation: Operation, entry: Entry, who: Person) -> bytes:
        if (operation.name, who.name) not in self.missing:
            answer = await self.send(operation, entry, NOTHING, who.name)
            assert answer.status_code == 404, f"{operation.name} of nothing: {answer.text[:200]}"
            self.missing[operation.name, who.name] = answer.content
        return self.missing[operation.name, who.name]

    async def sums(self) -> dict[str, str]:
        """A checksum of every table, but for what the clock keeps."""
        names = await self.owner.fetch("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition")
        every = [n["relname"] for n in names if n["relname"] not in ("scope", "session")]
        return {n: await self.owner.fetchval(f"""select md5(string_agg(t::text, '|' order by t::text)) from "{n}" t""") for n in every}

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return [dict(r) for r in await self.owner.fetch(f'select * from "{table}"')]


@pytest_asyncio.fixture(scope="module", params=["with-row-security", "without-row-security"])
async def matrix(request: pytest.FixtureRequest, postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> AsyncIterator[Matrix]:
    name = f"isolation_{request.param.replace('-', '_')}"
    postgres.create(name, region_template)
    try:
        async with opened(postgres, name, settings) as world, world.owner() as owner:
            map = await Map.read(owner, datetime.now(UTC).date())
            await targets.sow(owner, map, {o: (NUMBER[o], entry.thing, entry.targets) for o, entry in ENTRIES.items()})
            if request.param == "without-row-security":
                for table in await owner.fetch("select oid::regclass::text as name from pg_class where relrowsecurity"):
                    await owner.execute(f"alter table {table['name']} disable row level security")
            map = await Map.read(owner, datetime.now(UTC).date())
            places = {r["id"]: r["country_id"] for r in await owner.fetch("select id, country_id from municipality")}
            found = Matrix(owner, map, places, {n: map.person(n) for n in PEOPLE})
            found.clients = {n: await world.who(n, **SAME_ID) for n in PEOPLE}
            yield found
            for client in found.clients.values():
                await client.aclose()
    finally:
        postgres.drop(name)


def test_every_operation_is_asked_about() -> None:
    unknown = [o.name for o in operations() if o.name not in ENTRIES and o.name not in JOINING and not is_list(o) and not SERIES.match(o.name)]
    assert unknown == [], "say in tests/isolation/requests.py what is sent for these operations, and who may"
    gone = set(ENTRIES) - {o.name for o in operations()}
    assert gone == set(), "these operations are in no document any more"


async def test_what_may_be_read_and_what_is_not_there(matrix: Matrix) -> None:
    wrong, granted = [], set()
    for operation in operations():
        entry = ENTRIES.get(operation.name)
        if entry is None or operation.method != "GET":
            continue
        for target in entry.targets:
            for who in matrix.people.values():
                wrong += await matrix.asked(operation, entry, target, who)
                granted |= {(operation.name, target.name)} if matrix.expected(entry, target, who) == 200 else set()
    assert not wrong, "\n".join(wrong[:40])
    assert granted == {(o.name, t.name) for o in operations() if o.method == "GET" and o.name in ENTRIES for t in ENTRIES[o.name].targets}


def _in_level(matrix: Matrix, operation: Operation, target: Target, row: dict[str, Any]) -> bool:
    """Whether a row is of the level's unit: of its municipalities, predecessors included, or its own."""
    if operation.level == "region":
        return True
    if operation.level == "country":
        return bool(row["country_id"] == target.country)
    return row["municipality_id"] in _municipalities(matrix, operation.level, target) or (
        operation.level == "association" and row.get("association_id") == target.association
    )


def _municipalities(matrix: Matrix, level: str, target: Target) -> frozenset[int]:
    if level == "municipality":
        return frozenset(matrix.map.before(target.municipality))
    if level == "association":
        ties = [t for t in matrix.map.tables["affiliation"] if t["association_id"] == target.association and t["state"] == "confirmed"]
    else:
        key = matrix.map.programme(target.programme)
        ties = [t for t in matrix.map.tables["participation"] if t["programme_id"] == key and t["level"] == "municipality"]
    return matrix.map.with_before({t["municipality_id"] for t in ties if matrix.map.in_force(t)})


async def test_lists_hold_exactly_what_everyone_sees(matrix: Matrix) -> None:
    """Once as a page with its count, and of one unit of each level also whole, as lines: two statements, one truth."""
    wrong = []
    rows = {name: await matrix.rows(said.table) for name, said in TENANT_LISTS.items()}
    for operation in filter(is_list, operations()):
        noun = LIST.match(operation.name).group(2)  # type: ignore[union-attr]
        if noun not in TENANT_LISTS:
            continue
        said = TENANT_LISTS[noun]
        for n, (path, target) in enumerate({operation.at(t, {}): t for t in TARGETS}.items()):
            level = [row for row in rows[noun] if _in_level(matrix, operation, target, row)]
            for who in matrix.people.values():
                expected = sorted(said.identity(row) for row in level if said.sees(row, who))
                wrong += await _counted(matrix, path, who, said.identity, expected)
                wrong += await _exported(matrix, path, who, said.identity, expected) if said.exported and n == 0 else []
    assert not wrong, "\n".join(wrong[:40])


Identity = Callable[[dict[str, Any]], Any]


async def _counted(matrix: Matrix, path: str, who: Person, identity: Identity, expected: list[Any]) -> list[str]:
    limit = 200 if len(expected) < 20 else 2
    page = await matrix.clients[who.name].get(path, params={"limit": limit, "count": "exact"})
    if who.principal is None or not page.is_success:
        return [] if page.status_code == 401 and who.principal is None else [f"{who.name or 'the public'}: {path}: {page.status_code} {page.text[:200]}"]
    items = sorted(identity(item) for item in page.json()["items"])
    if page.json()["count"] != len(expected) or (items != expected if limit == 200 else not set(items) <= set(expected)):
        return [f"{who.name}: {path} counts {page.json()['count']}, not {len(expected)}, and shows {items}"]
    return []


async def _exported(matrix: Matrix, path: str, who: Person, identity: Identity, expected: list[Any]) -> list[str]:
    whole = await matrix.clients[who.name].get(path, params={"format": "ndjson"})
    if who.principal is None or not whole.is_success:
        return [] if whole.status_code == 401 and who.principal is None else [f"{who.name or 'the public'}: {path} as lines: {whole.status_code}"]
    lines = sorted(identity(json.loads(line)) for line in whole.text.splitlines())
    return [] if lines == expected else [f"{who.name}: {path} as lines holds {len(lines)}, not {len(expected)}"]


async def test_the_feed_tells_everyone_exactly_what_is_theirs(matrix: Matrix) -> None:
    says = rules.RULES["change"].select
    rows = [row for row in await matrix.rows("change") if row["action"] != "read-personal"]
    for who in [w for w in matrix.people.values() if w.principal]:
        found: list[dict[str, Any]] = []
        piece = {"more": True, "next": ""}
        while piece["more"]:
            query = {"limit": 1000} | ({"cursor": piece["next"]} if piece["next"] else {})
            piece = (await matrix.clients[who.name].get("/v1/changes", params=query)).json()
            found += piece["items"]
        told = sorted((c["noun"], c["thing"], c["action"], c["version"]) for c in found)
        assert told == sorted((r["noun"], r["thing"], r["action"], r["version"]) for r in rows if says(r, who)), who.name


async def test_public_lists_are_the_same_for_everyone(matrix: Matrix) -> None:
    """Everybody is asked of one unit of each level, and a few of every unit."""
    for operation in filter(is_list, operations()):
        if LIST.match(operation.name).group(2) in TENANT_LISTS:  # type: ignore[union-attr]
            continue
        for n, path in enumerate(sorted({operation.at(t, {}) for t in TARGETS})):
            answers = [await matrix.clients[name].get(path, params={"limit": 2}) for name in (PEOPLE if n == 0 else ("", "mixco", "comures"))]
            assert {a.status_code for a in answers} == {200}, path
            assert len({a.content for a in answers}) == 1, path


async def test_a_level_that_does_not_exist_has_no_lists(matrix: Matrix) -> None:
    for operation in filter(is_list, operations()):
        if "{unit}" in operation.path:
            answer = await matrix.clients["region"].get(operation.at(NOTHING, {}))
            assert answer.status_code == 404, operation.name


def _sees(matrix: Matrix, level: str, target: Target, who: Person) -> str:
    """How much of a level somebody sees: a figure is answered only for the whole."""
    if level == "region":
        return "whole" if who.read.region else "part" if who.read.countries or who.read.municipalities else "none"
    if level == "country":
        if target.country in who.read.countries:
            return "whole"
        return "part" if any(matrix.places.get(m) == target.country for m in who.read.municipalities) else "none"
    places = [m for m in _municipalities(matrix, level, target) if m in matrix.places]
    seen = [m in who.read.municipalities or matrix.places[m] in who.read.countries for m in places]
    return "whole" if seen and all(seen) else "part" if any(seen) else "none"


async def test_figures_are_answered_for_levels_that_are_seen_whole(matrix: Matrix) -> None:
    wrong = []
    status = {"whole": 200, "part": 403, "none": 404}
    for operation in [o for o in operations() if SERIES.match(o.name)]:
        granted = False
        for target in TARGETS:
            for who in matrix.people.values():
                answer = await matrix.clients[who.name].get(operation.at(target, {}), params={"source": "sesnsp"})
                expected = status[_sees(matrix, operation.level, target, who)] if who.principal else 401
                granted |= expected == 200
                if answer.status_code != expected:
                    wrong.append(f"{who.name}: {operation.name} at {target.name}: {answer.status_code}, not {expected}")
                missing = await matrix.clients[who.name].get(operation.at(NOTHING, {}))
                if expected == 404 and answer.content != missing.content:
                    wrong.append(f"{who.name}: {operation.name} at {target.name} tells that there is something")
        assert granted, f"nobody reads {operation.name}"
    assert not wrong, "\n".join(wrong[:40])


def writes() -> list[tuple[Operation, Entry]]:
    return [(o, ENTRIES[o.name]) for o in operations() if o.name in ENTRIES and o.method != "GET" and o.name not in TAKES_IN]


async def test_what_is_refused_changes_nothing(matrix: Matrix) -> None:
    before, wrong = await matrix.sums(), []
    for operation, entry in writes():
        for target in entry.targets:
            for who in matrix.people.values():
                if matrix.expected(entry, target, who) != 200:
                    wrong += await matrix.asked(operation, entry, target, who)
    assert not wrong, "\n".join(wrong[:40])
    assert await matrix.sums() == before


async def test_files_are_taken_in_for_the_places_of_who_sends_them(matrix: Matrix) -> None:
    kept = ("observation", "observation_revision", "figure", "population", "place_match")
    wrong = []
    for operation in [o for o in operations() if o.name in TAKES_IN]:
        entry = ENTRIES[operation.name]
        for target in entry.targets:
            before = await matrix.sums()
            allowed = [who for who in matrix.people.values() if matrix._may(entry, target, who)]
            for who in [w for w in matrix.people.values() if w not in allowed]:
                wrong += await matrix.asked(operation, entry, target, who)
            after = await matrix.sums()
            assert {t: after[t] for t in kept} == {t: before[t] for t in kept}, operation.name
            assert allowed, f"nobody may {operation.name} at {target.name}"
            for who in allowed:
                wrong += await matrix.asked(operation, entry, target, who)
            assert not wrong, "\n".join(wrong[:40])
            changed = await matrix.sums()
            assert {t: changed[t] for t in kept} != {t: before[t] for t in kept}, operation.name


async def test_the_same_request_is_granted_to_somebody(matrix: Matrix) -> None:
    wrong, turn = [], 0
    for operation, entry in writes():
        for target in entry.targets:
            allowed = [who for who in matrix.people.values() if matrix.expected(entry, target, who) == 200]
            if not allowed:
                wrong.append(f"nobody may {operation.name} at {target.name}")
                continue
            turn += 1
            wrong += await matrix.asked(operation, entry, target, allowed[turn % len(allowed)])
    assert not wrong, "\n".join(wrong[:40])
