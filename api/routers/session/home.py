"""/committees/{id}/home: steps, what to do first, the next session and what is overdue, in one answer of a few thousand bytes."""

import json
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api import pages
from api.access import Asking
from api.collection import ReadRoute
from api.committees import HERE, by_state, worded
from api.domain.alert.alerts import worded_by
from api.domain.committee.committees import ALLOWED, REASONS
from api.domain.fields import found
from api.domain.session.home import LONGEST, SHOWN, Home, home
from api.domain.steps.frameworks import followed
from api.domain.steps.standing import standings
from api.pages.statements import ENTERED
from api.sessions import actions
from api.standings import facts_in, with_facts

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
_OF = "s.committee_id = t.id and " + HERE.over("s")
SHORT = f"""select s.id, s.kind, s.state, b.name as body, coalesce(s.second_on, s.meets_on) as meets_on,
    coalesce(s.second_at, s.meets_at) as meets_at, s.place, s.online,
    case when {HERE.over("s", "write")} then {actions("s")} else array[]::text[] end as allowed_actions
    from committee_session s join body b on b.id = s.body_id"""
WAITS = "s.state in ('planned', 'called') and coalesce(s.second_on, s.meets_on)"
OPEN = "a.committee_id = t.id and a.state = 'open' and " + HERE.over("a")
AGREED = "from agreement a where " + OPEN
OWNED = "left join organisation o on o.id = a.owner_organisation_id left join seat z on z.id = a.owner_seat_id"
ALERTED = "from alert a where a.committee_id = t.id and a.closed_at is null and " + HERE.over("a")
PARTS = {
    "name": "t.name",
    "municipality": "(select m.name from municipality m where m.id = t.municipality_id)",
    "state": "t.state",
    "state_reason": worded("t.reason", REASONS),
    "due_on": "t.due_on",
    "next_session": f"""(select row_to_json(x) from ({SHORT} where {_OF} and {WAITS} >= {{as_of}}
        order by meets_on, meets_at nulls first, s.id limit 1) x)""",
    "to_be_held": f"""(select coalesce(json_agg(x), '[]') from ({SHORT} where {_OF} and {WAITS} < {{as_of}}
        order by meets_on, s.id limit {SHOWN}) x)""",
    "without_minutes": f"(select count(*) from committee_session s where {_OF} and s.state in ('held', 'minutes_draft'))",
    "overdue": f"(select count(*) {AGREED} and a.due_on < {{as_of}})",
    "open_agreements": f"(select count(*) {AGREED} and a.due_on >= {{as_of}})",
    "overdue_agreements": f"""(select coalesce(json_agg(x), '[]') from (
        select a.id, left(a.text, {LONGEST}) as text, coalesce(o.name, z.role) as owner, a.due_on from agreement a {OWNED}
        where {OPEN} and a.due_on < {{as_of}} order by a.due_on, a.id limit {SHOWN}) x)""",
    "open_alerts": f"(select count(*) {ALERTED})",
    "alerts": f"""(select coalesce(json_agg(x), '[]') from (select a.rule, {worded("a.rule", worded_by("why"))} as why,
        {worded("a.rule", worded_by("what"))} as what, a.happens_on {ALERTED} order by a.happens_on, a.id limit {SHOWN}) x)""",
    "allowed_actions": f"case when {HERE.seen('write')} then {by_state('t.state', ALLOWED)} else array[]::text[] end",
}
SAID = f", (select row_to_json(o)::text from (select {', '.join(f'{sql} as {name}' for name, sql in PARTS.items())}) o) as said"
GLANCE = with_facts(ENTERED, SAID)


@router.get("/v1/committees/{id}/home", response_model=Home)
async def read_home(request: Request, id: UUID, reading: Asking) -> Response:
    """A committee at a glance, for a telephone on a slow line: its steps in short, what to do first, the next session, what is overdue,
    what may be done. Send `If-None-Match`: where nothing changed the answer is 304."""
    row = await pages.ask(reading, GLANCE, pages.known_of(reading) | {"ids": [id]})
    found(row["id"])
    facts, today = facts_in(row), reading.at.date()
    steps = standings(followed(row["framework"]), facts, today)
    more = {"committee_id": id, "as_of": today, "demonstration": facts.demonstration}
    body = home(json.loads(row["said"]) | more, steps, reading.language).model_dump_json().encode()
    return pages.conditional(request, body, {"Content-Language": reading.language})
