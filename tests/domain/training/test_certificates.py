"""Who was there long enough, and what a code on paper means."""

from datetime import date
from decimal import Decimal

import pytest

from api.domain.errors import Conflict
from api.domain.fields import new_id
from api.domain.training.attendance import AttendanceLine
from api.domain.training.certificates import LETTERS, Certificate, code_of, enough, new_code, stands, withdraw

WHO, DAY = new_id(), date(2026, 3, 2)


def line(hours: str | None = None, present: bool = True) -> AttendanceLine:
    return AttendanceLine(person_id=WHO, present=present, hours=Decimal(hours) if hours else None)


@pytest.mark.parametrize(
    ("there", "hours", "percent", "earned"),
    [
        (line(), "16", 80, True),
        (line("12.8"), "16", 80, True),
        (line("12.79"), "16", 80, False),
        (line("12.79"), "16", 79, True),
        (line("16"), "16", 100, True),
        (line("20"), "16", 100, True),
        (line("15.9"), "16", 100, False),
        (line("16", present=False), "16", 1, False),
        (None, "16", 1, False),
    ],
)
def test_who_was_there_long_enough(there: AttendanceLine | None, hours: str, percent: int, earned: bool) -> None:
    assert enough(there, Decimal(hours), percent) is earned


def test_a_code_is_read_from_paper_as_it_was_meant() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4]
        assert set(code) <= {*LETTERS, "-"}
        assert code_of(f" {code.lower().replace('-', '').replace('0', 'o').replace('1', 'l')}\x00") == code
    assert code_of("nobody's; drop") == "N0B0-DYSD-R0P"


def test_it_holds_while_whose_it_is_was_there_and_is_withdrawn_once() -> None:
    certificate = Certificate(person_id=WHO, hours=Decimal(8), percent=50)
    assert stands(certificate, [AttendanceLine(person_id=new_id()), line("4")])
    assert not stands(certificate, [line("3.9")])
    assert not stands(certificate, [])
    withdraw(certificate, DAY)
    assert certificate.withdrawn_on == DAY
    with pytest.raises(Conflict):
        withdraw(certificate, DAY)
