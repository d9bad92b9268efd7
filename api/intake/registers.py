"""Registers that are sent as tables: one transaction, row by row through the write door. What one holds is said by its kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import inspect

from api import db
from api.access import Caller
from api.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from api.domain.fields import new_id
from api.domain.indicator.imports import Import
from api.domain.levels.registers import Ledger, Outcome, confirmed_ends
from api.intake.upload import Upload
from api.readers import words
from api.readers.tables import Line, table

REFUSES = (Invalid, Conflict, NotAllowed, NotFound)
"""What is wrong with a row, and not with the request."""


@dataclass(frozen=True)
class Asked:
    """How a register is taken in."""

    snapshot: bool
    confirm_ends: int | None
    dry_run: bool


class Register:
    """What one kind of register is. A kind says what its table is called and holds, what a row comes to, and what a snapshot would end."""

    kind: ClassVar[str]
    columns: ClassVar[dict[str, bool]]
    """Those understood, and whether each is required."""
    whole: ClassVar[bool] = False
    """Whether one row that is refused keeps all others out."""
    most: ClassVar[int] = 20_000
    """Rows of one file: it is one transaction, and while that is open nobody's feed goes on."""
    personal: ClassVar[bool] = False
    """Whether it holds names: then not even what the file is called is kept."""
    called: ClassVar[dict[str, str]] = {}
    """Member of a body -> the column in which a row says it, where it is called otherwise."""

    clashes: ClassVar[dict[str, str]] = {}
    """Code of a constraint that a row may violate -> the column concerned."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.places: dict[str, tuple[int, int]] = {}
        """Address -> (municipality, country)."""
        self.ledger = Ledger(0)

    async def begin(self, lines: Sequence[Line]) -> None:
        """Look up at once what the rows name."""
        self.places = await places(self.caller, lines, self.ledger)

    async def row(self, line: Line) -> Outcome:
        """Do what a row says. Raises a Refusal where it cannot be."""
        raise NotImplementedError

    async def left(self) -> Sequence[Any]:
        """What the file, taken as the whole register, no longer holds."""
        return ()

    def label(self, row: Any) -> str:
        """What is told of something that the file no longer holds."""
        return str(row.id)

    async def end(self, row: Any) -> None:
        """End what the file no longer holds."""
        raise NotImplementedError

    async def finish(self) -> None:
        """What is recorded whatever became of the rows."""

    def where(self) -> dict[str, Any]:
        """Where the import lies, so that others of that unit read its report."""
        return {}

    def place(self, line: Line) -> tuple[int, int]:
        """The municipality and country that a row names. Raises Invalid where there is none such."""
        found = self.places.get(line.said.get("municipality", ""))
        if found is None:
            raise Invalid("No municipality has this code.", "place-unknown", pointer="/municipality")
        return found

    def column(self, refusal: Refusal) -> str | None:
        """The column that a refusal points at."""
        member = (refusal.pointer or "").removeprefix("/").split("/")[0]
        return self.called.get(member, member) or self.clashes.get(refusal.code)


def _whole_again(said: str) -> str:
    """A code with the leading zeros that a spreadsheet took from it."""
    scheme, colon, code = said.partition(":")
    return f"{scheme}:{code.zfill(words.DIGITS[scheme])}" if colon and code.isdigit() and scheme in words.DIGITS else said


async def places(caller: Caller, lines: Iterable[Line], ledger: Ledger) -> dict[str, tuple[int, int]]:
    """Address -> (municipality, country), for the addresses that are known; a code that lost its leading zeros is counted."""
    said = sorted({line.said["municipality"] for line in lines if "municipality" in line.said})
    whole = {address: _whole_again(address) for address in said}
    rows = await db.run(
        caller.session,
        "select a, m.id, m.country_id from unnest(cast(:said as text[])) a join municipality m on m.id = app.municipality_of(a)",
        said=sorted({*said, *whole.values()}),
    )
    known = {a: (m, c) for a, m, c in rows}
    healed = {address for address in said if address not in known and whole[address] in known}
    ledger.healed += len(healed)
    return {address: known[whole[address]] for address in said if whole[address] in known} | {a: known[a] for a in said if a in known}


async def named(caller: Caller, noun: str, said: Iterable[str | None]) -> dict[str, str]:
    """`scheme:value` -> thing, for the codes that are taken."""
    statement = (
        "select scheme || ':' || value, thing from external_id where noun = :noun and scheme || ':' || value = any(cast(:said as text[]))"
    )
    return dict(list(await db.run(caller.session, statement, noun=noun, said=sorted({code for code in said if code}))))


class _Undone(Exception):
    """Nothing of what was done is to be kept."""


async def take_in(register: Register, upload: Upload, asked: Asked) -> Import:
    """Take a register in, and keep what came of every row. A dry run does it and undoes it, so it finds what the real one would.

    Raises Invalid on another table, Conflict where a snapshot would end another number than was confirmed.
    """
    caller, read = register.caller, table(upload.file, register.columns, register.most, personal=register.personal)
    ledger = register.ledger = Ledger(len(read.lines), read.header_row, read.sheet)
    try:
        async with caller.session.begin_nested():
            await register.begin(read.lines)
            for line in read.lines:
                await _row(register, line)
            if asked.snapshot and not (register.whole and ledger.refused):
                await _snapshot(register, asked)
            if asked.dry_run or (register.whole and ledger.refused):
                raise _Undone
    except _Undone:
        pass
    await register.finish()
    return await _kept(register, upload, asked)


async def _row(register: Register, line: Line) -> None:
    """A row that is refused is undone by itself: the next ones are looked at all the same."""
    session, ledger = register.caller.session, register.ledger
    try:
        async with session.begin_nested():
            if line.beyond:
                raise Invalid("The row has more cells than the header; put texts with a comma in quotes.", "columns-many")
            if formula := next((column for column, cell in line.said.items() if cell == "="), None):
                raise Invalid("This cell holds a formula without its value; save the file with values.", "formula", pointer=f"/{formula}")
            outcome = await register.row(line)
    except REFUSES as refusal:
        ledger.refuse(line.row, refusal, register.column(refusal))
        for thing in [thing for thing in session if inspect(thing).expired_attributes]:
            await session.refresh(thing)
    else:
        ledger.outcomes[outcome] += 1


async def _snapshot(register: Register, asked: Asked) -> None:
    left = await register.left()
    register.ledger.would_end = [register.label(row) for row in left]
    for row in confirmed_ends(left, asked.confirm_ends):
        await register.end(row)
        register.ledger.ended += 1


async def _kept(register: Register, upload: Upload, asked: Asked) -> Import:
    caller, ledger = register.caller, register.ledger
    row = Import(
        id=new_id(),
        principal_id=caller.principal,
        kind=register.kind,
        reader="table",
        file_name=None if register.personal else upload.name,
        file_sha256=upload.sha256,
        bytes=upload.size,
        dry_run=asked.dry_run,
        state=ledger.state(dry_run=asked.dry_run, whole=register.whole),
        report=ledger.report().model_dump(mode="json"),
        **register.where(),
    )
    await db.keep(caller, row, "import", fields=["report"])
    return row


def only(units: Iterable[int]) -> int:
    """The one unit that all rows are of; 0 where there are several, or none."""
    found = set(units)
    return found.pop() if len(found) == 1 else 0


def thing_of(known: dict[str, str], code: str | None) -> UUID | None:
    """The thing that a code stands for."""
    return UUID(known[code]) if code in known else None
