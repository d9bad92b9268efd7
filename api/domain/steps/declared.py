"""Which step a declared fact stands for, and how long it does."""

from api.domain.calendar import months_after
from api.domain.committee.declarations import DeclaredKind
from api.domain.steps.facts import Declared, Proof

STANDS_FOR: dict[DeclaredKind, tuple[str, int | None]] = {
    DeclaredKind.LAUNCHED: ("launch", None),
    DeclaredKind.LEGALISED: ("legalize", None),
    DeclaredKind.BYLAWS_APPROVED: ("legalize", None),
    DeclaredKind.TRAINING_GIVEN: ("train", None),
    DeclaredKind.ASSESSMENT_ADOPTED: ("assess", 24),
    DeclaredKind.PLAN_APPROVED: ("plan", 60),
    DeclaredKind.REPORT_PUBLISHED: ("monitor", 12),
}
"""Kind -> step, and for how many months; null while nothing says otherwise. The months are defaults of this service: plans of the region
span two and a half to five years."""


def declared(kind: str, proof: Proof) -> Declared | None:
    """The step that a declared fact stands for; None where it stands for none."""
    step, months = STANDS_FOR.get(DeclaredKind(kind), ("", None))
    if not step:
        return None
    return Declared(step, proof, None if months is None else months_after(proof.on, months))
