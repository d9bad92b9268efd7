"""The gap between two sources, summed over each municipality-period that both reported whole; what one alone reported is only counted."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from api.access import Reading
from api.answers.headings import Heading, SourceOf, framed, headed, sourced
from api.answers.relations import COUNTS, Relations
from api.answers.series import Asked as AskedSeries
from api.answers.sums import CUTS, KIND, alive
from api.domain.indicator.computed import counting, meant
from api.domain.indicator.figures import By, one_kind, unprotected
from api.domain.indicator.gaps import Gap, gaps, unlike
from api.levels import Lens
from api.pages.statements import Statement

GAPS = """others as materialized (
      select s.* from {source} s where {kind}
        and exists (select from {figures} where t.indicator_id = i.id and t.source_id = s.id and app.adds_up(t.territory_id) and {within}
          {at_all})),
    ours as materialized ({ours}),
    theirs as materialized ({theirs}),
    both_of as (select coalesce(o.p, x.p) as p, sum(o.value) filter (where o.whole and x.whole) as value,
        sum(x.value) filter (where o.whole and x.whole) as against,
        count(distinct o.place) filter (where o.whole and x.whole) as compared,
        count(distinct o.place) filter (where o.whole) as reported, count(distinct x.place) filter (where x.whole) as against_reported,
        coalesce(bool_or((o.place <> o.territory_id) and o.whole and x.whole), false) as estimated
      from ours o full join theirs x on x.territory_id = o.territory_id and x.place = o.place and x.p = o.p group by 1),
    span as (select coalesce({{from}}::date, min(p)) as first, coalesce({{to}}::date, max(p)) as last from both_of),
    places as materialized (select t.valid_from, t.valid_to, count(*) as n from {municipality} t where {registered} group by 1, 2),
    points as (
      select to_char(d, '{label}') as period, b.value, b.against, coalesce(b.compared, 0) as compared, coalesce(b.reported, 0) as reported,
        coalesce(b.against_reported, 0) as against_reported, coalesce(b.estimated, false) as estimated,
        (select coalesce(sum(g.n), 0) from places g where {months} > 0) as expected
      from span, generate_series(span.first, span.last, '{length} months') d left join both_of b on b.p = d)"""
CELLS = """select t.territory_id, {place} as place, {period} as p, {value}{times} as value, {months} = {length} as whole
      from {figures} join {sources} s on s.id = t.source_id {converted} {cells}
      where {within} and t.indicator_id = i.id and {counts} and {only}
        and t.year >= {{from_year}}::int and t.year <= {{to_year}}::int"""
COLUMNS = """(select json_agg(row_to_json(p) order by p.period)::text from points p) as points,
           (select json_agg(row_to_json(o) order by o.code)::text from (select c.code, c.name, c.kind, c.counting_unit from others c) o)
             as others,
           (select count(*) > 1 from others) and exists (select from {figures} join others s on s.id = t.source_id
             where {within} and t.indicator_id = i.id group by t.territory_id, t.year having count(*) > 1) as others_overlap"""


@lru_cache(maxsize=64)
def statement(made_of: Relations, cut: str) -> Statement:
    """The statement of one kind of gap."""
    how, every = CUTS[cut], {"figures": made_of.figures(), "within": made_of.within(), "at_all": made_of.at_all}
    cells = {
        sources: CELLS.format(
            place=made_of.place, period=how.period, value=how.value, times=made_of.times, months=how.months, length=how.length,
            sources=sources, converted=made_of.converted, cells=how.cells, counts=COUNTS, only=how.only, **every,
        )
        for sources in ("chosen", "others")
    }  # fmt: skip
    relations = GAPS.format(
        kind=KIND.replace("{source}", "{against}"), ours=cells["chosen"], theirs=cells["others"], registered=made_of.registered,
        label=how.label, months=alive(made_of, "d", how.length), length=how.length, **every,
        **made_of.registers,
    )  # fmt: skip
    return framed(made_of, relations, COLUMNS.format(**every))


@dataclass(frozen=True)
class Asked(AskedSeries):
    """What is asked of two sources."""

    against: str = ""

    def known(self) -> dict[str, Any]:
        """The values of a statement."""
        return super().known() | {"against": meant(self.indicator, self.against)}


class Gaps(Heading):
    """How far one source is from another, over time."""

    by: By
    against: list[SourceOf]
    """The sources that `sources` are held against."""
    points: list[Gap]


async def gap(reading: Reading, lens: Lens, asked: Asked) -> Gaps:
    """The gap between two sources. Refuses what `headed` refuses, for each of them, and a source against itself."""
    row, heading = await headed(reading, lens, asked, statement(asked.made_of(lens), asked.by.value))
    unprotected(heading["protected"])
    others = counting(heading["indicator"], json.loads(row["others"] or "[]"))
    if not others:
        await sourced(reading, meant(asked.indicator, asked.against), "query/against")
    one_kind(others, row["others_overlap"], "query/against")
    unlike({s["code"] for s in heading["sources"]}, {s["code"] for s in others})
    points = gaps(json.loads(row["points"] or "[]"), row["measure"] == "count")
    return Gaps(**heading, by=asked.by, against=others, points=points)
