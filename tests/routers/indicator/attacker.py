"""Somebody who may read a whole country and writes nothing, knows the rule, fetches every answer there is and solves for what is hidden."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from scipy.optimize import linprog

from api.domain.indicator.protection import BASE, HIDDEN_BELOW, Told, cell, total, window

Rule = Callable[[float, Iterable[Told]], Told]


def known(shown: float | None) -> Told:
    """What a count of a place says, where it is a multiple of 5 or hidden; anything else was not rounded and says itself."""
    if shown is None:
        return Told(None, *window(0))
    whole = shown >= HIDDEN_BELOW and shown % BASE == 0
    return Told(int(shown), *(window(int(shown)) if whole else (int(shown), int(shown))))


@dataclass
class Attacker:
    """What was fetched: windows of places, and sums of places with theirs."""

    rule: Rule = total
    """How the attacker believes totals are told."""
    cells: dict[int, Told] = field(default_factory=dict)
    sums: list[tuple[set[int], Told]] = field(default_factory=list)

    def place(self, key: int, shown: float | None) -> None:
        self.cells[key] = known(shown)

    def whole(self, shown: float | None, members: list[tuple[set[int], Told]]) -> tuple[set[int], Told]:
        """A total and what it says beside its members: every number that would have been told like this."""
        places = {key for keys, _ in members for key in keys}
        told = [t for _, t in members]
        span = range(sum(t.low for t in told), sum(t.high for t in told) + 1)
        fits = [n for n in span if self.rule(n, told).shown == shown] or [n for n in span if n == shown]
        assert fits, f"{shown} cannot be a total of {told}"
        found = (places, Told(None if shown is None else int(shown), min(fits), max(fits)))
        self.sums.append(found)
        return found

    def left(self) -> dict[int, tuple[int, int]]:
        """The least and the most each place can have had, by linear programming; sums of disjoint parts have whole corners."""
        keys = sorted(self.cells)
        rows = np.array([[1.0 if key in places else 0.0 for key in keys] for places, _ in self.sums])
        most = np.array([told.high for _, told in self.sums] + [-told.low for _, told in self.sums], dtype=float)
        bounds = [(self.cells[key].low, self.cells[key].high) for key in keys]
        ends = {}
        for n, key in enumerate(keys):
            cost = np.zeros(len(keys))
            cost[n] = 1.0
            found = [linprog(s * cost, A_ub=np.vstack([rows, -rows]), b_ub=most, bounds=bounds, method="highs") for s in (1, -1)]
            assert all(f.status == 0 for f in found), "no country could have been told like this"
            ends[key] = (round(found[0].x[n]), round(found[1].x[n]))
        return ends


async def fetched(client: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def listed(client: httpx.AsyncClient, path: str, **params: Any) -> list[Any]:
    """The rows of all pages."""
    said = await fetched(client, path, **params)
    rows: list[Any] = said["items"]
    while said["next"]:
        said = await fetched(client, path, **params, cursor=said["next"])
        rows += said["items"]
    return rows


def plain(count: float, members: Iterable[Told]) -> Told:
    """A total rounded like any count, without regard to its members."""
    return cell(count)
