"""What the members of a committee have learned: one statement over terms, held events and the topics of their courses."""

from datetime import date
from uuid import UUID

from fastapi import Request, Response

from api import pages
from api.access import Reading
from api.committees import HERE, ON, STANDS, TAUGHT_AT, VOTERS
from api.domain.fields import found

OVER = "coalesce(v.ends_on - 1, v.starts_on)"
"""Last day of an event."""
LABEL = "case {language} when 'es' then g.label_es when 'pt' then g.label_pt else g.label_en end"
COVERAGE = pages.prepared(
    f"""select e.who, q.j from {pages.ENTERED} left join lateral (
  with c as (select t.id, t.municipality_id, {TAUGHT_AT} as taught_at, {HERE.seen("personal")} as opened from committee t
             where e.who is not null and {HERE.seen()} and t.id = {{id}}),
  voter as (select distinct v.person from committee t join c using (id), lateral ({VOTERS}) v where {ON.format("v")}),
  held as (select distinct r.person_id, exists (select from voter v where v.person = r.person_id) as voting from c join term r
             on r.municipality_id = c.municipality_id and r.committee_id = c.id
             where r.person_id is not null and {STANDS.format("r")}),
  m as (select h.*, (select min(r.starts_on) from c join term r on r.municipality_id = c.municipality_id and r.committee_id = c.id
                     where r.person_id = h.person_id and r.voided_at is null) as joined_on from held h),
  was as (select a.person_id, k.level, k.topics, {OVER} as on_day from c join training_event v on v.municipality_id = any(c.taught_at)
            join course k on k.id = v.course_id
            join training_attendance a on a.municipality_id = v.municipality_id and a.event_id = v.id
            where v.state = 'held' and a.present and {OVER} <= {{as_of}} and {HERE.over("v")}),
  first as (select m.*, m.joined_on + {{days}}::int as due_on,
              (select min(w.on_day) from was w where w.person_id = m.person_id and w.level = 'initial') as initial_on from m),
  trained as (select from first where voting and initial_on is not null),
  learned as (select distinct w.person_id, x.topic from was w join m on m.person_id = w.person_id, unnest(w.topics) x(topic)),
  topic as (select g.code, g.level, {LABEL} as label, g.position, count(l.person_id)::int as members from training_topic g
            left join learned l on l.topic = g.code group by g.code)
  select json_build_object('committee_id', c.id, 'as_of', {{as_of}}::date,
    'members', (select count(*) from m), 'voting', (select count(*) from voter),
    'voting_trained', (select count(*) from trained),
    'share', round((select count(*) from trained)::numeric / nullif((select count(*) from voter), 0), 4),
    'onboarding', (select json_build_object('days', {{days}}::int, 'on_time', count(*) filter (where initial_on <= due_on),
        'late', count(*) filter (where initial_on > due_on),
        'waiting', count(*) filter (where initial_on is null and due_on >= {{as_of}}),
        'overdue', count(*) filter (where initial_on is null and due_on < {{as_of}})) from first),
    'topics', (select json_agg(json_build_object('code', code, 'level', level, 'label', label, 'members', members,
        'missing', (select count(*) from m) - members) order by position) from topic),
    'gaps', case when c.opened then (select coalesce(json_agg(json_build_object('person_id', f.person_id, 'voting', f.voting,
        'joined_on', f.joined_on, 'initial_on', f.initial_on, 'due_on', f.due_on,
        'missing', array(select t.code from topic t where not exists (select from learned l where l.person_id = f.person_id
          and l.topic = t.code) order by t.position)) order by f.joined_on, f.person_id), '[]') from first f) end)::text as j
  from c) q on true"""
)


async def learned(reading: Reading, committee: UUID, as_of: date | None, days: int) -> str:
    """What the members have learned on a day, as JSON. Raises NotFound where there is no such committee, or none the caller may see."""
    known = pages.known_of(reading) | {"id": committee, "days": days}
    row = await pages.ask(reading, COVERAGE, known | ({"as_of": as_of} if as_of else {}))
    found(row["j"])
    return str(row["j"])


async def coverage(request: Request, reading: Reading, committee: UUID, as_of: date | None, days: int) -> Response:
    """The same as an answer."""
    said = await learned(reading, committee, as_of, days)
    return pages.conditional(request, said.encode(), {"Content-Language": reading.language})
