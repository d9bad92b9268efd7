"""How a committee is doing (DOMAIN §7.7): a vector first, one number second. Ten components of 0 to 100, each with what it was counted
from. New organisations, what members learn and ties to the outside are components like attendance: of the two, research found that they
matter and that attendance alone does not (DOMAIN §1.4). The weights (all the same) and the share below which there is no number are ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from api.domain.calendar import days_after
from api.domain.committee.composition import Facts, missing
from api.domain.committee.rules import Rules
from api.domain.fields import Fields, Number
from api.domain.roles import Role
from api.domain.session.agreements import KeptWord
from api.domain.training.attendance import TrainingOut
from api.domain.vitals.cures import CURES
from api.domain.vitals.words import COMPONENTS, PARTS, UNKNOWN, WITHHELD

DAYS = 365
"""How far back sessions, attendance, minutes and what came from outside are counted."""
COVERED = Decimal("0.6")
"""Below this share of what should be known there is no single number (ours)."""


class ComponentCode(StrEnum):
    """The components, in the order in which they are told."""

    LEGALITY = "legality"
    RHYTHM = "rhythm"
    PARTICIPATION = "participation"
    COMPOSITION = "composition"
    RENEWAL_AND_SKILLS = "renewal_and_skills"
    EXTERNAL_LINKAGES = "external_linkages"
    FOLLOW_THROUGH = "follow_through"
    EVIDENCE = "evidence"
    PLAN = "plan"
    ACCOUNTABILITY = "accountability"


@dataclass(frozen=True)
class Counts:
    """What is counted of a committee in the year up to a day, and on it."""

    legalised: bool
    """By an instrument of the council that is not repealed."""
    ruled_since: date | None
    """From when on bylaws were in force."""
    came_on: date | None
    """First day of the organisation that came last."""
    ordinary: int
    """Ordinary sessions of the plenary with quorum."""
    quorate: int
    """All its sessions with quorum."""
    minuted: int
    """Of these, those whose minutes were approved."""
    published: int
    """Of these, those whose minutes were published."""
    attended: int
    """Voting seats that were there, over all sessions of the plenary."""
    entitled: int
    """Voting seats that should have been."""
    assisted: int
    """Pieces of technical assistance."""
    affiliations: int
    """Associations of the municipality, on the day."""
    figures: int
    """Periods of which the municipality has figures."""
    holders: int
    """Who holds a seat of the plenary, and not by another office."""
    by_call: int
    """Of these, those who came by an open call."""
    ends: int
    """Different days on which their terms end."""
    secretaries: int
    """Municipal staff in the technical secretariat."""


@dataclass(frozen=True)
class Known:
    """What is known of a committee on a day."""

    committee_id: UUID
    demonstration: bool
    made: Facts
    learned: TrainingOut
    kept: KeptWord
    counts: Counts
    declared: Mapping[str, UUID]
    """Part -> the declaration that it is so, of those that hold on the day."""

    @property
    def rules(self) -> Rules | None:
        """Of the bylaws in force."""
        return self.made.rules

    @property
    def since(self) -> date:
        """First day that is counted."""
        return days_after(self.made.day, -DAYS)


class HealthPart(Fields):
    """Something that was counted: `count` of `of`."""

    part: str
    label: str
    """In the caller's language."""
    count: int | None
    of: int | None
    value: Number | None
    """100 · count / of, and at most 100; null where it is not known."""
    unknown: str | None
    """Why not, in the caller's language."""
    who: list[Role]
    """Who could state what is unknown; empty where only time can, or this service has no place for it yet."""
    how: str | None
    """How it could be stated, in the caller's language; null where it is known."""
    declared: UUID | None
    """The declaration by which it is said to be so (GET /v1/item-declarations/{id}): nothing was computed."""


class Component(Fields):
    """One component: the mean of its parts that are known."""

    component: ComponentCode
    label: str
    value: Number | None
    """0 to 100; null where no part is known."""
    parts: list[HealthPart]


class Vector(Fields):
    """The components, and the number that is made of them."""

    counted_from: date
    """First day of the year that ends with the day."""
    score: Number | None
    """Mean of the components that are known, 0 to 100; null while too little is."""
    withheld: str | None
    """Why there is no score, in the caller's language."""
    coverage: Number
    """Share of the parts that are known, all components weighing the same: 0 to 1."""
    components: list[Component]


Counted = tuple[str, int | None, int | None, str | None]
"""A part before it is worded: code, count, of, and the code of why it is unknown."""


def counted(part: str, count: int | None, of: int | None, unknown: str) -> Counted:
    """`count` of `of`; unknown where there is nothing that it could be of."""
    return (part, count, of, None) if of else (part, None, None, unknown)


def yes(part: str, true: bool) -> Counted:
    """Something that is there or not: 1 of 1, or 0 of 1."""
    return (part, int(true), 1, None)


def kept_nowhere(part: str) -> Counted:
    """Something that this service does not keep."""
    return (part, None, None, "no-room")


def sessions_due(known: Known) -> int:
    """Ordinary sessions that bylaws asked for since the first day, or since they are in force."""
    if known.rules is None or known.counts.ruled_since is None:
        return 0
    days = (known.made.day - max(known.since, known.counts.ruled_since)).days
    return known.rules.sessions_per_year * days // DAYS


def rules_met(known: Known) -> Counted:
    """How many of the rules about seats the committee keeps."""
    rules = known.rules
    if rules is None:
        return counted("rules_met", None, None, "no-bylaws")
    asked = len(rules.seats) + 2 + rules.civil_majority + len(rules.roles) + len(rules.demographic_minima)
    return counted("rules_met", asked - len(missing(known.made.held, known.made.groups, rules)), asked, "no-bylaws")


def parts(known: Known) -> dict[ComponentCode, list[Counted]]:
    """Every component with what it is made of."""
    counts, learned, kept = known.counts, known.learned, known.kept
    began = learned.onboarding.on_time + learned.onboarding.late
    due = sessions_due(known)
    return {
        ComponentCode.LEGALITY: [yes("bylaws_in_force", known.rules is not None), yes("legalised", counts.legalised)],
        ComponentCode.RHYTHM: [counted("ordinary_sessions", counts.ordinary, due, "no-bylaws" if known.rules is None else "too-early")],
        ComponentCode.PARTICIPATION: [counted("voting_seats_present", counts.attended, counts.entitled, "no-session")],
        ComponentCode.COMPOSITION: [rules_met(known)],
        ComponentCode.RENEWAL_AND_SKILLS: [
            yes("new_organisation", counts.came_on is not None and counts.came_on > known.since),
            counted("onboarded", began, began + learned.onboarding.overdue, "nobody-due"),
            counted("voters_trained", learned.voting_trained, learned.voting, "nobody-votes"),
        ],
        ComponentCode.EXTERNAL_LINKAGES: [
            kept_nowhere("partnerships"),
            yes("technical_assistance", counts.assisted > 0),
            yes("association", counts.affiliations > 0),
        ],
        ComponentCode.FOLLOW_THROUGH: [counted("agreements_on_time", kept.on_time, kept.on_time + kept.late + kept.overdue, "nothing-due")],
        ComponentCode.EVIDENCE: [kept_nowhere("assessment_fresh"), yes("figures_reported", counts.figures > 0)],
        ComponentCode.PLAN: [kept_nowhere("activities_on_track"), kept_nowhere("budget_executed")],
        ComponentCode.ACCOUNTABILITY: [counted("minutes_published", counts.published, counts.quorate, "no-session")],
    }


def worded(said: Counted, language: str, declared: Mapping[str, UUID]) -> HealthPart:
    """A part in the caller's language; what is not known may have been declared."""
    code, count, of, why = said
    word = declared.get(code) if why else None
    unknown = None if word else why
    cure = CURES[unknown] if unknown else None
    return HealthPart(
        part=code,
        label=PARTS[code][language],
        count=count,
        of=of,
        value=min(round(Decimal(100 * (count or 0)) / of, 1), Decimal(100)) if of else None,
        unknown=UNKNOWN[unknown][language] if unknown else None,
        who=list(cure.who) if cure else [],
        how=cure.how[language] if cure else None,
        declared=word,
    )


def mean(values: Iterable[Decimal | None]) -> Decimal | None:
    """Of those that are known; null where none is."""
    there = [value for value in values if value is not None]
    return round(sum(there, Decimal()) / len(there), 1) if there else None


def vector(known: Known, language: str) -> Vector:
    """The components and, where enough is known, the score."""
    components, covered = [], Decimal(0)
    for code, said in parts(known).items():
        told = [worded(part, language, known.declared) for part in said]
        covered += Decimal(sum(part.value is not None for part in told)) / len(told)
        components.append(Component(component=code, label=COMPONENTS[code][language], value=mean(part.value for part in told), parts=told))
    coverage = covered / len(components)
    enough = coverage >= COVERED
    return Vector(
        counted_from=known.since,
        score=mean(component.value for component in components) if enough else None,
        withheld=None if enough else WITHHELD[language].format(percent=int(100 * COVERED)),
        coverage=round(coverage, 4),
        components=components,
    )
