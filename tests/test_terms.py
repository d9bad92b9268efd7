"""Rights follow the calendar: a term or an affiliation that begins or ends while a token lives counts from the next request on.

The clock is moved over midnight, UTC; nobody writes anything meanwhile, and the scopes kept with the grants are there, as in production.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import time_machine

from api import founding
from api.intake.computing import from_scratch
from migrations.apply import Migration
from tests.conftest import World
from tests.isolation.people import Map
from tests.isolation.targets import TARGETS, figures

MIXCO = TARGETS[0]
EVENING, ENDS_ON = datetime(2027, 3, 1, 23, 55, tzinfo=UTC), "2027-03-02"
OVER_MIDNIGHT = timedelta(minutes=10)
"""Within the life of an access token, 15 minutes."""
SERIES = f"/v1/municipalities/{MIXCO.municipality}/indicators/homicide/series"
PASSWORD = "a long enough pass phrase"


@contextmanager
def evening() -> Iterator[time_machine.Traveller]:
    """Five minutes before the day on which things end or begin here; `shift` moves on."""
    with time_machine.travel(EVENING, tick=True) as clock:
        yield clock


async def person(world: World, **office: Any) -> str:
    """Somebody new in an office, invited by the region and come in. Returns their address."""
    region = await world.who("region")
    email = f"clerk{len(office)}-{office['role'].replace('_', '-')}-{office.get('ends_on', office.get('starts_on', ''))}@x.example"
    said = {"starts_on": "2024-01-01"} | office | {"email": email, "display_name": "Clerk"}
    made = await region.post("/v1/invitations", json=said)
    assert made.status_code == 201, made.text
    assert (await region.post("/v1/auth/accept", json={"token": made.json()["token"], "password": PASSWORD})).status_code == 200
    return email


async def signed_in(world: World, email: str) -> httpx.AsyncClient:
    """A client with a token of now."""
    return world.client(await founding.token(world.url("api"), email))


@dataclass
class Stillness:
    """The last change and the kept scopes, which must not move while the clock does."""

    owner: asyncpg.Connection

    async def state(self) -> Any:
        return await self.owner.fetch("select (select max(seq) from change), s.* from scope s order by s.principal_id")


@asynccontextmanager
async def stillness(world: World) -> AsyncIterator[None]:
    """Scopes are kept for everybody, and nothing is written inside the block."""
    async with world.owner() as owner:
        await owner.execute("select app.keep_scopes(null, $1)", EVENING)
        assert await owner.fetchval("select count(*) from scope where valid_until = $1", date.fromisoformat(ENDS_ON)) > 0
        still = Stillness(owner)
        before = await still.state()
        yield
        assert await still.state() == before


async def sown(world: World) -> None:
    async with world.owner() as owner:
        await figures(owner, Map({}, date.today()), MIXCO)
        await from_scratch(owner, Migration())


async def test_a_term_that_ends_is_over_at_midnight(world: World) -> None:
    await sown(world)
    email = await person(world, role="municipal_coordinator", level="municipality", unit="gt-ine:0108", ends_on=ENDS_ON)
    with evening() as clock:
        clerk = await signed_in(world, email)
        tie = (await clerk.get("/v1/affiliations")).json()["items"][0]["id"]
        async with stillness(world):
            assert (await clerk.get(SERIES)).status_code == 200
            assert (await clerk.get(f"/v1/affiliations/{tie}")).status_code == 200
            clock.shift(OVER_MIDNIGHT)
            assert (await clerk.get(SERIES)).status_code == 404
            assert (await clerk.get(f"/v1/affiliations/{tie}")).status_code == 404
            assert (await clerk.get("/v1/affiliations")).json()["items"] == []
            body = {"municipality_id": MIXCO.municipality, "association_id": 3, "starts_on": "2027-04-01"}
            assert (await clerk.post("/v1/affiliations", json=body)).status_code == 403
            me = (await clerk.get("/v1/me")).json()
            assert (me["grants"], me["may"]) == ([], {}), "the token itself is still good"


async def test_a_term_begins_at_midnight(world: World) -> None:
    await sown(world)
    email = await person(world, role="reader", level="municipality", unit="gt-ine:0108", starts_on=ENDS_ON)
    with evening() as clock:
        clerk = await signed_in(world, email)
        async with stillness(world):
            assert (await clerk.get(SERIES)).status_code == 404
            clock.shift(OVER_MIDNIGHT)
            assert (await clerk.get(SERIES)).status_code == 200


async def test_an_affiliation_that_ends_takes_the_reading_along(world: World) -> None:
    await sown(world)
    mixco = await world.who("mixco")
    tie = (await mixco.get("/v1/affiliations")).json()["items"][0]
    done = await mixco.post(f"/v1/affiliations/{tie['id']}/end", json={"ends_on": ENDS_ON}, headers={"If-Match": f'"{tie["version"]}"'})
    assert done.status_code == 200, done.text
    with evening() as clock:
        anam = await signed_in(world, "anam@demo.example")
        listed = f"/v1/municipalities/{MIXCO.municipality}/observations"
        async with stillness(world):
            assert (await anam.get(SERIES)).status_code == 200
            assert {o["territory_id"] for o in (await anam.get(listed)).json()["items"]} == {MIXCO.municipality, MIXCO.community}
            clock.shift(OVER_MIDNIGHT)
            assert (await anam.get(SERIES)).status_code == 404
            assert (await anam.get(listed)).json()["items"] == []
            past = await anam.get(listed, params={"as_of": "2027-03-01"})
            assert past.json()["items"] == [], "a day that is past gives no rights back"


async def test_a_participation_that_ends_takes_the_reading_along(world: World) -> None:
    await sown(world)
    email = await person(world, role="reader", level="programme", unit="citylinks")
    region = await world.who("region")
    found = (await region.get(f"/v1/municipalities/{MIXCO.municipality}/participations")).json()["items"]
    part = next(p for p in found if p["programme"] == "citylinks" and p["ends_on"] is None)
    done = await region.post(
        f"/v1/participations/{part['id']}/end", json={"ends_on": ENDS_ON}, headers={"If-Match": f'"{part["version"]}"'}
    )
    assert done.status_code == 200, done.text
    with evening() as clock:
        clerk = await signed_in(world, email)
        async with stillness(world):
            assert (await clerk.get(SERIES)).status_code == 200
            clock.shift(OVER_MIDNIGHT)
            assert (await clerk.get(SERIES)).status_code == 404


async def test_an_association_drafts_until_somebody_runs_the_municipality(world: World) -> None:
    """A municipality gets its first coordinator at midnight: that ends a right of somebody else, whose own office did not change."""
    await person(world, role="municipal_coordinator", level="municipality", unit="gt-ine:0104", starts_on=ENDS_ON)
    place = (await (await world.who()).get("/v1/municipalities/gt-ine:0104")).json()["id"]
    with evening() as clock:
        await signed_in(world, "anam@demo.example")
        async with stillness(world):
            assert place in await _drafts(world, "anam")
            clock.shift(OVER_MIDNIGHT)
            assert place not in await _drafts(world, "anam")


async def _drafts(world: World, name: str) -> list[int]:
    """The municipalities that somebody may draft figures for, as the statements of an import are told."""
    async with world.owner() as owner:
        session = await owner.fetchval(
            "select id from session s where principal_id = (select id from principal where email = $1) limit 1", f"{name}@demo.example"
        )
        await owner.execute("update session set expires_at = 'infinity', revoked_at = null where id = $1", session)
    connection = await asyncpg.connect(world.url("api"))
    try:
        async with connection.transaction():
            await connection.execute("select app.enter($1, 'r', $2)", f"s{session}", datetime.now(UTC))
            return list(await connection.fetchval("select app.assist_municipalities()"))
    finally:
        await connection.close()


async def test_granting_and_revoking_count_from_the_next_request(world: World) -> None:
    await sown(world)
    region, hn = await world.who("region"), await world.who("hn")
    who = (await hn.get("/v1/me")).json()["principal"]["id"]
    assert (await hn.get(SERIES)).status_code == 404
    body = {"principal_id": who, "role": "reader", "level": "municipality", "unit": "gt-ine:0108", "starts_on": "2024-01-01"}
    given = (await region.post("/v1/grants", json=body)).json()
    assert (await hn.get(SERIES)).status_code == 200
    taken = await region.post(f"/v1/grants/{given['id']}/revoke", headers={"If-Match": f'"{given["version"]}"'})
    assert taken.status_code == 200
    assert (await hn.get(SERIES)).status_code == 404
    assert (await hn.get("/v1/countries/HN/indicators/homicide/series")).status_code == 200, "the other office stays"


async def test_whoever_is_switched_off_is_out_with_the_next_request(world: World) -> None:
    region, mixco = await world.who("region"), await world.who("mixco")
    me = (await mixco.get("/v1/me")).json()["principal"]
    for active, expected, version in ((False, 401, me["version"]), (True, 200, me["version"] + 1)):
        done = await region.patch(f"/v1/people/{me['id']}", json={"active": active}, headers={"If-Match": f'"{version}"'})
        assert done.status_code == 200, done.text
        assert (await mixco.get("/v1/affiliations")).status_code == expected


async def test_a_service_key_ends_with_its_day(world: World) -> None:
    region = await world.who("region")
    body = {"role": "reader", "level": "country", "unit": "GT", "starts_on": "2024-01-01", "display_name": "Pipeline"}
    service = (await region.post("/v1/services", json=body)).json()["id"]
    with time_machine.travel(EVENING - timedelta(days=1) + timedelta(minutes=5), tick=True) as clock:
        made = (await (await signed_in(world, "region@demo.example")).post(f"/v1/services/{service}/keys", json={"days": 1})).json()
        pipeline = world.client(made["key"])
        assert (await pipeline.get("/v1/countries/GT/affiliations")).status_code == 200
        clock.shift(timedelta(days=1, minutes=1))
        assert (await pipeline.get("/v1/countries/GT/affiliations")).status_code == 401
