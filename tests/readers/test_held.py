"""What is not taken in: files that tell who people are, and, until somebody says that they are right, files unlike what is known."""

import asyncio
import json

from tests.conftest import World
from tests.readers.totals import asked
from tests.routers.indicator.test_imports import DATA, send


async def test_a_file_that_tells_who_people_are_is_refused_whole(world: World) -> None:
    region = await world.who("region")
    body = await asyncio.to_thread((DATA / "victims_with_names_invented.csv").read_bytes)
    params = asked("pa-victims", "pa-datos-abiertos")
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

    how = asked("mx-sinaloa", "mx-sinaloa")
    assert (await send(mx, file(1), **how))["state"] == "done"
    key = {"Idempotency-Key": "held-1", "Content-Type": "text/csv"}
    held = await mx.post("/v1/imports/observations", params=how, content=file(2), headers=key)
    report = held.json()["report"]
    assert (held.status_code, held.json()["state"], report["changed"]) == (201, "held", 0)
    assert [(w["code"], w["value"], w["known"], w["source"], w["year"]) for w in report["warnings"]] == [
        ("unlike-known", 480, 240, "mx-sinaloa", 2024)
    ]
    again = await mx.post("/v1/imports/observations", params=how, content=file(2), headers=key)
    assert (again.json()["id"], again.json()["state"]) == (held.json()["id"], "held")
    series = "/v1/municipalities/mx-inegi:25006/indicators/homicide/series"
    assert (await mx.get(series)).json()["points"][0]["count"] == 120
    kept = await mx.post("/v1/imports/observations", params=how | {"accept_warnings": "true"}, content=file(2), headers=key)
    assert (kept.json()["id"], kept.json()["state"], kept.json()["report"]["changed"]) == (held.json()["id"], "done", 12)
    assert (await mx.get(series)).json()["points"][0]["count"] == 240


async def test_more_cases_than_residents_and_residents_that_trebled_are_held(world: World) -> None:
    mx = await world.who("mx")
    where = {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"}
    await send(mx, b"Municipio,Poblacion\nXich\xfa,1000\n", "populations", **where)
    more = await send(mx, b"Municipio,Poblacion\nXich\xfa,3000\n", "populations", **where | {"year": "2021"})
    assert (more["state"], more["report"]["warnings"][0]["code"]) == ("held", "place-unlike-known")
    text = b"indicator,period,value,scheme,code\nhomicide,2021,1001,mx-inegi,11045\n"
    crowd = await send(mx, text, **asked("long", "sesnsp"))
    assert (crowd["state"], [w["code"] for w in crowd["report"]["warnings"]]) == ("held", ["more-than-residents"])
    checked = await send(mx, text, **asked("long", "sesnsp"), dry_run="true")
    assert (checked["state"], len(checked["report"]["warnings"])) == ("checked", 1)
