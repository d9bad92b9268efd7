"""A municipality among those as large in its country, as far as the caller sees them: whoever sees no others is told so, and no figure of
theirs goes into anything."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache

from api.access import Reading
from api.answers.headings import Heading, framed, headed
from api.answers.relations import Relations
from api.answers.series import Asked, series
from api.answers.sums import CODES, CUTS, sums
from api.domain.indicator.comparison import label
from api.domain.indicator.figures import By, unprotected
from api.domain.indicator.light import wholly
from api.domain.indicator.peers import MOST, TIMES, Compared, among
from api.domain.levels import Level
from api.levels import FIGURES, Lens
from api.pages.secrecy import SENSITIVE
from api.pages.statements import Statement

OF_COUNTRY = "t.country_id = l.unit / 10000"
PEERS = """summed as materialized ({sums}),
    around as materialized (
      select m.id as municipality_id, m.name, s.count, s.population, s.estimated, s.oldest, s.newest
      from summed s join {municipality} m on m.id = s.place
      where s.complete and s.population > 0 and round(s.months) = {length}),
    own as (select * from around a where a.municipality_id = l.unit),
    peers as (
      select a.*, abs(ln(a.population / o.population)) as far from around a, own o
      where a.municipality_id <> o.municipality_id and a.population between o.population / {times} and o.population * {times}
      order by far, a.municipality_id limit {most})"""
COLUMNS = """(select row_to_json(o)::text from own o) as own,
           (select json_agg(to_jsonb(p) - 'far' order by p.far, p.municipality_id)::text from peers p) as peers,
           (select count(*) from {municipality} t where {registered} and t.id <> l.unit) as others, {codes}"""


@dataclass(frozen=True)
class Around(Relations):
    """The relations of all that the caller sees in the country of a municipality."""

    def within(self) -> str:
        """Their rows, over `t`."""
        # Of a sensitive indicator only those whose figures the caller may write: who writes one municipality may read others.
        written = f"(not {SENSITIVE} or {FIGURES.seen('write')})"
        return f"e.who is not null and {FIGURES.seen()} and {OF_COUNTRY} and {written}"

    @property
    def registered(self) -> str:
        """The municipalities `t` of today in the country."""
        return f"{OF_COUNTRY} and t.status = 'current'"


@lru_cache(maxsize=64)
def statement(made_of: Around, cut: str) -> Statement:
    """The statement of one kind of comparison."""
    relations = PEERS.format(sums=sums(made_of, cut, by="place"), length=CUTS[cut].length, times=TIMES, most=MOST, **made_of.registers)
    codes = CODES.format(**made_of.registers)
    return framed(made_of, relations, COLUMNS.format(registered=made_of.registered, codes=codes, **made_of.registers))


class Peers(Heading, Compared):
    """A municipality among its peers."""


async def peers(reading: Reading, lens: Lens, asked: Asked) -> Peers:
    """A municipality among its peers in the period that begins on `asked.first`, else in the last year it wholly reported. Refuses what
    `headed` refuses."""
    asked = asked if asked.first else await _latest(reading, lens, asked)
    made_of = Around(Level.MUNICIPALITY, asked.boundary, asked.known_at is not None)
    row, heading = await headed(reading, lens, asked, statement(made_of, asked.by.value))
    unprotected(heading["protected"])
    assert asked.first
    said = {name: json.loads(row[name] or "null") for name in ("own", "peers", "codes")} | {"others": row["others"]}
    return Peers(**heading, **among(label(asked.first, asked.by), said, row["measure"] == "count" and row["per_head"]).model_dump())


async def _latest(reading: Reading, lens: Lens, asked: Asked) -> Asked:
    found = await series(reading, lens, replace(asked, by=By.YEAR))
    years = [int(p.period) for p in found.points if wholly(p)]
    day = reading.at.date().replace(month=1, day=1)
    first = day.replace(year=years[-1]) if years else day
    return replace(asked, by=By.YEAR, first=first, last=first)
