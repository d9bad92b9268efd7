"""/observations and /populations through every level: the values themselves, with where each came from."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api import pages
from api.collection import ReadRoute, publish
from api.domain.indicator.observations import ObservationOut, PopulationOut
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["figures"], route_class=ReadRoute)


class ObservationQuery(pages.Query):
    """How observations are listed."""

    indicator: Annotated[str | None, Field(max_length=63)] = None
    source: Annotated[str | None, Field(max_length=63)] = None
    from_: Annotated[date | None, Field(alias="from")] = None
    """First day of the earliest period."""
    to: date | None = None
    """Only periods that begin on or before this day."""


PLACE, PERIOD = ("t.municipality_id", "int"), ("t.period_on", "date")
REST = (("t.indicator_id", "int"), ("t.source_id", "int"), ("t.frequency", "text"), ("t.dims", "text"))
BY_PERIOD = (PERIOD, PLACE, *REST)
OBSERVATIONS = Listing(
    "observations",
    ObservationOut,
    "observation t join municipality m on m.id = t.municipality_id"
    " join indicator i on i.id = t.indicator_id join source s on s.id = t.source_id",
    Shape(),
    BY_PERIOD,
    ObservationQuery,
    {
        "indicator": "t.indicator_id = (select x.id from indicator x where x.code = {value})",
        "source": "t.source_id = (select x.id from source x where x.code = {value})",
        "from_": "t.period_on >= {value}",
        "to": "t.period_on <= {value}",
    },
    {
        "municipality": "m.name",
        "indicator": "i.code",
        "source": "s.code",
        "period": "to_char(t.period_on, case t.frequency when 'M' then 'YYYY-MM' when 'Q' then 'YYYY-\"Q\"Q' else 'YYYY' end)",
    },
    sorts={"period": BY_PERIOD, "municipality": (PLACE, PERIOD, *REST)},
)


class PopulationQuery(pages.Query):
    """How populations are listed."""

    year: Annotated[int | None, Field(ge=1900, le=2100)] = None


POPULATIONS = Listing(
    "populations",
    PopulationOut,
    "population t join municipality m on m.id = t.municipality_id join source s on s.id = t.source_id",
    Shape(),
    (("t.municipality_id", "int"), ("t.year", "int"), ("t.source_id", "int")),
    PopulationQuery,
    {"year": "t.year = {value}"},
    {"municipality": "m.name", "source": "s.code"},
)

publish(
    router, OBSERVATIONS, about="Values as they were stated, by period; each says which import and which rows of its file it came from."
)
publish(router, POPULATIONS, about="Residents by municipality, year and source.")
