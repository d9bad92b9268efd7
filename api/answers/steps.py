"""How many committees of a level stand where: one statement over what the clock wrote down (api/chronicle.py)."""

import json
from datetime import date, datetime
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from api import pages
from api.access import Reading
from api.committees import HERE
from api.domain.fields import found
from api.domain.indicator.figures import visible
from api.domain.levels import Level
from api.domain.steps.frameworks import followed
from api.domain.steps.standing import REACHED
from api.levels import UNITS, Lens, whole
from api.pages.statements import ENTERED, Statement, prepared

REACHED_SQL = "(" + ", ".join(f"'{state}'" for state in sorted(REACHED)) + ")"
STEPS = """
select e.who, q.*
from {entered}
left join lateral (
  select l.unit::text as unit, {whole} as sees, y.* from ({unit}) l left join lateral (
    with c as materialized (select t.id, t.demonstration from committee t where {seen} and {meant} and {follows} = {{framework}}
        and (t.dissolved_on is null or t.dissolved_on > {{day}}::date) and t.created_at <= {{instant}}::timestamptz),
    r as (select t.step, t.state, t.since, {{day}}::date - t.since as days from step_record t
        where {seen} and {meant} and {known} and t.framework = {{framework}} and exists (select from c where c.id = t.committee_id)),
    s as (select step, count(*) filter (where state = 'in_progress') as in_progress, count(*) filter (where state = 'achieved') as achieved,
        count(*) filter (where state = 'declared') as declared, count(*) filter (where state = 'lapsed') as lapsed,
        count(*) filter (where state = 'waived') as waived, count(*) filter (where state <> 'not_started') as begun,
        count(*) filter (where state in {reached} and since >= {{quarter}}::date) as moved,
        count(*) filter (where state = 'lapsed' and since >= {{quarter}}::date) as lapsed_lately,
        percentile_disc(0.5) within group (order by days) filter (where state = 'in_progress') as days_in_progress,
        percentile_disc(0.5) within group (order by days) filter (where state in {reached}) as days_reached
      from r group by step)
    select (select count(*) from c) as committees, (select coalesce(bool_or(demonstration), false) from c) as demonstration,
      (select json_agg(row_to_json(s))::text from s) as steps
  ) y on true
) q on e.who is not null"""
NOW, THEN = "t.replaced_at is null", "t.created_at <= {instant} and (t.replaced_at is null or t.replaced_at > {instant})"
FOLLOWED = f"""coalesce((select r.framework from step_record r
    where r.committee_id = t.id and {THEN.replace("t.", "r.")} and {HERE.over("r")} order by r.created_at desc limit 1), t.framework)"""
"""What a committee followed at an instant: what was recorded then says so; of one that had begun nothing, what it follows now."""


class StepCount(BaseModel):
    """One step, and how many committees stand how. The six counts add up to all committees."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    step: str
    number: int
    name: str
    not_started: int
    in_progress: int
    achieved: int
    declared: int
    """Reached before the committee joined, by its own word and a document."""
    lapsed: int
    """Reached once, and no more."""
    waived: int
    moved: int
    """Of those that have reached it: since this quarter began."""
    lapsed_lately: int
    """Of those that lapsed: since this quarter began."""
    days_in_progress: int | None
    """Median days since it was begun, of those in progress; null where there is none."""
    days_reached: int | None
    """Median days since it was reached, of those that have."""


class StepsOfLevel(BaseModel):
    """How many committees of a level stand where."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    level: Level
    unit: str
    """As the address named it; empty for the region."""
    framework: str
    as_known_at: datetime
    """Send it back as `known_at`. What changed within the last minute may be missing."""
    quarter_from: date
    """First day of the quarter that `moved` and `lapsed_lately` are about."""
    committees: int
    """Committees that follow the framework and are not dissolved."""
    demonstration: bool
    """Whether any of them is invented."""
    steps: list[StepCount]


@lru_cache(maxsize=16)
def statement(level: Level, then: bool) -> Statement:
    """The statement of a level, of now or of an instant."""
    return prepared(
        STEPS.format(
            entered=ENTERED, unit=UNITS[level], whole=whole(level), seen=HERE.seen(), meant=HERE.meant(level),
            known=THEN if then else NOW, follows=FOLLOWED if then else "t.framework", reached=REACHED_SQL,
        )
    )  # fmt: skip


async def steps_of(reading: Reading, lens: Lens, code: str, known_at: datetime | None) -> StepsOfLevel:
    """The summary. Raises NotFound where the level is not there or nothing of it is seen, NotAllowed where a part is, Invalid where the
    service has no such framework."""
    framework, instant = followed(code), known_at or reading.at
    day = instant.date()
    quarter = date(day.year, day.month - (day.month - 1) % 3, 1)
    known = pages.known_of(reading) | {"unit": lens.unit, "as_of": day, "framework": code}
    row = await pages.ask(
        reading, statement(lens.level, known_at is not None), known | {"instant": instant, "day": day, "quarter": quarter}
    )
    found(row["unit"])
    visible(row["sees"])
    counted = {said.pop("step"): said for said in json.loads(row["steps"] or "[]")}
    zero = dict.fromkeys(("in_progress", "achieved", "declared", "lapsed", "waived", "begun", "moved", "lapsed_lately"), 0)
    steps = []
    for step in framework.steps:
        said = zero | {"days_in_progress": None, "days_reached": None} | counted.get(step.code, {})
        name, begun = step.name.in_(reading.language), said.pop("begun")
        steps.append(StepCount(step=step.code, number=step.number, name=name, not_started=row["committees"] - begun, **said))
    return StepsOfLevel(
        level=lens.level,
        unit=lens.unit,
        framework=code,
        as_known_at=instant,
        quarter_from=quarter,
        committees=row["committees"],
        demonstration=row["demonstration"],
        steps=steps,
    )
