"""Dated ties between organisations and territory: affiliations to associations, participations in programmes.

Nobody joins alone: one side proposes, the other confirms. Rights follow the dates: leaving ends the reading of what is not published.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import ExternalIds, Fields, Key, Row, Text, external_ids, one_of
from api.domain.levels import Level


class AffiliationState(StrEnum):
    """How far an affiliation has come."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Side(StrEnum):
    """Who spoke."""

    ASSOCIATION = "association"
    MUNICIPALITY = "municipality"
    COUNTRY = "country"


class AffiliationFields(Fields):
    """A municipality's membership in an association, from a day on."""

    municipality_id: Key = Field(foreign_key="municipality.id")
    association_id: Key = Field(foreign_key="association.id")
    starts_on: date
    ends_on: date | None = None
    """First day it is over; null while it lasts."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _forwards(self) -> "AffiliationFields":
        if self.ends_on and self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class AffiliationEnd(Fields):
    """The body that ends an affiliation."""

    ends_on: date
    """First day it is over."""


class Act(Fields):
    """The membership act a country coordinator confirms many affiliations against."""

    act_reference: Text
    """Number and date of the act."""
    act_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Hash of the document, hex."""
    affiliation_ids: list[UUID] = Field(min_length=1, max_length=5000)


class Affiliation(AffiliationFields, Row, table=True):
    """The row."""

    country_id: Key
    organisation_id: UUID
    """The association's organisation."""
    state: AffiliationState = one_of(AffiliationState, default=AffiliationState.PROPOSED)
    proposed_by: Side = one_of(Side)
    decided_by: Side | None = one_of(Side, default=None)
    act_reference: str | None = None
    act_sha256: str | None = None
    demonstration: bool = False


class AffiliationOut(AffiliationFields, Row):
    """An affiliation as it is read."""

    association: str
    municipality: str
    """Name, for display; never a key."""
    state: AffiliationState
    proposed_by: Side
    decided_by: Side | None
    act_reference: str | None
    act_sha256: str | None
    demonstration: bool
    allowed_actions: list[str]
    """What may still be done with it: confirm, decline, end."""


ALLOWED = {AffiliationState.PROPOSED: ["confirm", "decline"], AffiliationState.CONFIRMED: ["end"], AffiliationState.DECLINED: []}


def decide(affiliation: Affiliation, state: AffiliationState, by: Side) -> None:
    """Confirm or decline what the other side proposed. Raises Conflict where it is decided already, or by the side that proposed."""
    if affiliation.state is not AffiliationState.PROPOSED:
        raise Conflict("This affiliation is already decided.", "already-decided")
    proposed = Side.MUNICIPALITY if affiliation.proposed_by is Side.COUNTRY else affiliation.proposed_by
    if proposed is (Side.MUNICIPALITY if by is Side.COUNTRY else by):
        raise Conflict("The other side decides.", "own-proposal")
    affiliation.state, affiliation.decided_by = state, by


def end(affiliation: Affiliation, on: date) -> None:
    """End it; either side may. Raises Conflict where it is not in force, Invalid where it would end before it starts."""
    if affiliation.state is not AffiliationState.CONFIRMED or (affiliation.ends_on and affiliation.ends_on <= on):
        raise Conflict("This affiliation is not in force on that day.", "not-in-force")
    if on <= affiliation.starts_on:
        raise Invalid("It cannot end before it has started.", "affiliation-backwards", pointer="/ends_on")
    affiliation.ends_on = on


def speaking(side: Side | None) -> Side:
    """The side somebody speaks for. Raises NotAllowed where that is none."""
    if side is None:
        raise NotAllowed(
            "You speak here neither for the association nor for the municipality; a municipality with users of its own decides itself."
        )
    return side


class ParticipationFields(Fields):
    """That a municipality, an association or a whole country takes part in a programme."""

    level: Level = one_of(Level)
    """municipality, association or country."""
    country_id: Key = Field(foreign_key="country.id")
    municipality_id: Key | None = Field(default=None, foreign_key="municipality.id")
    association_id: Key | None = Field(default=None, foreign_key="association.id")
    starts_on: date
    ends_on: date | None = None
    """First day it is over."""
    basis: Text
    """Where this is known from; `demonstration` where it is invented."""
    external_ids: ExternalIds = external_ids()

    @model_validator(mode="after")
    def _one_unit(self) -> "ParticipationFields":
        named = {Level.MUNICIPALITY: (True, False), Level.ASSOCIATION: (False, True), Level.COUNTRY: (False, False)}
        if named.get(self.level) != (self.municipality_id is not None, self.association_id is not None):
            raise ValueError("name exactly the unit of the level")
        if self.ends_on and self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class Participation(ParticipationFields, Row, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True

    programme_id: UUID = Field(foreign_key="programme.id")
    demonstration: bool = False


class ParticipationOut(ParticipationFields, Row):
    """A participation as it is read."""

    programme: str
    """Code of the programme."""
    unit: str
    """Name of what takes part."""
    demonstration: bool


def stop(participation: Participation, on: date) -> None:
    """End a participation on a day. Raises Invalid where it would end before it starts."""
    if on <= participation.starts_on:
        raise Invalid("It cannot end before it has started.", "participation-backwards", pointer="/ends_on")
    participation.ends_on = on
