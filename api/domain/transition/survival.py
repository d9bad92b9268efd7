"""What became of committees when a term of office ended: counted over the transitions that are past (DOMAIN §7.13).

The source's measure is a valid session within 180 days after the new term begins. What is ours: that a committee was at work before when it
had one within as many days before; that it can only be told where anything of it from before is recorded; and shares of five or more.
"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.domain.levels import Level

WITHIN_DAYS = 180
"""Days after a term of office in which a committee that is still at work has met (DOMAIN §7.13)."""
FEWEST = 5
"""Of fewer neither a share nor a median is told: one committee more or less would make it another (ours)."""
INPUTS_MOST = 100
DAYS_A_MONTH = 365.25 / 12


class SurvivalBy(StrEnum):
    """By what the figures are told apart (DOMAIN §7.13, and how the term of office ended)."""

    ENDED_BY = "ended_by"
    """election, re_election, death, resignation, removal or annulment."""
    STAGGERING = "staggering"
    """Whether the bylaws in force the day before renew the seats in parts, one after the other: staggered or at_once."""
    CHAMPION = "champion"
    """Whether a commitment in force the day before named who carries the matter: named or none."""
    INSTRUMENT = "instrument"
    """Kind of the council's instrument that legalised the committee."""


class Told(BaseModel):
    """The base of what is told."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class SurvivalCounts(Told):
    """Passages, counted: a passage is one committee going through the end of one term of office. A session is one of the plenary with
    quorum."""

    passages: int
    """Of committees that were launched, legalised or had met by then, and were not dissolved."""
    too_recent: int
    """Of these: fewer than `days` days ago, so that nobody can tell yet."""
    unknown_before: int
    """Of those that are not too recent: nothing that it held before is recorded here, so that nobody can tell what it was."""
    at_work_before: int
    """Of the rest: those with a session within `days` days before the day."""
    survived: int
    """Of `at_work_before`: those with a session within `days` days from the day on."""
    survival_share: float | None
    """survived / at_work_before, from 0 to 1; null of fewer than 5."""
    idle_before: int
    """Of the rest: those without."""
    revived: int
    """Of `idle_before`: those with a session within `days` days from the day on."""
    ratification_due: int
    """Passages whose 90 days are over."""
    ratified_in_time: int
    """Of `ratification_due`: those to which the new authority committed itself within the 90 days."""
    ratified_late: int
    """Of `ratification_due`: those to which it did later, in the same term of office."""
    ratified_share: float | None
    """ratified_in_time / ratification_due, from 0 to 1; null of fewer than 5."""
    met_again: int
    """Passages after which the committee has met, whenever, in the same term of office."""
    months_to_session: float | None
    """Median months until it first did, of `met_again`; null of fewer than 5."""


class SurvivalGroup(SurvivalCounts):
    """Passages that are alike in what the figures are told apart by."""

    key: str | None
    """Null where that is not known."""


class SurvivalPassage(Told):
    """One passage, and what it was counted by."""

    committee_id: UUID
    transition_id: UUID
    turns_on: date
    """First day after the term of office."""
    key: str | None
    last_session_before: date | None
    first_session_after: date | None
    ratified_on: date | None
    """Day of the new authority's first commitment to it."""


class Survival(Told):
    """What became of a level's committees at the ends of terms of office."""

    level: Level
    unit: str
    """As the address named it; empty for the region."""
    as_of: date
    turned_from: date | None
    """Only terms of office that ended on this day or later."""
    days: int
    by: SurvivalBy
    total: SurvivalCounts
    groups: list[SurvivalGroup]
    """They add up to `total`, medians and shares aside."""
    inputs: list[SurvivalPassage]
    """The latest passages, at most 100."""
    inputs_left_out: int
    demonstration: bool
    """Whether anything of it is invented for the demonstration."""


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of fewer than five."""
    return round(part / whole, 3) if whole >= FEWEST else None


def months(days: int | None, of: int) -> float | None:
    """Days as months; None where they are a median of fewer than five."""
    return round(days / DAYS_A_MONTH, 1) if days is not None and of >= FEWEST else None


def counted(said: dict[str, Any]) -> dict[str, Any]:
    """The counts of some passages, with their shares; `median` is days until the first session."""
    median = months(said.pop("median"), said["met_again"])
    shares = {
        "survival_share": share(said["survived"], said["at_work_before"]),
        "ratified_share": share(said["ratified_in_time"], said["ratification_due"]),
    }
    return said | shares | {"months_to_session": median}
