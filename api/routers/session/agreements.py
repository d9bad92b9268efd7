"""/agreements: who does what until when, what proves it, and how each institution keeps its word."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.answers.follow_through import follow_through_of
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, by_state
from api.domain.committee.seats import Seat
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.session.agreements import (
    ALLOWED,
    Agreement,
    AgreementDefinition,
    AgreementFields,
    AgreementOut,
    AgreementState,
    FollowThrough,
    Fulfilment,
    agree,
    cancel,
    changeable,
    fulfil,
)
from api.domain.session.decisions import Decision
from api.domain.session.sessions import Cancelling, Session
from api.idempotency import Creating
from api.pages import AsOf, Listing
from api.sessions import of_session, under_session, within

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
AgreementPatch = patch_of(AgreementDefinition)


class AgreementNew(AgreementFields):
    """The body that writes down an agreement."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class AgreementQuery(OfCommittee):
    """How agreements are listed."""

    session: UUID | None = None
    state: AgreementState | None = None
    organisation: UUID | None = None
    """Only those that this institution owns."""
    overdue: bool | None = None
    to: date | None = None
    """Only those that are due on or before this day."""


OVERDUE = "(t.state = 'open' and t.due_on < {as_of})"
AGREEMENTS = Listing(
    "agreements",
    AgreementOut,
    "agreement t join committee c on c.id = t.committee_id"
    " join committee_session m on m.municipality_id = t.municipality_id and m.id = t.session_id"
    " left join organisation o on o.id = t.owner_organisation_id left join seat s on s.id = t.owner_seat_id",
    HERE,
    (("t.due_on", "date"), ("t.id", "uuid")),
    AgreementQuery,
    OF_COMMITTEE
    | {"session": "t.session_id = {value}", "state": "t.state = {value}", "organisation": "t.owner_organisation_id = {value}"}
    | {"overdue": f"{OVERDUE} = {{value}}", "to": "t.due_on <= {value}"},
    {
        **{"committee": "c.name", "agreed_on": "m.held_on", "owner": "coalesce(o.name, s.role)", "overdue": OVERDUE},
        **{"on_time": "t.fulfilled_on <= t.due_on", "allowed_actions": by_state("t.state", ALLOWED)},
    },
)
publish(
    router,
    AGREEMENTS,
    flat="/v1/agreements",
    about="Agreements of committees that you see, those that are due first before the others.",
    one=("agreement", "One agreement, and whether it is overdue today."),
)


async def _written(caller: Caller, row: Agreement, status: int = 200) -> Response:
    return await pages.written(caller, AGREEMENTS, row.id, f"/v1/agreements/{row.id}", status=status)


async def _agreed(caller: Caller, said: AgreementFields, session: Session) -> None:
    """Raises Conflict, Invalid where an agreement does not fit its session."""
    seat = await caller.session.get(Seat, said.owner_seat_id) if said.owner_seat_id else None
    decision = await caller.session.get(Decision, said.decision_id) if said.decision_id else None
    agree(said, session, seat, decision)


@router.post("/v1/sessions/{id}/agreements", status_code=201, response_model=AgreementOut, responses=problems.refusals(Conflict))
async def add_agreement(id: UUID, body: AgreementNew, caller: Creating) -> Response:
    """Write down what was agreed in a session that was held: who does it, until when. Needs `committees:write` there."""
    session, _ = await of_session(caller, id)
    await _agreed(caller, body, session)
    row = made(Agreement, body, **within(session))
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[Agreement, Session]:
    row, session, _ = await under_session(caller, Agreement, id)
    await pages.unchanged(caller, AGREEMENTS, id, row.version, if_match)
    return row, session


@router.patch("/v1/agreements/{id}", response_model=AgreementOut, responses=problems.CHANGES)
async def change_agreement(id: UUID, body: AgreementPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what was agreed, until the minutes that hold it are approved. Needs `committees:write` there."""
    row, session = await _fetch(caller, id, if_match)
    changeable(row, session)
    changed = merged(row, body, AgreementFields)
    await _agreed(caller, row, session)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


@router.post("/v1/agreements/{id}/fulfil", response_model=AgreementOut, responses=problems.CHANGES)
async def fulfil_agreement(id: UUID, body: Fulfilment, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it was fulfilled, with its evidence. Needs `committees:write` there."""
    row, session = await _fetch(caller, id, if_match)
    fulfil(row, body, session.day, caller.at.date())
    await db.keep(caller, row, "fulfil", fields=["state", "fulfilled_on", "document_id", "reference"])
    return await _written(caller, row)


@router.post("/v1/agreements/{id}/cancel", response_model=AgreementOut, responses=problems.CHANGES)
async def cancel_agreement(id: UUID, body: Cancelling, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it will not be fulfilled, and why. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    cancel(row, body.because)
    await db.keep(caller, row, "cancel", fields=["state", "cancelled_because"])
    return await _written(caller, row)


@router.get("/v1/committees/{id}/follow-through", response_model=FollowThrough)
async def read_follow_through(id: UUID, reading: Asking, as_of: AsOf = None) -> Any:
    """How what was agreed by `as_of` was fulfilled: on time, late, overdue, still open; all of it and institution by institution. A seat's
    agreement is its institution's where the seat shows it. Of a past day, as it stood at its end."""
    return await follow_through_of(reading, id, as_of or reading.at.date())
