"""Step 1: obtain the support of municipal authorities.

"Political buy-in is critical. Elected officials have to be convinced first that the community wants politicians to address citizen
security. But they also have to understand that they can't politicize the issue." Support ends with the term of office; the authority that
follows has a while to renew it.
"""

from dataclasses import replace
from datetime import date

from api.domain.calendar import days_after
from api.domain.steps.facts import Commitment, Facts
from api.domain.steps.gates import DAYS, Gate, Judge, Met, Settings, Unmet, Verdict, by, number


def _standing(facts: Facts, day: date, settings: Settings) -> tuple[Commitment, Met] | None:
    """The commitment in force, or the last one while its renewal is not overdue."""
    latest = max(by(facts.commitments, day), key=lambda c: (c.ends_on or date.max, c.proof), default=None)
    until = days_after(latest.ends_on, number(settings, "renewal_days")) if latest and latest.ends_on else None
    if latest is None or (until and until <= day):
        return None
    return latest, Met(latest.proof.on, (latest.proof,), until)


def commitment_in_force(facts: Facts, day: date, settings: Settings) -> Verdict:
    """The present authority, or the one before it while the renewal is not overdue, is committed."""
    found = _standing(facts, day, settings)
    return found[1] if found else Unmet(proofs=tuple(c.proof for c in by(facts.commitments, day)[:1]))


def _of_commitment(since: str) -> Judge:
    """That a part of the commitment is there; what was added later counts from that day."""

    def gate(facts: Facts, day: date, settings: Settings) -> Verdict:
        found = _standing(facts, day, settings)
        from_day: date | None = getattr(found[0], since) if found else None
        return replace(found[1], since=from_day) if found and from_day and from_day <= day else Unmet()

    return gate


RENEWED = {"renewal_days": DAYS}
GATES: dict[str, Gate] = {
    "commitment-in-force": Gate("commitments", commitment_in_force, RENEWED),
    "champion-named": Gate("commitments", _of_commitment("champion_since"), RENEWED),
    "community-demand-shown": Gate("commitments", _of_commitment("demand_since"), RENEWED),
    "no-party-matter": Gate("commitments", _of_commitment("pledge_since"), RENEWED),
}
