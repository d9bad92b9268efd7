"""When an authority leaves, its people keep their offices or not: proposed by one, agreed to by another, and refused from then on."""

import asyncio
from typing import Any

import httpx
import pytest

from api import founding
from tests.conftest import World
from tests.routers.committee.walk import ask
from tests.routers.transition.test_office_terms import in_office, on, tick, transition

PASSWORD = "a long enough pass phrase"
PLACE = {"level": "municipality", "unit": "gt-ine:0108"}


async def invited(world: World, role: str, email: str, **said: Any) -> None:
    """Somebody new in an office of Mixco, invited by their country and come in."""
    body = PLACE | {"role": role, "starts_on": "2024-01-01", "email": email, "display_name": "Invented"} | said
    made = await (await world.who("gt")).post("/v1/invitations", json=body)
    assert made.status_code == 201, made.text
    accepted = await (await world.who()).post("/v1/auth/accept", json={"token": made.json()["token"], "password": PASSWORD})
    assert accepted.status_code == 200, accepted.text


async def as_who(world: World, email: str) -> httpx.AsyncClient:
    return world.client(await founding.token(world.url("api"), email))


async def service(world: World) -> httpx.AsyncClient:
    """A service account of the coordinator's, with a key that lives longer than the office."""
    gt = await world.who("gt")
    body = PLACE | {"role": "municipal_coordinator", "starts_on": "2024-01-01", "display_name": "Sistema inventado"}
    made = await gt.post("/v1/services", json=body)
    key = await gt.post(f"/v1/services/{made.json()['id']}/keys", json={"days": 400})
    assert key.status_code == 201, key.text
    return world.client(key.json()["key"])


async def proposed(world: World, by: str = "mixco", **said: Any) -> tuple[str, httpx.Response]:
    """A handover that was proposed; its address."""
    client = await world.who(by)
    [found] = (await client.get("/v1/municipalities/gt-ine:0108/transitions")).json()["items"]
    path = f"/v1/transitions/{found['id']}"
    answer = await client.post(f"{path}/handover", json=said, headers={"If-Match": f'"{found["version"]}"'})
    return path, answer


async def test_a_handover_from_the_day_it_is_prepared_to_the_day_it_is_signed(world: World) -> None:
    with on(world, "2027-12-01"):
        await invited(world, "committee_secretary", "secretaria@x.example")
        system, office = await service(world), await in_office(world)
        path, said = await proposed(world)
        assert said.status_code == 200, said.text
        usual = {line["role"]: (line["usual"], line["decision"]) for line in said.json()["lines"]}
        assert usual == {"municipal_coordinator": ("end", "end"), "committee_secretary": ("keep", "keep")}
        assert [line["keys"] for line in said.json()["lines"] if line["kind"] == "service"] == [1]
        assert "display_name" not in said.text
        assert (await system.get("/v1/me")).status_code == 200
        alone = await ask(await world.who("mixco"), f"{path}/handover/approve", said)
        assert (alone.status_code, alone.json()["code"]) == (403, "not-allowed")
        two = [await world.who(name) for name in ("gt", "anam")]
        both = await asyncio.gather(*(ask(client, f"{path}/handover/approve", said) for client in two))
        assert sorted(a.status_code for a in both) == [200, 412], [a.text for a in both]
        late = await proposed(world)
        assert (late[1].status_code, late[1].json()["code"]) == (409, "handover-approved")
        await invited(world, "municipal_coordinator", "entrante@x.example", starts_on="2028-01-15", personal=True)
        assert (await (await world.who("mixco")).get(path)).status_code == 200, "until the day nothing changes"
    with on(world, "2028-01-15"):
        mixco = await world.who("mixco")
        assert (await mixco.get(path)).status_code == 404, "the office is over by its date, before any clock"
        await tick(world)
        assert (await mixco.get("/v1/me")).status_code == 401, "and so is the session"
        assert (await system.get("/v1/me")).status_code == 401, "and the key"
        secretary, incoming = await as_who(world, "secretaria@x.example"), await as_who(world, "entrante@x.example")
        there = await secretary.get(path)
        assert (there.json()["state"], there.json()["custodian"]) == ("frozen", "country")
        for client, status in ((secretary, 403), (await world.who("gt"), 403), (await world.who("sonsonate"), 404), (incoming, 200)):
            signed = await ask(client, f"{path}/accept", there)
            assert signed.status_code == status, signed.text
        assert (signed.json()["state"], signed.json()["custodian"]) == ("handed_over", "municipality")
        again = await ask(incoming, f"{path}/accept", signed)
        assert (again.status_code, again.json()["code"]) == (409, "state-forbids")
    assert office.status_code == 201


async def test_what_is_agreed_after_the_day_counts_at_once(world: World) -> None:
    with on(world, "2027-12-01"):
        await in_office(world)
    with on(world, "2028-01-20"):
        await tick(world)
        mixco, anam = await world.who("mixco"), await world.who("anam")
        path, said = await proposed(world, "gt")
        assert (await mixco.get(path)).status_code == 200
        same = await ask(await world.who("gt"), f"{path}/handover/approve", said)
        assert (same.status_code, same.json()["code"]) == (409, "second-person-needed")
        early = await ask(mixco, f"{path}/accept", said)
        assert (early.status_code, early.json()["code"]) == (409, "handover-not-approved")
        agreed = await ask(anam, f"{path}/handover/approve", said)
        assert (agreed.status_code, agreed.json()["approved_at"] is not None) == (200, True)
        assert (await mixco.get(path)).status_code == 401
        assert (await anam.get("/v1/people")).json()["items"] != [], "who agreed reaches what they did before"
        async with world.owner() as owner:
            revoked = await owner.fetch(
                "select principal_id from change where noun = 'granted' and action = 'revoke' and municipality_id > 0"
            )
            me = (await anam.get("/v1/me")).json()["principal"]["id"]
        assert [str(r["principal_id"]) for r in revoked] == [me], "the audit says who agreed"


async def test_somebody_may_keep_an_office_that_usually_ends(world: World) -> None:
    with on(world, "2027-12-01"):
        await in_office(world)
        path, said = await proposed(world)
        [line] = said.json()["lines"]
        keep = {"decisions": [{"grant_id": line["grant_id"], "decision": "keep"}]}
        path, said = await proposed(world, **keep)
        assert [x["decision"] for x in said.json()["lines"]] == ["keep"]
        _, twice = await proposed(world, decisions=keep["decisions"] * 2)
        _, strange = await proposed(world, decisions=[{"grant_id": line["principal_id"], "decision": "keep"}])
        assert [(a.status_code, a.json()["code"]) for a in (twice, strange)] == [(422, "unknown-reference")] * 2
        assert (await ask(await world.who("anam"), f"{path}/handover/approve", said)).status_code == 200
    with on(world, "2028-01-16"):
        await tick(world)
        there = await (await world.who("mixco")).get(path)
        assert there.status_code == 200
        signed = await ask(await world.who("mixco"), f"{path}/accept", there)
        assert (signed.status_code, signed.json()["code"]) == (403, "not-incoming"), "who stays is not who comes"


async def test_a_re_election_takes_one_confirmation(world: World) -> None:
    with on(world, "2027-12-01"):
        made = await in_office(world)
        mixco, anam = await world.who("mixco"), await world.who("anam")
        path = f"/v1/transitions/{(await transition(mixco, made))['id']}"
        nothing = await ask(anam, f"{path}/handover/approve", await anam.get(path))
        assert (nothing.status_code, nothing.json()["code"]) == (409, "handover-not-proposed")
        assert (await ask(mixco, f"/v1/office-terms/{made.json()['id']}/end", made, ended_by="re_election")).status_code == 200
        agreed = await ask(anam, f"{path}/handover/approve", await anam.get(path))
        assert (agreed.status_code, [line["decision"] for line in agreed.json()["lines"]]) == (200, ["keep"])
    with on(world, "2028-01-16"):
        await tick(world)
        mixco = await world.who("mixco")
        signed = await ask(mixco, f"{path}/accept", await mixco.get(path))
        assert (signed.status_code, signed.json()["state"]) == (200, "handed_over")


@pytest.mark.parametrize(("name", "status"), [("", 401), ("sonsonate", 404), ("comures", 404), ("anam", 200), ("gt", 200), ("mixco", 200)])
async def test_who_reads_who_stays(world: World, name: str, status: int) -> None:
    with on(world, "2027-12-01"):
        id = (await transition(await world.who("mixco"), await in_office(world)))["id"]
        answer = await (await world.who(name)).get(f"/v1/transitions/{id}/handover")
        assert answer.status_code == status, answer.text
