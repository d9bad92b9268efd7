"""What every computed answer of an indicator begins with: who may have it, of what level, which sources it is made of, as known when."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

import asyncpg
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import SQLModel

from api import pages
from api.access import Reading
from api.answers.relations import REGISTER, Boundary, Relations
from api.answers.sums import KIND
from api.answers.told import told
from api.domain.fields import found
from api.domain.indicator.catalogue import Direction, of_a_kind
from api.domain.indicator.computed import counting, meant
from api.domain.indicator.figures import on_the_map, one_kind, unprotected, visible
from api.domain.indicator.protection import listed, one_source
from api.domain.indicator.rates import PER
from api.domain.levels import Level
from api.levels import Lens
from api.pages.secrecy import SENSITIVE
from api.pages.statements import ENTERED, Statement, prepared

Making = Callable[[Relations], Statement]
DISJOINT = frozenset({Level.REGION, Level.COUNTRY, Level.MUNICIPALITY})
"""Levels whose parts do not overlap; a municipality may belong to several associations and programmes."""
LABEL = "case {language} when 'es' then i.label_es when 'pt' then i.label_pt else i.label_en end"
PER_HEAD = "coalesce(i.denominator = 'population', false)"
"""Whether there is a rate: only where the definition says that it is held against residents, and there is nothing else here."""
FRAME = """
select e.who, q.*
from {entered}
left join lateral (
  select l.unit::text as unit, l.sees, {sensitive} as sensitive, case when {sensitive} then {writes} end as writes,
         i.code as indicator, i.unit as measure, i.direction,
         i.adds_over_area = 'sum' as adds, {per_head} as per_head, {{known_at}}::timestamptz as asked,
         {label} as label, {recorded} as latest, {succeeded} as succeeded, y.*
  from ({unit}) l left join {indicator} i on i.code = {{indicator}}
  left join lateral (
    with {heirs} {stood} chosen as materialized (
      select s.* from {source} s where {kind} and ({{source}}::text is not null or i.origin <> 'computed' or s.kind = 'computed')
        and exists (select from {figures} where t.indicator_id = i.id and t.source_id = s.id and app.adds_up(t.territory_id) and {within}
          {at_all})),
    {told} {relations}
    select (select json_agg(row_to_json(o) order by o.code)::text from (select c.code, c.name, c.kind, c.counting_unit from chosen c) o)
             as sources,
           (select count(*) > 1 from chosen) and exists (select from {figures} join chosen s on s.id = t.source_id
             where {within} and t.indicator_id = i.id and app.adds_up(t.territory_id)
               group by t.territory_id, t.year having count(*) > 1) as overlap,
           {columns}
  ) y on true
) q on e.who is not null"""
WRITES = {
    Level.REGION: "(select app.write_region())",
    Level.COUNTRY: "l.unit = any((select app.write_countries())::int[])",
}
EVERY = f"""(select coalesce(bool_and({REGISTER.seen("write")}), false) from municipality t where t.id = any(l.municipalities))"""


def writes(level: Level) -> str:
    """Whether the caller may write all figures of unit `l`, as SQL."""
    return WRITES.get(level, EVERY)


def framed(made_of: Relations, relations: str, columns: str) -> Statement:
    """The statement of one kind of answer: its `relations` are CTEs over `l`, `i` and `chosen`, its `columns` are made of them."""
    level = made_of.level
    return prepared(FRAME.format(
        entered=ENTERED, unit=made_of.unit, writes=writes(level), label=LABEL, per_head=PER_HEAD,
        recorded=made_of.recorded(), succeeded=made_of.succeeded,
        sensitive=SENSITIVE, told=told(made_of), heirs=made_of.heirs(), stood=made_of.stood(), kind=KIND, figures=made_of.figures(),
        within=made_of.within(), at_all=made_of.at_all, relations=relations, columns=columns, **made_of.registers,
    ))  # fmt: skip


class SourceOf(SQLModel):
    """Who counted, and what."""

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    code: str
    name: str
    kind: str
    counting_unit: str


class Heading(SQLModel):
    """What an answer is about and made of."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    indicator: str
    label: str
    """In the caller's language."""
    level: Level
    unit: str
    """As the address named it; empty for the region."""
    boundary: Boundary
    measure: str
    """What a value is a number of: count, per-100k or percent."""
    direction: Direction
    """Which way is better: down or up."""
    sources: list[SourceOf]
    """Of one kind and counting unit: they add up across places, never in one. Empty where there is no data."""
    per: int
    """A rate is per this many residents."""
    as_known_at: datetime | None
    """When a figure, or what the register says of these countries, last changed: send it back as `known_at` and get the same answer for
    ever; for an association or programme with `as_of`, where its members have changed by the day since."""
    demonstration: bool
    """Whether any value is invented for the demonstration."""
    protected: bool
    """Whether the indicator is sensitive and you may not write all its figures here: counts below 10 are hidden, zero like nine (null, with
    the reason `protected`), all others rounded to 5, and rates and intervals made of those. Totals are rounded by themselves, so they need
    not add up; `unspecified` and `published` are not told, and of a municipality its own figures without its predecessors'."""


class FiguresQuery(BaseModel):
    """What every computed answer may be asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    source: Annotated[str | None, Field(max_length=63)] = None
    """Code of a source, a kind such as police, or kind:counting-unit; needed where several kinds have data, which are never added. Of an
    indicator that is counted here (origin `computed`) it is `computed` where none is named: what is invented is asked for by name."""
    boundary: Boundary = Boundary.THEN
    """`then`: the municipalities of the time; `now`: converted to those of today by the shares of successions, and marked
    estimated; a municipality that is not there any more then answers 422 `municipality-succeeded` with `choices`, who took its place."""
    known_at: AwareDatetime | None = None
    """An instant with its offset: what was known then, the same for ever. Any `as_known_at` of an answer, or a minute ago."""
    as_of: date | None = None
    """The day on which the members of an association or programme are looked at; that of known_at, or today."""

    def lens(self, reading: Reading, lens: Lens) -> Lens:
        """The level, with its members on the day that is asked about."""
        return replace(lens, as_of=self.as_of or (self.known_at or reading.at).date())


class RowsQuery(FiguresQuery):
    """What an answer that is made of rows may be asked for."""

    format: Literal["json", "ndjson", "csv"] | None = None
    """Instead of the header Accept: each row as a line of JSON, or CSV whose columns are explained at /v1/csvw (header Link)."""


@dataclass(frozen=True)
class Asked:
    """What is asked of an indicator."""

    indicator: str
    source: str | None = None
    boundary: Boundary = Boundary.THEN
    known_at: datetime | None = None

    def made_of(self, lens: Lens) -> Relations:
        """The relations that answer it."""
        return Relations(lens.level, self.boundary, self.known_at is not None)

    def plainly(self, lens: Lens) -> bool:
        """Whether it is asked of a level whose parts do not overlap, on the map of the time and of what is known now."""
        return lens.level in DISJOINT and self.boundary is Boundary.THEN and self.known_at is None

    def protected(self, lens: Lens) -> None:
        """Raises NotAllowed unless it is one of the answers that are told of a sensitive indicator; most are not."""
        listed(False)

    def known(self) -> dict[str, Any]:
        """The values of a statement."""
        return {"indicator": self.indicator, "source": meant(self.indicator, self.source), "known_at": self.known_at}


async def sourced(reading: Reading, source: str | None, pointer: str = "query/source") -> None:
    """Raises Invalid where what is to be answered of is no source and no kind of source."""
    if source is not None and not of_a_kind(source):
        await pages.named(reading, {"source": source}, pointer)


async def headed(
    reading: Reading, lens: Lens, asked: Asked, statement: Statement | Making, more: Mapping[str, Any] | None = None
) -> tuple[asyncpg.Record, dict[str, Any]]:
    """The row of a framed statement, and the members of its heading; `more` are further values of the statement. One that is made for its
    relations can be made of what is told of a sensitive indicator; any other is refused there.

    Raises NotFound where the level or indicator is not there or nothing of the level is seen, NotAllowed where a part or where a sensitive
    indicator is not told like this, Invalid where several kinds of source have data and none was named, where the one named is
    not there, where the municipality is not on today's map, or where what is known then is not settled.
    """
    await pages.settled(reading, asked.known_at)
    made_of = asked.made_of(lens)
    known = pages.known_of(reading) | asked.known() | {"unit": lens.unit, "as_of": lens.as_of} | dict(more or {})
    row = await pages.ask(reading, statement(made_of) if callable(statement) else statement, known)
    found(row["unit"])
    visible(row["sees"])
    on_the_map(row["succeeded"])
    found(row["indicator"])
    protected = bool(row["sensitive"] and not row["writes"])
    if protected and callable(statement):
        asked.protected(lens)
        row = await pages.ask(reading, statement(replace(made_of, told=True)), known)
    else:
        unprotected(protected)
    sources = counting(row["indicator"], json.loads(row["sources"] or "[]"))
    if not sources:
        await sourced(reading, meant(asked.indicator, asked.source))
    one_kind(sources, row["overlap"])
    if protected:
        one_source(sources)
    said = {"level": lens.level, "unit": lens.unit, "boundary": asked.boundary, "sources": sources, "per": PER, "protected": protected}
    said |= {name: row[name] for name in ("indicator", "label", "measure", "direction")}
    said |= {"as_known_at": asked.known_at or row["latest"], "demonstration": any(s["kind"] == "demonstration" for s in sources)}
    return row, said
