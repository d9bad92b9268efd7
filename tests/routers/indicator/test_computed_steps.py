"""How many committees achieved each step, as indicators: the same numbers as {level}/steps, in every quarter, at every level."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from api import founding
from api.access import moment
from api.intake.computing import recomputed
from migrations.apply import Migration
from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, SMALL, approved, ask, founded, ruled
from tests.routers.steps.test_records import counted, legal

GUATEMALA = 3200001
LEVELS = {
    "region": "region", f"municipalities/{MIXCO}": "mixco", "associations/2": "anam", "programmes/citylinks": "region",
    "countries/GT": "gt",
}  # fmt: skip
NOW = moment()


def quarter_of(day: datetime) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def after(quarters: int) -> datetime:
    """The first day of the quarter so many after this one."""
    months = 12 * NOW.year + (NOW.month - 1) // 3 * 3 + 3 * quarters
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


async def told(client: httpx.AsyncClient, level: str, step: int, **said: Any) -> dict[str, float | None]:
    """Period -> value of one step's series, for the level; of what is real where nothing else is said."""
    path = f"/v1/{level}/indicators/committees-step-{step}/series"
    answer = await client.get(path, params={"by": "quarter"} | said)
    assert answer.status_code == 200, answer.text
    return {p["period"]: p["value"] for p in answer.json()["points"]}


async def agree(client: httpx.AsyncClient, level: str, quarters: int = 0) -> None:
    """Series and table of every step say of each quarter, up to so many after this one, what the level says of its last instant."""
    for n in range(quarters + 1):
        then = {} if n == quarters else {"known_at": (after(n + 1) - timedelta(microseconds=1)).isoformat()}
        steps = await counted(client, level, **then)
        by_number = {s["number"]: s["achieved"] for code, s in steps.items() if code != "committees"}
        period = quarter_of(after(n))
        for number, achieved in by_number.items():
            series = await told(client, level, number)
            assert (series.get(period) or 0) == achieved, (level, number, period)
            assert series.get(period) is not None or achieved == 0
        table = f"/v1/{level}/indicators/committees-step-4/table"
        said = (await client.get(table, params={"period": period, "by": "admin1", "sort": "-value"})).json()
        assert (said["total"]["value"] or 0) == by_number[4] == sum(row["value"] or 0 for row in said["items"])


async def test_series_and_table_say_at_every_level_what_its_steps_do(world: World) -> None:
    mixco, _, instrument = await legal(world)
    gt, city = await world.who("gt"), (await founded(world, "gt", GUATEMALA)).json()["id"]
    body = {"kind": "report_published", "happened_on": AGO[90], "description": "As published.", "reference": "Gazette 3"}
    assert (await gt.post(f"/v1/committees/{city}/declarations", json=body)).status_code == 201
    await world.bring_up()
    for level, name in LEVELS.items():
        await agree(await world.who(name), level)
    period = quarter_of(NOW)
    assert await told(gt, "countries/GT", 4) == {period: 1}
    assert await told(gt, "countries/GT", 8) == {period: 0}, "declared, and not achieved"
    [line] = (await mixco.get(f"/v1/municipalities/{MIXCO}/lineage", params={"indicator": "committees-step-4"})).json()["items"]
    behind = (await mixco.get(line["counted_from"])).json()["items"]
    assert [(record["step"], record["state"]) for record in behind] == [("legalize", "achieved")]
    assert await told(gt, "countries/GT", 4, by="year") == {str(NOW.year): 1}
    before = (await gt.get("/v1/countries/GT/indicators/committees-step-4/series")).json()
    assert (before["label"], before["demonstration"], before["points"][0]["reason"]) == (
        "Committees that achieved step 4: legalize the committee", False, "no-denominator",
    )  # fmt: skip
    done = await ask(mixco, f"/v1/instruments/{instrument}/repeal", await mixco.get(f"/v1/instruments/{instrument}"), repealed_on=AGO[1])
    assert done.status_code == 200, done.text
    await world.bring_up()
    await agree(gt, "countries/GT")
    assert await told(gt, "countries/GT", 4) == {period: 0}
    assert await told(gt, "countries/GT", 4, known_at=before["as_known_at"]) == {period: 1}
    refused = await gt.put(
        f"/v1/territories/{MIXCO}/observations/committees-step-4/{period}", params={"source": "demonstration"}, json={"value": 9}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "indicator-computed")


async def test_what_is_invented_is_counted_by_itself_and_says_so(world: World) -> None:
    gt, (_, id, _), (_, other, _) = await world.who("gt"), await legal(world), await legal_in(world, GUATEMALA)
    async with world.owner() as owner:
        await owner.execute("update committee set demonstration = true where id = $1", id)
    await world.bring_up()
    path = "/v1/{}/indicators/committees-step-4/series"
    for level, name in (("countries/GT", "gt"), ("region", "region")):
        for source in (None, "computed", "computed:committees", "demonstration", "demonstration:committees"):
            query = {"by": "quarter"} | ({"source": source} if source else {})
            answer = (await (await world.who(name)).get(path.format(level), params=query)).json()
            invented = source is not None and source.startswith("demonstration")
            assert (answer["demonstration"], [p["value"] for p in answer["points"]]) == (invented, [1]), source
            assert [s["counting_unit"] for s in answer["sources"]] == ["committees"]
    mixco = await world.who("mixco")
    for query, points in (({}, []), ({"source": "demonstration"}, [1])):
        mine = (await mixco.get(path.format(f"municipalities/{MIXCO}"), params=query)).json()
        assert [p["value"] for p in mine["points"]] == points, "what is invented is told to who asks for it"
    glances = (await gt.get("/v1/countries/GT/indicators/latest")).json()["items"]
    units = {s["counting_unit"] for g in glances if g["indicator"].startswith("committees-step") for s in g["sources"]}
    assert units == {"committees"}
    assert (await counted(gt, "countries/GT"))["legalize"]["achieved"] == 2
    assert other != id


async def legal_in(world: World, place: int) -> tuple[httpx.AsyncClient, str, str]:
    """A committee elsewhere in Guatemala with bylaws in force."""
    gt, id = await world.who("gt"), (await founded(world, "gt", place)).json()["id"]
    instrument = (await approved(gt, id)).json()["id"]
    await ruled(gt, id, instrument, **SMALL)
    return gt, str(id), str(instrument)


async def test_a_quarter_begins_by_the_clock_alone_and_a_dissolved_committee_counts_no_more(world: World) -> None:
    await legal(world)
    _, id, _ = await legal_in(world, GUATEMALA)
    await world.bring_up()
    with time_machine.travel(after(2) + timedelta(days=40), tick=True) as clock:
        gt = world.client(await founding.token(world.url("api"), "gt@demo.example"))
        periods = [quarter_of(after(n)) for n in range(3)]
        assert await told(gt, "countries/GT", 4) == {periods[0]: 2}
        await world.bring_up()
        assert await told(gt, "countries/GT", 4) == dict.fromkeys(periods, 2), "also the one in which nobody was there to count"
        assert (await world.bring_up(), await told(gt, "countries/GT", 4)) == (0, dict.fromkeys(periods, 2))
        act = (await approved(gt, id, "dissolution", council_date=AGO[1])).json()["id"]
        on = (after(1) + timedelta(days=5)).date().isoformat()
        over = await ask(gt, f"/v1/committees/{id}/dissolve", await gt.get(f"/v1/committees/{id}"), instrument_id=act, dissolved_on=on)
        assert over.status_code == 200, over.text
        assert await told(gt, "countries/GT", 4) == {periods[0]: 2, periods[1]: 1, periods[2]: 1}
        await agree(gt, "countries/GT", 2)
        clock.move_to(after(3))
        await world.bring_up()
        gt = world.client(await founding.token(world.url("api"), "gt@demo.example"))
        await agree(gt, "countries/GT", 3)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_happens_the_kept_counts_are_those_from_scratch(world: World, seed: int) -> None:
    """Some quarters of random acts and turns of the clock; and a count from scratch changes nothing."""
    chance = random.Random(seed)
    standing = [(id, instrument) for _, id, instrument in (await legal(world), await legal_in(world, GUATEMALA))]
    with time_machine.travel(NOW, tick=True) as clock:
        for n in range(4):
            clock.move_to(after(n) + timedelta(days=chance.randrange(60)) if n else moment())
            gt = world.client(await founding.token(world.url("api"), "gt@demo.example"))
            for _ in range(4):
                await chance.choice(ACTS)(world, gt, standing, chance)
            await world.bring_up()
        await agree(gt, "countries/GT", 3)
    async with world.owner() as owner:
        kept = "select jsonb_agg(o order by o) from observation o where source_id = 9"
        before = await owner.fetchval(kept)
        assert await recomputed(owner, Migration(), 1) == set()
        assert (await owner.fetchval(kept), before is not None) == (before, True)


async def _waive(world: World, gt: httpx.AsyncClient, standing: list[tuple[str, str]], chance: random.Random) -> None:
    body = {"step": chance.choice(["legalize", "train"]), "reason": "As agreed.", "starts_on": moment().date().isoformat()}
    await gt.post(f"/v1/committees/{chance.choice(standing)[0]}/waivers", json=body)


async def _repeal(world: World, gt: httpx.AsyncClient, standing: list[tuple[str, str]], chance: random.Random) -> None:
    path = f"/v1/instruments/{chance.choice(standing)[1]}"
    await ask(gt, f"{path}/repeal", await gt.get(path), repealed_on=moment().date().isoformat())


async def _found(world: World, gt: httpx.AsyncClient, standing: list[tuple[str, str]], chance: random.Random) -> None:
    made = await gt.post(f"/v1/municipalities/{chance.choice([MIXCO, GUATEMALA])}/committees", json={"name": f"COMUPRE {len(standing)}"})
    assert made.status_code == 201, made.text
    instrument = (await approved(gt, made.json()["id"])).json()["id"]
    assert (await ruled(gt, made.json()["id"], instrument, **SMALL)).status_code == 200
    standing.append((made.json()["id"], instrument))


async def _dissolve(world: World, gt: httpx.AsyncClient, standing: list[tuple[str, str]], chance: random.Random) -> None:
    path = f"/v1/committees/{chance.choice(standing)[0]}"
    act = await gt.post(
        f"{path}/instruments", json={"kind": "minute_point", "purpose": "dissolution", "number": "7", "council_date": AGO[1]}
    )
    if act.status_code == 201:
        await ask(gt, f"/v1/instruments/{act.json()['id']}/approve", act)
        body = {"instrument_id": act.json()["id"], "dissolved_on": (moment() - timedelta(days=chance.randrange(120))).date().isoformat()}
        await ask(gt, f"{path}/dissolve", await gt.get(path), **body)


async def _tick(world: World, gt: httpx.AsyncClient, standing: list[tuple[str, str]], chance: random.Random) -> None:
    await world.bring_up()


ACTS: list[Callable[..., Any]] = [_waive, _repeal, _found, _dissolve, _tick]
