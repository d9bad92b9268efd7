"""A source or indicator that is mistyped is said to be, at every address that takes one; one that is there and has nothing is empty."""

import pytest

from tests.conftest import World

PLACE = "/v1/municipalities/mx-inegi:11020"
FIGURES = f"{PLACE}/indicators/homicide"
YEAR = {"by": "year", "from": "2020", "to": "2020"}
TAKES_SOURCE: dict[str, dict[str, str]] = {
    f"{FIGURES}/series": YEAR,
    f"{FIGURES}/table": {"period": "2020", "by": "municipality"},
    f"{FIGURES}/trend": {},
    f"{FIGURES}/light": {},
    f"{FIGURES}/breakdown": {"period": "2020", "key": "sex"},
    f"{FIGURES}/missing": {"period": "2020"},
    f"{FIGURES}/peers": {"period": "2020"},
    f"{PLACE}/indicators/latest": {},
    f"{PLACE}/observations": {},
    f"{PLACE}/lineage": {},
    "/v1/countries/MX/observations": {"format": "ndjson"},
    "/v1/countries/MX/indicators/homicide/series": YEAR,
}


@pytest.mark.parametrize(("address", "query"), TAKES_SOURCE.items())
async def test_a_mistyped_source_is_no_empty_answer(shared_world: World, address: str, query: dict[str, str]) -> None:
    mx = await shared_world.who("mx")
    refused = await mx.get(address, params=query | {"source": "sesnps"})
    assert (refused.status_code, refused.json()["code"]) == (422, "source-unknown"), refused.text
    assert refused.json()["errors"][0]["pointer"] == "query/source"
    assert (await mx.get(address, params=query | {"source": "sesnsp"})).status_code == 200


@pytest.mark.parametrize("named", ["police", "police:victims", "sesnsp"])
async def test_a_kind_is_a_name_too(shared_world: World, named: str) -> None:
    mx = await shared_world.who("mx")
    for address in (f"{FIGURES}/series", f"{PLACE}/indicators/latest"):
        assert (await mx.get(address, params={"source": named} | (YEAR if "series" in address else {}))).status_code == 200
    listed = await mx.get(f"{PLACE}/observations", params={"source": named})
    assert listed.status_code == (200 if named == "sesnsp" else 422), "a list is of one source"


async def test_both_sources_of_a_gap_are_known(shared_world: World) -> None:
    mx = await shared_world.who("mx")
    for asked, pointer in (({"source": "x", "against": "police"}, "query/source"), ({"source": "police", "against": "x"}, "query/against")):
        refused = await mx.get(f"{FIGURES}/gap", params=YEAR | asked)
        assert (refused.json()["code"], refused.json()["errors"][0]["pointer"]) == ("source-unknown", pointer), refused.text


async def test_a_mistyped_indicator_is_no_empty_list(shared_world: World) -> None:
    mx = await shared_world.who("mx")
    for noun in ("observations", "lineage"):
        refused = await mx.get(f"{PLACE}/{noun}", params={"indicator": "homocide"})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "indicator-unknown"), refused.text
        assert (await mx.get(f"{PLACE}/{noun}", params={"indicator": "homicide"})).json()["items"] == []
