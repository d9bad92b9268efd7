"""/committees/{id}/composition: what a committee is made of on a day, and what would cure what it lacks."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api import pages
from api.access import Asking
from api.collection import ReadRoute
from api.domain.committee.composition import Composition, composition
from api.domain.fields import found
from api.pages import AsOf
from api.roster import ASKED, facts_of

router = APIRouter(tags=["members"], route_class=ReadRoute)


@router.get("/v1/committees/{id}/composition", response_model=Composition)
async def read_composition(
    id: UUID,
    reading: Asking,
    response: Response,
    as_of: AsOf = None,
) -> Any:
    """What the plenary is made of on `as_of`, held against the bylaws in force on that day: vacancies, sectors, the civil share, groups
    whose members said so themselves (numbers below 5 are not told), terms that expire, what an announced end would break, the cure list."""
    day = as_of or reading.at.date()
    row = await pages.ask(reading, ASKED, pages.known_of(reading) | {"id": id, "as_of": day})
    found(row["held"])
    response.headers["Content-Language"] = reading.language
    return composition(facts_of(row, day), reading.language)
