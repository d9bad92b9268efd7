"""Principals: people, who sign in with a password, and service accounts, which hold keys."""

import hashlib
import secrets
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field as Limits
from pydantic import model_validator
from sqlalchemy import DateTime
from sqlmodel import Field

from api.domain.errors import Invalid
from api.domain.fields import Email, Fields, Kept, Key, Row, Text, one_of
from api.domain.levels import Level
from api.domain.roles import OFFICES, Role

KEY_DAYS_MOST = 400
"""A service key lives at most this many days; two may be alive at once, so that one can be replaced without a gap."""


class PrincipalKind(StrEnum):
    """Who acts."""

    PERSON = "person"
    SERVICE = "service"


class OfficeUnit(Fields):
    """Where a role is held: the level, and the unit as addresses name it."""

    level: Level = one_of(Level)
    unit: str | None = Field(default=None, max_length=100, schema_extra={"examples": ["gt-ine:0108"]})
    """The unit as in addresses: a code or key; null for the region."""

    @model_validator(mode="after")
    def _named(self) -> "OfficeUnit":
        if (self.level is Level.REGION) != (self.unit is None):
            raise ValueError("name the unit of the level; the region has none")
        return self


class GrantFields(OfficeUnit):
    """An office: a role at a unit, for a term."""

    role: Role = one_of(Role)
    starts_on: date
    """First day of the term."""
    ends_on: date | None = None
    """First day after the term; null while it is open."""
    personal: bool = False
    """Whether it also opens names and contacts of members there."""

    @model_validator(mode="after")
    def _holdable(self) -> "GrantFields":
        if self.level not in OFFICES[self.role].held_at:
            raise ValueError("this role is not held at this level")
        if self.ends_on and self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        if self.personal and self.level is not Level.MUNICIPALITY:
            raise ValueError("the personal scope goes with a role at a municipality")
        return self


class PersonInvite(GrantFields):
    """The body that invites a person into an office."""

    email: Email
    display_name: Text


class GrantNew(GrantFields):
    """The body that gives somebody an office."""

    principal_id: UUID


class ServiceNew(GrantFields):
    """The body that makes a service account with one role."""

    display_name: Text


class Located(Fields):
    """The unit of a record of access, as the policies see it. 0 and null stand for none."""

    country_id: int = 0
    municipality_id: int = 0
    organisation_id: UUID | None = None


class Principal(Located, Row, table=True):
    """The row: who may come in, and whose people they are."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"email", "display_name"})

    kind: PrincipalKind = one_of(PrincipalKind)
    email: str | None = None
    display_name: str
    active: bool = True
    demonstration: bool = False


class PrincipalOut(Row):
    """A person or service account, as those who manage it read it."""

    kind: PrincipalKind
    email: str | None
    display_name: str
    active: bool
    demonstration: bool


class PrincipalFields(Fields):
    """What may be changed of a person or service account."""

    display_name: Text
    active: bool
    """false ends every session and key at once."""


class Granted(Located, Row, table=True):
    """The row of an office held."""

    principal_id: UUID = Field(foreign_key="principal.id")
    role: Role = one_of(Role)
    level: Level = one_of(Level)
    association_id: int = 0
    starts_on: date
    ends_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    granted_by: UUID | None = None
    personal: bool = False


class GrantOut(Row):
    """An office as it is read."""

    principal_id: UUID
    role: Role
    level: Level
    unit: str | None
    """ISO code, integer key or programme code; null for the region."""
    unit_name: str | None
    starts_on: date
    ends_on: date | None
    revoked_at: datetime | None
    personal: bool
    in_force: bool
    """Whether it counts now."""


class Invitation(Located, Row, table=True):
    """The row of a single-use link, by which a person sets a password."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"secret_sha256"})

    kind: str
    secret_sha256: str
    principal_id: UUID = Field(foreign_key="principal.id")
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    used_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    invited_by: UUID | None = None


class InvitationOut(Row):
    """An invitation or reset as it is read; the link itself is in the answer that made it, and nowhere else."""

    kind: str
    principal_id: UUID
    expires_at: datetime
    used_at: datetime | None


class InvitationMade(InvitationOut):
    """The answer that carries the link, once."""

    link: str
    """Hand it over yourself: no mail is sent. Good once, until `expires_at`."""
    token: str
    """The part of the link that POST /v1/auth/accept takes."""


class ApiKey(Located, Kept, table=True):
    """The row of a service key; only the hash of its secret is kept."""

    __tablename__ = "api_key"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"secret_sha256"})

    id: str = Field(primary_key=True)
    principal_id: UUID = Field(foreign_key="principal.id")
    secret_sha256: str
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ApiKeyFields(Fields):
    """The body that makes a key."""

    days: Key = Limits(default=365, ge=1, le=KEY_DAYS_MOST)
    """How many days it is good."""


class ApiKeyOut(Kept):
    """A service key as it is read."""

    id: str
    principal_id: UUID
    expires_at: datetime
    revoked_at: datetime | None


class ApiKeyMade(ApiKeyOut):
    """The answer that carries the secret, once."""

    key: str
    """Send it as `Authorization: Bearer KEY`; it is shown this once."""


class NewPassword(Fields):
    """A new password, and the present one."""

    present: str = Field(max_length=1000)
    new: str = Field(min_length=12, max_length=1000)
    """At least 12 characters."""


class Acceptance(Fields):
    """What accepts an invitation or a reset."""

    token: str = Field(max_length=200)
    password: str = Field(min_length=12, max_length=1000)
    """At least 12 characters."""


def sha256(secret: str) -> str:
    """How every random secret is kept; they have 256 bits, so no salt or stretching is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_secret() -> str:
    """256 random bits, URL safe."""
    return secrets.token_urlsafe(32)


def part_token(token: str, pointer: str = "/token") -> tuple[UUID, str]:
    """The id and secret of `ID.SECRET`. Raises Invalid where it has not that shape."""
    name, _, secret = token.partition(".")
    try:
        return UUID(name), secret
    except ValueError:
        raise Invalid("This is not a token that was given here.", "token-invalid", pointer=pointer) from None
