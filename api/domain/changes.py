"""The feed: what an item says, which units came into and went out of a caller's scope, and how a cursor remembers that scope."""

import base64
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from api.domain.errors import Gone
from api.domain.fields import Fields


class ChangeOut(Fields):
    """One change that you may see. Values of personal and secret fields are never in it: they are named by `fields`."""

    noun: str
    """What changed, such as organisation or affiliation; `scope` where your own scope did."""
    thing: str
    """Its key; with `scope` the key of the unit."""
    action: str
    """create, change, delete and the like; with `scope`: entered or left."""
    version: int
    """The version it came to; 0 with `scope`."""
    at: datetime
    """When, UTC."""
    fields: list[str]
    """The fields that were written."""
    body: dict[str, Any] | None
    """The record as it then was; null where it was deleted; counts and periods of an import; the level with `scope`."""
    municipality_id: int | None
    country_id: int | None
    organisation_id: UUID | None


class Unit(StrEnum):
    """The kinds of unit a scope is made of."""

    COUNTRY = "country"
    MUNICIPALITY = "municipality"
    ORGANISATION = "organisation"


Step = tuple[str, Unit, str]
"""entered or left, the kind of unit, its key."""


@dataclass
class Reach:
    """The units a caller reads."""

    countries: set[int] = field(default_factory=set)
    municipalities: set[int] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)

    def steps(self, now: "Reach") -> Iterator[Step]:
        """How this scope became `now`: first what was left, then what was entered.

        Where a country was left, everything else that is still in scope is entered anew: a mirror that dropped the country dropped with it
        the municipalities there that it sees by other rights.
        """
        yield from (("left", Unit.MUNICIPALITY, str(m)) for m in sorted(self.municipalities - now.municipalities))
        yield from (("left", Unit.ORGANISATION, o) for o in sorted(self.organisations - now.organisations))
        yield from (("left", Unit.COUNTRY, str(c)) for c in sorted(self.countries - now.countries))
        rest = Reach() if self.countries - now.countries else self
        yield from (("entered", Unit.COUNTRY, str(c)) for c in sorted(now.countries - self.countries))
        yield from (("entered", Unit.MUNICIPALITY, str(m)) for m in sorted(now.municipalities - rest.municipalities))
        yield from (("entered", Unit.ORGANISATION, o) for o in sorted(now.organisations - rest.organisations))

    def after(self, steps: Iterable[Step]) -> "Reach":
        """This scope after `steps`, which may be the first of many: the next page goes on from here."""
        came = Reach(set(self.countries), set(self.municipalities), set(self.organisations))
        for what, kind, key in steps:
            came._step(what, kind, key)
        return came

    def _step(self, what: str, kind: Unit, key: str) -> None:
        kinds: dict[Unit, set[Any]] = {Unit.COUNTRY: self.countries, Unit.MUNICIPALITY: self.municipalities}
        where = kinds.get(kind, self.organisations)
        named: int | str = key if kind is Unit.ORGANISATION else int(key)
        if what == "entered":
            where.add(named)
            return
        where.discard(named)
        if kind is Unit.COUNTRY:
            self.municipalities.clear()
            self.organisations.clear()

    def packed(self) -> str:
        """This scope as text. Sorted keys are kept as differences and compressed, so that its length is bounded by the territory: the 306
        municipalities of El Salvador take 40 characters, a random half of 20,000 some 8,000; an organisation takes 22."""
        numbers = ";".join(",".join(map(str, _differences(keys))) for keys in (self.countries, self.municipalities))
        whole = f"{numbers};{','.join(o.replace('-', '') for o in sorted(self.organisations))}"
        return base64.urlsafe_b64encode(zlib.compress(whole.encode(), 9)).decode().rstrip("=")

    @classmethod
    def unpacked(cls, text: str) -> "Reach":
        """The scope that `packed` gave; `text` was sealed, so it is whole."""
        whole = zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).decode()
        countries, municipalities, organisations = (part.split(",") if part else [] for part in whole.split(";"))
        return cls(set(accumulate(map(int, countries))), set(accumulate(map(int, municipalities))), {str(UUID(o)) for o in organisations})


def _differences(keys: set[int]) -> list[int]:
    return [b - a for a, b in pairwise([0, *sorted(keys)])]


def living(then: str, now: str) -> None:
    """Raises Gone where a cursor is of another life of the database: the numbers in it mean nothing any more."""
    if then != now:
        raise Gone("The database was restored since this cursor was given; start again without it.", "cursor-gone", pointer="query/cursor")
