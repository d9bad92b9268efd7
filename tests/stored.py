"""What is kept twice must agree: counts with what they count, copies of codes with the codes, versions with their change records."""

import asyncpg

from api import db
from api.domain.indicator.computed import COMPUTED
from api.domain.indicator.figures import DENOMINATORS, RECOMPUTE

CHECKS = {
    "every versioned row that was written through the door has a change record of its version": """
        select '{table}', t.id::text from {table} t
        where t.version > 1
          and not exists (select from change c where c.noun = '{table}' and c.thing = t.id::text and c.version = t.version)
          and exists (select from change c where c.noun = '{table}' and c.thing = t.id::text)""",
    "external_id says the same as the row's own copy": """
        select '{table}', t.id::text from {table} t
        where t.external_ids is distinct from coalesce((
          select jsonb_object_agg(e.scheme, e.value) from external_id e where e.noun = '{table}' and e.thing = t.id::text), '{{}}')""",
}
REMEMBERED = """select '{table}', t.id::text from {table} t join change c on c.noun = '{table}' and c.thing = t.id::text
    where c.action <> 'release' and not exists (select from register_revision r where r.noun = '{table}' and r.thing = c.thing
      and r.revision = case when c.action = any($1) then 0 else c.version - 1 end)"""
VERSIONED = (
    "organisation",
    "affiliation",
    "participation",
    "granted",
    "principal",
    "municipality",
    "community",
    "succession",
    "programme",
    "api_key",
    "invitation",
    "document",
    "course",
    "training_event",
    "technical_assistance",
    "committee",
    "council_instrument",
    "declaration",
    "waiver",
    "alert",
    "bylaws",
    "body",
    "seat",
    "term",
    "person",
    "commitment",
    "stakeholder_map",
    "stakeholder",
    "stakeholder_stance",
    "open_call",
    "seat_invitation",
    *("committee_session", "inauguration", "decision", "minutes", "erratum", "agreement", "calendar_feed"),
    "office_term",
    "transition",
    "blackout_window",
    "handover_file",
)
NAMED = ("municipality", "community", "organisation", "affiliation", "participation", "country", "admin1")
NAMED += ("committee", "council_instrument", "declaration", "waiver", "body", "seat", "term", "commitment", "open_call", "seat_invitation")
NAMED += ("committee_session", "agreement")
SCOPES = """select 'scope', s.principal_id::text from scope s
            where s.valid_until > current_date and s.valid_from <= current_date and s.parts <> app.scope_of(s.principal_id, current_date)"""


COUNTED = "territory_id, country_id, indicator, source_id, period_on, value"
SUMMARIES = {
    "figure": ("territory_id, indicator_id, source_id, year, country_id, total, months, by_month, by_quarter", RECOMPUTE, "observation"),
    **{f"observation of {c.indicators[0]}/{c.frequency}": (COUNTED, f"select {COUNTED} from ({c.select}) c", c.table) for c in COMPUTED},
    "denominator": ("territory_id, from_year, to_year, country_id, value, population_year, source_id", DENOMINATORS, "population"),
}
KEPT = {
    f"observation of {c.indicators[0]}/{c.frequency}": f"""(select o.*, i.code as indicator from observation o
      join indicator i on i.id = o.indicator_id
      where i.code = any(array{list(c.indicators)}) and o.frequency = '{c.frequency}' and o.value is not null) k"""
    for c in COMPUTED
}
DIFFER = """((select {c} from ({f}) r) except (select {c} from {t}))
    union all ((select {c} from {t}) except (select {c} from ({f}) r)) limit 3"""


async def check(url: str) -> None:
    """Asserts over the database at `url`, as its owner."""
    connection = await asyncpg.connect(url)
    try:
        for (rule, statement), tables in zip(CHECKS.items(), (VERSIONED, NAMED), strict=True):
            for table in tables:
                wrong = await connection.fetch(statement.format(table=table))
                assert not wrong, f"{rule}: {wrong[:3]}"
        for table in db.REMEMBERED:
            wrong = await connection.fetch(REMEMBERED.format(table=table), list(db.CREATES))
            assert not wrong, f"what every change of a register replaced is kept: {wrong[:3]}"
        for table, (columns, recompute, rows) in SUMMARIES.items():
            wrong = await connection.fetch(DIFFER.format(c=columns, f=recompute.format(rows=rows), t=KEPT.get(table, table)))
            assert not wrong, f"{table} is what {rows} sums up to: {wrong}"
        wrong = await connection.fetch(SCOPES)
        assert not wrong, f"the scopes kept with the grants are what they would be computed afresh: {wrong[:3]}"
    finally:
        await connection.close()
