"""/network/v1/members: the associations that make up the regional network, and how far each reaches."""

from fastapi import APIRouter, Request, Response
from sqlmodel import SQLModel

from api import pages
from api.access import Public
from api.collection import ReadRoute, publish
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["network"], route_class=ReadRoute)


class MemberOut(SQLModel):
    """A municipal association in the network."""

    id: int
    """Integer key of the association; /v1/associations/{id} tells the rest."""
    country: str
    """ISO 3166-1 alpha-2."""
    name: str
    short_name: str | None
    municipalities: int
    """How many municipalities it reaches on the day asked for, by confirmed affiliation."""


MEMBERS = Listing(
    "members",
    MemberOut,
    "association t join organisation o on o.id = t.organisation_id join country c on c.id = t.country_id",
    Shape(public=True, municipality=None),
    (("o.name_key", "text"), ("t.id", "int")),
    columns={"country": "c.iso2", "name": "o.name", "short_name": "o.short_name", "municipalities": "app.members(t.id, {as_of})"},
    address="t.id = app.association_of({id})",
)

publish(
    router,
    MEMBERS,
    public=True,
    levels=(),
    flat="/network/v1/members",
    about="The national associations the regional network is made of, by name.",
)


@router.get("/network/v1/members/{unit}", response_model=MemberOut)
async def read_member(request: Request, unit: str, reading: Public) -> Response:
    """One association of the network."""
    return await pages.one(request, reading, MEMBERS, unit)
