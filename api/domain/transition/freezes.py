"""What a freeze holds (X2): from when the handover file was made until the incoming office signed, nothing of a municipality's
committees is taken away, only added. What ends on a day stays on record with it, and is no taking away; what is told of people is erased
whenever they ask, and personal documents with it. Whoever has the personal scope could call a document personal to that end; the change
records tell of both."""

from collections.abc import Iterable
from datetime import date

from api.domain.errors import Conflict

TAKING = frozenset({"delete", "void", "repeal", "dissolve"})
"""Actions after which something is not there any more, or without force."""
BESIDE = frozenset({"stakeholder_stance", "office_term", "transition"})
"""Nouns that no freeze holds: how somebody stands is erased with them, and elections have rules of their own."""


def held(action: str, noun: str, *, personal: bool) -> bool:
    """Whether a freeze refuses `action` on a noun that lies at a municipality; `personal` is a document that is about people."""
    return action in TAKING and noun not in BESIDE and not personal


def intact(frozen_on: Iterable[date]) -> None:
    """Raises Conflict where transitions are frozen since these days and nobody signed for them."""
    since = min(frozen_on, default=None)
    if since is not None:
        raise Conflict(
            f"What is here is kept for the handover since {since.isoformat()}: until the incoming office signs, nothing is taken away, only"
            " added. See the municipality's transitions.",
            "handover-frozen",
        )
