"""Stakeholders: who acts in the municipality, institutions first; how they stand to the matter and to each other is another page's."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Limits
from pydantic import model_validator
from sqlalchemy import ARRAY
from sqlalchemy import Text as Plain
from sqlmodel import Field

from api.domain.committee.sectors import Sector
from api.domain.fields import Fields, Key, Row, Text, one_of


class Population(StrEnum):
    """Whom a stakeholder reaches. A list of ours: DOMAIN names none."""

    CHILDREN = "children"
    ADOLESCENTS = "adolescents"
    YOUTH = "youth"
    WOMEN = "women"
    FAMILIES = "families"
    OLDER_PEOPLE = "older_people"
    INDIGENOUS = "indigenous"
    AFRODESCENDANT = "afrodescendant"
    DISABILITY = "disability"
    LGBTI = "lgbti"
    MIGRANTS = "migrants"
    """Migrants, returnees and the displaced."""
    SURVIVORS = "survivors"
    """Of violence."""
    PRISONERS = "prisoners"
    """People in prison, those released, and their families."""
    GENERAL = "general"


SCALE = Limits(ge=1, le=5)


class StakeholderFields(Fields):
    """A stakeholder on a map."""

    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    """An organisation of the register; this, `institution` or `person_id` is needed."""
    institution: Text | None = None
    """Name of an institution that the register has not; never a person's."""
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    """A leader, where no institution is meant; naming one needs the personal scope, and so does reading it."""
    sector: Sector = one_of(Sector)
    influence: int = SCALE
    """On prevention in the municipality, 1 (little) to 5."""
    interest: int = SCALE
    """In prevention, 1 (little) to 5."""
    populations: Annotated[list[Population], Limits(max_length=14)] = Field(default_factory=list, sa_type=ARRAY(Plain))
    """Whom it reaches."""

    @model_validator(mode="after")
    def _of_somebody(self) -> "StakeholderFields":
        if self.organisation_id is None and self.institution is None and self.person_id is None:
            raise ValueError("say who it is: organisation_id, institution or person_id")
        return self


class Stakeholder(StakeholderFields, Row, table=True):
    """The row."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"person_id"})

    populations: list[str] = Field(default_factory=list, sa_type=ARRAY(Plain))  # type: ignore[assignment]
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")
    map_id: UUID = Field(foreign_key="stakeholder_map.id")
    demonstration: bool = False


class StakeholderOut(StakeholderFields, Row):
    """A stakeholder as it is read. How it stands, and to whom, is at `…/stance`, for the personal scope alone."""

    committee_id: UUID
    municipality_id: int
    map_id: UUID
    organisation: str | None
    """Name of the organisation, for display; never a key. `person_id` is null without the personal scope."""
    demonstration: bool
