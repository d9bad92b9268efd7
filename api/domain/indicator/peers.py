"""Municipalities like one: as large, nearest first, with what can honestly be said of so few cases.

Peers have half to twice the residents, at most fifteen, nearest by the logarithm of their number; they are listed so, never by their rates.
Intervals are compared; a percentile is given only where every count that it would order is above 20.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from api.domain.indicator.rates import Vintage, ends, rated, unstable

LEAST, MOST = 5, 15
"""How few say nothing about a municipality, and how many are enough."""
TIMES = 2
"""Peers have at least 1 / TIMES and at most TIMES of its residents."""


class Peer(BaseModel):
    """A municipality and its rate."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    municipality_id: int
    name: str
    population: float
    """Residents that the rate is made with."""
    population_from: list[Vintage]
    """Whose residents these are: the earliest and the latest."""
    count: float
    rate: float
    """Per 100,000 residents, for the period as it is."""
    low: float
    """Lower limit of the exact 95 % Poisson interval of the rate."""
    high: float
    """Upper limit of it."""
    unstable: bool
    """Whether the count is 20 or less: no ranking on such a rate."""
    estimated: bool
    """Whether values were converted to other boundaries by the shares of successions."""


class Compared(BaseModel):
    """A municipality among its peers."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    period: str
    own: Peer | None
    """Null with a reason."""
    peers: list[Peer]
    """Nearest in residents first: at most 15, each wholly seen by you and wholly reported."""
    others: int
    """Municipalities of the country besides this one, from the register: most may be out of your sight."""
    below: int
    """Peers whose whole interval lies below this one's."""
    overlapping: int
    """Peers whose interval has a part in common with this one's: they cannot be told apart."""
    above: int
    """Peers whose whole interval lies above this one's."""
    percentile: float | None
    """Percent of the peers with a lower rate, those alike counting half; null with a reason."""
    reason: str | None
    """Why there is no percentile: not-wholly-reported (the municipality, or it has no residents on record), not-a-count, too-few-peers
    (fewer than 5), unstable (a count of 20 or less would be ranked)."""


def among(period: str, said: dict[str, Any], counted: bool) -> Compared:
    """The municipality and its peers, of what was summed for each; `counted`: it is a number of things."""
    own = _peer(said["own"], said["codes"]) if said["own"] and counted else None
    peers = [_peer(each, said["codes"]) for each in said["peers"] or []] if own else []
    below = sum(own is not None and p.high < own.low for p in peers)
    above = sum(own is not None and p.low > own.high for p in peers)
    reason = _why(own, peers, counted)
    return Compared(
        period=period, own=own, peers=peers, others=said["others"], below=below, overlapping=len(peers) - below - above, above=above,
        percentile=None if reason or own is None else _percentile(own, peers), reason=reason,
    )  # fmt: skip


def _peer(said: dict[str, Any], codes: dict[str, str]) -> Peer:
    count, population = float(said["count"]), float(said["population"])
    rate = {name: value for name, value in rated(count, population, True).items() if name != "reason"}
    whose = ends(said.pop("oldest"), said.pop("newest"), codes)
    more = {"count": count, "population": round(population, 4), "population_from": whose}
    return Peer(**said | rate | more, unstable=unstable(count))


def _why(own: Peer | None, peers: list[Peer], counted: bool) -> str | None:
    if own is None:
        return "not-wholly-reported" if counted else "not-a-count"
    if len(peers) < LEAST:
        return "too-few-peers"
    return "unstable" if any(each.unstable for each in [own, *peers]) else None


def _percentile(own: Peer, peers: list[Peer]) -> float:
    lower, alike = sum(p.rate < own.rate for p in peers), sum(p.rate == own.rate for p in peers)
    return round(100 * (lower + alike / 2) / len(peers), 1)
