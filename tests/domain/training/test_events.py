"""What may become of a training event, and when it may be said that it was held."""

from datetime import date

import pytest
from pydantic import ValidationError

from api.domain.errors import Conflict, Invalid
from api.domain.training.courses import CourseFields, taught
from api.domain.training.events import TrainingEvent, TrainingEventFields, TrainingEventState, cancel, hold
from tests.isolation.seeds import key

COURSE = key("course", "x")


def event(**said: object) -> TrainingEvent:
    return TrainingEvent.model_validate({"course_id": COURSE, "country_id": 1, "municipality_id": 1, "starts_on": "2026-03-02"} | said)


@pytest.mark.parametrize(
    ("ends_on", "today", "over"),
    [
        (None, "2026-03-01", False),
        (None, "2026-03-02", True),
        ("2026-03-05", "2026-03-03", False),
        ("2026-03-05", "2026-03-04", True),
        ("2026-03-05", "2027-01-01", True),
    ],
)
def test_it_was_held_from_its_last_day_on(ends_on: str | None, today: str, over: bool) -> None:
    one = event(ends_on=ends_on)
    if over:
        hold(one, date.fromisoformat(today))
        assert one.state is TrainingEventState.HELD
    else:
        with pytest.raises(Invalid, match="not over yet"):
            hold(one, date.fromisoformat(today))
        assert one.state is TrainingEventState.PLANNED


def test_it_is_decided_once() -> None:
    one, other = event(), event()
    cancel(one)
    hold(other, date(2026, 3, 2))
    for decided in (one, other):
        with pytest.raises(Conflict):
            cancel(decided)
        with pytest.raises(Conflict):
            hold(decided, date(2027, 1, 1))


def test_it_does_not_end_before_it_begins() -> None:
    for ends_on in ("2026-03-01", "2026-03-02"):
        with pytest.raises(ValidationError):
            TrainingEventFields.model_validate({"course_id": COURSE, "starts_on": "2026-03-02", "ends_on": ends_on})


def test_a_course_names_topics_that_there_are_and_each_once() -> None:
    said = {"title": "x", "level": "initial", "hours": 4, "topics": ["cpted", "campaigns", "cpted"]}
    course = CourseFields.model_validate(said)
    assert course.topics == ["campaigns", "cpted"]
    taught(course.topics, {"campaigns", "cpted", "inclusion"})
    with pytest.raises(Invalid) as refused:
        taught(course.topics, {"campaigns", "inclusion"})
    assert refused.value.more == {"choices": ["campaigns", "inclusion"]}
    for hours in (0, -1, 2001, "NaN"):
        with pytest.raises(ValidationError):
            CourseFields.model_validate(said | {"hours": hours})
