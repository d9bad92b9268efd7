"""{level}/transitions/survival: what became of committees when terms of office ended."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import pages
from api.access import Reading
from api.answers.survival import Asked, survival_of
from api.collection import ReadRoute, publish_figures
from api.domain.transition.survival import WITHIN_DAYS, Survival, SurvivalBy
from api.domain.transition.transitions import RERATIFY_DAYS
from api.levels import Lens

router = APIRouter(tags=["transitions"], route_class=ReadRoute)


class SurvivalQuery(BaseModel):
    """What the figures may be asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    by: SurvivalBy = SurvivalBy.ENDED_BY
    """SurvivalBy what passages are told apart."""
    days: Annotated[int, Field(ge=RERATIFY_DAYS, le=730)] = WITHIN_DAYS
    """Days before and after the end of a term of office in which a committee at work has met."""
    turned_from: date | None = None
    """Only terms of office that ended on this day or later."""
    as_of: date | None = None
    """What had happened by this day; today where it is missing."""


async def _survival(request: Request, reading: Reading, query: SurvivalQuery, lens: Lens, code: str) -> Response:
    asked = Asked(query.as_of or reading.at.date(), query.turned_from, query.days, query.by)
    found = await survival_of(reading, lens, asked)
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})


publish_figures(
    router,
    "transitions/survival",
    "transition_survival",
    _survival,
    (SurvivalQuery, Survival),
    """What became of the level's committees when terms of office ended: how many were at work before and still after, how many that were
idle met again, how many the new authority committed itself to within 90 days, and how long until they met; counts with what they are of,
and the passages they were counted from.""",
)
