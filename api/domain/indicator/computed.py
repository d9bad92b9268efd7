"""Computed indicators: what this service counts of its own rows and keeps as figures, like any office's.

A room that counts something adds a `Computed` to the list below and asks `recomputed` (api/intake/computing.py) for it in the transaction
that writes its rows. The values are observations of the source `computed`: series, tables, lineage and what was known when need to know
nothing of where they come from. Nobody states or imports them.
"""

from dataclasses import dataclass

from api.domain.indicator.figures import SUMMARISE
from api.domain.indicator.observations import Frequency

SOURCE = 9
"""Key of the source `computed` in api/data/sources.csv."""


@dataclass(frozen=True)
class Computed:
    """One indicator and how it is counted from scratch."""

    indicator: str
    """Its code, with the origin `computed` in api/data/indicators.csv."""
    frequency: Frequency
    select: str
    """territory_id, country_id, period_on and value of every place and period that has one, of `{rows}`."""
    table: str
    """What `{rows}` is: the room's own table."""
    touched: str
    """Of that table, what lies in {places} and the years from {first} to {last}."""


_MONTHS = " or ".join(f"t.by_month[q.month + {n}] is not null" for n in range(3))
REPORTING = Computed(
    "municipalities-reporting",
    Frequency.QUARTERLY,
    f"""select t.territory_id, t.country_id, make_date(t.year, q.month, 1) as period_on, 1::numeric as value
        from {{rows}} t join indicator i on i.id = t.indicator_id and i.origin = 'reported'
          join source s on s.id = t.source_id and s.kind <> 'demonstration'
          cross join (values (1, 1), (2, 4), (3, 7), (4, 10)) q (n, month)
        where app.is_municipality(t.territory_id) and (t.by_quarter[q.n] is not null or {_MONTHS})
        group by 1, 2, 3""",
    "figure",
    "territory_id = any({places}) and year between {first} and {last}",
)
"""Each municipality and quarter of which some office reported a month or the quarter: 1, so that over places and levels they are counted.
A value of a year says nothing of its quarters; what is invented for the demonstration was not reported."""
REPORTING_YEARS = Computed(
    REPORTING.indicator,
    Frequency.ANNUAL,
    """select t.territory_id, t.country_id, make_date(t.year, 1, 1) as period_on, 1::numeric as value
        from {rows} t join indicator i on i.id = t.indicator_id and i.origin = 'reported'
          join source s on s.id = t.source_id and s.kind <> 'demonstration'
        where app.is_municipality(t.territory_id) group by 1, 2, 3""",
    REPORTING.table,
    REPORTING.touched,
)
"""The same of years: quarters are not summed, a municipality reports in a year once."""

COMPUTED = (REPORTING, REPORTING_YEARS)

_MINE = """indicator_id = (select i.id from indicator i where i.code = '{indicator}') and source_id = {source}
    and dims = '' and {within}"""
_WITHIN = "territory_id = any({places}) and period_on between make_date({first}, 1, 1) and make_date({last}, 12, 31)"
_COLUMNS = "territory_id, indicator_id, source_id, period_on, frequency, dims"
_KEEP = """with made as ({select}), kept as (select * from observation where {mine} and frequency = '{frequency}'),
  old as materialized (
    select coalesce(m.territory_id, k.territory_id) as territory_id, coalesce(m.country_id, k.country_id) as country_id,
      coalesce(m.period_on, k.period_on) as period_on, m.value, case when m.value is null then 'M' else 'A' end as status,
      k.territory_id is not null as there, k.value as was, k.status as was_status, k.version, k.recording_id as was_recording
    from made m full join kept k on k.territory_id = m.territory_id and k.period_on = m.period_on where m.value is distinct from k.value),
  revised as (
    insert into observation_revision ({columns}, revision, country_id, value, status, recording_id, replaced_at, replaced_by,
      replaced_recording_id)
    select territory_id, (select id from indicator where code = '{indicator}'), {source}, period_on, '{frequency}', '', version, country_id,
      was, was_status, was_recording, {{at}}, {{who}}, {{recording}} from old where there),
  stated as (
    insert into observation as o ({columns}, country_id, value, status, recording_id, created_at, updated_at)
    select territory_id, (select id from indicator where code = '{indicator}'), {source}, period_on, '{frequency}', '', country_id, value,
      status, {{recording}}, {{at}}, {{at}} from old
    on conflict ({columns}) do update set value = excluded.value, status = excluded.status, recording_id = excluded.recording_id,
      version = o.version + 1, updated_at = excluded.updated_at)
select count(*) from old"""
_EMPTY = """delete from figure f where indicator_id = (select i.id from indicator i where i.code = '{indicator}') and source_id = {source}
    and {years} and not exists (select from observation o where o.territory_id = f.territory_id and o.indicator_id = f.indicator_id
      and o.source_id = f.source_id and o.period_on >= make_date(f.year, 1, 1) and o.period_on <= make_date(f.year, 12, 31)
      and o.value is not null offset 0)"""
"""Each year is asked for its own observations, which lie in one partition: joined, all there are were read (measured: a minute)."""
_CHANGED = f"""select case when app.is_municipality(territory_id) then territory_id else 0 end as municipality_id, country_id,
    jsonb_build_object('values', count(*), 'from', min(period_on), 'to', max(period_on)) as body
    from observation where indicator_id = (select i.id from indicator i where i.code = $6) and source_id = {SOURCE} and recording_id = $7
      and frequency = $8 and {{within}} group by 1, 2"""


def changed(whole: bool) -> str:
    """What the feed says of it: counts and periods of each place, as of an import; places and years as in `statements`."""
    return _CHANGED.format(within="true" if whole else _WITHIN.format(places="$9::int[]", first="$10::int", last="$11::int"))


def statements(computed: Computed, whole: bool) -> tuple[str, str, str]:
    """What brings the kept values to what they must be, those of some places and years or the `whole`: the observations with what they
    replace, their yearly summary, and the end of a summary of which nothing is left."""
    rows = computed.table if whole else f"(select * from {computed.table} where {computed.touched})"
    said = {"indicator": computed.indicator, "source": SOURCE, "frequency": computed.frequency}
    mine = _MINE.format(**said, within="true" if whole else _WITHIN)
    keep = _KEEP.format(**said, select=computed.select.replace("{rows}", rows), mine=mine, columns=_COLUMNS)
    years = "true" if whole else "territory_id = any({places}) and year between {first} and {last}"
    kept = f"(select * from observation where {mine})"
    return keep, SUMMARISE.replace("{rows}", kept), _EMPTY.format(**said, years=years)
