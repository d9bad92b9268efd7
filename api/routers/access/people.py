"""/me, /people, /grants, /invitations: who is who, who holds which office, and how people come in."""

import json
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from api import db, pages, problems
from api.access import Asking, Caller, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.domain.access.people import (
    Granted,
    GrantNew,
    GrantOut,
    Invitation,
    InvitationMade,
    InvitationOut,
    PersonInvite,
    Principal,
    PrincipalFields,
    PrincipalKind,
    PrincipalOut,
    new_secret,
    sha256,
)
from api.domain.access.units import Place
from api.domain.errors import Conflict, Stale, Unconditional
from api.domain.fields import merged, patch_of
from api.domain.levels import Level
from api.domain.roles import OFFICES, Action, Role
from api.idempotency import Creating
from api.offices import Managed, give, place_of, require_managing
from api.pages import Listing

router = APIRouter(tags=["access"], route_class=ReadRoute)
PrincipalPatch = patch_of(PrincipalFields)
PEOPLE = Listing("people", PrincipalOut, "principal t", Managed(own="t.id"), (("t.id", "uuid"),))
GRANTS = Listing(
    "grants",
    GrantOut,
    "granted t",
    Managed(own="t.principal_id"),
    (("t.id", "uuid"),),
    columns={
        "unit": """case t.level when 'country' then (select c.iso2 from country c where c.id = t.country_id)
                   when 'municipality' then t.municipality_id::text when 'association' then t.association_id::text
                   when 'programme' then (select g.code from programme g where g.id = t.organisation_id) end""",
        "unit_name": """case t.level when 'country' then (select c.name from country c where c.id = t.country_id)
                        when 'municipality' then (select m.name from municipality m where m.id = t.municipality_id)
                        when 'association' then (select o.name from organisation o where o.id = t.organisation_id)
                        when 'programme' then (select g.name from programme g where g.id = t.organisation_id) end""",
        "in_force": """(t.revoked_at is null and t.starts_on <= ({at}::timestamptz at time zone 'UTC')::date
                       and (t.ends_on is null or t.ends_on > ({at}::timestamptz at time zone 'UTC')::date))""",
    },
)
INVITATIONS = Listing("invitations", InvitationOut, "invitation t", Managed(), (("t.id", "uuid"),))

publish(
    router,
    GRANTS,
    levels=(),
    flat="/v1/grants",
    about="Offices at the units where you write, and your own, past ones too.",
    one=("grant", "One office."),
)
publish(
    router,
    INVITATIONS,
    levels=(),
    flat="/v1/invitations",
    about="Invitations and resets at the units where you write; never their links.",
    one=("invitation", "One invitation or reset; never its link."),
)


class Me(BaseModel):
    """Who I am here and what I may do."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    principal: PrincipalOut
    grants: list[GrantOut]
    """My offices in force now."""
    may: dict[str, list[str]]
    """Grant id -> actions that go with it at its unit and below."""
    may_give: dict[str, list[str]]
    """Grant id -> roles I may give there."""


ME = """
select e.who, q.principal, q.grants from (select app.enter({credential}, {request}, {at}) as who offset 0) e
left join lateral (select
    (select row_to_json(o) from (select %s) o) as principal,
    (select coalesce(json_agg(row_to_json(g)), '[]') from (
       select %s from granted t where t.principal_id = e.who and %s order by t.id) g) as grants
  from principal t where t.id = e.who) q on true"""


@router.get("/v1/me", response_model=Me)
async def read_me(reading: Asking) -> Any:
    """Who I am, my offices in force, what I may do and give there."""
    statement = pages.prepared(ME % (PEOPLE.select(), GRANTS.select(), GRANTS.column("in_force")))
    row = await pages.ask(reading, statement, pages.known_of(reading))
    grants = [GrantOut.model_validate(g) for g in json.loads(row["grants"])]
    return Me(
        principal=PrincipalOut.model_validate_json(row["principal"]),
        grants=grants,
        may={str(g.id): sorted(OFFICES[g.role].may) for g in grants},
        may_give={str(g.id): sorted(OFFICES[g.role].gives) for g in grants},
    )


class OfficeOut(BaseModel):
    """A role, with what goes with it."""

    role: Role
    held_at: list[Level]
    may: list[Action]
    gives: list[Role]


@router.get("/v1/roles", response_model=list[OfficeOut])
async def list_roles() -> Any:
    """Every role: where it is held, what it may do, which roles it may give. The whole of who may do what."""
    return [OfficeOut(role=r, held_at=sorted(o.held_at), may=sorted(o.may), gives=sorted(o.gives)) for r, o in OFFICES.items()]


class PeopleQuery(pages.Query):
    """How people are listed: as JSON only, because each reading is recorded."""

    format: Literal["json"] | None = None


@router.get("/v1/people", response_model=pages.Page[PrincipalOut])
async def list_people(request: Request, caller: Writing, query: Annotated[PeopleQuery, pages.AS_QUERY]) -> Response:
    """The people and service accounts of the units where you write, and yourself. Names are personal data, so the reading is recorded."""
    answer = await pages.page(request, await caller.reading(request.scope["credential"]), PEOPLE, query)
    read = json.loads(bytes(answer.body) or b'{"items":[]}')["items"]
    await db.saw(caller, Principal, [UUID(item["id"]) for item in read if item["id"] != str(caller.principal)])
    return answer


@router.get("/v1/people/{id}", response_model=PrincipalOut)
async def read_person(id: UUID, caller: Writing) -> Response:
    """One person or service account that you manage; a name is personal data, so the reading is recorded."""
    answer = await pages.written(caller, PEOPLE, id, f"/v1/people/{id}")
    await db.saw(caller, Principal, [id])
    return answer


@router.patch("/v1/people/{id}", response_model=PrincipalOut, responses=problems.refusals(Stale, Unconditional))
async def change_person(id: UUID, body: PrincipalPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Rename or switch off a person or service account that you manage. Switched off, all of theirs is refused from the next request on."""
    row = await db.fetch(caller, Principal, id, PEOPLE.shape.seen())
    await require_managing(caller, row)
    await pages.unchanged(caller, PEOPLE, id, row.version, if_match)
    await db.keep(caller, row, "change", fields=merged(row, body, PrincipalFields))
    return await pages.written(caller, PEOPLE, id, f"/v1/people/{id}")


async def _link(caller: Caller, principal: Principal, kind: str) -> tuple[Invitation, dict[str, str]]:
    secret = new_secret()
    row = Invitation(
        kind=kind,
        secret_sha256=sha256(secret),
        principal_id=principal.id,
        expires_at=caller.at + timedelta(days=caller.house.settings.invitation_days),
        invited_by=caller.principal,
        **Place.of(principal).located(),
    )
    await db.keep(caller, row, "invite")
    token = f"{row.id}.{secret}"
    return row, {"link": f"{caller.house.settings.public_url}/v1/auth/accept#{token}", "token": token}


@router.post("/v1/invitations", status_code=201, response_model=InvitationMade, responses=problems.refusals(Conflict))
async def invite_person(body: PersonInvite, caller: Creating) -> Response:
    """Invite a person into an office that you may give. The answer holds a link, good once: hand it over yourself."""
    place = await place_of(caller, body)
    caller.require_giving(body.role, place.target())
    principal = Principal(kind=PrincipalKind.PERSON, email=body.email, display_name=body.display_name, **place.located())
    await db.keep(caller, principal, "create", fields=["email", "display_name"])
    await give(caller, principal.id, body)
    row, shown = await _link(caller, principal, "invitation")
    return await pages.written(caller, INVITATIONS, row.id, f"/v1/invitations/{row.id}", status=201, extra=shown)


@router.post("/v1/people/{id}/reset", status_code=201, response_model=InvitationMade, responses=problems.refusals(Conflict))
async def reset_password(id: UUID, caller: Creating) -> Response:
    """A link by which somebody that you manage sets a new password. Hand it over yourself; it is good once."""
    person = await db.fetch(caller, Principal, id, PEOPLE.shape.seen())
    await require_managing(caller, person)
    row, shown = await _link(caller, person, "reset")
    return await pages.written(caller, INVITATIONS, row.id, f"/v1/invitations/{row.id}", status=201, extra=shown)


@router.post("/v1/grants", status_code=201, response_model=GrantOut, responses=problems.refusals(Conflict))
async def grant_role(body: GrantNew, caller: Creating) -> Response:
    """Give an office for a term to somebody that you see; it counts from the next request on."""
    who = await db.fetch(caller, Principal, body.principal_id, PEOPLE.shape.seen())
    row = await give(caller, who.id, body)
    return await pages.written(caller, GRANTS, row.id, f"/v1/grants/{row.id}", status=201)


@router.post("/v1/grants/{id}/revoke", response_model=GrantOut, responses=problems.refusals(Stale, Unconditional))
async def revoke_grant(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Take an office back before its term is over; the next request of its holder is refused."""
    row = await db.fetch(caller, Granted, id, GRANTS.shape.seen())
    caller.require_giving(row.role, Place.of(row).target())
    await pages.unchanged(caller, GRANTS, id, row.version, if_match)
    row.revoked_at = row.revoked_at or caller.at
    await db.keep(caller, row, "revoke", fields=["revoked_at"])
    return await pages.written(caller, GRANTS, id, f"/v1/grants/{id}")
