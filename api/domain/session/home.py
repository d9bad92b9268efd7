"""What a secretary needs to know first, in one short answer: a telephone on a slow line reads nothing else."""

from datetime import date
from typing import Any
from uuid import UUID

from api.domain.committee.committees import CommitteeState
from api.domain.session.sessions import SessionKind, SessionState
from api.domain.steps.gates import Unmet
from api.domain.steps.shown import NextAction, Told, first_told
from api.domain.steps.standing import Standing, StepState

SHOWN = 5
"""Agreements and sessions that are shown one by one; of the others the number is told."""
LONGEST = 160
"""Characters of a text that are shown."""


class HomeStep(Told):
    """One step in short; the whole is at …/steps."""

    step: str
    number: int
    name: str
    state: StepState
    since: date | None
    lapses_on: date | None
    unmet: int
    """Requirements that are not met, of those that this service keeps."""


class HomeSession(Told):
    """A session in short."""

    id: UUID
    kind: SessionKind
    state: SessionState
    body: str
    meets_on: date
    meets_at: str | None
    place: str | None
    online: str | None
    allowed_actions: list[str]
    """What may be done with it next; empty for who does not write there."""


class HomeAgreement(Told):
    """An agreement that is overdue, in short."""

    id: UUID
    text: str
    """Its first 160 characters."""
    owner: str | None
    due_on: date


class HomeAlert(Told):
    """An open alert in short; the whole is at /v1/alerts."""

    rule: str
    why: str
    what: str
    happens_on: date


class Home(Told):
    """A committee at a glance."""

    committee_id: UUID
    name: str
    municipality: str
    state: CommitteeState
    state_reason: str
    due_on: date | None
    """The day on which the state changes by itself unless something happens."""
    as_of: date
    demonstration: bool
    """Whether the committee is invented."""
    steps: list[HomeStep]
    next_action: NextAction | None
    next_session: HomeSession | None
    """The first that is planned or called for today or later."""
    overdue: int
    """Agreements whose last day is over."""
    overdue_agreements: list[HomeAgreement]
    """The five that are overdue longest."""
    open_agreements: int
    """Those whose last day is still to come."""
    to_be_held: list[HomeSession]
    """Sessions whose day is over and of which nobody said what came; at most five."""
    without_minutes: int
    """Sessions that were held and have no approved minutes."""
    open_alerts: int
    """What the clock noticed that somebody should do something about."""
    alerts: list[HomeAlert]
    """The five of them whose day is first."""
    allowed_actions: list[str]
    """What may be done with the committee next; empty for who does not write there."""


def home(said: dict[str, Any], steps: list[Standing], language: str) -> Home:
    """The answer, from what the statement found and the steps as they stand."""
    return Home(**said, steps=[short(step, language) for step in steps], next_action=first_told(steps, language))


def short(standing: Standing, language: str) -> HomeStep:
    """A step without its guidance."""
    return HomeStep(
        step=standing.step.code,
        number=standing.step.number,
        name=standing.step.name.in_(language),
        state=standing.state,
        since=standing.since,
        lapses_on=standing.lapses_on,
        unmet=sum(isinstance(judged.verdict, Unmet) and judged.verdict.kept for judged in standing.gates),
    )
