"""Step 3: formally launch the committee.

"The inauguration event is critical. The local authorities must be able to explain the purpose of the MVPC so that its members and the
general public see the entity as a participatory, democratic space." It happened or it did not: it never lapses.
"""

from datetime import date

from api.domain.steps.facts import Facts
from api.domain.steps.gates import Gate, Met, Settings, Unmet, Verdict, by


def inauguration_held(facts: Facts, day: date, settings: Settings) -> Verdict:
    """An inauguration session was held."""
    held = by(facts.launches, day)
    return Met(held[-1].proof.on, (held[-1].proof,)) if held else Unmet()


def purpose_stated(facts: Facts, day: date, settings: Settings) -> Verdict:
    """At one of them the purpose was stated in public."""
    stated = [held for held in by(facts.launches, day) if held.purpose]
    return Met(stated[-1].proof.on, (stated[-1].proof,)) if stated else Unmet()


def launch_attended(facts: Facts, day: date, settings: Settings) -> Verdict:
    """Who came to it is on record."""
    attended = [held for held in by(facts.launches, day) if held.attended > 0]
    return Met(attended[-1].proof.on, (attended[-1].proof,)) if attended else Unmet()


GATES: dict[str, Gate] = {
    "inauguration-held": Gate("launches", inauguration_held),
    "purpose-stated": Gate("launches", purpose_stated),
    "launch-attended": Gate("launches", launch_attended),
}
