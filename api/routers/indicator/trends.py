"""{level}/indicators/{code}/light, trend, comparison: what a series says, with what makes it doubtful."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlmodel import SQLModel

from api import pages
from api.access import Reading
from api.answers.headings import FiguresQuery
from api.answers.series import Asked
from api.answers.trends import Comparison, LightOf, Trend, compare, light, trend
from api.collection import ReadRoute, publish_figures
from api.domain.indicator.comparison import asked_spans
from api.domain.indicator.figures import By, asked_span
from api.levels import Lens

router = APIRouter(tags=["figures"], route_class=ReadRoute)
MONTH = r"^\d{4}-\d\d$"
PERIOD = r"^\d{4}(-\d\d|-Q[1-4])?$"
Period = Annotated[str | None, Field(pattern=PERIOD)]


class LightQuery(FiguresQuery):
    """Which light is asked for."""

    month: Annotated[str | None, Field(pattern=MONTH)] = None
    """2022-03; the last month with a value where it is missing."""


class TrendQuery(FiguresQuery):
    """Which trend is asked for."""

    from_: Annotated[str | None, Field(alias="from", pattern=MONTH)] = None
    """First month, 2020-01; the first with data where it is missing."""
    to: Annotated[str | None, Field(pattern=MONTH)] = None
    """Last month, included."""
    partial: bool = False
    """Whether windows at the beginning, or with a month that was not reported, are answered from the months there are."""


class ComparisonQuery(FiguresQuery):
    """Which periods are compared. A period is 2020, 2020-Q1 or 2020-01."""

    from_: Annotated[Period, Field(alias="from")] = None
    """First period; with `to` alone that one, without both the last twelve months up to the last one with a value."""
    to: Period = None
    """Last period, included; `from` alone where it is missing."""
    against_from: Period = None
    """First period of those it is held against; as many periods just before where both are missing."""
    against_to: Period = None
    """Last one, included."""


async def _light(request: Request, reading: Reading, query: LightQuery, lens: Lens, code: str) -> Response:
    _, month = asked_span(None, query.month, By.MONTH)
    asked = Asked(code, query.source, query.boundary, query.known_at, last=month)
    return _said(request, reading, await light(reading, query.lens(reading, lens), asked))


async def _trend(request: Request, reading: Reading, query: TrendQuery, lens: Lens, code: str) -> Response:
    first, last = asked_span(query.from_, query.to, By.MONTH)
    asked = Asked(code, query.source, query.boundary, query.known_at, first=first, last=last)
    return _said(request, reading, await trend(reading, query.lens(reading, lens), asked, query.partial))


async def _compare(request: Request, reading: Reading, query: ComparisonQuery, lens: Lens, code: str) -> Response:
    spans = asked_spans(query.from_, query.to, query.against_from, query.against_to)
    asked = Asked(code, query.source, query.boundary, query.known_at)
    return _said(request, reading, await compare(reading, query.lens(reading, lens), asked, spans))


def _said(request: Request, reading: Reading, found: SQLModel) -> Response:
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})


publish_figures(
    router,
    "indicators/{code}/light",
    "light",
    _light,
    (LightQuery, LightOf),
    """The traffic light of a month: its count against the mean of the 36 months before. Green where it is better by more than 25 %, yellow
where it is better by less or the same, red where it is worse; grey, with the reason, where a colour would say more than is known: the mean
is below 5, or not every municipality reported each of these months.""",
)
publish_figures(
    router,
    "indicators/{code}/trend",
    "trend",
    _trend,
    (TrendQuery, Trend),
    """Months made smooth: moving averages of 3 and 12 months, twelve months rolling as one period with its rate and interval, their change
over a year, and the months that stand out (modified z-score beyond 3). A window with a month that was not reported is null, unless you ask
for `partial=true`.""",
)
publish_figures(
    router,
    "indicators/{code}/comparison",
    "comparison",
    _compare,
    (ComparisonQuery, Comparison),
    """Whether the rate of one period rose or fell against that of another: the exact test of two Poisson rates, with the ratio, its 95 %
interval and the verdict in plain words. It says so where there is no clear change, and where the cases are too few to tell.""",
)
