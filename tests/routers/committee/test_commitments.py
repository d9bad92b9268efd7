"""What authorities promised: by a paper, without a party, until their term of office ends; and step 1, which answers from it."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import World
from tests.routers.committee.test_terms import CANARY, committee, named
from tests.routers.committee.walk import AGO, TODAY, approved, ask, founded, seat, term

LATER = (TODAY + timedelta(days=400)).isoformat()
LETTER = {"kind": "letter", "authority": "mayor", "committed_on": AGO[60], "ends_on": LATER, "reference": "Archive, folder 3"}


async def committed(client: httpx.AsyncClient, committee: str, **said: Any) -> httpx.Response:
    return await client.post(f"/v1/committees/{committee}/commitments", json=LETTER | said)


async def support(client: httpx.AsyncClient, committee: str, as_of: str | None = None) -> dict[str, Any]:
    """Step 1 as it stands."""
    answer = await client.get(f"/v1/committees/{committee}/steps", params={"as_of": as_of} if as_of else {})
    assert answer.status_code == 200, answer.text
    return dict(next(step for step in answer.json()["steps"] if step["step"] == "support"))


def gaps(step: dict[str, Any]) -> list[str]:
    return [gap["gate"] for gap in step["unmet"]]


async def test_a_letter_with_a_champion_reaches_step_1_and_the_rest_is_advised(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    bare = await support(mixco, id)
    assert (bare["state"], gaps(bare)[:2]) == ("not_started", ["commitment-in-force", "champion-named"])
    assert all(gap["kept"] and gap["who"] and gap["how"] for gap in bare["unmet"])
    made = await committed(mixco, id)
    assert (made.status_code, made.json()["champion_named"], made.json()["in_force"]) == (201, False, True), made.text
    begun = await support(mixco, id)
    assert (begun["state"], gaps(begun)) == ("in_progress", ["champion-named", "community-demand-shown", "no-party-matter"])
    path = f"/v1/commitments/{made.json()['id']}"
    championed = await mixco.patch(path, json={"champion_office": "Youth office"}, headers={"If-Match": made.headers["etag"]})
    assert (championed.status_code, championed.json()["champion_named"]) == (200, True), championed.text
    reached = await support(mixco, id)
    today = TODAY.isoformat()
    assert (reached["state"], reached["since"], gaps(reached)) == ("achieved", today, ["community-demand-shown", "no-party-matter"])
    assert championed.json()["champion_since"] == today, "the letter is older than what was added to it"
    before = await support(mixco, id, as_of=AGO[1])
    assert (before["state"], gaps(before)[0]) == ("in_progress", "champion-named"), "what is said afterwards does not count back in time"
    assert reached["lapses_on"] == (TODAY + timedelta(days=490)).isoformat(), "90 days to renew it after the term of office"
    assert [(e["noun"], e["href"]) for e in reached["evidence"]] == [("commitment", path)]
    demanded = {"demand": "petition", "demand_reference": "Petition of 300 neighbours", "pledge": True}
    whole = await mixco.patch(path, json=demanded, headers={"If-Match": championed.headers["etag"]})
    assert whole.status_code == 200, whole.text
    assert gaps(await support(mixco, id)) == []
    assert (await mixco.get(path)).json() == whole.json()
    assert gaps(await support(mixco, id, as_of=AGO[1])) == ["champion-named", "community-demand-shown", "no-party-matter"]
    other = await mixco.patch(path, json={"champion_office": "Mayor's office"}, headers={"If-Match": whole.headers["etag"]})
    assert (other.json()["champion_since"], other.json()["pledge_since"]) == (today, today)
    without = await mixco.patch(path, json={"champion_office": None, "pledge": False}, headers={"If-Match": other.headers["etag"]})
    assert (without.json()["champion_since"], without.json()["pledge_since"], without.json()["demand_since"]) == (None, None, today)
    at_once = await committed(mixco, id, pledge=True, champion_office="Youth office")
    assert (at_once.json()["champion_since"], at_once.json()["pledge_since"]) == (AGO[60], AGO[60]), (
        "what the letter itself says counts with it"
    )


async def test_it_ends_with_the_term_of_office(world: World) -> None:
    id, body, institutional = await committee(world)
    mixco = await world.who("mixco")
    at = await seat(mixco, id, body, "municipal_elected", role="president")
    mayor = await term(mixco, id, at, on_behalf_of_id=institutional, selection="ex_officio", starts_on=AGO[365])
    said = {"ends_on": None, "term_id": mayor.json()["id"], "champion_seat_id": at, "committed_on": AGO[365]}
    made = await committed(mixco, id, **said)
    assert (made.status_code, made.json()["lasts_until"], made.json()["in_force"]) == (201, None, True), made.text
    assert ((await support(mixco, id))["state"], (await support(mixco, id))["lapses_on"]) == ("achieved", None)
    over = await ask(mixco, f"/v1/terms/{mayor.json()['id']}/end", mayor, ends_on=AGO[60], end_reason="office_ended")
    assert over.status_code == 200, over.text
    read = (await mixco.get(f"/v1/commitments/{made.json()['id']}")).json()
    assert (read["lasts_until"], read["in_force"], read["ends_on"]) == (AGO[60], False, None)
    waiting = await support(mixco, id)
    renewal = (TODAY - timedelta(days=60) + timedelta(days=90)).isoformat()
    assert (waiting["state"], waiting["lapses_on"]) == ("achieved", renewal), "whoever follows has 90 days to renew it"
    assert (await support(mixco, id, as_of=renewal))["state"] == "lapsed"
    renewed = await committed(mixco, id, committed_on=AGO[10], champion_office="Mayor's office")
    assert renewed.status_code == 201, renewed.text
    assert (await support(mixco, id, as_of=renewal))["state"] == "achieved"
    mine = (await mixco.get("/v1/municipalities/3200008/commitments", params={"in_force": True})).json()["items"]
    assert [c["id"] for c in mine] == [renewed.json()["id"]]
    gone = await ask(mixco, f"/v1/terms/{mayor.json()['id']}/void", over)
    assert gone.status_code == 200, gone.text
    read = (await mixco.get(f"/v1/commitments/{made.json()['id']}")).json()
    assert (read["lasts_until"], read["in_force"]) == (AGO[365], False), "of a term that never was nothing is left"


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({"ends_on": None}, "invalid-fields", None),
        ({"ends_on": AGO[60]}, "invalid-fields", None),
        ({"reference": None}, "invalid-fields", None),
        ({"demand": "petition"}, "invalid-fields", None),
        ({"demand_reference": "x"}, "invalid-fields", None),
        ({"party": "x"}, "invalid-fields", "/party"),
        ({"committed_on": (TODAY + timedelta(days=1)).isoformat()}, "day-to-come", "/committed_on"),
        ({"instrument_id": "00000000-0000-7000-8000-000000000000"}, "invalid-fields", None),
        ({"term_id": "00000000-0000-7000-8000-000000000000"}, "unknown-reference", "/term_id"),
        ({"champion_seat_id": "00000000-0000-7000-8000-000000000000"}, "unknown-reference", "/champion_seat_id"),
        ({"champion_organisation_id": "00000000-0000-7000-8000-000000000000"}, "unknown-reference", None),
        ({"document_id": "00000000-0000-7000-8000-000000000000"}, "unknown-reference", None),
    ],
)
async def test_what_is_no_commitment_is_refused_by_name(shared_world: World, said: dict[str, Any], code: str, pointer: str | None) -> None:
    mixco, id = await shared_world.who("mixco"), (await founded(shared_world)).json()["id"]
    refused = await committed(mixco, id, **said)
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    assert pointer is None or refused.json()["errors"][0]["pointer"] == pointer


async def test_a_council_act_is_an_instrument_of_this_committee_that_was_approved(shared_world: World) -> None:
    mixco = await shared_world.who("mixco")
    id, other = [(await founded(shared_world)).json()["id"] for _ in range(2)]
    act = (await approved(mixco, id, "ratification")).json()["id"]
    said = {"kind": "council_act", "authority": "council", "instrument_id": act, "reference": None}
    assert (await committed(mixco, other, **said)).json()["code"] == "unknown-reference"
    made = await committed(mixco, id, **said)
    assert made.status_code == 201, made.text
    path = f"/v1/commitments/{made.json()['id']}"
    longer = await ask(mixco, f"{path}/end", made, ends_on=(date.fromisoformat(LATER) + timedelta(days=1)).isoformat())
    assert (longer.status_code, longer.json()["code"]) == (422, "commitment-renewed-anew")
    backwards = await ask(mixco, f"{path}/end", made, ends_on=AGO[60])
    assert (backwards.status_code, backwards.json()["code"]) == (422, "commitment-backwards")
    ended = await ask(mixco, f"{path}/end", made, ends_on=AGO[1])
    assert (ended.status_code, ended.json()["in_force"]) == (200, False)
    voided = await ask(mixco, f"{path}/void", ended)
    assert (voided.status_code, voided.json()["allowed_actions"]) == (200, [])
    late = await ask(mixco, f"{path}/end", voided, ends_on=AGO[5])
    assert (late.status_code, late.json()["code"]) == (409, "commitment-voided")
    assert (await support(mixco, id))["state"] == "not_started", "what was entered by mistake proves nothing"


async def test_a_champion_of_name_is_for_the_personal_scope(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    person = await named(world, id)
    unseen = await committed(gt, id, champion_person_id=person["id"])
    absent = await committed(gt, id, champion_person_id=id)
    assert (unseen.status_code, unseen.json()["code"]) == (422, "unknown-reference")
    assert {k: v for k, v in unseen.json().items() if k != "request_id"} == {k: v for k, v in absent.json().items() if k != "request_id"}
    made = await committed(mixco, id, champion_person_id=person["id"])
    assert (made.status_code, made.json()["champion_person_id"]) == (201, person["id"]), made.text
    path = f"/v1/commitments/{made.json()['id']}"
    theirs = (await gt.get(path)).json()
    assert (theirs["champion_person_id"], theirs["champion_named"]) == (None, True)
    for listed in ("/v1/changes?limit=1000", "/v1/region/commitments?format=csv", path):
        told = (await gt.get(listed)).text
        assert CANARY not in told
        assert person["id"] not in told or listed.startswith("/v1/changes"), listed
    feed = (await gt.get("/v1/changes?limit=1000")).json()["items"]
    assert not any("champion_person_id" in c["body"] for c in feed if c["noun"] == "commitment")
    assert (await support(gt, id))["state"] == "achieved"
