"""How a committee is doing, from what was entered through the API alone."""

from datetime import timedelta
from typing import Any

import httpx

from api.domain.fields import new_id
from tests.conftest import World
from tests.routers.committee.walk import AGO, SMALL, TODAY, approved, ask, founded, launched, ruled, seated
from tests.routers.session.meetings import SECTORS, gathered
from tests.routers.session.test_agreements import agreed
from tests.routers.session.test_minutes import drafted


def values(said: dict[str, Any]) -> dict[str, float | None]:
    return {component["component"]: component["value"] for component in said["components"]}


def part(said: dict[str, Any], name: str) -> tuple[int | None, int | None]:
    [found] = [p for component in said["components"] for p in component["parts"] if p["part"] == name]
    return found["count"], found["of"]


def items(said: dict[str, Any]) -> dict[int, str]:
    return {item["number"]: item["state"] for item in said["gopi"]["items"]}


async def test_of_a_bare_committee_little_is_known_and_no_number_told(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    said = (await mixco.get(f"/v1/committees/{id}/health", headers={"Accept-Language": "es"})).json()
    assert (said["score"], said["coverage"] < 0.6, said["demonstration"]) == (None, True, False)
    assert said["withheld"].startswith("Se conoce menos del 60 %")
    assert values(said)["legality"] == 0
    assert values(said)["plan"] is None
    assert items(said)[2] == "not_met"
    assert items(said)[12] == "unknown"


async def test_what_was_done_counts_from_its_day_on(world: World) -> None:
    committee = await gathered(world, sessions_per_year=12)
    mixco, path = committee.client, f"/v1/committees/{committee.id}/health"
    session = await committee.held(*SECTORS[:2], meets_on=AGO[10], on=AGO[20])
    made = await agreed(committee, session, due_on=AGO[5])
    await ask(mixco, f"/v1/agreements/{made.json()['id']}/fulfil", made, fulfilled_on=AGO[5], reference="Folio 3")
    minutes = await drafted(committee, session)
    approved = await ask(mixco, f"/v1/minutes/{minutes.json()['id']}/approve", minutes, approved_on=AGO[1])
    assert approved.status_code == 200, approved.text
    said = (await mixco.get(path)).json()
    assert part(said, "voting_seats_present") == (2, 3)
    assert part(said, "agreements_on_time") == (1, 1)
    assert part(said, "minutes_published") == (0, 1)
    assert part(said, "bylaws_in_force") == (1, 1)
    assert part(said, "new_organisation") == (1, 1)
    assert (items(said)[13], items(said)[14]) == ("met", "not_met")
    assert said["score"] is not None or said["coverage"] < 0.6
    before = (await mixco.get(path, params={"as_of": AGO[20]})).json()
    assert (before["as_of"], part(before, "voting_seats_present")) == (AGO[20], (None, None))
    assert part(before, "agreements_on_time") == (None, None)
    assert part(before, "bylaws_in_force") == (1, 1)
    assert part((await mixco.get(path, params={"as_of": AGO[60]})).json(), "bylaws_in_force") == (0, 1)
    old = await mixco.get(path, params={"as_of": "0001-01-01"})
    assert old.status_code == 200, old.text
    assert (await mixco.get(path, params={"as_of": f"{TODAY.year + 7000}-01-01"})).status_code == 200


async def test_a_repeal_changes_nothing_of_the_days_before_it(world: World) -> None:
    mixco, row = await world.who("mixco"), await launched(world)
    id = row.json()["id"]

    async def legalised(day: str) -> int | None:
        return part((await mixco.get(f"/v1/committees/{id}/health", params={"as_of": day})).json(), "legalised")[0]

    async def legalise(instrument: httpx.Response, on: str) -> None:
        assert (await ruled(mixco, id, instrument.json()["id"], on=on, **SMALL)).status_code == 200
        now = await mixco.get(f"/v1/committees/{id}")
        legal = await ask(mixco, f"/v1/committees/{id}/legalise", now, instrument_id=instrument.json()["id"])
        assert legal.status_code == 200, legal.text

    first = await approved(mixco, id)
    await seated(world, mixco, id)
    await legalise(first, AGO[30])
    assert [await legalised(day) for day in (AGO[60], AGO[20], AGO[1])] == [0, 1, 1]
    await ask(mixco, f"/v1/instruments/{first.json()['id']}/repeal", first, repealed_on=AGO[10])
    assert [await legalised(day) for day in (AGO[60], AGO[20], AGO[1])] == [0, 1, 0]
    await legalise(await approved(mixco, id, council_date=AGO[1], number="12-2026"), AGO[1])
    assert [await legalised(day) for day in (AGO[60], AGO[20], AGO[5], AGO[1])] == [0, 1, 0, 1]


async def test_figures_assistance_and_associations_are_ties_to_the_outside(world: World) -> None:
    committee = await gathered(world)
    mixco, path = committee.client, f"/v1/committees/{committee.id}/health"
    before = (await mixco.get(path)).json()
    assert (part(before, "technical_assistance"), part(before, "figures_reported")) == ((0, 1), (0, 1))
    assert part(before, "association") == (1, 1), "Mixco is a member of ANAM in the demonstration"
    body = {"provider_organisation_id": committee.institution, "starts_on": AGO[30], "hours": 4, "description": "Taller"}
    helped = await mixco.post("/v1/municipalities/gt-ine:0108/technical-assistance", json=body)
    assert helped.status_code == 201, helped.text
    period = (TODAY - timedelta(days=70)).isoformat()[:7]
    address = f"/v1/municipalities/gt-ine:0108/observations/homicide/{period}"
    stated = await mixco.put(address, params={"source": "demonstration"}, json={"value": 3})
    assert stated.status_code in (200, 201), stated.text
    after = (await mixco.get(path)).json()
    assert (part(after, "technical_assistance"), part(after, "figures_reported")) == ((1, 1), (1, 1))
    assert after["coverage"] == before["coverage"]


async def test_who_does_not_see_the_committee_gets_what_a_stranger_gets(world: World) -> None:
    id = (await founded(world)).json()["id"]
    for name in ("sonsonate", "sv", "comures"):
        client = await world.who(name)
        refused, nothing = [await client.get(f"/v1/committees/{one}/health") for one in (id, new_id())]
        assert refused.status_code == 404
        assert {**refused.json(), "request_id": ""} == {**nothing.json(), "request_id": ""}
    assert (await (await world.who()).get(f"/v1/committees/{id}/health")).status_code == 401
    assert (await (await world.who("gt")).get(f"/v1/committees/{id}/health")).status_code == 200
