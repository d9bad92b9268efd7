"""Alerts over HTTP: the clock opens and closes them, the feed tells, and each says why and what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import time_machine

from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, SMALL, TODAY, approved, founded, institution, plenary, ruled, seat, term
from tests.routers.steps.test_records import told_since
from tests.routers.test_feed import end


async def alerts(client: httpx.AsyncClient, level: str = "", **said: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/{level}alerts", params=said)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_term_that_ends_alerts_until_somebody_follows(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    sat = await seat(mixco, id, await plenary(mixco, id))
    last = TODAY + timedelta(days=90)
    whose = await institution(world)
    made = await term(mixco, id, sat, on_behalf_of_id=whose, starts_on=AGO[90], ends_on=last.isoformat())
    assert made.status_code == 201, made.text
    await world.bring_up()
    assert await alerts(mixco) == []
    cursor = await end(world, "mixco")
    with time_machine.travel(datetime.combine(last - timedelta(days=60), datetime.min.time(), UTC), tick=True):
        await world.bring_up()
        await world.bring_up()
    [alert] = await alerts(mixco, f"municipalities/{MIXCO}/")
    assert (alert["rule"], alert["noun"], alert["thing"]) == ("term-ending", "term", made.json()["id"])
    assert (alert["happens_on"], alert["closed_at"], alert["committee"]) == (last.isoformat(), None, "COMUPRE Mixco")
    told = await told_since(mixco, cursor)
    assert [(c["noun"], c["action"], c["thing"]) for c in told] == [("alert", "create", alert["id"])]
    spanish = await mixco.get("/v1/alerts", headers={"Accept-Language": "es"})
    assert spanish.json()["items"][0]["why"].startswith("El período de un asiento termina")
    next_one = await term(mixco, id, sat, on_behalf_of_id=whose, starts_on=last.isoformat())
    assert next_one.status_code == 201, next_one.text
    with time_machine.travel(datetime.combine(last - timedelta(days=59), datetime.min.time(), UTC), tick=True):
        await world.bring_up()
    assert await alerts(mixco) == []
    [closed] = await alerts(mixco, state="closed")
    assert (closed["id"], closed["version"], closed["closed_at"] is not None) == (alert["id"], 2, True)


async def test_a_committee_that_does_not_meet_is_told_late_and_then_not_meeting(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    for kind, ago in (("convened", 730), ("launched", 730), ("legalised", 365)):
        body = {"kind": kind, "happened_on": AGO[ago], "description": "x", "reference": "x"}
        assert (await mixco.post(f"/v1/committees/{id}/declarations", json=body)).status_code == 201
    await world.bring_up()
    assert [a["rule"] for a in await alerts(mixco, committee=id)] == ["meetings-late", "not-meeting"]
    assert await alerts(await world.who("hn")) == []
    assert len(await alerts(await world.who("gt"), "countries/GT/")) == 2
    assert [a["rule"] for a in await alerts(mixco, rule="not-meeting")] == ["not-meeting"]


async def test_bylaws_that_end_alert_and_repealing_them_closes_it(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    instrument = await approved(mixco, id)
    await ruled(mixco, id, instrument.json()["id"], **SMALL)
    async with world.owner() as owner:  # Nothing over HTTP lets bylaws end on a day that is still to come.
        await owner.execute("update bylaws set in_force_to = current_date + 30")
    await world.bring_up()
    assert [a["rule"] for a in await alerts(mixco)] == ["bylaws-ending"]
    other = await approved(mixco, id, number="10-2026")
    answer = await ruled(mixco, id, other.json()["id"], on=TODAY.isoformat(), **SMALL)
    assert answer.status_code == 200, answer.text
    await world.bring_up()
    assert await alerts(mixco) == []


async def test_everyone_may_read_by_what_alerts_open(region: World) -> None:
    said = (await (await region.who()).get("/v1/alert-rules")).json()
    assert {"meetings-late", "term-ending", "transition-near"} <= {rule["code"] for rule in said["rules"]}
    assert all(set(rule["why"]) == set(rule["what"]) == {"en", "es", "pt"} for rule in said["rules"])


async def test_a_country_says_when_a_rule_alerts_and_the_clock_follows(world: World) -> None:
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), (await founded(world)).json()["id"]
    sat, whose = await seat(mixco, id, await plenary(mixco, id)), await institution(world)
    last = (TODAY + timedelta(days=90)).isoformat()
    assert (await term(mixco, id, sat, on_behalf_of_id=whose, starts_on=AGO[90], ends_on=last)).status_code == 201
    await world.bring_up()
    assert await alerts(mixco) == []
    at, body = "/v1/countries/GT/alert-settings", {"rule": "term-ending", "days": 120, "basis": "Acuerdo 1-2026"}
    for stranger in ("mixco", "sv", "anam"):
        assert (await (await world.who(stranger)).post(at, json=body)).status_code == 403
    made = await gt.post(at, json=body)
    assert (made.status_code, made.json()["country"]) == (201, "GT"), made.text
    assert (await gt.post(at, json=body)).json()["code"] == "rule-already-set"
    unknown = await gt.post(at, json=body | {"rule": "no-such-rule"})
    assert (unknown.status_code, unknown.json()["code"], "term-ending" in unknown.json()["choices"]) == (422, "rule-unknown", True)
    assert (await gt.post(at, json=body | {"rule": "not-meeting", "days": 9999})).status_code == 422
    await world.bring_up()
    [alert] = await alerts(mixco)
    assert (alert["rule"], alert["happens_on"]) == ("term-ending", last)
    public = await world.who()
    assert (await public.get("/v1/alert-rules")).json()["countries"] == {"GT": {"term-ending": 120}}
    for listed in (at, "/v1/alert-settings", "/v1/region/alert-settings"):
        assert [s["id"] for s in (await public.get(listed)).json()["items"]] == [made.json()["id"]]
    assert (await public.get(f"/v1/alert-settings/{made.json()['id']}")).json() == made.json()
    fewer = await gt.patch(f"/v1/alert-settings/{made.json()['id']}", json={"days": 30}, headers={"If-Match": made.headers["etag"]})
    assert fewer.json()["days"] == 30
    await world.bring_up()
    assert await alerts(mixco) == []
    gone = await gt.delete(f"/v1/alert-settings/{made.json()['id']}", headers={"If-Match": fewer.headers["etag"]})
    assert gone.status_code == 204
    assert (await public.get("/v1/alert-rules")).json()["countries"] == {}
