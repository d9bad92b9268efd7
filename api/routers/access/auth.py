"""/auth: signing in and out, refreshing, passwords. What OIDC will add later ends in `_opened`, like a password does."""

import asyncio
import hashlib
import hmac
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import argon2
from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, ConfigDict, Field

from api import db, problems
from api.access import Attempts, Caller, Joining, Writing
from api.collection import ReadRoute
from api.domain.access.people import Acceptance, NewPassword, new_secret, part_token, sha256
from api.domain.access.signing import REUSED, admitted, known_password, lasting, used
from api.domain.errors import Conflict, TooMany
from api.domain.fields import new_id

router = APIRouter(prefix="/v1/auth", tags=["access"], route_class=ReadRoute)
hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NO_SUCH = hasher.hash("nobody's password, so that an unknown address takes as long as a known one")
GRACE = timedelta(seconds=60)


class Tokens(BaseModel):
    """What signing in gives (OAuth2, RFC 6749)."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    access_token: str
    """Send it as `Authorization: Bearer …`. It names a session and nothing else."""
    token_type: str = "bearer"  # noqa: S105 - the kind of token, as OAuth2 calls it, and no secret.
    expires_in: int
    """Seconds until the access token is over."""
    refresh_token: str
    """Gives new tokens at POST /v1/auth/refresh; each is good once."""


class Refresh(BaseModel):
    """The body that renews tokens."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: Annotated[str, Field(max_length=200)]


def spend(request: Request) -> None:
    """Raises TooMany where this address has tried too often; only what comes before authentication is counted."""
    attempts: Attempts = request.scope["attempts"]
    client = request.client.host if request.client else "-"
    admitted(attempts.spend(client))


LIMITED = [Depends(spend)]
SIGNED = problems.refusals(TooMany)


def verified(hash: str, password: str) -> bool:
    try:
        return hasher.verify(hash, password)
    except argon2.exceptions.Argon2Error:
        return False


@router.post("/token", response_model=Tokens, dependencies=LIMITED, responses=SIGNED)
async def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], caller: Joining) -> Any:
    """Sign in with an e-mail address (`username`) and a password."""
    row = (
        await db.run(
            caller.session,
            "select principal_id, password_hash from app.password_of(:mail)",
            mail=form.username.strip()[:254].replace("\x00", ""),
        )
    ).first()
    good = await asyncio.to_thread(verified, row.password_hash if row else NO_SUCH, form.password[:1000])
    known_password(good and row is not None)
    assert row is not None
    return await _opened(caller, row.principal_id)


async def _opened(caller: Caller, who: UUID) -> Tokens:
    session, secret = new_id(), new_secret()
    await db.run(
        caller.session,
        "select app.open_session(:id, :who, :refresh, :at, :until)",
        id=session,
        who=who,
        refresh=sha256(secret),
        at=caller.at,
        until=caller.at + timedelta(days=caller.house.settings.refresh_token_days),
    )
    return _tokens(caller, session, secret)


def _tokens(caller: Caller, session: UUID, secret: str) -> Tokens:
    lifetime = min(caller.house.settings.access_token_s, 900)
    access = caller.house.keys.ring.issue(session, lifetime)
    return Tokens(access_token=access, expires_in=lifetime, refresh_token=f"{session}.{secret}")


@router.post("/refresh", response_model=Tokens, dependencies=LIMITED, responses=SIGNED)
async def refresh_tokens(body: Refresh, caller: Joining) -> Any:
    """New tokens for a refresh token. It is good once; repeated within a minute, because the answer was lost, it gives the same successor.
    Used again later it ends the session: somebody else must hold it."""
    session, secret = part_token(body.refresh_token, "/refresh_token")
    # The successor follows from the token and a secret of the server, so that a repetition can answer it again without keeping it.
    successor = hmac.new(caller.house.secret, f"{session}.{secret}".encode(), hashlib.sha256).hexdigest()
    outcome = (
        await db.run(
            caller.session,
            "select app.rotate_session(:id, :refresh, :successor, :at, :until, :grace)",
            id=session,
            refresh=sha256(secret),
            successor=sha256(successor),
            at=caller.at,
            until=caller.at + timedelta(days=caller.house.settings.refresh_token_days),
            grace=GRACE,
        )
    ).scalar()
    if outcome == "reused":
        return problems.answer(REUSED, caller.request_id)  # Answered, not raised: the transaction must keep that the session ended.
    lasting(outcome)
    return _tokens(caller, session, successor)


@router.post("/logout", status_code=204)
async def sign_out(request: Request, caller: Writing, everywhere: bool = False) -> Response:
    """End this session, or with `everywhere=true` all of mine; its tokens are refused from the next request on."""
    credential = request.scope["credential"]
    only = UUID(credential[1:]) if credential.startswith("s") and not everywhere else None
    await db.run(caller.session, "select app.end_sessions(:who, :only, :at)", who=caller.principal, only=only, at=caller.at)
    return Response(status_code=204)


async def _set(caller: Caller, who: UUID, password: str) -> None:
    hashed = await asyncio.to_thread(hasher.hash, password)
    await db.run(caller.session, "select app.end_sessions(:who, null, :at)", who=who, at=caller.at)
    await db.run(caller.session, "select app.set_password(:who, :hash, :at)", who=who, hash=hashed, at=caller.at)


@router.post("/password", status_code=204, responses=problems.refusals(Conflict))
async def change_password(body: NewPassword, caller: Writing) -> Response:
    """Change my password; every session of mine ends, this one too."""
    row = (
        await db.run(
            caller.session, "select c.password_hash from principal p, app.password_of(p.email) c where p.id = :who", who=caller.principal
        )
    ).first()
    known_password(await asyncio.to_thread(verified, row.password_hash if row else NO_SUCH, body.present), "/present")
    await _set(caller, caller.principal, body.new)
    return Response(status_code=204)


@router.post("/accept", response_model=Tokens, dependencies=LIMITED, responses=SIGNED)
async def accept_invitation(body: Acceptance, caller: Joining) -> Any:
    """Set a password by an invitation or reset link, which is good once, and be signed in."""
    invitation, secret = part_token(body.token)
    who = (
        await db.run(caller.session, "select app.use_invitation(:id, :secret, :at)", id=invitation, secret=sha256(secret), at=caller.at)
    ).scalar()
    used(who)
    await _set(caller, who, body.password)
    return await _opened(caller, who)
