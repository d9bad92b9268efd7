"""/indicators/{code}/versions, /sources/{code}/versions: what a definition said before is not lost."""

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
