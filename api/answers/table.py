"""Tables of an indicator for any level: the places or groups of places of one period, and the level's total, out of the same sums."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any, Literal

from api.access import Reading
from api.answers import headings, silence
from api.answers.headings import PER_HEAD, Heading, framed, headed
from api.answers.relations import COUNTS, Relations
from api.answers.sums import CODES, CUTS, OF_UNIT, SUMS_OF, alive, published, spanned, sums
from api.answers.told import told_groups
from api.domain.indicator.figures import Per, points
from api.domain.indicator.protection import listed
from api.domain.indicator.rates import Point
from api.domain.levels import Level
from api.levels import FIGURES, Lens
from api.pages.cursors import place_of, sealed
from api.pages.listings import MOST, USUAL
from api.pages.statements import Statement

Sort = Literal["key", "-key", "name", "-name", "value", "-value", "rate", "-rate"]
_ADDS = "(i.adds_over_area = 'sum' or (s.places <= 1 and s.expected <= 1))"
VALUE = f"case when {_ADDS} then s.count end"
RATE = f"""case when i.unit = 'count' and {PER_HEAD} and {_ADDS} and s.complete and s.population > 0
      then (s.count - coalesce(s.unspecified, 0)) / s.population end"""
UNITS = {
    Per.MUNICIPALITY: ("s.place", ""),
    Per.ADMIN1: (
        f"case when {COUNTS.replace('t.territory_id', 's.place')} then coalesce(m.admin1_id, s.place / 10000 * 100)"
        " else s.place / 10000 * 100 + s.place % 100 end",
        "left join {municipality} m on m.id = s.place",
    ),
    Per.COUNTRY: ("s.place / 10000", ""),
    Per.ASSOCIATION: ("a.association", "join members a on a.place = s.place"),
}
"""What a place is counted under. Municipalities that lie in no first level are under that of number 0 of their country."""
NAMES = {
    Per.MUNICIPALITY: """select coalesce(m.name, d.name) as name, coalesce(m.name_key, d.name_key) as name_key, null as code,
        case when m.id is null then 'unspecified' else 'municipality' end as kind, c.iso2 as country, d.code as admin1
      from {country} c left join {municipality} m on m.id = s.id
        left join {admin1} d on d.id = case when m.id is null then s.id / 10000 * 100 + s.id % 100 else m.admin1_id end
      where c.id = s.id / 10000""",
    Per.ADMIN1: """select d.name, d.name_key, d.code, 'admin1' as kind, c.iso2 as country, d.code as admin1
      from {country} c left join {admin1} d on d.id = s.id where c.id = s.id / 100""",
    Per.COUNTRY: """select c.name, c.name_key, c.iso2 as code, 'country' as kind, c.iso2 as country, null as admin1
      from {country} c where c.id = s.id""",
    Per.ASSOCIATION: """select o.name, o.name_key, o.short_name as code, 'association' as kind, c.iso2 as country, null as admin1
      from {association} a join {organisation} o on o.id = a.organisation_id join {country} c on c.id = a.country_id where a.id = s.id""",
}
EVERY = """placed as materialized ({sums}),
    register as (select g.id as place, {months} as months from (select t.* from {municipality} t where {registered}) g),
    every as materialized (
      select coalesce(s.place, g.place) as place, s.count, s.months, s.reported, s.places, s.population, s.complete, s.unspecified,
        s.estimated, s.oldest, s.newest, (g.place is not null)::int as expected, coalesce(g.months, 0) as expected_months
      from placed s full join (select * from register where months > 0) g on g.place = s.place)"""
"""The places of the level that reported the period or were expected to."""
TABLE = """{members} {every},
    units as materialized ({units}),
    stated as materialized ({stated}),
    sorted as (select s.*, {keys} from units s {early} where true {after} order by {order} limit {most} + 1),
    page as (select row_number() over (order by {order}) as rn, s.*, n.name, n.code, n.kind, n.country, n.admin1,
               {published} as published from sorted s left join lateral ({names}) n on true)"""
COLUMNS = """(select json_agg(row_to_json(p) order by p.rn)::text from page p where p.rn <= {{limit}}) as items,
  (select count(*) from page) as n,
  (select json_build_array(p.a::text, p.b::text, p.id::text)::text from page p where p.rn = {{limit}}) as last,
  (select row_to_json(x)::text from (select s.*, {published} as published from ({whole}) s) x) as total,
  {shared} as shared, {alone} as alone, {codes}"""
_TIES = """(select count(*) from every s where s.expected > 0 and (select count(*) from members a where a.place = s.place) {0})"""
OF_ONE = """s.count, round(coalesce(s.months, 0))::int as reported_months, coalesce(s.reported, 0) as reported,
      coalesce(s.places, 0) as places, s.population, coalesce(s.complete, false) as complete, s.unspecified,
      coalesce(s.estimated, false) as estimated, s.oldest, s.newest, s.expected, s.expected_months"""
BESIDE = "(select b.published from stated b where b.place = {0})"


@dataclass(frozen=True)
class View:
    """What of a table a page is."""

    cut: str
    by: Per
    sort: Sort
    after: bool
    most: int

    @property
    def keys(self) -> tuple[str, str, str]:
        """Whether a row has the key at all, the key and its type. Reverse is the negative, so that rows without one come last both ways."""
        name, sign = self.sort.removeprefix("-"), "-" if self.sort.startswith("-") else ""
        if name == "name":
            return "0", "coalesce(n.name_key, '')", "text"
        if name == "key":
            return "0", f"{sign}s.id", "int"
        key = VALUE if name == "value" else RATE
        return f"(({key}) is null)::int", f"coalesce({sign}({key}), 0)", "numeric"

    def parts(self, names: str) -> dict[str, str]:
        """How the rows are sorted and cut; names are looked up for those of the page only, unless they sort."""
        first, second, kind = self.keys
        named = self.sort.endswith("name")
        way, sign = (" desc", "<") if self.sort == "-name" else ("", ">")
        after = f"and ({first}, {second}, s.id) {sign} (({{c0}}::text)::int, ({{c1}}::text)::{kind}, ({{c2}}::text)::int)"
        return {
            "keys": f"{first} as a, {second} as b", "order": f"a{way}, b{way}, id{way}", "after": after if self.after else "",
            "early": f"left join lateral ({names}) n on true" if named else "", "most": str(self.most),
        }  # fmt: skip


def every(made_of: Relations, cut: str) -> str:
    """The CTEs up to `every`, of the period that begins {from}."""
    months = alive(made_of, "{from}::date", CUTS[cut].length)
    return EVERY.format(sums=sums(made_of, cut, "place"), months=months, registered=made_of.registered, **made_of.registers)


@lru_cache(maxsize=512)
def statement(made_of: Relations, view: View) -> Statement:
    """The statement of one kind of table."""
    registers, ties = made_of.registers, view.by is Per.ASSOCIATION
    (unit, grouped), names = UNITS[view.by], NAMES[view.by].format_map(registers)
    whose, beside_rows, beside_total = _published(made_of.level, view.by)
    sums_of = f"{SUMS_OF}, coalesce(sum(s.expected), 0) as expected, coalesce(sum(s.expected_months), 0) as expected_months"
    units = f"select {unit} as id, {sums_of} from every s {grouped.format_map(registers)} group by 1"
    if view.by is Per.MUNICIPALITY:
        units = f"select s.place as id, {OF_ONE} from every s"
    relations = TABLE.format(
        members=made_of.members() if ties else "", every=every(made_of, view.cut), units=told_groups(made_of, units, view.by), names=names,
        stated=published(made_of, view.cut, "x.territory_id as place", whose), published=beside_rows, **registers, **view.parts(names),
    )  # fmt: skip
    shared, alone = (_TIES.format(n) if ties else "null::int" for n in ("> 1", "= 0"))
    level = told_groups(made_of, f"select {sums_of} from every s")
    codes = CODES.format(**registers)
    return framed(made_of, relations, COLUMNS.format(whole=level, published=beside_total, shared=shared, alone=alone, codes=codes))


def _published(level: Level, by: Per) -> tuple[str, str, str]:
    """Whose published values are looked for, and what of them stands beside the rows and beside the total: only what a country says of
    itself, and only where the sum is one of the whole of it."""
    rows = BESIDE.format("s.id") if by is Per.COUNTRY and level in (Level.REGION, Level.COUNTRY) else "null::json"
    if level is Level.COUNTRY:
        return f"{OF_UNIT} and t.period_on = {{from}}::date", rows, BESIDE.format("l.unit")
    countries = f"t.territory_id = any(array(select u.id from units u)) and {FIGURES.seen()} and t.period_on = {{from}}::date"
    return countries if rows != "null::json" else "", rows, "null::json"


class Row(Point):
    """A place or group of places in the period."""

    id: int
    """Key of the municipality, first level, country or association. Of what an office could place in a first level only (kind
    `unspecified`) that of the rest of that level; of municipalities that lie in no first level the country's key times a hundred."""
    kind: Literal["municipality", "unspecified", "admin1", "country", "association"]
    name: str | None
    """For display, never a key; null of municipalities that lie in no first level."""
    code: str | None
    """ISO 3166 code of a first level or country, short name of an association."""
    country: str
    """ISO 3166-1 alpha-2."""
    admin1: str | None
    """ISO 3166-2 code of the first level it lies in."""


class Table(Heading):
    """An indicator in one period, by place, for a level that the caller sees whole."""

    period: str
    by: Per
    total: Point
    """Of the whole level: the point of this period in its series."""
    shared: int | None
    """With by=association: municipalities that stand in more than one row, because they belong to several; the total holds them once."""
    alone: int | None
    """With by=association: municipalities that stand in no row, because they belong to none; the total holds them."""
    items: list[Row]
    next: str | None
    """Send it back as `cursor` for the following page; null on the last. Also in the header Link."""


@dataclass(frozen=True)
class Asked(headings.Asked):
    """What is asked of a table."""

    period: str = ""
    first: date = date.min
    cut: str = "year"
    by: Per = Per.MUNICIPALITY
    sort: Sort = "name"
    limit: int = USUAL
    cursor: str | None = None

    def known(self) -> dict[str, Any]:
        """The values of a statement."""
        return super().known() | spanned(self.first, self.first) | {"fiscal": self.first.month, "limit": self.limit}

    def protected(self, lens: Lens) -> None:
        """Raises NotAllowed unless it is one of the tables that are told of a sensitive indicator."""
        listed(self.cut == "year" and self.by is not Per.ASSOCIATION and self.plainly(lens))

    def about(self, lens: Lens) -> list[Any]:
        """What a cursor is good for."""
        known_at = self.known_at and self.known_at.isoformat()
        said = [self.indicator, self.source, self.boundary, known_at, self.period, self.by, self.sort]
        return ["table", lens.level, lens.unit, *said]


async def table(reading: Reading, lens: Lens, asked: Asked) -> Table:
    """A page of the table. Refuses what `headed` refuses, and raises Malformed on a cursor of another table."""
    secret, about = reading.house.secret, asked.about(lens)
    keys = json.loads(place_of(secret, about, asked.cursor)) if asked.cursor else []
    view = View(asked.cut, asked.by, asked.sort, bool(keys), USUAL if asked.limit <= USUAL else MOST)
    row, heading = await headed(reading, lens, asked, partial(statement, view=view), {f"c{n}": key for n, key in enumerate(keys)})
    said, total = json.loads(row["items"] or "[]"), json.loads(row["total"])
    counted = row["measure"] == "count"
    every_one = [each | {"period": asked.period} for each in (total, *said)]
    one, *rows = points(every_one, counted, row["adds"], heading["protected"], row["per_head"], json.loads(row["codes"]))
    days = {"first_on": asked.first, "last_on": asked.first}
    by_unit = {str(each["id"]): point for each, point in zip(said, rows, strict=True)}
    await silence.told(reading, lens, asked, {"all": one}, (asked.cut, "'all'"), days)
    await silence.told(reading, lens, asked, by_unit, (asked.cut, *_grouped(asked.by, asked.made_of(lens))), days)
    return Table(
        **heading, period=asked.period, by=asked.by, total=one, shared=row["shared"], alone=row["alone"],
        items=[Row(**dict(point), **{name: each[name] for name in NAMED}) for point, each in zip(rows, said, strict=True)],
        next=sealed(secret, about, row["last"]) if row["n"] > asked.limit else None,
    )  # fmt: skip


def _grouped(by: Per, made_of: Relations) -> tuple[str, str, str]:
    """What the places `s` are counted under, as a text, what is joined to tell, and the CTE of that."""
    unit, joined = UNITS[by]
    return f"({unit})::text", joined.format_map(made_of.registers), made_of.members() if by is Per.ASSOCIATION else ""


NAMED = ("id", "kind", "name", "code", "country", "admin1")
