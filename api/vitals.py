"""What a committee's health is made of: who holds its seats, what they learned, how words were kept, and what is counted of a year."""

from datetime import date
from typing import Any
from uuid import UUID

from api import pages
from api.access import Reading
from api.answers.coverage import learned
from api.answers.follow_through import follow_through_of
from api.committees import HERE, ON, PLACES_OF
from api.domain.fields import found
from api.domain.training.attendance import ONBOARDING_DAYS, TrainingOut
from api.domain.vitals.health import Health, health
from api.domain.vitals.vector import DAYS, Counts, Known
from api.levels import FIGURES
from api.outreach import CAME
from api.pages.statements import ENTERED, prepared
from api.roster import ASKED, facts_of

YEAR = f"> {{as_of}}::date - {DAYS} and {{0}} <= {{as_of}}"
SINCE = f"""select min(v.in_force_from) from bylaws v where v.committee_id = t.id and v.state = 'approved' and v.in_force_from <= {{as_of}}
    and {HERE.over("v")}"""
MET = f"""select s.id, s.municipality_id, s.kind, coalesce((s.quorum->>'met')::boolean, false) as quorate
    from committee_session s join body b on b.id = s.body_id and b.kind = 'plenary'
    where s.committee_id = t.id and s.held_on {YEAR.replace("{0}", "s.held_on")} and {HERE.over("s")}"""
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
    where x.committee_id = t.id and not x.alternate and x.voided_at is null and {ON.format("x")} and {HERE.over("x")}"""
ASSISTED = f"""select count(*) from technical_assistance a where a.municipality_id = any({PLACES_OF})
    and a.starts_on {YEAR.replace("{0}", "a.starts_on")} and {HERE.over("a")}"""
AFFILIATED = f"""select count(*) from affiliation a where a.municipality_id = any({PLACES_OF}) and a.state = 'confirmed'
    and {ON.format("a")} and {HERE.over("a")}"""
FIGURED = f"""select count(distinct o.period_on) from observation o where o.territory_id = any({PLACES_OF})
    and o.period_on {YEAR.replace("{0}", "o.period_on")} and o.value is not null and {FIGURES.over("o")}"""
COUNTED = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select t.id, t.demonstration, coalesce(t.legalised_on <= {{as_of}}, false) as legalised, ({SINCE}) as ruled_since, ({CAME}) as came_on,
    ({ASSISTED}) as assisted, ({AFFILIATED}) as affiliations, ({FIGURED}) as figures, m.*, h.*
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
    )


def _counts(row: Any) -> Counts:
    return Counts(**{name: row[name] for name in Counts.__dataclass_fields__})
