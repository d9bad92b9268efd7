"""What lies behind a figure: file and rows, who, when, what stood there before, and which residents."""

import json
import random
from pathlib import Path

import httpx
import pytest

from tests.conftest import World

HERE = Path(__file__).parents[2] / "data"
AT = "/v1/municipalities/3200008/observations/homicide/2022-03"
SAID = {"source": "demonstration"}


async def test_a_value_of_a_file_tells_its_file_and_rows_and_the_residents_of_its_rate(world: World) -> None:
    mx = await world.who("mx")
    told = {"reader": "sesnsp", "source": "sesnsp", "file_name": "invented.csv", "accept_warnings": "true"}
    taken = await mx.post("/v1/imports/observations", params=told, content=(HERE / "sesnsp_invented.csv").read_bytes())
    assert taken.status_code == 201, taken.text
    where = {"country": "MX", "admin1": "MX-GUA", "year": "2020", "source": "censo"}
    residents = await mx.post("/v1/imports/populations", params=where, content=(HERE / "residents_invented.csv").read_bytes())
    assert residents.status_code == 201, residents.text
    asked = {"indicator": "homicide", "from": "2023-10-01", "to": "2023-10-31"}
    [line] = (await mx.get("/v1/municipalities/mx-inegi:11020/lineage", params=asked)).json()["items"]
    assert (line["value"], line["period"], line["revisions"], line["recorded_by"]) == (1, "2023-10", [], None)
    assert line["imported"]["file_sha256"] == taken.json()["file_sha256"]
    assert line["imported"]["file_name"] == "invented.csv"
    assert min(line["row_numbers"]) > 1
    assert line["residents"] == {"year": 2020, "source": "censo", "value": 100_000}
    series = (await mx.get("/v1/municipalities/mx-inegi:11020/indicators/homicide/series")).json()
    assert line["recorded_at"] <= series["as_known_at"].replace("Z", "+00:00")


async def test_a_period_is_asked_for_by_its_name_or_by_its_days(world: World) -> None:
    mixco = await world.who("mixco")
    for month in ("2021-12", "2022-01", "2022-03", "2022-04", "2022-12"):
        assert (await mixco.put(AT.replace("2022-03", month), params=SAID, json={"value": 1})).status_code == 201

    async def between(first: str, last: str) -> list[str]:
        asked = {"indicator": "homicide", "from": first, "to": last}
        return [line["period"] for line in (await mixco.get("/v1/municipalities/3200008/lineage", params=asked)).json()["items"]]

    assert await between("2022-03", "2022-03") == await between("2022-02-02", "2022-03-31") == ["2022-03"]
    assert await between("2022-Q1", "2022-Q1") == ["2022-01", "2022-03"]
    assert await between("2022", "2022") == ["2022-01", "2022-03", "2022-04", "2022-12"]
    refused = await mixco.get("/v1/municipalities/3200008/lineage", params={"from": "2022-13"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query/from")


async def test_a_restated_value_tells_what_stood_there_who_replaced_it_and_why(world: World) -> None:
    mixco, gt = await world.who("mixco"), await world.who("gt")
    made = await mixco.put(AT, params=SAID, json={"value": 3})
    body = {"value": 5, "reason": "late report"}
    assert (await gt.put(AT, params=SAID, json=body, headers={"If-Match": made.headers["etag"]})).status_code == 200
    [line] = (await mixco.get("/v1/municipalities/3200008/lineage", params={"indicator": "homicide"})).json()["items"]
    [before] = line["revisions"]
    assert (line["value"], before["value"], before["reason"], before["revision"]) == (5, 3, "late report", 1)
    me = {name: (await client.get("/v1/me")).json()["principal"]["id"] for name, client in (("mixco", mixco), ("gt", gt))}
    assert (before["recorded_by"], before["replaced_by"], line["recorded_by"]) == (me["mixco"], me["gt"], me["gt"])
    assert (await (await world.who("sonsonate")).get("/v1/municipalities/3200008/lineage")).json()["items"] == []


async def test_sensitive_values_stay_hidden_in_what_lies_behind_them(world: World) -> None:
    mixco = await world.who("mixco")
    at = AT.replace("homicide", "sexual-offence")
    made = await mixco.put(at, params=SAID, json={"value": 4})
    assert (await mixco.put(at, params=SAID, json={"value": 7}, headers={"If-Match": made.headers["etag"]})).status_code == 200
    [own] = (await mixco.get("/v1/municipalities/3200008/lineage", params={"indicator": "sexual-offence"})).json()["items"]
    assert (own["value"], own["revisions"][0]["value"]) == (7, 4)
    reader = await world.who("anam")
    others = (await reader.get("/v1/municipalities/3200008/lineage", params={"indicator": "sexual-offence"})).json()["items"]
    assert [(o["value"], o["status"], o["revisions"][0]["value"], o["revisions"][0]["status"]) for o in others] == [(None, "Q", None, "Q")]


async def lines(client: httpx.AsyncClient, known_at: str | None, **more: str) -> dict[str, bytes]:
    """What every level tells of what lies behind homicides, whole and by pages, and as a file."""
    query = {"indicator": "homicide", "source": "demonstration", "territory": "GT-01"} | more | ({"known_at": known_at} if known_at else {})
    found = {}
    for level in ("region", "countries/GT", "associations/2", "programmes/amuprev", "municipalities/3200008", "municipalities/3200001"):
        for form in ({}, {"limit": "2"}, {"sort": "-period"}, {"format": "ndjson"}, {"format": "csv"}):
            asked = {k: v for k, v in (query | form).items() if k != "territory" or level == "countries/GT"}
            answer = await client.get(f"/v1/{level}/lineage", params=asked)
            assert answer.status_code == 200, answer.text
            found[f"{level} {form}"] = json.dumps(answer.json()["items"]).encode() if "limit" in form else answer.content
            if "limit" in form and (link := answer.json()["next"]):
                second = await client.get(f"/v1/{level}/lineage", params=asked | {"cursor": link})
                found[f"{level} {form} 2"] = json.dumps(second.json()["items"]).encode()
    return found


async def put(client: httpx.AsyncClient, at: str, value: int | None) -> None:
    """State a value, whatever stands there."""
    there = await client.get(at, params=SAID)
    body = {"value": value, "status": "A" if value is not None else "M", "reason": "found later"}
    headers = {"If-Match": there.headers["etag"]} if there.is_success else {}
    assert (await client.put(at, params=SAID, json=body, headers=headers)).is_success


async def sent(client: httpx.AsyncClient, chance: random.Random) -> None:
    """A file, or a corrected one."""
    months = "".join(f"homicide;2022-{m:02};{chance.randint(0, 9)};gt-ine;{code}\n" for m in (1, 3) for code in ("0101", "0108"))
    query = {"reader": "long", "source": "demonstration", "accept_warnings": "true", "file_name": f"{chance.random()}.csv"}
    text = f"indicator;period;value;scheme;code\n{months}"
    done = await client.post("/v1/imports/observations", params=query, content=text.encode(), headers={"Content-Type": "text/csv"})
    assert done.status_code == 201, done.text


async def stated(client: httpx.AsyncClient, chance: random.Random) -> None:
    """One value of a municipality, a first level, what lies in it nowhere, the country, a community."""
    places = ("municipalities/3200008", "territories/GT-01", "territories/unspecified:GT-01", "territories/GT")
    parts = (await client.get("/v1/municipalities/3200008/communities")).json()["items"]
    place = chance.choice((*places, *(f"territories/{part['id']}" for part in parts)))
    await put(client, f"/v1/{place}/observations/homicide/{chance.choice(('2022-01', '2022-02', '2022'))}", chance.choice((None, 0, 3, 8)))


async def counted(client: httpx.AsyncClient, chance: random.Random) -> None:
    """Residents, of the year or of one nearby."""
    query = {"year": str(chance.choice((2018, 2021, 2022))), "source": "censo", "scheme": "gt-ine", "accept_warnings": "true"}
    body = f"code,population\n0108,{chance.randint(400_000, 500_000)}\n".encode()
    done = await client.post("/v1/imports/populations", params=query, content=body, headers={"Content-Type": "text/csv"})
    assert done.json()["report"]["rows_used"] == 1, done.text


async def renamed(client: httpx.AsyncClient, chance: random.Random) -> None:
    """A part of a municipality, and then that, get other names; the part is made where there is none. `as_known_at` is of registers, and no
    register remembers parts: the change that it tells of comes last."""
    at = "/v1/municipalities/3200008"
    parts = (await client.get(f"{at}/communities")).json()["items"]
    body = {"name": f"Part {chance.random()}", "kind": "barrio"}
    if not parts:
        assert (await client.post(f"{at}/communities", json=body)).status_code == 201
    for part in parts:
        etag = {"If-Match": f'"{part["version"]}"'}
        assert (await client.patch(f"/v1/communities/{part['id']}", json={"name": body["name"]}, headers=etag)).is_success
    etag = {"If-Match": (await client.get(at)).headers["etag"]}
    assert (await client.patch(at, json={"name": f"Mixco {chance.random()}"}, headers=etag)).is_success


@pytest.mark.parametrize("order", range(2))
async def test_what_lay_behind_a_figure_is_told_the_same_for_ever(world: World, order: int) -> None:
    """In any order of what is done later: with an instant, what was told at that instant without one."""
    region, chance = await world.who("region"), random.Random(order)
    steps = [step for step in (sent, stated, counted, renamed) for _ in range(4 if step is stated else 2)]
    chance.shuffle(steps)
    kept: dict[str, dict[str, bytes]] = {}
    for step in (renamed, stated, *steps):
        await step(region, chance)
        told = await lines(region, None)
        instant = (await region.get("/v1/region/indicators/homicide/series", params=SAID)).json()["as_known_at"]
        assert await lines(region, instant) == told, f"at the instant itself it is what is told now, after {step.__name__}"
        kept[instant] = told
    assert len({json.dumps([str(said) for said in told.values()]) for told in kept.values()}) > len(kept) / 2
    for instant, told in kept.items():
        now = await lines(region, instant)
        assert {name for name in told if told[name] != now[name]} == set(), f"what was known at {instant} changed"


async def test_what_was_known_is_asked_of_one_indicator_at_an_instant_that_is_over(world: World) -> None:
    mixco = await world.who("mixco")
    at = "/v1/municipalities/3200008/lineage"
    assert (await mixco.put(AT, params=SAID, json={"value": 3})).status_code == 201
    for query, code, pointer in (
        ({"known_at": "2026-01-01T00:00:00Z"}, "indicator-required", "query/indicator"),
        ({"known_at": "2100-01-01T00:00:00Z", "indicator": "homicide"}, "known-at-unsettled", "query/known_at"),
    ):
        answer = await mixco.get(at, params=query)
        assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (422, code, pointer)
    before = await mixco.get(at, params={"known_at": "2020-01-01T00:00:00Z", "indicator": "homicide"})
    assert before.json()["items"] == []
