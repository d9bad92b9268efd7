"""A committee's steps over HTTP: proven by what is recorded; what is missing says who can cure it, what is not kept is not said to miss."""

from datetime import timedelta
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, SMALL, TODAY, approved, founded, ruled, seated
from tests.routers.session.meetings import SECTORS, gathered, put
from tests.routers.training.test_attendance import created, given, write
from tests.routers.training.test_attendance import seated as learners


def by_code(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {step["step"]: step for step in answer.json()["steps"]}


async def test_council_approved_bylaws_legalise_and_the_council_can_take_it_back(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    path = f"/v1/committees/{id}/steps"
    bare = await mixco.get(path)
    assert {s["state"] for s in by_code(bare).values()} == {"not_started"}
    assert not bare.json()["demonstration"]
    assert (bare.json()["next_action"]["step"], bare.json()["next_action"]["gate"]) == ("support", "commitment-in-force")
    assert not any(gap["kept"] for gap in by_code(bare)["assess"]["unmet"])
    law = await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL)
    step = by_code(await mixco.get(path))["legalize"]
    assert (step["state"], step["since"], step["unmet"]) == ("achieved", AGO[30], [])
    [proof] = step["evidence"]
    assert (proof["noun"], (await mixco.get(proof["href"])).json()["id"]) == ("bylaws", law.json()["id"])
    assert by_code(await mixco.get(path, params={"as_of": AGO[60]}))["legalize"]["state"] == "not_started"


async def test_those_who_vote_are_trained_and_new_ones_are_not(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    path = f"/v1/committees/{id}/steps"
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL)
    await seated(world, mixco, id)
    found = await mixco.get(path, headers={"Accept-Language": "es"})
    gap = next(gap for gap in by_code(found)["train"]["unmet"] if gap["gate"] == "voters-trained")
    assert gap["missing"] == "0 de 3 miembros con voto han recibido el curso inicial; se pide el 75 %."
    assert (gap["how"], "municipal_coordinator" in gap["who"]) == ("Capacite a 3 más de quienes votan.", True)
    assert found.headers["content-language"] == "es"


async def test_who_had_the_initial_course_counts_as_trained(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL)
    people = await learners(mixco, id, (400, 400, 30, 400))
    owner = {"level": "municipality", "unit": str(MIXCO)}
    course = await created(mixco, "courses", title="x", level="initial", topics=["prevention"], hours=8, owner=owner)
    await write(mixco, await given(mixco, course, 20), {"person_id": people[0]}, {"person_id": people[1]}, {"person_id": people[2]})
    step = by_code(await mixco.get(f"/v1/committees/{id}/steps"))["train"]
    assert (step["state"], step["since"], [gap["gate"] for gap in step["unmet"]]) == ("achieved", AGO[20], ["follow-up-begun"])
    before = by_code(await mixco.get(f"/v1/committees/{id}/steps", params={"as_of": AGO[30]}))["train"]
    assert before["state"] == "not_started"


async def test_a_framework_that_nobody_knows_is_refused(world: World) -> None:
    refused = await (await world.who("mixco")).post(f"/v1/municipalities/{MIXCO}/committees", json={"name": "X", "framework": "none"})
    assert (refused.status_code, refused.json()["code"]) == (422, "framework-unknown")
    assert refused.json()["choices"] == ["icma-mvpc-8", "usaid-pcc-2015"]


async def test_what_was_before_is_declared_and_what_is_declared_of_long_ago_has_lapsed(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    for kind, on in (("launched", AGO[365]), ("assessment_adopted", (TODAY - timedelta(days=3 * 366)).isoformat())):
        body = {"kind": kind, "happened_on": on, "description": "As the minutes say.", "reference": "Book 3, page 9"}
        made = await mixco.post(f"/v1/committees/{id}/declarations", json=body)
        assert made.status_code == 201, made.text
    found = by_code(await mixco.get(f"/v1/committees/{id}/steps"))
    assert (found["launch"]["state"], found["launch"]["since"]) == ("declared", AGO[365])
    assert [proof["noun"] for proof in found["launch"]["evidence"]] == ["declaration"]
    assert found["assess"]["state"] == "lapsed"
    assert (found["plan"]["state"], found["plan"]["waits_for"]) == ("not_started", ["assess"])


async def test_who_does_not_see_the_committee_gets_what_a_stranger_gets(world: World) -> None:
    id = (await founded(world)).json()["id"]
    there = await (await world.who("sonsonate")).get(f"/v1/committees/{id}/steps")
    nowhere = await (await world.who("sonsonate")).get("/v1/committees/00000000-0000-7000-8000-000000000000/steps")
    assert there.status_code == nowhere.status_code == 404
    assert there.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}


async def test_everyone_may_read_by_what_committees_are_judged(region: World) -> None:
    public = await region.who()
    found = (await public.get("/v1/frameworks")).json()
    assert {each["code"]: len(each["steps"]) for each in found} == {"icma-mvpc-8": 8, "usaid-pcc-2015": 9}
    for framework in found:
        assert (await public.get(f"/v1/frameworks/{framework['code']}")).json() == framework
    assert (await public.get("/v1/frameworks/none")).status_code == 404


async def test_an_inauguration_with_its_purpose_stated_launches_a_committee(world: World) -> None:
    committee = await gathered(world, lawful=False)
    held = await committee.held(*SECTORS, kind="inauguration")
    path = f"/v1/committees/{committee.id}/steps"
    step = by_code(await committee.client.get(path))["launch"]
    assert "purpose-stated" in [gap["gate"] for gap in step["unmet"] if gap["kept"]]
    stated = await put(committee.client, f"/v1/sessions/{held.json()['id']}/purpose", held, purpose="Prevenir juntos.")
    assert stated.status_code == 200
    step = by_code(await committee.client.get(path))["launch"]
    assert (step["state"], step["since"], step["unmet"]) == ("achieved", AGO[10], [])
    assert {proof["href"] for proof in step["evidence"]} == {f"/v1/sessions/{held.json()['id']}"}
