"""What is known of one committee: dated facts with what proves each. All that a step is judged by, on any day.

A room that does not exist yet is None, not empty: nobody may say that an assessment is missing where none could be kept.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True, order=True)
class Proof:
    """Something that can be read: the noun and its id, and since when it counts."""

    on: date
    noun: str
    thing: str


class Proven(Protocol):
    """Anything that counts from the day of its proof."""

    @property
    def proof(self) -> Proof: ...


@dataclass(frozen=True)
class Commitment:
    """An authority that stands behind the committee, until its term of office ends."""

    proof: Proof
    ends_on: date | None
    """First day it holds no more; None while the term of office that it ends with is open."""
    champion_since: date | None = None
    """Day from which somebody is named who carries the matter; None where nobody is."""
    demand_since: date | None = None
    """Day from which it shows that the community asked for it."""
    pledge_since: date | None = None
    """Day from which it promises not to make it a matter of parties."""


@dataclass(frozen=True)
class Mapping:
    """A social mapping that was finished."""

    proof: Proof
    sectors: frozenset[str]


@dataclass(frozen=True)
class Invitation:
    """An invitation that was sent."""

    proof: Proof
    sector: str
    accepted_on: date | None = None


@dataclass(frozen=True)
class Launch:
    """An inauguration session that was held."""

    proof: Proof
    purpose: bool
    """Whether a public statement of purpose was made."""
    attended: int
    """People present."""


@dataclass(frozen=True)
class Law:
    """Bylaws that a council approved, in force from the day of the proof."""

    proof: Proof
    complete: bool
    ends_on: date | None = None
    """First day they were in force no more: replaced, repealed, expired."""


@dataclass(frozen=True)
class Training:
    """A training event that was held."""

    proof: Proof
    initial: bool
    people: frozenset[str]
    """Ids of the people who attended it."""


@dataclass(frozen=True)
class Seated:
    """Who holds a voting seat, from when to when."""

    person: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Group:
    """A subcommission or thematic table, from the day of the proof."""

    proof: Proof
    ends_on: date | None = None
    """First day it was there no more."""


@dataclass(frozen=True)
class Session:
    """A session of the committee that had quorum."""

    proof: Proof


@dataclass(frozen=True)
class Assessment:
    """An adopted assessment."""

    proof: Proof
    valid_until: date
    sources: frozenset[str]
    """Kinds of source it drew on."""
    participatory: bool
    """Whether at least one of them is the community itself."""
    domains: frozenset[str]
    """Domains in which factors were rated."""


@dataclass(frozen=True)
class Plan:
    """A strategic plan, active from the day of the proof until its end, with the work plans that were approved."""

    proof: Proof
    ends_on: date
    work_plans: dict[int, Proof] = field(default_factory=dict)
    """Fiscal year -> the approved work plan."""
    municipal_budget: bool = False
    measured: bool = False
    """Whether every objective has an indicator with its baseline."""


@dataclass(frozen=True)
class Doing:
    """What was done of a plan and said of it."""

    completed: tuple[Proof, ...] = ()
    progress: tuple[Proof, ...] = ()
    published: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Declared:
    """A step that was reached before the committee joined; shown as declared, never as computed."""

    step: str
    proof: Proof
    until: date | None = None


@dataclass(frozen=True)
class Waived:
    """A step that a committee need not take, and why."""

    step: str
    reason: str
    proof: Proof
    until: date | None = None


@dataclass(frozen=True)
class Facts:
    """Everything of one committee."""

    commitments: tuple[Commitment, ...] | None = ()
    mappings: tuple[Mapping, ...] | None = ()
    invitations: tuple[Invitation, ...] | None = ()
    launches: tuple[Launch, ...] | None = ()
    laws: tuple[Law, ...] = ()
    trainings: tuple[Training, ...] = ()
    seated: tuple[Seated, ...] = ()
    groups: tuple[Group, ...] = ()
    sessions: tuple[Session, ...] = ()
    declared: tuple[Declared, ...] = ()
    waived: tuple[Waived, ...] = ()
    assessments: tuple[Assessment, ...] | None = None
    plans: tuple[Plan, ...] | None = None
    doing: Doing | None = None
    demonstration: bool = False
    """Whether the committee is invented."""
