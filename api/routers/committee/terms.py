"""/terms and …/members: who holds which seat, from when to when, as known today or then."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import fetched, instrument_of, opened, person_seen, placed, seated, visible, with_own
from api.domain.committee.instruments import Purpose
from api.domain.committee.persons import Person
from api.domain.committee.terms import MemberOut, Term, TermEnd, TermFields, TermOut, end, void
from api.domain.errors import Conflict
from api.domain.fields import made, new_id
from api.domain.roles import Action
from api.idempotency import Creating
from api.levels import Lens
from api.roster import MEMBERS, NAMED, TERMS, UNNAMED, Known, NamedQuery, as_known

router = APIRouter(tags=["members"], route_class=ReadRoute)


class TermNew(TermFields):
    """The body that seats somebody."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


publish(
    router,
    TERMS,
    levels=(),
    flat="/v1/terms",
    about="Terms in seats that you see, past ones and voided ones too, by first day.",
    one=("term", "One term, as far as its seat shows it."),
)
publish(
    router,
    MEMBERS,
    about="Members of committees on `as_of`: as much of each as the seat shows, and never a name. A committee's own list has names for"
    " those with the personal scope.",
)


@router.get("/v1/committees/{id}/members", response_model=pages.Page[MemberOut])
async def list_committee_members(request: Request, id: UUID, caller: Writing, query: Annotated[NamedQuery, pages.AS_QUERY]) -> Response:
    """Members of one committee on `as_of`, as known at `known_at`. With the personal scope there they are named, and the reading is
    recorded; without it each is shown as far as the seat's `display` goes."""
    await visible(caller, id)
    whole = await opened(caller, id)
    listing = (NAMED if whole else UNNAMED) if query.known_at is None else as_known(NAMED if whole else UNNAMED)
    asked = Known.model_validate(query.model_dump() | {"committee": id})
    answer = await pages.page(request, await caller.reading(request.scope["credential"]), listing.ordered(query.sort), asked, Lens())
    if whole:
        items = json.loads(bytes(answer.body) or b'{"items":[]}')["items"]
        await db.saw(caller, Person, [UUID(item["person_id"]) for item in items if item.get("person_id")])
    return answer


async def _written(caller: Caller, row: Term, status: int = 200) -> Response:
    return await pages.written(caller, TERMS, row.id, f"/v1/terms/{row.id}", status=status)


@router.post("/v1/committees/{id}/terms", status_code=201, response_model=TermOut, responses=problems.refusals(Conflict))
async def add_term(id: UUID, body: TermNew, caller: Creating) -> Response:
    """Seat somebody for a term; 409 `seat-taken` where somebody holds the seat on one of its days. Needs `roster:write` there, and to name
    a person the personal scope."""
    committee = await fetched(caller, id, Action.WRITE_ROSTER)
    await person_seen(caller, body.person_id)
    row = made(Term, body, **placed(committee), body_id=body.seat_id)
    await seated(caller, committee, row)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


@router.post("/v1/terms/{id}/end", response_model=TermOut, responses=problems.CHANGES)
async def end_term(id: UUID, body: TermEnd, caller: Writing, if_match: IfMatch) -> Response:
    """Say when and why a term ends; a resignation may be announced for a later day. Needs `roster:write` there."""
    row, committee = await with_own(caller, Term, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, TERMS, id, row.version, if_match)
    extension = await instrument_of(caller, committee, body.instrument_id, Purpose.TERM_EXTENSION) if body.instrument_id else None
    end(row, body, extension)
    await db.keep(caller, row, "end", fields=["ends_on", "end_reason", "instrument_id"])
    return await _written(caller, row)


@router.post("/v1/terms/{id}/void", response_model=TermOut, responses=problems.CHANGES)
async def void_term(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that a term was entered by mistake; what was known before stays readable by `known_at`. Needs `roster:write` there."""
    row, _ = await with_own(caller, Term, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, TERMS, id, row.version, if_match)
    void(row, caller.at)
    await db.keep(caller, row, "void", fields=["voided_at"])
    return await _written(caller, row)
