"""Invitations to a seat: draft, sent, accepted or declined or expired, seated. One that nobody answers expires by the calendar."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import model_validator
from sqlmodel import Field

from api.domain.calendar import days_after, not_to_come
from api.domain.committee.seats import Seat
from api.domain.committee.sectors import Sector
from api.domain.committee.terms import Term
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids, one_of

ANSWER_DAYS = 30
"""For how many days an invitation is open where nothing else is said; a default of ours."""


class InvitationState(StrEnum):
    """How far an invitation has come (DOMAIN §5.7)."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    """Nobody answered in time."""
    SEATED = "seated"
    """A term in a seat came of it."""


class Channel(StrEnum):
    """How it was sent."""

    LETTER = "letter"
    EMAIL = "email"
    PHONE = "phone"
    VISIT = "visit"
    MEETING = "meeting"
    OPEN_CALL = "open_call"
    OTHER = "other"


class DeclineReason(StrEnum):
    """Why an institution does not come. A code and no text: what was said in confidence is not kept."""

    NO_TIME = "no_time"
    NO_MANDATE = "no_mandate"
    NO_INTEREST = "no_interest"
    NOT_SAFE = "not_safe"
    OTHER = "other"


class SeatInvitationFields(Fields):
    """An invitation of an institution to the committee."""

    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    """An organisation of the register; this, `institution` or `contact_person_id` is needed."""
    institution: Text | None = None
    """Name of an institution that the register has not; never a person's."""
    sector: Sector = one_of(Sector)
    seat_id: UUID | None = Field(default=None, foreign_key="seat.id")
    """The seat that is meant, where it is one."""
    stakeholder_id: UUID | None = Field(default=None, foreign_key="stakeholder.id")
    """Where it stands on a map."""
    open_call_id: UUID | None = Field(default=None, foreign_key="open_call.id")
    """The open call that it answers."""
    contact_person_id: UUID | None = Field(default=None, foreign_key="person.id")
    """To whom it went; naming one needs the personal scope, and so does reading it."""
    channel: Channel | None = one_of(Channel, default=None)
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _of_somebody(self) -> "SeatInvitationFields":
        if self.organisation_id is None and self.institution is None and self.contact_person_id is None:
            raise ValueError("say who is invited: organisation_id, institution or contact_person_id")
        return self


class SeatInvitation(SeatInvitationFields, Row, table=True):
    """The row."""

    __tablename__ = "seat_invitation"
    PERSONAL: ClassVar[frozenset[str]] = frozenset(
        {"organisation_id", "institution", "seat_id", "stakeholder_id", "contact_person_id", "term_id"}
    )
    """Not because an institution were a name: whom a seat shows may be lowered, and what the feed once told stays told."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    state: InvitationState = one_of(InvitationState, default=InvitationState.DRAFT)
    sent_on: date | None = None
    expires_on: date | None = None
    answered_on: date | None = None
    decline_reason: DeclineReason | None = one_of(DeclineReason, default=None)
    term_id: UUID | None = Field(default=None, foreign_key="term.id")
    demonstration: bool = False


class SeatInvitationOut(Row):
    """An invitation as it is read: where a term came of it, as much as the term's seat shows."""

    committee_id: UUID
    municipality_id: int
    organisation_id: UUID | None
    organisation: str | None
    """Name of the organisation, for display; never a key."""
    institution: str | None
    sector: Sector | None
    seat_id: UUID | None
    stakeholder_id: UUID | None
    open_call_id: UUID | None
    contact_person_id: UUID | None
    """Null without the personal scope."""
    channel: Channel | None
    external_ids: ExternalIds
    state: InvitationState
    sent_on: date | None
    expires_on: date | None
    """First day on which it is not open any more."""
    answered_on: date | None
    decline_reason: DeclineReason | None
    term_id: UUID | None
    demonstration: bool
    allowed_actions: list[str]


class Sending(Fields):
    """The body that says that an invitation was sent."""

    sent_on: date
    """Not one to come."""
    expires_on: date | None = None
    """First day on which it is not open any more; 30 days after it was sent where nothing is said."""


class SeatAcceptance(Fields):
    """The body that says that it was accepted."""

    answered_on: date
    """The day of the answer, while it was open; not one to come."""


class Refusal(SeatAcceptance):
    """The body that says that it was declined, or that somebody who had accepted does not come after all."""

    decline_reason: DeclineReason | None = None


class Seating(Fields):
    """The body that says which term in a seat came of it."""

    term_id: UUID


ALLOWED = {
    InvitationState.DRAFT: ["change", "send", "remove"],
    InvitationState.SENT: ["accept", "decline"],
    InvitationState.ACCEPTED: ["seat", "decline"],
    InvitationState.DECLINED: [],
    InvitationState.EXPIRED: ["accept", "decline"],
    InvitationState.SEATED: [],
}
"""What may be done in each state; of an expired one, say an answer that came in time and was not written down."""


def stand(invitation: SeatInvitation, day: date) -> InvitationState:
    """How it stands on a day: the clock writes down that it expired, and need not have been there yet."""
    over = invitation.expires_on is not None and invitation.expires_on <= day
    return InvitationState.EXPIRED if invitation.state is InvitationState.SENT and over else invitation.state


def allowed(invitation: SeatInvitation, action: str, day: date) -> None:
    """Raises Conflict where its state does not allow `action`."""
    state = stand(invitation, day)
    if action not in ALLOWED[state]:
        raise Conflict(f"This invitation is {state}; see allowed_actions.", "invitation-state-forbids", choices=ALLOWED[state])


def send(invitation: SeatInvitation, said: Sending, today: date) -> None:
    """Say that it was sent. Raises Conflict where it was already, Invalid where the days cannot be."""
    allowed(invitation, "send", today)
    not_to_come(said.sent_on, today, "/sent_on")
    until = said.expires_on or days_after(said.sent_on, ANSWER_DAYS)
    if until <= said.sent_on:
        raise Invalid("It is open for a day at least.", "invitation-backwards", pointer="/expires_on")
    invitation.state, invitation.sent_on, invitation.expires_on = InvitationState.SENT, said.sent_on, until


def answer(invitation: SeatInvitation, on: date, today: date, reason: DeclineReason | None = None, *, accepted: bool) -> None:
    """Say what came back. Raises Conflict where nothing is to be answered or it had expired by then, Invalid where the day cannot be."""
    allowed(invitation, "accept" if accepted else "decline", today)
    if on > today or (invitation.sent_on and on < invitation.sent_on):
        raise Invalid("It is answered after it was sent, and not on a day to come.", "answer-out-of-time", pointer="/answered_on")
    if invitation.state is not InvitationState.ACCEPTED and invitation.expires_on and on >= invitation.expires_on:
        raise Conflict("It had expired by that day; invite again.", "invitation-expired", pointer="/answered_on")
    invitation.state = InvitationState.ACCEPTED if accepted else InvitationState.DECLINED
    invitation.answered_on, invitation.decline_reason = on, reason


def seat(invitation: SeatInvitation, term: Term, at: Seat, today: date) -> None:
    """Say which term came of it. Raises Conflict where it was not accepted, Invalid where the term is somebody else's or of another
    sector."""
    allowed(invitation, "seat", today)
    other = invitation.organisation_id and term.on_behalf_of_id and term.on_behalf_of_id != invitation.organisation_id
    elsewhere = invitation.seat_id and invitation.seat_id != at.id
    if term.voided_at or other or elsewhere or at.sector != invitation.sector:
        told = "This term is not of whom was invited, or in a seat of another sector."
        raise Invalid(told, "term-of-another", pointer="/term_id")
    invitation.state, invitation.term_id = InvitationState.SEATED, term.id


def expire(invitation: SeatInvitation, today: date) -> bool:
    """Write down that nobody answered in time. Returns whether that changes it."""
    over = stand(invitation, today) is InvitationState.EXPIRED and invitation.state is InvitationState.SENT
    if over:
        invitation.state = InvitationState.EXPIRED
    return over
