"""Handover files: made once when a transition is frozen, by the house and without names, and read by whoever reads the municipality."""

import json
from typing import Any
from uuid import UUID

from sqlmodel import select

from api import db, pages
from api.access import Caller, Reading, for_the_house, reload_keys
from api.committees import HERE
from api.domain.committee.persons import Person
from api.domain.fields import digest, found
from api.domain.transition.files import Contact, HandoverFile, HandoverFileOut, body_of, lines_of, shown
from api.domain.transition.transitions import Transition
from api.pages.statements import ENTERED, prepared
from api.roster import TERMS

_THERE = "t.municipality_id = any(app.written_with(:place))"
"""Of the municipality, and of those it succeeded: a committee keeps its identity, and its rows lie where they were written."""
_OF = f"where {_THERE} order by t.id"
SECTIONS = {
    "committees": f"""select t.id, t.name, t.framework, t.state, t.convened_on, t.launched_on, t.legalised_on, t.last_session_on
        from committee t {_OF}""",
    "bylaws": f"""select t.id, t.committee_id, t.number, t.state, t.rules, t.in_force_from, t.in_force_to, t.instrument_id
        from bylaws t {_OF}""",
    "instruments": f"""select t.id, t.committee_id, t.kind, t.purpose, t.number, t.council_date, t.state, t.document_id
        from council_instrument t {_OF}""",
    "minutes": f"""select t.id, t.committee_id, t.year, t.number, t.approved_on, t.sha256, t.published_on, t.document_id
        from minutes t {_OF}""",
    "agreements": f"""select t.id, t.committee_id, t.text, t.owner_organisation_id, t.owner_seat_id, t.due_on, t.state, t.fulfilled_on
        from agreement t {_OF}""",
    "commitments": f"select t.id, t.committee_id, t.kind, t.authority, t.committed_on, t.ends_on from commitment t {_OF}",
    "documents": f"""select t.id, t.kind, t.access_rights, t.mime_type, case when t.access_rights <> 'personal' then t.sha256 end as sha256
        from document t {_OF}""",
    "credentials": """select t.id as grant_id, t.principal_id, p.kind, t.role, t.starts_on, t.ends_on, t.personal,
        array(select k.id from api_key k where k.principal_id = p.id and k.revoked_at is null and k.expires_at > :at order by k.id) as keys
        from granted t join principal p on p.id = t.principal_id
        where t.municipality_id = any(app.with_predecessors(:place)) and t.revoked_at is null
          and (t.ends_on is null or t.ends_on >= :turns) order by t.id""",
}
"""What is handed over, besides the roster; a further room is plugged in here. No column of these holds a name, a contact or a secret."""
SAID = ("id", "committee_id", "role", "sector", "voting", "alternate", "body", "organisation", "selection", "starts_on", "ends_on")
ROSTER = f"""select coalesce(json_agg(row_to_json(r)), '[]')::text
    from (select t.seat_id as seat, s.display, t.person_id as person,
        (select row_to_json(o) from (select {TERMS.select(SAID)}) o) as said
      from {TERMS.table} where {_THERE} and t.voided_at is null and (t.ends_on is null or t.ends_on >= :turns)
      order by t.id) r"""


async def make(caller: Caller, row: Transition) -> None:
    """Make the file of a transition that is frozen, unless it is there."""
    there = select(HandoverFile).where(HandoverFile.transition_id == row.id)
    if (await caller.session.exec(there)).first() is not None:
        return
    await reload_keys(caller.house)
    values = {"place": row.municipality_id, "turns": row.turns_on, "at": caller.at}
    async with for_the_house(caller):
        sections = {name: await _rows(caller, sql, values) for name, sql in SECTIONS.items()}
        roster = json.loads(await _text(caller, ROSTER, values))
        lines = lines_of(roster)
        body = body_of(row, sections, lines, caller.at)
        kid, signature = caller.house.keys.ring.attest({"transition": str(row.id), "at": caller.at.isoformat(), "sha256": digest(body)})
        persons = sorted({UUID(line["person"]) for line in roster if line["person"]})
        kept: dict[str, Any] = row.model_dump(include={"country_id", "municipality_id"}) | {"transition_id": row.id, "body": body}
        kept |= {"sha256": digest(body), "kid": kid, "signature": signature, "lines": lines, "persons": persons}
        await db.keep(caller, HandoverFile(**kept), "create", fields=["sha256"])


async def _rows(caller: Caller, sql: str, values: dict[str, Any]) -> Any:
    whole = f"select coalesce(json_agg(row_to_json(x)), '[]')::text from ({sql}) x"
    return json.loads(await _text(caller, whole, values))


async def _text(caller: Caller, sql: str, values: dict[str, Any]) -> str:
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    return str((await db.run(caller.session, sql, **used)).scalar())


FILED = prepared(f"""
select e.who, q.* from {ENTERED}
left join lateral (
  select t.transition_id, t.created_at as made_at, t.sha256, t.kid, t.signature, t.body, t.lines::text as lines,
    (select coalesce(json_object_agg(s.id, s.display), json_build_object()) from seat s
      where s.municipality_id = any(app.with_predecessors(t.municipality_id)))::text as displays
  from handover_file t where e.who is not null and t.transition_id = {{id}} and {HERE.seen()}) q on true""")


async def filed(reading: Reading, id: UUID) -> HandoverFileOut:
    """The file, without what seats show no more. Raises NotFound where there is none, or none the caller may see."""
    row = await pages.ask(reading, FILED, pages.known_of(reading) | {"id": id})
    found(row["sha256"])
    said = {name: row[name] for name in HandoverFileOut.model_fields if name != "roster"}
    return HandoverFileOut(**said, roster=shown(json.loads(row["lines"]), json.loads(row["displays"])))


NAMED = f"""select p.id as person_id, p.committee_id, p.name, p.email, p.phone from person p
    where p.id = any(cast(:ids as uuid[])) and p.erased_at is null and {HERE.over("p", "personal")} order by p.id"""


async def contacts(caller: Caller, row: Transition) -> list[Contact]:
    """The people whom the file stands for, as they are known now; the reading of each is recorded."""
    kept = (await caller.session.exec(select(HandoverFile).where(HandoverFile.transition_id == row.id))).first()
    found(kept)
    assert kept is not None
    people = [Contact(**p) for p in (await db.run(caller.session, NAMED, ids=[str(p) for p in kept.persons])).mappings().all()]
    await db.saw(caller, Person, [person.person_id for person in people])
    return people
