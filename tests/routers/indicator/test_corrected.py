"""What was corrected stays corrected: the file of before changes nothing, and another that brings the old value back is held."""

import asyncio
from typing import Any

import httpx

from tests.conftest import World
from tests.readers.totals import asked
from tests.routers.indicator.test_imports import DATA, SESNSP, send

JANUARY = {"url": "/v1/municipalities/mx-inegi:11020/observations/homicide/2023-01", "params": {"source": "sesnsp"}}


async def put(client: httpx.AsyncClient, value: int) -> None:
    there = await client.get(**JANUARY)
    body = {"value": value, "reason": "registered late"}
    answer = await client.put(**JANUARY, json=body, headers={"If-Match": there.headers["etag"]})
    assert answer.status_code == 200, answer.text


async def january(client: httpx.AsyncClient) -> float:
    return (await client.get(**JANUARY)).json()["value"]


def came(report: dict[str, Any]) -> list[int]:
    return [report[k] for k in ("created", "changed", "unchanged", "kept")]


async def test_the_same_file_again_leaves_what_was_put_right_since(world: World) -> None:
    mx = await world.who("mx")
    first = (await send(mx, DATA / "sesnsp_invented.csv"))["report"]
    await put(mx, 9)
    for dry_run in (True, False, False):
        again = await send(mx, DATA / "sesnsp_invented.csv", **SESNSP, dry_run=dry_run)
        report = again["report"]
        assert (again["state"], came(report)) == ("checked" if dry_run else "done", [0, 0, 43, 1])
        assert (report["rows_superseded"], report["rows_stored"], report["rows_summed"]) == (2, first["rows_stored"], 0)
        assert [(e["code"], e["count"], e["rows"]) for e in report["superseded"]] == [("corrected-since", 2, [2, 3])]
        assert await january(mx) == 9
    restated = await send(mx, DATA / "sesnsp_invented.csv", **SESNSP, restate=True)
    assert (restated["state"], came(restated["report"]), restated["report"]["superseded"]) == ("done", [0, 1, 43, 0], [])
    assert await january(mx) == 3


async def test_the_first_file_again_leaves_what_a_corrected_file_restated(world: World) -> None:
    mx = await world.who("mx")
    await send(mx, DATA / "sesnsp_invented.csv")
    corrected = (await asyncio.to_thread((DATA / "sesnsp_invented.csv").read_bytes)).replace(b"fuego,2,1", b"fuego,5,1")
    await send(mx, corrected)
    assert came((await send(mx, DATA / "sesnsp_invented.csv"))["report"]) == [0, 0, 43, 1]
    assert came((await send(mx, corrected))["report"]) == [0, 0, 44, 0]
    assert await january(mx) == 6


async def test_another_file_that_brings_a_corrected_value_back_is_held(world: World) -> None:
    mx = await world.who("mx")
    await send(mx, DATA / "sesnsp_invented.csv")
    await put(mx, 9)
    older = (await asyncio.to_thread((DATA / "sesnsp_invented.csv").read_bytes)) + b"\n"
    held = await send(mx, older)
    warned = [w for w in held["report"]["warnings"] if w["code"] == "corrected-before"]
    assert (held["state"], await january(mx)) == ("held", 9)
    assert [(w["indicator"], w["period"], w["value"], w["known"], w["source"], w["rows"]) for w in warned] == [
        ("homicide", "2023-01", 3, 9, "sesnsp", [2, 3])
    ]
    kept = await send(mx, older, **SESNSP, accept_warnings=True)
    assert (kept["state"], came(kept["report"]), await january(mx)) == ("done", [0, 1, 43, 0], 3)


async def test_a_value_that_was_called_missing_before_it_was_known_is_not_lost_silently(world: World) -> None:
    mx = await world.who("mx")
    head = "indicator,period,value,status,scheme,code\n"
    await send(mx, (head + "homicide,2023-01,,M,mx-inegi,11020\n").encode(), **asked("long", "sesnsp"))
    await put(mx, 4)
    held = await send(mx, (head + "homicide,2023-01,,M,mx-inegi,11020\n\n").encode(), **asked("long", "sesnsp"))
    assert [(w["code"], w["value"], w["known"]) for w in held["report"]["warnings"]] == [("corrected-before", None, 4)]


async def test_residents_that_were_corrected_stay_corrected(world: World) -> None:
    mx = await world.who("mx")
    where = {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"}
    first, second = b"Municipio,Poblacion\nXich\xfa,1000\n", b"Municipio,Poblacion\nXich\xfa,1100\n"
    await send(mx, first, "populations", **where)
    await send(mx, second, "populations", **where)
    again = (await send(mx, first, "populations", **where))["report"]
    assert (came(again), again["rows_superseded"]) == ([0, 0, 0, 1], 1)
    held = await send(mx, first + b"\n", "populations", **where)
    assert (held["state"], [w["code"] for w in held["report"]["warnings"]]) == ("held", ["corrected-before"])
    assert came((await send(mx, first, "populations", **where, restate="true"))["report"]) == [0, 1, 0, 0]
