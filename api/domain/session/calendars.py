"""Calendars: the sessions of a committee at an address of one's own, which a telephone subscribes to. The address is the key; no names."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field

from api.domain.errors import Conflict
from api.domain.fields import Fields, Key, Row

Language = Literal["en", "es", "pt"]


class CalendarFeedFields(Fields):
    """The body that asks for an address."""

    language: Language | None = None
    """Of the titles; the request's where it is missing."""


class CalendarFeed(Row, table=True):
    """The row of an address; only the hash of its secret is kept."""

    __tablename__ = "calendar_feed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"secret_sha256", "principal_id"})

    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    principal_id: UUID = Field(foreign_key="principal.id")
    language: str
    secret_sha256: str
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class CalendarFeedOut(Row):
    """An address as it is read: never its secret, nor whose it is."""

    committee_id: UUID
    municipality_id: int
    language: Language
    own: bool
    """Whether it is the caller's."""
    revoked_at: datetime | None


class CalendarFeedMade(CalendarFeedOut):
    """The answer that carries the address, once."""

    link: str
    """Subscribe to it; whoever has it reads the calendar until it is revoked. It is shown this once."""


def revoke(feed: CalendarFeed, at: datetime) -> None:
    """End an address; the next request finds nothing there. Raises Conflict where it was ended already."""
    if feed.revoked_at is not None:
        raise Conflict("This address was revoked already.", "calendar-revoked")
    feed.revoked_at = at


TITLES = {
    "ordinary": {"en": "Ordinary session", "es": "Sesión ordinaria", "pt": "Sessão ordinária"},
    "extraordinary": {"en": "Extraordinary session", "es": "Sesión extraordinaria", "pt": "Sessão extraordinária"},
    "inauguration": {"en": "Inauguration", "es": "Acto de instalación", "pt": "Ato de instalação"},
    "joint": {"en": "Joint session", "es": "Sesión conjunta", "pt": "Sessão conjunta"},
}
"""What a kind of session is called in a calendar."""
