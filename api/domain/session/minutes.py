"""Minutes: numbered without gaps per committee and year, approved and then never changed: what was wrong is said in errata."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator
from sqlmodel import Field

from api.domain.documents.documents import AccessRights, Document
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Fields, Key, LongText, Row, digest, sound
from api.domain.session.holding import has_quorum
from api.domain.session.sessions import Session, SessionKind, SessionState, allowed
from api.domain.transition.blackouts import PublicAct

MinutesText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000), AfterValidator(sound)]


class MinutesFields(Fields):
    """The minutes of a session. Who was there and how it voted stand with the session, as ids that are resolved when they are read: write
    roles and institutions here, and no names."""

    text: MinutesText | None = None
    document_id: UUID | None = None
    """The signed file; this or `text` is needed."""

    @model_validator(mode="after")
    def _something(self) -> "MinutesFields":
        if self.text is None and self.document_id is None:
            raise ValueError("minutes have a text or a document: text or document_id")
        return self


class Minutes(MinutesFields, Row, table=True):
    """The row."""

    text: str | None = None
    sha256: str | None = None
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    session_id: UUID
    year: int
    number: int
    approved_on: date | None = None
    approved_in_id: UUID | None = None
    published_on: date | None = None
    published_document_id: UUID | None = None
    demonstration: bool = False

    @property
    def ACT(self) -> PublicAct | None:
        """What of them a blackout may refuse: that they are published."""
        return PublicAct.PUBLISH_RECORDS if self.published_on else None


class ErratumFields(Fields):
    """What minutes that are approved had wrong."""

    says: LongText
    """What stands there."""
    corrected: LongText
    """What should stand there."""
    document_id: UUID | None = None
    """Evidence."""


class Erratum(ErratumFields, Row, table=True):
    """The row."""

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    minutes_id: UUID
    number: int
    demonstration: bool = False


class ErratumOut(ErratumFields, Row):
    """An erratum as it is read."""

    committee_id: UUID
    municipality_id: int
    minutes_id: UUID
    number: int
    demonstration: bool


class MinutesOut(MinutesFields, Row):
    """Minutes as they are read."""

    committee_id: UUID
    municipality_id: int
    session_id: UUID
    kind: SessionKind
    held_on: date
    year: int
    number: int
    """From 1 in each year of a committee, without gaps."""
    state: Literal["draft", "approved", "published"]
    approved_on: date | None
    approved_in_id: UUID | None
    """The session that approved them."""
    sha256: str | None
    """Of `text` in UTF-8, hex, from its approval on: a copy with this hash is what was approved. Null of a draft, and where a document says
    it all, which has a hash of its own."""
    published_on: date | None
    published_document_id: UUID | None
    """The public file, with names left out."""
    errata: list[ErratumOut]
    demonstration: bool
    allowed_actions: list[str]


class MinutesApproval(Fields):
    """The body that approves minutes."""

    approved_on: date
    """Not one to come."""
    approved_in_id: UUID | None = None
    """The session of the committee that approved them, held with quorum; usually the next one."""


class MinutesPublication(Fields):
    """The body that publishes minutes."""

    document_id: UUID
    """A public document of this municipality: a file of its own, with names left out."""


def draft(session: Session) -> int:
    """Begin the minutes of a session. Returns the year they are numbered in. Raises Conflict where it was not held or has them."""
    allowed(session, "draft_minutes")
    assert session.held_on is not None
    session.state = SessionState.MINUTES_DRAFT
    return session.held_on.year


def approve(minutes: Minutes, session: Session, said: MinutesApproval, approving: Session | None, today: date) -> None:
    """Approve minutes for good; `approving` is the session that did.

    Raises Conflict where they are not a draft or that session had no quorum, Invalid where there is none such, or the day cannot be.
    """
    allowed(session, "approve_minutes")
    assert session.held_on is not None
    if said.approved_on > today or said.approved_on < session.held_on:
        raise Invalid("They are approved on a day after the session and not one to come.", "day-to-come", pointer="/approved_on")
    if said.approved_in_id is not None:
        if approving is None or approving.committee_id != session.committee_id:
            raise Invalid("The committee has no such session.", "unknown-reference", pointer="/approved_in_id")
        if not has_quorum(approving):
            raise Conflict("The session that approves them needs quorum itself.", "no-quorum", pointer="/approved_in_id")
    minutes.approved_on, minutes.approved_in_id = said.approved_on, said.approved_in_id
    minutes.sha256 = None if minutes.text is None else digest(minutes.text)
    session.state = SessionState.MINUTES_APPROVED


def counted(uncounted: int) -> None:
    """Raises Conflict where decisions of the session wait for their votes."""
    if uncounted:
        raise Conflict("Decisions of this session have no votes yet; write them first.", "decision-uncounted")


def publish(minutes: Minutes, session: Session, document: Document | None, today: date) -> None:
    """Publish approved minutes as a file of their own. Raises Conflict where they are not approved, Invalid where it is not public."""
    allowed(session, "publish_minutes")
    if document is None or document.municipality_id != minutes.municipality_id:
        raise Invalid("There is no such document here.", "unknown-reference", pointer="/document_id")
    if document.access_rights is not AccessRights.PUBLIC:
        raise Invalid("What is published is a public document, with names left out.", "document-not-public", pointer="/document_id")
    minutes.published_on, minutes.published_document_id = today, document.id
    session.state = SessionState.MINUTES_PUBLISHED
