"""Topics, courses, training events and technical assistance over HTTP."""

import csv
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import SHARED, World
from tests.contract import ROOT

MIXCO, SONSONATE = "gt-ine:0108", "ocha:SV13001"
COURSE = {"title": "Prevención: una mirada común", "level": "initial", "topics": ["prevention"], "hours": 16}
REGION, COUNTRY, HERE = {"level": "region"}, {"level": "country", "unit": "GT"}, {"level": "municipality", "unit": MIXCO}
SEED = SHARED.parent / "seeds" / "000_5d59aa9f6f0efc49.txt"


async def post(world: World, by: str, path: str, **body: Any) -> httpx.Response:
    return await (await world.who(by)).post(f"/v1/{path}", json=body)


async def act(world: World, by: str, made: httpx.Response, what: str = "", **body: Any) -> httpx.Response:
    """Change, or do `what`, with the version that `made` answered."""
    method, path = ("POST", f"{made.headers['location']}/{what}") if what else ("PATCH", made.headers["location"])
    return await (await world.who(by)).request(method, path, json=body or None, headers={"If-Match": made.headers["etag"]})


async def event(world: World, by: str = "mixco", place: str = MIXCO, **said: Any) -> httpx.Response:
    course = (await post(world, "region", "courses", **COURSE, owner=REGION)).json()["id"]
    return await post(world, by, f"municipalities/{place}/training-events", **{"course_id": course, "starts_on": "2026-03-02"} | said)


async def test_the_topics_are_those_of_step_5_in_three_languages(shared_world: World) -> None:
    client = await shared_world.who("", **{"Accept-Language": "es"})
    items = (await client.get("/v1/training-topics")).json()["items"]
    assert len(items) == 8
    assert [t["position"] for t in items] == list(range(1, 9))
    assert [t["code"] for t in items if t["level"] == "initial"] == ["prevention"]
    assert all(t["label"] == t["label_es"] and len({t["label_en"], t["label_es"], t["label_pt"]}) == 3 for t in items)
    one = await client.get("/v1/training-topics/cpted")
    assert "diseño ambiental" in one.json()["label"]
    assert (await client.get("/v1/training-topics/none")).status_code == 404


def test_the_topics_are_in_the_seed() -> None:
    if not SEED.exists():
        pytest.skip("the real files (../shared/seeds) are not beside this repository")
    said = SEED.read_text(encoding="utf-8").lower().split("step. 5")[1].split("step 6")[0]
    for row in csv.DictReader((ROOT / "api" / "data" / "training_topics.csv").open(encoding="utf-8")):
        words = row["label_en"].lower().replace("marginalised", "marginalized").split(" (")[0]
        assert words.removeprefix("a ").removeprefix("the ") in said.replace("the design", "design"), row["code"]


async def test_a_course_belongs_to_somebody_and_is_given_by_anybody(world: World) -> None:
    made = await post(world, "gt", "courses", **COURSE, owner=COUNTRY)
    assert (made.status_code, made.json()["country_id"], made.json()["municipality_id"]) == (201, 320, None), made.text
    assert (await (await world.who()).get(made.headers["location"])).json() == made.json()
    for by in ("sv", "mixco", "anam"):
        assert (await post(world, by, "courses", **COURSE, owner=COUNTRY)).status_code == 403, by
    assert (await post(world, "mixco", "courses", **COURSE, owner=HERE)).status_code == 201
    assert (await post(world, "anam", "courses", **COURSE, owner={"level": "association", "unit": "2"})).status_code == 201
    wrong = await post(world, "gt", "courses", **COURSE | {"topics": ["cpted", "cooking"]}, owner=COUNTRY)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"], "inclusion" in wrong.json()["choices"]) == (422, "/topics", True)
    nowhere = await post(world, "gt", "courses", **COURSE, owner={"level": "country", "unit": "XX"})
    assert (nowhere.status_code, nowhere.json()["errors"][0]["pointer"]) == (422, "/owner/unit")
    changed = await act(world, "gt", made, topics=["inclusion", "cpted"], level="follow_up")
    assert (changed.status_code, changed.json()["topics"]) == (200, ["cpted", "inclusion"])
    assert (await act(world, "gt", made, hours=4)).status_code == 412
    assert (await act(world, "gt", changed, topics=["cooking"])).status_code == 422
    found = (await (await world.who()).get("/v1/courses", params={"topic": "cpted", "country_id": 320})).json()["items"]
    assert [c["id"] for c in found] == [made.json()["id"]]


async def test_an_event_is_planned_held_or_cancelled(world: World) -> None:
    made = await event(world, hours=12, place_="x")
    assert made.status_code == 422, "an unknown member is refused by name"
    made = await event(world, ends_on="2026-03-04")
    said = made.json()
    assert (made.status_code, said["state"], said["hours"], said["topics"]) == (201, "planned", 16, ["prevention"]), made.text
    assert said["allowed_actions"] == ["change", "hold", "cancel", "remove"]
    moved = await act(world, "mixco", made, hours=12, place="Casa de la Cultura")
    assert (moved.json()["hours"], moved.json()["version"]) == (12, 2)
    held = await act(world, "gt", moved, "hold")
    assert (held.status_code, held.json()["state"], held.json()["allowed_actions"]) == (200, "held", ["change", "attend"])
    again = await act(world, "gt", held, "cancel")
    assert (again.status_code, again.json()["code"]) == (409, "not-in-this-state")
    client = await world.who("mixco")
    gone = await client.delete(held.headers["location"], headers={"If-Match": held.headers["etag"]})
    assert gone.status_code == 409, "what was held stays"
    course = await client.get(f"/v1/courses/{said['course_id']}")
    kept = await (await world.who("region")).delete(f"/v1/courses/{said['course_id']}", headers={"If-Match": course.headers["etag"]})
    assert (kept.status_code, kept.json()["code"]) == (409, "still-referred-to")
    future = await act(world, "mixco", await event(world, starts_on="2999-01-01"), "hold")
    assert (future.status_code, future.json()["code"]) == (422, "not-over-yet")
    for by, status in (("anam", 403), ("sonsonate", 404), ("sv", 404)):
        assert (await act(world, by, held, note="x")).status_code == status, by


async def test_events_and_assistance_cite_documents_of_their_own_municipality(world: World) -> None:
    client, there = await world.who("mixco"), await world.who("sonsonate")
    query, path = {"file_name": "lista.txt", "kind": "evidence"}, "/v1/municipalities/{}/documents"
    own = (await client.post(path.format(MIXCO), params=query, content=b"Lista")).json()
    foreign = (await there.post(path.format(SONSONATE), params=query, content=b"Lista")).json()
    provider = (await post(world, "gt", "organisations", name="X", classification="ngo", country_id=320)).json()
    helped = {"provider_organisation_id": provider["id"], "starts_on": "2026-02-01", "hours": 6.5, "description": "Reglamento revisado"}
    for document in (foreign["id"], str(uuid4())):
        wrong = [
            await event(world, document_id=document),
            await post(world, "mixco", f"municipalities/{MIXCO}/technical-assistance", **helped, document_id=document),
        ]
        assert [(w.status_code, w.json()["code"]) for w in wrong] == [(422, "unknown-reference")] * 2
    made = await post(world, "mixco", f"municipalities/{MIXCO}/technical-assistance", **helped, document_id=own["id"], topic="cpted")
    assert (made.status_code, made.json()["provider"], made.json()["hours"]) == (201, "X", 6.5), made.text
    cited = await client.delete(f"/v1/documents/{own['id']}", headers={"If-Match": '"1"'})
    assert (cited.status_code, cited.json()["code"]) == (409, "still-referred-to")
    freed = await act(world, "mixco", made, document_id=None, deliverable="Reglamento interno")
    assert freed.json()["document_id"] is None
    assert (await client.delete(f"/v1/documents/{own['id']}", headers={"If-Match": '"1"'})).status_code == 204
    assert (await act(world, "mixco", freed, hours=0)).status_code == 422
    assert (await act(world, "mixco", freed, topic="cooking")).status_code == 422
    for by, seen in (("gt", 1), ("anam", 1), ("sv", 0), ("reader", 0)):
        for unit in ("", "/countries/GT", f"/municipalities/{MIXCO}"):
            page = await (await world.who(by)).get(f"/v1{unit}/technical-assistance", params={"provider": provider["id"], "count": "exact"})
            assert page.json()["count"] == seen, (by, unit)


async def test_lists_are_filtered_by_what_is_taught(world: World) -> None:
    made = [await event(world, starts_on=f"2026-0{n}-01") for n in (1, 2, 3)]
    client = await world.who("gt")
    february = {"from": "2026-02-01", "to": "2026-02-28"}
    for query, n in ({"topic": "prevention"}, 3), ({"topic": "cpted"}, 0), (february, 1), ({"state": "held"}, 0):
        page = (await client.get("/v1/countries/GT/training-events", params=query)).json()
        assert len(page["items"]) == n, query
    first = (await client.get("/v1/training-events", params={"limit": 2})).json()
    second = (await client.get("/v1/training-events", params={"limit": 2, "cursor": first["next"]})).json()
    assert [e["id"] for e in first["items"] + second["items"]] == [m.json()["id"] for m in reversed(made)]
