"""Around the day on which a term of office ends: whose office lasts how long, who gives one, and who signs, whatever moves in between."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import approved, ask, founded
from tests.routers.transition.test_handovers import PASSWORD, PLACE, as_who, invited, proposed
from tests.routers.transition.test_office_terms import in_office, on, tick, transition

NEW = {"email": "amiga@x.example", "display_name": "Invented", "role": "municipal_coordinator"}


async def agreed(world: World, by: str = "mixco") -> tuple[str, httpx.Response, httpx.Response]:
    """A handover that two agreed to, some weeks before the day; with the term of office."""
    office = await in_office(world)
    path, said = await proposed(world, by)
    answer = await ask(await world.who("anam"), f"{path}/handover/approve", said)
    assert answer.status_code == 200, answer.text
    return path, office, answer


async def last_days(world: World) -> list[str]:
    """The last day of each coordinator's office at Mixco that was not taken back."""
    rows = """select coalesce(ends_on::text, 'open') as day from granted where municipality_id > 0 and role = 'municipal_coordinator'
        and revoked_at is null and municipality_id = app.municipality_of('gt-ine:0108') order by 1"""
    async with world.owner() as owner:
        return [row["day"] for row in await owner.fetch(rows)]


async def test_offices_end_on_the_earlier_day_too(world: World) -> None:
    with on(world, "2027-12-01"):
        _, office, _ = await agreed(world)
        assert await last_days(world) == ["2028-01-15"]
    with on(world, "2027-12-10"):
        mixco, gt = await world.who("mixco"), await world.who("gt")
        ended = await ask(gt, f"/v1/office-terms/{office.json()['id']}/end", office, ended_by="death", ends_on="2027-12-20")
        assert ended.status_code == 200, ended.text
        assert await last_days(world) == ["2027-12-20"]
        at_once = await ask(gt, f"/v1/office-terms/{office.json()['id']}/end", ended, ended_by="death", ends_on="2027-12-09")
        assert at_once.status_code == 200, at_once.text
        assert (await mixco.get("/v1/me")).status_code == 401, "before any clock"
        await tick(world)
        assert (await transition(gt, office))["state"] == "frozen"
        assert await last_days(world) == []


async def test_offices_last_as_they_did_where_the_term_is_extended(world: World) -> None:
    with on(world, "2027-12-01"):
        committee = (await founded(world)).json()["id"]
        path, office, approved_ = await agreed(world)
        instrument = (await approved(await world.who("mixco"), committee, "term_extension", number="9")).json()["id"]
        body = {"ends_on": "2028-03-15", "reference": "9", "instrument_id": instrument}
        alone = await ask(await world.who("mixco"), f"/v1/office-terms/{office.json()['id']}/extend", office, **body)
        assert (alone.status_code, alone.json()["code"]) == (403, "not-allowed"), "the team that leaves does not undo what two agreed to"
        longer = await ask(await world.who("gt"), f"/v1/office-terms/{office.json()['id']}/extend", office, **body)
        assert longer.status_code == 200, longer.text
        assert await last_days(world) == ["open"]
        mixco = await world.who("mixco")
        shown = (await mixco.get(f"{path}/handover")).json()
        assert (shown["approved_at"], shown["turns_on"]) == (None, "2028-03-15")
        again = await ask(mixco, f"/v1/office-terms/{office.json()['id']}/end", longer, ended_by="re_election")
        assert again.status_code == 200, again.text
        confirmed = await ask(await world.who("anam"), f"{path}/handover/approve", await mixco.get(path))
        assert [line["decision"] for line in confirmed.json()["lines"]] == ["keep"]
    assert approved_.json()["turns_on"] == "2028-01-15"
    with on(world, "2028-03-16"):
        await tick(world)
        mixco = await world.who("mixco")
        assert (await ask(mixco, f"{path}/accept", await mixco.get(path))).status_code == 200


async def test_a_re_election_that_was_none_opens_the_handover_again(world: World) -> None:
    with on(world, "2027-12-01"):
        office = await in_office(world)
        mixco, anam = await world.who("mixco"), await world.who("anam")
        path = f"/v1/office-terms/{office.json()['id']}/end"
        said = await ask(mixco, path, office, ended_by="re_election")
        there = f"/v1/transitions/{(await transition(mixco, office))['id']}"
        assert (await ask(anam, f"{there}/handover/approve", await anam.get(there))).status_code == 200
    with on(world, "2028-01-16"):
        await tick(world)
        mixco = await world.who("mixco")
        signed = await ask(mixco, f"{there}/accept", await mixco.get(there))
        assert signed.json()["state"] == "handed_over"
        assert (await ask(mixco, path, said, ended_by="annulment", reference="TSE 4-2028")).status_code == 200
        found = (await mixco.get(there)).json()
        assert (found["state"], found["accepted_at"], found["handover_waits_for"]) == ("frozen", None, "proposal")


BEYOND = PLACE | NEW | {"starts_on": "2028-01-15", "personal": True}


async def came(world: World, by: str, **said: Any) -> httpx.Response:
    """The answer to an invitation that somebody of Mixco sends; whoever is invited comes in at once."""
    made = await (await world.who(by)).post("/v1/invitations", json=BEYOND | said)
    if made.status_code == 201:
        body = {"token": made.json()["token"], "password": PASSWORD}
        assert (await (await world.who()).post("/v1/auth/accept", json=body)).status_code == 200
    return made


async def test_the_team_that_leaves_gives_no_office_beyond_the_day(world: World) -> None:
    """What it gave before anybody said who keeps one is a line of the handover; after that it gives none."""
    with on(world, "2027-12-01"):
        await in_office(world)
        mixco = await world.who("mixco")
        assert (await came(world, "mixco")).status_code == 201
        own = {"principal_id": (await mixco.get("/v1/me")).json()["principal"]["id"]}
        given = await mixco.post("/v1/grants", json=own | {k: v for k, v in BEYOND.items() if k not in ("email", "display_name")})
        assert given.status_code == 201, given.text
        path, said = await proposed(world)
        lines = [(line["starts_on"], line["decision"]) for line in said.json()["lines"]]
        assert sorted(lines)[-2:] == [("2028-01-15", "end")] * 2
        for starts_on, ends_on, status in (("2028-01-15", None, 409), ("2027-12-01", None, 409), ("2027-12-01", "2028-01-15", 201)):
            late = await came(world, "mixco", starts_on=starts_on, ends_on=ends_on, email=f"a{status}@x.example")
            assert (late.status_code, late.json().get("code")) == (status, "handover-open" if status == 409 else None), late.text
        assert (await ask(await world.who("anam"), f"{path}/handover/approve", said)).status_code == 200
        await invited(world, "committee_secretary", "secretaria@x.example")
    with on(world, "2028-01-15"):
        friend = await as_who(world, NEW["email"])
        assert (await friend.get(path)).status_code == 404, "an office that ended before it began"


async def test_between_two_teams_the_country_gives_the_offices(world: World) -> None:
    with on(world, "2027-12-01"):
        path, _, _ = await agreed(world)
    with on(world, "2028-01-15"):
        await invited(world, "municipal_coordinator", "entrante@x.example", starts_on="2028-01-15", personal=True)
        incoming = await as_who(world, "entrante@x.example")
        reader = BEYOND | {"email": "otra@x.example", "role": "reader", "personal": False}
        between = await incoming.post("/v1/invitations", json=reader)
        assert (between.status_code, between.json()["code"]) == (409, "handover-open")
        early = await ask(incoming, f"{path}/accept", await incoming.get(path))
        assert (early.status_code, early.json()["code"]) == (409, "state-forbids"), "there is no file yet that could be signed for"
        assert "accept" not in (await incoming.get(path)).json()["allowed_actions"]
        await tick(world)
        assert "accept" in (await incoming.get(path)).json()["allowed_actions"]
        assert (await ask(incoming, f"{path}/accept", await incoming.get(path))).status_code == 200
        assert (await incoming.post("/v1/invitations", json=reader)).status_code == 201


async def test_links_that_the_team_made_are_over_with_it(world: World) -> None:
    """Or it could come in as the secretary who stays."""
    with on(world, "2027-12-01"):
        await invited(world, "committee_secretary", "secretaria@x.example", personal=True)
        who = (await (await as_who(world, "secretaria@x.example")).get("/v1/me")).json()["principal"]["id"]
        await agreed(world)
    links = {}
    with on(world, "2028-01-14"):
        for name in ("mixco", "gt"):
            made = await (await world.who(name)).post(f"/v1/people/{who}/reset", json={})
            assert made.status_code == 201, made.text
            links[name] = {"token": made.json()["token"], "password": PASSWORD}
    with on(world, "2028-01-15"):
        await tick(world)
        answers = [(await (await world.who()).post("/v1/auth/accept", json=links[name])).status_code for name in ("mixco", "gt")]
        assert answers == [422, 200]


async def test_a_term_that_is_entered_a_little_late_has_its_consequences(world: World) -> None:
    mixco = await world.who("mixco")
    today = datetime.now(UTC).date()
    states = {}
    for place, days in (("gt-ine:0108", 0), ("gt-ine:0101", 89), ("gt-ine:0102", 90)):
        body = {"starts_on": "2020-01-15", "ends_on": (today - timedelta(days=days)).isoformat()}
        made = await in_office(world, "gt", place, **body)
        found = await transition(await world.who("gt"), made)
        filed = await (await world.who("gt")).get(f"/v1/transitions/{found['id']}/file")
        states[days] = (found["state"], found["frozen_on"] is not None, found["custodian"], filed.status_code)
    assert states == {
        0: ("frozen", True, "country", 200),
        89: ("frozen", True, "country", 200),
        90: ("lapsed", False, "municipality", 404),
    }, "what is older is history"
    assert (await mixco.get("/v1/me")).status_code == 200
