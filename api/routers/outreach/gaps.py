"""/committees/{id}/sector-gaps: who is missing at the table, and whom to invite next."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.access import Asking
from api.collection import ReadRoute
from api.domain.outreach.told import SectorGaps
from api.outreach import sector_gaps
from api.pages import AsOf

router = APIRouter(tags=["outreach"], route_class=ReadRoute)


@router.get("/v1/committees/{id}/sector-gaps", response_model=SectorGaps)
async def read_sector_gaps(
    id: UUID,
    reading: Asking,
    response: Response,
    as_of: AsOf = None,
) -> Any:
    """Sector by sector on `as_of`: seats that bylaws and framework ask for, who is mapped, invited and seated, how far the missing ones
    have come; whom of the map to invite next, with the reason; and whether new organisations still come."""
    response.headers["Content-Language"] = reading.language
    return await sector_gaps(reading, id, as_of or reading.at.date())
