"""Observations as DHIS2 and SDMX take them. Both in whole, of what the caller sees; what is hidden is in neither.

DHIS2: a dataValueSet (its Web API, "Data values"): codes as identifiers, periods 2022, 2022Q1, 202203. It keeps one value for a data
element, period and organisation unit, so one source must be named; it keeps no breakdown that its own metadata do not define and no status
without a value, so those are left out; a status other than normal becomes a comment with `followUp`.

SDMX-CSV 2.0 (SDMX 3.0, data message field guide): the dataflow first, then dimensions, measure, attributes, and one column of our own.
Missing and suppressed values are rows with an empty OBS_VALUE and their OBS_STATUS.
"""

from api.domain.indicator.periods import told_as
from api.pages import secrecy
from api.pages.forms import Form

_AREA = "case when {scheme}::text is null then t.territory_id::text else m.external_ids ->> {scheme} end"
_PLACED = "({scheme}::text is null or m.external_ids ? {scheme})"
_VALUE, _STATUS = (secrecy.SHOWN[name] for name in ("value", "status"))
_GUARD = "regexp_replace({}, '^([=+@\\t\\r-])', '''\\1')"
_REMARK = "'OBS_STATUS ' || t.status"

DHIS2 = Form(
    "application/x.dhis2.data-value-set+json",
    "json",
    json=f"""json_build_object('dataElement', i.code, 'period', {told_as("YYYYMM", 'YYYY"Q"Q')}, 'orgUnit', {_AREA},
      'categoryOptionCombo', 'default', 'value', trim_scale({_VALUE})::text,
      'comment', case when t.status <> 'A' then {_REMARK} end, 'followUp', t.status <> 'A')""",
    head='{"dataSet":{data_set},"idScheme":"CODE","dataElementIdScheme":"CODE","orgUnitIdScheme":"CODE",'
    '"categoryOptionComboIdScheme":"CODE","dataValues":[',
    tail="]}\n",
    only=f"t.dims = '' and ({_VALUE}) is not null and {_PLACED}",
    needs=("source",),
)
SDMX_CSV = Form(
    "application/vnd.sdmx.data+csv",
    "csv",
    columns={
        "STRUCTURE": "'dataflow'",
        "STRUCTURE_ID": "'AMUPREV:OBSERVATIONS(1.0.0)'",
        "ACTION": "'I'",
        "FREQ": "t.frequency",
        "REF_AREA": _GUARD.format(_AREA),
        "INDICATOR": "i.code",
        "SOURCE": "s.code",
        "BREAKDOWN": "coalesce(nullif(t.dims, ''), '_T')",
        "TIME_PERIOD": told_as(),
        "OBS_VALUE": f"trim_scale({_VALUE})",
        "OBS_STATUS": _STATUS,
        "UNIT_MEASURE": "i.unit",
        "COUNTING_UNIT": "s.counting_unit",
        "UPDATED": "to_char(t.updated_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    },
    only=_PLACED,
)
