"""The map of now: what places that are not any more reported counts for those who took their place, month by month once."""

from typing import Any

import httpx

from tests.conftest import World
from tests.routers.indicator.facts import Fact, keep


async def place(client: httpx.AsyncClient, name: str, since: str | None = None) -> int:
    body = {"name": name, "country": "BZ", "kind": "town"} | ({"valid_from": since} if since else {})
    made = await client.post("/v1/municipalities", json=body)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


async def succeeds(client: httpx.AsyncClient, old: int, new: int, day: str, kind: str = "merge") -> None:
    body = {"predecessor_id": old, "successor_id": new, "kind": kind, "effective_on": day}
    answer = await client.post("/v1/successions", json=body)
    assert answer.status_code == 201, answer.text


def months(territory: int, year: int, first: int = 1, last: int = 12) -> list[Fact]:
    return [(territory, "homicide", "demonstration", f"{year}-{m:02}-01", "M", 2) for m in range(first, last + 1)]


async def coverage(client: httpx.AsyncClient, level: str, **query: str) -> dict[str, tuple[float, int, int]]:
    """Period -> count, months that were reported, months there were."""
    answer = await client.get(f"/v1/{level}/indicators/homicide/series", params={"boundary": "now"} | query)
    assert answer.status_code == 200, answer.text
    points: list[dict[str, Any]] = answer.json()["points"]
    return {p["period"]: (p["count"], p["reported_months"], p["expected_months"]) for p in points if p["count"] is not None}


async def test_a_chain_of_successions_reports_each_month_once(world: World) -> None:
    region = await world.who("region")
    first, second = await place(region, "Primera"), await place(region, "Segunda")
    merged = await place(region, "Reunida", "2016-01-01")
    last = await place(region, "Última", "2018-07-01")
    await succeeds(region, first, merged, "2016-01-01")
    await succeeds(region, second, merged, "2016-01-01")
    await succeeds(region, merged, last, "2018-07-01", "rename")
    said = [*months(first, 2015), *months(second, 2015, 1, 6), *months(merged, 2016), *months(merged, 2018, 1, 6)]
    async with world.owner() as owner:
        await keep(owner, [*said, *months(last, 2018, 7, 12), *months(last, 2019)])
    told = {"2015": (36, 9, 12), "2016": (24, 12, 12), "2018": (24, 12, 12), "2019": (24, 12, 12)}
    assert await coverage(region, f"municipalities/{last}") == told
    quarters = await coverage(region, f"municipalities/{last}", by="quarter")
    assert [quarters[q] for q in ("2015-Q1", "2015-Q3", "2018-Q2", "2018-Q3")] == [(12, 3, 3), (6, 2, 3), (6, 3, 3), (6, 3, 3)]
    by_month = await coverage(region, f"municipalities/{last}", by="month", **{"from": "2018-06", "to": "2018-07"})
    assert by_month == {"2018-06": (2, 1, 1), "2018-07": (2, 1, 1)}
    table = await region.get("/v1/countries/BZ/indicators/homicide/table", params={"period": "2016", "boundary": "now", "limit": 200})
    [row] = [r for r in table.json()["items"] if r["id"] == last]
    assert (row["count"], row["reported_months"], row["expected_months"]) == (24, 12, 12)


async def test_whoever_took_another_in_reports_no_more_than_there_was(world: World) -> None:
    region = await world.who("region")
    small, large = await place(region, "Chica"), await place(region, "Grande")
    await succeeds(region, small, large, "2020-07-01", "absorb")
    async with world.owner() as owner:
        await keep(
            owner, [*months(small, 2019), *months(large, 2019), *months(small, 2020, 1, 6), *months(large, 2020), *months(large, 2021)]
        )
    told = {"2019": (48, 12, 12), "2020": (36, 12, 12), "2021": (24, 12, 12)}
    assert await coverage(region, f"municipalities/{large}") == told


async def test_a_municipality_that_is_not_on_the_map_of_now_names_who_took_its_place(world: World) -> None:
    region = await world.who("region")
    old, between, heir = [await place(region, name) for name in ("Vieja", "Media", "Nueva")]
    await succeeds(region, old, between, "2016-01-01")
    await succeeds(region, between, heir, "2018-01-01")
    async with world.owner() as owner:
        await keep(owner, months(old, 2015))
    for path in ("indicators/homicide/series", "indicators/homicide/table?period=2015", "indicators/latest"):
        asked = f"/v1/municipalities/{old}/{path}"
        answer = await region.get(asked + ("&" if "?" in path else "?") + "boundary=now")
        assert (answer.status_code, answer.json()["code"], answer.json()["choices"]) == (422, "municipality-succeeded", [str(heir)]), path
        assert "Nueva" in answer.json()["detail"]
        assert (await region.get(asked)).status_code == 200
    assert await coverage(region, f"municipalities/{heir}") == {"2015": (24, 4, 12)}, "the others might have been there as well"
