"""The API over a seeded region with everyone's client: sends the same request as each of them and says what is wrong with the answers."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx

from api import clock
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests import contract
from tests.conftest import opened
from tests.isolation import targets
from tests.isolation.people import PEOPLE, Map, Person
from tests.isolation.requests import ENTRIES, NUMBER, PUBLIC_LISTS, TENANT_LISTS, Entry
from tests.isolation.targets import NOTHING, Target

LIST = re.compile(r"list_(?:(region|programme|country|association|municipality)_)?(\w+)$")
OFFENCES = {"source": "sesnsp"}
ANSWERS: dict[str, dict[str, str]] = {
    **dict.fromkeys(("series", "light", "trend", "comparison", "peers", "latest"), OFFENCES),
    **{name: OFFENCES | {"period": "2022"} for name in ("table", "missing")},
    "breakdown": OFFENCES | {"period": "2022-03", "key": "sex"},
    "gap": OFFENCES | {"against": "demonstration"},
    "steps": {},
    "transition_survival": {},
}
"""The computed answers, which every level has for whoever sees it whole, and what each must be asked."""
FIGURES = re.compile(rf"read_(region|programme|country|association|municipality)_({'|'.join(ANSWERS)})$")
ASKED = frozenset(os.environ.get("AMUPREV_ASKED", "").split())
"""Only these operations are asked about, where nothing was changed but theirs (tests/isolation/__main__.py); else all."""
NAMES = {"commitment": "champion_person_id", "seat_invitation": "contact_person_id"} | dict.fromkeys(
    ("stakeholder", "certificate"), "person_id"
)
"""Lists of tables whose rows say who somebody is to those with the personal scope, and null to all others."""
SAME_ID = {"X-Request-Id": "isolation"}
UNITS = {
    "countries": "iso2",
    "associations": "association",
    "members": "association",
    "programmes": "programme",
    "municipalities": "municipality",
}


@dataclass(frozen=True)
class Operation:
    """An operation of a document."""

    name: str
    method: str
    path: str

    @property
    def level(self) -> str:
        found = LIST.match(self.name) or FIGURES.match(self.name)
        return found.group(1) or "region" if found else ""

    def at(self, target: Target, said: dict[str, Any]) -> str:
        """The path about `target`; `said` holds what the entry says of its variables."""
        thing = targets.key(self.name, target)
        if "/keys/" in self.path:
            thing = thing.replace("-", "")[:12]
        unit = next((getattr(target, name) for part, name in UNITS.items() if f"/{part}/{{unit}}" in self.path), "")
        return self.path.format_map({"unit": unit, "id": thing, "code": "homicide"} | said)


def operations() -> list[Operation]:
    every = (
        Operation(o["operationId"], method.upper(), path) for _, _, path, said, _ in contract.operations() for method, o in said.items()
    )
    return [o for o in every if not ASKED or o.name in ASKED]


def is_list(operation: Operation) -> bool:
    found = LIST.match(operation.name)
    return operation.name not in ENTRIES and found is not None and found.group(2) in (*TENANT_LISTS, *PUBLIC_LISTS)


STALE = 77777
Said = tuple[bytes, dict[str, str]]


def said_of(answer: httpx.Response) -> Said:
    """All that an answer tells, headers too."""
    return answer.content, dict(answer.headers)


@dataclass
class Matrix:
    """The API over a seeded region, and everyone's client."""

    owner: asyncpg.Connection
    map: Map
    places: dict[int, int]
    """Municipality -> country."""
    people: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    missing: dict[tuple[str, str], Said] = field(default_factory=dict)

    async def send(
        self, operation: Operation, entry: Entry, target: Target, name: str, stale: bool = False, bare: bool = False
    ) -> httpx.Response:
        """The request about `target`, the same to the byte for everyone but for the token; `stale` of no such version, or `bare`."""
        said = entry.path(operation.name, target)
        version = STALE if stale else await self._version(operation, entry, target, said) if entry.version and not bare else None
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        content: dict[str, Any] = {"json": entry.body(operation.name, target)} if entry.body else {}
        if entry.file:
            content, headers = {"content": entry.file(target).encode()}, headers | {"Content-Type": "text/csv"}
        query = entry.query(operation.name, target)
        return await self.clients[name].request(
            operation.method, operation.at(target, said), params=query or None, headers=headers, **content
        )

    async def _version(self, operation: Operation, entry: Entry, target: Target, said: dict[str, Any]) -> int:
        table, _, column = entry.version.partition(".")
        key = str(said.get("unit") or operation.at(target, said).split("/")[3])
        return int(await self.owner.fetchval(f"select version from {table} where {column or 'id'}::text = $1", key) or 1)

    def expected(self, entry: Entry, target: Target, who: Person) -> int:
        """200 stands for every 2xx."""
        if entry.public:
            return 200
        if who.principal is None and not entry.open:
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
        if found == 404 and said_of(answer) != await self._as_if_it_were_not(operation, entry, who):
            return [f"{told} tells that there is something: {answer.text[:200]}"]
        if found == 404 and entry.version:
            bare = await self.send(operation, entry, target, who.name, bare=True)
            if said_of(bare) != said_of(answer):
                return [f"{told}, without a version {bare.status_code}: {bare.text[:200]}"]
        if found == 200 and entry.tells and not entry.tells(answer.json(), self.writes_at(entry, target, who)):
            return [f"{told} tells more than it may, or less: {answer.text[:500]}"]
        if found == 200 and entry.answers and not entry.answers(answer.json(), self.writes_at(entry, target, who)):
            return [f"{told} did what it may not, or not what it may: {answer.text[:500]}"]
        return []

    def writes_at(self, entry: Entry, target: Target, who: Person) -> bool:
        return target.country in who.write.countries or target.municipality in who.write.municipalities

    async def _as_if_it_were_not(self, operation: Operation, entry: Entry, who: Person) -> Said:
        if (operation.name, who.name) not in self.missing:
            answer = await self.send(operation, entry, NOTHING, who.name)
            assert answer.status_code == 404, f"{operation.name} of nothing: {answer.text[:200]}"
            self.missing[operation.name, who.name] = said_of(answer)
        return self.missing[operation.name, who.name]

    async def sums(self) -> dict[str, str]:
        """A checksum of every table, but for what the clock keeps."""
        names = await self.owner.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition"
        )
        every = [n["relname"] for n in names if n["relname"] not in ("scope", "session", "step_due", "clock_mark")]
        return {n: await self.owner.fetchval(f"""select md5(string_agg(t::text, '|' order by t::text)) from "{n}" t""") for n in every}

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return [dict(r) for r in await self.owner.fetch(f'select * from "{table}"')]


@asynccontextmanager
async def built(postgres: EmbeddedPostgres, name: str, template: str, settings: Settings, *, secured: bool) -> AsyncIterator[Matrix]:
    """A seeded copy of the region, with row security or without it on any table, and everyone's client."""
    name = f"{name}_{os.getpid()}"
    postgres.create(name, template)
    try:
        async with opened(postgres, name, settings) as world, world.owner() as owner:
            map = await Map.read(owner, datetime.now(UTC).date())
            stored(settings)
            await targets.sow(owner, map, {o: (NUMBER[o], entry.thing, entry.targets) for o, entry in ENTRIES.items()})
            for table, column in NAMES.items():
                there = "select p.id from person p where p.municipality_id = t.municipality_id and p.erased_at is null limit 1"
                await owner.execute(f"update {table} t set {column} = ({there})")
            for table in [] if secured else await owner.fetch("select oid::regclass::text as name from pg_class where relrowsecurity"):
                await owner.execute(f"alter table {table['name']} disable row level security")
            map = await Map.read(owner, datetime.now(UTC).date())
            places = {r["id"]: r["country_id"] for r in await owner.fetch("select id, country_id from municipality")}
            found = Matrix(owner, map, places, {n: map.person(n) for n in PEOPLE})
            found.clients = {n: await world.who(n, **SAME_ID) for n in PEOPLE}
            await owner.execute("delete from step_due")  # The clock looked while rows were sown.
            await clock.tick(world.house)  # What is due by the calendar comes to pass before anything is compared.
            yield found
            for client in found.clients.values():
                await client.aclose()
    finally:
        postgres.drop(name)


def stored(settings: Settings) -> None:
    """What the seeded documents say of their bytes, for those that are read."""
    for target in targets.TARGETS:
        folder = settings.home / "documents" / str(target.municipality)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / targets.key("read_content", target)).write_bytes(b"%PD")
