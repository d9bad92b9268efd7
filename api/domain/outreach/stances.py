"""How a stakeholder stands to the matter and to others: for the personal scope alone, each reading recorded, in no list, file or feed."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field as Limits
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.errors import Invalid
from api.domain.fields import Fields, Key, LongText, Row, one_of


class Stance(StrEnum):
    """How somebody stands to prevention and to the committee."""

    SUPPORTS = "supports"
    NEUTRAL = "neutral"
    OPPOSES = "opposes"
    UNKNOWN = "unknown"


class LinkKind(StrEnum):
    """What somebody is to somebody else."""

    ALLY = "ally"
    FUNDS = "funds"
    DEPENDS_ON = "depends_on"
    CONFLICT = "conflict"
    OTHER = "other"


class Link(Fields):
    """A tie to another stakeholder of the same map."""

    stakeholder_id: UUID
    kind: LinkKind
    note: LongText | None = None


class StanceFields(Fields):
    """The whole of it: what is sent replaces what was there, and what was there is kept nowhere."""

    stance: Stance | None = one_of(Stance, default=None)
    note: LongText | None = None
    links: Annotated[list[Link], Limits(max_length=50)] = Field(default_factory=list, sa_type=JSONB)


class StakeholderStance(StanceFields, Row, table=True):
    """The row; it has the id of its stakeholder."""

    __tablename__ = "stakeholder_stance"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"stance", "note", "links"})

    id: UUID = Field(primary_key=True, foreign_key="stakeholder.id")
    links: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)  # type: ignore[assignment]
    country_id: Key
    municipality_id: Key
    committee_id: UUID = Field(foreign_key="committee.id")


class StanceOut(StanceFields, Row):
    """A stance as those with the personal scope read it; `id` is the stakeholder's, `version` 0 where nothing was said yet."""


def tied(stakeholder: UUID, links: list[Link], known: set[UUID]) -> None:
    """Raises Invalid where a tie is to nobody of the same map, or to itself."""
    for n, link in enumerate(links):
        if link.stakeholder_id not in known or link.stakeholder_id == stakeholder:
            raise Invalid("Ties are to others of the same map.", "unknown-reference", pointer=f"/links/{n}/stakeholder_id")


def stated(row: StakeholderStance, said: StanceFields) -> list[str]:
    """Replace what was said. Returns the names of the fields that changed."""
    told = said.model_dump(mode="json")
    changed = [name for name, value in told.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, Stance(told[name]) if name == "stance" and told[name] else told[name])
    return changed


def copied(links: list[dict[str, Any]], new: dict[UUID, UUID]) -> list[dict[str, Any]]:
    """The same ties on the copy of a map, where stakeholders have other ids."""
    return [link | {"stakeholder_id": str(new[UUID(link["stakeholder_id"])])} for link in links if UUID(link["stakeholder_id"]) in new]


def untied(row: StakeholderStance, gone: set[UUID]) -> bool:
    """Drop the ties to some who were erased, notes and all. Returns whether there were any."""
    left = [link for link in row.links if UUID(link["stakeholder_id"]) not in gone]
    found = len(left) < len(row.links)
    row.links = left
    return found
