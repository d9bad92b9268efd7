"""/transitions: what follows when a term of office ends."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, target
from api.domain.roles import Action
from api.domain.transition.transitions import Reratification, Transition, TransitionOut, reratify
from api.transitions import REST, TRANSITIONS, renewed

router = APIRouter(tags=["transitions"], route_class=ReadRoute)


publish(
    router,
    TRANSITIONS,
    flat="/v1/transitions",
    about="What follows when terms of office end, by the day on which they do: how far it has come, and what may be done.",
    one=("transition", "One transition."),
)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Transition:
    row = await db.fetch(caller, Transition, id, HERE.seen())
    caller.require(Action.WRITE_ELECTIONS, target(row))
    await pages.unchanged(caller, TRANSITIONS, id, row.version, if_match)
    return row


async def _written(caller: Caller, row: Transition) -> Response:
    return await pages.written(caller, TRANSITIONS, row.id, f"/v1/transitions/{row.id}")


@router.post("/v1/transitions/{id}/reratify", response_model=TransitionOut, responses=problems.CHANGES)
async def reratify_committees(id: UUID, body: Reratification, caller: Writing, if_match: IfMatch) -> Response:
    """Say that the new authority stands behind the committees of the municipality, by the act that is named and a commitment of its own,
    which is recorded before; that of the authority that left counts for nothing. Late is better than never. Needs `elections:write`
    there."""
    row = await _fetch(caller, id, if_match)
    reratify(row, body, await renewed(caller, row), caller.at.date())
    await db.keep(caller, row, "reratify", fields=REST)
    return await _written(caller, row)
