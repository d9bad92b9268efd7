"""How what was agreed was fulfilled by a day: one statement over the agreements of a committee."""

import json
from datetime import date
from uuid import UUID

from api import pages
from api.access import Reading
from api.committees import HERE, SHOWN
from api.domain.fields import found
from api.domain.session.agreements import FollowThrough, follow_through, kept_word
from api.pages.statements import ENTERED, prepared

HOLDER = f"""left join seat s on s.id = a.owner_seat_id left join term x
      on x.municipality_id = a.municipality_id and x.seat_id = s.id and not x.alternate and x.voided_at is null
      and x.starts_on <= m.held_on and (x.ends_on is null or x.ends_on > m.held_on) and {SHOWN}
    left join organisation o on o.id = coalesce(a.owner_organisation_id, x.on_behalf_of_id)"""
CANCELLED = "(a.state = 'cancelled' and a.updated_at < {as_of}::date + 1)"
"""Whether it was by that day: nothing changes of an agreement after it was cancelled."""
WAITS = "coalesce(a.fulfilled_on > {as_of}, true)"
WORDS = f"""select o.id, o.name, count(*) filter (where not {WAITS} and a.fulfilled_on <= a.due_on) as on_time,
      count(*) filter (where not {WAITS} and a.fulfilled_on > a.due_on) as late,
      count(*) filter (where {WAITS} and a.due_on < {{as_of}}) as overdue,
      count(*) filter (where {WAITS} and a.due_on >= {{as_of}}) as open
    from agreement a join committee_session m on m.municipality_id = a.municipality_id and m.id = a.session_id {HOLDER}
    where a.committee_id = t.id and not {CANCELLED} and m.held_on <= {{as_of}} and {HERE.over("a")}
      and {HERE.over("m")}
    group by o.id, o.name"""
KEPT = prepared(f"""select e.who, q.* from {ENTERED} left join lateral (
    select t.id, (select coalesce(json_agg(row_to_json(w) order by w.name, w.id), '[]') from ({WORDS}) w)::text as words
    from committee t where e.who is not null and t.id = {{id}} and {HERE.seen()}) q on true""")


async def follow_through_of(reading: Reading, committee: UUID, day: date) -> FollowThrough:
    """The agreements of a committee as they stood at the end of `day`. Raises NotFound where there is no such committee, or none the caller
    may see."""
    row = await pages.ask(reading, KEPT, pages.known_of(reading) | {"id": committee, "as_of": day})
    found(row["id"])
    counts = ("on_time", "late", "overdue", "open")
    each = [(w["id"] and UUID(w["id"]), w["name"], kept_word(*(w[c] for c in counts))) for w in json.loads(row["words"])]
    return follow_through(committee, day, each)
