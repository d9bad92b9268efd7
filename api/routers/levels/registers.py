"""/imports/affiliations and /imports/organisations: registers that are sent as tables, CSV or XLSX."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import db, problems
from api.access import Asking, Caller, Reading, writing
from api.collection import ReadRoute
from api.domain.errors import Conflict, NotSpoken, TooLarge
from api.domain.fields import found, known
from api.domain.indicator.imports import ImportOut
from api.domain.levels.organisations import Association
from api.domain.roles import Action, Target
from api.idempotency import IdempotencyKey, once
from api.intake.committees import Committees
from api.intake.registers import Asked, Register, take_in
from api.intake.seats import Seats
from api.intake.terms import Terms
from api.intake.ties import Affiliations, Organisations
from api.intake.upload import received
from api.levels import Shape
from api.pages import Listing, written

router = APIRouter(tags=["imports"], route_class=ReadRoute)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in ("text/csv", SHEET, "application/octet-stream")},
    }
}
ANSWERS = problems.refusals(Conflict, NotSpoken, TooLarge)
MADE = Listing("imports_made", ImportOut, "import t", Shape(organisation="t.organisation_id", own="t.principal_id"), (("t.id", "uuid"),))


class RegisterAsked(BaseModel):
    """How a register is taken in."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    mode: Annotated[str, Field(pattern="^(add|snapshot)$")] = "add"
    """`add`: rows that are missing stay as they are. `snapshot`: the file is the whole register; the report lists what it no longer
    holds."""
    confirm_ends: Annotated[int | None, Field(ge=0)] = None
    """With mode=snapshot: end what the file no longer holds, if it is this many."""
    dry_run: bool = False
    """Check everything and keep only the report."""
    file_name: Annotated[str | None, Field(max_length=200)] = None


class AffiliationsAsked(RegisterAsked):
    """Whose register."""

    association: Annotated[str, Field(max_length=100)]
    """Integer key or `scheme:code`."""


class OrganisationsAsked(RegisterAsked):
    """Of which country."""

    country: Annotated[str, Field(max_length=3)]
    """ISO code."""


Opening = Callable[[Caller], Awaitable[Register]]
"""Which register is meant. Raises a refusal where the caller may not send it."""


async def _taken(request: Request, reading: Reading, asked: RegisterAsked, key: str | None, opening: Opening) -> Response:
    async with writing(reading) as caller:
        await opening(caller)  # Whoever may not is told so before the whole file has travelled.
    upload = await received(request, asked.file_name)
    async with once(request, reading, key, upload.sha256) as caller:
        row = await take_in(await opening(caller), upload, Asked(asked.mode == "snapshot", asked.confirm_ends, asked.dry_run))
        return await written(caller, MADE, UUID(str(row.id)), f"/v1/imports/{row.id}", status=201)


@router.post("/v1/imports/affiliations", status_code=201, response_model=ImportOut, responses=ANSWERS, openapi_extra=FILE)
async def import_affiliations(
    request: Request, reading: Asking, asked: Annotated[AffiliationsAsked, Query()], key: IdempotencyKey = None
) -> Response:
    """Take in the members of an association: a table with `municipality` (key or scheme:code) and, where known, `starts_on`, `ends_on`,
    `external_id` (scheme:value). New members are proposed, and confirmed by their own side. The same file again changes nothing."""

    async def opening(caller: Caller) -> Register:
        unit = (await db.run(caller.session, "select app.association_of(:unit)", unit=asked.association)).scalar()
        association = await caller.session.get(Association, unit) if unit else None
        found(association)
        assert association is not None
        target = Target(country_id=association.country_id, association_id=association.id, organisation_id=association.organisation_id)
        caller.require(Action.SPEAK_FOR_ASSOCIATION, target)
        return Affiliations(caller, association)

    return await _taken(request, reading, asked, key, opening)


@router.post("/v1/imports/organisations", status_code=201, response_model=ImportOut, responses=ANSWERS, openapi_extra=FILE)
async def import_organisations(
    request: Request, reading: Asking, asked: Annotated[OrganisationsAsked, Query()], key: IdempotencyKey = None
) -> Response:
    """Take in the organisations of a country: a table with `external_id` (scheme:value, the key), `name`, `classification` and, where
    known,
    `short_name`, `municipality`, `website`, `ends_on`. The same file again changes nothing. Needs `organisations:write` there."""

    async def opening(caller: Caller) -> Register:
        country = known((await db.run(caller.session, "select app.country_of(:unit)", unit=asked.country)).scalar(), "query/country")
        caller.require(Action.WRITE_ORGANISATION, Target(country_id=country))
        return Organisations(caller, country)

    return await _taken(request, reading, asked, key, opening)


ALL = " All rows or none: where one is refused the import is `refused`, and nothing of the file kept. The same file again changes nothing."
BY_COMMITTEE = "a row names its committee by `committee` (scheme:value or id), or by `municipality` and, of several, `committee_name`"
OF_COMMITTEES: dict[type[Register], str] = {
    Committees: "Take in committees that may be years old: a table with `municipality` (key or scheme:code), `name` and, where known,"
    " `external_id` (scheme:value), `framework`, `covers` (the other municipalities, divided by blanks), `note`; of what was"
    " before they joined `convened_on`, `launched_on`, `legalised_on`, each with the document in which it can be read"
    " (`launched_reference` and so on): these days are declared, exempt from gates, and shown as declared. A row is about"
    " the committee of its code, or of its name where it sits."
    + ALL
    + " `snapshot` lists the other committees of the municipalities that the file names; each is dissolved by an instrument"
    " of its council. Needs `committees:write` in the municipality of every row.",
    Seats: f"Take in the seats of committees: {BY_COMMITTEE}; its seat by `external_id` (scheme:value), or by `label` in its `body`"
    " (by name, kind or code; the plenary where it says none); and says `sector`, `starts_on` and, where known, `role`,"
    " `voting`, `display`, `ends_on`. A body that the committee has not is made, of the kind that `body` or `body_kind`"
    " says. A seat keeps its sector, role, voting right and first day; what it shows of its holder a file lowers and never"
    " raises." + ALL + " `snapshot` lists the other seats of the committees that the file names. Needs `roster:write` there.",
    Terms: f"Take in who holds and held which seat: {BY_COMMITTEE}; the `seat` by code, id or label; and says `selection`,"
    " `starts_on`, and of whom: `institution` (code, or name in the country), `name`, or both; where known `ends_on`,"
    " `end_reason`, `alternate`, `instrument` (code or number of one that the council approved), `external_id`, and of the"
    " person `email`, `phone`, `groups`, `languages`, `publish_consent`. Names and contacts need `persons:write` and the"
    " personal scope there; they go to the persons of the committee and nowhere else, and no report repeats them. A row is"
    " about the term of its code, or of its seat and first day. Never two holders of a seat; terms that were over before the"
    " committee joined are exempt from what its bylaws say."
    + ALL
    + " `snapshot` lists the other terms that run in the committees that the file names. Needs `roster:write` there.",
}
"""Registers whose rows say themselves where they belong, and what is told of each."""


def _publish(kind: type[Register], about: str) -> None:
    async def taken(request: Request, reading: Asking, asked: Annotated[RegisterAsked, Query()], key: IdempotencyKey = None) -> Response:
        async def opening(caller: Caller) -> Register:
            return kind(caller)

        return await _taken(request, reading, asked, key, opening)

    router.add_api_route(
        f"/v1/imports/{kind.kind}",
        taken,
        methods=["POST"],
        name=f"import_{kind.kind}",
        summary=f"Import {kind.kind}",
        description=about,
        status_code=201,
        response_model=ImportOut,
        responses=ANSWERS,
        openapi_extra=FILE,
    )


for register, told in OF_COMMITTEES.items():
    _publish(register, told)
