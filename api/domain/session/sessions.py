"""Sessions: what one is, how it is planned and called in time."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Limits
from pydantic import StringConstraints, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.calendar import not_to_come
from api.domain.committee.quorum import Quorate
from api.domain.committee.rules import Rules
from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, LongText, Row, Text, external_ids, one_of


class SessionKind(StrEnum):
    """What a session is for."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"
    """Called without the notice that bylaws ask for ordinary ones."""
    INAUGURATION = "inauguration"
    """Acto de instalación: its purpose is stated in public. It may come before any bylaws, so it needs no quorum to be held."""
    JOINT = "joint"
    """With another committee, the council or others; quorum is this committee's own."""


class SessionState(StrEnum):
    """How far a session has come."""

    PLANNED = "planned"
    CALLED = "called"
    HELD = "held"
    NO_QUORUM = "no_quorum"
    """People came, and were too few to decide."""
    CANCELLED = "cancelled"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_APPROVED = "minutes_approved"
    """From here on nothing of it changes; what was wrong is said in errata."""
    MINUTES_PUBLISHED = "minutes_published"


RECORDED = frozenset({SessionState.MINUTES_APPROVED, SessionState.MINUTES_PUBLISHED})
LocalTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[!#-;=?-\[\]_a-z~]{1,990}$")]
"""An address on the web, as browsers send it: ASCII, other characters percent-encoded."""


class AgendaItem(Fields):
    """A point of the agenda; its number is its place in the list, from 1."""

    title: Text
    public: bool = True
    """Whether the public may be there for it."""


Agenda = Annotated[list[AgendaItem], Limits(max_length=60)]


class SessionDefinition(Fields):
    """What may be said anew of a session until it is held."""

    meets_on: date
    """The day, where it meets; the bylaws in force on it count."""
    meets_at: LocalTime | None = None
    """Local time, such as 17:30."""
    duration_minutes: int | None = Limits(default=None, ge=1, le=1440)
    place: Text | None = None
    online: Link | None = None
    """Where it can be joined from afar."""
    joint_with: Text | None = None
    """Of a joint session: with whom."""
    note: LongText | None = None
    external_ids: ExternalIds = external_ids()


class SessionFields(SessionDefinition):
    """A session of a committee."""

    kind: SessionKind = one_of(SessionKind, default=SessionKind.ORDINARY)
    body_id: UUID | None = None
    """The body that meets; the plenary where it is missing."""

    @model_validator(mode="after")
    def _joint(self) -> "SessionFields":
        if (self.kind is SessionKind.JOINT) != (self.joint_with is not None):
            raise ValueError("a joint session says with whom, and no other does: joint_with")
        return self


class AgendaFields(Fields):
    """The body that writes the agenda; replaces what was there."""

    agenda: Agenda


class PurposeFields(Fields):
    """The body that states the purpose of an inauguration; replaces what was there. Public once the session is held."""

    purpose: LongText | None = None
    """The public statement of purpose: what the committee is for."""
    media_links: Annotated[list[Link], Limits(max_length=30)] = Limits(default_factory=list)
    """Press, photographs, videos."""


class Session(SessionFields, Row, table=True):
    """The row."""

    __tablename__ = "committee_session"

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    body_id: UUID = Field(foreign_key="body.id")
    agenda: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    state: SessionState = one_of(SessionState, default=SessionState.PLANNED)
    called_on: date | None = None
    second_on: date | None = None
    second_at: str | None = None
    held_on: date | None = None
    bylaws_id: UUID | None = None
    quorum: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    first_quorum: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    purpose: str | None = None
    media_links: list[str] = Field(default_factory=list, sa_type=JSONB)
    cancelled_because: str | None = None
    demonstration: bool = False

    @property
    def day(self) -> date:
        """The day that counts: of the second call, where there was one."""
        return self.second_on or self.meets_on


class FrozenQuorum(Quorate):
    """Quorum as it was computed when the session was held; it never changes."""

    day: date
    bylaws_id: UUID
    bylaws_number: int
    """The version of the bylaws that was in force on that day."""
    second_call_after: int | None
    """Minutes after which these bylaws let a second call meet; null where they know none, or it was the second."""


class SessionOut(SessionFields, Row):
    """A session as it is read."""

    committee_id: UUID
    committee: str
    """Name, for display; never a key."""
    municipality_id: int
    body_id: UUID
    body: str
    agenda: list[AgendaItem]
    state: SessionState
    called_on: date | None
    second_on: date | None
    """Day and time of the second call, where the first found no quorum."""
    second_at: str | None
    held_on: date | None
    quorum: FrozenQuorum | None
    """Null until it is held, and of an inauguration that no bylaws were in force for."""
    first_quorum: FrozenQuorum | None
    """What the first call found, where there was a second."""
    explanation: str | None
    """The quorum in a sentence of the caller's language."""
    purpose: str | None
    media_links: list[str]
    cancelled_because: str | None
    minutes_id: UUID | None
    demonstration: bool
    allowed_actions: list[str]


class Calling(Fields):
    """The body that says that a session was called."""

    called_on: date | None = None
    """The day on which the call went out; today where it is missing, and not one to come."""


class Cancelling(Fields):
    """The body that says why something will not be."""

    because: Text


PREPARED = ["change", "write_agenda", "state_purpose"]
ALLOWED = {
    SessionState.PLANNED: [*PREPARED, "call", "cancel"],
    SessionState.CALLED: [*PREPARED, "write_attendance", "hold", "cancel"],
    SessionState.HELD: ["state_purpose", "decide", "agree", "draft_minutes"],
    SessionState.NO_QUORUM: ["second_call"],
    SessionState.CANCELLED: [],
    SessionState.MINUTES_DRAFT: ["state_purpose", "decide", "agree", "change_minutes", "approve_minutes"],
    SessionState.MINUTES_APPROVED: ["publish_minutes", "add_erratum"],
    SessionState.MINUTES_PUBLISHED: ["add_erratum"],
}
"""What may be done in each state. Some of it only where more holds: a purpose is an inauguration's, a decision needs quorum, a second call
needs bylaws that know one."""


@dataclass(frozen=True)
class Law:
    """The bylaws in force on a session's day."""

    id: UUID
    number: int
    rules: Rules


def allowed(session: Session, action: str) -> None:
    """Raises Conflict where the session's state does not allow `action`."""
    if action not in ALLOWED[session.state]:
        told = "Its minutes are approved: what was wrong is said in an erratum." if session.state in RECORDED else "See allowed_actions."
        raise Conflict(f"A session that is {session.state} cannot do this. {told}", "session-state-forbids", choices=ALLOWED[session.state])


def lawful(law: Law | None, day: date) -> Law:
    """The bylaws in force. Raises Conflict saying what to do where there are none."""
    if law is None:
        raise Conflict(
            f"No bylaws of the committee are in force on {day.isoformat()}, so nobody knows how it meets and decides. Draft a version"
            " (POST /v1/committees/{id}/bylaws), check it, and approve it by the council's instrument, in force from that day or before.",
            "no-bylaws-in-force",
        )
    return law


def noticed(session: Session, law: Law | None) -> None:
    """Hold the day of the call against the notice that the bylaws ask for (S6).

    Raises Conflict where it is too short, or where there are no bylaws to say; extraordinary sessions and inaugurations need none.
    """
    if session.called_on is None or session.kind in (SessionKind.EXTRAORDINARY, SessionKind.INAUGURATION):
        return
    days = lawful(law, session.meets_on).rules.notice_days
    earliest = session.called_on + timedelta(days=days)
    if session.meets_on < earliest:
        raise Conflict(
            f"The bylaws ask for {days} days between call and session: called on {session.called_on.isoformat()}, it meets on"
            f" {earliest.isoformat()} or later. Move it, or make it an extraordinary session.",
            "notice-too-short",
            pointer="/called_on",
        )


def call(session: Session, law: Law | None, on: date, today: date) -> None:
    """Call a session. Raises Conflict where its state or the notice forbid it, Invalid on a day that cannot be."""
    allowed(session, "call")
    not_to_come(on, today, "/called_on")
    if on > session.meets_on:
        raise Invalid("It was called after the day on which it met.", "called-after-session", pointer="/called_on")
    session.called_on = on
    noticed(session, law)
    session.state = SessionState.CALLED


def cancel(session: Session, because: str) -> None:
    """Say that it will not meet. Raises Conflict where it has met already."""
    allowed(session, "cancel")
    session.state, session.cancelled_because = SessionState.CANCELLED, because


def state_purpose(session: Session, said: PurposeFields) -> None:
    """State what an inauguration is for. Raises Conflict of any other session, and where its state forbids it."""
    allowed(session, "state_purpose")
    if session.kind is not SessionKind.INAUGURATION:
        raise Conflict("The purpose is stated at the inauguration.", "not-an-inauguration")
    session.purpose, session.media_links = said.purpose, list(said.media_links)
