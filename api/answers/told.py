"""What is told of a sensitive indicator to who may not write it, as SQL: api/domain/indicator/protection.py over the tree of places.

Each source is a tree of its own: a municipality (and what an office could place in a first level only) belongs to one first level, that to
one country, those to the region. The true counts are summed; what is told of each sum is decided beside what is told of its members. Of a
sum with anything in it that has no residents there is no rate: how much that is may be hidden, and a rate without it would tell.
"""

from api.answers.relations import Relations

FIRST = """case when app.is_municipality(t.territory_id) then coalesce(m.admin1_id, t.territory_id / 10000 * 100)
        else t.territory_id / 10000 * 100 + t.territory_id % 100 end"""
"""The first level of a place; number 0 of their country are the municipalities that lie in none."""
TOLD = """cells as materialized (
      select make_date(t.year, 1, 1) as p, t.territory_id as id, {first} as first, x.n, app.told(x.n) as w
      from figure t join chosen s on s.id = t.source_id left join municipality m on m.id = t.territory_id,
        lateral (select case when i.unit = 'count' then t.total else 0 end as n) x
      where {within} and t.indicator_id = i.id and app.adds_up(t.territory_id) and x.n is not null),
    firsts as materialized (
      select p, first as id, sum(n) as n, app.told(sum(n), sum(w[2]), sum(w[3])) as w from cells group by 1, 2),
    nations as materialized (
      select p, id / 100 as id, sum(n) as n, app.told(sum(n), sum(w[2]), sum(w[3])) as w from firsts group by 1, 2),
    told as materialized (
      select p, 'municipality' as per, id, nullif(w[1], 0) as shown from cells
      union all select p, 'admin1', id, nullif(w[1], 0) from firsts
      union all select p, 'country', id, nullif(w[1], 0) from nations
      union all select p, 'region', 0, nullif((app.told(sum(n), sum(w[2]), sum(w[3])))[1], 0) from nations group by 1),"""
PEOPLED = "s.complete and s.places = s.reported"
OF_SUMS = f"""select s.{{key}}, h.shown as count, s.months, s.reported, s.places, s.population, {PEOPLED} as complete,
      null::numeric as unspecified, s.estimated, s.oldest, s.newest
    from ({{sums}}) s left join told h on {{of}}"""
GROUPED = (
    *("reported_months", "reported", "places", "population", "complete", "unspecified", "estimated", "expected", "expected_months"),
    *("oldest", "newest"),
)
OF_GROUPS = (
    "select {key}h.shown as count, {rest} from ({groups}) s left join told h on h.per = '{per}' and h.id = {of} and h.p = {{from}}::date"
)


def told(made_of: Relations) -> str:
    """The CTE `told`: what is told of each place, first level, country and the region (`per`, `id`) in the year that begins on `p`; null
    where it is hidden. Nothing where true counts are told."""
    return TOLD.format(first=FIRST, within=made_of.within()) if made_of.told else ""


def told_of(made_of: Relations, sums: str, key: str) -> str:
    """`sums` by `key` with what is told instead of the true counts."""
    of = f"h.per = '{made_of.level}' and h.id = l.unit and h.p = s.p"
    if key == "place":
        of = "h.per = 'municipality' and h.id = s.place and h.p = {from}::date"
    return OF_SUMS.format(key=key, sums=sums, of=of)


def told_groups(made_of: Relations, groups: str, per: str = "") -> str:
    """`groups` of a table with what is told instead of their sums: of each `id` of the kind `per`, or of the level as a whole."""
    rest = ", ".join(f"{PEOPLED} as complete" if name == "complete" else f"s.{name}" for name in GROUPED)
    key, of = ("s.id, ", "s.id") if per else ("", "l.unit")
    return OF_GROUPS.format(key=key, rest=rest, groups=groups, per=per or made_of.level, of=of) if made_of.told else groups
