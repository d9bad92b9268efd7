"""All indicators of a level at a glance: of each kind of source the last year and month with data, each with the one before it. What stands
there is the end of a series, made by the same words."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict
from sqlmodel import SQLModel

from api import pages
from api.access import Reading
from api.answers.headings import LABEL, PER_HEAD, Asked, SourceOf, sourced, writes
from api.answers.relations import Boundary, Relations
from api.answers.series import over_time, places
from api.answers.silence import Entry, told_of_many
from api.answers.sums import CODES, KIND, MONTHS, summed, years
from api.domain.fields import found
from api.domain.indicator.catalogue import Direction
from api.domain.indicator.computed import counting
from api.domain.indicator.figures import on_the_map, points, visible
from api.domain.indicator.rates import PER, Point
from api.domain.levels import Level
from api.levels import Lens
from api.pages.secrecy import SENSITIVE
from api.pages.statements import ENTERED, Statement, prepared

_LAST = " ".join(f"when t.by_month[{m}] is not null then {m}" for m in range(12, 0, -1))
LAST_MONTH = f"case when t.by_month is not null then case {_LAST} end end"
"""The last month of which a year of the summary says anything; null where it is stated by quarters or as a whole."""
LATEST = """
select e.who, q.*
from {entered}
left join lateral (
  select l.unit::text as unit, l.sees, {recorded} as latest, {succeeded} as succeeded, {codes}, y.items
  from ({unit}) l left join lateral (
    with {heirs} {stood} {places} held as materialized (
      select h.indicator_id, h.source_id, max(h.year) as year, max(h.monthly) as monthly from (
        select t.indicator_id, t.source_id, max(t.year) as year, max(t.year * 12 + {last_month} - 1) as monthly
        from {figures} where {within} and app.adds_up(t.territory_id) group by t.territory_id, t.indicator_id, t.source_id) h
      group by 1, 2),
    kinds as (
      select h.indicator_id, array_agg(h.source_id) as sources, max(h.year) as year, max(h.monthly) as monthly
      from held h join {source} s on s.id = h.source_id where {kind} group by h.indicator_id, s.kind, s.counting_unit),
    weighed as materialized (
      select k.*, cardinality(k.sources) > 1 and exists (
        select from {figures} where {within} and t.indicator_id = k.indicator_id and t.source_id = any(k.sources)
          and app.adds_up(t.territory_id) group by t.territory_id, t.year having count(*) > 1) as overlap
      from kinds k),
    entries as (
      select k.indicator_id, k.sources, k.year, k.monthly from weighed k where not k.overlap
      union all select h.indicator_id, array[h.source_id], h.year, h.monthly
        from weighed k join held h on h.indicator_id = k.indicator_id and h.source_id = any(k.sources) where k.overlap),
    spans as materialized (
      select n.*, row_number() over () as entry, make_date(n.year, 1, 1) as year_on,
        make_date(n.monthly / 12, n.monthly % 12 + 1, 1) as month_on
      from entries n),
    chosen as materialized (select s.id, v.* from spans v join {source} s on s.id = any(v.sources)),
    {residents}, years as materialized ({figured}), of_year as materialized ({of_year}), of_month as materialized ({of_month})
    select json_agg(row_to_json(o) order by o.indicator, o.sources::text)::text as items from (
      select i.code as indicator, {label} as label, i.unit as measure, i.direction, p.protected,
        i.adds_over_area = 'sum' as adds, {per_head} as per_head,
        (select json_agg(row_to_json(c) order by c.code) from (
          select s.code, s.name, s.kind, s.counting_unit from {source} s where s.id = any(v.sources)) c) as sources,
        case when not p.protected then {years} end as years,
        case when not p.protected and v.month_on is not null then {months} end as months
      from spans v join {indicator} i on i.id = v.indicator_id, lateral (select {sensitive} and not {writes} as protected) p) o
  ) y on true
) q on e.who is not null"""
TWO_YEARS = "(select t.* from years t where t.year between t.last - 1 and t.last)"
TWO_MONTHS = """cross join lateral (select make_date(t.year, x.n % 12 + 1, 1) as month, t.by_month[x.n % 12 + 1] as value
    from (values (t.monthly - 1), (t.monthly)) x (n) where x.n / 12 = t.year and t.by_month[x.n % 12 + 1] is not null) c"""
"""The two months that are told, in place of all twelve."""
FIRST = "least(s.year - 1, (s.monthly - 1) / 12)"
PAIR = "(with {series} select json_agg(row_to_json(p) order by p.period) from points p)"
OF = "select y.* from of_{cut} y where y.entry = v.entry"


@lru_cache(maxsize=32)
def statement(made_of: Relations) -> Statement:
    """The statement of all that is at hand."""
    return prepared(LATEST.format(
        entered=ENTERED, unit=made_of.unit, recorded=made_of.recorded(), succeeded=made_of.succeeded,
        heirs=made_of.heirs(), stood=made_of.stood("true"), places=places(made_of), figures=made_of.figures(), within=made_of.within(),
        kind=KIND, label=LABEL, per_head=PER_HEAD, last_month=LAST_MONTH, sensitive=SENSITIVE, writes=writes(made_of.level),
        residents=made_of.residents(f"(select min({FIRST}) from chosen s)", "(select max(s.year) from chosen s)"),
        figured=years(made_of, FIRST, "s.year", "s.indicator_id", "s.entry, s.year as last, s.monthly, "),
        of_year=summed(made_of, "year", TWO_YEARS, more="t.entry, "),
        of_month=summed(made_of, "month", "years", more="t.entry, ").replace(MONTHS, TWO_MONTHS),
        codes=CODES.format(**made_of.registers), years=_pair(made_of, "year"), months=_pair(made_of, "month"), **made_of.registers,
    ))  # fmt: skip


def _pair(made_of: Relations, cut: str) -> str:
    """The last year or month of an entry `v` and the one before it, as points of a series."""
    series = over_time(made_of, cut, OF.format(cut=cut))
    first, last = f"(v.{cut}_on - interval '1 {cut}')::date", f"v.{cut}_on"
    return PAIR.format(series=series.replace("{from}::date", first).replace("{to}::date", last))


WHICH = ("year", "year_before", "month", "month_before")


class Glance(SQLModel):
    """The last that is known of an indicator by one kind of source. Kinds are never added, nor sources of one kind that count the same
    places: each is an entry of its own."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    indicator: str
    label: str
    """In the caller's language."""
    measure: str
    """What a value is a number of: count, per-100k or percent."""
    direction: Direction
    """Which way is better: down or up."""
    sources: list[SourceOf]
    """Of one kind and counting unit."""
    protected: bool
    """Whether the indicator is sensitive and you may not write all its figures here: then only its series and tables tell of it."""
    reason: str | None
    """Why no point is told: `protected`."""
    year: Point | None
    """The last year with data; it may be reported in part."""
    year_before: Point | None
    month: Point | None
    """The last month with data; null where none is stated by month."""
    month_before: Point | None


class Glimpse(Point):
    """A point of a glance, as a row of a file; of a protected one there is a row without a period."""

    label: str
    """In the caller's language."""
    direction: Direction
    """Which way is better: down or up."""
    which: str
    """year, year_before, month or month_before."""


class Latest(SQLModel):
    """All indicators of a level at a glance."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    level: Level
    unit: str
    """As the address named it; empty for the region."""
    boundary: Boundary
    per: int
    """A rate is per this many residents."""
    as_known_at: datetime | None
    """Send it back as `known_at` and get the same answer for ever."""
    demonstration: bool
    """Whether any value is invented for the demonstration."""
    items: list[Glance]
    """By the code of the indicator; what has no data is not there."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The points one by one, with what their glance says."""
        whole = [item.model_dump(mode="json") for item in self.items]
        told = [(item, which, item.pop(which)) for item in whole for which in WHICH]
        return [item | {"which": which} | (point or {}) for item, which, point in told if point or (item["protected"] and which == "year")]


async def latest(reading: Reading, lens: Lens, asked: Asked) -> Latest:
    """All indicators of the level. Raises NotFound where the level is not there or nothing of it is seen, NotAllowed where a part, Invalid
    where the municipality is not on today's map, what is known then is not settled, or the source named is not there."""
    await pages.settled(reading, asked.known_at)
    known = pages.known_of(reading) | asked.known() | {"unit": lens.unit, "as_of": lens.as_of}
    row = await pages.ask(reading, statement(asked.made_of(lens)), known)
    found(row["unit"])
    visible(row["sees"])
    on_the_map(row["succeeded"])
    if not row["items"]:
        await sourced(reading, asked.source)
    codes = json.loads(row["codes"])
    items = [_glance(each, codes) for each in json.loads(row["items"] or "[]")]
    await told_of_many(reading, lens, asked, [entry for item in items for entry in _entries(item)])
    demonstration = any(source.kind == "demonstration" for item in items for source in item.sources)
    return Latest(
        level=lens.level, unit=lens.unit, boundary=asked.boundary, per=PER, as_known_at=asked.known_at or row["latest"],
        demonstration=demonstration, items=items,
    )  # fmt: skip


def _entries(item: Glance) -> list[Entry]:
    points = [(which.partition("_")[0], getattr(item, which)) for which in WHICH]
    return [(item.indicator, [s.code for s in item.sources], cut, point) for cut, point in points if point]


def _glance(said: dict[str, Any], codes: dict[str, str]) -> Glance:
    counted, adds, per_head = said["measure"] == "count", bool(said.pop("adds")), bool(said.pop("per_head"))
    said["reason"] = "protected" if said["protected"] else None
    said["sources"] = counting(said["indicator"], said["sources"])
    pairs: dict[str, Point | None] = {}
    for name in ("year", "month"):
        made = points(said.pop(f"{name}s") or [], counted, adds, False, per_head, codes)
        pairs |= {f"{name}_before": made[0] if made else None, name: made[1] if made else None}
    return Glance.model_validate(said | pairs)
