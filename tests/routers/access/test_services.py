"""/services and /keys over HTTP: two keys alive, shown once, refused from the request after their revocation on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import time_machine

from api import founding
from tests.conftest import World

SERVICE = {"display_name": "Nightly sync", "role": "reader", "level": "country", "unit": "SV", "starts_on": "2024-01-01"}


async def add_service(world: World, **said: Any) -> str:
    made = await (await world.who("sv")).post("/v1/services", json=SERVICE | said)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def add_key(world: World, service: str, **headers: str) -> httpx.Response:
    return await (await world.who("sv")).post(f"/v1/services/{service}/keys", json={}, headers=headers)


async def revoke(world: World, made: httpx.Response) -> httpx.Response:
    return await (await world.who("sv")).post(f"/v1/keys/{made.json()['id']}/revoke", headers={"If-Match": made.headers["etag"]})


async def test_keys_are_changed_without_a_gap(world: World) -> None:
    service = await add_service(world)
    old, new = await add_key(world, service), await add_key(world, service)
    assert (await add_key(world, service)).json()["code"] == "two-keys-alive"
    first, second = world.client(old.json()["key"]), world.client(new.json()["key"])
    for client in (first, second):
        me = (await client.get("/v1/me")).json()
        assert (me["principal"]["kind"], me["principal"]["email"], me["grants"][0]["unit"]) == ("service", None, "SV")
    assert (await revoke(world, old)).json()["revoked_at"]
    assert [(await c.get("/v1/me")).status_code for c in (first, second)] == [401, 200]
    assert (await add_key(world, service)).status_code == 201


async def test_three_keys_are_not_made_at_once_either(world: World) -> None:
    service = await add_service(world)
    made = await asyncio.gather(*(add_key(world, service) for _ in range(4)))
    assert sorted(m.status_code for m in made) == [201, 201, 409, 409]


async def test_a_secret_is_shown_once(world: World) -> None:
    service = await add_service(world)
    made = await add_key(world, service, **{"Idempotency-Key": "k1"})
    again = await add_key(world, service, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["code"]) == (409, "secret-shown-once")
    shown = await (await world.who("sv")).get(made.headers["location"])
    secret = made.json()["key"].split("_", 2)[2]
    assert "key" not in shown.json()
    assert shown.json()["id"] == made.json()["id"]
    async with world.owner() as connection:
        for table in ("change", "api_key", "idempotency"):
            assert not await connection.fetchval(f"select exists (select from {table} t where t::text like '%' || $1 || '%')", secret)


async def test_a_key_ends_by_itself(world: World) -> None:
    service = await add_service(world)
    made = await (await world.who("sv")).post(f"/v1/services/{service}/keys", json={"days": 2})
    client = world.client(made.json()["key"])
    assert (await client.get("/v1/me")).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2, seconds=1)):
        assert (await client.get("/v1/me")).status_code == 401


async def test_odd_keys_are_refused(region: World) -> None:
    for odd in ("amp_", "amp__", "amp_x", "amp_x_", "amp_x_y", "amp_é_y", "amp_x.y_z", "amp_' or 1=1 --_z", "amp_" + "a" * 5000 + "_b"):
        answer = await (await region.who()).get("/v1/me", headers=[(b"authorization", f"Bearer {odd}".encode())])
        assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")


async def test_keys_are_for_services_and_made_by_those_who_manage_them(world: World) -> None:
    service = await add_service(world)
    person = (await (await world.who("reader")).get("/v1/me")).json()["principal"]["id"]
    assert (await add_key(world, person)).json()["code"] == "not-a-service"
    for stranger in ("gt", "comures", "sonsonate", "reader"):
        assert (await (await world.who(stranger)).post(f"/v1/services/{service}/keys", json={})).status_code == 404
    made = await add_key(world, service)
    itself = world.client(made.json()["key"])
    assert (await itself.post(f"/v1/services/{service}/keys", json={})).status_code == 403, "a key makes no keys"
    own = await itself.get("/v1/keys")
    assert [k["id"] for k in own.json()["items"]] == [made.json()["id"]]


async def test_a_service_cannot_be_given_more_than_one_may_give(world: World) -> None:
    for role, level, unit in (("region_admin", "region", None), ("reader", "country", "GT"), ("reader", "region", None)):
        made = await (await world.who("sv")).post("/v1/services", json=SERVICE | {"role": role, "level": level, "unit": unit})
        assert made.status_code == 403, made.text


async def test_the_command_line_makes_and_revokes_keys(world: World) -> None:
    key = await founding.create_key(world.url(), "sv@demo.example", 30)
    client = world.client(key)
    me = (await client.get("/v1/me")).json()
    assert (me["principal"]["kind"], [g["role"] for g in me["grants"]]) == ("service", ["country_coordinator"])
    await founding.revoke_key(world.url(), key.split("_")[1])
    assert (await client.get("/v1/me")).status_code == 401
