"""Majorities over seats 3 to 60, every rule and every base, against a reference that weighs one vote against another."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.committee.majorities import Majority, MajorityKind, Of, Votes, least, outcome
from api.domain.errors import Invalid

EVERY = [Majority(kind=kind, of=of) for kind, of in product(MajorityKind, Of)]


def decided(majority: Majority, votes: Votes) -> bool:
    """What the words say, in fractions."""
    base = {Of.PRESENT: votes.present, Of.ENTITLED: votes.entitled, Of.CAST: votes.yes + votes.no}[majority.of]
    if votes.yes == 0 or base == 0:
        return False
    part = Fraction(votes.yes, base)
    match majority.kind:
        case MajorityKind.SIMPLE | MajorityKind.ABSOLUTE:
            return part > Fraction(1, 2)
        case MajorityKind.TWO_THIRDS:
            return part >= Fraction(2, 3)
        case MajorityKind.FOUR_FIFTHS:
            return part >= Fraction(4, 5)


@pytest.mark.parametrize("majority", EVERY, ids=lambda m: f"{m.kind}-of-{m.of}")
def test_over_all_seats(majority: Majority) -> None:
    for entitled in range(3, 61):
        for present in {entitled // 2 + 1, entitled - 1, entitled}:
            for abstain in {0, 1, present // 3}:
                for yes in range(present - abstain + 1):
                    votes = Votes(yes=yes, no=present - abstain - yes, abstain=abstain, present=present, entitled=entitled)
                    found = outcome(majority, votes)
                    assert found.passed == decided(majority, votes), votes
                    assert found.passed == (yes >= found.required)


@given(st.sampled_from(EVERY), st.integers(1, 60), st.data())
def test_of_any_votes(majority: Majority, entitled: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, entitled))
    yes = data.draw(st.integers(0, present))
    no = data.draw(st.integers(0, present - yes))
    votes = Votes(yes=yes, no=no, abstain=data.draw(st.integers(0, present - yes - no)), present=present, entitled=entitled)
    assert outcome(majority, votes).passed == decided(majority, votes)


@given(st.sampled_from(list(MajorityKind)), st.integers(0, 500))
def test_one_more_voter_never_asks_for_fewer(kind: MajorityKind, n: int) -> None:
    assert least(kind, n) <= least(kind, n + 1) <= least(kind, n) + 1


def test_a_simple_majority_of_votes_cast_is_more_yes_than_no() -> None:
    simple = Majority(kind=MajorityKind.SIMPLE, of=Of.CAST)
    for yes, no in product(range(12), range(12)):
        votes = Votes(yes=yes, no=no, abstain=3, present=30, entitled=30)
        assert outcome(simple, votes).passed == (yes > no)


def test_seventeen_seats() -> None:
    assert [least(kind, 17) for kind in MajorityKind] == [9, 9, 12, 14]


def test_everybody_abstaining_decides_nothing() -> None:
    for majority in EVERY:
        assert not outcome(majority, Votes(yes=0, no=0, abstain=9, present=9, entitled=17)).passed


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"yes": 5, "no": 5, "present": 9, "entitled": 17}, "votes-exceed-present"),
        ({"yes": 5, "no": 3, "abstain": 2, "present": 9, "entitled": 17}, "votes-exceed-present"),
        ({"yes": 5, "no": 3, "present": 18, "entitled": 17}, "present-exceed-seats"),
        ({"yes": -1, "no": 3, "present": 9, "entitled": 17}, "votes-below-zero"),
    ],
)
def test_numbers_that_cannot_be_are_refused(said: dict[str, int], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        outcome(EVERY[0], Votes(**said))
    assert refused.value.code == code


def test_it_is_said_in_three_languages() -> None:
    found = outcome(Majority(kind=MajorityKind.TWO_THIRDS, of=Of.ENTITLED), Votes(yes=12, no=1, present=13, entitled=17))
    assert found.passed
    assert found.words["es"] == "Dos tercios de 17 puestos con voto exige 12 a favor; hubo 12 a favor: aprobado."
    assert set(found.words) == {"en", "es", "pt"}
