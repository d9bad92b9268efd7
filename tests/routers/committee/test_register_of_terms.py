"""Who held and holds which seat, by file: never two at once, names where they belong, all rows or none."""

from datetime import timedelta
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.registers import CSV, send, sheet
from tests.routers.committee.test_registers import MIXCO, SEAT, entered
from tests.routers.committee.walk import AGO, TODAY, approved, ask, institution

CANARY = "Canaria Kinkajú"
TERM = {"committee": "svet:7", "seat": "Salud", "selection": "appointed", "starts_on": "2016-01-01", "institution": "Fundación inventada"}
ROSTER = (
    TERM | {"ends_on": "2018-01-01", "end_reason": "term over", "name": CANARY, "email": "canaria@x.example", "phone": "555-0100"},
    TERM | {"starts_on": "2018-01-01", "name": "Otra Persona", "groups": "women, young", "languages": "es", "publish_consent": "sí"},
    TERM | {"starts_on": "2018-01-01", "alternate": "sí", "name": CANARY},
    TERM | {"seat": "Alcaldía", "selection": "ex officio", "institution": "", "name": "Alcaldesa Inventada"},
    TERM | {"seat": "svet:3", "selection": "open_call"},
)


async def committee(world: World) -> str:
    """A committee of Mixco that entered by file with three seats, and an institution; its id."""
    id = await entered(world)
    rows = [
        SEAT | {"label": "Salud", "sector": "health"},
        SEAT | {"label": "Alcaldía", "sector": "municipal_elected", "role": "president"},
        SEAT | {"label": "Tercero", "external_id": "svet:3", "display": "none"},
    ]
    assert (await send(await world.who("mixco"), "seats", sheet(*rows)))["state"] == "done"
    await institution(world)
    return id


async def terms(world: World, id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await (await world.who("mixco")).get("/v1/terms", params={"committee": id})).json()["items"]
    return items


async def people(world: World, id: str) -> dict[str, dict[str, Any]]:
    items = (await (await world.who("mixco")).get("/v1/persons", params={"committee": id})).json()["items"]
    return {p["name"]: p for p in items}


async def test_a_roster_with_its_past_enters_declared(world: World) -> None:
    mixco, id = await world.who("mixco"), await committee(world)
    first = await send(mixco, "terms", sheet(*ROSTER, divider=";").encode("latin-1"), file_name=f"{CANARY}.csv")
    assert (first["state"], first["created"], first["refused"], first["file_name"]) == ("done", 5, set(), None)
    known = await people(world, id)
    assert set(known) == {CANARY, "Otra Persona", "Alcaldesa Inventada"}, "somebody who sits twice is one person"
    assert (known[CANARY]["email"], known[CANARY]["phone"]) == ("canaria@x.example", "555-0100")
    assert (known["Otra Persona"]["groups"], known["Otra Persona"]["publish_consent"]) == (["women", "young"], True)
    listed = await terms(world, id)
    assert all(t["declared"] for t in listed)
    past = next(t for t in listed if t["ends_on"] == "2018-01-01")
    assert (past["end_reason"], past["organisation"]) == ("term_over", "Fundación inventada")
    now = (await mixco.get(f"/v1/committees/{id}/members")).json()["items"]
    assert sorted((m["name"] or "", m["alternate"]) for m in now) == [
        ("", False), ("Alcaldesa Inventada", False), (CANARY, True), ("Otra Persona", False),
    ]  # fmt: skip
    again = await send(mixco, "terms", sheet(*ROSTER))
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 5)
    assert (await terms(world, id), await people(world, id)) == (listed, known)
    moved = await send(mixco, "terms", sheet(ROSTER[1] | {"phone": "555-0199", "ends_on": "2030-01-01", "external_id": "svet:t"}))
    assert moved["changed"] == 1
    assert (await people(world, id))["Otra Persona"]["phone"] == "555-0199"
    recent = await mixco.post(f"/v1/committees/{id}/terms", json=await of_today(mixco, id))
    assert (recent.status_code, recent.json()["declared"]) == (201, False)


async def of_today(client: httpx.AsyncClient, id: str) -> dict[str, Any]:
    """A term that begins today in the seat of another one."""
    [held] = [t for t in (await client.get(f"/v1/committees/{id}/members")).json()["items"] if t["role"] == "president"]
    said = {"seat_id": held["seat_id"], "person_id": held["person_id"], "selection": "elected"}
    return said | {"alternate": True, "starts_on": TODAY.isoformat()}


WRONG = [
    TERM | {"name": "Una"},
    TERM | {"starts_on": "2017-01-01", "name": "Dos"},
    TERM | {"seat": "Alcaldía", "selection": "elected"},
    TERM | {"seat": "Nada"},
    TERM | {"seat": "svet:3", "institution": "Nadie"},
    TERM | {"seat": "svet:3", "institution": ""},
    TERM | {"seat": "svet:3", "selection": "lottery"},
    TERM | {"seat": "svet:3", "starts_on": "2014-01-01"},
    TERM | {"seat": "svet:3", "ends_on": "2016-01-01"},
    TERM | {"seat": "svet:3", "email": "x@x.example"},
    TERM | {"seat": "svet:3", "name": "Una", "email": "nothing"},
    TERM | {"seat": "svet:3", "name": "Una"},
    TERM | {"seat": "svet:3", "instrument": "9", "starts_on": "2020-01-01"},
    TERM | {"seat": "svet:3", "end_reason": "other", "starts_on": "2020-01-01"},
    TERM | {"name": "Una"},
    TERM | {"committee": "svet:404", "name": "Una"},
    TERM | {"seat": "svet:3", "alternate": "perhaps"},
    TERM | {"seat": "svet:3", "groups": "clowns", "name": "Una"},
]
"""The first row is right; each that is refused has one thing wrong."""


async def test_all_terms_or_none(world: World) -> None:
    mixco, id = await world.who("mixco"), await committee(world)
    said = await send(mixco, "terms", sheet(*WRONG))
    assert said["refused"] == {
        ("seat-taken", "seat", 3), ("president-not-named", "instrument", 4), ("seat-unknown", "seat", 5),
        ("institution-unknown", "institution", 6), ("term-of-nobody", "name", 7), ("selection-invalid", "selection", 8),
        ("outside-seat", "starts_on", 9), ("term-backwards", "ends_on", 10), ("name-invalid", "name", 11), ("email-invalid", "email", 12),
        ("seated-already", "name", 13), ("unknown-reference", "instrument", 14), ("ends-on-invalid", "ends_on", 15),
        ("stated-twice", "starts_on", 16), ("committee-unknown", "committee", 17), ("alternate-invalid", "alternate", 18),
        ("groups-invalid", "groups", 19),
    }  # fmt: skip
    assert (said["state"], await terms(world, id), await people(world, id)) == ("refused", [], {})
    assert (await send(mixco, "terms", sheet(WRONG[0]), dry_run=True))["state"] == "checked"
    assert (await terms(world, id), await people(world, id)) == ([], {})
    assert (await send(mixco, "terms", sheet(WRONG[0], ROSTER[3])))["created"] == 2
    for row, refused in (
        (WRONG[0] | {"name": "Una Otra"}, ("holder-differs", "name", 2)),
        (WRONG[0] | {"institution": ""}, None),
        (WRONG[0] | {"selection": "elected"}, ("term-differs", "selection", 2)),
        (ROSTER[3] | {"institution": "Fundación inventada"}, ("holder-differs", "institution", 2)),
    ):
        assert (await send(mixco, "terms", sheet(row)))["refused"] == ({refused} if refused else set())


async def test_what_was_over_before_the_committee_joined_needs_no_instrument(world: World) -> None:
    mixco, id = await world.who("mixco"), await committee(world)
    president = TERM | {"seat": "Alcaldía", "selection": "elected", "ends_on": "2019-01-01"}
    assert (await send(mixco, "terms", sheet(president)))["state"] == "done"
    running = president | {"starts_on": "2019-01-01", "ends_on": "", "instrument": "3-2019"}
    assert (await send(mixco, "terms", sheet(running)))["refused"] == {("unknown-reference", "instrument", 2)}
    await approved(mixco, id, "delegation", number="3-2019")
    assert (await send(mixco, "terms", sheet(running)))["created"] == 1
    seat = next(t["seat_id"] for t in await terms(world, id))
    body = {"seat_id": seat, "selection": "elected", "on_behalf_of_id": (await terms(world, id))[0]["on_behalf_of_id"]}
    alone = await mixco.post(f"/v1/committees/{id}/terms", json=body | {"starts_on": "2015-01-01", "ends_on": "2016-01-01"})
    assert (alone.status_code, alone.json()["declared"]) == (201, True)


async def test_terms_end_by_file_and_are_extended_only_by_an_instrument(world: World) -> None:
    mixco, id = await world.who("mixco"), await committee(world)
    row = TERM | {"starts_on": AGO[90], "ends_on": (TODAY + timedelta(days=30)).isoformat()}
    assert (await send(mixco, "terms", sheet(row)))["created"] == 1
    assert (await send(mixco, "terms", sheet(row | {"ends_on": AGO[5], "end_reason": "resignation"})))["changed"] == 1
    [ended] = await terms(world, id)
    assert (ended["ends_on"], ended["end_reason"]) == (AGO[5], "resignation")
    assert (await send(mixco, "terms", sheet(row)))["refused"] == {("extension-needs-instrument", "instrument", 2)}
    await approved(mixco, id, "term_extension", number="8")
    assert (await send(mixco, "terms", sheet(row | {"instrument": "8"})))["changed"] == 1
    assert (await send(mixco, "terms", sheet(row | {"instrument": "8"})))["unchanged"] == 1


async def test_a_snapshot_ends_the_terms_that_are_confirmed(world: World) -> None:
    mixco, id = await world.who("mixco"), await committee(world)
    await send(mixco, "terms", sheet(*ROSTER))
    running = {f"{t['starts_on']} {t['id']}" for t in await terms(world, id) if t["ends_on"] is None}
    keep = sheet(*ROSTER[:2])
    would = await send(mixco, "terms", keep, mode="snapshot")
    assert (len(would["would_end"]), set(would["would_end"]) < running, would["ended"]) == (3, True, 0)
    headers = CSV | {"Idempotency-Key": "end-three"}
    query = {"mode": "snapshot", "confirm_ends": 3}
    two = await mixco.post("/v1/imports/terms", params=query | {"confirm_ends": 2}, content=keep.encode(), headers=CSV)
    assert (two.status_code, two.json()["code"]) == (409, "ends-differ")
    done, again = [await mixco.post("/v1/imports/terms", params=query, content=keep.encode(), headers=headers) for _ in range(2)]
    assert (done.status_code, done.json()["report"]["ended"], again.json()["id"]) == (201, 3, done.json()["id"])
    ended = [t for t in await terms(world, id) if t["ends_on"] == TODAY.isoformat()]
    assert (len(ended), {t["end_reason"] for t in ended if t["display"] != "none"}) == (3, {"other"})


async def test_consent_that_was_taken_back_and_who_was_erased_stay_so(world: World) -> None:
    mixco, id = await world.who("mixco"), await committee(world)
    await send(mixco, "terms", sheet(*ROSTER))
    other = (await people(world, id))["Otra Persona"]
    path, headers = f"/v1/persons/{other['id']}", {"If-Match": f'"{other["version"]}"'}
    taken = await mixco.patch(path, json={"publish_consent": False}, headers=headers)
    assert taken.status_code == 200, taken.text
    assert (await send(mixco, "terms", sheet(*ROSTER)))["unchanged"] == 5
    assert not (await people(world, id))["Otra Persona"]["publish_consent"]
    assert (await ask(mixco, f"{path}/erase", taken)).status_code == 200
    said = await send(mixco, "terms", sheet(*ROSTER))
    assert (said["state"], said["refused"]) == ("refused", {("person-erased", "name", 3)})
    assert "Otra Persona" not in await people(world, id)


async def test_names_are_for_the_personal_scope_and_no_answer_repeats_them(world: World) -> None:
    """Wherever in a file a name stands, no report, refusal, record or feed holds it; each comparison is recorded as a reading."""
    mixco, gt, id = await world.who("mixco"), await world.who("gt"), await committee(world)
    without = await send(gt, "terms", sheet(*ROSTER))
    assert without["refused"] == {("personal-scope-required", "name", 2, 3, 4, 5)}
    assert (await send(gt, "terms", sheet(ROSTER[4])))["created"] == 1
    files = [sheet({column: CANARY if column == wrong else value for column, value in ROSTER[0].items()}) for wrong in ROSTER[0]]
    files += [sheet({CANARY: CANARY}), sheet(TERM | {CANARY: "x"}), sheet(*ROSTER), sheet(*ROSTER, ROSTER[0] | {"name": "x"}), f'"{CANARY}']
    for file in files:
        for query in ({}, {"dry_run": True}, {"mode": "snapshot"}):
            answer = await mixco.post("/v1/imports/terms", params=query, content=file.encode(), headers=CSV)
            assert answer.status_code in (201, 422), answer.text
            assert "kinkaj" not in (answer.text + str(answer.headers)).lower(), file
    feed = await gt.get("/v1/changes", params={"limit": 1000})
    assert "kinkaj" not in feed.text.lower()
    async with world.owner() as owner:
        for table in ("import", "change", "idempotency", "term", "seat", "declaration"):
            assert not await owner.fetchval(f"select exists (select from {table} t where t::text ilike '%kinkaj%')"), table
        read = await owner.fetchval("select count(*) from change where noun = 'person' and action = 'read-personal'")
    assert read > 0
    assert set(await people(world, id)) >= {CANARY}


async def test_two_committees_of_a_country_in_one_file(world: World) -> None:
    gt, id = await world.who("gt"), await committee(world)
    other = {"municipality": "gt-ine:0101", "name": "COMUPRE Guatemala", "external_id": "svet:1"}
    assert (await send(gt, "committees", sheet(MIXCO, other)))["created"] == 1
    assert (await send(gt, "seats", sheet(SEAT | {"municipality": "gt-ine:0101", "label": "Salud"})))["created"] == 1
    said = await send(gt, "terms", sheet(TERM, TERM | {"committee": "svet:1"}))
    assert (said["state"], said["created"], len(await terms(world, id))) == ("done", 2, 1)
    mixco = await send(await world.who("mixco"), "terms", sheet(TERM, TERM | {"committee": "svet:1"}))
    assert mixco["refused"] == {("committee-unknown", "committee", 3)}
