"""The 10-5 rule against an attacker who knows it and solves for what is hidden."""

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from api.domain.indicator.protection import ROOM, Told, cell, rounded, total, window
from tests.conftest import World

Total = Callable[[float, Iterable[Told]], Told]
Country = Sequence[Sequence[int]]
"""Counts of the municipalities of each first level."""


def plain(count: float, members: Iterable[Told]) -> Told:
    """A total rounded like any count, without regard to its members."""
    return cell(count)


def left(country: Country, rule: Total) -> list[int]:
    """How many whole numbers remain for each hidden count once everything is told: municipalities, first levels, the country.

    Sums of disjoint parts within whole bounds: the linear programme's corners are whole numbers, so its ends are the exact ones.
    """
    counts = [n for first in country for n in first]
    cells = [cell(n) for n in counts]
    rows, low, high = [], [], []
    firsts, at = [], 0
    for first in country:
        told = rule(sum(first), cells[at : at + len(first)])
        firsts.append(told)
        rows.append([1.0 if at <= n < at + len(first) else 0.0 for n in range(len(counts))])
        at += len(first)
    whole = rule(sum(counts), firsts)
    rows.append([1.0] * len(counts))
    for told in (*firsts, whole):
        low.append(told.low)
        high.append(told.high)
    return [
        1 + round(_end(rows, low, high, cells, n, -1)) - round(_end(rows, low, high, cells, n, 1))
        for n, told in enumerate(cells)
        if told.shown is None
    ]


def _end(rows: list[list[float]], low: list[int], high: list[int], cells: list[Told], n: int, sign: int) -> float:
    said = np.array(rows)
    cost = np.zeros(len(cells))
    cost[n] = sign
    bounds = [(told.low, told.high) for told in cells]
    found = linprog(cost, A_ub=np.vstack([said, -said]), b_ub=np.array([*high, *(-x for x in low)]), bounds=bounds, method="highs")
    assert found.status == 0, found.message
    return float(found.x[n])


def test_counts_below_ten_are_hidden_zero_like_nine() -> None:
    assert {cell(n) for n in range(10)} == {Told(None, 0, 9)}
    assert [cell(n).shown for n in (10, 12, 13, 17, 18, 111)] == [10, 10, 15, 15, 20, 110]
    assert all(low <= n <= high for n in range(10, 300) for low, high in [window(rounded(n))])


def test_a_total_is_rounded_from_the_true_counts() -> None:
    cells = [cell(n) for n in (3, 14, 22, 0, 41)]
    assert total(80, cells).shown == 80
    assert sum(told.shown or 0 for told in cells) == 75


TWO_NINES, FOUR_THIRTEENS = [[9, 9]], [[13, 13, 13, 13, 0]]


@pytest.mark.parametrize("country", [TWO_NINES, FOUR_THIRTEENS])
def test_rounding_alone_gives_hidden_counts_away(country: Country) -> None:
    """The attacker is a real one: against rounding without kept room it recovers a hidden count."""
    assert 1 in left(country, plain)
    assert min(left(country, total)) >= ROOM


counts = st.one_of(st.integers(0, 12), st.sampled_from((0, 8, 9, 12, 13, 17, 18)), st.integers(0, 400))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(counts, min_size=1, max_size=5), min_size=1, max_size=4))
@example([[9, 9], [9, 9], [9]])
@example([[13, 13, 0], [13, 13, 0], [10, 10]])
@example([[17, 17, 9], [17, 9]])
def test_no_hidden_count_is_ever_known_to_fewer_numbers_than_are_kept(country: Country) -> None:
    assert all(room >= ROOM for room in left(country, total))


TOLD = """select array_agg(app.told(x[1], x[2], x[3]) order by o) from jsonb_array_elements($1) with ordinality e (j, o),
    lateral (select array(select y::numeric from jsonb_array_elements_text(e.j) y) as x) z"""


def read(window: list[Decimal]) -> Told:
    return Told(int(window[0]) or None, int(window[1]), int(window[2]))


async def test_the_database_tells_the_same(region: World) -> None:
    ends = [(low, high) for low in (*range(0, 40, 3), 10, 13, 26) for high in range(low + 2, low + 60, 7)]
    totals = [(n, low, high) for low, high in ends for n in range(low, high + 1)]
    async with region.owner() as owner:
        assert [read(await owner.fetchval("select app.told($1)", n)) for n in range(120)] == [cell(n) for n in range(120)]
        told = await owner.fetchval(TOLD, json.dumps(totals))
    assert [read(w) for w in told] == [total(n, [Told(None, low, high)]) for n, low, high in totals]
