"""Bylaws of a committee in numbered versions: drafted, checked for contradictions, approved by the council, in force from a day."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.committee.committees import Committee, stand
from api.domain.committee.committees import allowed as committee_allows
from api.domain.committee.contradictions import Finding, approvable, by_language, contradictions
from api.domain.committee.instruments import Instrument
from api.domain.committee.quorum import BASES, phrase, required
from api.domain.committee.rules import Rules
from api.domain.committee.words import joined, said
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Fields, Key, LongText, Row, one_of


class BylawsState(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    CHECKED = "checked"
    """Nothing in it contradicts itself."""
    APPROVED = "approved"
    """By an instrument of the council, in force from a day on."""


class BylawsFields(Fields):
    """A version of the bylaws."""

    rules: Rules
    note: LongText | None = None
    document_id: UUID | None = None
    """The text that these rules were taken from."""


class Bylaws(BylawsFields, Row, table=True):
    """The row."""

    rules: dict[str, Any] = Field(sa_type=JSONB)  # type: ignore[assignment]
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    number: int
    findings: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    words: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    state: BylawsState = one_of(BylawsState, default=BylawsState.DRAFT)
    instrument_id: UUID | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    demonstration: bool = False


class BylawsOut(BylawsFields, Row):
    """A version of the bylaws as it is read."""

    committee_id: UUID
    municipality_id: int
    number: int
    """Versions of one committee are numbered from 1, without gaps."""
    state: BylawsState
    findings: list[Finding]
    """What is wrong with the rules, in the caller's language."""
    explanation: str
    """What the rules ask for in numbers, in a few sentences of the caller's language."""
    instrument_id: UUID | None
    """The council's instrument that approved it."""
    in_force_from: date | None
    in_force_to: date | None
    """First day it is not in force any more; null while no later version or repeal has ended it."""
    in_force: bool
    """Whether it is the one in force today."""
    demonstration: bool
    allowed_actions: list[str]


class BylawsApproval(Fields):
    """The body that says that the council approved a version."""

    instrument_id: UUID
    """The council's instrument, approved, whose purpose is bylaws."""
    in_force_from: date
    """First day; not before the day of the council."""


ALLOWED = {BylawsState.DRAFT: ["change", "check"], BylawsState.CHECKED: ["change", "approve"], BylawsState.APPROVED: []}


def allowed(bylaws: Bylaws, action: str) -> None:
    """Raises Conflict where the state of the version does not allow `action`."""
    if action not in ALLOWED[bylaws.state]:
        raise Conflict(f"This version is {bylaws.state}; see allowed_actions.", "bylaws-state-forbids", choices=ALLOWED[bylaws.state])


def explained(rules: Rules) -> dict[str, str]:
    """What the rules come to for the seats they make, in each language."""
    n = rules.voting_seats
    first = said(EXPLAINED, n=n, base=BASES[rules.quorum.base], rule=phrase(rules.quorum), need=required(rules.quorum, n))
    if rules.second_call is None:
        return first
    second = rules.second_call
    return joined([first, said(SECOND, minutes=second.minutes_after, rule=phrase(second.quorum), need=required(second.quorum, n))])


EXPLAINED = {
    "en": "With {n} voting seats, {rule} of the {base} must be present: {need} where all are counted.",
    "es": "Con {n} puestos con voto, debe estar presente {rule} de los {base}: {need} si se cuentan todos.",
    "pt": "Com {n} assentos com voto, deve estar presente {rule} dos {base}: {need} se contados todos.",
}
SECOND = {
    "en": "At the second call, {minutes} minutes later, {rule}: {need}.",
    "es": "En segunda convocatoria, {minutes} minutos después, {rule}: {need}.",
    "pt": "Em segunda convocação, {minutes} minutos depois, {rule}: {need}.",
}


def draft(bylaws: Bylaws, rules: Rules) -> None:
    """Take in rules as a draft: what is wrong with them is said at once, and blocks nothing yet."""
    bylaws.rules, bylaws.state = rules.model_dump(mode="json"), BylawsState.DRAFT
    bylaws.findings, bylaws.words = by_language(contradictions(rules)), explained(rules)


def check(bylaws: Bylaws) -> None:
    """Call a draft checked. Raises Conflict where it contradicts itself (its findings say how), or is checked already."""
    allowed(bylaws, "check")
    if not approvable(contradictions(Rules.model_validate(bylaws.rules))):
        raise Conflict("The rules contradict themselves; see `findings` of this version.", "bylaws-contradict")
    bylaws.state = BylawsState.CHECKED


def approve(bylaws: Bylaws, instrument: Instrument, on: date) -> None:
    """Put a checked version in force from a day on. Raises Conflict where it is not checked, Invalid on a day before the council's."""
    allowed(bylaws, "approve")
    if instrument.council_date and on < instrument.council_date:
        raise Invalid("Bylaws are in force on or after the day of the council.", "before-the-council", pointer="/in_force_from")
    bylaws.state, bylaws.instrument_id, bylaws.in_force_from = BylawsState.APPROVED, instrument.id, on


def give_way(before: Bylaws, on: date) -> bool:
    """End an approved version on the day its successor begins. Returns whether that changes it.

    Raises Conflict where it begins on that day or later itself.
    """
    if before.in_force_to and before.in_force_to <= on:
        return False
    if before.in_force_from and on <= before.in_force_from:
        raise Conflict("Another version is in force from this day or a later one.", "bylaws-overlap", pointer="/in_force_from")
    before.in_force_to = on
    return True


def lapse(bylaws: Bylaws, on: date) -> bool:
    """End a version whose instrument was repealed; one that had not begun is not approved any more. Returns whether that changes it."""
    if bylaws.in_force_from and on <= bylaws.in_force_from:
        bylaws.state, bylaws.instrument_id, bylaws.in_force_from, bylaws.in_force_to = BylawsState.CHECKED, None, None, None
        return True
    if bylaws.in_force_to and bylaws.in_force_to <= on:
        return False
    bylaws.in_force_to = on
    return True


def in_force(bylaws: Bylaws, day: date) -> bool:
    """Whether the version is in force on `day`."""
    return bool(bylaws.in_force_from and bylaws.in_force_from <= day and (bylaws.in_force_to is None or day < bylaws.in_force_to))


def legalise(committee: Committee, instrument: Instrument, approved: Bylaws | None, today: date) -> None:
    """Legalise a committee by the instrument that approved its bylaws. Raises Conflict where the state forbids it or there are none."""
    committee_allows(committee, "legalise")
    if approved is None:
        raise Conflict(
            "Legalising needs bylaws that this instrument approved; approve a checked version first.",
            "bylaws-missing",
            pointer="/instrument_id",
        )
    day = instrument.council_date
    if day and committee.launched_on and day < committee.launched_on:
        raise Invalid("The council decided before the committee was launched.", "milestones-backwards", pointer="/instrument_id")
    committee.legalised_on, committee.legalised_by = day, instrument.id
    stand(committee, today)
