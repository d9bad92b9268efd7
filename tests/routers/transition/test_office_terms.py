"""Terms of office are public and nameless; what follows from their end comes to pass when the clock is moved, and the feed tells."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from api import clock
from api.app import create_app
from tests.conftest import World
from tests.routers.committee.test_commitments import committed
from tests.routers.committee.test_terms import named
from tests.routers.committee.walk import approved, ask, founded, institution, plenary, seat, term

TERM = {"starts_on": "2024-01-15", "ends_on": "2028-01-15"}
ENDS = date(2028, 1, 15)
RENEWED = {"committed_on": "2028-01-20", "ends_on": "2032-01-15"}
"""What the authority that came promises."""


@contextmanager
def on(world: World, day: str) -> Iterator[time_machine.Traveller]:
    """Noon of a day; tokens of another day are not good on it."""
    world.clients.clear()
    with time_machine.travel(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC), tick=True) as moved:
        yield moved


async def tick(world: World) -> None:
    """One round of the clock, as every process does it."""
    _, applications = create_app(world.settings, world.url("api"))
    async with applications.open() as house:
        await clock.tick(house)


async def in_office(world: World, by: str = "mixco", place: str = "gt-ine:0108", **said: Any) -> httpx.Response:
    answer = await (await world.who(by)).post(f"/v1/municipalities/{place}/office-terms", json=TERM | said)
    assert answer.status_code == 201, answer.text
    return answer


async def transition(client: httpx.AsyncClient, office: httpx.Response) -> dict[str, Any]:
    [found] = (await client.get("/v1/transitions", params={"office_term": office.json()["id"]})).json()["items"]
    return dict(found)


async def test_everyone_reads_the_days_and_nobody_the_name(world: World) -> None:
    committee = (await founded(world)).json()["id"]
    person = await named(world, committee)
    made = await in_office(world, person_id=person["id"], election_on="2027-06-20")
    path = f"/v1/office-terms/{made.json()['id']}"
    assert made.json()["person_id"] == person["id"], "mixco@ has the personal scope"
    for name in ("", "gt", "comures", "region"):
        client = await world.who(name)
        shown = (await client.get(path)).json()
        assert (shown["starts_on"], shown["ends_on"], shown["ended_by"], shown["person_id"]) == ("2024-01-15", "2028-01-15", None, None)
        listed = (await client.get("/v1/countries/GT/office-terms", params={"as_of": "2025-01-01", "in_office": True})).json()
        assert [item["id"] for item in listed["items"]] == [made.json()["id"]]
        assert listed["items"][0]["in_office"] is True
    stranger = await world.who("sonsonate")
    feed = (await stranger.get("/v1/changes", params={"limit": 1000})).json()["items"]
    [told] = [item for item in feed if item["noun"] == "office_term"]
    assert "person_id" not in told["body"]
    assert [item for item in feed if item["noun"] == "transition"] == []
    other = await in_office(world, "sv", "2220001")
    foreign = await (await world.who("sv")).patch(
        f"/v1/office-terms/{other.json()['id']}", json={"person_id": person["id"]}, headers={"If-Match": other.headers["etag"]}
    )
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "/person_id")
    gt = await world.who("gt")
    etag = {"If-Match": made.headers["etag"]}
    for id in (person["id"], other.json()["id"]):
        answer = await gt.post("/v1/municipalities/gt-ine:0101/office-terms", json=TERM | {"person_id": id})
        assert answer.json()["detail"] == foreign.json()["detail"], "who is not there and whom one may not see: the same"
    moved = await gt.patch(path, json={"election_on": "2027-06-27"}, headers=etag)
    assert (moved.status_code, moved.json()["person_id"]) == (200, None), "who is named stays, for whoever may not see them too"


async def test_two_terms_of_office_never_overlap(world: World) -> None:
    mixco = await world.who("mixco")
    path = "/v1/municipalities/gt-ine:0108/office-terms"
    both = await asyncio.gather(*(mixco.post(path, json=TERM) for _ in range(3)))
    assert sorted(a.status_code for a in both) == [201, 409, 409]
    assert {a.json()["code"] for a in both if a.status_code == 409} == {"office-terms-overlap"}
    after = await mixco.post(path, json={"starts_on": "2028-01-15", "ends_on": "2032-01-15"})
    assert after.status_code == 201, "the day on which one is over, another begins"
    backwards = await mixco.post(path, json={"starts_on": "2034-01-15", "ends_on": "2033-01-15"})
    assert backwards.status_code == 422
    [first] = [a for a in both if a.status_code == 201]
    thing = f"/v1/office-terms/{first.json()['id']}"
    gt = await world.who("gt")
    longer = await ask(gt, f"{thing}/extend", first, ends_on="2028-02-15", reference="Acuerdo 4-2027")
    assert (longer.status_code, longer.json()["code"]) == (409, "office-terms-overlap")
    removed = await mixco.delete(f"/v1/office-terms/{after.json()['id']}", headers={"If-Match": after.headers["etag"]})
    assert removed.status_code == 204
    extended = await ask(gt, f"{thing}/extend", first, ends_on="2028-02-15", reference="Acuerdo 4-2027")
    assert (extended.status_code, extended.json()["reference"]) == (200, "Acuerdo 4-2027")
    assert (await transition(mixco, first))["turns_on"] == "2028-02-15"


async def test_an_extension_names_an_instrument_that_the_council_approved(world: World) -> None:
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    made = await in_office(world)
    path = f"/v1/office-terms/{made.json()['id']}"
    bare = await ask(mixco, f"{path}/extend", made, ends_on="2028-02-15")
    assert bare.status_code == 422
    itself = await ask(mixco, f"{path}/extend", made, ends_on="2028-02-15", reference="Acuerdo 4-2027")
    assert (itself.status_code, itself.json()["code"]) == (403, "not-allowed")
    other = (await approved(mixco, committee)).json()["id"]
    wrong = await ask(mixco, f"{path}/extend", made, ends_on="2028-02-15", reference="x", instrument_id=other)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "instrument-of-other-purpose")
    right = (await approved(mixco, committee, "term_extension", number="9")).json()["id"]
    extended = await ask(mixco, f"{path}/extend", made, ends_on="2028-02-15", reference="9", instrument_id=right)
    assert (extended.status_code, extended.json()["instrument_id"]) == (200, right)


async def test_the_clock_alone_turns_a_term_of_office(world: World) -> None:
    """Seats held ex officio end on the day, civil seats stay; the committee is in transition until somebody ratifies it or 90 days pass."""
    with on(world, "2027-03-01"):
        mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
        body, institutional = await plenary(mixco, committee), await institution(world)
        held = {"on_behalf_of_id": institutional, "starts_on": "2027-01-01"}
        mayor = await term(
            mixco, committee, await seat(mixco, committee, body, "municipal_elected", role="president"), selection="ex_officio", **held
        )
        civil = await term(mixco, committee, await seat(mixco, committee, body, "ngo"), selection="open_call", **held)
        promise = {"kind": "letter", "authority": "mayor", "committed_on": "2027-01-10", "ends_on": "2030-01-01", "reference": "Carta 1"}
        promised = await mixco.post(f"/v1/committees/{committee}/commitments", json=promise)
        assert (mayor.status_code, civil.status_code, promised.status_code) == (201, 201, 201)
        made = await in_office(world)
        assert (await transition(mixco, made))["state"] == "scheduled"
    states = {}
    for day in ("2027-07-18", "2027-07-19", "2028-01-14", "2028-01-15", "2028-04-13", "2028-04-14"):
        with on(world, day):
            await tick(world)
            mixco = await world.who("mixco")
            found = await transition(mixco, made)
            flag = (await mixco.get(f"/v1/committees/{committee}")).json()["in_transition"]
            states[day] = (found["state"], found["custodian"], flag)
    assert states == {
        "2027-07-18": ("scheduled", "municipality", False),
        "2027-07-19": ("preparing", "municipality", False),
        "2028-01-14": ("preparing", "municipality", False),
        "2028-01-15": ("frozen", "country", True),
        "2028-04-13": ("frozen", "country", True),
        "2028-04-14": ("lapsed", "country", False),
    }, "who answers for the records does not change by waiting"
    async with world.owner() as owner:
        assert await owner.fetchval("select ends_on from commitment") == ENDS
    await told(world, made, mayor, civil)


async def told(world: World, made: httpx.Response, mayor: httpx.Response, civil: httpx.Response) -> None:
    """What came to pass stands in the feed without anyone having asked."""
    with on(world, "2028-04-15"):
        mixco = await world.who("mixco")
        ended = (await mixco.get(f"/v1/terms/{mayor.json()['id']}")).json()
        assert (ended["ends_on"], ended["end_reason"]) == ("2028-01-15", "office_ended")
        assert (await mixco.get(f"/v1/terms/{civil.json()['id']}")).json()["end_reason"] is None
        feed = (await mixco.get("/v1/changes", params={"limit": 1000})).json()["items"]
        said = [(i["action"], i["body"]["state"]) for i in feed if i["noun"] == "transition"]
        assert said == [("create", "scheduled"), ("turn", "preparing"), ("turn", "frozen"), ("turn", "lapsed")]
        assert ("term", "end", mayor.json()["id"]) in [(i["noun"], i["action"], i["thing"]) for i in feed]
        path = f"/v1/transitions/{(await transition(mixco, made))['id']}"
        late = await ask(mixco, f"{path}/reratify", await mixco.get(path), reratified_on="2028-04-15", reference="Acuerdo 11-2028")
        assert (late.status_code, late.json()["code"]) == (409, "commitment-missing"), "that of the authority that left counts for nothing"


async def test_clocks_of_several_processes_turn_it_once(world: World) -> None:
    with on(world, "2027-12-01"):
        made = await in_office(world)
    with on(world, "2028-01-16"):
        await asyncio.gather(*(tick(world) for _ in range(3)))
    async with world.owner() as owner:
        turns = await owner.fetchval("select count(*) from change where noun = 'transition' and action = 'turn'")
        row = await owner.fetchrow("select state, version from transition where office_term_id = $1", made.json()["id"])
    assert (turns, tuple(row)) == (1, ("frozen", 2))


async def test_an_end_that_comes_early_is_followed_at_once(world: World) -> None:
    mixco, made = await world.who("mixco"), await in_office(world)
    path = f"/v1/office-terms/{made.json()['id']}"
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    ended = await ask(mixco, f"{path}/end", made, ended_by="death", ends_on=yesterday)
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "death")
    assert (await transition(mixco, made))["state"] == "frozen"
    await tick(world)
    assert (await transition(mixco, made))["turned_at"] is not None
    again = await ask(mixco, f"{path}/end", ended, ended_by="resignation", ends_on="2026-01-01")
    assert (again.status_code, again.json()["code"]) == (409, "office-term-over")
    removed = await mixco.delete(path, headers={"If-Match": ended.headers["etag"]})
    assert (removed.status_code, removed.json()["code"]) == (409, "office-term-followed")


@pytest.mark.parametrize(("name", "status"), [("", 401), ("sonsonate", 404), ("anam", 403), ("gt", 200)])
async def test_who_may_say_that_a_committee_was_ratified_again(world: World, name: str, status: int) -> None:
    with on(world, "2028-01-01"):
        made, committee = await in_office(world), (await founded(world)).json()["id"]
    with on(world, "2028-02-01"):
        await tick(world)
        id = (await transition(await world.who("region"), made))["id"]
        assert (await committed(await world.who("mixco"), committee, **RENEWED)).status_code == 201
        body = {"reratified_on": "2028-01-20", "reference": "Acuerdo 2-2028"}
        answer = await (await world.who(name)).post(f"/v1/transitions/{id}/reratify", json=body, headers={"If-Match": '"2"'})
        assert answer.status_code == status, answer.text


async def test_a_committee_is_ratified_again_by_a_commitment_of_the_new_authority_alone(world: World) -> None:
    with on(world, "2028-01-01"):
        made, committee = await in_office(world), (await founded(world)).json()["id"]
        before = await committed(await world.who("mixco"), committee, committed_on="2024-02-01", ends_on="2030-01-01", champion_office="X")
        assert before.json()["lasts_until"] == "2028-01-15", "a promise of the mayor's ends with the mayor's office, whatever it says"
    with on(world, "2028-02-01"):
        await tick(world)
        mixco = await world.who("mixco")
        path = f"/v1/transitions/{(await transition(mixco, made))['id']}"
        said = {"reratified_on": "2028-01-25", "reference": "Acuerdo 2-2028"}

        async def ratified(**more: Any) -> httpx.Response:
            return await ask(mixco, f"{path}/reratify", await mixco.get(path), **said, **more)

        old = await committed(mixco, committee, committed_on="2028-01-10", ends_on="2030-01-01", champion_office="X")
        assert (old.json()["lasts_until"], old.json()["in_force"]) == ("2028-01-15", False), "entered late, and of the old one all the same"
        assert ((await ratified()).status_code, (await ratified()).json()["code"]) == (409, "commitment-missing")
        new = await committed(mixco, committee, **RENEWED)
        strange = await ratified(commitment_id=old.json()["id"])
        assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/commitment_id")
        done = await ratified(commitment_id=new.json()["id"])
        assert (done.json()["state"], done.json()["commitment_id"]) == ("reratified", new.json()["id"]), done.text
        assert done.json()["allowed_actions"] == ["propose"], "the handover is still to be made"
    with on(world, "2028-03-01"):
        await hand_over(world, path)
        mixco = await world.who("mixco")
        new = await mixco.get(f"/v1/commitments/{new.json()['id']}")
        mistaken = await mixco.patch(
            f"/v1/commitments/{new.json()['id']}", json={"committed_on": "2028-01-12"}, headers={"If-Match": new.headers["etag"]}
        )
        assert mistaken.json()["lasts_until"] == "2028-01-15"
        found = (await mixco.get(path)).json()
        assert (found["state"], found["reratified_on"], found["commitment_id"]) == ("handed_over", None, None), "it rested on a mistake"
        again = await committed(mixco, committee, committed_on="2028-02-20", ends_on="2032-01-15")
        assert (await ratified()).json()["commitment_id"] == again.json()["id"]
        assert (await ask(mixco, f"/v1/commitments/{again.json()['id']}/void", again)).status_code == 200
        assert (await mixco.get(path)).json()["state"] == "handed_over"
    with on(world, "2028-04-14"):
        await tick(world)
        assert (await (await world.who("gt")).get(path)).json()["state"] == "lapsed"


async def hand_over(world: World, path: str) -> None:
    """After it was ratified: proposed, agreed to and, Mixco's coordinator being elected again, signed."""
    gt, mixco = await world.who("gt"), await world.who("mixco")
    waits = []
    office = f"/v1/office-terms/{(await gt.get(path)).json()['office_term_id']}"
    assert (await ask(gt, f"{office}/end", await gt.get(office), ended_by="re_election")).status_code == 200
    for client, act in ((gt, "handover/approve"), (mixco, "accept")):
        found = (await gt.get(path)).json()
        waits.append((found["handover_waits_for"], found["custodian"]))
        assert (await ask(client, f"{path}/{act}", await gt.get(path))).status_code == 200
    found = (await gt.get(path)).json()
    assert [*waits, (found["handover_waits_for"], found["custodian"])] == [
        ("approval", "country"),
        ("signature", "country"),
        (None, "municipality"),
    ]
    assert (found["state"], found["allowed_actions"]) == ("reratified", [])
