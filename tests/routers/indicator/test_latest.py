"""All indicators at a glance: every point is the one of its series, and what is never added stands apart."""

from typing import Any

import httpx
import pytest

from tests.conftest import World
from tests.routers.indicator.facts import Fact, keep

LEVELS = ("/v1/region", "/v1/countries/GT", "/v1/associations/2", "/v1/programmes/amuprev", "/v1/municipalities/3200008")
PATH = "/v1/countries/GT/indicators/latest"


def invented() -> list[Fact]:
    """Homicide by a prosecutor and the demonstration, robbery by the year only, suicides of two sources that count the same place."""
    months = [(p, "homicide", "demonstration", f"2021-{m:02}-01", "M", m) for p in (3200001, 3200008) for m in (1, 2, 5)]
    older = [(p, "homicide", "demonstration", "2020-01-01", "A", 40) for p in (3200001, 3200008)]
    more: list[Fact] = [
        (3200008, "homicide", "sesnsp", "2019-03-01", "M", 7),
        (3200001, "robbery", "demonstration", "2020-01-01", "A", 300),
        (3200008, "suicide", "twin", "2020-01-01", "A", 3),
        (3200008, "suicide", "sesnsp", "2021-01-01", "A", 4),
        (3200008, "suicide", "sesnsp", "2020-01-01", "A", 5),
        (3200008, "sexual-offence", "demonstration", "2021-01-01", "A", 4),
    ]
    return [*months, *older, *more, (320, "homicide", "demonstration", "2021-01-01", "A", 77)]


async def prepare(world: World) -> None:
    said = {"code": "twin", "name": "Twin", "kind": "prosecutor", "counting_unit": "offences"}
    assert (await (await world.who("region")).post("/v1/sources", json=said)).is_success
    async with world.owner() as owner:
        await owner.execute("delete from participation where municipality_id = 3200008")
        await owner.execute(
            """insert into participation (id, programme_id, level, country_id, municipality_id, starts_on, basis)
            select uuidv7(), p.id, 'municipality', 320, 3200008, '2020-01-01', 'invented' from programme p where p.code = 'amuprev'"""
        )
        await owner.execute("select app.forget_scopes()")
        await keep(owner, invented(), [(p, 2020, "censo", 20_000) for p in (3200001, 3200008)])


async def points(client: httpx.AsyncClient, level: str, item: dict[str, Any], by: str) -> dict[str, Any]:
    """The series of an entry, by period."""
    source = item["sources"][0]
    named = source["code"] if len(item["sources"]) == 1 else f"{source['kind']}:{source['counting_unit']}"
    query = {"by": by, "from": item[f"{by}_before"]["period"], "to": item[by]["period"], "source": named}
    answer = await client.get(f"{level}/indicators/{item['indicator']}/series", params=query)
    return {p["period"]: p for p in answer.json()["points"]}


async def test_every_point_is_that_of_its_series(world: World) -> None:
    await prepare(world)
    client = await world.who("region")
    for level in LEVELS:
        for boundary in ("then", "now"):
            answer = await client.get(f"{level}/indicators/latest", params={"boundary": boundary})
            assert answer.status_code == 200, f"{level} {boundary}: {answer.text}"
            said = answer.json()
            assert said["items"]
            for item in said["items"] if boundary == "then" else []:
                for by in ("year", "month"):
                    if item[by] is not None:
                        series = await points(client, level, item, by)
                        assert series == {item[k]["period"]: item[k] for k in (by, f"{by}_before")}, (level, item["indicator"], by)
            known = await client.get(f"{level}/indicators/latest", params={"known_at": said["as_known_at"], "boundary": boundary})
            assert known.json() == said


async def test_kinds_stand_apart_and_what_overlaps_too(world: World) -> None:
    await prepare(world)
    said = (await (await world.who("gt")).get(PATH)).json()
    told = {(i["indicator"], *(s["code"] for s in i["sources"])): i for i in said["items"]}
    assert {k for k in told if k[0] in ("homicide", "suicide", "robbery")} == {
        ("homicide", "demonstration"),
        ("homicide", "sesnsp"),
        ("robbery", "demonstration"),
        ("suicide", "sesnsp"),
        ("suicide", "twin"),
    }
    homicide = told["homicide", "demonstration"]
    assert (homicide["year"]["period"], homicide["year"]["count"], homicide["year_before"]["count"]) == ("2021", 16, 80)
    assert (homicide["month"]["period"], homicide["month"]["count"], homicide["month_before"]["reason"]) == ("2021-05", 10, "not-reported")
    assert homicide["year"]["published"][0]["value"] == 77
    assert told["robbery", "demonstration"]["month"] is None
    assert told["suicide", "twin"]["year"]["count"] == 3


async def test_what_is_sensitive_is_told_to_who_may_write_it(world: World) -> None:
    await prepare(world)
    async with world.owner() as owner:
        await owner.execute("update granted set role = 'reader' where principal_id = (select id from principal where email like 'gt@%')")
        await owner.execute("select app.forget_scopes()")
    hidden = [i for i in (await (await world.who("gt")).get(PATH)).json()["items"] if i["indicator"] == "sexual-offence"]
    assert [(i["protected"], i["reason"], i["year"]) for i in hidden] == [(True, "protected", None)]
    told = [i for i in (await (await world.who("region")).get(PATH)).json()["items"] if i["indicator"] == "sexual-offence"]
    assert [(i["protected"], i["year"]["count"]) for i in told] == [(False, 4)]


@pytest.mark.parametrize(("who", "status"), [("", 401), ("sonsonate", 404), ("mixco", 403), ("gt", 200)])
async def test_only_who_sees_the_level_whole_is_answered(region: World, who: str, status: int) -> None:
    assert (await (await region.who(who)).get(PATH)).status_code == status


async def test_a_region_without_figures_has_nothing_to_tell(region: World) -> None:
    said = (await (await region.who("region")).get("/v1/region/indicators/latest")).json()
    assert (said["items"], said["demonstration"]) == ([], False)
