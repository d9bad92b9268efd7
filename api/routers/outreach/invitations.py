"""/seat-invitations: institutions that are invited to a seat.

Not `/v1/invitations`: those make accounts, of people who come in here; these bring institutions to a table, and are addressed by where they
are to sit.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, SHOWN, OfCommittee, by_state, fetched, own_of, person_seen, placed, with_own
from api.domain.committee.committees import Committee, own
from api.domain.committee.seats import Display, Seat
from api.domain.committee.sectors import Sector
from api.domain.committee.terms import Term
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.outreach.calls import OpenCall
from api.domain.outreach.invitations import (
    ALLOWED,
    InvitationState,
    Refusal,
    SeatAcceptance,
    Seating,
    SeatInvitation,
    SeatInvitationFields,
    SeatInvitationOut,
    Sending,
    allowed,
    answer,
    expire,
    seat,
    send,
)
from api.domain.outreach.stakeholders import Stakeholder
from api.domain.roles import Action
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["outreach"], route_class=ReadRoute)
SeatInvitationPatch = patch_of(SeatInvitationFields)


class SeatInvitationNew(SeatInvitationFields):
    """The body that drafts an invitation."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class SeatInvitationQuery(OfCommittee):
    """How invitations are listed."""

    state: InvitationState | None = None
    sector: Sector | None = None
    call: UUID | None = None
    """Only those that answer this open call."""


STATE = "case when t.state = 'sent' and t.expires_on <= {at}::date then 'expired' else t.state end"
"""The clock writes down that an invitation expired; by its day it has, also before."""
PERSONAL = HERE.seen("personal")
OF_TERM = "(select {} from term x join seat s on s.id = x.seat_id where x.id = t.term_id)"
HIDDEN = f"(coalesce({OF_TERM.format(f'not ({SHOWN})')}, false) and not {PERSONAL})"
"""Whether a term came of it in a seat that does not show of which institution its holder is, and the caller may not know."""
NOWHERE = f"""(coalesce({OF_TERM.format(f"s.display = '{Display.NONE}'")}, false) and not {PERSONAL})"""
MASKED = {
    name: f"case when not {HIDDEN} then t.{name} end" for name in ("organisation_id", "institution", "seat_id", "stakeholder_id", "term_id")
}
INVITATIONS = Listing(
    "seat-invitations",
    SeatInvitationOut,
    "seat_invitation t left join organisation o on o.id = t.organisation_id",
    HERE,
    (("t.id", "uuid"),),
    SeatInvitationQuery,
    OF_COMMITTEE
    | {"state": f"({STATE}) = {{value}}", "sector": f"t.sector = {{value}} and not {NOWHERE}", "call": "t.open_call_id = {value}"},
    MASKED
    | {
        "organisation": f"case when not {HIDDEN} then o.name end",
        "sector": f"case when not {NOWHERE} then t.sector end",
        "contact_person_id": f"case when {PERSONAL} then t.contact_person_id end",
        "external_ids": f"case when not {HIDDEN} then t.external_ids else '{{{{}}}}' end",
        "state": STATE,
        "allowed_actions": by_state(f"({STATE})", ALLOWED),
    },
)

publish(
    router,
    INVITATIONS,
    flat="/v1/seat-invitations",
    about="Invitations of institutions to a seat, in committees that you see; `committee=` those of one. Accounts are invited at"
    " `/v1/invitations`.",
)
ONE = "/v1/seat-invitations/{id}"


async def _written(caller: Caller, row: SeatInvitation, status: int = 200) -> Response:
    return await pages.written(caller, INVITATIONS, row.id, ONE.format(id=row.id), status=status)


async def _checked(caller: Caller, committee: Committee, row: SeatInvitation) -> None:
    """What it names must be the committee's."""
    await own_of(caller, Seat, committee.id, row.seat_id, "/seat_id")
    await own_of(caller, Stakeholder, committee.id, row.stakeholder_id, "/stakeholder_id")
    await own_of(caller, OpenCall, committee.id, row.open_call_id, "/open_call_id")


@router.post(
    "/v1/committees/{id}/seat-invitations",
    status_code=201,
    response_model=SeatInvitationOut,
    responses=problems.refusals(Conflict),
)
async def add_seat_invitation(id: UUID, body: SeatInvitationNew, caller: Creating) -> Response:
    """Draft an invitation of an institution to the committee; `…/send` says when it went out. Needs `roster:write` there, and to name a
    contact the personal scope."""
    committee = await fetched(caller, id, Action.WRITE_ROSTER)
    await person_seen(caller, body.contact_person_id, "/contact_person_id")
    row = made(SeatInvitation, body, **placed(committee))
    await _checked(caller, committee, row)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


@router.get(ONE, response_model=SeatInvitationOut)
async def read_seat_invitation(request: Request, id: UUID, reading: Asking) -> Response:
    """One invitation to a seat."""
    return await pages.one(request, reading, INVITATIONS, id)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[SeatInvitation, Committee]:
    row, committee = await with_own(caller, SeatInvitation, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, INVITATIONS, id, row.version, if_match)
    return row, committee


@router.patch(ONE, response_model=SeatInvitationOut, responses=problems.CHANGES)
async def change_seat_invitation(id: UUID, body: SeatInvitationPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change an invitation that was not sent yet. Needs `roster:write` there, and to name a contact the personal scope."""
    row, committee = await _fetch(caller, id, if_match)
    allowed(row, "change", caller.at.date())
    changed = merged(row, body, SeatInvitationFields)
    if "contact_person_id" in changed:
        await person_seen(caller, row.contact_person_id, "/contact_person_id")
    await _checked(caller, committee, row)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


@router.delete(ONE, status_code=204, responses=problems.CHANGES)
async def remove_seat_invitation(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Throw away an invitation that was not sent. Needs `roster:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    allowed(row, "remove", caller.at.date())
    await db.remove(caller, row)
    return Response(status_code=204)


@router.post(ONE + "/send", response_model=SeatInvitationOut, responses=problems.CHANGES)
async def send_seat_invitation(id: UUID, body: Sending, caller: Writing, if_match: IfMatch) -> Response:
    """Say when it went out, and until when it is open; 409 `invited-already` while another one of the organisation is. Nothing is sent from
    here. Needs `roster:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    send(row, body, caller.at.date())
    await _expire(caller, row)
    await db.keep(caller, row, "send", fields=["state", "sent_on", "expires_on"])
    return await _written(caller, row)


async def _expire(caller: Caller, row: SeatInvitation) -> None:
    """An earlier invitation that is over stands in nobody's way, also where the clock has not written it down yet."""
    others = select(SeatInvitation).where(
        SeatInvitation.committee_id == row.committee_id, SeatInvitation.state == InvitationState.SENT, SeatInvitation.id != row.id
    )
    for other in (await caller.session.exec(others)).all():
        if expire(other, caller.at.date()):
            await db.keep(caller, other, "expire", fields=["state"])


@router.post(ONE + "/accept", response_model=SeatInvitationOut, responses=problems.CHANGES)
async def accept_seat_invitation(id: UUID, body: SeatAcceptance, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it was accepted, on a day on which it was open. Needs `roster:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    answer(row, body.answered_on, caller.at.date(), accepted=True)
    await db.keep(caller, row, "accept", fields=["state", "answered_on"])
    return await _written(caller, row)


@router.post(ONE + "/decline", response_model=SeatInvitationOut, responses=problems.CHANGES)
async def decline_seat_invitation(id: UUID, body: Refusal, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it was declined, or that somebody who had accepted does not come after all. Needs `roster:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    answer(row, body.answered_on, caller.at.date(), body.decline_reason, accepted=False)
    await db.keep(caller, row, "decline", fields=["state", "answered_on", "decline_reason"])
    return await _written(caller, row)


@router.post(ONE + "/seat", response_model=SeatInvitationOut, responses=problems.CHANGES)
async def seat_seat_invitation(id: UUID, body: Seating, caller: Writing, if_match: IfMatch) -> Response:
    """Say which term came of it: of the same organisation, in a seat of the same sector. From then on it shows what that seat shows. Needs
    `roster:write` there."""
    row, committee = await _fetch(caller, id, if_match)
    term = own(await caller.session.get(Term, body.term_id), committee.id, "/term_id")
    seat(row, term, own(await caller.session.get(Seat, term.seat_id), committee.id, "/term_id"), caller.at.date())
    await db.keep(caller, row, "seat", fields=["state", "term_id"])
    return await _written(caller, row)
