"""Sessions: called in time, held with a quorum from the bylaws of the day, which is frozen; without it nothing is decided."""

import asyncio
from datetime import timedelta

import httpx

from tests.conftest import World
from tests.routers.committee.test_terms import named
from tests.routers.committee.walk import AGO, TODAY, approved, ask, ruled, term
from tests.routers.session.meetings import SECTORS, gathered, put

THREE = {"rule": "number", "number": 3}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_session_from_its_plan_to_its_quorum(world: World) -> None:
    committee = await gathered(world)
    mixco = committee.client
    planned = await committee.planned(meets_at="17:30", place="Casa comunal", agenda=[{"title": "Plan de trabajo"}])
    assert (planned.json()["state"], planned.json()["body"], planned.json()["quorum"]) == ("planned", "Pleno", None)
    assert planned.json()["allowed_actions"] == ["change", "write_agenda", "call", "cancel"]
    path = f"/v1/sessions/{planned.json()['id']}"
    assert code(await ask(mixco, f"{path}/hold", planned)) == (409, "session-state-forbids")
    agenda = await put(mixco, f"{path}/agenda", planned, agenda=[{"title": "Informe"}, {"title": "Varios", "public": False}])
    assert [item["title"] for item in agenda.json()["agenda"]] == ["Informe", "Varios"]
    called = await ask(mixco, f"{path}/call", agenda, called_on=AGO[20])
    assert (called.json()["state"], called.json()["called_on"]) == ("called", AGO[20])
    assert code(await ask(mixco, f"{path}/hold", called)) == (409, "attendance-missing")
    written = await committee.attended(called, "municipal_elected", ngo="represented")
    assert (written.json()["present"], written.json()["voting_present"]) == (2, 2)
    found = {line["sector"]: (line["status"], line["term_id"]) for line in written.json()["lines"]}
    assert found["ngo"] == ("represented", committee.terms["alternate"])
    assert found["community_leader"] == ("absent", committee.terms["community_leader"]), "whoever is not named was absent"
    held = await ask(mixco, f"{path}/hold", written)
    quorum = held.json()["quorum"]
    assert (held.json()["state"], held.json()["held_on"], quorum["met"]) == ("held", AGO[10], True)
    assert (quorum["seats"], quorum["required"], quorum["present"], quorum["bylaws_number"]) == (3, 2, 2, 1)
    assert held.json()["explanation"] == quorum["words"]["en"]
    assert quorum["words"]["es"].startswith("Primera convocatoria: más de la mitad de 3 puestos con voto exige 2; hay 2 presentes")
    assert (await mixco.get(path, headers={"Accept-Language": "pt"})).json()["explanation"] == quorum["words"]["pt"]
    again = await put(mixco, f"{path}/attendance", held, lines=committee.lines(*SECTORS))
    assert code(again) == (409, "session-state-forbids"), "what quorum was computed from does not change any more"
    assert (await mixco.get(f"{path}/attendance")).json()["lines"] == written.json()["lines"]
    shown = (await mixco.get(f"/v1/committees/{committee.id}")).json()
    assert shown["last_session_on"] == AGO[10]


async def test_the_bylaws_of_the_day_count_and_what_was_computed_stays(world: World) -> None:
    committee = await gathered(world)
    instrument = (await approved(committee.client, committee.id)).json()["id"]
    before = await committee.held("ngo", "municipal_elected", meets_on=AGO[20], on=AGO[30])
    law = await ruled(
        committee.client, committee.id, instrument, AGO[10], **(await _rules(committee.client, committee.id)) | {"quorum": THREE}
    )
    assert law.status_code == 200, law.text
    on_the_day = await committee.held("ngo", "municipal_elected", meets_on=AGO[10])
    assert (on_the_day.json()["state"], on_the_day.json()["quorum"]["required"]) == ("no_quorum", 3)
    assert on_the_day.json()["quorum"]["bylaws_id"] == law.json()["id"]
    still = (await committee.client.get(f"/v1/sessions/{before.json()['id']}")).json()
    assert (still["state"], still["quorum"]) == ("held", before.json()["quorum"])


async def _rules(client: httpx.AsyncClient, committee: str) -> dict[str, object]:
    found = (await client.get("/v1/bylaws", params={"committee": committee})).json()["items"]
    return dict(found[0]["rules"])


async def test_notice_is_what_the_bylaws_ask_for(world: World) -> None:
    committee = await gathered(world)
    mixco, later = committee.client, (TODAY + timedelta(days=4)).isoformat()
    planned = await committee.planned(meets_on=later)
    path = f"/v1/sessions/{planned.json()['id']}"
    short = await ask(mixco, f"{path}/call", planned, called_on=None)
    assert code(short) == (409, "notice-too-short")
    assert (TODAY + timedelta(days=5)).isoformat() in short.json()["detail"]
    assert code(await ask(mixco, f"{path}/call", planned, called_on=later)) == (422, "day-to-come")
    moved = await mixco.patch(
        path, json={"meets_on": (TODAY + timedelta(days=5)).isoformat()}, headers={"If-Match": planned.headers["etag"]}
    )
    called = await ask(mixco, f"{path}/call", moved, called_on=None)
    assert called.json()["called_on"] == TODAY.isoformat(), called.text
    back = await mixco.patch(path, json={"meets_on": later}, headers={"If-Match": called.headers["etag"]})
    assert code(back) == (409, "notice-too-short"), "one that was called is not moved to where its call was too late"
    assert code(await ask(mixco, f"{path}/hold", called)) == (422, "day-to-come")
    urgent = await committee.planned(kind="extraordinary", meets_on=TODAY.isoformat())
    assert (await ask(mixco, f"/v1/sessions/{urgent.json()['id']}/call", urgent, called_on=None)).status_code == 200
    cancelled = await ask(mixco, f"{path}/cancel", called, because="Huracán")
    assert (cancelled.json()["state"], cancelled.json()["allowed_actions"]) == ("cancelled", [])
    joint = await mixco.post(f"/v1/committees/{committee.id}/sessions", json={"kind": "joint", "meets_on": later})
    assert joint.status_code == 422, "a joint session says with whom"


async def test_too_few_wait_for_the_second_call(world: World) -> None:
    committee = await gathered(world, second_call={"quorum": {"rule": "number", "number": 1}, "minutes_after": 45})
    mixco, first = committee.client, await committee.held("ngo", meets_at="23:30")
    path = f"/v1/sessions/{first.json()['id']}"
    assert (first.json()["state"], first.json()["quorum"]["met"]) == ("no_quorum", False)
    assert first.json()["allowed_actions"] == ["second_call"]
    second = await ask(mixco, f"{path}/second-call", first)
    assert (second.json()["state"], second.json()["second_at"], second.json()["first_quorum"]["present"]) == ("called", "00:15", 1)
    assert second.json()["second_on"] == (TODAY - timedelta(days=9)).isoformat(), "after midnight it is the day after"
    assert code(await ask(mixco, f"{path}/hold", second)) == (409, "attendance-missing"), "who is there now is written anew"
    held = await ask(mixco, f"{path}/hold", await committee.attended(second, "ngo"))
    assert (held.json()["state"], held.json()["quorum"]["second_call"], held.json()["quorum"]["required"]) == ("held", True, 1)
    assert held.json()["explanation"].startswith("Second call")
    without = await gathered(world, second_call=None)
    none = await without.held("ngo")
    assert none.json()["allowed_actions"] == []
    assert code(await ask(mixco, f"/v1/sessions/{none.json()['id']}/second-call", none)) == (409, "no-second-call")


async def test_without_bylaws_it_is_said_what_to_do(world: World) -> None:
    committee = await gathered(world, lawful=False)
    mixco, planned = committee.client, await committee.planned(meets_on=AGO[10])
    refused = await ask(mixco, f"/v1/sessions/{planned.json()['id']}/call", planned, called_on=AGO[20])
    assert code(refused) == (409, "no-bylaws-in-force")
    assert "POST /v1/committees/{id}/bylaws" in refused.json()["detail"]
    urgent = await committee.called(kind="extraordinary")
    written = await committee.attended(urgent, *SECTORS)
    assert code(await ask(mixco, f"/v1/sessions/{urgent.json()['id']}/hold", written)) == (409, "no-bylaws-in-force")


async def test_who_can_be_there(world: World) -> None:
    committee = await gathered(world)
    session = await committee.called()
    path = f"/v1/sessions/{session.json()['id']}/attendance"
    nobody = await committee.attended(session, municipal_elected="represented")
    assert (*code(nobody), nobody.json()["errors"][0]["pointer"]) == (422, "no-alternate", "/lines/0/status")
    strange = await put(committee.client, path, session, lines=[{"seat_id": committee.id, "status": "present"}])
    assert (*code(strange), strange.json()["errors"][0]["pointer"]) == (422, "unknown-reference", "/lines/0/seat_id")
    twice = await put(committee.client, path, session, lines=committee.lines("ngo") * 2)
    assert twice.status_code == 422, "a seat is there once"
    early = await committee.called(meets_on=AGO[90], on=AGO[365], kind="extraordinary")
    vacant = await committee.attended(early, "ngo")
    assert code(vacant) == (422, "seat-vacant"), "nobody held it on that day"


async def test_one_person_has_one_vote(world: World) -> None:
    """The alternate of two seats, or who holds one and is the alternate of another, sits in one of them."""
    committee = await gathered(world)
    person, mixco = (await named(world, committee.id))["id"], committee.client
    second = {"on_behalf_of_id": committee.institution, "alternate": True, "person_id": person}
    for sector in ("municipal_elected", "community_leader"):
        made = await term(mixco, committee.id, committee.seats[sector], **second)
        assert made.status_code == 201, made.text
    session = await committee.called()
    twice = await committee.attended(session, "ngo", municipal_elected="represented", community_leader="represented")
    assert (*code(twice), twice.json()["errors"][0]["pointer"]) == (422, "person-twice", "/lines/2/seat_id")
    once = await committee.attended(session, "ngo", municipal_elected="represented", community_leader="excused")
    assert (once.status_code, once.json()["voting_present"]) == (200, 2)
    async with world.owner() as owner:  # What a seat was there for is corrected before it is held.
        await owner.execute("update term set person_id = $1 where id = $2", person, committee.terms["ngo"])
    held = await ask(mixco, f"/v1/sessions/{session.json()['id']}/hold", once)
    assert (held.json()["state"], held.json()["quorum"]["present"]) == ("no_quorum", 1), held.text


async def test_two_secretaries_hold_one_session(world: World) -> None:
    committee = await gathered(world)
    session = await committee.called()
    written = await committee.attended(session, *SECTORS)
    path = f"/v1/sessions/{session.json()['id']}"
    both = await asyncio.gather(*(ask(committee.client, f"{path}/hold", written) for _ in range(4)))
    assert sorted(a.status_code for a in both) == [200, 409, 409, 409]
    assert {a.json()["code"] for a in both if a.status_code == 409} == {"session-state-forbids"}
    async with world.owner() as owner:
        held = "select count(*) from change where noun = 'committee_session' and thing = $1 and action = 'hold'"
        assert await owner.fetchval(held, session.json()["id"]) == 1
        met = "select count(*) from change where noun = 'committee' and thing = $1 and action = 'meet'"
        assert await owner.fetchval(met, committee.id) == 1


async def test_an_inauguration_is_for_everyone_to_read_once_it_was_held(world: World) -> None:
    committee = await gathered(world, lawful=False)
    mixco, public = committee.client, await world.who()
    shown = (await mixco.get(f"/v1/committees/{committee.id}")).headers["etag"]
    await mixco.post(f"/v1/committees/{committee.id}/convene", json={"happened_on": AGO[30]}, headers={"If-Match": shown})
    session = await committee.called(kind="inauguration", place="Parque central")
    path = f"/v1/sessions/{session.json()['id']}"
    said = {"purpose": "Prevenir juntos, con todos.", "media_links": ["https://diario.example/acto"]}
    bad = await put(mixco, f"{path}/purpose", session, media_links=["javascript:alert(1)"])
    assert bad.status_code == 422
    stated = await put(mixco, f"{path}/purpose", session, **said)
    assert (await public.get(f"/v1/inaugurations/{session.json()['id']}")).status_code == 404, "not before it was held"
    held = await ask(mixco, f"{path}/hold", await committee.attended(stated, *SECTORS))
    assert (held.json()["state"], held.json()["quorum"], held.json()["explanation"]) == ("held", None, None)
    assert "decide" not in held.json()["allowed_actions"]
    read = await public.get(f"/v1/inaugurations/{session.json()['id']}")
    assert (read.json()["purpose"], read.json()["media_links"], read.json()["attended"]) == (*said.values(), 3)
    assert {"country", "municipality", "committee"} <= read.json().keys()
    listed = (await public.get("/v1/municipalities/3200008/inaugurations")).json()["items"]
    assert [item["id"] for item in listed] == [session.json()["id"]]
    assert (await public.get(path)).status_code == 401, "the rest of the session is not public"
    more = await put(mixco, f"{path}/purpose", held, purpose=said["purpose"], media_links=["https://video.example/1"])
    assert more.status_code == 200
    assert (await public.get(f"/v1/inaugurations/{session.json()['id']}")).json()["media_links"] == ["https://video.example/1"]
    launched = (await mixco.get(f"/v1/committees/{committee.id}")).json()
    assert (launched["state"], launched["launched_on"], launched["last_session_on"]) == ("launched", AGO[10], None)
    other = await committee.planned()
    assert code(await put(mixco, f"/v1/sessions/{other.json()['id']}/purpose", other, **said)) == (409, "not-an-inauguration")


async def test_near_an_election_its_purpose_waits_and_the_session_does_not(world: World) -> None:
    window = {"starts_on": AGO[10], "ends_on": "2090-01-01", "acts": ["publish_promotion"], "legal_basis": "Ley inventada, art. 1"}
    committee = await gathered(world)
    early = await committee.called(kind="inauguration")
    opened, other = f"/v1/sessions/{early.json()['id']}", "/v1/inaugurations/" + early.json()["id"]
    stated = await put(committee.client, f"{opened}/purpose", early, purpose="Nacer.")
    early = await ask(committee.client, f"{opened}/hold", await committee.attended(stated, *SECTORS))
    assert (await (await world.who("gt")).post("/v1/countries/GT/blackouts", json=window)).status_code == 201
    for said in ({"purpose": "Crecer."}, {}):
        assert code(await put(committee.client, f"{opened}/purpose", early, **said)) == (409, "blackout"), "what is published cannot change"
    assert (await (await world.who()).get(other)).json()["purpose"] == "Nacer.", "and stays"
    session = await committee.called(kind="inauguration")
    path = f"/v1/sessions/{session.json()['id']}"
    stated = await put(committee.client, f"{path}/purpose", session, purpose="Prevenir juntos.")
    written = await committee.attended(stated, *SECTORS)
    assert code(await ask(committee.client, f"{path}/hold", written)) == (409, "blackout")
    silent = await put(committee.client, f"{path}/purpose", written)
    held = await ask(committee.client, f"{path}/hold", silent)
    assert held.json()["state"] == "held", held.text
    assert code(await put(committee.client, f"{path}/purpose", held, purpose="Prevenir juntos.")) == (409, "blackout")


async def test_sessions_are_read_at_every_level(world: World) -> None:
    committee = await gathered(world)
    first, second = await committee.planned(), await committee.planned(meets_on=AGO[1])
    ids = [second.json()["id"], first.json()["id"]]
    for level in ("region", "countries/GT", "associations/2", "municipalities/3200008"):
        found = await (await world.who("gt")).get(f"/v1/{level}/sessions", params={"committee": committee.id})
        assert [s["id"] for s in found.json()["items"]] == ids, level
    since = await committee.client.get("/v1/sessions", params={"committee": committee.id, "from": AGO[5]})
    assert [s["id"] for s in since.json()["items"]] == ids[:1]
    assert (await (await world.who("sv")).get("/v1/sessions", params={"committee": committee.id})).json()["items"] == []


async def test_what_a_seat_hides_of_its_holder_attendance_hides_too(world: World) -> None:
    committee = await gathered(world)
    mixco, reader = committee.client, await world.who("gt")
    seat = await mixco.get(f"/v1/seats/{committee.seats['ngo']}")
    await mixco.patch(f"/v1/seats/{committee.seats['ngo']}", json={"display": "none"}, headers={"If-Match": seat.headers["etag"]})
    held = await committee.held(*SECTORS)
    path = f"/v1/sessions/{held.json()['id']}/attendance"
    lines = (await reader.get(path)).json()["lines"]
    [hidden] = [line for line in lines if line["seat_id"] is None]
    assert hidden == dict.fromkeys(hidden, None) | {"status": "present"}
    whole = (await mixco.get(path)).json()["lines"]
    assert {line["seat_id"] for line in whole} == set(committee.seats.values()), "whoever has the personal scope sees the seat"


async def test_a_lawful_committee_operates_while_it_meets_and_sleeps_when_it_does_not(world: World) -> None:
    for rhythm, state, reason in ((4, "operating", "held a session with quorum"), (365, "dormant", "held no session with quorum")):
        committee = await gathered(world, sessions_per_year=rhythm, notice_days=0)
        mixco, path = committee.client, f"/v1/committees/{committee.id}"
        [law] = (await mixco.get("/v1/bylaws", params={"committee": committee.id})).json()["items"]
        convened = await ask(mixco, f"{path}/convene", await mixco.get(path), happened_on=AGO[90])
        launched = await ask(mixco, f"{path}/launch", convened, happened_on=AGO[60])
        legal = await ask(mixco, f"{path}/legalise", launched, instrument_id=law["instrument_id"])
        assert legal.json()["state"] == "legalised", legal.text
        assert (await committee.held("ngo", meets_on=AGO[5])).json()["state"] == "no_quorum"
        assert (await mixco.get(path)).json()["state"] == "legalised", "a session without quorum is none"
        await committee.held(*SECTORS)
        shown = (await mixco.get(path)).json()
        assert (shown["state"], shown["last_session_on"]) == (state, AGO[10]), rhythm
        assert reason in shown["state_reason"]
        assert (shown["due_on"] is not None) == (state == "operating")
