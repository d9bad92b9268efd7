"""Where a committee stands: computed from facts for any day, never set by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from api.domain.steps.facts import Facts, Proof, Proven
from api.domain.steps.frameworks import GATES, Framework, GateUse, Needs, StepDefinition
from api.domain.steps.gates import Met, Unmet, Verdict


class StepState(StrEnum):
    """How a step stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    ACHIEVED = "achieved"
    DECLARED = "declared"
    """Reached before the committee joined, by its own word and a document; never computed."""
    LAPSED = "lapsed"
    """It was reached and is no more."""
    WAIVED = "waived"


REACHED = frozenset({StepState.ACHIEVED, StepState.DECLARED, StepState.WAIVED})


@dataclass(frozen=True)
class Judged:
    """A gate and how it stands."""

    use: GateUse
    verdict: Verdict


@dataclass(frozen=True)
class Standing:
    """A step and how it stands."""

    step: StepDefinition
    state: StepState
    since: date | None
    """Day from which the state holds; null where nothing has begun."""
    lapses_on: date | None
    """First day on which it is reached no more, unless something is done before."""
    reason: str | None
    """Why it is waived."""
    gates: tuple[Judged, ...]
    waits_for: tuple[str, ...]
    """Steps that the framework asks for before this one."""
    declared: tuple[Proof, ...] = ()
    """What was declared of it."""

    def unmet(self) -> Iterator[Judged]:
        """What is missing, what is required first."""
        missing = [judged for judged in self.gates if isinstance(judged.verdict, Unmet)]
        return iter(sorted(missing, key=lambda judged: judged.use.needs is not Needs.REQUIRED))


def standings(framework: Framework, facts: Facts, day: date) -> list[Standing]:
    """Every step of the framework on `day`."""
    case, found = _Case(framework, facts), dict[str, Standing]()
    for step in framework.steps:
        found[step.code] = _standing(case, step, day, found)
    return list(found.values())


def next_action(found: list[Standing]) -> tuple[Standing, Judged] | None:
    """The first missing requirement, of what this service keeps, of the first step that is open and waits for no other; None where there
    is none."""
    for standing in found:
        if standing.state in REACHED or standing.waits_for:
            continue
        for judged in standing.unmet():
            if judged.use.needs is Needs.REQUIRED and isinstance(judged.verdict, Unmet) and judged.verdict.kept:
                return standing, judged
    return None


Stated = tuple[StepState, date | None, date | None, str | None]
"""State, since when, until when, and why."""


class _Case:
    """A framework and the facts of one committee, with what was judged of them: each day is asked about again by every step that comes
    after, and days on which a step may have been reached are looked at one by one."""

    def __init__(self, framework: Framework, facts: Facts) -> None:
        named = tuple(replace(said, step=own) for said in facts.declared for own in framework.same_as(said.step))
        self.framework, self.facts, self.days = framework, replace(facts, declared=named), days_of(facts)
        self._said: dict[tuple[str, str, date], Verdict] = {}

    def verdict(self, step: StepDefinition, use: GateUse, day: date) -> Verdict:
        """Whether a gate of a step is met."""
        key = (step.code, use.gate, day)
        if (known := self._said.get(key)) is None:
            known = self._said[key] = GATES[use.gate].verdict(self.facts, day, use.settings)
        return known

    def met(self, step: StepDefinition, day: date) -> list[Met] | None:
        """What meets each gate that a step requires; None where one is not met, and the others then are not looked at."""
        found = []
        for use in step.gates:
            if use.needs is Needs.REQUIRED:
                verdict = self.verdict(step, use, day)
                if not isinstance(verdict, Met):
                    return None
                found.append(verdict)
        return found

    def reached(self, step: StepDefinition, day: date) -> Stated | None:
        """Waived, achieved or declared; None where it is none of these."""
        for waived in self.facts.waived:
            if waived.step == step.code and waived.proof.on <= day and (waived.until is None or waived.until > day):
                return StepState.WAIVED, waived.proof.on, waived.until, waived.reason
        if (met := self.met(step, day)) and all(self.reached(self.framework.step(code), day) for code in step.after):
            until = min((verdict.until for verdict in met if verdict.until), default=None)
            return StepState.ACHIEVED, max(verdict.since for verdict in met), until, None
        for declared in self.facts.declared:
            if declared.step == step.code and declared.proof.on <= day and (declared.until is None or declared.until > day):
                return StepState.DECLARED, declared.proof.on, declared.until, None
        return None

    def lapsed(self, step: StepDefinition, day: date) -> Stated | None:
        """That it was reached once, and since when it is no more. It can only come to be reached on the day of a fact, so these are
        enough."""
        days = [d for d in self.days if d <= day]
        for n in range(len(days) - 1, -1, -1):
            if reached := self.reached(step, days[n]):
                following = days[n + 1] if n + 1 < len(days) else day
                return StepState.LAPSED, min(reached[2] or following, following), None, None
        return None


def _standing(case: _Case, step: StepDefinition, day: date, before: Mapping[str, Standing]) -> Standing:
    judged = tuple(Judged(use, case.verdict(step, use, day)) for use in step.gates)
    waits = tuple(code for code in step.after if before[code].state not in REACHED)
    stated = case.reached(step, day) or case.lapsed(step, day) or _begun(judged)
    said = tuple(d.proof for d in case.facts.declared if d.step == step.code and d.proof.on <= day)
    return Standing(step, *stated, judged, waits, said)


def _begun(judged: tuple[Judged, ...]) -> Stated:
    days = [proof.on for j in judged for proof in j.verdict.proofs]
    if days or any(isinstance(j.verdict, Met) for j in judged):
        return StepState.IN_PROGRESS, min(days, default=None), None, None
    return StepState.NOT_STARTED, None, None, None


def days_of(facts: Facts) -> list[date]:
    """Every day on which something of the committee changed, in order."""
    kinds: tuple[tuple[Proven, ...], ...] = (
        *(facts.commitments or (), facts.mappings or (), facts.invitations or (), facts.launches or ()),
        *(facts.laws, facts.trainings, facts.groups, facts.sessions, facts.declared, facts.waived),
        *(facts.assessments or (), facts.plans or ()),
    )
    days = {thing.proof.on for things in kinds for thing in things}
    days |= {i.accepted_on for i in facts.invitations or () if i.accepted_on} | {law.ends_on for law in facts.laws if law.ends_on}
    days |= {day for c in facts.commitments or () for day in (c.champion_since, c.demand_since, c.pledge_since) if day}
    days |= {group.ends_on for group in facts.groups if group.ends_on}
    days |= {day for seat in facts.seated for day in (seat.starts_on, seat.ends_on) if day}
    days |= {proof.on for plan in facts.plans or () for proof in plan.work_plans.values()}
    if facts.doing:
        days |= {proof.on for proofs in (facts.doing.completed, facts.doing.progress, facts.doing.published) for proof in proofs}
    return sorted(days)
