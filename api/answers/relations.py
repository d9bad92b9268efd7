"""What computed answers are made of, as SQL: whose figures, on which map, as known when, over which residents.

Everything else is written over these names and does not care: `t` is a year of one place, indicator and source, as `figure` keeps it;
`residents` are those of a place from year to year; `place` and `times` say which municipality it counts for and how much of it.
"""

from dataclasses import dataclass
from enum import StrEnum

from api.domain.indicator.figures import DENOMINATORS, RECOMPUTE
from api.domain.levels import Level
from api.levels import FIGURES, UNITS, Shape, as_known, whole

REGISTER = Shape(public=True, municipality="t.id")
COUNTS = "app.is_municipality(t.territory_id)"
"""Of municipalities, not of what an office could place in a first level only: that has no residents and no register."""


REGISTERS = ("country", "admin1", "municipality", "succession", "association", "organisation", "indicator", "source")


LISTED = "select r.* from generate_subscripts(l.municipalities, 1) n, lateral ({} and t.territory_id = l.municipalities[n] offset 0) r"
"""The residents of a list of municipalities, one after the other. The planner takes a list for ten, and would then look through all of them
for each figure (measured: two seconds for those of 260 municipalities); of this it expects a thousand, and looks them up in a hash."""


VINTAGE = "t.population_year::bigint << 32 | t.source_id as vintage"
"""Year and source of a population in one number: those of many are then compared at once, the earlier year first."""


class Boundary(StrEnum):
    """On which map a figure is answered."""

    THEN = "then"
    NOW = "now"


_OBSERVED = "territory_id, indicator_id, source_id, period_on, frequency, dims, country_id, value, status, assisted, import_id"
_COUNTED = "territory_id, year, source_id, country_id, value"
KNOWN = """(
    select {columns} from {table} t join recording k on k.recording_id = t.recording_id and k.country_id = t.country_id
      where k.at <= {{known_at}} and {within}
    union all
    select {columns} from {table}_revision t join recording k on k.recording_id = t.recording_id and k.country_id = t.country_id
      join recording z on z.recording_id = t.replaced_recording_id and z.country_id = t.country_id
      where k.at <= {{known_at}} and z.at > {{known_at}} and {within})"""
"""The rows of a table and of its revisions that stood at an instant."""


HEIRS = """heirs as materialized (
      with recursive line (territory_id, place, share, until) as (
        select t.id, t.id, 1::numeric, date 'infinity' from {municipality} t where {registered}
        union all select s.predecessor_id, line.place, line.share * s.share, s.effective_on
          from line join {succession} s on s.successor_id = line.territory_id),
      part as (
        select p.*, coalesce(m.valid_from, n.effective_on, '-infinity') as since, count(*) over (partition by p.place) = 1 as alone
        from (select territory_id, place, sum(share) as share, max(until) as until from line group by 1, 2) p
          join {municipality} m on m.id = p.territory_id
          left join (select s.successor_id, min(s.effective_on) as effective_on from {succession} s
            where s.kind in ('rename', 'level_change', 'split') group by 1) n on n.successor_id = p.territory_id),
      turn as (
        select p.*, array_agg(since) over w as begun, array_agg(until) over w as ended,
          coalesce(least(min(since) filter (where since > '-infinity') over w, min(until) filter (where until < 'infinity') over w),
            'infinity') as first
        from part p window w as (partition by place))
      select t.*, count(*) filter (where since < first) over (partition by place) as early from turn t),"""
"""Each place of today with the territories that it is made of, their shares, from when to when each was there, and whether `alone`. One
that took the place of another by a new name, as another kind of place or as a part of it began then; any other was there before, unless the
register tells since when."""
PARTED = """case when h.place is null or h.alone then 1 when {start} + interval '{length} months' <= h.first then 1.0 / greatest(h.early, 1)
      else coalesce((select avg(1.0 / (select count(*) from unnest(h.begun, h.ended) p (since, until) where p.since <= m and p.until > m))
        from generate_series({start}, {start} + interval '{length} months' - interval '1 day', '1 month') m
        where h.since <= m and h.until > m), 1) end"""
SUCCEEDED = """(select coalesce(array_agg(m.id || ' ' || m.name order by m.id) filter (where m.status = 'current'), array[]::text[])
    from (with recursive later (id) as (select l.unit
      union select s.successor_id from {succession} s join later on s.predecessor_id = later.id)
      select id from later) x join {municipality} m on m.id = x.id
    having bool_or(m.id = l.unit and m.status = 'succeeded'))"""


@dataclass(frozen=True)
class Relations:
    """The relations of one kind of answer: of a level, on a map, as of now or of an instant."""

    level: Level
    boundary: Boundary = Boundary.THEN
    known: bool = False
    told: bool = False
    """Whether only what may be told of a sensitive indicator is answered: of a municipality then its own figures, without those of its
    predecessors, because two successors of one would overlap."""

    def within(self) -> str:
        """The rows of the level, over `t`, where the caller sees all of it: there is no answer of a part, and nothing is read for one."""
        return f"e.who is not null and l.sees = 'whole' and {self.meant(FIGURES)}"

    def meant(self, shape: Shape) -> str:
        """The rows of the level, over `t`."""
        return f"{shape.municipality} = l.unit" if self.told and self.level is Level.MUNICIPALITY else shape.meant(self.level)

    @property
    def at_all(self) -> str:
        """The end of a subquery that asks whether there is any row at all. Of whole countries it is asked once for each source, whose first
        row is enough: joined, all of their figures were read for it (measured: a third of a table's time)."""
        return "offset 0" if self.level in (Level.REGION, Level.COUNTRY) else ""

    def figures(self) -> str:
        """`figure t`, or what it would have held."""
        return "stood t" if self.known else "figure t"

    def stood(self, indicator: str = "t.indicator_id = i.id") -> str:
        """The CTE `stood`: what the summary of `indicator` would have held then; none as of now."""
        if not self.known:
            return ""
        rows = KNOWN.format(columns=_qualified(_OBSERVED), table="observation", within=f"{indicator} and {self.within()}")
        recompute = RECOMPUTE.replace("join indicator i", f"join {self.registers['indicator']} i")
        return f"stood as materialized ({recompute.format(rows=rows, known_at='{known_at}')}),"

    def observations(self, within: str) -> str:
        """The observations `t` with `within`, or those that stood then."""
        if not self.known:
            return f"(select {_qualified(_OBSERVED)} from observation t where {within})"
        return KNOWN.format(columns=_qualified(_OBSERVED), table="observation", within=within)

    def residents(self, first: str, last: str) -> str:
        """The CTE `residents`: those under the places of the level in the years from `first` to `last`."""
        kept, years = "denominator", f"t.to_year >= {first} and t.from_year <= {last}"
        if self.known:
            rows = KNOWN.format(columns=_qualified(_COUNTED), table="population", within=self.within())
            kept = f"({DENOMINATORS.format(rows=rows)})"
        said = f"select t.territory_id, t.from_year, t.to_year, t.value, {VINTAGE} from {kept} t where {self.within()} and {years}"
        return f"residents as materialized ({LISTED.format(said) if self.level in (Level.ASSOCIATION, Level.PROGRAMME) else said})"

    @property
    def converted(self) -> str:
        """The join of `h`, the successors a place counts for; empty on the map of then."""
        return "left join heirs h on h.territory_id = t.territory_id" if self.boundary is Boundary.NOW else ""

    @property
    def place(self) -> str:
        """The municipality that `t` counts for."""
        return "coalesce(h.place, t.territory_id)" if self.boundary is Boundary.NOW else "t.territory_id"

    @property
    def times(self) -> str:
        """How much of it."""
        return " * coalesce(h.share, 1)" if self.boundary is Boundary.NOW else ""

    def parted(self, start: str, length: int) -> str:
        """What makes of the months that `t` reports, of those from the day `start` on, those of its place: at any time the parts of it that
        then existed weigh the same, however many came before or after them."""
        if self.boundary is not Boundary.NOW:
            return ""
        return " * " + PARTED.format(start=start, length=length)

    @property
    def estimated(self) -> str:
        """Whether any of it was converted, as an aggregate."""
        return "coalesce(bool_or(h.place <> t.territory_id), false)" if self.boundary is Boundary.NOW else "false"

    @property
    def registers(self) -> dict[str, str]:
        """Noun -> the relation of its records, or of those that stood then."""
        return {noun: f"app.{noun}_at({{known_at}})" if self.known else noun for noun in REGISTERS}

    @property
    def unit(self) -> str:
        """The level's unit and its municipalities, as the lens has them, or as they were known then, and how much of it the caller sees."""
        return f"select l.*, {whole(self.level)} as sees from ({as_known(self.level) if self.known else UNITS[self.level]}) l offset 0"

    @property
    def registered(self) -> str:
        """The municipalities `t` that belong to the level, on its map."""
        there = " and t.status = 'current'" if self.boundary is Boundary.NOW else ""
        return self.meant(REGISTER) + there

    def members(self) -> str:
        """The CTE `members`: the municipalities of each association on the day the level is looked at, those before them included."""
        reached = "app.affiliated_at(a.id, {as_of}, {known_at})" if self.known else "app.affiliated(a.id, {as_of})"
        of = f"{self.registers['association']} a, unnest({reached}) p (place)"
        return f"members as materialized (select a.id as association, p.place from {of}),"

    def heirs(self) -> str:
        """The CTE `heirs`: each place of the level's municipalities of today, and those before it with their shares."""
        if self.boundary is not Boundary.NOW:
            return ""
        return HEIRS.format(registered=self.registered, **self.registers)

    @property
    def succeeded(self) -> str:
        """Who took the place of a municipality that is not on today's map, as SQL: keys and names; null of any other unit or map."""
        if self.boundary is not Boundary.NOW or self.level is not Level.MUNICIPALITY:
            return "null::text[]"
        return SUCCEEDED.format(**self.registers)

    def recorded(self) -> str:
        """The instant of the last change of any figure or register in the countries of the level's unit, or of what all of them share."""
        where = {Level.REGION: "", Level.COUNTRY: "where k.country_id in (l.unit, 0)"}.get(
            self.level,
            "where k.country_id = any(array(select distinct m.country_id from municipality m where m.id = any(l.municipalities)) || 0)",
        )
        return f"(select max(k.at) from recording k {where})"


def _qualified(columns: str) -> str:
    return ", ".join(f"t.{name}" for name in columns.split(", "))
