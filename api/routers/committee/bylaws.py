"""/bylaws: a committee's rules in numbered versions, and templates to start from."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import func
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, by_state, fetched, instrument_of, placed, with_own
from api.domain.committee.bylaws import (
    ALLOWED,
    Bylaws,
    BylawsApproval,
    BylawsFields,
    BylawsOut,
    BylawsState,
    allowed,
    approve,
    check,
    draft,
    give_way,
    in_force,
)
from api.domain.committee.committees import Committee, stand
from api.domain.committee.instruments import Purpose
from api.domain.committee.rules import Rules
from api.domain.committee.templates import Template, templates
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["committees"], route_class=ReadRoute)
BylawsPatch = patch_of(BylawsFields)


class BylawsNew(BylawsFields):
    """The body that drafts a version."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class BylawsQuery(OfCommittee):
    """How versions of bylaws are listed."""

    state: BylawsState | None = None


IN_FORCE = "(t.state = 'approved' and t.in_force_from <= {as_of} and (t.in_force_to is null or t.in_force_to > {as_of}))"
BYLAWS = Listing(
    "bylaws",
    BylawsOut,
    "bylaws t",
    HERE,
    (("t.id", "uuid"),),
    BylawsQuery,
    OF_COMMITTEE | {"state": "t.state = {value}"},
    {
        "findings": "coalesce(t.findings -> {language}::text, '[]')",
        "explanation": "coalesce(t.words ->> {language}::text, '')",
        "in_force": IN_FORCE,
        "allowed_actions": by_state("t.state", ALLOWED),
    },
)

publish(
    router,
    BYLAWS,
    levels=(),
    flat="/v1/bylaws",
    about="Versions of bylaws that you see; `committee=` those of one.",
    one=("bylaws", "One version, with what it comes to in words."),
)


@router.get("/v1/bylaws-templates", response_model=list[Template])
async def list_bylaws_templates(framework: Annotated[str | None, Field(max_length=63)] = None) -> Any:
    """Rules to start a draft from, for each framework; copy `rules`, change them, and draft them."""
    return [template for template in templates() if framework in (None, template.framework)]


async def _written(caller: Caller, row: Bylaws, status: int = 200) -> Response:
    return await pages.written(caller, BYLAWS, row.id, f"/v1/bylaws/{row.id}", status=status)


@router.post("/v1/committees/{id}/bylaws", status_code=201, response_model=BylawsOut, responses=problems.refusals(Conflict))
async def add_bylaws(id: UUID, body: BylawsNew, caller: Creating) -> Response:
    """Draft a version; what is wrong with it is said at once in `findings`. Needs `committees:write` there."""
    committee = await fetched(caller, id)
    last = (await caller.session.exec(select(func.max(Bylaws.number)).where(Bylaws.committee_id == id))).one()
    row = made(Bylaws, body, **placed(committee), number=(last or 0) + 1)
    draft(row, body.rules)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[Bylaws, Committee]:
    row, committee = await with_own(caller, Bylaws, id)
    await pages.unchanged(caller, BYLAWS, id, row.version, if_match)
    return row, committee


@router.patch("/v1/bylaws/{id}", response_model=BylawsOut, responses=problems.CHANGES)
async def change_bylaws(id: UUID, body: BylawsPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change a version that is not approved; it is a draft again. `rules` are replaced whole. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    allowed(row, "change")
    changed = merged(row, body, BylawsFields)
    draft(row, Rules.model_validate(row.rules))
    await db.keep(caller, row, "change", fields=[*changed, "state"])
    return await _written(caller, row)


@router.post("/v1/bylaws/{id}/check", response_model=BylawsOut, responses=problems.CHANGES)
async def check_bylaws(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Call a draft checked; refused where it contradicts itself. Warnings hold nothing up. Needs `committees:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    check(row)
    await db.keep(caller, row, "check", fields=["state"])
    return await _written(caller, row)


@router.post("/v1/bylaws/{id}/approve", response_model=BylawsOut, responses=problems.CHANGES)
async def approve_bylaws(id: UUID, body: BylawsApproval, caller: Writing, if_match: IfMatch) -> Response:
    """Put a checked version in force from a day, by an approved instrument of the council; the version before gives way on that day. Needs
    `committees:write` there."""
    row, committee = await _fetch(caller, id, if_match)
    instrument = await instrument_of(caller, committee, body.instrument_id, Purpose.BYLAWS, Purpose.CREATION)
    allowed(row, "approve")
    # The version before goes first: both written at once would overlap where the newer one has the lower id.
    standing = select(Bylaws).where(Bylaws.committee_id == committee.id, Bylaws.state == BylawsState.APPROVED, Bylaws.id != row.id)
    for before in (await caller.session.exec(standing)).all():
        if give_way(before, body.in_force_from):
            await db.keep(caller, before, "give-way", fields=["in_force_to"])
    approve(row, instrument, body.in_force_from)
    await db.keep(caller, row, "approve", fields=["state", "instrument_id", "in_force_from"])
    if in_force(row, caller.at.date()):
        await _rhythm(caller, committee, row)
    return await _written(caller, row)


async def _rhythm(caller: Caller, committee: Committee, bylaws: Bylaws) -> None:
    """How often a committee has to meet follows its bylaws."""
    committee.sessions_per_year = bylaws.rules["sessions_per_year"]
    stand(committee, caller.at.date())
    await db.keep(caller, committee, "change", fields=["sessions_per_year", "state", "reason", "due_on"])
