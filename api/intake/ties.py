"""Registers of associations and countries: the members of an association, the organisations of a country."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import col, select

from api import db
from api.access import Caller
from api.domain.errors import Conflict, Invalid
from api.domain.fields import made, merged
from api.domain.levels.organisations import Association, Organisation, OrganisationFields
from api.domain.levels.registers import Outcome, code, day, standing, stated
from api.domain.levels.ties import Affiliation, AffiliationFields, AffiliationState, Side
from api.intake.registers import Register, named
from api.readers.tables import Line


class Affiliations(Register):
    """The members of an association, as its register states them; new ones are proposed."""

    kind = "affiliations"
    columns: ClassVar[dict[str, bool]] = {"municipality": True, "starts_on": False, "ends_on": False, "external_id": False}
    called: ClassVar[dict[str, str]] = {"municipality_id": "municipality", "external_ids": "external_id"}

    def __init__(self, caller: Caller, association: Association) -> None:
        super().__init__(caller)
        self.association = association
        self.known: dict[int, list[Affiliation]] = {}
        """Municipality -> its affiliations."""
        self.stated: set[UUID] = set()

    async def begin(self, lines: Sequence[Line]) -> None:
        await super().begin(lines)
        mine = select(Affiliation).where(Affiliation.association_id == self.association.id)
        for row in (await self.caller.session.exec(mine)).all():
            self.known.setdefault(row.municipality_id, []).append(row)

    async def row(self, line: Line) -> Outcome:
        place = self.place(line)
        starts_on, ends_on = day(line.said, "starts_on"), day(line.said, "ends_on")
        row = standing(self.known.get(place[0], []), starts_on, ends_on)
        outcome = Outcome.UNCHANGED
        if row is None:
            row, outcome = self._proposed(place, line), Outcome.CREATED
            await db.keep(self.caller, row, "propose")
            self.known.setdefault(place[0], []).append(row)
        elif ends_on and ends_on != row.ends_on:
            row.ends_on, outcome = ends_on, Outcome.CHANGED
            await db.keep(self.caller, row, "end", fields=["ends_on"])
        self.stated.add(row.id)
        return outcome

    def _proposed(self, place: tuple[int, int], line: Line) -> Affiliation:
        said = {
            "municipality_id": place[0],
            "association_id": self.association.id,
            "starts_on": day(line.said, "starts_on") or self.caller.at.date(),
            "ends_on": day(line.said, "ends_on"),
            "external_ids": dict([code(line.said["external_id"])]) if "external_id" in line.said else {},
        }
        return made(
            Affiliation,
            stated(AffiliationFields, said),
            country_id=place[1],
            organisation_id=self.association.organisation_id,
            proposed_by=Side.ASSOCIATION,
            state=AffiliationState.PROPOSED,
        )

    async def left(self) -> Sequence[Affiliation]:
        today = self.caller.at.date()
        rows = [
            row for rows in self.known.values() for row in rows if row.state is not AffiliationState.DECLINED and row.id not in self.stated
        ]
        return [row for row in rows if row.ends_on is None or row.ends_on > today]

    def label(self, row: Affiliation) -> str:
        return next((a for a, place in self.places.items() if place[0] == row.municipality_id), str(row.municipality_id))

    async def end(self, row: Affiliation) -> None:
        row.ends_on = self.caller.at.date()
        await db.keep(self.caller, row, "end", fields=["ends_on"])

    def where(self) -> dict[str, Any]:
        return {"country_id": self.association.country_id, "organisation_id": self.association.organisation_id}


class Organisations(Register):
    """The organisations of a country, keyed by the code of each row."""

    kind = "organisations"
    columns: ClassVar[dict[str, bool]] = {
        "external_id": True,
        "name": True,
        "short_name": False,
        "classification": True,
        "municipality": False,
        "website": False,
        "ends_on": False,
    }
    called: ClassVar[dict[str, str]] = {"municipality_id": "municipality", "external_ids": "external_id"}

    def __init__(self, caller: Caller, country: int) -> None:
        super().__init__(caller)
        self.country = country
        self.known: dict[str, str] = {}
        self.stated: set[str] = set()

    async def begin(self, lines: Sequence[Line]) -> None:
        await super().begin(lines)
        self.known = await named(self.caller, "organisation", (line.said.get("external_id") for line in lines))

    async def row(self, line: Line) -> Outcome:
        body, key = self._body(line), line.said["external_id"]
        thing = self.known.get(key)
        row = await self.caller.session.get(Organisation, UUID(thing)) if thing else None
        if row is None:
            row = made(Organisation, body)
            await db.keep(self.caller, row, "create")
            self.known[key] = str(row.id)
            self.stated.add(key)
            return Outcome.CREATED
        if row.country_id != self.country:
            raise Conflict("This code belongs to an organisation of another country.", "external-id-taken", pointer="/external_id")
        body.external_ids = {**row.external_ids, **body.external_ids}
        changed = merged(row, body, OrganisationFields)
        if changed:
            await db.keep(self.caller, row, "change", fields=changed)
        self.stated.add(key)
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _body(self, line: Line) -> OrganisationFields:
        if "external_id" not in line.said:
            raise Invalid("Every row needs a code, scheme:value.", "code-invalid", pointer="/external_id")
        said: dict[str, Any] = {k: line.said[k] for k in ("name", "short_name", "classification", "website") if k in line.said}
        said |= {
            "country_id": self.country,
            "municipality_id": self.place(line)[0] if "municipality" in line.said else None,
            "external_ids": dict([code(line.said["external_id"])]),
            "ends_on": day(line.said, "ends_on"),
        }
        return stated(OrganisationFields, said)

    async def left(self) -> Sequence[Organisation]:
        schemes = {key.partition(":")[0] for key in self.stated}
        open_now = select(Organisation).where(Organisation.country_id == self.country, col(Organisation.ends_on).is_(None))
        found = []
        for row in (await self.caller.session.exec(open_now)).all():
            ours = {f"{s}:{v}" for s, v in row.external_ids.items() if s in schemes}
            if ours and not ours & self.stated:
                found.append(row)
        return found

    def label(self, row: Organisation) -> str:
        return row.name

    async def end(self, row: Organisation) -> None:
        row.ends_on = self.caller.at.date()
        await db.keep(self.caller, row, "end", fields=["ends_on"])

    def where(self) -> dict[str, Any]:
        return {"country_id": self.country}
