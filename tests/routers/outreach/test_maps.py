"""Social mapping: versions that do not change once finished, stances for the personal scope alone, and step 2, which answers from it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from api.domain.calendar import months_after
from tests.conftest import World
from tests.routers.committee.test_terms import CANARY, named
from tests.routers.committee.walk import AGO, SMALL, TODAY, approved, ask, founded, institution, plenary, ruled, seat, term

SECTORS = ("municipal_elected", "national_government", "police", "education", "private_sector", "faith", "community_leader")
NOBODY = "00000000-0000-7000-8000-000000000000"


async def begun(client: httpx.AsyncClient, committee: str, **said: Any) -> httpx.Response:
    made = await client.post(f"/v1/committees/{committee}/stakeholder-maps", json=said)
    assert made.status_code == 201, made.text
    return made


async def mapped(client: httpx.AsyncClient, map: str, sector: str, **said: Any) -> httpx.Response:
    body = {"institution": f"Invented {sector}", "sector": sector, "influence": 3, "interest": 3} | said
    return await client.post(f"/v1/stakeholder-maps/{map}/stakeholders", json=body)


async def finished(client: httpx.AsyncClient, committee: str, on: str = AGO[30], sectors: tuple[str, ...] = SECTORS) -> httpx.Response:
    """A finished map with one institution of each sector."""
    made = await begun(client, committee)
    for sector in sectors:
        answer = await mapped(client, made.json()["id"], sector)
        assert answer.status_code == 201, answer.text
    answer = await ask(client, f"/v1/stakeholder-maps/{made.json()['id']}/finish", made, done_on=on)
    assert answer.status_code == 200, answer.text
    return answer


async def leaders(client: httpx.AsyncClient, committee: str, as_of: str | None = None) -> dict[str, Any]:
    """Step 2 as it stands."""
    answer = await client.get(f"/v1/committees/{committee}/steps", params={"as_of": as_of} if as_of else {})
    assert answer.status_code == 200, answer.text
    return dict(next(step for step in answer.json()["steps"] if step["step"] == "leaders"))


async def test_a_map_is_a_draft_until_it_is_finished_and_then_does_not_change(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    draft = await begun(mixco, id)
    path = f"/v1/stakeholder-maps/{draft.json()['id']}"
    empty = await ask(mixco, f"{path}/finish", draft, done_on=AGO[1])
    assert (empty.status_code, empty.json()["code"]) == (409, "map-empty")
    one = await mapped(mixco, draft.json()["id"], "faith", populations=["youth", "women"])
    assert one.status_code == 201, one.text
    changed = await mixco.patch(f"/v1/stakeholders/{one.json()['id']}", json={"influence": 5}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["influence"], changed.json()["interest"]) == (200, 5, 3)
    two = await mapped(mixco, draft.json()["id"], "police")
    assert (await mixco.delete(f"/v1/stakeholders/{two.json()['id']}", headers={"If-Match": '"1"'})).status_code == 204
    late = await ask(mixco, f"{path}/finish", draft, done_on=(TODAY + timedelta(days=1)).isoformat())
    assert (late.status_code, late.json()["code"]) == (422, "day-to-come")
    done = await ask(mixco, f"{path}/finish", draft, done_on=AGO[30])
    until = months_after(date.fromisoformat(AGO[30]), 24).isoformat()
    assert (done.json()["state"], done.json()["valid_until"], done.json()["fresh"]) == ("done", until, True)
    assert (done.json()["stakeholders"], done.json()["sectors"], done.json()["allowed_actions"]) == (1, ["faith"], [])
    for refused in (
        await mapped(mixco, draft.json()["id"], "ngo"),
        await mixco.patch(f"/v1/stakeholders/{one.json()['id']}", json={"influence": 1}, headers={"If-Match": '"2"'}),
        await mixco.delete(f"/v1/stakeholders/{one.json()['id']}", headers={"If-Match": '"2"'}),
        await ask(mixco, f"{path}/finish", done, done_on=AGO[1]),
        await mixco.patch(path, json={"document_id": None}, headers={"If-Match": done.headers["etag"]}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "map-finished")
    young = (await mixco.get("/v1/region/stakeholders", params={"population": "youth", "map": draft.json()["id"]})).json()["items"]
    assert [s["id"] for s in young] == [one.json()["id"]]
    assert (await mixco.get("/v1/region/stakeholders", params={"population": "migrants"})).json()["items"] == []


async def test_step_2_answers_from_the_latest_map_and_forgets_it_after_its_months(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    bare = await leaders(mixco, id)
    gates = {gap["gate"]: gap for gap in bare["unmet"]}
    assert (bare["state"], gates["mapping-fresh"]["kept"]) == ("not_started", True)
    some = await finished(mixco, id, AGO[60], SECTORS[:3])
    gates = {gap["gate"]: gap for gap in (await leaders(mixco, id))["unmet"]}
    assert "mapping-fresh" not in gates
    assert gates["sectors-mapped"]["missing"] == "The mapping names nobody of: community_leader, education, faith, private_sector."
    whole = await finished(mixco, id, AGO[30])
    step = await leaders(mixco, id)
    assert not {"mapping-fresh", "sectors-mapped"} & {gap["gate"] for gap in step["unmet"]}
    assert {e["href"] for e in step["evidence"]} == {f"/v1/stakeholder-maps/{whole.json()['id']}"}
    then = await leaders(mixco, id, AGO[60])
    assert {e["href"] for e in then["evidence"]} == {f"/v1/stakeholder-maps/{some.json()['id']}"}
    over = await leaders(mixco, id, whole.json()["valid_until"])
    assert "mapping-fresh" in {gap["gate"] for gap in over["unmet"]}
    assert (await mixco.get(f"/v1/committees/{id}/steps")).json()["next_action"]["step"] == "support"


async def test_a_later_map_begins_as_a_copy(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    first = await begun(mixco, id)
    one, two = [(await mapped(mixco, first.json()["id"], s)).json()["id"] for s in ("faith", "police")]
    said = {"stance": "opposes", "note": CANARY, "links": [{"stakeholder_id": two, "kind": "conflict", "note": CANARY}]}
    written = await mixco.put(f"/v1/stakeholders/{one}/stance", json=said, headers={"If-Match": '"0"'})
    assert written.status_code == 200, written.text
    await ask(mixco, f"/v1/stakeholder-maps/{first.json()['id']}/finish", first, done_on=AGO[60])
    for client, stances in ((mixco, 1), (gt, 0)):
        copy = await begun(client, id, copied_from_id=first.json()["id"])
        assert (copy.json()["stakeholders"], copy.json()["sectors"]) == (2, ["faith", "police"])
        there = {s["sector"]: s["id"] for s in (await mixco.get("/v1/stakeholders", params={"map": copy.json()["id"]})).json()["items"]}
        found = (await mixco.get(f"/v1/stakeholders/{there['faith']}/stance")).json()
        assert (found["version"], found["stance"]) == (stances, "opposes" if stances else None)
        assert [link["stakeholder_id"] for link in found["links"]] == [there["police"]] * stances
    other = (await founded(world)).json()["id"]
    strange = await mixco.post(f"/v1/committees/{other}/stakeholder-maps", json={"copied_from_id": first.json()["id"]})
    assert (strange.status_code, strange.json()["code"]) == (422, "unknown-reference")


async def test_how_somebody_stands_is_for_the_personal_scope_and_each_reading_is_recorded(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    map = (await begun(mixco, id)).json()["id"]
    one, two = [(await mapped(mixco, map, s)).json()["id"] for s in ("faith", "police")]
    path = f"/v1/stakeholders/{one}/stance"
    bare = await mixco.get(path)
    assert (bare.headers["etag"][:3], bare.json()["stance"], bare.json()["links"]) == ('"0-', None, [])
    said = {"stance": "supports", "note": CANARY, "links": [{"stakeholder_id": two, "kind": "funds", "note": None}]}
    blind = await mixco.put(path, json=said)
    assert blind.status_code == 428
    both = await asyncio.gather(*(mixco.put(path, json=said, headers={"If-Match": '"0"'}) for _ in range(3)))
    assert sorted(a.status_code for a in both) == [200, 412, 412]
    read = await mixco.get(path)
    assert {k: read.json()[k] for k in said} == said
    async with world.owner() as owner:
        seen = await owner.fetch("select thing, fields from change where action = 'read-personal' and noun = 'stakeholder_stance'")
    assert [(r["thing"], r["fields"]) for r in seen] == [(one, ["links", "note", "stance"])], "of what was not there nothing was read"
    refused = await gt.get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "personal-scope-required")
    assert (await gt.put(path, json=said, headers={"If-Match": '"1"'})).status_code == 403
    assert (await (await world.who("sv")).get(path)).status_code == 404
    for link in ({"stakeholder_id": one, "kind": "ally"}, {"stakeholder_id": NOBODY, "kind": "ally"}):
        strange = await mixco.put(path, json={"links": [link]}, headers={"If-Match": read.headers["etag"]})
        assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/links/0/stakeholder_id")
    empty = await mixco.put(path, json={}, headers={"If-Match": read.headers["etag"]})
    assert (empty.status_code, empty.json()["note"], empty.json()["links"]) == (200, None, [])
    async with world.owner() as owner:
        for table in ("change", "stakeholder_stance", "idempotency"):
            assert await owner.fetchval(f"select count(*) from {table} t where t::text like $1", f"%{CANARY}%") == 0, table
    gone = await gt.delete(f"/v1/stakeholders/{one}", headers={"If-Match": '"1"'})
    assert gone.status_code == 204, "what was said of somebody goes with them, also where who removes them never saw it"
    async with world.owner() as owner:
        assert await owner.fetchval("select count(*) from stakeholder_stance") == 0


async def test_a_leader_on_a_map_has_no_name_there(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    map, person = (await begun(mixco, id)).json()["id"], await named(world, id)
    unseen = await mapped(gt, map, "community_leader", institution=None, person_id=person["id"])
    assert (unseen.status_code, unseen.json()["errors"][0]["pointer"]) == (422, "/person_id")
    made = await mapped(mixco, map, "community_leader", institution=None, person_id=person["id"])
    assert (made.status_code, made.json()["person_id"]) == (201, person["id"]), made.text
    assert (await gt.get(f"/v1/stakeholders/{made.json()['id']}")).json()["person_id"] is None
    nobody = await mapped(mixco, map, "community_leader", institution=None)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "invalid-fields")
    other = (await mapped(mixco, map, "police")).json()["id"]
    tied = {"note": "x", "links": [{"stakeholder_id": made.json()["id"], "kind": "ally", "note": CANARY}]}
    for stakeholder, said in ((made.json()["id"], {"stance": "supports", "note": CANARY}), (other, tied)):
        written = await mixco.put(f"/v1/stakeholders/{stakeholder}/stance", json=said, headers={"If-Match": '"0"'})
        assert written.status_code == 200, written.text
    erased = await mixco.post(f"/v1/persons/{person['id']}/erase", headers={"If-Match": person["etag"]})
    assert erased.status_code == 200, erased.text
    assert (await mixco.get(f"/v1/stakeholders/{made.json()['id']}/stance")).json()["note"] is None
    left = (await mixco.get(f"/v1/stakeholders/{other}/stance")).json()
    assert (left["note"], left["links"]) == ("x", []), "what was said of a leader is erased, whoever it stood with"


@pytest.mark.parametrize("language", ["en", "es", "pt"])
async def test_the_gap_report_says_who_is_missing_and_whom_to_invite(shared_world: World, language: str) -> None:
    mixco, id = await shared_world.who("mixco"), (await founded(shared_world)).json()["id"]
    path, spoken = f"/v1/committees/{id}/sector-gaps", {"Accept-Language": language}
    bare = (await mixco.get(path)).json()
    assert (bare["map"], bare["next"], bare["new_organisations"]["none_lately"]) == (None, [], True)
    assert {s["sector"] for s in bare["sectors"]} == set(SECTORS)
    assert {(s["stage"], s["missing"], s["by_bylaws"]) for s in bare["sectors"]} == {("not_mapped", 1, None)}
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL)
    church = await institution(shared_world, "Iglesia inventada")
    made = await begun(mixco, id)
    map = made.json()["id"]
    weak = await mapped(mixco, map, "police", influence=1, interest=2)
    strong = await mapped(mixco, map, "media", influence=5, interest=5, populations=["youth"])
    seated = await mapped(mixco, map, "faith", institution=None, organisation_id=church)
    twice = await mapped(mixco, map, "faith", institution=None, organisation_id=church)
    assert (twice.status_code, twice.json()["code"]) == (409, "stakeholder-mapped")
    await ask(mixco, f"/v1/stakeholder-maps/{map}/finish", made, done_on=AGO[20])
    at = await seat(mixco, id, await plenary(mixco, id), "faith")
    assert (await term(mixco, id, at, on_behalf_of_id=church, starts_on=AGO[10])).status_code == 201
    answer = await mixco.get(path, headers=spoken)
    found = answer.json()
    told = {s["sector"]: s for s in found["sectors"]}
    assert (answer.headers["content-language"], found["map"]["id"], found["map"]["fresh"]) == (language, map, True)
    assert (told["faith"]["stage"], told["faith"]["seated"], told["faith"]["how"]) == ("met", 1, None)
    assert (told["police"]["stage"], told["police"]["mapped"], told["ngo"]["by_bylaws"], told["ngo"]["stage"]) == (
        "not_invited",
        1,
        1,
        "not_mapped",
    )
    assert [n["stakeholder_id"] for n in found["next"]] == [weak.json()["id"], strong.json()["id"]], "the missing sector first"
    assert [n["why"] for n in found["next"]] == ["sector_missing", "reaches_more"]
    assert (found["unreached"], seated.json()["organisation"]) == (["youth"], "Iglesia inventada")
    assert (found["new_organisations"]["last_on"], found["new_organisations"]["none_lately"]) == (AGO[10], False)
    before = (await mixco.get(path, params={"as_of": AGO[30]})).json()
    assert (before["map"], before["new_organisations"]["last_on"]) == (None, None)
    assert (await (await shared_world.who("sonsonate")).get(path)).status_code == 404


async def test_nobody_learns_by_the_report_who_holds_a_seat_that_does_not_show_it(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    church = await institution(world, "Iglesia inventada")
    made = await begun(mixco, id)
    await mapped(mixco, made.json()["id"], "faith", institution=None, organisation_id=church)
    await ask(mixco, f"/v1/stakeholder-maps/{made.json()['id']}/finish", made, done_on=AGO[20])
    at = await seat(mixco, id, await plenary(mixco, id), "faith", display="sector")
    await term(mixco, id, at, on_behalf_of_id=church, starts_on=AGO[10])
    path = f"/v1/committees/{id}/sector-gaps"
    assert (await mixco.get(path)).json()["next"] == []
    [named] = (await gt.get(path)).json()["next"]
    assert named["organisation_id"] == church, "being left out would tell that they sit there"
