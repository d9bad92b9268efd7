"""A file goes in, the right totals come out, and every row is accounted for."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import World

DATA = Path(__file__).parents[2] / "data"
SESNSP = {"reader": "sesnsp", "source": "sesnsp"}


async def send(client: httpx.AsyncClient, file: Path | bytes, kind: str = "observations", **query: Any) -> dict[str, Any]:
    body = file if isinstance(file, bytes) else await asyncio.to_thread(file.read_bytes)
    answer = await client.post(f"/v1/imports/{kind}", params=query or SESNSP, content=body, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert report["rows_used"] == report["rows_stored"] + report["rows_summed"]
    assert report["rows_in"] == sum(report[f"rows_{c}"] for c in ("used", "superseded", "parked", "refused", "ignored")), report
    kept = report["created"] + report["changed"] + report["unchanged"] + report["kept"]
    assert kept == (0 if answer.json()["state"] == "held" else report["values"]), report
    return answer.json()


async def test_an_invented_file_from_dry_run_to_series(world: World) -> None:
    mx = await world.who("mx")
    checked = await send(mx, DATA / "sesnsp_invented.csv", **SESNSP, dry_run=True)
    assert (checked["state"], checked["report"]["created"]) == ("checked", 44)
    assert (await mx.get("/v1/countries/MX/observations")).json()["items"] == []
    done = await send(mx, DATA / "sesnsp_invented_latin1.csv")
    report = done["report"]
    assert [report[k] for k in ("rows_in", "rows_used", "rows_parked", "rows_refused", "rows_ignored", "codes_healed")] == [
        11,
        5,
        1,
        3,
        2,
        1,
    ]
    assert (report["rows_stored"], report["rows_summed"]) == (3, 2)
    assert {e["code"]: e["rows"] for e in report["ignored"]} == {"other-indicator": [5], "blank-row": [11]}
    assert report["totals"] == {"homicide": {"2023": 16.0}, "unintentional-homicide": {"2023": 10.0}}
    assert {e["code"]: e["rows"] for e in report["errors"]} == {
        "place-unknown": [12],
        "columns-short": [10],
        "number-invalid": [8],
        "value-negative": [9],
    }
    months = (await mx.get("/v1/municipalities/mx-inegi:11020/indicators/homicide/series", params={"by": "month"})).json()["points"]
    assert [p["count"] for p in months] == [3, 1, 0, 3, 2, 1, 0, 2, 1, 1]
    assert {p["reason"] for p in months} == {"no-population"}
    again = await send(mx, DATA / "sesnsp_invented.csv")
    assert [again["report"][k] for k in ("created", "changed", "unchanged")] == [0, 0, 44]


async def test_residents_by_name_and_the_rate_of_a_part_of_a_year(world: World) -> None:
    mx = await world.who("mx")
    await send(mx, DATA / "sesnsp_invented.csv")
    taken = await send(mx, DATA / "residents_invented.csv", "populations", year=2020, source="censo", country="MX", admin1="MX-GUA")
    assert [taken["report"][k] for k in ("rows_in", "rows_used", "rows_parked", "rows_refused")] == [4, 2, 1, 1]
    point = (await mx.get("/v1/municipalities/mx-inegi:11020/indicators/homicide/series")).json()["points"][0]
    # 14 in ten reported months of 100,000 residents: the months that did not report are in neither sum.
    assert (point["count"], point["reported_months"], point["population"]) == (14, 10, pytest.approx(83_333.3333, abs=0.01))
    assert (point["rate"], point["unstable"]) == (pytest.approx(16.8), True)


async def test_a_year_that_a_file_takes_back_is_told_no_more_and_a_part_of_one_is(world: World) -> None:
    gt = await world.who("gt")
    head, long = "indicator,period,value,status,scheme,code\n", {"reader": "long", "source": "mx-sinaloa"}
    months = [(code, f"{year}-{m:02}") for code in ("0108", "0101") for year in (2021, 2022) for m in (1, 2)]
    await send(gt, (head + "".join(f"homicide,{on},4,,gt-ine,{code}\n" for code, on in months)).encode(), **long)
    gone = [("0108", "2022-01"), ("0108", "2022-02"), ("0101", "2022-02")]
    taken = await send(gt, (head + "".join(f"homicide,{on},,M,gt-ine,{code}\n" for code, on in gone)).encode(), **long)
    assert taken["report"]["changed"] == 3
    for code, counts in (("0108", [8]), ("0101", [8, 4])):
        series = await gt.get(f"/v1/municipalities/gt-ine:{code}/indicators/homicide/series")
        assert [p["count"] for p in series.json()["points"]] == counts


async def test_a_corrected_file_restates_and_keeps_what_stood_there(world: World) -> None:
    mx = await world.who("mx")
    first = await send(mx, DATA / "sesnsp_invented.csv")
    corrected = (DATA / "sesnsp_invented.csv").read_bytes().replace(b"fuego,2,1", b"fuego,5,1")
    second = await send(mx, corrected)
    assert [second["report"][k] for k in ("created", "changed", "unchanged")] == [0, 1, 43]
    async with world.owner() as owner:
        rows = await owner.fetch("select value, revision, import_id::text, replaced_import_id::text from observation_revision")
        assert [tuple(r) for r in rows] == [(3, 1, first["id"], second["id"])]
    january = (await mx.get("/v1/municipalities/mx-inegi:11020/observations", params={"indicator": "homicide", "to": "2023-01-31"})).json()[
        "items"
    ]
    assert [(o["value"], o["version"], o["row_numbers"], o["import_id"]) for o in january] == [(6, 2, [2, 3], second["id"])]


async def test_a_lost_answer_is_asked_for_again_with_its_key(world: World) -> None:
    mx = await world.who("mx")
    body, headers = (DATA / "sesnsp_invented.csv").read_bytes(), {"Content-Type": "text/csv", "Idempotency-Key": "upload-1"}
    first = await mx.post("/v1/imports/observations", params=SESNSP, content=body, headers=headers)
    again = await mx.post("/v1/imports/observations", params=SESNSP, content=body, headers=headers)
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, first.json(), "true")
    other = await mx.post("/v1/imports/observations", params=SESNSP, content=body + b"\n", headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    async with world.owner() as owner:
        await owner.execute(
            "update import set state = 'running'; delete from observation where period_on > '2023-03-01'; delete from figure"
        )
    finished = await mx.post("/v1/imports/observations", params=SESNSP, content=body, headers=headers)
    assert (finished.json()["state"], finished.json()["report"]["created"] > 0, finished.json()["id"]) == ("done", True, first.json()["id"])


async def test_places_that_are_not_yours_are_refused_row_by_row(world: World) -> None:
    gt = await world.who("gt")
    report = (await send(gt, DATA / "sesnsp_invented.csv"))["report"]
    assert (report["rows_used"], report["created"], report["rows_refused"]) == (0, 0, 8)
    assert {e["code"] for e in report["errors"]} >= {"place-not-yours"}


async def test_an_association_drafts_for_a_municipality_that_nobody_runs(world: World) -> None:
    """Two Guatemalan places take the codes of the invented file: one has nobody, the other, Mixco, a coordinator of its own."""
    text = (
        (DATA / "sesnsp_invented.csv").read_text(encoding="utf-8").replace("11020", "91020").replace("11001", "91001").replace(",x,", ",1,")
    )
    comures, anam, gt = await world.who("comures"), await world.who("anam"), await world.who("gt")
    async with world.owner() as owner:
        unmanned = await owner.fetchval(
            """select municipality_id from affiliation where association_id = 2 and state = 'confirmed' and ends_on is null
               and app.unmanned(municipality_id, current_date) order by 1 limit 1"""
        )
        manned = await owner.fetchval("select app.municipality_of('gt-ine:0108')")
        for code, place in (("91020", unmanned), ("91001", manned)):
            await owner.execute(
                "insert into external_id values ('municipality', 'mx-inegi', $1, $2::text, 320, $3)", code, str(place), place
            )
            await owner.execute(
                "update municipality set external_ids = external_ids || jsonb_build_object('mx-inegi', $1::text) where id = $2", code, place
            )
    report = (await send(anam, text.encode()))["report"]
    assert {e["code"]: e["rows"] for e in report["errors"]}["place-not-yours"] == [6, 7, 8]
    assert report["created"] == 20
    drafts = (await anam.get(f"/v1/municipalities/{unmanned}/observations")).json()["items"]
    assert {o["assisted"] for o in drafts} == {True}
    series = f"/v1/municipalities/{unmanned}/indicators/homicide/series"
    assert (await gt.get(series)).json()["points"] == []
    stated = (await send(gt, text.encode()))["report"]
    assert stated["changed"] == 20
    assert (await gt.get(series)).json()["points"][0]["count"] == 14
    again = (await send(anam, text.replace("fuego,2", "fuego,7").encode()))["report"]
    assert (again["changed"], again["unchanged"]) == (0, 20)
    assert (await comures.get(series)).status_code == 404


async def test_an_import_is_seen_by_whoever_sent_it_and_by_its_country(world: World) -> None:
    mx, gt = await world.who("mx"), await world.who("gt")
    done = await send(mx, DATA / "sesnsp_invented.csv")
    assert (await mx.get(f"/v1/imports/{done['id']}")).json() == done
    assert [i["id"] for i in (await mx.get("/v1/countries/MX/imports")).json()["items"]] == [done["id"]]
    assert (await gt.get(f"/v1/imports/{done['id']}")).status_code == 404
    assert done["id"] not in {i["id"] for i in (await gt.get("/v1/imports")).json()["items"]}


async def test_the_layouts_are_public_with_their_columns(region: World) -> None:
    found = {layout["reader"]: layout for layout in (await (await region.who()).get("/v1/readers")).json()}
    assert {"sesnsp", "long", "names-wide", "names-long", "pa-victims"} <= found.keys()
    assert found["sesnsp"]["columns"]["code"] == ["Cve. Municipio"]
    assert (found["long"]["lines"], found["long"]["strict"], found["names-long"]["told"]) == (True, True, ["country"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"reader": "nope", "source": "sesnsp"}, "reader-unknown"),
        ({"reader": "sesnsp", "source": "nope"}, "source-unknown"),
        ({"reader": "names-long", "source": "sesnsp"}, "country-unknown"),
        ({"reader": "names-long", "source": "sesnsp", "country": "XX"}, "country-unknown"),
        ({"reader": "names-long", "source": "sesnsp", "country": "MX", "admin1": "GT-01"}, "admin1-unknown"),
    ],
)
async def test_what_is_not_known_is_named(region: World, query: dict[str, str], code: str) -> None:
    answer = await (await region.who("mx")).post(
        "/v1/imports/observations", params=query, content=b"x", headers={"Content-Type": "text/csv"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_empty_file_is_refused(region: World) -> None:
    answer = await (await region.who("mx")).post(
        "/v1/imports/observations", params=SESNSP, content=b"", headers={"Content-Type": "text/csv"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "file-empty")


async def test_a_form_around_the_file_is_refused(region: World) -> None:
    answer = await (await region.who("mx")).post("/v1/imports/observations", params=SESNSP, files={"file": b"A\n1\n"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


async def test_the_real_guanajuato_files(world: World, shared: Path) -> None:
    mx = await world.who("mx")
    for name in ("mx_sesnsp_guanajuato_homicidios_2020_2021_utf8.csv", "mx_sesnsp_guanajuato_homicidios_2022_latin1.csv"):
        report = (await send(mx, shared / "raw" / name))["report"]
        assert (report["rows_refused"], report["rows_parked"], report["rows_ignored"]) == (0, 0, 0)
    await send(
        mx,
        shared / "raw" / "mx_guanajuato_poblacion_municipal.csv",
        "populations",
        year=2020,
        source="censo",
        country="MX",
        admin1="MX-GUA",
    )

    async def counts(level: str, indicator: str) -> list[float]:
        answer = await mx.get(f"/v1/{level}/indicators/{indicator}/series")
        return [p["count"] for p in answer.json()["points"]]

    assert await counts("countries/MX", "homicide") == [3359, 2823, 2634]
    assert await counts("countries/MX", "unintentional-homicide") == [1581, 850, 879]
    assert await counts("municipalities/mx-inegi:11020", "homicide") == [633, 709, 616]
    country = (await mx.get("/v1/countries/MX/indicators/homicide/series")).json()
    assert {(p["reported"], p["expected"]) for p in country["points"]} == {(46, 2471)}
    assert [s["counting_unit"] for s in country["sources"]] == ["offences"]
    assert [country["source"]] == country["sources"]
    leon = (await mx.get("/v1/municipalities/mx-inegi:11020/indicators/homicide/series", params={"from": "2022", "to": "2022"})).json()[
        "points"
    ]
    assert [round(p["rate"], 2) for p in leon] == [35.79]
    gt = await world.who("gt")
    strange, nowhere = (
        await gt.get("/v1/countries/MX/indicators/homicide/series"),
        await gt.get("/v1/countries/XX/indicators/homicide/series"),
    )
    assert strange.status_code == nowhere.status_code == 404
    assert {k: v for k, v in strange.json().items() if k != "request_id"} == {k: v for k, v in nowhere.json().items() if k != "request_id"}
