"""The people that a register of terms names. Names and contacts go to the one table of names, and what is compared there is recorded as
read. No refusal repeats any of it."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from api import db
from api.access import Caller
from api.committees import Personal, opened, placed, target
from api.domain.committee.committees import Committee
from api.domain.committee.persons import Person, PersonFields, living, personal
from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import made, merged
from api.domain.levels.registers import stated, truth
from api.domain.roles import Action
from api.readers import folded
from api.readers.tables import Line

COLUMNS = dict.fromkeys(("name", "email", "phone", "groups", "languages", "publish_consent"), False)
SEEN = Personal().seen()
THERE = f"select t.id, t.committee_id, t.name, t.email from person t where t.committee_id = :committee and t.erased_at is null and {SEEN}"
BETWEEN = re.compile(r"[\s,;|]+")


class Known(NamedTuple):
    """Somebody who is known to a committee."""

    id: UUID
    committee_id: UUID
    name: str
    email: str | None


class People:
    """Those of the committees that a file names, as far as the caller has the personal scope."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.open: set[UUID] = set()
        """Committees whose names the caller may read and write."""
        self.known: list[Known] = []
        self.read: set[UUID] = set()

    async def begin(self, committees: Iterable[Committee]) -> None:
        """Look up who is known to the committees."""
        for committee in committees:
            if self.caller.may(Action.WRITE_PERSONS, target(committee)) and await opened(self.caller, committee.id):
                self.open.add(committee.id)
                self.known += [Known(*row) for row in await db.run(self.caller.session, THERE, committee=committee.id)]

    def said(self, committee: Committee, line: Line) -> dict[str, Any]:
        """What a row says of a person; nothing where it names nobody. Raises NotAllowed without the personal scope, Invalid without a
        name."""
        said: dict[str, Any] = {column: line.said[column] for column in COLUMNS if column in line.said}
        if not said:
            return {}
        try:
            personal(committee.id in self.open)
        except NotAllowed as refusal:
            refusal.pointer = "/name"
            raise
        if "name" not in said:
            raise Invalid("Say whose this is, or leave it out.", "name-invalid", pointer="/name")
        said |= {column: BETWEEN.split(folded(said[column])) for column in ("groups", "languages") if column in said}
        if "publish_consent" in said:
            said["publish_consent"] = truth(folded(said["publish_consent"]))
        stated(PersonFields, said)
        return said

    def meant(self, committee: Committee, said: dict[str, Any]) -> UUID | None:
        """Who of the committee is meant, by name and, where several may be, by e-mail; None where somebody new is. Raises Conflict where it
        is not to be told."""
        email = stated(PersonFields, said).email
        same = [p for p in self.known if p.committee_id == committee.id and folded(p.name) == folded(said["name"])]
        self.read |= {p.id for p in same}
        if email:
            same = [p for p in same if p.email == email] or [p for p in same if p.email is None]
        if len(same) > 1:
            told = "Several people of the committee are called this; tell them apart by their e-mail."
            raise Conflict(told, "person-ambiguous", pointer="/email")
        return same[0].id if same else None

    async def new(self, committee: Committee, said: dict[str, Any]) -> Known:
        """Keep somebody new."""
        row = made(Person, stated(PersonFields, said), **placed(committee))
        await db.keep(self.caller, row, "create")
        return Known(row.id, committee.id, said["name"], row.email)

    async def changed(self, id: UUID, said: dict[str, Any]) -> bool:
        """Take in how somebody is reached now, and how they are spelled. Raises Conflict where they were erased, or are somebody else.

        Consent that was taken back since stays taken back: a file is sent again, a person's word is not.
        """
        row = await db.fetch(self.caller, Person, id, SEEN)
        self.read.add(id)
        try:
            living(row)
        except Conflict as refusal:
            refusal.pointer = "/name"
            raise
        if folded(row.name or "") != folded(said["name"]):
            told = "Somebody else holds this term; void it, or end it and give the next one its own first day."
            raise Conflict(told, "holder-differs", pointer="/name")
        less = {k: v for k, v in said.items() if k != "publish_consent" or v is False}
        changed = merged(row, stated(PersonFields, less), PersonFields)
        if changed:
            await db.keep(self.caller, row, "change", fields=changed)
        return bool(changed)

    async def finish(self) -> None:
        """Record whose names were compared, also where nothing of the file was kept."""
        await db.saw(self.caller, Person, sorted(self.read))
