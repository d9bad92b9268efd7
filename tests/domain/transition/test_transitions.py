"""Where a transition stands follows from the calendar and from what was done, day by day."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from api.domain.committee.terms import Selection, Term
from api.domain.errors import Conflict, Invalid
from api.domain.transition.office_terms import EndedBy, OfficeTerm, OfficeTermEnd, OfficeTermExtension, end, extend
from api.domain.transition.transitions import Reratification, Transition, freeze, leaves, of_term, reratify, stand, turn, unratify

ENDS = date(2028, 1, 15)
DAY = timedelta(days=1)


def term() -> OfficeTerm:
    return OfficeTerm(country_id=320, municipality_id=3200008, starts_on=date(2024, 1, 15), ends_on=ENDS)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def made(on: date = date(2026, 1, 1)) -> Transition:
    return of_term(term(), at(on))


@pytest.mark.parametrize(
    ("day", "state", "due"),
    [
        (ENDS - 181 * DAY, "scheduled", ENDS - 180 * DAY),
        (ENDS - 180 * DAY, "preparing", ENDS),
        (ENDS - DAY, "preparing", ENDS),
        (ENDS, "frozen", ENDS),
        (ENDS + 90 * DAY, "lapsed", ENDS),
    ],
)
def test_the_calendar_alone(day: date, state: str, due: date) -> None:
    """Until what follows from the end was done, it stays due."""
    row = made()
    stand(row, day)
    assert (row.state, row.due_on) == (state, due)


def test_once_the_office_is_over_the_clock_of_ratification_runs() -> None:
    row = made()
    turn(row, at(ENDS))
    assert (row.state, row.due_on, row.frozen_on) == ("frozen", ENDS + 90 * DAY, ENDS)
    row.accepted_at = at(ENDS + DAY)
    stand(row, ENDS + DAY)
    assert (row.state, row.due_on) == ("handed_over", ENDS + 90 * DAY)
    stand(row, ENDS + 90 * DAY)
    assert (row.state, row.due_on) == ("lapsed", None)
    act, first, second = Reratification(reratified_on=ENDS + 91 * DAY, reference="Acuerdo 1"), UUID(int=1), UUID(int=2)
    with pytest.raises(Conflict) as missing:
        reratify(row, act, [], ENDS + 92 * DAY)
    assert missing.value.code == "commitment-missing"
    with pytest.raises(Invalid) as strange:
        reratify(row, act.model_copy(update={"commitment_id": UUID(int=3)}), [first, second], ENDS + 92 * DAY)
    assert strange.value.pointer == "/commitment_id"
    reratify(row, act, [first, second], ENDS + 92 * DAY)
    assert (row.state, row.due_on, row.commitment_id) == ("reratified", None, first)
    with pytest.raises(Conflict):
        reratify(row, act, [first], ENDS + 92 * DAY)
    unratify(row, ENDS + 92 * DAY)
    assert (row.state, row.reratified_on, row.commitment_id) == ("lapsed", None, None)


def test_it_is_frozen_early_only_while_it_is_prepared() -> None:
    row = made()
    with pytest.raises(Conflict):
        freeze(row, date(2026, 1, 2))
    stand(row, ENDS - 10 * DAY)
    freeze(row, ENDS - 10 * DAY)
    assert (row.state, row.due_on, row.frozen_on) == ("frozen", ENDS, ENDS - 10 * DAY)
    with pytest.raises(Invalid):
        reratify(row, Reratification(reratified_on=ENDS - DAY, reference="x"), [UUID(int=1)], ENDS)


def test_what_was_over_before_it_was_recorded_has_no_consequences() -> None:
    late = made(ENDS + 89 * DAY)
    assert (late.state, late.due_on, late.turned_at) == ("frozen", ENDS, None), "what follows is due"
    row = made(ENDS + 90 * DAY)
    assert (row.state, row.due_on, row.turned_at is not None) == ("lapsed", None, True)
    assert (made(date(2030, 1, 1)).state, made(date(2030, 1, 1)).due_on) == ("lapsed", None)


def seat(selection: Selection, first: date, after: date | None = None) -> Term:
    anybody = UUID(int=1)
    placed = {"country_id": 320, "municipality_id": 3200008, "committee_id": anybody, "body_id": anybody, "seat_id": anybody}
    return Term(**placed, selection=selection, starts_on=first, ends_on=after, on_behalf_of_id=anybody)


@pytest.mark.parametrize(
    ("held", "leaving"),
    [
        (seat(Selection.EX_OFFICIO, date(2024, 2, 1)), True),
        (seat(Selection.EX_OFFICIO, date(2024, 2, 1), ENDS + DAY), True),
        (seat(Selection.EX_OFFICIO, date(2024, 2, 1), ENDS), False),
        (seat(Selection.EX_OFFICIO, ENDS), False),
        (seat(Selection.ELECTED, date(2024, 2, 1)), False),
        (seat(Selection.APPOINTED, date(2024, 2, 1)), False),
    ],
)
def test_only_seats_of_the_office_end_with_it(held: Term, leaving: bool) -> None:
    before = held.ends_on
    assert leaves(held, ENDS) is leaving
    assert held.ends_on == (ENDS if leaving else before)


def test_a_term_of_office_ends_earlier_and_lasts_longer_only_by_an_instrument() -> None:
    row = term()
    with pytest.raises(Invalid) as longer:
        end(row, OfficeTermEnd(ended_by=EndedBy.ELECTION, ends_on=ENDS + DAY), False)
    assert longer.value.code == "extension-needs-instrument"
    with pytest.raises(Invalid) as missing:
        end(row, OfficeTermEnd(ended_by=EndedBy.REMOVAL, ends_on=ENDS - DAY), False)
    assert missing.value.code == "act-missing"
    extend(row, OfficeTermExtension(ends_on=ENDS + DAY, reference="Acuerdo 7"), None, False)
    assert (row.ends_on, row.reference) == (ENDS + DAY, "Acuerdo 7")
    end(row, OfficeTermEnd(ended_by=EndedBy.DEATH, ends_on=date(2027, 1, 1)), False)
    assert (row.ends_on, row.ended_by) == (date(2027, 1, 1), EndedBy.DEATH)
    with pytest.raises(Conflict):
        end(row, OfficeTermEnd(ended_by=EndedBy.ELECTION, ends_on=date(2026, 1, 1)), True)
    end(row, OfficeTermEnd(ended_by=EndedBy.RESIGNATION), True)
    assert row.ended_by is EndedBy.RESIGNATION
