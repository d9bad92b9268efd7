"""/imports: files on their way in, and what came of each."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import pages, problems
from api.access import Asking, Reading
from api.collection import ReadRoute, publish
from api.domain.errors import Conflict, Invalid, NotSpoken, TooLarge
from api.domain.indicator.observations import Assignment, ImportOut, ParkedOut
from api.idempotency import IdempotencyKey
from api.intake import plans, take
from api.intake.parking import assign
from api.intake.upload import received
from api.levels import Shape
from api.pages import Listing, secrecy

router = APIRouter(tags=["imports"], route_class=ReadRoute)
FILE = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in ("text/csv", "application/octet-stream")},
    }
}
ANSWERS = problems.refusals(Conflict, Invalid, NotSpoken, TooLarge)
Name = Annotated[str | None, Query(max_length=200, description="Name of the file, for the record.")]
DryRun = Annotated[bool, Query(description="Check everything and keep nothing but the report.")]
Atomic = Annotated[
    str,
    Query(
        pattern="^(all|chunk)$", description="`all`: one transaction; `chunk`: at most 50,000 values each, so that others are not held up."
    ),
]

IMPORTS = Listing(
    "imports",
    ImportOut,
    f"{secrecy.IMPORTS} t",
    Shape(organisation="t.organisation_id", own="t.principal_id"),
    (("t.created_at", "timestamptz"), ("t.id", "uuid")),
    descending=True,
)
publish(
    router,
    IMPORTS,
    flat="/v1/imports",
    about="Imports of yours and of the levels you see, the newest first, each with its report; those of sensitive indicators for who may"
    " write there.",
)


PARKED = Listing(
    "parked",
    ParkedOut,
    "parked t",
    Shape(municipality=None, own="t.principal_id"),
    (("t.id", "uuid"),),
    columns={
        "code": "split_part(t.place, '|', 1)",
        "name": "split_part(t.place, '|', 2)",
        "assigned_municipality_id": "case when app.is_municipality(t.assigned_territory_id) then t.assigned_territory_id end",
        "row_numbers": "(select (array_agg(distinct (e->>0)::int order by (e->>0)::int))[1:100] from jsonb_array_elements(t.rows) e)",
        "candidates": """array(select m.id || ' ' || m.name || coalesce(' (' || d.code || ')', '') from municipality m left join admin1 d
        on d.id = m.admin1_id
                         where m.name_key = app.name_key(split_part(t.place, '|', 2)) order by m.id limit 20)""",
    },
)
publish(
    router,
    PARKED,
    levels=(),
    flat="/v1/parked",
    about="Rows of your imports whose place is not known yet; assign them and they are taken in.",
)


async def _answer(reading: Reading, request: Request, id: UUID) -> Response:
    answer = await pages.one(request, reading, IMPORTS, id)
    answer.status_code = 201
    answer.headers["Location"] = f"/v1/imports/{id}"
    return answer


@router.post("/v1/imports/observations", status_code=201, response_model=ImportOut, responses=ANSWERS, openapi_extra=FILE)
async def import_observations(
    request: Request,
    reading: Asking,
    reader: Annotated[str, Query(max_length=40, description="Layout of the file: sesnsp.")],
    source: Annotated[str, Query(max_length=63, description="Code of the source (GET /v1/sources).")],
    dry_run: DryRun = False,
    atomic: Atomic = "chunk",
    file_name: Name = None,
    key: IdempotencyKey = None,
) -> Response:
    """Take in a file of counts: the body is the file itself. The same file again changes nothing; a corrected one restates, and what
    stood there
    stays in the revisions. Blank months are not yet reported, never zero. Every row is accounted for in the report; rows of places that
    are not
    known are parked, rows of places that are not yours are refused."""
    plan = await plans.observations(reading.house, reader, source, dry_run=dry_run, whole=atomic == "all")
    intake = await take(reading, plan, await received(request, file_name, key))
    return await _answer(reading, request, intake.id)


class PopulationsAsked(BaseModel):
    """What a table of residents does not say itself."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    year: Annotated[int, Field(ge=1900, le=2100)]
    source: Annotated[str, Field(max_length=63)]
    """Code of the source, such as `censo`."""
    country: Annotated[str | None, Field(max_length=3)] = None
    """Where names are looked up; not needed with `scheme`."""
    admin1: Annotated[str | None, Field(max_length=10)] = None
    """The first level names are looked up in; a name is not unique in a country."""
    scheme: Annotated[str | None, Field(max_length=40)] = None
    """Scheme of the code column, instead of names."""
    dry_run: bool = False
    file_name: Annotated[str | None, Field(max_length=200)] = None


@router.post("/v1/imports/populations", status_code=201, response_model=ImportOut, responses=ANSWERS, openapi_extra=FILE)
async def import_populations(
    request: Request, reading: Asking, asked: Annotated[PopulationsAsked, Query()], key: IdempotencyKey = None
) -> Response:
    """Take in a table of residents: a CSV with a name (`Municipio`) or code column and a number (`Poblacion`); the body is the file
    itself."""
    where = plans.Where(asked.country, asked.admin1, asked.scheme)
    plan = await plans.populations(reading.house, asked.year, asked.source, where, dry_run=asked.dry_run)
    intake = await take(reading, plan, await received(request, asked.file_name, key))
    return await _answer(reading, request, intake.id)


@router.get("/v1/imports/{id}", response_model=ImportOut)
async def read_import(request: Request, id: UUID, reading: Asking) -> Response:
    """One import with its report."""
    return await pages.one(request, reading, IMPORTS, id)


@router.get("/v1/parked/{id}", response_model=ParkedOut)
async def read_parked(request: Request, id: UUID, reading: Asking) -> Response:
    """Parked rows of one place of one file."""
    return await pages.one(request, reading, PARKED, id)


@router.post("/v1/parked/{id}/assign", response_model=ParkedOut, responses=problems.refusals(Conflict, Invalid))
async def assign_parked(request: Request, id: UUID, body: Assignment, reading: Asking) -> Response:
    """Say which municipality parked rows mean: they are taken in, and the source means the same the next time. Repeating it is safe. For
    the
    coordinator of the country."""
    await assign(reading, id, body.municipality)
    return await pages.one(request, reading, PARKED, id)
