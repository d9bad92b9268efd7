"""What a list is: its parameters, its page, and the table that says how one noun is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Query as AsQuery
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel import SQLModel

from api.domain.calendar import within
from api.domain.errors import Invalid
from api.domain.levels import Level
from api.levels import UNITS, Shape, as_known
from api.pages.forms import Form

Item = TypeVar("Item")


USUAL, MOST = 50, 200
"""Items on a page where nobody says, and the most there may be."""


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    # Described in the fields, not below them: pydantic would look through the source again for each kind of item (0.1 s in all, measured).
    model_config = ConfigDict(extra="forbid")

    items: list[Item]
    next: Annotated[
        str | None, Field(description="Send it back as `cursor` for the following page; null on the last. Also in the header Link.")
    ]
    count: Annotated[int | None, Field(description="How many there are on all pages; only with `count=exact`.")] = None


Day = Annotated[date, AfterValidator(within)]
"""A day that is asked about: PostgreSQL's driver keeps the outermost as infinite, which is no day in JSON."""
AsOf = Annotated[Day | None, AsQuery(description="The day; today where it is missing.")]


class Query(BaseModel):
    """The parameters that every list takes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    """Most items on one page."""
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    """`next` of the page before."""
    count: Literal["exact"] | None = None
    """`exact` adds how many there are on all pages; costs as much as reading them."""
    format: Literal["json", "geojson", "ndjson", "csv"] | None = None
    """Instead of the header Accept: ndjson and csv answer the whole list without pages."""
    sort: Annotated[str | None, Field(pattern=r"^-?[a-z][a-z_]{0,30}$")] = None
    """Another order than the usual one, such as `id`; a minus in front turns it round. An unknown one is told what there is."""
    fields: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$", max_length=1000)] = None
    """Only these members of each item, such as `id,name`: of the item's schema what is named is there and nothing else."""
    as_of: Day | None = None
    """The day on which the level is looked at; today where it is missing."""


JOINED = re.compile(r" (?=(?:left )?join )")
NOT_FILTERS = frozenset({"limit", "cursor", "count", "format", "sort", "fields"})
AS_QUERY = AsQuery()


@dataclass(frozen=True)
class Cut:
    """What of a list a page is, as far as PostgreSQL plans for it: for the usual page otherwise than for the largest."""

    after: bool
    exact: bool
    most: int
    some: bool
    """Whether only some members are asked for. Which ones is a value of the statement: else every choice would be planned and kept."""

    @classmethod
    def of(cls, query: Query) -> "Cut":
        """The cut of what was asked for."""
        return cls(query.cursor is not None, query.count == "exact", USUAL if query.limit <= USUAL else MOST, query.fields is not None)


@dataclass(frozen=True)
class Listing:
    """How one noun is read: its answer, where its rows are, who may see them, its filters and order. A table, not a page of code."""

    name: str
    out: type[SQLModel]
    table: str
    """The from-clause; the noun's own table is `t`."""
    shape: Shape
    keys: tuple[tuple[str, str], ...]
    """Sort keys as (SQL, type), the last one unique."""
    query: type[Query] = Query
    filters: Mapping[str, str] = field(default_factory=dict)
    """Parameter -> condition over `t`, its value being {value}."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field -> SQL, for those that are not a column of `t` by the same name."""
    only: str = "true"
    """Which rows of the table are listed at all, over `t`; one is still found by its address."""
    address: str = "t.id = {id}"
    """How one is found."""
    descending: bool = False
    sorts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Name -> sort keys, the last one unique: the further orders a list may be asked for in."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    """Name -> what of other systems' forms the list may be read in whole."""
    point: tuple[str, str] | None = None
    """Longitude and latitude, where the list can be drawn (geojson)."""
    then: "Listing | None" = None
    """The same list as it was known at an instant, where its query has one ({known_at})."""
    known: bool = False
    """Whether it is such a list: then its level has the municipalities that it was known to have."""

    def __hash__(self) -> int:
        return hash(self.name)

    def column(self, name: str) -> str:
        return self.columns.get(name, f"t.{name}")

    def select(self, fields: tuple[str, ...] | None = None) -> str:
        """The column list of the answer, generated from its class, or of some of its members."""
        return ", ".join(f'{self.column(name)} as "{name}"' for name in fields or self.out.model_fields)

    def chosen(self, fields: str | None) -> tuple[str, ...]:
        """The members asked for, all where none are named. Raises Invalid naming those there are."""
        named = None if fields is None else set(fields.split(","))
        strange = sorted((named or set()) - set(self.out.model_fields))
        if strange:
            told = list(self.out.model_fields)
            raise Invalid(f"Items have no {', '.join(strange)}.", "field-unknown", pointer="query/fields", choices=told)
        return tuple(name for name in self.out.model_fields if named is None or name in named)

    def parted(self) -> tuple[str, str]:
        """Where the rows themselves are, and what is joined to each afterwards; all of it first where a joined column sorts them."""
        first, joined = [*JOINED.split(self.table, maxsplit=1), ""][:2]
        return (first if all(key.startswith("t.") for key, _ in self.keys) else self.table), joined

    def unit(self, level: Level) -> str:
        """The unit of the level, with its municipalities."""
        return as_known(level) if self.known else UNITS[level]

    def ordered(self, sort: str | None) -> "Listing":
        """The same list in another order. Raises Invalid naming the orders there are."""
        return self if sort is None else _ordered(self, sort)


@lru_cache(maxsize=256)
def _ordered(listing: Listing, sort: str) -> Listing:
    keys = listing.sorts.get(sort.removeprefix("-"))
    if keys is None:
        told = sorted(listing.sorts)
        raise Invalid(
            f"This list is sorted by {', '.join(told) or 'its usual order only'}.", "sort-unknown", pointer="query/sort", choices=told
        )
    return replace(listing, name=f"{listing.name} by {sort}", keys=keys, descending=sort.startswith("-"))
