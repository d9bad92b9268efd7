"""Alerts: what somebody should do something about, and why. Rules are data, with days of their own for a country; whether one fires follows
from dated facts alone, on any day, and the clock writes down when it did and when it was over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import Field as Limits
from pydantic import TypeAdapter
from sqlalchemy import DateTime
from sqlmodel import Field

from api.domain.calendar import LAST, days_after
from api.domain.committee.committees import intervals
from api.domain.fields import Fields, Key, Row, Slug

FILE = Path(__file__).parents[2] / "data" / "alerts.json"
FADES_DAYS = 365
"""An alert about what is over is over itself a year later: nobody acts on it any more."""
Watched = Literal["sessions", "terms", "bylaws", "commitments", "agreements", "offices", "handovers", "ratifications"]
Words = dict[Literal["en", "es", "pt"], str]


class AlertRule(Fields):
    """When to alert, and what to say."""

    code: Slug
    watches: Watched
    """Whose days it looks at."""
    intervals: int = 0
    """Of sessions: how many intervals of the bylaws after the last one the day is."""
    days: int
    """How many days before that day the alert opens; after it where negative."""
    basis: str
    """Where it comes from."""
    why: Words
    what: Words
    """What to do."""


class AlertRules(Fields):
    """All rules, and the days that countries set otherwise."""

    rules: list[AlertRule]
    countries: dict[str, dict[Slug, int]] = Limits(default_factory=dict)
    """ISO 3166-1 alpha-2 -> rule -> days."""


@lru_cache(maxsize=1)
def shipped() -> tuple[AlertRule, ...]:
    """The rules that come with the service."""
    return TypeAdapter(tuple[AlertRule, ...]).validate_json(FILE.read_text(encoding="utf-8"))


def worded_by(said: Literal["why", "what"]) -> dict[str, dict[str, str]]:
    """Rule -> its sentence in each language."""
    return {rule.code: dict(getattr(rule, said)) for rule in shipped()}


class AlertFields(Fields):
    """That a rule fired, about what, and until when."""

    committee_id: UUID = Field(foreign_key="committee.id")
    rule: str
    noun: str
    """What it is about: the record's noun and id."""
    thing: str
    happens_on: date
    """The day that the rule looks at: on which something ends, was to be done, or should have happened."""
    closed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When it was over; null while it is open. `created_at` says when it opened."""


class Alert(AlertFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key


class AlertOut(AlertFields, Row):
    """An alert as it is read."""

    municipality_id: int
    committee: str
    """Name, for display; never a key."""
    why: str
    """Why the rule fired, in a sentence of the caller's language."""
    what: str
    """What to do about it."""


@dataclass(frozen=True)
class Deadline:
    """A day that somebody should have in mind: of what, and which record says so."""

    watched: Watched
    noun: str
    thing: str
    on: date
    sessions_per_year: int | None = None


@dataclass(frozen=True)
class Alarm:
    """A rule that fires: about what, and the day it looks at."""

    rule: str
    noun: str
    thing: str
    on: date

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.thing


def _day(rule: AlertRule, deadline: Deadline) -> date:
    return days_after(deadline.on, intervals(deadline.sessions_per_year, rule.intervals))


def alarms(deadlines: Iterable[Deadline], own: Mapping[str, int], today: date) -> tuple[dict[tuple[str, str], Alarm], date]:
    """The rules that fire today, by rule and thing, and the next day on which that may be otherwise without anybody writing; `own` are the
    days that the country set."""
    found: dict[tuple[str, str], Alarm] = {}
    following = LAST
    for deadline in deadlines:
        for rule in shipped():
            if rule.watches != deadline.watched:
                continue
            day = _day(rule, deadline)
            opens = days_after(day, -own.get(rule.code, rule.days))
            ends = day if rule.watches == "offices" else days_after(day, FADES_DAYS)
            if opens <= today < ends:
                alarm = Alarm(rule.code, deadline.noun, deadline.thing, day)
                found[alarm.key] = alarm
            following = min([following, *(d for d in (opens, ends) if d > today)])
    return found, following


def changes(kept: Mapping[tuple[str, str], Alert], found: Mapping[tuple[str, str], Alarm]) -> tuple[list[Alert], list[Alarm]]:
    """The open alerts that are over, and what is to be opened; one whose day is another now is closed and opened anew."""
    over = [alert for key, alert in kept.items() if key not in found or found[key].on != alert.happens_on]
    news = [alarm for key, alarm in found.items() if key not in kept or kept[key].happens_on != alarm.on]
    return over, news
