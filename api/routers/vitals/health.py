"""/committees/{id}/health, drop-off-risk: how a committee is doing, as a vector first and one number second; and who may leave it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.access import Asking
from api.collection import ReadRoute
from api.domain.vitals.drop_off import DropOffs
from api.domain.vitals.health import Health
from api.pages import AsOf
from api.vitals import drop_offs_of, health_of

router = APIRouter(tags=["steps"], route_class=ReadRoute)


@router.get("/v1/committees/{id}/health", response_model=Health)
async def read_health(id: UUID, reading: Asking, response: Response, as_of: AsOf = None) -> Any:
    """How a committee is doing on `as_of`: ten components of 0 to 100, each with what it was counted from over the year before; what this
    service does not keep yet is null and lowers `coverage`. One number only where at least 60 % is known. Beside it the items 1 to 14 of
    GOPI-Prevención, met, not met, declared or unknown, each with what it was judged from; what is unknown says who could state it."""
    response.headers["Content-Language"] = reading.language
    return await health_of(reading, id, as_of or reading.at.date())


@router.get("/v1/committees/{id}/drop-off-risk", response_model=DropOffs)
async def read_drop_off_risk(id: UUID, reading: Asking, response: Response, as_of: AsOf = None) -> Any:
    """Which institutions at the table on `as_of` may leave it, those at most risk first: from the sessions of the year before, what was
    agreed, and when the committee showed a result last; each with why and what to do. Of fewer than three sessions nothing is said. Seats
    that do not show their institution are only counted."""
    response.headers["Content-Language"] = reading.language
    return await drop_offs_of(reading, id, as_of or reading.at.date())
