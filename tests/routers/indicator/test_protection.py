"""Values of sensitive indicators outside one's own write scope: what no list, feed, report or file tells."""

from typing import Any

import pytest

from tests.conftest import World

YEAR = "/v1/municipalities/3200008/observations/sexual-offence/2022"
HERE: dict[str, Any] = {"params": {"source": "demonstration"}}
OF_IT = {"indicator": "sexual-offence"}
READERS = ("anam",)
WRITERS = ("mixco", "gt", "region")


async def stated(world: World, value: int = 7, at: str = YEAR) -> None:
    assert (await (await world.who("mixco")).put(at, json={"value": value}, **HERE)).status_code == 201


async def test_lists_show_the_value_to_who_may_write_it(world: World) -> None:
    await stated(world)
    for name in (*WRITERS, *READERS):
        client = await world.who(name)
        for path in ("/v1/municipalities/3200008/observations", "/v1/associations/2/observations"):
            listed = await client.get(path, params=OF_IT)
            if name == "mixco" and "associations" in path:
                assert len(listed.json()["items"]) == 1
            (item,) = listed.json()["items"]
            assert (item["value"], item["status"]) == ((7, "A") if name in WRITERS else (None, "Q")), (name, path)
        one = (await client.get(YEAR, **HERE)).json()
        assert one["value"] == (7 if name in WRITERS else None)


@pytest.mark.parametrize("form", ["csv", "ndjson"])
async def test_files_show_no_more_than_lists(world: World, form: str) -> None:
    await stated(world, 1234567)
    path = "/v1/associations/2/observations"
    assert "1234567" in (await (await world.who("gt")).get(path, params=OF_IT | {"format": form})).text
    hidden = (await (await world.who("anam")).get(path, params=OF_IT | {"format": form})).text
    assert "sexual-offence" in hidden
    assert "1234567" not in hidden


async def test_the_feed_tells_that_it_changed_and_not_what_to(world: World) -> None:
    await stated(world, 1234567)
    for name, told in (("mixco", True), ("gt", True), ("anam", False)):
        items: list[Any] = []
        piece = {"more": True, "next": ""}
        while piece["more"]:
            query = {"limit": 1000} | ({"cursor": piece["next"]} if piece["next"] else {})
            piece = (await (await world.who(name)).get("/v1/changes", params=query)).json()
            items += piece["items"]
        (change,) = [i for i in items if i["noun"] == "observation"]
        assert (change["body"]["value"] is not None) is told, name
        assert ("1234567" in str(change)) is told


async def test_a_rate_made_of_a_sensitive_count_is_sensitive_too(world: World) -> None:
    gt = await world.who("gt")
    named = {f"label_{language}": "Tasa" for language in ("en", "es", "pt")}
    rate = named | {"code": "gt-tasa", "country_id": 320, "unit": "per-100k", "numerator": "sexual-offence", "direction": "down"}
    rate |= {"adds_over_time": "none", "adds_over_area": "none"}
    assert (await gt.post("/v1/indicators", json=rate)).status_code == 201
    await stated(world, 9, YEAR.replace("sexual-offence", "gt-tasa"))
    (item,) = (await (await world.who("anam")).get("/v1/associations/2/observations", params={"indicator": "gt-tasa"})).json()["items"]
    assert (item["value"], item["status"]) == (None, "Q")


async def test_an_association_sees_the_drafts_it_made(world: World) -> None:
    comures, reader = await world.who("comures"), await world.who("reader")
    at = YEAR.replace("3200008", "2220001").replace("2022", "2025")
    made = await comures.put(at, json={"value": 4}, **HERE)
    assert (made.status_code, made.json()["value"], made.json()["assisted"]) == (201, 4, True)
    assert (await comures.get(at, **HERE)).json()["value"] == 4
    assert (await reader.get(at, **HERE)).json()["value"] is None


async def test_sums_of_a_level_are_whole_for_who_writes_all_of_it(world: World) -> None:
    await stated(world)
    async with world.owner() as owner:
        who = await owner.fetchval("select id from principal where email = 'reader@demo.example'")
    grant = {"principal_id": str(who), "role": "reader", "level": "region", "starts_on": "2024-01-01"}
    granted = await (await world.who("region")).post("/v1/grants", json=grant)
    assert granted.status_code == 201, granted.text
    query = {"by": "year", "from": "2022", "to": "2022"}
    for path, writer in (("region", "region"), ("countries/GT", "gt"), ("municipalities/gt-ine:0108", "mixco")):
        at = f"/v1/{path}/indicators/sexual-offence/series"
        whole, hidden = [(await (await world.who(name)).get(at, params=query)).json() for name in (writer, "reader")]
        assert (whole["protected"], whole["points"][0]["count"]) == (False, 7), path
        assert (hidden["protected"], hidden["points"][0]["count"]) == (True, None), path


MONTHS = "Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre"
FILE = f"Año,Cve. Municipio,Municipio,Subtipo de delito,{MONTHS}\n2020,11020,León,Homicidio doloso,3{',' * 11}\n"


async def test_reports_of_sensitive_files_are_for_who_may_write_there(world: World) -> None:
    mx, reader = await world.who("mx"), await world.who("reader")
    async with world.owner() as owner:
        who = await owner.fetchval("select id from principal where email = 'reader@demo.example'")
    grant = {"principal_id": str(who), "role": "reader", "level": "country", "unit": "MX", "starts_on": "2024-01-01"}
    assert (await (await world.who("region")).post("/v1/grants", json=grant)).status_code == 201
    query = {"reader": "sesnsp", "source": "sesnsp"}
    sent = await mx.post("/v1/imports/observations", params=query, content=FILE.encode(), headers={"Content-Type": "text/csv"})
    at, listed = f"/v1/imports/{sent.json()['id']}", "/v1/countries/MX/imports"
    assert [i["report"]["totals"] for i in (await reader.get(listed)).json()["items"]] == [{"homicide": {"2020": 3}}]
    async with world.owner() as owner:
        await owner.execute("update indicator set sensitive = true where code = 'homicide'")
    assert [(await c.get(at)).status_code for c in (mx, reader)] == [200, 404]
    assert [len((await c.get(listed)).json()["items"]) for c in (mx, reader)] == [1, 0]
    assert "3" not in (await reader.get(listed, params={"format": "ndjson"})).text
