"""/transitions/{id}/file: what is handed over, frozen, hashed and signed; and its sealed part, for the incoming office alone."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api import db, dossiers, pages, problems
from api.access import Asking, IfMatch, Writing
from api.collection import ReadRoute
from api.committees import HERE, target
from api.domain.roles import Action
from api.domain.transition.files import Contacts, HandoverFileOut, opens
from api.domain.transition.transitions import Transition, TransitionOut, freeze
from api.offices import opened
from api.transitions import TRANSITIONS

router = APIRouter(tags=["transitions"], route_class=ReadRoute)


@router.post("/v1/transitions/{id}/freeze", response_model=TransitionOut, responses=problems.CHANGES)
async def freeze_transition(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Make the handover file before the term of office ends; on the day itself the clock does. Needs `elections:write` there."""
    row = await db.fetch(caller, Transition, id, HERE.seen())
    caller.require(Action.WRITE_ELECTIONS, target(row))
    await pages.unchanged(caller, TRANSITIONS, id, row.version, if_match)
    freeze(row, caller.at.date())
    await db.keep(caller, row, "freeze", fields=["frozen_on", "state", "due_on"])
    await dossiers.make(caller, row)
    return await pages.written(caller, TRANSITIONS, id, f"/v1/transitions/{id}")


@router.get("/v1/transitions/{id}/file", response_model=HandoverFileOut)
async def read_handover_file(request: Request, id: UUID, reading: Asking) -> Response:
    """The handover file, as an attachment: its body never changes and is signed; a line of the roster whose seat shows less by now is left
    out of the answer, and the body still verifies. No name and no contact is in it."""
    said = await dossiers.filed(reading, id)
    headers = {"Content-Disposition": f'attachment; filename="handover-{id}.json"'}
    return pages.conditional(request, said.model_dump_json().encode(), headers)


@router.get("/v1/transitions/{id}/file/contacts", response_model=Contacts)
async def read_handover_contacts(id: UUID, caller: Writing) -> Contacts:
    """The sealed part: names and contacts of those in the roster, for the incoming coordinator who signed, with the personal scope; never
    for the team that left. Each reading is recorded."""
    row = await db.fetch(caller, Transition, id, HERE.seen())
    opens(row, caller.principal, await opened(caller, row.municipality_id))
    return Contacts(transition_id=id, people=await dossiers.contacts(caller, row))
