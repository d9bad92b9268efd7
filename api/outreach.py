"""Who could be at the table, gathered for the gap report in one statement; and how invitations and stakeholders are read."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import select

from api import db, pages
from api.access import Caller, House, Reading, one_by_one
from api.committees import HERE, HOLDS, LAW_IN_FORCE, ON, SHOWN, STANDS
from api.domain.committee.persons import Person
from api.domain.committee.rules import Rules
from api.domain.committee.sectors import Sector
from api.domain.fields import found
from api.domain.outreach.gaps import Asked, Candidate, Facts
from api.domain.outreach.invitations import SeatInvitation, expire
from api.domain.outreach.stakeholders import Stakeholder
from api.domain.outreach.stances import StakeholderStance, untied
from api.domain.outreach.told import MapTold, SectorGaps, gaps_told, new_organisations
from api.domain.steps.frameworks import followed
from api.pages.statements import ENTERED, prepared

NEW_MONTHS = 12
"""Within how many months a new organisation should come where the committee's framework says nothing of it."""
CANDIDATE, ASKING = TypeAdapter(list[Candidate]), TypeAdapter(list[Asked])
OVERDUE = "select id from seat_invitation where state = 'sent' and expires_on <= :day order by expires_on, id limit 500"
_PERSONAL = HERE.seen("personal")


def _of(table: str) -> str:
    """What the caller reads of `table`, as `x`, of committee `t`."""
    return f"from {table} x where x.committee_id = t.id and {HERE.over('x')}"


LATEST = f"""select x.id, x.done_on, x.valid_until {_of("stakeholder_map")} and x.state = 'done' and x.done_on <= {{as_of}}
    order by x.done_on desc, x.id desc limit 1"""
TAKEN = f"""exists (select from term y join seat s on s.id = y.seat_id and {HERE.over("s")}
    where y.on_behalf_of_id = x.organisation_id and y.committee_id = t.id
    and {STANDS.format("y")} and {HERE.over("y")} and ({SHOWN} or {_PERSONAL}))"""
"""Whether the organisation of stakeholder `x` holds a seat, as far as the seat shows it: not being named would tell it else."""
CANDIDATES = f"""select x.id, x.sector, x.influence, x.interest, x.populations, x.organisation_id, x.institution, x.person_id,
      (select o.name from organisation o where o.id = x.organisation_id) as organisation, {TAKEN} as seated
    {_of("stakeholder")} and x.map_id = (select m.id from ({LATEST}) m)"""
ASKED = f"""select x.sector, x.sent_on, x.expires_on, x.answered_on, x.state, x.organisation_id, x.institution,
      x.contact_person_id as person_id, (select y.starts_on from term y where y.id = x.term_id and {HERE.over("y")}) as seated_on
    {_of("seat_invitation")} and x.state <> 'draft' and x.sent_on <= {{as_of}}"""
SEATED = f"""select s.sector, count(*) as seats from seat s join body b on b.id = s.body_id and b.kind = 'plenary' and {ON.format("b")}
    join term y on y.municipality_id = t.municipality_id and y.seat_id = s.id and {HOLDS.format("y")}
    where s.committee_id = t.id and {ON.format("s")} and {HERE.over("s")} group by s.sector"""
CAME = f"""select max(f.first_on) from (select min(x.starts_on) as first_on {_of("term")} and x.voided_at is null
    and x.on_behalf_of_id is not null and x.starts_on <= {{as_of}} group by x.on_behalf_of_id) f"""
ROOMS = {"map": LATEST, "candidates": CANDIDATES, "asked": ASKED, "seated": SEATED}
GATHERED = ", ".join(f"(select coalesce(json_agg(row_to_json(r)), '[]') from ({rows}) r)::text as {room}" for room, rows in ROOMS.items())
GAPS = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select t.framework, {GATHERED}, ({CAME}) as came, ({LAW_IN_FORCE})::text as bylaws
  from committee t where e.who is not null and t.id = {{id}} and {HERE.seen()}) q on true""")


async def sector_gaps(reading: Reading, committee: UUID, day: date) -> SectorGaps:
    """The gap report of a committee on a day. Raises NotFound where there is no such committee, or none the caller may see."""
    row = await pages.ask(reading, GAPS, pages.known_of(reading) | {"id": committee, "as_of": day})
    found(row["framework"])
    framework = followed(row["framework"])
    law = json.loads(row["bylaws"]) if row["bylaws"] else None
    months = framework.set_to("invited-lately").get("months", NEW_MONTHS)
    assert isinstance(months, int)
    facts = Facts(
        day=day,
        by_bylaws=_by_bylaws(Rules.model_validate(law["rules"])) if law else {},
        by_framework=frozenset(map(Sector, framework.sectors)),
        candidates=CANDIDATE.validate_json(row["candidates"]),
        asked=ASKING.validate_json(row["asked"]),
        seated={Sector(said["sector"]): said["seats"] for said in json.loads(row["seated"])},
    )
    mapped = next((_map(said, day) for said in json.loads(row["map"])), None)
    said = (mapped, UUID(law["id"]) if law else None)
    return gaps_told(facts, committee, said, new_organisations(row["came"], months, day), reading.language)


async def expire_due(house: House) -> int:
    """Write down which invitations nobody answered in time, so that the feed tells. Returns how many were looked at."""
    return await one_by_one(house, OVERDUE, _expire)


async def _expire(caller: Caller, id: UUID) -> None:
    row = await db.fetch(caller, SeatInvitation, id, "true")
    if expire(row, caller.at.date()):
        await db.keep(caller, row, "expire", fields=["state"])


async def forget_stances(caller: Caller, person: Person) -> None:
    """Erase how a person stands, and to whom, wherever they are a leader on a map: with them, and with those who are tied to them."""
    theirs = select(Stakeholder.id).where(Stakeholder.committee_id == person.committee_id, Stakeholder.person_id == person.id)
    gone = set((await caller.session.exec(theirs)).all())
    stances = select(StakeholderStance).where(StakeholderStance.committee_id == person.committee_id)
    for stance in (await caller.session.exec(stances)).all() if gone else ():
        if stance.id in gone:
            await db.remove(caller, stance)
        elif untied(stance, gone):
            await db.keep(caller, stance, "erase", fields=["links"])


def _by_bylaws(rules: Rules) -> dict[Sector, int]:
    """Fewest seats by sector: a sector may stand twice, once voting and once not."""
    return {s.sector: sum(r.min for r in rules.seats if r.sector is s.sector) for s in rules.seats}


def _map(said: dict[str, Any], day: date) -> MapTold:
    until = date.fromisoformat(said["valid_until"])
    return MapTold(id=said["id"], done_on=said["done_on"], valid_until=until, fresh=day < until)
