"""The components against numbers worked out by hand, and when there is one number."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from api.domain.session.agreements import kept_word
from api.domain.vitals.vector import ComponentCode, Known, Vector, parts, vector
from api.domain.vitals.words import COMPONENTS, PARTS, UNKNOWN, WITHHELD
from tests.domain.vitals.known import DAY, LEARNED, RULES, known

BY_HAND = {
    "legality": 100,  # Bylaws in force, legalised.
    "rhythm": 75,  # 3 of 4.
    "participation": 75,  # 9 of 12.
    "composition": 100,  # Three sectors, seats, quorum, civil majority (2 of 3 are 66.7 %), two roles.
    "renewal_and_skills": 72.2,  # (100 + 2 of 4 = 50 + 2 of 3 = 66.7) / 3.
    "external_linkages": 50,  # Assistance yes, association no; partnerships are not kept.
    "follow_through": 25,  # 1 of 4 that were due.
    "evidence": 100,  # Figures; assessments are not kept.
    "plan": None,
    "accountability": 25,  # 1 of 4.
}


def values(found: Vector) -> dict[str, float | None]:
    return {c.component.value: None if c.value is None else float(c.value) for c in found.components}


def test_by_hand() -> None:
    found = vector(known(), "en")
    assert values(found) == BY_HAND
    assert float(found.coverage) == pytest.approx((1 + 1 + 1 + 1 + 1 + 2 / 3 + 1 + 1 / 2 + 0 + 1) / 10, abs=1e-4)
    assert float(found.score or 0) == round(sum(v for v in BY_HAND.values() if v is not None) / 9, 1) == 69.1
    assert (found.withheld, found.counted_from) == (None, date(2025, 6, 30))


def test_every_part_says_of_what_it_is_or_why_it_is_not_known() -> None:
    for case in (known(), known(rules=None, entitled=0, quorate=0, attended=0)):
        for language in ("en", "es", "pt"):
            for component in vector(case, language).components:
                for part in component.parts:
                    assert (part.value is None) == (part.unknown is not None)
                    assert part.value is None or (part.of and 0 <= part.value <= 100)


@pytest.mark.parametrize(
    ("changed", "component", "value"),
    [
        ({"legalised": False}, "legality", 50),
        ({"legalised": False, "rules": None}, "legality", 0),
        ({"ordinary": 9}, "rhythm", 100),
        ({"ordinary": 0}, "rhythm", 0),
        ({"ordinary": 1, "ruled_since": date(2025, 12, 31)}, "rhythm", 100),  # 181 days at 4 a year: one is due.
        ({"ruled_since": date(2026, 4, 10)}, "rhythm", None),  # 81 days: none is due yet.
        ({"rules": None}, "rhythm", None),
        ({"rules": None}, "composition", None),
        ({"seated": 2}, "composition", 75),  # Of eight rules the NGO's seat and the civil majority (1 of 2) are not met.
        ({"seated": 0}, "composition", 25),  # Nobody: of no voting members nothing is said against the civil share; seats are made.
        ({"came_on": date(2025, 6, 30)}, "renewal_and_skills", 38.9),
        ({"came_on": date(2025, 7, 1)}, "renewal_and_skills", 72.2),
        ({"came_on": None}, "renewal_and_skills", 38.9),
        ({"assisted": 0, "affiliations": 2}, "external_linkages", 50),
        ({"figures": 0}, "evidence", 0),
        ({"entitled": 0}, "participation", None),
        ({"quorate": 0}, "accountability", None),
    ],
)
def test_one_thing_otherwise(changed: dict[str, object], component: str, value: float | None) -> None:
    assert values(vector(known(**changed), "en"))[component] == value


def fresh() -> Known:
    """Of nothing more is known than that it is there."""
    none = LEARNED.onboarding.model_copy(update={"on_time": 0, "late": 0, "overdue": 0})
    nobody = LEARNED.model_copy(update={"voting": 0, "onboarding": none})
    bare = known(rules=None, entitled=0, quorate=0)
    return replace(bare, learned=nobody, kept=kept_word(0, 0, 0, 3))


def test_no_number_of_a_committee_of_which_too_little_is_known() -> None:
    found = vector(fresh(), "es")
    assert float(found.coverage) == pytest.approx((1 + 1 / 3 + 2 / 3 + 1 / 2) / 10, abs=1e-4)
    assert found.score is None
    assert found.withheld == WITHHELD["es"].format(percent=60)


def test_the_number_begins_at_sixty_percent() -> None:
    """Beside what is not kept here at most 0.8166 are known; each of these takes a tenth of it away."""
    whole = known()
    for case, told in (
        (replace(whole, counts=replace(whole.counts, entitled=0)), True),
        (replace(whole, counts=replace(whole.counts, entitled=0, quorate=0)), True),
        (replace(whole, counts=replace(whole.counts, entitled=0, quorate=0), kept=kept_word(0, 0, 0, 1)), False),
    ):
        found = vector(case, "en")
        assert (found.score is not None) is told is (found.coverage >= Decimal("0.6"))


def test_everything_has_words() -> None:
    said = parts(known())
    assert set(said) == set(ComponentCode)
    assert list(COMPONENTS) == [str(code) for code in ComponentCode]
    for words in (*COMPONENTS.values(), *PARTS.values(), *UNKNOWN.values(), WITHHELD):
        assert words.keys() == {"en", "es", "pt"}
    assert known().made.day == DAY
    assert RULES.sessions_per_year == 4
