"""The SQL of the read door: one statement for one kind of list or thing, the same for every caller, so that PostgreSQL plans it once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from api.domain.levels import Level
from api.pages.listings import Cut, Listing


@dataclass(frozen=True)
class Statement:
    """SQL with positional parameters and the names of what goes into them."""

    sql: str
    names: tuple[str, ...]

    def values(self, known: Mapping[str, Any]) -> list[Any]:
        return [known[name] for name in self.names]


class _Numbered(dict[str, str]):
    """Turns {name} into $n, the same number for the same name."""

    def __missing__(self, name: str) -> str:
        self[name] = f"${len(self) + 1}"
        return self[name]


def prepared(sql: str) -> Statement:
    """`sql` with its {names} numbered."""
    numbers = _Numbered()
    return Statement(sql.format_map(numbers), tuple(numbers))


ENTERED = "(select app.enter({credential}, {request}, {at}) as who offset 0) e"
INSIDE = "(select app.principal() as who offset 0) e"
"""The scope of a write transaction, entered when it began: its answers are rendered by this same door."""

# The rows of a page are found first; only then is anything joined to them and made JSON of: sorting what is already JSON took three times
# as long (measured), and PostgreSQL sometimes does. The limit is a constant, so that the plan is one for few rows; the caller's is in `rn`.
ITEM = "(select row_to_json(o) from (select {columns}) o)"
SOME = """(select chr(123) || string_agg(to_json(f.key)::text || ':' || f.value::text, ',' order by f.n) || chr(125)
    from json_each({item}) with ordinality f (key, value, n) where f.key = any({{fields}}::text[]))"""
PAGE = """
select e.who, q.unit, q.items, q.n, q.last {total_out}
from {entered}
left join lateral (
  select l.unit, p.* from ({unit}) l
  left join lateral (
    select convert_to(string_agg(x.j, ',') filter (where x.rn <= {{limit}}), 'UTF8') as items, count(*) as n,
      max(x.k) filter (where x.rn = {{limit}}) as last {total}
    from (select y.j::text as j, y.k::text as k, row_number() over () as rn
          from (select {item} as j, json_build_array({keys}) as k
                from (select t.* from {rows} where l.unit is not null and e.who is not null and {where} {after}
                      order by {order} limit {most} + 1) t {joined} order by {order}) y) x
    where x.rn <= {{limit}} + 1
  ) p on true
) q on e.who is not null"""


def where_of(listing: Listing, level: Level, filters: tuple[str, ...]) -> str:
    """The rows of a list over `t`: the caller's, the level's, those the filters keep."""
    conditions = [listing.shape.seen(), listing.shape.meant(level), listing.only]
    conditions += [f"({listing.filters[name].replace('{value}', '{' + name + '}')})" for name in filters if name in listing.filters]
    return " and ".join(c for c in conditions if c != "true") or "true"


def order_of(listing: Listing) -> str:
    """How a list is sorted."""
    return ", ".join(f"{key}{' desc' if listing.descending else ''}" for key, _ in listing.keys)


@lru_cache(maxsize=1024)
def page_statement(listing: Listing, level: Level, filters: tuple[str, ...], cut: Cut) -> Statement:
    """The statement of one kind of page; the same for every caller and value, so that PostgreSQL plans it once."""
    where, (rows, joined) = where_of(listing, level, filters), listing.parted()
    item = ITEM.format(columns=listing.select())
    sign = "<" if listing.descending else ">"
    cursor = ", ".join(f"({{c{n}}}::text)::{kind}" for n, (_, kind) in enumerate(listing.keys))
    return prepared(
        PAGE.format(
            entered=ENTERED,
            unit=listing.unit(level),
            item=SOME.format(item=item) if cut.some else item,
            keys=", ".join(f"({key})::text" for key, _ in listing.keys),
            table=listing.table,
            rows=rows,
            joined=joined,
            where=where,
            after=f"and ({', '.join(key for key, _ in listing.keys)}) {sign} ({cursor})" if cut.after else "",
            order=order_of(listing),
            most=cut.most,
            total=f", (select count(*) from {listing.table} where l.unit is not null and {where}) as total" if cut.exact else "",
            total_out=", q.total" if cut.exact else "",
        )
    )


ONE = """
select e.who, q.j, q.version
from {entered}
left join lateral (select (select row_to_json(o)::text from (select {columns}) o) as j, t.version
                   from {table} where e.who is not null and {seen} and {address}) q on true"""


@lru_cache(maxsize=256)
def one_statement(listing: Listing, inside: bool) -> Statement:
    """The statement that reads one thing; `inside` a write transaction or by itself."""
    return prepared(
        ONE.format(
            entered=INSIDE if inside else ENTERED,
            columns=listing.select(),
            table=listing.table,
            seen=listing.shape.seen(),
            address=listing.address,
        )
    )
