"""/organisations, /associations, /programmes: who acts, beside the territory."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict
from api.domain.fields import made, merged, new_id, patch_of
from api.domain.levels import Level
from api.domain.levels.countries import within
from api.domain.levels.organisations import (
    AssociationOut,
    Classification,
    Organisation,
    OrganisationFields,
    OrganisationOut,
    Programme,
    ProgrammeFields,
    ProgrammeOut,
)
from api.domain.roles import Action, Target
from api.idempotency import Creating
from api.levels import HOME, Shape
from api.pages import Listing

router = APIRouter(tags=["levels"], route_class=ReadRoute)
OrganisationPatch = patch_of(OrganisationFields)
ProgrammePatch = patch_of(ProgrammeFields)


class OrganisationNew(OrganisationFields):
    """The body that adds an organisation."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class OrganisationQuery(pages.Query):
    """How organisations are listed."""

    classification: Classification | None = None
    q: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """Beginning of the name; accents and capitals do not matter."""


ORGANISATIONS = Listing(
    "organisations",
    OrganisationOut,
    "organisation t",
    Shape(
        public=True,
        override={
            Level.ASSOCIATION: "(t.municipality_id = any(l.municipalities)"
            " or t.id = (select a.organisation_id from association a where a.id = l.unit))",
        },
    ),
    (("t.name_key", "text"), ("t.id", "uuid")),
    OrganisationQuery,
    {
        "classification": "t.classification = {value}",
        "q": "t.name_key >= app.name_key({value}) and t.name_key < app.name_key({value}) || '\U0010ffff'",
    },
)

JOINED = "t.id = any(app.associations_of(l.municipalities, {as_of}))"
CURRENT = "p.starts_on <= {as_of} and (p.ends_on is null or p.ends_on > {as_of})"
PARTAKING = f"""t.id in (select p.association_id from participation p
    where p.programme_id = l.unit and p.level = 'association' and {CURRENT})"""
ASSOCIATIONS = Listing(
    "associations",
    AssociationOut,
    "association t join organisation o on o.id = t.organisation_id join country c on c.id = t.country_id",
    Shape(
        public=True,
        municipality=None,
        override={Level.MUNICIPALITY: JOINED, Level.ASSOCIATION: "t.id = l.unit", Level.PROGRAMME: PARTAKING},
    ),
    (("o.name_key", "text"), ("t.id", "int")),
    columns={
        "country": "c.iso2",
        "name": "o.name",
        "short_name": "o.short_name",
        "classification": "o.classification",
        "website": "o.website",
        "municipalities": "app.members(t.id, {as_of})",
    },
    address="t.id = app.association_of({id})",
)

PARTAKERS = {"municipalities": "municipality", "associations": "association", "countries": "country"}


def _running(where: str) -> str:
    return f"t.id in (select p.programme_id from participation p where ({where}) and {CURRENT})"


PROGRAMMES = Listing(
    "programmes",
    ProgrammeOut,
    "programme t",
    Shape(
        public=True,
        country=None,
        municipality=None,
        override={
            Level.COUNTRY: _running("p.country_id = l.unit"),
            Level.ASSOCIATION: _running("p.association_id = l.unit or p.municipality_id = any(l.municipalities)"),
            Level.MUNICIPALITY: _running("p.municipality_id = any(l.municipalities)"),
            Level.PROGRAMME: "t.id = l.unit",
        },
    ),
    (("t.name_key", "text"), ("t.id", "uuid")),
    columns={
        them: f"(select count(*) from participation p where p.programme_id = t.id and p.level = '{one}' and {CURRENT})"
        for them, one in PARTAKERS.items()
    },
    address="t.id = app.programme_of({id})",
)

publish(
    router,
    ORGANISATIONS,
    public=True,
    flat="/v1/organisations",
    about="Organisations, by name.",
    one=("organisation", "One organisation."),
)
publish(
    router,
    ASSOCIATIONS,
    public=True,
    flat="/v1/associations",
    about="Municipal associations, by name; through a municipality those it belongs to on `as_of`.",
)
publish(
    router,
    PROGRAMMES,
    public=True,
    flat="/v1/programmes",
    about="Programmes, by name, with how many take part on `as_of`; through another level those in which it, or a part of it, does.",
)


@router.get("/v1/associations/{unit}", response_model=AssociationOut)
async def read_association(request: Request, unit: UnitName, reading: Public) -> Response:
    """One association, by its integer key or `scheme:code`."""
    return await pages.one(request, reading, ASSOCIATIONS, unit)


@router.get("/v1/programmes/{unit}", response_model=ProgrammeOut)
async def read_programme(request: Request, unit: UnitName, reading: Public, as_of: date | None = None) -> Response:
    """One programme, by code or id, with how many take part on `as_of` (today where it is missing)."""
    return await pages.one(request, reading, PROGRAMMES, unit, as_of=as_of)


@router.post("/v1/programmes", status_code=201, response_model=ProgrammeOut, responses=problems.refusals(Conflict))
async def add_programme(body: ProgrammeFields, caller: Creating) -> Response:
    """Add a programme. Needs `programmes:write` over the region."""
    row = made(Programme, body)
    caller.require(Action.WRITE_PROGRAMME, Target(organisation_id=row.id))
    await db.keep(caller, row, "create")
    return await pages.written(caller, PROGRAMMES, row.code, f"/v1/programmes/{row.code}", status=201)


@router.patch("/v1/programmes/{unit}", response_model=ProgrammeOut, responses=problems.CHANGES)
async def change_programme(unit: UnitName, body: ProgrammePatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change a programme. Needs `programmes:write` there."""
    key = (await db.run(caller.session, "select app.programme_of(:unit)", unit=unit)).scalar()
    row = await db.fetch(caller, Programme, key, PROGRAMMES.shape.seen())
    caller.require(Action.WRITE_PROGRAMME, Target(organisation_id=row.id))
    await pages.unchanged(caller, PROGRAMMES, row.code, row.version, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, ProgrammeFields))
    return await pages.written(caller, PROGRAMMES, row.code, f"/v1/programmes/{row.code}")


async def _may(caller: Caller, row: OrganisationFields, id: UUID) -> None:
    """Raises NotAllowed where the caller does not write where it is, Invalid where that is another country than its municipality's."""
    caller.require(Action.WRITE_ORGANISATION, Target(row.country_id or 0, row.municipality_id or 0, organisation_id=id))
    if row.municipality_id is not None:
        within(row.country_id, (await db.run(caller.session, HOME, m=row.municipality_id, a=None, c=row.country_id)).scalar())


@router.post("/v1/organisations", status_code=201, response_model=OrganisationOut, responses=problems.refusals(Conflict))
async def add_organisation(body: OrganisationNew, caller: Creating) -> Response:
    """Add an organisation to a country, or to a municipality: its departments, a school, a parish. Needs `organisations:write` there; an
    international one needs it over the region."""
    await _may(caller, body, body.id)
    row = made(Organisation, body)
    await db.keep(caller, row, "create")
    return await pages.written(caller, ORGANISATIONS, row.id, f"/v1/organisations/{row.id}", status=201)


@router.patch("/v1/organisations/{id}", response_model=OrganisationOut, responses=problems.CHANGES)
async def change_organisation(id: UUID, body: OrganisationPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change an organisation. Needs `organisations:write` where it is, and where it would be."""
    row = await db.fetch(caller, Organisation, id, ORGANISATIONS.shape.seen())
    await _may(caller, row, id)
    await pages.unchanged(caller, ORGANISATIONS, id, row.version, if_match)
    changed = merged(row, body, OrganisationFields)
    await _may(caller, row, id)
    await db.keep(caller, row, "change", fields=changed)
    return await pages.written(caller, ORGANISATIONS, id, f"/v1/organisations/{id}")


@router.delete("/v1/organisations/{id}", status_code=204, responses=problems.CHANGES)
async def remove_organisation(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove an organisation that nothing refers to; the feed keeps a tombstone. Needs `organisations:write` there."""
    row = await db.fetch(caller, Organisation, id, ORGANISATIONS.shape.seen())
    await _may(caller, row, id)
    await pages.unchanged(caller, ORGANISATIONS, id, row.version, if_match)
    await db.remove(caller, row)
    return Response(status_code=204)
