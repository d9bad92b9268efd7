"""A municipality among those as large, and what is not said of few cases."""

from typing import Any

import httpx
import pytest

from tests.conftest import World
from tests.routers.indicator.test_imports import send

OWN = 840010
HERE = f"/v1/municipalities/{OWN}/indicators/homicide/peers"


async def told(region: httpx.AsyncClient, counts: dict[int, tuple[int, int]], source: str = "un-homicide") -> None:
    """Homicides of 2022 and residents of places."""
    for place, (count, residents) in counts.items():
        at = f"/v1/municipalities/{place}/observations/homicide/2022"
        assert (await region.put(at, params={"source": source}, json={"value": count})).status_code == 201
        there = await region.get(f"/v1/municipalities/{place}")
        codes = there.json()["external_ids"] | {"mx-inegi": str(place)}
        headers = {"If-Match": there.headers["etag"]}
        assert (await region.patch(f"/v1/municipalities/{place}", json={"external_ids": codes}, headers=headers)).status_code == 200
        file = f"code,population\n{place},{residents}\n".encode()
        await send(region, file, "populations", year=2020, source="censo", scheme="mx-inegi")


def near(found: dict[str, Any]) -> list[int]:
    return [p["municipality_id"] for p in found["peers"]]


async def test_peers_are_as_large_and_listed_by_size(world: World) -> None:
    region = await world.who("region")
    sizes = {OWN: (50, 100_000), OWN + 1: (25, 51_000), OWN + 2: (200, 190_000), OWN + 3: (60, 110_000), OWN + 4: (21, 90_000)}
    await told(region, sizes | {840001: (40, 80_000), 840002: (99, 201_000), 840003: (9, 49_000)})
    found = (await region.get(HERE)).json()
    assert (found["period"], found["own"]["rate"], found["others"]) == ("2022", 50, 14)
    assert near(found) == [OWN + 3, OWN + 4, 840001, OWN + 2, OWN + 1]
    assert (found["below"], found["overlapping"], found["above"]) == (1, 3, 1)
    assert (found["percentile"], found["reason"]) == (50, None)


async def test_nothing_is_ranked_by_few_cases(world: World) -> None:
    region = await world.who("region")
    await told(region, {OWN: (50, 100_000)} | {840001 + n: (20 + n, 100_000 + n) for n in range(5)})
    few = (await region.get(HERE)).json()
    assert (len(few["peers"]), few["percentile"], few["reason"]) == (5, None, "unstable")
    assert near(few) == [840001 + n for n in range(5)]


async def two_as_large(world: World, indicator: str = "homicide") -> httpx.AsyncClient:
    """Mixco and Guatemala, with as many of `indicator` and residents. Returns who wrote them."""
    gt = await world.who("gt")
    for place in (3200008, 3200001):
        at = f"/v1/municipalities/{place}/observations/{indicator}/2022"
        assert (await gt.put(at, params={"source": "demonstration"}, json={"value": 30})).status_code == 201
    for municipality, code in (("3200008", "GT0108"), ("3200001", "GT0101")):
        file = f"code,population\n{code},500000\n".encode()
        report = await send(gt, file, "populations", year=2020, source="censo", scheme="ocha")
        assert report["report"]["rows_used"] == 1, municipality
    return gt


@pytest.mark.parametrize("secured", [True, False])
async def test_who_sees_no_others_is_told_so(world: World, secured: bool) -> None:
    gt, mixco = await two_as_large(world), await world.who("mixco")
    if not secured:
        async with world.owner() as owner:
            for table in ("figure", "observation", "denominator", "population"):
                await owner.execute(f"alter table {table} disable row level security")
    here = "/v1/municipalities/3200008/indicators/homicide/peers"
    assert near((await gt.get(here)).json()) == [3200001]
    alone = (await mixco.get(here, params={"period": "2022"})).json()
    assert (alone["own"]["count"], near(alone), alone["reason"]) == (30, [], "too-few-peers")
    assert alone["others"] == 339
    assert (await mixco.get(here.replace("3200008", "3200001"))).status_code == 404


async def test_a_year_in_part_is_not_compared(world: World) -> None:
    region = await world.who("region")
    nothing = (await region.get(HERE)).json()
    assert (nothing["own"], nothing["reason"], nothing["peers"]) == (None, "not-wholly-reported", [])
    await told(region, {OWN: (50, 100_000)})
    assert (await region.get(HERE, params={"period": "2022-Q1"})).json()["reason"] == "not-wholly-reported"
    assert (await region.get(HERE, params={"period": "2022-13"})).status_code == 422


async def test_a_sensitive_indicator_is_compared_for_who_writes_it(world: World) -> None:
    region, reader = await world.who("region"), await world.who("reader")
    place = 2220038
    for name, status in (("region", 200), ("reader", 403)):
        client = region if name == "region" else reader
        for what in ("peers", "light", "trend", "comparison"):
            answer = await client.get(f"/v1/municipalities/{place}/indicators/sexual-offence/{what}")
            assert answer.status_code == status, (name, what, answer.text)
            assert status == 200 or answer.json()["code"] in ("indicator-protected", "protected-table")
    gap = await reader.get(f"/v1/municipalities/{place}/indicators/sexual-offence/gap", params={"source": "police", "against": "health"})
    assert (gap.status_code, gap.json()["code"]) == (403, "indicator-protected")


async def test_who_writes_one_and_reads_others_is_not_told_what_is_sensitive_of_them(world: World) -> None:
    gt, mixco, region = await two_as_large(world, "sexual-offence"), await world.who("mixco"), await world.who("region")
    me = (await mixco.get("/v1/me")).json()["principal"]["id"]
    reads = {"principal_id": me, "role": "reader", "level": "country", "unit": "GT", "starts_on": "2024-01-01"}
    assert (await region.post("/v1/grants", json=reads)).status_code == 201
    here = "/v1/municipalities/3200008/indicators/sexual-offence/peers?period=2022"
    assert near((await gt.get(here)).json()) == [3200001]
    assert near((await mixco.get(here)).json()) == []
