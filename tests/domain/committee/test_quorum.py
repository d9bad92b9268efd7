"""Quorum over seats 3 to 60 and every rule, against a reference that counts seats one by one and uses fractions."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from api.domain.committee.quorum import Base, Quorum, QuorumRule, SecondCall, quorate, required

SEATS = range(3, 61)
FRACTIONS = [(1, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 5), (51, 100), (1, 1)]


def enough(quorum: Quorum, n: int, present: int) -> bool:
    """What the words of the rule say of one number of people present, without any formula."""
    match quorum.rule:
        case QuorumRule.STRICT_MAJORITY:
            return present > n - present
        case QuorumRule.HALF_PLUS_ONE_CEIL:
            return present >= Fraction(n, 2) + 1
        case QuorumRule.FRACTION:
            return Fraction(present, n) >= Fraction(quorum.numerator or 0, quorum.denominator or 1)
        case QuorumRule.NUMBER:
            return present >= (quorum.number or 0)


RULES = [
    Quorum(rule=QuorumRule.STRICT_MAJORITY),
    Quorum(rule=QuorumRule.HALF_PLUS_ONE_CEIL),
    *(Quorum(rule=QuorumRule.FRACTION, numerator=a, denominator=b) for a, b in FRACTIONS),
    *(Quorum(rule=QuorumRule.NUMBER, number=k) for k in (1, 2, 3, 9, 17, 60)),
]


@pytest.mark.parametrize("quorum", RULES, ids=lambda q: f"{q.rule}-{q.numerator}-{q.denominator}-{q.number}")
def test_the_number_is_the_first_that_is_enough(quorum: Quorum) -> None:
    for n in SEATS:
        counted = next(k for k in range(1, 200) if enough(quorum, n, k))
        assert required(quorum, n) == counted, f"of {n}"


@pytest.mark.parametrize("quorum", RULES, ids=lambda q: f"{q.rule}-{q.numerator}-{q.denominator}-{q.number}")
@pytest.mark.parametrize("base", Base)
def test_whether_there_is_quorum_of_every_number_present(quorum: Quorum, base: Base) -> None:
    rule = quorum.model_copy(update={"base": base})
    for legal in (3, 4, 17, 18, 60):
        for filled in range(legal + 1):
            n = legal if base is Base.LEGAL else filled
            for present in range(filled + 1):
                found = quorate(rule, None, {Base.LEGAL: legal, Base.FILLED: filled}, present)
                expected = present > 0 and n > 0 and enough(rule, n, present)
                assert found.met == (expected if n else present >= found.required), (legal, filled, present)
                assert (found.seats, found.present, found.second_call) == (n, present, False)


def test_the_two_readings_of_half_plus_one() -> None:
    """17 -> 9 and 17 -> 10; of an even number both ask for the same."""
    strict, ceil = RULES[0], RULES[1]
    assert (required(strict, 17), required(ceil, 17)) == (9, 10)
    for n in SEATS:
        assert required(ceil, n) - required(strict, n) == n % 2


def test_nobody_at_all_is_no_meeting() -> None:
    for quorum in RULES:
        assert required(quorum, 0) >= 1
        assert not quorate(quorum, None, {Base.LEGAL: 0, Base.FILLED: 0}, 0).met


def test_a_second_call_may_ask_for_less() -> None:
    second = SecondCall(quorum=Quorum(rule=QuorumRule.FRACTION, numerator=1, denominator=3))
    seats = {Base.LEGAL: 17, Base.FILLED: 15}
    assert not quorate(RULES[0], second, seats, 6).met
    again = quorate(RULES[0], second, seats, 6, second_call=True)
    assert (again.met, again.required, again.second_call) == (True, 6, True)
    assert not quorate(RULES[0], None, seats, 6, second_call=True).met, "without a rule of its own it asks for as many as the first"


def test_it_is_said_in_three_languages_with_the_numbers_in_it() -> None:
    found = quorate(RULES[1], None, {Base.LEGAL: 17, Base.FILLED: 12}, 9)
    assert set(found.words) == {"en", "es", "pt"}
    for sentence in found.words.values():
        assert all(number in sentence for number in ("17", "10", "9")), sentence
    assert "no hay quórum" in found.words["es"]
    third = quorate(RULES[3], None, {Base.LEGAL: 17, Base.FILLED: 12}, 9)
    assert "1/3" in third.words["pt"]


@pytest.mark.parametrize(
    "said",
    [
        {"rule": "fraction"},
        {"rule": "fraction", "numerator": 3, "denominator": 2},
        {"rule": "fraction", "numerator": 1, "denominator": 2, "number": 3},
        {"rule": "number"},
        {"rule": "strict_majority", "number": 9},
        {"rule": "half"},
        {"rule": "number", "number": 9, "unknown": 1},
    ],
)
def test_a_rule_says_exactly_what_it_needs(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Quorum.model_validate(said)
