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


async def test_every_list_of_figures_is_described(region: World) -> None:
    public, gt = await region.who(), await region.who("gt")
    for name in ("observations", "populations"):
        said = (await public.get(f"/v1/csvw/{name}")).json()
        header = (await gt.get(f"/v1/countries/GT/{name}", params={"format": "csv"})).text.splitlines()[0]
        assert ",".join(c["name"] for c in said["tableSchema"]["columns"]) == header
    assert (await public.get("/v1/csvw/nothing")).status_code == 404
