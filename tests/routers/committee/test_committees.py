"""A committee from an idea to a lawful body, and who may bring it there."""

import asyncio
from typing import Any

import pytest

from api.domain.fields import new_id
from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, RULES, SMALL, SONSONATE, TODAY, approved, ask, founded, launched, ruled, seated


async def test_from_an_idea_to_a_lawful_body(world: World) -> None:
    """The whole walk, as a municipal coordinator takes it."""
    mixco, row = await world.who("mixco"), await launched(world)
    said = row.json()
    assert (said["state"], said["country"], said["municipality"], said["declared"]) == ("launched", "GT", "Mixco", [])
    assert said["local_name"] == "Comisión Municipal de Prevención de la Violencia (COMUPRE)"
    assert said["allowed_actions"] == ["change", "legalise", "dissolve"]
    path = f"/v1/committees/{said['id']}"
    instrument = (await approved(mixco, said["id"])).json()
    early = await ask(mixco, f"{path}/legalise", row, instrument_id=instrument["id"])
    assert (early.status_code, early.json()["code"]) == (409, "bylaws-missing")
    assert (await ruled(mixco, said["id"], instrument["id"], **SMALL)).json()["in_force"] is True
    now = await mixco.get(path)
    empty = await ask(mixco, f"{path}/legalise", now, instrument_id=instrument["id"])
    assert (empty.status_code, empty.json()["code"]) == (409, "composition-not-met")
    assert "quorum-out-of-reach" in empty.json()["choices"]
    await seated(world, mixco, said["id"])
    legal = await ask(mixco, f"{path}/legalise", now, instrument_id=instrument["id"])
    assert legal.status_code == 200, legal.text
    assert (legal.json()["state"], legal.json()["legalised_on"], legal.json()["legalised_by"]) == ("legalised", AGO[30], instrument["id"])
    assert (await mixco.get(path)).json() == legal.json()
    spanish = await mixco.get(path, headers={"Accept-Language": "es"})
    assert spanish.json()["state_reason"] == "Legalizado; aún no consta ninguna sesión con quórum."
    other = await ask(mixco, f"{path}/dissolve", legal, instrument_id=instrument["id"], dissolved_on=AGO[1])
    assert (other.status_code, other.json()["code"]) == (422, "instrument-of-other-purpose")
    ends = (await approved(mixco, said["id"], "dissolution", number="1", council_date=AGO[5])).json()
    for day, code in ((AGO[10], "milestones-backwards"), ("2100-01-01", "day-to-come")):
        wrong = await ask(mixco, f"{path}/dissolve", legal, instrument_id=ends["id"], dissolved_on=day)
        assert (wrong.status_code, wrong.json()["code"]) == (422, code)
    over = await ask(mixco, f"{path}/dissolve", legal, instrument_id=ends["id"], dissolved_on=AGO[1])
    assert (over.json()["state"], over.json()["allowed_actions"]) == ("dissolved", [])
    late = await mixco.post(f"{path}/bylaws", json={"rules": RULES})
    assert (late.status_code, late.json()["code"]) == (409, "committee-dissolved")
    again = await ask(mixco, f"{path}/dissolve", over, instrument_id=ends["id"], dissolved_on=AGO[1])
    assert (again.status_code, again.json()["code"]) == (409, "state-forbids")


async def test_who_sees_it_and_who_founds_one(world: World) -> None:
    made = await founded(world, "sonsonate", SONSONATE, name="CMPV Sonsonate")
    path = f"/v1/committees/{made.json()['id']}"
    for reads in ("sonsonate", "sv", "comures", "reader", "region"):
        assert (await (await world.who(reads)).get(path)).status_code == 200, reads
    for stranger in ("mixco", "gt", "anam", "mx", "hn"):
        client = await world.who(stranger)
        assert (await client.get(path)).status_code == 404
        assert (await client.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})).status_code == 404
    for who in ("comures", "reader"):
        client = await world.who(who)
        assert (await client.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})).status_code == 403
        assert (await client.post(f"/v1/municipalities/{SONSONATE}/committees", json={"name": "x"})).status_code == 403
    nowhere = await (await world.who("sv")).post("/v1/municipalities/999/committees", json={"name": "x"})
    assert nowhere.status_code == 404


async def test_lists_through_every_level(world: World) -> None:
    made = (await founded(world, "sonsonate", SONSONATE, name="Comité de Sonsonate", covers=[2220001])).json()
    assert made["intermunicipal"] is True
    for who, path in (
        ("sv", "/v1/committees"),
        ("sv", "/v1/region/committees"),
        ("sv", "/v1/countries/SV/committees"),
        ("comures", "/v1/associations/1/committees"),
        ("sonsonate", f"/v1/municipalities/{SONSONATE}/committees"),
        ("sv", "/v1/municipalities/2220001/committees"),
    ):
        client = await world.who(who)
        answer = await client.get(path, params={"count": "exact", "q": "comite DE son"})
        assert ([c["id"] for c in answer.json()["items"]], answer.json()["count"]) == ([made["id"]], 1), path
        assert (await client.get(path, params={"state": "dissolved"})).json()["items"] == []
    elsewhere = await (await world.who("gt")).get("/v1/region/committees")
    assert elsewhere.json()["items"] == []


async def test_it_keeps_its_identity_when_its_municipality_is_succeeded(world: World) -> None:
    """The old Sonsonate became a district of Sonsonate Centro: what sat there is read, and written, under the successor."""
    async with world.owner() as owner:
        old = await owner.fetchval("select predecessor_id from succession where successor_id = $1 and principal limit 1", SONSONATE)
    made = (await founded(world, "sonsonate", old, name="CMPV of before")).json()
    assert made["municipality_id"] == old
    client = await world.who("sonsonate")
    listed = (await client.get(f"/v1/municipalities/{SONSONATE}/committees")).json()["items"]
    assert [c["id"] for c in listed] == [made["id"]]
    changed = await client.patch(f"/v1/committees/{made['id']}", json={"name": "CMPV still"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["municipality_id"]) == (200, old)


async def test_repeated_and_raced(world: World) -> None:
    mixco, id = await world.who("mixco"), str(new_id())
    path, body = f"/v1/municipalities/{MIXCO}/committees", {"name": "Once", "id": id}
    twice = [await mixco.post(path, json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [a.status_code for a in twice] == [201, 201]
    assert twice[0].json() == twice[1].json()
    assert (await mixco.post(path, json=body)).json()["code"] == "already-exists"
    changes = [mixco.patch(f"/v1/committees/{id}", json={"note": str(n)}, headers={"If-Match": '"1"'}) for n in range(4)]
    assert sorted(a.status_code for a in await asyncio.gather(*changes)) == [200, 412, 412, 412]
    assert (await mixco.patch(f"/v1/committees/{id}", json={"note": "x"})).status_code == 428


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"covers": [999_999]}, "unknown-code"),
        ({"covers": [MIXCO]}, "covers-twice"),
        ({"covers": [3200001, 3200001]}, "covers-twice"),
        ({"name": ""}, "invalid-fields"),
        ({"state": "legalised"}, "invalid-fields"),
        ({"municipality_id": 1}, "invalid-fields"),
        ({"framework": "ICMA MVPC"}, "invalid-fields"),
    ],
)
async def test_what_cannot_be_is_refused(region: World, said: dict[str, Any], code: str) -> None:
    answer = await (await region.who("mixco")).post(f"/v1/municipalities/{MIXCO}/committees", json={"name": "x"} | said)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_a_repeal_takes_bylaws_and_legality_with_it(world: World) -> None:
    mixco, row = await world.who("mixco"), await launched(world)
    path = f"/v1/committees/{row.json()['id']}"
    instrument = await approved(mixco, row.json()["id"])
    bylaws = (await ruled(mixco, row.json()["id"], instrument.json()["id"], **SMALL)).json()
    await seated(world, mixco, row.json()["id"])
    legal = await ask(mixco, f"{path}/legalise", await mixco.get(path), instrument_id=instrument.json()["id"])
    assert legal.status_code == 200, legal.text
    early = await ask(mixco, f"/v1/instruments/{instrument.json()['id']}/repeal", instrument, repealed_on=AGO[60])
    assert (early.status_code, early.json()["code"]) == (422, "repealed-before-approved")
    gone = await ask(mixco, f"/v1/instruments/{instrument.json()['id']}/repeal", instrument, repealed_on=AGO[1])
    assert (gone.json()["state"], gone.json()["allowed_actions"]) == ("repealed", [])
    after = (await mixco.get(path)).json()
    assert (after["state"], after["state_reason"]) == ("launched", "The council repealed the instrument that legalised it.")
    version = (await mixco.get(f"/v1/bylaws/{bylaws['id']}")).json()
    assert (version["in_force"], version["in_force_to"]) == (False, AGO[1])


async def test_a_committee_that_is_already_years_old(world: World) -> None:
    mixco, made = await world.who("mixco"), await founded(world)
    path = f"/v1/committees/{made.json()['id']}/declarations"
    body = {"kind": "legalised", "happened_on": AGO[730], "description": "Approved by the council", "reference": "Acta 09-2016"}
    for wrong, code in (
        ({"reference": None}, "invalid-fields"),
        ({"happened_on": TODAY.isoformat()}, "not-before-joining"),
        ({"kind": "born"}, "invalid-fields"),
    ):
        answer = await mixco.post(path, json=body | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    fact = await mixco.post(path, json=body)
    assert fact.status_code == 201, fact.text
    now = (await mixco.get(f"/v1/committees/{made.json()['id']}")).json()
    assert (now["state"], now["legalised_on"], now["declared"], now["legalised_by"]) == ("legalised", AGO[730], ["legalised"], None)
    again = await mixco.post(path, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "milestone-known")
    listed = (await mixco.get("/v1/declarations", params={"committee": made.json()["id"]})).json()["items"]
    assert listed == [fact.json()] == [(await mixco.get(f"/v1/declarations/{fact.json()['id']}")).json()]


async def test_two_launch_it_at_once(world: World) -> None:
    mixco, made = await world.who("mixco"), await founded(world)
    path = f"/v1/committees/{made.json()['id']}"
    both = await asyncio.gather(*(ask(mixco, f"{path}/convene", made, happened_on=AGO[90]) for _ in range(2)))
    assert sorted(a.status_code for a in both) == [200, 412]
