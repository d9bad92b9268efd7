"""{level}/indicators/{code}/…: what was counted, with the rate, its interval and how much of the level reported."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import pages, problems
from api.access import Asking
from api.answers.relations import Boundary
from api.answers.series import Asked, Series, series
from api.collection import ReadRoute, UnitName
from api.domain.errors import Invalid
from api.domain.indicator.figures import By, asked_span
from api.domain.levels import Level
from api.levels import PREFIX, Lens

router = APIRouter(tags=["figures"], route_class=ReadRoute)
Code = Annotated[str, Path(max_length=63, description="Code of the indicator (GET /v1/indicators).")]
PERIOD = r"^\d{4}(-\d\d|-Q[1-4])?$"


class FiguresQuery(BaseModel):
    """What every computed answer may be asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    source: Annotated[str | None, Field(max_length=63)] = None
    """Code of a source, a kind such as police, or kind:counting-unit; needed where several kinds have data, which are never added."""
    boundary: Boundary = Boundary.THEN
    """`then`: the municipalities of the time; `now`: converted to those of today by the shares of successions, and marked estimated."""
    known_at: AwareDatetime | None = None
    """An instant with its offset: what was known then, the same for ever. Any `as_known_at` of an answer, or a minute ago."""
    as_of: date | None = None
    """The day on which the members of an association or programme are looked at; that of known_at, or today."""


class SeriesQuery(FiguresQuery):
    """What a series is asked for."""

    by: By = By.YEAR
    from_: Annotated[str | None, Field(alias="from", pattern=PERIOD)] = None
    """First period, 2020, 2020-Q1 or 2020-01; the first with data where it is missing."""
    to: Annotated[str | None, Field(pattern=PERIOD)] = None
    """Last period, included."""
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    """Month in which years begin (by=year); 7 makes 2022-07/P1Y of July 2022 to June 2023, from values by month."""


async def _series(request: Request, reading: Asking, query: SeriesQuery, level: Level, path: tuple[str, str]) -> Response:
    first, last = asked_span(query.from_, query.to, query.by)
    asked = Asked(path[1], query.by, first, last, query.source, query.boundary, query.known_at, query.fiscal_year_start)
    found = await series(reading, lens_of(reading, query, level, path[0]), asked)
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})


def lens_of(reading: Asking, query: FiguresQuery, level: Level, unit: str) -> Lens:
    """The level, with its members on the day that is asked about."""
    return Lens(level, unit, query.as_of or (query.known_at or reading.at).date())


ABOUT = """An indicator over time. Counts are summed, rates are made of the sums and never added; a level of which you see a part only is
refused with `level-not-wholly-visible`. `expected` comes from the register of places, `reported` from what was sent."""


def _add(level: Level) -> None:
    async def of_region(request: Request, code: Code, reading: Asking, query: Annotated[SeriesQuery, Query()]) -> Response:
        return await _series(request, reading, query, level, ("", code))

    async def of_unit(request: Request, unit: UnitName, code: Code, reading: Asking, query: Annotated[SeriesQuery, Query()]) -> Response:
        return await _series(request, reading, query, level, (unit, code))

    router.add_api_route(
        f"{PREFIX[level]}/indicators/{{code}}/series",
        of_region if level is Level.REGION else of_unit,
        name=f"read_{level}_series",
        summary=f"Read {level} series",
        description=ABOUT,
        response_model=Series,
        responses={**problems.refusals(Invalid), 304: {"description": "You have it already (If-None-Match)."}},
    )


for _level in Level:
    _add(_level)
