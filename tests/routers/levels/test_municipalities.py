"""/municipalities over HTTP: found by any code, by part of a name, on any day; never by a name as a key."""

import pytest

from tests.conftest import World


@pytest.mark.parametrize("address", ["3200001", "gt-ine:0101", "ocha:GT0101", "geonames:3595529"])
async def test_found_by_key_and_by_any_code(region: World, address: str) -> None:
    answer = await (await region.who()).get(f"/v1/municipalities/{address}")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["name"], answer.json()["admin1"]) == (3200001, "Guatemala", "GT-01")


@pytest.mark.parametrize("address", ["Guatemala", "gt-ine:101", "gt-ine:", ":", "0", "99999999999", "nope:0101"])
async def test_nothing_else_finds_one(region: World, address: str) -> None:
    answer = await (await region.who()).get(f"/v1/municipalities/{address}")
    assert answer.status_code == 404


async def test_accents_and_capitals_do_not_matter_in_a_search(region: World) -> None:
    public = await region.who()
    found = (await public.get("/v1/municipalities", params={"q": "san JOSE", "country": "GT", "count": "exact"})).json()
    assert found["count"] == len(found["items"]) == 12
    assert all("san jos" in item["name"].lower() for item in found["items"])
    for wild in ("%", "_", "\\"):
        assert (await public.get("/v1/municipalities", params={"q": wild})).json()["items"] == []


async def test_pages_walk_everything_once(region: World) -> None:
    public = await region.who()
    seen: list[int] = []
    query = {"country": "HN", "limit": 100}
    while True:
        page = (await public.get("/v1/municipalities", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if not page["next"]:
            break
        query["cursor"] = page["next"]
    assert len(seen) == len(set(seen)) == 298


async def test_a_cursor_is_good_for_its_own_list_only(region: World) -> None:
    public = await region.who()
    cursor = (await public.get("/v1/municipalities", params={"country": "HN", "limit": 1})).json()["next"]
    for other in ({"country": "GT"}, {}, {"country": "HN", "q": "a"}):
        answer = await public.get("/v1/municipalities", params={**other, "limit": 1, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid")
    tampered = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    assert (await public.get("/v1/municipalities", params={"country": "HN", "limit": 1, "cursor": tampered})).status_code == 400


async def test_el_salvador_on_two_days(region: World) -> None:
    public = await region.who()
    for day, count in (("2024-04-30", 262), ("2024-05-01", 44)):
        answer = await public.get("/v1/countries/SV/municipalities", params={"as_of": day, "count": "exact", "limit": 1})
        assert answer.json()["count"] == count
    successions = await public.get("/v1/countries/SV/successions", params={"count": "exact", "limit": 1})
    assert successions.json()["count"] == 262


async def test_whole_lists_in_other_forms(region: World) -> None:
    public = await region.who()
    lines = (await public.get("/v1/municipalities", params={"format": "ndjson"})).text.splitlines()
    assert len(lines) == 3982
    drawn = (await public.get("/v1/countries/BZ/municipalities", headers={"Accept": "application/geo+json"})).json()
    assert (drawn["type"], len(drawn["features"])) == ("FeatureCollection", 15)
    csv = (await public.get("/v1/municipalities", params={"format": "csv", "country": "PA"})).text.splitlines()
    assert len(csv) == 83


async def test_a_page_that_did_not_change_is_not_sent_again(region: World) -> None:
    public = await region.who()
    first = await public.get("/v1/municipalities", params={"limit": 2})
    again = await public.get("/v1/municipalities", params={"limit": 2}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_other_orders_are_named_and_turned_round(region: World) -> None:
    public = await region.who()
    ids = [m["id"] for m in (await public.get("/v1/municipalities", params={"sort": "-id", "limit": 3})).json()["items"]]
    assert ids == sorted(ids, reverse=True)
    first = (await public.get("/v1/countries/PA/municipalities", params={"sort": "-name", "limit": 50})).json()
    rest = (await public.get("/v1/countries/PA/municipalities", params={"sort": "-name", "limit": 50, "cursor": first["next"]})).json()
    usual = (await public.get("/v1/countries/PA/municipalities", params={"limit": 200})).json()
    assert [m["id"] for m in first["items"] + rest["items"]] == [m["id"] for m in reversed(usual["items"])]
    refused = await public.get("/v1/municipalities", params={"sort": "colour"})
    assert (refused.status_code, refused.json()["code"], refused.json()["choices"]) == (422, "sort-unknown", ["id", "name"])
    assert (await public.get("/v1/countries/PA/municipalities", params={"sort": "name", "cursor": first["next"]})).status_code == 400
