"""What became of a level's committees at the ends of terms of office: one statement, for whoever sees the level whole."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from api import pages
from api.access import Reading
from api.committees import HERE, NAMED_TERM, PLACES_OF, QUORATE, SINCE
from api.domain.fields import found
from api.domain.indicator.figures import visible
from api.domain.levels import Level
from api.domain.transition.survival import INPUTS_MOST, Survival, SurvivalBy, SurvivalCounts, SurvivalGroup, SurvivalPassage, counted
from api.domain.transition.transitions import RERATIFY_DAYS
from api.levels import UNITS, Lens, whole
from api.pages.statements import ENTERED, Statement, prepared

NAMED = NAMED_TERM.replace("t.", "c.")
KEYS: dict[SurvivalBy, str] = {
    SurvivalBy.ENDED_BY: "f.ended_by",
    SurvivalBy.STAGGERING: f"""(select case when (b.rules->>'renewal_cohorts')::int > 1 then 'staggered' else 'at_once' end from bylaws b
        where b.committee_id = f.committee_id and b.in_force_from < f.turns_on
          and (b.in_force_to is null or b.in_force_to >= f.turns_on) and {HERE.over("b")} order by b.in_force_from desc limit 1)""",
    SurvivalBy.CHAMPION: "case when r.champion then 'named' else 'none' end",
    SurvivalBy.INSTRUMENT: f"(select n.kind from council_instrument n where n.id = f.legalised_by and {HERE.over('n')})",
}
COUNTS = f"""count(*) as passages, count(*) filter (where not told) as too_recent,
    count(*) filter (where told and not known) as unknown_before,
    count(*) filter (where told and known and worked) as at_work_before,
    count(*) filter (where told and known and worked and works) as survived,
    count(*) filter (where told and known and not worked) as idle_before,
    count(*) filter (where told and known and not worked and works) as revived,
    count(*) filter (where due) as ratification_due,
    count(*) filter (where due and ratified_on < turns_on + {RERATIFY_DAYS}) as ratified_in_time,
    count(*) filter (where due and ratified_on >= turns_on + {RERATIFY_DAYS}) as ratified_late,
    count(after_on) as met_again, percentile_disc(0.5) within group (order by after_on - turns_on) as median"""
# What is promised between two changes of a municipality's authority is of one authority; the next that is still to come is of no matter.
SURVIVAL = f"""
select e.who, q.*
from {{entered}}
left join lateral (
  select l.unit::text as unit, {{whole}} as sees, y.* from ({{unit}}) l left join lateral (
    with f as materialized (
      select t.id as committee_id, x.id as transition_id, x.turns_on, t.demonstration, o.ended_by, t.legalised_by,
          row_number() over () as n, coalesce(lead(x.turns_on) over terms, 'infinity') as following,
          coalesce(lag(x.turns_on) over terms, '-infinity') as previous,
          coalesce(t.legalised_on < x.turns_on, false) or coalesce(t.launched_on < x.turns_on, false) as begun
        from committee t cross join lateral unnest({PLACES_OF}) m (id)
        join transition x on x.municipality_id = m.id and x.turns_on <= {{{{day}}}}::date
        join office_term o on o.id = x.office_term_id
        where {HERE.seen()} and {{meant}} and {HERE.over("x")} and (t.dissolved_on is null or t.dissolved_on > x.turns_on)
        window terms as (partition by t.id order by x.turns_on)),
    v as (
      select s.committee_id, s.held_on, b.kind = 'plenary' and {QUORATE} as valid
        from committee_session s join body b on b.id = s.body_id
        where s.held_on <= {{{{day}}}}::date and {HERE.over("s")} and {{held}}),
    m as (
      select f.n, bool_or(v.held_on < f.turns_on) as known,
          max(v.held_on) filter (where v.valid and v.held_on < f.turns_on) as before_on,
          min(v.held_on) filter (where v.valid and v.held_on >= f.turns_on and v.held_on < f.following) as after_on
        from f join v on v.committee_id = f.committee_id group by f.n),
    r as (
      select f.n,
          min(c.committed_on) filter (where c.committed_on >= f.turns_on and coalesce({NAMED} > c.committed_on, true)) as ratified_on,
          bool_or(c.committed_on < f.turns_on and coalesce(least(c.ends_on, {NAMED}) >= f.turns_on, true)
            and coalesce({SINCE["champion_since"].replace("t.", "c.")} < f.turns_on, false)) as champion
        from f join commitment c on c.committee_id = f.committee_id and c.committed_on >= f.previous and c.committed_on < f.following
        where c.voided_at is null and c.committed_on <= {{{{day}}}}::date and {HERE.over("c")} and {{promised}} group by f.n),
    p as materialized (
      select f.*, {{key}} as key, m.before_on, m.after_on, r.ratified_on, coalesce(m.known, false) as known,
          turns_on + {{{{days}}}}::int <= {{{{day}}}}::date as told, turns_on + {RERATIFY_DAYS} <= {{{{day}}}}::date as due,
          coalesce(before_on >= turns_on - {{{{days}}}}::int, false) as worked,
          coalesce(after_on < turns_on + {{{{days}}}}::int, false) as works
        from f left join m using (n) left join r using (n)
        where f.turns_on >= {{{{since}}}}::date and (f.begun or m.before_on is not null))
    select (select row_to_json(c) from (select {COUNTS} from p) c)::text as total,
      (select json_agg(row_to_json(c) order by c.key) from (select key, {COUNTS} from p group by key) c)::text as groups,
      (select json_agg(row_to_json(i)) from (select committee_id, transition_id, turns_on, key, before_on as last_session_before,
          after_on as first_session_after, ratified_on from p
          order by turns_on desc, committee_id, transition_id limit {INPUTS_MOST}) i)::text as inputs,
      (select coalesce(bool_or(demonstration), false) from p) as demonstration
  ) y on true
) q on e.who is not null"""


@dataclass(frozen=True)
class Asked:
    """What is asked for: terms of office that ended from `since` to `day`, within how many days, and by what it is told apart."""

    day: date
    since: date | None
    days: int
    by: SurvivalBy


@lru_cache(maxsize=32)
def statement(level: Level, by: SurvivalBy) -> Statement:
    """The statement of a level, told apart by one thing."""
    meant = HERE.meant(level)
    held, promised = (meant.replace("t.", f"{alias}.") for alias in ("s", "c"))
    told = {"meant": meant, "held": held, "promised": promised, "key": KEYS[by], "whole": whole(level)}
    return prepared(SURVIVAL.format(entered=ENTERED, unit=UNITS[level], **told))


async def survival_of(reading: Reading, lens: Lens, asked: Asked) -> Survival:
    """The figures. Raises NotFound where the level is not there or nothing of it is seen, NotAllowed where a part is."""
    known = pages.known_of(reading) | {"unit": lens.unit, "as_of": asked.day, "day": asked.day, "days": asked.days}
    row = await pages.ask(reading, statement(lens.level, asked.by), known | {"since": asked.since or date.min})
    found(row["unit"])
    visible(row["sees"])
    total, inputs = counted(json.loads(row["total"])), json.loads(row["inputs"] or "[]")
    return Survival(
        level=lens.level,
        unit=lens.unit,
        as_of=asked.day,
        turned_from=asked.since,
        days=asked.days,
        by=asked.by,
        total=SurvivalCounts(**total),
        groups=[SurvivalGroup(**counted(said)) for said in json.loads(row["groups"] or "[]")],
        inputs=[SurvivalPassage(**said) for said in inputs],
        inputs_left_out=total["passages"] - len(inputs),
        demonstration=row["demonstration"],
    )
