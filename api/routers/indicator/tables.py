"""{level}/indicators/{code}/table and …/missing: the places of a level in one period, and those of which something is missing."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import pages
from api.access import Reading
from api.answers.headings import FiguresQuery, RowsQuery
from api.answers.missing import Asked as AskedMissing
from api.answers.missing import Missing, missing
from api.answers.table import Asked, Row, Sort, Table, table
from api.collection import ReadRoute, publish_figures
from api.domain.indicator.figures import Per
from api.domain.indicator.periods import ONE, cut_of
from api.levels import Lens
from api.pages.listings import MOST, USUAL
from api.writers.figures import TEXTS, answered

router = APIRouter(tags=["figures"], route_class=ReadRoute)


class PlacesQuery(FiguresQuery):
    """What the places of one period are asked for."""

    period: Annotated[str, Field(pattern=ONE)]
    """2022, 2022-Q1, 2022-03, or 2022-07/P1Y, the twelve months from July 2022 on."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    """Most rows on one page."""
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    """`next` of the page before. With `known_at` all pages are of one and the same list."""


class TableQuery(PlacesQuery, RowsQuery):
    """What a table is asked for."""

    by: Per = Per.MUNICIPALITY
    """What a row is: a municipality, a first level, a country, or an association with its municipalities of this level. A municipality
    counts under each of its associations, so those rows do not sum up to the total; all others do."""
    sort: Sort = "name"
    """A minus turns it round; rows without a value or rate come last both ways. Unstable rates are no ranking."""


async def _table(request: Request, reading: Reading, query: TableQuery, lens: Lens, code: str) -> Response:
    first, cut = cut_of(query.period)
    view = (query.period, first, cut, query.by, query.sort, query.limit, query.cursor)
    found = await table(reading, query.lens(reading, lens), Asked(code, query.source, query.boundary, query.known_at, *view))
    headers = {"Content-Language": reading.language} | pages.linked(request, found.next)
    return answered(request, found, ("items", Row), query.format, headers)


async def _missing(request: Request, reading: Reading, query: PlacesQuery, lens: Lens, code: str) -> Response:
    first, cut = cut_of(query.period)
    said = (code, query.source, query.boundary, query.known_at, query.period, first, cut)
    found = await missing(reading, query.lens(reading, lens), AskedMissing(*said, limit=query.limit, cursor=query.cursor))
    headers = {"Content-Language": reading.language} | pages.linked(request, found.next)
    return pages.conditional(request, found.model_dump_json().encode(), headers)


publish_figures(
    router,
    "indicators/{code}/table",
    "table",
    _table,
    (TableQuery, Table),
    """An indicator in one period, a row for each place that was expected to report or that reported, and the total of the level. Each row
is defined as a point of a series is; a level of which you see a part only is refused with `level-not-wholly-visible`.""",
    TEXTS,
)
publish_figures(
    router,
    "indicators/{code}/missing",
    "missing",
    _missing,
    (PlacesQuery, Missing),
    """The municipalities that existed in a period and reported nothing of it or a part only, by key, with the months that are missing.
Where no source has data everything is missing; what is missing is not 0.""",
)
