"""Gates that frameworks other than the eight steps ask for: working groups that are there, and sessions that are held.

The Mexican guide of 2015 lets a committee work in commissions or thematic tables (step 7) and then operate (step 8).
"""

from datetime import date

from api.domain.calendar import months_after
from api.domain.steps.facts import Facts
from api.domain.steps.gates import COUNT, MONTHS, Gate, Met, Settings, Unmet, Verdict, by, number


def groups_working(facts: Facts, day: date, settings: Settings) -> Verdict:
    """At least `groups` subcommissions are there; until so many have ended that fewer are left."""
    needed = number(settings, "groups")
    there = [g for g in reversed(by(facts.groups, day)) if g.ends_on is None or g.ends_on > day]
    proofs = tuple(group.proof for group in there)
    if len(there) < needed:
        return Unmet({"found": len(there), "groups": needed}, proofs)
    ends, spare = sorted(group.ends_on for group in there if group.ends_on), len(there) - needed
    return Met(proofs[needed - 1].on, proofs, ends[spare] if len(ends) > spare else None)


def sessions_held(facts: Facts, day: date, settings: Settings) -> Verdict:
    """At least `sessions` sessions had quorum within any `months` up to the day; since this is so without a break."""
    needed, months = number(settings, "sessions"), number(settings, "months")
    held = [session.proof for session in reversed(by(facts.sessions, day))]
    spans = [(last.on, months_after(first.on, months)) for first, last in zip(held, held[needed - 1 :], strict=False)]
    if not spans or spans[-1][1] <= day:
        lately = tuple(proof for proof in held if months_after(proof.on, months) > day)
        return Unmet({"found": len(lately), "sessions": needed, "months": months}, lately)
    since, until = spans.pop()
    while spans and spans[-1][1] >= since:
        since = spans.pop()[0]
    return Met(since, tuple(held[-needed:]), until)


GATES: dict[str, Gate] = {
    "groups-working": Gate("groups", groups_working, {"groups": COUNT}),
    "sessions-held": Gate("sessions", sessions_held, {"sessions": COUNT, "months": MONTHS}),
}
