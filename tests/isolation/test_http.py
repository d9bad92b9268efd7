"""Every operation of both documents, asked by everyone, about what is theirs, a sibling's, another country's and another association's.

Once with row security, and once with it off on every table: then the application's own predicates are all there is, and the answers
are the same.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api import demo
from api.embedded import EmbeddedPostgres
from api.levels import COMMUNITIES_FROM
from api.settings import Settings
from tests.isolation import rules, targets
from tests.isolation.matrix import ANSWERS, FIGURES, LIST, NAMES, Matrix, Operation, built, is_list, operations, said_of
from tests.isolation.people import PEOPLE, Person
from tests.isolation.requests import ENTRIES, JOINING, TAKES_IN, TENANT_LISTS, Entry, TenantList
from tests.isolation.targets import NOTHING, TARGETS, Target


@pytest_asyncio.fixture(scope="module", params=["with-row-security", "without-row-security"])
async def matrix(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, region_template: str, settings: Settings
) -> AsyncIterator[Matrix]:
    name = f"isolation_{request.param.replace('-', '_')}"
    async with built(postgres, name, region_template, settings, secured=request.param == "with-row-security") as found:
        yield found


def test_every_operation_is_asked_about() -> None:
    unknown = [
        o.name for o in operations() if o.name not in ENTRIES and o.name not in JOINING and not is_list(o) and not FIGURES.match(o.name)
    ]
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
    place = row["territory_id"] if "territory_id" in row else row["municipality_id"]
    place -= COMMUNITIES_FROM if place >= COMMUNITIES_FROM else 0
    return place in _municipalities(matrix, operation.level, target) or (
        operation.level == "association" and row.get("association_id") == target.association
    )


def _municipalities(matrix: Matrix, level: str, target: Target) -> frozenset[int]:
    if level == "municipality":
        return frozenset(matrix.map.before(target.municipality))
    return matrix.map.affiliated(target.association) if level == "association" else matrix.map.participating(target.programme)


async def test_lists_hold_exactly_what_everyone_sees(matrix: Matrix) -> None:
    """Once as a page with its count, and of one unit of each level also whole, as lines: two statements, one truth."""
    wrong = []
    rows = {name: await matrix.rows(said.table) for name, said in TENANT_LISTS.items()}
    for operation in filter(is_list, operations()):
        noun = LIST.match(operation.name).group(2)  # type: ignore[union-attr]
        if noun not in TENANT_LISTS or operation.path.startswith("/network/"):  # Members there are associations.
            continue
        said = TENANT_LISTS[noun]
        for n, (path, target) in enumerate({operation.at(t, {}): t for t in TARGETS}.items()):
            level = [row for row in rows[noun] if _in_level(matrix, operation, target, row)]
            for who in matrix.people.values():
                expected = sorted(said.identity(row) for row in level if said.sees(row, who))
                wrong += await _counted(matrix, path, who, said, expected)
                wrong += await _named(matrix, path, who, said, rows[noun]) if said.table in NAMES and n == 0 else []
                wrong += await _exported(matrix, path, who, said, expected) if said.exported and n == 0 else []
    assert not wrong, "\n".join(wrong[:40])


def _refused(answer: httpx.Response, who: Person, public: bool) -> list[str]:
    if answer.status_code == 401 and who.principal is None and not public:
        return []
    return [f"{who.name or 'the public'}: {answer.url}: {answer.status_code} {answer.text[:200]}"]


async def _counted(matrix: Matrix, path: str, who: Person, said: TenantList, expected: list[Any]) -> list[str]:
    limit = 200 if len(expected) < 20 else 2
    page = await matrix.clients[who.name].get(path, params={"limit": limit, "count": "exact"})
    if not page.is_success or (who.principal is None and not said.public):
        return _refused(page, who, said.public)
    items = sorted(said.identity(item) for item in page.json()["items"])
    if page.json()["count"] != len(expected) or (items != expected if limit == 200 else not set(items) <= set(expected)):
        return [f"{who.name}: {path} counts {page.json()['count']}, not {len(expected)}, and shows {items}"]
    return []


async def _named(matrix: Matrix, path: str, who: Person, said: TenantList, rows: list[dict[str, Any]]) -> list[str]:
    """Whom a row names is told to those with the personal scope, and to nobody else."""
    if who.principal is None:
        return []
    column, by_id = NAMES[said.table], {said.identity(row): row for row in rows}
    told = {said.identity(i): i[column] for i in (await matrix.clients[who.name].get(path, params={"limit": 200})).json()["items"]}
    meant = {id: str(by_id[id][column]) if rules.named_there(by_id[id], who) else None for id in told}
    return [] if told == meant else [f"{who.name}: {path} tells {column} of {[id for id in told if told[id] != meant[id]][:3]} otherwise"]


async def _exported(matrix: Matrix, path: str, who: Person, said: TenantList, expected: list[Any]) -> list[str]:
    whole = await matrix.clients[who.name].get(path, params={"format": "ndjson"})
    if not whole.is_success or (who.principal is None and not said.public):
        return _refused(whole, who, said.public)
    lines = sorted(said.identity(json.loads(line)) for line in whole.text.splitlines())
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
            answers = [
                await matrix.clients[name].get(path, params={"limit": 2}) for name in (PEOPLE if n == 0 else ("", "mixco", "comures"))
            ]
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
    # Where nobody belongs to it, everybody sees all of it: nothing.
    return "whole" if all(seen) else "part" if any(seen) else "none"


async def test_figures_are_answered_for_levels_that_are_seen_whole(matrix: Matrix) -> None:
    wrong = []
    status = {"whole": 200, "part": 403, "none": 404}
    for operation in operations():
        if (found := FIGURES.match(operation.name)) is None:
            continue
        granted, asked = False, ANSWERS[found.group(2)]
        for target in TARGETS:
            for who in matrix.people.values():
                answer = await matrix.clients[who.name].get(operation.at(target, {}), params=asked)
                expected = status[_sees(matrix, operation.level, target, who)] if who.principal else 401
                granted |= expected == 200
                if answer.status_code != expected:
                    wrong.append(f"{who.name}: {operation.name} at {target.name}: {answer.status_code}, not {expected}")
                missing = await matrix.clients[who.name].get(operation.at(NOTHING, {}), params=asked)
                if expected == 404 and said_of(answer) != said_of(missing):
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
    kept = ("observation", "observation_revision", "figure", "population", "population_revision", "denominator", "place_match")
    kept += ("committee", "declaration", "body", "seat", "term", "person", "external_id")
    wrong = []
    for operation in [o for o in operations() if o.name in TAKES_IN]:
        entry = ENTRIES[operation.name]
        for target in entry.targets:
            before = await matrix.sums()
            allowed = [who for who in matrix.people.values() if matrix.writes_at(entry, target, who)]
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


async def test_coming_in_and_going_out_is_about_oneself(matrix: Matrix, settings: Settings) -> None:
    """Last, because it ends all sessions. Each of JOINING is sent, the same for all; what is made up answers like what never was."""
    public, secret = matrix.clients[""], demo.password(settings.home)
    mixco = {"username": "mixco@demo.example", "password": secret}
    signed = {name: await client.post("/v1/auth/token", data=mixco) for name, client in matrix.clients.items()}
    assert {a.status_code for a in signed.values()} == {200}
    unknown = [await public.post("/v1/auth/token", data=mixco | wrong) for wrong in ({"username": "x@demo.example"}, {"password": "x"})]
    assert said_of(unknown[0]) == said_of(unknown[1])
    refresh = {"refresh_token": signed["gt"].json()["refresh_token"]}
    assert {(await c.post("/v1/auth/refresh", json=refresh)).status_code for c in matrix.clients.values()} == {200}
    await _accepted(matrix)
    for name in PEOPLE:
        body = {"present": secret, "new": secret}
        answer = await matrix.clients[name].post("/v1/auth/password", json=body)
        assert answer.status_code == (204 if name else 401), answer.text
        again = await public.post("/v1/auth/token", data={"username": f"{name or 'mixco'}@demo.example", "password": secret})
        headers = {"Authorization": f"Bearer {again.json()['access_token']}"} if name else {}
        assert (await public.post("/v1/auth/logout", headers=headers)).status_code == (204 if name else 401)
        assert (await matrix.clients[name].get("/v1/me")).status_code == 401


async def _accepted(matrix: Matrix) -> None:
    """An invitation is good for whoever holds it, once; a wrong secret answers like an invitation that never was."""
    for name, client in matrix.clients.items():
        body = {"role": "reader", "level": "country", "unit": "HN", "starts_on": "2030-01-01", "email": f"new-{name}@x.example"}
        made = (await matrix.clients["hn"].post("/v1/invitations", json=body | {"display_name": "x"})).json()
        wrong = [f"{made['id']}.x", f"{targets.key('invitation', NOTHING)}.x"]
        refused = [await client.post("/v1/auth/accept", json={"token": token, "password": "a" * 12}) for token in wrong]
        assert said_of(refused[0]) == said_of(refused[1])
        assert (await client.post("/v1/auth/accept", json={"token": made["token"], "password": "a" * 12})).status_code == 200
