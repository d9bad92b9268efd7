"""Periods and breakdowns as addresses: 2022, 2022-Q1, 2022-03; age=15-24;sex=F."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from api.domain.errors import Invalid
from api.domain.indicator.catalogue import as_sent, unknown
from api.domain.indicator.computed import SOURCE
from api.domain.indicator.observations import Frequency, ObservationFields, ObsStatus

PERIOD = re.compile(r"((?:19|20)\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")
ONE = r"^(19|20)\d\d(-(0[1-9]|1[0-2])(/P1Y)?|-Q[1-4])?$"
"""A period as series name them: 2022, 2022-Q1, 2022-03, or 2022-07/P1Y, the twelve months from July 2022 on."""
DIMS = re.compile(r"[a-z][a-z0-9_]{0,30}=[A-Za-z0-9_.+-]{1,40}")


def told_as(month: str = "YYYY-MM", quarter: str = 'YYYY-"Q"Q', of: str = "t") -> str:
    """The period of an observation `of` as SQL: as addresses name it, or by other forms of months and quarters."""
    return f"to_char({of}.period_on, case {of}.frequency when 'M' then '{month}' when 'Q' then '{quarter}' else 'YYYY' end)"


def period_of(said: str) -> tuple[date, Frequency]:
    """First day and length of a period. Raises Invalid where it is none."""
    found = PERIOD.fullmatch(said)
    if found is None:
        raise Invalid("This is no period; write 2020, 2020-Q1 or 2020-01.", "period-invalid", pointer="path/period")
    year, month, quarter = found.groups()
    if month:
        return date(int(year), int(month), 1), Frequency.MONTHLY
    return date(int(year), 3 * int(quarter or 1) - 2, 1), Frequency.QUARTERLY if quarter else Frequency.ANNUAL


def cut_of(said: str) -> tuple[date, str]:
    """First day of a period that `ONE` matches, and how years are cut for it."""
    plain, _, fiscal = said.partition("/")
    first, frequency = period_of(plain)
    return first, "fiscal" if fiscal else {"A": "year", "Q": "quarter", "M": "month"}[frequency]


def first_day(said: Any) -> Any:
    """The first day of a period; what is no period as it is."""
    return period_of(said)[0] if isinstance(said, str) and PERIOD.fullmatch(said) else said


def last_first_day(said: Any) -> Any:
    """The first day of the last month of a period: what begins later begins after it. What is no period as it is."""
    if not isinstance(said, str) or not PERIOD.fullmatch(said):
        return said
    first, length = period_of(said)
    return first.replace(month=first.month + {Frequency.ANNUAL: 11, Frequency.QUARTERLY: 2, Frequency.MONTHLY: 0}[length])


CAPITALS = frozenset({"sex", "age"})
"""Dimensions whose codes SDMX writes in capitals (CL_SEX, CL_AGE); all others are written small."""


def _spelled(part: str) -> str:
    key, _, value = part.strip().partition("=")
    return f"{key}={value.upper() if key in CAPITALS else value.lower()}"


def dims_of(said: str) -> str:
    """A breakdown in its one spelling: `key=value` sorted by key, since one that differs in capitals alone is the same. Raises Invalid
    where it is none."""
    parts = sorted(map(_spelled, said.split(";"))) if said.strip() else []
    keys = {part.partition("=")[0] for part in parts}
    if len(keys) != len(parts) or not all(DIMS.fullmatch(part) for part in parts) or len(parts) > 5:
        raise Invalid("Write a breakdown as sex=F;age=15-24: at most five, each once.", "dims-invalid", pointer="query/dims")
    return ";".join(parts)


def source_computed() -> Invalid:
    """The refusal of what somebody states in the name of this service."""
    return Invalid("What this source says is counted here; nobody states it.", "source-computed", pointer="query/source")


def begun(first: date, today: date) -> None:
    """Raises Invalid where a period that begins on `first` has not begun."""
    if first > today:
        raise Invalid("This period has not begun.", "period-to-come", pointer="path/period")


def existed(instead: list[str] | None, pointer: str = "path/period") -> None:
    """Raises Invalid naming what stood `instead` of a place in a period on no day of which it existed; None where it did."""
    if instead is not None:
        told = "The place did not exist in this period; see `choices` for what did."
        raise Invalid(told, "place-not-then", pointer=pointer, choices=instead)


def stated(body: ObservationFields, what: Mapping[str, Any]) -> None:
    """Raises Invalid where the indicator or source is not known or is computed here, where a value and its status contradict each other,
    or where the value is none of the indicator's unit; Conflict where the definition changed meanwhile."""
    if what["indicator_id"] is None:
        raise unknown("indicator", "path/indicator")
    if what["source_id"] is None:
        raise unknown("source", "query/source")
    if what["origin"] == "computed":
        raise Invalid("This indicator is computed here; nobody states it.", "indicator-computed", pointer="path/indicator")
    if what["source_id"] == SOURCE:
        raise source_computed()
    as_sent([what["code"]] if what["redefined"] else [])
    absent = body.status in (ObsStatus.MISSING, ObsStatus.SUPPRESSED)
    if (body.value is None) is not absent:
        raise Invalid("Without a value the status is M (missing) or Q (suppressed), and only then.", "value-or-status", pointer="/value")
    if body.value is None:
        return
    if what["unit"] == "count" and body.value != body.value.to_integral_value():
        raise Invalid("A count is a whole number.", "count-not-whole", pointer="/value")
    if what["unit"] == "percent" and body.value > 100:
        raise Invalid("A percentage is at most 100.", "percent-over-100", pointer="/value")
