"""{level}/indicators/{code}/breakdown: a value by sex, age or another key, and whether the parts make up the whole."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import pages
from api.access import Reading
from api.answers.breakdown import Asked, Breakdown, breakdown
from api.answers.headings import FiguresQuery
from api.answers.relations import Boundary
from api.collection import ReadRoute, publish_figures
from api.domain.indicator.periods import PERIOD, period_of
from api.levels import Lens

router = APIRouter(tags=["figures"], route_class=ReadRoute)


class BreakdownQuery(FiguresQuery):
    """What a breakdown is asked for."""

    boundary: Literal[Boundary.THEN] = Boundary.THEN
    """Parts are told as they were stated, on the map of the time."""
    period: Annotated[str, Field(pattern=f"^{PERIOD.pattern}$")]
    """2022, 2022-Q1 or 2022-03: the length in which the parts were stated."""
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    """What the value is broken down by, such as sex."""


async def _breakdown(request: Request, reading: Reading, query: BreakdownQuery, lens: Lens, code: str) -> Response:
    first, frequency = period_of(query.period)
    asked = Asked(code, query.source, query.boundary, query.known_at, query.period, first, frequency.value, query.key)
    found = await breakdown(reading, query.lens(reading, lens), asked)
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})


publish_figures(
    router,
    "indicators/{code}/breakdown",
    "breakdown",
    _breakdown,
    (BreakdownQuery, Breakdown),
    """An indicator in one period by one key. Parts that do not sum to the total of every place are marked `incomplete`; nothing is filled
in. Parts of a sensitive indicator are for who may write its values: others are refused with `indicator-protected`.""",
)
