"""Step 6: assess the current crime and violence situation in the municipality.

"The MVPC … cannot begin to draft a strategic plan of action without knowing the main risk factors … as well as … protective factors.
This should be a highly interactive exercise that draws on community knowledge as well as data … This exercise needs to be repeated
periodically."
"""

from datetime import date

from api.domain.steps.facts import Assessment, Facts
from api.domain.steps.gates import COUNT, Gate, Met, Settings, Unmet, Verdict, by, number


def _valid(facts: Facts, day: date) -> Assessment | None:
    return next((a for a in by(facts.assessments, day) if a.valid_until > day), None)


def assessment_adopted(facts: Facts, day: date, settings: Settings) -> Verdict:
    """An adopted assessment is valid."""
    valid = _valid(facts, day)
    return Met(valid.proof.on, (valid.proof,), valid.valid_until) if valid else Unmet()


def sources_mixed(facts: Facts, day: date, settings: Settings) -> Verdict:
    """It draws on at least `kinds` kinds of source, the community among them."""
    valid, kinds = _valid(facts, day), number(settings, "kinds")
    if valid is None or len(valid.sources) < kinds or not valid.participatory:
        return Unmet({"kinds": kinds, "found": len(valid.sources) if valid else 0})
    return Met(valid.proof.on, (valid.proof,), valid.valid_until)


def factors_rated(facts: Facts, day: date, settings: Settings) -> Verdict:
    """Factors are rated in at least `domains` domains."""
    valid, domains = _valid(facts, day), number(settings, "domains")
    if valid is None or len(valid.domains) < domains:
        return Unmet({"domains": domains, "found": len(valid.domains) if valid else 0})
    return Met(valid.proof.on, (valid.proof,), valid.valid_until)


GATES: dict[str, Gate] = {
    "assessment-adopted": Gate("assessments", assessment_adopted),
    "sources-mixed": Gate("assessments", sources_mixed, {"kinds": COUNT}),
    "factors-rated": Gate("assessments", factors_rated, {"domains": COUNT}),
}
