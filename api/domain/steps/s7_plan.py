"""Step 7: develop a strategic plan and annual work plans with member participation.

"Strategic plans should span several years, and work plans must be done annually, with resources allocated in the municipal budget. Work
plans should include achievable objectives so that members can see results."
"""

from datetime import date

from api.domain.calendar import months_after
from api.domain.steps.facts import Facts, Plan
from api.domain.steps.gates import MONTHS, Gate, Judge, Met, Settings, Unmet, Verdict, by, number


def _active(facts: Facts, day: date) -> Plan | None:
    return next((p for p in by(facts.plans, day) if p.ends_on > day), None)


def plan_active(facts: Facts, day: date, settings: Settings) -> Verdict:
    """A strategic plan is active."""
    plan = _active(facts, day)
    return Met(plan.proof.on, (plan.proof,), plan.ends_on) if plan else Unmet()


def work_plan_current(facts: Facts, day: date, settings: Settings) -> Verdict:
    """A work plan of this year is approved; that of last year still counts for the first `months` months."""
    plan = _active(facts, day)
    years = {year: proof for year, proof in (plan.work_plans if plan else {}).items() if proof.on <= day}
    for year in (day.year, day.year - 1):
        until = months_after(date(year + 1, 1, 1), number(settings, "months"))
        if year in years and day < until:
            return Met(years[year].on, (years[year],), until)
    return Unmet({"year": day.year})


def _of_plan(condition: str) -> Judge:
    def gate(facts: Facts, day: date, settings: Settings) -> Verdict:
        plan = _active(facts, day)
        return Met(plan.proof.on, (plan.proof,), plan.ends_on) if plan and getattr(plan, condition) else Unmet()

    return gate


GATES: dict[str, Gate] = {
    "plan-active": Gate("plans", plan_active),
    "work-plan-current": Gate("plans", work_plan_current, {"months": MONTHS}),
    "in-municipal-budget": Gate("plans", _of_plan("municipal_budget")),
    "objectives-measured": Gate("plans", _of_plan("measured")),
}
