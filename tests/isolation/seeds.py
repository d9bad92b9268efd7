"""Rows of every kind in every kind of place, so that no table is empty and every policy has something to let through and to hold back."""

import json
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from api.domain.training.certificates import grouped
from api.levels import COMMUNITIES_FROM
from tests.isolation.people import Map

LATER = "2099-01-01T00:00:00Z"
PAST = {"starts_on": "2001-01-01", "ends_on": "2002-01-01"}


def places(map: Map) -> dict[str, tuple[int, int, UUID | None, str]]:
    """Name -> country, municipality, organisation, and the person whose doing a row there is."""
    return {
        "guatemala": (320, 3200001, None, "gt"),
        "mixco": (320, 3200008, None, "mixco"),
        "sonsonate": (222, 2220038, None, "sonsonate"),
        "old-sonsonate": (222, 2220223, None, "sv"),
        "ahuachapan": (222, 2220001, None, "comures"),
        "tegucigalpa": (340, 3400110, None, "hn"),
        "leon": (484, 4840350, None, "mixco"),  # What mixco@ did lies where mixco@ reads nothing: only its being their own opens it.
        "mexico": (484, 0, None, "mx"),
        "comures": (222, 0, map.organisation(1), "comures"),
        "anam": (320, 0, map.organisation(2), "anam"),
        "abroad": (0, 0, map.organisation(4), "amhon"),
        "programme": (0, 0, map.programme("amuprev"), "programme"),
        "region": (0, 0, None, "reader"),
    }


COLUMNS = "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0"


def key(table: str, place: str) -> str:
    """The same id in every run."""
    return str(uuid5(NAMESPACE_URL, f"isolation:{table}:{place}"))


def code(table: str, place: str) -> str:
    """The code of a certificate, the same in every run."""
    return grouped(key(table, place).replace("-", "").upper()[:12])


RECORDED = {"recording_id": 0, "replaced_recording_id": 0}
FACT = {"indicator_id": 1, "source_id": 1, "period_on": "2022-03-01", "frequency": "M", "dims": "", "value": 5, "status": "A"}
FACT |= {"recording_id": 0}
ACCOUNT = {"kind": "service", "display_name": "seeded"}
COURSE = {"title": "Seeded", "level": "initial", "topics": ["prevention"], "hours": 8}
GIVEN = {"starts_on": "2024-05-01", "mode": "online", "state": "planned"}
MET = {"kind": "ordinary", "meets_on": "2021-06-01", "called_on": "2021-05-01", "state": "called", "agenda": [], "media_links": []}
CERTIFIED = {"year": 2024, "course": "Seeded", "hours": 8, "percent": 80, "issuer": "Seeded", "issued_on": "2024-05-02"}
HELPED = {"starts_on": "2024-05-01", "hours": 3, "description": "Seeded"}
COMMITTED = {
    "kind": "letter",
    "authority": "mayor",
    "committed_on": "2021-01-01",
    "ends_on": "2024-05-01",
    "reference": "x",
    "pledge": True,
}
MAPPED = {"institution": "Seeded", "sector": "ngo", "influence": 3, "interest": 4}
CALLED = {"title": "Seeded", "seats": 1, "opens_on": "2021-01-01", "closes_on": "2021-02-01"}
TEMPLATES: dict[str, dict[str, Any]] = {
    "principal": ACCOUNT,
    "credential": {"password_hash": "x"},
    "session": {"refresh_sha256": "x", "rotated_at": "2022-01-01T00:00:00Z", "expires_at": LATER},
    "scope": {"parts": "none|{}|{}|{}|{}|{}|{}|{}|{}|{}", "valid_from": "2001-01-01", "valid_until": "2002-01-01"},
    "granted": {"role": "reader", "level": "municipality"} | PAST,
    "invitation": {"kind": "invitation", "secret_sha256": "x", "expires_at": LATER},
    "api_key": {"secret_sha256": "x", "expires_at": LATER},
    "organisation": {"name": "Seeded", "classification": "ngo"},
    "scheme": {"title": "Seeded"},
    "change": {"thing": "1", "action": "create", "version": 1, "at": "2027-01-01T00:00:00Z"},
    "register_revision": {"revision": 7, "was": {}, "recording_id": 0},
    "idempotency": {"fingerprint": "x", "status": 200, "created_at": "2027-01-01T00:00:00Z"},
    "recording": {"at": "2022-05-01T00:00:00Z"},
    "population": {"year": 2020, "source_id": 1, "value": 1000},
    "population_revision": {"year": 2020, "source_id": 1, "value": 900, "revision": 1, "replaced_at": "2022-05-01T00:00:00Z"} | RECORDED,
    "denominator": {"from_year": 1900, "to_year": 2100, "value": 1000, "population_year": 2020, "source_id": 1},
    "observation": FACT,
    "observation_revision": FACT | {"revision": 1, "replaced_at": "2022-05-01T00:00:00Z"} | RECORDED,
    "figure": {"indicator_id": 1, "source_id": 1, "year": 2022, "total": 5, "months": 1},
    "import": {"kind": "observations", "reader": "x", "file_sha256": "x", "bytes": 1, "dry_run": False, "state": "done", "report": {}},
    "document": {"kind": "other", "file_name": "x.pdf", "mime_type": "application/pdf", "size": 1, "sha256": "x", "received_sha256": "x"},
    "course": COURSE,
    "training_event": GIVEN,
    "technical_assistance": HELPED,
    "parked": {"place": "?", "row_count": 1, "rows": []},
    "place_match": {"source_id": 1},
    "community": {"name": "Seeded", "kind": "barrio"},
    "committee": {"name": "Seeded", "framework": "icma-mvpc-8", "state": "proposed", "reason": "proposed"},
    "council_instrument": {"kind": "agreement", "purpose": "bylaws", "state": "proposed"},
    "declaration": {"kind": "other", "happened_on": "2001-01-01", "description": "x", "reference": "x"},
    "item_declaration": {"part": "powers", "starts_on": "2001-01-01", "description": "x", "reference": "x"},
    "bylaws": {"number": 1, "rules": {}, "state": "draft"},
    "waiver": {"step": "launch", "reason": "x", "starts_on": "2001-01-01"},
    "step_record": {"framework": "icma-mvpc-8", "step": "launch", "number": 3, "state": "declared", "since": "2001-01-01"},
    "alert": {"rule": "not-meeting", "noun": "committee", "thing": "x", "happens_on": "2001-01-01"},
    "step_due": {"due_on": "2099-01-01"},
    "body": {"kind": "plenary", "name": "Seeded", "starts_on": "2001-01-01"},
    "seat": {"sector": "ngo", "role": "member", "voting": True, "display": "institution", "starts_on": "2001-01-01"},
    "person": {"name": "Seeded"},
    "training_attendance": {"present": True, "post_score": 70},
    "certificate": CERTIFIED | {"number": 1},
    "term": {"selection": "appointed", "starts_on": "2001-01-01"},
    "commitment": COMMITTED,
    "stakeholder_map": {"state": "draft"},
    "stakeholder": MAPPED,
    "stakeholder_stance": {"stance": "neutral", "links": []},
    "open_call": CALLED,
    "seat_invitation": {"institution": "Seeded", "sector": "ngo", "state": "draft"},
    "committee_session": MET,
    "session_attendance": {"voting": True, "status": "present"},
    "inauguration": {"committee": "Seeded", "held_on": "2021-06-01", "media_links": [], "attended": 1},
    "decision": {"number": 1, "kind": "ordinary", "title": "Seeded", "effects": []},
    "session_vote": {"choice": "yes"},
    "minutes": {"year": 2021, "number": 1, "text": "Seeded"},
    "erratum": {"number": 1, "says": "x", "corrected": "y"},
    "agreement": {"text": "Seeded", "due_on": "2021-12-01", "state": "open"},
    "calendar_feed": {"language": "es", "secret_sha256": "x"},
    "office_term": PAST,
    "alert_setting": {"days": 7, "basis": "Seeded"},
    "blackout_window": PAST | {"acts": ["publish_promotion"], "legal_basis": "Seeded"},
    # Turned, or the clock would freeze the place between two requests (X2).
    "transition": {"turns_on": "2002-01-01", "state": "lapsed", "turned_at": "2002-01-01T00:00:00Z"},
    "handover_file": {"body": "{}", "sha256": "x", "kid": "x", "signature": "x"},
}
CLASSES = {"mixco": "personal", "sonsonate": "personal", "leon": "public", "tegucigalpa": "public"}
"""Of documents; the others are the committee's."""
TO_SEEDED = frozenset({"credential", "session", "scope", "granted", "invitation", "api_key"})
"""Of accounts made here: an office or session more of a demonstration person would change what that person reaches."""
OF_COMMUNITIES = ("population", "population_revision", "denominator", "observation", "observation_revision", "figure")
OF_PLACES = frozenset({*OF_COMMUNITIES, "place_match", "document", "training_event", "technical_assistance"})
OF_PLACES |= {"office_term", "blackout_window", "alert_setting", "transition", "handover_file"}
OF_PLACES |= {"committee", "council_instrument", "declaration", "bylaws", "body", "seat", "person", "term", "training_attendance"}
OF_PLACES |= {"commitment", "stakeholder_map", "stakeholder", "stakeholder_stance", "open_call", "seat_invitation"}
OF_PLACES |= {"committee_session", "session_attendance", "inauguration", "decision", "session_vote", "minutes", "erratum", "agreement"}
OF_PLACES |= {"calendar_feed", "certificate", "item_declaration"}
OF_PLACES |= {"waiver", "step_record", "step_due", "alert"}


INSTITUTIONS = ("provider_organisation_id", "issuer_organisation_id")
OF_TRAINING = dict.fromkeys(INSTITUTIONS, "read_organisation")
OF_TRAINING |= {"course_id": "read_course", "event_id": "read_event", "person_id": "committee-person"}
"""Columns of what is kept of training, and the thing that each names."""


def row(table: str, place: str, where: tuple[int, int, UUID | None, str], map: Map, columns: list[str]) -> dict[str, Any]:
    """A row of `table` at `place`."""
    country, municipality, organisation, name = where
    principal = str(map.person(name).principal)
    said = {"country_id": country, "municipality_id": municipality, "organisation_id": str(organisation) if organisation else None}
    said |= {"id": key(table, place), "principal_id": key("principal", place) if table in TO_SEEDED else principal}
    said |= {"key": place, "seq": -1 - list(places(map)).index(place), "place": place, "import_id": key("import", place)}
    said |= {"territory_id": municipality or country, "recording_id": said["seq"]}
    said |= {"access_rights": CLASSES.get(place, "committee")}
    said |= {"event_id": key("training_event", place)}
    said |= {"course_id": key("course", "mixco"), **dict.fromkeys(INSTITUTIONS, str(map.organisation(1)))}
    said |= {"code": code(table, place), "rule": f"seeded-{place}"}
    said |= {f"{noun}_id": key(noun, place) for noun in ("committee", "body", "seat", "person", "decision", "minutes")}
    said |= {f"{noun}_id": key(noun, place) for noun in ("office_term", "transition")}
    said |= {"map_id": key("stakeholder_map", place)}
    said |= {"session_id": key("committee_session", place), "owner_seat_id": key("seat", place)}
    said |= {"is_public": place == "mexico", "by_month": [None, None, 5, *[None] * 9]}
    said |= {"thing": place, "noun": "granted" if place in ("mixco", "ahuachapan", "comures") else "seed"}
    said |= TEMPLATES[table]
    if table == "stakeholder_stance":
        said |= {"id": key("stakeholder", place)}
    if table == "inauguration":
        said |= {"id": said["session_id"]}
    if table == "community":
        said |= {"id": COMMUNITIES_FROM + municipality}
    if table == "scheme":
        said |= {"slug": f"seeded-{place}", "organisation_id": said["organisation_id"] or key("organisation", place)}
    if table == "organisation":
        said |= {"country_id": country or None, "municipality_id": municipality or None}
    return {k: v for k, v in said.items() if k in columns}


DRAFT = {"dims": "draft", "assisted": True}
"""What an association drafts: no figure counts it."""


async def sow(owner: asyncpg.Connection, map: Map) -> None:
    """Insert them all, as the owner; of observations a draft beside each, and figures of a community of each municipality."""
    drafts, parts = (("observation", DRAFT),), ((name, None) for name in OF_COMMUNITIES)
    for table, more in (*((name, {}) for name in TEMPLATES), *drafts, *parts):
        columns = [r["attname"] for r in await owner.fetch(COLUMNS, f'"{table}"')]
        for place, where in places(map).items():
            if table in (*OF_PLACES, "community") and not where[1]:
                continue
            part = {"territory_id": COMMUNITIES_FROM + where[1]} if more is None else more
            said = row(table, place, where, map, columns) | part
            names = ", ".join(said)
            statement = f'insert into "{table}" ({names}) select {names} from jsonb_populate_record(null::"{table}", $1::jsonb)'
            await owner.execute(statement, json.dumps(said))
