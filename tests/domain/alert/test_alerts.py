"""When alerts open and end: the day before, the day, and the day after, for every rule."""

from datetime import date, timedelta

import pytest

from api.domain.alert.alerts import FADES_DAYS, Alert, Deadline, alarms, changes, shipped
from api.domain.calendar import LAST
from api.domain.fields import new_id

DAY = date(2026, 3, 1)
ONE = timedelta(days=1)


def fired(watched: str, today: date, on: date = DAY, sessions: int | None = None) -> tuple[set[str], date]:
    found, following = alarms([Deadline(watched, "x", "1", on, sessions)], {}, today)  # type: ignore[arg-type]
    return {alarm.rule for alarm in found.values()}, following


@pytest.mark.parametrize(
    ("watched", "sessions", "rule", "opens", "ends"),
    [
        ("sessions", 4, "meetings-late", 91, 91 + FADES_DAYS),
        ("sessions", 4, "not-meeting", 182, 182 + FADES_DAYS),
        ("sessions", None, "not-meeting", 182, 182 + FADES_DAYS),
        ("sessions", 12, "meetings-late", 30, 30 + FADES_DAYS),
        ("terms", None, "term-ending", -60, FADES_DAYS),
        ("bylaws", None, "bylaws-ending", -90, FADES_DAYS),
        ("commitments", None, "commitment-ending", -90, FADES_DAYS),
        ("agreements", None, "agreement-overdue", 1, FADES_DAYS),
        ("offices", None, "transition-near", -180, 0),
    ],
)
def test_a_rule_fires_from_its_day_until_it_is_over(watched: str, sessions: int | None, rule: str, opens: int, ends: int) -> None:
    first, last = DAY + timedelta(days=opens), DAY + timedelta(days=ends)
    assert rule not in fired(watched, first - ONE, sessions=sessions)[0]
    assert rule in fired(watched, first, sessions=sessions)[0]
    assert rule in fired(watched, last - ONE, sessions=sessions)[0]
    assert rule not in fired(watched, last, sessions=sessions)[0]


@pytest.mark.parametrize("watched", ["sessions", "terms", "bylaws", "commitments", "agreements", "offices"])
def test_nothing_changes_before_the_day_to_look_again(watched: str) -> None:
    today = DAY - timedelta(days=400)
    while (following := fired(watched, today)[1]) is not LAST:
        assert following > today
        assert fired(watched, following - ONE)[0] == fired(watched, today)[0]
        assert fired(watched, following)[0] != fired(watched, today)[0]
        today = following
    assert fired(watched, DAY + timedelta(days=4000))[0] == fired(watched, today)[0]


def test_a_country_sets_its_own_days() -> None:
    ending, week = [Deadline("terms", "term", "1", DAY)], DAY - timedelta(days=7)
    assert alarms(ending, {}, week - ONE)[0]
    assert alarms(ending, {"term-ending": 7, "bylaws-ending": 60}, week - ONE) == ({}, week)
    assert alarms(ending, {"term-ending": 7}, week)[0]


def test_what_is_open_is_opened_once_and_a_moved_day_is_news() -> None:
    found, _ = alarms([Deadline("agreements", "agreement", "1", DAY)], {}, DAY + ONE)
    of = {"committee_id": new_id(), "country_id": 320, "municipality_id": 3200008, "rule": "agreement-overdue", "noun": "agreement"}
    same = Alert(thing="1", happens_on=DAY, **of)
    moved = Alert(thing="1", happens_on=DAY - ONE, **of)
    gone = Alert(thing="2", happens_on=DAY, **of)
    key, other = ("agreement-overdue", "1"), ("agreement-overdue", "2")
    assert changes({key: same}, found) == ([], [])
    assert [list(x) for x in changes({key: moved}, found)] == [[moved], list(found.values())]
    assert changes({key: same, other: gone}, found) == ([gone], [])


def test_the_end_of_the_calendar_raises_nothing() -> None:
    for rule in shipped():
        for on in (date(1, 1, 2), LAST):
            alarms([Deadline(rule.watches, "x", "1", on)], {}, LAST)
