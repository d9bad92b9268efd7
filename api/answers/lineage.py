"""What lies behind a value, as SQL over an observation `t`: its file, what stood there before, the residents. Now, or as it was known at an
instant: then nothing of it changes any more, whatever is restated, renamed or put right later."""

from api.answers.relations import KNOWN
from api.domain.indicator import computed
from api.domain.indicator.figures import DENOMINATORS
from api.domain.indicator.periods import told_as
from api.levels import Shape
from api.pages import secrecy

IMPORT_SEEN = Shape(organisation="x.organisation_id", own="x.principal_id", country="x.country_id", municipality="x.municipality_id").seen()
FILE = f"""select x.id, x.file_name, x.file_sha256, x.reader, x.created_at, x.principal_id from {secrecy.IMPORTS} x
    where x.id = t.import_id and {IMPORT_SEEN}"""
KEY = "({0}.territory_id, {0}.indicator_id, {0}.source_id, {0}.period_on, {0}.frequency, {0}.dims)"
REPLACED = f"""select v.revision, case when {secrecy.HIDDEN} then null else v.value end as value,
      case when v.value is not null and {secrecy.HIDDEN} then 'Q' else v.status end as status, v.import_id,
      case when {secrecy.HIDDEN} then null else v.row_numbers end as row_numbers, v.recorded_by, v.replaced_at, v.replaced_by,
      v.replaced_import_id, v.reason from observation_revision v where {KEY.format("v")} = {KEY.format("t")}"""
REPLACED_THEN = f"""{REPLACED} and exists (select from recording z
      where z.recording_id = v.replaced_recording_id and z.country_id = v.country_id and z.at <= {{known_at}})"""
RESIDENTS = """select d.population_year as year, p.code as source, d.value from denominator d join source p on p.id = d.source_id
    where d.territory_id = t.territory_id and date_part('year', t.period_on) between d.from_year and d.to_year"""
COUNTED = (
    KNOWN.format(
        columns="t.territory_id, t.year, t.source_id, t.country_id, t.value", table="population", within="t.territory_id = o.place"
    )
    .replace("{{", "{")
    .replace("}}", "}")
)
RESIDENTS_THEN = f"""select d.population_year as year, p.code as source, d.value
    from (select t.territory_id as place, date_part('year', t.period_on) as year) o, lateral ({DENOMINATORS.format(rows=COUNTED)}) d
      join source p on p.id = d.source_id
    where o.year between d.from_year and d.to_year"""


RECORDED = "(select k.at from recording k where k.recording_id = t.recording_id and k.country_id = t.country_id)"


def behind(replaced: str, residents: str) -> dict[str, str]:
    """The columns that tell what lies behind a value."""
    return {
        "recorded_at": RECORDED,
        "counted_from": computed.behind(told_as(), RECORDED),
        "imported": f"(select row_to_json(f) from ({FILE}) f)",
        "revisions": f"coalesce((select json_agg(row_to_json(r) order by r.revision) from ({replaced}) r), '[]')",
        "residents": f"(select row_to_json(n) from ({residents}) n)",
    }


BEHIND, BEHIND_THEN = behind(REPLACED, RESIDENTS), behind(REPLACED_THEN, RESIDENTS_THEN)
_SAID = "territory_id, indicator_id, source_id, period_on, frequency, dims, country_id, value, status, assisted, import_id, row_numbers"
_NOW, _WAS = (", ".join(f"{alias}.{name}" for name in f"{_SAID}, recorded_by, recording_id".split(", ")) for alias in "tv")
# No join is written out here: a page looks its rows up in what stands before the first join, and joins the rest to those it found.
STOOD = f"""(
    select {_NOW}, t.version, t.created_at, case when t.version = 1 then t.created_at else t.updated_at end as updated_at
      from observation t, recording k
      where k.recording_id = t.recording_id and k.country_id = t.country_id and k.at <= {{known_at}}
    union all
    select {_WAS}, v.revision, o.created_at, coalesce((select b.replaced_at from observation_revision b
        where {KEY.format("b")} = {KEY.format("v")} and b.revision = v.revision - 1), o.created_at)
      from observation_revision v, observation o, recording k, recording z
      where {KEY.format("o")} = {KEY.format("v")} and k.recording_id = v.recording_id and k.country_id = v.country_id
        and z.recording_id = v.replaced_recording_id and z.country_id = v.country_id and k.at <= {{known_at}} and z.at > {{known_at}}) t"""
"""The observations that stood at an instant, each with the version that it had."""
PLACE_THEN = """coalesce(m.name,
      (select a.name from app.admin1_at({known_at}) a where t.territory_id in (a.id, app.unspecified_of(a.id))),
      (select c.name from app.country_at({known_at}) c where c.id = t.territory_id),
      (select h.body ->> 'name' from change h where h.noun = 'community' and h.thing = t.territory_id::text and h.at <= {known_at}
        order by h.seq desc limit 1))"""
"""The name that the place had; of a community, which no register remembers, the one that its changes tell."""
