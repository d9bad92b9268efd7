"""Waivers: a step that a committee need not take, said with the reason, for a while or for good. Nobody sets a step achieved."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, LongText, Row, Slug, external_ids
from api.domain.steps.frameworks import Framework


class WaiverFields(Fields):
    """That a committee need not take a step, and why."""

    step: Slug
    """Code of the step in the committee's framework."""
    reason: LongText
    """Why; shown wherever the step is."""
    starts_on: date
    ends_on: date | None = None
    """First day on which it is waived no more; none while it is for good."""
    document_id: UUID | None = None
    """What it can be read in."""
    external_ids: ExternalIds = external_ids()


class WaiverEnd(Fields):
    """The body that ends a waiver."""

    ends_on: date
    """First day on which the step is waived no more."""


class Waiver(WaiverFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")


class WaiverOut(WaiverFields, Row):
    """A waiver as it is read."""

    committee_id: UUID
    municipality_id: int


def waivable(framework: Framework, said: WaiverFields) -> None:
    """Raises Invalid where the framework has no such step, or the waiver ends before it starts."""
    codes = [step.code for step in framework.steps]
    if said.step not in codes:
        raise Invalid("The committee's framework has no such step.", "step-unknown", pointer="/step", choices=codes)
    if said.ends_on is not None and said.ends_on <= said.starts_on:
        raise Invalid("A waiver ends after it starts.", "waiver-backwards", pointer="/ends_on")


def end(waiver: Waiver, on: date) -> None:
    """Say when a waiver ends. Raises Conflict where it has ended by then, Invalid where that is before it starts."""
    if waiver.ends_on is not None and waiver.ends_on <= on:
        raise Conflict("This waiver ends earlier already.", "waiver-ended", pointer="/ends_on")
    if on <= waiver.starts_on:
        raise Invalid("A waiver ends after it starts.", "waiver-backwards", pointer="/ends_on")
    waiver.ends_on = on
