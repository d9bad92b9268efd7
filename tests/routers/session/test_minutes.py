"""Minutes are numbered without gaps, never change once they are approved, and are published as a file of their own."""

import asyncio
import hashlib

import httpx

from tests.conftest import World
from tests.routers.committee.walk import AGO, MIXCO, ask
from tests.routers.session.meetings import SECTORS, Committee, gathered, put
from tests.routers.session.test_decisions import put_to_vote, voted
from tests.routers.session.test_sessions import code


async def drafted(committee: Committee, session: httpx.Response) -> httpx.Response:
    return await committee.client.post(f"/v1/sessions/{session.json()['id']}/minutes", json={"text": "Se leyó la agenda."})


async def document(client: httpx.AsyncClient, rights: str, text: str) -> str:
    query = {"file_name": "acta.txt", "kind": "minutes", "access_rights": rights}
    made = await client.post(
        f"/v1/municipalities/{MIXCO}/documents", params=query, content=text.encode(), headers={"Content-Type": "application/octet-stream"}
    )
    assert made.status_code in (200, 201), made.text
    return str(made.json()["id"])


async def test_from_a_draft_to_what_everyone_reads(world: World) -> None:
    committee = await gathered(world)
    mixco, session = committee.client, await committee.held(*SECTORS, meets_on=AGO[10])
    decision = await put_to_vote(committee, session)
    made = await drafted(committee, session)
    assert (made.status_code, made.json()["number"], made.json()["state"]) == (201, 1, "draft"), made.text
    assert made.json()["sha256"] is None, "a draft may still change"
    assert code(await drafted(committee, session)) == (409, "session-state-forbids"), "a session has one"
    path = f"/v1/minutes/{made.json()['id']}"
    changed = await mixco.patch(path, json={"text": "Se leyó y aprobó la agenda."}, headers={"If-Match": made.headers["etag"]})
    said = {"approved_on": AGO[5]}
    assert code(await ask(mixco, f"{path}/approve", changed, **said)) == (409, "decision-uncounted")
    counted = await voted(committee, decision, ngo="yes")
    failed = await committee.held("ngo", kind="extraordinary")
    refused = await ask(mixco, f"{path}/approve", changed, **said, approved_in_id=failed.json()["id"])
    assert code(refused) == (409, "no-quorum")
    strange = await ask(mixco, f"{path}/approve", changed, **said, approved_in_id=made.json()["id"])
    assert code(strange) == (422, "unknown-reference")
    assert code(await ask(mixco, f"{path}/approve", changed, approved_on="2099-01-01")) == (422, "day-to-come")
    after = await committee.held(*SECTORS, kind="extraordinary", meets_on=AGO[5])
    approved = await ask(mixco, f"{path}/approve", changed, **said, approved_in_id=after.json()["id"])
    assert (approved.json()["state"], approved.json()["allowed_actions"]) == ("approved", ["publish", "add_erratum"]), approved.text
    assert approved.json()["sha256"] == hashlib.sha256("Se leyó y aprobó la agenda.".encode()).hexdigest()
    late = await mixco.patch(path, json={"text": "x"}, headers={"If-Match": approved.headers["etag"]})
    assert code(late) == (409, "session-state-forbids")
    assert "erratum" in late.json()["detail"]
    assert code(await voted(committee, counted, ngo="no")) == (409, "session-state-forbids"), "votes stand fast with the minutes"
    assert code(await put_to_vote(committee, session)) == (409, "session-state-forbids")
    for n in (1, 2):
        erratum = await mixco.post(f"{path}/errata", json={"says": "Se leyó", "corrected": "Se leyó dos veces"})
        assert (erratum.status_code, erratum.json()["number"]) == (201, n), erratum.text
    inner = await document(mixco, "committee", "con nombres")
    assert code(await ask(mixco, f"{path}/publish", approved, document_id=inner)) == (422, "document-not-public")
    outer = await document(mixco, "public", "sin nombres")
    published = await ask(mixco, f"{path}/publish", approved, document_id=outer)
    assert (published.json()["state"], len(published.json()["errata"])) == ("published", 2), published.text
    assert published.json()["sha256"] == approved.json()["sha256"], "errata stand beside what was approved"
    assert (await (await world.who()).get(f"/v1/documents/{outer}/content")).text == "sin nombres"
    assert (await mixco.get(f"/v1/sessions/{session.json()['id']}")).json()["minutes_id"] == made.json()["id"]
    assert len((await mixco.get("/v1/errata", params={"committee": committee.id})).json()["items"]) == 2


async def test_numbers_have_no_gaps_also_when_drafted_at_once(world: World) -> None:
    committee = await gathered(world)
    sessions = [await committee.held(*SECTORS) for _ in range(4)]
    refused = await committee.client.post(f"/v1/sessions/{sessions[0].json()['id']}/minutes", json={})
    assert refused.status_code == 422, "a refused draft takes no number"
    made = await asyncio.gather(*(drafted(committee, session) for session in sessions))
    assert sorted(m.json()["number"] for m in made) == [1, 2, 3, 4]
    failed = await committee.held("ngo")
    assert code(await drafted(committee, failed)) == (409, "session-state-forbids")
    listed = (await committee.client.get("/v1/minutes", params={"committee": committee.id, "year": AGO[10][:4]})).json()["items"]
    assert [m["number"] for m in listed] == [4, 3, 2, 1]
    other = await gathered(world)
    assert (await drafted(other, await other.held(*SECTORS))).json()["number"] == 1, "each committee counts its own"
    again = await put(committee.client, f"/v1/sessions/{sessions[0].json()['id']}/agenda", sessions[0], agenda=[])
    assert code(again) == (409, "session-state-forbids")


async def test_near_an_election_minutes_are_approved_and_wait_to_be_published(world: World) -> None:
    """A law that refuses to publish records; what was published before stays as it is, and errata tell who reads the committee."""
    committee, gt = await gathered(world), await world.who("gt")
    mixco, days = committee.client, []
    for _ in range(2):
        made = await drafted(committee, await committee.held(*SECTORS, meets_on=AGO[10]))
        days.append(await ask(mixco, f"/v1/minutes/{made.json()['id']}/approve", made, approved_on=AGO[5]))
    before, late = (f"/v1/minutes/{minutes.json()['id']}" for minutes in days)
    files = [await document(mixco, "public", text) for text in ("antes", "durante")]
    published = await ask(mixco, f"{before}/publish", days[0], document_id=files[0])
    window = {"starts_on": AGO[1], "ends_on": "2090-01-01", "acts": ["publish_records"], "legal_basis": "Ley inventada, art. 2"}
    made = await gt.post("/v1/countries/GT/blackouts", json=window)
    refused = await ask(mixco, f"{late}/publish", days[1], document_id=files[1])
    assert (code(refused), refused.json()["until"]) == ((409, "blackout"), "2090-01-01")
    assert (await mixco.get(late)).json()["state"] == "approved", "and nothing of it is half done"
    etag = {"If-Match": (await mixco.get(f"/v1/documents/{files[0]}")).headers["etag"]}
    assert code(await mixco.delete(f"/v1/documents/{files[0]}", headers=etag)) == (409, "blackout")
    assert (await (await world.who()).get(f"/v1/documents/{files[0]}/content")).text == "antes"
    erratum = await mixco.post(f"{before}/errata", json={"says": "Se leyó", "corrected": "Se leyó dos veces"})
    assert (erratum.status_code, published.json()["state"]) == (201, "published")
    assert (await gt.delete(f"/v1/blackouts/{made.json()['id']}", headers={"If-Match": made.headers["etag"]})).status_code == 204
    assert (await ask(mixco, f"{late}/publish", days[1], document_id=files[1])).json()["state"] == "published"
