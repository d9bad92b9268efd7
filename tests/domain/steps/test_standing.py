"""The eight steps: proven by facts, waiting for one another only where the seed says so, lapsing by the calendar alone."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.calendar import FIRST, LAST, days_after, months_after
from api.domain.errors import Invalid
from api.domain.steps import frameworks
from api.domain.steps.facts import (
    Assessment,
    Commitment,
    Declared,
    Doing,
    Facts,
    Group,
    Invitation,
    Launch,
    Law,
    Mapping,
    Plan,
    Proof,
    Seated,
    Session,
    Training,
    Waived,
)
from api.domain.steps.frameworks import Framework, GateUse, Needs, Spoken, known
from api.domain.steps.gates import Met, Unmet, Verdict
from api.domain.steps.standing import REACHED, Standing, StepState, days_of, next_action, standings

EIGHT = known()["icma-mvpc-8"]
SECTORS = frozenset({"municipal_elected", "national_government", "police", "education", "private_sector", "faith", "community_leader"})
D, PROMISED = date(2026, 6, 1), date(2024, 5, 1)


def proof(on: date, noun: str = "thing") -> Proof:
    return Proof(on, noun, f"{noun}-{on}")


WHOLE = Facts(
    commitments=(Commitment(proof(PROMISED), date(2027, 5, 1), *[PROMISED] * 3),),
    mappings=(Mapping(proof(date(2025, 1, 10)), SECTORS),),
    invitations=tuple(Invitation(proof(date(2026, 2, 1), s), s, date(2026, 2, 15)) for s in sorted(SECTORS)),
    launches=(Launch(proof(date(2025, 3, 1)), purpose=True, attended=40),),
    laws=(Law(proof(date(2025, 4, 1)), complete=True),),
    trainings=(
        Training(proof(date(2025, 5, 1)), initial=True, people=frozenset("abc")),
        Training(proof(date(2025, 6, 1)), initial=False, people=frozenset("a")),
    ),
    seated=tuple(Seated(person, date(2025, 4, 1)) for person in "abcd"),
    assessments=(Assessment(proof(date(2025, 9, 1)), date(2027, 9, 1), frozenset({"police", "workshop"}), True, frozenset("cf")),),
    plans=(Plan(proof(date(2025, 12, 1)), date(2030, 12, 1), {2026: proof(date(2026, 1, 15))}, municipal_budget=True, measured=True),),
    doing=Doing((proof(date(2026, 3, 1)),), (proof(date(2026, 4, 1)),), (proof(date(2026, 5, 1)),)),
)


def states(facts: Facts, day: date = D) -> list[str]:
    return [found.state.value for found in standings(EIGHT, facts, day)]


def step(code: str, facts: Facts, day: date = D) -> Standing:
    return next(found for found in standings(EIGHT, facts, day) if found.step.code == code)


def missing(code: str, facts: Facts, day: date = D) -> list[str]:
    return [judged.use.gate for judged in step(code, facts, day).unmet()]


def test_what_is_proven_is_achieved_and_what_is_not_has_not_begun() -> None:
    assert states(WHOLE) == ["achieved"] * 8
    assert states(Facts()) == ["not_started"] * 8
    assert next_action(standings(EIGHT, WHOLE, D)) is None


def test_since_when_and_until_when_follow_from_the_facts() -> None:
    support = step("support", WHOLE)
    assert (support.since, support.lapses_on) == (date(2024, 5, 1), date(2027, 5, 1) + timedelta(days=90))
    leaders = step("leaders", WHOLE)
    assert (leaders.since, leaders.lapses_on) == (date(2026, 2, 15), date(2027, 1, 10))
    assert (step("launch", WHOLE).since, step("launch", WHOLE).lapses_on) == (date(2025, 3, 1), None)


@pytest.mark.parametrize(
    ("without", "code", "gate"),
    [
        ({"commitments": (Commitment(proof(date(2024, 5, 1)), date(2027, 5, 1)),)}, "support", "champion-named"),
        ({"mappings": (Mapping(proof(date(2025, 1, 10)), SECTORS - {"faith"}),)}, "leaders", "sectors-mapped"),
        ({"invitations": WHOLE.invitations[1:]}, "leaders", "sectors-accepted"),
        ({"launches": (Launch(proof(date(2025, 3, 1)), purpose=False, attended=4),)}, "launch", "purpose-stated"),
        ({"laws": (Law(proof(date(2025, 4, 1)), complete=False),)}, "legalize", "bylaws-complete"),
        ({"seated": tuple(Seated(p, date(2025, 4, 1)) for p in "abcde")}, "train", "voters-trained"),
        ({"assessments": (replace(WHOLE.assessments[0], participatory=False),)}, "assess", "sources-mixed"),  # type: ignore[index]
        ({"plans": (replace(WHOLE.plans[0], municipal_budget=False),)}, "plan", "in-municipal-budget"),  # type: ignore[index]
        ({"doing": replace(WHOLE.doing, published=())}, "monitor", "results-published"),  # type: ignore[type-var]
    ],
)
def test_each_gate_alone_keeps_its_step_from_being_reached(without: dict[str, object], code: str, gate: str) -> None:
    facts = replace(WHOLE, **without)  # type: ignore[arg-type]
    found = step(code, facts)
    assert (found.state in REACHED, next(iter(found.unmet())).use.gate) == (False, gate)


def test_what_is_only_advised_is_shown_and_does_not_hold_up() -> None:
    bare = replace(WHOLE, trainings=WHOLE.trainings[:1])
    assert (step("train", bare).state, missing("train", bare)) == (StepState.ACHIEVED, ["follow-up-begun"])


def test_support_lapses_when_nobody_renews_it_after_the_term() -> None:
    end = date(2027, 5, 1)
    assert step("support", WHOLE, end + timedelta(days=89)).state is StepState.ACHIEVED
    lapsed = step("support", WHOLE, end + timedelta(days=90))
    assert (lapsed.state, lapsed.since) == (StepState.LAPSED, end + timedelta(days=90))
    renewed = replace(WHOLE, commitments=(*WHOLE.commitments, Commitment(proof(end), date(2030, 5, 1), champion_since=end)))
    assert step("support", renewed, end + timedelta(days=90)).state is StepState.ACHIEVED


def test_what_was_added_to_a_commitment_later_counts_from_that_day() -> None:
    later = date(2025, 2, 1)
    facts = replace(WHOLE, commitments=(Commitment(proof(PROMISED), date(2027, 5, 1), champion_since=later, pledge_since=D),))
    before = step("support", facts, later - timedelta(days=1))
    assert (before.state, next(g.use.gate for g in before.unmet())) == (StepState.IN_PROGRESS, "champion-named")
    assert (step("support", facts, later).state, step("support", facts).since) == (StepState.ACHIEVED, later)
    assert "no-party-matter" in missing("support", facts, D - timedelta(days=1))
    assert "no-party-matter" not in missing("support", facts, D)


def test_training_lapses_when_those_who_were_trained_leave() -> None:
    renewal = date(2026, 5, 1)
    seats = (*(Seated(p, date(2025, 4, 1), renewal) for p in "abc"), *(Seated(p, renewal) for p in "xyz"), Seated("d", date(2025, 4, 1)))
    found = step("train", replace(WHOLE, seated=seats))
    assert (found.state, found.since) == (StepState.LAPSED, renewal)
    (judged, *_) = found.unmet()
    assert not isinstance(judged.verdict, Met)
    assert judged.verdict.said == {"trained": 0, "voting": 4, "needed": 3, "share": 75}


def test_bylaws_that_follow_one_another_leave_no_gap() -> None:
    change = date(2026, 1, 1)
    laws = (Law(proof(date(2025, 4, 1)), complete=True, ends_on=change), Law(proof(change), complete=True))
    assert step("legalize", replace(WHOLE, laws=laws)).state is StepState.ACHIEVED
    repealed = replace(WHOLE, laws=(Law(proof(date(2025, 4, 1)), complete=True, ends_on=change),))
    assert (step("legalize", repealed).state, step("legalize", repealed).since) == (StepState.LAPSED, change)


def test_only_the_orders_that_the_source_states_hold_up() -> None:
    late = replace(WHOLE, commitments=(), mappings=(), invitations=(), launches=(), laws=(), trainings=(), seated=())
    assert states(late) == ["not_started"] * 5 + ["achieved"] * 3
    unassessed = replace(WHOLE, assessments=())
    assert states(unassessed)[5:] == ["not_started", "in_progress", "in_progress"]
    assert (step("plan", unassessed).waits_for, step("monitor", unassessed).waits_for) == (("assess",), ("plan",))


def test_a_declared_step_is_never_shown_as_computed_and_what_is_proven_outranks_it() -> None:
    said = Declared("legalize", proof(date(2015, 1, 1), "document"))
    assert step("legalize", Facts(declared=(said,))).state is StepState.DECLARED
    assert step("legalize", replace(WHOLE, declared=(said,))).state is StepState.ACHIEVED
    over = Facts(declared=(replace(said, until=date(2020, 1, 1)),))
    assert (step("legalize", over).state, step("legalize", over).since) == (StepState.LAPSED, date(2020, 1, 1))


def test_a_waived_step_says_why_and_counts_as_taken() -> None:
    waived = Facts(waived=(Waived("assess", "The country made one.", proof(date(2026, 1, 1))),), plans=WHOLE.plans)
    assert (step("assess", waived).state, step("assess", waived).reason) == (StepState.WAIVED, "The country made one.")
    assert step("plan", waived).state is StepState.ACHIEVED


def test_a_room_that_is_not_kept_is_not_said_to_be_empty() -> None:
    for code in ("assess", "plan", "monitor"):
        assert not any(judged.verdict.kept for judged in step(code, Facts()).unmet())  # type: ignore[union-attr]
    assert all(judged.verdict.kept for judged in step("assess", Facts(assessments=())).unmet())  # type: ignore[union-attr]


def test_the_next_action_is_the_first_missing_requirement_of_a_step_that_can_be_taken() -> None:
    found = next_action(standings(EIGHT, replace(WHOLE, assessments=(), laws=()), D))
    assert found is not None
    assert (found[0].step.code, found[1].use.gate) == ("legalize", "bylaws-complete")


@given(st.integers(0, 2000), st.integers(0, 60), st.sampled_from(range(8)))
def test_a_step_never_comes_back_by_the_calendar_alone(after: int, more: int, n: int) -> None:
    """Past the last fact time only takes away: what is reached on a later day was reached before."""
    day = max(days_of(WHOLE)) + timedelta(days=after)
    before, later = standings(EIGHT, WHOLE, day)[n], standings(EIGHT, WHOLE, day + timedelta(days=more))[n]
    assert before.state is StepState.ACHIEVED or later.state is not StepState.ACHIEVED
    if before.state is StepState.ACHIEVED and before.lapses_on:
        assert (later.state is StepState.ACHIEVED) is (day + timedelta(days=more) < before.lapses_on)


@pytest.mark.parametrize(
    ("day", "months", "then"), [("2024-01-31", 1, "2024-02-29"), ("2024-08-31", 6, "2025-02-28"), ("2024-12-01", 12, "2025-12-01")]
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_nothing_lies_beyond_the_calendar() -> None:
    assert {months_after(date.max, 24), months_after(date(9999, 12, 31), 0), days_after(date.max, 1), days_after(LAST, 90)} == {LAST}
    assert days_after(date(2024, 2, 28), 2) == date(2024, 3, 1)
    assert days_after(date.min, -180) == FIRST


def test_the_shipped_frameworks_can_be_used_and_every_gate_belongs_to_a_step() -> None:
    for framework in known().values():
        assert frameworks.faults(framework) == []
        for other, steps in framework.crosswalk.items():
            assert steps.keys() <= {step.code for step in known()[other].steps}
    assert {use.gate for framework in known().values() for step in framework.steps for use in step.gates} == set(frameworks.GATES)


def test_what_is_wrong_with_a_framework_is_told() -> None:
    spoken = Spoken(en="x", es="x", pt="x")
    first = EIGHT.steps[0].model_copy(update={"after": ["monitor"], "number": 2})
    strange = GateUse.model_validate(EIGHT.steps[1].gates[0].model_dump() | {"gate": "no-such-gate", "needs": Needs.ADVISED})
    second = EIGHT.steps[1].model_copy(update={"gates": [strange]})
    unset = EIGHT.steps[4].gates[1].model_copy(update={"settings": {"share": "most", "months": 3}})
    third = EIGHT.steps[4].model_copy(update={"gates": [unset], "number": 3})
    broken = Framework(code="x", version=1, name=spoken, source="x", steps=[first, second, third], crosswalk={"other": {"a": ["nowhere"]}})
    assert frameworks.faults(broken) == [
        "step support has the number 2, its place is 1",
        "step support comes after monitor, which does not stand before it",
        "step leaders uses the unknown gate no-such-gate",
        "step leaders requires nothing",
        "step train must set share of the gate voters-trained to a whole number from 1 to 100",
        "step train sets months of the gate voters-trained, which knows no such setting",
        "the crosswalk to other names the unknown step nowhere",
    ]


NINE = known()["usaid-pcc-2015"]


def gate(code: str, facts: Facts, day: date) -> Verdict:
    return frameworks.GATES[code].verdict(facts, day, NINE.set_to(code))


def test_groups_work_while_enough_of_them_are_there() -> None:
    two = Facts(groups=(Group(proof(date(2025, 1, 1)), date(2025, 6, 1)), Group(proof(date(2025, 3, 1)), date(2025, 9, 1))))
    assert gate("groups-working", two, date(2024, 12, 31)) == Unmet({"found": 0, "groups": 1})
    met = gate("groups-working", two, date(2025, 4, 1))
    assert isinstance(met, Met)
    assert (met.since, met.until) == (date(2025, 1, 1), date(2025, 9, 1))
    assert not isinstance(gate("groups-working", two, date(2025, 9, 1)), Met)


@given(st.lists(st.integers(0, 900), max_size=12, unique=True), st.integers(0, 1200))
def test_sessions_are_held_as_a_day_by_day_count_says(days: list[int], at: int) -> None:
    begin = date(2023, 1, 1)
    day = begin + timedelta(at)
    facts = Facts(sessions=tuple(Session(proof(begin + timedelta(n))) for n in days))
    said = gate("sessions-held", facts, day)

    def enough(on: date) -> bool:
        return sum(s.proof.on <= min(on, day) and on < months_after(s.proof.on, 12) for s in facts.sessions) >= 2

    assert isinstance(said, Met) is enough(day)
    if isinstance(said, Met):
        assert said.until is not None
        assert all(enough(said.since + timedelta(n)) for n in range((day - said.since).days + 1))
        assert not enough(said.since - timedelta(1))
        assert enough(said.until - timedelta(1))
        assert not enough(said.until)


def test_history_is_declared_in_the_words_of_the_eight_steps_and_counts_by_the_crosswalk() -> None:
    facts = Facts(declared=(Declared("legalize", proof(date(2020, 1, 1))), Declared("plan", proof(date(2020, 1, 1)))))
    found = {s.step.code: s.state for s in standings(NINE, facts, D) if s.state is not StepState.NOT_STARTED}
    assert found == {"organisation": StepState.DECLARED, "formalisation": StepState.DECLARED}


def test_frameworks_of_an_operator_are_loaded_or_told_what_is_wrong_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads((frameworks.FOLDER / "usaid-pcc-2015.json").read_text(encoding="utf-8"))
    for name, said in {
        "a.json": whole,
        "b.json": whole | {"code": "ours", "steps": whole["steps"][:2], "crosswalk": {}, "name": {"en": "x", "es": "x"}},
        "c.json": whole | {"code": "ours-too", "crosswalk": {"icma-mvpc-8": {"train": ["nowhere"]}}},
    }.items():
        (tmp_path / name).write_text(json.dumps(said), encoding="utf-8")
    (tmp_path / "d.json").write_text("{", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        frameworks.load(tmp_path)
    assert [line.partition(": ")[0] for line in str(refused.value).splitlines()] == ["a.json", "b.json", "c.json", "d.json"]
    assert "the code usaid-pcc-2015 is taken" in str(refused.value)
    assert "name.pt" in str(refused.value)
    assert set(known()) == {"icma-mvpc-8", "usaid-pcc-2015"}
    monkeypatch.setattr(frameworks, "_KNOWN", dict(known()))
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / "ours.json").write_text(json.dumps(whole | {"code": "ours"}), encoding="utf-8")
    frameworks.load(tmp_path)
    assert frameworks.followed("ours").same_as("train") == ("training",)
