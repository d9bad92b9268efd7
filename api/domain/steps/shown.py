"""How standings are told: in the caller's language, each gap with who can close it and how."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.domain.roles import Role
from api.domain.steps.facts import Facts, Proof
from api.domain.steps.frameworks import Framework, Needs, Reference
from api.domain.steps.gates import WORDS, Unmet
from api.domain.steps.standing import Judged, Standing, StepState, next_action, standings

ADDRESSES = {
    "bylaws": "/v1/bylaws/{}",
    "body": "/v1/bodies/{}",
    "training_event": "/v1/training-events/{}",
    "declaration": "/v1/declarations/{}",
    "commitment": "/v1/commitments/{}",
    "stakeholder_map": "/v1/stakeholder-maps/{}",
    "committee_session": "/v1/sessions/{}",
    "waiver": "/v1/waivers/{}",
    "seat_invitation": "/v1/seat-invitations/{}",
}
"""Noun -> where it is read."""


class Told(BaseModel):
    """The base of what is told."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Evidence(Told):
    """Something that proves a gate, or was done towards it."""

    noun: str
    id: str
    on: date
    """Day from which it counts."""
    href: str | None
    """Where it is read."""


class Requirement(Told):
    """A gate that is not met."""

    gate: str
    needs: Needs
    """required: without it the step is not reached; advised: the gap is shown."""
    kept: bool
    """False where this service does not keep such facts yet; declare what was before the committee joined."""
    missing: str
    how: str
    who: list[Role]
    """Who can meet it."""
    evidence_kinds: list[str]
    """What would prove it."""
    basis: str
    """Where the requirement comes from."""


class StepTold(Told):
    """One step and how it stands."""

    step: str
    number: int
    name: str
    state: StepState
    since: date | None
    """Day from which the state holds."""
    lapses_on: date | None
    """First day on which it is reached no more, unless something is done before."""
    reason: str | None
    """Why it is waived."""
    waits_for: list[str]
    """Steps that the framework's source asks for before this one."""
    evidence: list[Evidence]
    unmet: list[Requirement]
    """What is missing, what is required first."""
    guidance: str
    success_factors: list[str]
    toolkit: list[Reference]


class NextAction(Told):
    """What to do first."""

    step: str
    gate: str
    missing: str
    how: str
    who: list[Role]


class Steps(Told):
    """Where a committee stands."""

    committee_id: UUID
    framework: str
    framework_version: int
    as_of: date
    demonstration: bool
    """Whether the committee is invented."""
    steps: list[StepTold]
    next_action: NextAction | None
    """Null where every step is reached, or nothing can be done before this service keeps more."""


def steps_told(committee: UUID, framework: Framework, facts: Facts, day: date, language: str) -> Steps:
    """Every step on `day`, and what to do first."""
    found = standings(framework, facts, day)
    return Steps(
        committee_id=committee,
        framework=framework.code,
        framework_version=framework.version,
        as_of=day,
        demonstration=facts.demonstration,
        steps=[_step(standing, language) for standing in found],
        next_action=first_told(found, language),
    )


def first_told(found: list[Standing], language: str) -> NextAction | None:
    """What to do first; None where there is nothing."""
    if (first := next_action(found)) is None:
        return None
    standing, told = first[0], _requirement(first[1], language)
    return NextAction(step=standing.step.code, gate=told.gate, missing=told.missing, how=told.how, who=told.who)


def _step(standing: Standing, language: str) -> StepTold:
    step = standing.step
    return StepTold(
        step=step.code,
        number=step.number,
        name=step.name.in_(language),
        state=standing.state,
        since=standing.since,
        lapses_on=standing.lapses_on,
        reason=standing.reason,
        waits_for=list(standing.waits_for),
        evidence=list(_evidence(standing)),
        unmet=[_requirement(judged, language) for judged in standing.unmet()],
        guidance=step.guidance.in_(language),
        success_factors=[factor.in_(language) for factor in step.success_factors],
        toolkit=step.toolkit,
    )


def _evidence(standing: Standing) -> Iterator[Evidence]:
    proofs: set[Proof] = {proof for judged in standing.gates for proof in judged.verdict.proofs} | set(standing.declared)
    for proof in sorted(proofs):
        address = ADDRESSES.get(proof.noun)
        yield Evidence(noun=proof.noun, id=proof.thing, on=proof.on, href=address.format(proof.thing) if address else None)


def _requirement(judged: Judged, language: str) -> Requirement:
    use, verdict = judged.use, judged.verdict
    assert isinstance(verdict, Unmet)
    said = {name: f"{{{name}}}" for name in WORDS}
    said |= {name: str(value) for name, value in {**use.settings, **verdict.said}.items() if not isinstance(value, list)}
    said |= {name: ", ".join(value) for name, value in use.settings.items() if isinstance(value, list) and name not in verdict.said}
    return Requirement(
        gate=use.gate,
        needs=use.needs,
        kept=verdict.kept,
        missing=use.missing.in_(language).format_map(said) if verdict.kept else NOT_KEPT[language],
        how=use.how.in_(language).format_map(said),
        who=use.who,
        evidence_kinds=use.evidence,
        basis=use.basis,
    )


NOT_KEPT = {
    "en": "This service does not keep such facts yet, so nothing can be said.",
    "es": "Este servicio aún no guarda estos datos, por lo que nada puede decirse.",
    "pt": "Este serviço ainda não guarda estes dados, por isso nada se pode dizer.",
}
