"""Which institutions may leave the table: "If you can't point to concrete results, members may drop off" (ICMA, step 8). Read from who
comes, how words are kept and when a result was seen last, by institution and never by person. Thresholds and weights are ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from api.domain.calendar import days_after
from api.domain.committee.sectors import Sector
from api.domain.fields import Fields, Number
from api.domain.session.agreements import KeptWord
from api.domain.vitals.words import SIGNALS

SESSIONS_FEWEST = 3
"""Of fewer sessions nothing is said."""
DUE_FEWEST = 2
"""Of fewer agreements that were due neither."""
LATELY = 2
"""So many of the last sessions without anybody there are said of their own."""
RESULT_DAYS = 180
"""A result that was seen longer ago is none any more."""
MEDIUM, HIGH = 1, 3
"""From which sum of weights on the risk is called so."""


class Risk(StrEnum):
    """How likely it is said to be that an institution leaves."""

    UNKNOWN = "unknown"
    """Too few sessions to say."""
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class SignalCode(StrEnum):
    """What speaks for it."""

    ABSENT_MOSTLY = "absent-mostly"
    """There at less than half."""
    ABSENT_OFTEN = "absent-often"
    """There at less than three quarters."""
    ABSENT_LATELY = "absent-lately"
    """At none of the last two."""
    WORD_NOT_KEPT = "word-not-kept"
    """Less than half of what it agreed to was done in time."""
    NO_RESULT = "no-result"
    """The committee has shown no result for long: no agreement fulfilled, no minutes published."""


WEIGHTS = {
    SignalCode.ABSENT_MOSTLY: 3,
    SignalCode.ABSENT_OFTEN: 1,
    SignalCode.ABSENT_LATELY: 2,
    SignalCode.WORD_NOT_KEPT: 1,
    SignalCode.NO_RESULT: 1,
}


@dataclass(frozen=True)
class Seated:
    """An institution at the table, with what is known of it."""

    organisation_id: UUID
    organisation: str
    sectors: Sequence[Sector]
    seats: int
    sessions: Sequence[tuple[int, int]]
    """Of each session of the year, the latest first: seats that should have been there, and those that were."""
    kept: KeptWord


class Signal(Fields):
    """Something that speaks for it."""

    signal: SignalCode
    why: str
    """In the caller's language."""
    what: str
    """What to do about it."""


class DropOff(Fields):
    """One institution."""

    organisation_id: UUID
    organisation: str
    sectors: list[Sector]
    seats: int
    """That it holds on the day, as far as they show it."""
    risk: Risk
    sessions: int
    """Over the year, at which a seat of its should have been."""
    present: int
    """Of these, those at which somebody was."""
    share: Number | None
    """present / sessions; null where there was none."""
    agreements: KeptWord
    signals: list[Signal]


class DropOffs(Fields):
    """The institutions at the table, those at most risk first."""

    committee_id: UUID
    as_of: date
    demonstration: bool
    """Whether the committee is invented."""
    last_result_on: date | None
    """When an agreement was fulfilled or minutes were published last."""
    not_shown: int
    """Seats whose institution is not told, or that are nobody's: nothing is said of them."""
    institutions: list[DropOff]


def signals(seated: Seated, last_result_on: date | None, day: date) -> list[SignalCode]:
    """What speaks for it that the institution leaves."""
    came = [there > 0 for _, there in seated.sessions]
    due = seated.kept.on_time + seated.kept.late + seated.kept.overdue
    found = []
    if len(came) >= SESSIONS_FEWEST:
        if 2 * sum(came) < len(came):
            found.append(SignalCode.ABSENT_MOSTLY)
        elif 4 * sum(came) < 3 * len(came):
            found.append(SignalCode.ABSENT_OFTEN)
        if not any(came[:LATELY]):
            found.append(SignalCode.ABSENT_LATELY)
    if due >= DUE_FEWEST and 2 * seated.kept.on_time < due:
        found.append(SignalCode.WORD_NOT_KEPT)
    if last_result_on is None or last_result_on <= days_after(day, -RESULT_DAYS):
        found.append(SignalCode.NO_RESULT)
    return found


def risk(seated: Seated, found: Sequence[SignalCode]) -> Risk:
    """What the signals come to; of too few sessions nothing."""
    if len(seated.sessions) < SESSIONS_FEWEST:
        return Risk.UNKNOWN
    weight = sum(WEIGHTS[code] for code in found)
    return Risk.HIGH if weight >= HIGH else Risk.MEDIUM if weight >= MEDIUM else Risk.LOW


ORDER = (Risk.HIGH, Risk.MEDIUM, Risk.UNKNOWN, Risk.LOW)


def drop_off(seated: Seated, last_result_on: date | None, day: date, language: str) -> DropOff:
    """One institution, in the caller's language."""
    found = signals(seated, last_result_on, day)
    present = sum(there > 0 for _, there in seated.sessions)
    told = {"present": present, "sessions": len(seated.sessions), "lately": LATELY, "months": RESULT_DAYS // 30}
    told |= {"on_time": seated.kept.on_time, "due": seated.kept.on_time + seated.kept.late + seated.kept.overdue}
    return DropOff(
        organisation_id=seated.organisation_id,
        organisation=seated.organisation,
        sectors=sorted(seated.sectors),
        seats=seated.seats,
        risk=risk(seated, found),
        sessions=len(seated.sessions),
        present=present,
        share=round(Decimal(present) / len(seated.sessions), 4) if seated.sessions else None,
        agreements=seated.kept,
        signals=[
            Signal(signal=code, why=SIGNALS[code]["why"][language].format_map(told), what=SIGNALS[code]["what"][language]) for code in found
        ],
    )


def ordered(institutions: Sequence[DropOff]) -> list[DropOff]:
    """Those at most risk first."""
    return sorted(institutions, key=lambda one: (ORDER.index(one.risk), one.organisation, str(one.organisation_id)))
