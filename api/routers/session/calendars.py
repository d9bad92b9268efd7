"""/calendar-feeds, /calendars: a committee's sessions in the calendar of a telephone, at an address that can be revoked."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import select

from api import db, pages, problems
from api.access import IfMatch, Public, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, placed, visible
from api.domain.access.people import new_secret, part_token, sha256
from api.domain.committee.committees import Committee
from api.domain.errors import Conflict
from api.domain.fields import found
from api.domain.session.calendars import CalendarFeed, CalendarFeedFields, CalendarFeedMade, CalendarFeedOut, revoke
from api.idempotency import Creating
from api.levels import Shape
from api.pages import Listing
from api.writers.calendars import MEDIA, calendar

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
MINE = "t.principal_id = (select app.principal())"


class Mine(Shape):
    """Addresses of one's own, and those at the committees where one writes."""

    def seen(self, mode: str = "read") -> str:
        return f"({MINE} or {HERE.seen('write')})"


FEEDS = Listing(
    "calendar-feeds",
    CalendarFeedOut,
    "calendar_feed t",
    Mine(),
    (("t.id", "uuid"),),
    OfCommittee,
    OF_COMMITTEE,
    {"own": MINE},
)
publish(
    router,
    FEEDS,
    levels=(),
    flat="/v1/calendar-feeds",
    about="Addresses of calendars: your own, and those of committees where you write; never their secrets, nor whose they are.",
    one=("calendar_feed", "One address; never its secret."),
)


@router.post("/v1/committees/{id}/calendar-feeds", status_code=201, response_model=CalendarFeedMade, responses=problems.refusals(Conflict))
async def add_calendar_feed(id: UUID, body: CalendarFeedFields, caller: Creating) -> Response:
    """Make an address at which a calendar reads the sessions of a committee that you read; it is shown this once. It tells kind, body, time
    and place, and no names; it ends when it is revoked, or when you read the committee no more."""
    await visible(caller, id)
    committee = (await caller.session.exec(select(Committee).where(Committee.id == id))).one()
    secret = new_secret()
    row = CalendarFeed(
        **placed(committee), principal_id=caller.principal, language=body.language or caller.language, secret_sha256=sha256(secret)
    )
    await db.keep(caller, row, "create", fields=["language"])
    link = f"{caller.house.settings.public_url}/v1/calendars/{row.id}.{secret}.ics"
    return await pages.written(caller, FEEDS, row.id, f"/v1/calendar-feeds/{row.id}", status=201, extra={"link": link})


@router.post("/v1/calendar-feeds/{id}/revoke", response_model=CalendarFeedOut, responses=problems.CHANGES)
async def revoke_calendar_feed(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """End an address, your own or one of a committee where you write: the next request finds nothing there."""
    row = await db.fetch(caller, CalendarFeed, id, FEEDS.shape.seen())
    await pages.unchanged(caller, FEEDS, id, row.version, if_match)
    revoke(row, caller.at)
    await db.keep(caller, row, "revoke", fields=["revoked_at"])
    return await pages.written(caller, FEEDS, id, f"/v1/calendar-feeds/{id}")


@router.get(
    "/v1/calendars/{token}.ics",
    response_class=Response,
    responses={200: {"content": {MEDIA: {"schema": {"type": "string"}}}}},
)
async def read_calendar(request: Request, token: str, reading: Public) -> Response:
    """The sessions of a committee as iCalendar, from 400 days ago on, for whoever has the address: kind, body, local time and place, and no
    names. 404 once it is revoked."""
    feed, secret = part_token(token, "path/token")
    statement = "select * from app.calendar_of($1, $2, $3)"
    rows = await reading.house.doors.reads.fetch(statement, feed, sha256(secret), reading.at)
    found(rows[0] if rows else None)
    return pages.conditional(request, calendar(rows), media=MEDIA)
