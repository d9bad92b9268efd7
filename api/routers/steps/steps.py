"""/committees/{id}/steps, /frameworks: where a committee stands, and by what it is judged."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.access import Asking
from api.collection import ReadRoute
from api.domain.fields import found
from api.domain.steps.frameworks import Framework, known
from api.domain.steps.shown import Steps, steps_told
from api.pages import AsOf
from api.standings import facts_of

router = APIRouter(tags=["steps"], route_class=ReadRoute)


@router.get("/v1/committees/{id}/steps", response_model=Steps)
async def read_steps(
    id: UUID,
    reading: Asking,
    response: Response,
    as_of: AsOf = None,
) -> Any:
    """The steps on `as_of`: computed from dated facts, never set by hand. What is missing says who can meet it and how; what was before the
    committee joined is `declared`, what ended by the calendar is `lapsed`. Steps wait for one another only where the source says so."""
    framework, facts = await facts_of(reading, id)
    response.headers["Content-Language"] = reading.language
    return steps_told(id, framework, facts, as_of or reading.at.date(), reading.language)


@router.get("/v1/frameworks", response_model=list[Framework])
async def list_frameworks() -> Any:
    """The frameworks that committees follow: their steps, the gates of each, what they are set to and where that comes from."""
    return list(known().values())


@router.get("/v1/frameworks/{code}", response_model=Framework)
async def read_framework(code: str) -> Any:
    """One framework."""
    found(known().get(code))
    return known()[code]
