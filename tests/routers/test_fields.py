"""`fields=`: only some members of each item, in every form of a list."""

import json

import pytest

from tests.conftest import World

PLACES = "/v1/countries/SV/municipalities"


async def test_items_hold_what_was_asked_for_in_the_usual_order_and_spelling(region: World) -> None:
    public = await region.who()
    whole = (await public.get(PLACES, params={"limit": 3})).json()["items"]
    some = await public.get(PLACES, params={"limit": 3, "fields": "name,id"})
    assert [list(item) for item in some.json()["items"]] == [["id", "name"]] * 3
    assert some.json()["items"] == [{"id": item["id"], "name": item["name"]} for item in whole]
    drawn = (await public.get(PLACES, params={"limit": 3, "fields": "lat,external_ids"})).json()["items"]
    assert drawn == [{"lat": item["lat"], "external_ids": item["external_ids"]} for item in whole]


async def test_pages_go_on_whatever_members_are_asked_for(region: World) -> None:
    first = (await (await region.who()).get(PLACES, params={"limit": 2, "fields": "id"})).json()
    second = (await (await region.who()).get(PLACES, params={"limit": 2, "cursor": first["next"], "fields": "name,id"})).json()
    both = (await (await region.who()).get(PLACES, params={"limit": 4})).json()["items"]
    assert [item["id"] for item in first["items"] + second["items"]] == [item["id"] for item in both]


@pytest.mark.parametrize("form", ["ndjson", "csv", "geojson"])
async def test_exports_too(region: World, form: str) -> None:
    answer = await (await region.who()).get(PLACES, params={"format": form, "fields": "id,name"})
    assert answer.status_code == 200
    if form == "ndjson":
        assert {tuple(json.loads(line)) for line in answer.text.splitlines()} == {("id", "name")}
    elif form == "csv":
        assert answer.text.splitlines()[0] == "id,name"
    else:
        assert {tuple(feature["properties"]) for feature in answer.json()["features"]} == {("id", "name")}


async def test_what_is_no_member_is_refused_and_told(region: World) -> None:
    refused = await (await region.who()).get(PLACES, params={"fields": "id,population"})
    assert (refused.status_code, refused.json()["code"]) == (422, "field-unknown")
    assert refused.json()["errors"][0]["pointer"] == "query/fields"
    assert "name" in refused.json()["choices"]
