"""/imports: files on their way in, and what came of each."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import pages, problems
from api.access import Asking, Reading
from api.collection import ReadRoute, publish
from api.domain.errors import Conflict, NotSpoken, TooLarge
from api.domain.indicator.imports import Assignment, ImportOut, ParkedOut
from api.idempotency import IdempotencyKey
from api.intake import plans, take
from api.intake.parking import assign
from api.intake.placing import NEAR
from api.intake.upload import received
from api.levels import Shape
from api.pages import Listing, secrecy
from api.readers.layouts import Layout, layouts

router = APIRouter(tags=["imports"], route_class=ReadRoute)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = ("text/csv", XLSX, "application/x-ndjson", "application/octet-stream")
FILE = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA},
    }
}
ANSWERS = problems.refusals(Conflict, NotSpoken, TooLarge)
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
    one=("import", "One import with its report."),
)


class ParkedQuery(pages.Query):
    """How parked rows are listed."""

    assigned: bool = False
    """Those that wait for somebody to say which place they mean; or those of which it was said."""


PARKED = Listing(
    "parked",
    ParkedOut,
    "parked t",
    Shape(municipality=None, own="t.principal_id"),
    (("t.id", "uuid"),),
    ParkedQuery,
    {"assigned": "(t.assigned_territory_id is not null) = {value}"},
    {
        "code": "split_part(t.place, '|', 1)",
        "name": "split_part(t.place, '|', 2)",
        "assigned_municipality_id": "case when app.is_municipality(t.assigned_territory_id) then t.assigned_territory_id end",
        "row_numbers": "(select (array_agg(distinct (e->>0)::int order by (e->>0)::int))[1:100] from jsonb_array_elements(t.rows) e)",
        "candidates": f"""coalesce((select {NEAR} from (
          select app.name_key(split_part(t.place, '|', 2)) as key, nullif(t.country_id, 0) as country) n), '{{{{}}}}')""",
    },
)
publish(
    router,
    PARKED,
    levels=(),
    flat="/v1/parked",
    about="Rows of your imports whose place is not known yet, or with `assigned=true` those of which it was said; assign them and they are"
    " taken in.",
    one=("parked", "Parked rows of one place of one file."),
)


async def _answer(reading: Reading, request: Request, id: UUID) -> Response:
    answer = await pages.one(request, reading, IMPORTS, id)
    answer.status_code = 201
    answer.headers["Location"] = f"/v1/imports/{id}"
    return answer


class ObservationsAsked(BaseModel):
    """What a file of figures does not say itself."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    reader: Annotated[str, Field(max_length=40)]
    """Layout of the file (GET /v1/readers): sesnsp, long, names-wide, names-long, or that of an office."""
    source: Annotated[str, Field(max_length=63)]
    """Code of the source (GET /v1/sources)."""
    country: Annotated[str | None, Field(max_length=3)] = None
    """Where names are looked up, for layouts without codes that do not say it."""
    admin1: Annotated[str | None, Field(max_length=10)] = None
    """ISO 3166-2 code of the first level in which names are looked up; needed where a name is not unique in the country."""
    dry_run: bool = False
    """Check everything and keep nothing but the report."""
    atomic: Annotated[str, Field(pattern="^(all|chunk)$")] = "chunk"
    """`all`: one transaction; `chunk`: at most 50,000 values each, so that others are not held up."""
    accept_warnings: bool = False
    """Keep it though the report warns that it is unlike what is known; without it such a file is `held` and nothing of it kept."""
    restate: bool = False
    """Replace also what was corrected since the same file came in before; without it such values stay and are counted as `kept`."""
    file_name: Annotated[str | None, Field(max_length=200)] = None
    """Name of the file, for the record."""


@router.get("/v1/readers", response_model=list[Layout])
async def list_readers() -> Any:
    """The layouts of files that are taken in: what their columns are called, what stands across, what their words mean."""
    return list(layouts().values())


@router.post("/v1/imports/observations", status_code=201, response_model=ImportOut, responses=ANSWERS, openapi_extra=FILE)
async def import_observations(
    request: Request, reading: Asking, asked: Annotated[ObservationsAsked, Query()], key: IdempotencyKey = None
) -> Response:
    """Take in a file of figures: the body is the file itself, CSV (comma, semicolon or tab; UTF-8 or Windows-1252), XLSX, or NDJSON where
    the layout takes lines. The same file again changes nothing: what was corrected since stays, unless restate=true; a corrected one
    restates, and what stood there stays in the revisions. Blank months are not yet reported, never zero. Every row is accounted for in the
    report: rows_in = rows_stored + rows_summed + rows_superseded + rows_parked + rows_refused + rows_ignored. Rows of places that are not
    known are parked, rows of places that are not yours are refused; what an office could not place ("No Especificado") is of its first
    level's not specified. A file that tells who people are is refused whole. A file unlike what is known is `held`, with warnings and
    nothing kept, until it is sent again with accept_warnings=true."""
    where = plans.Where(asked.country, asked.admin1)
    how = plans.How(asked.dry_run, asked.atomic == "all", asked.accept_warnings, asked.restate)
    plan = await plans.observations(reading.house, asked.reader, asked.source, where, how)
    intake = await take(reading, plan, await received(request, asked.file_name, key))
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
    accept_warnings: bool = False
    """Keep it though the report warns that it is unlike what is known."""
    restate: bool = False
    """Replace also what was corrected since the same file came in before."""
    file_name: Annotated[str | None, Field(max_length=200)] = None


@router.post("/v1/imports/populations", status_code=201, response_model=ImportOut, responses=ANSWERS, openapi_extra=FILE)
async def import_populations(
    request: Request, reading: Asking, asked: Annotated[PopulationsAsked, Query()], key: IdempotencyKey = None
) -> Response:
    """Take in a table of residents: a CSV with a name (`Municipio`) or code column and a number (`Poblacion`); the body is the file
    itself."""
    where = plans.Where(asked.country, asked.admin1, asked.scheme)
    how = plans.How(asked.dry_run, accepted=asked.accept_warnings, restate=asked.restate)
    plan = await plans.populations(reading.house, asked.year, asked.source, where, how)
    intake = await take(reading, plan, await received(request, asked.file_name, key))
    return await _answer(reading, request, intake.id)


@router.post("/v1/parked/{id}/assign", response_model=ParkedOut, responses=problems.refusals(Conflict))
async def assign_parked(request: Request, id: UUID, body: Assignment, reading: Asking) -> Response:
    """Say which place parked rows mean, a municipality or a territory of any kind: they are taken in, with those that wait from other
    files of the source, and the source means the same the next time. Repeating it is safe. For the coordinator of the country."""
    await assign(reading, id, body)
    return await pages.one(request, reading, PARKED, id)
