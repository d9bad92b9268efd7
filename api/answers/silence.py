"""Why nothing is told of a period or place: missing (M) and suppressed (Q) are what offices say of a value; what nobody speaks of was not
reported yet. Asked only where an answer has a point without any value, in a statement of its own: most have none."""

import json
from functools import lru_cache
from typing import Any

from api import pages
from api.access import Reading
from api.answers.headings import Asked, framed
from api.answers.relations import COUNTS, Relations
from api.answers.sums import CUTS, KIND
from api.domain.indicator.comparison import moved
from api.domain.indicator.figures import silent
from api.domain.indicator.periods import period_of
from api.domain.indicator.rates import Point
from api.levels import Lens
from api.pages.statements import ENTERED, Statement, prepared

PERIODS = {
    "year": ("A, M, Q", "date_trunc('year', t.period_on)::date"),
    "quarter": ("M, Q", "date_trunc('quarter', t.period_on)::date"),
    "month": ("M", "t.period_on"),
    "fiscal": (
        "M",
        "make_date(date_part('year', t.period_on)::int - (date_part('month', t.period_on) < {fiscal}::int)::int, {fiscal}::int, 1)",
    ),
}
"""Of each cut: the frequencies that its periods are made of, and the first day of an observation's period."""
WITHIN = """{within} and t.indicator_id = i.id and t.value is null and t.dims = '' and not t.assisted and {counts}
      and t.frequency = any(string_to_array({frequencies}, ', ')) and i.origin <> 'computed'
      and t.period_on >= {first} and t.period_on < ({last} + {length})::date"""
SILENT = """{before} said as materialized (
      select {place} as place, {period} as p, bool_or(t.status = 'Q') as suppressed
      from {observations} t join {source} s on s.id = t.source_id {converted}
      where {kind} and (not exists (select from chosen) or s.id = any(select c.id from chosen c)) group by 1, 2),
    unvalued as (select {key} as key, count(*) filter (where not suppressed) as missing, count(*) filter (where suppressed) as suppressed
      from said s {grouped} group by 1)"""
OF_MANY = """
select e.who, q.unvalued from {entered}
left join lateral (
  select y.unvalued from ({unit}) l left join lateral (
    with {heirs} asked as materialized (
      select * from json_to_recordset({{asked}}::text::json)
        a (key text, indicator text, sources json, frequencies text, day date, last date))
    select json_object_agg(x.key, json_build_array(x.missing, x.suppressed))::text as unvalued from (
      select u.key, count(*) filter (where not u.suppressed) as missing, count(*) filter (where u.suppressed) as suppressed from (
        select a.key, o.place, bool_or(o.status = 'Q') as suppressed
        from asked a join {indicator} i on i.code = a.indicator cross join lateral (
          select {place} as place, t.status from {observations} t join {source} s on s.id = t.source_id {converted}
          where exists (select from json_array_elements_text(a.sources) c where c = s.code)) o
        group by 1, 2) u group by 1) x
  ) y on true
) q on e.who is not null"""
COLUMNS = "(select json_object_agg(key, json_build_array(missing, suppressed))::text from unvalued) as unvalued"


@lru_cache(maxsize=128)
def statement(made_of: Relations, cut: str, key: str, grouped: str = "", before: str = "") -> Statement:
    """The statement that counts, by a `key` over `s` (place and first day `p`), the municipalities that say why they have no value;
    `grouped` joins what the key needs, `before` are its CTEs."""
    frequencies, period = PERIODS[cut]
    within = WITHIN.format(
        within=made_of.within(), counts=COUNTS, frequencies=f"'{frequencies}'", length=f"interval '{CUTS[cut].length} months'",
        first="{first_on}::date", last="{last_on}::date",
    )  # fmt: skip
    relations = SILENT.format(
        place=made_of.place, period=period, observations=made_of.observations(within), converted=made_of.converted, kind=KIND, key=key,
        grouped=grouped, before=before, **made_of.registers,
    )  # fmt: skip
    return framed(made_of, relations, COLUMNS)


@lru_cache(maxsize=16)
def of_many(made_of: Relations) -> Statement:
    """The statement that counts the same of many indicators, each with sources and a period of its own: `asked`, JSON."""
    within = WITHIN.format(
        within=made_of.within(), counts=COUNTS, frequencies="a.frequencies", length="interval '0'", first="a.day", last="a.last"
    )
    return prepared(OF_MANY.format(
        entered=ENTERED, unit=made_of.unit, heirs=made_of.heirs(), place=made_of.place, observations=made_of.observations(within),
        converted=made_of.converted, **made_of.registers,
    ))  # fmt: skip


def of_periods(cut: str) -> str:
    """The key of a series: the period as it is told."""
    return f"to_char(s.p, '{CUTS[cut].label}')"


async def told(reading: Reading, lens: Lens, asked: Asked, found: dict[str, Point], how: tuple[Any, ...], more: dict[str, Any]) -> None:
    """Say of the points `found`, by their keys, why those without a value have none. `how` is what `statement` is made of beside the
    relations, `more` its values: first_on and last_on are the first days of the periods between which there are any."""
    if not any(point.reason == "not-reported" for point in found.values()):
        return
    known = pages.known_of(reading) | asked.known() | {"unit": lens.unit, "as_of": lens.as_of} | more
    _say(found, await pages.ask(reading, statement(asked.made_of(lens), *how), known))


def _say(found: dict[str, Point], row: Any) -> None:
    said = json.loads(row["unvalued"] or "{}")
    for key, point in found.items():
        silent(point, *said.get(key, (0, 0)))


Entry = tuple[str, list[str], str, Point]
"""An indicator, its sources, a cut, and a point of it."""


async def told_of_many(reading: Reading, lens: Lens, asked: Asked, entries: list[Entry]) -> None:
    """Say the same of the points of many indicators."""
    silence = {str(n): entry for n, entry in enumerate(entries) if entry[3].reason == "not-reported"}
    if not silence:
        return
    wanted = [{"key": key} | _wanted(*entry) for key, entry in silence.items()]
    known = pages.known_of(reading) | asked.known() | {"unit": lens.unit, "as_of": lens.as_of, "asked": json.dumps(wanted)}
    _say({key: point for key, (*_, point) in silence.items()}, await pages.ask(reading, of_many(asked.made_of(lens)), known))


def _wanted(indicator: str, sources: list[str], cut: str, point: Point) -> dict[str, Any]:
    day, _ = period_of(point.period)
    after = moved(day, CUTS[cut].length)
    said = {"indicator": indicator, "sources": sources, "frequencies": PERIODS[cut][0]}
    return said | {"day": day.isoformat(), "last": after.isoformat()}
