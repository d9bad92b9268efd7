"""Computed answers as files: the same rows as in JSON, with columns that explain themselves."""

import csv
import io
import json

import pytest

from tests.conftest import World

AT = "/v1/municipalities/3200008/observations/homicide/{}"
PATHS = {
    "series": ("/v1/countries/GT/indicators/homicide/series", {"from": "2021", "to": "2022"}, "points"),
    "table": ("/v1/countries/GT/indicators/homicide/table", {"period": "2022", "by": "admin1"}, "items"),
}


@pytest.mark.parametrize("name", PATHS)
async def test_a_file_holds_what_the_answer_holds(world: World, name: str) -> None:
    gt = await world.who("gt")
    assert (await gt.put(AT.format("2022"), json={"value": 4}, params={"source": "demonstration"})).status_code == 201
    path, query, rows = PATHS[name]
    whole = (await gt.get(path, params=query)).json()
    lines = (await gt.get(path, params=query | {"format": "ndjson"})).text.splitlines()
    assert [{k: v for k, v in json.loads(line).items() if k in whole[rows][0]} for line in lines] == whole[rows]
    answer = await gt.get(path, params=query, headers={"Accept": "text/csv"})
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert [r["period"] for r in found] == [r["period"] for r in whole[rows]]
    assert [r["count"] for r in found] == ["" if r["count"] is None else str(r["count"]) for r in whole[rows]]
    assert {r["sources"] for r in found} == {"demonstration"}
    assert {r["estimated"] for r in found} == {"false"}
    described = answer.headers["link"].rpartition("<")[2].partition(">")[0]
    said = (await (await world.who()).get(described)).json()
    assert [c["name"] for c in said["tableSchema"]["columns"]] == answer.text.splitlines()[0].split(",")
    units = {c["name"]: c.get("schema:unitText") for c in said["tableSchema"]["columns"]}
    assert (units["population"], units["rate"]) == ("residents", "per 100,000 residents in the period")
    assert all(c["datatype"] in ("string", "double", "integer", "boolean", "dateTimeStamp") for c in said["tableSchema"]["columns"])


async def test_what_is_published_stands_in_a_file_too_and_a_page_leads_on(world: World) -> None:
    gt, query = await world.who("gt"), {"from": "2022", "to": "2022"}
    for place, value in (("GT", 50), ("3200008", 4), ("3200009", 1)):
        at, here = f"/v1/territories/{place}/observations/homicide/2022", {"source": "demonstration"}
        assert (await gt.put(at, json={"value": value}, params=here)).status_code == 201
    level = "/v1/countries/GT/indicators/homicide"
    (row,) = csv.DictReader(io.StringIO((await gt.get(f"{level}/series", params=query | {"format": "csv"})).text))
    assert row["published"] == "demonstration/homicide=50.0"
    page = {"period": "2022", "limit": "2", "format": "ndjson"}
    first = await gt.get(f"{level}/table", params=page)
    link = first.headers["link"]
    assert link.endswith('rel="next"')
    following = await gt.get(link.partition("<")[2].partition(">")[0])
    ids = [json.loads(line)["id"] for answer in (first, following) for line in answer.text.splitlines()]
    assert len(set(ids)) == len(ids) == 4


async def test_a_glance_and_a_gap_are_files_too(world: World) -> None:
    gt, public = await world.who("gt"), await world.who()
    for period, source in (("2021", "demonstration"), ("2022-02", "demonstration"), ("2022-02", "sesnsp")):
        assert (await gt.put(AT.format(period), json={"value": 4}, params={"source": source})).status_code == 201
    glance = "/v1/countries/GT/indicators/latest"
    items = (await gt.get(glance)).json()["items"]
    whole = [(i["indicator"], i[which]) for i in items for which in ("year", "year_before", "month", "month_before") if i[which]]
    lines = [json.loads(line) for line in (await gt.get(glance, params={"format": "ndjson"})).text.splitlines()]
    assert [(line["indicator"], {k: line[k] for k in point}) for line, (_, point) in zip(lines, whole, strict=True)] == whole
    gap = "/v1/countries/GT/indicators/homicide/gap"
    query = {"source": "sesnsp", "against": "demonstration", "by": "month"}
    for path, said, rows in ((glance, {}, len(whole)), (gap, query, len((await gt.get(gap, params=query)).json()["points"]))):
        answer = await gt.get(path, params=said | {"format": "csv"})
        assert len(list(csv.DictReader(io.StringIO(answer.text)))) == rows > 0
        described = answer.headers["link"].rpartition("<")[2].partition(">")[0]
        columns = (await public.get(described)).json()["tableSchema"]["columns"]
        assert [c["name"] for c in columns] == answer.text.splitlines()[0].split(",")


async def test_every_list_of_figures_is_described(region: World) -> None:
    public, gt = await region.who(), await region.who("gt")
    for name in ("observations", "populations"):
        said = (await public.get(f"/v1/csvw/{name}")).json()
        header = (await gt.get(f"/v1/countries/GT/{name}", params={"format": "csv"})).text.splitlines()[0]
        assert ",".join(c["name"] for c in said["tableSchema"]["columns"]) == header
    assert (await public.get("/v1/csvw/nothing")).status_code == 404
