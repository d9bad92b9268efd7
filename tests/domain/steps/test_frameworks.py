"""Frameworks of an operator: whatever would break an answer, or the clock, is told before it is read."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.domain.errors import Invalid
from api.domain.steps import frameworks
from api.domain.steps.facts import Facts, Mapping, Proof, Seated
from api.domain.steps.frameworks import Framework
from api.domain.steps.shown import steps_told

WHOLE = json.loads((frameworks.FOLDER / "usaid-pcc-2015.json").read_text(encoding="utf-8")) | {"code": "ours"}
DAY = date(2026, 6, 1)
ROSTERS = (
    Facts(),
    Facts(
        seated=(Seated("p", date(2020, 1, 1)),),
        mappings=(Mapping(Proof(date(2026, 1, 1), "stakeholder_map", "x"), frozenset()),),
    ),
)


def use(framework: dict[str, Any], gate: str) -> dict[str, Any]:
    found: dict[str, Any] = next(use for step in framework["steps"] for use in step["gates"] if use["gate"] == gate)
    return found


def setting(gate: str, **said: Any) -> Callable[[dict[str, Any]], None]:
    return lambda framework: use(framework, gate)["settings"].update(said)


def saying(text: str, where: str = "missing") -> Callable[[dict[str, Any]], None]:
    return lambda framework: use(framework, "mapping-fresh")[where].update(es=text)


FAULTY: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a word nobody puts in": (saying("Nada en {month} meses."), "says in missing.es of the gate mapping-fresh {month}"),
    "an address": (saying("POST /v1/committees/{id}/maps", "how"), "says in how.es of the gate mapping-fresh {id}"),
    "an attribute": (saying("{months.real}"), "{months.real}, which nothing is put in for"),
    "a format": (saying("{months:>9}"), "{months}, which nothing is put in for"),
    "a brace": (saying("Nada {"), "a brace that stands alone"),
    "no group": (setting("groups-working", groups=0), "must set groups of the gate groups-working to a whole number from 1 to 100"),
    "no session": (setting("sessions-held", sessions=0), "must set sessions of the gate sessions-held to"),
    "no share": (setting("voters-trained", share=0), "must set share of the gate voters-trained to a whole number from 1 to 100"),
    "more than all": (setting("voters-trained", share=101), "must set share of the gate voters-trained to"),
    "months before": (setting("mapping-fresh", months=-100000), "must set months of the gate mapping-fresh to"),
    "a number as a word": (setting("mapping-fresh", months="24"), "must set months of the gate mapping-fresh to"),
    "no sector": (setting("sectors-accepted", sectors=[]), "must set sectors of the gate sectors-accepted to a list of some of academia,"),
    "a sector nobody knows": (setting("sectors-mapped", sectors=["bakers"]), "must set sectors of the gate sectors-mapped to"),
    "misspelt": (setting("mapping-fresh", month=24), "sets month of the gate mapping-fresh, which knows no such setting"),
    "twice": (lambda f: f["steps"][0]["gates"].append(deepcopy(f["steps"][0]["gates"][0])), "uses the gate mapping-fresh twice"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_told_with_its_step_and_gate(name: str) -> None:
    change, said = FAULTY[name]
    change(framework := deepcopy(WHOLE))
    [fault] = frameworks.faults(Framework.model_validate(framework))
    assert said in fault
    assert fault.startswith("step ")


@pytest.mark.parametrize(
    "change",
    [
        setting("groups-working", groups=100),
        setting("sessions-held", sessions=1, months=1200),
        setting("voters-trained", share=1),
        setting("voters-trained", share=100),
        setting("commitment-in-force", renewal_days=0),
        setting("mapping-fresh", months=1),
        setting("sectors-accepted", sectors=["police"]),
        saying("{{}} {months} {found}"),
    ],
)
def test_what_is_no_fault_can_be_told_of_any_committee(change: Callable[[dict[str, Any]], None]) -> None:
    change(said := deepcopy(WHOLE))
    framework = Framework.model_validate(said)
    assert frameworks.faults(framework) == []
    for facts in ROSTERS:
        for language in ("en", "es", "pt"):
            assert len(steps_told(UUID(int=0), framework, facts, DAY, language).steps) == len(framework.steps)


def test_a_file_in_another_encoding_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "ours.json").write_bytes(json.dumps({"name": "Guía"}, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(Invalid) as refused:
        frameworks.load(tmp_path)
    assert str(refused.value).startswith("ours.json: Invalid JSON: ")
