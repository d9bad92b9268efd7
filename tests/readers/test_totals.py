"""Every file, through the real door: rows in, what became of each, and the totals that its publisher would recognise."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World
from tests.routers.indicator.test_imports import send

DATA = Path(__file__).parents[1] / "data"
GUA = {"country": "GT", "admin1": "GT-01"}


@dataclass(frozen=True)
class Expected:
    """One file, who sends it and how, and what must come of it."""

    file: str
    who: str
    asked: dict[str, str]
    rows: tuple[int, int, int, int, int, int]
    """In, stored, summed, parked, refused, ignored."""
    totals: dict[str, dict[str, float]]
    codes: dict[str, int] = field(default_factory=dict)
    """Reason -> how many rows were refused, parked or ignored for it."""
    kind: str = "observations"


def _asked(reader: str, source: str, **more: str) -> dict[str, str]:
    return {"reader": reader, "source": source} | more


INVENTED = [
    Expected(
        "sesnsp_invented.csv",
        "mx",
        _asked("sesnsp", "sesnsp"),
        (11, 3, 2, 1, 3, 2),
        {"homicide": {"2023": 16}, "unintentional-homicide": {"2023": 10}},
        {"place-unknown": 1, "columns-short": 1, "number-invalid": 1, "value-negative": 1, "other-indicator": 1, "blank-row": 1},
    ),
    Expected(
        "long_invented.csv",
        "gt",
        _asked("long", "demonstration"),
        (24, 7, 2, 1, 12, 2),
        {"homicide": {"2022": 20, "2023": 1240}, "homicide-rate": {"2022": 17.3}},
        {
            **{"place-unknown": 1, "count-not-whole": 1, "formula": 1, "period-invalid": 1, "indicator-unknown": 1},
            **{"indicator-computed": 1, "stated-twice": 2, "status-unknown": 1, "value-or-status": 1, "percent-over-100": 1},
            **{"dims-invalid": 1, "place-not-yours": 1, "blank-row": 1, "total-row": 1},
        },
    ),
    Expected("long_invented.ndjson", "gt", _asked("long", "demonstration"), (3, 3, 0, 0, 0, 0), {"homicide": {"2023": 3}}),
    Expected(
        "names_wide_invented.csv",
        "gt",
        _asked("names-wide", "demonstration", **GUA),
        (7, 4, 0, 1, 0, 2),
        {"homicide": {"2022": 1008}},
        {"place-unknown": 1, "total-row": 1, "note-line": 1},
    ),
    Expected(
        "names_years_invented.csv",
        "gt",
        _asked("names-wide", "demonstration", country="GT"),
        (3, 2, 0, 0, 1, 0),
        {"homicide": {"2019": 10, "2020": 12}, "suicide": {"2019": 1, "2020": 0, "2021": 2}},
        {"indicator-unknown": 1},
    ),
    Expected(
        "names_long_invented.csv",
        "gt",
        _asked("names-long", "demonstration", **GUA),
        (6, 3, 0, 1, 2, 0),
        {"homicide": {"2018": 3}},
        {"place-unknown": 1, "month-invalid": 1, "year-invalid": 1},
    ),
    Expected(
        "pa_victims_invented.csv",
        "region",
        _asked("pa-victims", "pa-datos-abiertos"),
        (8, 3, 2, 1, 1, 1),
        {"homicide": {"2023": 5}},
        {"place-unknown": 1, "breakdown-unknown": 1, "other-indicator": 1},
    ),
    Expected(
        "mx_sinaloa_invented.csv",
        "mx",
        _asked("mx-sinaloa", "mx-sinaloa"),
        (5, 3, 0, 1, 0, 1),
        {"homicide": {"2024": 8}, "unintentional-homicide": {"2024": 9}},
        {"place-unknown": 1, "total-row": 1},
    ),
    Expected(
        "un_homicide_invented.csv",
        "region",
        _asked("un-homicide", "un-homicide"),
        (4, 2, 0, 1, 1, 0),
        {"homicide": {"2011": 1010}, "homicide-rate": {"2011": 15.6}},
        {"place-unknown": 1, "place-aggregate": 1},
    ),
    Expected(
        "departments_invented.csv",
        "region",
        _asked("prensa-grafica-2011", "prensa-grafica-2011"),
        (8, 3, 0, 4, 1, 0),
        {"homicide": {"2010": 2019}},
        {"place-unknown": 4, "rate-differs": 1},
    ),
    Expected(
        "residents_invented.csv",
        "mx",
        {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"},
        (4, 2, 0, 1, 1, 0),
        {"population": {"2020": 120000}},
        {"place-unknown": 1, "population-missing": 1},
        "populations",
    ),
]
COUNTS = (12505, 11510, 11775, 10038, 10154, 10696, 11472, 11374, 11157, 11872, 13042, 14367, 14164, 15949, 18354, 18404, 17093)
RATES = (206.2, 181, 181.9, 154.8, 158.7, 179, 195.2, 196.5, 179.4, 190, 200.7, 217.3, 213.7, 237.2, 268.4, 276.1, 199.3)
UNITED_NATIONS: dict[str, dict[str, float]] = {
    indicator: {str(year): total for year, total in enumerate(totals, 1995)}
    for indicator, totals in (("homicide", COUNTS), ("homicide-rate", RATES))
}
REAL = [
    Expected(
        "raw/mx_sesnsp_guanajuato_homicidios_2020_2021_utf8.csv",
        "mx",
        _asked("sesnsp", "sesnsp"),
        (828, 0, 828, 0, 0, 0),
        {"homicide": {"2020": 3359, "2021": 2823}, "unintentional-homicide": {"2020": 1581, "2021": 850}},
    ),
    Expected(
        "raw/mx_sesnsp_guanajuato_homicidios_2022_latin1.csv",
        "mx",
        _asked("sesnsp", "sesnsp"),
        (414, 0, 414, 0, 0, 0),
        {"homicide": {"2022": 2634}, "unintentional-homicide": {"2022": 879}},
    ),
    Expected(
        "raw/mx_guanajuato_poblacion_municipal.csv",
        "mx",
        {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"},
        (46, 46, 0, 0, 0, 0),
        {"population": {"2020": 6166934}},
        kind="populations",
    ),
    Expected(
        "raw/mx_sinaloa_violencia_homicida_municipal_2024_2025.csv",
        "mx",
        _asked("mx-sinaloa", "mx-sinaloa"),
        (360, 324, 0, 36, 0, 0),
        {"homicide": {"2024": 798, "2025": 711}, "unintentional-homicide": {"2024": 613, "2025": 275}},
        {"place-unknown": 36},
    ),
    Expected(
        "raw/pa_homicidios_2023_victimas.csv",
        "region",
        _asked("pa-victims", "pa-datos-abiertos"),
        (556, 31, 525, 0, 0, 0),
        {"homicide": {"2023": 556}},
    ),
    Expected(
        "raw/ca_homicides_admin1_2010_nocountry.csv",
        "region",
        _asked("prensa-grafica-2011", "prensa-grafica-2011"),
        (93, 89, 0, 4, 0, 0),
        {"homicide": {"2010": 17699}},
        {"place-unknown": 4},
    ),
    Expected(
        "indicators/un_homicides_country_year.csv",
        "region",
        _asked("un-homicide", "un-homicide"),
        (118, 106, 0, 0, 12, 0),
        UNITED_NATIONS,
        {"place-aggregate": 12},
    ),
]


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
            "accounted": (once["rows_in"], sum(once[c] for c in COUNTED[1:])),
            "codes": (codes, row.codes),
            "totals": (once["totals"], totals),
            "again": ((again["created"], again["changed"], again["unchanged"]), (0, 0, once["values"])),
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
    asked = _asked("prensa-grafica-2011", "prensa-grafica-2011")
    await send(region, DATA / "departments_invented.csv", **asked)
    await send(region, DATA / "departments_invented.csv", **asked)
    parked = {(p["code"], p["name"]): p for p in (await region.get("/v1/parked")).json()["items"]}
    assert sorted(parked) == [("pop 50000", "COLON"), ("pop 60000", "Colón"), ("pop 70000", "La Paz"), ("pop 80000", "La Paz")]
    async with world.owner() as owner:
        keys = {r["code"]: r["id"] for r in await owner.fetch("select code, id from admin1")}
    assert str(keys["HN-LP"]) in " ".join(parked["pop 70000", "La Paz"]["candidates"])
    for place, meant in ((("pop 70000", "La Paz"), "HN-LP"), (("pop 80000", "La Paz"), "SV-PA")):
        answer = await region.post(f"/v1/parked/{parked[place]['id']}/assign", json={"territory": meant})
        assert (answer.status_code, answer.json()["assigned_territory_id"]) == (200, keys[meant])
    again = (await send(region, DATA / "departments_invented.csv", **asked))["report"]
    assert (again["rows_parked"], again["created"], again["unchanged"]) == (2, 0, 5)
    values = (await region.get("/v1/countries/SV/observations", params={"source": "prensa-grafica-2011"})).json()["items"]
    assert {o["territory"]: (o["value"], o["territory_kind"]) for o in values} == {"Chalatenango": (10, "admin1"), "La Paz": (16, "admin1")}


async def test_two_names_of_one_file_for_one_place_add_up_once(world: World) -> None:
    gt = await world.who("gt")
    text = "indicator,period,value,country,admin1,name\n" + "".join(
        f"homicide,2023-0{month},{value},GT,GT-01,{name}\n"
        for month, value, name in ((1, 3, "Mixko"), (1, 4, "Mixco Centro"), (2, 5, "Mixko"))
    )
    asked = _asked("long", "demonstration")
    await send(gt, text.encode(), **asked)
    parked = (await gt.get("/v1/parked")).json()["items"]
    for each in (*parked, *parked):
        assert (await gt.post(f"/v1/parked/{each['id']}/assign", json={"municipality": "gt-ine:0108"})).status_code == 200
    values = (await gt.get("/v1/municipalities/gt-ine:0108/observations", params={"source": "demonstration", "from": "2023-01-01"})).json()
    assert {(o["period"], o["value"], tuple(o["row_numbers"])) for o in values["items"] if o["import_id"]} == {
        ("2023-01", 7, (2, 3)),
        ("2023-02", 5, (4,)),
    }


async def test_a_file_that_tells_who_people_are_is_refused_whole(world: World) -> None:
    region = await world.who("region")
    body = await asyncio.to_thread((DATA / "victims_with_names_invented.csv").read_bytes)
    params = _asked("pa-victims", "pa-datos-abiertos")
    answer = await region.post("/v1/imports/observations", params=params, content=body, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["code"], answer.json()["choices"]) == (
        422,
        "identities-refused",
        ["Nombre de la víctima", "Cédula"],
    )
    assert "Inventado" not in json.dumps(answer.json())
    async with world.owner() as owner:
        kept = "select count(*) from import where reader = 'pa-victims'"
        assert await owner.fetchval(kept) == 0


async def test_a_file_unlike_what_is_known_is_held_until_somebody_says_it_is_right(world: World) -> None:
    """Months of another column, which also counts other offences, sent as homicides."""
    mx = await world.who("mx")
    header = "Periodo,Año,Mes,Municipio,Homicidio doloso,Homicidio culposo\n"
    months = ("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio")

    def file(times: int) -> bytes:
        return (header + "".join(f"{m} 2024,2024,{m},{p},{20 * times},1\n" for m in months for p in ("Ahome", "Culiacán"))).encode()

    asked = _asked("mx-sinaloa", "mx-sinaloa")
    assert (await send(mx, file(1), **asked))["state"] == "done"
    key = {"Idempotency-Key": "held-1", "Content-Type": "text/csv"}
    held = await mx.post("/v1/imports/observations", params=asked, content=file(2), headers=key)
    report = held.json()["report"]
    assert (held.status_code, held.json()["state"], report["changed"]) == (201, "held", 0)
    assert [(w["code"], w["value"], w["known"], w["source"], w["year"]) for w in report["warnings"]] == [
        ("unlike-known", 480, 240, "mx-sinaloa", 2024)
    ]
    again = await mx.post("/v1/imports/observations", params=asked, content=file(2), headers=key)
    assert (again.json()["id"], again.json()["state"]) == (held.json()["id"], "held")
    series = "/v1/municipalities/mx-inegi:25006/indicators/homicide/series"
    assert (await mx.get(series)).json()["points"][0]["count"] == 120
    kept = await mx.post("/v1/imports/observations", params=asked | {"accept_warnings": "true"}, content=file(2), headers=key)
    assert (kept.json()["id"], kept.json()["state"], kept.json()["report"]["changed"]) == (held.json()["id"], "done", 12)
    assert (await mx.get(series)).json()["points"][0]["count"] == 240


async def test_more_cases_than_residents_and_residents_that_trebled_are_held(world: World) -> None:
    mx = await world.who("mx")
    where = {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"}
    await send(mx, b"Municipio,Poblacion\nXich\xfa,1000\n", "populations", **where)
    more = await send(mx, b"Municipio,Poblacion\nXich\xfa,3000\n", "populations", **where | {"year": "2021"})
    assert (more["state"], more["report"]["warnings"][0]["code"]) == ("held", "place-unlike-known")
    text = b"indicator,period,value,scheme,code\nhomicide,2021,1001,mx-inegi,11045\n"
    crowd = await send(mx, text, **_asked("long", "sesnsp"))
    assert (crowd["state"], [w["code"] for w in crowd["report"]["warnings"]]) == ("held", ["more-than-residents"])
    checked = await send(mx, text, **_asked("long", "sesnsp"), dry_run="true")
    assert (checked["state"], len(checked["report"]["warnings"])) == ("checked", 1)
