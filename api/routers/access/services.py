"""/services: accounts of pipelines and front ends, and their keys, which are used directly."""

import secrets
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import select

from api import db, pages, problems
from api.access import Asking, IfMatch, Writing
from api.collection import ReadRoute, publish
from api.domain.access.keys import another
from api.domain.access.people import (
    ApiKey,
    ApiKeyFields,
    ApiKeyMade,
    ApiKeyOut,
    Principal,
    PrincipalKind,
    PrincipalOut,
    ServiceNew,
    new_secret,
    sha256,
)
from api.domain.access.units import Place
from api.domain.errors import Conflict, Stale, Unconditional
from api.domain.roles import Action
from api.idempotency import Creating
from api.offices import Managed, give, place_of, require_managing
from api.pages import Listing

router = APIRouter(tags=["access"], route_class=ReadRoute)

KEYS = Listing("keys", ApiKeyOut, "api_key t", Managed(own="t.principal_id"), (("t.id", "text"),))
SERVICES = Listing("services", PrincipalOut, "principal t", Managed(own="t.id"), (("t.id", "uuid"),))

publish(router, KEYS, levels=(), flat="/v1/keys", about="Service keys at the units where you write, and your own; never their secrets.")


@router.post("/v1/services", status_code=201, response_model=PrincipalOut, responses=problems.refusals(Conflict))
async def add_service(body: ServiceNew, caller: Creating) -> Response:
    """Make a service account with one office that you may give; then give it a key."""
    place = await place_of(caller, body)
    caller.require_giving(body.role, place.target())
    service = Principal(kind=PrincipalKind.SERVICE, display_name=body.display_name, **place.located())
    await db.keep(caller, service, "create", fields=["display_name"])
    await give(caller, service.id, body)
    return await pages.written(caller, SERVICES, service.id, f"/v1/people/{service.id}", status=201)


@router.post("/v1/services/{id}/keys", status_code=201, response_model=ApiKeyMade, responses=problems.refusals(Conflict))
async def add_key(id: UUID, body: ApiKeyFields, caller: Creating) -> Response:
    """A key of a service account; it is shown this once. Two may be alive at once."""
    service = await db.fetch(caller, Principal, id, SERVICES.shape.seen())
    await require_managing(caller, service)
    alive = (await caller.session.exec(select(ApiKey).where(ApiKey.principal_id == id))).all()
    another(service, alive, caller.at)
    name, secret = secrets.token_hex(6), new_secret()
    row = ApiKey(
        id=name,
        principal_id=id,
        secret_sha256=sha256(secret),
        expires_at=caller.at + timedelta(days=body.days),
        **Place.of(service).located(),
    )
    await db.keep(caller, row, "create", fields=["expires_at"])
    return await pages.written(caller, KEYS, name, f"/v1/keys/{name}", status=201, extra={"key": f"amp_{name}_{secret}"})


@router.get("/v1/keys/{id}", response_model=ApiKeyOut)
async def read_key(request: Request, id: str, reading: Asking) -> Response:
    """One service key; never its secret."""
    return await pages.one(request, reading, KEYS, id)


@router.post("/v1/keys/{id}/revoke", response_model=ApiKeyOut, responses=problems.refusals(Stale, Unconditional))
async def revoke_key(id: str, caller: Writing, if_match: IfMatch) -> Response:
    """Revoke a key; its next request is refused."""
    row = await db.fetch(caller, ApiKey, id, KEYS.shape.seen())
    caller.require(Action.MANAGE_PEOPLE, Place.of(row).target())
    await pages.unchanged(caller, KEYS, id, row.version, if_match)
    row.revoked_at = row.revoked_at or caller.at
    await db.keep(caller, row, "revoke", fields=["revoked_at"])
    return await pages.written(caller, KEYS, id, f"/v1/keys/{id}")
