"""{level}/indicators/{code}/series: what was counted over time, with the rate, its interval and how much of the level reported."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import pages, problems
from api.access import Asking
from api.collection import ReadRoute, UnitName
from api.domain.errors import Invalid
from api.domain.indicator.figures import By, asked_span
from api.domain.levels import Level
from api.levels import PREFIX, Lens
from api.series import Series, series

router = APIRouter(tags=["figures"], route_class=ReadRoute)
Code = Annotated[str, Path(max_length=63, description="Code of the indicator (GET /v1/indicators).")]


class SeriesQuery(BaseModel):
    """What a series is asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    by: By = By.YEAR
    from_: Annotated[str | None, Field(alias="from", pattern=r"^\d{4}(-\d\d)?$")] = None
    """First period, 2020 or 2020-01; the first with data where it is missing."""
    to: Annotated[str | None, Field(pattern=r"^\d{4}(-\d\d)?$")] = None
    """Last period, included."""
    source: Annotated[str | None, Field(max_length=63)] = None
    """Code of the source; needed where several have data, which are never added."""
    as_of: date | None = None
    """The day on which the members of an association or programme are looked at."""


async def _answer(request: Request, reading: Asking, query: SeriesQuery, level: Level, path: tuple[str, str]) -> Response:
    first, last = asked_span(query.from_, query.to, query.by)
    asked: dict[str, Any] = {"by": query.by, "from": first, "to": last, "source": query.source}
    lens = Lens(level, path[0], query.as_of or reading.at.date())
    found = await series(reading, lens, path[1], asked)
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})


ABOUT = """An indicator over time. Counts are summed, rates are made of the sums and never added; a level of which you see a part only is
refused with `level-not-wholly-visible`. `expected` comes from the register of places, `reported` from what was sent."""


def _add(level: Level) -> None:
    async def of_region(request: Request, code: Code, reading: Asking, query: Annotated[SeriesQuery, Query()]) -> Response:
        return await _answer(request, reading, query, level, ("", code))

    async def of_unit(request: Request, unit: UnitName, code: Code, reading: Asking, query: Annotated[SeriesQuery, Query()]) -> Response:
        return await _answer(request, reading, query, level, (unit, code))

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
