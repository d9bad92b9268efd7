"""{level}/indicators/{code}/breakdown: parts that make up the whole, or say that they do not."""

from typing import Any

from api.domain.indicator.breakdowns import Part, incomplete, remainder
from tests.conftest import World

CODES = {"F": 2.0, "M": 5.0}


def test_parts_are_whole_only_where_every_place_is() -> None:
    parts = [Part(code=code, value=value, places=1) for code, value in CODES.items()]
    assert (remainder(7, parts), incomplete(7, parts, 0)) == (0, False)
    assert (remainder(9, parts), incomplete(9, parts, 1)) == (2, True)
    assert (remainder(7, parts), incomplete(7, parts, 2)) == (0, True), "too many here and too few there"
    assert (remainder(None, parts), incomplete(None, parts, 1), incomplete(7, [], 1)) == (None, True, True)


async def state(who: Any, place: str, value: int, dims: str = "", indicator: str = "homicide") -> None:
    query = {"source": "hn-observatorio"} | ({"dims": dims} if dims else {})
    done = await who.put(f"/v1/territories/{place}/observations/{indicator}/2022", params=query, json={"value": value})
    assert done.status_code == 201, done.text


async def test_parts_are_summed_over_places_and_held_against_each_total(world: World) -> None:
    hn, at = await world.who("hn"), "/v1/countries/HN/indicators/homicide/breakdown"
    ask = {"period": "2022", "key": "sex"}
    empty = (await hn.get(at, params=ask)).json()
    assert (empty["parts"], empty["total"], empty["remainder"], empty["incomplete"]) == ([], None, None, True)
    for place, total, parts in (("hn-ine:0101", 7, {"F": 2, "M": 5}), ("hn-ine:0801", 3, {"F": 1, "M": 2})):
        await state(hn, place, total)
        for code, value in parts.items():
            await state(hn, place, value, f"sex={code}")
    await state(hn, "hn-ine:0101", 4, "sex=M;age=15-24")
    await state(hn, "HN", 99, "sex=F")
    found = (await hn.get(at, params=ask)).json()
    assert [(p["code"], p["value"], p["places"]) for p in found["parts"]] == [("F", 3, 2), ("M", 7, 2)]
    assert (found["total"], found["remainder"], found["incomplete"]) == (10, 0, False)
    known = {"known_at": found["as_known_at"]}
    await state(hn, "hn-ine:0501", 1)
    more = (await hn.get(at, params=ask)).json()
    assert (more["total"], more["remainder"], more["incomplete"]) == (11, 1, True)
    then = (await hn.get(at, params=ask | known)).json()
    assert then == found
    here = (await hn.get("/v1/municipalities/hn-ine:0801/indicators/homicide/breakdown", params=ask)).json()
    assert (here["total"], here["incomplete"]) == (3, False)
    wrong = await hn.get(at, params=ask | {"boundary": "now"})
    assert wrong.status_code == 422


async def test_parts_of_a_sensitive_indicator_are_for_who_may_write_them(world: World) -> None:
    hn, amhon = await world.who("hn"), await world.who("amhon")
    at, ask = "/v1/countries/HN/indicators/sexual-offence/breakdown", {"period": "2022", "key": "sex"}
    await state(hn, "hn-ine:0101", 7, indicator="sexual-offence")
    await state(hn, "hn-ine:0101", 7, "sex=F", "sexual-offence")
    assert (await hn.get(at, params=ask)).json()["incomplete"] is False
    await state(hn, "3400110", 7, indicator="sexual-offence")
    refused = await amhon.get("/v1/associations/4/indicators/sexual-offence/breakdown", params=ask)
    assert (refused.status_code, refused.json()["code"]) == (403, "indicator-protected")
