"""How far a committee has come: one function of what is known of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.domain.committee.committees import ALLOWED, REASONS, Committee, CommitteeState, convene, launch, patience, stand
from api.domain.committee.declarations import DeclarationFields, declare
from api.domain.errors import Conflict, Invalid

TODAY = date(2026, 6, 30)


def committee(**known: Any) -> Committee:
    return Committee(name="x", country_id=320, municipality_id=3200008, created_at=datetime(2026, 1, 1, tzinfo=UTC), **known)


D = {n: TODAY - timedelta(days=n) for n in (1, 100, 182, 183, 364, 365, 366, 900, 1000)}
LEGAL = {"convened_on": D[1000], "launched_on": D[900], "legalised_on": D[366]}
STANDING: list[tuple[dict[str, Any], CommitteeState, str, date | None]] = [
    ({}, CommitteeState.PROPOSED, "proposed", None),
    ({"convened_on": D[100]}, CommitteeState.CONVENING, "convened", None),
    ({"convened_on": D[100], "launched_on": D[1]}, CommitteeState.LAUNCHED, "launched", None),
    (LEGAL, CommitteeState.LEGALISED, "no-session-yet", None),
    ({"legalised_on": D[1]}, CommitteeState.LEGALISED, "no-session-yet", None),
    (LEGAL | {"last_session_on": D[1]}, CommitteeState.OPERATING, "meets", D[1] + timedelta(days=182)),
    (LEGAL | {"last_session_on": D[182]}, CommitteeState.DORMANT, "no-session-lately", None),
    (LEGAL | {"last_session_on": D[182], "sessions_per_year": 12}, CommitteeState.DORMANT, "no-session-lately", None),
    (LEGAL | {"last_session_on": D[183], "sessions_per_year": 2}, CommitteeState.OPERATING, "meets", D[183] + timedelta(days=365)),
    (LEGAL | {"last_session_on": D[364], "sessions_per_year": 1}, CommitteeState.OPERATING, "meets", D[364] + timedelta(days=365)),
    (LEGAL | {"last_session_on": D[365], "sessions_per_year": 1}, CommitteeState.DORMANT, "no-session-lately", None),
    (LEGAL | {"last_session_on": D[1], "dissolved_on": TODAY}, CommitteeState.DISSOLVED, "dissolved", None),
    (
        {"convened_on": D[1000], "launched_on": D[900], "legalised_by": "an instrument"},
        CommitteeState.LAUNCHED,
        "instrument-repealed",
        None,
    ),
]


@pytest.mark.parametrize(("known", "state", "reason", "due"), STANDING)
def test_where_it_stands_and_why(known: dict[str, Any], state: CommitteeState, reason: str, due: date | None) -> None:
    row = committee(**known)
    stand(row, TODAY)
    assert (row.state, row.reason, row.due_on) == (state, reason, due)
    assert set(REASONS[reason]) == {"en", "es", "pt"}


def test_every_state_and_reason_occurs() -> None:
    assert {state for _, state, _, _ in STANDING} == set(CommitteeState) == set(ALLOWED)
    assert {reason for _, _, reason, _ in STANDING} == set(REASONS)


def test_it_changes_by_itself_on_the_day_it_says() -> None:
    row = committee(**LEGAL, last_session_on=D[100])
    stand(row, TODAY)
    assert row.due_on is not None
    for day, state in ((row.due_on - timedelta(days=1), CommitteeState.OPERATING), (row.due_on, CommitteeState.DORMANT)):
        stand(row, day)
        assert row.state is state


@pytest.mark.parametrize("sessions", range(1, 53))
def test_nobody_is_waited_for_longer_than_a_year(sessions: int) -> None:
    days = patience(sessions).days
    assert days <= 365
    assert days == 365 or abs(days - 2 * 365 / sessions) < 1


def test_milestones_come_in_their_order() -> None:
    row = committee()
    with pytest.raises(Conflict):
        launch(row, D[1], TODAY)
    with pytest.raises(Invalid) as to_come:
        convene(row, TODAY + timedelta(days=1), TODAY)
    assert to_come.value.code == "day-to-come"
    convene(row, D[100], TODAY)
    with pytest.raises(Invalid) as backwards:
        launch(row, D[182], TODAY)
    assert backwards.value.code == "milestones-backwards"
    launch(row, D[100], TODAY)
    assert row.state is CommitteeState.LAUNCHED


def fact(kind: str, on: date) -> DeclarationFields:
    return DeclarationFields.model_validate({"kind": kind, "happened_on": on, "description": "x", "reference": "Book 1"})


def test_what_is_declared_is_exempt_from_gates_and_says_that_it_is_declared() -> None:
    row = committee()
    assert declare(row, fact("legalised", D[366]), TODAY)
    assert (row.state, row.declared, row.legalised_on, row.legalised_by) == (CommitteeState.LEGALISED, ["legalised"], D[366], None)
    assert not declare(row, fact("session_held", D[366]), TODAY)
    assert row.last_session_on is None, "a declared session is never counted as one"
    assert declare(row, fact("launched", D[900]), TODAY)
    with pytest.raises(Conflict) as known:
        declare(row, fact("launched", D[900]), TODAY)
    assert known.value.code == "milestone-known"
    with pytest.raises(Invalid) as backwards:
        declare(row, fact("convened", D[366]), TODAY)
    assert backwards.value.code == "milestones-backwards"


def test_only_the_time_before_joining_is_declared() -> None:
    with pytest.raises(Invalid) as late:
        declare(committee(), fact("session_held", date(2026, 1, 1)), TODAY)
    assert late.value.code == "not-before-joining"
