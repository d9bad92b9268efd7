"""/sessions/{id}/attendance, …/hold, …/second-call: who was there, and whether these were enough."""

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api import db, pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.collection import ReadRoute
from api.committees import HERE
from api.domain.committee.committees import Committee, inaugurated, met
from api.domain.session.holding import Present, call_again, has_quorum, hold
from api.domain.session.inaugurations import public
from api.domain.session.presence import PresenceFields, SeatThen, SessionAttendanceOut, Sitting, seen
from api.domain.session.sessions import Session, SessionKind, SessionOut, SessionState
from api.pages import Listing
from api.sessions import INSTITUTION, PERSON, SECTOR, kept, law_on, moving

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
PATH = "/v1/sessions/{id}/attendance"
COLUMNS = {
    **{"seat_id": ("s.id", INSTITUTION), "sector": ("s.sector", SECTOR), "role": ("s.role", INSTITUTION), "voting": ("a.voting", SECTOR)},
    **{"term_id": ("a.term_id", INSTITUTION), "person_id": ("x.person_id", PERSON), "organisation": ("o.name", INSTITUTION)},
}
"""What a seat shows of who was there is what it shows of its holder."""
SHOWN_AS = ", ".join(f"case when {shown} then {sql} end as {name}" for name, (sql, shown) in COLUMNS.items())
OF_SESSION = "from session_attendance a where a.municipality_id = t.municipality_id and a.session_id = t.id"
THERE = "a.status in ('present', 'represented')"
LINES = f"""(select coalesce(json_agg(row_to_json(l) order by l.sector, l.role, l.seat_id, l.status), '[]') from (
    select {SHOWN_AS}, a.status {
    OF_SESSION.replace(
        "where",
        '''join seat s on s.id = a.seat_id left join term x on x.id = a.term_id
      left join organisation o on o.id = x.on_behalf_of_id where''',
    )
}) l)"""
ATTENDANCE = Listing(
    "session attendance",
    SessionAttendanceOut,
    "committee_session t",
    HERE,
    (("t.id", "uuid"),),
    columns={
        "lines": LINES,
        "present": f"(select count(*) {OF_SESSION} and {THERE})",
        "voting_present": f"(select count(*) {OF_SESSION} and {THERE} and a.voting)",
    },
)


@router.get(PATH, response_model=SessionAttendanceOut)
async def read_session_attendance(request: Request, id: UUID, reading: Asking) -> Response:
    """Who was at a session, seat by seat: as much of each as the seat shows, and never a name."""
    return await pages.one(request, reading, ATTENDANCE, id)


ON = "{0}.starts_on <= :day and ({0}.ends_on is null or {0}.ends_on > :day)"
TERM = f"""(select x.id, x.person_id from term x where x.municipality_id = s.municipality_id and x.seat_id = s.id and {{alternate}}
    and x.voided_at is null and {ON.format("x")})"""
SEATS = f"""select s.id, s.voting, h.id as holder, h.person_id, d.id as alternate, d.person_id as other_person_id
    from seat s left join lateral {TERM.format(alternate="not x.alternate")} h on true
    left join lateral {TERM.format(alternate="x.alternate")} d on true
    where s.committee_id = :committee and s.body_id = :body and {ON.format("s")}"""


async def _seats(caller: Caller, row: Session, day: date) -> Mapping[UUID, SeatThen]:
    """The seats of the body that meets, on a day, with who holds them."""
    found = await db.run(caller.session, SEATS, committee=row.committee_id, body=row.body_id, day=day)
    return {
        r.id: SeatThen(
            r.id, r.voting, r.holder and Sitting(r.holder, r.person_id), r.alternate and Sitting(r.alternate, r.other_person_id)
        )
        for r in found
    }


CLEAR = "delete from session_attendance where municipality_id = :m and session_id = :id"
ADD = """insert into session_attendance (municipality_id, session_id, seat_id, country_id, term_id, voting, status)
    select :m, :id, (l ->> 0)::uuid, :c, (l ->> 1)::uuid, (l ->> 2)::boolean, l ->> 3 from json_array_elements(cast(:lines as json)) l"""


@router.put(PATH, response_model=SessionAttendanceOut, responses=problems.CHANGES)
async def write_session_attendance(id: UUID, body: PresenceFields, caller: Writing, if_match: IfMatch) -> Response:
    """Write who is at a session that was called, all at once: present, excused, absent, or represented by the alternate; whoever is not
    named is absent. One person has one vote: 422 `person-twice` where the same is there for two voting seats, such as the alternate of
    both. Until it is held; then it is frozen. Needs `committees:write` there."""
    row, _ = await moving(caller, id, "write_attendance", if_match)
    found = seen(body.lines, await _seats(caller, row, row.day))
    lines = [(str(s.seat.id), s.sitting and str(s.sitting.term), s.seat.voting, s.status) for s in found]
    place = {"m": row.municipality_id, "id": id}
    await db.run(caller.session, CLEAR, **place)
    await db.run(caller.session, ADD, c=row.country_id, lines=json.dumps(lines), **place)
    await db.keep(caller, row, "attend", fields=["attendance"])
    return await pages.written(caller, ATTENDANCE, id, PATH.format(id=id))


COUNTED = """select count(*) as attended, count(distinct coalesce(x.person_id, a.seat_id)) filter (where a.voting) as voting
    from session_attendance a left join term x on x.municipality_id = a.municipality_id and x.id = a.term_id
    where a.municipality_id = :m and a.session_id = :id and a.status in ('present', 'represented')"""
PLENARY = "select kind = 'plenary' as plenary from body where id = :body"


async def _present(caller: Caller, row: Session) -> Present:
    """Who was there, and of how many."""
    counted = (await db.run(caller.session, COUNTED, m=row.municipality_id, id=row.id)).one()
    plenary = (await db.run(caller.session, PLENARY, body=row.body_id)).scalar()
    voting = [seat for seat in (await _seats(caller, row, row.day)).values() if seat.voting]
    return Present(counted.attended, counted.voting, len(voting), sum(seat.holder is not None for seat in voting), bool(plenary))


@router.post("/v1/sessions/{id}/hold", response_model=SessionOut, responses=problems.CHANGES)
async def hold_session(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it met, with those who were written down: quorum is computed from the bylaws in force on its day and frozen, with its
    arithmetic and a sentence in three languages; too few make it `no_quorum`, and it decides nothing. 409 `no-bylaws-in-force` says what
    is missing; an inauguration is held without. Needs `committees:write` there."""
    row, committee = await moving(caller, id, "hold", if_match)
    there = await _present(caller, row)
    hold(row, await law_on(caller, committee.id, row.day), there, caller.at.date())
    answer = await kept(caller, row, "hold", "state", "held_on", "quorum", "bylaws_id")
    if row.state is SessionState.HELD:
        await _told(caller, row, committee, there)
    return answer


async def _told(caller: Caller, row: Session, committee: Committee, there: Present) -> None:
    """Let the committee's state follow a session that was held, and everyone read of an inauguration."""
    today, changed = caller.at.date(), list[str]()
    if row.kind is SessionKind.INAUGURATION:
        changed += inaugurated(committee, row.day, today)
        await db.keep(caller, public(row, committee, there.attended), "create")
    if there.plenary and has_quorum(row):
        changed += met(committee, row.day, today)
    if changed:
        await db.keep(caller, committee, "meet", fields=[*changed, "state", "reason", "due_on"])


@router.post("/v1/sessions/{id}/second-call", response_model=SessionOut, responses=problems.CHANGES)
async def call_again_session(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Go on to the second call that the bylaws know, after their minutes: write who is there then, and hold it; what the first call found
    stays in `first_quorum`. Needs `committees:write` there."""
    row, _ = await moving(caller, id, "second_call", if_match)
    call_again(row)
    await db.run(caller.session, CLEAR, m=row.municipality_id, id=id)
    return await kept(caller, row, "second-call", "state", "second_on", "second_at", "held_on", "first_quorum", "quorum")
