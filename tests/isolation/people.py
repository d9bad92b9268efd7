"""Who the demonstration people are and how far each reaches, said here a second time, in plain Python from the plain tables.

Nothing in this module reads a policy, a scope or a grant: what the API grants must come out as what is written here.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

NOBODY: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Office:
    """What somebody is: the level and the unit, and whether the office writes there."""

    level: str
    unit: Any = None
    writes: bool = True
    personal: bool = False


PEOPLE: dict[str, Office | None] = {
    "": None,
    "gt": Office("country", 320),
    "region": Office("region"),
    "comures": Office("association", 1),
    "sonsonate": Office("municipality", 2220038),
    "mixco": Office("municipality", 3200008, personal=True),
    "mx": Office("country", 484),
    "reader": Office("country", 222, writes=False),
    "programme": Office("programme", "amuprev"),
    "sv": Office("country", 222),
    "hn": Office("country", 340),
    "anam": Office("association", 2),
    "amhon": Office("association", 4),
}
"""In an order in which the first few already differ most."""


@dataclass(frozen=True)
class Units:
    """The units somebody reads, or writes."""

    region: bool = False
    countries: frozenset[int] = NOBODY
    municipalities: frozenset[int] = NOBODY
    organisations: frozenset[UUID] = NOBODY


@dataclass(frozen=True)
class Person:
    """A person with what they reach: `principal` is None for the public; for the municipalities `drafts` they may draft figures."""

    name: str
    principal: UUID | None
    read: Units
    write: Units
    drafts: frozenset[int] = NOBODY
    governs: frozenset[UUID] = NOBODY
    """The organisations of the countries they write."""
    personal: Units = field(default_factory=Units)
    """Where they see what is personal."""


class Map:
    """The register of places, associations and programmes, read once as the owner."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]], today: date) -> None:
        self.tables, self.today = tables, today

    @classmethod
    async def read(cls, owner: asyncpg.Connection, today: date) -> "Map":
        names = (
            "country",
            "succession",
            "association",
            "affiliation",
            "participation",
            "programme",
            "principal",
            "granted",
            "organisation",
        )
        return cls({n: [dict(r) for r in await owner.fetch(f"select * from {n}")] for n in names}, today)

    def in_force(self, row: dict[str, Any]) -> bool:
        return row["starts_on"] <= self.today and (row["ends_on"] is None or row["ends_on"] > self.today)

    def before(self, place: int, *, principal_only: bool = False) -> set[int]:
        """The place and everything that it succeeded, at any remove; where asked, only as the principal successor."""
        found, grown = {place}, True
        while grown:
            lines = [s for s in self.tables["succession"] if s["principal"] or not principal_only]
            older = {s["predecessor_id"] for s in lines if s["successor_id"] in found}
            grown = not older <= found
            found |= older
        return found

    def after(self, place: int) -> set[int]:
        """The place and everything that came to succeed it."""
        found, grown = {place}, True
        while grown:
            newer = {s["successor_id"] for s in self.tables["succession"] if s["predecessor_id"] in found}
            grown = not newer <= found
            found |= newer
        return found

    def with_before(self, places: set[int]) -> frozenset[int]:
        return frozenset(older for place in places for older in self.before(place))

    def organisation(self, association: int) -> UUID:
        return next(a["organisation_id"] for a in self.tables["association"] if a["id"] == association)

    def programme(self, code: str) -> UUID:
        return next(p["id"] for p in self.tables["programme"] if p["code"] == code)

    def person(self, name: str) -> Person:
        """Somebody of the demonstration, by the local part of the address; the public by the empty name."""
        office = PEOPLE[name]
        if office is None:
            return Person(name, None, Units(), Units())
        principal = next(p["id"] for p in self.tables["principal"] if p["email"] == f"{name}@demo.example")
        read = self._read(office)
        drafts = frozenset(m for m in read.municipalities if not self.manned(m)) if office.level == "association" else NOBODY
        write = self._write(office, read) if office.writes else Units()
        governs = frozenset(o["id"] for o in self.tables["organisation"] if o["country_id"] in write.countries)
        return Person(name, principal, read, write, drafts, governs, read if office.personal else Units())

    def manned(self, place: int) -> bool:
        """Whether somebody active holds an office at the municipality, at one that it succeeded or at one that succeeded it."""
        active = {p["id"] for p in self.tables["principal"] if p["active"]}
        held = [g for g in self.tables["granted"] if g["principal_id"] in active and g["revoked_at"] is None and self.in_force(g)]
        return not (self.before(place) | self.after(place)).isdisjoint({g["municipality_id"] for g in held if g["municipality_id"]})

    def _read(self, office: Office) -> Units:
        if office.level == "region":
            own = {p["id"] for p in self.tables["programme"]} | {a["organisation_id"] for a in self.tables["association"]}
            return Units(True, frozenset(c["id"] for c in self.tables["country"]), organisations=frozenset(own))
        if office.level == "country":
            own = {a["organisation_id"] for a in self.tables["association"] if a["country_id"] == office.unit}
            return Units(countries=frozenset({office.unit}), organisations=frozenset(own))
        if office.level == "municipality":
            return Units(municipalities=frozenset(self.before(office.unit)))
        if office.level == "association":
            return Units(municipalities=self.affiliated(office.unit), organisations=frozenset({self.organisation(office.unit)}))
        return Units(municipalities=self.participating(office.unit), organisations=frozenset({self.programme(office.unit)}))

    def affiliated(self, association: int) -> frozenset[int]:
        """What an association reaches today: its confirmed members, each with what it succeeded."""
        ties = [t for t in self.tables["affiliation"] if t["association_id"] == association and t["state"] == "confirmed"]
        return self.with_before({t["municipality_id"] for t in ties if self.in_force(t)})

    def participating(self, code: str) -> frozenset[int]:
        ties = [t for t in self.tables["participation"] if t["programme_id"] == self.programme(code) and t["level"] == "municipality"]
        return self.with_before({t["municipality_id"] for t in ties if self.in_force(t)})

    def _write(self, office: Office, read: Units) -> Units:
        if office.level == "municipality":
            return Units(municipalities=frozenset(self.before(office.unit, principal_only=True)))
        if office.level in ("association", "programme"):
            return Units(organisations=read.organisations)
        return read
