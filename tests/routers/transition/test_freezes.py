"""From when the handover file was made until somebody signed for it, nothing is taken away, by nobody; what is new comes in."""

import asyncio
import json
from dataclasses import dataclass

import httpx

from tests.conftest import World
from tests.routers.committee.test_commitments import committed
from tests.routers.committee.walk import approved, ask, founded, institution, plenary, seat, term
from tests.routers.transition.test_handovers import as_who, invited, proposed
from tests.routers.transition.test_office_terms import in_office, on, tick

COMING = "entrante@x.example"
PROMISE = {"committed_on": "2027-01-10", "ends_on": "2030-01-01"}


@dataclass
class There:
    """A committee of Mixco with something of every kind that can be taken away."""

    committee: str
    person: httpx.Response
    things: dict[str, httpx.Response]


async def sent(client: httpx.AsyncClient, text: str, place: str = "gt-ine:0108", access_rights: str = "committee") -> httpx.Response:
    """A document, which the committee reads where nothing else is said."""
    query = {"file_name": "x.txt", "kind": "report", "access_rights": access_rights}
    return await client.post(f"/v1/municipalities/{place}/documents", params=query, content=text.encode())


async def filled(world: World) -> There:
    mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
    body, of = await plenary(mixco, committee), await institution(world)
    person = await mixco.post(f"/v1/committees/{committee}/persons", json={"name": "Persona Inventada"})
    held = {"on_behalf_of_id": of, "starts_on": "2027-01-01"}
    of_committee = f"/v1/committees/{committee}"
    things = {
        "/v1/terms/{}/void": await term(mixco, committee, await seat(mixco, committee, body), **held),
        "/v1/commitments/{}/void": await committed(mixco, committee, **PROMISE),
        "/v1/instruments/{}/repeal": await approved(mixco, committee, "dissolution", council_date="2027-11-01"),
        "/v1/committees/{}/dissolve": await mixco.get(of_committee),
        "/v1/documents/{}": await sent(mixco, "uno"),
        "/v1/seat-invitations/{}": await mixco.post(f"{of_committee}/seat-invitations", json={"organisation_id": of, "sector": "ngo"}),
    }
    assert {made.status_code for made in things.values()} == {200, 201}, [made.text for made in things.values()]
    return There(committee, person, {path.format(made.json()["id"]): made for path, made in things.items()})


async def take(client: httpx.AsyncClient, there: There, path: str) -> httpx.Response:
    """Take one of the things away, by the door that it has."""
    made, body = there.things[path], {}
    if path.endswith("/repeal"):
        body = {"repealed_on": "2027-11-15"}
    if path.endswith("/dissolve"):
        [instrument] = [m.json()["id"] for p, m in there.things.items() if p.endswith("/repeal")]
        body = {"dissolved_on": "2027-11-15", "instrument_id": instrument}
    if path.endswith(("/void", "/repeal", "/dissolve")):
        return await ask(client, path, made, **body)
    return await client.delete(path, headers={"If-Match": made.headers["etag"]})


async def freeze(world: World) -> str:
    """Make the handover file before the day; the transition's address."""
    path, said = await proposed(world)
    frozen = await ask(await world.who("mixco"), f"{path}/freeze", said)
    assert frozen.status_code == 200, frozen.text
    return path


async def test_what_is_handed_over_is_not_taken_away_before_somebody_signed(world: World) -> None:
    with on(world, "2027-12-01"):
        there = await filled(world)
        await in_office(world)
        path = await freeze(world)
        for client in (await world.who("mixco"), await world.who("gt")):
            for thing in there.things:
                refused = await take(client, there, thing)
                assert (refused.status_code, refused.json()["code"]) == (409, "handover-frozen"), f"{thing}: {refused.text}"
                assert "2027-12-01" in refused.json()["detail"]
        mixco = await world.who("mixco")
        assert (await sent(mixco, "dos")).status_code == 201, "what is new comes in"
        assert (await committed(mixco, there.committee, **PROMISE)).status_code == 201
        [seat_term] = [(p.removesuffix("/void"), made) for p, made in there.things.items() if p.startswith("/v1/terms")]
        ended = await ask(mixco, f"{seat_term[0]}/end", seat_term[1], ends_on="2027-12-01", end_reason="resignation")
        assert ended.status_code == 200, f"what ends on a day stays on record with it: {ended.text}"
        erased = await ask(mixco, f"/v1/persons/{there.person.json()['id']}/erase", there.person)
        assert erased.status_code == 200, f"what is told of people is erased whenever they ask: {erased.text}"
        listed = await sent(mixco, "quienes", access_rights="personal")
        gone = await mixco.delete(f"/v1/documents/{listed.json()['id']}", headers={"If-Match": listed.headers["etag"]})
        assert gone.status_code == 204, f"a personal document too: {gone.text}"
        there.things[f"{seat_term[0]}/void"] = ended
        assert (await ask(await world.who("gt"), f"{path}/handover/approve", await mixco.get(path))).status_code == 200
        await invited(world, "municipal_coordinator", COMING, starts_on="2028-01-15", personal=True)
    with on(world, "2028-01-16"):
        await tick(world)
        incoming = await as_who(world, COMING)
        for thing in there.things:
            if thing.startswith("/v1/commitments"):
                there.things[thing] = await incoming.get(thing.removesuffix("/void"))
            assert (await take(incoming, there, thing)).json()["code"] == "handover-frozen"
        assert (await ask(incoming, f"{path}/accept", await incoming.get(path))).status_code == 200
        for thing in sorted(there.things, key=lambda path: path.endswith("/dissolve")):
            if not thing.endswith("/repeal"):
                taken = await take(incoming, there, thing)
                assert taken.status_code in (200, 204), f"{thing}: {taken.text}"


async def test_a_freeze_holds_its_municipality_and_no_other(world: World) -> None:
    with on(world, "2027-12-01"):
        await in_office(world)
        await freeze(world)
        sonsonate = await world.who("sonsonate")
        made = await sent(sonsonate, "uno", "2220038")
        gone = await sonsonate.delete(f"/v1/documents/{made.json()['id']}", headers={"If-Match": made.headers["etag"]})
        assert (made.status_code, gone.status_code) == (201, 204)


async def test_what_is_taken_away_while_it_is_frozen_is_in_no_file_or_stays(world: World) -> None:
    with on(world, "2027-12-01"):
        await in_office(world)
        mixco, gt = await world.who("mixco"), await world.who("gt")
        made = [await sent(mixco, str(n)) for n in range(6)]
        path, said = await proposed(world)
        gone = [
            client.delete(f"/v1/documents/{m.json()['id']}", headers={"If-Match": m.headers["etag"]}) for m in made for client in (mixco,)
        ]
        frozen, *answers = await asyncio.gather(ask(gt, f"{path}/freeze", said), *gone)
        assert frozen.status_code == 200, frozen.text
        assert {a.status_code for a in answers} <= {204, 409}
        filed = json.loads((await mixco.get(f"{path}/file")).json()["body"])["sections"]["documents"]
        left = {m.json()["id"] for m, a in zip(made, answers, strict=True) if a.status_code == 409}
        assert {document["id"] for document in filed} == left
