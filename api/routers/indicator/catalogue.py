"""/indicators, /sources: what is counted, and by whom."""

from fastapi import APIRouter, Request, Response

from api import pages
from api.access import Public
from api.collection import ReadRoute, publish
from api.domain.indicator.catalogue import IndicatorOut, SourceKind, SourceOut
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["catalogues"], route_class=ReadRoute)
EVERYWHERE = Shape(public=True, country=None, municipality=None)


class SourceQuery(pages.Query):
    """How sources are listed."""

    kind: SourceKind | None = None


INDICATORS = Listing(
    "indicators",
    IndicatorOut,
    "indicator t",
    EVERYWHERE,
    (("t.code", "text"),),
    columns={"label": "case {language} when 'es' then t.label_es when 'pt' then t.label_pt else t.label_en end"},
    address="t.code = {id}",
)
SOURCES = Listing(
    "sources", SourceOut, "source t", EVERYWHERE, (("t.code", "text"),), SourceQuery, {"kind": "t.kind = {value}"}, address="t.code = {id}"
)

publish(
    router,
    INDICATORS,
    public=True,
    levels=(),
    flat="/v1/indicators",
    about="The catalogue of indicators, by code; `label` in the caller's language.",
)
publish(
    router,
    SOURCES,
    public=True,
    levels=(),
    flat="/v1/sources",
    about="Who counts, and what exactly: victims and offences are not the same.",
)


@router.get("/v1/indicators/{code}", response_model=IndicatorOut)
async def read_indicator(request: Request, code: str, reading: Public) -> Response:
    """One indicator."""
    return await pages.one(request, reading, INDICATORS, code)


@router.get("/v1/sources/{code}", response_model=SourceOut)
async def read_source(request: Request, code: str, reading: Public) -> Response:
    """One source."""
    return await pages.one(request, reading, SOURCES, code)
