"""The demonstration: made once, whoever comes first, and finished where its making was broken off; what it is there to show does occur."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from api.demo import committees
from api.demo.region import fill as fill_region
from api.demo.stories import stories
from api.demo.walk import Walk
from api.domain.alert.alerts import shipped as rules
from api.domain.committee.committees import CommitteeState
from api.domain.steps.frameworks import known as frameworks
from api.domain.steps.standing import StepState
from api.domain.transition.transitions import TransitionState
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from migrations.catalogues import rows_of
from tests import stored
from tests.conftest import World, numbers, opened, silent

MADE = """select (select count(*) from principal where demonstration), (select count(*) from credential),
            (select count(*) from granted where revoked_at is null), (select count(*) from participation),
            (select count(*) from affiliation), (select count(*) from affiliation where state = 'confirmed'),
            (select count(*) from affiliation where not demonstration)"""


class Broken(Exception):
    """The process ended here."""


async def made(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetchrow(MADE))
    finally:
        await connection.close()


async def test_it_is_finished_wherever_it_was_broken_off(
    region: World, postgres: EmbeddedPostgres, empty_template: str, settings: Settings
) -> None:
    name = f"demo{next(numbers)}"
    postgres.create(name, empty_template)
    api, owner = postgres.dsn(name, "api"), postgres.dsn(name, "owner")
    try:
        for point in (("people", 3), ("programmes", 30), ("affiliations", 2), ("affiliations", 4)):

            def breaks(what: str, done: int, of: int, *, point: tuple[str, int] = point) -> None:
                if (what, done) == point:
                    raise Broken

            with pytest.raises(Broken):
                await fill_region(settings, api, owner, breaks)
        await asyncio.gather(fill_region(settings, api, owner, silent), fill_region(settings, api, owner, silent))
        assert await made(owner) == await made(region.url())
        await stored.check(owner)
    finally:
        postgres.drop(name)


async def test_a_second_time_changes_nothing(world: World) -> None:
    async with world.owner() as owner:
        before = await owner.fetchval("select count(*) from change")
        await fill_region(world.settings, world.url("api"), world.url(), silent)
        assert await owner.fetchval("select count(*) from change") == before


LEFT = """select (select count(*) from committee), (select count(*) from term), (select count(*) from committee_session),
            (select count(*) from course), (select count(*) from principal where demonstration),
            (select count(*) from granted where revoked_at is null), (select count(*) from change where action = 'create')"""


async def test_committees_are_finished_wherever_they_were_broken_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first, in the middle of one, between two, before the people come, and before it is said to be done."""
    monkeypatch.setattr(committees, "stories", lambda: stories()[5:8])
    asked = (world.settings, world.url("api"), world.url())
    for at in ("_courses", "_committee", "_sessions", 2, 3, "invite", "tick"):
        with monkeypatch.context() as broken, pytest.raises(Broken):
            await committees.fill(*asked, ends(broken, at))
    await asyncio.gather(committees.fill(*asked, silent), committees.fill(*asked, silent))
    async with world.owner() as owner:
        left = list(await owner.fetchrow(LEFT))
        assert left[0] == 3
        assert left[4] == len(rows_of("demo/people")) + len(committees.PEOPLE)
        assert not await owner.fetchval("select count(*) from granted where personal and revoked_at is null and role <> all($1)", OWN)
        await committees.fill(*asked, silent)
        assert list(await owner.fetchrow(LEFT)) == left


OWN = ["municipal_coordinator", "committee_secretary"]


WHERE = {"_courses": committees, "_committee": committees, "_sessions": Walk, "invite": committees.region}


def ends(broken: pytest.MonkeyPatch, at: str | int) -> Any:
    """Let the process end there; what tells how far it is."""

    async def over(*_: Any) -> None:
        raise Broken

    def told(what: str, done: int, of: int) -> None:
        if done == at:
            raise Broken

    if at == "tick":
        broken.setattr(committees, "clock", SimpleNamespace(tick=over))
    elif isinstance(at, str):
        broken.setattr(WHERE[at], at, over)
    return told


@pytest_asyncio.fixture(scope="module")
async def shown(postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> AsyncIterator[World]:
    """The region with all its committees, for tests that only read."""
    name = f"demo{next(numbers)}"
    postgres.create(name, region_template)
    began, told = time.perf_counter(), list[tuple[str, int, int]]()
    await committees.fill(settings, postgres.dsn(name, "api"), postgres.dsn(name, "owner"), lambda *said: told.append(said))
    print(f"committees of the demonstration: {time.perf_counter() - began:.1f} s")
    assert told == [("committees", n, 29) for n in range(1, 30)]
    async with opened(postgres, name, settings) as world:
        yield world


async def listed(world: World, path: str, name: str = "region") -> list[dict[str, Any]]:
    answer = await (await world.who(name)).get(path, params={"limit": 200})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_each_municipality_of_2019_has_a_committee_that_says_that_it_is_invented(shown: World) -> None:
    found, day = await listed(shown, "/v1/committees"), date(2019, 12, 31).isoformat()
    codes = {f"{r['scheme']}:{r['code']}": int(r["id"]) for r in rows_of("codes") if r["noun"] == "municipality"}
    then = [r for r in rows_of("demo/participations") if r["programme"] == "amuprev" and r["starts_on"] <= day < r["ends_on"]]
    assert sorted(c["municipality_id"] for c in found) == sorted(codes[r["unit"]] for r in then if r["level"] == "municipality")
    assert len(found) == 29
    for committee in found:
        assert committee["demonstration"]
        assert "demo" in committee["name"].lower()
    client = await shown.who("region")
    for path in ("/v1/region/steps", *(f"/v1/committees/{found[0]['id']}/{part}" for part in ("steps", "home", "health"))):
        assert (await client.get(path)).json()["demonstration"], path
    for path in ("/v1/seats", "/v1/sessions", "/v1/commitments", "/v1/stakeholder-maps", "/v1/office-terms"):
        assert all(row["demonstration"] for row in await listed(shown, path)), path
    async with shown.owner() as owner:
        unsaid = """select noun, count(*) from change where request_id = 'demonstration' and body ? 'demonstration'
            and not (body ->> 'demonstration')::boolean and noun <> 'principal' group by noun"""
        assert await owner.fetch(unsaid) == [], "the feed says so too"


async def test_every_state_of_a_committee_occurs(shown: World) -> None:
    assert {c["state"] for c in await listed(shown, "/v1/committees")} == set(CommitteeState)
    assert {c["in_transition"] for c in await listed(shown, "/v1/committees")} == {True, False}


CANNOT = {
    ("support", StepState.DECLARED): "no kind of declaration stands for it: support ends with the office that gave it",
    ("leaders", StepState.DECLARED): "no kind of declaration stands for it: who is who is mapped anew",
    ("launch", StepState.LAPSED): "it happened or it did not",
    ("legalize", StepState.IN_PROGRESS): "a draft proves nothing, and bylaws that are in force are complete",
    **{(step, state): "its room is still to come" for step in ("assess", "plan", "monitor") for state in ("in_progress", "achieved")},
}
"""Standings that no committee can have, and why."""


async def steps(world: World) -> list[dict[str, Any]]:
    client = await world.who("region")
    return [
        step
        for committee in await listed(world, "/v1/committees")
        for step in (await client.get(f"/v1/committees/{committee['id']}/steps")).json()["steps"]
    ]


async def test_every_standing_of_every_step_occurs_that_can(shown: World) -> None:
    """A waiver is the same for every step: some are waived, and not all."""
    found = {(step["step"], StepState(step["state"])) for step in await steps(shown)}
    codes = [step.code for step in frameworks()["icma-mvpc-8"].steps]
    every = {(code, state) for code in codes for state in StepState if state is not StepState.WAIVED}
    assert {pair for pair in found if pair[1] is not StepState.WAIVED} == every - CANNOT.keys()
    assert {state for _, state in found} == set(StepState)


async def test_every_gate_is_met_by_one_and_missing_at_another(shown: World) -> None:
    """But those of the rooms that are still to come, which nobody meets yet."""
    told = await steps(shown)
    missing, met = defaultdict[str, bool](bool), defaultdict[str, bool](bool)
    for step in told:
        unmet = {gap["gate"]: gap["kept"] for gap in step["unmet"]}
        for use in frameworks()["icma-mvpc-8"].step(step["step"]).gates:
            missing[use.gate] |= use.gate in unmet
            met[use.gate] |= use.gate not in unmet
    for step in frameworks()["icma-mvpc-8"].steps:
        for use in step.gates:
            assert missing[use.gate], use.gate
            assert met[use.gate] == (step.number <= 5), use.gate


async def test_every_alert_rule_fires_somewhere(shown: World) -> None:
    assert {alert["rule"] for alert in await listed(shown, "/v1/alerts")} == {rule.code for rule in rules()}


async def test_transitions_stand_everywhere_but_signed(shown: World) -> None:
    """An incoming office signs by itself, and nobody came in to one here: handing over is what the tutorial shows."""
    found = {row["state"] for row in await listed(shown, "/v1/transitions")}
    assert found == set(TransitionState) - {TransitionState.HANDED_OVER}


async def own(world: World, name: str) -> dict[str, Any]:
    (committee,) = await listed(world, "/v1/committees", name)
    return committee


async def test_its_secretary_has_the_committee_at_hand(shown: World) -> None:
    client, committee = await shown.who("secretary"), await own(shown, "secretary")
    home = (await client.get(f"/v1/committees/{committee['id']}/home")).json()
    assert (home["municipality"], home["state"]) == ("San Miguelito", "operating")
    assert home["allowed_actions"] == ["change", "dissolve"]
    assert [step["state"] for step in home["steps"]] == ["achieved"] * 5 + ["not_started"] * 3
    assert home["next_session"]["state"] == "called"
    assert home["overdue"] == 1
    health = (await client.get(f"/v1/committees/{committee['id']}/health")).json()
    assert health["score"] > 50
    assert {item["state"] for item in health["gopi"]["items"]} == {"met", "not_met", "unknown"}
    members = (await client.get(f"/v1/committees/{committee['id']}/members")).json()["items"]
    assert len(members) == 11
    assert all(member["name"].startswith("Persona Demostración ") for member in members)


@pytest.mark.parametrize("name", ["member", "comisionado"])
async def test_a_member_sees_their_committee_and_no_name(shown: World, name: str) -> None:
    client, committee = await shown.who(name), await own(shown, name)
    home = (await client.get(f"/v1/committees/{committee['id']}/home")).json()
    assert home["state"] == "operating"
    assert home["allowed_actions"] == []
    members = (await client.get(f"/v1/committees/{committee['id']}/members")).json()["items"]
    assert {member["name"] for member in members} == {None}
    assert {member["sector"] for member in members} >= {"police", "community_leader"}
    refused = await client.patch(f"/v1/committees/{committee['id']}", json={"note": "x"}, headers={"If-Match": '"1"'})
    assert refused.status_code == 403


@pytest.mark.parametrize("name", ["secretary", "member", "comisionado"])
async def test_nobody_sees_the_committee_of_another(shown: World, name: str) -> None:
    client, mine = await shown.who(name), (await own(shown, name))["id"]
    for committee in await listed(shown, "/v1/committees"):
        if committee["id"] != mine:
            assert (await client.get(f"/v1/committees/{committee['id']}/home")).status_code == 404


async def test_certificates_hold_and_one_was_withdrawn_and_each_says_that_it_is_invented(shown: World) -> None:
    found = await listed(shown, "/v1/certificates")
    assert {c["state"] for c in found} == {"valid", "withdrawn"}
    checked = (await (await shown.who()).get(f"/v1/certificates/{found[0]['code']}")).json()
    assert checked["demonstration"]
    assert checked["issuer"] == committees.INSTITUTION
