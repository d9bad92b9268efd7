"""Windows, years over years and months that stand out, held against numpy and scipy; the light and its reasons; spans."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import median_abs_deviation

from api.domain.errors import Invalid
from api.domain.indicator.catalogue import Direction
from api.domain.indicator.comparison import asked_spans, before, label, moved
from api.domain.indicator.figures import By
from api.domain.indicator.light import Colour, lit
from api.domain.indicator.rates import Point
from api.domain.indicator.trends import averages, changed, rolled, scores, smooth


def point(n: int, count: float | None, reported: int = 1) -> Point:
    """Month `n` of a municipality of 12,000 residents."""
    rate = None if count is None else count / 12_000 * 1e5
    return Point(
        period=label(moved(date(2019, 1, 1), n), By.MONTH), value=count, count=count, unspecified=None, rate=rate, low=None, high=None,
        population=None if count is None else 12_000, reason=None if rate is not None else "not-reported", annualised=None,
        unstable=True, estimated=False, reported=reported, expected=1, reported_months=reported if rate is not None else 0,
        expected_months=1, published=[],
    )  # fmt: skip


def points(counts: list[float | None]) -> list[Point]:
    return [point(n, count) for n, count in enumerate(counts)]


COUNTS = st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=60)


@given(COUNTS, st.sampled_from((3, 12)))
def test_averages_are_those_of_numpy(counts: list[float | None], length: int) -> None:
    found = averages(points(counts), length, False)
    assert found[: length - 1] == [None] * min(length - 1, len(counts))
    if len(counts) >= length:
        windows = np.lib.stride_tricks.sliding_window_view(np.array([np.nan if c is None else c for c in counts]), length)
        for said, window in zip(found[length - 1 :], windows, strict=True):
            assert said is None if np.isnan(window).any() else said == pytest.approx(window.mean(), abs=1e-3)


@given(COUNTS)
def test_partial_windows_are_made_of_what_is_there(counts: list[float | None]) -> None:
    for n, said in enumerate(rolled(points(counts), True)):
        there = [c for c in counts[max(0, n - 11) : n + 1] if c is not None]
        assert (said is None) is (not there)
        if said:
            assert (said.count, said.months, said.reported_months) == (sum(there), len(there), len(there))
            assert said.rate == pytest.approx(sum(there) / (12_000 * len(there) / 12) * 1e5, abs=1e-3)


def test_twelve_months_have_one_rate_and_the_interval_of_their_count() -> None:
    window = rolled(points([1, 2] * 6), False)[-1]
    assert window
    assert (window.count, window.population, window.rate, window.unstable) == (18, 12_000, 150, True)
    assert (window.low, window.high) == (pytest.approx(88.9, abs=0.1), pytest.approx(237.06, abs=0.1))
    unknown = [p.model_copy(update={"rate": None, "reason": "no-population"}) if n == 4 else p for n, p in enumerate(points([1] * 12))]
    window = rolled(unknown, False)[-1]
    assert window
    assert (window.rate, window.reason, window.count) == (None, "no-population", 12)


@given(st.lists(st.integers(1, 50), min_size=24, max_size=40))
def test_a_year_over_the_year_before(counts: list[int]) -> None:
    found = changed(rolled(points([*counts]), False))
    assert found[:23] == [None] * 23
    for n in range(23, len(counts)):
        assert found[n] == pytest.approx(100 * (sum(counts[n - 11 : n + 1]) / sum(counts[n - 23 : n - 11]) - 1), abs=0.006)


@given(st.lists(st.one_of(st.none(), st.integers(0, 200)), max_size=60))
def test_scores_are_made_of_scipys_deviation(values: list[float | None]) -> None:
    known = [v for v in values if v is not None]
    found = scores(values)
    if len(known) < 12 or not median_abs_deviation(known):
        assert found == [None] * len(values)
        return
    for value, score in zip(values, found, strict=True):
        expected = None if value is None else 0.6745 * (value - np.median(known)) / median_abs_deviation(known)
        assert score == (None if expected is None else pytest.approx(expected, abs=1e-3))


def test_a_month_of_few_cases_does_not_stand_out_among_zeros() -> None:
    assert scores([0] * 20 + [1]) == [None] * 21


def test_only_the_months_asked_for_are_answered() -> None:
    found = smooth(points([5] * 30), "2020-12", False)
    assert (len(found), found[0].period, found[0].year_over_year_percent) == (7, "2020-12", 0)


@pytest.mark.parametrize(
    ("count", "down", "up"),
    [(0, "green", "red"), (5, "green", "red"), (6, "yellow", "red"), (8, "yellow", "yellow"), (9, "red", "yellow"), (11, "red", "green")],
)
def test_the_light_of_a_mean_of_eight(count: int, down: str, up: str) -> None:
    months = points([8] * 36 + [count])
    for direction, colour in ((Direction.DOWN, down), (Direction.UP, up)):
        assert lit(months[-1], months[:-1], True, direction, "en").colour == colour


@pytest.mark.parametrize(
    ("counts", "counted", "reason"),
    [
        ([8] * 36 + [None], True, "not-reported"),
        ([8] * 35 + [None, 8], True, "not-wholly-reported"),
        ([4.9] * 36 + [8], True, "too-few"),
        ([8] * 37, False, "not-a-count"),
        ([0] * 37, True, "too-few"),
    ],
)
def test_why_there_is_no_colour(counts: list[float | None], counted: bool, reason: str) -> None:
    months = points(counts)
    for language in ("en", "es", "pt"):
        found = lit(months[-1], months[:-1], counted, Direction.DOWN, language)
        assert (found.colour, found.reason, found.verdict, bool(found.words)) == (Colour.GREY, reason, None, True)


def test_a_month_that_one_of_two_reported_has_no_colour() -> None:
    months = [p.model_copy(update={"expected_months": 2}) for p in points([8] * 37)]
    found = lit(months[-1], months[:-1], True, Direction.DOWN, "en")
    assert (found.reason, found.mean, found.months_reported) == ("not-wholly-reported", 8, 0)


@pytest.mark.parametrize(
    ("said", "by", "period", "against"),
    [
        (("2022", None, None, None), By.YEAR, ("2022", "2022"), ("2021", "2021")),
        (("2022", "2023", None, None), By.YEAR, ("2022", "2023"), ("2020", "2021")),
        ((None, "2022-Q1", None, None), By.QUARTER, ("2022-Q1", "2022-Q1"), ("2021-Q4", "2021-Q4")),
        (("2022-01", "2023-06", "2020", None), By.MONTH, ("2022-01", "2023-06"), ("2020-01", "2020-12")),
        (("2022", None, "2020-Q4", "2021-Q3"), By.QUARTER, ("2022-Q1", "2022-Q4"), ("2020-Q4", "2021-Q3")),
    ],
)
def test_spans_in_words(said: tuple[str | None, ...], by: By, period: tuple[str, str], against: tuple[str, str]) -> None:
    found = asked_spans(*said)
    assert found.period
    assert found.against
    assert (found.by, *(tuple(label(d, found.by) for d in each) for each in (found.period, found.against))) == (by, period, against)


def test_nothing_is_before_the_calendar() -> None:
    with pytest.raises(Invalid):
        before((date(1900, 1, 1), date(1900, 1, 1)), By.YEAR)
