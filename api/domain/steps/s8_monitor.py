"""Step 8: carry out the plans and monitor progress.

"Implementation is the fun part, but stay focused and show results! … design a monitoring and evaluation system from the beginning and hold
regular evaluations … Emphasize accountability and sharing results with the community."
"""

from collections.abc import Callable
from datetime import date

from api.domain.calendar import months_after
from api.domain.steps.facts import Doing, Facts, Proof
from api.domain.steps.gates import MONTHS, Gate, Judge, Met, Settings, Unmet, Verdict, number


def activity_completed(facts: Facts, day: date, settings: Settings) -> Verdict:
    """An activity of the plan was completed."""
    assert facts.doing is not None
    done = sorted(proof for proof in facts.doing.completed if proof.on <= day)
    return Met(done[0].on, (done[0],)) if done else Unmet()


def _within(which: Callable[[Doing], tuple[Proof, ...]]) -> Judge:
    def gate(facts: Facts, day: date, settings: Settings) -> Verdict:
        assert facts.doing is not None
        months = number(settings, "months")
        latest = max((proof for proof in which(facts.doing) if proof.on <= day), default=None)
        until = months_after(latest.on, months) if latest else None
        if latest is None or until is None or until <= day:
            return Unmet({"months": months}, (latest,) if latest else ())
        return Met(latest.on, (latest,), until)

    return gate


GATES: dict[str, Gate] = {
    "activity-completed": Gate("doing", activity_completed),
    "progress-reported": Gate("doing", _within(lambda doing: doing.progress), {"months": MONTHS}),
    "results-published": Gate("doing", _within(lambda doing: doing.published), {"months": MONTHS}),
}
