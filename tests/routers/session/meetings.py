"""Committees of three that can meet, and what a secretary does with a session, for tests that begin where an earlier step ended."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.conftest import World
from tests.routers.committee.walk import AGO, SMALL, approved, ask, founded, institution, plenary, ruled, seat, term

SECTORS = ("municipal_elected", "community_leader", "ngo")
HALF = {"quorum": {"rule": "strict_majority", "base": "legal"}, "notice_days": 5}


@dataclass
class Committee:
    """A committee of Mixco with three voting seats; `ngo` has an alternate."""

    client: httpx.AsyncClient
    id: str
    body: str
    institution: str
    seats: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)

    def lines(self, *there: str, **other: str) -> list[dict[str, str]]:
        """Attendance: these sectors present, the others as they are said."""
        said = dict.fromkeys(there, "present") | other
        return [{"seat_id": self.seats[sector], "status": status} for sector, status in said.items()]

    async def planned(self, **said: Any) -> httpx.Response:
        body = {"meets_on": AGO[10]} | said
        made = await self.client.post(f"/v1/committees/{self.id}/sessions", json=body)
        assert made.status_code == 201, made.text
        return made

    async def called(self, on: str = AGO[20], **said: Any) -> httpx.Response:
        made = await self.planned(**said)
        answer = await ask(self.client, f"/v1/sessions/{made.json()['id']}/call", made, called_on=on)
        assert answer.status_code == 200, answer.text
        return answer

    async def attended(self, session: httpx.Response, *there: str, **other: str) -> httpx.Response:
        return await put(self.client, f"/v1/sessions/{session.json()['id']}/attendance", session, lines=self.lines(*there, **other))

    async def held(self, *there: str, others: dict[str, str] | None = None, **said: Any) -> httpx.Response:
        """A session that these were at."""
        session = await self.called(**said)
        written = await self.attended(session, *there, **(others or {}))
        assert written.status_code == 200, written.text
        answer = await ask(self.client, f"/v1/sessions/{session.json()['id']}/hold", written)
        assert answer.status_code == 200, answer.text
        return answer


async def put(client: httpx.AsyncClient, path: str, made: httpx.Response, **body: Any) -> httpx.Response:
    """PUT `body` with the version of `made`."""
    return await client.put(path, json=body, headers={"If-Match": made.headers["etag"]})


async def gathered(world: World, *, lawful: bool = True, **rules: Any) -> Committee:
    """A committee whose three seats are held; with bylaws in force for 30 days, or without any."""
    mixco, id = await world.who("mixco"), (await founded(world)).json()["id"]
    found = Committee(mixco, id, await plenary(mixco, id), await institution(world))
    if lawful:
        law = await ruled(mixco, id, (await approved(mixco, id)).json()["id"], **(SMALL | HALF | rules))
        assert law.status_code == 200, law.text
    for sector in SECTORS:
        found.seats[sector] = await seat(mixco, id, found.body, sector)
        held = await term(mixco, id, found.seats[sector], on_behalf_of_id=found.institution)
        found.terms[sector] = held.json()["id"]
    alternate = await term(mixco, id, found.seats["ngo"], on_behalf_of_id=found.institution, alternate=True)
    found.terms["alternate"] = alternate.json()["id"]
    return found
