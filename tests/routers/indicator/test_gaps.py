"""Two sources held against each other over the municipalities that both reported."""

from typing import Any

import httpx
import pytest

from tests.conftest import World

PLACES = ("840010", "840011", "840012")
"""Towns of Belize."""
GAP = {"source": "health", "against": "police"}


async def told(region: httpx.AsyncClient) -> None:
    """A town both report for two years but for one month of health, one that health alone reports, one both report for a year."""
    for code, kind in (("bz-minsa", "health"), ("bz-police", "police")):
        body = {"code": code, "name": code, "kind": kind, "counting_unit": "victims"}
        assert (await region.post("/v1/sources", json=body)).status_code == 201
    for place, period, source, value in (
        *((PLACES[0], f"2021-{m:02d}", "bz-minsa", 5) for m in range(1, 13)),
        *((PLACES[0], f"2021-{m:02d}", "bz-police", 4) for m in range(1, 13)),
        *((PLACES[0], f"2022-{m:02d}", "bz-minsa", 6) for m in range(1, 12)),
        *((PLACES[0], f"2022-{m:02d}", "bz-police", 4) for m in range(1, 13)),
        *((PLACES[1], year, "bz-minsa", 100) for year in ("2021", "2022")),
        *((PLACES[2], "2022", source, value) for source, value in (("bz-minsa", 10), ("bz-police", 0))),
    ):
        at = f"/v1/municipalities/{place}/observations/homicide/{period}"
        assert (await region.put(at, params={"source": source}, json={"value": value})).status_code == 201


async def gap(client: httpx.AsyncClient, level: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/{level}/indicators/homicide/gap", params=GAP | query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_only_what_both_reported_is_compared(world: World) -> None:
    region = await world.who("region")
    await told(region)
    found = await gap(region, "countries/BZ")
    assert ([s["code"] for s in found["sources"]], [s["code"] for s in found["against"]]) == (["bz-minsa"], ["bz-police"])
    columns = ("period", "value", "against", "gap", "reason", "compared", "reported", "against_reported", "expected")
    assert [[p[c] for c in columns] for p in found["points"]] == [
        ["2021", 60, 48, 0.25, None, 1, 2, 1, 15],
        ["2022", 10, 0, None, "nothing-against", 1, 2, 2, 15],
    ]
    quarters = (await gap(region, "countries/BZ", by="quarter", **{"from": "2022-Q3"}))["points"]
    assert [(p["period"], p["gap"], p["reason"]) for p in quarters] == [("2022-Q3", 0.5, None), ("2022-Q4", None, "not-reported")]
    months = (await gap(region, f"municipalities/{PLACES[0]}", by="month", **{"from": "2022-10", "to": "2022-12"}))["points"]
    assert [p["gap"] for p in months] == [0.5, 0.5, None]


async def test_a_gap_on_the_map_of_now_and_as_it_was_known(world: World) -> None:
    region = await world.who("region")
    await told(region)
    before = await region.get("/v1/countries/BZ/indicators/homicide/gap", params=GAP)
    body = {"successor_id": int(PLACES[1]), "predecessor_id": int(PLACES[0]), "kind": "merge", "effective_on": "2023-01-01"}
    assert (await region.post("/v1/successions", json=body)).status_code == 201
    now = await gap(region, f"municipalities/{PLACES[1]}", boundary="now")
    assert [(p["period"], p["gap"], p["estimated"], p["expected"]) for p in now["points"]] == [
        ("2021", 0.25, True, 1),
        ("2022", None, False, 1),
    ]
    changed = await region.get(f"/v1/municipalities/{PLACES[0]}/observations/homicide/2021-01", params={"source": "bz-minsa"})
    at = {"headers": {"If-Match": changed.headers["etag"]}, "params": {"source": "bz-minsa"}}
    assert (await region.put(changed.request.url.path, json={"value": 17}, **at)).status_code == 200
    then = await region.get("/v1/countries/BZ/indicators/homicide/gap", params=GAP | {"known_at": before.json()["as_known_at"]})
    assert [p["gap"] for p in then.json()["points"]] == [p["gap"] for p in before.json()["points"]] == [0.25, None]
    assert (await gap(region, "countries/BZ"))["points"][0]["gap"] == 0.5


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ({"source": "health", "against": "health"}, "sources-same", "query/against"),
        ({"against": "police"}, "source-required", "query/source"),
        ({"source": "health"}, "invalid", "query/against"),
    ],
)
async def test_two_sources_are_named(shared_world: World, query: dict[str, str], code: str, pointer: str) -> None:
    region = await shared_world.who("region")
    if (await region.get("/v1/sources/bz-minsa")).status_code == 404:
        await told(region)
    answer = await region.get("/v1/countries/BZ/indicators/homicide/gap", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert answer.json()["code"].startswith(code)


async def test_what_is_no_number_of_things_has_no_gap(world: World) -> None:
    region = await world.who("region")
    await told(region)
    for source, value in (("bz-minsa", 30), ("bz-police", 20)):
        at = f"/v1/municipalities/{PLACES[0]}/observations/perceived-fear/2022"
        assert (await region.put(at, params={"source": source}, json={"value": value})).status_code == 201
    answer = await region.get("/v1/countries/BZ/indicators/perceived-fear/gap", params=GAP)
    assert [(p["gap"], p["value"], p["reason"]) for p in answer.json()["points"]] == [(None, None, "not-a-count")]
