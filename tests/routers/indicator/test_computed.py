"""What this service counts itself: municipalities that report, by quarter and year, at every level, as known when."""

from typing import Any

import pytest

from api.domain.indicator.computed import COMPUTED, SOURCE
from migrations.catalogues import rows_of
from tests.conftest import World
from tests.routers.indicator.facts import keep

CODE = "municipalities-reporting"
HN: dict[str, Any] = {"params": {"source": "hn-observatorio"}}


def at(place: str, period: str, indicator: str = "homicide") -> str:
    return f"/v1/territories/{place}/observations/{indicator}/{period}"


async def counted(who: Any, level: str, **query: str) -> dict[str, float | None]:
    answer = await who.get(f"{level}/indicators/{CODE}/series", params={"by": "quarter"} | query)
    assert answer.status_code == 200, answer.text
    return {p["period"]: p["value"] for p in answer.json()["points"]}


def test_the_files_name_what_is_counted_here() -> None:
    assert {r["code"] for r in rows_of("indicators") if r["origin"] == "computed"} == {code for c in COMPUTED for code in c.indicators}
    assert [r["code"] for r in rows_of("sources") if r["kind"] == "computed"] == ["computed"]
    assert [int(str(r["id"])) for r in rows_of("sources") if r["kind"] == "computed"] == [SOURCE]


async def test_municipalities_that_report_are_counted_by_quarter_at_every_level(world: World) -> None:
    hn, region = await world.who("hn"), await world.who("region")
    stated = [("hn-ine:0101", "2022-01"), ("hn-ine:0101", "2022-02"), ("hn-ine:0801", "2022-Q1"), ("hn-ine:0801", "2022-06")]
    # Those of a year, of a country and of what could not be placed say nothing of a municipality's quarter.
    stated += [("hn-ine:0501", "2022"), ("HN", "2022-01"), ("unspecified:HN-AT", "2022-01")]
    for place, period in stated:
        assert (await hn.put(at(place, period), json={"value": 0}, **HN)).status_code == 201
    assert await counted(hn, "/v1/countries/HN") == {"2022-Q1": 2, "2022-Q2": 1}
    assert await counted(hn, "/v1/countries/HN", by="year") == {"2022": 3}
    assert await counted(region, "/v1/region") == {"2022-Q1": 2, "2022-Q2": 1}
    assert await counted(hn, "/v1/municipalities/hn-ine:0101") == {"2022-Q1": 1}
    table = await hn.get(f"/v1/countries/HN/indicators/{CODE}/table", params={"period": "2022-Q1", "by": "admin1"})
    assert sorted(row["value"] for row in table.json()["items"] if row["value"]) == [1, 1]


async def test_what_is_counted_here_has_a_rate_only_where_it_is_said_against_what(world: World) -> None:
    hn = await world.who("hn")
    assert (await hn.put(at("hn-ine:0101", "2022-01"), json={"value": 1}, **HN)).status_code == 201
    place = (await hn.get("/v1/municipalities/hn-ine:0101")).json()["id"]
    async with world.owner() as owner:
        await keep(owner, [], [(place, 2020, "censo", 200_000)])
    answers = [f"/v1/countries/HN/indicators/{CODE}/{path}" for path in ("series", "table?period=2022&sort=-rate")]
    [point] = (await hn.get(answers[0])).json()["points"]
    total = (await hn.get(answers[1])).json()["total"]
    glance = (await hn.get("/v1/countries/HN/indicators/latest")).json()["items"]
    [year] = [item["year"] for item in glance if item["indicator"] == CODE]
    for each in (point, total, year):
        assert (each["count"], each["population"], each["rate"], each["low"], each["reason"]) == (1, None, None, None, "no-denominator")
    homicide = (await hn.get("/v1/countries/HN/indicators/homicide/series")).json()["points"]
    assert [p["population"] for p in homicide] == [pytest.approx(16_666.6667)]
    async with world.owner() as owner:
        await owner.execute("update indicator set denominator = 'population' where code = $1", CODE)
    assert [p["reason"] for p in (await hn.get(answers[0])).json()["points"]] == [None]


async def test_what_is_taken_back_is_counted_no_more_and_was_known_then(world: World) -> None:
    hn = await world.who("hn")
    first = await hn.put(at("hn-ine:0101", "2022-01"), json={"value": 3}, **HN)
    await hn.put(at("hn-ine:0801", "2022-02"), json={"value": 1}, **HN)
    series = f"/v1/countries/HN/indicators/{CODE}/series?by=quarter"
    before = (await hn.get(series)).json()
    kept = await hn.get(series, params={"known_at": before["as_known_at"]})
    etag = {"If-Match": first.headers["etag"]}
    gone = await hn.put(at("hn-ine:0101", "2022-01"), json={"value": None, "status": "M"}, headers=etag, **HN)
    assert gone.status_code == 200
    assert await counted(hn, "/v1/countries/HN") == {"2022-Q1": 1}
    assert await counted(hn, "/v1/municipalities/hn-ine:0101") == {}
    then = await hn.get(series, params={"known_at": before["as_known_at"]})
    assert then.content == kept.content
    assert [p["value"] for p in then.json()["points"]] == [2]
    again = await hn.put(at("hn-ine:0101", "2022-01"), json={"value": 5}, headers={"If-Match": gone.headers["etag"]}, **HN)
    assert again.status_code == 200
    assert await counted(hn, "/v1/countries/HN") == {"2022-Q1": 2}


async def test_nobody_states_what_is_counted_here_and_lists_leave_it_out(world: World) -> None:
    hn = await world.who("hn")
    refused = await hn.put(at("hn-ine:0101", "2022-Q1", CODE), json={"value": 1}, **HN)
    assert (refused.status_code, refused.json()["code"]) == (422, "indicator-computed")
    feigned = await hn.put(at("hn-ine:0101", "2022-Q1"), params={"source": "computed"}, json={"value": 1})
    assert (feigned.status_code, feigned.json()["code"]) == (422, "source-computed")
    sent = await hn.post("/v1/imports/observations", params={"reader": "sesnsp", "source": "computed"}, content=b"x")
    assert (sent.status_code, sent.json()["code"]) == (422, "source-computed")
    await hn.put(at("hn-ine:0101", "2022-01"), json={"value": 3}, **HN)
    assert [o["indicator"] for o in (await hn.get("/v1/countries/HN/observations")).json()["items"]] == ["homicide"]
    one = await hn.get(at("hn-ine:0101", "2022-Q1", CODE), params={"source": "computed"})
    assert (one.status_code, one.json()["value"], one.json()["territory"]) == (200, 1, "La Ceiba")
    page = (await hn.get("/v1/changes", params={"limit": 1000})).json()
    told = page["items"]
    while page["more"]:
        page = (await hn.get("/v1/changes", params={"limit": 1000, "cursor": page["next"]})).json()
        told += page["items"]
    place = (await hn.get("/v1/municipalities/hn-ine:0101")).json()["id"]
    bodies = [(c["thing"], c["municipality_id"], c["body"]["values"]) for c in told if c["noun"] == "computed"]
    assert bodies == [(CODE, place, 1), (CODE, place, 1)], "its quarter and its year"


async def test_what_is_invented_or_only_drafted_was_not_reported(world: World) -> None:
    gt = await world.who("gt")
    assert (await gt.put(at("3200008", "2022-01"), params={"source": "demonstration"}, json={"value": 3})).status_code == 201
    assert await counted(gt, "/v1/countries/GT") == {}
    draft = await (await world.who("comures")).put(at("2220001", "2025-01"), params={"source": "un-homicide"}, json={"value": 3})
    assert (draft.status_code, draft.json()["assisted"]) == (201, True)
    assert await counted(await world.who("sv"), "/v1/countries/SV") == {}


async def test_what_lies_behind_a_count_is_what_it_was_counted_of(world: World) -> None:
    hn = await world.who("hn")
    for period in ("2022-01", "2022-02", "2022-06"):
        assert (await hn.put(at("hn-ine:0101", period), json={"value": 0}, **HN)).status_code == 201
    asked = {"indicator": CODE, "from": "2022-Q1", "to": "2022-Q1"}
    lines = {o["period"]: o for o in (await hn.get("/v1/municipalities/hn-ine:0101/lineage", params=asked)).json()["items"]}
    assert lines.keys() == {"2022", "2022-Q1"}
    line = lines["2022-Q1"]
    assert (line["source"], line["value"], line["imported"], line["recorded_at"] is not None) == ("computed", 1, None, True)
    behind = (await hn.get(line["counted_from"])).json()["items"]
    assert [o["period"] for o in behind] == ["2022-01", "2022-02"]
    of_homicide = {"indicator": "homicide", "to": "2022-01"}
    [stated] = (await hn.get("/v1/municipalities/hn-ine:0101/lineage", params=of_homicide)).json()["items"]
    assert stated["counted_from"] is None
