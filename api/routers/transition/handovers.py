"""/transitions/{id}/handover: who keeps an office when the authority changes, agreed by two, and signed for by who comes."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing, for_the_house
from api.collection import ReadRoute
from api.committees import HERE, target
from api.domain.roles import Action
from api.domain.transition.handovers import HandoverOut, HandoverProposal, accept, approve, approving, propose
from api.domain.transition.transitions import Transition, TransitionOut
from api.handovers import carry_out, coordinates, ended_by, lines_now, may_approve, shown
from api.transitions import TRANSITIONS

router = APIRouter(tags=["transitions"], route_class=ReadRoute)


async def _answer(caller: Caller, row: Transition) -> Response:
    body = await shown(caller, row)
    headers = {"ETag": f'"{row.version}"', "Cache-Control": "no-store"}
    return Response(body.model_dump_json(), 200, headers, pages.JSON)


@router.get("/v1/transitions/{id}/handover", response_model=HandoverOut)
async def read_handover(id: UUID, caller: Writing) -> Response:
    """Everybody who holds an office at the municipality beyond the day, by role and without a name, and what becomes of it: as it was said,
    or as usual. For those who manage people there, and those who may approve it."""
    row = await db.fetch(caller, Transition, id, HERE.seen())
    approving(caller.may(Action.MANAGE_PEOPLE, target(row)) or await may_approve(caller, row))
    return await _answer(caller, row)


@router.post("/v1/transitions/{id}/handover", response_model=HandoverOut, responses=problems.CHANGES)
async def propose_handover(id: UUID, body: HandoverProposal, caller: Writing, if_match: IfMatch) -> Response:
    """Say who keeps an office; those who are not named are as usual: the secretariat, members and readers keep theirs, coordinators do
    not, unless the authority was elected again. It counts when a second person has approved it. Needs `people:manage` there."""
    row = await db.fetch(caller, Transition, id, HERE.seen())
    caller.require(Action.MANAGE_PEOPLE, target(row))
    await pages.unchanged(caller, TRANSITIONS, id, row.version, if_match)
    lines = await lines_now(caller, row, await ended_by(caller, row))
    propose(row, lines, body, (caller.principal, caller.at))
    await db.keep(caller, row, "propose", fields=["lines", "proposed_by", "proposed_at"])
    return await _answer(caller, row)


@router.post("/v1/transitions/{id}/handover/approve", response_model=HandoverOut, responses=problems.CHANGES)
async def approve_handover(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Agree to what was proposed, as it was read: offices that are not kept end on the day of the transition, or at once where it is past,
    and what their holders send next is refused. After a re-election nothing has to be proposed: everybody stays by this one confirmation.
    Needs `handovers:approve` at the country or at an association of the municipality, and a second person."""
    row = await db.fetch(caller, Transition, id, HERE.seen())
    approving(await may_approve(caller, row))
    await pages.unchanged(caller, TRANSITIONS, id, row.version, if_match)
    how = await ended_by(caller, row)
    approve(row, await lines_now(caller, row, how), how, (caller.principal, caller.at))
    async with for_the_house(caller):
        await db.keep(caller, row, "approve", fields=["lines", "approved_by", "approved_at"])
    await carry_out(caller, row)
    return await _answer(caller, row)


@router.post("/v1/transitions/{id}/accept", response_model=TransitionOut, responses=problems.CHANGES)
async def accept_handover(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Sign for the municipality, as its incoming coordinator; whoever was there before signs only after a re-election."""
    row = await db.fetch(caller, Transition, id, HERE.seen())
    await pages.unchanged(caller, TRANSITIONS, id, row.version, if_match)
    accept(row, await ended_by(caller, row), coordinates(caller, row), (caller.principal, caller.at))
    await db.keep(caller, row, "accept", fields=["accepted_by", "accepted_at", "state", "due_on"])
    return await pages.written(caller, TRANSITIONS, id, f"/v1/transitions/{id}")
