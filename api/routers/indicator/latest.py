"""{level}/indicators/latest: all indicators of a level at a glance."""

from fastapi import APIRouter, Request, Response

from api.access import Reading
from api.answers.headings import Asked, RowsQuery
from api.answers.latest import Glimpse, Latest, latest
from api.collection import ReadRoute, publish_figures
from api.levels import Lens
from api.writers.figures import TEXTS, answered

router = APIRouter(tags=["figures"], route_class=ReadRoute)


async def _latest(request: Request, reading: Reading, query: RowsQuery, lens: Lens, code: str) -> Response:
    found = await latest(reading, query.lens(reading, lens), Asked(code, query.source, query.boundary, query.known_at))
    return answered(request, found, ("rows", Glimpse), query.format, {"Content-Language": reading.language})


publish_figures(
    router,
    "indicators/latest",
    "latest",
    _latest,
    (RowsQuery, Latest),
    """Of every indicator with data, by each kind of source, the last year and the last month, each a point of its series, and the one
before it. Where several kinds have data each is an entry of its own; `source` keeps some. As a file each
point is a row, `which` says which of the four.""",
    TEXTS,
)
