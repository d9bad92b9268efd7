"""/inaugurations: what is public of the acts by which committees were launched."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.collection import ReadRoute, publish
from api.committees import OF_COMMITTEE, OfCommittee
from api.domain.session.inaugurations import InaugurationOut
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["sessions"], route_class=ReadRoute)


class InaugurationQuery(OfCommittee):
    """How inaugurations are listed."""

    from_: Annotated[date | None, Field(alias="from")] = None
    """Only those held on or after this day."""


INAUGURATIONS = Listing(
    "inaugurations",
    InaugurationOut,
    "inauguration t join municipality m on m.id = t.municipality_id join country c on c.id = t.country_id",
    Shape(public=True),
    (("t.held_on", "date"), ("t.id", "uuid")),
    InaugurationQuery,
    OF_COMMITTEE | {"from_": "t.held_on >= {value}"},
    {"country": "c.iso2", "municipality": "m.name"},
    descending=True,
)
publish(
    router,
    INAUGURATIONS,
    public=True,
    flat="/v1/inaugurations",
    about="Inaugurations of committees, with their public statement of purpose and media links, the latest first. Nobody needs to sign in.",
    one=("inauguration", "One inauguration, by the id of its session; readable by everyone from when it was held."),
)
