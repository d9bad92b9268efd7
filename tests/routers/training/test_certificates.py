"""Certificates over HTTP: issued once to whoever was there long enough, checked by everybody, withdrawn, and never naming anybody."""

import asyncio
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import MIXCO, ask, launched
from tests.routers.training.test_attendance import created, given, write

SAID = ("code", "year", "number", "course", "hours", "percent", "issuer", "issued_on", "withdrawn_on", "state", "demonstration")


class Taught:
    """An event of ten hours that people were at, and who keeps its papers."""

    def __init__(self, client: httpx.AsyncClient, event: httpx.Response, people: list[str], issuer: str) -> None:
        self.client, self.event, self.people, self.issuer = client, event, people, issuer
        self.path = f"/v1/training-events/{event.json()['id']}"

    async def attend(self, *hours: float | None) -> None:
        """Each of the people for so many hours, None for all of them; negative for absent."""
        there = await self.client.get(self.path)
        lines = [
            {"person_id": person, "present": h is None or h >= 0, "hours": h if h and h > 0 else None}
            for person, h in zip(self.people, hours, strict=False)
        ]
        answer = await write(self.client, there, *lines)
        assert answer.status_code == 200, answer.text

    async def issue(self, **said: Any) -> httpx.Response:
        return await self.client.post(f"{self.path}/certificates", json={"issuer_organisation_id": self.issuer} | said)


async def taught(world: World, people: int = 3, **course: Any) -> Taught:
    client = await world.who("mixco")
    committee = (await launched(world)).json()["id"]
    named = [(await created(client, f"committees/{committee}/persons", name=f"Canary {n}"))["id"] for n in range(people)]
    owner = {"level": "municipality", "unit": str(MIXCO)}
    said = {"title": "Prevención", "level": "initial", "topics": ["prevention"], "hours": 10, "owner": owner}
    event = await given(client, await created(client, "courses", **said | course), 10)
    issuer = await created(await world.who("gt"), "organisations", name="Universidad de Prueba", classification="academia", country_id=320)
    return Taught(client, event, named, issuer["id"])


def counts(answer: httpx.Response) -> tuple[int, ...]:
    assert answer.status_code == 200, answer.text
    return tuple(answer.json()[name] for name in ("issued", "held", "short", "erased"))


async def test_whoever_was_there_long_enough_gets_one_that_everybody_checks(world: World) -> None:
    event = await taught(world, people=4)
    await event.attend(None, 8, 7.9, -1)
    first = await event.issue()
    assert counts(first) == (2, 0, 1, 0)
    [one, two] = first.json()["certificates"]
    assert (one["number"], two["number"], one["hours"], one["percent"]) == (1, 2, 10, 80)
    assert {one["person_id"], two["person_id"]} == set(event.people[:2])
    again = await event.issue()
    assert counts(again) == (0, 2, 1, 0)
    assert again.json()["certificates"] == first.json()["certificates"], "sent again it issues nothing again"
    public = await world.who()
    for typed in (one["code"], one["code"].lower().replace("-", "").replace("0", "o")):
        checked = await public.get(f"/v1/certificates/{typed}")
        assert checked.json() == {name: one[name] for name in SAID}
    assert (checked.json()["state"], checked.json()["issuer"]) == ("valid", "Universidad de Prueba")
    assert (await public.get("/v1/certificates/0000-0000-0000")).status_code == 404
    for who, seen in (("gt", 2), ("mixco", 2), ("sv", 0)):
        client = await world.who(who)
        listed = (await client.get("/v1/certificates", params={"event": event.event.json()["id"]})).json()["items"]
        assert {c["person_id"] for c in listed} == (set(event.people[:2]) if who == "mixco" else {None} if seen else set())
        assert len(listed) == seen, who
    assert len((await event.client.get(f"/v1/municipalities/{MIXCO}/certificates", params={"state": "withdrawn"})).json()["items"]) == 0


async def test_a_course_says_how_much_is_enough(world: World) -> None:
    event = await taught(world, certificate_percent=50)
    await event.attend(5, 4.9, None)
    issued = await event.issue()
    assert counts(issued) == (2, 0, 1, 0)
    assert {c["percent"] for c in issued.json()["certificates"]} == {50}


async def test_it_is_withdrawn_where_attendance_is_put_right_and_a_new_one_is_another(world: World) -> None:
    event = await taught(world)
    await event.attend(None, None, None)
    before = {c["person_id"]: c for c in (await event.issue()).json()["certificates"]}
    await event.attend(None, 3, -1)
    public = await world.who()
    states = [(await public.get(f"/v1/certificates/{before[person]['code']}")).json()["state"] for person in event.people]
    assert states == ["valid", "withdrawn", "withdrawn"]
    await event.attend(None, None)
    after = await event.issue()
    assert counts(after) == (1, 1, 0, 0)
    codes = {c["person_id"]: (c["code"], c["number"]) for c in after.json()["certificates"]}
    first, second = event.people[:2]
    assert codes[first] == (before[first]["code"], before[first]["number"])
    assert codes[second][0] != before[second]["code"]
    assert codes[second][1] == 4, "a number is given once"
    assert (await public.get(f"/v1/certificates/{before[second]['code']}")).json()["state"] == "withdrawn", "for good"


async def test_one_is_withdrawn_by_hand_and_all_where_the_event_was_another(world: World) -> None:
    event = await taught(world)
    await event.attend(None, None)
    [one, two] = (await event.issue()).json()["certificates"]
    path = f"/v1/certificates/{one['code']}"
    read = await (await world.who()).get(path)
    assert (await event.client.post(f"{path}/withdraw")).status_code == 428
    gone = await ask(event.client, f"{path}/withdraw", read)
    assert (gone.status_code, gone.json()["state"], gone.json()["allowed_actions"]) == (200, "withdrawn", []), gone.text
    again = await ask(event.client, f"{path}/withdraw", gone)
    assert (again.status_code, again.json()["code"]) == (409, "certificate-withdrawn")
    stale = await ask(event.client, f"{path}/withdraw", read)
    assert stale.status_code == 412
    there = await event.client.get(event.path)
    noted = await event.client.patch(event.path, json={"note": "x"}, headers={"If-Match": there.headers["etag"]})
    assert (await (await world.who()).get(f"/v1/certificates/{two['code']}")).json()["state"] == "valid"
    await event.client.patch(event.path, json={"hours": 6}, headers={"If-Match": noted.headers["etag"]})
    assert (await (await world.who()).get(f"/v1/certificates/{two['code']}")).json()["state"] == "withdrawn"
    assert [c["hours"] for c in (await event.issue()).json()["certificates"]] == [6, 6]


async def test_erasing_the_person_leaves_it_whole_and_nameless(world: World) -> None:
    event = await taught(world)
    await event.attend(None, -1, -1)
    [one] = (await event.issue()).json()["certificates"]
    public = await world.who()
    before = (await public.get(f"/v1/certificates/{one['code']}")).content
    person = f"/v1/persons/{event.people[0]}"
    erased = await ask(event.client, f"{person}/erase", await event.client.get(person))
    assert (erased.status_code, erased.json()["name"]) == (200, None)
    assert (await public.get(f"/v1/certificates/{one['code']}")).content == before
    assert b"Canary" not in before
    assert counts(await event.issue()) == (0, 1, 0, 0)
    await event.attend(None, None, -1)
    second = f"/v1/persons/{event.people[1]}"
    await ask(event.client, f"{second}/erase", await event.client.get(second))
    assert counts(await event.issue()) == (0, 1, 0, 1), "there is nobody to give it to"
    async with world.owner() as owner:
        told = "select count(*) from change where noun = 'certificate' and (body::text like '%' || $1 || '%' or body::text like '%Canary%')"
        assert await owner.fetchval(told, event.people[0]) == 0, "the feed tells that it was issued, not to whom"


async def test_who_issues_and_of_what(world: World) -> None:
    event = await taught(world)
    await event.attend(None)
    for said, code in (({"issuer_organisation_id": None}, "issuer-missing"), ({"issuer_organisation_id": MIXED}, "unknown-reference")):
        refused = await event.issue(**said)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused.json()["errors"][0]["pointer"] == "/issuer_organisation_id"
    there = await event.client.get(event.path)
    await event.client.patch(event.path, json={"trainer_organisation_id": event.issuer}, headers={"If-Match": there.headers["etag"]})
    assert counts(await event.issue(issuer_organisation_id=None)) == (1, 0, 0, 0), "who gave the course"
    for who, status in (("gt", 403), ("anam", 403), ("sv", 404), ("", 401)):
        refused = await (await world.who(who)).post(f"{event.path}/certificates", json={})
        assert refused.status_code == status, who
    planned = {"course_id": event.event.json()["course_id"], "starts_on": "2026-01-01"}
    later = await created(event.client, f"municipalities/{MIXCO}/training-events", **planned)
    refused = await event.client.post(f"/v1/training-events/{later['id']}/certificates", json={"issuer_organisation_id": event.issuer})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-in-this-state")


MIXED = "00000000-0000-7000-8000-000000000000"


async def test_sent_at_once_each_gets_one_and_each_number_is_given_once(world: World) -> None:
    event = await taught(world)
    await event.attend(None, None, None)
    answers = await asyncio.gather(*(event.issue() for _ in range(4)))
    assert sorted(counts(a)[0] for a in answers) == [0, 0, 0, 3]
    listed = (await event.client.get("/v1/certificates", params={"event": event.event.json()["id"]})).json()["items"]
    assert sorted(c["number"] for c in listed) == [1, 2, 3]
