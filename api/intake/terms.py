"""The register of terms: who held and holds which seat, on behalf of which institution, from when to when."""

import re
from collections.abc import Sequence, Set
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import col, select

from api import db
from api.access import Caller
from api.committees import instrument_of, placed, seated
from api.domain.committee.committees import Committee
from api.domain.committee.instruments import Instrument, Purpose
from api.domain.committee.seats import Seat
from api.domain.committee.terms import EndReason, Term, TermEnd, TermFields, end
from api.domain.errors import Conflict, Invalid
from api.domain.fields import made
from api.domain.levels.registers import Outcome, code, day, stated, truth
from api.intake import people
from api.intake.registers import named
from api.intake.rosters import NAMED_BY, OfCommittees
from api.intake.seats import coded, word
from api.readers import folded
from api.readers.tables import Line

INSTITUTIONS = """select s.said, o.id from unnest(cast(:said as text[])) s (said)
    join organisation o on o.name_key = app.name_key(s.said) and o.country_id = any(cast(:countries as int[]))
    union select o.id::text, o.id from organisation o where o.id = any(cast(:ids as uuid[]))"""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LATER = Purpose.TERM_EXTENSION


class Terms(OfCommittees):
    """Terms, keyed by their code, or where a row has none by their seat and first day."""

    kind = "terms"
    personal = True
    columns: ClassVar[dict[str, bool]] = NAMED_BY | {
        **{"seat": True, "external_id": False, "institution": False, "alternate": False, "selection": True},
        **{"starts_on": True, "ends_on": False, "end_reason": False, "instrument": False},
        **people.COLUMNS,
    }
    called: ClassVar[dict[str, str]] = {
        **{"seat_id": "seat", "person_id": "name", "on_behalf_of_id": "institution"},
        **{"instrument_id": "instrument", "external_ids": "external_id"},
    }

    clashes: ClassVar[dict[str, str]] = {"seat-taken": "seat", "alternate-taken": "seat", "seated-already": "name"}

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self.people = people.People(caller)
        self.seats: list[Seat] = []
        self.known: list[Term] = []
        self.instruments: list[Instrument] = []
        self.codes: dict[str, str] = {}
        self.institutions: dict[str, set[UUID]] = {}
        self.stated: set[UUID] = set()

    async def begin(self, lines: Sequence[Line]) -> None:
        await super().begin(lines)
        mine = [row.id for row in self.committees()]
        self.seats = await self._all(select(Seat).where(col(Seat.committee_id).in_(mine)))
        self.known = await self._all(select(Term).where(col(Term.committee_id).in_(mine), col(Term.voided_at).is_(None)))
        self.instruments = await self._all(select(Instrument).where(col(Instrument.committee_id).in_(mine)))
        self.codes = await named(self.caller, "term", (line.said.get("external_id") for line in lines))
        await self._look_up({line.said["institution"] for line in lines if "institution" in line.said})
        if any(column in line.said for line in lines for column in people.COLUMNS):
            await self.people.begin(self.committees())

    async def _all(self, statement: Any) -> list[Any]:
        return list((await self.caller.session.exec(statement)).all())

    async def _look_up(self, said: Set[str]) -> None:
        """The institutions that a file names, by code or id, or by name in the country of its committees."""
        coded_ones = await named(self.caller, "organisation", said)
        self.institutions = {address: {UUID(thing)} for address, thing in coded_ones.items()}
        countries = sorted({row.country_id for row in self.committees()})
        ids = [address for address in said if ID.fullmatch(address)]
        for name, id in await db.run(self.caller.session, INSTITUTIONS, said=sorted(said), countries=countries, ids=ids):
            self.institutions.setdefault(name, set()).add(id)

    async def row(self, line: Line) -> Outcome:
        committee = self.committee(line)
        seat, said = self._seat(committee, line), self.people.said(committee, line)
        row = self._found(committee, seat, line)
        if row is None:
            row = await self._new(committee, seat, line, said)
            self.known.append(row)
            outcome = Outcome.CREATED
        elif row.id in self.stated:
            raise Conflict("An earlier row of the file is about the same term.", "stated-twice", pointer="/starts_on")
        else:
            outcome = Outcome.CHANGED if await self._changed(committee, seat, row, line, said) else Outcome.UNCHANGED
        self.stated.add(row.id)
        return outcome

    def _seat(self, committee: Committee, line: Line) -> Seat:
        """The seat that a row names, by its code or id, or by what it is called."""
        said, of = line.said.get("seat", ""), [seat for seat in self.seats if seat.committee_id == committee.id]
        found = [s for s in of if coded(s, said) or str(s.id) == said] or [s for s in of if s.label and folded(s.label) == folded(said)]
        if len(found) > 1:
            raise Conflict("Several seats of the committee are called this; say which by its code.", "seat-ambiguous", pointer="/seat")
        if not found:
            raise Invalid("The committee has no such seat; send the register of seats first.", "seat-unknown", pointer="/seat")
        return found[0]

    def _found(self, committee: Committee, seat: Seat, line: Line) -> Term | None:
        """The term that a row is about: by its code, else by its seat and first day."""
        said, starts_on, alternate = line.said.get("external_id"), self._first(line), self._alternate(line)
        key = (seat.id, starts_on, alternate)
        mine = [row for row in self.known if row.committee_id == committee.id]
        if by_code := [row for row in mine if coded(row, said)]:
            if (by_code[0].seat_id, by_code[0].starts_on, by_code[0].alternate) != key:
                told = "The term of this code is in another seat, or has another first day; void it where that was a mistake."
                raise Conflict(told, "term-differs", pointer="/starts_on")
            return by_code[0]
        if said in self.codes:
            raise Conflict(
                "A term of another committee, or one that was voided, has this code.", "external-id-taken", pointer="/external_id"
            )
        scheme = said.partition(":")[0] if said else None
        same = [row for row in mine if (row.seat_id, row.starts_on, row.alternate) == key]
        return same[0] if same and scheme not in same[0].external_ids else None

    def _first(self, line: Line) -> date:
        found = day(line.said, "starts_on")
        if found is None:
            raise Invalid("This column must be filled.", "starts-on-invalid", pointer="/starts_on")
        return found

    def _alternate(self, line: Line) -> Any:
        return truth(folded(line.said.get("alternate", "no")))

    def _institution(self, line: Line) -> UUID | None:
        if "institution" not in line.said:
            return None
        found = self.institutions.get(line.said["institution"], set())
        if len(found) > 1:
            raise Conflict("Several institutions are called this; say which by its code.", "institution-ambiguous", pointer="/institution")
        if not found:
            told = "No institution has this code or name; send the register of organisations first."
            raise Invalid(told, "institution-unknown", pointer="/institution")
        return next(iter(found))

    async def _instrument(self, committee: Committee, line: Line, *purposes: Purpose) -> Instrument | None:
        """The approved instrument that a row names, by its code or number."""
        said = line.said.get("instrument")
        if said is None:
            return None
        of = [row for row in self.instruments if row.committee_id == committee.id]
        found = [row for row in of if coded(row, said)] or [row for row in of if row.number and folded(row.number) == folded(said)]
        if len(found) > 1:
            raise Conflict("Several instruments have this number; say which by its code.", "instrument-ambiguous", pointer="/instrument")
        if not found:
            raise Invalid("The committee has no such instrument.", "unknown-reference", pointer="/instrument")
        return await instrument_of(self.caller, committee, found[0].id, *purposes)

    async def _new(self, committee: Committee, seat: Seat, line: Line, said: dict[str, Any]) -> Term:
        institution = self._institution(line)
        if not said and institution is None:
            raise Invalid("A term is of somebody: a name, an institution, or both.", "term-of-nobody", pointer="/name")
        who = self.people.meant(committee, said) if said else None
        fresh = [await self.people.new(committee, said)] if said and who is None else []
        if who is not None:
            await self.people.changed(who, said)
        instrument = await self._instrument(committee, line, *Purpose)
        fields = {
            "seat_id": seat.id,
            "person_id": fresh[0].id if fresh else who,
            "on_behalf_of_id": institution,
            "alternate": self._alternate(line),
            "starts_on": self._first(line),
            "ends_on": day(line.said, "ends_on"),
            "instrument_id": instrument.id if instrument else None,
            "external_ids": dict([code(line.said["external_id"])]) if "external_id" in line.said else {},
        }
        fields |= {"selection": word(line.said["selection"])} if "selection" in line.said else {}
        self._forwards(line)
        row = made(Term, stated(TermFields, fields), **placed(committee), body_id=seat.body_id)
        await seated(self.caller, committee, row)
        if reason := self._reason(line):
            end(row, self._end(row.ends_on, reason), None)
        await db.keep(self.caller, row, "create")
        self.people.known += fresh
        return row

    def _forwards(self, line: Line) -> None:
        last = day(line.said, "ends_on")
        if last and last <= self._first(line):
            raise Invalid("A term ends after it has started.", "term-backwards", pointer="/ends_on")

    def _reason(self, line: Line) -> str | None:
        return word(line.said["end_reason"]) if "end_reason" in line.said else None

    def _end(self, ends_on: date | None, reason: str | None) -> TermEnd:
        return stated(TermEnd, {"end_reason": reason or EndReason.OTHER} | ({"ends_on": ends_on} if ends_on else {}))

    async def _changed(self, committee: Committee, seat: Seat, row: Term, line: Line, said: dict[str, Any]) -> bool:
        """Take in what a row says anew of a term that is there: how its holder is reached, its code, when and why it ends."""
        self._forwards(line)
        institution = self._institution(line)
        if (said and row.person_id is None) or (institution and institution != row.on_behalf_of_id):
            told = "Somebody else holds this term; void it, or end it and give the next one its own first day."
            raise Conflict(told, "holder-differs", pointer="/institution" if row.person_id or not said else "/name")
        if "selection" in line.said and word(line.said["selection"]) != row.selection:
            raise Conflict(
                "The holder came to this term otherwise; void it where that was a mistake.", "term-differs", pointer="/selection"
            )
        met = await self.people.changed(row.person_id, said) if said and row.person_id else False
        fields = await self._ended(committee, seat, row, line)
        if fields:
            await db.keep(self.caller, row, "end", fields=fields)
        if "external_id" in line.said and not coded(row, line.said["external_id"]):
            row.external_ids = row.external_ids | dict([code(line.said["external_id"])])
            fields = ["external_ids"]
            await db.keep(self.caller, row, "change", fields=fields)
        return met or bool(fields)

    async def _ended(self, committee: Committee, seat: Seat, row: Term, line: Line) -> list[str]:
        """The fields that change by when and why a row says that a term ends."""
        last, reason = day(line.said, "ends_on") or row.ends_on, self._reason(line)
        last = min(last, seat.ends_on) if last and seat.ends_on else last
        if last == row.ends_on and reason in (None, row.end_reason):
            return []
        longer = last and row.ends_on and last > row.ends_on
        extension = await self._instrument(committee, line, LATER) if longer else None
        end(row, self._end(last, reason or row.end_reason), extension)
        return ["ends_on", "end_reason", *(["instrument_id"] if extension else [])]

    async def left(self) -> Sequence[Term]:
        today, mine = self.caller.at.date(), {row.id for row in self.committees()}
        there = [row for row in self.known if row.committee_id in mine and row.id not in self.stated and row.starts_on < today]
        return [row for row in there if row.ends_on is None or row.ends_on > today]

    def label(self, row: Term) -> str:
        return f"{row.starts_on} {row.id}"

    async def end(self, row: Term) -> None:
        end(row, self._end(self.caller.at.date(), None), None)
        await db.keep(self.caller, row, "end", fields=["ends_on", "end_reason"])

    async def finish(self) -> None:
        await self.people.finish()
