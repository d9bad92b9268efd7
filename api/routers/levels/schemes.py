"""/schemes: the registers that codes come from, official ones and owners' own."""

from fastapi import APIRouter, Request, Response

from api import db, pages, problems
from api.access import Public
from api.collection import ReadRoute, publish
from api.domain.errors import Conflict
from api.domain.fields import found, made
from api.domain.levels.naming import Scheme, SchemeNew, SchemeOut
from api.domain.levels.organisations import Organisation
from api.domain.roles import Action, Target
from api.idempotency import Creating
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["catalogues"], route_class=ReadRoute)
SCHEMES = Listing(
    "schemes", SchemeOut, "scheme t", Shape(public=True, country=None, municipality=None), (("t.slug", "text"),), address="t.slug = {id}"
)

publish(router, SCHEMES, public=True, levels=(), flat="/v1/schemes", about="The registers whose codes address things here, by slug.")


@router.get("/v1/schemes/{slug}", response_model=SchemeOut)
async def read_scheme(request: Request, slug: str, reading: Public) -> Response:
    """One scheme."""
    return await pages.one(request, reading, SCHEMES, slug)


@router.post("/v1/schemes", status_code=201, response_model=SchemeOut, responses=problems.refusals(Conflict))
async def add_scheme(body: SchemeNew, caller: Creating) -> Response:
    """Declare an organisation's own scheme, such as the keys of its member register: from then on only who writes for it gives its codes.
    Needs `organisations:write` for that organisation."""
    owner = await caller.session.get(Organisation, body.organisation_id)
    found(owner)
    assert owner is not None
    caller.require(Action.WRITE_ORGANISATION, Target(country_id=owner.country_id or 0, organisation_id=owner.id))
    row = made(Scheme, body)
    await db.keep(caller, row, "create")
    return await pages.written(caller, SCHEMES, row.slug, f"/v1/schemes/{row.slug}", status=201)
