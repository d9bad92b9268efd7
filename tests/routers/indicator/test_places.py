"""Values of places of every kind: what is added up, what stands beside the sum, what stands by itself."""

from typing import Any

import httpx
import pytest

from tests.conftest import World

AT = "/v1/territories/{}/observations/{}/{}"


async def put(world: World, who: str, place: str, what: str, **said: Any) -> Any:
    indicator, period = what.split()
    source, body = said.pop("source", "hn-observatorio"), said
    return await (await world.who(who)).put(AT.format(place, indicator, period), params={"source": source}, json=body)


async def test_a_published_rate_stands_beside_the_roll_up_and_is_never_added_to_it(world: World) -> None:
    """Honduras 2011: 86.5 by its observatory, 91.6 by the United Nations, and what the municipalities add up to."""
    hn = await world.who("hn")
    assert (await put(world, "hn", "HN", "homicide-rate 2011", value=86.5)).status_code == 201
    assert (await put(world, "hn", "340", "homicide-rate 2011", value=91.6, source="un-homicide")).status_code == 201
    for source in ("hn-observatorio", "un-homicide"):
        assert (await put(world, "hn", "HN", "homicide 2011", value=7104, source=source)).status_code == 201
    for place, value in (("hn-ine:0801", 1200), ("3400001", 20), ("unspecified:HN-AT", 3)):
        assert (await put(world, "hn", place, "homicide 2011", value=value)).status_code == 201
    # Two offices of one kind, each with a municipality of its own and the whole country: of no place that is added up are there two.
    assert (await put(world, "hn", "hn-ine:0501", "homicide 2010", value=1, source="un-homicide")).status_code == 201
    async with world.owner() as owner:
        await owner.execute(
            "insert into denominator (territory_id, from_year, to_year, country_id, value, population_year, source_id)"
            " select id, 1900, 2100, 340, 600000, 2011, 2 from municipality where id in (3400001, app.municipality_of('hn-ine:0801'))"
        )
        await owner.execute(
            "insert into population (territory_id, year, source_id, country_id, value)"
            " select territory_id, 2011, 2, 340, value from denominator where country_id = 340"
        )
    (point,) = (await hn.get("/v1/countries/HN/indicators/homicide/series", params={"from": "2011", "to": "2011"})).json()["points"]
    assert (point["value"], point["unspecified"], point["reported"]) == (1223, 3, 2)
    assert point["rate"] == pytest.approx(1220 / 1_200_000 * 100_000, abs=1e-3), "what no municipality had is in the count alone"
    beside = {(p["indicator"], p["source"]): (p["value"], p["difference"]) for p in point["published"]}
    assert beside == {
        ("homicide", "hn-observatorio"): (7104, 7104 - 1223),
        ("homicide", "un-homicide"): (7104, 7104 - 1223),
        ("homicide-rate", "hn-observatorio"): (86.5, round(86.5 - point["rate"], 4)),
        ("homicide-rate", "un-homicide"): (91.6, round(91.6 - point["rate"], 4)),
    }


async def test_a_place_is_named_by_key_or_code_and_answers_what_it_is(world: World) -> None:
    hn = await world.who("hn")
    kinds = {}
    for place in ("HN", "HN-AT", "unspecified:hn-at", "hn-ine:0101"):
        made = await put(world, "hn", place, "homicide 2012", value=1)
        assert made.status_code == 201, made.text
        said = made.json()
        kinds[said["territory_kind"]] = (said["territory"], said["municipality_id"])
        assert (await hn.get(made.headers["location"])).json() == said
        again = await put(world, "hn", str(said["territory_id"]), "homicide 2012", value=1)
        assert (again.status_code, again.json()) == (200, said)
        listed = (await hn.get("/v1/region/observations", params={"territory": place})).json()["items"]
        assert listed == [said]
    assert kinds == {
        "country": ("Honduras", None),
        "admin1": ("Atlántida", None),
        "unspecified": ("Atlántida", None),
        "municipality": ("La Ceiba", (await hn.get("/v1/municipalities/hn-ine:0101")).json()["id"]),
    }
    for nowhere in ("ZZ", "HN-XX", "unspecified:HN", "0", "9999999999", "1999999999", "nope:1", "3409901x"):
        assert (await put(world, "hn", nowhere, "homicide 2012", value=1)).status_code == 404, nowhere


async def test_a_community_stands_by_itself_and_is_reached_by_its_municipality(world: World) -> None:
    mixco, gt, sv = await world.who("mixco"), await world.who("gt"), await world.who("sv")
    community = (await mixco.post("/v1/municipalities/3200008/communities", json={"name": "El Milagro", "kind": "colonia"})).json()
    place, here = str(community["id"]), "/v1/municipalities/3200008"
    first = await put(world, "mixco", place, "homicide 2022-03", value=4, source="demonstration")
    assert (first.status_code, first.json()["territory_kind"], first.json()["territory"]) == (201, "community", "El Milagro")
    assert (await mixco.get(f"{here}/indicators/homicide/series")).json()["points"] == []
    await put(world, "mixco", "3200008", "homicide 2022-03", value=5, source="demonstration")
    for who, path in ((mixco, here), (gt, "/v1/countries/GT")):
        points = (await who.get(f"{path}/indicators/homicide/series")).json()["points"]
        assert [(p["value"], p["reported"]) for p in points] == [(5, 1)]
        listed = (await who.get(f"{path}/observations")).json()["items"]
        assert {(o["territory_kind"], o["value"]) for o in listed} == {("community", 4), ("municipality", 5)}
    for name in ("sv", "sonsonate"):
        assert (await put(world, name, place, "homicide 2022-03", value=9, source="demonstration")).status_code == 404
    assert (await sv.get("/v1/region/observations", params={"territory": place})).json()["items"] == []
    told = [c for c in (await mixco.get("/v1/changes")).json()["items"] if c["noun"] == "observation"]
    assert {(c["municipality_id"], c["body"]["territory_id"]) for c in told} == {(3200008, community["id"]), (3200008, 3200008)}


async def test_a_country_speaks_for_its_first_levels_and_nobody_else_does(world: World) -> None:
    for place in ("GT", "GT-01", "unspecified:GT-01"):
        assert (await put(world, "mixco", place, "homicide 2012", value=1, source="demonstration")).status_code == 404
        assert (await put(world, "sv", place, "homicide 2012", value=1, source="demonstration")).status_code == 404
        assert (await put(world, "region", place, "homicide 2012", value=1, source="demonstration")).status_code == 201
        assert (await put(world, "gt", place, "homicide 2012", value=1, source="demonstration")).status_code == 200


async def test_missing_suppressed_and_not_yet_reported_are_three_reasons(world: World) -> None:
    mixco, gt = await world.who("mixco"), await world.who("gt")
    for place, period, status in (
        ("3200008", "2022-01", "M"), ("3200008", "2022-02", "Q"), ("3200008", "2022-Q2", "M"), ("3200009", "2022-01", "Q"),
    ):  # fmt: skip
        assert (await put(world, "gt", place, f"homicide {period}", value=None, status=status, source="demonstration")).status_code == 201
    here, there = "/v1/municipalities/3200008/indicators/homicide", "/v1/countries/GT/indicators/homicide"
    span = {"from": "2022-01", "to": "2022-04"}

    async def reasons(client: httpx.AsyncClient, path: str, **query: str) -> list[tuple[str, int, int]]:
        points = (await client.get(f"{path}/series", params=query)).json()["points"]
        return [(p["reason"], p["missing"], p["suppressed"]) for p in points]

    for boundary in ("then", "now"):
        months = await reasons(mixco, here, by="month", boundary=boundary, **span)
        assert months == [("missing", 1, 0), ("suppressed", 0, 1), *[("not-reported", 0, 0)] * 2], boundary
    assert await reasons(mixco, here, by="quarter", **span) == [("suppressed", 0, 1), ("missing", 1, 0)]
    assert await reasons(mixco, here, by="year", fiscal_year_start="7", **span) == [("suppressed", 0, 1)]
    assert (await reasons(gt, there, by="month", **span))[0] == ("not-reported", 1, 1), "some say why, most do not"
    for by, key in (("municipality", 3200008), ("admin1", 32001), ("association", 2)):
        table = (await gt.get(f"{there}/table", params={"period": "2022-02", "by": by, "limit": 200, "sort": "key"})).json()
        rows = {row["id"]: (row["missing"], row["suppressed"]) for row in table["items"]}
        assert (rows[key], table["total"]["suppressed"], table["total"]["reason"]) == ((0, 1), 1, "not-reported")
    known = {"known_at": (await gt.get(f"{there}/series")).json()["as_known_at"]}
    assert (await put(world, "gt", "3200008", "homicide 2022-03", value=0, source="demonstration")).status_code == 201
    assert (await reasons(mixco, here, by="month", **span))[:3] == [("missing", 1, 0), ("suppressed", 0, 1), ("no-population", None, None)]
    assert await reasons(mixco, here, by="year", **{"from": "2022", "to": "2022"}) == [("no-population", None, None)]
    (glance,) = (await mixco.get("/v1/municipalities/3200008/indicators/latest")).json()["items"]
    before, year = glance["month_before"], glance["year"]
    assert (before["period"], before["reason"], before["missing"], year["missing"]) == ("2022-02", "suppressed", 0, None)
    assert (await reasons(mixco, here, by="month", **span, **known))[2] == ("not-reported", 0, 0)
