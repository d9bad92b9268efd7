"""The gap report: how far each missing seat has come, and whom to invite next, against plain readings of the definitions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.calendar import months_after
from api.domain.committee.sectors import Sector
from api.domain.outreach.gaps import AGAIN_MONTHS, NEXT, Asked, Candidate, Facts, Stage, Why, askable, ranked, tallies, unreached
from api.domain.outreach.invitations import InvitationState as State
from api.domain.outreach.stakeholders import Population
from api.domain.outreach.told import HOW, REASONS, gaps_told, new_organisations

DAY = date(2026, 6, 30)
SECTORS = (Sector.POLICE, Sector.FAITH, Sector.NGO)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def known(n: int, sector: Sector = Sector.FAITH, influence: int = 3, interest: int = 3, **said: Any) -> Candidate:
    return Candidate(id=UUID(int=n), sector=sector, influence=influence, interest=interest, organisation_id=UUID(int=1000 + n), **said)


def asked(
    n: int, state: State = State.SENT, sector: Sector = Sector.FAITH, sent: int = 10, answered: int | None = None, **said: Any
) -> Asked:
    answered_on = None if answered is None else ago(answered)
    days = {
        "sent_on": ago(sent),
        "expires_on": ago(sent) + timedelta(days=30),
        "answered_on": answered_on,
        "organisation_id": UUID(int=1000 + n),
    }
    return Asked(sector=sector, state=state, **(days | said))


def facts(candidates: tuple[Candidate, ...] = (), invited: tuple[Asked, ...] = (), **said: Any) -> Facts:
    more = {"by_bylaws": {}, "by_framework": frozenset({Sector.FAITH}), "seated": {}} | said
    return Facts(day=DAY, candidates=candidates, asked=invited, **more)


def stage(found: Facts, sector: Sector = Sector.FAITH) -> Stage:
    return next(t.stage for t in tallies(found) if t.sector is sector)


LATE = 30 + 31 * (AGAIN_MONTHS + 1)


@pytest.mark.parametrize(
    ("candidates", "invited", "said", "expected"),
    [
        ((), (), {}, Stage.NOT_MAPPED),
        ((known(1),), (), {}, Stage.NOT_INVITED),
        ((known(1),), (asked(1),), {}, Stage.WAITING),
        ((known(1),), (asked(1, sent=-1),), {}, Stage.NOT_INVITED),  # Sent on a day to come of the day that is looked at.
        ((known(1),), (asked(1, sent=40),), {}, Stage.NOT_MAPPED),  # Expired, and not long ago.
        ((known(1),), (asked(1, sent=LATE),), {}, Stage.NOT_INVITED),  # Expired, and long enough ago to ask again.
        ((known(1),), (asked(1, State.DECLINED, answered=5),), {}, Stage.NOT_MAPPED),
        ((known(1),), (asked(1, State.DECLINED, sent=LATE, answered=LATE - 1),), {}, Stage.NOT_INVITED),
        ((known(1),), (asked(1, State.ACCEPTED, answered=5),), {}, Stage.NOT_SEATED),
        ((known(1),), (asked(1, State.ACCEPTED, answered=-5),), {}, Stage.WAITING),  # The answer came later.
        ((known(1),), (asked(1, State.SEATED, answered=5, seated_on=ago(-3)),), {}, Stage.NOT_SEATED),  # The term begins later.
        ((known(1, seated=True),), (asked(1, State.SEATED, answered=5, seated_on=ago(3)),), {"seated": {Sector.FAITH: 1}}, Stage.MET),
        ((known(1),), (), {"by_bylaws": {Sector.FAITH: 2}, "seated": {Sector.FAITH: 1}}, Stage.NOT_INVITED),
        ((known(1), known(2)), (asked(1),), {"by_bylaws": {Sector.FAITH: 2}}, Stage.NOT_INVITED),
        ((known(1),), (asked(1), asked(2, State.ACCEPTED, answered=1)), {"by_bylaws": {Sector.FAITH: 2}}, Stage.WAITING),
        ((), (), {"by_framework": frozenset(), "by_bylaws": {Sector.FAITH: 0}, "seated": {Sector.FAITH: 3}}, Stage.MET),
    ],
)
def test_each_missing_seat_says_how_far_it_has_come(
    candidates: tuple[Candidate, ...], invited: tuple[Asked, ...], said: dict[str, Any], expected: Stage
) -> None:
    assert stage(facts(candidates, invited, **said)) is expected


def test_the_missing_sector_comes_before_the_strong_and_the_strong_before_the_weak() -> None:
    youth = frozenset({Population.YOUTH})
    weak, strong, wide = known(1, influence=1, interest=1), known(2, Sector.NGO, 5, 5), known(3, Sector.NGO, 3, 3, populations=youth)
    found = ranked(facts((strong, wide, weak, known(4, Sector.NGO, 3, 3))))
    assert [(n.candidate.id.int, n.why) for n in found] == [
        (1, Why.SECTOR_MISSING),
        (2, Why.STRONGEST),
        (3, Why.REACHES_MORE),
        (4, Why.STRONGEST),
    ]
    assert found[2].reaches == (Population.YOUTH,)
    there = known(9, Sector.NGO, seated=True, populations=youth)
    assert unreached(facts((wide, there))) == set()
    assert [n.why for n in ranked(facts((wide, there)))] == [Why.STRONGEST]


def test_an_institution_is_the_same_on_another_map_and_under_its_name() -> None:
    named = Candidate(id=UUID(int=1), sector=Sector.FAITH, influence=3, interest=3, institution="Parroquia Inventada")
    invited = asked(5, organisation_id=None, institution="PARROQUIA INVENTADA")
    assert askable(facts((named,), (invited,))) == []
    assert askable(facts((named,), (replace(invited, institution="Otra"),))) == [named]


SOME = st.builds(known, st.integers(1, 40), st.sampled_from(SECTORS), st.integers(1, 5), st.integers(1, 5), seated=st.booleans())
SENT = st.builds(
    asked,
    st.integers(1, 40),
    st.sampled_from([State.SENT, State.DECLINED, State.ACCEPTED]),
    st.sampled_from(SECTORS),
    st.integers(0, 500),
)


def _dated(one: Asked, after: int) -> Asked:
    answered = None if one.state is State.SENT else min(one.sent_on + timedelta(days=after), DAY)
    return replace(one, answered_on=answered)


CASES = st.builds(
    facts,
    st.lists(SOME, max_size=12, unique_by=lambda c: c.id).map(tuple),
    st.lists(st.builds(_dated, SENT, st.integers(0, 29)), max_size=8).map(tuple),
    by_bylaws=st.dictionaries(st.sampled_from(SECTORS), st.integers(0, 4)),
    by_framework=st.frozensets(st.sampled_from(SECTORS)),
    seated=st.dictionaries(st.sampled_from(SECTORS), st.integers(0, 4)),
)


def slowly_askable(found: Facts, one: Candidate) -> bool:
    """In plain words: not seated, and every invitation of them so long over that they may be asked again."""
    for sent in found.asked:
        if sent.organisation_id == one.organisation_id:
            over = sent.answered_on if sent.state is State.DECLINED else None if sent.state is State.ACCEPTED else sent.expires_on
            if over is None or over > DAY or months_after(over, AGAIN_MONTHS) > DAY:
                return False
    return not one.seated


@given(CASES)
def test_who_is_named_could_be_asked_and_nobody_better_is_left_out(found: Facts) -> None:
    named = [n.candidate for n in ranked(found)]
    free = [c for c in found.candidates if slowly_askable(found, c)]
    assert len(named) == len(set(named)) == min(NEXT, len(free))
    assert set(named) <= set(free)
    opened = {t.sector for t in tallies(found) if t.open}
    if named:
        best = max((c.sector in opened, c.influence * c.interest) for c in free)
        assert (named[0].sector in opened, named[0].influence * named[0].interest) == best
    assert [n.candidate for n in ranked(found, 2)] == named[:2]


@given(CASES)
def test_each_is_named_as_if_those_before_had_been_invited(found: Facts) -> None:
    first, *rest = [*ranked(found), None]
    if first is not None:
        one = first.candidate
        sent = asked(0, sector=one.sector, sent=0, organisation_id=one.organisation_id)
        after = ranked(replace(found, asked=(*found.asked, sent)), NEXT - 1)
        assert [n.candidate for n in after] == [n.candidate for n in rest if n][: NEXT - 1]


@given(CASES)
def test_counts_add_up_and_a_stage_is_what_the_first_missing_seat_waits_for(found: Facts) -> None:
    told = {t.sector: t for t in tallies(found)}
    assert sum(t.mapped for t in told.values()) == len(found.candidates)
    assert sum(t.free for t in told.values()) == len([c for c in found.candidates if slowly_askable(found, c)])
    for sector in SECTORS:
        need = max(found.by_bylaws.get(sector, 0), sector in found.by_framework)
        if sector not in told:
            assert (need, found.seated.get(sector, 0)) == (0, 0)
            continue
        t = told[sector]
        assert (t.lacking, t.stage is Stage.MET) == (max(need - found.seated.get(sector, 0), 0), t.lacking == 0)
        assert t.open == max(t.lacking - t.invited - t.accepted, 0)
        assert (t.stage in (Stage.NOT_INVITED, Stage.NOT_MAPPED)) is (t.open > 0)
        assert (t.stage is Stage.NOT_INVITED) is (t.open > 0 and t.free > 0)


@pytest.mark.parametrize("language", ["en", "es", "pt"])
@given(found=CASES)
def test_every_gap_and_every_name_has_its_sentence(language: str, found: Facts) -> None:
    came = new_organisations(ago(100), 12, DAY)
    told = gaps_told(found, UUID(int=1), (None, None), came, language)
    for sector in told.sectors:
        assert (sector.how is None) is (sector.stage is Stage.MET)
        assert "{" not in (sector.how or "")
    assert not any("{" in one.reason for one in told.next)
    assert set(HOW) == set(Stage) - {Stage.MET}
    assert set(REASONS) == set(Why)


@pytest.mark.parametrize(
    ("last_on", "due_on", "none_lately"),
    [
        (None, None, True),
        (date(2025, 6, 30), date(2026, 6, 30), True),
        (date(2025, 7, 1), date(2026, 7, 1), False),
        (DAY, date(2027, 6, 30), False),
    ],
)
def test_new_organisations_should_keep_coming(last_on: date | None, due_on: date | None, none_lately: bool) -> None:
    found = new_organisations(last_on, 12, DAY)
    assert (found.due_on, found.none_lately) == (due_on, none_lately)
