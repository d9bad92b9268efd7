"""One value at its address: stated, repeated, changed with If-Match, kept with what it replaces."""

from typing import Any

import pytest

from tests.conftest import World

AT = "/v1/municipalities/3200008/observations/homicide/2022-03"
HERE: dict[str, Any] = {"params": {"source": "demonstration"}}


async def test_a_value_is_stated_once_and_changed_with_its_etag(world: World) -> None:
    mixco = await world.who("mixco")
    first = await mixco.put(AT, json={"value": 3}, **HERE)
    assert (first.status_code, first.json()["value"], first.json()["period"]) == (201, 3, "2022-03")
    assert (await mixco.get(first.headers["location"])).json() == first.json()
    place = [first.json()[name] for name in ("territory_id", "territory_kind", "territory", "municipality_id", "municipality")]
    assert place == [3200008, "municipality", "Mixco", 3200008, "Mixco"]
    again = await mixco.put(AT, json={"value": 3}, **HERE)
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), first.headers["etag"])
    refused = await mixco.put(AT, json={"value": 4}, **HERE)
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition-required")
    stale = await mixco.put(AT, json={"value": 4}, headers={"If-Match": '"7"'}, **HERE)
    assert (stale.status_code, stale.json()["current"]["value"]) == (412, 3)
    changed = await mixco.put(AT, json={"value": 4, "reason": "late report"}, headers={"If-Match": first.headers["etag"]}, **HERE)
    assert (changed.status_code, changed.json()["value"], changed.json()["version"]) == (200, 4, 2)
    points = (await mixco.get("/v1/municipalities/3200008/indicators/homicide/series")).json()["points"]
    assert [(p["period"], p["count"], p["reported_months"]) for p in points] == [("2022", 4, 1)]


async def test_zero_missing_not_reported_and_suppressed_are_four_things(world: World) -> None:
    mixco = await world.who("mixco")
    for month, body in {"01": {"value": 0}, "02": {"value": None, "status": "M"}, "03": {"value": None, "status": "Q"}}.items():
        assert (await mixco.put(AT[:-2] + month, json=body, **HERE)).status_code == 201
    listed = (await mixco.get("/v1/municipalities/3200008/observations")).json()["items"]
    assert [(o["period"], o["value"], o["status"]) for o in listed] == [
        ("2022-01", 0, "A"),
        ("2022-02", None, "M"),
        ("2022-03", None, "Q"),
    ]
    series = await mixco.get("/v1/municipalities/3200008/indicators/homicide/series", params={"by": "month", "to": "2022-04"})
    assert [(p["period"][-2:], p["count"]) for p in series.json()["points"]] == [("01", 0), ("02", None), ("03", None), ("04", None)]
    etag = (await mixco.get(AT[:-2] + "01", **HERE)).headers["etag"]
    emptied = await mixco.put(AT[:-2] + "01", json={"value": None, "status": "M"}, headers={"If-Match": etag}, **HERE)
    assert emptied.status_code == 200
    assert (await mixco.get("/v1/municipalities/3200008/indicators/homicide/series")).json()["points"] == []


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"json": {"value": 2.5}}, "count-not-whole", "/value"),
        ({"json": {"value": None}}, "value-or-status", "/value"),
        ({"json": {"value": 1, "status": "M"}}, "value-or-status", "/value"),
        ({"params": {"source": "nobody"}}, "source-unknown", "query/source"),
        ({"params": {"source": "demonstration", "dims": "sex=F;sex=M"}}, "dims-invalid", "query/dims"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(world: World, change: dict[str, Any], code: str, pointer: str) -> None:
    mixco = await world.who("mixco")
    refused = await mixco.put(AT, **({"json": {"value": 1}} | HERE | change))
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_the_breakdown_has_one_spelling_and_is_not_added_to_the_whole(world: World) -> None:
    mixco = await world.who("mixco")
    said = {"params": {"source": "demonstration", "dims": "sex=F; age=15-24"}}
    made = await mixco.put(AT, json={"value": 2}, **said)
    assert (made.status_code, made.json()["dims"]) == (201, "age=15-24;sex=F")
    for same in ("age=15-24;sex=F", "sex=f;age=15-24"):
        again = await mixco.put(AT, json={"value": 2}, params={"source": "demonstration", "dims": same})
        assert (again.status_code, again.json()["dims"]) == (200, "age=15-24;sex=F")
    small = await mixco.put(AT, json={"value": 1}, params={"source": "demonstration", "dims": "weapon=FireArm;age=y15t24"})
    assert small.json()["dims"] == "age=Y15T24;weapon=firearm"
    assert (await mixco.get("/v1/municipalities/3200008/indicators/homicide/series")).json()["points"] == []


async def test_who_may_not_is_told_no_more_than_of_what_is_not_there(world: World) -> None:
    assert (await (await world.who("gt")).put(AT, json={"value": 1}, **HERE)).status_code == 201
    for name in ("sonsonate", "sv", "anam"):
        refused = await (await world.who(name)).put(AT, json={"value": 9}, **HERE)
        assert refused.status_code in (403, 404)


async def test_what_was_known_then_never_changes(world: World) -> None:
    gt = await world.who("gt")
    series = "/v1/countries/GT/indicators/homicide/series"
    await gt.put(AT, json={"value": 3}, **HERE)
    before = await gt.get(series)
    known = {"known_at": before.json()["as_known_at"]}
    then = await gt.get(series, params=known)
    assert then.json() == before.json()
    etag = (await gt.get(AT, **HERE)).headers["etag"]
    await gt.put(AT, json={"value": 5}, headers={"If-Match": etag}, **HERE)
    await gt.put(AT[:-2] + "04", json={"value": 1}, **HERE)
    assert (await gt.get(series)).json()["points"][0]["count"] == 6
    assert (await gt.get(series, params=known)).content == then.content
    soon = await gt.get(series, params={"known_at": "2099-01-01T00:00:00Z"})
    assert (soon.status_code, soon.json()["code"]) == (422, "known-at-unsettled")


async def test_an_instant_of_any_answer_is_taken_by_every_other_at_once(world: World) -> None:
    region = await world.who("region")
    await region.put(AT, json={"value": 3}, **HERE)
    here = "/v1/municipalities/3200008"
    (behind,) = (await region.get(f"{here}/lineage", params={"indicator": "homicide"})).json()["items"]
    instants = [behind["recorded_at"]]
    for path in ("indicators/homicide/series", "indicators/latest", "steps"):
        instants.append((await region.get(f"{here}/{path}")).json()["as_known_at"])
    for level in ("/v1/countries/SV", "/v1/municipalities/2220038", "/v1/region", here):
        for path in ("indicators/homicide/series", "indicators/latest", "lineage"):
            for instant in instants:
                of = {"indicator": "homicide"} if path == "lineage" else {}
                answer = await region.get(f"{level}/{path}", params={"known_at": instant} | of)
                assert answer.status_code == 200, (level, path, answer.text)


async def test_what_may_still_be_recorded_is_not_known(world: World) -> None:
    """Somebody is about to record: of an instant after all that is recorded, nobody can say yet what was known then."""
    gt = await world.who("gt")
    await gt.put(AT, json={"value": 3}, **HERE)
    instant = (await gt.get("/v1/municipalities/3200008/steps")).json()["as_known_at"]
    series = "/v1/countries/GT/indicators/homicide/series"
    async with world.owner() as owner, owner.transaction():
        await owner.execute("select app.record(nextval('recording_number'), 320)")
        refused = await gt.get(series, params={"known_at": instant})
        assert (refused.status_code, refused.json()["code"]) == (422, "known-at-unsettled")
    assert (await gt.get(series, params={"known_at": instant})).status_code == 200
