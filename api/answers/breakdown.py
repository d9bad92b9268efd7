"""Breakdowns of an indicator in one period for any level: each part summed over its places, held against the same places' totals."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from api.access import Reading
from api.answers import headings
from api.answers.headings import Heading, framed, headed
from api.answers.relations import Relations
from api.domain.indicator.breakdowns import Part, incomplete, open_to, remainder, summable
from api.levels import Lens
from api.pages.secrecy import SENSITIVE
from api.pages.statements import Statement

WITHIN = """{within} and t.indicator_id = i.id and t.period_on = {{from}}::date and t.frequency = {{frequency}} and t.value is not null
    and not t.assisted and app.adds_up(t.territory_id)
    and (t.dims = '' or (split_part(t.dims, '=', 1) = {{key}} and strpos(t.dims, ';') = 0))"""
RELATIONS = """facts as materialized (select t.* from {observations} t join chosen s on s.id = t.source_id),
    held as (select f.territory_id, sum(f.value) filter (where f.dims = '') as total, sum(f.value) filter (where f.dims <> '') as parted
             from facts f group by 1)"""
COLUMNS = f"""(select json_agg(row_to_json(p) order by p.code)::text from (select substr(f.dims, strpos(f.dims, '=') + 1) as code,
      sum(f.value) as value, count(*) as places from facts f where f.dims <> '' group by 1) p) as parts,
    (select sum(total) from held) as total, (select count(*) from held) as places,
    (select count(*) from held where parted is distinct from total) as differing, {SENSITIVE} as secret"""


class Breakdown(Heading):
    """The parts of a value by one key, for a level that the caller sees whole."""

    period: str
    key: str
    parts: list[Part]
    total: float | None
    """What the same places stated as a whole in the same period; null where none did."""
    remainder: float | None
    """The total less the parts."""
    incomplete: bool
    """Whether of any place the parts do not make up its total, or one of the two is missing."""


@dataclass(frozen=True)
class Asked(headings.Asked):
    """What is asked of a breakdown."""

    period: str = ""
    first: date = date.min
    frequency: str = "A"
    key: str = ""

    def known(self) -> dict[str, Any]:
        """The values of a statement."""
        return super().known() | {"from": self.first, "frequency": self.frequency, "key": self.key}


@lru_cache(maxsize=32)
def statement(made_of: Relations) -> Statement:
    """The statement of breakdowns of a level."""
    observations = made_of.observations(WITHIN.format(within=made_of.within()))
    return framed(made_of, RELATIONS.format(observations=observations), COLUMNS)


async def breakdown(reading: Reading, lens: Lens, asked: Asked) -> Breakdown:
    """The breakdown. Raises what every answer does (api/answers/headings.py), NotAllowed where the indicator is sensitive and the caller
    may not write its values, Invalid where values of places do not add up."""
    row, said = await headed(reading, lens, asked, statement(asked.made_of(lens)))
    open_to(row["secret"], row["writes"])
    summable(row["adds"], row["places"])
    parts = [Part.model_validate(each) for each in json.loads(row["parts"] or "[]")]
    total = None if row["total"] is None else float(row["total"])
    return Breakdown(
        **said, period=asked.period, key=asked.key, parts=parts, total=total, remainder=remainder(total, parts),
        incomplete=incomplete(total, parts, row["differing"]),
    )  # fmt: skip
