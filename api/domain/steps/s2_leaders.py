"""Step 2: identify local leaders and institutions to participate.

"Do your homework … conduct a social mapping exercise to identify the key players who must have a seat at the table … New organizations and
leaders need to be constantly invited to participate."
"""

from datetime import date

from api.domain.calendar import months_after
from api.domain.steps.facts import Facts
from api.domain.steps.gates import MONTHS, SECTORS, Gate, Met, Settings, Unmet, Verdict, by, number, words


def mapping_fresh(facts: Facts, day: date, settings: Settings) -> Verdict:
    """A social mapping is not older than `months`."""
    latest = next(iter(by(facts.mappings, day)), None)
    until = months_after(latest.proof.on, number(settings, "months")) if latest else None
    if latest is None or until is None or until <= day:
        return Unmet({"months": number(settings, "months")}, (latest.proof,) if latest else ())
    return Met(latest.proof.on, (latest.proof,), until)


def sectors_mapped(facts: Facts, day: date, settings: Settings) -> Verdict:
    """Every one of `sectors` stands on the latest mapping."""
    latest = next(iter(by(facts.mappings, day)), None)
    missing = sorted(set(words(settings, "sectors")) - (latest.sectors if latest else frozenset()))
    if latest is None or missing:
        return Unmet({"sectors": ", ".join(missing)}, (latest.proof,) if latest else ())
    return Met(latest.proof.on, (latest.proof,))


def sectors_accepted(facts: Facts, day: date, settings: Settings) -> Verdict:
    """From every one of `sectors` at least one invitation was accepted."""
    first = {
        i.sector: (i.accepted_on, i.proof)
        for i in sorted(facts.invitations or (), key=lambda i: i.accepted_on or date.max, reverse=True)
        if i.accepted_on and i.accepted_on <= day and i.proof.on <= day
    }
    missing = sorted(set(words(settings, "sectors")) - set(first))
    proofs = tuple(proof for _, proof in sorted(first.values()))
    if missing:
        return Unmet({"sectors": ", ".join(missing)}, proofs)
    return Met(max(on for on, _ in first.values()), proofs)


def invited_lately(facts: Facts, day: date, settings: Settings) -> Verdict:
    """Somebody was invited within `months`."""
    latest = next(iter(by(facts.invitations, day)), None)
    until = months_after(latest.proof.on, number(settings, "months")) if latest else None
    if latest is None or until is None or until <= day:
        return Unmet({"months": number(settings, "months")}, (latest.proof,) if latest else ())
    return Met(latest.proof.on, (latest.proof,), until)


GATES: dict[str, Gate] = {
    "mapping-fresh": Gate("mappings", mapping_fresh, {"months": MONTHS}),
    "sectors-mapped": Gate("mappings", sectors_mapped, {"sectors": SECTORS}),
    "sectors-accepted": Gate("invitations", sectors_accepted, {"sectors": SECTORS}),
    "invited-lately": Gate("invitations", invited_lately, {"months": MONTHS}),
}
