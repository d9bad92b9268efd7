"""Who holds which seat: one at a time, for the days the bylaws allow, as known then, and as far as the seat shows it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import World
from tests.routers.committee.walk import AGO, SMALL, TODAY, approved, ask, founded, institution, plenary, ruled, seat, term

CANARY = "Canaria Kinkajú"


async def committee(world: World) -> tuple[str, str, str]:
    """A committee of Mixco with a plenary and an institution: their ids."""
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    return id, await plenary(mixco, id), await institution(world)


async def test_a_seat_has_one_holder_at_a_time(world: World) -> None:
    id, body, institutional = await committee(world)
    mixco = await world.who("mixco")
    at = await seat(mixco, id, body)
    both = await asyncio.gather(*(term(mixco, id, at, on_behalf_of_id=institutional) for _ in range(4)))
    assert sorted(a.status_code for a in both) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in both if a.status_code == 409} == {"seat-taken"}
    [first] = [a for a in both if a.status_code == 201]
    assert (first.json()["organisation"], first.json()["sector"], first.json()["voting"]) == ("Fundación inventada", "ngo", True)
    early = await term(mixco, id, at, on_behalf_of_id=institutional, starts_on=AGO[90], ends_on=AGO[60])
    assert early.status_code == 201, "the day on which one is over, another may begin"
    alternate = await term(mixco, id, at, on_behalf_of_id=institutional, alternate=True)
    assert alternate.status_code == 201, alternate.text
    second = await term(mixco, id, at, on_behalf_of_id=institutional, alternate=True)
    assert (second.status_code, second.json()["code"]) == (409, "alternate-taken")
    listed = (await mixco.get(f"/v1/committees/{id}/members")).json()["items"]
    assert {m["id"] for m in listed} == {first.json()["id"], alternate.json()["id"]}
    assert {m["id"] for m in (await mixco.get("/v1/region/members", params={"committee": id})).json()["items"]} == {m["id"] for m in listed}
    before = (await mixco.get(f"/v1/committees/{id}/members", params={"as_of": AGO[90]})).json()["items"]
    assert [m["id"] for m in before] == [early.json()["id"]]


async def test_a_term_is_as_long_as_the_bylaws_allow(world: World) -> None:
    id, body, institutional = await committee(world)
    mixco = await world.who("mixco")
    at = await seat(mixco, id, body)
    await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **SMALL)
    long = await term(mixco, id, at, on_behalf_of_id=institutional, starts_on=AGO[10], ends_on="2100-01-01")
    assert (long.status_code, long.json()["code"], long.json()["errors"][0]["pointer"]) == (422, "term-too-long", "/ends_on")
    made = await term(mixco, id, at, on_behalf_of_id=institutional, starts_on=AGO[10])
    start = TODAY - timedelta(days=10)
    assert made.json()["ends_on"][:4] == str(start.year + 2)
    path = f"/v1/terms/{made.json()['id']}"
    longer = await ask(mixco, f"{path}/end", made, ends_on="2100-01-01", end_reason="other")
    assert (longer.status_code, longer.json()["code"]) == (422, "extension-needs-instrument")
    extension = (await approved(mixco, id, "term_extension", number="2")).json()["id"]
    extended = await ask(mixco, f"{path}/end", made, ends_on="2100-01-01", end_reason="other", instrument_id=extension)
    assert (extended.status_code, extended.json()["ends_on"]) == (200, "2100-01-01")
    backwards = await ask(mixco, f"{path}/end", extended, ends_on=AGO[30], end_reason="resignation")
    assert (backwards.status_code, backwards.json()["code"]) == (422, "term-backwards")
    held = await mixco.patch(f"/v1/seats/{at}", json={"ends_on": AGO[1]}, headers={"If-Match": '"1"'})
    assert (held.status_code, held.json()["code"]) == (409, "seat-held")
    outside = await term(mixco, id, at, on_behalf_of_id=institutional, starts_on=AGO[730], ends_on=AGO[365])
    assert (outside.status_code, outside.json()["code"]) == (422, "outside-seat")


async def test_the_mayor_presides_or_whom_an_instrument_names(world: World) -> None:
    id, body, institutional = await committee(world)
    mixco = await world.who("mixco")
    at = await seat(mixco, id, body, "municipal_elected", role="president")
    nobody = await term(mixco, id, at, on_behalf_of_id=institutional)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "president-not-named")
    delegation = (await approved(mixco, id, "delegation", number="3")).json()["id"]
    named = await term(mixco, id, at, on_behalf_of_id=institutional, instrument_id=delegation, ends_on=AGO[30])
    assert named.status_code == 201, named.text
    mayor = await term(mixco, id, at, on_behalf_of_id=institutional, selection="ex_officio", starts_on=AGO[30])
    assert (mayor.status_code, mayor.json()["ends_on"]) == (201, None)


async def test_what_was_known_then(world: World) -> None:
    """Somebody is entered by mistake, found out later, and somebody else is entered for the same days."""
    id, body, institutional = await committee(world)
    mixco = await world.who("mixco")
    at = await seat(mixco, id, body)
    start = datetime.now(UTC).isoformat()
    wrong = await term(mixco, id, at, on_behalf_of_id=institutional)
    then = datetime.now(UTC).isoformat()
    voided = await ask(mixco, f"/v1/terms/{wrong.json()['id']}/void", wrong)
    assert voided.json()["allowed_actions"] == []
    again = await ask(mixco, f"/v1/terms/{wrong.json()['id']}/end", voided, ends_on=AGO[1], end_reason="other")
    assert (again.status_code, again.json()["code"]) == (409, "term-voided")
    right = await term(mixco, id, at, on_behalf_of_id=await institution(world, "Otra"))

    async def members(**said: Any) -> list[tuple[str, str]]:
        items = (await mixco.get(f"/v1/committees/{id}/members", params=said)).json()["items"]
        return [(m["id"], m["organisation"]) for m in items]

    assert await members() == [(right.json()["id"], "Otra")]
    assert await members(known_at=then) == [(wrong.json()["id"], "Fundación inventada")]
    assert await members(known_at=start) == []
    assert await members(known_at=then, as_of=AGO[90]) == []


async def named(world: World, id: str, **said: Any) -> dict[str, Any]:
    body = {"name": CANARY, "email": "canaria@x.example", "phone": "555-0100", "groups": ["women", "indigenous"]}
    made = await (await world.who("mixco")).post(f"/v1/committees/{id}/persons", json=body | said)
    assert made.status_code == 201, made.text
    return {"etag": made.headers["etag"]} | made.json()


async def test_names_are_for_the_personal_scope_and_each_reading_is_recorded(world: World) -> None:
    id, body, institutional = await committee(world)
    mixco, gt = await world.who("mixco"), await world.who("gt")
    person = await named(world, id)
    at = await seat(mixco, id, body)
    made = await term(mixco, id, at, on_behalf_of_id=institutional, person_id=person["id"])
    assert made.status_code == 201, made.text
    [whole] = (await mixco.get(f"/v1/committees/{id}/members")).json()["items"]
    assert (whole["name"], whole["email"], whole["person_id"]) == (CANARY, "canaria@x.example", person["id"])
    async with world.owner() as owner:
        seen = await owner.fetch("select thing, fields from change where action = 'read-personal' and noun = 'person'")
    assert [(r["thing"], r["fields"]) for r in seen] == [(person["id"], ["email", "groups", "languages", "name", "phone"])]
    for who in ("gt", "region", "anam", "sonsonate", "sv", "reader"):
        client = await world.who(who)
        for path in (
            f"/v1/persons/{person['id']}",
            "/v1/persons",
            f"/v1/committees/{id}/members",
            "/v1/region/members",
            f"/v1/terms/{made.json()['id']}",
            "/v1/terms",
            "/v1/changes?limit=1000",
            f"/v1/committees/{id}/composition",
            "/v1/region/members?format=csv",
        ):
            answer = await client.get(path)
            assert CANARY not in answer.text, (who, path)
            assert "canaria@" not in answer.text, (who, path)
            assert "555-0100" not in answer.text, (who, path)
    assert (await gt.get(f"/v1/persons/{person['id']}")).status_code == 404
    unseen = await term(gt, id, await seat(gt, id, body), person_id=person["id"])
    absent = await term(gt, id, await seat(gt, id, body), person_id=id)
    assert (unseen.status_code, unseen.json()["code"]) == (422, "unknown-reference")
    assert {k: v for k, v in unseen.json().items() if k != "request_id"} == {k: v for k, v in absent.json().items() if k != "request_id"}
    refused = await gt.post(f"/v1/committees/{id}/persons", json={"name": CANARY})
    assert (refused.status_code, refused.json()["code"]) == (403, "personal-scope-required")
    assert CANARY not in refused.text


@pytest.mark.parametrize(("display", "shows"), [("person", 3), ("institution", 2), ("sector", 1), ("none", 0)])
async def test_a_seat_shows_what_its_display_says_and_no_more(world: World, display: str, shows: int) -> None:
    id, body, institutional = await committee(world)
    mixco, gt = await world.who("mixco"), await world.who("gt")
    person, at = await named(world, id), await seat(mixco, id, body, role="treasurer")
    made = await term(mixco, id, at, on_behalf_of_id=institutional, person_id=person["id"])
    lowered = await gt.patch(f"/v1/seats/{at}", json={"display": display}, headers={"If-Match": '"1"'})
    assert lowered.status_code == 200, lowered.text
    for path in (f"/v1/committees/{id}/members", "/v1/municipalities/3200008/members", "/v1/terms"):
        [found] = (await gt.get(path)).json()["items"]
        assert (found["person_id"] is not None, found["display"]) == (shows >= 3, display), path
        for member in ("organisation", "on_behalf_of_id", "role", "seat_id", "body", "selection"):
            assert (found[member] is not None) == (shows >= 2), (path, member)
        assert (found["sector"] is not None) == (shows >= 1), path
    by_seat = (await gt.get("/v1/terms", params={"seat": at})).json()["items"]
    assert len(by_seat) == (shows >= 2), "no filter tells what the answer does not"
    by_sector = (await gt.get("/v1/region/members", params={"sector": "ngo"})).json()["items"]
    assert len(by_sector) == (shows >= 1)
    [whole] = (await mixco.get(f"/v1/committees/{id}/members")).json()["items"]
    assert (whole["name"], whole["organisation"], whole["id"]) == (CANARY, "Fundación inventada", made.json()["id"])
    told = (await gt.get("/v1/changes", params={"limit": 1000})).json()["items"]
    bodies = [c["body"] for c in told if c["noun"] == "term"]
    assert bodies
    assert not any({"person_id", "on_behalf_of_id"} & set(b) for b in bodies)


async def test_what_is_erased_is_gone_with_the_next_request(world: World) -> None:
    id, body, institutional = await committee(world)
    mixco, person = await world.who("mixco"), await named(world, id, publish_consent=True)
    made = await term(mixco, id, await seat(mixco, id, body), on_behalf_of_id=institutional, person_id=person["id"])
    path = f"/v1/persons/{person['id']}"
    withdrawn = await mixco.patch(path, json={"publish_consent": False}, headers={"If-Match": person["etag"]})
    assert withdrawn.json()["publish_consent"] is False
    gone = await ask(mixco, f"{path}/erase", withdrawn)
    assert (gone.json()["name"], gone.json()["groups"], gone.json()["allowed_actions"]) == (None, [], [])
    [left] = (await mixco.get(f"/v1/committees/{id}/members")).json()["items"]
    assert (left["id"], left["person_id"], left["name"]) == (made.json()["id"], person["id"], None)
    late = await mixco.patch(path, json={"name": CANARY}, headers={"If-Match": gone.headers["etag"]})
    assert (late.status_code, late.json()["code"]) == (409, "person-erased")
    async with world.owner() as owner:
        tables = await owner.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition"
        )
        for table in tables:
            found = await owner.fetchval(f'select count(*) from "{table["relname"]}" t where t::text like $1', f"%{CANARY}%")
            assert found == 0, table["relname"]


async def test_a_person_sits_once_in_a_body(world: World) -> None:
    id, body, _ = await committee(world)
    mixco, person = await world.who("mixco"), await named(world, id)
    first, second = [await seat(mixco, id, body) for _ in range(2)]
    assert (await term(mixco, id, first, person_id=person["id"])).status_code == 201
    twice = await term(mixco, id, second, person_id=person["id"])
    assert (twice.status_code, twice.json()["code"]) == (409, "seated-already")
    nobody = await term(mixco, id, second)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "invalid-fields")


async def test_bodies_and_seats_are_of_one_committee(world: World) -> None:
    id, body, _ = await committee(world)
    other, elsewhere, _ = await committee(world)
    mixco = await world.who("mixco")
    second = await mixco.post(f"/v1/committees/{id}/bodies", json={"kind": "plenary", "name": "x", "starts_on": AGO[10]})
    assert (second.status_code, second.json()["code"]) == (409, "plenary-exists")
    board = {"kind": "board", "name": "Junta", "starts_on": AGO[10], "parent_id": body}
    assert (await mixco.post(f"/v1/committees/{id}/bodies", json=board)).status_code == 201
    for path, said in (
        (f"/v1/committees/{other}/bodies", board),
        (f"/v1/committees/{id}/seats", {"body_id": elsewhere, "sector": "ngo", "starts_on": AGO[10]}),
    ):
        answer = await mixco.post(path, json=said)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown-reference")
    own = await mixco.patch(f"/v1/bodies/{body}", json={"parent_id": body}, headers={"If-Match": '"1"'})
    assert (own.status_code, own.json()["code"]) == (422, "body-inside-itself")
