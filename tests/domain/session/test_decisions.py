"""Votes without any database: one a seat that was there, and passed exactly where the words of the rule say so."""

from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.domain.committee.majorities import Majority, MajorityKind, Of
from api.domain.committee.rules import DecisionKind
from api.domain.errors import Conflict, Invalid
from api.domain.session.agreements import Agreement, AgreementState, follow_through, kept_word, open_for
from api.domain.session.decisions import Choice, Counts, Decision, VoteLine, VotesFields, count, decide
from api.domain.session.holding import Present, hold
from api.domain.session.sessions import Session, SessionState
from tests.domain.session.test_sessions import DAY, RULES, called, law


def enough(majority: Majority, yes: int, no: int, present: int, entitled: int) -> bool:
    """What the words of the rule say, without any formula of the product."""
    base = {Of.PRESENT: present, Of.ENTITLED: entitled, Of.CAST: yes + no}[majority.of]
    parts = {MajorityKind.TWO_THIRDS: Fraction(2, 3), MajorityKind.FOUR_FIFTHS: Fraction(4, 5)}
    return yes > 0 and (yes >= parts[majority.kind] * base if majority.kind in parts else 2 * yes > base)


@given(st.sampled_from(MajorityKind), st.sampled_from(Of), st.integers(3, 60), st.data())
def test_it_passes_exactly_where_the_rule_says(kind: MajorityKind, of: Of, legal: int, said: st.DataObject) -> None:
    present = said.draw(st.integers(legal // 2 + 1, legal))
    choices = said.draw(st.lists(st.sampled_from(Choice), max_size=present))
    there = {uuid4(): True for _ in range(present)}
    lines = [VoteLine(seat_id=id, choice=choice) for id, choice in zip(there, choices, strict=False)]
    session, majority = called(), Majority(kind=kind, of=of)
    hold(session, law(legal), Present(present, present, legal, legal, True), DAY)
    decision = Decision(kind=DecisionKind.BUDGET, title="x")
    rules = RULES.model_copy(update={"majorities": {DecisionKind.BUDGET: majority}})
    decide(decision, session, rules, count(VotesFields(lines=lines), there), False)
    yes, no = choices.count(Choice.YES), choices.count(Choice.NO)
    assert (decision.yes, decision.no, decision.abstain) == (yes, no, choices.count(Choice.ABSTAIN))
    assert decision.passed is enough(majority, yes, no, present, legal)


def test_a_seat_votes_once_and_only_where_it_was() -> None:
    seat, mute = uuid4(), uuid4()
    line = VoteLine(seat_id=seat, choice=Choice.YES)
    with pytest.raises(ValidationError):
        VotesFields(lines=[line, line])
    with pytest.raises(Invalid) as absent:
        count(VotesFields(lines=[line]), {})
    with pytest.raises(Invalid) as silent:
        count(VotesFields(lines=[VoteLine(seat_id=mute, choice=Choice.NO)]), {mute: False})
    assert (absent.value.code, silent.value.code) == ("not-present", "seat-without-vote")


@pytest.mark.parametrize("state", [s for s in SessionState if s not in (SessionState.HELD, SessionState.MINUTES_DRAFT)])
def test_nothing_is_decided_in_any_other_state(state: SessionState) -> None:
    session = Session(state=state, meets_on=DAY, held_on=DAY, quorum={"met": state is not SessionState.NO_QUORUM})
    with pytest.raises(Conflict):
        decide(Decision(kind=DecisionKind.ORDINARY, title="x"), session, RULES, Counts(yes=1, no=0), False)


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), max_size=6))
def test_the_total_is_the_sum_of_the_institutions(rows: list[tuple[int, int, int, int]]) -> None:
    found = follow_through(UUID(int=1), date(2026, 1, 1), [(uuid4(), "x", kept_word(*row)) for row in rows])
    sums = [sum(row[n] for row in rows) for n in range(4)]
    assert found.total == kept_word(*sums)
    assert (found.total.share is None) == (sum(sums[:3]) == 0)


def test_what_is_settled_stays() -> None:
    for state in (AgreementState.FULFILLED, AgreementState.CANCELLED):
        for action in ("change", "fulfil", "cancel"):
            with pytest.raises(Conflict):
                open_for(Agreement(state=state, text="x", due_on=DAY), action)
