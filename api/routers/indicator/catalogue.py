"""/indicators, /sources: what is counted, and by whom."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.answers.versions import DefinitionVersions, versions
from api.collection import ReadRoute, publish
from api.domain.errors import Conflict
from api.domain.fields import Fields, made, merged
from api.domain.indicator.catalogue import (
    COUNTED_BY,
    KEPT_BY,
    Indicator,
    IndicatorDefinition,
    IndicatorFields,
    IndicatorOut,
    IndicatorPatch,
    Origin,
    Source,
    SourceDefinition,
    SourceFields,
    SourceKind,
    SourceOut,
    SourcePatch,
    as_stated,
    ours,
    own_code,
)
from api.domain.roles import Action, Target
from api.idempotency import Creating
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["catalogues"], route_class=ReadRoute)
EVERYWHERE = Shape(public=True, country=None, municipality=None)


class IndicatorQuery(pages.Query):
    """How indicators are listed."""

    framework: Annotated[str | None, Field(max_length=63)] = None
    """ses-ric, sdg, amuprev, or a country's own."""
    origin: Origin | None = None
    sensitive: bool | None = None


class SourceQuery(pages.Query):
    """How sources are listed."""

    kind: SourceKind | None = None


INDICATORS = Listing(
    "indicators",
    IndicatorOut,
    "indicator t",
    EVERYWHERE,
    (("t.code", "text"),),
    IndicatorQuery,
    {name: f"t.{name} = {{value}}" for name in ("framework", "origin", "sensitive")},
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


@router.get("/v1/indicators/{code}/versions", response_model=DefinitionVersions)
async def read_indicator_versions(request: Request, code: str, reading: Public) -> Response:
    """What the definition of an indicator said before, since when, and by whom."""
    return pages.conditional(request, await versions(reading, "indicator", code))


@router.get("/v1/sources/{code}/versions", response_model=DefinitionVersions)
async def read_source_versions(request: Request, code: str, reading: Public) -> Response:
    """What was said of a source before, since when, and by whom."""
    return pages.conditional(request, await versions(reading, "source", code))


OWNER = "select iso2 from country where id = :country"
NUMBER = "select nextval('{}_number')"
KEY = "select id from {} where code = :code"
STATED = "select app.{}_stated(:id)"
TURN = "select pg_advisory_xact_lock(hashtextextended('observations', :id))"
"""Of whoever states values of the source: they wait, or were before."""


async def _add(caller: Caller, model: type[Indicator] | type[Source], body: IndicatorFields | SourceFields, listing: Listing) -> Response:
    caller.require(Action.WRITE_CATALOGUE, Target(country_id=body.country_id or 0))
    own_code(body.code, (await db.run(caller.session, OWNER, country=body.country_id)).scalar())
    number = (await db.run(caller.session, NUMBER.format(model.__tablename__))).scalar()
    more = {"origin": Origin.REPORTED} if model is Indicator else {}
    row = made(model, body, id=number, **more)
    await db.keep(caller, row, "create")
    return await pages.written(caller, listing, row.code, f"/v1/{listing.name}/{row.code}", status=201)


async def _change(
    caller: Caller, model: type[Indicator] | type[Source], code: str, patch: tuple[Fields, type[Fields], int | None], listing: Listing
) -> Response:
    body, definition, if_match = patch
    key = (await db.run(caller.session, KEY.format(model.__tablename__), code=code)).scalar()
    row = await db.fetch(caller, model, key, "true")
    caller.require(Action.WRITE_CATALOGUE, Target(country_id=row.country_id or 0))
    ours(row.id)
    await pages.unchanged(caller, listing, code, row.version, if_match)
    changed = merged(row, body, definition)
    if (KEPT_BY | COUNTED_BY) & set(changed):
        if model is Source:
            await db.run(caller.session, TURN, id=row.id)
        as_stated(changed, bool((await db.run(caller.session, STATED.format(model.__tablename__), id=row.id)).scalar()))
    await db.keep(caller, row, "change", fields=changed)
    return await pages.written(caller, listing, code, f"/v1/{listing.name}/{code}")


@router.post("/v1/indicators", status_code=201, response_model=IndicatorOut, responses=problems.refusals(Conflict))
async def add_indicator(body: IndicatorFields, caller: Creating) -> Response:
    """Add an indicator of a country, or of the region. Needs `catalogue:write` there."""
    return await _add(caller, Indicator, body, INDICATORS)


@router.patch("/v1/indicators/{code}", response_model=IndicatorOut, responses=problems.CHANGES)
async def change_indicator(code: str, body: IndicatorPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Put a definition better; those that come with the service stay. Its unit and how its months add up stay too once values of it
    were stated (409 `values-stated`): add another indicator. Needs `catalogue:write` there."""
    return await _change(caller, Indicator, code, (body, IndicatorDefinition, if_match), INDICATORS)


@router.post("/v1/sources", status_code=201, response_model=SourceOut, responses=problems.refusals(Conflict))
async def add_source(body: SourceFields, caller: Creating) -> Response:
    """Add a source of a country, or of the region. Needs `catalogue:write` there."""
    return await _add(caller, Source, body, SOURCES)


@router.patch("/v1/sources/{code}", response_model=SourceOut, responses=problems.CHANGES)
async def change_source(code: str, body: SourcePatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Put what is said of a source better; those that come with the service stay. Its kind and what it counts stay too once values of it
    were stated (409 `values-stated`): add another source. Needs `catalogue:write` there."""
    return await _change(caller, Source, code, (body, SourceDefinition, if_match), SOURCES)
