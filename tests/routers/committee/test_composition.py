"""What a committee is made of on a day, what it lacks, and what an announced end would break."""

from datetime import timedelta

from tests.conftest import World
from tests.routers.committee.walk import AGO, SMALL, TODAY, approved, ask, founded, ruled, seated

COUNTS = ("seats", "filled", "vacant")


async def test_what_is_lacking_what_is_about_to_break_and_as_of_when(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    path = f"/v1/committees/{id}/composition"
    bare = (await mixco.get(path)).json()
    assert (bare["seats"], bare["bylaws_id"], bare["shortfalls"], bare["quorum"]) == (0, None, [], None)
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL, civil_majority=True)
    empty = (await mixco.get(path)).json()
    assert {s["code"] for s in empty["shortfalls"]} == {"sector-below-minimum", "seats-differ", "quorum-out-of-reach"}
    terms = await seated(world, mixco, id)
    full = (await mixco.get(path)).json()
    assert (full["seats"], full["filled"], full["voting_filled"], full["quorum"], full["shortfalls"]) == (3, 3, 3, 2, [])
    assert full["civil"] == {"civil": 2, "voting": 3, "percent": 66.7, "above_51": True, "required": True}
    leaving = terms["ngo"]
    resigns = {"ends_on": (TODAY + timedelta(days=20)).isoformat(), "end_reason": "resignation"}
    announced = await ask(mixco, f"/v1/terms/{leaving.json()['id']}/end", leaving, **resigns)
    assert announced.status_code == 200, announced.text
    [pending] = (await mixco.get(path)).json()["pending"]
    assert (pending["term_id"], pending["sector"], pending["end_reason"]) == (leaving.json()["id"], "ngo", "resignation")
    assert [b["code"] for b in pending["breaks"]] == ["sector-below-minimum", "civil-share-too-small"]
    later = (await mixco.get(path, params={"as_of": resigns["ends_on"]}, headers={"Accept-Language": "es"})).json()
    assert (later["filled"], later["vacant"], later["pending"]) == (2, 1, [])
    assert later["shortfalls"][0]["cure"] == "Invite e integre 1 más del sector."
    for client, base in ((mixco, ""), (await world.who("gt"), "/countries/GT")):
        for day, told in ((TODAY.isoformat(), full), (resigns["ends_on"], later)):
            page = (await client.get(f"/v1{base}/committees", params={"as_of": day})).json()["items"]
            [item] = [c for c in page if c["id"] == id]
            assert [item[key] for key in COUNTS] == [told[key] for key in COUNTS], "lists count what the composition is made of"
    one = (await mixco.get(f"/v1/committees/{id}")).json()
    assert [one[key] for key in COUNTS] == [3, 3, 0]
    before = (await mixco.get(path, params={"as_of": AGO[365]})).json()
    assert (before["seats"], before["filled"], before["bylaws_id"]) == (3, 0, None)
    assert (await (await world.who("sonsonate")).get(path)).status_code == 404


async def test_groups_are_counted_and_small_numbers_are_not_told(world: World) -> None:
    mixco, gt = await world.who("mixco"), await world.who("gt")
    id = (await founded(world)).json()["id"]
    minima = {"demographic_minima": [{"group": "women", "min": 2}]}
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **(SMALL | minima))
    body = (await mixco.post(f"/v1/committees/{id}/bodies", json={"kind": "plenary", "name": "x", "starts_on": AGO[365]})).json()["id"]
    for n in range(6):
        said = {"name": f"Invented {n}", "groups": ["women"] if n < 5 else ["men"]}
        person = (await mixco.post(f"/v1/committees/{id}/persons", json=said)).json()["id"]
        seat = {"body_id": body, "sector": "ngo", "starts_on": AGO[365]}
        at = (await mixco.post(f"/v1/committees/{id}/seats", json=seat)).json()["id"]
        term = {"seat_id": at, "person_id": person, "selection": "elected", "starts_on": AGO[20]}
        made = await mixco.post(f"/v1/committees/{id}/terms", json=term)
        assert made.status_code == 201, made.text
    for client in (mixco, gt):
        found = {g["group"]: g for g in (await client.get(f"/v1/committees/{id}/composition")).json()["groups"]}
        assert found["women"] == {"group": "women", "members": None, "min": 2, "met": True}, "6 less 5 would tell of one man"
        assert found["men"] == {"group": "men", "members": None, "min": None, "met": None}


async def test_a_committee_read_before_is_read_anew_when_its_seats_are_filled(world: World) -> None:
    """Its own version does not change with them."""
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    path = f"/v1/committees/{id}"
    bare = await mixco.get(path)
    assert (await mixco.get(path, headers={"If-None-Match": bare.headers["etag"]})).status_code == 304
    await seated(world, mixco, id)
    again = await mixco.get(path, headers={"If-None-Match": bare.headers["etag"]})
    assert (again.status_code, again.json()["version"], again.json()["filled"]) == (200, bare.json()["version"], 3)
    changed = await mixco.patch(path, json={"note": "x"}, headers={"If-Match": again.headers["etag"]})
    assert changed.status_code == 200, changed.text
