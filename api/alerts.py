"""The days that alerts look at, gathered from every room for many committees at once: the one place where a further one is plugged in."""

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from api.committees import LASTS
from api.db.freezes import UNSIGNED
from api.domain.alert.alerts import Deadline
from api.domain.transition.transitions import RERATIFY_DAYS
from api.pages.statements import INSIDE, prepared

SESSIONS = """select 'sessions' as watched, 'committee' as noun, t.id::text as thing, coalesce(t.last_session_on, t.legalised_on) as "on"
    where t.legalised_on is not null"""
TERMS = """select 'terms', 'term', x.id::text, x.ends_on from term x join seat s on s.id = x.seat_id
    where x.committee_id = t.id and x.voided_at is null and not x.alternate and x.ends_on is not null
      and (s.ends_on is null or s.ends_on > x.ends_on)
      and not exists (select from term f where f.municipality_id = t.municipality_id and f.seat_id = x.seat_id and not f.alternate
        and f.voided_at is null and f.starts_on >= x.starts_on and f.id <> x.id)"""
BYLAWS = """select 'bylaws', 'bylaws', b.id::text, b.in_force_to from bylaws b
    where b.municipality_id = t.municipality_id and b.committee_id = t.id and b.state = 'approved' and b.in_force_to is not null
      and not exists (select from bylaws f where f.municipality_id = t.municipality_id and f.committee_id = t.id
        and f.state = 'approved' and f.id <> b.id and f.in_force_from >= b.in_force_from)"""
COMMITMENTS = f"""select 'commitments', 'commitment', c.id::text, {LASTS.replace("t.", "c.")} from commitment c
    where c.committee_id = t.id and c.voided_at is null and {LASTS.replace("t.", "c.")} is not null
      and not exists (select from commitment f where f.committee_id = t.id and f.voided_at is null and f.id <> c.id
        and coalesce({LASTS.replace("t.", "f.")} > {LASTS.replace("t.", "c.")}, true))"""
AGREEMENTS = """select 'agreements', 'agreement', a.id::text, a.due_on from agreement a where a.committee_id = t.id and a.state = 'open'"""
OFFICES = """select 'offices', 'office_term', o.id::text, o.ends_on from office_term o
    where o.municipality_id = any(app.with_successors(t.municipality_id)) and o.ends_on > {today}::date"""
HANDOVERS = f"""select 'handovers', 'transition', x.id::text, x.turns_on from transition x
    where x.municipality_id = any(app.with_successors(t.municipality_id)) and {UNSIGNED.replace("t.", "x.")}
      and (x.approved_at is null or x.turns_on <= {{today}}::date)"""
RATIFICATIONS = f"""select 'ratifications', 'transition', x.id::text, x.turns_on + {RERATIFY_DAYS} from transition x
    where x.municipality_id = any(app.with_successors(t.municipality_id)) and x.reratified_on is null"""
ROOMS = (SESSIONS, TERMS, BYLAWS, COMMITMENTS, AGREEMENTS, OFFICES, HANDOVERS, RATIFICATIONS)
NOUNS = ("agreement", "office_term", "transition", "alert_setting")
"""What alerts look at besides what steps do."""
DEADLINES = prepared(f"""
select e.who, t.id, t.sessions_per_year, (select coalesce(json_object_agg(a.rule, a.days), json_build_object())::text
    from alert_setting a where a.country_id = t.country_id) as own, (select coalesce(json_agg(row_to_json(d)), '[]')::text
    from ({" union all ".join(ROOMS)}) d) as deadlines
from {INSIDE}, committee t
where t.id = any({{ids}}) and t.state <> 'dissolved'""")
"""Asked by the clock alone, which reaches every committee."""


Days = tuple[dict[str, int], list[Deadline]]
"""Of a committee: its country's own days of rules, and the days to look at."""


async def deadlines_of(connection: asyncpg.Connection, ids: Sequence[UUID], today: date) -> dict[UUID, Days]:
    """Those of each committee that is not dissolved, in a transaction of the house."""
    rows = await connection.fetch(DEADLINES.sql, *DEADLINES.values({"ids": list(ids), "today": today}))
    return {
        row["id"]: (json.loads(row["own"]), [
            Deadline(d["watched"], d["noun"], d["thing"], date.fromisoformat(d["on"]), row["sessions_per_year"])
            for d in json.loads(row["deadlines"])
        ])
        for row in rows
    }  # fmt: skip
