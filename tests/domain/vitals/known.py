"""What is known of a committee that does well, to be changed a little by each test."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from api.domain.committee.composition import Facts, Held
from api.domain.committee.rules import Rules
from api.domain.committee.sectors import SeatRole, Sector
from api.domain.committee.templates import templates
from api.domain.fields import new_id
from api.domain.session.agreements import kept_word
from api.domain.training.attendance import Onboarding, TrainingOut
from api.domain.vitals.vector import Counts, Known

DAY = date(2026, 6, 30)
SMALL = {
    "voting_seats": 3,
    "seats": [{"sector": s, "min": 1, "max": 1} for s in ("municipal_elected", "community_leader", "ngo")],
    "demographic_minima": [],
    "roles": [{"role": "president"}, {"role": "technical_secretary"}],
    "sessions_per_year": 4,
    "civil_majority": True,
    "renewal_cohorts": 2,
}
RULES = Rules.model_validate(templates()[0].rules.model_dump() | SMALL)
COUNTS = Counts(
    legalised=True,
    ruled_since=date(2020, 1, 1),
    came_on=date(2026, 1, 1),
    ordinary=3,
    quorate=4,
    minuted=4,
    published=1,
    attended=9,
    entitled=12,
    assisted=1,
    affiliations=0,
    figures=12,
    holders=2,
    by_call=2,
    ends=2,
    secretaries=1,
)
SEATS = (
    (Sector.MUNICIPAL_ELECTED, SeatRole.PRESIDENT),
    (Sector.COMMUNITY_LEADER, SeatRole.TECHNICAL_SECRETARY),
    (Sector.NGO, SeatRole.MEMBER),
)
LEARNED = TrainingOut(
    committee_id=new_id(),
    as_of=DAY,
    members=3,
    voting=3,
    voting_trained=2,
    share=None,
    onboarding=Onboarding(days=90, on_time=1, late=1, waiting=1, overdue=2),
    topics=[],
    gaps=None,
)


def known(*, rules: Rules | None = RULES, seated: int = 3, declared: dict[str, UUID] | None = None, **counts: Any) -> Known:
    """A committee of three seats, of which so many are held."""
    held = [Held(new_id(), sector, role, True, new_id() if n < seated else None) for n, (sector, role) in enumerate(SEATS)]
    made = Facts(DAY, held, {}, 0, rules, new_id() if rules else None)
    return Known(LEARNED.committee_id, False, made, LEARNED, kept_word(1, 1, 2, 5), replace(COUNTS, **counts), declared or {})
