"""Inaugurations: what of the act is public, for everyone to read without signing in, from when it was held."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.committee.committees import Committee
from api.domain.fields import Key, Row
from api.domain.session.sessions import Session
from api.domain.transition.blackouts import PublicAct


class Inauguration(Row, table=True):
    """The row; its id is the session's."""

    PUBLIC: ClassVar[bool] = True

    country_id: Key
    municipality_id: Key
    committee_id: UUID
    committee: str
    held_on: date
    place: str | None = None
    purpose: str | None = None
    media_links: list[Any] = Field(default_factory=list, sa_type=JSONB)
    attended: int
    demonstration: bool = False

    @property
    def ACT(self) -> PublicAct | None:
        """What of it a blackout may refuse: a statement and pictures in public. Hold it without, and state its purpose afterwards."""
        return PublicAct.PUBLISH_PROMOTION if self.purpose or self.media_links else None


class InaugurationOut(Row):
    """An inauguration as everyone reads it; never who was there."""

    committee_id: UUID
    committee: str
    """Name of the committee when it was held."""
    country: str
    """ISO 3166-1 alpha-2."""
    municipality_id: int
    municipality: str
    """Name, for display; never a key."""
    held_on: date
    place: str | None
    purpose: str | None
    """The public statement of purpose."""
    media_links: list[str]
    attended: int
    """Seats present or represented."""
    demonstration: bool


def public(session: Session, committee: Committee, attended: int) -> Inauguration:
    """What becomes public of an inauguration that was held."""
    return Inauguration(
        id=session.id,
        country_id=session.country_id,
        municipality_id=session.municipality_id,
        committee_id=session.committee_id,
        committee=committee.name,
        held_on=session.day,
        place=session.place,
        purpose=session.purpose,
        media_links=session.media_links,
        attended=attended,
        demonstration=session.demonstration,
    )
