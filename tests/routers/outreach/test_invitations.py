"""Invitations to a seat: every state, expiry by the calendar alone, and step 2, which is reached when enough have come."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from api.domain.outreach.invitations import SeatInvitation
from tests.conftest import World
from tests.routers.committee.test_terms import CANARY, named
from tests.routers.committee.walk import AGO, TODAY, ask, founded, institution, plenary, seat, term
from tests.routers.outreach.test_maps import SECTORS, finished, leaders
from tests.routers.transition.test_office_terms import on, tick

PATH = "/v1/seat-invitations/{}"


async def drafted(client: httpx.AsyncClient, committee: str, sector: str = "faith", **said: Any) -> httpx.Response:
    body = {"institution": f"Invented {sector}", "sector": sector} | said
    answer = await client.post(f"/v1/committees/{committee}/seat-invitations", json=body)
    assert answer.status_code == 201, answer.text
    return answer


async def done(client: httpx.AsyncClient, made: httpx.Response, what: str, **said: Any) -> httpx.Response:
    return await ask(client, f"{PATH.format(made.json()['id'])}/{what}", made, **said)


async def sent(client: httpx.AsyncClient, committee: str, sector: str = "faith", on: str = AGO[20], **said: Any) -> httpx.Response:
    answer = await done(client, await drafted(client, committee, sector, **said), "send", sent_on=on)
    assert answer.status_code == 200, answer.text
    return answer


async def accepted(client: httpx.AsyncClient, committee: str, sector: str = "faith", **said: Any) -> httpx.Response:
    answer = await done(client, await sent(client, committee, sector, **said), "accept", answered_on=AGO[10])
    assert answer.status_code == 200, answer.text
    return answer


async def test_an_invitation_comes_to_a_seat(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    church, other = await institution(world, "Iglesia inventada"), await institution(world, "Otra")
    draft = await drafted(mixco, id, institution=None, organisation_id=church)
    assert (draft.json()["state"], draft.json()["organisation"]) == ("draft", "Iglesia inventada")
    assert draft.json()["allowed_actions"] == ["change", "send", "remove"]
    early = await done(mixco, draft, "accept", answered_on=AGO[1])
    assert (early.status_code, early.json()["code"], early.json()["choices"]) == (
        409,
        "invitation-state-forbids",
        ["change", "send", "remove"],
    )
    changed = await mixco.patch(PATH.format(draft.json()["id"]), json={"channel": "visit"}, headers={"If-Match": draft.headers["etag"]})
    assert changed.json()["channel"] == "visit"
    late = await done(mixco, changed, "send", sent_on=(TODAY + timedelta(days=1)).isoformat())
    assert (late.status_code, late.json()["code"]) == (422, "day-to-come")
    went = await done(mixco, changed, "send", sent_on=AGO[20])
    until = (date.fromisoformat(AGO[20]) + timedelta(days=30)).isoformat()
    assert (went.json()["state"], went.json()["expires_on"], went.json()["allowed_actions"]) == ("sent", until, ["accept", "decline"])
    assert (await mixco.delete(PATH.format(draft.json()["id"]), headers={"If-Match": went.headers["etag"]})).status_code == 409
    before = await done(mixco, went, "accept", answered_on=AGO[30])
    assert (before.status_code, before.json()["code"]) == (422, "answer-out-of-time")
    came = await done(mixco, went, "accept", answered_on=AGO[10])
    assert (came.json()["state"], came.json()["allowed_actions"]) == ("accepted", ["seat", "decline"])
    body = await plenary(mixco, id)
    wrong = [
        await term(mixco, id, await seat(mixco, id, body, "faith"), on_behalf_of_id=other),
        await term(mixco, id, await seat(mixco, id, body, "ngo"), on_behalf_of_id=church),
    ]
    for made in wrong:
        refused = await done(mixco, came, "seat", term_id=made.json()["id"])
        assert (refused.status_code, refused.json()["code"]) == (422, "term-of-another")
    assert (await done(mixco, came, "seat", term_id=id)).json()["code"] == "unknown-reference"
    held = await term(mixco, id, await seat(mixco, id, body, "faith"), on_behalf_of_id=church, starts_on=AGO[5])
    seated = await done(mixco, came, "seat", term_id=held.json()["id"])
    assert (seated.status_code, seated.json()["state"], seated.json()["term_id"]) == (200, "seated", held.json()["id"]), seated.text
    assert seated.json()["allowed_actions"] == []


async def test_an_institution_that_only_has_a_name_is_invited_once_at_a_time(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    assert (await sent(mixco, id, institution="Club  de Fútbol Inventado")).status_code == 200
    again = await done(mixco, await drafted(mixco, id, institution="club de futbol inventado"), "send", sent_on=AGO[20])
    assert (again.status_code, again.json()["code"]) == (409, "invited-already")
    assert (await sent(mixco, id, institution="Otro Club Inventado")).status_code == 200
    contact = await named(world, id)
    assert (await sent(mixco, id, institution=None, contact_person_id=contact["id"])).status_code == 200


async def test_one_invitation_of_an_organisation_is_open_at_a_time(world: World) -> None:
    mixco, id, church = await world.who("mixco"), (await founded(world)).json()["id"], await institution(world)
    drafts = [await drafted(mixco, id, institution=None, organisation_id=church) for _ in range(4)]
    both = await asyncio.gather(*(done(mixco, draft, "send", sent_on=AGO[20]) for draft in drafts))
    assert sorted(a.status_code for a in both) == [200, 409, 409, 409]
    assert {a.json()["code"] for a in both if a.status_code == 409} == {"invited-already"}
    [won] = [a for a in both if a.status_code == 200]
    no = await done(mixco, won, "decline", answered_on=AGO[10], decline_reason="no_time")
    assert (no.json()["state"], no.json()["decline_reason"], no.json()["allowed_actions"]) == ("declined", "no_time", [])
    again = await sent(mixco, id, on=AGO[60], institution=None, organisation_id=church)
    assert (again.json()["state"], again.json()["expires_on"]) == ("expired", AGO[30]), "what was long ago is over at once"
    third = await sent(mixco, id, institution=None, organisation_id=church)
    assert third.json()["state"] == "sent", "one that expired stands in nobody's way, also before the clock came by"
    missed = await mixco.get(PATH.format(again.json()["id"]))
    assert (missed.json()["state"], missed.json()["version"]) == ("expired", 3)
    answered = await done(mixco, missed, "accept", answered_on=AGO[30])
    assert (answered.status_code, answered.json()["code"]) == (409, "invitation-expired")
    in_time = await done(mixco, missed, "decline", answered_on=(date.fromisoformat(AGO[30]) - timedelta(days=1)).isoformat())
    assert (in_time.status_code, in_time.json()["state"]) == (200, "declined"), "an answer that came in time and was not written down"


async def test_the_clock_ends_what_nobody_answered_and_the_feed_tells(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    made, other = await sent(mixco, id), await accepted(mixco, id, "police")
    await world.settled()
    cursor = (await mixco.get("/v1/changes", params={"limit": 1000})).json()["next"]
    await tick(world)
    assert await expired(mixco, cursor) == []
    with on(world, made.json()["expires_on"]):
        for _ in range(2):
            await tick(world)
        await world.settled()
        await told_once(await world.who("mixco"), cursor, made, other)


async def expired(mixco: httpx.AsyncClient, cursor: str) -> list[dict[str, Any]]:
    """What the feed tells of invitations since."""
    items = (await mixco.get("/v1/changes", params={"cursor": cursor})).json()["items"]
    return [item for item in items if item["noun"] == "seat_invitation"]


async def told_once(mixco: httpx.AsyncClient, cursor: str, made: httpx.Response, other: httpx.Response) -> None:
    [told] = await expired(mixco, cursor)
    assert (told["thing"], told["action"], told["version"]) == (made.json()["id"], "expire", 3)
    assert told["body"]["state"] == "expired"
    assert not set(told["body"]) & SeatInvitation.PERSONAL
    read = await mixco.get(PATH.format(made.json()["id"]))
    assert (read.json()["state"], read.json()["version"]) == ("expired", 3)
    assert (await mixco.get(PATH.format(other.json()["id"]))).json()["state"] == "accepted"


async def test_step_2_is_reached_when_every_sector_was_mapped_and_came(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    await finished(mixco, id)
    for n, sector in enumerate(SECTORS):
        step = await leaders(mixco, id)
        gates = {gap["gate"]: gap for gap in step["unmet"]}
        assert step["state"] == "in_progress"
        assert "sectors-accepted" in gates, gates
        assert ("invited-lately" in gates) is (n == 0)
        assert gates["sectors-accepted"]["kept"]
        assert gates["sectors-accepted"]["who"]
        assert sector in gates["sectors-accepted"]["missing"]
        await accepted(mixco, id, sector)
    step = await leaders(mixco, id)
    assert (step["state"], step["since"], step["unmet"]) == ("achieved", AGO[10], [])
    assert {e["noun"] for e in step["evidence"]} == {"stakeholder_map", "seat_invitation"}
    for evidence in step["evidence"]:
        assert (await mixco.get(evidence["href"])).status_code == 200
    year = date.fromisoformat(AGO[20])
    assert step["lapses_on"] == year.replace(year=year.year + 1).isoformat(), "new ones are to be invited every twelve months"
    assert (await leaders(mixco, id, step["lapses_on"]))["state"] == "lapsed"
    told = {s["sector"]: s for s in (await mixco.get(f"/v1/committees/{id}/sector-gaps")).json()["sectors"]}
    assert {(told[s]["stage"], told[s]["accepted"]) for s in SECTORS} == {("not_seated", 1)}


async def test_a_contact_is_for_the_personal_scope(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    person = await named(world, id)
    body = {"sector": "faith", "contact_person_id": person["id"]}
    unseen = await gt.post(f"/v1/committees/{id}/seat-invitations", json=body)
    assert (unseen.status_code, unseen.json()["errors"][0]["pointer"]) == (422, "/contact_person_id")
    made = await mixco.post(f"/v1/committees/{id}/seat-invitations", json=body)
    assert (made.status_code, made.json()["contact_person_id"]) == (201, person["id"])
    theirs = await gt.get(PATH.format(made.json()["id"]))
    assert (theirs.json()["contact_person_id"], CANARY in theirs.text) == (None, False)
    nobody = await mixco.post(f"/v1/committees/{id}/seat-invitations", json={"sector": "faith"})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "invalid-fields")


@pytest.mark.parametrize(("display", "shows"), [("institution", 2), ("sector", 1), ("none", 0)])
async def test_an_invitation_shows_of_a_holder_what_the_seat_shows(world: World, display: str, shows: int) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    church = await institution(world, "Iglesia inventada")
    came = await accepted(mixco, id, institution=None, organisation_id=church)
    at = await seat(mixco, id, await plenary(mixco, id), "faith", display=display)
    held = await term(mixco, id, at, on_behalf_of_id=church)
    seated = await done(mixco, came, "seat", term_id=held.json()["id"])
    assert (seated.status_code, seated.json()["organisation"]) == (200, "Iglesia inventada")
    for path in (PATH.format(came.json()["id"]), "/v1/region/seat-invitations", "/v1/municipalities/3200008/seat-invitations"):
        answer = (await gt.get(path)).json()
        [found] = answer.get("items", [answer])
        for member in ("organisation", "organisation_id", "term_id"):
            assert (found[member] is not None) == (shows >= 2), (path, member)
        assert (found["sector"] is not None) == (shows >= 1), path
    listed = (await gt.get("/v1/seat-invitations", params={"sector": "faith"})).json()["items"]
    assert len(listed) == (shows >= 1), "no filter tells what the answer does not"
    feed = (await gt.get("/v1/changes", params={"limit": 1000})).json()["items"]
    assert not any(church in str(c["body"]) for c in feed if c["noun"] == "seat_invitation")


async def test_an_open_call_counts_who_asked(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    other = (await founded(world)).json()["id"]
    said = {"title": "Organizaciones juveniles", "sectors": ["youth"], "seats": 2, "opens_on": AGO[30], "closes_on": AGO[10]}
    made = await mixco.post(f"/v1/committees/{id}/open-calls", json=said)
    assert (made.status_code, made.json()["state"], made.json()["asked"]) == (201, "closed", 0), made.text
    call = made.json()["id"]
    for committee, status in ((id, 201), (other, 422)):
        body = {"institution": "x", "sector": "youth", "open_call_id": call, "channel": "open_call"}
        assert (await mixco.post(f"/v1/committees/{committee}/seat-invitations", json=body)).status_code == status
    longer = {"closes_on": (TODAY + timedelta(days=9)).isoformat()}
    opened = await mixco.patch(f"/v1/open-calls/{call}", json=longer, headers={"If-Match": made.headers["etag"]})
    assert (opened.json()["state"], opened.json()["asked"], opened.json()["seated"]) == ("open", 1, 0)
    backwards = await mixco.patch(f"/v1/open-calls/{call}", json={"closes_on": AGO[60]}, headers={"If-Match": opened.headers["etag"]})
    assert (backwards.status_code, backwards.json()["code"]) == (422, "invalid-fields")
    await mixco.post(
        f"/v1/committees/{other}/open-calls", json=said | {"sectors": [], "opens_on": longer["closes_on"], "closes_on": "2100-01-01"}
    )
    for params, n in (({"state": "open"}, 1), ({"state": "announced"}, 1), ({"sector": "youth"}, 2), ({"sector": "ngo"}, 1)):
        assert len((await mixco.get("/v1/region/open-calls", params=params)).json()["items"]) == n, params
    assert [i["open_call_id"] for i in (await mixco.get("/v1/seat-invitations", params={"call": call})).json()["items"]] == [call]
