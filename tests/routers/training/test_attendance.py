"""Who was at a training event, and what members of a committee have learned so far."""

from datetime import date, timedelta
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import MIXCO, SMALL, approved, ask, institution, launched, ruled

TODAY = date.today()


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


async def created(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def seated(client: httpx.AsyncClient, committee: str, joined: tuple[int, ...]) -> list[str]:
    """People who took their seats so many days ago; the last one does not vote. Returns their ids."""
    plenary = await created(client, f"committees/{committee}/bodies", kind="plenary", name="Pleno", starts_on=ago(730))
    people = []
    for n, days in enumerate(joined):
        said = {"body_id": plenary["id"], "sector": "ngo", "role": "member", "voting": n < len(joined) - 1, "starts_on": ago(730)}
        seat = await created(client, f"committees/{committee}/seats", **said)
        person = await created(client, f"committees/{committee}/persons", name=f"Canary {n}")
        term = {"seat_id": seat["id"], "person_id": person["id"], "selection": "appointed", "starts_on": ago(days), "ends_on": ago(-200)}
        await created(client, f"committees/{committee}/terms", **term)
        people.append(person["id"])
    return people


async def given(client: httpx.AsyncClient, course: dict[str, Any], days: int) -> httpx.Response:
    """An event that was held so many days ago."""
    made = await client.post(f"/v1/municipalities/{MIXCO}/training-events", json={"course_id": course["id"], "starts_on": ago(days)})
    held = await ask(client, f"/v1/training-events/{made.json()['id']}/hold", made)
    assert held.status_code == 200, held.text
    return held


async def write(client: httpx.AsyncClient, event: httpx.Response, *lines: dict[str, Any]) -> httpx.Response:
    path = f"/v1/training-events/{event.json()['id']}/attendance"
    return await client.put(path, json={"lines": list(lines)}, headers={"If-Match": event.headers["etag"]})


async def test_what_members_have_learned_and_who_is_late(world: World) -> None:
    client = await world.who("mixco")
    committee = (await launched(world)).json()["id"]
    await ruled(client, committee, (await approved(client, committee)).json()["id"], **SMALL)
    people = await seated(client, committee, (400, 400, 30, 400))
    owner = {"level": "municipality", "unit": str(MIXCO)}
    first = await created(client, "courses", title="x", level="initial", topics=["prevention"], hours=8, owner=owner)
    more = await created(client, "courses", title="y", level="follow_up", topics=["cpted", "campaigns"], hours=4, owner=owner)
    await write(client, await given(client, first, 380), {"person_id": people[0]}, {"person_id": people[1], "present": False})
    await write(client, await given(client, first, 10), {"person_id": people[1]}, {"person_id": people[3]})
    await write(client, await given(client, more, 5), {"person_id": people[0]})

    path = f"/v1/committees/{committee}/training"
    said = (await client.get(path)).json()
    assert (said["members"], said["voting"], said["voting_trained"], said["share"]) == (4, 3, 2, 0.6667)
    assert said["onboarding"] == {"days": 90, "on_time": 1, "late": 2, "waiting": 1, "overdue": 0}
    reached = {t["code"]: (t["members"], t["missing"]) for t in said["topics"]}
    assert reached == dict.fromkeys(reached, (0, 4)) | {"prevention": (3, 1), "cpted": (1, 3), "campaigns": (1, 3)}
    gaps = {g["person_id"]: g for g in said["gaps"]}
    assert gaps[people[0]] | {"missing": []} == {
        **{"person_id": people[0], "voting": True, "joined_on": ago(400), "initial_on": ago(380), "due_on": ago(310), "missing": []}
    }
    assert len(gaps[people[0]]["missing"]) == 5
    assert len(gaps[people[2]]["missing"]) == 8
    assert (await client.get(path, params={"days": 20})).json()["onboarding"]["overdue"] == 1
    before = (await client.get(path, params={"as_of": ago(390)})).json()
    assert (before["members"], before["voting_trained"], before["onboarding"]["waiting"]) == (3, 0, 3), "what had happened by then"
    coordinator = (await (await world.who("gt")).get(path)).json()
    assert coordinator == said | {"gaps": None}
    assert (await (await world.who("sv")).get(path)).status_code == 404


async def test_who_votes_and_is_trained_is_counted_as_step_5_counts_it(world: World) -> None:
    client = await world.who("mixco")
    committee = (await launched(world)).json()["id"]
    await ruled(client, committee, (await approved(client, committee)).json()["id"], **SMALL)
    people = await seated(client, committee, (400, 400, 400))
    owner = {"level": "municipality", "unit": str(MIXCO)}
    first = await created(client, "courses", title="x", level="initial", topics=["prevention"], hours=8, owner=owner)
    await write(client, await given(client, first, 380), {"person_id": people[0]}, {"person_id": people[2]})

    async def counted() -> tuple[int, int]:
        said = (await client.get(f"/v1/committees/{committee}/training")).json()
        health = (await client.get(f"/v1/committees/{committee}/health")).json()
        [part] = [p for c in health["components"] for p in c["parts"] if p["part"] == "voters_trained"]
        steps = (await client.get(f"/v1/committees/{committee}/steps")).json()["steps"]
        [told] = [gap["missing"] for gap in steps[4]["unmet"] if gap["gate"] == "voters-trained"]
        assert told.startswith(f"{said['voting_trained']} of {said['voting']} "), told
        assert (part["count"], part["of"]) == (said["voting_trained"], said["voting"])
        assert said["share"] == round(said["voting_trained"] / said["voting"], 4)
        return said["voting_trained"], said["voting"]

    assert await counted() == (1, 2)
    held = {"selection": "appointed", "starts_on": ago(100), "ends_on": ago(-200)}
    small = await created(client, f"committees/{committee}/bodies", kind="subcommission", name="Niñez", starts_on=ago(730))
    seat = {"sector": "ngo", "role": "member", "voting": True, "starts_on": ago(730)}
    there = await created(client, f"committees/{committee}/seats", **seat, body_id=small["id"])
    await created(client, f"committees/{committee}/terms", seat_id=there["id"], person_id=people[2], **held)
    assert await counted() == (1, 2), "a vote in a subcommission is none in the plenary"
    bodies = await client.get("/v1/bodies", params={"committee": committee, "kind": "plenary"})
    [plenary] = bodies.json()["items"]
    unnamed = await created(client, f"committees/{committee}/seats", **seat, body_id=plenary["id"])
    await created(client, f"committees/{committee}/terms", seat_id=unnamed["id"], on_behalf_of_id=await institution(world), **held)
    assert await counted() == (1, 3), "of an institution that names nobody nobody can have been trained"


async def test_attendance_is_written_at_once_and_read_by_few(world: World) -> None:
    client, other = await world.who("mixco"), await world.who("gt")
    committee = (await launched(world)).json()["id"]
    people = [(await created(client, f"committees/{committee}/persons", name=f"Canary {n}"))["id"] for n in range(6)]
    owner = {"level": "municipality", "unit": str(MIXCO)}
    course = await created(client, "courses", title="x", level="initial", topics=["prevention"], hours=8, owner=owner)
    event = await given(client, course, 10)
    path = f"/v1/training-events/{event.json()['id']}"
    lines = [{"person_id": p, "pre_score": 40 + n, "post_score": 70.5} for n, p in enumerate(people)]
    refused = await write(other, event, *lines)
    assert (refused.status_code, refused.json()["code"]) == (403, "personal-scope-required")
    assert (await write(client, event, lines[0], lines[0])).status_code == 422, "each person once"
    assert (await write(client, event, lines[0] | {"post_score": 101})).status_code == 422
    stranger = await write(client, event, lines[0], {"person_id": course["id"]})
    assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (422, "/lines")
    four = await write(client, event, *lines[:4], lines[4] | {"present": False})
    assert (four.status_code, len(four.json()["lines"])) == (200, 5), four.text
    seen = (await other.get(path)).json()
    assert (seen["present"], seen["pre_score"]) == (4, None), "a mean of four is not told"
    assert (await write(client, event, *lines)).status_code == 412
    again = {"If-Match": four.headers["etag"]}
    all_six = await client.put(f"{path}/attendance", json={"lines": lines}, headers=again)
    assert all_six.json()["lines"] == sorted(({"present": True, "hours": None} | x for x in lines), key=lambda x: x["person_id"])
    seen = (await other.get(path)).json()
    assert (seen["present"], seen["pre_score"], seen["post_score"]) == (6, 42.5, 70.5)
    assert (await other.get(f"{path}/attendance")).status_code == 403
    assert (await (await world.who("sv")).get(f"{path}/attendance")).status_code == 404
    assert (await client.get(f"{path}/attendance")).json()["lines"] == all_six.json()["lines"]
    async with world.owner() as owner_of_all:
        read = "select count(*) from change where noun = 'training_event' and action = 'read-personal'"
        assert await owner_of_all.fetchval(read) == 1
        told = "select count(*) from change where noun = 'training_event' and body::text like '%' || $1 || '%'"
        assert await owner_of_all.fetchval(told, people[0]) == 0, "the feed tells that it was written, not who was there"
