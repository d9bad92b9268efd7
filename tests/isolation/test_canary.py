"""A name planted in every personal field is found in no answer, header, error, file, feed, log or record for anyone without the personal
scope; and after it was erased, for nobody anywhere.

Every operation of both documents is asked, those that change something too, with row security off: so each answer is kept clean by the
application's own predicates, and row security is still to come.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import structlog

from api import logs
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.isolation import rules, targets
from tests.isolation.matrix import ANSWERS, FIGURES, Matrix, Operation, built, is_list, operations
from tests.isolation.requests import ENTRIES, JOINING, Entry
from tests.isolation.targets import TARGETS, Target

NAMED = "mixco"
"""Who has the personal scope, at the place of the same name."""
PLACES = tuple(t for t in TARGETS if t.name in (NAMED, "sonsonate"))
WITHOUT = ("", "gt", "region", "comures", "sonsonate", "reader", "programme", "anam")
"""Everyone else who differs: they read one of the places, both, or neither."""
PLANTED: dict[str, str] = {
    "person": "name = '{c}', email = '{c}@x.example', phone = '{c}'",
    "stakeholder_stance": 'note = \'{c}\', links = \'[{{"stakeholder_id": "{id}", "kind": "other", "note": "{c}"}}]\'',
}
"""Table for the personal scope alone -> what of it is free text. Of the rest of its columns none can hold a name."""
SHOWN = frozenset({"list_persons", "read_person_behind_seat", "list_committee_members", "read_stance"})
"""Operations that show it to whoever has the scope: else nothing would have been planted where it can be read."""


def canary(target: Target) -> str:
    """The name at a place, in letters that no encoding changes."""
    return f"canariakinkaju{target.name}"


def found_in(answer: httpx.Response, *names: str) -> Iterator[str]:
    """Those of the names that an answer holds, in its body or its headers."""
    told = answer.text.lower() + json.dumps(dict(answer.headers)).lower()
    return (name for name in names if name in told)


@pytest.fixture(scope="module")
def log() -> Iterator[list[str]]:
    """All that the server writes to its log meanwhile, as it would in production."""
    before, lines = structlog.get_config(), []

    class Kept:
        """A terminal that remembers."""

        def write(self, text: str) -> int:
            lines.append(text)
            return len(text)

        def flush(self) -> None: ...

    logs.as_json("debug")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(Kept()))  # type: ignore[arg-type]
    yield lines
    structlog.configure(**before)


@pytest_asyncio.fixture(scope="module")
async def planted(postgres: EmbeddedPostgres, region_template: str, settings: Settings, log: list[str]) -> AsyncIterator[Matrix]:
    async with built(postgres, "isolation_canary", region_template, settings, secured=False) as found:
        for target in PLACES:
            for table, said in PLANTED.items():
                sets = said.format(c=canary(target), id=targets.key("committee", target))
                told = await found.owner.execute(f"update {table} set {sets} where municipality_id = $1", target.municipality)
                assert told != "UPDATE 0", f"{table} has no row at {target.name}"
            papers = "update document set file_name = $1 where access_rights = 'personal' and municipality_id = $2"
            await found.owner.execute(papers, f"{canary(target)}.pdf", target.municipality)
        yield found


def test_every_personal_table_is_planted() -> None:
    assert {name for name, rule in rules.RULES.items() if rule.select is rules.named_there} == set(PLANTED)


async def asked(matrix: Matrix, operation: Operation, target: Target, who: str) -> AsyncIterator[httpx.Response]:
    """What an operation answers somebody about a place, in every form and with every mistake that it has."""
    entry = ENTRIES.get(operation.name)
    if entry:
        yield await matrix.send(operation, entry, target, who)
        if entry.version:
            yield await matrix.send(operation, entry, target, who, stale=True)
        return
    for form in ({}, {"format": "csv"}, {"format": "ndjson"}) if is_list(operation) else ({},):
        most: dict[str, Any] = {"limit": 200} if is_list(operation) else {}
        more = ANSWERS[found.group(2)] if (found := FIGURES.match(operation.name)) else {}
        yield await matrix.clients[who].get(operation.at(target, {}), params=most | form | more)


def here(operation: Operation, entry: Entry | None) -> tuple[Target, ...]:
    """The places that an operation is asked about; a list of the region once."""
    if entry:
        return tuple(t for t in entry.targets if t in PLACES)
    return PLACES if "{unit}" in operation.path else PLACES[:1]


async def told(matrix: Matrix, people: tuple[str, ...], names: tuple[str, ...], *, writing: bool) -> set[tuple[str, str, str]]:
    """(who, operation, name) of every answer that holds one of the names."""
    found: set[tuple[str, str, str]] = set()
    for operation in operations():
        if operation.name in JOINING or (operation.method != "GET") is not writing:
            continue
        for target in here(operation, ENTRIES.get(operation.name)):
            for who in people:
                async for answer in asked(matrix, operation, target, who):
                    found |= {(who, operation.name, name) for name in found_in(answer, *names)}
    return found


async def everything_that_changed(matrix: Matrix, who: str) -> str:
    """The whole feed of somebody."""
    pages, piece = [], {"more": True, "next": ""}
    while piece["more"]:
        answer = await matrix.clients[who].get("/v1/changes", params={"limit": 1000} | ({"cursor": piece["next"]} if piece["next"] else {}))
        pages.append(answer.text.lower())
        piece = answer.json()
    return "".join(pages)


async def tables_with(matrix: Matrix, name: str) -> set[str]:
    """Every table that holds a name anywhere."""
    names = await matrix.owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition"
    )
    statement = 'select exists (select from "{}" t where lower(t::text) like $1)'
    return {n["relname"] for n in names if await matrix.owner.fetchval(statement.format(n["relname"]), f"%{name}%")}


EVERY = tuple(canary(target) for target in PLACES)


async def test_nobody_without_the_personal_scope_reads_it(planted: Matrix) -> None:
    assert await told(planted, WITHOUT, EVERY, writing=False) == set()
    found = await told(planted, (NAMED,), EVERY, writing=False)
    assert {name for _, _, name in found} == {EVERY[0]}, "the scope ends at the place where it is held"
    assert {operation for _, operation, _ in found} >= SHOWN, "where it is, whoever may reads it"


async def test_no_refusal_and_no_change_tells_it(planted: Matrix, log: list[str]) -> None:
    assert await told(planted, WITHOUT, EVERY, writing=True) == set()
    await told(planted, (NAMED,), EVERY, writing=True)
    for who in WITHOUT[1:]:
        feed = await everything_that_changed(planted, who)
        assert not any(name in feed for name in EVERY), who
    assert await tables_with(planted, EVERY[0]) <= {*PLANTED, "document"}, "no record of what was done holds it"
    assert not any(name in "".join(log).lower() for name in EVERY)


async def test_what_was_erased_is_nowhere(planted: Matrix) -> None:
    """Through the API, by whoever has the scope; then everyone asks everything again."""
    client, target = planted.clients[NAMED], PLACES[0]
    erase = "select id, version from person where municipality_id = $1 and erased_at is null"
    for person in await planted.owner.fetch(erase, target.municipality):
        answer = await client.post(f"/v1/persons/{person['id']}/erase", headers={"If-Match": f'"{person["version"]}"'})
        assert answer.status_code == 200, answer.text
    stances = "select id, version from stakeholder_stance where municipality_id = $1"
    for stance in await planted.owner.fetch(stances, target.municipality):
        headers = {"If-Match": f'"{stance["version"]}"'}
        answer = await client.put(f"/v1/stakeholders/{stance['id']}/stance", json={}, headers=headers)
        assert answer.status_code == 200, answer.text
    papers = "select id, version from document where municipality_id = $1 and file_name like 'canaria%'"
    for paper in await planted.owner.fetch(papers, target.municipality):
        answer = await client.delete(f"/v1/documents/{paper['id']}", headers={"If-Match": f'"{paper["version"]}"'})
        assert answer.status_code == 204, answer.text
    assert await tables_with(planted, canary(target)) == set()
    assert await told(planted, (NAMED, *WITHOUT), EVERY[:1], writing=False) == set()
