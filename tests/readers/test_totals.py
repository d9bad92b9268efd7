"""Every file, through the real door: rows in, what became of each, and the totals that its publisher would recognise."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World
from tests.readers.totals import INVENTED, REAL, Expected, asked
from tests.routers.indicator.test_imports import DATA, send

COUNTED = ("rows_in", "rows_stored", "rows_summed", "rows_parked", "rows_refused", "rows_ignored")


async def faults(world: World, folder: Path, table: list[Expected]) -> list[str]:
    """What of the table does not come out, each file being sent twice: the second time changes nothing."""
    wrong = []
    for row in table:
        client = await world.who(row.who)
        once = (await send(client, folder / row.file, row.kind, **row.asked, accept_warnings="true"))["report"]
        again = (await send(client, folder / row.file, row.kind, **row.asked, accept_warnings="true"))["report"]
        codes = {e["code"]: e["count"] for e in once["errors"] + once["ignored"]}
        totals = {code: {year: pytest.approx(total) for year, total in years.items()} for code, years in row.totals.items()}
        said: dict[str, tuple[Any, Any]] = {
            "rows": (tuple(once[c] for c in COUNTED), row.rows),
            "accounted": (once["rows_in"], sum(once[c] for c in (*COUNTED[1:], "rows_superseded"))),
            "codes": (codes, row.codes),
            "totals": (once["totals"], totals),
            "again": (tuple(again[c] for c in ("created", "changed", "unchanged", "kept")), (0, 0, once["values"], 0)),
        }
        wrong += [f"{row.file}: {what}: {found}, not {meant}" for what, (found, meant) in said.items() if found != meant]
    return wrong


async def test_every_invented_file_comes_out_as_the_table_says(world: World) -> None:
    assert not (wrong := await faults(world, DATA, INVENTED)), "\n".join(wrong)


async def test_every_real_file_comes_out_as_the_table_says(world: World, shared: Path) -> None:
    named = {row.file for row in REAL}
    there = {f.relative_to(shared).as_posix() for folder in ("raw", "indicators") for f in (shared / folder).iterdir()}
    assert named == there, "a file that is in no row of the table, or a row without a file"
    assert not (wrong := await faults(world, shared, REAL)), "\n".join(wrong)
    sin = (await (await world.who("mx")).get("/v1/countries/MX/indicators/homicide/series", params={"source": "mx-sinaloa"})).json()
    assert [p["count"] for p in sin["points"]] == [798, 711]
    sinaloa = (await asyncio.to_thread((shared / REAL[3].file).read_text, "utf-8")).splitlines(keepends=True)
    called = sinaloa[0].replace("Homicidio doloso", "Doloso").replace("Total", "Homicidio doloso")
    lying = await send(await world.who("mx"), "".join([called, *sinaloa[1:]]).encode(), **REAL[3].asked)
    warned = [w for w in lying["report"]["warnings"] if w["code"] == "unlike-known"]
    assert (lying["state"], [w["period"] for w in warned]) == ("held", ["2024", "2025"]), "a file that calls all offences homicides"


async def test_names_that_two_countries_have_are_told_apart_and_add_up(world: World) -> None:
    region = await world.who("region")
    how = asked("prensa-grafica-2011", "prensa-grafica-2011")
    await send(region, DATA / "departments_invented.csv", **how)
    await send(region, DATA / "departments_invented.csv", **how)
    parked = {(p["code"], p["name"]): p for p in (await region.get("/v1/parked")).json()["items"]}
    assert sorted(parked) == [("pop 50000", "COLON"), ("pop 60000", "Colón"), ("pop 70000", "La Paz"), ("pop 80000", "La Paz")]
    async with world.owner() as owner:
        keys = {r["code"]: r["id"] for r in await owner.fetch("select code, id from admin1")}
    assert str(keys["HN-LP"]) in " ".join(parked["pop 70000", "La Paz"]["candidates"])
    for place, meant in ((("pop 70000", "La Paz"), "HN-LP"), (("pop 80000", "La Paz"), "SV-PA")):
        answer = await region.post(f"/v1/parked/{parked[place]['id']}/assign", json={"territory": meant})
        assert (answer.status_code, answer.json()["assigned_territory_id"]) == (200, keys[meant])
    again = (await send(region, DATA / "departments_invented.csv", **how))["report"]
    assert (again["rows_parked"], again["created"], again["unchanged"]) == (2, 0, 5)
    values = (await region.get("/v1/countries/SV/observations", params={"source": "prensa-grafica-2011"})).json()["items"]
    assert {o["territory"]: (o["value"], o["territory_kind"]) for o in values} == {"Chalatenango": (10, "admin1"), "La Paz": (16, "admin1")}


async def test_two_names_of_one_file_for_one_place_add_up_once(world: World) -> None:
    gt = await world.who("gt")
    text = "indicator,period,value,country,admin1,name\n" + "".join(
        f"homicide,2023-0{month},{value},GT,GT-01,{name}\n"
        for month, value, name in ((1, 3, "Mixko"), (1, 4, "Mixco Centro"), (2, 5, "Mixko"))
    )
    how = asked("long", "demonstration")
    await send(gt, text.encode(), **how)
    parked = (await gt.get("/v1/parked")).json()["items"]
    for each in (*parked, *parked):
        assert (await gt.post(f"/v1/parked/{each['id']}/assign", json={"municipality": "gt-ine:0108"})).status_code == 200
    values = (await gt.get("/v1/municipalities/gt-ine:0108/observations", params={"source": "demonstration", "from": "2023-01-01"})).json()
    assert {(o["period"], o["value"], tuple(o["row_numbers"])) for o in values["items"] if o["import_id"]} == {
        ("2023-01", 7, (2, 3)),
        ("2023-02", 5, (4,)),
    }
    again = (await send(gt, text.encode(), **how))["report"]
    assert [again[k] for k in ("rows_refused", "rows_parked", "changed", "unchanged")] == [0, 0, 0, 2], "the next file of that layout too"


async def test_a_word_for_a_place_that_stands_in_the_file_itself_adds_up_with_it(world: World) -> None:
    gt, how = await world.who("gt"), asked("long", "demonstration")
    header = "indicator,period,value,country,admin1,name\n"
    text = header + "homicide,2023-01,3,GT,GT-01,Mixco\nhomicide,2023-01,4,GT,GT-01,Mixco Zona 1\n"
    await send(gt, text.encode(), **how)
    [parked] = (await gt.get("/v1/parked")).json()["items"]
    assert "3200008 Mixco (GT-01)" in parked["candidates"]
    assert (await gt.post(f"/v1/parked/{parked['id']}/assign", json={"municipality": "gt-ine:0108"})).status_code == 200
    lists = [(await gt.get("/v1/parked", params=said)).json()["items"] for said in ({}, {"assigned": True})]
    assert [[p["id"] for p in items] for items in lists] == [[], [parked["id"]]]
    again = (await send(gt, text.encode(), **how))["report"]
    assert [again[k] for k in ("rows_refused", "changed", "unchanged", "rows_summed")] == [0, 0, 1, 2]
    twice = (await send(gt, (text + "homicide,2023-01,5,GT,GT-01,Mixco\n").encode(), **how))["report"]
    assert [(e["code"], e["count"]) for e in twice["errors"]] == [("stated-twice", 3)], "a word that is said twice is wrong once"
