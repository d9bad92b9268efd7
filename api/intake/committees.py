"""The register of committees: those that are years old enter by it, and what they were before they joined is declared."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from api import db
from api.access import Caller
from api.committees import HERE, declared, framed
from api.domain.committee.committees import Committee, CommitteeFields, CommitteeState, alive
from api.domain.committee.declarations import MILESTONES, DeclarationFields, DeclaredKind
from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import made, merged
from api.domain.levels.registers import Outcome, code, day, stated
from api.domain.roles import Action, Target
from api.intake.registers import Register, named, only, places, thing_of
from api.readers import folded
from api.readers.tables import Line

TAKEN = {"en": "Taken from a register.", "es": "Tomado de un registro.", "pt": "Tirado de um registro."}
DAYS = {kind: f"{kind}_on" for kind in MILESTONES}
REFERENCES = {kind: f"{kind}_reference" for kind in MILESTONES}


class Sitting(NamedTuple):
    """A committee as rows may mean it."""

    id: UUID
    municipality_id: int
    name: str
    state: str
    external_ids: dict[str, str]


SITTING = f"""select t.id, t.municipality_id, t.name, t.state, t.external_ids from committee t
    where t.municipality_id = any(cast(:places as int[])) and {HERE.seen()} order by t.id"""


async def of_places(caller: Caller, municipalities: Iterable[int]) -> list[Sitting]:
    """The committees that sit in these municipalities, as far as the caller sees them."""
    return [Sitting(*row) for row in await db.run(caller.session, SITTING, places=sorted(set(municipalities)))]


class Committees(Register):
    """Committees, keyed by their code, or where a row has none by where they sit and what they are called."""

    kind = "committees"
    whole, most = True, 5_000
    columns: ClassVar[dict[str, bool]] = {
        "municipality": True,
        "name": True,
        "external_id": False,
        "framework": False,
        "covers": False,
        "note": False,
        **{column: False for kind in MILESTONES for column in (DAYS[kind], REFERENCES[kind])},
    }
    called: ClassVar[dict[str, str]] = {"external_ids": "external_id"}

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self.known: list[Sitting] = []
        self.codes: dict[str, str] = {}
        self.stated: dict[UUID, tuple[int, int]] = {}
        """What the file names -> where it sits."""

    async def begin(self, lines: Sequence[Line]) -> None:
        covered = [Line(0, {"municipality": a}) for line in lines for a in line.said.get("covers", "").split()]
        self.places = await places(self.caller, [*lines, *covered], self.ledger)
        here = sorted({place for place, _ in self.places.values()})
        # Two files at once, or one sent twice: the second waits, and finds what the first made.
        await db.run(self.caller.session, WAIT, places=here)
        self.known = await of_places(self.caller, here)
        self.codes = await named(self.caller, "committee", (line.said.get("external_id") for line in lines))

    async def row(self, line: Line) -> Outcome:
        place = self.place(line)
        if not self.caller.may(Action.WRITE_COMMITTEE, Target(country_id=place[1], municipality_id=place[0])):
            raise NotAllowed("You do not keep the committees of this municipality.", "place-not-yours", pointer="/municipality")
        body, found = self._body(line), self._found(line, place[0])
        if found is None:
            await framed(self.caller, body, place[0])
            row = made(Committee, body, country_id=place[1], municipality_id=place[0])
            await db.keep(self.caller, row, "create")
            await self._declared(row, line)
            self.known.append(Sitting(row.id, row.municipality_id, row.name, row.state, row.external_ids))
            self.stated[row.id] = place
            return Outcome.CREATED
        row = await db.fetch(self.caller, Committee, found.id, "true")  # Found among those that are seen.
        if row.id in self.stated:
            raise Conflict("An earlier row of the file is about the same committee.", "stated-twice", pointer="/name")
        changed = await self._changed(row, body)
        changed = await self._declared(row, line) or changed
        self.stated[row.id] = place
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _body(self, line: Line) -> CommitteeFields:
        said: dict[str, Any] = {k: line.said[k] for k in ("name", "framework", "note") if k in line.said}
        if "covers" in line.said:
            addresses = line.said["covers"].split()
            if unknown := [a for a in addresses if a not in self.places]:
                raise Invalid(f"{len(unknown)} of these are no municipality.", "place-unknown", pointer="/covers")
            said["covers"] = [self.places[a][0] for a in addresses]
        if "external_id" in line.said:
            said["external_ids"] = dict([code(line.said["external_id"])])
        return stated(CommitteeFields, said)

    def _found(self, line: Line, place: int) -> Sitting | None:
        """The committee that a row is about: by its code, else by its name where it sits."""
        said, id = line.said.get("external_id"), thing_of(self.codes, line.said.get("external_id"))
        if id is not None or (said and (id := self._just_made(said))):
            found = next((row for row in self.known if row.id == id), None)
            if found is None or found.municipality_id != place:
                raise Conflict("A committee that sits elsewhere has this code.", "external-id-taken", pointer="/external_id")
            return found
        scheme = said.partition(":")[0] if said else None
        same = [
            row
            for row in self.known
            if row.municipality_id == place
            and row.state != CommitteeState.DISSOLVED
            and folded(row.name) == folded(line.said.get("name", ""))
            and scheme not in row.external_ids
        ]
        if len(same) > 1:
            raise Conflict("Several committees here are called this; say which by its code.", "committee-ambiguous", pointer="/name")
        return same[0] if same else None

    def _just_made(self, said: str) -> UUID | None:
        scheme, value = code(said)
        return next((row.id for row in self.known if row.external_ids.get(scheme) == value), None)

    async def _changed(self, row: Committee, body: CommitteeFields) -> bool:
        if "external_ids" in body.model_fields_set:
            body.external_ids = {**row.external_ids, **body.external_ids}
        changed = merged(row, body, CommitteeFields)
        if changed:
            alive(row)
            await framed(self.caller, row, row.municipality_id)
            await db.keep(self.caller, row, "change", fields=changed)
        return bool(changed)

    async def _declared(self, row: Committee, line: Line) -> bool:
        """Declare what the row says of the time before the committee joined; a milestone that has this day already keeps it."""
        new = [kind for kind in MILESTONES if (on := day(line.said, DAYS[kind])) and on != getattr(row, DAYS[kind])]
        for kind in new:
            try:
                await declared(self.caller, row, self._fact(line, kind))
            except (Invalid, Conflict) as refusal:
                refusal.pointer = f"/{(REFERENCES if refusal.pointer == '/reference' else DAYS)[kind]}"
                raise
        return bool(new)

    def _fact(self, line: Line, kind: DeclaredKind) -> DeclarationFields:
        if REFERENCES[kind] not in line.said:
            told = "Say in which document it can be read, such as book and page of the minutes."
            raise Invalid(told, "reference-missing", pointer="/reference")
        said = {"kind": kind, "happened_on": day(line.said, DAYS[kind]), "reference": line.said[REFERENCES[kind]]}
        return stated(DeclarationFields, said | {"description": TAKEN[self.caller.language]})

    async def left(self) -> Sequence[Sitting]:
        here = {municipality for municipality, _ in self.stated.values()}
        return [
            row for row in self.known if row.municipality_id in here and row.state != CommitteeState.DISSOLVED and row.id not in self.stated
        ]

    def label(self, row: Sitting) -> str:
        return row.name

    async def end(self, row: Sitting) -> None:
        raise Conflict("A committee is dissolved by an instrument of the council, each by itself.", "instrument-needed")

    def where(self) -> dict[str, Any]:
        return lying(self.stated.values())


WAIT = """select pg_advisory_xact_lock(hashtextextended('committees of ' || x, 0))
    from (select p from unnest(cast(:places as int[])) p order by p) o (x)"""


def lying(places: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """Where an import lies that is about these municipalities of these countries."""
    rows = list(places)
    country = only(country for _, country in rows)
    return {"country_id": country, "municipality_id": only(municipality for municipality, _ in rows) if country else 0}
