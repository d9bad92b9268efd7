"""{level}/indicators/{code}/series: what was counted, with the rate, its interval and how much of the level reported."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.access import Reading
from api.answers.headings import RowsQuery
from api.answers.series import Asked, Series, series
from api.collection import ReadRoute, publish_figures
from api.domain.indicator.figures import By, asked_span
from api.domain.indicator.rates import Point
from api.levels import Lens
from api.writers.figures import TEXTS, answered

router = APIRouter(tags=["figures"], route_class=ReadRoute)
PERIOD = r"^\d{4}(-\d\d|-Q[1-4])?$"


class SeriesQuery(RowsQuery):
    """What a series is asked for."""

    by: By = By.YEAR
    from_: Annotated[str | None, Field(alias="from", pattern=PERIOD)] = None
    """First period, 2020, 2020-Q1 or 2020-01; the first with data where it is missing."""
    to: Annotated[str | None, Field(pattern=PERIOD)] = None
    """Last period, included."""
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    """Month in which years begin (by=year); 7 makes 2022-07/P1Y of July 2022 to June 2023, from values by month. `from` and `to` then mean
    the years that they touch."""


async def _series(request: Request, reading: Reading, query: SeriesQuery, lens: Lens, code: str) -> Response:
    first, last = asked_span(query.from_, query.to, query.by, query.fiscal_year_start)
    asked = Asked(code, query.source, query.boundary, query.known_at, query.by, first, last, query.fiscal_year_start)
    found = await series(reading, query.lens(reading, lens), asked)
    return answered(request, found, ("points", Point), query.format, {"Content-Language": reading.language})


publish_figures(
    router,
    "indicators/{code}/series",
    "series",
    _series,
    (SeriesQuery, Series),
    """An indicator over time. Counts are summed, rates are made of the sums and never added; a level of which you see a part only is
refused with `level-not-wholly-visible`. `expected` comes from the register of places, `reported` from what was sent.""",
    TEXTS,
)
