"""/transitions: what follows when a term of office ends."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api import db, pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, by_state, target, worded
from api.domain.errors import Conflict, Invalid, Stale, Unconditional
from api.domain.roles import Action
from api.domain.transition.transitions import (
    ALLOWED,
    PREPARE,
    REASONS,
    RERATIFY,
    Custodian,
    Reratification,
    State,
    Transition,
    TransitionOut,
    reratify,
)
from api.pages import Listing

router = APIRouter(tags=["transitions"], route_class=ReadRoute)


class TransitionQuery(pages.Query):
    """How transitions are listed."""

    state: State | None = None
    office_term: UUID | None = None
    """Only the one that follows this term of office."""


BETWEEN = f"t.state = '{State.FROZEN}' and t.turns_on <= {{at}}::date"
TRANSITIONS = Listing(
    "transitions",
    TransitionOut,
    "transition t join municipality m on m.id = t.municipality_id join office_term o on o.id = t.office_term_id",
    HERE,
    (("t.turns_on", "date"), ("t.id", "uuid")),
    TransitionQuery,
    {"state": "t.state = {value}", "office_term": "t.office_term_id = {value}"},
    {
        "municipality": "m.name",
        "election_on": "o.election_on",
        "ended_by": "o.ended_by",
        "state_reason": worded("t.state", REASONS),
        "prepares_on": f"t.turns_on - {PREPARE.days}",
        "reratify_by": f"t.turns_on + {RERATIFY.days}",
        "custodian": f"case when {BETWEEN} then '{Custodian.COUNTRY}' else '{Custodian.MUNICIPALITY}' end",
        "allowed_actions": by_state("t.state", ALLOWED),
    },
)
publish(
    router,
    TRANSITIONS,
    flat="/v1/transitions",
    about="What follows when terms of office end, by the day on which they do: how far it has come, and what may be done.",
)
CHANGES = problems.refusals(Conflict, Invalid, Stale, Unconditional)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Transition:
    row = await db.fetch(caller, Transition, id, HERE.seen())
    caller.require(Action.WRITE_ELECTIONS, target(row))
    await pages.unchanged(caller, TRANSITIONS, id, row.version, if_match)
    return row


async def _written(caller: Caller, row: Transition) -> Response:
    return await pages.written(caller, TRANSITIONS, row.id, f"/v1/transitions/{row.id}")


@router.get("/v1/transitions/{id}", response_model=TransitionOut)
async def read_transition(request: Request, id: UUID, reading: Asking) -> Response:
    """One transition."""
    return await pages.one(request, reading, TRANSITIONS, id)


@router.post("/v1/transitions/{id}/reratify", response_model=TransitionOut, responses=CHANGES)
async def reratify_committees(id: UUID, body: Reratification, caller: Writing, if_match: IfMatch) -> Response:
    """Say that the new authority stands behind the committees of the municipality, by the act that is named; late is better than never.
    Needs `elections:write` there."""
    row = await _fetch(caller, id, if_match)
    reratify(row, body, caller.at.date())
    await db.keep(caller, row, "reratify", fields=["reratified_on", "reratified_by", "state", "due_on"])
    return await _written(caller, row)
