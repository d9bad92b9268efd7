"""Series of an indicator for any level: one statement sums the summary, the rules of api/domain/indicator make rates of the sums."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from api.access import Reading
from api.answers import headings, silence
from api.answers.headings import Heading, SourceOf, framed, headed
from api.answers.relations import Relations
from api.answers.silence import of_periods
from api.answers.sums import CODES, CUTS, OF_UNIT, alive, published, spanned, sums
from api.domain.fields import superseded
from api.domain.indicator.figures import By, points
from api.domain.indicator.protection import listed
from api.domain.indicator.rates import Point
from api.domain.levels import Level
from api.levels import Lens
from api.pages.statements import Statement

SERIES = """summed as materialized ({sums}),
    stated as materialized ({stated}),
    span as (select coalesce({{from}}::date, min(p)) as first, coalesce({{to}}::date, max(p)) as last
             from (select p from summed union all select p from stated) b),
    points as (
      select to_char(d, '{label}') as period, d::date as first_on,
        s.count, s.unspecified, s.population, coalesce(s.complete, false) as complete,
        coalesce(s.estimated, false) as estimated, coalesce(s.reported, 0) as reported, x.expected,
        round(coalesce(s.months, 0))::int as reported_months, x.expected_months, coalesce(s.places, 0) as places, b.published,
        s.oldest, s.newest
      from span, generate_series(span.first, span.last, '{length} months') d left join summed s on s.p = d left join stated b on b.p = d
      left join lateral (select coalesce(sum(g.n) filter (where h.months > 0), 0) as expected,
          coalesce(sum(g.n * h.months), 0) as expected_months
        from places g, lateral (select {months} as months) h) x on true)"""
PLACES = "places as materialized (select t.valid_from, t.valid_to, count(*) as n from {municipality} t where {registered} group by 1, 2),"
POINTS = "(select json_agg(row_to_json(p) order by p.period)::text from points p) as points, {codes}"


def places(made_of: Relations) -> str:
    """The CTE `places`: how many municipalities of the level existed from when to when."""
    return PLACES.format(registered=made_of.registered, **made_of.registers)


def over_time(made_of: Relations, cut: str, of: str) -> str:
    """The CTEs up to `points`, of the periods from {from} to {to} and the sums `of` them; over `places`."""
    how = CUTS[cut]
    stated = published(made_of, cut, "x.period_on as p", OF_UNIT if made_of.level is Level.COUNTRY else "")
    months = alive(made_of, "d", how.length)
    return SERIES.format(sums=of, stated=stated, length=how.length, label=how.label, months=months)


@lru_cache(maxsize=128)
def statement(made_of: Relations, cut: str) -> Statement:
    """The statement of one kind of series."""
    columns = POINTS.format(codes=CODES.format(**made_of.registers))
    return framed(made_of, f"{places(made_of)} {over_time(made_of, cut, sums(made_of, cut))}", columns)


class Series(Heading):
    """An indicator over time for a level that the caller sees whole."""

    source: SourceOf | None = superseded()
    """The one of `sources`, null where there are several or none; kept for clients written for 0.1.0."""
    by: By
    points: list[Point]


@dataclass(frozen=True)
class Asked(headings.Asked):
    """What is asked of a series."""

    by: By = By.YEAR
    first: date | None = None
    last: date | None = None
    fiscal: int = 1

    def protected(self, lens: Lens) -> None:
        """Raises NotAllowed unless it is one of the series that are told of a sensitive indicator."""
        listed(self.by is By.YEAR and self.fiscal == 1 and self.plainly(lens))

    def known(self) -> dict[str, Any]:
        """The values of a statement."""
        return super().known() | spanned(self.first, self.last) | {"fiscal": self.fiscal}


async def series(reading: Reading, lens: Lens, asked: Asked) -> Series:
    """The series of an indicator for the level. Refuses what `headed` refuses."""
    cut = "fiscal" if asked.by is By.YEAR and asked.fiscal != 1 else asked.by.value
    row, heading = await headed(reading, lens, asked, partial(statement, cut=cut))
    said = json.loads(row["points"] or "[]")
    source = heading["sources"][0] if len(heading["sources"]) == 1 else None
    found = points(said, row["measure"] == "count", row["adds"], heading["protected"], row["per_head"], json.loads(row["codes"]))
    ends = [asked.first or said[0]["first_on"], asked.last or said[-1]["first_on"]] if said else []
    days = {name: date.fromisoformat(str(day)) for name, day in zip(("first_on", "last_on"), ends, strict=False)}
    how, more = (cut, of_periods(cut)), {"fiscal": asked.fiscal} | days
    await silence.told(reading, lens, asked, {point.period: point for point in found}, how, more)
    return Series(**heading, source=source, by=asked.by, points=found)
