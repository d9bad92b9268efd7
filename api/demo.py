"""The demonstration region, made through the API itself: invented people and affiliations over the real places.

Every address ends in @demo.example and every row says that it is a demonstration. It is loaded into the embedded database, and into a named
one only by `amuprev demo`.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from api import db, founding
from api.app import create_app
from api.settings import Settings
from migrations.catalogues import rows_of

Tell = Callable[[str, int, int], None]


def names() -> list[str]:
    """The local parts of the people's addresses."""
    return [row["name"] for row in rows_of("demo/people")]


def password(home: Path) -> str:
    """The password of all of them: made once, kept beside the embedded database, the same on no two machines."""
    file = home / "demo-password"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text()


async def fill(settings: Settings, url: str, owner_url: str, tell: Tell) -> None:
    """Make what of the demonstration is not there yet; a second time it changes nothing."""
    await founding.sign_keys(url)
    async with db.connected(owner_url) as connection:
        if await connection.fetchval("select exists (select from principal where email = 'reader@demo.example')"):
            return
    app, applications = create_app(settings.model_copy(update={"attempts_per_minute": 10_000}), url)
    async with applications.open():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://demo", timeout=60) as client:
            secret = password(settings.home)
            await _people(client, owner_url, secret, tell)
            await _participations(client, secret, tell)
            await _affiliations(client, secret, tell)
    async with db.connected(owner_url) as connection:
        await connection.execute("update principal set demonstration = true where email like '%@demo.example'")
        await connection.execute("update affiliation set demonstration = true")
        await connection.execute("update participation set demonstration = basis = 'demonstration'")
        await connection.execute("select app.keep_scopes(null, now())")
        await connection.execute("analyze")


async def _ask(client: httpx.AsyncClient, method: str, path: str, **said: Any) -> Any:
    answer = await client.request(method, path, **said)
    if answer.is_error:
        raise RuntimeError(f"{method} {path}: {answer.text}")
    return answer.json()


async def _enter(client: httpx.AsyncClient, token: str, secret: str) -> dict[str, str]:
    tokens = await _ask(client, "POST", "/v1/auth/accept", json={"token": token, "password": secret})
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def _sign_in(client: httpx.AsyncClient, name: str, secret: str) -> dict[str, str]:
    tokens = await _ask(client, "POST", "/v1/auth/token", data={"username": f"{name}@demo.example", "password": secret})
    return {"Authorization": f"Bearer {tokens['access_token']}"}


LAST = ("sonsonate", "mixco", "reader")
"""Come in after the affiliations: a municipality with people of its own decides about them itself."""


async def _people(client: httpx.AsyncClient, owner_url: str, secret: str, tell: Tell) -> None:
    rows = [row for row in rows_of("demo/people") if row["name"] not in LAST]
    first = rows[0]
    token = await founding.add_person(owner_url, f"{first['name']}@demo.example", first["display_name"], True, demonstration=True)
    admin = await _enter(client, token, secret)
    for done, row in enumerate(rows[1:], 1):
        await _invite(client, admin, row, secret)
        tell("people", done, len(rows) - 1)


def _unit(row: dict[str, Any]) -> str | None:
    """The unit as addresses name it; the files name associations by what they sign as."""
    unit: str | None = row["unit"]
    return _associations().get(unit, unit) if unit and row["level"] == "association" else unit


def _associations() -> dict[str, str]:
    return {row["short_name"]: row["id"] for row in rows_of("associations")}


async def _invite(client: httpx.AsyncClient, admin: dict[str, str], row: dict[str, Any], secret: str) -> None:
    body = {"role": row["role"], "level": row["level"], "unit": _unit(row), "starts_on": "2024-01-01"}
    body |= {"email": f"{row['name']}@demo.example", "display_name": row["display_name"]}
    made = await _ask(client, "POST", "/v1/invitations", json=body, headers=admin)
    await _enter(client, made["token"], secret)


def _places() -> dict[str, int]:
    return {f"{row['scheme']}:{row['code']}": int(row["id"]) for row in rows_of("codes") if row["noun"] == "municipality"}


async def _participations(client: httpx.AsyncClient, secret: str, tell: Tell) -> None:
    admin = await _sign_in(client, "region", secret)
    places, associations = _places(), _associations()
    countries = {row["iso2"]: int(row["id"]) for row in rows_of("countries")}
    home = {row["id"]: int(row["country_id"]) for row in rows_of("associations")}
    rows = rows_of("demo/participations")
    for done, row in enumerate(rows, 1):
        body: dict[str, Any] = {k: row[k] for k in ("level", "starts_on", "ends_on", "basis")}
        if row["level"] == "municipality":
            place = places[row["unit"]]
            body |= {"municipality_id": place, "country_id": place // 10_000}
        elif row["level"] == "association":
            body |= {"association_id": int(associations[row["unit"]]), "country_id": home[associations[row["unit"]]]}
        else:
            body |= {"country_id": countries[row["unit"]]}
        await _ask(client, "POST", f"/v1/programmes/{row['programme']}/participations", json=body, headers=admin)
        tell("programmes", done, len(rows))


OFFICERS = {"COMURES": ("comures", "sv"), "ANAM": ("anam", "gt"), "AGAAI": ("anam", "gt"), "AMHON": ("amhon", "hn")}
"""Who proposes and who confirms. AGAAI has nobody of its own here: anam@ holds its office while this runs, and it is taken back."""


async def _affiliations(client: httpx.AsyncClient, secret: str, tell: Tell) -> None:
    admin = await _sign_in(client, "region", secret)
    office = await _lend(client, admin, secret, "anam", _associations()["AGAAI"])
    rows = rows_of("demo/affiliations")
    by_association: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_association[row["association"]].append(row)
    for done, (short_name, members) in enumerate(by_association.items(), 1):
        officer, coordinator = OFFICERS[short_name]
        speaks, unit = await _sign_in(client, officer, secret), _associations()[short_name]
        lines = "\n".join(f"{row['unit']},{row['starts_on']},{row['ends_on'] or ''}" for row in members)
        register = f"municipality,starts_on,ends_on\n{lines}\n"
        await _ask(client, "POST", "/v1/imports/affiliations", params={"association": unit}, content=register, headers=speaks | {"Content-Type": "text/csv"})
        whole = await client.get(f"/v1/associations/{unit}/affiliations", params={"state": "proposed", "format": "ndjson"}, headers=speaks)
        made = [json.loads(line)["id"] for line in whole.text.splitlines()]
        act = {"act_reference": f"Demonstration act of {short_name}", "act_sha256": "0" * 64, "affiliation_ids": made}
        await _ask(client, "POST", "/v1/affiliations/confirmations", json=act, headers=await _sign_in(client, coordinator, secret))
        tell("affiliations", done, len(by_association))
    await _ask(client, "POST", f"/v1/grants/{office['id']}/revoke", headers=admin | {"If-Match": f'"{office["version"]}"'})
    for row in rows_of("demo/people"):
        if row["name"] in LAST:
            await _invite(client, admin, row, secret)


async def _lend(client: httpx.AsyncClient, admin: dict[str, str], secret: str, name: str, association: str) -> dict[str, Any]:
    person = (await _ask(client, "GET", "/v1/me", headers=await _sign_in(client, name, secret)))["principal"]["id"]
    body = {"principal_id": person, "role": "association_officer", "level": "association", "unit": association, "starts_on": "2024-01-01"}
    found: dict[str, Any] = await _ask(client, "POST", "/v1/grants", json=body, headers=admin)
    return found

