"""What is missing, what an end would break, and which numbers are not told, without any database."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.committee.composition import FEWEST, SOON_DAYS, Facts, Held, composed, composition, missing, protected
from api.domain.committee.rules import Rules
from api.domain.committee.sectors import Group, SeatRole, Sector
from api.domain.committee.shortfalls import SENTENCES
from api.domain.committee.templates import templates
from api.domain.errors import Conflict
from api.domain.fields import new_id

DAY = date(2026, 6, 30)
RULES = templates()[1].rules


def held(sector: Sector, role: SeatRole = SeatRole.MEMBER, *, filled: bool = True, voting: bool = True, **said: Any) -> Held:
    return Held(new_id(), sector, role, voting, new_id() if filled else None, **said)


def whole(rules: Rules) -> list[Held]:
    """A roster with nothing against it: each sector's minimum, then whatever fills the voting seats."""
    found = [held(s.sector, voting=s.voting) for s in rules.seats for _ in range(s.min)]
    spare = [s.sector for s in rules.seats if s.voting for _ in range(s.max - s.min)]
    found += [held(sector) for sector in spare[: rules.voting_seats - sum(h.voting for h in found)]]
    for n, role in enumerate(r.role for r in rules.roles for _ in range(r.min)):
        found[n] = Held(found[n].seat_id, found[n].sector, role, found[n].voting, found[n].term_id)
    return found


ENOUGH = {Group.WOMEN: 6}


def codes(roster: list[Held], groups: dict[Group, int] = ENOUGH) -> set[str]:
    return {code for code, _, _ in missing(roster, groups, RULES)}


def test_a_whole_roster_lacks_nothing() -> None:
    assert missing(whole(RULES), ENOUGH, RULES) == []


def test_every_shortfall_occurs() -> None:
    roster = whole(RULES)
    none = [Held(h.seat_id, h.sector, h.role, h.voting) for h in roster]
    state = [held(Sector.MUNICIPAL_ELECTED) for _ in range(9)]
    assert codes(none, {}) | codes(state, {}) | codes(roster[1:]) == set(SENTENCES)
    assert codes(roster, {Group.WOMEN: 2}) == {"group-below-minimum"}


def facts(roster: list[Held], **said: Any) -> Facts:
    return Facts(**({"day": DAY, "held": roster, "groups": ENOUGH, "stated": 9, "rules": RULES, "bylaws_id": new_id()} | said))


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_an_announced_end_says_what_it_would_break(language: str) -> None:
    roster = whole(RULES)
    n = next(n for n, h in enumerate(roster) if h.sector is Sector.FAITH)
    for reason, listed in (("resignation", "pending"), (None, "expiring")):
        one = Held(roster[n].seat_id, Sector.FAITH, roster[n].role, True, new_id(), DAY + timedelta(days=SOON_DAYS), reason)
        found = composition(facts([*roster[:n], one, *roster[n + 1 :]]), language)
        [ending] = getattr(found, listed)
        assert (ending.term_id, [b.code for b in ending.breaks][:1]) == (one.term_id, ["sector-below-minimum"])
        assert found.shortfalls == []
    late = Held(roster[n].seat_id, Sector.FAITH, roster[n].role, True, new_id(), DAY + timedelta(days=SOON_DAYS) + timedelta(days=1))
    assert composition(facts([*roster[:n], late, *roster[n + 1 :]]), language).expiring == []


def test_what_a_seat_does_not_show_is_not_told_by_its_end() -> None:
    roster = whole(RULES)
    one = Held(roster[0].seat_id, roster[0].sector, roster[0].role, True, new_id(), DAY + timedelta(days=SOON_DAYS), None, shown=False)
    [ending] = composition(facts([one, *roster[1:]]), "en").expiring
    assert (ending.sector, ending.breaks) == (None, [])


def test_shortfalls_block_where_they_are_asked_about() -> None:
    composed(composition(facts(whole(RULES)), "en"))
    with pytest.raises(Conflict) as refused:
        composed(composition(facts(whole(RULES), groups={}), "en"))
    assert (refused.value.code, refused.value.more["choices"]) == ("composition-not-met", ["group-below-minimum"])


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_number_that_is_told_leaves_nobody_known(members: int, others: int) -> None:
    told = protected(members, members + others)
    assert told in (None, members)
    assert (told is None) == (0 < members < FEWEST or 0 < others < FEWEST)
