"""/commitments: what authorities promised, until their term of office ends."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import (
    CHAMPIONED,
    HERE,
    LASTS,
    OF_COMMITTEE,
    SINCE,
    OfCommittee,
    fetched,
    instrument_of,
    own_of,
    person_seen,
    placed,
    with_own,
)
from api.domain.committee.commitments import (
    Authority,
    Commitment,
    CommitmentEnd,
    CommitmentFields,
    CommitmentKind,
    CommitmentOut,
    added,
    end,
    living,
    parts,
    standing,
    void,
)
from api.domain.committee.committees import Committee
from api.domain.committee.instruments import Purpose
from api.domain.committee.seats import Seat
from api.domain.committee.terms import Term
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.idempotency import Creating
from api.pages import Listing
from api.transitions import still_rest

router = APIRouter(tags=["committees"], route_class=ReadRoute)
CommitmentPatch = patch_of(CommitmentFields)


class CommitmentNew(CommitmentFields):
    """The body that records a commitment."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class CommitmentQuery(OfCommittee):
    """How commitments are listed."""

    kind: CommitmentKind | None = None
    authority: Authority | None = None
    in_force: bool | None = None
    """Only those that hold today, or do not."""


IN_FORCE = f"(t.voided_at is null and t.committed_on <= {{at}}::date and coalesce({LASTS} > {{at}}::date, true))"
COMMITMENTS = Listing(
    "commitments",
    CommitmentOut,
    "commitment t",
    HERE,
    (("t.committed_on", "date"), ("t.id", "uuid")),
    CommitmentQuery,
    OF_COMMITTEE | {"in_force": f"{IN_FORCE} = {{value}}"} | {name: f"t.{name} = {{value}}" for name in ("kind", "authority")},
    {
        "champion_named": CHAMPIONED,
        **SINCE,
        "champion_person_id": f"case when {HERE.seen('personal')} then t.champion_person_id end",
        "lasts_until": LASTS,
        "in_force": IN_FORCE,
        "allowed_actions": "case when t.voided_at is null then array['change', 'end', 'void'] else array[]::text[] end",
    },
)

publish(
    router,
    COMMITMENTS,
    flat="/v1/commitments",
    about="Commitments of authorities that you see, by day; `committee=` those of one.",
    one=("commitment", "One commitment."),
)


async def _written(caller: Caller, row: Commitment, status: int = 200) -> Response:
    return await pages.written(caller, COMMITMENTS, row.id, f"/v1/commitments/{row.id}", status=status)


async def _checked(caller: Caller, committee: Committee, row: Commitment) -> None:
    """What it names must be the committee's, and the person one that the caller may see."""
    term = await own_of(caller, Term, committee.id, row.term_id, "/term_id")
    await own_of(caller, Seat, committee.id, row.champion_seat_id, "/champion_seat_id")
    if row.instrument_id:
        await instrument_of(caller, committee, row.instrument_id, *Purpose)
    standing(row, caller.at.date(), term)


@router.post("/v1/committees/{id}/commitments", status_code=201, response_model=CommitmentOut, responses=problems.refusals(Conflict))
async def add_commitment(id: UUID, body: CommitmentNew, caller: Creating) -> Response:
    """Record the letter or act by which an authority stands behind the committee. It ends with the term of office; whoever follows commits
    anew. Needs `committees:write` there, and to name a person the personal scope."""
    committee = await fetched(caller, id)
    await person_seen(caller, body.champion_person_id, "/champion_person_id")
    row = made(Commitment, body, **placed(committee))
    await _checked(caller, committee, row)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[Commitment, Committee]:
    row, committee = await with_own(caller, Commitment, id)
    await pages.unchanged(caller, COMMITMENTS, id, row.version, if_match)
    return row, committee


@router.patch("/v1/commitments/{id}", response_model=CommitmentOut, responses=problems.CHANGES)
async def change_commitment(id: UUID, body: CommitmentPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Add what is missing, such as the champion, the pledge or the community's demand: it counts from today and never back in time. Needs
    `committees:write` there, and to name a person the personal scope."""
    row, committee = await _fetch(caller, id, if_match)
    living(row)
    before = parts(row)
    changed = merged(row, body, CommitmentFields)
    changed += added(row, before, caller.at.date())
    if "champion_person_id" in changed:
        await person_seen(caller, row.champion_person_id, "/champion_person_id")
    await _checked(caller, committee, row)
    await db.keep(caller, row, "change", fields=changed)
    await still_rest(caller, row.id)
    return await _written(caller, row)


@router.post("/v1/commitments/{id}/end", response_model=CommitmentOut, responses=problems.CHANGES)
async def end_commitment(id: UUID, body: CommitmentEnd, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it ends earlier: the term of office did, or the authority took it back. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    end(row, body)
    await db.keep(caller, row, "end", fields=["ends_on"])
    return await _written(caller, row)


@router.post("/v1/commitments/{id}/void", response_model=CommitmentOut, responses=problems.CHANGES)
async def void_commitment(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Say that it was entered by mistake; it proves nothing any more. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    void(row, caller.at)
    await db.keep(caller, row, "void", fields=["voided_at"])
    await still_rest(caller, row.id)
    return await _written(caller, row)
