"""The gap report: for each sector what is required, who is mapped, invited and seated, and whom to invite next, with the reason.

`required` is what the bylaws in force ask for, and one seat of every sector that the framework wants mapped. A seat is missing until
somebody holds it; how far one has come towards it is the `stage`. Ranking is a rule of ours, said in `ranked`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from api.domain.calendar import months_after
from api.domain.committee.sectors import Sector
from api.domain.outreach.invitations import InvitationState
from api.domain.outreach.stakeholders import Population

AGAIN_MONTHS = 6
"""After how many months whoever declined, or did not answer, may be asked again; a default of ours."""
NEXT = 5
"""How many are named to be invited next."""


class Stage(StrEnum):
    """How far a required sector has come."""

    MET = "met"
    NOT_MAPPED = "not_mapped"
    """Nobody of it is known, or nobody who could be asked now."""
    NOT_INVITED = "not_invited"
    WAITING = "waiting"
    """Enough are invited and have not answered."""
    NOT_SEATED = "not_seated"
    """Enough have accepted and hold no seat yet."""


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """An institution, or a leader: on another map it has another id, so it is known by what it is."""

    organisation_id: UUID | None = None
    institution: str | None = None
    person_id: UUID | None = None

    def known_as(self) -> set[object]:
        """All that it may be known by."""
        named = self.institution.casefold() if self.institution else None
        known: set[object] = {self.organisation_id, named, self.person_id}
        return known - {None}


@dataclass(frozen=True, kw_only=True)
class Candidate(Somebody):
    """Somebody on the latest map."""

    id: UUID
    sector: Sector
    influence: int
    interest: int
    populations: frozenset[Population] = frozenset()
    organisation: str | None = None
    """Name of the organisation."""
    seated: bool = False
    """Whether the organisation holds a seat, as far as the caller may know."""


@dataclass(frozen=True, kw_only=True)
class Asked(Somebody):
    """An invitation that was sent."""

    sector: Sector
    sent_on: date
    expires_on: date
    answered_on: date | None = None
    state: InvitationState
    seated_on: date | None = None
    """First day of the term that came of it."""

    def on(self, day: date) -> InvitationState:
        """How it stood on a day."""
        if self.answered_on and self.answered_on <= day:
            if self.seated_on and self.seated_on <= day:
                return InvitationState.SEATED
            return InvitationState.DECLINED if self.state is InvitationState.DECLINED else InvitationState.ACCEPTED
        return InvitationState.EXPIRED if self.expires_on <= day else InvitationState.SENT


@dataclass(frozen=True)
class Facts:
    """All that the report is made of, on a day."""

    day: date
    by_bylaws: dict[Sector, int]
    """Fewest seats by sector, of the bylaws in force."""
    by_framework: frozenset[Sector]
    candidates: Sequence[Candidate]
    asked: Sequence[Asked]
    seated: dict[Sector, int]


@dataclass(frozen=True)
class Tally:
    """One sector."""

    sector: Sector
    required: int
    mapped: int
    invited: int
    accepted: int
    seated: int
    free: int
    """Mapped, and could be asked now."""

    @property
    def lacking(self) -> int:
        """Seats that nobody holds yet."""
        return max(self.required - self.seated, 0)

    @property
    def open(self) -> int:
        """Of these, those for which nobody has even been asked."""
        return max(self.lacking - self.accepted - self.invited, 0)

    @property
    def stage(self) -> Stage:
        """How far it has come: what the first missing seat waits for."""
        if self.lacking == 0:
            return Stage.MET
        if self.open:
            return Stage.NOT_INVITED if self.free else Stage.NOT_MAPPED
        return Stage.NOT_SEATED if self.accepted >= self.lacking else Stage.WAITING


def required(facts: Facts, sector: Sector) -> int:
    """Seats that a sector must have."""
    return max(facts.by_bylaws.get(sector, 0), 1 if sector in facts.by_framework else 0)


def askable(facts: Facts) -> list[Candidate]:
    """Those on the map who could be invited: not seated, not asked already, not asked in vain lately."""
    taken: set[object] = set()
    for one in facts.asked:
        if one.sent_on <= facts.day and not _may_be_asked_again(one, facts.day):
            taken |= one.known_as()
    return [c for c in facts.candidates if not c.seated and not c.known_as() & taken]


def _may_be_asked_again(one: Asked, day: date) -> bool:
    state = one.on(day)
    if state is InvitationState.DECLINED:
        assert one.answered_on is not None
        return months_after(one.answered_on, AGAIN_MONTHS) <= day
    # Whoever held a seat and holds it no more is asked like anybody else: those who hold one are `seated`.
    return state is InvitationState.SEATED or (state is InvitationState.EXPIRED and months_after(one.expires_on, AGAIN_MONTHS) <= day)


def tallies(facts: Facts) -> list[Tally]:
    """Every sector that is required, mapped, invited or seated, in the order of the code list."""
    free = askable(facts)
    found = []
    for sector in Sector:
        states = [one.on(facts.day) for one in facts.asked if one.sector is sector and one.sent_on <= facts.day]
        tally = Tally(
            sector,
            required(facts, sector),
            sum(c.sector is sector for c in facts.candidates),
            states.count(InvitationState.SENT),
            states.count(InvitationState.ACCEPTED),
            facts.seated.get(sector, 0),
            sum(c.sector is sector for c in free),
        )
        if tally.required or tally.mapped or states or tally.seated:
            found.append(tally)
    return found


class Why(StrEnum):
    """Why somebody is to be invited."""

    SECTOR_MISSING = "sector_missing"
    REACHES_MORE = "reaches_more"
    STRONGEST = "strongest"


@dataclass(frozen=True)
class Next:
    """Somebody to invite."""

    candidate: Candidate
    why: Why
    reaches: tuple[Population, ...]
    """Populations that nobody at the table reaches yet."""


def unreached(facts: Facts) -> set[Population]:
    """Populations that somebody on the map reaches, and nobody at the table."""
    return _reached(facts.candidates) - _reached(c for c in facts.candidates if c.seated)


def _reached(candidates: Iterable[Candidate]) -> set[Population]:
    return {p for c in candidates for p in c.populations}


def ranked(facts: Facts, most: int = NEXT) -> list[Next]:
    """Whom to invite, the best first, each as if those before had been invited.

    First of sectors with a seat for which nobody has been asked; then by influence times interest, by how many populations they would
    bring to the table, by influence, and by the id, so that the order is always the same.
    """
    left, opened, missing = askable(facts), {t.sector: t.open for t in tallies(facts)}, unreached(facts)
    found: list[Next] = []
    while left and len(found) < most:
        best = min(left, key=lambda c: _rank(c, opened, missing))
        brings = tuple(sorted(best.populations & missing))
        why = Why.SECTOR_MISSING if opened.get(best.sector) else Why.REACHES_MORE if brings else Why.STRONGEST
        found.append(Next(best, why, brings))
        left = [c for c in left if not c.known_as() & best.known_as()]
        opened[best.sector] = max(opened.get(best.sector, 0) - 1, 0)
        missing -= best.populations
    return found


def _rank(one: Candidate, opened: dict[Sector, int], missing: set[Population]) -> tuple[int, int, int, int, UUID]:
    return (0 if opened.get(one.sector) else 1, -one.influence * one.interest, -len(one.populations & missing), -one.influence, one.id)
