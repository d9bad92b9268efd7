"""What is sent for the operations of documents, and to whom they are granted."""

from tests.isolation import rules, targets
from tests.isolation.entries import Entry, at

ENTRIES: dict[str, Entry] = {
    # Documents: their own class decides who reads them.
    "add_document": Entry(at(rules.written_there), query=lambda o, t: {"file_name": "x.txt"}, file=lambda t: f"Seeded at {t.name}\n"),
    "read_document": Entry(at(rules.read_there), at(rules.read_there), thing=targets.DOCUMENT, open=True),
    "read_content": Entry(at(rules.read_there), at(rules.read_there), thing=targets.DOCUMENT, open=True),
    "change_document": Entry(
        at(rules.written_there), at(rules.read_there), thing=targets.DOCUMENT, body=lambda o, t: {"kind": "report"}, version="document"
    ),
    "remove_document": Entry(at(rules.written_there), thing=targets.PUBLISHED, version="document"),
}
