"""The facts of a committee, gathered from every room in one statement: the one place where a further room is plugged into the steps."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from api import pages
from api.access import Reading
from api.committees import HERE, LASTS, QUORATE, SINCE, TAUGHT_AT, VOTERS
from api.domain.fields import found
from api.domain.steps.declared import declared
from api.domain.steps.facts import (
    Commitment,
    Facts,
    Group,
    Invitation,
    Launch,
    Law,
    Mapping,
    Proof,
    Seated,
    Session,
    Training,
    Waived,
)
from api.domain.steps.frameworks import Framework, followed
from api.pages.statements import ENTERED, INSIDE, Statement, prepared

LAWS = """select b.id as thing, b.in_force_from as "on", least(b.in_force_to, n.repealed_on) as ends_on
    from bylaws b join council_instrument n on n.id = b.instrument_id
    where b.municipality_id = t.municipality_id and b.committee_id = t.id and b.state = 'approved'"""
"""Bylaws are approved only when nothing in them contradicts itself, so those in force are complete."""
TRAININGS = f"""select v.id as thing, coalesce(v.ends_on - 1, v.starts_on) as "on", c.level = 'initial' as initial,
      array(select a.person_id from training_attendance a
        where a.municipality_id = v.municipality_id and a.event_id = v.id and a.present) as people
    from training_event v join course c on c.id = v.course_id
    where v.state = 'held' and v.municipality_id = any({TAUGHT_AT})
      and {HERE.over("v")}"""
DECLARED = f"""select d.kind, d.id as thing, d.happened_on as "on" from declaration d
    where d.committee_id = t.id and {HERE.over("d")}"""
COMMITTED = f"""select c.id as thing, c.committed_on as "on", {LASTS.replace("t.", "c.")} as ends_on,
      {", ".join(f"{since.replace('t.', 'c.')} as {part}" for part, since in SINCE.items())} from commitment c
    where c.committee_id = t.id and c.voided_at is null and {HERE.over("c")}
      and coalesce({LASTS.replace("t.", "c.")} > c.committed_on, true)"""
MAPPED = f"""select m.id as thing, m.done_on as "on",
      array(select distinct k.sector from stakeholder k where k.map_id = m.id and {HERE.over("k")}) as sectors
    from stakeholder_map m where m.committee_id = t.id and m.state = 'done' and {HERE.over("m")}"""
LAUNCHED = f"""select s.id as thing, s.held_on as "on", s.purpose is not null as purpose,
      (select count(*) from session_attendance a where a.municipality_id = s.municipality_id and a.session_id = s.id
        and a.status in ('present', 'represented')) as attended
    from committee_session s
    where s.committee_id = t.id and s.kind = 'inauguration' and s.held_on is not null and {HERE.over("s")}"""
WAIVED = f"""select w.id as thing, w.starts_on as "on", w.ends_on, w.step, w.reason from waiver w
    where w.committee_id = t.id and {HERE.over("w")}"""
INVITED = f"""select i.id as thing, i.sent_on as "on", i.sector,
      case when i.state in ('accepted', 'seated') then i.answered_on end as accepted_on from seat_invitation i
    where i.committee_id = t.id and i.state <> 'draft' and {HERE.over("i")}"""
GROUPED = f"""select b.id as thing, b.starts_on as "on", b.ends_on from body b
    where b.committee_id = t.id and b.kind = 'subcommission' and {HERE.over("b")}"""
MET = f"""select s.id as thing, s.held_on as "on" from committee_session s
    where s.committee_id = t.id and s.held_on is not null and {QUORATE} and {HERE.over("s")}"""
ROOMS = {"committed": COMMITTED, "mapped": MAPPED, "invited": INVITED, "launched": LAUNCHED, "laws": LAWS, "seated": VOTERS}
ROOMS |= {"grouped": GROUPED, "met": MET, "trainings": TRAININGS, "declared": DECLARED, "waived": WAIVED}
"""Room -> what it knows of committee `t`. Assessments and plans have no room yet."""
NOUNS = (
    *("committee", "bylaws", "council_instrument", "commitment", "stakeholder_map", "seat_invitation", "declaration", "waiver"),
    *("body", "seat", "term", "committee_session", "training_event", "training_attendance", "office_term"),
)
"""What is written of these in a municipality may change how steps stand there: api/chronicle.py judges them anew."""
GATHERED = ", ".join(f"(select coalesce(json_agg(row_to_json(r)), '[]') from ({rows}) r)::text as {room}" for room, rows in ROOMS.items())


def with_facts(entered: str, more: str = "") -> Statement:
    """What is needed of some committees `t` to judge their steps, and `more` columns: a page that needs both asks once."""
    return prepared(f"""select e.who, q.* from {entered} left join lateral (
  select t.id, t.country_id, t.municipality_id, t.framework, t.due_on, t.demonstration, {GATHERED} {more} from committee t
  where e.who is not null and t.id = any({{ids}}) and {HERE.seen()}) q on true""")


FACTS = with_facts(ENTERED)
FACTS_INSIDE = with_facts(INSIDE)
"""The same in a transaction that has entered already: the clock's, for many committees at once."""


async def facts_of(reading: Reading, committee: UUID) -> tuple[Framework, Facts]:
    """The committee's framework and its facts.

    Raises Invalid where the service has that framework no more, NotFound where there is no such committee, or none the caller may see.
    """
    row = await pages.ask(reading, FACTS, pages.known_of(reading) | {"ids": [committee]})
    found(row["id"])
    return followed(row["framework"]), facts_in(row)


def facts_in(row: Any) -> Facts:
    """The facts of a row that such a statement answered."""
    said = {room: json.loads(row[room]) for room in ROOMS}
    return Facts(
        laws=tuple(Law(_proof(law, "bylaws"), complete=True, ends_on=_day(law["ends_on"])) for law in said["laws"]),
        seated=tuple(Seated(s["person"], date.fromisoformat(s["starts_on"]), _day(s["ends_on"])) for s in said["seated"]),
        trainings=tuple(Training(_proof(t, "training_event"), t["initial"], frozenset(t["people"])) for t in said["trainings"]),
        declared=tuple(d for each in said["declared"] if (d := declared(each["kind"], _proof(each, "declaration")))),
        commitments=tuple(_committed(each) for each in said["committed"]),
        mappings=tuple(Mapping(_proof(each, "stakeholder_map"), frozenset(each["sectors"])) for each in said["mapped"]),
        waived=tuple(Waived(w["step"], w["reason"], _proof(w, "waiver"), _day(w["ends_on"])) for w in said["waived"]),
        launches=tuple(Launch(_proof(each, "committee_session"), each["purpose"], each["attended"]) for each in said["launched"]),
        invitations=tuple(
            Invitation(_proof(each, "seat_invitation"), each["sector"], _day(each["accepted_on"])) for each in said["invited"]
        ),
        groups=tuple(Group(_proof(each, "body"), _day(each["ends_on"])) for each in said["grouped"]),
        sessions=tuple(Session(_proof(each, "committee_session")) for each in said["met"]),
        demonstration=row["demonstration"],
    )


def _committed(said: dict[str, Any]) -> Commitment:
    parts = {part: _day(said[part]) for part in SINCE}
    return Commitment(_proof(said, "commitment"), _day(said["ends_on"]), **parts)


def _proof(said: dict[str, Any], noun: str) -> Proof:
    return Proof(date.fromisoformat(said["on"]), noun, said["thing"])


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
