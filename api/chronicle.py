"""What committees come to, written down by the clock: how their steps stand, states that end by the calendar, and alerts.

Reading computes the same for any day without this; what it adds is that the feed tells of what nobody wrote, that levels are summed from
rows that are there, and that what was known at an instant can be read. The clock reads the feed instead of being called from each room:
no writer waits for it, none can forget it, and what a killed process had not done is done by the next.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import select

from api import db
from api.access import Caller, House, housekeeping
from api.alerts import NOUNS as WATCHED
from api.alerts import deadlines_of
from api.domain.alert.alerts import Alert, alarms, changes
from api.domain.calendar import LAST
from api.domain.committee.committees import Committee, stand
from api.domain.errors import Invalid
from api.domain.indicator.computed import STEPS
from api.domain.steps.frameworks import followed
from api.domain.steps.records import StepRecord, differences, due
from api.domain.steps.standing import standings
from api.intake.computing import recounted
from api.standings import FACTS_INSIDE, NOUNS, facts_in

AT_ONCE = 50
"""Committees judged in one transaction: a writer that waits for one of them waits for less than a second."""


async def bring_up(house: House) -> int:
    """Judge every committee whose day has come or of which something changed, until none is left. Returns how many records were made."""
    made = 0
    while True:
        async with housekeeping(house) as clock:
            await db.run(clock.session, "select pg_advisory_xact_lock(7221, 3)")  # The clocks of several processes take turns.
            await _turn(clock)
            asked = {"nouns": [*NOUNS, *WATCHED], "today": clock.at.date(), "most": AT_ONCE}
            ids = list((await db.run(clock.session, "select app.steps_due(:nouns, :today, :most)", **asked)).scalars())
            made += await _judge(clock, ids) if ids else 0
        if len(ids) < AT_ONCE:
            return made


async def _turn(clock: Caller) -> None:
    """When a quarter has begun, let what stands be counted in it too: all of it at once, so that nobody reads a sum of a part."""
    before = (await db.run(clock.session, "select app.begin_quarter(:today)", today=clock.at.date())).scalar()
    places = (await db.run(clock.session, "select distinct municipality_id from step_record")).scalars().all() if before else []
    if places:
        await recounted(await db.driver(clock.session), clock, STEPS, places, before.year)


async def _judge(clock: Caller, ids: Sequence[UUID]) -> int:
    today = clock.at.date()
    connection = await db.driver(clock.session)
    rows = await connection.fetch(FACTS_INSIDE.sql, *FACTS_INSIDE.values({"ids": list(ids)}))
    kept: dict[UUID, dict[str, StepRecord]] = {id: {} for id in ids}
    of_these = select(StepRecord).where(StepRecord.committee_id.in_(ids), StepRecord.replaced_at.is_(None))  # type: ignore[attr-defined, union-attr]
    for record in (await clock.session.exec(of_these)).all():
        kept[record.committee_id][record.step] = record
    following, news = {}, {}
    for row in rows:
        news[row["id"]], following[row["id"]] = await _recorded(clock, row, kept[row["id"]])
    for id in [row["id"] for row in rows if row["due_on"] and row["due_on"] <= today]:
        committee = await db.fetch(clock, Committee, id, "true")
        stand(committee, today)
        await db.keep(clock, committee, "lapse", fields=["state", "reason", "due_on"])
    for id, day in (await _alerted(clock, ids, {row["id"]: row for row in rows})).items():
        following[id] = min(following[id], day)
    await db.run(clock.session, "select app.steps_judged(:ids, :days)", ids=list(following), days=list(following.values()))
    if places := {row["municipality_id"] for row in rows if news[row["id"]]}:
        await recounted(connection, clock, STEPS, sorted(places), today.year)
    return sum(news.values())


async def _recorded(clock: Caller, row: Any, kept: dict[str, StepRecord]) -> tuple[int, date]:
    """Write down what of one committee is not what is kept of it; how much that is, and when to look again."""
    facts, today = facts_in(row), clock.at.date()
    try:
        framework = followed(row["framework"])
    except Invalid:  # The service has it no more: what was recorded stays as it is.
        framework = None
    found = standings(framework, facts, today) if framework else []
    ours = {code: record for code, record in kept.items() if framework is None or record.framework == framework.code}
    news = differences(ours, found)
    over = (kept.keys() - ours.keys()) | (ours.keys() & {standing.step.code for standing in news})
    for before in [kept[code] for code in over]:
        before.replaced_at = clock.at
        clock.session.add(before)
    await clock.session.flush()
    for standing in news:
        record = StepRecord(
            created_at=clock.at, updated_at=clock.at,
            country_id=row["country_id"], municipality_id=row["municipality_id"], committee_id=row["id"],
            framework=row["framework"], step=standing.step.code, number=standing.step.number,
            state=standing.state, since=standing.since, lapses_on=standing.lapses_on,
        )  # fmt: skip
        await db.keep(clock, record, "create")
    own = row["due_on"] if row["due_on"] and row["due_on"] > today else LAST
    return len(news), min(due(found, facts, today), own)


async def _alerted(clock: Caller, ids: Sequence[UUID], placed: dict[UUID, Any]) -> dict[UUID, date]:
    """Open the alerts that fire now and close those that are over; when to look again at each committee."""
    kept: dict[UUID, dict[tuple[str, str], Alert]] = {id: {} for id in ids}
    open_now = select(Alert).where(Alert.committee_id.in_(ids), Alert.closed_at.is_(None))  # type: ignore[attr-defined, union-attr]
    for alert in (await clock.session.exec(open_now)).all():
        kept[alert.committee_id][alert.rule, alert.thing] = alert
    following: dict[UUID, date] = {}
    watched = await deadlines_of(await db.driver(clock.session), ids, clock.at.date())
    for id, alerts in kept.items():
        own, deadlines = watched.get(id, ({}, []))
        found, following[id] = alarms(deadlines, own, clock.at.date())
        over, news = changes(alerts, found)
        for alert in over:
            alert.closed_at = clock.at
            await db.keep(clock, alert, "close", fields=["closed_at"])
        for alarm in news:
            row = Alert(
                created_at=clock.at, updated_at=clock.at, committee_id=id,
                country_id=placed[id]["country_id"], municipality_id=placed[id]["municipality_id"],
                rule=alarm.rule, noun=alarm.noun, thing=alarm.thing, happens_on=alarm.on,
            )  # fmt: skip
            await db.keep(clock, row, "create")
    return following
