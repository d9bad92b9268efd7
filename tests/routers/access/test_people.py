"""/people, /invitations, /grants, /roles over HTTP: nobody gives what is not theirs to give, and what is taken back is gone at once."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.domain.roles import OFFICES
from tests.conftest import World

TERM = {"starts_on": "2024-01-01"}


async def invite(world: World, by: str, role: str, level: str, unit: str | None, **more: Any) -> httpx.Response:
    body = {"email": f"{uuid4().hex}@demo.example", "display_name": "Somebody", "role": role, "level": level, "unit": unit}
    return await (await world.who(by)).post("/v1/invitations", json=body | TERM | more)


async def person_of(world: World, name: str) -> str:
    return str((await (await world.who(name)).get("/v1/me")).json()["principal"]["id"])


async def grant(world: World, by: str, who: str, role: str, level: str, unit: str | None, **more: Any) -> httpx.Response:
    body = {"principal_id": who, "role": role, "level": level, "unit": unit}
    return await (await world.who(by)).post("/v1/grants", json=body | TERM | more)


async def revoke(world: World, by: str, made: httpx.Response) -> httpx.Response:
    client = await world.who(by)
    return await client.post(f"/v1/grants/{made.json()['id']}/revoke", headers={"If-Match": made.headers["etag"]})


async def test_the_table_of_roles_is_shown_whole(region: World) -> None:
    said = (await (await region.who()).get("/v1/roles")).json()
    assert {r["role"] for r in said} == {r.value for r in OFFICES}
    assert [r["gives"] for r in said if r["role"] == "member"] == [[]]


@pytest.mark.parametrize(
    ("by", "role", "level", "unit", "status"),
    [
        ("sv", "municipal_coordinator", "municipality", "ocha:SV01001", 201),
        ("sv", "association_officer", "association", "COMURES", 201),
        ("sv", "municipal_coordinator", "municipality", "gt-ine:0101", 403),
        ("sv", "country_coordinator", "country", "GT", 403),
        ("sv", "region_admin", "region", None, 403),
        ("sv", "reader", "region", None, 403),
        ("sv", "programme_officer", "programme", "amuprev", 403),
        ("sonsonate", "committee_secretary", "municipality", "ocha:SV13001", 201),
        ("sonsonate", "reader", "country", "SV", 403),
        ("sonsonate", "committee_secretary", "municipality", "gt-ine:0108", 403),
        ("comures", "reader", "association", "COMURES", 201),
        ("comures", "association_officer", "association", "COMURES", 201),
        ("comures", "association_officer", "association", "ANAM", 403),
        ("comures", "municipal_coordinator", "municipality", "ocha:SV13001", 403),
        ("programme", "reader", "programme", "amuprev", 201),
        ("programme", "reader", "programme", "citylinks", 403),
        ("reader", "reader", "country", "SV", 403),
        ("region", "region_admin", "region", None, 201),
    ],
)
async def test_who_may_invite_into_what(shared_world: World, by: str, role: str, level: str, unit: str | None, status: int) -> None:
    if level == "association":
        found = (await (await shared_world.who()).get("/v1/associations", params={"limit": 200})).json()["items"]
        unit = next(str(a["id"]) for a in found if a["short_name"] == unit)
    answer = await invite(shared_world, by, role, level, unit)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"role": "region_admin", "level": "country", "unit": "SV"}, ""),
        ({"role": "reader", "level": "country", "unit": None}, ""),
        ({"role": "reader", "level": "region", "unit": "SV"}, ""),
        ({"role": "reader", "level": "country", "unit": ""}, "/unit"),
        ({"role": "reader", "level": "country", "unit": "XX"}, "/unit"),
        ({"role": "reader", "level": "country", "unit": "\x00"}, ""),
        ({"role": "reader", "level": "municipality", "unit": "ocha:nowhere"}, "/unit"),
        ({"role": "reader", "level": "country", "unit": "SV", "ends_on": "2024-01-01"}, ""),
        ({"role": "reader", "level": "country", "unit": "SV", "personal": True}, ""),
        ({"role": "king", "level": "country", "unit": "SV"}, "/role"),
        ({"role": "reader", "level": "country", "unit": "SV", "email": "no address"}, "/email"),
        ({"role": "reader", "level": "country", "unit": "SV", "active": False}, "/active"),
    ],
)
async def test_an_office_that_cannot_be_is_refused(shared_world: World, said: dict[str, Any], pointer: str) -> None:
    answer = await invite(shared_world, "region", **said)
    assert answer.status_code == 422, answer.text
    assert not pointer or pointer in [e["pointer"] for e in answer.json()["errors"]], answer.text


async def test_an_address_is_taken_once(world: World) -> None:
    assert (await invite(world, "sv", "reader", "country", "SV", email="one@demo.example")).status_code == 201
    again = await invite(world, "gt", "reader", "country", "GT", email=" ONE@demo.example")
    assert (again.status_code, again.json()["code"]) == (409, "email-taken")


async def test_an_office_counts_and_is_over_from_the_next_request_on(world: World) -> None:
    guest = await world.who("gt")
    municipality = (await guest.get("/v1/municipalities/ocha:SV13001")).json()["id"]
    seen = f"/v1/municipalities/{municipality}/affiliations"
    assert (await guest.get(seen)).json()["items"] == []
    made = await grant(world, "region", await person_of(world, "gt"), "reader", "country", "SV")
    assert made.status_code == 201
    assert made.json()["in_force"] is True
    assert (await guest.get(seen)).json()["items"] != []
    gone = await revoke(world, "region", made)
    assert (gone.status_code, gone.json()["in_force"]) == (200, False)
    assert (await guest.get(seen)).json()["items"] == []
    assert made.json()["id"] not in [g["id"] for g in (await guest.get("/v1/me")).json()["grants"]]
    again = await revoke(world, "region", gone)
    assert again.json()["revoked_at"] == gone.json()["revoked_at"], "a second time changes nothing that matters"


async def test_nobody_takes_an_office_back_that_is_not_theirs_to_give(world: World) -> None:
    own = await invite(world, "sv", "reader", "country", "SV")
    [office] = (await (await world.who("sv")).get("/v1/grants", params={"limit": 200})).json()["items"][-1:]
    assert office["principal_id"] == own.json()["principal_id"]
    path, headers = f"/v1/grants/{office['id']}/revoke", {"If-Match": '"1"'}
    for stranger in ("gt", "sonsonate", "comures", "reader"):
        assert (await (await world.who(stranger)).post(path, headers=headers)).status_code == 404
    mine = (await (await world.who("reader")).get("/v1/me")).json()["grants"][0]
    held = await (await world.who("reader")).post(f"/v1/grants/{mine['id']}/revoke", headers=headers)
    assert held.status_code == 403, "one's own office is seen, and given by others"


async def test_a_municipality_cannot_reach_the_higher_office_of_one_of_its_people(world: World) -> None:
    """Whoever may reset a password may sign in as that person: with everything that person holds."""
    made = (await invite(world, "sonsonate", "committee_secretary", "municipality", "ocha:SV13001")).json()
    who, local = made["principal_id"], await world.who("sonsonate")
    assert (await local.post(f"/v1/people/{who}/reset")).status_code == 201
    higher = await grant(world, "region", who, "reader", "region", None, starts_on="2999-01-01")
    assert higher.status_code == 201
    assert (await local.post(f"/v1/people/{who}/reset")).status_code == 403, "an office that begins later counts too"
    shown = await local.get(f"/v1/people/{who}")
    changed = await local.patch(f"/v1/people/{who}", json={"active": False}, headers={"If-Match": shown.headers["etag"]})
    assert changed.status_code == 403
    assert (await (await world.who("region")).post(f"/v1/people/{who}/reset")).status_code == 201
    await revoke(world, "region", higher)
    assert (await local.post(f"/v1/people/{who}/reset")).status_code == 201


async def test_switched_off_everything_of_a_person_is_refused(world: World) -> None:
    mixco, gt = await world.who("mixco"), await world.who("gt")
    who = await person_of(world, "mixco")
    shown = await gt.get(f"/v1/people/{who}")
    assert shown.json()["display_name"].startswith("Demonstration coordinator")
    off = await gt.patch(f"/v1/people/{who}", json={"active": False}, headers={"If-Match": shown.headers["etag"]})
    assert (off.status_code, off.json()["active"]) == (200, False)
    assert (await mixco.get("/v1/me")).status_code == 401
    for nothing in ({"active": None}, {"display_name": None}, {"display_name": ""}):
        refused = await gt.patch(f"/v1/people/{who}", json=nothing, headers={"If-Match": off.headers["etag"]})
        assert refused.status_code == 422, refused.text
    on = await gt.patch(f"/v1/people/{who}", json={"active": True}, headers={"If-Match": off.headers["etag"]})
    assert on.status_code == 200
    assert (await mixco.get("/v1/me")).status_code == 200


async def test_reading_a_name_is_recorded_before_it_is_answered(world: World) -> None:
    who = await person_of(world, "mixco")
    assert (await (await world.who("gt")).get(f"/v1/people/{who}")).status_code == 200
    async with world.owner() as connection:
        said = await connection.fetch(
            "select fields, body from change where noun = 'principal' and thing = $1 and action = 'read-personal'", who
        )
    assert [r["fields"] for r in said] == [["display_name", "email"]]
    assert said[0]["body"] is None


async def test_who_sees_whose_people(region: World) -> None:
    seen = {}
    for name in ("region", "sv", "comures", "sonsonate", "reader", "gt"):
        people = (await (await region.who(name)).get("/v1/people", params={"limit": 200})).json()["items"]
        seen[name] = {p["email"].split("@")[0] for p in people}
    assert seen["reader"] == {"reader"}
    assert seen["sonsonate"] == {"sonsonate"}
    assert seen["comures"] == {"comures"}
    assert seen["sv"] == {"sv", "comures", "sonsonate", "reader"}
    assert seen["gt"] == {"gt", "anam", "mixco"}
    assert seen["region"] >= seen["sv"] | seen["gt"]


@pytest.mark.parametrize(
    ("role", "level", "unit", "status"),
    [
        ("reader", "country", "SV", 201),
        ("reader", "country", "GT", 403),
        ("reader", "region", None, 403),
        ("region_admin", "region", None, 403),
        ("municipal_coordinator", "municipality", "gt-ine:0108", 403),
        ("programme_officer", "programme", "amuprev", 403),
    ],
)
async def test_a_coordinator_grants_only_its_own(world: World, role: str, level: str, unit: str | None, status: int) -> None:
    answer = await grant(world, "sv", await person_of(world, "sonsonate"), role, level, unit)
    assert answer.status_code == status, answer.text


async def test_nobody_is_given_an_office_by_those_who_do_not_see_them(world: World) -> None:
    for who in (await person_of(world, "mixco"), str(uuid4())):
        answer = await grant(world, "sv", who, "reader", "country", "SV")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
