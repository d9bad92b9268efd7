"""/csvw: what the columns of each CSV mean, as W3C CSV on the Web metadata; a CSV answer names it in its header Link."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from api import pages
from api.access import Public
from api.answers.gaps import Gaps
from api.answers.latest import Glimpse
from api.answers.series import Series
from api.answers.table import Row, Table
from api.collection import ReadRoute
from api.domain.indicator.gaps import Gap
from api.domain.indicator.observations import ObservationOut, PopulationOut
from api.domain.indicator.rates import Point
from api.writers.figures import ABOUT, DESCRIBED, described

router = APIRouter(tags=["catalogues"], route_class=ReadRoute)
TABLES: dict[str, tuple[type[Any], tuple[str, ...], type[Any] | None]] = {
    "series": (Point, ABOUT, Series),
    "table": (Row, ABOUT, Table),
    "latest": (Glimpse, ABOUT, Series),
    "gaps": (Gap, ABOUT, Gaps),
    "observations": (ObservationOut, (), None),
    "populations": (PopulationOut, (), None),
}


@router.get("/v1/csvw/{name}", response_class=Response, responses={200: {"content": {DESCRIBED: {"schema": {"type": "object"}}}}})
async def read_csvw(request: Request, name: str, reading: Public) -> Response:
    """The columns of the CSV of `series`, `table`, `latest`, `gaps`, `observations` or `populations`: name, datatype, meaning and unit of
    each."""
    return pages.conditional(request, json.dumps(described(name, TABLES)).encode(), {"Content-Language": "en"}, media=DESCRIBED)
