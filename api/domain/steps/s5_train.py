"""Step 5: provide training and technical assistance.

"At the start, members of the MVPCs will have differing concepts of crime prevention. Initial training is necessary to ensure that they have
a common understanding of prevention. Subsequently, training can include topics such as …"
"""

from datetime import date

from api.domain.steps.facts import Facts
from api.domain.steps.gates import PERCENT, Gate, Met, Settings, Unmet, Verdict, by, number


def initial_course_given(facts: Facts, day: date, settings: Settings) -> Verdict:
    """The initial course was given."""
    given = [t for t in by(facts.trainings, day) if t.initial]
    return Met(given[-1].proof.on, (given[-1].proof,)) if given else Unmet()


def voters_trained(facts: Facts, day: date, settings: Settings) -> Verdict:
    """At least `share` percent of those who hold a voting seat have had the initial course; since the last of them had it or was seated."""
    voting = {s.person: s.starts_on for s in facts.seated if s.starts_on <= day and (s.ends_on is None or s.ends_on > day)}
    trained: dict[str, date] = {}
    proofs = []
    for training in reversed(by(facts.trainings, day)):
        fresh = (training.people & voting.keys()) - trained.keys() if training.initial else frozenset()
        trained |= {person: max(training.proof.on, voting[person]) for person in fresh}
        proofs += [training.proof] if fresh else []
    needed = -(-number(settings, "share") * len(voting) // 100)
    if not voting or len(trained) < needed:
        said = {"trained": len(trained), "voting": len(voting), "needed": max(needed - len(trained), 1), "share": number(settings, "share")}
        return Unmet(said, tuple(proofs))
    return Met(sorted(trained.values())[max(needed, 1) - 1], tuple(proofs))


def follow_up_begun(facts: Facts, day: date, settings: Settings) -> Verdict:
    """A further topic was taught."""
    further = [t for t in by(facts.trainings, day) if not t.initial]
    return Met(further[-1].proof.on, (further[-1].proof,)) if further else Unmet()


GATES: dict[str, Gate] = {
    "initial-course-given": Gate("trainings", initial_course_given),
    "voters-trained": Gate("trainings", voters_trained, {"share": PERCENT}),
    "follow-up-begun": Gate("trainings", follow_up_begun),
}
