"""/affiliations and /participations: who belongs to which association, who takes part in which programme, from when to when."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field
from sqlmodel import SQLModel

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.collection import ReadRoute, publish
from api.domain.errors import Conflict
from api.domain.fields import found, known, made, new_id
from api.domain.levels import Level
from api.domain.levels.countries import within
from api.domain.levels.ties import (
    ALLOWED,
    Act,
    Affiliation,
    AffiliationEnd,
    AffiliationFields,
    AffiliationOut,
    AffiliationState,
    Participation,
    ParticipationFields,
    ParticipationOut,
    Side,
    decide,
    end,
    speaking,
    stop,
)
from api.domain.roles import SPEAKS, Action, Target
from api.idempotency import Creating
from api.levels import HOME, Shape
from api.pages import Listing

router = APIRouter(tags=["levels"], route_class=ReadRoute)


class AffiliationNew(AffiliationFields):
    """The body that proposes an affiliation."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


class AffiliationQuery(pages.Query):
    """How affiliations are listed."""

    state: AffiliationState | None = None
    on: date | None = None
    """Only those in force on this day."""


IN_FORCE = "t.starts_on <= {value} and (t.ends_on is null or t.ends_on > {value})"
AFFILIATIONS = Listing(
    "affiliations",
    AffiliationOut,
    "affiliation t join municipality m on m.id = t.municipality_id join organisation o on o.id = t.organisation_id",
    Shape(association="t.association_id", organisation="t.organisation_id"),
    (("t.starts_on", "date"), ("t.id", "uuid")),
    AffiliationQuery,
    {"state": "t.state = {value}", "on": IN_FORCE},
    {
        "association": "o.short_name",
        "municipality": "m.name",
        "allowed_actions": "case t.state " + " ".join(f"when '{s}' then array{a}::text[]" for s, a in ALLOWED.items()) + " end",
    },
)


class ParticipationQuery(pages.Query):
    """How participations are listed."""

    level_: Annotated[Level | None, Field(alias="of")] = None
    """Only those of municipalities, associations or countries."""
    as_of: date | None = None
    """Only those in force on this day."""


PARTICIPATIONS = Listing(
    "participations",
    ParticipationOut,
    "participation t join programme g on g.id = t.programme_id join country c on c.id = t.country_id"
    " left join municipality m on m.id = t.municipality_id left join association a on a.id = t.association_id"
    " left join organisation o on o.id = a.organisation_id",
    # Who takes part in a programme; not in what else those who do take part.
    Shape(public=True, association="t.association_id", override={Level.PROGRAMME: "t.programme_id = l.unit"}),
    (("t.starts_on", "date"), ("t.id", "uuid")),
    ParticipationQuery,
    {"level_": "t.level = {value}", "as_of": IN_FORCE},
    {"programme": "g.code", "unit": "coalesce(m.name, o.name, c.name)"},
)

publish(
    router,
    AFFILIATIONS,
    flat="/v1/affiliations",
    about="Affiliations that you see, by first day.",
    one=("affiliation", "One affiliation."),
)
publish(
    router,
    PARTICIPATIONS,
    public=True,
    about="Who takes part in programmes, by first day; `as_of=2009-12-31` answers the footprint of then.",
)


def _target(row: AffiliationFields, country: int) -> Target:
    return Target(country_id=country, municipality_id=row.municipality_id, association_id=row.association_id)


async def _side(caller: Caller, target: Target) -> Side:
    """For whom the caller speaks about this affiliation. Raises NotAllowed where for nobody."""
    for side in (Side.ASSOCIATION, Side.MUNICIPALITY):
        if caller.may(SPEAKS[side], target):
            return speaking(side)
    unmanned = (await db.run(caller.session, "select app.unmanned(:m, :day)", m=target.municipality_id, day=caller.at.date())).scalar()
    if unmanned and caller.may(SPEAKS[Side.COUNTRY], target):
        return speaking(Side.COUNTRY)
    return speaking(None)


@router.post("/v1/affiliations", status_code=201, response_model=AffiliationOut, responses=problems.refusals(Conflict))
async def propose_affiliation(body: AffiliationNew, caller: Creating) -> Response:
    """Propose that a municipality belongs to an association; the other side confirms. Either side may; for a municipality without users its
    country coordinator."""
    units = (
        await db.run(
            caller.session,
            "select m.country_id, a.organisation_id from municipality m, association a where m.id = :m and a.id = :a",
            m=body.municipality_id,
            a=body.association_id,
        )
    ).first()
    known(units and 1, "/municipality_id")
    side = await _side(caller, _target(body, units.country_id))
    row = made(
        Affiliation,
        body,
        country_id=units.country_id,
        organisation_id=units.organisation_id,
        proposed_by=side,
        state=AffiliationState.PROPOSED,
    )
    await db.keep(caller, row, "propose")
    return await _written(caller, row, 201)


async def _written(caller: Caller, row: Affiliation, status: int = 200) -> Response:
    return await pages.written(caller, AFFILIATIONS, row.id, f"/v1/affiliations/{row.id}", status=status)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> tuple[Affiliation, Side]:
    row = await db.fetch(caller, Affiliation, id, AFFILIATIONS.shape.seen())
    side = await _side(caller, _target(row, row.country_id))
    await pages.unchanged(caller, AFFILIATIONS, id, row.version, if_match)
    return row, side


@router.post("/v1/affiliations/{id}/confirm", response_model=AffiliationOut, responses=problems.CHANGES)
async def confirm_affiliation(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Confirm what the other side proposed; from its first day on the association reads this municipality."""
    row, side = await _fetch(caller, id, if_match)
    decide(row, AffiliationState.CONFIRMED, side)
    await db.keep(caller, row, "confirm", fields=["state", "decided_by"])
    return await _written(caller, row)


@router.post("/v1/affiliations/{id}/decline", response_model=AffiliationOut, responses=problems.CHANGES)
async def decline_affiliation(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Decline what the other side proposed."""
    row, side = await _fetch(caller, id, if_match)
    decide(row, AffiliationState.DECLINED, side)
    await db.keep(caller, row, "decline", fields=["state", "decided_by"])
    return await _written(caller, row)


@router.post("/v1/affiliations/{id}/end", response_model=AffiliationOut, responses=problems.CHANGES)
async def end_affiliation(id: UUID, body: AffiliationEnd, caller: Writing, if_match: IfMatch) -> Response:
    """End an affiliation; either side may. From that day on the association reads nothing of this municipality that is not published."""
    row, _ = await _fetch(caller, id, if_match)
    end(row, body.ends_on)
    await db.keep(caller, row, "end", fields=["ends_on"])
    return await _written(caller, row)


class Confirmed(SQLModel):
    """What a membership act confirmed."""

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    confirmed: int


@router.post("/v1/affiliations/confirmations", response_model=Confirmed, responses=problems.refusals(Conflict))
async def confirm_affiliations(body: Act, caller: Writing) -> Any:
    """Confirm many affiliations of municipalities without users at once, against one membership act. All or none; for country coordinators.
    Repeating it is safe: what the same act already confirmed stays as it is."""
    for id in sorted(set(body.affiliation_ids)):
        row = await db.fetch(caller, Affiliation, id, AFFILIATIONS.shape.seen())
        if row.act_sha256 == body.act_sha256 and row.state is AffiliationState.CONFIRMED:
            continue
        side = await _side(caller, _target(row, row.country_id))
        decide(row, AffiliationState.CONFIRMED, side)
        row.act_reference, row.act_sha256 = body.act_reference, body.act_sha256
        await db.keep(caller, row, "confirm", fields=["state", "decided_by", "act_reference", "act_sha256"])
    return Confirmed(confirmed=len(set(body.affiliation_ids)))


@router.get("/v1/participations/{id}", response_model=ParticipationOut)
async def read_participation(request: Request, id: UUID, reading: Public) -> Response:
    """One participation."""
    return await pages.one(request, reading, PARTICIPATIONS, id)


@router.post(
    "/v1/programmes/{unit}/participations", status_code=201, response_model=ParticipationOut, responses=problems.refusals(Conflict)
)
async def add_participation(unit: str, body: ParticipationFields, caller: Creating) -> Response:
    """Say that a municipality, association or country takes part from a day on. Needs `programmes:write` there."""
    programme = (await db.run(caller.session, "select app.programme_of(:unit)", unit=unit)).scalar()
    found(programme)
    caller.require(Action.WRITE_PROGRAMME, Target(organisation_id=programme))
    home = (await db.run(caller.session, HOME, m=body.municipality_id, a=body.association_id, c=body.country_id)).scalar()
    within(body.country_id, home)
    row = made(Participation, body, programme_id=programme)
    await db.keep(caller, row, "create")
    return await pages.written(caller, PARTICIPATIONS, row.id, f"/v1/participations/{row.id}", status=201)


@router.post("/v1/participations/{id}/end", response_model=ParticipationOut, responses=problems.CHANGES)
async def end_participation(id: UUID, body: AffiliationEnd, caller: Writing, if_match: IfMatch) -> Response:
    """End a participation on a day. Needs `programmes:write` there."""
    row = await db.fetch(caller, Participation, id, PARTICIPATIONS.shape.seen())
    caller.require(Action.WRITE_PROGRAMME, Target(organisation_id=row.programme_id))
    await pages.unchanged(caller, PARTICIPATIONS, id, row.version, if_match)
    stop(row, body.ends_on)
    await db.keep(caller, row, "end", fields=["ends_on"])
    return await pages.written(caller, PARTICIPATIONS, id, f"/v1/participations/{id}")
