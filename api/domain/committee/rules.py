"""What bylaws say, as rules that can be computed: seats, terms, sessions, quorum, majorities. Contradictions are another page's."""

from enum import StrEnum
from typing import Literal

from pydantic import Field as Limits

from api.domain.committee.majorities import Majority, MajorityKind, Of
from api.domain.committee.quorum import SEATS_MOST, Quorum, SecondCall
from api.domain.committee.sectors import CIVIL, Group, SeatRole, Sector
from api.domain.fields import Fields


class DecisionKind(StrEnum):
    """Kinds of decision that bylaws may ask different majorities for."""

    ORDINARY = "ordinary"
    """Whatever has no majority of its own."""
    ELECTION = "election"
    REMOVAL = "removal"
    PRIORITISATION = "prioritisation"
    PLAN_APPROVAL = "plan_approval"
    WORK_PLAN_APPROVAL = "work_plan_approval"
    BUDGET = "budget"
    BYLAWS_CHANGE = "bylaws_change"
    DISSOLUTION = "dissolution"


class SectorSeats(Fields):
    """How many seats a sector has."""

    sector: Sector
    min: int = Limits(ge=0, le=SEATS_MOST)
    """Fewest seats of the sector that must be filled."""
    max: int = Limits(ge=0, le=SEATS_MOST)
    """Most seats it may have."""
    voting: bool = True
    """Whether they vote; police and national government often only speak."""


class DemographicMinimum(Fields):
    """The fewest members of a group."""

    group: Group
    min: int = Limits(ge=1, le=SEATS_MOST)
    """Fewest members, holders of any seat."""


class RoleSeats(Fields):
    """How many hold a role in the plenary."""

    role: SeatRole
    min: int = Limits(default=1, ge=0, le=SEATS_MOST)
    max: int = Limits(default=1, ge=1, le=SEATS_MOST)


class AbsenceLimit(Fields):
    """How many absences without excuse cost a member the seat."""

    consecutive: int | None = Limits(default=None, ge=1, le=100)
    in_a_year: int | None = Limits(default=None, ge=1, le=365)


class Rules(Fields):
    """Bylaws as rules."""

    voting_seats: int = Limits(ge=1, le=SEATS_MOST)
    """The legal number of voting seats."""
    seats: list[SectorSeats] = Limits(min_length=1, max_length=40)
    """By sector; a sector may stand twice, once voting and once not."""
    civil_majority: bool = False
    """Whether more than 51 % of the voting members must come from social, business and academic sectors."""
    demographic_minima: list[DemographicMinimum] = Limits(default_factory=list, max_length=20)
    roles: list[RoleSeats] = Limits(default_factory=list, max_length=20)
    president: Literal["mayor_or_delegate", "elected"] = "mayor_or_delegate"
    """The mayor or the delegate that an instrument names, or whom the plenary elects."""
    term_months: int = Limits(ge=1, le=120)
    """Longest term of a member, in months; of those who sit by their office the office says."""
    renewal_cohorts: int = Limits(default=1, ge=1, le=12)
    """Staggered replacement: in how many parts, one after the other, the seats are renewed; 1 is all at once."""
    sessions_per_year: int = Limits(ge=1, le=365)
    """Fewest ordinary sessions."""
    notice_days: int = Limits(ge=0, le=90)
    """Days between the call and an ordinary session."""
    quorum: Quorum
    second_call: SecondCall | None = None
    majorities: dict[DecisionKind, Majority]
    """By kind of decision; what is not named is decided as `ordinary`."""
    absence_limit: AbsenceLimit | None = None

    def majority(self, kind: DecisionKind) -> Majority:
        """How a decision of `kind` is taken; by more yes than no where the bylaws are silent."""
        return self.majorities.get(kind) or self.majorities.get(DecisionKind.ORDINARY) or Majority(kind=MajorityKind.SIMPLE, of=Of.CAST)

    def least(self, *, voting: bool | None = None) -> int:
        """The sum of the sectors' minima; of voting seats or others only, where asked."""
        return sum(s.min for s in self.seats if voting is None or s.voting is voting)

    def most(self, *, voting: bool | None = None) -> int:
        """The sum of the sectors' maxima."""
        return sum(s.max for s in self.seats if voting is None or s.voting is voting)

    def civil_most(self) -> int:
        """Most voting seats that social, business and academic sectors can have beside the minima of the others."""
        own = sum(s.max for s in self.seats if s.voting and s.sector in CIVIL)
        others = sum(s.min for s in self.seats if s.voting and s.sector not in CIVIL)
        return min(own, max(self.voting_seats - others, 0))
