"""Registers that are sent as tables: affiliations of an association, organisations of a country. One transaction, row by row through the
write door."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import col, select

from api import db
from api.access import Caller
from api.domain.errors import Conflict, Invalid
from api.domain.fields import Kept, made, merged, new_id
from api.domain.indicator.imports import Import, ImportState
from api.domain.levels.organisations import Association, Organisation, OrganisationFields
from api.domain.levels.registers import Ledger, code, confirmed_ends, day, standing
from api.domain.levels.ties import Affiliation, AffiliationFields, Side, State
from api.intake.upload import Upload
from api.readers.tables import Line, table

Row = TypeVar("Row", bound=Kept)
AFFILIATION_COLUMNS = {"municipality": True, "starts_on": False, "ends_on": False, "external_id": False}
ORGANISATION_COLUMNS = {
    "external_id": True,
    "name": True,
    "short_name": False,
    "classification": True,
    "municipality": False,
    "website": False,
    "ends_on": False,
}


@dataclass(frozen=True)
class Asked:
    """How a register is taken in."""

    snapshot: bool
    confirm_ends: int | None
    dry_run: bool


async def _places(caller: Caller, lines: list[Line]) -> dict[str, tuple[int, int]]:
    """Address -> (municipality, country), for the addresses that are known."""
    said = sorted({line.said["municipality"] for line in lines if "municipality" in line.said})
    rows = await db.run(
        caller.session,
        "select a, m.id, m.country_id from unnest(cast(:said as text[])) a join municipality m on m.id = app.municipality_of(a)",
        said=said,
    )
    return {a: (m, c) for a, m, c in rows}


async def _named(caller: Caller, noun: str, lines: list[Line]) -> dict[str, str]:
    """`scheme:value` -> thing, for the codes that are taken."""
    said = sorted({line.said["external_id"] for line in lines if "external_id" in line.said})
    statement = (
        "select scheme || ':' || value, thing from external_id where noun = :noun and scheme || ':' || value = any(cast(:said as text[]))"
    )
    return dict(list(await db.run(caller.session, statement, noun=noun, said=said)))


async def affiliations(caller: Caller, association: Association, upload: Upload, asked: Asked) -> Import:
    """The members of an association, as its register states them; new ones are proposed. Raises Invalid on another table, Conflict on
    other ends."""
    lines = table(upload.file, AFFILIATION_COLUMNS)
    places, ledger = await _places(caller, lines), Ledger(len(lines))
    known: dict[int, list[Affiliation]] = {}
    for row in (await caller.session.exec(select(Affiliation).where(Affiliation.association_id == association.id))).all():
        known.setdefault(row.municipality_id, []).append(row)
    stated: set[UUID] = set()
    for line in lines:
        try:
            stated.add(await _affiliation(caller, association, known, (line, places, ledger, asked)))
        except (Invalid, Conflict) as refusal:
            ledger.refuse(line.row, refusal)
    today = caller.at.date()
    open_now = [
        a
        for rows in known.values()
        for a in rows
        if a.state is not State.DECLINED and (a.ends_on is None or a.ends_on > today) and a.id not in stated
    ]
    if asked.snapshot:
        names = {p[0]: a for a, p in places.items()}
        ledger.would_end = [names.get(a.municipality_id, str(a.municipality_id)) for a in open_now]
        for row in confirmed_ends(open_now, asked.confirm_ends):
            await _ended(caller, row, ledger, asked)
    return await _kept(caller, ("affiliations", association.organisation_id, association.country_id), upload, ledger, asked)


Rest = tuple[Line, dict[str, tuple[int, int]], Ledger, Asked]


async def _affiliation(caller: Caller, association: Association, known: dict[int, list[Affiliation]], rest: Rest) -> UUID:
    line, places, ledger, asked = rest
    place = places.get(line.said["municipality"]) if "municipality" in line.said else None
    if place is None:
        raise Invalid("No municipality has this code.", "place-unknown")
    starts_on, ends_on = day(line.said, "starts_on"), day(line.said, "ends_on")
    row = standing(known.get(place[0], []), starts_on, ends_on)
    if row is None:
        row = _proposed(caller, association, place, line)
        known.setdefault(place[0], []).append(row)
        ledger.created += 1
        await _keep(caller, row, "propose", asked)
    elif ends_on and ends_on != row.ends_on:
        row.ends_on = ends_on
        ledger.changed += 1
        await _keep(caller, row, "end", asked, ["ends_on"])
    else:
        ledger.unchanged += 1
    return row.id


def _proposed(caller: Caller, association: Association, place: tuple[int, int], line: Line) -> Affiliation:
    codes = dict([code(line.said["external_id"])]) if "external_id" in line.said else {}
    said = {
        "municipality_id": place[0],
        "association_id": association.id,
        "starts_on": day(line.said, "starts_on") or caller.at.date(),
        "ends_on": day(line.said, "ends_on"),
    }
    try:
        body = AffiliationFields.model_validate(said | {"external_ids": codes})
    except ValidationError as error:
        raise Invalid("ends_on must be after starts_on, and a code short.", "row-invalid") from error
    return made(
        Affiliation,
        body,
        country_id=place[1],
        organisation_id=association.organisation_id,
        proposed_by=Side.ASSOCIATION,
        state=State.PROPOSED,
    )


async def _keep(caller: Caller, row: Kept, action: str, asked: Asked, fields: list[str] | None = None) -> None:
    """Write one row, or in a dry run forget that it was changed. A refused row is undone by itself: the others are kept."""
    if not asked.dry_run:
        async with caller.session.begin_nested():
            await db.keep(caller, row, action, fields=fields)
    elif row in caller.session:
        caller.session.expunge(row)


async def _ended(caller: Caller, row: Affiliation | Organisation, ledger: Ledger, asked: Asked) -> None:
    row.ends_on = caller.at.date()
    ledger.ended += 1
    await _keep(caller, row, "end", asked, ["ends_on"])


async def _kept(caller: Caller, where: tuple[str, UUID | None, int], upload: Upload, ledger: Ledger, asked: Asked) -> Import:
    kind, organisation, country = where
    row = Import(
        id=new_id(),
        principal_id=caller.principal,
        country_id=country,
        organisation_id=organisation,
        kind=kind,
        reader="table",
        file_name=upload.name,
        file_sha256=upload.sha256,
        bytes=upload.size,
        dry_run=asked.dry_run,
        state=ImportState.CHECKED if asked.dry_run else ImportState.DONE,
        report=ledger.report().model_dump(mode="json"),
    )
    await db.keep(caller, row, "import", fields=["report"])
    return row


async def organisations(caller: Caller, country: int, upload: Upload, asked: Asked) -> Import:
    """The organisations of a country, keyed by the first code of each row. Raises Invalid on another table, Conflict on other ends."""
    lines = table(upload.file, ORGANISATION_COLUMNS)
    places, named, ledger = await _places(caller, lines), await _named(caller, "organisation", lines), Ledger(len(lines))
    stated: set[str] = set()
    for line in lines:
        try:
            await _organisation(caller, country, named, (line, places, ledger, asked))
            stated.add(line.said.get("external_id", ""))
        except (Invalid, Conflict) as refusal:
            ledger.refuse(line.row, refusal)
    if asked.snapshot:
        schemes = {name.partition(":")[0] for name in stated}
        rows = (
            await caller.session.exec(select(Organisation).where(Organisation.country_id == country, col(Organisation.ends_on).is_(None)))
        ).all()
        left = [o for o in rows if (ours := {f"{s}:{v}" for s, v in o.external_ids.items() if s in schemes}) and not ours & stated]
        ledger.would_end = [o.name for o in left]
        for row in confirmed_ends(left, asked.confirm_ends):
            await _ended(caller, row, ledger, asked)
    return await _kept(caller, ("organisations", None, country), upload, ledger, asked)


async def _organisation(caller: Caller, country: int, named: dict[str, str], rest: Rest) -> None:
    line, places, ledger, asked = rest
    body = _stated(line, country, places)
    thing = named.get(line.said["external_id"])
    row = await caller.session.get(Organisation, UUID(thing)) if thing else None
    if row is None:
        row = made(Organisation, body)
        named[line.said["external_id"]] = str(row.id)
        ledger.created += 1
        await _keep(caller, row, "create", asked)
        return
    if row.country_id != country:
        raise Conflict("This code belongs to an organisation of another country.", "external-id-taken")
    body.external_ids = {**row.external_ids, **body.external_ids}
    changed = merged(row, body, OrganisationFields)
    ledger.changed, ledger.unchanged = ledger.changed + bool(changed), ledger.unchanged + (not changed)
    if changed:
        await _keep(caller, row, "change", asked, changed)


def _stated(line: Line, country: int, places: dict[str, tuple[int, int]]) -> OrganisationFields:
    if "external_id" not in line.said:
        raise Invalid("Every row needs a code, scheme:value.", "code-invalid")
    place: Any = None
    if "municipality" in line.said and (place := places.get(line.said["municipality"])) is None:
        raise Invalid("No municipality has this code.", "place-unknown")
    said: dict[str, Any] = {k: line.said[k] for k in ("name", "short_name", "classification", "website") if k in line.said}
    said |= {
        "country_id": country,
        "municipality_id": place and place[0],
        "external_ids": dict([code(line.said["external_id"])]),
        "ends_on": day(line.said, "ends_on"),
    }
    try:
        return OrganisationFields.model_validate(said)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][0])
        raise Invalid(f"The column {column} holds something that cannot be used.", f"{column.replace('_', '-')}-invalid") from error
