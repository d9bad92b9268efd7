"""Step 4: legalize the committee.

"The MVPC needs to have a tailored organizational model with rules and regulations … The MVPC then needs to be presented for formal approval
to the municipal council."
"""

from datetime import date

from api.domain.steps.facts import Facts, Law
from api.domain.steps.gates import Gate, Met, Settings, Unmet, Verdict, by


def _in_force(facts: Facts, day: date) -> Law | None:
    return next((law for law in by(facts.laws, day) if law.ends_on is None or law.ends_on > day), None)


def council_approved(facts: Facts, day: date, settings: Settings) -> Verdict:
    """Bylaws that the council approved are in force; since the first of an unbroken row of them."""
    law = _in_force(facts, day)
    if law is None:
        return Unmet(proofs=tuple(law.proof for law in by(facts.laws, day)[:1]))
    since = law.proof.on
    for before in by(facts.laws, since):
        if before.proof.on < since and (before.ends_on is None or before.ends_on >= since):
            since = before.proof.on
    return Met(since, (law.proof,), law.ends_on)


def bylaws_complete(facts: Facts, day: date, settings: Settings) -> Verdict:
    """They say all that the committee is run by, without contradicting themselves."""
    law = _in_force(facts, day)
    return Met(law.proof.on, (law.proof,), law.ends_on) if law and law.complete else Unmet()


GATES: dict[str, Gate] = {"council-approved": Gate("laws", council_approved), "bylaws-complete": Gate("laws", bylaws_complete)}
