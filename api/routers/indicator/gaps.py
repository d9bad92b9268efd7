"""{level}/indicators/{code}/gap: how far one source is from another that counts the same."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.access import Reading
from api.answers.gaps import Asked, Gaps, gap
from api.answers.headings import RowsQuery
from api.collection import ReadRoute, publish_figures
from api.domain.indicator.figures import By, asked_span
from api.domain.indicator.gaps import Gap
from api.levels import Lens
from api.writers.figures import TEXTS, answered

router = APIRouter(tags=["figures"], route_class=ReadRoute)
PERIOD = r"^\d{4}(-\d\d|-Q[1-4])?$"


class GapQuery(RowsQuery):
    """Which gap is asked for."""

    against: Annotated[str, Field(max_length=63)]
    """What the source is held against: code of a source, a kind such as police, or kind:counting-unit."""
    by: By = By.YEAR
    from_: Annotated[str | None, Field(alias="from", pattern=PERIOD)] = None
    """First period, 2020, 2020-Q1 or 2020-01; the first with data where it is missing."""
    to: Annotated[str | None, Field(pattern=PERIOD)] = None
    """Last period, included."""


async def _gap(request: Request, reading: Reading, query: GapQuery, lens: Lens, code: str) -> Response:
    first, last = asked_span(query.from_, query.to, query.by)
    asked = Asked(code, query.source, query.boundary, query.known_at, query.by, first, last, against=query.against)
    found = await gap(reading, query.lens(reading, lens), asked)
    return answered(request, found, ("points", Gap), query.format, {"Content-Language": reading.language})


publish_figures(
    router,
    "indicators/{code}/gap",
    "gap",
    _gap,
    (GapQuery, Gaps),
    """How far one source is from another that counts the same, such as `source=health&against=police`: (health - police) / police of each
period. Both are summed over the same municipalities, those that both reported for the whole of the period; how many each of them reported
stands beside it.""",
    TEXTS,
)
