"""/observations and /populations through every level: the values themselves, with where each came from."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from api import pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.answers import lineage
from api.collection import ReadRoute, UnitName, publish
from api.domain.indicator import periods
from api.domain.indicator.computed import SOURCE
from api.domain.indicator.lineage import LineageOut, of_one
from api.domain.indicator.observations import ObservationFields, ObservationOut, PopulationOut
from api.intake.stating import ADDRESS, Address, state
from api.levels import PLACES
from api.pages import Listing, secrecy
from api.writers.exchange import DHIS2, SDMX_CSV

router = APIRouter(tags=["figures"], route_class=ReadRoute)
DAY_OR_PERIOD = date | Annotated[str, Field(pattern=f"^{periods.PERIOD.pattern}$")] | None
"""As documents write what a list of values may begin and end with."""


class ValuesQuery(pages.Query):
    """Which values are listed."""

    indicator: Annotated[str | None, Field(max_length=63)] = None
    source: Annotated[str | None, Field(max_length=63)] = None
    territory: Annotated[str | None, Field(max_length=100)] = None
    """One place of any kind, as /v1/territories names it."""
    from_: Annotated[date | None, Field(alias="from"), BeforeValidator(periods.first_day, DAY_OR_PERIOD)] = None
    """First day of the earliest period, or the period itself, as series name it: 2022, 2022-Q1 or 2022-03."""
    to: Annotated[date | None, BeforeValidator(periods.last_first_day, DAY_OR_PERIOD)] = None
    """Only periods that begin on or before this day, or in this period."""


class LineageQuery(ValuesQuery):
    """How what lies behind values is listed."""

    known_at: AwareDatetime | None = None
    """An instant with its offset: what was known then, the same for ever; needs `indicator`. Any `as_known_at` of an answer, or a minute
    ago."""

    @model_validator(mode="after")
    def _then(self) -> "LineageQuery":
        if self.known_at:
            of_one(self.indicator)
            self.as_of = self.as_of or self.known_at.date()
        return self


class ObservationQuery(ValuesQuery):
    """How observations are listed."""

    format: Literal["json", "ndjson", "csv", "sdmx-csv", "dhis2"] | None = None  # type: ignore[assignment]
    """Instead of the header Accept, the whole list without pages: lines of JSON, CSV, SDMX-CSV 2.0, or a DHIS2 dataValueSet. The last needs
    `source`, leaves out breakdowns and what has no value, and is sent to DHIS2 as application/json."""
    scheme: Annotated[str | None, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = None
    """With sdmx-csv and dhis2: places by their codes of this scheme, those without one left out; by our own keys where it is missing."""
    data_set: Annotated[str | None, Field(max_length=100)] = None
    """With dhis2: the code of the data set."""


TERRITORY = {
    "territory_kind": """case when m.id is not null then 'municipality' when t.territory_id < 1000 then 'country'
        when t.territory_id < 100000 then 'admin1' when t.territory_id < 1000000000 then 'unspecified' else 'community' end""",
    # Looked up elsewhere only where it is no municipality.
    "territory": "coalesce(m.name, (select y.name from territory y where y.id = t.territory_id))",
    "municipality_id": "m.id",
    "municipality": "m.name",
}
AT = "t.territory_id = (select app.territory_of({value}))"
PLACE, PERIOD = ("t.territory_id", "int"), ("t.period_on", "date")
REST = (("t.indicator_id", "int"), ("t.source_id", "int"), ("t.frequency", "text"), ("t.dims", "text"))
BY_PERIOD = (PERIOD, PLACE, *REST)
OBSERVATIONS = Listing(
    "observations",
    ObservationOut,
    "observation t left join municipality m on m.id = t.territory_id"
    " join indicator i on i.id = t.indicator_id join source s on s.id = t.source_id",
    PLACES,
    BY_PERIOD,
    ObservationQuery,
    {
        "indicator": "t.indicator_id = (select x.id from indicator x where x.code = {value})",
        "source": "t.source_id = (select x.id from source x where x.code = {value})",
        "territory": AT,
        "from_": "t.period_on >= {value}",
        "to": "t.period_on <= {value}",
    },
    {
        **TERRITORY,
        **secrecy.SHOWN,
        "indicator": "i.code",
        "source": "s.code",
        "period": periods.told_as(),
    },
    only=f"t.source_id <> {SOURCE}",
    forms={"sdmx-csv": SDMX_CSV, "dhis2": DHIS2},
    sorts={"period": BY_PERIOD} | dict.fromkeys(("territory", "municipality"), (PLACE, PERIOD, *REST)),
)


LINEAGE = replace(
    OBSERVATIONS,
    name="lineage",
    out=LineageOut,
    query=LineageQuery,
    columns=dict(OBSERVATIONS.columns) | lineage.BEHIND,
    only="true",
    forms={},
)
KNOWN_LINEAGE = replace(
    LINEAGE,
    table=LINEAGE.table.replace("observation t", lineage.STOOD).replace(" municipality m", " app.municipality_at({known_at}) m"),
    columns=dict(LINEAGE.columns) | lineage.BEHIND_THEN | {"territory": lineage.PLACE_THEN},
    known=True,
)


class PopulationQuery(pages.Query):
    """How populations are listed."""

    year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    territory: Annotated[str | None, Field(max_length=100)] = None
    """One place of any kind, as /v1/territories names it."""


POPULATIONS = Listing(
    "populations",
    PopulationOut,
    "population t left join municipality m on m.id = t.territory_id join source s on s.id = t.source_id",
    PLACES,
    (("t.territory_id", "int"), ("t.year", "int"), ("t.source_id", "int")),
    PopulationQuery,
    {"year": "t.year = {value}", "territory": AT},
    {**TERRITORY, "source": "s.code"},
)

publish(
    router,
    OBSERVATIONS,
    about="Values as they were stated, by period; each says which import and which rows of its file it came from. What is counted here"
    " (origin `computed`) is not among them: series and tables answer it. Those of a sensitive indicator"
    " are shown to who may write them; to others they are null with the status Q.",
)
publish(
    router,
    replace(LINEAGE, then=KNOWN_LINEAGE),
    about="What lies behind the figures: each value with the file and its rows, or who stated it, what stood there before and why it was"
    " replaced, and the residents that a rate is made of. The values behind a figure are those of its indicator and period."
    " What is counted here says where that is listed of which it was counted."
    " It is a list, so it holds what you see of the level, where a figure of a part would be refused: it sums up nothing. With `known_at`"
    " it tells what lay behind the figures that were known then.",
)
publish(router, POPULATIONS, about="Residents by municipality, year and source.")


OBSERVATION = replace(OBSERVATIONS, name="observation", address=ADDRESS)
Period = Annotated[str, Path(max_length=10, description="2022, 2022-Q1 or 2022-03.")]
IndicatorCode = Annotated[str, Path(max_length=63, description="Code of the indicator (GET /v1/indicators).")]
SourceCode = Annotated[str, Query(max_length=63, description="Code of the source (GET /v1/sources).")]
Dims = Annotated[str, Query(max_length=300, description="Breakdown, such as age=15-24;sex=F; in any order.")]
STATED = {201: {"model": ObservationOut, "description": "The first value at this address."}} | problems.CHANGES
ONE = "/v1/{noun}/{{unit}}/observations/{{indicator}}/{{period}}"
TerritoryName = Annotated[
    str,
    Path(
        max_length=100,
        description="A place of any kind: integer key, `scheme:code`, ISO code of a country (`HN`) or first level (`HN-AT`), or "
        "`unspecified:HN-AT` for what an office could place in a first level no better.",
    ),
]


def _of_municipality(unit: UnitName, indicator: IndicatorCode, period: Period, source: SourceCode, dims: Dims = "") -> Address:
    return Address(unit, indicator, period, source, dims)


def _of_territory(unit: TerritoryName, indicator: IndicatorCode, period: Period, source: SourceCode, dims: Dims = "") -> Address:
    return Address(unit, indicator, period, source, dims, "territories")


OfMunicipality = Annotated[Address, Depends(_of_municipality)]
OfTerritory = Annotated[Address, Depends(_of_territory)]


async def _state(caller: Caller, meant: Address, body: ObservationFields, if_match: int | None) -> Response:
    fresh = await state(caller, OBSERVATION, meant, body, if_match)
    return await pages.written(caller, OBSERVATION, meant.text(), meant.location(), status=201 if fresh else 200)


@router.get(ONE.format(noun="municipalities"), response_model=ObservationOut)
async def read_observation(request: Request, meant: OfMunicipality, reading: Asking) -> Response:
    """One value, with the ETag that a change of it needs."""
    return await pages.one(request, reading, OBSERVATION, meant.text())


@router.put(ONE.format(noun="municipalities"), response_model=ObservationOut, responses=STATED)
async def state_observation(meant: OfMunicipality, body: ObservationFields, caller: Writing, if_match: IfMatch) -> Response:
    """State a value at its address: 201 for the first one there. The same again is 200 and changes nothing, so repeating a lost request is
    safe; another value needs If-Match, and what it replaces stays in the revisions. Needs `figures:write` there, or is an association's
    draft where nobody runs the municipality. A period that has not begun, or on no day of which the place existed, is 422
    (`period-to-come`, `place-not-then` with what existed then)."""
    return await _state(caller, meant, body, if_match)


@router.get(ONE.format(noun="territories"), response_model=ObservationOut)
async def read_territory_observation(request: Request, meant: OfTerritory, reading: Asking) -> Response:
    """One value of a place of any kind, with the ETag that a change of it needs."""
    return await pages.one(request, reading, OBSERVATION, meant.text())


@router.put(ONE.format(noun="territories"), response_model=ObservationOut, responses=STATED)
async def state_territory_observation(meant: OfTerritory, body: ObservationFields, caller: Writing, if_match: IfMatch) -> Response:
    """State a value of a country, first level, municipality, community, or of what could be placed in a first level only. Those of
    municipalities and of what could not be placed are added up; those of a country or first level stand beside the sum, and those of a
    community by themselves. As for a municipality: 201, 200 for the same again, If-Match for another value. Needs `figures:write` in the
    country, or for a community in its municipality."""
    return await _state(caller, meant, body, if_match)
