"""How a committee is doing, gathered from the rooms: who holds its seats, what they learned, how words were kept, what a year came to."""

import json
from collections import defaultdict
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from api import pages
from api.access import Reading
from api.answers.coverage import learned
from api.answers.follow_through import follow_through_of
from api.committees import HERE, HOLDS, ON, PLACES_OF, QUORATE, SHOWN
from api.domain.committee.sectors import Sector
from api.domain.fields import found
from api.domain.session.agreements import kept_word
from api.domain.training.attendance import ONBOARDING_DAYS, TrainingOut
from api.domain.vitals.drop_off import DropOffs, Seated, drop_off, ordered
from api.domain.vitals.health import Health, health
from api.domain.vitals.vector import DAYS, Counts, Known
from api.levels import FIGURES
from api.outreach import CAME
from api.pages.statements import ENTERED, prepared
from api.roster import ASKED, facts_of

YEAR = f"{{0}} > {{{{as_of}}}}::date - {DAYS} and {{0}} <= {{{{as_of}}}}"
SINCE = """select min(v.in_force_from) from bylaws v where v.municipality_id = t.municipality_id and v.committee_id = t.id
    and v.state = 'approved' and v.in_force_from <= {as_of}"""
LEGALISED = f"""coalesce(t.legalised_on <= {{as_of}}, false) or exists (select from council_instrument n
    where n.committee_id = t.id and n.council_date <= {{as_of}} and n.repealed_on > {{as_of}} and {HERE.over("n")}
      and (n.id = t.legalised_by or exists (select from bylaws v where v.instrument_id = n.id and {HERE.over("v")})))"""
"""A repeal takes the day from the committee: until then its instrument held, and what was said of those days stays so."""
MET = f"""select s.id, s.municipality_id, s.kind, {QUORATE} as quorate
    from committee_session s join body b on b.id = s.body_id and b.kind = 'plenary'
    where s.committee_id = t.id and {YEAR.format("s.held_on")} and {HERE.over("s")}"""
SESSIONS = f"""select count(*) filter (where quorate and kind = 'ordinary') as ordinary, count(*) filter (where quorate) as quorate,
      count(*) filter (where quorate and n.approved_on <= {{as_of}}) as minuted,
      count(*) filter (where quorate and n.published_on <= {{as_of}}) as published
    from met left join minutes n on n.municipality_id = met.municipality_id and n.session_id = met.id and {HERE.over("n")}"""
ATTENDED = """select count(*) filter (where a.status in ('present', 'represented')) as attended, count(*) as entitled
    from met join session_attendance a on a.municipality_id = met.municipality_id and a.session_id = met.id where a.voting"""
HOLDERS = f"""select count(*) filter (where x.selection <> 'ex_officio' and b.kind = 'plenary') as holders,
      count(*) filter (where x.selection = 'open_call' and b.kind = 'plenary') as by_call,
      count(distinct x.ends_on) filter (where x.selection <> 'ex_officio' and b.kind = 'plenary') as ends,
      count(*) filter (where s.sector = 'municipal_staff'
        and (b.kind = 'secretariat' or s.role in ('technical_secretary', 'executive_secretary'))) as secretaries
    from term x join seat s on s.id = x.seat_id and {ON.format("s")} join body b on b.id = s.body_id and {ON.format("b")}
    where x.committee_id = t.id and {HOLDS.format("x")} and {HERE.over("x")}"""
ASSISTED = f"""select count(*) from technical_assistance a where a.municipality_id = any({PLACES_OF})
    and {YEAR.format("a.starts_on")} and {HERE.over("a")}"""
AFFILIATED = f"""select count(*) from affiliation a where a.municipality_id = any({PLACES_OF}) and a.state = 'confirmed'
    and {ON.format("a")} and {HERE.over("a")}"""
FIGURED = f"""select count(distinct o.period_on) from observation o where o.territory_id = any({PLACES_OF})
    and {YEAR.format("o.period_on")} and o.value is not null and {FIGURES.over("o")}
    and o.indicator_id in (select i.id from indicator i where i.origin = 'reported')"""
"""What was reported: that we count something ourselves says nothing of what anybody watches."""
DECLARED = f"""select coalesce(json_object_agg(d.part, d.id order by d.starts_on, d.id), json_build_object()) from item_declaration d
    where d.committee_id = t.id and {ON.format("d")} and {HERE.over("d")}"""
COUNTED = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select t.id, t.demonstration, ({LEGALISED}) as legalised, ({SINCE}) as ruled_since, ({CAME}) as came_on,
    ({ASSISTED}) as assisted, ({AFFILIATED}) as affiliations, ({FIGURED}) as figures, ({DECLARED})::text as declared, m.*, h.*
  from committee t, lateral (with met as ({MET}) select * from ({SESSIONS}) x, ({ATTENDED}) y) m, lateral ({HOLDERS}) h
  where e.who is not null and t.id = {{id}} and {HERE.seen()}) q on true""")


async def health_of(reading: Reading, committee: UUID, day: date) -> Health:
    """How a committee is doing on a day. Raises NotFound where there is no such committee, or none the caller may see."""
    return health(await _known(reading, committee, day), reading.language)


async def _known(reading: Reading, committee: UUID, day: date) -> Known:
    asked = pages.known_of(reading) | {"id": committee, "as_of": day}
    row = await pages.ask(reading, COUNTED, asked)
    found(row["id"])
    return Known(
        committee_id=committee,
        demonstration=row["demonstration"],
        made=facts_of(await pages.ask(reading, ASKED, asked), day),
        learned=TrainingOut.model_validate_json(await learned(reading, committee, day, ONBOARDING_DAYS)),
        kept=(await follow_through_of(reading, committee, day)).total,
        counts=_counts(row),
        declared={part: UUID(id) for part, id in json.loads(row["declared"]).items()},
    )


def _counts(row: Any) -> Counts:
    return Counts(**{field.name: row[field.name] for field in fields(Counts)})


FILLED = f"""from term x join seat s on s.id = x.seat_id and {ON.format("s")} left join organisation o on o.id = x.on_behalf_of_id
    where x.committee_id = t.id and {HOLDS.format("x")} and {HERE.over("x")}"""
SEATED = f"""select o.id, o.name, array_agg(distinct s.sector) as sectors, count(*) as seats
    {FILLED} and {SHOWN} and o.id is not null group by 1, 2"""
CAME_TO = f"""select x.on_behalf_of_id as id, count(*) as seats, count(*) filter (where a.status in ('present', 'represented')) as there
    from committee_session v join session_attendance a on a.municipality_id = v.municipality_id and a.session_id = v.id
    join seat s on s.id = a.seat_id and {SHOWN} join term x on x.id = a.term_id
    where v.committee_id = t.id and {YEAR.format("v.held_on")} and x.on_behalf_of_id is not null and {HERE.over("v")}
    group by 1, v.held_on, v.id order by v.held_on desc, v.id desc"""
RESULT = f"""greatest((select max(a.fulfilled_on) from agreement a
      where a.committee_id = t.id and a.fulfilled_on <= {{as_of}} and {HERE.over("a")}),
    (select max(n.published_on) from minutes n where n.committee_id = t.id and n.published_on <= {{as_of}} and {HERE.over("n")}))"""
AT_TABLE = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select t.id, t.demonstration, {RESULT} as result_on, (select count(*) {FILLED}) as filled,
    (select coalesce(json_agg(row_to_json(r)), '[]') from ({SEATED}) r)::text as seated,
    (select coalesce(json_agg(row_to_json(r)), '[]') from ({CAME_TO}) r)::text as came
  from committee t where e.who is not null and t.id = {{id}}) q on true""")
"""Of a committee that the caller sees: `follow_through_of` has said so."""


async def drop_offs_of(reading: Reading, committee: UUID, day: date) -> DropOffs:
    """The institutions at the table on a day, and what speaks for it that they leave.

    Raises NotFound where there is no such committee, or none the caller may see.
    """
    kept = {word.organisation_id: word for word in (await follow_through_of(reading, committee, day)).institutions}
    row = await pages.ask(reading, AT_TABLE, pages.known_of(reading) | {"id": committee, "as_of": day})
    found(row["id"])
    came: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for each in json.loads(row["came"]):
        came[UUID(each["id"])].append((each["seats"], each["there"]))
    nothing = kept_word(0, 0, 0, 0)
    seated = [
        Seated(id, s["name"], [Sector(c) for c in s["sectors"]], s["seats"], came[id], kept.get(id, nothing))
        for s in json.loads(row["seated"])
        if (id := UUID(s["id"]))
    ]
    return DropOffs(
        committee_id=committee,
        as_of=day,
        demonstration=row["demonstration"],
        last_result_on=row["result_on"],
        not_shown=row["filled"] - sum(one.seats for one in seated),
        institutions=ordered([drop_off(one, row["result_on"], day, reading.language) for one in seated]),
    )
