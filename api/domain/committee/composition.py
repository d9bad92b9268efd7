"""What a committee is made of on a day, held against its bylaws: vacancies, sectors, the civil share, groups, what is about to end, what a
pending resignation would break, and what would cure each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.domain.calendar import days_after
from api.domain.committee.absences import Absence, Attended, absences
from api.domain.committee.quorum import Base, required
from api.domain.committee.rules import Rules
from api.domain.committee.sectors import CIVIL, Group, SeatRole, Sector, above_51
from api.domain.committee.shortfalls import SENTENCES
from api.domain.committee.terms import EndReason
from api.domain.committee.words import said
from api.domain.errors import Conflict
from api.domain.fields import Fields

SOON_DAYS = 90
"""How long before its last day a term is said to expire."""
FEWEST = 5
"""A smaller number of members of a group, or outside it, is not told: in so few anybody is known."""


@dataclass(frozen=True)
class Held:
    """A seat of the plenary on the day, and the term of its holder, where there is one."""

    seat_id: UUID
    sector: Sector
    role: SeatRole
    voting: bool
    term_id: UUID | None = None
    ends_on: date | None = None
    end_reason: EndReason | None = None
    shown: bool = True
    """Whether the seat's display lets its holder be told apart."""


class SectorCount(Fields):
    """The seats of a sector, voting ones and others apart."""

    sector: Sector
    voting: bool
    seats: int
    filled: int
    min: int | None
    max: int | None
    """By the bylaws; null where they do not name the sector."""


class CivilShare(Fields):
    """Social, business and academic sectors among the voting members."""

    civil: int
    voting: int
    percent: float | None
    above_51: bool
    required: bool
    """Whether the bylaws ask for it."""


class GroupCount(Fields):
    """Members who said that they are of a group."""

    group: Group
    members: int | None
    """Null where it, or what is left of those who said anything, is below 5."""
    min: int | None
    met: bool | None
    """Null where the bylaws ask for none."""


class Shortfall(Fields):
    """What is not as the bylaws ask, and what would cure it."""

    code: str
    pointer: str
    """JSON pointer into the rules."""
    detail: str
    cure: str


class Ending(Fields):
    """A term that ends soon, or whose end was announced."""

    term_id: UUID
    sector: Sector | None
    """Null where the seat does not show it."""
    ends_on: date
    end_reason: EndReason | None
    breaks: list[Shortfall]
    """What would not be as the bylaws ask any more, unless somebody follows."""


class Composition(Fields):
    """A committee on a day."""

    as_of: date
    bylaws_id: UUID | None
    """The version it is held against; null where none is in force."""
    seats: int
    filled: int
    vacant: int
    voting_seats: int
    voting_filled: int
    quorum: int | None
    """How many voting seats must be present."""
    sectors: list[SectorCount]
    civil: CivilShare
    groups: list[GroupCount]
    expiring: list[Ending]
    pending: list[Ending]
    """Resignations and other ends that are announced for a later day."""
    shortfalls: list[Shortfall]
    """The cure list: warnings, but at legalisation, where they block."""
    absences: list[Absence]
    """Seats that by the bylaws are lost for absences without excuse; a warning always."""


Missing = tuple[str, str, dict[str, int | str]]
"""Code, pointer, and the numbers of a shortfall."""


def _count(held: Sequence[Held], sector: Sector, voting: bool, *, filled: bool = True) -> int:
    return sum(h.sector is sector and h.voting is voting and (h.term_id is not None or not filled) for h in held)


def civil_share(held: Sequence[Held], required: bool) -> CivilShare:
    """How many of the voting members are of social, business and academic sectors."""
    voting = [h for h in held if h.voting and h.term_id]
    civil = sum(h.sector in CIVIL for h in voting)
    percent = round(100 * civil / len(voting), 1) if voting else None
    return CivilShare(civil=civil, voting=len(voting), percent=percent, above_51=above_51(civil, len(voting)), required=required)


def missing(held: Sequence[Held], groups: dict[Group, int], rules: Rules) -> list[Missing]:
    """Everything that is not as `rules` ask."""
    found: list[Missing] = []
    for n, seats in enumerate(rules.seats):
        filled = _count(held, seats.sector, seats.voting)
        told: dict[str, int | str] = {"sector": str(seats.sector), "filled": filled}
        if filled < seats.min:
            found.append(("sector-below-minimum", f"/seats/{n}/min", told | {"min": seats.min, "lack": seats.min - filled}))
        if filled > seats.max:
            found.append(("sector-above-maximum", f"/seats/{n}/max", told | {"max": seats.max}))
    voting = sum(h.voting and h.term_id is not None for h in held)
    made = sum(h.voting for h in held)
    if made != rules.voting_seats:
        found.append(("seats-differ", "/voting_seats", {"made": made, "seats": rules.voting_seats}))
    n = rules.voting_seats if rules.quorum.base is Base.LEGAL else voting
    if voting < (need := required(rules.quorum, n)):
        found.append(("quorum-out-of-reach", "/quorum", {"need": need, "filled": voting, "lack": need - voting}))
    share = civil_share(held, rules.civil_majority)
    if rules.civil_majority and not share.above_51:
        found.append(("civil-share-too-small", "/civil_majority", {"civil": share.civil, "voting": share.voting}))
    for n, role in enumerate(rules.roles):
        holders = sum(h.role is role.role and h.term_id is not None for h in held)
        if holders < role.min:
            found.append(("role-vacant", f"/roles/{n}", {"role": str(role.role), "min": role.min, "filled": holders}))
    for n, minimum in enumerate(rules.demographic_minima):
        if groups.get(minimum.group, 0) < minimum.min:
            found.append(("group-below-minimum", f"/demographic_minima/{n}", {"group": str(minimum.group), "min": minimum.min}))
    return found


def worded(found: Missing, language: str) -> Shortfall:
    """A shortfall in the caller's language."""
    code, pointer, numbers = found
    detail, cure = (said(SENTENCES[code][part], **numbers)[language] for part in ("detail", "cure"))
    return Shortfall(code=code, pointer=pointer, detail=detail, cure=cure)


def breaking(held: Sequence[Held], leaving: Held, groups: dict[Group, int], rules: Rules, language: str) -> list[Shortfall]:
    """What would be missing anew if one left; groups aside, which only the person knows."""
    after = [Held(h.seat_id, h.sector, h.role, h.voting) if h.seat_id == leaving.seat_id else h for h in held]
    before = {(code, pointer) for code, pointer, _ in missing(held, groups, rules)}
    return [worded(m, language) for m in missing(after, groups, rules) if (m[0], m[1]) not in before]


def protected(members: int, stated: int) -> int | None:
    """The number of members of a group, where it and the rest are none or at least 5."""
    return None if 0 < members < FEWEST or 0 < stated - members < FEWEST else members


def grouped(groups: dict[Group, int], stated: int, rules: Rules | None) -> list[GroupCount]:
    """Groups that the bylaws ask for, or that somebody said they are of."""
    minima = {m.group: m.min for m in rules.demographic_minima} if rules else {}
    return [
        GroupCount(
            group=group,
            members=protected(groups.get(group, 0), stated),
            min=minima.get(group),
            met=groups.get(group, 0) >= minima[group] if group in minima else None,
        )
        for group in Group
        if group in minima or group in groups
    ]


def _sectors(held: Sequence[Held], rules: Rules | None) -> list[SectorCount]:
    ruled = {(s.sector, s.voting): s for s in rules.seats} if rules else {}
    every = {(h.sector, h.voting) for h in held} | set(ruled)
    return [
        SectorCount(
            sector=sector,
            voting=voting,
            seats=_count(held, sector, voting, filled=False),
            filled=_count(held, sector, voting),
            min=ruled[sector, voting].min if (sector, voting) in ruled else None,
            max=ruled[sector, voting].max if (sector, voting) in ruled else None,
        )
        for sector in Sector
        for voting in (True, False)
        if (sector, voting) in every
    ]


@dataclass(frozen=True)
class Facts:
    """What is known of a committee on a day."""

    day: date
    held: Sequence[Held]
    groups: dict[Group, int]
    stated: int
    """How many said anything of what they are."""
    rules: Rules | None
    bylaws_id: UUID | None
    attended: Sequence[Attended] = ()


def _ending(facts: Facts, held: Held, language: str) -> Ending:
    assert held.term_id is not None
    assert held.ends_on is not None
    return Ending(
        term_id=held.term_id,
        sector=held.sector if held.shown else None,
        ends_on=held.ends_on,
        end_reason=held.end_reason if held.shown else None,
        breaks=breaking(facts.held, held, facts.groups, facts.rules, language) if facts.rules and held.shown else [],
    )


def composition(facts: Facts, language: str) -> Composition:
    """The committee on the day, with its cure list in the caller's language."""
    held, rules = facts.held, facts.rules
    filled = sum(h.term_id is not None for h in held)
    voting_filled = sum(h.voting and h.term_id is not None for h in held)
    endings = sorted((_ending(facts, h, language) for h in held if h.term_id and h.ends_on), key=lambda e: (e.ends_on, str(e.term_id)))
    announced = {h.term_id for h in held if h.end_reason is not None}
    n = 0 if rules is None else rules.voting_seats if rules.quorum.base is Base.LEGAL else voting_filled

    return Composition(
        as_of=facts.day,
        bylaws_id=facts.bylaws_id,
        seats=len(held),
        filled=filled,
        vacant=len(held) - filled,
        voting_seats=rules.voting_seats if rules else sum(h.voting for h in held),
        voting_filled=voting_filled,
        quorum=required(rules.quorum, n) if rules else None,
        sectors=_sectors(held, rules),
        civil=civil_share(held, bool(rules and rules.civil_majority)),
        groups=grouped(facts.groups, facts.stated, rules),
        expiring=[e for e in endings if e.ends_on <= days_after(facts.day, SOON_DAYS) and e.term_id not in announced],
        pending=[e for e in endings if e.term_id in announced],
        shortfalls=[worded(m, language) for m in missing(held, facts.groups, rules)] if rules else [],
        absences=absences(rules.absence_limit if rules else None, facts.attended, facts.day, language),
    )


def composed(found: Composition) -> None:
    """Raises Conflict where a committee that is to be legalised is not made up as its bylaws ask (M5)."""
    if found.shortfalls:
        told = "The committee is not made up as its bylaws ask; see GET …/composition for what would cure it."
        raise Conflict(told, "composition-not-met", choices=[s.code for s in found.shortfalls])
