"""What is declared of items of GOPI-Prevención counts from its day on, as declared, until it ends or is taken back."""

from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import AGO, TODAY, ask, founded
from tests.routers.vitals.test_health import items

SAID = {"part": "department", "description": "La gobernación departamental participa", "reference": "Acta 4, folio 12"}


async def declare(client: httpx.AsyncClient, committee: str, **said: Any) -> httpx.Response:
    return await client.post(f"/v1/committees/{committee}/item-declarations", json=SAID | {"starts_on": AGO[30]} | said)


async def test_a_word_counts_from_its_day_on_as_declared(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    path = f"/v1/committees/{id}/health"
    before = (await mixco.get(path)).json()
    assert items(before)[8] == "unknown"
    [unknown] = before["gopi"]["items"][7]["parts"]
    assert unknown["who"] == ["committee_secretary", "municipal_coordinator"]
    assert unknown["how"].startswith("Declare it")
    made = await declare(mixco, id)
    assert made.status_code == 201, made.text
    listed = (await mixco.get("/v1/item-declarations", params={"committee": id, "part": "department"})).json()["items"]
    assert listed == [made.json()] == [(await mixco.get(made.headers["location"])).json()]
    after = (await mixco.get(path)).json()
    assert (items(after)[8], after["gopi"]["declared"]) == ("declared", 1)
    [part] = after["gopi"]["items"][7]["parts"]
    assert (part["declared"], part["count"], part["value"], part["unknown"], part["who"]) == (made.json()["id"], None, None, None, [])
    assert (after["score"], after["coverage"]) == (before["score"], before["coverage"]), "a word makes no number"
    assert items((await mixco.get(path, params={"as_of": AGO[60]})).json())[8] == "unknown"

    ended = await ask(mixco, f"/v1/item-declarations/{made.json()['id']}/end", made, ends_on=AGO[10])
    assert (ended.status_code, ended.json()["ends_on"]) == (200, AGO[10]), ended.text
    states = [items((await mixco.get(path, params={"as_of": day})).json())[8] for day in (AGO[30], AGO[10])]
    assert states == ["declared", "unknown"]
    later = await ask(mixco, f"/v1/item-declarations/{made.json()['id']}/end", ended, ends_on=AGO[5])
    assert (later.status_code, later.json()["code"]) == (409, "declaration-ended")
    back = await ask(mixco, f"/v1/item-declarations/{made.json()['id']}/end", ended, ends_on=AGO[30])
    assert back.status_code == 200, "taken back whole"
    assert items((await mixco.get(path, params={"as_of": AGO[30]})).json())[8] == "unknown"


async def test_what_cannot_be_declared(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    tomorrow, year = f"{TODAY.year + 1}-01-01", {"part": "work_plan", "starts_on": f"{TODAY.year - 1}-01-01"}
    for said, code, pointer in (
        ({"starts_on": tomorrow}, "day-to-come", "/starts_on"),
        ({"ends_on": AGO[30]}, "declaration-backwards", "/ends_on"),
        (year, "plan-of-a-year", "/ends_on"),
        (year | {"ends_on": f"{TODAY.year}-01-02"}, "plan-of-a-year", "/ends_on"),
    ):
        refused = await declare(mixco, id, **said)
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (422, code, pointer), said
    assert (await declare(mixco, id, part="sectors_seated")).status_code == 422, "what is counted is not declared"
    assert (await declare(mixco, id, reference=None)).status_code == 422, "with what it can be read in"
    assert (await declare(mixco, id, **year, ends_on=f"{TODAY.year}-01-01")).status_code == 201
    assert (await declare(await world.who("gt"), id)).status_code == 201
    assert (await declare(await world.who("anam"), id)).status_code == 403
    assert (await declare(await world.who("sv"), id)).status_code == 404
