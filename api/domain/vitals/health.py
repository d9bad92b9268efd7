"""How a committee is doing, as it is told: the vector with its number, and the items of GOPI-Prevención beside it."""

from datetime import date
from uuid import UUID

from api.domain.vitals.gopi import Gopi, gopi
from api.domain.vitals.vector import Known, Vector, vector


class Health(Vector):
    """A committee on a day."""

    committee_id: UUID
    as_of: date
    demonstration: bool
    """Whether the committee is invented."""
    gopi: Gopi


def health(known: Known, language: str) -> Health:
    """The answer, in the caller's language."""
    return Health(
        **dict(vector(known, language)),
        committee_id=known.committee_id,
        as_of=known.made.day,
        demonstration=known.demonstration,
        gopi=gopi(known, language),
    )
