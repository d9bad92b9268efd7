"""/affiliations and /participations over HTTP: nobody joins alone, rights follow the dates."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine

from tests.conftest import World

SHA = "ab" * 32
MIXCO, SONSONATE, NACAOME = "gt-ine:0108", "ocha:SV13001", "hn-ine:1709"
"""The first two have users of their own, the third has none."""
BEFORE = {"starts_on": "2001-01-01", "ends_on": "2002-01-01"}
"""Days on which nobody belonged to anything yet."""


async def municipality(world: World, address: str) -> int:
    return int((await (await world.who()).get(f"/v1/municipalities/{address}")).json()["id"])


async def association(world: World, short_name: str) -> int:
    found = (await (await world.who()).get("/v1/associations", params={"limit": 200})).json()["items"]
    return int(next(a["id"] for a in found if a["short_name"] == short_name))


async def propose(world: World, by: str, place: str, joins: str, **said: Any) -> httpx.Response:
    body = {"municipality_id": await municipality(world, place), "association_id": await association(world, joins)}
    return await (await world.who(by)).post("/v1/affiliations", json=body | BEFORE | said)


async def act(world: World, by: str, made: httpx.Response, what: str, **body: Any) -> httpx.Response:
    path, headers = f"/v1/affiliations/{made.json()['id']}/{what}", {"If-Match": made.headers["etag"]}
    return await (await world.who(by)).post(path, headers=headers, json=body or None)


async def test_proposed_by_the_association_confirmed_by_the_municipality(world: World) -> None:
    """Mixco has users of its own: nobody decides for it."""
    made = await propose(world, "anam", MIXCO, "ANAM")
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["proposed_by"], made.json()["allowed_actions"]) == (
        "proposed",
        "association",
        ["confirm", "decline"],
    )
    own = await act(world, "anam", made, "confirm")
    assert (own.status_code, own.json()["code"]) == (409, "own-proposal")
    assert (await act(world, "gt", made, "confirm")).status_code == 403
    for stranger in ("sv", "sonsonate", "comures", "hn"):
        assert (await act(world, stranger, made, "confirm")).status_code == 404
    done = await act(world, "mixco", made, "confirm")
    assert (done.json()["state"], done.json()["decided_by"], done.json()["allowed_actions"]) == ("confirmed", "municipality", ["end"])
    again = await act(world, "mixco", done, "confirm")
    assert (again.status_code, again.json()["code"]) == (409, "already-decided")


async def test_proposed_by_the_municipality_confirmed_by_the_association(world: World) -> None:
    made = await propose(world, "mixco", MIXCO, "ANAM")
    assert (made.status_code, made.json()["proposed_by"]) == (201, "municipality")
    assert (await act(world, "mixco", made, "confirm")).json()["code"] == "own-proposal"
    declined = await act(world, "anam", made, "decline")
    assert (declined.json()["state"], declined.json()["allowed_actions"]) == ("declined", [])
    assert (await propose(world, "mixco", MIXCO, "ANAM")).status_code == 201, "what was declined is in nobody's way"


async def test_nobody_else_proposes(world: World) -> None:
    for stranger in ("sv", "comures", "sonsonate", "reader", "programme", "region"):
        assert (await propose(world, stranger, MIXCO, "ANAM")).status_code == 403


async def test_a_coordinator_speaks_for_a_municipality_without_users(world: World) -> None:
    made = await propose(world, "hn", NACAOME, "AMHON")
    assert (made.status_code, made.json()["proposed_by"]) == (201, "country"), made.text
    assert (await act(world, "hn", made, "confirm")).json()["code"] == "own-proposal"
    assert (await act(world, "amhon", made, "confirm")).json()["decided_by"] == "association"


async def bulk(world: World, by: str, ids: list[str], **said: Any) -> httpx.Response:
    body = {"act_reference": "Act 7/2026", "act_sha256": SHA, "affiliation_ids": ids}
    return await (await world.who(by)).post("/v1/affiliations/confirmations", json=body | said)


async def test_confirmed_in_bulk_against_one_act_all_or_none(world: World) -> None:
    ids = [(await propose(world, "amhon", place, "AMHON")).json()["id"] for place in (NACAOME, "hn-ine:0101")]
    for stranger in ("gt", "comures"):
        assert (await bulk(world, stranger, ids)).status_code == 404
    assert (await bulk(world, "amhon", ids)).json()["code"] == "own-proposal"
    assert (await bulk(world, "hn", [*ids, str(uuid4())])).status_code == 404
    hn = await world.who("hn")
    assert (await hn.get(f"/v1/affiliations/{ids[0]}")).json()["state"] == "proposed", "all or none"
    for _ in range(2):
        done = await bulk(world, "hn", [*ids, ids[0]])
        assert (done.status_code, done.json()) == (200, {"confirmed": 2})
    shown = (await hn.get(f"/v1/affiliations/{ids[1]}")).json()
    assert (shown["state"], shown["act_reference"], shown["act_sha256"], shown["version"]) == ("confirmed", "Act 7/2026", SHA, 2)
    other = await bulk(world, "hn", ids, act_sha256="cd" * 32)
    assert (other.status_code, other.json()["code"]) == (409, "already-decided")
    assert (await bulk(world, "hn", ids, act_sha256="no hash")).status_code == 422
    assert (await bulk(world, "hn", [])).status_code == 422


async def test_a_municipality_with_users_is_not_confirmed_in_bulk_by_its_country(world: World) -> None:
    made = await propose(world, "anam", MIXCO, "ANAM")
    assert (await bulk(world, "gt", [made.json()["id"]])).status_code == 403


async def test_two_affiliations_of_the_same_days_cannot_stand(world: World) -> None:
    both = await asyncio.gather(*(propose(world, "amhon", NACAOME, "AMHON") for _ in range(4)))
    assert sorted(b.status_code for b in both) == [201, 409, 409, 409]
    assert {b.json()["code"] for b in both if b.status_code == 409} == {"affiliation-overlaps"}
    later = await propose(world, "amhon", NACAOME, "AMHON", starts_on="2002-01-01", ends_on="2003-01-01")
    assert later.status_code == 201, "the day on which one is over, another may begin"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ends_on": "2001-01-01"}, "invalid-fields"),
        ({"municipality_id": 999}, "unknown-code"),
        ({"association_id": 999}, "unknown-code"),
        ({"state": "confirmed"}, "invalid-fields"),
        ({"demonstration": True}, "invalid-fields"),
        ({"starts_on": "01/02/2026"}, "invalid-fields"),
        ({"municipality_id": 2**31}, "invalid-fields"),
    ],
)
async def test_what_cannot_be_is_refused(region: World, said: dict[str, Any], code: str) -> None:
    answer = await propose(region, "anam", MIXCO, "ANAM", **said)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_end_takes_the_reading_with_it_on_its_day(world: World) -> None:
    comures = await world.who("comures")
    place = await municipality(world, SONSONATE)
    [tie] = (await comures.get(f"/v1/municipalities/{place}/affiliations", params={"on": "2026-01-01"})).json()["items"]
    shown = await comures.get(f"/v1/affiliations/{tie['id']}")
    backwards = await act(world, "sonsonate", shown, "end", ends_on=tie["starts_on"])
    assert (backwards.status_code, backwards.json()["code"]) == (422, "affiliation-backwards")
    assert (await act(world, "gt", shown, "end", ends_on="2030-01-01")).status_code == 404
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    ended = await act(world, "sonsonate", shown, "end", ends_on=tomorrow.isoformat())
    assert (ended.status_code, ended.json()["ends_on"]) == (200, tomorrow.isoformat())
    again = await act(world, "comures", ended, "end", ends_on="2090-01-01")
    assert (again.status_code, again.json()["code"]) == (409, "not-in-force")
    assert await reaches(world, "comures", place, date.today())
    with time_machine.travel(datetime.combine(tomorrow, datetime.min.time(), UTC) + timedelta(minutes=1)):
        world.clients.clear()  # tokens live fifteen minutes
        assert not await reaches(world, "comures", place, tomorrow), "with nobody writing"
        assert await reaches(world, "sv", place, tomorrow)
    world.clients.clear()


async def reaches(world: World, name: str, place: int, day: date) -> bool:
    """Whether the scope of somebody holds a municipality on a day, as the database computes it."""
    async with world.owner() as connection:
        who = await connection.fetchval("select id from principal where email = $1", f"{name}@demo.example")
        parts = (await connection.fetchval("select app.scope_of($1, $2)", who, day)).split("|")
        country = await connection.fetchval("select country_id from municipality where id = $1", place)
    return str(place) in parts[2].strip("{}").split(",") or str(country) in parts[1].strip("{}").split(",")


async def take_part(world: World, by: str, **said: Any) -> httpx.Response:
    body = {"level": "country", "country_id": 320, "basis": "test"}
    return await (await world.who(by)).post("/v1/programmes/citylinks/participations", json=body | BEFORE | said)


async def test_who_takes_part_is_said_by_those_of_the_programme(world: World) -> None:
    for stranger in ("sv", "programme", "comures", "reader"):
        assert (await take_part(world, stranger)).status_code == 403
    made = await take_part(world, "region")
    assert (made.status_code, made.json()["programme"], made.json()["unit"]) == (201, "citylinks", "Guatemala"), made.text
    assert (await take_part(world, "region")).json()["code"] == "participation-overlaps"
    path, client = f"/v1/participations/{made.json()['id']}/end", await world.who("region")
    assert (await client.post(path, json={"ends_on": "2001-01-01"}, headers={"If-Match": made.headers["etag"]})).status_code == 422
    ended = await client.post(path, json={"ends_on": "2001-07-01"}, headers={"If-Match": made.headers["etag"]})
    assert (ended.status_code, ended.json()["ends_on"]) == (200, "2001-07-01")
    public = await world.who()
    assert (await public.get(f"/v1/participations/{made.json()['id']}")).json() == ended.json()
    assert (await client.post("/v1/programmes/nothing/participations", json={})).status_code == 422


async def test_what_takes_part_is_one_unit_in_its_own_country(world: World) -> None:
    place = await municipality(world, MIXCO)
    for said in ({"level": "municipality"}, {"level": "region"}, {"municipality_id": place}, {"ends_on": "2000-01-01"}, {"country_id": 1}):
        assert (await take_part(world, "region", **said)).status_code == 422
    elsewhere = await take_part(world, "region", level="municipality", municipality_id=place, country_id=222)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "unit-in-another-country")
    assert (await take_part(world, "region", level="municipality", municipality_id=place)).status_code == 201


async def test_the_footprint_of_any_day(region: World) -> None:
    public = await region.who()
    for day, counts in (("2009-12-31", (5, 0, 2)), ("2019-06-30", (29, 8, 5))):
        programme = (await public.get("/v1/programmes/amuprev", params={"as_of": day})).json()
        assert (programme["municipalities"], programme["associations"], programme["countries"]) == counts
        listed = await public.get("/v1/programmes/amuprev/municipalities", params={"as_of": day, "count": "exact"})
        assert listed.json()["count"] == counts[0]
        took_part = await public.get("/v1/programmes/amuprev/participations", params={"as_of": day, "limit": 200})
        of = Counter(item["level"] for item in took_part.json()["items"])
        assert (of["municipality"], of["association"], of["country"]) == counts
        assert {item["programme"] for item in took_part.json()["items"]} == {"amuprev"}


async def test_registers_are_read_through_every_level(region: World) -> None:
    public, then = await region.who(), {"as_of": "2019-06-30", "limit": 200}

    async def named(address: str, by: str = "code") -> list[str]:
        answer = await public.get(f"/v1/{address}", params=then)
        assert answer.status_code == 200, answer.text
        return [str(item[by]) for item in answer.json()["items"]]

    mixco = "municipalities/gt-ine:0108"
    assert await named(f"{mixco}/admin1") == ["GT-01"]
    assert await named(f"{mixco}/countries", "iso2") == ["GT"]
    assert len(await named("programmes/amuprev/countries", "iso2")) == 5
    assert await named("associations/comures/associations", "short_name") == ["COMURES"]
    assert await named("associations/comures/countries", "iso2") == ["SV"]
    assert await named("countries/SV/countries", "iso2") == ["SV"]
    assert await named("programmes/amuprev/programmes") == ["amuprev"]
    assert "amuprev" in await named("countries/SV/programmes")
    assert await named("countries/BR/programmes") == []
    assert await named(f"{mixco}/programmes") == await named(f"{mixco}/participations", "programme")
    lie_in = set(await named("programmes/amuprev/municipalities", "admin1")) - {"None"}
    assert sorted(await named("programmes/amuprev/admin1")) == sorted(lie_in)
