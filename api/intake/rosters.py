"""Registers of what committees have: which committee a row is about, and whether its roster is the caller's to keep."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from api.access import Caller
from api.committees import fetched
from api.domain.committee.committees import Committee, CommitteeState
from api.domain.errors import Conflict, Invalid, NotAllowed, Refusal
from api.domain.roles import Action
from api.intake.committees import Sitting, lying, of_places
from api.intake.registers import REFUSES, Register, named, thing_of
from api.readers import folded
from api.readers.tables import Line

NAMED_BY: dict[str, bool] = {"committee": False, "municipality": False, "committee_name": False}
"""The columns by which a row names its committee."""


class OfCommittees(Register):
    """A register of what committees have. A row names its own by code or id, or by where it sits and, of several, its name."""

    whole, most = True, 5_000
    action: ClassVar[Action] = Action.WRITE_ROSTER

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self.named: dict[tuple[str, ...], Committee | Refusal] = {}
        """What a row says of its committee -> which it is, or why none."""

    async def begin(self, lines: Sequence[Line]) -> None:
        await super().begin(lines)
        said = {_naming(line) for line in lines}
        codes = await named(self.caller, "committee", (name[0] for name in said))
        here = await of_places(self.caller, (self.places[name[1]][0] for name in said if name[1] in self.places))
        ids = {name: self._meant(name, codes, here) for name in said}
        # In one order, so that two files that are taken in at once wait for each other one way round.
        for id in sorted({id for id in ids.values() if isinstance(id, UUID)}):
            try:
                found: Committee | Refusal = await fetched(self.caller, id, self.action)
            except REFUSES as refusal:
                found = _told(refusal)
            self.named |= {name: found for name, meant in ids.items() if meant == id}
        self.named |= {name: meant for name, meant in ids.items() if not isinstance(meant, UUID)}

    def _meant(self, name: tuple[str, ...], codes: dict[str, str], here: list[Sitting]) -> UUID | Refusal:
        committee, municipality, called = name
        if committee:
            try:
                return thing_of(codes, committee) or UUID(committee)
            except ValueError:
                return _unknown("committee")
        if municipality not in self.places:
            return Invalid("No municipality has this code.", "place-unknown", pointer="/municipality")
        there = [row for row in here if row.municipality_id == self.places[municipality][0] and row.state != CommitteeState.DISSOLVED]
        found = [row for row in there if not called or folded(row.name) == folded(called)]
        if len(found) > 1:
            return Conflict("Several committees sit here; say which by name or code.", "committee-ambiguous", pointer="/committee_name")
        return found[0].id if found else _unknown("committee_name")

    def committee(self, line: Line) -> Committee:
        """The committee of a row. Raises a Refusal where there is none, or it is not the caller's."""
        found = self.named[_naming(line)]
        if isinstance(found, Refusal):
            raise found
        return found

    def committees(self) -> list[Committee]:
        """All that the file names and the caller keeps."""
        return list({row.id: row for row in self.named.values() if isinstance(row, Committee)}.values())

    def where(self) -> dict[str, Any]:
        return lying((row.municipality_id, row.country_id) for row in self.committees())


def _naming(line: Line) -> tuple[str, ...]:
    return tuple(line.said.get(column, "") for column in NAMED_BY)


def _unknown(column: str) -> Invalid:
    return Invalid("There is no such committee, or none that you may see.", "committee-unknown", pointer=f"/{column}")


def _told(refusal: Refusal) -> Refusal:
    """Of a committee that may not be changed: as of one that is not there where it may not be seen."""
    if isinstance(refusal, NotAllowed):
        return NotAllowed("You do not keep the roster of this committee.", "committee-not-yours", pointer="/committee")
    refusal.pointer = "/committee"
    return refusal if isinstance(refusal, Conflict) else _unknown("committee")
