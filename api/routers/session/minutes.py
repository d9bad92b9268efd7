"""/minutes: drafted, approved and then never changed, published; errata say what was wrong."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import func
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee
from api.domain.documents.documents import Document
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.session import minutes as rules
from api.domain.session.minutes import (
    Erratum,
    ErratumFields,
    ErratumOut,
    Minutes,
    MinutesApproval,
    MinutesFields,
    MinutesOut,
    MinutesPublication,
)
from api.domain.session.sessions import Session, allowed
from api.idempotency import Creating
from api.pages import Listing
from api.sessions import of_session, under_session, within

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
MinutesPatch = patch_of(MinutesFields)


class MinutesNew(MinutesFields):
    """The body that drafts minutes."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class ErratumNew(ErratumFields):
    """The body that adds an erratum."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class MinutesQuery(OfCommittee):
    """How minutes are listed."""

    session: UUID | None = None
    year: Annotated[int | None, Field(ge=1, le=9998)] = None


ERRATA = Listing("errata", ErratumOut, "erratum t", HERE, (("t.id", "uuid"),), OfCommittee, OF_COMMITTEE)
_ERRATA = f"""(select coalesce(json_agg(row_to_json(l) order by l.number), '[]') from (select {ERRATA.select().replace("t.", "x.")}
    from erratum x where x.municipality_id = t.municipality_id and x.minutes_id = t.id) l)"""
MINUTES = Listing(
    "minutes",
    MinutesOut,
    "minutes t join committee_session s on s.municipality_id = t.municipality_id and s.id = t.session_id",
    HERE,
    (("t.year", "int"), ("t.number", "int"), ("t.id", "uuid")),
    MinutesQuery,
    OF_COMMITTEE | {"session": "t.session_id = {value}", "year": "t.year = {value}"},
    {
        "kind": "s.kind",
        "held_on": "s.held_on",
        "state": "case when t.published_on is not null then 'published' when t.approved_on is not null then 'approved' else 'draft' end",
        "errata": _ERRATA,
        "allowed_actions": "case s.state when 'minutes_draft' then array['change', 'approve'] when 'minutes_approved'"
        " then array['publish', 'add_erratum'] else array['add_erratum'] end",
    },
    descending=True,
)
publish(
    router,
    MINUTES,
    levels=(),
    flat="/v1/minutes",
    about="Minutes of sessions that you see, the latest first, with their errata.",
    one=("minutes", "The minutes of one session; who was there, and the votes, are at the session's own addresses."),
)
publish(
    router,
    ERRATA,
    levels=(),
    flat="/v1/errata",
    about="Errata of minutes that you see; `committee=` those of one.",
    one=("erratum", "One erratum."),
)


async def _written(caller: Caller, row: Minutes, status: int = 200) -> Response:
    return await pages.written(caller, MINUTES, row.id, f"/v1/minutes/{row.id}", status=status)


@router.post("/v1/sessions/{id}/minutes", status_code=201, response_model=MinutesOut, responses=problems.refusals(Conflict))
async def draft_minutes(id: UUID, body: MinutesNew, caller: Creating) -> Response:
    """Draft the minutes of a session that was held; their number is the next of the committee's year. Needs `committees:write` there."""
    session, committee = await of_session(caller, id)
    year = rules.draft(session)
    numbered = select(func.max(Minutes.number)).where(Minutes.committee_id == committee.id, Minutes.year == year)
    last = (await caller.session.exec(numbered)).one()
    row = made(Minutes, body, **within(session), year=year, number=(last or 0) + 1)
    await db.keep(caller, row, "create")
    await db.keep(caller, session, "draft-minutes", fields=["state"])
    return await _written(caller, row, 201)


async def _moving(caller: Caller, id: UUID, action: str, if_match: int | None) -> tuple[Minutes, Session]:
    row, session, _ = await under_session(caller, Minutes, id)
    allowed(session, action)
    await pages.unchanged(caller, MINUTES, id, row.version, if_match)
    return row, session


@router.patch("/v1/minutes/{id}", response_model=MinutesOut, responses=problems.CHANGES)
async def change_minutes(id: UUID, body: MinutesPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change a draft; approved minutes never change. Needs `committees:write` there."""
    row, _ = await _moving(caller, id, "change_minutes", if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, MinutesFields))
    return await _written(caller, row)


UNCOUNTED = "select count(*) from decision d where d.municipality_id = :m and d.session_id = :id and d.passed is null"


@router.post("/v1/minutes/{id}/approve", response_model=MinutesOut, responses=problems.CHANGES)
async def approve_minutes(id: UUID, body: MinutesApproval, caller: Writing, if_match: IfMatch) -> Response:
    """Approve minutes for good: with them attendance, decisions and what was agreed stand fast. Refused while a decision has no votes.
    Needs `committees:write` there."""
    row, session = await _moving(caller, id, "approve_minutes", if_match)
    rules.counted((await db.run(caller.session, UNCOUNTED, m=row.municipality_id, id=session.id)).scalar() or 0)
    approving = await caller.session.get(Session, body.approved_in_id) if body.approved_in_id else None
    rules.approve(row, session, body, approving, caller.at.date())
    await db.keep(caller, row, "approve", fields=["approved_on", "approved_in_id", "sha256"])
    await db.keep(caller, session, "approve-minutes", fields=["state"])
    return await _written(caller, row)


@router.post("/v1/minutes/{id}/publish", response_model=MinutesOut, responses=problems.CHANGES)
async def publish_minutes(id: UUID, body: MinutesPublication, caller: Writing, if_match: IfMatch) -> Response:
    """Publish approved minutes as a public document, which is a file of its own with names left out. Needs `committees:write` there."""
    row, session = await _moving(caller, id, "publish_minutes", if_match)
    rules.publish(row, session, await caller.session.get(Document, body.document_id), caller.at.date())
    await db.keep(caller, row, "publish", fields=["published_on", "published_document_id"])
    await db.keep(caller, session, "publish-minutes", fields=["state"])
    return await _written(caller, row)


@router.post("/v1/minutes/{id}/errata", status_code=201, response_model=ErratumOut, responses=problems.refusals(Conflict))
async def add_erratum(id: UUID, body: ErratumNew, caller: Creating) -> Response:
    """Say what approved minutes had wrong; they themselves stay. Needs `committees:write` there."""
    minutes, session, _ = await under_session(caller, Minutes, id)
    allowed(session, "add_erratum")
    last = (await caller.session.exec(select(func.max(Erratum.number)).where(Erratum.minutes_id == id))).one()
    place = {k: v for k, v in within(session).items() if k != "session_id"}
    row = made(Erratum, body, **place, minutes_id=minutes.id, number=(last or 0) + 1)
    await db.keep(caller, row, "create")
    return await pages.written(caller, ERRATA, row.id, f"/v1/errata/{row.id}", status=201)
