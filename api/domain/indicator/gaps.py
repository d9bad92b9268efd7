"""The gap between two sources that count the same: (one - other) / other, over the municipality-periods that both reported."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from api.domain.errors import Invalid


class Gap(BaseModel):
    """How far one source is from another in a period."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    period: str
    """2022, 2022-Q1 or 2022-03."""
    value: float | None
    """What the source counted in the municipalities that both reported for the whole of the period."""
    against: float | None
    """What the other one counted there."""
    gap: float | None
    """(value - against) / against: 0.25 where the source counts a quarter more; null with a reason."""
    reason: str | None
    """Why there is none: not-reported (no municipality by both), nothing-against (the other counted 0), not-a-count."""
    compared: int
    """Municipalities that both reported for the whole of the period; the two numbers are of these alone."""
    reported: int
    """Municipalities that the source reported for the whole of the period."""
    against_reported: int
    """Municipalities that the other one did."""
    expected: int
    """Municipalities of the level that existed, from the register."""
    estimated: bool
    """Whether values were converted to other boundaries by the shares of successions."""


def gaps(said: list[dict[str, Any]], counted: bool) -> list[Gap]:
    """The gaps of what both counted, by period; none of what is no number of things."""
    return [_gap(each, counted) for each in said]


def _gap(said: dict[str, Any], counted: bool) -> Gap:
    value, against = ((None if said[name] is None else float(said[name])) if counted else None for name in ("value", "against"))
    reason = None if counted else "not-a-count"
    if counted and (value is None or against is None):
        reason = "not-reported"
    elif counted and not against:
        reason = "nothing-against"
    gap = round((value - against) / against, 6) if reason is None and value is not None and against else None
    return Gap(**said | {"value": value, "against": against}, gap=gap, reason=reason)


def unlike(codes: set[str], others: set[str]) -> None:
    """Raises Invalid where a source would be held against itself."""
    if both := codes & others:
        raise Invalid("A source has no gap to itself; name two.", "sources-same", pointer="query/against", choices=sorted(both))
