"""Where an office or a person is, as the records of access keep it."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from api.domain.roles import Target


@dataclass(frozen=True)
class Place:
    """The unit of a record of access: what the policies and the roles see of it."""

    country_id: int = 0
    municipality_id: int = 0
    association_id: int = 0
    organisation_id: UUID | None = None

    @classmethod
    def of(cls, row: Any) -> "Place":
        """Where a record of access is."""
        return cls(row.country_id, row.municipality_id, getattr(row, "association_id", 0), row.organisation_id)

    def target(self) -> Target:
        return Target(self.country_id, self.municipality_id, self.association_id, self.organisation_id)

    def located(self) -> dict[str, Any]:
        """The columns by which those who manage the unit reach the record."""
        return {k: v for k, v in asdict(self).items() if k != "association_id"}
