"""/observations and /populations through every level: the values themselves, with where each came from."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from api import pages, problems
from api.access import Asking, IfMatch, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict, Invalid, Stale, Unconditional
from api.domain.indicator.observations import ObservationFields, ObservationOut, PopulationOut
from api.intake.stating import ADDRESS, Address, state
from api.levels import FIGURES
from api.pages import Listing, secrecy

router = APIRouter(tags=["figures"], route_class=ReadRoute)


class ObservationQuery(pages.Query):
    """How observations are listed."""

    indicator: Annotated[str | None, Field(max_length=63)] = None
    source: Annotated[str | None, Field(max_length=63)] = None
    from_: Annotated[date | None, Field(alias="from")] = None
    """First day of the earliest period."""
    to: date | None = None
    """Only periods that begin on or before this day."""


TERRITORY = {
    "territory_kind": """case when m.id is not null then 'municipality' when t.territory_id < 1000 then 'country'
        when t.territory_id < 100000 then 'admin1' else 'unspecified' end""",
    # Looked up elsewhere only where it is no municipality.
    "territory": "coalesce(m.name, (select y.name from territory y where y.id = t.territory_id))",
    "municipality_id": "m.id",
    "municipality": "m.name",
}
PLACE, PERIOD = ("t.territory_id", "int"), ("t.period_on", "date")
REST = (("t.indicator_id", "int"), ("t.source_id", "int"), ("t.frequency", "text"), ("t.dims", "text"))
BY_PERIOD = (PERIOD, PLACE, *REST)
OBSERVATIONS = Listing(
    "observations",
    ObservationOut,
    "observation t left join municipality m on m.id = t.territory_id"
    " join indicator i on i.id = t.indicator_id join source s on s.id = t.source_id",
    FIGURES,
    BY_PERIOD,
    ObservationQuery,
    {
        "indicator": "t.indicator_id = (select x.id from indicator x where x.code = {value})",
        "source": "t.source_id = (select x.id from source x where x.code = {value})",
        "from_": "t.period_on >= {value}",
        "to": "t.period_on <= {value}",
    },
    {
        **TERRITORY,
        **secrecy.SHOWN,
        "indicator": "i.code",
        "source": "s.code",
        "period": "to_char(t.period_on, case t.frequency when 'M' then 'YYYY-MM' when 'Q' then 'YYYY-\"Q\"Q' else 'YYYY' end)",
    },
    sorts={"period": BY_PERIOD} | dict.fromkeys(("territory", "municipality"), (PLACE, PERIOD, *REST)),
)


class PopulationQuery(pages.Query):
    """How populations are listed."""

    year: Annotated[int | None, Field(ge=1900, le=2100)] = None


POPULATIONS = Listing(
    "populations",
    PopulationOut,
    "population t left join municipality m on m.id = t.territory_id join source s on s.id = t.source_id",
    FIGURES,
    (("t.territory_id", "int"), ("t.year", "int"), ("t.source_id", "int")),
    PopulationQuery,
    {"year": "t.year = {value}"},
    {**TERRITORY, "source": "s.code"},
)

publish(
    router,
    OBSERVATIONS,
    about="Values as they were stated, by period; each says which import and which rows of its file it came from. Those of a sensitive"
    " indicator are shown to who may write them; to others they are null with the status Q.",
)
publish(router, POPULATIONS, about="Residents by municipality, year and source.")


OBSERVATION = replace(OBSERVATIONS, name="observation", address=ADDRESS)
Period = Annotated[str, Path(max_length=10, description="2022, 2022-Q1 or 2022-03.")]
IndicatorCode = Annotated[str, Path(max_length=63, description="Code of the indicator (GET /v1/indicators).")]
SourceCode = Annotated[str, Query(max_length=63, description="Code of the source (GET /v1/sources).")]
Dims = Annotated[str, Query(max_length=300, description="Breakdown, such as age=15-24;sex=F; in any order.")]
STATED = {201: {"model": ObservationOut, "description": "The first value at this address."}} | problems.refusals(
    Conflict, Invalid, Stale, Unconditional
)
ONE = "/v1/municipalities/{unit}/observations/{indicator}/{period}"


def _meant(unit: UnitName, indicator: IndicatorCode, period: Period, source: SourceCode, dims: Dims = "") -> Address:
    return Address(unit, indicator, period, source, dims)


Meant = Annotated[Address, Depends(_meant)]


@router.get(ONE, response_model=ObservationOut, responses=problems.refusals(Invalid))
async def read_observation(request: Request, meant: Meant, reading: Asking) -> Response:
    """One value, with the ETag that a change of it needs."""
    return await pages.one(request, reading, OBSERVATION, meant.text())


@router.put(ONE, response_model=ObservationOut, responses=STATED)
async def state_observation(meant: Meant, body: ObservationFields, caller: Writing, if_match: IfMatch) -> Response:
    """State a value at its address: 201 for the first one there. The same again is 200 and changes nothing, so repeating a lost request is
    safe; another value needs If-Match, and what it replaces stays in the revisions. Needs `figures:write` there, or is an association's
    draft where nobody runs the municipality."""
    fresh = await state(caller, OBSERVATION, meant, body, if_match)
    return await pages.written(caller, OBSERVATION, meant.text(), meant.location(), status=201 if fresh else 200)
