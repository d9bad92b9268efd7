"""The one definition of a rate, its exact interval, and when it says little."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from api.domain.errors import Invalid, NotAllowed, NotFound
from api.domain.indicator import rates
from api.domain.indicator.figures import By, asked_span, one_kind, points, visible
from api.domain.indicator.rates import limits, rated, vintages


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.689), (2, 0.242, 7.225), (5, 1.623, 11.668), (20, 12.217, 30.888), (111, 91.31, 133.67)]
)
def test_the_limits_of_the_reference(count: int, low: float, high: float) -> None:
    assert limits(count) == pytest.approx((low, high), abs=0.006)


@given(st.integers(min_value=0, max_value=200_000))
def test_limits_are_those_of_scipy(count: int) -> None:
    exact = (chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2)
    assert limits(count) == pytest.approx(exact, rel=2e-4, abs=1e-5)


@given(st.integers(min_value=0, max_value=300))
def test_limits_rise_with_the_count_and_hold_it(count: int) -> None:
    low, high = limits(count)
    assert low <= count <= high
    assert limits(count + 1)[0] > low
    assert limits(count + 1)[1] > high


def test_rates_are_made_of_sums_and_never_averaged() -> None:
    assert rated(10 + 30, 20_000 + 200_000, True)["rate"] == pytest.approx(18.1818, abs=1e-4)


def test_no_rate_without_a_reason() -> None:
    assert rated(None, 1000, True) == {"rate": None, "low": None, "high": None, "reason": "not-reported"}
    assert rated(3, None, True)["reason"] == rated(3, 1000, False)["reason"] == rated(3, 0, True)["reason"] == "no-population"
    assert rated(0, 1000, True)["rate"] == 0.0


CODES = {"7": "censo"}


def _said(count: int | None, **more: object) -> dict[str, object]:
    return {
        "period": "2022",
        "count": count,
        "population": 15_000.0,
        "complete": True,
        "reported": 1,
        "expected": 1,
        "reported_months": 12,
        "expected_months": 12,
        "unspecified": None,
        "estimated": False,
        "published": None,
        "oldest": 2010 << 32 | 7,
        "newest": 2020 << 32 | 7,
    } | more


def test_small_counts_are_marked() -> None:
    two = points([_said(2)], True, True, False, True, CODES)[0]
    assert (two.rate, two.unstable) == (13.3333, True)
    assert (two.low, two.high) == (pytest.approx(1.61, abs=0.01), pytest.approx(48.17, abs=0.01))
    assert [p.unstable for p in points([_said(20), _said(21)], True, True, False, True, CODES)] == [True, False]
    assert not points([_said(None)], True, True, False, True, CODES)[0].unstable


def test_a_rate_says_whose_residents_it_is_made_of() -> None:
    several, one, none = points(
        [_said(2), _said(2, oldest=2020 << 32 | 7), _said(2, population=None, oldest=None, newest=None)], True, True, False, True, CODES
    )
    told = [[(v.year, v.source) for v in point.population_from] for point in (several, one, none)]
    assert told == [[(2010, "censo"), (2020, "censo")], [(2020, "censo")], []]
    assert [v.year for v in vintages([one, several, none])] == [2010, 2020]


def test_a_month_is_given_as_it_is_and_annualised() -> None:
    month = points([_said(10, period="2022-02", population=100_000.0)], True, True, False, True, CODES)[0]
    assert (month.rate, month.annualised) == (10.0, pytest.approx(10 * 365.25 / 28, abs=1e-3))
    assert points([_said(10)], True, True, False, True, CODES)[0].annualised is None


def test_two_sources_are_never_added() -> None:
    police, other, health = (
        {"code": code, "kind": kind, "counting_unit": "victims"}
        for code, kind in (("pnc", "police"), ("pm", "police"), ("minsa", "health"))
    )
    with pytest.raises(Invalid) as refused:
        one_kind([police, health], False)
    assert (refused.value.code, refused.value.more["choices"]) == ("source-required", ["health:victims", "police:victims", "pnc", "minsa"])
    for sources in ([], [police], [police, other]):
        one_kind(sources, False)
    with pytest.raises(Invalid) as refused:
        one_kind([police, other], True)
    assert refused.value.more["choices"] == ["pnc", "pm"]


def test_a_part_of_a_level_gives_no_figure() -> None:
    visible("whole")
    with pytest.raises(NotAllowed) as refused:
        visible("part")
    assert refused.value.code == "level-not-wholly-visible"
    with pytest.raises(NotFound):
        visible("none")


@pytest.mark.parametrize(("first", "last"), [("2022", "2021"), ("2022-13", None), (None, "2022-00"), ("1800", "2022")])
def test_spans_that_are_none(first: str | None, last: str | None) -> None:
    with pytest.raises(Invalid):
        asked_span(first, last, By.MONTH)


@pytest.mark.parametrize(
    ("word", "module"),
    [(r"\* PER\b|\* 100_?000\b", "rates"), (r"<= UNSTABLE_AT", "rates"), (r"= limits\(", "rates"), (r"lead\(p\.year\)", "figures")],
)
def test_a_rate_its_interval_its_doubt_and_its_residents_are_each_defined_once(word: str, module: str) -> None:
    api = Path(rates.__file__).parents[2]
    assert [f.stem for f in api.rglob("*.py") if re.search(word, f.read_text(encoding="utf-8"))] == [module]


@pytest.mark.parametrize(
    ("first", "last", "fiscal", "begin", "end"),
    [
        ("2020", "2022", 1, "2020-01-01", "2022-01-01"),
        ("2020", "2022", 7, "2019-07-01", "2022-07-01"),
        ("2021-07", "2022-06", 7, "2021-07-01", "2021-07-01"),
        ("2021-06", "2022-Q3", 7, "2020-07-01", "2022-07-01"),
        ("2022", None, 4, "2021-04-01", None),
    ],
)
def test_a_span_of_fiscal_years_is_of_those_that_it_touches(first: str, last: str | None, fiscal: int, begin: str, end: str | None) -> None:
    found = asked_span(first, last, By.YEAR, fiscal)
    assert [day.isoformat() if day else None for day in found] == [begin, end]
