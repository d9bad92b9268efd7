"""What speaks for it that an institution leaves, and what that comes to."""

from datetime import date, timedelta

import pytest

from api.domain.committee.sectors import Sector
from api.domain.fields import new_id
from api.domain.session.agreements import kept_word
from api.domain.vitals.drop_off import RESULT_DAYS, WEIGHTS, Risk, Seated, SignalCode, drop_off, ordered, risk, signals
from api.domain.vitals.words import SIGNALS

DAY = date(2026, 6, 30)
LATELY = DAY - timedelta(days=10)


def seated(came: str, name: str = "Escuela", on_time: int = 0, late: int = 0, overdue: int = 0) -> Seated:
    """An institution with one seat that came (+) or not (-), the latest session first."""
    sessions = [(1, int(c == "+")) for c in came]
    return Seated(new_id(), name, [Sector.EDUCATION], 1, sessions, kept_word(on_time, late, overdue, 0))


@pytest.mark.parametrize(
    ("came", "kept", "result_on", "found", "level"),
    [
        ("++++", (4, 0, 0), LATELY, "", Risk.LOW),
        ("+++-", (0, 0, 0), LATELY, "", Risk.LOW),  # Three quarters.
        ("++--", (0, 0, 0), LATELY, "absent-often", Risk.MEDIUM),  # One half.
        ("+-+--", (0, 0, 0), LATELY, "absent-mostly", Risk.HIGH),
        ("--++++++", (0, 0, 0), LATELY, "absent-lately", Risk.MEDIUM),
        ("--++", (0, 0, 0), LATELY, "absent-often absent-lately", Risk.HIGH),
        ("-++++", (0, 0, 0), LATELY, "", Risk.LOW),
        ("----", (0, 0, 0), LATELY, "absent-mostly absent-lately", Risk.HIGH),
        ("--", (0, 0, 0), LATELY, "", Risk.UNKNOWN),
        ("", (0, 1, 1), None, "word-not-kept no-result", Risk.UNKNOWN),
        ("++++", (1, 1, 0), LATELY, "", Risk.LOW),  # One half.
        ("++++", (1, 1, 1), LATELY, "word-not-kept", Risk.MEDIUM),
        ("++++", (0, 0, 1), LATELY, "", Risk.LOW),  # Of one nothing is said.
        ("++++", (4, 0, 0), None, "no-result", Risk.MEDIUM),
        ("++++", (4, 0, 0), DAY - timedelta(days=RESULT_DAYS), "no-result", Risk.MEDIUM),
        ("++++", (4, 0, 0), DAY - timedelta(days=RESULT_DAYS - 1), "", Risk.LOW),
        ("++--", (1, 1, 1), None, "absent-often word-not-kept no-result", Risk.HIGH),
    ],
)
def test_what_speaks_for_it(came: str, kept: tuple[int, int, int], result_on: date | None, found: str, level: Risk) -> None:
    one = seated(came, "Escuela", *kept)
    codes = signals(one, result_on, DAY)
    assert codes == [SignalCode(code) for code in found.split()]
    assert risk(one, codes) is level


def test_two_seats_of_one_institution_are_one_that_comes() -> None:
    one = Seated(new_id(), "Escuela", [Sector.EDUCATION], 2, [(2, 1), (2, 1), (2, 0), (2, 2)], kept_word(0, 0, 0, 0))
    told = drop_off(one, LATELY, DAY, "en")
    assert (told.sessions, told.present, told.share and float(told.share)) == (4, 3, 0.75)


def test_those_at_most_risk_first_in_the_callers_language() -> None:
    told = [drop_off(seated(came, name), LATELY, DAY, "es") for came, name in (("+++", "C"), ("---", "B"), ("", "D"), ("---", "A"))]
    assert [(one.organisation, one.risk) for one in ordered(told)] == [
        *(("A", Risk.HIGH), ("B", Risk.HIGH), ("D", Risk.UNKNOWN), ("C", Risk.LOW))
    ]
    assert told[1].signals[0].why == "Estuvo en 0 de 3 sesiones en un año."


def test_every_signal_has_a_weight_and_words() -> None:
    assert set(WEIGHTS) == set(SignalCode)
    assert set(SIGNALS) == set(map(str, SignalCode))
    for words in SIGNALS.values():
        assert words["why"].keys() == words["what"].keys() == {"en", "es", "pt"}
