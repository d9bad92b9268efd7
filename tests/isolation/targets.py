"""The places and offices that requests are about, each with a thing of its own for every operation, so that none disturbs another."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import asyncpg

from api.domain.committee.templates import templates
from api.intake.computing import from_scratch
from api.levels import COMMUNITIES_FROM
from migrations.apply import Migration
from tests.isolation import seeds
from tests.isolation.people import Map
from tests.isolation.seeds import CALLED, COLUMNS, COMMITTED, COURSE, FACT, GIVEN, HELPED, MAPPED, MET, TEMPLATES


@dataclass(frozen=True)
class Target:
    """A unit, addressed at every level. `municipality` is 0 for an office that is at no municipality."""

    name: str
    country: int
    iso2: str
    municipality: int
    association: int
    programme: str
    code: str
    """The place's code in the scheme `ocha`."""
    office: str = ""
    """`association` or `programme` where the unit itself is meant, and not a municipality."""

    def row(self, map: Map) -> dict[str, Any]:
        """What the rules need to know of a thing that is here."""
        organisation = None
        if self.office:
            organisation = map.organisation(self.association) if self.office == "association" else map.programme(self.programme)
        country = 0 if self.office == "programme" else self.country
        place = {"country_id": country, "municipality_id": self.municipality, "organisation_id": organisation}
        return place | {"territory_id": self.municipality, "principal_id": None, "id": None}

    @property
    def community(self) -> int:
        """The key of a community of it."""
        return COMMUNITIES_FROM + self.municipality

    @property
    def territory(self) -> str:
        """A place that is no municipality: of some its country, of others the community."""
        return self.iso2 if self.name in FIRST_OF_COUNTRY else str(self.community)

    @property
    def unit(self) -> dict[str, Any]:
        """Where an office here is, as bodies say it."""
        if self.office:
            return {"level": self.office, "unit": str(self.association) if self.office == "association" else self.programme}
        return {"level": "municipality", "unit": str(self.municipality)}


TARGETS = (
    Target("mixco", 320, "GT", 3200008, 2, "citylinks", "GT0108"),
    Target("guatemala", 320, "GT", 3200001, 2, "amuprev", "GT0101"),
    Target("sonsonate", 222, "SV", 2220038, 1, "citylinks", "SV13001"),
    Target("ahuachapan", 222, "SV", 2220001, 1, "amuprev", "SV01001"),
    Target("tegucigalpa", 340, "HN", 3400110, 4, "amuprev", "HN0801"),
    Target("leon", 484, "MX", 4840350, 15, "citylinks", "MX11020"),
)
"""For mixco@: its own, a sibling, those of another country and association; for sonsonate@ likewise."""
FIRST_OF_COUNTRY = frozenset({t.country: t.name for t in reversed(TARGETS)}.values())
OFFICES = (
    Target("anam", 320, "GT", 0, 2, "amuprev", "", "association"),
    Target("comures", 222, "SV", 0, 1, "amuprev", "", "association"),
    Target("amuprev", 0, "", 0, 0, "amuprev", "", "programme"),
)
NOTHING = Target("nothing", 999, "ZZ", 999_999_999, 999_999_999, "no-such", "XX0000")
"""Does not exist. What may not be seen must answer exactly like this."""
MANNED = ("mixco", "sonsonate")
"""Municipalities with people of their own, who then decide themselves."""


def key(operation: str, target: Target) -> str:
    """The id of the thing at `target` that `operation` is about."""
    return str(uuid5(NAMESPACE_URL, f"isolation:{operation}:{target.name}"))


Thing = tuple[str, dict[str, Any]]
"""A table and what a row of it holds besides its place."""
PAST = {"starts_on": "2001-01-01", "ends_on": "2002-01-01"}
LATER = "2099-01-01T00:00:00Z"
AHEAD = {"state": "scheduled", "turned_at": None}
SERVICE: Thing = ("principal", {"kind": "service", "display_name": "Seeded"})
GRANT: Thing = ("granted", {"role": "reader", "level": "municipality"} | PAST)
API_KEY: Thing = ("api_key", {"secret_sha256": "x", "expires_at": LATER})
INVITATION: Thing = ("invitation", {"kind": "invitation", "secret_sha256": "x", "expires_at": LATER})
ORGANISATION: Thing = ("organisation", {"name": "Seeded", "classification": "ngo"})
PARKED: Thing = ("parked", {"row_count": 1, "rows": [[2, "homicide", "2024-01-01", "A", 1]], "source_id": 1})
IMPORT: Thing = ("import", {"kind": "observations", "reader": "x", "file_sha256": "x", "bytes": 1, "dry_run": False, "state": "done"})
PROPOSED: Thing = ("affiliation", {"state": "proposed", "proposed_by": "association"})
CONFIRMED: Thing = ("affiliation", {"state": "confirmed", "proposed_by": "association", "decided_by": "municipality"})
PARTICIPATION: Thing = ("participation", {"level": "municipality", "basis": "seeded"})
PAPER = {"kind": "other", "file_name": "x.pdf", "mime_type": "application/pdf", "size": 3}
DOCUMENT: Thing = ("document", PAPER | {"access_rights": "committee"})
PUBLISHED: Thing = ("document", PAPER | {"access_rights": "public"})
TAUGHT: Thing = ("course", COURSE)
PLANNED: Thing = ("training_event", GIVEN)
ASSISTED: Thing = ("technical_assistance", HELPED)
COMMITTEE: Thing = ("committee", {"name": "Seeded", "framework": "icma-mvpc-8", "state": "proposed", "reason": "proposed"})
INSTRUMENT: Thing = ("council_instrument", {"kind": "agreement", "purpose": "bylaws", "number": "1", "council_date": "2020-01-01"})
WAIVER: Thing = ("waiver", {"step": "launch", "reason": "x", "starts_on": "2001-01-01"})
DECLARATION: Thing = ("declaration", {"kind": "other", "happened_on": "2001-01-01", "description": "x", "reference": "x"})
BODY: Thing = ("body", {"kind": "subcommission", "name": "Seeded", "starts_on": "2019-01-01"})
SEAT: Thing = ("seat", {"sector": "ngo", "role": "member", "voting": True, "display": "institution", "starts_on": "2019-01-01"})
PERSON: Thing = ("person", {"name": "Seeded"})
TERM: Thing = ("term", {"selection": "appointed", "starts_on": "2020-01-01"})
COMMITMENT: Thing = ("commitment", COMMITTED)
SESSION: Thing = ("committee_session", MET)
MAP: Thing = ("stakeholder_map", {"state": "draft"})
STAKEHOLDER: Thing = ("stakeholder", MAPPED)
CALL: Thing = ("open_call", CALLED)
DRAFTED = {"institution": "Seeded", "sector": "ngo", "state": "draft"}
SENT = {"state": "sent", "sent_on": "2021-01-01", "expires_on": "2098-01-01"}
RULES = templates()[0].rules.model_dump(mode="json")
ONE_SEAT = {"voting_seats": 1, "seats": [{"sector": "ngo", "min": 1, "max": 1, "voting": True}], "roles": [], "demographic_minima": []}
COUNTED = ("in", "used", "parked", "refused", "ignored")
REPORT: dict[str, Any] = {f"rows_{k}": 0 for k in COUNTED} | dict.fromkeys(("values", "created", "changed", "unchanged", "ended"), 0)
REPORT |= {"not_yet_reported": 0, "codes_healed": 0, "would_end": [], "errors": [], "ignored": [], "warnings": [], "totals": {}}
REPORT |= {"rows_stored": None, "rows_summed": None, "header_row": 1, "sheet": None, "rows_superseded": 0, "kept": 0, "superseded": []}


DEFINED = {f"label_{language}": "Seeded" for language in ("en", "es", "pt")} | {"unit": "count", "direction": "down"}
DEFINED |= {"adds_over_time": "sum", "adds_over_area": "sum", "sensitive": False, "origin": "reported"}
COUNTS = {"name": "Seeded", "kind": "police", "counting_unit": "victims"}


def year(n: int) -> dict[str, str]:
    """A year of its own long ago for each operation: ties of one pair may not overlap, and none of these is in force."""
    return {"starts_on": str(date(1900 + n, 1, 1)), "ends_on": str(date(1900 + n, 12, 31))}


async def insert(owner: asyncpg.Connection, table: str, said: dict[str, Any]) -> None:
    """A row of `table`, from what of `said` it has columns for."""
    found = await owner.fetch(COLUMNS, f'"{table}"')
    names = [r["attname"] for r in found if r["attname"] in said]
    columns = ", ".join(names)
    statement = f'insert into "{table}" ({columns}) select {columns} from jsonb_populate_record(null::"{table}", $1::jsonb)'
    await owner.execute(statement, json.dumps({n: said[n] for n in names}, default=str))


async def place(owner: asyncpg.Connection, map: Map, n: int, operation: str, thing: Thing, target: Target) -> None:
    """The thing at `target` that `operation` is about, of an account that is seeded at the same place; `n` numbers the operations."""
    table, said = thing
    row = target.row(map) | {"committee_id": key("committee", target), "number": n, "body_id": key("committee-body", target)}
    row |= {"id": key(operation, target), "principal_id": key("account", target), "report": REPORT}
    row |= {"accepted_by": map.person("mixco").principal, "code": seeds.code(operation, target.name), "rule": own(operation, target)}
    if table == "parked":
        row |= {"import_id": key("read_import", target), "place": f"99|Seeded {target.name}"}
    if table in ("indicator", "source"):
        row |= {"id": 200_000 + 100 * n + TARGETS.index(target), "code": own(operation, target)}
    if table == "document":
        row |= {"sha256": key(operation, target), "received_sha256": key(operation, target)}
    if table in ("training_event", "technical_assistance", "certificate"):
        row |= {column: key(of, target) for column, of in seeds.OF_TRAINING.items()}
    if table == "api_key":
        row["id"] = key(operation, target).replace("-", "")[:12]
    if table in ("affiliation", "participation"):
        row |= year(n) | {"organisation_id": map.organisation(target.association)}
        row |= {"association_id": target.association if table == "affiliation" else None}
        row |= {"programme_id": map.programme(target.programme)}
    if table == "succession":
        row |= {"predecessor_id": before(target, operation), "successor_id": target.municipality}
    row |= {"principal_id": map.person("region").principal} if table == "calendar_feed" else {}
    if table in ("decision", "minutes", "erratum", "agreement"):
        row |= await met(owner, row, operation, target, said["of"])
    await beneath(owner, table, row, operation, target)
    await insert(owner, table, row | said)
    if table == "committee_session":
        await attended(owner, row, target)
    if table == "office_term":
        over = {"id": key(f"{operation}-transition", target), "office_term_id": row["id"], "turns_on": said["ends_on"]}
        await insert(owner, "transition", row | TEMPLATES["transition"] | (AHEAD if said["ends_on"] > "2090" else {}) | over)
    if table == "transition":
        await insert(owner, "handover_file", row | TEMPLATES["handover_file"] | {"transition_id": row["id"]})
    if table == "committee":
        await lawful(owner, row, operation, target)
    if table == "stakeholder_map":
        await insert(owner, "stakeholder", row | MAPPED | {"id": key(f"{operation}-stakeholder", target), "map_id": row["id"]})
    if table == "stakeholder":
        await insert(owner, "stakeholder_stance", row | {"links": []})


async def beneath(owner: asyncpg.Connection, table: str, row: dict[str, Any], operation: str, target: Target) -> None:
    """What a row of `table` refers to, which is made with it."""
    if table == "term":
        row |= {"seat_id": key(f"{operation}-seat", target), "person_id": key(f"{operation}-person", target)}
        await insert(owner, "seat", row | SEAT[1] | {"id": row["seat_id"]})
        await insert(owner, "person", row | PERSON[1] | {"id": row["person_id"]})
    if table == "stakeholder":
        row["map_id"] = key(f"{operation}-map", target)
        await insert(owner, "stakeholder_map", row | MAP[1] | {"id": row["map_id"]})
    if table == "inauguration":
        await insert(owner, "committee_session", row | MET | {"kind": "inauguration"})
    if table == "transition":
        row["office_term_id"] = key(f"{operation}-office", target)
        await insert(owner, "office_term", row | year(-row["number"]) | {"id": row["office_term_id"]})


def own(operation: str, target: Target) -> str:
    """The code of the country's own indicator or source that `operation` is about."""
    return f"{target.iso2.lower()}-{operation}-{target.name}".replace("_", "-")


async def account(owner: asyncpg.Connection, map: Map, target: Target) -> None:
    """Whom the seeded things belong to: somebody at the same place, who is nobody of the demonstration."""
    await insert(owner, "principal", target.row(map) | SERVICE[1] | {"id": key("account", target)})


async def lawful(owner: asyncpg.Connection, row: dict[str, Any], operation: str, target: Target) -> None:
    """What the council approved about the committee `row`: its bylaws, and that it may be dissolved."""
    of = {c: row[c] for c in ("country_id", "municipality_id")} | {"committee_id": row["id"]}
    for purpose in ("bylaws", "dissolution"):
        said = INSTRUMENT[1] | {"id": key(f"{operation}-{purpose}", target), "purpose": purpose, "state": "approved"}
        await insert(owner, "council_instrument", of | said)
    said = {"id": key(f"{operation}-rules", target), "number": 1, "rules": RULES | ONE_SEAT, "state": "approved"}
    said |= {"in_force_from": "2020-01-01"}
    await insert(owner, "bylaws", of | said | {"instrument_id": key(f"{operation}-bylaws", target)})
    plenary = {"body_id": key(f"{operation}-body", target), "seat_id": key(f"{operation}-seat", target)}
    plenary |= {"person_id": key(f"{operation}-person", target)}
    await insert(owner, "body", of | BODY[1] | {"id": plenary["body_id"], "kind": "plenary"})
    await insert(owner, "seat", of | SEAT[1] | plenary | {"id": plenary["seat_id"]})
    await insert(owner, "person", of | PERSON[1] | {"id": plenary["person_id"]})
    await insert(owner, "term", of | TERM[1] | plenary | {"id": key(f"{operation}-term", target)})


async def attended(owner: asyncpg.Connection, row: dict[str, Any], target: Target) -> None:
    """That the one seat of the committee was at a session."""
    said = {"session_id": row["id"], "seat_id": key("committee-seat", target), "term_id": key("committee-term", target)}
    await insert(owner, "session_attendance", row | said | {"voting": True, "status": "present"})


async def met(owner: asyncpg.Connection, row: dict[str, Any], operation: str, target: Target, of: dict[str, Any]) -> dict[str, Any]:
    """A session of the committee that was `of` this kind, and a public file; of an erratum the minutes. Returns what places a row there."""
    ids = {f"{noun}_id": key(f"{operation}-{noun}", target) for noun in ("session", "minutes", "document")}
    session = row | MET | {"id": ids["session_id"], "bylaws_id": key("committee-rules", target)} | of
    await insert(owner, "committee_session", session)
    await attended(owner, session, target)
    await insert(owner, "document", row | PUBLISHED[1] | dict.fromkeys(("id", "sha256", "received_sha256"), ids["document_id"]))
    if operation == "read_erratum":
        await insert(owner, "minutes", row | {"session_id": ids["session_id"], "id": ids["minutes_id"], "year": 2021, "text": "x"})
    return {"session_id": ids["session_id"], "minutes_id": ids["minutes_id"], "owner_seat_id": key("committee-seat", target)}


async def figures(owner: asyncpg.Connection, map: Map, target: Target) -> None:
    """One observation and the residents at `target`, with what is kept of both; an observation of a community and of the country."""
    fact = target.row(map) | FACT
    named = {"id": target.community, "name": "Seeded", "kind": "barrio", "external_ids": {}, "version": 1}
    await insert(owner, "community", target.row(map) | named)
    months: list[int | None] = [None, None, 5, *[None] * 9]
    for place in (target.municipality, target.community, *((target.country,) if target.name in FIRST_OF_COUNTRY else ())):
        await insert(owner, "observation", fact | {"territory_id": place})
        await insert(owner, "figure", fact | {"territory_id": place, "year": 2022, "total": 5, "months": 1, "by_month": months})
    await insert(owner, "population", target.row(map) | {"year": 2020, "source_id": 2, "value": 1000})
    years = {"from_year": 1900, "to_year": 2100, "population_year": 2020}
    await insert(owner, "denominator", target.row(map) | years | {"source_id": 2, "value": 1000})


async def paper(owner: asyncpg.Connection, map: Map, target: Target) -> None:
    """A personal document at `target`, that no operation is about."""
    hashes = dict.fromkeys(("sha256", "received_sha256"), target.name)
    await insert(owner, "document", target.row(map) | PAPER | hashes | {"id": key("paper", target), "access_rights": "personal"})


async def predecessor(owner: asyncpg.Connection, target: Target, operation: str) -> None:
    """A municipality that `target` has come to succeed, or may."""
    said = {"id": before(target, operation), "country_id": target.country, "name": "Seeded", "kind": "municipality", "status": "current"}
    await insert(owner, "municipality", said | {"external_ids": {}, "version": 1})


def before(target: Target, operation: str) -> int:
    return target.country * 10_000 + (9_000 if operation.startswith("read") else 9_500) + target.municipality % 500


async def sow(owner: asyncpg.Connection, map: Map, things: dict[str, tuple[int, Thing | None, tuple[Target, ...]]]) -> None:
    """Everything that the operations are about: operation -> its number, thing and targets. Scopes are forgotten: places were added."""
    for target in (*TARGETS, *OFFICES):
        await account(owner, map, target)
    for target in TARGETS:
        await place(owner, map, 0, "committee", COMMITTEE, target)
        await figures(owner, map, target)
        await paper(owner, map, target)
        for operation in ("read_succession", "add_succession"):
            await predecessor(owner, target, operation)
    for operation, (n, thing, where) in things.items():
        for target in where if thing else ():
            assert thing is not None
            await place(owner, map, n, operation, thing, target)
    await from_scratch(owner, Migration())
    await owner.execute("select app.forget_scopes()")
