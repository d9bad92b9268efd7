"""What is sent for the operations of documents and of training, and to whom they are granted."""

from typing import Any

from tests.isolation import rules, targets
from tests.isolation.entries import Entry, at
from tests.isolation.seeds import CERTIFIED, code
from tests.isolation.targets import OFFICES, TARGETS, Target, Thing, key

EVERYWHERE = (*TARGETS, *OFFICES)
MIXCO = tuple(target for target in TARGETS if target.name == "mixco")
"""The one municipality of these where somebody has the personal scope."""
NAMED = at(rules.both(rules.named_there, rules.written_there))
CERTIFICATE: Thing = ("certificate", CERTIFIED)
WITHDRAWN: Thing = ("certificate", CERTIFIED | {"withdrawn_on": "2024-06-01"})
HELD: Thing = ("training_event", targets.PLANNED[1] | {"state": "held"})


def coded(operation: str, target: Target) -> dict[str, str]:
    """The code of the certificate that an operation is about."""
    return {"code": code(operation, target.name)}


def trained(thing: Thing, **more: Any) -> Entry:
    """A change of what a municipality keeps of its training."""
    return Entry(at(rules.written_there), at(rules.read_there), thing=thing, **more)


ENTRIES: dict[str, Entry] = {
    # Documents: their own class decides who reads them.
    "add_document": Entry(at(rules.written_there), query=lambda o, t: {"file_name": "x.txt"}, file=lambda t: f"Seeded at {t.name}\n"),
    "read_document": Entry(at(rules.read_there), at(rules.read_there), thing=targets.DOCUMENT, open=True),
    "read_content": Entry(at(rules.read_there), at(rules.read_there), thing=targets.DOCUMENT, open=True),
    "change_document": Entry(
        at(rules.written_there), at(rules.read_there), thing=targets.DOCUMENT, body=lambda o, t: {"kind": "report"}, version="document"
    ),
    "remove_document": Entry(at(rules.written_there), thing=targets.PUBLISHED, version="document"),
    # Training: a course may belong to any unit; events and assistance are a municipality's.
    "read_topic": Entry(public=True, path=lambda o, t: {"code": "cpted"}),
    "read_course": Entry(public=True, thing=targets.TAUGHT),
    "add_course": Entry(at(rules.written_at_its_unit), body=lambda o, t: targets.COURSE | {"owner": t.unit}, targets=EVERYWHERE),
    "change_course": Entry(
        at(rules.written_at_its_unit), thing=targets.TAUGHT, body=lambda o, t: {"title": "Other"}, version="course", targets=EVERYWHERE
    ),
    "remove_course": Entry(at(rules.written_at_its_unit), thing=targets.TAUGHT, version="course", targets=EVERYWHERE),
    "plan_event": Entry(at(rules.written_there), body=lambda o, t: {"course_id": key("read_course", t), "starts_on": "2024-05-01"}),
    "read_event": Entry(at(rules.read_there), at(rules.read_there), thing=targets.PLANNED),
    **{f"{what}_event": trained(targets.PLANNED, version="training_event") for what in ("hold", "cancel", "remove")},
    "change_event": trained(targets.PLANNED, body=lambda o, t: {"place": "Other"}, version="training_event"),
    "read_attendance": Entry(NAMED, at(rules.read_there), thing=HELD, targets=MIXCO),
    "write_attendance": Entry(
        NAMED, at(rules.read_there), thing=HELD, body=lambda o, t: {"lines": []}, version="training_event", targets=MIXCO
    ),
    "issue_certificates": Entry(
        NAMED, at(rules.read_there), thing=HELD, body=lambda o, t: {"issuer_organisation_id": key("read_organisation", t)}, targets=MIXCO
    ),
    "check_certificate": Entry(public=True, thing=WITHDRAWN, path=coded),
    "withdraw_certificate": trained(CERTIFICATE, path=coded, version="certificate.code"),
    "read_training": Entry(at(rules.read_there), at(rules.read_there), thing=targets.COMMITTEE),
    "log_assistance": Entry(
        at(rules.written_there), body=lambda o, t: targets.HELPED | {"provider_organisation_id": key("read_organisation", t)}
    ),
    "read_assistance": Entry(at(rules.read_there), at(rules.read_there), thing=targets.ASSISTED),
    "change_assistance": trained(targets.ASSISTED, body=lambda o, t: {"hours": 4}, version="technical_assistance"),
    "remove_assistance": trained(targets.ASSISTED, version="technical_assistance"),
}
