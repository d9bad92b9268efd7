"""/communities: the parts of municipalities, for those who read the municipality."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Asking, IfMatch, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict
from api.domain.fields import found, made, merged, patch_of
from api.domain.levels.communities import Community, CommunityFields, CommunityKind, CommunityOut
from api.domain.roles import Action, Target
from api.idempotency import Creating
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["levels"], route_class=ReadRoute)
CommunityPatch = patch_of(CommunityFields)
CommunityKey = Annotated[int, Path(ge=1, le=2**31 - 1, description="Integer key.")]


class CommunityQuery(pages.Query):
    """How communities are listed."""

    kind: CommunityKind | None = None
    q: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """Part of the name; accents and capitals do not matter."""


COMMUNITIES = Listing(
    "communities",
    CommunityOut,
    "community t join municipality m on m.id = t.municipality_id",
    Shape(),
    (("t.name_key", "text"), ("t.id", "int")),
    CommunityQuery,
    {"kind": "t.kind = {value}", "q": "position(app.name_key({value}) in t.name_key) > 0"},
    {"municipality": "m.name"},
    sorts={"name": (("t.name_key", "text"), ("t.id", "int")), "id": (("t.id", "int"),)},
)
publish(router, COMMUNITIES, about="Parts of the municipalities that you read: barrios, colonias, cantons, aldeas; by name.")
PLACED = f"""select t.id as municipality_id, t.country_id from municipality t
    where t.id = app.municipality_of(:unit) and {Shape(municipality="t.id").seen()}"""


@router.get("/v1/communities/{id}", response_model=CommunityOut)
async def read_community(request: Request, id: CommunityKey, reading: Asking) -> Response:
    """One community."""
    return await pages.one(request, reading, COMMUNITIES, id)


@router.post("/v1/municipalities/{unit}/communities", status_code=201, response_model=CommunityOut, responses=problems.refusals(Conflict))
async def add_community(unit: UnitName, body: CommunityFields, caller: Creating) -> Response:
    """Add a part of a municipality; its key is given by the server. Needs `communities:write` there."""
    place = (await db.run(caller.session, PLACED, unit=unit)).mappings().first()
    found(place)
    caller.require(Action.WRITE_COMMUNITIES, Target(**place))
    number = (await db.run(caller.session, "select nextval('community_number')")).scalar()
    row = made(Community, body, id=number, **place)
    await db.keep(caller, row, "create")
    return await pages.written(caller, COMMUNITIES, row.id, f"/v1/communities/{row.id}", status=201)


@router.patch("/v1/communities/{id}", response_model=CommunityOut, responses=problems.CHANGES)
async def change_community(id: CommunityKey, body: CommunityPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what is said of a community, or end it. Needs `communities:write` in its municipality."""
    row = await db.fetch(caller, Community, id, COMMUNITIES.shape.seen())
    caller.require(Action.WRITE_COMMUNITIES, Target(row.country_id, row.municipality_id))
    await pages.unchanged(caller, COMMUNITIES, id, row.version, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, CommunityFields))
    return await pages.written(caller, COMMUNITIES, id, f"/v1/communities/{id}")
