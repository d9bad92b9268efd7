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
