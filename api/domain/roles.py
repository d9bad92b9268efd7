"""Who may do what: one table, read by api/access.py and shown by GET /v1/roles.

Seeing is decided by the scope (migrations/versions/0003_access.sql); this table decides doing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from api.domain.levels import Level
from api.domain.levels.ties import Side


class Role(StrEnum):
    """An office somebody holds for a term."""

    REGION_ADMIN = "region_admin"
    PROGRAMME_OFFICER = "programme_officer"
    COUNTRY_COORDINATOR = "country_coordinator"
    ASSOCIATION_OFFICER = "association_officer"
    MUNICIPAL_COORDINATOR = "municipal_coordinator"
    COMMITTEE_SECRETARY = "committee_secretary"
    MEMBER = "member"
    READER = "reader"


class Action(StrEnum):
    """Something a role may do at the unit where it is held."""

    WRITE_TERRITORY = "territory:write"
    WRITE_COMMUNITIES = "communities:write"
    WRITE_ORGANISATION = "organisations:write"
    WRITE_PROGRAMME = "programmes:write"
    SPEAK_FOR_ASSOCIATION = "affiliations:association"
    SPEAK_FOR_MUNICIPALITY = "affiliations:municipality"
    SPEAK_FOR_UNMANNED = "affiliations:unmanned-municipality"
    WRITE_CATALOGUE = "catalogue:write"
    WRITE_FIGURES = "figures:write"
    ASSIST_FIGURES = "figures:assist"
    WRITE_DOCUMENTS = "documents:write"
    WRITE_TRAINING = "training:write"
    WRITE_COMMITTEE = "committees:write"
    WAIVE_STEPS = "steps:waive"
    WRITE_ROSTER = "roster:write"
    WRITE_PERSONS = "persons:write"
    MANAGE_PEOPLE = "people:manage"
    WRITE_ELECTIONS = "elections:write"
    WRITE_BLACKOUTS = "blackouts:write"
    APPROVE_HANDOVER = "handovers:approve"
    WRITE_ALERTS = "alerts:write"


@dataclass(frozen=True)
class Office:
    """What goes with a role: where it may be held, what it may do there, which roles it may give to others there or below."""

    held_at: frozenset[Level]
    may: frozenset[Action] = frozenset()
    gives: frozenset[Role] = frozenset()
    writes: bool = False


_ANYWHERE = frozenset(Level)
_RECORDS = (
    *(Action.WRITE_DOCUMENTS, Action.WRITE_TRAINING, Action.WRITE_ORGANISATION),
    *(Action.WRITE_COMMITTEE, Action.WRITE_ROSTER, Action.WRITE_PERSONS, Action.WRITE_ELECTIONS),
)
"""What whoever keeps the papers of a municipality may: those, its training, its departments and other organisations of its own, its
committees and their law, who sits in them, its terms of office, and, with the personal scope, the names."""
_ELECTIONS = (Action.WRITE_BLACKOUTS, Action.APPROVE_HANDOVER)
_LOCAL = frozenset({Role.COMMITTEE_SECRETARY, Role.MEMBER, Role.READER})

OFFICES: dict[Role, Office] = {
    Role.REGION_ADMIN: Office(
        frozenset({Level.REGION}),
        frozenset(
            {
                *(Action.WRITE_TERRITORY, Action.WRITE_COMMUNITIES, Action.WRITE_PROGRAMME),
                *(Action.WRITE_CATALOGUE, Action.WRITE_FIGURES, *_RECORDS, *_ELECTIONS, Action.WAIVE_STEPS, Action.WRITE_ALERTS),
                Action.MANAGE_PEOPLE,
            }
        ),
        frozenset(Role),
        writes=True,
    ),
    Role.PROGRAMME_OFFICER: Office(
        frozenset({Level.PROGRAMME}),
        frozenset({Action.WRITE_PROGRAMME, Action.WRITE_TRAINING, Action.MANAGE_PEOPLE}),
        frozenset({Role.PROGRAMME_OFFICER, Role.READER}),
        writes=True,
    ),
    Role.COUNTRY_COORDINATOR: Office(
        frozenset({Level.COUNTRY}),
        frozenset(
            {
                *(Action.WRITE_COMMUNITIES, Action.SPEAK_FOR_UNMANNED),
                *(Action.WRITE_CATALOGUE, Action.WRITE_FIGURES, *_RECORDS, *_ELECTIONS, Action.WAIVE_STEPS, Action.WRITE_ALERTS),
                Action.MANAGE_PEOPLE,
            }
        ),
        _LOCAL | {Role.COUNTRY_COORDINATOR, Role.ASSOCIATION_OFFICER, Role.MUNICIPAL_COORDINATOR},
        writes=True,
    ),
    Role.ASSOCIATION_OFFICER: Office(
        frozenset({Level.ASSOCIATION}),
        frozenset(
            {
                *(Action.WRITE_ORGANISATION, Action.SPEAK_FOR_ASSOCIATION, Action.ASSIST_FIGURES),
                *(Action.WRITE_TRAINING, Action.APPROVE_HANDOVER, Action.MANAGE_PEOPLE),
            }
        ),
        frozenset({Role.ASSOCIATION_OFFICER, Role.READER}),
        writes=True,
    ),
    Role.MUNICIPAL_COORDINATOR: Office(
        frozenset({Level.MUNICIPALITY}),
        frozenset({Action.SPEAK_FOR_MUNICIPALITY, Action.WRITE_COMMUNITIES, Action.WRITE_FIGURES, *_RECORDS, Action.MANAGE_PEOPLE}),
        _LOCAL | {Role.MUNICIPAL_COORDINATOR},
        writes=True,
    ),
    Role.COMMITTEE_SECRETARY: Office(
        frozenset({Level.MUNICIPALITY}), frozenset({Action.WRITE_COMMUNITIES, Action.WRITE_FIGURES, *_RECORDS}), writes=True
    ),
    Role.MEMBER: Office(frozenset({Level.MUNICIPALITY})),
    Role.READER: Office(_ANYWHERE),
}

SPEAKS = {
    Side.ASSOCIATION: Action.SPEAK_FOR_ASSOCIATION,
    Side.MUNICIPALITY: Action.SPEAK_FOR_MUNICIPALITY,
    Side.COUNTRY: Action.SPEAK_FOR_UNMANNED,
}
"""What it takes to speak for each side of an affiliation."""


@dataclass(frozen=True)
class Target:
    """What an action is about: the units it lies in. 0 and None stand for none."""

    country_id: int = 0
    municipality_id: int = 0
    association_id: int = 0
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class Held:
    """A role in force now, with the units it reaches; a municipality's includes the predecessors it is principal successor of."""

    role: Role
    level: Level
    country_id: int = 0
    association_id: int = 0
    organisation_id: UUID | None = None
    municipalities: frozenset[int] = field(default_factory=frozenset)

    def reaches(self, target: Target) -> bool:
        """Whether the role's unit contains all of the target."""
        match self.level:
            case Level.REGION:
                return True
            case Level.COUNTRY:
                return target.country_id == self.country_id
            case Level.ASSOCIATION:
                return target.association_id == self.association_id or (
                    target.organisation_id is not None and target.organisation_id == self.organisation_id
                )
            case Level.PROGRAMME:
                return target.organisation_id is not None and target.organisation_id == self.organisation_id
            case Level.MUNICIPALITY:
                return target.municipality_id in self.municipalities


def may(held: Iterable[Held], action: Action, target: Target) -> bool:
    """Whether any role held reaches the target and includes the action."""
    return any(action in OFFICES[h.role].may and h.reaches(target) for h in held)


def may_give(held: Iterable[Held], role: Role, target: Target) -> bool:
    """Whether any role held reaches the target and may give `role` there."""
    return any(role in OFFICES[h.role].gives and h.reaches(target) for h in held)
