"""What lies behind a figure: file and rows, who, when, what stood there before, and which residents."""

from pathlib import Path

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
