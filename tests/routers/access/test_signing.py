"""/auth over HTTP: signing in and out, refresh tokens that rotate, invitations that are good once, keys that change without a gap."""

import asyncio
import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from api import demo, founding
from tests.conftest import World

WRONG = "not the password of anybody"


async def sign_in(world: World, name: str, password: str | None = None) -> httpx.Response:
    client = await world.who()
    form = {"username": f"{name}@demo.example", "password": password or demo.password(world.settings.home)}
    return await client.post("/v1/auth/token", data=form)


async def refresh(world: World, token: str) -> httpx.Response:
    return await (await world.who()).post("/v1/auth/refresh", json={"refresh_token": token})


async def status_of(world: World, tokens: dict[str, Any]) -> int:
    return (await world.client(tokens["access_token"]).get("/v1/me")).status_code


async def invited(world: World, by: str, **said: Any) -> httpx.Response:
    body = {"role": "reader", "level": "country", "unit": "SV", "starts_on": "2024-01-01", "display_name": "Somebody"}
    return await (await world.who(by)).post("/v1/invitations", json=body | said)


async def accept(world: World, token: str, password: str = "a long enough password") -> httpx.Response:
    return await (await world.who()).post("/v1/auth/accept", json={"token": token, "password": password})


async def test_signing_in_says_who_i_am(region: World) -> None:
    answer = await sign_in(region, "sv")
    assert answer.status_code == 200
    assert answer.json()["expires_in"] <= 900
    me = (await region.client(answer.json()["access_token"]).get("/v1/me")).json()
    assert me["principal"]["email"] == "sv@demo.example"
    [grant] = me["grants"]
    assert (grant["role"], grant["level"], grant["unit"], grant["unit_name"]) == ("country_coordinator", "country", "SV", "El Salvador")
    assert "people:manage" in me["may"][grant["id"]]
    assert "municipal_coordinator" in me["may_give"][grant["id"]]
    assert "region_admin" not in me["may_give"][grant["id"]]


async def test_an_address_in_capitals_is_the_same_address(region: World) -> None:
    form = {"username": " SV@Demo.Example ", "password": demo.password(region.settings.home)}
    assert (await (await region.who()).post("/v1/auth/token", data=form)).status_code == 200


async def test_a_wrong_password_and_an_unknown_address_are_told_apart_by_nothing(region: World) -> None:
    took: dict[str, list[float]] = {"sv": [], "nobody-here": []}
    said = {}
    for _ in range(7):
        for name, times in took.items():
            begun = time.perf_counter()
            answer = await sign_in(region, name, WRONG)
            times.append(time.perf_counter() - begun)
            said[name] = (answer.status_code, {k: v for k, v in answer.json().items() if k != "request_id"})
    assert said["sv"] == said["nobody-here"]
    assert (said["sv"][0], said["sv"][1]["code"]) == (401, "credentials-wrong")
    known, unknown = statistics.median(took["sv"]), statistics.median(took["nobody-here"])
    assert 0.5 < known / unknown < 2, (known, unknown)


@pytest.mark.parametrize(
    "form", [{"username": "sv@demo.example"}, {"username": "", "password": ""}, {"username": "a\x00b", "password": "\x00"}]
)
async def test_a_form_that_is_not_whole_is_refused(region: World, form: dict[str, str]) -> None:
    answer = await (await region.who()).post("/v1/auth/token", data=form)
    assert answer.status_code in (401, 422)


NIL = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("token", ["", ".", "x.y", f"{NIL}.", f"{NIL}.\ud800", "a" * 201])
async def test_odd_refresh_tokens_are_refused(region: World, token: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await (await region.who()).post("/v1/auth/refresh", content=json.dumps({"refresh_token": token}), headers=headers)
    assert answer.status_code in (401, 422), answer.text


async def test_a_refresh_token_rotates_and_a_lost_answer_can_be_asked_for_again(world: World) -> None:
    first = (await sign_in(world, "sv")).json()
    second, again = [(await refresh(world, first["refresh_token"])).json() for _ in range(2)]
    assert second["refresh_token"] == again["refresh_token"] != first["refresh_token"]
    assert [await status_of(world, t) for t in (first, second, again)] == [200, 200, 200]
    third = (await refresh(world, second["refresh_token"])).json()
    assert third["refresh_token"] != second["refresh_token"]


async def test_two_refreshes_at_once_give_the_same_successor(world: World) -> None:
    first = (await sign_in(world, "sv")).json()
    both = await asyncio.gather(*(refresh(world, first["refresh_token"]) for _ in range(4)))
    assert {a.status_code for a in both} == {200}
    assert len({a.json()["refresh_token"] for a in both}) == 1


async def test_a_refresh_token_used_again_later_ends_the_session(world: World) -> None:
    first = (await sign_in(world, "sv")).json()
    second = (await refresh(world, first["refresh_token"])).json()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        reused = await refresh(world, first["refresh_token"])
        assert (reused.status_code, reused.json()["code"]) == (401, "refresh-reused")
        assert (await refresh(world, second["refresh_token"])).status_code == 401
        assert await status_of(world, second) == 401


async def test_an_older_refresh_token_ends_the_session_within_the_minute_too(world: World) -> None:
    first = (await sign_in(world, "sv")).json()
    second = (await refresh(world, first["refresh_token"])).json()
    await refresh(world, second["refresh_token"])
    assert (await refresh(world, first["refresh_token"])).json()["code"] == "refresh-reused"
    assert await status_of(world, first) == 401


async def test_a_refresh_token_is_over_after_thirty_days(world: World) -> None:
    first = (await sign_in(world, "sv")).json()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30, seconds=1)):
        assert (await refresh(world, first["refresh_token"])).json()["code"] == "refresh-invalid"


async def test_an_access_token_is_over_after_fifteen_minutes(world: World) -> None:
    tokens = (await sign_in(world, "sv")).json()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=901)):
        assert await status_of(world, tokens) == 401


async def test_signing_out_ends_this_session_or_all(world: World) -> None:
    here, there, elsewhere = [(await sign_in(world, "sv")).json() for _ in range(3)]
    assert (await world.client(here["access_token"]).post("/v1/auth/logout")).status_code == 204
    assert [await status_of(world, t) for t in (here, there)] == [401, 200]
    assert (await refresh(world, here["refresh_token"])).status_code == 401
    assert (await world.client(there["access_token"]).post("/v1/auth/logout", params={"everywhere": True})).status_code == 204
    assert [await status_of(world, t) for t in (there, elsewhere)] == [401, 401]


async def test_a_new_password_ends_every_session(world: World) -> None:
    here, there = [(await sign_in(world, "sv")).json() for _ in range(2)]
    client, old = world.client(here["access_token"]), demo.password(world.settings.home)
    wrong = await client.post("/v1/auth/password", json={"present": WRONG, "new": "another long password"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "password-wrong")
    short = await client.post("/v1/auth/password", json={"present": old, "new": "short"})
    assert short.status_code == 422
    assert "short" not in short.text.replace("too-short", "").replace("too_short", "")
    assert (await client.post("/v1/auth/password", json={"present": old, "new": "another long password"})).status_code == 204
    assert [await status_of(world, t) for t in (here, there)] == [401, 401]
    assert (await sign_in(world, "sv")).status_code == 401
    assert (await sign_in(world, "sv", "another long password")).status_code == 200


async def test_an_invitation_is_good_once(world: World) -> None:
    made = await invited(world, "sv", email="New.Person@demo.example")
    assert made.status_code == 201
    assert made.json()["link"].endswith(made.json()["token"])
    answers = await asyncio.gather(*(accept(world, made.json()["token"]) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 422, 422]
    tokens = next(a.json() for a in answers if a.status_code == 200)
    me = (await world.client(tokens["access_token"]).get("/v1/me")).json()
    assert (me["principal"]["email"], me["grants"][0]["role"]) == ("new.person@demo.example", "reader")
    assert (await sign_in(world, "new.person", "a long enough password")).status_code == 200
    assert (await accept(world, made.json()["token"])).json()["code"] == "invitation-invalid"
    shown = await (await world.who("sv")).get(made.headers["location"])
    assert shown.json()["used_at"]
    assert shown.headers["etag"] != made.headers["etag"], "what changed has another version"


async def test_an_invitation_is_over_after_a_week(world: World) -> None:
    made = (await invited(world, "sv", email="late@demo.example")).json()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, seconds=1)):
        assert (await accept(world, made["token"])).json()["code"] == "invitation-invalid"


async def test_using_one_link_ends_the_others_of_the_same_person(world: World) -> None:
    made = (await invited(world, "sv", email="twice@demo.example")).json()
    reset = (await (await world.who("sv")).post(f"/v1/people/{made['principal_id']}/reset")).json()
    assert (await accept(world, reset["token"])).status_code == 200
    assert (await accept(world, made["token"])).status_code == 422


async def test_a_reset_by_the_coordinator_ends_the_old_password_and_sessions(world: World) -> None:
    tokens = (await sign_in(world, "sonsonate")).json()
    who = (await world.client(tokens["access_token"]).get("/v1/me")).json()["principal"]["id"]
    link = await (await world.who("sv")).post(f"/v1/people/{who}/reset")
    assert (link.status_code, link.json()["kind"]) == (201, "reset")
    assert await status_of(world, tokens) == 200, "the link alone ends nothing"
    assert (await accept(world, link.json()["token"])).status_code == 200
    assert await status_of(world, tokens) == 401
    assert (await sign_in(world, "sonsonate")).status_code == 401
    for stranger in ("gt", "comures"):
        assert (await (await world.who(stranger)).post(f"/v1/people/{who}/reset")).status_code == 404


async def test_keys_rotate_without_interruption(world: World) -> None:
    before = (await sign_in(world, "sv")).json()
    kid = await founding.rotate(world.url())
    public = await world.who()
    shown = {k["kid"] for k in (await public.get("/.well-known/jwks.json")).json()["keys"]}
    assert kid not in shown, "this process has not read it yet"
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        theirs = await founding.token(world.url("api"), "gt@demo.example")  # another process, which signs with the new key already
        assert (await world.client(theirs).get("/v1/me")).status_code == 200
        assert await status_of(world, before) == 200
        keys = (await public.get("/.well-known/jwks.json")).json()["keys"]
        assert kid in {k["kid"] for k in keys}
        assert shown < {k["kid"] for k in keys}
        assert all("d" not in key for key in keys), "private parts are not shown"
