"""What holds for every address: keys that make a POST once, versions that make a change safe, refusals that say what to do."""

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import World

NGO = {"name": "Fundación Ejemplo", "classification": "ngo", "country_id": 222}


async def add(world: World, by: str = "sv", key: str | None = None, **said: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await (await world.who(by)).post("/v1/organisations", json=NGO | said, headers=headers)


async def patch(world: World, made: httpx.Response, tag: str | None, by: str = "sv", **said: Any) -> httpx.Response:
    headers = {"If-Match": tag} if tag else {}
    return await (await world.who(by)).patch(made.headers["location"], json=said, headers=headers)


# ------------------------------------------------------------------------------------------------------------- done once


async def test_a_repeated_request_answers_what_the_thing_is_now(world: World) -> None:
    made = await add(world, key="k")
    again = await add(world, key="k")
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, made.json(), "true")
    assert (again.headers["location"], again.headers["etag"]) == (made.headers["location"], made.headers["etag"])
    assert "idempotent-replayed" not in made.headers
    await patch(world, made, made.headers["etag"], website="https://example.org")
    later = await add(world, key="k")
    assert (later.json()["website"], later.headers["etag"][:3]) == ("https://example.org", '"2-')
    assert later.content == (await (await world.who()).get(made.headers["location"])).content


async def test_the_same_key_with_another_request_is_refused(world: World) -> None:
    await add(world, key="k")
    other = await add(world, key="k", name="Another")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert [e["pointer"] for e in other.json()["errors"]] == ["header/Idempotency-Key"]
    body = {"code": "k", "name": "N", "name_es": "N", "name_pt": "N"}
    elsewhere = await (await world.who("sv")).post("/v1/programmes", json=body, headers={"Idempotency-Key": "k"})
    assert elsewhere.json()["code"] == "idempotency-key-reused"


async def test_a_key_is_ones_own(world: World) -> None:
    assert (await add(world, "sv", key="k")).status_code == 201
    theirs = await add(world, "gt", key="k", country_id=320)
    assert theirs.status_code == 201
    assert "idempotent-replayed" not in theirs.headers


async def test_sent_twice_at_once_it_is_made_once(world: World) -> None:
    made = await asyncio.gather(*(add(world, key="k") for _ in range(4)))
    assert {m.status_code for m in made} == {201}
    assert len({m.json()["id"] for m in made}) == 1
    assert sorted("idempotent-replayed" in m.headers for m in made) == [False, True, True, True]


async def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    assert (await add(world, key="k", country_id=320)).status_code == 403
    assert (await add(world, key="k")).status_code == 201


async def test_who_lost_the_right_to_see_gets_no_replay(world: World) -> None:
    """The key remembers where it is, and no body: what is answered is what the caller may read now."""
    officer, place = await world.who("anam"), (await (await world.who()).get("/v1/municipalities/gt-ine:0101")).json()["id"]
    unit = next(g["unit"] for g in (await officer.get("/v1/me")).json()["grants"])
    body = {"municipality_id": place, "association_id": int(unit), "starts_on": "2001-01-01", "ends_on": "2002-01-01"}
    headers = {"Idempotency-Key": "k"}
    made = await officer.post("/v1/affiliations", json=body, headers=headers)
    assert made.status_code == 201, made.text
    region, [office] = await world.who("region"), (await officer.get("/v1/me")).json()["grants"]
    tag = (await region.get(f"/v1/grants/{office['id']}")).headers["etag"]
    assert (await region.post(f"/v1/grants/{office['id']}/revoke", headers={"If-Match": tag})).status_code == 200
    again = await officer.post("/v1/affiliations", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (404, "not-found")
    assert "idempotent-replayed" not in again.headers


async def test_what_was_removed_is_not_made_again_by_its_key(world: World) -> None:
    made = await add(world, key="k")
    await (await world.who("sv")).delete(made.headers["location"], headers={"If-Match": made.headers["etag"]})
    assert (await add(world, key="k")).status_code == 404


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201])
async def test_an_odd_key_is_refused(region: World, key: str) -> None:
    client = await region.who("sv")
    answer = await client.post("/v1/organisations", json=NGO, headers=[(b"idempotency-key", key.encode())])
    assert answer.status_code == 422


# --------------------------------------------------------------------------------------------------------- changes are safe


async def test_a_change_says_of_which_version_it_is(world: World) -> None:
    made = await add(world)
    without = await patch(world, made, None, name="New")
    assert (without.status_code, without.json()["code"]) == (428, "precondition-required")
    for odd in ("*", "x", '"x"', '"-1"', "1, 2", '"99999999999"'):
        assert (await patch(world, made, odd, name="New")).status_code == 422
    assert (await patch(world, made, '"1"', name="New")).headers["etag"][:3] == '"2-'
    stale = await patch(world, made, '"1"', name="Newer")
    assert (stale.status_code, stale.headers["etag"], stale.json()["current"]["name"], stale.json()["current"]["version"]) == (
        412,
        '"2"',
        "New",
        2,
    )
    merged = await patch(world, made, stale.headers["etag"], name="Newer")
    assert merged.status_code == 200


async def test_of_two_editors_at_once_exactly_one_wins(world: World) -> None:
    made = await add(world)
    names = [f"Name {n}" for n in range(5)]
    both = await asyncio.gather(*(patch(world, made, made.headers["etag"], name=name) for name in names))
    assert sorted(b.status_code for b in both) == [200, 412, 412, 412, 412]
    winner = next(b for b in both if b.status_code == 200).json()
    assert all(b.json()["current"]["name"] == winner["name"] for b in both if b.status_code == 412)
    assert (await (await world.who()).get(made.headers["location"])).json() == winner


async def test_a_merge_patch_is_understood(world: World) -> None:
    made = await add(world, website="https://example.org")
    headers = {"If-Match": made.headers["etag"], "Content-Type": "application/merge-patch+json"}
    changed = await (await world.who("sv")).patch(made.headers["location"], content=b'{"website": null}', headers=headers)
    assert (changed.status_code, changed.json()["website"], changed.json()["name"]) == (200, None, NGO["name"])


async def test_what_did_not_change_is_not_sent_again(region: World) -> None:
    public = await region.who()
    for path in ("/v1/countries/GT", "/v1/countries", "/v1/municipalities/gt-ine:0101", "/v1/programmes/amuprev", "/v1/indicators"):
        first = await public.get(path)
        again = await public.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


# ------------------------------------------------------------------------------------------------------------------ refusals


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem that an answer is, after checking that it is one."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"about:blank#{code}")
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


@pytest.mark.parametrize(
    "path", ["/v1/countries", "/v1/municipalities", "/v1/region/organisations", "/v1/people", "/v1/affiliations", "/v1/changes"]
)
async def test_an_unknown_parameter_is_named(region: World, path: str) -> None:
    problem = refused(await (await region.who("sv")).get(path, params={"colour": "red"}), 422, "invalid-fields")
    assert [e["pointer"] for e in problem["errors"]] == ["query/colour"]
    assert "red" not in json.dumps(problem)


async def test_an_unknown_parameter_is_named_by_every_operation(region: World) -> None:
    """Also where a thing is read or written: `dryrun=true` must not import for good."""
    client = await region.who("region")
    for name in ("backend", "network"):
        for path, operations in (await client.get(f"/openapi/{name}.json")).json()["paths"].items():
            if not path.startswith(("/v1/", "/network/")):
                continue
            address = re.sub(r"\{[^}]+\}", str(uuid4()), path)
            for method in operations:
                problem = refused(await client.request(method, address, params={"colour": "red"}), 422, "invalid-fields")
                assert "query/colour" in [e["pointer"] for e in problem["errors"]], (method, path)


@pytest.mark.parametrize(
    "said", [{"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"as_of": "31/12/2009"}, {"count": "all"}, {"format": "xml"}]
)
async def test_a_parameter_that_cannot_be_is_named(region: World, said: dict[str, str]) -> None:
    problem = refused(await (await region.who()).get("/v1/municipalities", params=said), 422, "invalid-fields")
    assert [e["pointer"] for e in problem["errors"]] == [f"query/{name}" for name in said]


async def test_refusals_are_problems(region: World) -> None:
    public, sv = await region.who(), await region.who("sv")
    refused(await public.get("/v1/nothing"), 404, "not-found")
    refused(await public.get("/nothing"), 404, "not-found")
    refused(await public.get(f"/v1/organisations/{uuid4()}"), 404, "not-found")
    refused(await public.get("/v1/people"), 401, "authentication-required")
    refused(await public.put("/v1/countries"), 405, "method-not-allowed")
    refused(await public.post("/v1/organisations", json=NGO), 401, "authentication-required")
    json_type = {"Content-Type": "application/json"}
    refused(await sv.post("/v1/organisations", content=b'{"name": ', headers=json_type), 400, "json-invalid")
    refused(await sv.post("/v1/organisations", content=b"\xff\xfe", headers=json_type), 400, "json-invalid")
    refused(await sv.post("/v1/organisations", content=b"name=x", headers={"Content-Type": "text/plain"}), 415, "unsupported-media-type")
    refused(await sv.post("/v1/organisations", content=json.dumps(NGO).encode()), 415, "unsupported-media-type")
    refused(await sv.post("/v1/organisations", content=b"[]", headers=json_type), 422, "invalid-fields")
    refused(await sv.post("/v1/organisations", content=b"", headers=json_type), 422, "invalid-fields")
    refused(await sv.post("/v1/organisations", content=b"1" * 1_000_001, headers=json_type), 413, "too-large")


async def test_a_method_that_is_not_taken_says_which_are(region: World) -> None:
    answer = await (await region.who()).put("/v1/countries")
    assert "GET" in answer.headers["allow"]


async def test_a_token_that_is_not_good_is_refused_even_where_none_is_needed(region: World) -> None:
    for said in ("Bearer x", "Basic x", "Bearer", "", "Bearer  ", "bearer \x7f"):
        answer = await (await region.who()).get("/v1/countries", headers={"Authorization": said})
        assert refused(answer, 401, "token-invalid")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_refusal_never_says_what_was_sent(region: World) -> None:
    secret = "correct horse battery staple"
    sv = await region.who("sv")
    for body in ({"name": {"a": secret}}, {secret: 1}, {"name": secret, "classification": secret}):
        answer = await sv.post("/v1/organisations", json=body)
        problem = refused(answer, 422, "invalid-fields")
        assert all(secret not in e["detail"] for e in problem["errors"]), answer.text
    deep = b"[" * 100_000
    assert (await sv.post("/v1/organisations", content=deep, headers={"Content-Type": "application/json"})).status_code == 400
    many = {f"f{n}": n for n in range(50_000)}
    answer = await sv.post("/v1/organisations", json=many)
    assert answer.status_code == 422
    assert len(answer.content) < 10_000


async def test_a_request_has_a_number_and_one_may_bring_it(region: World) -> None:
    public = await region.who()
    assert (await public.get("/v1/countries", headers={"X-Request-Id": "mine-1"})).headers["x-request-id"] == "mine-1"
    odd = (await public.get("/v1/countries", headers={"X-Request-Id": "a b"})).headers["x-request-id"]
    assert len(odd) == 32


# ------------------------------------------------------------------------------------------------------------------ languages


@pytest.mark.parametrize(
    ("wanted", "spoken", "label"),
    [
        ("es", "es", "Homicidio intencional"),
        ("pt-BR, en;q=0.5", "pt", None),
        ("fr, es;q=0.3, en;q=0.8", "en", None),
        ("fr", "en", None),
        ("", "en", None),
        (";;;q=,", "en", None),
    ],
)
async def test_labels_are_in_the_callers_language_and_codes_are_not(region: World, wanted: str, spoken: str, label: str | None) -> None:
    public = await region.who()
    answer = await public.get("/v1/indicators/homicide", headers={"Accept-Language": wanted})
    assert answer.headers["content-language"] == spoken
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.json()["code"] == "homicide"
    english = (await public.get("/v1/indicators/homicide")).json()["label"]
    assert (answer.json()["label"] == english) == (spoken == "en"), answer.json()["label"]
    assert label is None or answer.json()["label"].lower() == label.lower()
    listed = await public.get("/v1/indicators", headers={"Accept-Language": wanted})
    assert answer.json()["label"] in [i["label"] for i in listed.json()["items"]]
    assert listed.headers["content-language"] == spoken
