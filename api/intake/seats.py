"""The register of seats: what somebody can hold in the bodies of committees, whoever does."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import col, select

from api import db
from api.access import Caller
from api.committees import placed, vacated
from api.domain.committee.bodies import Body, BodyFields, BodyKind
from api.domain.committee.committees import Committee
from api.domain.committee.seats import Seat, SeatDefinition, SeatFields, lowered
from api.domain.errors import Conflict, Invalid
from api.domain.fields import made, merged
from api.domain.levels.registers import Outcome, code, day, stated, truth
from api.intake.registers import named
from api.intake.rosters import NAMED_BY, OfCommittees
from api.readers import folded
from api.readers.tables import Line

BODIES = {
    BodyKind.PLENARY: {"en": "Plenary", "es": "Pleno", "pt": "Plenário"},
    BodyKind.BOARD: {"en": "Board", "es": "Junta directiva", "pt": "Diretoria"},
    BodyKind.SUBCOMMISSION: {"en": "Subcommission", "es": "Subcomisión", "pt": "Subcomissão"},
    BodyKind.SECRETARIAT: {"en": "Technical secretariat", "es": "Secretaría técnica", "pt": "Secretaria técnica"},
}
"""What a body is called that a file names by its kind alone."""
FIXED = ("sector", "role", "voting", "starts_on")
"""What a seat keeps: with another it is another seat."""


def word(said: str) -> str:
    """A cell as the codes of lists are written."""
    return folded(said).replace(" ", "_")


def coded(row: Any, said: str | None) -> bool:
    """Whether a thing has the code that a cell holds."""
    scheme, _, value = (said or "").partition(":")
    return bool(said) and row.external_ids.get(scheme) == value


class Seats(OfCommittees):
    """Seats, keyed by their code, or where a row has none by their body and what they are called there."""

    kind = "seats"
    columns: ClassVar[dict[str, bool]] = NAMED_BY | {
        **{"body": False, "body_kind": False, "external_id": False, "label": False},
        **{"sector": True, "role": False, "voting": False, "display": False, "starts_on": True, "ends_on": False},
    }
    called: ClassVar[dict[str, str]] = {"external_ids": "external_id", "body_id": "body", "kind": "body_kind"}

    clashes: ClassVar[dict[str, str]] = {"seat-backwards": "ends_on", "plenary-exists": "body", "body-backwards": "body"}

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self.bodies: list[Body] = []
        self.known: list[Seat] = []
        self.codes: dict[str, str] = {}
        self.first: dict[tuple[str, ...], date] = {}
        """Of each body that the file names, the first day of its first seat."""
        self.stated: set[UUID] = set()

    async def begin(self, lines: Sequence[Line]) -> None:
        await super().begin(lines)
        mine = [row.id for row in self.committees()]
        self.bodies = list((await self.caller.session.exec(select(Body).where(col(Body.committee_id).in_(mine)))).all())
        self.known = list(
            (await self.caller.session.exec(select(Seat).where(col(Seat.committee_id).in_(mine)).order_by(col(Seat.id)))).all()
        )
        self.codes = await named(self.caller, "seat", (line.said.get("external_id") for line in lines))
        for line in lines:
            try:
                on = day(line.said, "starts_on")
            except Invalid:
                continue
            if on:
                self.first[self._of(line)] = min(on, self.first.get(self._of(line), on))

    def _of(self, line: Line) -> tuple[str, ...]:
        return (*(line.said.get(column, "") for column in NAMED_BY), folded(line.said.get("body", BodyKind.PLENARY)))

    async def row(self, line: Line) -> Outcome:
        committee = self.committee(line)
        body = self._body(committee, line)
        row = self._found(committee, body, line)
        if row is None:
            made_now = [await self._made(committee, line)] if body is None else []
            row = await self._new(committee, (body or made_now[0]).id, line)
            self.bodies += made_now
            self.known.append(row)
            outcome = Outcome.CREATED
        elif row.id in self.stated:
            raise Conflict("An earlier row of the file is about the same seat.", "stated-twice", pointer="/label")
        else:
            outcome = await self._changed(row, line)
        self.stated.add(row.id)
        return outcome

    def _body(self, committee: Committee, line: Line) -> Body | None:
        """The body that a row names, the plenary where it names none; None where it is to be made."""
        said = line.said.get("body", BodyKind.PLENARY)
        of = [body for body in self.bodies if body.committee_id == committee.id]
        found = (
            [b for b in of if coded(b, said)]
            or [b for b in of if folded(b.name) == folded(said)]
            or [b for b in of if b.kind == word(said)]
        )
        on = day(line.said, "starts_on")
        if len(found) > 1 and on:
            found = [b for b in found if b.starts_on <= on and (b.ends_on is None or on < b.ends_on)]
        if len(found) > 1:
            raise Conflict("Several bodies of the committee are called this; say which by its code.", "body-ambiguous", pointer="/body")
        return found[0] if found else None

    async def _made(self, committee: Committee, line: Line) -> Body:
        said = line.said.get("body", BodyKind.PLENARY)
        kind = word(line.said.get("body_kind", said))
        if kind not in set(BodyKind):
            told = f"The committee has no such body; to have it made say in body_kind what it is: {', '.join(BodyKind)}."
            raise Invalid(told, "body-unknown", pointer="/body")
        name = BODIES[BodyKind(kind)][self.caller.language] if word(said) == kind else said
        body = stated(BodyFields, {"kind": kind, "name": name, "starts_on": self.first.get(self._of(line))})
        row = made(Body, body, **placed(committee))
        await db.keep(self.caller, row, "create")
        return row

    def _found(self, committee: Committee, body: Body | None, line: Line) -> Seat | None:
        """The seat that a row is about: by its code, else by what it is called in its body."""
        said, label = line.said.get("external_id"), line.said.get("label")
        mine = [row for row in self.known if row.committee_id == committee.id]
        if by_code := [row for row in mine if coded(row, said)]:
            if body is None or by_code[0].body_id != body.id:
                raise Conflict("This seat is in another body; one of another body is another seat.", "seat-differs", pointer="/body")
            return by_code[0]
        if said in self.codes:
            raise Conflict("A seat of another committee has this code.", "external-id-taken", pointer="/external_id")
        if not said and not label:
            raise Invalid("Say which seat: a code, or what it is called in its body.", "seat-unnamed", pointer="/label")
        scheme = said.partition(":")[0] if said else None
        in_body = [row for row in mine if body and row.body_id == body.id and scheme not in row.external_ids]
        same = [row for row in in_body if label and folded(row.label or "") == folded(label)]
        if len(same) > 1:
            raise Conflict("Several seats of the body are called this; say which by its code.", "seat-ambiguous", pointer="/label")
        return same[0] if same else None

    def _said(self, line: Line) -> dict[str, Any]:
        said: dict[str, Any] = {k: word(line.said[k]) for k in ("sector", "role", "display") if k in line.said}
        said |= {k: day(line.said, k) for k in ("starts_on", "ends_on") if k in line.said}
        if "label" in line.said:
            said["label"] = line.said["label"]
        if "voting" in line.said:
            said["voting"] = truth(folded(line.said["voting"]))
        if "external_id" in line.said:
            said["external_ids"] = dict([code(line.said["external_id"])])
        return said

    async def _new(self, committee: Committee, body_id: UUID, line: Line) -> Seat:
        row = made(Seat, stated(SeatFields, self._said(line) | {"body_id": body_id}), **placed(committee))
        await db.keep(self.caller, row, "create")
        return row

    async def _changed(self, row: Seat, line: Line) -> Outcome:
        said = self._said(line)
        whole = stated(SeatFields, row.model_dump(include=set(SeatFields.model_fields)) | said)
        if differs := next((member for member in FIXED if getattr(whole, member) != getattr(row, member)), None):
            raise Conflict(f"A seat keeps its {differs}; with another it is another seat.", "seat-differs", pointer=f"/{differs}")
        patch = {k: v for k, v in said.items() if k not in FIXED}
        patch |= {"external_ids": row.external_ids | said.get("external_ids", {}), "display": lowered(row.display, whole.display)}
        changed = merged(row, stated(SeatDefinition, patch), SeatDefinition)
        if "ends_on" in changed:
            await vacated(self.caller, row)
        if changed:
            await db.keep(self.caller, row, "change", fields=changed)
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    async def left(self) -> Sequence[Seat]:
        today, mine = self.caller.at.date(), {row.id for row in self.committees()}
        there = [row for row in self.known if row.committee_id in mine and row.id not in self.stated and row.starts_on < today]
        return [row for row in there if row.ends_on is None or row.ends_on > today]

    def label(self, row: Seat) -> str:
        return next((f"{scheme}:{value}" for scheme, value in row.external_ids.items()), str(row.id))

    async def end(self, row: Seat) -> None:
        row.ends_on = self.caller.at.date()
        await vacated(self.caller, row)
        await db.keep(self.caller, row, "change", fields=["ends_on"])
