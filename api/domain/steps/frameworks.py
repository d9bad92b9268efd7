"""A framework: which steps a committee goes through, which gates make a step, and what to tell whoever can meet them. Data, not code.

`icma-mvpc-8` and `usaid-pcc-2015` ship with the service. "There is no one-size-fits-all approach": another framework is another file over
the same gates, with its own settings, in the folder that AMUPREV_FRAMEWORKS_FOLDER names; its crosswalk says which of its steps are those
of another.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import Field as Limits
from pydantic import StringConstraints, ValidationError

from api.domain.errors import Invalid
from api.domain.fields import Fields, Slug
from api.domain.roles import Role
from api.domain.steps import conduct, s1_support, s2_leaders, s3_launch, s4_legalize, s5_train, s6_assess, s7_plan, s8_monitor
from api.domain.steps.gates import WORDS, Gate, Settable

FOLDER = Path(__file__).parents[2] / "data" / "frameworks"
PAGES = (s1_support, s2_leaders, s3_launch, s4_legalize, s5_train, s6_assess, s7_plan, s8_monitor, conduct)
GATES: Mapping[str, Gate] = {code: gate for page in PAGES for code, gate in page.GATES.items()}
"""Every gate there is; a framework composes its steps of them."""

FIRST = "icma-mvpc-8"
"""In the steps of this one history is declared; others say by their crosswalk which of theirs it means."""

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

    @property
    def sectors(self) -> set[str]:
        """The sectors that must be mapped or have accepted an invitation."""
        asked = [self.set_to(gate).get("sectors", []) for gate in ("sectors-mapped", "sectors-accepted")]
        return {sector for sectors in asked if isinstance(sectors, list) for sector in sectors}

    def same_as(self, step: str) -> tuple[str, ...]:
        """The steps here that are the same as a step of the first framework."""
        return (step,) if self.code == FIRST else tuple(self.crosswalk.get(FIRST, {}).get(step, ()))


def faults(framework: Framework) -> list[str]:
    """What is wrong with a framework, as sentences; none where it can be used."""
    codes = [step.code for step in framework.steps]
    found = [f"step {code} stands twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    found += [f"step {s.code} has the number {s.number}, its place is {n}" for n, s in enumerate(framework.steps, 1) if s.number != n]
    for n, step in enumerate(framework.steps):
        found += [f"step {step.code} comes after {other}, which does not stand before it" for other in step.after if other not in codes[:n]]
        found += [fault for use in step.gates for fault in (*_misused(step, use), *_misspoken(step, use))]
        used = [use.gate for use in step.gates]
        found += [f"step {step.code} uses the gate {gate} twice" for gate in sorted({gate for gate in used if used.count(gate) > 1})]
        if all(use.needs is not Needs.REQUIRED for use in step.gates):
            found.append(f"step {step.code} requires nothing")
    for other, steps in framework.crosswalk.items():
        found += [f"the crosswalk to {other} names the unknown step {own}" for owns in steps.values() for own in owns if own not in codes]
    return found


def _misused(step: StepDefinition, use: GateUse) -> Iterator[str]:
    if (gate := GATES.get(use.gate)) is None:
        yield f"step {step.code} uses the unknown gate {use.gate}"
        return
    for name, values in gate.reads.items():
        if not _fits(use.settings.get(name), values):
            yield f"step {step.code} must set {name} of the gate {use.gate} to {_asked(values)}"
    for name in sorted(use.settings.keys() - gate.reads.keys()):
        yield f"step {step.code} sets {name} of the gate {use.gate}, which knows no such setting"


def _asked(values: Settable) -> str:
    if isinstance(values, range):
        return f"a whole number from {min(values)} to {max(values)}"
    return f"a list of some of {', '.join(sorted(values))}"


def _fits(value: int | str | list[str] | None, values: Settable) -> bool:
    if isinstance(values, range):
        return isinstance(value, int) and value in values
    return isinstance(value, list) and bool(value) and values.issuperset(value)


def _misspoken(step: StepDefinition, use: GateUse) -> Iterator[str]:
    may = WORDS | use.settings.keys()
    for said, spoken in (("missing", use.missing), ("how", use.how)):
        for language in Spoken.model_fields:
            where = f"step {step.code} says in {said}.{language} of the gate {use.gate}"
            try:
                named = {(name, asked, turned) for _, name, asked, turned in Formatter().parse(spoken.in_(language)) if name is not None}
            except ValueError:
                yield f"{where} a brace that stands alone; write it twice"
                continue
            wrong = sorted(name for name, asked, turned in named if name not in may or asked or turned)
            yield from (f"{where} {{{name}}}, which nothing is put in for; write one of {', '.join(sorted(may))}" for name in wrong)


_KNOWN: dict[str, Framework] = {}


def known() -> Mapping[str, Framework]:
    """The frameworks that committees may follow, by code: those that come with the service, and those that were loaded."""
    if not _KNOWN:
        _KNOWN.update((framework.code, framework) for framework in map(_read, sorted(FOLDER.glob("*.json"))))
    return _KNOWN


def load(folder: Path) -> None:
    """Add the frameworks of a folder of JSON files. Raises Invalid with a sentence for each fault of any of them; then none is added."""
    found, wrong = dict[str, Framework](), list[str]()
    for path in sorted(folder.glob("*.json")):
        try:
            framework = _read(path)
        except ValidationError as error:
            wrong += [": ".join((path.name, *_place(each["loc"]), each["msg"])) for each in error.errors(include_input=False)]
            continue
        if framework.code in known().keys() | found.keys():
            wrong.append(f"{path.name}: the code {framework.code} is taken")
        wrong += [f"{path.name}: {fault}" for fault in faults(framework)]
        found[framework.code] = framework
    if wrong or not found:
        raise Invalid("\n".join(wrong) or f"{folder}: there is no framework here (*.json)", "framework-faulty")
    _KNOWN.update(found)


def _read(path: Path) -> Framework:
    return Framework.model_validate_json(path.read_bytes())


def _place(steps: tuple[int | str, ...]) -> list[str]:
    return [".".join(map(str, steps))] if steps else []


def followed(code: str) -> Framework:
    """The framework of this code. Raises Invalid where the service has none such."""
    if code not in known():
        told = "There is no such framework; see GET /v1/frameworks."
        raise Invalid(told, "framework-unknown", pointer="/framework", choices=list(known()))
    return known()[code]
