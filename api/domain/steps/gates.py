"""Gates: single conditions a step is made of. Each says since when it is met, until when if nothing is done, and what proves it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from api.domain.committee.sectors import Sector
from api.domain.steps.facts import Facts, Proof, Proven

Dated = TypeVar("Dated", bound=Proven)
Value = int | str


@dataclass(frozen=True)
class Met:
    """The condition holds."""

    since: date
    proofs: tuple[Proof, ...] = ()
    until: date | None = None
    """First day on which it holds no more, unless something is done before."""


@dataclass(frozen=True)
class Unmet:
    """The condition does not hold; `said` are the numbers and codes its sentence needs, `kept` is false where no room keeps such facts."""

    said: Mapping[str, Value] = field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()
    """What was done towards it."""
    kept: bool = True


Verdict = Met | Unmet
Settings = Mapping[str, Value | list[str]]
"""What a framework sets for a gate: months, shares, sectors."""
Judge = Callable[[Facts, date, Settings], Verdict]
Settable = range | frozenset[str]
"""A whole number of a range, or a list of at least one of these codes."""
COUNT, MONTHS, DAYS, PERCENT, SECTORS = range(1, 101), range(1, 1201), range(3651), range(1, 101), frozenset(Sector)
WORDS = frozenset({"months", "sectors", "kinds", "domains", "found", "year", "trained", "voting", "share", "needed"})
"""What sentences about any gate may name, besides its settings."""


@dataclass(frozen=True)
class Gate:
    """A condition and the facts it looks at; where no room keeps such facts yet, that is said instead of a judgement."""

    room: str
    judge: Judge
    reads: Mapping[str, Settable] = field(default_factory=dict)
    """What a framework must set for it, and to what it may."""

    def verdict(self, facts: Facts, day: date, settings: Settings) -> Verdict:
        """Whether it is met on `day`."""
        return Unmet(kept=False) if getattr(facts, self.room) is None else self.judge(facts, day, settings)


def by(things: Iterable[Dated] | None, day: date) -> list[Dated]:
    """Those that count by `day`, the latest first."""
    return sorted((t for t in things or () if t.proof.on <= day), key=lambda t: t.proof, reverse=True)


def number(settings: Settings, name: str) -> int:
    """A whole number that the framework sets."""
    value = settings[name]
    assert isinstance(value, int)
    return value


def words(settings: Settings, name: str) -> list[str]:
    """A list of codes that the framework sets."""
    value = settings[name]
    assert isinstance(value, list)
    return value
