"""Countries: the tenants of the region, and those whose cities are only partners."""

from typing import ClassVar

from sqlalchemy import ARRAY, String
from sqlmodel import Field

from api.domain.errors import Invalid
from api.domain.fields import ExternalIds, Fields, LongText, Numbered, Text, external_ids


class CountryFields(Fields):
    """A country and its profile."""

    name: Text
    name_es: Text
    name_pt: Text
    policing: LongText | None = None
    """Who polices: in most of the region the national government, not the municipality."""
    prevention_law: LongText | None = None
    """The law or policy that municipal prevention rests on, where it was verified."""
    committee_name: Text | None = None
    """What violence prevention committees are called here."""
    sources: LongText | None = None
    """Where the profile comes from."""


class CountryKey(Fields):
    """What identifies a country; set with the data files, never changed."""

    iso2: str = Field(min_length=2, max_length=2)
    """ISO 3166-1 alpha-2."""
    iso3: str = Field(min_length=3, max_length=3)
    """ISO 3166-1 alpha-3."""
    tenant: bool
    """Whether its municipalities are members here; false for the countries of partner cities."""
    languages: list[str] = Field(sa_type=ARRAY(String))
    """ISO 639-1 codes of the official languages."""
    currency: str
    """ISO 4217."""
    external_ids: ExternalIds = external_ids()


class Country(CountryKey, CountryFields, Numbered, table=True):
    """The row; its key is the ISO 3166-1 numeric code."""

    PUBLIC: ClassVar[bool] = True


class CountryOut(CountryKey, CountryFields, Numbered):
    """A country as it is read."""


def within(said: int | None, home: int) -> None:
    """Raises Invalid where what lies in the country `home` is said to lie in another, or in none."""
    if said != home:
        raise Invalid("What is named lies in another country.", "unit-in-another-country", pointer="/country_id")
