"""Agreements: who does what until when, and what proves that it was done. Whether one is overdue is computed."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import model_validator
from sqlmodel import Field

from api.domain.committee.seats import Seat
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, LongText, Number, Row, Text, external_ids, one_of
from api.domain.session.decisions import Decision
from api.domain.session.sessions import RECORDED, Session, allowed


class AgreementState(StrEnum):
    """What came of it."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


class AgreementDefinition(Fields):
    """What may be said anew of an agreement until the minutes of its session are approved."""

    text: LongText
    owner_organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    """The institution that does it; this or `owner_seat_id`."""
    owner_seat_id: UUID | None = Field(default=None, foreign_key="seat.id")
    """The seat that does it, whoever holds it."""
    due_on: date
    """Last day on which it is in time."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _of_one(self) -> "AgreementDefinition":
        if (self.owner_organisation_id is None) == (self.owner_seat_id is None):
            raise ValueError("one does it: owner_organisation_id or owner_seat_id")
        return self


class AgreementFields(AgreementDefinition):
    """An agreement of a session."""

    decision_id: UUID | None = None
    """The decision of the same session that it follows from."""


class Agreement(AgreementFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    session_id: UUID
    state: AgreementState = one_of(AgreementState, default=AgreementState.OPEN)
    fulfilled_on: date | None = None
    reference: str | None = None
    document_id: UUID | None = None
    cancelled_because: str | None = None
    demonstration: bool = False


class AgreementOut(AgreementFields, Row):
    """An agreement as it is read."""

    committee_id: UUID
    committee: str
    """Name, for display; never a key."""
    municipality_id: int
    session_id: UUID
    agreed_on: date
    """The day of the session."""
    owner: str | None
    """Name of the institution, or role of the seat, for display."""
    state: AgreementState
    overdue: bool
    """Whether it is open and its last day is over, on the day that is asked about."""
    fulfilled_on: date | None
    on_time: bool | None
    """Whether it was fulfilled by its last day; null until it is."""
    document_id: UUID | None
    """Evidence."""
    reference: str | None
    """What proves it, where there is no document."""
    cancelled_because: str | None
    demonstration: bool
    allowed_actions: list[str]


class Fulfilment(Fields):
    """The body that says that an agreement was fulfilled."""

    fulfilled_on: date
    """Not one to come."""
    document_id: UUID | None = None
    """Evidence: a document of this municipality; this or `reference`."""
    reference: Text | None = None
    """What proves it, such as book and page."""

    @model_validator(mode="after")
    def _proven(self) -> "Fulfilment":
        if self.document_id is None and self.reference is None:
            raise ValueError("name the evidence: document_id or reference")
        return self


ALLOWED = {AgreementState.OPEN: ["change", "fulfil", "cancel"], AgreementState.FULFILLED: [], AgreementState.CANCELLED: []}


def open_for(agreement: Agreement, action: str) -> None:
    """Raises Conflict where what came of it is said already."""
    if action not in ALLOWED[agreement.state]:
        raise Conflict(f"This agreement is {agreement.state} already.", "agreement-settled", choices=ALLOWED[agreement.state])


def agree(said: AgreementFields, session: Session, seat: Seat | None, decision: Decision | None) -> None:
    """Fit an agreement to its session.

    Raises Conflict where the session's state forbids it or the decision did not pass, Invalid where it is due before the session, or where
    seat or decision are of another.
    """
    allowed(session, "agree")
    if said.due_on < session.day:
        raise Invalid("It cannot be due before the session.", "due-before-session", pointer="/due_on")
    if said.owner_seat_id and (seat is None or seat.committee_id != session.committee_id):
        raise Invalid("The committee has no such seat.", "unknown-reference", pointer="/owner_seat_id")
    if said.decision_id and (decision is None or decision.session_id != session.id):
        raise Invalid("The session has no such decision.", "unknown-reference", pointer="/decision_id")
    if decision is not None and decision.passed is False:
        raise Conflict("This decision did not pass.", "decision-not-passed", pointer="/decision_id")


def changeable(agreement: Agreement, session: Session) -> None:
    """Raises Conflict where what was agreed does not change any more: it is settled, or the minutes are approved."""
    open_for(agreement, "change")
    if session.state in RECORDED:
        raise Conflict("The minutes that hold it are approved; agree anew in another session.", "minutes-approved")


def fulfil(agreement: Agreement, said: Fulfilment, agreed_on: date, today: date) -> None:
    """Say that it was fulfilled. Raises Conflict where that is settled, Invalid on a day that cannot be."""
    open_for(agreement, "fulfil")
    if said.fulfilled_on > today or said.fulfilled_on < agreed_on:
        raise Invalid("It was fulfilled after it was agreed, on a day that is not to come.", "day-to-come", pointer="/fulfilled_on")
    agreement.state, agreement.fulfilled_on = AgreementState.FULFILLED, said.fulfilled_on
    agreement.document_id, agreement.reference = said.document_id, said.reference


def cancel(agreement: Agreement, because: str) -> None:
    """Say that it will not be fulfilled, and why. Raises Conflict where that is settled."""
    open_for(agreement, "cancel")
    agreement.state, agreement.cancelled_because = AgreementState.CANCELLED, because


class KeptWord(Fields):
    """How an institution, or all of them, fulfilled what was agreed. What was cancelled is not counted."""

    agreements: int
    on_time: int
    """Fulfilled by their last day."""
    late: int
    """Fulfilled after it."""
    overdue: int
    """Open, and their last day is over."""
    open: int
    """Open, and their last day is still to come."""
    share: Number | None
    """on_time / (on_time + late + overdue); null where nothing was due yet."""


class KeptWordOf(KeptWord):
    """The same of one institution."""

    organisation_id: UUID | None
    """Null where seats own them that do not show their institution."""
    organisation: str | None


class FollowThrough(Fields):
    """How the agreements of a committee were fulfilled, on a day."""

    committee_id: UUID
    as_of: date
    total: KeptWord
    institutions: list[KeptWordOf]


def kept_word(on_time: int, late: int, overdue: int, open_: int) -> KeptWord:
    """The numbers with their share."""
    due = on_time + late + overdue
    share = round(Decimal(on_time) / due, 4) if due else None
    return KeptWord(agreements=due + open_, on_time=on_time, late=late, overdue=overdue, open=open_, share=share)


def follow_through(committee: UUID, day: date, rows: list[tuple[UUID | None, str | None, KeptWord]]) -> FollowThrough:
    """All of a committee, and institution by institution."""
    sums = [sum(getattr(word, name) for _, _, word in rows) for name in ("on_time", "late", "overdue", "open")]
    each = [KeptWordOf(**word.model_dump(), organisation_id=id, organisation=name) for id, name, word in rows]
    return FollowThrough(committee_id=committee, as_of=day, total=kept_word(*sums), institutions=each)
