"""How terms and members are read: as much of each as its seat shows, or whole with the names for the personal scope."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api import pages
from api.committees import HERE, HOLDS, LAW_IN_FORCE, OF_COMMITTEE, ON, SHOWN, STANDS, OfCommittee
from api.domain.committee.absences import Attended, Sat
from api.domain.committee.composition import Facts, Held
from api.domain.committee.rules import Rules
from api.domain.committee.seats import Display
from api.domain.committee.sectors import Group, SeatRole, Sector
from api.domain.committee.terms import EndReason, MemberOut, TermOut
from api.pages import Listing
from api.pages.statements import ENTERED, INSIDE, Statement, prepared


class TermQuery(OfCommittee):
    """How terms are listed."""

    seat: UUID | None = None
    """Only those of this seat, where it shows its holders."""
    alternate: bool | None = None


class MemberQuery(OfCommittee):
    """How members are listed: those who hold a seat on `as_of`."""

    sector: Sector | None = None
    voting: bool | None = None
    alternate: bool | None = None


class NamedQuery(pages.Query):
    """How the members of one committee are listed: as JSON only, because each reading of a name is recorded."""

    format: Literal["json"] | None = None
    known_at: datetime | None = None
    """As it was known at this instant; as it is known now where it is missing."""
    alternate: bool | None = None


class Known(NamedQuery):
    """The same with the committee that the address names."""

    committee: Annotated[UUID, Field()]


WHOLE = {
    "display": "s.display",
    "seat_id": "t.seat_id",
    "body_id": "t.body_id",
    "body": "b.name",
    "role": "s.role",
    "sector": "s.sector",
    "voting": "s.voting",
    "person_id": "t.person_id",
    "on_behalf_of_id": "t.on_behalf_of_id",
    "organisation": "o.name",
    "selection": "t.selection",
    "end_reason": "t.end_reason",
    "declared": "(select t.starts_on < y.created_at::date from committee y where y.id = t.committee_id)",
    "instrument_id": "t.instrument_id",
    "document_id": "t.document_id",
    "allowed_actions": "case when t.voided_at is not null then array[]::text[] when t.ends_on <= {at}::date then array['void']"
    " else array['end', 'void'] end",
}
OPEN = {"display", "declared", "allowed_actions"}
BY_SECTOR = {"sector", "voting"}


def _masked(column: str) -> str:
    """What a column shows without the personal scope."""
    if column in OPEN:
        return WHOLE[column]
    if column == "person_id":
        return f"case when s.display = '{Display.PERSON}' then {WHOLE[column]} end"
    if column in BY_SECTOR:
        return f"case when s.display <> '{Display.NONE}' then {WHOLE[column]} end"
    return f"case when {SHOWN} then {WHOLE[column]} end"


MASKED = {column: _masked(column) for column in WHOLE}
BESIDE = " join seat s on s.id = t.seat_id join body b on b.id = t.body_id left join organisation o on o.id = t.on_behalf_of_id"
FILTERS = OF_COMMITTEE | {"alternate": "t.alternate = {value}"}
OF_SEAT = "exists (select from seat z where z.id = t.seat_id and {})"
TERMS = Listing(
    "terms",
    TermOut,
    "term t" + BESIDE,
    HERE,
    (("t.starts_on", "date"), ("t.id", "uuid")),
    TermQuery,
    FILTERS | {"seat": f"t.seat_id = {{value}} and {OF_SEAT.format(SHOWN.replace('s.', 'z.'))}"},
    MASKED,
)
MEMBERS = replace(
    TERMS,
    name="members",
    table=f"(select x.* from term x where {STANDS.format('x')}) t" + BESIDE,
    query=MemberQuery,
    filters=FILTERS
    | {column: OF_SEAT.format(f"z.{column} = {{value}} and z.display <> '{Display.NONE}'") for column in ("sector", "voting")},
)
NAMES = {"name": "p.name", "email": "p.email", "phone": "p.phone"}
NAMED = replace(
    MEMBERS,
    name="named members",
    out=MemberOut,
    table=MEMBERS.table + " left join person p on p.id = t.person_id and " + HERE.over("p", "personal"),
    query=Known,
    filters=FILTERS,
    columns=WHOLE | NAMES,
)
UNNAMED = replace(NAMED, name="unnamed members", table=MEMBERS.table, columns=MASKED | dict.fromkeys(NAMES, "null::text"))

# What was known at an instant is what the last change record by then says; ids that no record shows never change and come from the row.
LAST = "select c.body from change c where c.noun = 'term' and c.thing = x.id::text and c.at <= {known_at} order by c.version desc limit 1"
THEN = f"""(select k.* from term y, lateral (select x.* from jsonb_populate_record(y, ({LAST.replace("x.id", "y.id")})) x) k
    where y.committee_id = {{committee}} and exists ({LAST.replace("x.id", "y.id")}) and {STANDS.format("k")}) t"""


def as_known(listing: Listing) -> Listing:
    """The same members as they were known at `known_at`."""
    beside = listing.table.partition(") t")[2]
    return replace(listing, name=f"{listing.name} then", table=THEN + beside)


HELD = f"""select s.id as seat_id, s.sector, s.role, s.voting, x.id as term_id, x.ends_on, x.end_reason, s.display <> 'none' as shown
    from seat s join body b on b.id = s.body_id and b.kind = 'plenary' and {ON.format("b")}
    left join term x on x.municipality_id = t.municipality_id and x.seat_id = s.id and {HOLDS.format("x")}
    where s.committee_id = t.id and {ON.format("s")} and {HERE.over("s")}"""
COUNTED = f"left join lateral (select count(*) as seats, count(h.term_id) as filled from ({HELD}) h) h on true"
"""Beside committee `t`: how many seats its plenary has on the day and how many of them are held, counted of what its composition is."""
ATTENDED = f"""select h.seat_id, h.sector, h.shown,
      json_agg(json_build_array(z.held_on, a.status = 'absent') order by z.held_on desc, z.id desc) as sessions
    from ({HELD}) h join term x on x.municipality_id = t.municipality_id and x.id = h.term_id
    join session_attendance a on a.municipality_id = t.municipality_id and a.seat_id = h.seat_id
    join committee_session z on z.committee_id = t.id and z.id = a.session_id and z.held_on between x.starts_on and {{as_of}}
      and {HERE.over("z")} group by h.seat_id, h.sector, h.shown"""
"""How each seat that is held was at the sessions since its holder came."""
FACTS = f"""
select e.who, q.* from {{entered}}
left join lateral (
  select (select coalesce(json_agg(row_to_json(h)), '[]') from ({HELD}) h)::text as held,
    (select coalesce(json_object_agg(g.code, g.members), json_build_object()) from app.groups_of(t.id, {{as_of}}) g)::text as groups,
    ({LAW_IN_FORCE})::text as bylaws, (select coalesce(json_agg(row_to_json(d)), '[]') from ({ATTENDED}) d)::text as attended
  from committee t where e.who is not null and t.id = {{id}} and {HERE.seen()}) q on true"""


def facts_statement(inside: bool) -> Statement:
    """What a committee is made of on a day, in one statement; `inside` a write transaction or by itself."""
    return prepared(FACTS.replace("{entered}", INSIDE if inside else ENTERED))


ASKED, WITHIN = facts_statement(False), facts_statement(True)


def facts_of(row: Any, day: date) -> Facts:
    """What the statement answered, for the domain."""
    groups: dict[str, int] = json.loads(row["groups"])
    law = json.loads(row["bylaws"]) if row["bylaws"] else None
    return Facts(
        day=day,
        held=[_held(said) for said in json.loads(row["held"])],
        groups={Group(code): members for code, members in groups.items() if code},
        stated=groups.get("", 0),
        rules=Rules.model_validate(law["rules"]) if law else None,
        bylaws_id=UUID(law["id"]) if law else None,
        attended=[_attended(said) for said in json.loads(row["attended"])],
    )


def _attended(said: dict[str, Any]) -> Attended:
    sessions = [Sat(date.fromisoformat(day), absent) for day, absent in said["sessions"]]
    return Attended(UUID(said["seat_id"]), Sector(said["sector"]), said["shown"], sessions)


def _held(said: dict[str, Any]) -> Held:
    return Held(
        seat_id=UUID(said["seat_id"]),
        sector=Sector(said["sector"]),
        role=SeatRole(said["role"]),
        voting=said["voting"],
        term_id=UUID(said["term_id"]) if said["term_id"] else None,
        ends_on=date.fromisoformat(said["ends_on"]) if said["ends_on"] else None,
        end_reason=EndReason(said["end_reason"]) if said["end_reason"] else None,
        shown=said["shown"],
    )
