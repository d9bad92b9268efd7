"""Organisations, the associations of municipalities among them, and programmes: who acts, beside the territory."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from api.domain.fields import ExternalIds, Fields, Key, LongText, Numbered, Row, Slug, Text, external_ids, one_of


class Classification(StrEnum):
    """What kind of organisation (Popolo `classification`)."""

    MUNICIPALITY = "municipality"
    ASSOCIATION = "association"
    MINISTRY = "ministry"
    POLICE = "police"
    HEALTH = "health"
    SCHOOL = "school"
    NGO = "ngo"
    FAITH = "faith"
    BUSINESS = "business"
    ACADEMIA = "academia"
    MEDIA = "media"
    COMMUNITY_ORG = "community_org"
    DONOR = "donor"
    NETWORK_SECRETARIAT = "network_secretariat"
    PARTNER_CITY = "partner_city"
    OTHER = "other"


class OrganisationFields(Fields):
    """An organisation."""

    name: Text
    short_name: Text | None = None
    """As it signs itself."""
    classification: Classification = one_of(Classification)
    country_id: Key | None = Field(default=None, foreign_key="country.id")
    """Where it sits; null for an international one."""
    municipality_id: Key | None = Field(default=None, foreign_key="municipality.id")
    """Where it works, if in one municipality only."""
    website: Text | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    """First day it existed no more."""
    external_ids: ExternalIds = external_ids()


class Organisation(OrganisationFields, Row, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True

    demonstration: bool = False


class OrganisationOut(OrganisationFields, Row):
    """An organisation as it is read."""

    demonstration: bool
    """Whether it is invented for the demonstration."""


class AssociationFields(Fields):
    """What makes an organisation an association of municipalities here: a key, a country, and notes."""

    organisation_id: UUID = Field(foreign_key="organisation.id")
    """The organisation it is; its name and the rest are said there."""
    notes: LongText | None = None
    external_ids: ExternalIds = external_ids()


class Association(AssociationFields, Numbered, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True

    country_id: Key = Field(foreign_key="country.id")


class AssociationOut(AssociationFields, Numbered):
    """A municipal association as it is read."""

    country: str
    """ISO 3166-1 alpha-2."""
    name: str
    short_name: str | None
    classification: Classification
    website: str | None
    municipalities: int
    """How many municipalities it reaches on the day asked for, by confirmed affiliation."""


class ProgrammeFields(Fields):
    """A programme that works with municipalities, associations and countries for some time."""

    code: Slug
    """Its name in addresses."""
    name: Text
    name_es: Text
    name_pt: Text
    description: LongText | None = None
    starts_on: date | None = None
    """First day; null where no source tells."""
    ends_on: date | None = None
    """First day after it."""
    external_ids: ExternalIds = external_ids()


class Programme(ProgrammeFields, Row, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True


class ProgrammeOut(ProgrammeFields, Row):
    """A programme as it is read."""

    municipalities: int
    """Municipalities that take part on the day asked for."""
    associations: int
    countries: int
