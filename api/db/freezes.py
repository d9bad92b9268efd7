"""What the write door asks before it takes something away: whether it is kept for a handover that nobody signed yet.

Nothing has to be remembered by whoever writes a route: it goes by the action, and by where the row lies.
"""

from typing import Any, Protocol

from sqlalchemy import text

from api.domain.documents.documents import AccessRights
from api.domain.fields import Kept
from api.domain.transition.freezes import held, intact


class Taker(Protocol):
    """What the rule needs to know of who writes."""

    session: Any


UNSIGNED = """(t.accepted_at is null and not exists (select from transition n where n.municipality_id = t.municipality_id
    and n.turns_on > t.turns_on and n.accepted_at is not null))"""
"""Whether nobody signed for transition `t`, nor for a later one of the municipality."""
OPEN = f"({UNSIGNED} and (t.turned_at is null or t.frozen_on is not null))"
"""Whether the handover of `t` is still to be signed for; what was over long before anybody recorded it is handed over by nobody."""
THERE = f"select t.{{}} from transition t where t.municipality_id = any(app.with_successors(:place)) and {UNSIGNED} order by t.id"
WAITS = "select pg_advisory_xact_lock_shared(hashtextextended(:thing, 0))"
"""Of whoever changes the transition, who holds the same lock alone (db.fetch): a file is made whole, or after what was taken away."""


async def unfrozen(writer: Taker, row: Kept, action: str) -> None:
    """Raises Conflict(handover-frozen) where `action` would take `row` away from what is handed over."""
    place = getattr(row, "municipality_id", None)
    personal = getattr(row, "access_rights", None) is AccessRights.PERSONAL
    if not place or not held(action, str(type(row).__tablename__), personal=personal):
        return
    for id in (await writer.session.exec(text(THERE.format("id")), params={"place": place})).scalars().all():
        await writer.session.exec(text(WAITS), params={"thing": f"transition {id}"})
    intact(day for day in (await writer.session.exec(text(THERE.format("frozen_on")), params={"place": place})).scalars() if day)
