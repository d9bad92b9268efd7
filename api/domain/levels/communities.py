"""Communities: the parts of a municipality that people name, such as barrios, colonias, cantons and aldeas.

Figures of them stand by themselves; they are never added into their municipality, which reports its own.
"""

from datetime import date
from enum import StrEnum

from pydantic import model_validator
from sqlmodel import Field

from api.domain.fields import ExternalIds, Fields, Key, Numbered, Text, external_ids, one_of


class CommunityKind(StrEnum):
    """What people call such a place."""

    BARRIO = "barrio"
    COLONIA = "colonia"
    CANTON = "canton"
    CASERIO = "caserio"
    ALDEA = "aldea"
    COMARCA = "comarca"
    CORREGIMIENTO = "corregimiento"
    ZONE = "zone"
    OTHER = "other"


class CommunityFields(Fields):
    """A part of a municipality."""

    name: Text
    kind: CommunityKind = one_of(CommunityKind, default=CommunityKind.OTHER)
    valid_from: date | None = None
    """First day it existed; null where nobody tells."""
    valid_to: date | None = None
    """First day it existed no more."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _forwards(self) -> "CommunityFields":
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to must be after valid_from")
        return self


class Community(CommunityFields, Numbered, table=True):
    """The row. Its key is above those of every other kind of place, and it never moves to another municipality."""

    country_id: Key = Field(foreign_key="country.id")
    municipality_id: Key = Field(foreign_key="municipality.id")


class CommunityOut(CommunityFields, Numbered):
    """A community as it is read."""

    country_id: int
    municipality_id: int
    municipality: str
    """Name of the municipality, for display; never a key."""
