"""What became of committees when terms of office ended: told by moving the clock, and held against a slow count of the same facts."""

import json
import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from api.domain.fields import new_id
from tests.conftest import World
from tests.routers.committee.test_commitments import committed
from tests.routers.committee.walk import ask
from tests.routers.session.meetings import SECTORS, gathered
from tests.routers.transition.test_office_terms import in_office, on, tick

LEVELS = {"gt": ("countries/GT", "associations/2"), "mixco": ("municipalities/gt-ine:0108",), "region": ("region",)}
PART = ("survived", "revived", "ratified_in_time", "ratified_late", "met_again")


async def survival(client: httpx.AsyncClient, level: str = "countries/GT", **said: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/{level}/transitions/survival", params=said)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    for name in ("passages", "too_recent", "unknown_before", "at_work_before", "idle_before", "ratification_due", *PART):
        assert body["total"][name] == sum(group[name] for group in body["groups"]), name
    total = body["total"]
    assert total["passages"] == sum(total[n] for n in ("too_recent", "unknown_before", "at_work_before", "idle_before"))
    assert total["passages"] == len(body["inputs"]) + body["inputs_left_out"]
    return body


async def test_what_became_of_a_committee_is_told_as_its_offices_end(world: World) -> None:
    with on(world, "2027-11-01"):
        committee = await gathered(world)
        office = await in_office(world)
        await committee.held(*SECTORS, meets_on="2027-10-20", on="2027-10-01")
        promised = await committed(committee.client, committee.id, committed_on="2027-02-01", ends_on="2028-06-01", champion_office="X")
        assert promised.status_code == 201, promised.text
        before = await survival(await world.who("region"), "programmes/amuprev", as_of="2018-06-01")
        assert (before["total"]["passages"], before["groups"], before["inputs"]) == (0, [], [])
        assert (
            await ask(await world.who("gt"), f"/v1/office-terms/{office.json()['id']}/end", office, ended_by="election")
        ).status_code == 200
    with on(world, "2028-03-15"):
        await tick(world)
        committee.client = await world.who("gt")
        second = await in_office(world, "gt", starts_on="2028-01-15", ends_on="2032-01-15")
        assert (await committed(committee.client, committee.id, committed_on="2028-02-01", ends_on="2032-01-15")).status_code == 201
        await committee.held(*SECTORS, meets_on="2028-03-01", on="2028-02-01")
        early = await survival(committee.client)
        assert (early["total"]["too_recent"], early["total"]["met_again"], early["total"]["ratification_due"]) == (1, 1, 0)
    with on(world, "2029-03-10"):
        gt = await world.who("gt")
        ended = await ask(gt, f"/v1/office-terms/{second.json()['id']}/end", second, ended_by="death", ends_on="2029-03-01")
        assert ended.status_code == 200, ended.text
        await tick(world)
    with on(world, "2030-01-01"):
        for name, levels in LEVELS.items():
            for level in levels:
                found = await survival(await world.who(name), level)
                assert [g["key"] for g in found["groups"]] == ["death", "election"], level
        died, elected = found["groups"]
        assert [elected[n] for n in ("at_work_before", "survived", "ratification_due", "ratified_in_time")] == [1, 1, 1, 1]
        assert [died[n] for n in ("idle_before", "revived", "ratification_due", "ratified_in_time", "met_again")] == [1, 0, 1, 0, 0]
        assert (found["total"]["survival_share"], found["total"]["months_to_session"]) == (None, None), "of fewer than five"
        one, two = found["inputs"]
        assert (one["turns_on"], one["last_session_before"]) == ("2029-03-01", "2028-03-01")
        assert (one["first_session_after"], one["ratified_on"]) == (None, None)
        assert (two["last_session_before"], two["first_session_after"], two["ratified_on"]) == ("2027-10-20", "2028-03-01", "2028-02-01")
        await told_apart(await world.who("gt"), early["total"])
        assert (await (await world.who("mixco")).get("/v1/countries/GT/transitions/survival")).json()["code"] == "level-not-wholly-visible"


async def told_apart(gt: httpx.AsyncClient, early: dict[str, Any]) -> None:
    """By other things, with another patience, of later offices alone, and as it had come by an earlier day."""
    for by, keys in (("champion", ["named", "none"]), ("staggering", ["staggered"]), ("instrument", [None])):
        assert sorted({g["key"] for g in (await survival(gt, by=by))["groups"]}, key=str) == keys, by
    assert (await survival(gt, days=365, as_of="2030-03-01"))["total"]["at_work_before"] == 2, "a longer patience"
    assert (await survival(gt, turned_from="2029-01-01"))["total"]["passages"] == 1
    assert (await survival(gt, as_of="2028-03-15"))["total"] == early
    assert (await gt.get("/v1/countries/GT/transitions/survival", params={"days": 30})).status_code == 422


TODAY = date(2026, 1, 1)


async def insert(owner: asyncpg.Connection, table: str, **said: Any) -> UUID:
    """A row of `table`; its id."""
    said = {"id": new_id(), "country_id": 320} | said
    marks = ", ".join(f"${n + 1}" for n in range(len(said)))
    await owner.execute(f"insert into {table} ({', '.join(said)}) values ({marks})", *said.values())
    return UUID(str(said["id"]))


def days(dice: random.Random, first: date, within: int, most: int) -> list[date]:
    return [first + timedelta(days=dice.randrange(within)) for _ in range(dice.randrange(most))]


async def invented(owner: asyncpg.Connection, dice: random.Random, municipality: int) -> list[dict[str, Any]]:
    """A committee with terms of office, sessions and commitments at random; what a slow count says of each passage."""
    place, launched = {"municipality_id": municipality}, date(2016, 1, 1) + timedelta(days=dice.randrange(2500))
    state = {"name": "x", "framework": "icma-mvpc-8", "state": "launched", "reason": "launched", "launched_on": launched}
    of = place | {"committee_id": await insert(owner, "committee", **place, **state)}
    body = await insert(owner, "body", **of, kind="plenary", name="x", starts_on=launched)
    held = [(day, dice.random() < 0.8) for day in days(dice, launched, 3000, 12)]
    for day, met in held:
        said = {"meets_on": day, "called_on": day, "held_on": day, "state": "held" if met else "no_quorum"}
        await insert(owner, "committee_session", **of, **said, body_id=body, kind="ordinary", quorum=json.dumps({"met": met}))
    starts, turns = (
        date(2010, 1, 1),
        sorted({*days(dice, date(2014, 1, 15), 4300, 3), date(2019, 1, 15) + timedelta(days=municipality % 400)}),
    )
    for ends in turns:
        how = dice.choice(["election", "re_election", "death", None])
        term = await insert(owner, "office_term", **place, starts_on=starts, ends_on=ends, ended_by=how)
        await insert(owner, "transition", **place, office_term_id=term, turns_on=ends, state="lapsed")
        starts = ends
    promised = days(dice, date(2014, 1, 1), 4300, 4)
    for day in promised:
        said = {"kind": "letter", "authority": "mayor", "committed_on": day, "ends_on": day + timedelta(days=2000), "reference": "x"}
        await insert(owner, "commitment", **of, **said, pledge=False)
    return [found for turn in turns if turn <= TODAY and (found := slowly(turn, [*turns, date.max], launched, held, promised))]


def slowly(turn: date, turns: list[date], launched: date, held: list[tuple[date, bool]], promised: list[date]) -> dict[str, Any]:
    """One passage, counted in the plainest way; empty where the committee had not begun."""
    following, day = turns[turns.index(turn) + 1], timedelta(days=1)
    before = [on for on, met in held if met and on < turn]
    after = sorted(on for on, met in held if met and turn <= on < following and on <= TODAY)
    renewed = sorted(on for on in promised if turn <= on < following and on <= TODAY)
    if launched >= turn and not before:
        return {}
    told, known = turn + 180 * day <= TODAY, any(on < turn for on, _ in held)
    worked = bool(before) and max(before) >= turn - 180 * day
    works, due = bool(after) and after[0] < turn + 180 * day, turn + 90 * day <= TODAY
    in_time = bool(renewed) and renewed[0] < turn + 90 * day
    judged = told and known
    return {
        "passages": 1, "too_recent": not told, "unknown_before": told and not known,
        "at_work_before": judged and worked, "survived": judged and worked and works,
        "idle_before": judged and not worked, "revived": judged and not worked and works,
        "ratification_due": due, "ratified_in_time": due and in_time, "ratified_late": due and bool(renewed) and not in_time,
        "met_again": bool(after), "days": (after[0] - turn).days if after else None,
    }  # fmt: skip


async def test_it_counts_what_a_slow_count_of_the_same_facts_does(world: World) -> None:
    dice, passages = random.Random(713), list[dict[str, Any]]()
    async with world.owner() as owner:
        places = await owner.fetch("select id from municipality where country_id = 320 and valid_to is null order by id limit 120")
        for place in places:
            passages += await invented(owner, dice, place["id"])
    found = (await survival(await world.who("gt"), as_of=TODAY.isoformat()))["total"]
    waited = sorted(p["days"] for p in passages if p["days"] is not None)
    assert {name: found[name] for name in passages[0] if name != "days"} == {
        name: sum(p[name] for p in passages) for name in passages[0] if name != "days"
    }
    assert min(found[name] for name in passages[0] if name != "days") > 0, "the dice leave nothing out"
    assert found["survival_share"] == round(found["survived"] / found["at_work_before"], 3)
    assert found["months_to_session"] == round(waited[(len(waited) - 1) // 2] / (365.25 / 12), 1)


async def test_a_programme_that_is_over_has_figures_of_nobody(world: World) -> None:
    """As its lists, which are empty."""
    async with world.owner() as owner:
        await owner.execute("update participation set ends_on = greatest(starts_on + 1, date '2020-01-01')")
        await owner.execute("select app.forget_scopes()")
    for name in ("region", "gt", "mixco"):
        client = await world.who(name)
        level = "/v1/programmes/amuprev"
        steps = await client.get(f"{level}/steps")
        assert (steps.status_code, steps.json()["committees"], {s["not_started"] for s in steps.json()["steps"]}) == (200, 0, {0})
        assert (await survival(client, "programmes/amuprev"))["total"]["passages"] == 0
        series = await client.get(f"{level}/indicators/homicide/series")
        assert (series.status_code, series.json()["points"]) == (200, [])
        assert (await client.get(f"{level}/committees")).json()["items"] == []
        assert (await client.get("/v1/programmes/nobody/steps")).status_code == 404
