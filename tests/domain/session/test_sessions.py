"""The rules of sessions without any database: quorum as it is frozen, the notice of a call, and who can stand for a seat."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.committee.quorum import Base, Quorum, SecondCall
from api.domain.committee.templates import templates
from api.domain.errors import Conflict, Invalid
from api.domain.session.holding import Present, call_again, has_quorum, hold
from api.domain.session.presence import Presence, PresenceLine, SeatThen, Sitting, seen
from api.domain.session.sessions import ALLOWED, Law, Session, SessionKind, SessionState, call

DAY = date(2026, 3, 2)
RULES = templates()[0].rules
HALF = Quorum(base=Base.LEGAL)


def law(legal: int = 17, quorum: Quorum = HALF, second: SecondCall | None = None, notice: int = 5) -> Law:
    rules = {"voting_seats": legal, "quorum": quorum, "second_call": second, "notice_days": notice}
    return Law(UUID(int=1), 1, RULES.model_copy(update=rules))


def called(**said: object) -> Session:
    return Session(state=SessionState.CALLED, meets_on=DAY, called_on=DAY - timedelta(days=9), **said)


@given(legal=st.integers(3, 60), there=st.data())
def test_a_session_is_held_exactly_where_more_than_half_of_the_legal_seats_are_there(legal: int, there: st.DataObject) -> None:
    voting = there.draw(st.integers(0, legal))
    filled = there.draw(st.integers(voting, legal))
    session = called()
    hold(session, law(legal), Present(voting + 1, voting, legal, filled, True), DAY)
    assert session.state is (SessionState.HELD if 2 * voting > legal else SessionState.NO_QUORUM)
    assert has_quorum(session) is (2 * voting > legal)
    assert session.quorum is not None
    assert session.quorum["second_call_after"] is None


@given(seats=st.integers(1, 60), voting=st.integers(0, 60))
def test_another_body_counts_its_own_voting_seats(seats: int, voting: int) -> None:
    session, there = called(), Present(voting + 1, voting, seats, seats, False)
    if voting > seats:
        with pytest.raises(Conflict, match="end those beyond"):
            hold(session, law(17), there, DAY)
        return
    hold(session, law(17), there, DAY)
    assert session.quorum is not None
    assert session.quorum["seats"] == seats


def test_an_inauguration_without_quorum_is_held_and_decides_nothing() -> None:
    session = called(kind=SessionKind.INAUGURATION)
    hold(session, law(), Present(1, 1, 17, 17, True), DAY)
    assert (session.state, has_quorum(session)) == (SessionState.HELD, False)


def test_there_is_a_second_call_and_no_third() -> None:
    second = SecondCall(quorum=Quorum(rule="number", number=2), minutes_after=2880)
    session, rules = called(), law(second=second)
    hold(session, rules, Present(1, 1, 17, 17, True), DAY)
    call_again(session)
    assert (session.day, session.second_at) == (DAY + timedelta(days=2), None)
    with pytest.raises(Invalid, match="still to come"):
        hold(session, rules, Present(1, 1, 17, 17, True), DAY)
    hold(session, rules, Present(1, 1, 17, 17, True), DAY + timedelta(days=2))
    assert session.state is SessionState.NO_QUORUM
    with pytest.raises(Conflict, match="no further call"):
        call_again(session)


@given(days=st.integers(0, 40), notice=st.integers(0, 30), kind=st.sampled_from(SessionKind))
def test_the_call_is_early_enough_unless_it_need_not_be(days: int, notice: int, kind: SessionKind) -> None:
    session = Session(state=SessionState.PLANNED, kind=kind, meets_on=DAY)
    free = kind in (SessionKind.EXTRAORDINARY, SessionKind.INAUGURATION)
    said = session, law(notice=notice), DAY - timedelta(days=days), DAY
    if not free and days < notice:
        with pytest.raises(Conflict) as refused:
            call(*said)
        assert refused.value.code == "notice-too-short"
        return
    call(*said)
    assert session.state is SessionState.CALLED


def test_every_state_says_what_may_be_done() -> None:
    assert set(ALLOWED) == set(SessionState)


SOMEBODY = st.one_of(st.none(), st.builds(Sitting, st.uuids(), st.one_of(st.none(), st.sampled_from([UUID(int=n) for n in range(1, 5)]))))


@given(st.lists(st.tuples(SOMEBODY, SOMEBODY, st.booleans(), st.sampled_from([*Presence, None])), max_size=12))
def test_a_seat_is_there_once_and_a_person_votes_once(said: list[tuple[Sitting | None, Sitting | None, bool, Presence | None]]) -> None:
    """Against the words of the rule: who is named is there as said, whoever holds a seat and is not named is absent, an alternate is there
    only in the holder's absence, and of two voting seats nobody sits in both."""
    seats = {id: SeatThen(id, voting, held, second) for held, second, voting, _ in said if (id := uuid4())}
    lines = [PresenceLine(seat_id=id, status=s) for id, (*_, s) in zip(seats, said, strict=True) if s]
    sat = [(second if s is Presence.REPRESENTED else held, voting, s) for held, second, voting, s in said if s]
    voters = [who.person for who, voting, s in sat if who and voting and s in (Presence.PRESENT, Presence.REPRESENTED) and who.person]
    if any(who is None for who, *_ in sat) or len(set(voters)) < len(voters):
        with pytest.raises(Invalid):
            seen(lines, seats)
        return
    found = seen(lines, seats)
    assert len({s.seat.id for s in found}) == len(found) == sum(held is not None or s is not None for held, _, _, s in said)
    for each in found:
        assert each.sitting == (each.seat.alternate if each.status is Presence.REPRESENTED else each.seat.holder)
        assert each.sitting is not None
