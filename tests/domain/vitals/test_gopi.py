"""Each item of GOPI-Prevención, met, not met and unknown."""

from dataclasses import replace
from typing import Any

import pytest

from api.domain.committee.composition import Held
from api.domain.committee.rules import Rules
from api.domain.committee.sectors import SeatRole, Sector
from api.domain.fields import new_id
from api.domain.vitals import words
from api.domain.vitals.cures import CURES
from api.domain.vitals.gopi import ITEMS, GopiState, gopi
from api.domain.vitals.item_declarations import DeclarablePart
from api.domain.vitals.words import PARTS
from tests.domain.vitals.known import RULES, known

MET, NOT_MET, UNKNOWN, DECLARED = GopiState.MET, GopiState.NOT_MET, GopiState.UNKNOWN, GopiState.DECLARED


def ruled(**said: Any) -> Rules:
    return Rules.model_validate(RULES.model_dump() | said)


WELL = dict(enumerate([MET, MET, MET, MET, UNKNOWN, MET, NOT_MET, UNKNOWN, NOT_MET, UNKNOWN, MET, UNKNOWN, MET, MET], 1))
"""The committee of three has no school, clinic or police at its table, and nobody of the national government."""

SAID = {part: new_id() for part in DeclarablePart}


def states(**changed: Any) -> dict[int, GopiState]:
    return {item.number: item.state for item in gopi(known(**changed), "en").items}


def test_a_committee_that_does_well() -> None:
    assert states() == WELL
    found = gopi(known(), "pt")
    assert (found.met, found.not_met, found.declared, found.unknown) == (8, 2, 0, 4)
    told = gopi(known(declared=SAID), "pt")
    assert (told.met, told.not_met, told.declared, told.unknown) == (8, 2, 4, 0)


@pytest.mark.parametrize(
    ("number", "changed", "state"),
    [
        (1, {"seated": 1}, NOT_MET),
        (1, {"seated": 2}, MET),
        (2, {"rules": None}, NOT_MET),
        (3, {"rules": None}, UNKNOWN),
        (3, {"rules": None, "quorate": 3}, NOT_MET),
        (3, {"rules": ruled(sessions_per_year=3), "quorate": 9}, NOT_MET),
        (3, {"quorate": 3}, NOT_MET),
        (4, {"rules": ruled(civil_majority=False)}, NOT_MET),
        (4, {"seated": 2}, NOT_MET),  # One of two is 50 %.
        (4, {"seated": 0}, UNKNOWN),
        (4, {"rules": None}, UNKNOWN),
        (5, {"by_call": 1}, NOT_MET),
        (5, {"holders": 0, "by_call": 0}, UNKNOWN),
        (5, {"declared": SAID}, DECLARED),
        (5, {"declared": SAID, "by_call": 1}, NOT_MET),  # Nobody's word is set against what is counted.
        (5, {"declared": SAID, "holders": 0, "by_call": 0}, UNKNOWN),
        (6, {"rules": ruled(renewal_cohorts=1)}, NOT_MET),
        (6, {"ends": 1}, NOT_MET),
        (6, {"holders": 0, "ends": 0}, UNKNOWN),
        (7, {"declared": SAID}, NOT_MET),
        (8, {"declared": SAID}, DECLARED),
        (10, {"secretaries": 0}, NOT_MET),
        (10, {"declared": SAID}, DECLARED),
        (12, {"declared": SAID}, DECLARED),
        (12, {"declared": {"powers": SAID["powers"]}}, UNKNOWN),
        (11, {"rules": ruled(roles=[{"role": "president"}])}, NOT_MET),
        (11, {"rules": None}, UNKNOWN),
        (13, {"minuted": 0}, NOT_MET),
        (13, {"quorate": 0}, UNKNOWN),
        (14, {"published": 0}, NOT_MET),
        (14, {"quorate": 0}, UNKNOWN),
    ],
)
def test_one_thing_otherwise(number: int, changed: dict[str, Any], state: GopiState) -> None:
    assert states(**changed)[number] is state


def test_all_fourteen_have_words() -> None:
    assert len(ITEMS) == 14
    for judge, text in ITEMS:
        assert text.keys() == {"en", "es", "pt"}
        for part, *_ in judge(known()):
            assert part in PARTS


def test_the_seat_of_the_mayor_is_no_councillors() -> None:
    def councillors(*roles: SeatRole) -> int | None:
        held = [Held(new_id(), Sector.MUNICIPAL_ELECTED, role, True, new_id()) for role in roles]
        one = known()
        [part] = [p for p in gopi(replace(one, made=replace(one.made, held=held)), "en").items[6].parts if p.part == "councillors"]
        return part.count

    assert councillors(SeatRole.PRESIDENT) == 0
    assert councillors(SeatRole.PRESIDENT, SeatRole.MEMBER) == 1


def test_what_is_unknown_says_who_could_state_it_and_how() -> None:
    assert CURES.keys() == words.UNKNOWN.keys()
    assert all(cure.how.keys() == {"en", "es", "pt"} for cure in CURES.values())
    for language in ("en", "es", "pt"):
        for item in gopi(known(rules=None, holders=0), language).items:
            for part in item.parts:
                assert (part.how is None) is (part.unknown is None)
                assert not part.who or part.unknown
    [ruled, _] = gopi(known(rules=None), "en").items[3].parts
    assert (ruled.who, ruled.how) == (list(CURES["no-bylaws"].who), CURES["no-bylaws"].how["en"])


def test_what_can_be_declared_is_what_nothing_kept_here_can_tell() -> None:
    parts = [part for item in gopi(known(), "en").items for part in item.parts]
    assert {part.part for part in parts if part.unknown} == {*DeclarablePart}
    said = [part for item in gopi(known(declared=SAID), "en").items for part in item.parts if part.declared]
    assert {part.part: part.declared for part in said} == SAID
    assert all((part.count, part.of, part.value, part.unknown, part.how) == (None,) * 5 for part in said), "never as if it were counted"
