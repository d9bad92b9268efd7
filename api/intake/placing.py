"""Which territory each place of a file is: by what a person once said, by code, or by a name where it is unique, and nothing else.

What an office could not place is of the first level's "not specified", so that its totals still add up.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lookup:
    """How the places of a file are looked up."""

    of: str = "municipality"
    """What names name: municipality, admin1 or country."""
    within: list[str] = field(default_factory=list)
    """Countries in which names are looked up where the file does not say in which."""
    digits: int = 0
    """How many first digits of a code are the first level's."""


NEAR = """(select array_agg(m.id || ' ' || m.name || coalesce(' (' || d.code || ')', '') order by similarity(m.name_key, n.key) desc, m.id)
    from (select x.* from (select id, name, name_key, country_id, admin1_id from municipality where name_key % n.key
        union all select id, name, name_key, country_id, id from admin1 where name_key % n.key) x
      where coalesce(n.country, x.country_id) = x.country_id order by similarity(x.name_key, n.key) desc, x.id limit 5) m
    left join admin1 d on d.id = m.admin1_id)"""
"""The places whose name is most like that of `n`, in its country where that is known: for a person to choose from, never by itself."""
BORN = "(select id, name, valid_from, valid_to from municipality union all select id, name, valid_from, valid_to from community)"
OUTSIDE = """({b}.valid_to <= {on} or {b}.valid_from >= {on} + case {frequency} when 'M' then interval '1 month'
    when 'Q' then interval '3 months' else interval '1 year' end)"""
"""Whether place `b` existed on no day of the period, as SQL; null where it is not known when it began or ended."""
INSTEAD = f"""(select coalesce(array_agg(distinct y.id || ' ' || y.name), '{{{{}}}}') from succession u join municipality y
    on y.id = case when u.predecessor_id = {{b}}.id then u.successor_id else u.predecessor_id end
    where {{b}}.id in (u.predecessor_id, u.successor_id) and not coalesce({OUTSIDE.replace("{b}", "y")}, false))"""
"""What stood in the stead of place `b` in the period: what it became, or what became it."""
MAY = "m.country_id = any((select app.write_countries())::int[]) or m.id = any((select app.write_municipalities())::int[])"
ASSIST = "m.id = any((select app.assist_municipalities())::int[])"
"""An association may draft for a municipality that nobody runs; no figure counts a draft."""
BY_NAME = {
    "municipality": """select min(x.id) as id from municipality x where n.scheme = '' and n.name <> '' and not n.unspecified
        and x.name_key = app.name_key(n.name) and x.status = 'current'
        and (x.admin1_id = l.id or n.admin1 = '' and x.country_id = any(case when n.country = '' then $2::int[] else array[c.id] end))
        having count(*) = 1""",
    "admin1": """select min(x.id) as id from admin1 x where n.scheme = '' and x.name_key = app.name_key(n.name)
        and x.country_id = any(case when n.country = '' then $2::int[] else array[c.id] end) having count(*) = 1""",
    "country": """select min(x.id) as id from country x where n.scheme = '' and app.name_key(n.name) in (lower(x.iso2), lower(x.iso3),
        x.name_key, app.name_key(x.name_es), app.name_key(x.name_pt)) and (cardinality($2::int[]) = 0 or x.id = any($2))
        having count(*) = 1""",
}
WITHIN = "select coalesce(array_agg(app.country_of(c)), '{}') from unnest($1::text[]) c"
# What was said of a place before the country and first level told were part of its key holds where it lies in them.
PLACED = """
with countries as materialized (
  select d.country, coalesce(app.country_of(d.country), (select x.id from country x
    where app.name_key(d.country) in (x.name_key, app.name_key(x.name_es), app.name_key(x.name_pt)))) as id
  from (select distinct country from named where country <> '') d),
levels as materialized (
  select d.country, d.admin1, (select min(x.id) from admin1 x where x.code = upper(d.admin1) or x.name_key = app.name_key(d.admin1)
    and x.country_id = c.id having count(*) = 1) as id
  from (select distinct country, admin1 from named where admin1 <> '') d left join countries c on c.country = d.country)
insert into placed
select n.place, n.key, n.code, n.name, m.id, m.country_id, case when m.id is null then 'place-unknown' when {may} then ''
  when {assist} then '' else 'place-not-yours' end, coalesce(not ({may}), false), k.id is not null
from named n left join countries c on c.country = n.country left join levels l on l.country = n.country and l.admin1 = n.admin1
left join lateral (select min(x.territory_id) as id from place_match x left join municipality y on y.id = x.territory_id
  where x.source_id = $1 and x.country_id = any((select app.read_countries())::int[]) and (x.place = n.key
    or x.place = n.code || '|' || n.name and y.country_id = coalesce(c.id, y.country_id) and y.admin1_id = coalesce(l.id, y.admin1_id))
  having count(distinct x.territory_id) = 1) k on true
left join lateral (select min(e.thing::int) as id from external_id e where n.scheme <> '' and e.scheme = n.scheme and e.value = n.code
  and e.noun in ('municipality', 'admin1', 'country') having count(*) = 1) f on true
left join lateral ({by_name}) g on true
left join lateral (select min(x.admin1_id) as id from external_id e join municipality x on x.id = e.thing::int
  where n.unspecified and $3 > 0 and e.noun = 'municipality' and e.scheme = n.scheme and left(e.value, $3) = left(n.code, $3)
  having count(distinct x.admin1_id) = 1) s on true
left join territory m on m.id = coalesce(k.id, f.id, g.id, case when n.unspecified then app.unspecified_of(coalesce(l.id, s.id))
  when n.code = '' and n.name = '' then case when n.admin1 = '' then c.id else l.id end end)"""
