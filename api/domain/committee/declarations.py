"""What was before a committee joined: declared, with a day and a document, exempt from every gate, and shown as declared, never as
computed."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from api.domain.committee.committees import Committee, alive, stand
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Documented, ExternalIds, Key, Row, external_ids, one_of


class DeclaredKind(StrEnum):
    """What is declared. The first three are milestones of the committee itself."""

    CONVENED = "convened"
    LAUNCHED = "launched"
    LEGALISED = "legalised"
    BYLAWS_APPROVED = "bylaws_approved"
    SESSION_HELD = "session_held"
    TRAINING_GIVEN = "training_given"
    ASSESSMENT_ADOPTED = "assessment_adopted"
    PLAN_APPROVED = "plan_approved"
    REPORT_PUBLISHED = "report_published"
    OTHER = "other"


MILESTONES = (DeclaredKind.CONVENED, DeclaredKind.LAUNCHED, DeclaredKind.LEGALISED)


class DeclarationFields(Documented):
    """A fact of the time before the committee joined."""

    kind: DeclaredKind = one_of(DeclaredKind)
    happened_on: date
    external_ids: ExternalIds = external_ids()


class Declaration(DeclarationFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    demonstration: bool = False


class DeclarationOut(DeclarationFields, Row):
    """A declared fact as it is read."""

    committee_id: UUID
    municipality_id: int
    demonstration: bool


def declare(committee: Committee, said: DeclarationFields, today: date) -> bool:
    """Let the committee's milestones follow what is declared. Returns whether one did.

    Raises Invalid where the day is not before the committee joined, Conflict where the milestone is already known.
    """
    alive(committee)
    if said.happened_on >= committee.created_at.date():
        raise Invalid(
            "Only what was before the committee joined is declared; the rest is recorded.", "not-before-joining", pointer="/happened_on"
        )
    if said.kind not in MILESTONES:
        return False
    column = f"{said.kind}_on"
    if getattr(committee, column) is not None:
        raise Conflict("This milestone has its day already.", "milestone-known", pointer="/kind")
    setattr(committee, column, said.happened_on)
    days = [d for d in (committee.convened_on, committee.launched_on, committee.legalised_on) if d]
    if days != sorted(days):
        raise Invalid("A committee is convened, launched and legalised in this order.", "milestones-backwards", pointer="/happened_on")
    committee.declared = [*committee.declared, str(said.kind)]
    stand(committee, today)
    return True
