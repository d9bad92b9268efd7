"""The handover file: whole, hashed, signed, without a name; the names are opened by who comes and signed, and by nobody else."""

import hashlib
import json
from typing import Any

import httpx
from jose import jws

from tests.conftest import World
from tests.routers.committee.test_terms import CANARY, named
from tests.routers.committee.walk import approved, ask, founded, institution, plenary, seat, term
from tests.routers.transition.test_handovers import as_who, invited, proposed
from tests.routers.transition.test_office_terms import in_office, on, tick

COMING = "entrante@x.example"


async def prepared(world: World) -> dict[str, Any]:
    """A committee of Mixco with a named member, and a term of office that is about to end."""
    with on(world, "2027-12-01"):
        mixco, committee = await world.who("mixco"), (await founded(world)).json()["id"]
        await approved(mixco, committee, council_date="2027-11-01")
        person, body = await named(world, committee), await plenary(mixco, committee)
        at = await seat(mixco, committee, body)
        held = {"on_behalf_of_id": await institution(world), "person_id": person["id"], "starts_on": "2027-01-01"}
        assert (await term(mixco, committee, at, **held)).status_code == 201
        await in_office(world)
        path, said = await proposed(world)
        assert (await ask(await world.who("gt"), f"{path}/handover/approve", said)).status_code == 200
        await invited(world, "municipal_coordinator", COMING, starts_on="2028-01-15", personal=True)
    return {"path": path, "person": person, "seat": at, "committee": committee}


def verified(answer: httpx.Response, keys: Any) -> dict[str, Any]:
    """The body, after everything that can be verified was."""
    said = answer.json()
    assert hashlib.sha256(said["body"].encode()).hexdigest() == said["sha256"]
    [key] = [k for k in keys["keys"] if k["kid"] == said["kid"]]
    signed = json.loads(jws.verify(said["signature"], key, ["ES256"]))
    assert (signed["sha256"], signed["transition"]) == (said["sha256"], said["transition_id"])
    body: dict[str, Any] = json.loads(said["body"])
    assert [line["sha256"] for line in said["roster"]] == body["roster"]
    for line in said["roster"]:
        assert line["said"] is None or hashlib.sha256((line["salt"] + line["said"]).encode()).hexdigest() == line["sha256"]
    return body


async def test_the_file_is_made_by_the_clock_and_names_nobody(world: World) -> None:
    there = await prepared(world)
    path = there["path"]
    assert (await (await world.who("gt")).get(f"{path}/file")).status_code == 404, "there is none before"
    with on(world, "2028-01-15"):
        await tick(world)
        keys = (await (await world.who()).get("/.well-known/jwks.json")).json()
        for name, status in (("", 401), ("sonsonate", 404), ("anam", 200), ("gt", 200)):
            answer = await (await world.who(name)).get(f"{path}/file")
            assert answer.status_code == status, answer.text
        body = verified(answer, keys)
        assert answer.headers["content-disposition"].startswith("attachment")
        forged = await world.client(answer.json()["signature"]).get("/v1/me")
        assert forged.status_code == 401, "what is signed for others to verify is no token"
        assert [len(body["sections"][name]) for name in ("committees", "instruments", "credentials")] == [1, 1, 2]
        for hidden in (CANARY, "canaria@x.example", "555-0100", there["person"]["id"], "secret"):
            assert hidden not in answer.text
        [line] = answer.json()["roster"]
        assert (json.loads(line["said"])["organisation"], json.loads(line["said"])["sector"]) == ("Fundación inventada", "ngo")
        gt = await world.who("gt")
        lowered = await gt.patch(f"/v1/seats/{there['seat']}", json={"display": "none"}, headers={"If-Match": '"1"'})
        assert lowered.status_code == 200, lowered.text
        after = await gt.get(f"{path}/file")
        assert "Fundación inventada" not in after.text, "what a member takes back is taken back here too"
        assert verified(after, keys) == body, "and breaks no hash"


async def test_the_sealed_part_is_for_who_comes_and_signed(world: World) -> None:
    there = await prepared(world)
    path = there["path"]
    with on(world, "2028-01-14"):
        mixco = await world.who("mixco")
        frozen = await ask(mixco, f"{path}/freeze", await mixco.get(path))
        assert (frozen.status_code, frozen.json()["state"]) == (200, "frozen")
        leaving = await mixco.get(f"{path}/file/contacts")
        assert (leaving.status_code, leaving.json()["code"]) == (403, "not-incoming"), "also with the personal scope"
    with on(world, "2028-01-16"):
        await tick(world)
        incoming = await as_who(world, COMING)
        early = await incoming.get(f"{path}/file/contacts")
        assert (early.status_code, early.json()["code"]) == (403, "not-incoming")
        assert (await ask(incoming, f"{path}/accept", await incoming.get(path))).status_code == 200
        opened = await incoming.get(f"{path}/file/contacts")
        assert [(p["name"], p["email"]) for p in opened.json()["people"]] == [(CANARY, "canaria@x.example")]
        async with world.owner() as owner:
            seen = await owner.fetchval(
                "select count(*) from change where action = 'read-personal' and noun = 'person' and thing = $1", there["person"]["id"]
            )
        assert seen == 1
        for name, status in (("gt", 403), ("anam", 403), ("sonsonate", 404), ("mixco", 401)):
            assert (await (await world.who(name)).get(f"{path}/file/contacts")).status_code in (status, 404 if name == "mixco" else status)
        erased = await incoming.post(f"/v1/persons/{there['person']['id']}/erase", headers={"If-Match": there["person"]["etag"]})
        assert erased.status_code == 200, erased.text
        gone = await incoming.get(f"{path}/file/contacts")
        assert (gone.status_code, gone.json()["people"]) == (200, [])
