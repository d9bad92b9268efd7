"""The demonstration region, made through the API itself: invented people and affiliations over the real places.

Every address ends in @demo.example and every row says that it is a demonstration. It is loaded into the embedded database, and into a named
one only by `amuprev demo`.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api import chronicle, db, founding
from api.access import House
from api.app import create_app
from api.settings import Settings
from migrations.catalogues import rows_of

Tell = Callable[[str, int, int], None]


def password(home: Path) -> str:
    """The password of all of them: made once, kept beside the embedded database, the same on no two machines."""
    file = home / "demo-password"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text()


LABELLED = "update principal set demonstration = true where email like '%@demo.example' and not demonstration"
DONE = "select exists (select from principal where email = 'reader@demo.example' and demonstration)"


async def fill(settings: Settings, url: str, owner_url: str, tell: Tell) -> None:
    """Make what of the region is not there yet: a second time it changes nothing, and one that was broken off is finished."""
    async with once(settings, (url, owner_url), tell, DONE) as making:
        if making is None:
            return
        await _people(making, owner_url)
        await _participations(making)
        await _affiliations(making)
        await chronicle.bring_up(making.house)
        async with making.owner.transaction():
            await making.owner.execute("update affiliation set demonstration = true")
            await making.owner.execute("update participation set demonstration = basis = 'demonstration'")
            await making.owner.execute(LABELLED)
            await making.owner.execute("select app.keep_scopes(null, now())")
        await making.owner.execute("analyze")


@asynccontextmanager
async def once(settings: Settings, urls: tuple[str, str], tell: Tell, done: str) -> AsyncIterator["Making | None"]:
    """What it takes to make a part of the demonstration; None where `done` finds it made. `urls` are the API's and the owner's.

    Of two that start at once, one makes it and the other waits.
    """
    url, owner_url = urls
    await founding.sign_keys(url)
    async with db.connected(owner_url) as owner:
        await owner.execute("select pg_advisory_lock(7221, 4)")
        if await owner.fetchval(done):
            yield None
            return
        app, applications = create_app(settings.model_copy(update={"attempts_per_minute": 10_000}), url)
        async with applications.open() as house:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://demo", timeout=60) as client:
                yield Making(house, client, owner, password(settings.home), tell)


@dataclass(frozen=True)
class Making:
    """What making it takes: the API, and the owner's look at what an earlier filling that was broken off has already made."""

    house: House
    client: httpx.AsyncClient
    owner: Any
    secret: str
    tell: Tell

    async def known(self, name: str) -> Any:
        """Id of a person of the demonstration and whether they have a password; None where nobody invited them yet."""
        statement = "select id, exists (select from credential c where c.principal_id = p.id) as inside from principal p where email = $1"
        return await self.owner.fetchrow(statement, f"{name}@demo.example")


async def _ask(client: httpx.AsyncClient, method: str, path: str, **said: Any) -> Any:
    answer = await client.request(method, path, **said)
    if answer.is_error:
        raise RuntimeError(f"{method} {path}: {answer.text}")
    return answer.json()


async def _enter(client: httpx.AsyncClient, token: str, secret: str) -> dict[str, str]:
    tokens = await _ask(client, "POST", "/v1/auth/accept", json={"token": token, "password": secret})
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def sign_in(client: httpx.AsyncClient, name: str, secret: str) -> dict[str, str]:
    """The header with which a person of the demonstration asks."""
    tokens = await _ask(client, "POST", "/v1/auth/token", data={"username": f"{name}@demo.example", "password": secret})
    return {"Authorization": f"Bearer {tokens['access_token']}"}


LAST = ("sonsonate", "mixco", "reader")
"""Come in after the affiliations: a municipality with people of its own decides about them itself."""


async def _people(making: Making, owner_url: str) -> None:
    rows = [row for row in rows_of("demo/people") if row["name"] not in LAST]
    first, email = rows[0], f"{rows[0]['name']}@demo.example"
    if not (known := await making.known(first["name"])):
        token = await founding.add_person(owner_url, email, first["display_name"], True, demonstration=True)
        await _enter(making.client, token, making.secret)
    elif not known["inside"]:
        await _enter(making.client, await founding.another_link(owner_url, email), making.secret)
    admin = await sign_in(making.client, first["name"], making.secret)
    for done, row in enumerate(rows[1:], 1):
        await invite(making, admin, row)
        making.tell("people", done, len(rows) - 1)


def _unit(row: dict[str, Any]) -> str | None:
    """The unit as addresses name it; the files name associations by what they sign as."""
    unit: str | None = row["unit"]
    return _associations().get(unit, unit) if unit and row["level"] == "association" else unit


def _associations() -> dict[str, str]:
    return {row["short_name"]: row["id"] for row in rows_of("associations")}


async def invite(making: Making, admin: dict[str, str], row: dict[str, Any]) -> None:
    """Let a person of the demonstration come in, where they are not in yet."""
    if (known := await making.known(row["name"])) and known["inside"]:
        return
    body: dict[str, Any] = {"role": row["role"], "level": row["level"], "unit": _unit(row), "starts_on": "2024-01-01"}
    body["personal"] = row["personal"] == "true"
    body |= {"email": f"{row['name']}@demo.example", "display_name": row["display_name"]}
    if known:
        made = await _ask(making.client, "POST", f"/v1/people/{known['id']}/reset", headers=admin)
    else:
        made = await _ask(making.client, "POST", "/v1/invitations", json=body, headers=admin)
    await _enter(making.client, made["token"], making.secret)


def _places() -> dict[str, int]:
    return {f"{row['scheme']}:{row['code']}": int(row["id"]) for row in rows_of("codes") if row["noun"] == "municipality"}


MADE = """select g.code, t.country_id, t.municipality_id, t.association_id, t.starts_on::text
          from participation t join programme g on g.id = t.programme_id"""


async def _participations(making: Making) -> None:
    admin = await sign_in(making.client, "region", making.secret)
    there = {tuple(row) for row in await making.owner.fetch(MADE)}
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
        what = (row["programme"], body["country_id"], body.get("municipality_id"), body.get("association_id"), row["starts_on"])
        if what not in there:
            await _ask(making.client, "POST", f"/v1/programmes/{row['programme']}/participations", json=body, headers=admin)
        making.tell("programmes", done, len(rows))


OFFICERS = {"COMURES": ("comures", "sv"), "ANAM": ("anam", "gt"), "AGAAI": ("anam", "gt"), "AMHON": ("amhon", "hn")}
"""Who proposes and who confirms. AGAAI has nobody of its own here: anam@ holds its office while this runs, and it is taken back."""


async def _affiliations(making: Making) -> None:
    client, secret = making.client, making.secret
    admin = await sign_in(client, "region", secret)
    office = await _lend(making, admin, "anam", _associations()["AGAAI"])
    rows = rows_of("demo/affiliations")
    by_association: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_association[row["association"]].append(row)
    for done, (short_name, members) in enumerate(by_association.items(), 1):
        officer, coordinator = OFFICERS[short_name]
        speaks, unit = await sign_in(client, officer, secret), _associations()[short_name]
        lines = "\n".join(f"{row['unit']},{row['starts_on']},{row['ends_on'] or ''}" for row in members)
        register = f"municipality,starts_on,ends_on\n{lines}\n"
        await _ask(
            client,
            "POST",
            "/v1/imports/affiliations",
            params={"association": unit},
            content=register,
            headers=speaks | {"Content-Type": "text/csv"},
        )
        whole = await client.get(f"/v1/associations/{unit}/affiliations", params={"state": "proposed", "format": "ndjson"}, headers=speaks)
        made = [json.loads(line)["id"] for line in whole.text.splitlines()]
        act = {"act_reference": f"Demonstration act of {short_name}", "act_sha256": "0" * 64, "affiliation_ids": made}
        if made:
            await _ask(client, "POST", "/v1/affiliations/confirmations", json=act, headers=await sign_in(client, coordinator, secret))
        making.tell("affiliations", done, len(by_association))
    await _ask(client, "POST", f"/v1/grants/{office['id']}/revoke", headers=admin | {"If-Match": f'"{office["version"]}"'})
    for row in rows_of("demo/people"):
        if row["name"] in LAST:
            await invite(making, admin, row)


async def _lend(making: Making, admin: dict[str, str], name: str, association: str) -> dict[str, Any]:
    person = str((await making.known(name))["id"])
    lent = "select id, version from granted where principal_id = $1 and association_id = $2 and revoked_at is null"
    if left := await making.owner.fetchrow(lent, person, int(association)):
        return dict(left)
    body = {"principal_id": person, "role": "association_officer", "level": "association", "unit": association, "starts_on": "2024-01-01"}
    found: dict[str, Any] = await _ask(making.client, "POST", "/v1/grants", json=body, headers=admin)
    return found
