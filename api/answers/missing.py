"""Which municipalities of a level reported nothing of a period, or a part of it: what `reported` of `expected` leaves open."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict
from sqlmodel import SQLModel

from api.access import Reading
from api.answers.headings import Heading, framed, headed
from api.answers.relations import COUNTS, Boundary, Relations
from api.answers.sums import ALIVE, CUTS
from api.answers.table import NAMES, every
from api.answers.table import Asked as AskedTable
from api.domain.indicator.figures import Per
from api.levels import Lens
from api.pages.cursors import place_of, sealed
from api.pages.listings import MOST, USUAL
from api.pages.statements import Statement

MISSING = """{every},
    open_places as materialized (select s.* from every s where s.expected > 0 and coalesce(s.months, 0) < s.expected_months),
    page as materialized (select s.place as id, s.place, s.expected_months, round(coalesce(s.months, 0))::int as reported_months
      from open_places s
      where s.place > {{after}} order by s.place limit {most} + 1),
    items as materialized (select s.id, n.name, n.country, n.admin1, s.expected_months, s.reported_months, (
        select json_agg(to_char(m, 'YYYY-MM') order by m)
        from {municipality} g, generate_series({{from}}::date, {{from}}::date + interval '{last} months', '1 month') m
        where g.id = s.id and {alive} and not exists (
          select from {figures} join chosen c on c.id = t.source_id {converted}
          where {within} and {of_place} and t.indicator_id = i.id and {counts} and t.year = extract(year from m)
            and {reports})) as months
      from page s left join lateral ({names}) n on true)"""
COLUMNS = """(select json_agg(row_to_json(p) order by p.id)::text from (select * from items order by id limit {{limit}}) p) as items,
  (select count(*) from page) as n, (select max(p.id) from (select id from page order by id limit {{limit}}) p) as last,
  (select row_to_json(c)::text from (select count(*) as expected, count(*) filter (where s.reported > 0) as reported,
     count(*) filter (where s.months >= s.expected_months) as whole, coalesce(sum(s.expected_months), 0) as expected_months
     from every s where s.expected > 0) c) as coverage"""
MONTH = "t.by_month[extract(month from m)::int] is not null"
QUARTER = f"({MONTH} or t.by_quarter[extract(quarter from m)::int] is not null)"
REPORTS = {"month": MONTH, "fiscal": MONTH, "quarter": QUARTER, "year": f"({QUARTER} or t.months = 12)"}
"""Whether a year of the summary says anything of the month `m`, as far as the period is made of it."""


@lru_cache(maxsize=128)
def statement(made_of: Relations, cut: str, most: int) -> Statement:
    """The statement of one kind of list."""
    registers, now = made_of.registers, made_of.boundary is Boundary.NOW
    relations = MISSING.format(
        every=every(made_of, cut), most=most, last=CUTS[cut].length - 1, alive="true" if now else ALIVE, figures=made_of.figures(),
        converted=made_of.converted, within=made_of.within(), counts=COUNTS, reports=REPORTS[cut], of_place=f"{made_of.place} = s.id",
        names=NAMES[Per.MUNICIPALITY].format_map(registers), **registers,
    )  # fmt: skip
    return framed(made_of, relations, COLUMNS.format())


class Open(SQLModel):
    """A municipality of which something is missing."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    id: int
    """Key of the municipality."""
    name: str
    """For display, never a key."""
    country: str
    """ISO 3166-1 alpha-2."""
    admin1: str | None
    """ISO 3166-2 code of the first level it lies in."""
    expected_months: int
    """Months of the period in which it existed."""
    reported_months: int
    """Months of it that were reported."""
    months: list[str] | None
    """The months that were not, such as 2022-03; null where converted values stand for a part of each month only."""


class Missing(Heading):
    """What is missing of an indicator in one period, for a level that the caller sees whole."""

    period: str
    expected: int
    """Municipalities of the level that existed in the period, from the register."""
    reported: int
    """Of them, those that reported at least one month."""
    whole: int
    """Of them, those that reported every month; the others are in this list."""
    expected_months: int
    """Municipality-months there were."""
    items: list[Open]
    next: str | None
    """Send it back as `cursor` for the following page; null on the last. Also in the header Link."""


@dataclass(frozen=True)
class Asked(AskedTable):
    """What is asked of what is missing."""

    def about(self, lens: Lens) -> list[Any]:
        """What a cursor is good for."""
        return ["missing", *super().about(lens)]


async def missing(reading: Reading, lens: Lens, asked: Asked) -> Missing:
    """A page of what is missing. Refuses what `headed` refuses, and raises Malformed on a cursor of another list."""
    secret, about = reading.house.secret, asked.about(lens)
    after = int(place_of(secret, about, asked.cursor)) if asked.cursor else 0
    most = USUAL if asked.limit <= USUAL else MOST
    row, heading = await headed(reading, lens, asked, statement(asked.made_of(lens), asked.cut, most), {"after": after})
    following = sealed(secret, about, row["last"]) if row["n"] > asked.limit else None
    coverage, items = json.loads(row["coverage"]), json.loads(row["items"] or "[]")
    return Missing(**heading, period=asked.period, **coverage, items=items, next=following)
