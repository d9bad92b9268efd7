"""What is refused until when: windows that touch count as one, those with a gap do not."""

from datetime import date

import pytest

from api.domain.errors import Conflict
from api.domain.transition.blackouts import BlackoutFields, PublicAct, permit, refused, told

PROMOTION, RECORDS = PublicAct.PUBLISH_PROMOTION, PublicAct.PUBLISH_RECORDS


def window(first: str, after: str, *acts: PublicAct, law: str = "Ley inventada, art. 1") -> BlackoutFields:
    return BlackoutFields.model_validate({"starts_on": first, "ends_on": after, "acts": acts or (PROMOTION,), "legal_basis": law})


JUNE, JULY = window("2027-06-01", "2027-07-01"), window("2027-07-01", "2027-07-15", law="Ley inventada, art. 2")
LATER = window("2027-07-20", "2027-08-01", PROMOTION, RECORDS)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        ("2027-05-31", None),
        ("2027-06-01", "2027-07-15"),
        ("2027-07-14", "2027-07-15"),
        ("2027-07-15", None),
        ("2027-07-20", "2027-08-01"),
        ("2027-08-01", None),
    ],
)
def test_the_first_day_counts_and_the_day_after_the_last_does_not(day: str, until: str | None) -> None:
    found = [r for r in refused([LATER, JULY, JUNE], date.fromisoformat(day)) if r.act is PROMOTION]
    assert [r.until.isoformat() for r in found] == ([until] if until else [])


def test_one_window_inside_another_does_not_end_it() -> None:
    inside = window("2027-06-10", "2027-06-12")
    [found] = refused([inside, JUNE], date(2027, 6, 10))
    assert found.until == date(2027, 7, 1)


def test_what_is_not_named_is_permitted() -> None:
    permit([RECORDS], [JUNE], date(2027, 6, 2))
    permit([], [LATER], date(2027, 7, 20))
    with pytest.raises(Conflict) as caught:
        permit([PROMOTION, RECORDS], [JUNE, JULY], date(2027, 6, 2))
    assert (caught.value.code, caught.value.more["until"]) == ("blackout", "2027-07-15")
    assert "art. 2" in caught.value.detail


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_it_is_said_in_words(language: str) -> None:
    said = told(refused([LATER], date(2027, 7, 20)), language)
    assert said.count("2027-08-01") == 2
    assert "Ley inventada, art. 1" in said
    assert told([], language) not in said
