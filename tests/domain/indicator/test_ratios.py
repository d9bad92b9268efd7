"""The exact test of two rates, held against scipy, and what it says in plain words."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv
from scipy.stats import binom, binomtest

from api.domain.indicator.ratios import DOUBLE, HALF, WORDS, Verdict, beta, compared, quantile

COUNTS = st.one_of(st.integers(0, 60), st.integers(0, 200_000))
EXPOSURES = st.floats(100, 1e8)


@given(COUNTS, EXPOSURES, COUNTS, EXPOSURES)
def test_ratio_interval_and_p_are_those_of_scipy(count: int, exposure: float, other: int, against: float) -> None:
    found = compared((count, exposure), (other, against), "en")
    at, times = exposure / (exposure + against), against / exposure
    if count + other:
        share = binomtest(count, count + other, at).proportion_ci(0.95, "exact")
        low, high = (bound / (1 - bound) * times if bound < 1 else inf for bound in (share.low, share.high))
        assert found.low == pytest.approx(low, rel=1e-6, abs=1e-6)
        assert found.high == (None if high == inf else pytest.approx(high, rel=1e-6, abs=1e-6))
    tails = binom.cdf(count, count + other, at), binom.sf(count - 1, count + other, at)
    assert found.p_value == pytest.approx(min(1, 2 * min(tails)), abs=1e-6)


@given(st.floats(1e-6, 1 - 1e-6), st.integers(1, 300_000), st.integers(1, 300_000))
def test_the_beta_function_is_that_of_scipy(x: float, a: int, b: int) -> None:
    assert beta(x, a, b) == pytest.approx(betainc(a, b, x), abs=1e-8)
    assert quantile(0.025, a, b) == pytest.approx(betaincinv(a, b, 0.025), rel=1e-7)


@given(COUNTS, EXPOSURES, COUNTS, EXPOSURES)
def test_p_and_interval_never_contradict_each_other(count: int, exposure: float, other: int, against: float) -> None:
    found = compared((count, exposure), (other, against), "en")
    if abs(found.p_value - 0.05) > 1e-5:
        assert (found.p_value < 0.05) is (found.verdict in (Verdict.FELL, Verdict.ROSE))


@given(COUNTS, EXPOSURES, COUNTS, EXPOSURES)
def test_the_other_way_round_it_is_the_inverse(count: int, exposure: float, other: int, against: float) -> None:
    there, back = compared((count, exposure), (other, against), "en"), compared((other, against), (count, exposure), "en")
    opposite = {Verdict.FELL: Verdict.ROSE, Verdict.ROSE: Verdict.FELL}
    assert there.p_value == pytest.approx(back.p_value, abs=2e-6)
    if min(abs((there.low or 9) - HALF), abs((there.high or 9) - DOUBLE)) > 1e-4:
        assert back.verdict is opposite.get(there.verdict, there.verdict)


@pytest.mark.parametrize(
    ("now", "then", "verdict"),
    [
        ((0, 1e5), (0, 1e5), Verdict.TOO_FEW),
        ((2, 15_000), (4, 15_000), Verdict.TOO_FEW),
        ((0, 1e5), (5, 1e5), Verdict.NO_CLEAR_CHANGE),
        ((0, 1e5), (6, 1e5), Verdict.FELL),
        ((40, 1e5), (40, 1e5), Verdict.NO_CLEAR_CHANGE),
        ((40, 1e5), (40, 5e5), Verdict.ROSE),
        ((60, 1e5), (111, 1e5), Verdict.FELL),
        ((100, 1e5), (111, 1e5), Verdict.NO_CLEAR_CHANGE),
    ],
)
def test_what_is_said(now: tuple[float, float], then: tuple[float, float], verdict: Verdict) -> None:
    found = compared(now, then, "es")
    assert (found.verdict, found.words) == (verdict, WORDS[verdict]["es"])


def test_converted_counts_are_told_by_the_wider() -> None:
    broken, lower, upper = (compared((n, 1e5), (30, 1e5), "en") for n in (20.5, 20, 21))
    assert (broken.low, broken.high) == (lower.low, upper.high)
    assert broken.p_value == max(lower.p_value, upper.p_value)


def test_no_count_takes_long_and_none_is_told_too_closely() -> None:
    found = compared((10**15, 1e8), (10**15, 1e8), "en")
    assert (found.ratio, found.verdict) == (1, Verdict.NO_CLEAR_CHANGE)
    assert 0.997 < (found.low or 0) < 1


def test_every_verdict_has_words_in_three_languages() -> None:
    assert {tuple(WORDS[v]) for v in Verdict} == {("en", "es", "pt")}
