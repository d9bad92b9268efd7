"""/indicators/{code}/versions, /sources/{code}/versions: what a definition said before is not lost."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg
import httpx
import pytest

from migrations.apply import migrate
from tests.conftest import World, silent
from tests.routers.indicator.facts import keep

MINE = {"code": "sv-riesgo", "country_id": 222, "label_en": "Risk", "label_es": "Riesgo", "label_pt": "Risco", "unit": "count"}
MINE |= {"direction": "down", "adds_over_time": "sum", "adds_over_area": "sum", "definition": "First."}


async def test_a_definition_put_better_keeps_what_it_said(world: World) -> None:
    sv, public = await world.who("sv"), await world.who()
    made = await sv.post("/v1/indicators", json=MINE)
    assert made.status_code == 201, made.text
    at = "/v1/indicators/sv-riesgo"
    assert (await sv.patch(at, json={"definition": "Second."}, headers={"If-Match": made.headers["etag"]})).status_code == 200
    told = (await sv.get(f"{at}/versions")).json()["items"]
    assert [(v["version"], v["definition"]["definition"]) for v in told] == [(1, "First."), (2, "Second.")]
    async with world.owner() as owner:
        me = await owner.fetchval("select id::text from principal where email = 'sv@demo.example'")
    assert {v["by"] for v in told} == {me}
    assert told[0]["at"] < told[1]["at"]
    seen = (await public.get(f"{at}/versions")).json()["items"]
    assert [v | {"by": None} for v in told] == seen
    source = {"code": "sv-oficina", "country_id": 222, "name": "One", "kind": "police", "counting_unit": "victims"}
    first = await sv.post("/v1/sources", json=source)
    await sv.patch("/v1/sources/sv-oficina", json={"name": "Two"}, headers={"If-Match": first.headers["etag"]})
    said = (await public.get("/v1/sources/sv-oficina/versions")).json()["items"]
    assert [v["definition"]["name"] for v in said] == ["One", "Two"]


@pytest.mark.parametrize("against", [None, "vehicles"])
async def test_a_count_of_a_country_has_a_rate_only_where_it_is_held_against_residents(world: World, against: str | None) -> None:
    sv, at = await world.who("sv"), "/v1/indicators/sv-riesgo"
    made = await sv.post("/v1/indicators", json=MINE | {"denominator": against})
    place = (await sv.get("/v1/countries/SV/municipalities?status=current&limit=1")).json()["items"][0]["id"]
    async with world.owner() as owner:
        await keep(owner, [(place, "sv-riesgo", "demonstration", "2022-01-01", "A", 30)], [(place, 2020, "censo", 100_000)])

    async def rates() -> set[tuple[float | None, str | None]]:
        found = []
        for level in ("countries/SV", f"municipalities/{place}"):
            found += (await sv.get(f"/v1/{level}/indicators/sv-riesgo/series")).json()["points"]
            table = (await sv.get(f"/v1/{level}/indicators/sv-riesgo/table", params={"period": "2022", "sort": "-rate"})).json()
            found += [table["total"], *(row for row in table["items"] if row["value"] is not None)]
            glance = (await sv.get(f"/v1/{level}/indicators/latest")).json()["items"]
            found += [item["year"] for item in glance if item["indicator"] == "sv-riesgo"]
        assert [point["value"] for point in found] == [30] * 8
        return {(point["rate"], point["reason"]) for point in found}

    assert await rates() == {(None, "no-denominator")}
    done = await sv.patch(at, json={"denominator": "population"}, headers={"If-Match": made.headers["etag"]})
    assert done.status_code == 200, done.text
    assert await rates() == {(30.0, None)}


async def test_what_values_mean_does_not_change_behind_whoever_stated_them(world: World) -> None:
    sv, gt, at = await world.who("sv"), await world.who("gt"), "/v1/indicators/sv-riesgo"
    made = await sv.post("/v1/indicators", json=MINE)
    free = await sv.patch(at, json={"adds_over_time": "last"}, headers={"If-Match": made.headers["etag"]})
    assert (free.status_code, free.json()["adds_over_time"]) == (200, "last")
    # Another country's value counts, though the one who changes the definition does not see it.
    for month, value in (("01", 3), ("02", 4)):
        stated = f"/v1/municipalities/3200008/observations/sv-riesgo/2022-{month}"
        assert (await gt.put(stated, params={"source": "demonstration"}, json={"value": value})).status_code == 201
    for said in ({"adds_over_time": "sum"}, {"unit": "percent"}):
        refused = await sv.patch(at, json=said, headers={"If-Match": free.headers["etag"]})
        assert (refused.status_code, refused.json()["code"]) == (409, "values-stated")
        assert refused.json()["errors"][0]["pointer"] == f"/{next(iter(said))}"
    assert (await sv.get(at)).json() == free.json()
    better = await sv.patch(at, json={"label_es": "Riesgo alto", "unit": "count"}, headers={"If-Match": free.headers["etag"]})
    assert (better.status_code, better.json()["label_es"]) == (200, "Riesgo alto")
    year = await gt.get("/v1/municipalities/3200008/indicators/sv-riesgo/series")
    assert [p["value"] for p in year.json()["points"]] == [4]


async def test_what_a_source_counts_does_not_change_once_it_has_values(world: World) -> None:
    sv, gt, at = await world.who("sv"), await world.who("gt"), "/v1/sources/sv-oficina"
    iso = (await sv.get("/v1/countries/SV")).json()["id"]
    said = {"code": "sv-oficina", "name": "Oficina", "kind": "police", "counting_unit": "victims", "country_id": iso}
    made = await sv.post("/v1/sources", json=said)
    assert made.status_code == 201, made.text
    free = await sv.patch(at, json={"counting_unit": "offences"}, headers={"If-Match": made.headers["etag"]})
    assert (free.status_code, free.json()["counting_unit"]) == (200, "offences")
    own = await sv.post("/v1/indicators", json=MINE)
    # One value, of another country and only broken down.
    where = {"source": "sv-oficina", "dims": "sex=F"}
    stated = await gt.put("/v1/municipalities/3200008/observations/sv-riesgo/2022-01", params=where, json={"value": 3})
    assert stated.status_code == 201, stated.text
    for path, etag, changes in (
        (at, free, ({"kind": "health"}, {"counting_unit": "victims"})),
        ("/v1/indicators/sv-riesgo", own, ({"unit": "percent"},)),
    ):
        for change in changes:
            refused = await sv.patch(path, json=change, headers={"If-Match": etag.headers["etag"]})
            assert (refused.status_code, refused.json().get("code")) == (409, "values-stated"), refused.text
            assert refused.json()["errors"][0]["pointer"] == f"/{next(iter(change))}"
    better = await sv.patch(at, json={"name": "Oficina nueva", "kind": "police"}, headers={"If-Match": free.headers["etag"]})
    assert (better.status_code, better.json()["name"]) == (200, "Oficina nueva")


async def test_what_a_release_puts_otherwise_is_kept_too(world: World) -> None:
    public, at = await world.who(), "/v1/indicators/homicide/versions"
    (now,) = (await public.get(at)).json()["items"]
    async with world.owner() as owner:
        await owner.execute("update indicator set definition = 'As an older release said it.' where code = 'homicide'")
    await migrate(world.url(), silent)
    told = (await public.get(at)).json()["items"]
    assert [(v["version"], v["definition"]["definition"]) for v in told] == [
        (now["version"], "As an older release said it."),
        (now["version"] + 1, now["definition"]["definition"]),
    ]
    await migrate(world.url(), silent)
    assert (await public.get(at)).json()["items"] == told


async def test_of_no_such_code_there_are_none(region: World) -> None:
    public = await region.who()
    for path in ("indicators/nope", "sources/nope"):
        assert (await public.get(f"/v1/{path}/versions")).status_code == 404


Sending = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


async def put(client: httpx.AsyncClient) -> httpx.Response:
    """The first value, of one who states it."""
    at = "/v1/municipalities/3200008/observations/sv-riesgo/2022-01"
    return await client.put(at, params={"source": "demonstration"}, json={"value": 3})


async def sent(client: httpx.AsyncClient) -> httpx.Response:
    """The first values, of a file."""
    asked = {"reader": "long", "source": "demonstration"}
    body = b"indicator;period;value;scheme;code\nsv-riesgo;2022-01;3;gt-ine;0108\n"
    return await client.post("/v1/imports/observations", params=asked, content=body, headers={"Content-Type": "text/csv"})


async def waited(owner: asyncpg.Connection, waiting: int) -> None:
    """Returns when so many statements of this database wait for an advisory lock."""
    count = "select count(distinct pid) from pg_locks where locktype = 'advisory' and not granted"
    there = "database = (select oid from pg_database where datname = current_database())"
    for _ in range(500):
        if await owner.fetchval(f"{count} and {there}") >= waiting:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


TURN = "select pg_advisory_xact_lock(hashtextextended('observations', (select id from source where code = 'demonstration')))"
END = "select pg_advisory_xact_lock(7310)"


@pytest.mark.parametrize("change", [{"unit": "percent"}, {"adds_over_time": "last"}])
@pytest.mark.parametrize("send", [put, sent])
@pytest.mark.parametrize("first", ["value", "definition"])
async def test_of_a_first_value_and_another_unit_at_once_one_is_refused(
    world: World, first: str, send: Sending, change: dict[str, str]
) -> None:
    """Whichever came first is held up when it has looked at the other and before it is kept."""
    sv, gt, at = await world.who("sv"), await world.who("gt"), "/v1/indicators/sv-riesgo"
    made = await sv.post("/v1/indicators", json=MINE)
    patch = partial(sv.patch, at, json=change, headers={"If-Match": made.headers["etag"]})
    async with world.owner() as owner:
        async with owner.transaction():
            await owner.execute(TURN if first == "value" else END)
            early = asyncio.create_task(send(gt) if first == "value" else patch())
            await waited(owner, 1)
            late = asyncio.create_task(patch() if first == "value" else send(gt))
            await waited(owner, 2)
        kept, refused = await early, await late
    assert kept.is_success, kept.text
    assert (refused.status_code, refused.json()["code"]) == (409, "values-stated" if first == "value" else "definition-changed")
    series = (await gt.get("/v1/municipalities/3200008/indicators/sv-riesgo/series")).json()
    assert (series["measure"], len(series["points"])) == (("count", 1) if first == "value" else (change.get("unit", "count"), 0))


async def test_a_definition_and_first_values_at_any_moment(world: World) -> None:
    """Side by side, again and again, whoever comes first: never both, never neither."""
    sv, gt = await world.who("sv"), await world.who("gt")
    came = set()
    for turn in range(12):
        made = await sv.post("/v1/indicators", json=MINE | {"code": f"sv-riesgo-{turn}"})
        at = f"/v1/municipalities/3200008/observations/sv-riesgo-{turn}/2022-01"

        async def patched(turn: int = turn, etag: str = made.headers["etag"]) -> httpx.Response:
            await asyncio.sleep(turn % 4 * 0.002)
            return await sv.patch(f"/v1/indicators/sv-riesgo-{turn}", json={"unit": "percent"}, headers={"If-Match": etag})

        stated, changed = await asyncio.gather(gt.put(at, params={"source": "demonstration"}, json={"value": 3}), patched())
        came.add((stated.status_code, changed.status_code))
        if changed.is_success and stated.is_success:  # Then it was stated when the definition had changed already.
            assert stated.json()["created_at"] > changed.json()["updated_at"]
        else:
            assert sorted((stated.is_success, changed.is_success)) == [False, True]
    assert came <= {(201, 409), (409, 200), (201, 200)}


async def test_parked_rows_keep_the_meaning_that_they_were_sent_with(world: World) -> None:
    sv, region, at = await world.who("sv"), await world.who("region"), "/v1/indicators/sv-riesgo"
    made = await sv.post("/v1/indicators", json=MINE)
    asked = {"reader": "long", "source": "demonstration"}
    body = b"indicator;period;value;country;admin1;name\nsv-riesgo;2022-01;3;GT;GT-01;Villa Inventada\n"
    await region.post("/v1/imports/observations", params=asked, content=body, headers={"Content-Type": "text/csv"})
    [parked] = (await region.get("/v1/parked")).json()["items"]
    assert (await sv.patch(at, json={"unit": "percent"}, headers={"If-Match": made.headers["etag"]})).status_code == 200
    refused = await region.post(f"/v1/parked/{parked['id']}/assign", json={"municipality": "gt-ine:0108"})
    assert (refused.status_code, refused.json()["code"]) == (409, "definition-changed")
    assert (await region.get("/v1/municipalities/3200008/indicators/sv-riesgo/series")).json()["points"] == []


async def test_the_catalogue_claims_the_codes_of_iati_that_are_the_sdgs(world: World) -> None:
    """Vocabulary 9 of IATI 2.03 is the SDG's; of no other indicator of the catalogue is one known."""
    listed = (await (await world.who()).get("/v1/indicators", params={"limit": 200})).json()["items"]
    assert {i["code"] for i in listed if i["sdg"]} > {"homicide", "safe-walking-alone"}
    assert all(i["iati"] == (f"9:{i['sdg']}" if i["sdg"] else None) for i in listed)
