"""/sessions: planned, called in time, or cancelled; what an inauguration is for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import select

from api import db, problems
from api.access import IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import fetched, placed
from api.domain.committee.bodies import Body, meeting
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.session.inaugurations import Inauguration
from api.domain.session.sessions import (
    Agenda,
    AgendaFields,
    Calling,
    Cancelling,
    PurposeFields,
    Session,
    SessionDefinition,
    SessionFields,
    SessionOut,
    SessionState,
    call,
    cancel,
    noticed,
    state_purpose,
)
from api.idempotency import Creating
from api.sessions import SESSIONS, kept, law_on, moving, written

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
SessionPatch = patch_of(SessionDefinition)


class SessionNew(SessionFields):
    """The body that plans a session."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""
    agenda: Annotated[Agenda, Field(default_factory=list)]


publish(
    router,
    SESSIONS,
    flat="/v1/sessions",
    about="Sessions of committees that you see, the latest first.",
    one=("session", "One session, with its quorum once it was held, why, and what may be done next."),
)


@router.post("/v1/committees/{id}/sessions", status_code=201, response_model=SessionOut, responses=problems.refusals(Conflict))
async def plan_session(id: UUID, body: SessionNew, caller: Creating) -> Response:
    """Plan a session of the plenary, or of another body of the committee; also one of the past that is written down now. Needs
    `committees:write` there."""
    committee = await fetched(caller, id)
    bodies = (await caller.session.exec(select(Body).where(Body.committee_id == id))).all()
    meets = meeting(bodies, body.body_id, body.meets_on)
    row = made(Session, body, **placed(committee), body_id=meets.id)
    await db.keep(caller, row, "create")
    return await written(caller, row, 201)


@router.patch("/v1/sessions/{id}", response_model=SessionOut, responses=problems.CHANGES)
async def change_session(id: UUID, body: SessionPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change where and when it meets, until it is held; one that was called keeps the notice that the bylaws ask for. Needs
    `committees:write` there."""
    row, committee = await moving(caller, id, "change", if_match)
    changed = merged(row, body, SessionFields)
    if row.state is SessionState.CALLED and "meets_on" in changed:
        noticed(row, await law_on(caller, committee.id, row.meets_on))
    return await kept(caller, row, "change", *changed)


@router.put("/v1/sessions/{id}/agenda", response_model=SessionOut, responses=problems.CHANGES)
async def write_agenda(id: UUID, body: AgendaFields, caller: Writing, if_match: IfMatch) -> Response:
    """Write the agenda, all at once, until it is held. Needs `committees:write` there."""
    row, _ = await moving(caller, id, "write_agenda", if_match)
    row.agenda = [item.model_dump() for item in body.agenda]
    return await kept(caller, row, "write-agenda", "agenda")


@router.put("/v1/sessions/{id}/purpose", response_model=SessionOut, responses=problems.CHANGES)
async def write_purpose(id: UUID, body: PurposeFields, caller: Writing, if_match: IfMatch) -> Response:
    """State what an inauguration is for, with links to press and pictures, until its minutes are approved; public once it was held. Needs
    `committees:write` there."""
    row, _ = await moving(caller, id, "state_purpose", if_match)
    state_purpose(row, body)
    if shown := await caller.session.get(Inauguration, id):
        shown.purpose, shown.media_links = row.purpose, row.media_links
        await db.keep(caller, shown, "change", fields=["purpose", "media_links"])
    return await kept(caller, row, "state-purpose", "purpose", "media_links")


@router.post("/v1/sessions/{id}/call", response_model=SessionOut, responses=problems.CHANGES)
async def call_session(id: UUID, body: Calling, caller: Writing, if_match: IfMatch) -> Response:
    """Say that the call went out: 409 `notice-too-short` where the bylaws in force on its day ask for more days, unless it is
    extraordinary. Needs `committees:write` there."""
    row, committee = await moving(caller, id, "call", if_match)
    today = caller.at.date()
    call(row, await law_on(caller, committee.id, row.meets_on), body.called_on or today, today)
    return await kept(caller, row, "call", "state", "called_on")


@router.post("/v1/sessions/{id}/cancel", response_model=SessionOut, responses=problems.CHANGES)
async def cancel_session(id: UUID, body: Cancelling, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it will not meet, and why. Needs `committees:write` there."""
    row, _ = await moving(caller, id, "cancel", if_match)
    cancel(row, body.because)
    return await kept(caller, row, "cancel", "state", "cancelled_because")
