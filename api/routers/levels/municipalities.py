"""/municipalities and /successions: the register of places, with what took the place of what."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import db, pages, problems
from api.access import IfMatch, Public, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Conflict
from api.domain.fields import known, made, merged, patch_of
from api.domain.levels import Level
from api.domain.levels.municipalities import (
    Municipality,
    MunicipalityFields,
    MunicipalityNew,
    MunicipalityOut,
    Status,
    Succession,
    SuccessionFields,
    SuccessionOut,
    allot,
    succeed,
)
from api.domain.roles import Action, Target
from api.idempotency import Creating
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["levels"], route_class=ReadRoute)
MunicipalityPatch = patch_of(MunicipalityFields)


class MunicipalityQuery(pages.Query):
    """How municipalities are listed."""

    country: Annotated[str | None, Field(max_length=3)] = None
    """ISO 3166-1 code."""
    admin1: Annotated[str | None, Field(max_length=10)] = None
    """ISO 3166-2 code."""
    status: Status | None = None
    q: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """Part of the name; accents and capitals do not matter."""
    as_of: date | None = None
    """Only those that existed on this day; the level too is looked at on it."""


MUNICIPALITIES = Listing(
    "municipalities",
    MunicipalityOut,
    "municipality t join country c on c.id = t.country_id left join admin1 d on d.id = t.admin1_id",
    Shape(public=True, municipality="t.id"),
    (("t.name_key", "text"), ("t.id", "int")),
    MunicipalityQuery,
    {
        "country": "t.country_id = (select app.country_of({value}))",
        "admin1": "t.admin1_id = (select x.id from admin1 x where x.code = upper({value}))",
        "status": "t.status = {value}",
        "q": "t.name_key like '%' || replace(replace(replace(app.name_key({value}), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'",
        "as_of": "(t.valid_from is null or t.valid_from <= {value}) and (t.valid_to is null or t.valid_to > {value})",
    },
    {"country": "c.iso2", "admin1": "d.code", "admin1_name": "d.name"},
    address="t.id = app.municipality_of({id})",
    sorts={"name": (("t.name_key", "text"), ("t.id", "int")), "id": (("t.id", "int"),)},
    point=("t.lon", "t.lat"),
)

SUCCESSIONS = Listing(
    "successions",
    SuccessionOut,
    "succession t join municipality p on p.id = t.predecessor_id join municipality s on s.id = t.successor_id",
    Shape(
        public=True,
        municipality=None,
        override=dict.fromkeys(
            (Level.ASSOCIATION, Level.MUNICIPALITY, Level.PROGRAMME),
            "(t.predecessor_id = any(l.municipalities) or t.successor_id = any(l.municipalities))",
        ),
    ),
    (("t.effective_on", "date"), ("t.id", "uuid")),
    columns={"predecessor": "p.name", "successor": "s.name"},
)

publish(
    router,
    MUNICIPALITIES,
    public=True,
    flat="/v1/municipalities",
    about="Municipalities, by name; through an association or programme those it reaches on `as_of`. `format=geojson` draws them.",
)
publish(
    router,
    SUCCESSIONS,
    public=True,
    about="What took the place of what, by day. Through a municipality: what it succeeded, and what succeeded it.",
)


@router.get("/v1/municipalities/{unit}", response_model=MunicipalityOut)
async def read_municipality(request: Request, unit: UnitName, reading: Public) -> Response:
    """One municipality, by integer key or any code of it, such as `gt-ine:0101` or `ocha:HN0101`."""
    return await pages.one(request, reading, MUNICIPALITIES, unit)


@router.post("/v1/municipalities", status_code=201, response_model=MunicipalityOut, responses=problems.refusals(Conflict))
async def add_municipality(body: MunicipalityNew, caller: Creating) -> Response:
    """Add a municipality that the register does not have yet. Needs `territory:write`; its key is given by the server."""
    country = (
        await db.run(caller.session, "select id from country where id = app.country_of(:code) and tenant", code=body.country)
    ).scalar()
    known(country, "/country")
    caller.require(Action.WRITE_TERRITORY, Target(country_id=country))
    admin1 = (
        await db.run(
            caller.session, "select id from admin1 where code = upper(:code) and country_id = :country", code=body.admin1, country=country
        )
    ).scalar()
    known(admin1 if body.admin1 else 0, "/admin1")
    await db.run(caller.session, "select pg_advisory_xact_lock(7221, 3)")
    taken = (await db.run(caller.session, "select id from municipality where country_id = :country", country=country)).scalars()
    row = made(
        Municipality,
        MunicipalityFields.model_validate(body.model_dump(exclude={"country", "admin1"})),
        id=allot(set(taken), country),
        country_id=country,
        admin1_id=admin1,
    )
    await db.keep(caller, row, "create")
    return await pages.written(caller, MUNICIPALITIES, str(row.id), f"/v1/municipalities/{row.id}", status=201)


@router.patch("/v1/municipalities/{unit}", response_model=MunicipalityOut, responses=problems.CHANGES)
async def change_municipality(unit: UnitName, body: MunicipalityPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change what the register says of a municipality. Needs `territory:write`."""
    row = await _fetch(caller, unit)
    caller.require(Action.WRITE_TERRITORY, Target(country_id=row.country_id, municipality_id=row.id))
    await pages.unchanged(caller, MUNICIPALITIES, str(row.id), row.version, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, MunicipalityFields))
    return await pages.written(caller, MUNICIPALITIES, str(row.id), f"/v1/municipalities/{row.id}")


async def _fetch(caller: Writing, unit: str) -> Municipality:
    key = (await db.run(caller.session, "select app.municipality_of(:unit)", unit=unit)).scalar()
    return await db.fetch(caller, Municipality, key, MUNICIPALITIES.shape.seen())


@router.get("/v1/successions/{id}", response_model=SuccessionOut)
async def read_succession(request: Request, id: UUID, reading: Public) -> Response:
    """One succession."""
    return await pages.one(request, reading, SUCCESSIONS, id)


@router.post("/v1/successions", status_code=201, response_model=SuccessionOut, responses=problems.refusals(Conflict))
async def add_succession(body: SuccessionFields, caller: Creating) -> Response:
    """Say that one municipality takes the place of another from a day on; the predecessor ends on it. Rows stay where they were recorded,
    and are read under the successor. Needs `territory:write`."""
    predecessor = await _fetch(caller, str(body.predecessor_id))
    successor = await _fetch(caller, str(body.successor_id))
    caller.require(Action.WRITE_TERRITORY, Target(country_id=predecessor.country_id))
    given = (
        await db.run(caller.session, "select coalesce(sum(share), 0) from succession where predecessor_id = :id", id=predecessor.id)
    ).scalar()
    lineage = (await db.run(caller.session, "select app.with_predecessors(:id)", id=predecessor.id)).scalar()
    succeed(body, predecessor, successor, Decimal(given), set(lineage))
    row = made(Succession, body, country_id=predecessor.country_id)
    await db.keep(caller, predecessor, "change", fields=["valid_to", "status"])
    await db.keep(caller, row, "create")
    return await pages.written(caller, SUCCESSIONS, row.id, f"/v1/successions/{row.id}", status=201)
