"""What steps came to, written down when it became known: by the clock alone, so that what was known then can be read for ever."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field

from api.domain.calendar import LAST
from api.domain.fields import Fields, Key, Row, one_of
from api.domain.steps.facts import Facts
from api.domain.steps.standing import Standing, StepState, days_of


class StepRecordFields(Fields):
    """How a step stood, from when that became known until something else did."""

    committee_id: UUID = Field(foreign_key="committee.id")
    framework: str
    step: str
    number: int
    """Its place in the framework."""
    state: StepState = one_of(StepState)
    since: date | None = None
    """Day from which the state holds."""
    lapses_on: date | None = None
    """First day on which it was to be reached no more, unless something was done before."""
    replaced_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When something else became known; null while it is what is known now. `created_at` says when it became known."""


class StepRecord(StepRecordFields, Row, table=True):
    """The row."""

    __tablename__ = "step_record"

    country_id: Key
    municipality_id: Key


class StepRecordOut(StepRecordFields, Row):
    """A record as it is read."""

    municipality_id: int


def differences(kept: Mapping[str, StepRecord], found: Iterable[Standing]) -> list[Standing]:
    """The standings that are not what is kept of their steps. A step that was never begun has no record."""
    return [standing for standing in found if _news(kept.get(standing.step.code), standing)]


def _news(kept: StepRecord | None, standing: Standing) -> bool:
    if kept is None:
        return standing.state is not StepState.NOT_STARTED
    return (kept.state, kept.since, kept.lapses_on) != (standing.state, standing.since, standing.lapses_on)


def due(found: Iterable[Standing], facts: Facts, today: date) -> date:
    """The next day on which a step may stand otherwise without anybody writing: something lapses, or a dated fact begins or ends."""
    days = [standing.lapses_on for standing in found if standing.lapses_on and standing.lapses_on > today]
    return min([*days, *(day for day in days_of(facts) if day > today)], default=LAST)
