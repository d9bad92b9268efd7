"""What the command line may do without the API: the first administrator, a token at hand, keys. Through the same write door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from api import db
from api.access import NOBODY, moment
from api.domain.access.keys import another
from api.domain.access.people import ApiKey, Granted, Invitation, Principal, PrincipalKind, new_secret, sha256
from api.domain.fields import new_id
from api.domain.levels import Level
from api.domain.roles import Role
from api.settings import Settings
from api.tokens import Keyring, SigningKey, new_signing_key

DAY = timedelta(days=1)


class Unknown(Exception):
    """The person or key that was named is not there."""


@dataclass
class Founder:
    """The command line as a writer: no principal, and its own name as request id."""

    session: AsyncSession
    at: datetime
    principal: UUID = NOBODY
    request_id: str = "command-line"


@asynccontextmanager
async def founder(url: str) -> AsyncIterator[Founder]:
    """One transaction of the command line, as the owner of the database."""
    engine = db.write_engine(Settings(), url)
    try:
        async with db.transaction(engine) as session:
            yield Founder(session, moment())
    finally:
        await engine.dispose()


async def sign_keys(url: str) -> None:
    """Give a new database its first signing key; where it has one nothing happens."""
    made = new_signing_key()
    async with db.connected(url) as connection:
        await connection.execute("select app.add_signing_key($1, $2, true, $3)", made.kid, made.private_pem, moment())


async def rotate(url: str) -> str:
    """Add the next signing key. It signs after a minute, when every process has read it; nobody is signed out. Returns its id."""
    made = new_signing_key()
    async with db.connected(url) as connection:
        await connection.execute(
            "select app.add_signing_key($1, $2, false, $3)", made.kid, made.private_pem, moment() + timedelta(seconds=60)
        )
    return made.kid


async def token(url: str, email: str) -> str:
    """An access token of `email`, in a session of its own. Raises Unknown."""
    async with db.connected(url) as connection:
        keys = [SigningKey(r["kid"], r["private_pem"]) for r in await connection.fetch("select * from app.signing_keys($1)", moment())]
        who = await connection.fetchval("select principal_id from app.password_of($1)", email)
        if who is None or not keys:
            raise Unknown(f"Nobody here signs in as {email}; `amuprev serve` lists the people of the demonstration.")
        session = new_id()
        await connection.execute(
            "select app.open_session($1, $2, $3, $4, $5)", session, who, sha256(new_secret()), moment(), moment() + DAY
        )
        return Keyring(keys).issue(session)


async def add_person(url: str, email: str, name: str, admin: bool, *, demonstration: bool = False) -> str:
    """Add a person, as administrator of the region or without an office. Returns the token of an invitation, good once for seven days."""
    async with founder(url) as writer:
        person = Principal(kind=PrincipalKind.PERSON, email=email.strip().lower(), display_name=name, demonstration=demonstration)
        await db.keep(writer, person, "create", fields=["email", "display_name"])
        if admin:
            office = Granted(principal_id=person.id, role=Role.REGION_ADMIN, level=Level.REGION, starts_on=writer.at.date())
            await db.keep(writer, office, "grant")
        return await _link(writer, person, "invitation")


async def another_link(url: str, email: str) -> str:
    """The token of a link by which a person sets a password, good once for seven days. Raises Unknown."""
    async with founder(url) as writer:
        return await _link(writer, await _named(writer, email), "reset")


async def _link(writer: Founder, person: Principal, kind: str) -> str:
    secret = new_secret()
    invitation = Invitation(kind=kind, secret_sha256=sha256(secret), principal_id=person.id, expires_at=writer.at + 7 * DAY)
    await db.keep(writer, invitation, "invite")
    return f"{invitation.id}.{secret}"


async def _named(writer: Founder, email: str) -> Principal:
    person = (await writer.session.exec(select(Principal).where(Principal.email == email.strip().lower()))).first()
    if person is None:
        raise Unknown(f"Nobody here is known as {email}.")
    return person


async def create_key(url: str, email: str, days: int) -> str:
    """A key of the service account of `email`, made on first use with the same offices. Raises Unknown; Conflict where two are alive."""
    async with founder(url) as writer:
        person = await _named(writer, email)
        label = f"service of {person.id}"
        named = select(Principal).where(Principal.display_name == label, Principal.kind == PrincipalKind.SERVICE)
        service = (await writer.session.exec(named)).first()
        if service is None:
            where: dict[str, Any] = person.model_dump(include={"country_id", "municipality_id", "organisation_id"})
            service = Principal(kind=PrincipalKind.SERVICE, display_name=label, **where)
            await db.keep(writer, service, "create", fields=["display_name"])
            for held in (await writer.session.exec(select(Granted).where(Granted.principal_id == person.id))).all():
                said = held.model_dump(exclude={"id", "version", "created_at", "updated_at"}) | {"principal_id": service.id}
                await db.keep(writer, Granted.model_validate(said), "grant")
        another(service, (await writer.session.exec(select(ApiKey).where(ApiKey.principal_id == service.id))).all(), writer.at)
        row = ApiKey(id=new_id().hex[-12:], principal_id=service.id, secret_sha256="", expires_at=writer.at + days * DAY)
        secret = new_secret()
        row.secret_sha256 = sha256(secret)
        await db.keep(writer, row, "create", fields=["expires_at"])
        return f"amp_{row.id}_{secret}"


async def revoke_key(url: str, key_id: str) -> None:
    """Revoke a key. Raises Unknown."""
    async with founder(url) as writer:
        row = await writer.session.get(ApiKey, key_id)
        if row is None:
            raise Unknown(f"There is no key {key_id}.")
        row.revoked_at = row.revoked_at or writer.at
        await db.keep(writer, row, "revoke", fields=["revoked_at"])


async def new_epoch(url: str) -> None:
    """Say that this database begins a new life: cursors from before a restore are not good in it."""
    async with db.connected(url) as connection, connection.transaction():
        await connection.execute("update epoch set secret = gen_random_uuid(), started_at = now()")
        # Transaction numbers of another cluster mean nothing in this one and may lie ahead of its own: the feed, which answers only what is
        # behind the oldest running transaction, would hold those records back. So they come first, in the order of seq.
        await connection.execute("update change set xid = '1'::xid8 where xid <> '1'::xid8")
