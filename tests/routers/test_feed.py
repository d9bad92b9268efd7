"""/changes over HTTP: everything that changed, only to those who may see it, whatever becomes of their scope or of the database."""

import base64
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from api import founding
from api.domain.changes import Reach
from tests.conftest import World

NGO = {"name": "Fundación Ejemplo", "classification": "ngo", "country_id": 222}
FAR_AWAY = timedelta(days=1)


async def changes(client: httpx.AsyncClient, cursor: str | None = None, **said: Any) -> dict[str, Any]:
    answer = await client.get("/v1/changes", params=said | ({"cursor": cursor} if cursor else {}))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def walk(client: httpx.AsyncClient, cursor: str | None = None, **said: Any) -> tuple[list[dict[str, Any]], str]:
    """Every item from `cursor` on, and the cursor at the end."""
    items: list[dict[str, Any]] = []
    while True:
        found = await changes(client, cursor, **said)
        items += found["items"]
        cursor = found["next"]
        if not found["more"]:
            return items, cursor


async def end(world: World, name: str) -> str:
    return (await walk(await world.who(name), limit=1000))[1]


async def add(world: World, by: str = "sv", **said: Any) -> httpx.Response:
    made = await (await world.who(by)).post("/v1/organisations", json=NGO | said)
    assert made.status_code == 201, made.text
    return made


def scopes(items: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(i["action"], i["body"]["level"], i["thing"]) for i in items if i["noun"] == "scope"]


# ---------------------------------------------------------------------------------------------------------------- what it says


async def test_made_changed_removed(world: World) -> None:
    sv, cursor = await world.who("sv"), await end(world, "sv")
    made = await add(world, short_name="FE")
    headers = {"If-Match": '"1"'}
    await sv.patch(made.headers["location"], json={"short_name": "F"}, headers=headers)
    await sv.delete(made.headers["location"], headers={"If-Match": '"2"'})
    items, _ = await walk(sv, cursor)
    assert {(i["noun"], i["thing"], i["country_id"], i["municipality_id"]) for i in items} == {
        ("organisation", made.json()["id"], 222, None)
    }
    assert [(i["action"], i["version"], i["body"] and i["body"]["short_name"]) for i in items] == [
        ("create", 1, "FE"),
        ("change", 2, "F"),
        ("delete", 3, None),
    ]
    assert items[1]["fields"] == ["short_name"]
    assert items[2]["body"] is None, "a tombstone"


async def test_there_is_always_a_next(world: World) -> None:
    sv = await world.who("sv")
    everything, cursor = await walk(sv, limit=1000)
    assert everything, "without a cursor it begins at the beginning"
    for _ in range(3):
        found = await changes(sv, cursor)
        assert (found["items"], found["more"]) == ([], False)
        cursor = found["next"]
    made = await add(world)
    assert [i["thing"] for i in (await changes(sv, cursor))["items"]] == [made.json()["id"]]


@pytest.mark.parametrize("limit", [1, 7, 1000])
async def test_pages_of_any_size_say_the_same(region: World, limit: int) -> None:
    hn = await region.who("reader")
    whole, _ = await walk(hn, limit=200)
    if limit == 1:
        found = await changes(hn, limit=1)
        second = await changes(hn, found["next"], limit=1)
        assert [*found["items"], *second["items"]] == whole[:2]
    else:
        assert (await walk(hn, limit=limit))[0] == whole


async def test_who_is_not_signed_in_is_refused(region: World) -> None:
    assert (await (await region.who()).get("/v1/changes")).status_code == 401


# ---------------------------------------------------------------------------------------------------------------- who sees it


async def unsecured(world: World) -> None:
    """Leave the feed's own predicate alone between the tenants: it must be enough without row security."""
    async with world.owner() as connection:
        await connection.execute("alter table change disable row level security")


@pytest.mark.parametrize("secured", [True, False])
async def test_another_tenant_sees_nothing_of_it(world: World, secured: bool) -> None:
    if not secured:
        await unsecured(world)
    names = ("sv", "gt", "comures", "anam", "sonsonate", "mixco", "reader", "programme", "region")
    cursors = {name: await end(world, name) for name in names}
    place = (await (await world.who()).get("/v1/municipalities/gt-ine:0101")).json()["id"]
    unit = (await (await world.who("anam")).get("/v1/me")).json()["grants"][0]["unit"]
    body = {"municipality_id": place, "association_id": int(unit), "starts_on": "2001-01-01", "ends_on": "2002-01-01"}
    made = await (await world.who("anam")).post("/v1/affiliations", json=body)
    assert made.status_code == 201, made.text
    seen = {name for name in names if (await walk(await world.who(name), cursors[name]))[0]}
    assert seen == {"anam", "gt", "region"}


@pytest.mark.parametrize("secured", [True, False])
async def test_people_are_for_those_who_manage_them_and_their_names_for_nobody(world: World, secured: bool) -> None:
    if not secured:
        await unsecured(world)
    names = ("sv", "gt", "comures", "sonsonate", "reader", "programme", "region")
    cursors = {name: await end(world, name) for name in names}
    secret = "Ana Zacapa"
    body = {
        "role": "reader",
        "level": "country",
        "unit": "SV",
        "starts_on": "2024-01-01",
        "display_name": secret,
        "email": "ana@zacapa.example",
    }
    invited = await (await world.who("sv")).post("/v1/invitations", json=body)
    assert invited.status_code == 201
    await (await world.who("sv")).get(f"/v1/people/{invited.json()['principal_id']}")
    used = await (await world.who()).post("/v1/auth/accept", json={"token": invited.json()["token"], "password": "a long enough password"})
    assert used.status_code == 200
    found = {name: (await walk(await world.who(name), cursors[name]))[0] for name in names}
    assert {name for name in names if found[name]} == {"sv", "region"}, "who only reads the country reads none of its people"
    said = [(i["noun"], i["action"]) for i in found["sv"]]
    assert said == [("principal", "create"), ("granted", "grant"), ("invitation", "invite"), ("invitation", "use")]
    whole = json.dumps(found)
    for hidden in (secret, "zacapa", invited.json()["token"].split(".")[1]):
        assert hidden not in whole
    assert set(found["sv"][0]["fields"]) == {"email", "display_name"}


# ------------------------------------------------------------------------------------------------------------------- cursors


async def test_a_cursor_that_was_touched_is_refused(region: World) -> None:
    sv = await region.who("sv")
    cursor = (await changes(sv))["next"]
    place, seal = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))

    def of(place: Any, seal: Any = seal) -> str:
        return base64.urlsafe_b64encode(json.dumps([place, seal]).encode()).decode().rstrip("=")

    other_list = (await sv.get("/v1/municipalities", params={"limit": 1})).json()["next"]
    touched = [
        "x",
        "é",
        cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"),
        other_list,
        of(["0", 0, *place[2:]]),
        of([place[0], place[1], place[2], "eJw"]),
        of([place[0], 2**70, *place[2:]]),
        of(["9" * 30, *place[1:]]),
        of([*place[:3], 5]),
        of(place, "\ud800"),
        of(place, None),
        of({}),
        base64.urlsafe_b64encode(b"[" * 9000).decode(),
    ]
    for odd in touched:
        answer = await sv.get("/v1/changes", params={"cursor": odd})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid"), odd
    theirs = await (await region.who("gt")).get("/v1/changes", params={"cursor": cursor})
    assert theirs.status_code == 400, "a cursor is its owner's: it holds a scope"


async def test_after_a_restore_old_cursors_are_gone(world: World) -> None:
    sv, cursor = await world.who("sv"), await end(world, "sv")
    before, _ = await walk(sv, limit=1000)
    async with world.owner() as connection:
        # As after a restore into a cluster that has counted fewer transactions: the records came with numbers that are ahead of it.
        await connection.execute("update change set xid = (xid::text::bigint + 1000000)::text::xid8")
    assert (await changes(sv))["items"] == [], "else the next lines would prove nothing"
    await founding.new_epoch(world.url())
    gone = await sv.get("/v1/changes", params={"cursor": cursor})
    assert (gone.status_code, gone.json()["code"]) == (410, "cursor-gone")
    after, following = await walk(sv, limit=1000)
    assert after == before
    made = await add(world)
    assert [i["thing"] for i in (await changes(sv, following))["items"]] == [made.json()["id"]]


# ------------------------------------------------------------------------------------------------------------- changes of scope


async def grant(world: World, name: str, level: str, unit: str, **said: Any) -> httpx.Response:
    who = (await (await world.who(name)).get("/v1/me")).json()["principal"]["id"]
    body = {"principal_id": who, "role": "reader", "level": level, "unit": unit, "starts_on": "2024-01-01"}
    made = await (await world.who("region")).post("/v1/grants", json=body | said)
    assert made.status_code == 201, made.text
    return made


async def test_a_unit_is_entered_with_a_grant_and_left_with_its_revocation(world: World) -> None:
    gt, cursor = await world.who("gt"), await end(world, "gt")
    made = await grant(world, "gt", "country", "SV")
    items, cursor = await walk(gt, cursor)
    comures = next(a for a in (await gt.get("/v1/countries/SV/associations")).json()["items"] if a["short_name"] == "COMURES")[
        "organisation_id"
    ]
    assert scopes(items) == [("entered", "country", "222"), ("entered", "organisation", comures)]
    assert (items[0]["country_id"], items[0]["organisation_id"], items[0]["version"]) == (222, None, 0)
    assert (items[1]["country_id"], items[1]["organisation_id"]) == (None, comures)
    assert scopes((await changes(gt, cursor))["items"]) == [], "once"
    path = f"/v1/grants/{made.json()['id']}/revoke"
    assert (await (await world.who("region")).post(path, headers={"If-Match": made.headers["etag"]})).status_code == 200
    items, cursor = await walk(gt, cursor)
    assert scopes(items)[:2] == [("left", "organisation", comures), ("left", "country", "222")]
    rest = [unit for what, *unit in scopes(items)[2:] if what == "entered"]
    own = [o for kind, o in rest if kind == "organisation"]
    assert len(own) == len(rest) > 0, "what is still seen is entered anew, because a mirror may have dropped it with the country"
    assert scopes((await changes(gt, cursor))["items"]) == []


async def test_a_scope_that_changes_by_itself_is_told_too(world: World) -> None:
    """A term that ends and an affiliation that ends: nobody writes anything."""
    tomorrow = datetime.now(UTC).date() + FAR_AWAY
    await grant(world, "mixco", "municipality", "gt-ine:0101", ends_on=tomorrow.isoformat())
    comures, sonsonate = await world.who("comures"), await world.who("sonsonate")
    place = (await comures.get("/v1/municipalities/ocha:SV13001")).json()["id"]
    [tie] = (await comures.get(f"/v1/municipalities/{place}/affiliations", params={"on": "2026-01-01"})).json()["items"]
    ended = await sonsonate.post(
        f"/v1/affiliations/{tie['id']}/end", json={"ends_on": tomorrow.isoformat()}, headers={"If-Match": f'"{tie["version"]}"'}
    )
    assert ended.status_code == 200, ended.text
    cursors = {name: await end(world, name) for name in ("mixco", "comures", "gt")}
    with time_machine.travel(datetime.combine(tomorrow, datetime.min.time(), UTC) + timedelta(minutes=1)):
        world.clients.clear()  # access tokens live fifteen minutes
        told = {name: scopes((await walk(await world.who(name), cursor))[0]) for name, cursor in cursors.items()}
    world.clients.clear()
    assert told["gt"] == []
    assert [(what, kind) for what, kind, _ in told["mixco"]] == [("left", "municipality")]
    assert {(what, kind) for what, kind, _ in told["comures"]} == {("left", "municipality")}
    assert str(place) in {unit for _, _, unit in told["comures"]}


@pytest.mark.parametrize("limit", [1, 3, 1000])
async def test_many_units_come_in_pieces_before_everything_else(world: World, limit: int) -> None:
    sonsonate, cursor = await world.who("sonsonate"), await end(world, "sonsonate")
    made = [await add(world), await add(world)]
    await grant(world, "sonsonate", "programme", "amuprev")
    await grant(world, "sonsonate", "country", "BZ")
    items, cursor = await walk(sonsonate, cursor, limit=limit)
    kinds = [i["noun"] for i in items]
    assert "scope" not in kinds[kinds.index("organisation") :], "changes of scope come first"
    assert [i["thing"] for i in items if i["noun"] == "organisation"] == [m.json()["id"] for m in made]
    units = scopes(items)
    assert len(units) == len(set(units)) >= 2
    assert ("entered", "country", "84") in units
    assert (await changes(sonsonate, cursor))["items"] == []


def test_a_scope_fits_into_a_cursor() -> None:
    every = range(1, 20_001)
    r = random.Random(1)
    for reach, most in (
        (Reach({222}, set(range(2220001, 2220307)), set()), 100),
        (Reach({222}, set(every), set()), 200),
        (Reach(set(), {n for n in every if r.random() < 0.5}, set()), 9_000),
    ):
        assert len(reach.packed()) < most
        assert Reach.unpacked(reach.packed()) == reach
