"""A committee keeps its identity when its municipality is succeeded: it is carried through the transitions of the successor."""

import json

from tests.conftest import World
from tests.routers.committee.walk import SONSONATE, ask, founded, institution, plenary, seat, term
from tests.routers.transition.test_office_terms import in_office, on, tick, transition


async def test_the_office_of_the_successor_ends_what_rests_on_it(world: World) -> None:
    """Old Sonsonate became a district of Sonsonate Centro; the office term is that of the successor, the rows lie at the predecessor."""
    async with world.owner() as owner:
        old = await owner.fetchval("select predecessor_id from succession where successor_id = $1 and principal limit 1", SONSONATE)
    with on(world, "2027-03-01"):
        client, committee = await world.who("sonsonate"), (await founded(world, "sonsonate", old)).json()["id"]
        elsewhere = (await founded(world)).json()["id"]
        body, held = await plenary(client, committee), {"on_behalf_of_id": await institution(world, country=222), "starts_on": "2027-01-01"}
        mayor = await term(client, committee, await seat(client, committee, body, "municipal_elected"), selection="ex_officio", **held)
        civil = await term(client, committee, await seat(client, committee, body, "ngo"), selection="open_call", **held)
        promise = {"kind": "letter", "authority": "mayor", "committed_on": "2027-01-10", "ends_on": "2030-01-01", "reference": "Carta 1"}
        promised = await client.post(f"/v1/committees/{committee}/commitments", json=promise)
        assert [made.status_code for made in (mayor, civil, promised)] == [201] * 3
        made = await in_office(world, "sonsonate", str(SONSONATE))
    with on(world, "2028-01-15"):
        await tick(world)
        client = await world.who("sonsonate")
        flags = [
            (await (await world.who(who)).get(f"/v1/committees/{id}")).json() for who, id in (("sonsonate", committee), ("gt", elsewhere))
        ]
        assert [(f["municipality_id"] == old, f["in_transition"]) for f in flags] == [(True, True), (False, False)]
        ended = [(await client.get(f"/v1/terms/{made.json()['id']}")).json() for made in (mayor, civil)]
        assert [(t["ends_on"], t["end_reason"]) for t in ended] == [("2028-01-15", "office_ended"), (None, None)]
        async with world.owner() as owner:
            assert str(await owner.fetchval("select ends_on from commitment")) == "2028-01-15"
        file = (await (await world.who("sv")).get(f"/v1/transitions/{(await transition(client, made))['id']}/file")).json()
        sections = json.loads(file["body"])["sections"]
        assert [row["id"] for row in sections["committees"]] == [committee]
        assert [row["id"] for row in sections["commitments"]] == [promised.json()["id"]]
        said = [json.loads(line["said"]) for line in file["roster"]]
        assert {(line["sector"], line["ends_on"]) for line in said} == {("municipal_elected", "2028-01-15"), ("ngo", None)}


async def test_the_authority_that_comes_renews_at_a_committee_of_its_predecessor(world: World) -> None:
    async with world.owner() as owner:
        old = await owner.fetchval("select predecessor_id from succession where successor_id = $1 and principal limit 1", SONSONATE)
    promise = {"kind": "letter", "authority": "mayor", "committed_on": "2028-01-20", "ends_on": "2030-01-01", "reference": "Carta 2"}
    with on(world, "2027-03-01"):
        committee = (await founded(world, "sonsonate", old)).json()["id"]
        made = await in_office(world, "sonsonate", str(SONSONATE))
    with on(world, "2028-01-20"):
        await tick(world)
        client = await world.who("sonsonate")
        promised = await client.post(f"/v1/committees/{committee}/commitments", json=promise)
        path = f"/v1/transitions/{(await transition(client, made))['id']}"
        body = {"reratified_on": "2028-01-20", "reference": "Acuerdo 1"}
        answer = await ask(client, f"{path}/reratify", await client.get(path), **body)
        assert (answer.status_code, answer.json()["commitment_id"]) == (200, promised.json()["id"]), answer.text
