"""Which values of sensitive indicators a list shows: the true ones to who may write them, none to anybody else.

Lists do not round (api/domain/indicator/protection.py): values of months and breakdowns add up to what the answers tell of a year, and two
roundings of one count would tell more than either. Over an observation `t` and its indicator `i`.
"""

from api.levels import PLACES

SENSITIVE = "(i.sensitive or (i.numerator is not null and exists (select from indicator n where n.code = i.numerator and n.sensitive)))"
"""Whether indicator `i` is sensitive; a rate is where its count is, which it would give away."""
WRITTEN = f"({PLACES.seen('write')} or (t.assisted and t.territory_id = any((select app.assist_municipalities())::int[])))"
"""Whether the caller may write this value; an association its drafts."""
HIDDEN = f"({SENSITIVE} and not {WRITTEN})"
SHOWN = {
    "value": f"case when {HIDDEN} then null else t.value end",
    "status": f"case when t.value is not null and {HIDDEN} then 'Q' else t.status end",
    # Of a file with a line for each victim these are as many as there were.
    "row_numbers": f"case when {HIDDEN} then null else t.row_numbers end",
}
"""The columns of a list of observations that tell how many there were."""
OWN_IMPORT = """(x.principal_id = (select app.principal()) or x.country_id = any((select app.write_countries())::int[])
    or x.municipality_id = any((select app.write_municipalities())::int[]))"""
IMPORTS = f"""(select x.* from import x where {OWN_IMPORT}
    or not exists (select from indicator i where x.report -> 'totals' ? i.code and {SENSITIVE}))"""
"""The imports whose reports may be shown: they hold sums, and counts of rows, which in some files are victims."""
FED = """case when t.noun = 'observation' then case when {open} then t.body
      else t.body || '{{{{"value": null, "status": "Q", "row_numbers": null}}}}' end else t.body end""".format(
    open=f"""t.principal_id = (select app.principal()) or t.country_id = any((select app.write_countries())::int[])
        or t.municipality_id = any((select app.write_municipalities())::int[])
        or not exists (select from indicator i where i.id = (t.body ->> 'indicator_id')::int and {SENSITIVE})""",
)
"""The body of a change `t`, where it is of such a value without it."""
