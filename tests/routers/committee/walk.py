"""What a secretary does step by step, for tests that begin where an earlier step ended."""

from datetime import date, timedelta
from typing import Any

import httpx

from api.domain.committee.templates import templates
from tests.conftest import World

MIXCO = 3200008
SONSONATE = 2220038
TODAY = date.today()
AGO = {n: (TODAY - timedelta(days=n)).isoformat() for n in (1, 5, 10, 20, 30, 60, 90, 365, 730)}
RULES: dict[str, Any] = templates()[0].rules.model_dump(mode="json")
SMALL: dict[str, Any] = {
    "voting_seats": 3,
    "seats": [{"sector": s, "min": 1, "max": 1} for s in ("municipal_elected", "community_leader", "ngo")],
    "demographic_minima": [],
    "roles": [],
}
"""What of the rules is otherwise for a committee of three, which a test can seat."""


async def ask(client: httpx.AsyncClient, path: str, made: httpx.Response | None = None, **body: Any) -> httpx.Response:
    """POST `body` to `path`; with the version of `made`, where it changes what was made."""
    headers = {"If-Match": made.headers["etag"]} if made is not None else {}
    return await client.post(path, json=body or None, headers=headers)


async def founded(world: World, by: str = "mixco", place: int = MIXCO, **said: Any) -> httpx.Response:
    client = await world.who(by)
    answer = await client.post(f"/v1/municipalities/{place}/committees", json={"name": "COMUPRE Mixco"} | said)
    assert answer.status_code == 201, answer.text
    return answer


async def launched(world: World, by: str = "mixco", place: int = MIXCO) -> httpx.Response:
    client, made = await world.who(by), await founded(world, by, place)
    path = f"/v1/committees/{made.json()['id']}"
    convened = await ask(client, f"{path}/convene", made, happened_on=AGO[90])
    assert convened.status_code == 200, convened.text
    answer = await ask(client, f"{path}/launch", convened, happened_on=AGO[60])
    assert answer.status_code == 200, answer.text
    return answer


async def approved(client: httpx.AsyncClient, committee: str, purpose: str = "bylaws", **said: Any) -> httpx.Response:
    """An instrument that the council approved."""
    body = {"kind": "minute_point", "purpose": purpose, "number": "09-2026", "council_date": AGO[30], "votes_for": 8, "votes_against": 2}
    made = await client.post(f"/v1/committees/{committee}/instruments", json=body | said)
    assert made.status_code == 201, made.text
    answer = await ask(client, f"/v1/instruments/{made.json()['id']}/approve", made)
    assert answer.status_code == 200, answer.text
    return answer


async def ruled(client: httpx.AsyncClient, committee: str, instrument: str, on: str = AGO[30], **rules: Any) -> httpx.Response:
    """Bylaws that are in force from a day."""
    made = await client.post(f"/v1/committees/{committee}/bylaws", json={"rules": RULES | rules})
    assert made.status_code == 201, made.text
    checked = await ask(client, f"/v1/bylaws/{made.json()['id']}/check", made)
    assert checked.status_code == 200, checked.text
    return await ask(client, f"/v1/bylaws/{made.json()['id']}/approve", checked, instrument_id=instrument, in_force_from=on)


async def plenary(client: httpx.AsyncClient, committee: str) -> str:
    """A plenary; its id."""
    body = {"kind": "plenary", "name": "Pleno", "starts_on": AGO[365]}
    made = await client.post(f"/v1/committees/{committee}/bodies", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def seat(client: httpx.AsyncClient, committee: str, body: str, sector: str = "ngo", **said: Any) -> str:
    """A seat; its id."""
    made = await client.post(f"/v1/committees/{committee}/seats", json={"body_id": body, "sector": sector, "starts_on": AGO[365]} | said)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def institution(world: World, name: str = "Fundación inventada", country: int = 320) -> str:
    """An invented organisation of Guatemala; its id."""
    body = {"name": name, "classification": "ngo", "country_id": country}
    made = await (await world.who("gt" if country == 320 else "sv")).post("/v1/organisations", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def term(client: httpx.AsyncClient, committee: str, seat: str, **said: Any) -> httpx.Response:
    body = {"seat_id": seat, "selection": "appointed", "starts_on": AGO[60]}
    return await client.post(f"/v1/committees/{committee}/terms", json=body | said)


async def seated(world: World, client: httpx.AsyncClient, committee: str) -> dict[str, httpx.Response]:
    """The plenary of a committee of three, every seat held: sector -> term."""
    body, institutional = await plenary(client, committee), await institution(world)
    found = {}
    for sector in ("municipal_elected", "community_leader", "ngo"):
        at = await seat(client, committee, body, sector)
        found[sector] = await term(client, committee, at, on_behalf_of_id=institutional)
        assert found[sector].status_code == 201, found[sector].text
    return found
