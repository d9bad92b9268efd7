"""/municipalities/{unit}/indicators/{code}/peers: a municipality among those as large."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api import pages
from api.access import Asking
from api.answers.headings import FiguresQuery
from api.answers.peers import Peers, peers
from api.answers.series import Asked
from api.collection import Code, ReadRoute, UnitName
from api.domain.indicator.comparison import by_of
from api.domain.indicator.figures import asked_span
from api.domain.levels import Level
from api.levels import Lens

router = APIRouter(tags=["figures"], route_class=ReadRoute)
PERIOD = r"^\d{4}(-\d\d|-Q[1-4])?$"


class PeersQuery(FiguresQuery):
    """Which comparison is asked for."""

    period: Annotated[str | None, Field(pattern=PERIOD)] = None
    """2022, 2022-Q1 or 2022-03; the last year that the municipality wholly reported where it is missing."""


@router.get(
    "/v1/municipalities/{unit}/indicators/{code}/peers",
    response_model=Peers,
    responses={304: {"description": "You have it already (If-None-Match)."}},
)
async def read_municipality_peers(
    request: Request, unit: UnitName, code: Code, reading: Asking, query: Annotated[PeersQuery, Query()]
) -> Response:
    """A municipality among those of its country with half to twice its residents, nearest first: at most 15 that you see and that reported
    the whole period. Their intervals are compared with its own; there is a percentile only where no count is 20 or less, and never an order
    by rate. Whether they are urban alike is not known here."""
    by = by_of([query.period or ""])
    first, _ = asked_span(query.period, None, by)
    asked = Asked(code, query.source, query.boundary, query.known_at, by, first, first)
    found = await peers(reading, query.lens(reading, Lens(Level.MUNICIPALITY, unit)), asked)
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})
