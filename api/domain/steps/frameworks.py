"""A framework: which steps a committee goes through, which gates make a step, and what to tell whoever can meet them. Data, not code.

`icma-mvpc-8` ships with the service. "There is no one-size-fits-all approach": another framework is another file over the same gates, with
its own settings, and a crosswalk says which of its steps are which of ours.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field as Limits
from pydantic import StringConstraints

from api.domain.errors import Invalid
from api.domain.fields import Fields, Slug
from api.domain.roles import Role
from api.domain.steps import s1_support, s2_leaders, s3_launch, s4_legalize, s5_train, s6_assess, s7_plan, s8_monitor
from api.domain.steps.gates import Gate

FOLDER = Path(__file__).parents[2] / "data" / "frameworks"
PAGES = (s1_support, s2_leaders, s3_launch, s4_legalize, s5_train, s6_assess, s7_plan, s8_monitor)
GATES: Mapping[str, Gate] = {code: gate for page in PAGES for code, gate in page.GATES.items()}
"""Every gate there is; a framework composes its steps of them."""

Said = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Spoken(Fields):
    """A text in the three languages."""

    en: Said
    es: Said
    pt: Said

    def in_(self, language: str) -> str:
        """The text in one of them."""
        return str(getattr(self, language))


class Needs(StrEnum):
    """What becomes of a step without a gate."""

    REQUIRED = "required"
    """It is not reached."""
    ADVISED = "advised"
    """It is reached all the same, and the gap is shown."""


class GateUse(Fields):
    """A gate of a step: what it is set to, and what to say while it is not met."""

    gate: str
    needs: Needs = Needs.REQUIRED
    settings: dict[str, int | str | list[str]] = Limits(default_factory=dict)
    """Months, shares, sectors: named defaults, which another framework may set otherwise."""
    basis: Said
    """Where this comes from: the source, or `default of this service`."""
    missing: Spoken
    """What is missing; numbers and codes are put in where it says {so}."""
    how: Spoken
    """What to do about it."""
    who: list[Role] = Limits(min_length=1)
    """Who can."""
    evidence: list[Slug] = Limits(min_length=1)
    """What proves it."""


class Reference(Fields):
    """Something to read."""

    title: Said
    publisher: Said
    year: int | None = None


class StepDefinition(Fields):
    """One step of a framework."""

    code: Slug
    number: int = Limits(ge=1, le=40)
    name: Spoken
    guidance: Spoken
    success_factors: list[Spoken]
    toolkit: list[Reference]
    after: list[Slug] = Limits(default_factory=list)
    """Steps without which this one is not reached; only orders that the framework's source itself states."""
    gates: list[GateUse] = Limits(min_length=1)


class Framework(Fields):
    """A framework with its steps in order."""

    code: Slug
    version: int
    name: Spoken
    source: Said
    steps: list[StepDefinition]
    crosswalk: dict[Slug, dict[Slug, list[Slug]]] = Limits(default_factory=dict)
    """Another framework -> its step -> the steps here that are the same."""

    def step(self, code: str) -> StepDefinition:
        """The step of this code; the framework has it."""
        return next(step for step in self.steps if step.code == code)

    def set_to(self, gate: str) -> dict[str, int | str | list[str]]:
        """What a gate is set to; nothing where no step uses it."""
        return next((use.settings for step in self.steps for use in step.gates if use.gate == gate), {})


def faults(framework: Framework) -> list[str]:
    """What is wrong with a framework, as sentences; none where it can be used."""
    codes = [step.code for step in framework.steps]
    found = [f"step {code} stands twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    found += [f"step {s.code} has the number {s.number}, its place is {n}" for n, s in enumerate(framework.steps, 1) if s.number != n]
    for n, step in enumerate(framework.steps):
        found += [f"step {step.code} comes after {other}, which does not stand before it" for other in step.after if other not in codes[:n]]
        found += [f"step {step.code} uses the unknown gate {use.gate}" for use in step.gates if use.gate not in GATES]
        if all(use.needs is not Needs.REQUIRED for use in step.gates):
            found.append(f"step {step.code} requires nothing")
    for other, steps in framework.crosswalk.items():
        found += [f"the crosswalk to {other} names the unknown step {own}" for owns in steps.values() for own in owns if own not in codes]
    return found


@lru_cache(maxsize=1)
def shipped() -> dict[str, Framework]:
    """The frameworks that come with the service, by code."""
    read = (Framework.model_validate(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.json")))
    return {framework.code: framework for framework in read}


def followed(code: str) -> Framework:
    """The framework of this code. Raises Invalid where the service has none such."""
    if code not in shipped():
        told = "There is no such framework; see GET /v1/frameworks."
        raise Invalid(told, "framework-unknown", pointer="/framework", choices=list(shipped()))
    return shipped()[code]
