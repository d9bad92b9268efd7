"""Decisions: the majority that the bylaws of the day ask for, one vote a seat that was there, and none without quorum."""

from typing import Any

import httpx

from tests.conftest import World
from tests.routers.session.meetings import SECTORS, Committee, gathered, put
from tests.routers.session.test_sessions import code

TWO_THIRDS = {"majorities": {"ordinary": {"kind": "simple", "of": "cast"}, "budget": {"kind": "two_thirds", "of": "entitled"}}}


async def put_to_vote(committee: Committee, session: httpx.Response, **said: Any) -> httpx.Response:
    return await committee.client.post(f"/v1/sessions/{session.json()['id']}/decisions", json={"title": "Plan"} | said)


async def voted(committee: Committee, decision: httpx.Response, **choices: str) -> httpx.Response:
    lines = [{"seat_id": committee.seats[sector], "choice": choice} for sector, choice in choices.items()]
    return await put(committee.client, f"/v1/decisions/{decision.json()['id']}/votes", decision, lines=lines)


async def test_a_decision_is_computed_by_the_rule_of_its_kind(world: World) -> None:
    committee = await gathered(world, **TWO_THIRDS)
    mixco, session = committee.client, await committee.held("municipal_elected", others={"ngo": "represented"})
    effects = [{"effect": "adopts_plan", "note": "2027-2030"}]
    made = await put_to_vote(committee, session, effects=effects)
    assert (made.status_code, made.json()["number"], made.json()["passed"]) == (201, 1, None), made.text
    assert (made.json()["allowed_actions"], made.json()["effects"]) == (["change", "vote"], [effects[0] | {"thing_id": None}])
    path = f"/v1/decisions/{made.json()['id']}"
    votes = await voted(committee, made, municipal_elected="yes", ngo="abstain")
    assert votes.status_code == 200, votes.text
    assert (votes.json()["yes"], votes.json()["abstain"], len(votes.json()["lines"])) == (1, 1, 2)
    found = await mixco.get(path, headers={"Accept-Language": "es"})
    outcome = found.json()["outcome"]
    assert (found.json()["passed"], outcome["kind"], outcome["of"], outcome["base"], outcome["required"]) == (True, "simple", "cast", 1, 1)
    assert (
        found.json()["explanation"]
        == outcome["words"]["es"]
        == "Mayoría simple de 1 votos emitidos exige 1 a favor; hubo 1 a favor: aprobado."
    )
    late = await mixco.patch(path, json={"title": "x"}, headers={"If-Match": found.headers["etag"]})
    assert code(late) == (409, "decision-counted")
    budget = await put_to_vote(committee, session, kind="budget")
    assert budget.json()["number"] == 2
    votes = await voted(committee, budget, municipal_elected="yes", ngo="no")
    told = (await mixco.get(f"/v1/decisions/{budget.json()['id']}")).json()
    assert (told["passed"], told["outcome"]["base"], told["outcome"]["required"]) == (False, 3, 2)
    again = await voted(committee, votes, municipal_elected="yes", ngo="yes")
    assert (again.json()["yes"], again.json()["no"], len(again.json()["lines"])) == (2, 0, 2), "the whole is replaced: no seat votes twice"
    listed = await mixco.get("/v1/decisions", params={"session": session.json()["id"], "passed": True})
    assert {d["id"] for d in listed.json()["items"]} == {made.json()["id"], budget.json()["id"]}


async def test_only_who_is_there_votes_and_once(world: World) -> None:
    committee = await gathered(world)
    session = await committee.held("municipal_elected", "ngo")
    made = await put_to_vote(committee, session)
    path = f"/v1/decisions/{made.json()['id']}/votes"
    absent = await voted(committee, made, community_leader="yes")
    assert (*code(absent), absent.json()["errors"][0]["pointer"]) == (422, "not-present", "/lines/0/seat_id")
    line = {"seat_id": committee.seats["ngo"], "choice": "yes"}
    assert (await put(committee.client, path, made, lines=[line, line])).status_code == 422
    assert (await put(committee.client, path, made)).status_code == 422, "lines or counts"
    assert code(await put(committee.client, path, made, counts={"yes": 2, "no": 1})) == (422, "votes-exceed-present")
    secret = await put(committee.client, path, made, counts={"yes": 2, "no": 0})
    assert (secret.json()["secret"], secret.json()["lines"], secret.json()["yes"]) == (True, [], 2)
    assert code(await put_to_vote(committee, session, agenda_number=1)) == (422, "no-such-point")
    async with world.owner() as owner:
        assert await owner.fetchval("select count(*) from session_vote") == 0, "of a secret ballot nobody's vote is kept"


async def test_a_seat_without_a_vote_does_not_vote(world: World) -> None:
    committee = await gathered(world)
    extra = {"body_id": committee.body, "sector": "police", "starts_on": "2020-01-01", "voting": False}
    seat = (await committee.client.post(f"/v1/committees/{committee.id}/seats", json=extra)).json()["id"]
    held = {"seat_id": seat, "on_behalf_of_id": committee.institution, "selection": "appointed", "starts_on": "2020-01-01"}
    assert (await committee.client.post(f"/v1/committees/{committee.id}/terms", json=held)).status_code == 201
    committee.seats["police"] = seat
    session = await committee.held("municipal_elected", "police")
    assert (session.json()["state"], session.json()["quorum"]["present"]) == ("no_quorum", 1), "presence without a vote makes no quorum"
    session = await committee.held("municipal_elected", "ngo", "police")
    made = await put_to_vote(committee, session)
    assert code(await voted(committee, made, police="yes")) == (422, "seat-without-vote")


async def test_without_quorum_nothing_is_decided(world: World) -> None:
    committee = await gathered(world)
    session = await committee.held("ngo")
    assert session.json()["state"] == "no_quorum"
    assert code(await put_to_vote(committee, session)) == (409, "no-quorum")
    planned = await committee.called()
    assert code(await put_to_vote(committee, planned)) == (409, "session-state-forbids"), "nor before it was held"
    opening = await committee.held("ngo", kind="inauguration")
    assert (opening.json()["state"], opening.json()["quorum"]["met"]) == ("held", False)
    assert code(await put_to_vote(committee, opening)) == (409, "no-quorum")


async def test_how_a_seat_voted_is_shown_as_far_as_its_holder(world: World) -> None:
    committee = await gathered(world)
    seat = await committee.client.get(f"/v1/seats/{committee.seats['ngo']}")
    await committee.client.patch(
        f"/v1/seats/{committee.seats['ngo']}", json={"display": "sector"}, headers={"If-Match": seat.headers["etag"]}
    )
    made = await put_to_vote(committee, await committee.held(*SECTORS))
    votes = await voted(committee, made, **dict.fromkeys(SECTORS, "yes"))
    path = f"/v1/decisions/{made.json()['id']}/votes"
    reader = await (await world.who("gt")).get(path)
    assert sum(line["seat_id"] is None for line in reader.json()["lines"]) == 1
    assert {line["seat_id"] for line in votes.json()["lines"]} == set(committee.seats.values())
