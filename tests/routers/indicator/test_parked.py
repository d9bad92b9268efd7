"""Rows of places that nobody knows: parked, assigned once, remembered, and added up with what the file says of the place itself."""

import pytest

from tests.conftest import World
from tests.routers.indicator.test_imports import DATA, send


async def test_parked_rows_are_assigned_once_and_remembered(world: World) -> None:
    mx, gt = await world.who("mx"), await world.who("gt")
    done = await send(mx, DATA / "sesnsp_invented.csv")
    parked = (await mx.get("/v1/parked")).json()["items"]
    assert [(p["import_id"], p["code"], p["name"], p["row_numbers"]) for p in parked] == [(done["id"], "11998", "Villa Inventada", [12])]
    address = f"/v1/parked/{parked[0]['id']}/assign"
    assert (await gt.post(address, json={"municipality": "mx-inegi:11001"})).status_code == 404
    assert (await mx.post(address, json={"municipality": "nowhere:1"})).json()["code"] == "place-unknown"
    assert (await mx.post(address, json={"municipality": "gt-ine:0101"})).status_code == 403
    for _ in range(2):
        answer = await mx.post(address, json={"municipality": "mx-inegi:11001"})
        assert (answer.status_code, answer.json()["assigned_territory_id"] > 0) == (200, True)
        assert answer.json()["assigned_municipality_id"] == answer.json()["assigned_territory_id"]
    assert (await mx.post(address, json={"municipality": "mx-inegi:11002"})).json()["code"] == "assigned-otherwise"
    values = (await mx.get("/v1/municipalities/mx-inegi:11001/observations")).json()["items"]
    assert ([v["value"] for v in values], {v["import_id"] for v in values}) == ([1] + [0] * 11, {done["id"]})
    again = (await send(mx, DATA / "sesnsp_invented_latin1.csv"))["report"]
    assert (again["rows_parked"], again["created"], again["unchanged"]) == (0, 0, 56)


async def test_parked_rows_join_what_was_not_specified_and_the_states_total_adds_up(world: World) -> None:
    mx, gt = await world.who("mx"), await world.who("gt")
    await send(mx, DATA / "sesnsp_invented.csv")
    unspecified = {"territory": "unspecified:MX-GUA"}
    total = "/v1/countries/MX/indicators/homicide/series"
    assert [(p["count"], p["unspecified"]) for p in (await mx.get(total)).json()["points"]] == [(16, 1)]
    parked = (await mx.get("/v1/parked")).json()["items"][0]
    address = f"/v1/parked/{parked['id']}/assign"
    for body in ({}, unspecified | {"municipality": "mx-inegi:11001"}, {"territory": "999999999"}):
        assert (await mx.post(address, json=body)).json()["code"] == "place-unknown"
    assert (await gt.post(address, json=unspecified)).status_code == 404
    for _ in range(2):
        assert (await mx.post(address, json=unspecified)).json()["assigned_territory_id"] == 4849912
    assert [(p["count"], p["unspecified"]) for p in (await mx.get(total)).json()["points"]] == [(17, 2)]
    again = (await send(mx, DATA / "sesnsp_invented.csv"))["report"]
    assert (again["rows_parked"], again["created"], again["changed"], again["rows_summed"]) == (0, 0, 0, 4)


async def test_rows_that_wait_twice_are_parked_once_and_an_older_file_leaves_a_newer_value(world: World) -> None:
    mx = await world.who("mx")
    for _ in range(2):
        await send(mx, DATA / "sesnsp_invented.csv")
    parked = (await mx.get("/v1/parked")).json()["items"]
    assert len(parked) == 1
    newer = (
        (DATA / "sesnsp_invented.csv")
        .read_bytes()
        .replace(b"11998,Villa Inventada", b"11002,Ac\xc3\xa1mbaro")
        .replace(b"elemento,1,0", b"elemento,9,0")
    )
    await send(mx, newer)
    assert (await mx.post(f"/v1/parked/{parked[0]['id']}/assign", json={"municipality": "mx-inegi:11002"})).status_code == 200
    values = (await mx.get("/v1/municipalities/mx-inegi:11002/observations", params={"to": "2023-01-31"})).json()["items"]
    assert [(o["value"], o["version"]) for o in values] == [(9, 1)]


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_word_adds_up_with_what_its_file_only_repeats(world: World, by_hand: bool) -> None:
    mx, how = await world.who("mx"), {"reader": "names-long", "source": "sesnsp", "country": "MX", "admin1": "MX-GUA"}
    head, own, other = "Municipio,Año,Indicador,Valor\n", "León,2022,homicide,5\n", "Villa Inventada,2022,homicide,3\n"
    at = "/v1/municipalities/mx-inegi:11020/observations/homicide/2022"
    if by_hand:
        assert (await mx.put(at, params={"source": "sesnsp"}, json={"value": 5})).status_code == 201
    else:
        await send(mx, (head + own).encode(), **how)
    sent = await send(mx, (head + own + other).encode(), **how, accept_warnings=True)
    assert (sent["report"]["unchanged"], sent["report"]["rows_parked"]) == (1, 1)
    [parked] = (await mx.get("/v1/parked")).json()["items"]
    for _ in range(2):
        answer = await mx.post(f"/v1/parked/{parked['id']}/assign", json={"municipality": "mx-inegi:11020"})
        assert answer.status_code == 200, answer.text
        told = (await mx.get(at, params={"source": "sesnsp"})).json()
        assert (told["value"], told["row_numbers"], told["import_id"]) == (8, [3], sent["id"])
    again = (await send(mx, (head + own + other).encode(), **how))["report"]
    assert (again["unchanged"], again["rows_parked"], again["changed"]) == (1, 0, 0)
