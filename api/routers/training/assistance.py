"""/technical-assistance: who helped whom, for how long, and what came of it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict
from api.domain.fields import made, merged
from api.domain.roles import Action, Target
from api.domain.training.assistance import Assistance, AssistanceFields, AssistanceNew, AssistanceOut, AssistancePatch
from api.idempotency import Creating
from api.levels import Shape
from api.offices import municipality_of
from api.pages import Listing

router = APIRouter(tags=["training"], route_class=ReadRoute)


class AssistanceQuery(pages.Query):
    """How technical assistance is listed."""

    provider: UUID | None = None
    """Only what this organisation gave."""
    topic: Annotated[str | None, Field(max_length=63)] = None
    from_: Annotated[date | None, Field(alias="from")] = None
    """Only what began on or after this day."""
    to: date | None = None
    """Only what began on or before this day."""


ASSISTANCE = Listing(
    "technical-assistance",
    AssistanceOut,
    "technical_assistance t join municipality m on m.id = t.municipality_id join organisation o on o.id = t.provider_organisation_id",
    Shape(),
    (("t.starts_on", "date"), ("t.id", "uuid")),
    AssistanceQuery,
    {
        "provider": "t.provider_organisation_id = {value}",
        "topic": "t.topic = {value}",
        "from_": "t.starts_on >= {value}",
        "to": "t.starts_on <= {value}",
    },
    {"municipality": "m.name", "provider": "o.name"},
    descending=True,
)
publish(
    router,
    ASSISTANCE,
    flat="/v1/technical-assistance",
    about="Technical assistance that you see, the latest first.",
    one=("assistance", "One piece of technical assistance."),
)


async def _written(caller: Caller, row: Assistance, status: int = 200) -> Response:
    return await pages.written(caller, ASSISTANCE, row.id, f"/v1/technical-assistance/{row.id}", status=status)


@router.post(
    "/v1/municipalities/{unit}/technical-assistance",
    status_code=201,
    response_model=AssistanceOut,
    responses=problems.refusals(Conflict),
)
async def log_assistance(unit: UnitName, body: AssistanceNew, caller: Creating) -> Response:
    """Log technical assistance that a municipality's committee got. Needs `training:write` there."""
    place = await municipality_of(caller, unit, Action.WRITE_TRAINING)
    row = made(Assistance, body, country_id=place.country_id, municipality_id=place.municipality_id)
    await db.keep(caller, row, "create")
    return await _written(caller, row, 201)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Assistance:
    row = await db.fetch(caller, Assistance, id, ASSISTANCE.shape.seen())
    caller.require(Action.WRITE_TRAINING, Target(country_id=row.country_id, municipality_id=row.municipality_id))
    await pages.unchanged(caller, ASSISTANCE, id, row.version, if_match)
    return row


@router.patch("/v1/technical-assistance/{id}", response_model=AssistanceOut, responses=problems.CHANGES)
async def change_assistance(id: UUID, body: AssistancePatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Put right what is said of it, or add its deliverable. Needs `training:write` there."""
    row = await _fetch(caller, id, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, AssistanceFields))
    return await _written(caller, row)


@router.delete("/v1/technical-assistance/{id}", status_code=204, responses=problems.CHANGES)
async def remove_assistance(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove what was logged by mistake. Needs `training:write` there."""
    await db.remove(caller, await _fetch(caller, id, if_match))
    return Response(status_code=204)
