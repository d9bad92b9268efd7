"""Bylaws: drafted, told what is wrong, checked, approved by the council, in force from a day, one at a time."""

import asyncio

import httpx

from tests.conftest import World
from tests.routers.committee.walk import AGO, RULES, approved, ask, founded, ruled


async def test_a_template_is_where_one_starts(region: World) -> None:
    public = await region.who()
    found = (await public.get("/v1/bylaws-templates")).json()
    assert {t["framework"] for t in found} == {"icma-mvpc-8", "usaid-pcc-2015"}
    assert (await public.get("/v1/bylaws-templates", params={"framework": "another"})).json() == []


async def test_a_draft_is_told_what_is_wrong_and_approved_when_it_is_sound(world: World) -> None:
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    draft = await mixco.post(f"/v1/committees/{committee}/bylaws", json={"rules": RULES | {"quorum": {"rule": "number", "number": 18}}})
    assert draft.status_code == 201, draft.text
    [finding] = [f for f in draft.json()["findings"] if f["severity"] == "contradiction"]
    assert (finding["pointer"], finding["code"]) == ("/quorum", "quorum-above-seats")
    path = f"/v1/bylaws/{draft.json()['id']}"
    refused = await ask(mixco, f"{path}/check", draft)
    assert (refused.status_code, refused.json()["code"]) == (409, "bylaws-contradict")
    spanish = await mixco.get(path, headers={"Accept-Language": "es"})
    assert "18" in next(f["detail"] for f in spanish.json()["findings"])
    assert "quórum" in spanish.text
    mended = await mixco.patch(path, json={"rules": RULES}, headers={"If-Match": draft.headers["etag"]})
    assert [f for f in mended.json()["findings"] if f["severity"] == "contradiction"] == []
    assert mended.json()["explanation"].startswith("With 17 voting seats, more than half of the voting seats must be present: 9")
    instrument = await mixco.post(f"/v1/committees/{committee}/instruments", json={"kind": "agreement", "purpose": "bylaws"})
    said = {"instrument_id": instrument.json()["id"], "in_force_from": AGO[30]}
    unchecked = await ask(mixco, f"{path}/approve", mended, **said)
    assert (unchecked.status_code, unchecked.json()["code"]) == (409, "instrument-not-approved")
    bare = await ask(mixco, f"/v1/instruments/{instrument.json()['id']}/approve", instrument)
    assert (bare.status_code, bare.json()["code"], bare.json()["errors"][0]["pointer"]) == (422, "instrument-incomplete", "/number")
    done = (await approved(mixco, committee)).json()
    unchecked = await ask(mixco, f"{path}/approve", mended, instrument_id=done["id"], in_force_from=AGO[30])
    assert (unchecked.status_code, unchecked.json()["code"]) == (409, "bylaws-state-forbids")
    checked = await ask(mixco, f"{path}/check", mended)
    early = await ask(mixco, f"{path}/approve", checked, instrument_id=done["id"], in_force_from=AGO[60])
    assert (early.status_code, early.json()["code"]) == (422, "before-the-council")
    final = await ask(mixco, f"{path}/approve", checked, instrument_id=done["id"], in_force_from=AGO[30])
    assert (final.json()["state"], final.json()["in_force"], final.json()["allowed_actions"]) == ("approved", True, [])
    late = await mixco.patch(path, json={"note": "x"}, headers={"If-Match": final.headers["etag"]})
    assert (late.status_code, late.json()["code"]) == (409, "bylaws-state-forbids")


async def test_votes_that_do_not_carry_approve_nothing(world: World) -> None:
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    body = {"kind": "ordinance", "purpose": "bylaws", "number": "1", "council_date": AGO[5], "votes_for": 5, "votes_against": 5}
    made = await mixco.post(f"/v1/committees/{committee}/instruments", json=body)
    refused = await ask(mixco, f"/v1/instruments/{made.json()['id']}/approve", made)
    assert (refused.status_code, refused.json()["code"]) == (422, "votes-do-not-carry")
    rejected = await ask(mixco, f"/v1/instruments/{made.json()['id']}/reject", made)
    assert (rejected.json()["state"], rejected.json()["allowed_actions"]) == ("rejected", [])
    again = await ask(mixco, f"/v1/instruments/{made.json()['id']}/approve", rejected)
    assert (again.status_code, again.json()["code"]) == (409, "instrument-decided")
    changed = await mixco.patch(
        f"/v1/instruments/{made.json()['id']}", json={"votes_for": 6}, headers={"If-Match": rejected.headers["etag"]}
    )
    assert changed.json()["code"] == "instrument-decided"


async def test_at_most_one_is_in_force_on_any_day(world: World) -> None:
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    instrument = (await approved(mixco, committee)).json()["id"]
    first = (await ruled(mixco, committee, instrument)).json()
    second = (await ruled(mixco, committee, instrument, AGO[10], sessions_per_year=12, notice_days=3)).json()
    before = (await mixco.get(f"/v1/bylaws/{first['id']}")).json()
    assert (before["in_force"], before["in_force_to"], second["in_force"], second["number"]) == (False, AGO[10], True, 2)
    third = await ruled(mixco, committee, instrument, AGO[20])
    assert (third.status_code, third.json()["code"]) == (409, "bylaws-overlap")
    listed = (await mixco.get("/v1/bylaws", params={"committee": committee})).json()["items"]
    assert [b["number"] for b in listed] == [1, 2, 3]


async def test_two_versions_approved_at_once(world: World) -> None:
    """One waits for the other and is then told that its day is taken."""
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    instrument = (await approved(mixco, committee)).json()["id"]
    checked: list[httpx.Response] = []
    for _ in range(2):
        made = await mixco.post(f"/v1/committees/{committee}/bylaws", json={"rules": RULES})
        checked.append(await ask(mixco, f"/v1/bylaws/{made.json()['id']}/check", made))
    said = {"instrument_id": instrument, "in_force_from": AGO[30]}
    both = await asyncio.gather(*(ask(mixco, f"/v1/bylaws/{c.json()['id']}/approve", c, **said) for c in checked))
    assert sorted(a.status_code for a in both) == [200, 409]
    assert [a.json()["code"] for a in both if a.status_code == 409] == ["bylaws-overlap"]


async def test_drafted_at_once_they_have_different_numbers(world: World) -> None:
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    made = await asyncio.gather(*(mixco.post(f"/v1/committees/{committee}/bylaws", json={"rules": RULES}) for _ in range(4)))
    assert sorted(a.json()["number"] for a in made) == [1, 2, 3, 4]


async def test_an_instrument_of_another_committee_approves_nothing(world: World) -> None:
    mixco = await world.who("mixco")
    one, other = [(await founded(world)).json()["id"] for _ in range(2)]
    answer = await ruled(mixco, one, (await approved(mixco, other)).json()["id"])
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-reference")
