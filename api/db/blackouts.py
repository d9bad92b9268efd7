"""What the write door asks before it writes: whether the law of the country refuses such an act today because an election is near.

A noun that publishes says so by `ACT`, the act that a row is, or None. Nothing else has to be remembered by whoever writes a route.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from sqlalchemy import inspect
from sqlmodel import select

from api.domain.fields import Kept
from api.domain.transition.blackouts import Blackout, PublicAct, permit


class Publisher(Protocol):
    """What the rule needs to know of who writes."""

    session: Any
    at: Any


def _acts(row: Kept) -> Iterator[PublicAct]:
    """The act that the row is, and the one that it was before it was changed: what is published cannot be made something else either."""
    before = {a.key: a.history.deleted[0] for a in inspect(row).attrs if a.history.deleted}
    for kept in (row, type(row).model_construct(**row.model_dump() | before)):
        if (act := getattr(kept, "ACT", None)) is not None:
            yield act


async def permitted(writer: Publisher, row: Kept) -> None:
    """Raises Conflict(blackout) where the country refuses today what `row` publishes, or that it is changed or taken away."""
    if not hasattr(type(row), "ACT"):
        return
    acts, day = set(_acts(row)), writer.at.date()
    if acts:
        windows = select(Blackout).where(Blackout.country_id == row.country_id, Blackout.ends_on > day)  # type: ignore[attr-defined]
        permit(acts, (await writer.session.exec(windows)).all(), day)
