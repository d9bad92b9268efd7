"""A value is of a place that existed on some day of its period, and of a period that has begun."""

from datetime import UTC, datetime

import httpx

from tests.conftest import World
from tests.readers.totals import asked
from tests.routers.indicator.test_imports import send

HEAD = "indicator,period,value,scheme,code\n"


async def places(world: World) -> tuple[int, int]:
    """A municipality of El Salvador that ended on 2024-05-01, and what it became; the codes that files name them by."""
    async with world.owner() as owner:
        row = await owner.fetchrow(
            "select predecessor_id, successor_id from succession where effective_on = '2024-05-01' order by 1 limit 1"
        )
        await owner.execute("update municipality set valid_from = '2024-05-01' where id = $1", row["successor_id"])
        for place, code in ((row["predecessor_id"], "90001"), (row["successor_id"], "90002")):
            await owner.execute(
                "insert into external_id values ('municipality', 'mx-inegi', $1, $2::text, 222, $3)", code, str(place), place
            )
            await owner.execute(
                "update municipality set external_ids = external_ids || jsonb_build_object('mx-inegi', $1::text) where id = $2", code, place
            )
    return row["predecessor_id"], row["successor_id"]


async def put(client: httpx.AsyncClient, place: int, period: str) -> tuple[int, str, str, bool]:
    url = f"/v1/municipalities/{place}/observations/homicide/{period}"
    answer = await client.put(url, params={"source": "demonstration"}, json={"value": 2})
    said = answer.json()
    told = said.get("errors", [{}])[0].get("pointer", ""), bool(said.get("choices"))
    return answer.status_code, said.get("code", ""), *told


async def test_a_place_is_stated_of_for_periods_on_some_day_of_which_it_existed(world: World) -> None:
    region, (old, new) = await world.who("region"), await places(world)
    for place, period in ((old, "2024-04"), (old, "2024-Q2"), (old, "2024"), (new, "2024-05"), (new, "2024-Q2"), (new, "2024")):
        assert await put(region, place, period) == (201, "", "", False), (place, period)
    for place, period in ((old, "2024-05"), (old, "2024-Q3"), (old, "2025"), (new, "2024-04"), (new, "2024-Q1"), (new, "2023")):
        assert await put(region, place, period) == (422, "place-not-then", "path/period", True), (place, period)
    url = f"/v1/municipalities/{old}/observations/homicide/2025-01"
    refused = await region.put(url, params={"source": "demonstration"}, json={"value": 2})
    assert [choice.split()[0] for choice in refused.json()["choices"]] == [str(new)]


async def test_rows_of_a_place_that_was_not_then_are_refused_with_what_was(world: World) -> None:
    region, (old, new) = await world.who("region"), await places(world)
    rows = [("2024-04", "90001"), ("2024-05", "90001"), ("2024", "90001"), ("2024-04", "90002"), ("2024-05", "90002")]
    text = HEAD + "".join(f"homicide,{period},1,mx-inegi,{code}\n" for period, code in rows)
    report = (await send(region, text.encode(), **asked("long", "demonstration")))["report"]
    assert (report["rows_stored"], [(e["code"], e["rows"]) for e in report["errors"]]) == (3, [("place-not-then", [3, 5])])
    found = report["errors"][0]["candidates"]
    assert any(c.startswith(f"{new} ") for c in found["90001"]), found
    assert any(c.startswith(f"{old} ") for c in found["90002"]), found


async def test_parked_rows_are_not_assigned_to_a_place_that_was_not_then(world: World) -> None:
    region, (old, new) = await world.who("region"), await places(world)
    await send(region, f"{HEAD}homicide,2025-01,1,mx-inegi,99999\n".encode(), **asked("long", "demonstration"))
    parked = (await region.get("/v1/parked")).json()["items"][0]
    refused = await region.post(f"/v1/parked/{parked['id']}/assign", json={"municipality": str(old)})
    assert (refused.status_code, refused.json()["code"]) == (422, "place-not-then")
    assert (await region.post(f"/v1/parked/{parked['id']}/assign", json={"municipality": str(new)})).status_code == 200


async def test_a_period_that_has_not_begun_is_refused_and_one_that_runs_is_not(world: World) -> None:
    gt, now = await world.who("gt"), datetime.now(UTC)
    async with world.owner() as owner:
        mixco = await owner.fetchval("select app.municipality_of('gt-ine:0108')")
    for period in (str(now.year + 1), f"{now.year + 1}-Q1", f"{now.year + 1}-01", "2099"):
        assert await put(gt, mixco, period) == (422, "period-to-come", "path/period", False)
    assert (await put(gt, mixco, f"{now.year}-{now.month:02}"))[0] in (200, 201, 428)
    text = HEAD + f"homicide,2099,1,gt-ine,0108\nhomicide,{now.year},1,gt-ine,0108\n"
    report = (await send(gt, text.encode(), **asked("long", "mx-sinaloa")))["report"]
    assert (report["rows_stored"], [(e["code"], e["rows"]) for e in report["errors"]]) == (1, [("period-to-come", [2])])
    projected = await send(gt, b"code,population\n0108,470000\n", "populations", year=2050, source="censo", scheme="gt-ine")
    assert (projected["state"], projected["report"]["created"]) == ("done", 1)
