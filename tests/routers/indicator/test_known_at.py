"""What was known at an instant is answered the same for ever: whatever is restated, added, ended or put right afterwards."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from tests.conftest import World
from tests.routers.indicator.facts import Fact, keep

SUCCEEDED, SUCCESSOR, LEFT, JOINED = 3200009, 3200020, 3200150, 3200151
PLACES = (3200001, 3200008, SUCCEEDED, SUCCESSOR, LEFT, JOINED)
LEVELS = (
    *("/v1/region", "/v1/countries/GT", "/v1/associations/2", "/v1/programmes/amuprev"),
    *(f"/v1/municipalities/{p}" for p in (SUCCEEDED, SUCCESSOR)),
)
ASKED = (
    *(("series", {"by": by}) for by in ("month", "quarter", "year")),
    ("series", {"fiscal_year_start": "7"}),
    *(("table", {"period": "2021", "by": by}) for by in ("municipality", "admin1", "country", "association")),
    ("table", {"period": "2021-05", "sort": "-rate", "limit": "7"}),
    ("missing", {"period": "2021"}),
)


def facts() -> list[Fact]:
    months = [(p, "homicide", "demonstration", f"2021-{m:02}-01", "M", (p + m) % 5) for p in PLACES for m in range(1, 13)]
    return [*months, (320, "homicide", "demonstration", "2021-01-01", "A", 77)]


async def answers(client: httpx.AsyncClient, known_at: str) -> dict[str, bytes]:
    """What every level answers to everything that it may be asked, or the refusal."""
    found = {}
    for level in LEVELS:
        for name, said in ASKED:
            for boundary in ("then", "now"):
                query = {**said, "boundary": boundary, "source": "demonstration", "known_at": known_at}
                answer = await client.get(f"{level}/indicators/homicide/{name}", params=query)
                if boundary == "now" and answer.status_code == 422:
                    assert answer.json()["code"] == "municipality-succeeded"
                    found[f"{level} {name} {query}"] = b"succeeded"
                    continue
                assert answer.status_code == 200, answer.text
                found[f"{level} {name} {query}"] = answer.content
        glance = await client.get(f"{level}/indicators/latest", params={"known_at": known_at})
        assert glance.status_code == 200, glance.text
        found[f"{level} latest"] = glance.content
    return found


async def shown(client: httpx.AsyncClient) -> dict[str, Any]:
    """What there is to see of a change: the places and the glance of every level as they are, whenever that is."""
    found = {}
    for level in LEVELS:
        for boundary in ("then", "now"):
            query = {"period": "2021", "by": "municipality", "boundary": boundary, "source": "demonstration"}
            found[level, boundary] = (await client.get(f"{level}/indicators/homicide/table", params=query)).json()
        found[level, "latest"] = (await client.get(f"{level}/indicators/latest")).json()
    return {asked: {k: v for k, v in answer.items() if k != "as_known_at"} for asked, answer in found.items()}


Restated = Callable[[World, httpx.AsyncClient, asyncpg.Connection], Awaitable[Any]]


async def values(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """A value is changed, one taken back, one stated late."""
    at = "/v1/municipalities/3200008/observations/homicide"
    for period, value in (("2021-03", 99), ("2021-04", None), ("2022-01", 7)):
        here: dict[str, Any] = {"params": {"source": "demonstration"}}
        etag = (await client.get(f"{at}/{period}", **here)).headers.get("etag")
        body = {"value": value, "status": "A" if value else "M"}
        done = await client.put(f"{at}/{period}", json=body, headers={"If-Match": etag} if etag else {}, **here)
        assert done.is_success, done.text


async def residents(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """A census is restated, and one of the year itself arrives."""
    for year, people in ((2020, 55_000), (2021, 66_000)):
        query = {"year": str(year), "source": "censo", "scheme": "ocha", "accept_warnings": "true"}
        body = f"code,population\nGT0108,{people}\n".encode()
        done = await client.post("/v1/imports/populations", params=query, content=body, headers={"Content-Type": "text/csv"})
        assert done.json()["report"]["rows_used"] == 1, done.text


async def municipality(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """A municipality is added to the register, with figures; another is renamed and said to have ended long ago."""
    made = await client.post("/v1/municipalities", json={"name": "Later", "country": "GT", "admin1": "GT-01"})
    await keep(owner, [(made.json()["id"], "homicide", "demonstration", "2021-01-01", "A", 12)])
    etag = (await client.get("/v1/municipalities/3200001")).headers["etag"]
    body = {"name": "Otherwise", "valid_to": "2021-07-01"}
    assert (await client.patch("/v1/municipalities/3200001", json=body, headers={"If-Match": etag})).is_success


async def succession(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """It turns out that one municipality took the place of another years ago."""
    body = {"predecessor_id": SUCCEEDED, "successor_id": SUCCESSOR, "kind": "merge", "effective_on": "2020-06-01", "share": 1}
    assert (await client.post("/v1/successions", json=body)).is_success


async def left(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """An affiliation turns out to have ended years ago."""
    client = await world.who("gt")
    (tie,) = [t for t in (await client.get(f"/v1/municipalities/{LEFT}/affiliations")).json()["items"] if t["association_id"] == 2]
    etag = (await client.get(f"/v1/affiliations/{tie['id']}")).headers["etag"]
    done = await client.post(f"/v1/affiliations/{tie['id']}/end", json={"ends_on": "2020-01-01"}, headers={"If-Match": etag})
    assert done.is_success, done.text


async def joined(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """An affiliation that was proposed is confirmed, from years ago on."""
    client = await world.who("gt")
    (tie,) = [t for t in (await client.get(f"/v1/municipalities/{JOINED}/affiliations")).json()["items"] if t["association_id"] == 2]
    etag = (await client.get(f"/v1/affiliations/{tie['id']}")).headers["etag"]
    done = await client.post(f"/v1/affiliations/{tie['id']}/confirm", headers={"If-Match": etag})
    assert done.is_success, done.text


async def participation(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """One participation ends with effect in the past, another begins there."""
    ties = (await client.get("/v1/programmes/amuprev/participations", params={"of": "municipality", "limit": 200})).json()["items"]
    (tie,) = [t for t in ties if t["municipality_id"] == 3200008]
    etag = (await client.get(f"/v1/participations/{tie['id']}")).headers["etag"]
    done = await client.post(f"/v1/participations/{tie['id']}/end", json={"ends_on": "2019-01-01"}, headers={"If-Match": etag})
    assert done.is_success, done.text
    body = {"level": "municipality", "municipality_id": JOINED, "country_id": 320, "basis": "found later", "starts_on": "2010-01-01"}
    assert (await client.post("/v1/programmes/amuprev/participations", json=body)).is_success


async def catalogue(world: World, client: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    """Another source of the same kind appears, with figures of places that had none."""
    said = {"code": "later", "name": "Later", "kind": "demonstration", "counting_unit": "victims"}
    assert (await client.post("/v1/sources", json=said)).is_success
    await keep(owner, [(3200200, "homicide", "later", "2021-01-01", "A", 12)])


RESTATEMENTS: tuple[Restated, ...] = (values, residents, municipality, succession, left, joined, participation, catalogue)


async def prepare(world: World) -> None:
    async with world.owner() as owner:
        for place, state in ((LEFT, "confirmed"), (JOINED, "proposed")):
            await owner.execute("delete from affiliation where municipality_id = $1 and association_id = 2", place)
            await owner.execute(
                """insert into affiliation (id, country_id, municipality_id, association_id, organisation_id, starts_on, state, proposed_by)
                select uuidv7(), 320, $1, 2, a.organisation_id, '2019-01-01', $2, 'association' from association a where a.id = 2""",
                place,
                state,
            )
        await owner.execute("delete from participation where level = 'municipality' and municipality_id in (3200001, 3200008)")
        await owner.execute(
            """insert into participation (id, programme_id, level, country_id, municipality_id, starts_on, basis)
            select uuidv7(), p.id, 'municipality', 320, m, '2015-01-01', 'invented' from programme p, unnest(array[3200001, 3200008]) m
            where p.code = 'amuprev'"""
        )
        await owner.execute("select app.forget_scopes()")
        await keep(owner, facts(), [(p, 2020, "censo", 10_000 + p % 1000) for p in PLACES])


@pytest.mark.parametrize("order", range(2))
async def test_nothing_that_is_done_later_changes_what_was_known(world: World, order: int) -> None:
    """In any order; and after each step what was known between the steps stays as well."""
    await prepare(world)
    client = await world.who("region")
    steps = list(RESTATEMENTS)
    random.Random(order).shuffle(steps)
    kept: dict[str, dict[str, bytes]] = {}
    seen = await shown(client)
    async with world.owner() as owner:
        for step in (None, *steps):
            if step is not None:
                await step(world, client, owner)
                before, seen = seen, await shown(client)
                assert seen != before, f"{step.__name__} changes something now"
            series = await client.get("/v1/region/indicators/homicide/series", params={"source": "demonstration"})
            instant = series.json()["as_known_at"]
            if len(kept) in (0, 4):
                kept[instant] = await answers(client, instant)
            else:
                kept[instant] = {}
            for known_at, said in kept.items():
                now = await answers(client, known_at) if said else {}
                assert {k for k in said if said[k] != now[k]} == set(), f"{step and step.__name__} changed what was known at {known_at}"
