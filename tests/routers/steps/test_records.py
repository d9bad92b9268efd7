"""What the clock writes down of steps: when it became known, once, for the feed, for levels and for who asks what was known."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import time_machine

from api import clock
from api.access import moment
from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, SMALL, TODAY, approved, ask, founded, ruled
from tests.routers.steps.test_steps import by_code
from tests.routers.test_feed import end, walk

COUNTS = ("not_started", "in_progress", "achieved", "declared", "lapsed", "waived")


async def legal(world: World) -> tuple[httpx.AsyncClient, str, str]:
    """A committee with bylaws in force, and their instrument."""
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    instrument = (await approved(mixco, id)).json()["id"]
    await ruled(mixco, id, instrument, **SMALL)
    return mixco, str(id), str(instrument)


async def records(client: httpx.AsyncClient, committee: str, **said: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/step-records", params={"committee": committee} | said)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def told_since(client: httpx.AsyncClient, cursor: str) -> list[dict[str, Any]]:
    """What is told after `cursor`, once nothing that still runs holds it back."""
    for _ in range(100):
        if found := (await walk(client, cursor))[0]:
            return found
        await asyncio.sleep(0.1)
    return []


async def counted(client: httpx.AsyncClient, level: str, **said: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/{level}/steps", params=said)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    for step in body["steps"]:
        assert sum(step[c] for c in COUNTS) == body["committees"]
    return {step["step"]: step for step in body["steps"]} | {"committees": body["committees"]}


async def test_a_step_is_written_down_once_and_again_when_it_changes(world: World) -> None:
    mixco, id, instrument = await legal(world)
    before = moment()
    assert await world.bring_up() == 1
    assert await world.bring_up() == 0
    [first] = await records(mixco, id)
    assert (first["step"], first["state"], first["since"], first["replaced_at"]) == ("legalize", "achieved", AGO[30], None)
    repealing = await mixco.get(f"/v1/instruments/{instrument}")
    done = await ask(mixco, f"/v1/instruments/{instrument}/repeal", repealing, repealed_on=AGO[1])
    assert done.status_code == 200, done.text
    between = moment()
    assert await world.bring_up() == 1
    was, now = await records(mixco, id)
    assert (was["id"], was["state"], now["state"], now["since"]) == (first["id"], "achieved", "lapsed", AGO[1])
    assert was["replaced_at"] == now["created_at"] > first["created_at"]
    assert await records(mixco, id, known_at=between.isoformat()) == [was]
    assert await records(mixco, id, known_at=before.isoformat()) == []
    then = await counted(mixco, f"municipalities/{MIXCO}", known_at=between.isoformat())
    assert (then["legalize"]["achieved"], then["legalize"]["lapsed"]) == (1, 0)
    assert (await counted(mixco, f"municipalities/{MIXCO}"))["legalize"]["lapsed"] == 1


async def test_time_alone_lapses_a_step_and_the_feed_tells(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    body = {"kind": "report_published", "happened_on": AGO[90], "description": "As published.", "reference": "Gazette 3"}
    assert (await mixco.post(f"/v1/committees/{id}/declarations", json=body)).status_code == 201
    assert await world.bring_up() == 1
    [step] = await records(mixco, id)
    assert (step["step"], step["state"]) == ("monitor", "declared")
    cursor = await end(world, "mixco")
    with time_machine.travel(datetime.combine(TODAY + timedelta(days=365), datetime.min.time(), UTC), tick=True):
        assert await world.bring_up() == 1
    _, now = await records(mixco, id)
    assert (now["state"], now["since"]) == ("lapsed", step["lapses_on"])
    told = await told_since(mixco, cursor)
    stepped = [(c["action"], c["body"]["step"], c["body"]["state"]) for c in told if c["noun"] == "step_record"]
    assert stepped == [("create", "monitor", "lapsed")]
    # What stood when quarters ended in between, and stands in the present one, is counted: of every step.
    assert {c["thing"] for c in told if c["noun"] != "step_record"} == {f"committees-step-{n}" for n in range(1, 9)}


async def test_who_reads_a_committee_reads_its_records_and_nobody_writes_them(world: World) -> None:
    _, id, _ = await legal(world)
    await world.bring_up()
    assert len(await records(await world.who("gt"), id)) == 1
    assert await records(await world.who("hn"), id) == []
    levels = [("region", "region"), ("gt", "countries/GT"), ("anam", "associations/2")]
    for name, level in levels:
        assert (await counted(await world.who(name), level))["legalize"]["achieved"] == 1, level
    assert (await (await world.who("mixco")).get("/v1/countries/GT/steps")).json()["code"] == "level-not-wholly-visible"
    assert (await (await world.who("mixco")).get("/v1/region/steps", params={"framework": "none"})).json()["code"] == "framework-unknown"


async def test_a_country_waives_a_step_and_the_committee_does_not(world: World) -> None:
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    gt, path = await world.who("gt"), f"/v1/committees/{id}/waivers"
    body = {"step": "train", "reason": "It was trained as a whole by the ministry.", "starts_on": AGO[10]}
    assert (await mixco.post(path, json=body)).status_code == 403
    unknown = await gt.post(path, json=body | {"step": "dance"})
    assert (unknown.status_code, unknown.json()["code"], len(unknown.json()["choices"])) == (422, "step-unknown", 8)
    assert (await gt.post(path, json=body | {"ends_on": AGO[20]})).json()["code"] == "waiver-backwards"
    made = await gt.post(path, json=body)
    assert made.status_code == 201, made.text
    step = by_code(await mixco.get(f"/v1/committees/{id}/steps"))["train"]
    assert (step["state"], step["since"], step["reason"]) == ("waived", AGO[10], body["reason"])
    assert await world.bring_up() == 1
    assert (await counted(gt, "countries/GT"))["train"]["waived"] == 1
    ended = await ask(gt, f"/v1/waivers/{made.json()['id']}/end", made, ends_on=TODAY.isoformat())
    assert ended.status_code == 200, ended.text
    again = await ask(gt, f"/v1/waivers/{made.json()['id']}/end", ended, ends_on=TODAY.isoformat())
    assert (again.status_code, again.json()["code"]) == (409, "waiver-ended")
    assert by_code(await mixco.get(f"/v1/committees/{id}/steps"))["train"]["state"] == "lapsed"
    assert await world.bring_up() == 1
    assert [r["state"] for r in await records(mixco, id)] == ["waived", "lapsed"]


async def test_two_clocks_and_one_that_was_killed_write_each_change_once(world: World) -> None:
    mixco, id, _ = await legal(world)
    async with world.owner() as owner:  # One read the marks and died before it judged.
        await owner.execute("begin")
        await owner.execute("select app.steps_due('{bylaws}', current_date, 10)")
        await owner.execute("rollback")
        await owner.fetch("select app.steps_due('{bylaws}', current_date, 10)")
    assert await world.bring_up() == 1
    assert await clock.tick(world.house) >= 0
    assert len(await records(mixco, id)) == 1
