"""Agreements: owned by one, due on a day, overdue by the calendar alone, fulfilled with evidence."""

from datetime import timedelta
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import AGO, TODAY, ask, institution
from tests.routers.session.meetings import SECTORS, Committee, gathered
from tests.routers.session.test_decisions import put_to_vote, voted
from tests.routers.session.test_minutes import drafted
from tests.routers.session.test_sessions import code

SOON = (TODAY + timedelta(days=9)).isoformat()


async def agreed(committee: Committee, session: httpx.Response, **said: Any) -> httpx.Response:
    body = {"text": "Alumbrar la cancha", "owner_organisation_id": committee.institution, "due_on": SOON} | said
    return await committee.client.post(f"/v1/sessions/{session.json()['id']}/agreements", json=body)


async def test_who_does_what_until_when(world: World) -> None:
    committee = await gathered(world)
    mixco, session = committee.client, await committee.held(*SECTORS, meets_on=AGO[20], on=AGO[30])
    made = await agreed(committee, session)
    assert made.status_code == 201, made.text
    assert (made.json()["owner"], made.json()["overdue"], made.json()["on_time"]) == ("Fundación inventada", False, None)
    path = f"/v1/agreements/{made.json()['id']}"
    both = await agreed(committee, session, owner_seat_id=committee.seats["ngo"])
    assert both.status_code == 422, "one owns it"
    assert code(await agreed(committee, session, due_on=AGO[30])) == (422, "due-before-session")
    other = await gathered(world)
    stranger = {"owner_organisation_id": None, "owner_seat_id": other.seats["ngo"]}
    assert code(await agreed(committee, session, **stranger)) == (422, "unknown-reference")
    later = (await mixco.get("/v1/agreements", params={"committee": committee.id, "as_of": "2090-01-01", "overdue": True})).json()["items"]
    assert [(a["id"], a["overdue"]) for a in later] == [(made.json()["id"], True)], "it comes to be overdue by the calendar alone"
    bare = await ask(mixco, f"{path}/fulfil", made, fulfilled_on=AGO[1])
    assert bare.status_code == 422, "evidence is named"
    assert code(await ask(mixco, f"{path}/fulfil", made, fulfilled_on=SOON, reference="x")) == (422, "day-to-come")
    done = await ask(mixco, f"{path}/fulfil", made, fulfilled_on=AGO[1], reference="Folio 9")
    assert (done.json()["state"], done.json()["on_time"], done.json()["allowed_actions"]) == ("fulfilled", True, [])
    assert code(await ask(mixco, f"{path}/cancel", done, because="x")) == (409, "agreement-settled")


async def test_what_stands_in_approved_minutes_is_fulfilled_and_not_rewritten(world: World) -> None:
    committee = await gathered(world)
    mixco, session = committee.client, await committee.held(*SECTORS)
    lost = await put_to_vote(committee, session)
    await voted(committee, lost, ngo="no")
    assert code(await agreed(committee, session, decision_id=lost.json()["id"])) == (409, "decision-not-passed")
    made = await agreed(committee, session)
    path = f"/v1/agreements/{made.json()['id']}"
    seat = {"owner_organisation_id": None, "owner_seat_id": committee.seats["ngo"]}
    changed = await mixco.patch(path, json=seat, headers={"If-Match": made.headers["etag"]})
    assert changed.json()["owner"] == "member", changed.text
    minutes = await drafted(committee, session)
    await ask(mixco, f"/v1/minutes/{minutes.json()['id']}/approve", minutes, approved_on=AGO[1])
    late = await mixco.patch(path, json={"due_on": "2090-01-01"}, headers={"If-Match": changed.headers["etag"]})
    assert code(late) == (409, "minutes-approved")
    assert code(await agreed(committee, session)) == (409, "session-state-forbids")
    given_up = await ask(mixco, f"{path}/cancel", changed, because="Sin fondos")
    assert (given_up.json()["state"], given_up.json()["cancelled_because"]) == ("cancelled", "Sin fondos")


async def test_how_each_institution_keeps_its_word(world: World) -> None:
    committee = await gathered(world)
    mixco, session = committee.client, await committee.held(*SECTORS, meets_on=AGO[20], on=AGO[30])
    school = await institution(world, "Escuela inventada")
    seat = {"owner_organisation_id": None, "owner_seat_id": committee.seats["municipal_elected"]}
    for said, fulfilled in (
        ({"due_on": AGO[10]}, AGO[10]),
        (seat | {"due_on": AGO[10]}, AGO[5]),
        ({"due_on": AGO[1]}, None),
        ({"owner_organisation_id": school, "due_on": TODAY.isoformat()}, None),
        ({"owner_organisation_id": school, "due_on": AGO[10]}, "cancelled"),
    ):
        made = await agreed(committee, session, **said)
        path = f"/v1/agreements/{made.json()['id']}"
        if fulfilled == "cancelled":
            await ask(mixco, f"{path}/cancel", made, because="x")
        elif fulfilled:
            await ask(mixco, f"{path}/fulfil", made, fulfilled_on=fulfilled, reference="x")
    found = (await mixco.get(f"/v1/committees/{committee.id}/follow-through")).json()
    assert found["total"] == {"agreements": 4, "on_time": 1, "late": 1, "overdue": 1, "open": 1, "share": 0.3333}
    for day, then in ((AGO[10], (5, 1, 0, 0, 4, 1)), (AGO[5], (5, 1, 1, 1, 2, 0.3333))):
        past = (await mixco.get(f"/v1/committees/{committee.id}/follow-through", params={"as_of": day})).json()["total"]
        assert tuple(past.values()) == then, "as it stood then: what was fulfilled or cancelled later was not yet"
    one, two = found["institutions"]
    assert (one["organisation"], one["open"], one["share"]) == ("Escuela inventada", 1, None)
    assert (two["organisation"], two["on_time"], two["late"], two["overdue"]) == ("Fundación inventada", 1, 1, 1), "the seat's, too"
    ministry = await mixco.get(f"/v1/seats/{committee.seats['municipal_elected']}")
    headers = {"If-Match": ministry.headers["etag"]}
    await mixco.patch(f"/v1/seats/{committee.seats['municipal_elected']}", json={"display": "none"}, headers=headers)
    hidden = (await mixco.get(f"/v1/committees/{committee.id}/follow-through")).json()["institutions"]
    assert [i["organisation"] for i in hidden] == ["Escuela inventada", "Fundación inventada", None]
    assert (await (await world.who("sv")).get(f"/v1/committees/{committee.id}/follow-through")).status_code == 404
    for level in ("region", "countries/GT", "municipalities/3200008"):
        listed = await mixco.get(f"/v1/{level}/agreements", params={"committee": committee.id, "overdue": True})
        assert len(listed.json()["items"]) == 1, level
