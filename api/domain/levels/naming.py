"""Who may give codes of a scheme: of an owner's those who write for that owner, of an official register the region's administrator."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from api.domain.errors import NotAllowed
from api.domain.fields import Fields, Kept, Slug, Text


def own_schemes(foreign: Sequence[str]) -> None:
    """Raises NotAllowed where codes of `foreign` schemes would change: of registers or owners for whom the caller does not write."""
    if foreign:
        raise NotAllowed(f"Codes of {foreign[0]} are given by its owner.", "scheme-not-yours", pointer=f"/external_ids/{foreign[0]}")


class SchemeFields(Fields):
    """A register of codes: an official one, or an owner's own."""

    slug: Slug
    """As it stands in `scheme:code`."""
    title: Text
    publisher: Text | None = None
    url: Text | None = None
    note: Text | None = None


class SchemeNew(SchemeFields):
    """The body by which an organisation declares its own scheme; from then on only those who write for it give its codes."""

    organisation_id: UUID


class Scheme(SchemeFields, Kept, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True

    slug: str = Field(primary_key=True)
    organisation_id: UUID | None = None


class SchemeOut(SchemeFields, Kept):
    """A scheme as it is read."""

    organisation_id: UUID | None
    """Whose it is; null for an official register."""
