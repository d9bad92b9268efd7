"""/decisions: what sessions with quorum were asked, how each seat voted, and whether it passed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import func
from sqlmodel import select

from api import db, pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee
from api.domain.committee.bylaws import Bylaws
from api.domain.committee.rules import DecisionKind, Rules
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.session.decisions import (
    Decision,
    DecisionFields,
    DecisionOut,
    VotesFields,
    VotesOut,
    count,
    decide,
    putting,
    uncounted,
)
from api.idempotency import Creating
from api.pages import Listing
from api.sessions import INSTITUTION, of_session, under_session, within

router = APIRouter(tags=["sessions"], route_class=ReadRoute)
DecisionPatch = patch_of(DecisionFields)
PATH = "/v1/decisions/{id}/votes"


class DecisionNew(DecisionFields):
    """The body that puts something to the vote."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class DecisionQuery(OfCommittee):
    """How decisions are listed."""

    session: UUID | None = None
    kind: DecisionKind | None = None
    passed: bool | None = None


ACTIONS = """case when s.state not in ('held', 'minutes_draft') then array[]::text[] when t.passed is null then array['change', 'vote']
    else array['vote'] end"""
OF = "decision t join committee_session s on s.municipality_id = t.municipality_id and s.id = t.session_id"
DECISIONS = Listing(
    "decisions",
    DecisionOut,
    OF,
    HERE,
    (("t.id", "uuid"),),
    DecisionQuery,
    OF_COMMITTEE | {"session": "t.session_id = {value}", "kind": "t.kind = {value}", "passed": "t.passed = {value}"},
    {"explanation": "t.outcome -> 'words' ->> {language}::text", "allowed_actions": ACTIONS},
    descending=True,
)
LINES = f"""(select coalesce(json_agg(row_to_json(l) order by l.seat_id, l.choice), '[]') from (
    select case when {INSTITUTION} then a.seat_id end as seat_id, a.choice from session_vote a join seat s on s.id = a.seat_id
    where a.municipality_id = t.municipality_id and a.decision_id = t.id) l)"""
VOTES = Listing("votes", VotesOut, "decision t", HERE, (("t.id", "uuid"),), columns={"lines": LINES})

publish(
    router,
    DECISIONS,
    levels=(),
    flat="/v1/decisions",
    about="Decisions of sessions that you see, the latest first.",
    one=("decision", "One decision, with the rule, its arithmetic, and whether it passed."),
)


async def _written(caller: Caller, row: Decision, status: int = 200) -> Response:
    return await pages.written(caller, DECISIONS, row.id, f"/v1/decisions/{row.id}", status=status)


@router.post("/v1/sessions/{id}/decisions", status_code=201, response_model=DecisionOut, responses=problems.refusals(Conflict))
async def add_decision(id: UUID, body: DecisionNew, caller: Creating) -> Response:
    """Put something to the vote in a session that was held; 409 `no-quorum` where it had none. Needs `committees:write` there."""
    session, _ = await of_session(caller, id)
    putting(body, session)
    last = (await caller.session.exec(select(func.max(Decision.number)).where(Decision.session_id == id))).one()
    row = made(Decision, body, **within(session), number=(last or 0) + 1)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


@router.patch("/v1/decisions/{id}", response_model=DecisionOut, responses=problems.CHANGES)
async def change_decision(id: UUID, body: DecisionPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what is put to the vote, until votes are counted. Needs `committees:write` there."""
    row, session, _ = await under_session(caller, Decision, id)
    await pages.unchanged(caller, DECISIONS, id, row.version, if_match)
    uncounted(row)
    changed = merged(row, body, DecisionFields)
    putting(row, session)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, row)


@router.get(PATH, response_model=VotesOut)
async def read_votes(request: Request, id: UUID, reading: Asking) -> Response:
    """The votes on a decision, seat by seat as far as each seat shows its holder; of a secret ballot the numbers alone."""
    return await pages.one(request, reading, VOTES, id)


THERE = """select a.seat_id, a.voting from session_attendance a
    where a.municipality_id = :m and a.session_id = :id and a.status in ('present', 'represented')"""
CLEAR = "delete from session_vote where municipality_id = :m and decision_id = :id"
ADD = """insert into session_vote (municipality_id, decision_id, seat_id, session_id, country_id, choice)
    select :m, :id, l.seat_id, :of, :c, l.choice
    from json_to_recordset(cast(:votes as json)->'lines') l (seat_id uuid, choice text) where cast(:votes as json)->>'lines' is not null"""


@router.put(PATH, response_model=VotesOut, responses=problems.CHANGES)
async def write_votes(id: UUID, body: VotesFields, caller: Writing, if_match: IfMatch) -> Response:
    """Write the votes all at once, one a seat that was present or represented, or the counts of a secret ballot; whether it passed is
    computed from the bylaws in force on the session's day. Until the minutes are approved. Needs `committees:write` there."""
    row, session, _ = await under_session(caller, Decision, id)
    await pages.unchanged(caller, VOTES, id, row.version, if_match)
    putting(row, session)
    there = {r.seat_id: r.voting for r in await db.run(caller.session, THERE, m=row.municipality_id, id=session.id)}
    law = await caller.session.get(Bylaws, session.bylaws_id)
    assert law is not None
    decide(row, session, Rules.model_validate(law.rules), count(body, there), body.counts is not None)
    place = {"m": row.municipality_id, "id": id}
    await db.run(caller.session, CLEAR, **place)
    await db.run(caller.session, ADD, of=session.id, c=row.country_id, votes=body.model_dump_json(), **place)
    await db.keep(caller, row, "vote", fields=["yes", "no", "abstain", "secret", "outcome", "passed"])
    return await pages.written(caller, VOTES, id, PATH.format(id=id))
