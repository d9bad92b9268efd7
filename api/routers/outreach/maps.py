"""/stakeholder-maps: one social mapping each, with the stakeholders that were found."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.committees import HERE, OF_COMMITTEE, OfCommittee, by_state, fetched, opened, own_of, placed, with_own
from api.domain.committee.committees import Committee
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.outreach.maps import (
    ALLOWED,
    Finish,
    MapState,
    StakeholderMap,
    StakeholderMapDefinition,
    StakeholderMapFields,
    StakeholderMapOut,
    allowed,
    finish,
)
from api.domain.outreach.stakeholders import Stakeholder, StakeholderFields
from api.domain.outreach.stances import StakeholderStance, StanceFields, copied, stated
from api.domain.roles import Action
from api.idempotency import Creating
from api.pages import Listing

router = APIRouter(tags=["outreach"], route_class=ReadRoute)
StakeholderMapPatch = patch_of(StakeholderMapDefinition)


class StakeholderMapNew(StakeholderMapFields):
    """The body that begins a map."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class StakeholderMapQuery(OfCommittee):
    """How maps are listed."""

    state: MapState | None = None


_ON_IT = f"from stakeholder k where k.map_id = t.id and {HERE.over('k')}"
MAPS = Listing(
    "stakeholder-maps",
    StakeholderMapOut,
    "stakeholder_map t",
    HERE,
    (("t.id", "uuid"),),
    StakeholderMapQuery,
    OF_COMMITTEE | {"state": "t.state = {value}"},
    {
        "fresh": "coalesce(t.valid_until > {at}::date, false)",
        "stakeholders": f"(select count(*) {_ON_IT})",
        "sectors": f"array(select distinct k.sector {_ON_IT} order by 1)",
        "allowed_actions": by_state("t.state", ALLOWED),
    },
)

publish(
    router,
    MAPS,
    flat="/v1/stakeholder-maps",
    about="Maps of stakeholders that you see, finished or not; `committee=` those of one.",
    one=("map", "One map; who stands on it is at `/v1/stakeholders?map=`."),
)


async def _written(caller: Caller, row: StakeholderMap, status: int = 200) -> Response:
    return await pages.written(caller, MAPS, row.id, f"/v1/stakeholder-maps/{row.id}", status=status)


@router.post(
    "/v1/committees/{id}/stakeholder-maps",
    status_code=201,
    response_model=StakeholderMapOut,
    responses=problems.refusals(Conflict),
)
async def add_map(id: UUID, body: StakeholderMapNew, caller: Creating) -> Response:
    """Begin a social mapping, empty or as the copy of an earlier one. Needs `roster:write` there."""
    committee = await fetched(caller, id, Action.WRITE_ROSTER)
    source = await own_of(caller, StakeholderMap, id, body.copied_from_id, "/copied_from_id")
    row = made(StakeholderMap, body, **placed(committee))
    await db.keep(caller, row, "create")
    if source:
        await _copy(caller, committee, source.id, row.id)
    return await _written(caller, row, 201)


async def _copy(caller: Caller, committee: Committee, source: UUID, target: UUID) -> None:
    """The stakeholders of one map onto another; with the personal scope, how they stand too."""
    new: dict[UUID, UUID] = {}
    for row in (await caller.session.exec(select(Stakeholder).where(Stakeholder.map_id == source).order_by(Stakeholder.id))).all():  # type: ignore[arg-type]
        new[row.id] = new_id()
        await db.keep(caller, _again(row, committee, id=new[row.id], map_id=target), "create")
    if await opened(caller, committee.id):
        stances = select(StakeholderStance).where(StakeholderStance.id.in_(list(new)))  # type: ignore[attr-defined]
        for stance in (await caller.session.exec(stances)).all():
            said = StanceFields.model_validate({"stance": stance.stance, "note": stance.note, "links": copied(stance.links, new)})
            fresh = made(StakeholderStance, StanceFields(), **placed(committee), id=new[stance.id])
            await db.keep(caller, fresh, "create", fields=stated(fresh, said))


def _again(row: Stakeholder, committee: Committee, **more: Any) -> Stakeholder:
    said = StakeholderFields.model_validate(row.model_dump(include=set(StakeholderFields.model_fields)))
    return made(Stakeholder, said, **placed(committee), **more)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[StakeholderMap, Committee]:
    row, committee = await with_own(caller, StakeholderMap, id, Action.WRITE_ROSTER)
    await pages.unchanged(caller, MAPS, id, row.version, if_match)
    return row, committee


@router.patch("/v1/stakeholder-maps/{id}", response_model=StakeholderMapOut, responses=problems.CHANGES)
async def change_map(id: UUID, body: StakeholderMapPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Name the file of a map that is not finished. Needs `roster:write` there."""
    row, _ = await _fetch(caller, id, if_match)
    allowed(row, "change")
    await db.keep(caller, row, "change", fields=merged(row, body, StakeholderMapDefinition))
    return await _written(caller, row)


@router.post("/v1/stakeholder-maps/{id}/finish", response_model=StakeholderMapOut, responses=problems.CHANGES)
async def finish_map(id: UUID, body: Finish, caller: Writing, if_match: IfMatch) -> Response:
    """Say on which day the mapping was done; from then on it proves step 2, does not change, and counts for as long as the committee's
    framework says. Needs `roster:write` there."""
    row, committee = await _fetch(caller, id, if_match)
    on_it = (await db.run(caller.session, "select count(*) from stakeholder where map_id = :id", id=id)).scalar_one()
    finish(row, committee, body.done_on, caller.at.date(), on_it)
    await db.keep(caller, row, "finish", fields=["state", "done_on", "valid_until"])
    return await _written(caller, row)
