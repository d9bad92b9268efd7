"""Computed indicators: what this service counts of its own rows and keeps as figures, like any office's.

A room that counts something adds a `Computed` to the list below and asks `recomputed` (api/intake/computing.py) for it in the transaction
that writes its rows. The values are observations of the source `computed`: series, tables, lineage and what was known when need to know
nothing of where they come from. Nobody states or imports them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from api.domain.indicator.figures import SUMMARISE
from api.domain.indicator.observations import Frequency

SOURCE = 9
"""Key of the source `computed` in api/data/sources.csv."""
INVENTED = 3
"""Key of the source `demonstration`: what is counted of invented things is kept under it, and never added to what is real."""


@dataclass(frozen=True)
class Computed:
    """Some indicators of one table, and how they are counted from scratch."""

    indicators: tuple[str, ...]
    """Their codes, with the origin `computed` in api/data/indicators.csv."""
    frequency: Frequency
    select: str
    """territory_id, country_id, indicator (its code), source_id, period_on, value of every place and period that has one, of `{rows}`."""
    table: str
    """What `{rows}` is: the room's own table."""
    touched: str
    """Of that table, what lies in {places} and the years from {first} to {last}, or more."""
    behind: str
    """Where a municipality lists what a value of `{period}`, recorded at `{at}`, was counted of: the rest of the address, as SQL."""


_REPORTING = "municipalities-reporting"
_COUNTED = f"t.territory_id, t.country_id, '{_REPORTING}' as indicator, {SOURCE} as source_id"
_MONTHS = " or ".join(f"t.by_month[q.month + {n}] is not null" for n in range(3))
REPORTING = Computed(
    (_REPORTING,),
    Frequency.QUARTERLY,
    f"""select {_COUNTED}, make_date(t.year, q.month, 1) as period_on, 1::numeric as value
        from {{rows}} t join indicator i on i.id = t.indicator_id and i.origin = 'reported'
          join source s on s.id = t.source_id and s.kind <> 'demonstration'
          cross join (values (1, 1), (2, 4), (3, 7), (4, 10)) q (n, month)
        where app.is_municipality(t.territory_id) and (t.by_quarter[q.n] is not null or {_MONTHS})
        group by 1, 2, 5""",
    "figure",
    "territory_id = any({places}) and year between {first} and {last}",
    "'observations?from=' || {period} || '&to=' || {period}",
)
"""Each municipality and quarter of which some office reported a month or the quarter: 1, so that over places and levels they are counted.
A value of a year says nothing of its quarters; what is invented for the demonstration was not reported."""
REPORTING_YEARS = replace(
    REPORTING,
    frequency=Frequency.ANNUAL,
    select=f"""select {_COUNTED}, make_date(t.year, 1, 1) as period_on, 1::numeric as value
        from {{rows}} t join indicator i on i.id = t.indicator_id and i.origin = 'reported'
          join source s on s.id = t.source_id and s.kind <> 'demonstration'
        where app.is_municipality(t.territory_id) group by 1, 2, 5""",
)
"""The same of years: quarters are not summed, a municipality reports in a year once."""

FRAMEWORK, NUMBERS = "icma-mvpc-8", range(1, 9)
_ACHIEVED = ", ".join(f"count(*) filter (where r.number = {n} and r.state = 'achieved') as s{n}" for n in NUMBERS)
STEPS = Computed(
    tuple(f"committees-step-{n}" for n in NUMBERS),
    Frequency.QUARTERLY,
    f"""select g.territory_id, g.country_id, s.indicator, g.source_id, g.period_on, s.value::numeric as value
        from (
          select r.municipality_id as territory_id, r.country_id, case when c.demonstration then {INVENTED} else {SOURCE} end as source_id,
            q::date as period_on, {_ACHIEVED}
          from {{rows}} r join committee c on c.id = r.committee_id
            cross join lateral generate_series(date_trunc('quarter', r.created_at at time zone 'UTC'), least(app.quarter_begun()::timestamp,
              r.replaced_at at time zone 'UTC' - interval '3 months'), interval '3 months') q
          where r.framework = '{FRAMEWORK}' and (c.dissolved_on is null or c.dissolved_on >= q + interval '3 months')
          group by 1, 2, 3, 4) g
        cross join lateral (values {", ".join(f"('committees-step-{n}', g.s{n})" for n in NUMBERS)}) s (indicator, value)""",
    "step_record",
    "municipality_id = any({places})",
    """'step-records?known_at=' || to_char(least({at}, (t.period_on + interval '3 months - 1 microsecond')::timestamp at time zone 'UTC')
      at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
)
"""Of each municipality and quarter, how many of its committees stood as having achieved each step when the quarter was over, or stand now
in the one that the clock says has begun: of the records, as {level}/steps says it of the last instant of that quarter. What is declared,
waived or lapsed was not achieved. Where no committee has begun a step there is nothing to count."""

COMPUTED = (REPORTING, REPORTING_YEARS, STEPS)
UNITS = {**dict.fromkeys(REPORTING.indicators, "municipalities"), **dict.fromkeys(STEPS.indicators, "committees")}
"""What each is a number of. It is counted here whatever it is counted under, so that this stands in place of the unit of the source."""


def behind(period: str, at: str) -> str:
    """The address at which it is listed what an observation `t` of the indicator `i` was counted of, as SQL; null where it is stated."""
    each = {code: c.behind.replace("{period}", period).replace("{at}", at) for c in COMPUTED for code in c.indicators}
    cases = " ".join(f"when '{code}' then {address}" for code, address in each.items())
    return f"'/v1/municipalities/' || t.territory_id || '/' || case i.code {cases} end"


def counting(indicator: str, sources: Iterable[dict[str, Any]]) -> list[Any]:
    """Sources as they stand in an answer: what they count of this indicator."""
    return [each | {"counting_unit": UNITS.get(indicator, each["counting_unit"])} for each in sources]


def meant(indicator: str, source: str | None) -> str | None:
    """The source that is asked for: of what is counted here kind:counting-unit is the kind alone."""
    return source and source.removesuffix(f":{UNITS[indicator]}") if indicator in UNITS else source

_OURS = f"""indicator_id = any(array(select i.id from indicator i where i.code = any(array[{{indicators}}])))
    and source_id in ({SOURCE}, {INVENTED})"""
_PERIODS = "territory_id = any({places}) and period_on between make_date({first}, 1, 1) and make_date({last}, 12, 31)"
_YEARS = "territory_id = any({places}) and year between {first} and {last}"
_KEY = "territory_id, indicator_id, source_id, period_on"
_COLUMNS = f"{_KEY}, frequency, dims"
_KEEP = """with made as (select x.*, i.id as indicator_id from ({select}) x join indicator i on i.code = x.indicator where {within}),
  kept as (select * from {kept} o where frequency = '{frequency}'),
  old as materialized (
    select {key}, coalesce(m.country_id, k.country_id) as country_id, m.value, case when m.value is null then 'M' else 'A' end as status,
      k.version is not null as there, k.value as was, k.status as was_status, k.version, k.recording_id as was_recording
    from made m full join kept k using ({key}) where m.value is distinct from k.value),
  revised as (
    insert into observation_revision ({columns}, revision, country_id, value, status, recording_id, replaced_at, replaced_by,
      replaced_recording_id)
    select {key}, '{frequency}', '', version, country_id, was, was_status, was_recording, {{at}}, {{who}}, {{recording}}
    from old where there),
  stated as (
    insert into observation as o ({columns}, country_id, value, status, recording_id, created_at, updated_at)
    select {key}, '{frequency}', '', country_id, value, status, {{recording}}, {{at}}, {{at}} from old
    on conflict ({columns}) do update set value = excluded.value, status = excluded.status, recording_id = excluded.recording_id,
      version = o.version + 1, updated_at = excluded.updated_at)
select i.code, old.country_id, bool_or(old.value is null) as gone from old join indicator i on i.id = old.indicator_id group by 1, 2"""
_EMPTY = """delete from figure f where {ours} and {years} and not exists (
    select from observation o where o.territory_id = f.territory_id and o.indicator_id = f.indicator_id and o.source_id = f.source_id
      and o.period_on >= make_date(f.year, 1, 1) and o.period_on <= make_date(f.year, 12, 31) and o.value is not null offset 0)"""
"""Each year is asked for its own observations, which lie in one partition: joined, all there are were read."""
_CHANGED = """select case when app.is_municipality(territory_id) then territory_id else 0 end as municipality_id, country_id,
    jsonb_build_object('values', count(*), 'from', min(period_on), 'to', max(period_on)) as body
    from {kept} o where frequency = '{frequency}' and recording_id = {{recording}} group by 1, 2"""


def _said(computed: Computed, codes: Iterable[str], whole: bool) -> dict[str, str]:
    """What the statements below are made of, for some of the indicators and some of the places and years, or the `whole`."""
    within, years = ("true", "true") if whole else (_PERIODS, _YEARS)
    ours = _OURS.format(indicators=", ".join(f"'{code}'" for code in codes))
    said = {"within": within, "years": years, "ours": ours, "kept": f"(select * from observation where {ours} and dims = '' and {within})"}
    return said | {"frequency": computed.frequency, "key": _KEY, "columns": _COLUMNS}


def keeping(computed: Computed, whole: bool) -> str:
    """Brings the kept values to what they must be, with what they replace; answers the code and country_id of all that changed, and whether
    any of it is gone."""
    rows = computed.table if whole else f"(select * from {computed.table} where {computed.touched})"
    return _KEEP.format(select=computed.select.replace("{rows}", rows), **_said(computed, computed.indicators, whole))


def summing(computed: Computed, codes: Iterable[str], whole: bool) -> str:
    """Brings the yearly summaries of what changed up to date."""
    return SUMMARISE.replace("{rows}", _said(computed, codes, whole)["kept"])


def ending(computed: Computed, codes: Iterable[str], whole: bool) -> str:
    """Ends the yearly summaries of which nothing is left, where anything is gone: looking for them costs as much as all the rest."""
    return _EMPTY.format(**_said(computed, codes, whole))


def telling(computed: Computed, code: str, whole: bool) -> str:
    """What the feed says of one indicator: counts and periods of each place, as of an import."""
    return _CHANGED.format(**_said(computed, [code], whole))
