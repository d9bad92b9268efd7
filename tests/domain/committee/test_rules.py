"""Bylaws as rules: every contradiction is found, by its place and in words, and what can be kept together is left alone."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.domain.committee.contradictions import SENTENCES, Severity, approvable, by_language, contradictions
from api.domain.committee.majorities import Majority, MajorityKind, Of
from api.domain.committee.quorum import Base, Quorum, QuorumRule, required
from api.domain.committee.rules import DecisionKind, Rules
from api.domain.committee.sectors import CIVIL, STATE, Sector, above_51

SOUND: dict[str, Any] = {
    "voting_seats": 17,
    "seats": [
        {"sector": "municipal_elected", "min": 2, "max": 3},
        {"sector": "national_government", "min": 2, "max": 4},
        {"sector": "police", "min": 1, "max": 2, "voting": False},
        {"sector": "community_leader", "min": 3, "max": 6},
        {"sector": "private_sector", "min": 2, "max": 4},
        {"sector": "academia", "min": 2, "max": 3},
    ],
    "civil_majority": True,
    "demographic_minima": [{"group": "women", "min": 6}, {"group": "young", "min": 2}],
    "roles": [{"role": "president"}, {"role": "technical_secretary"}, {"role": "member", "min": 5, "max": 15}],
    "term_months": 24,
    "renewal_cohorts": 2,
    "sessions_per_year": 6,
    "notice_days": 8,
    "quorum": {"rule": "strict_majority", "base": "legal"},
    "second_call": {"quorum": {"rule": "fraction", "numerator": 1, "denominator": 3}},
    "majorities": {"ordinary": {"kind": "simple", "of": "present"}, "bylaws_change": {"kind": "two_thirds", "of": "present"}},
    "absence_limit": {"consecutive": 3, "in_a_year": 4},
}


def rules(**said: Any) -> Rules:
    return Rules.model_validate(SOUND | said)


def test_sound_rules_have_nothing_against_them() -> None:
    assert contradictions(rules()) == []


LEAST, MOST = [{"sector": "youth", "min": 0, "max": 3}], [{"sector": "youth", "min": 30, "max": 60}]
MAYOR = {"sector": "municipal_elected", "min": 1, "max": 9}
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"seats": [*SOUND["seats"], {"sector": "ngo", "min": 3, "max": 2}]}, "/seats/6/min", "sector-minimum-above-maximum"),
    ({"seats": [*SOUND["seats"], {"sector": "academia", "min": 0, "max": 1}]}, "/seats/6/sector", "sector-twice"),
    ({"voting_seats": 10}, "/seats", "minima-above-seats"),
    ({"voting_seats": 21}, "/seats", "maxima-below-seats"),
    ({"seats": [MAYOR, {"sector": "ngo", "min": 1, "max": 8}]}, "/civil_majority", "civil-majority-unreachable"),
    ({"demographic_minima": [{"group": "women", "min": 2}, {"group": "women", "min": 3}]}, "/demographic_minima/1/group", "group-twice"),
    ({"demographic_minima": [{"group": "indigenous", "min": 23}]}, "/demographic_minima/0/min", "group-above-seats"),
    ({"demographic_minima": [{"group": "women", "min": 12}, {"group": "men", "min": 11}]}, "/demographic_minima", "groups-above-seats"),
    ({"roles": [{"role": "treasurer", "min": 3, "max": 2}]}, "/roles/0/min", "role-minimum-above-maximum"),
    ({"roles": [{"role": "treasurer"}, {"role": "treasurer"}]}, "/roles/1/role", "role-twice"),
    ({"roles": [{"role": "member", "min": 23, "max": 30}]}, "/roles", "roles-above-seats"),
    ({"seats": [{"sector": "ngo", "min": 9, "max": 17}]}, "/president", "president-without-seat"),
    ({"quorum": {"rule": "number", "number": 18}}, "/quorum", "quorum-above-seats"),
    ({"quorum": {"rule": "number", "number": 16}, "seats": [MAYOR, *LEAST]}, "/quorum", "quorum-above-maxima"),
    ({"quorum": {"rule": "number", "number": 12}}, "/quorum", "quorum-above-minima"),
    ({"second_call": {"quorum": {"rule": "number", "number": 10}}}, "/second_call/quorum", "second-call-above-first"),
    ({"second_call": {"quorum": {"rule": "number", "number": 18}}}, "/second_call/quorum", "quorum-above-seats"),
    ({"majorities": {}}, "/majorities", "majority-missing"),
    (
        {"majorities": SOUND["majorities"] | {"removal": {"kind": "four_fifths", "of": "entitled"}}, "seats": [MAYOR, *LEAST]},
        "/majorities/removal",
        "majority-unreachable",
    ),
    (
        {"majorities": SOUND["majorities"] | {"removal": {"kind": "four_fifths", "of": "entitled"}}},
        "/majorities/removal",
        "majority-above-quorum",
    ),
    ({"renewal_cohorts": 12, "term_months": 6}, "/renewal_cohorts", "cohorts-above-months"),
    ({"renewal_cohorts": 12, "seats": [MAYOR]}, "/renewal_cohorts", "cohorts-above-seats"),
    ({"notice_days": 62}, "/notice_days", "notice-longer-than-interval"),
    ({"absence_limit": {"in_a_year": 7}}, "/absence_limit/in_a_year", "absences-above-sessions"),
]


@pytest.mark.parametrize(("said", "pointer", "code"), CASES, ids=[f"{code}{pointer}" for _, pointer, code in CASES])
def test_what_cannot_be_is_found_at_its_place(said: dict[str, Any], pointer: str, code: str) -> None:
    found = {(f.pointer, f.code): f for f in contradictions(rules(**said))}
    assert (pointer, code) in found, sorted(found)
    words = found[pointer, code].words
    assert set(words) == {"en", "es", "pt"}
    assert all("{" not in sentence for sentence in words.values())


def test_every_sentence_is_of_a_case() -> None:
    assert {code for _, _, code in CASES} == set(SENTENCES)


def test_warnings_hold_nothing_up() -> None:
    found = contradictions(rules(majorities={}))
    assert [f.severity for f in found] == [Severity.WARNING]
    assert approvable(found)
    assert not approvable(contradictions(rules(voting_seats=10)))
    kept = by_language(found)
    assert {language: [f["code"] for f in kept[language]] for language in kept} == {key: ["majority-missing"] for key in ("en", "es", "pt")}


@pytest.mark.parametrize("n", range(3, 61))
@pytest.mark.parametrize("rule", [r for r in QuorumRule if r is not QuorumRule.FRACTION])
def test_a_quorum_that_all_seats_together_reach_is_no_contradiction(n: int, rule: QuorumRule) -> None:
    """Whatever the rule, the seats either reach it when all are present, or the draft is refused."""
    quorum = Quorum(rule=rule, number=n + 1 if rule is QuorumRule.NUMBER else None)
    draft = rules(voting_seats=n, seats=[{"sector": "municipal_elected", "min": n, "max": n}], civil_majority=False)
    draft = draft.model_copy(update={"quorum": quorum, "second_call": None, "roles": [], "demographic_minima": []})
    wrong = {f.code for f in contradictions(draft) if f.pointer == "/quorum"}
    assert wrong == ({"quorum-above-seats"} if required(quorum, n) > n else set())


def test_what_bylaws_do_not_say_of_a_decision() -> None:
    said = rules()
    assert said.majority(DecisionKind.BYLAWS_CHANGE).kind is MajorityKind.TWO_THIRDS
    assert said.majority(DecisionKind.BUDGET) == Majority(kind=MajorityKind.SIMPLE, of=Of.PRESENT)
    assert rules(majorities={}).majority(DecisionKind.BUDGET) == Majority(kind=MajorityKind.SIMPLE, of=Of.CAST)


def test_sectors_are_of_the_state_or_civil() -> None:
    assert CIVIL | STATE | {Sector.OTHER} == frozenset(Sector)
    assert not CIVIL & STATE


@pytest.mark.parametrize(("civil", "voting", "above"), [(9, 17, True), (8, 17, False), (51, 100, False), (52, 100, True), (0, 0, True)])
def test_more_than_51_per_cent(civil: int, voting: int, above: bool) -> None:
    assert above_51(civil, voting) is above


@pytest.mark.parametrize("said", [{"quorom": {}}, {"seats": []}, {"term_months": 0}, {"majorities": {"other": {}}}, {"voting_seats": 501}])
def test_what_is_no_rule_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rules(**said)


def test_of_filled_seats_the_quorum_follows_who_is_there() -> None:
    assert contradictions(rules(quorum={"rule": "strict_majority", "base": Base.FILLED})) == []
