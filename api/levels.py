"""The lens: region, programme, country, association or municipality, each turned into SQL that says which rows are meant.

One mechanism for every collection. A `Shape` says which columns of a table place its rows; `UNITS` finds what the address names, `meant`
are the rows of the level, `seen` those of the caller. Row security says `seen` a second time; here it lets the planner use an index.
"""

from dataclasses import dataclass, field
from datetime import date

from api.domain.levels import Level

COMMUNITIES_FROM = 1_000_000_000
"""Keys from here on are of communities."""
_OF = " from (select app.{}_of({{unit}}) u offset 0) x offset 0"
UNITS: dict[Level, str] = {
    Level.REGION: "select 0 as unit, array[]::int[] as municipalities",
    Level.COUNTRY: "select app.country_of({unit}) as unit, array[]::int[] as municipalities offset 0",
    Level.MUNICIPALITY: "select u as unit, app.with_predecessors(u) as municipalities" + _OF.format("municipality"),
    Level.ASSOCIATION: "select u as unit, app.affiliated(u, {as_of}) as municipalities" + _OF.format("association"),
    Level.PROGRAMME: "select u as unit, app.participating(u, {as_of}) as municipalities" + _OF.format("programme"),
}
_THEN = (
    ("app.with_predecessors(u)", "app.with_predecessors_at(u, {known_at})"),
    ("app.affiliated(u, {as_of})", "app.affiliated_at(u, {as_of}, {known_at})"),
    ("app.participating(u, {as_of})", "app.participating_at(u, {as_of}, {known_at})"),
)


def as_known(level: Level) -> str:
    """The unit with the municipalities that it was known to have at an instant, whatever was put right since."""
    said = UNITS[level]
    for now, then in _THEN:
        said = said.replace(now, then)
    return said


PREFIX: dict[Level, str] = {
    Level.REGION: "/v1/region",
    Level.PROGRAMME: "/v1/programmes/{unit}",
    Level.COUNTRY: "/v1/countries/{unit}",
    Level.ASSOCIATION: "/v1/associations/{unit}",
    Level.MUNICIPALITY: "/v1/municipalities/{unit}",
}


@dataclass(frozen=True)
class Lens:
    """The level a collection is read through: `unit` as the address names it, on the day `as_of`."""

    level: Level = Level.REGION
    unit: str = ""
    as_of: date = date.min


@dataclass(frozen=True)
class Shape:
    """Which columns place the rows of a table `t`; None where there is none. `override` is what a level means where no column tells."""

    public: bool = False
    country: str | None = "t.country_id"
    municipality: str | None = "t.municipality_id"
    association: str | None = None
    programme: str | None = None
    organisation: str | None = None
    own: str | None = None
    community: str | None = None
    """Where rows may be of communities too, which a caller reaches by their municipality."""
    override: dict[Level, str] = field(default_factory=dict)

    def seen(self, mode: str = "read") -> str:
        """The caller's own scope, over `t`: the same words as the policy template of the table."""
        if self.public and mode == "read":
            return "true"
        either = [
            f"{column} = any((select app.{mode}_{kind})::{array})"
            for column, kind, array in (
                (self.country, "countries()", "int[]"),
                (self.municipality, "municipalities()", "int[]"),
                (self.organisation, "organisations()", "uuid[]"),
            )
            if column
        ]
        if self.community:
            theirs = f"{self.community} = any((select app.{mode}_communities())::int[])"
            either.append(f"({self.community} >= {COMMUNITIES_FROM} and {theirs})")
        if self.own:
            either.append(f"{self.own} = (select app.principal())")
        return f"({' or '.join(either)})"

    def over(self, alias: str, mode: str = "read") -> str:
        """The same over a table that goes by another name than `t`."""
        return self.seen(mode).replace("t.", f"{alias}.")

    def meant(self, level: Level) -> str:
        """The rows of the level's unit `l`, over `t`; those of its municipalities, and its own."""
        if level in self.override:
            return self.override[level]
        if level is Level.REGION:
            return "true"
        if level is Level.COUNTRY:
            return f"{self.country} = l.unit" if self.country else "false"
        either = [f"{self.municipality} = any(l.municipalities)"] if self.municipality else []
        own = {Level.ASSOCIATION: self.association, Level.PROGRAMME: self.programme}.get(level)
        if own:
            either.append(f"{own} = l.unit")
        return f"({' or '.join(either)})" if either else "false"


HOME = "select coalesce((select country_id from municipality where id = :m), (select country_id from association where id = :a), :c)"
"""The country in which a municipality or an association lies; the one that is said where there is neither."""
FIGURES = Shape(municipality="t.territory_id")
"""Figures that are added up, and those that stand beside the sum; the key of a municipality is a territory's too."""
_PARTS = "array(select c.id from community c where c.municipality_id = any(l.municipalities))"
PLACES = Shape(
    municipality="t.territory_id",
    community="t.territory_id",
    override=dict.fromkeys((Level.MUNICIPALITY, Level.ASSOCIATION, Level.PROGRAMME), f"t.territory_id = any(l.municipalities || {_PARTS})"),
)
"""Figures of places of any kind, communities among them."""


def whole(level: Level) -> str:
    """Whether the caller sees all of unit `l` (a figure of a part would be taken for the whole): 'whole', 'part' or 'none', as SQL. A unit
    that nobody belongs to on that day is seen whole by everybody, as its lists are: empty."""
    countries, municipalities = "(select app.read_countries())::int[]", "(select app.read_municipalities())::int[]"
    if level is Level.REGION:
        some = f"cardinality({countries}) + cardinality({municipalities}) > 0"
        return f"case when (select app.read_region()) then 'whole' when {some} then 'part' else 'none' end"
    if level is Level.COUNTRY:
        some = f"exists (select from municipality x where x.country_id = l.unit and x.id = any({municipalities}))"
        return f"case when l.unit = any({countries}) then 'whole' when {some} then 'part' else 'none' end"
    seen = f"(x.country_id = any({countries}) or x.id = any({municipalities}))"
    of = "from municipality x where x.id = any(l.municipalities)"
    return f"(select case when coalesce(bool_and({seen}), true) then 'whole' when bool_or({seen}) then 'part' else 'none' end {of})"
