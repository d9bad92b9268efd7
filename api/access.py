"""The one place that turns a token or a key into a caller, and a caller into yes or no."""

import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer, OAuth2PasswordBearer
from sqlmodel.ext.asyncio.session import AsyncSession

from api import db
from api.db import Doors, Gate
from api.domain.errors import Invalid, NotAllowed, NotKnown
from api.domain.levels import Level
from api.domain.roles import Action, Held, Role, Target, may, may_give
from api.problems import request_id_of
from api.settings import Settings
from api.store import Store
from api.tokens import BadToken, Keyring, SigningKey, new_signing_key

LANGUAGES = ("en", "es", "pt")
NOBODY = UUID(int=0)

_password_flow = OAuth2PasswordBearer(
    tokenUrl="/v1/auth/token", auto_error=False, description="Sign in with an e-mail address and a password."
)
_bearer = HTTPBearer(auto_error=False, description="An access token, or a service key `amp_…`.")


@dataclass(frozen=True)
class House:
    """What one process holds open for all its requests."""

    settings: Settings
    doors: Doors
    keys: "Keys"
    secret: bytes
    epoch: str
    gate: Gate
    documents: Store


@dataclass
class Keys:
    """The signing keys as last read; reloaded when a token names one that is not known yet, at most once a second."""

    ring: Keyring = field(default_factory=lambda: Keyring([new_signing_key()]))
    loaded_at: float = 0.0


class Attempts:
    """How often one address may try before authentication: a bucket that refills by the minute. Many share one address, so it is wide."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.buckets: dict[str, tuple[float, float]] = {}

    def spend(self, address: str) -> int:
        """0, or the seconds to wait."""
        now = time.monotonic()
        left, since = self.buckets.pop(address, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - since) * self.per_minute / 60)
        if len(self.buckets) > 10_000:
            self.buckets.pop(next(iter(self.buckets)))
        self.buckets[address] = (max(left - 1, 0), now)
        return 0 if left >= 1 else max(1, int((1 - left) * 60 / self.per_minute))


@dataclass(frozen=True)
class Reading:
    """Who asks to read. Nothing has been looked up yet: the statement that reads enters the scope itself."""

    house: House
    credential: str | None
    request_id: str
    at: datetime
    language: str
    within: asyncpg.Connection | None = None
    """The connection of a write transaction, where the reading itself is recorded; else one of the read door's."""


@dataclass
class Caller:
    """Who asks to write, inside the transaction that shows only what this caller may see."""

    house: House
    session: AsyncSession
    principal: UUID
    request_id: str
    at: datetime
    language: str
    held: list[Held] = field(default_factory=list)
    outcome: tuple[int, str | None, bool] = (200, None, False)
    """Status, address and whether a secret was shown: what a repeated request needs to know (api/idempotency.py)."""

    async def reading(self, credential: str) -> Reading:
        """This caller as a reader inside its own transaction, for answers whose reading is recorded."""
        connection = await db.driver(self.session)
        return Reading(self.house, credential, self.request_id, self.at, self.language, connection)

    def may(self, action: Action, target: Target) -> bool:
        """Whether a role held now includes `action` at `target`."""
        return may(self.held, action, target)

    def require(self, action: Action, target: Target) -> None:
        """Raises NotAllowed unless a role held now includes `action` at `target`; the target is known to be visible."""
        if not self.may(action, target):
            raise NotAllowed(f"None of your roles includes {action} here; see GET /v1/me.")

    def require_giving(self, role: Role, target: Target) -> None:
        """Raises NotAllowed unless a role held now may give `role` at `target`."""
        if not may_give(self.held, role, target):
            raise NotAllowed(f"None of your roles may give {role} here; see GET /v1/roles.")


def language_of(request: Request) -> str:
    """The first language of Accept-Language that we have; English otherwise."""
    wanted = []
    for part in request.headers.get("accept-language", "").split(",")[:10]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), tag[:2].lower()))
        except ValueError:
            continue
    return next((tag for _, tag in sorted(wanted, key=lambda w: w[0]) if tag in LANGUAGES), "en")


def moment() -> datetime:
    """Now, by this process's clock: every rule about time, in Python or SQL, gets it from here."""
    return datetime.now(UTC)


async def _credential(request: Request, house: House) -> str | None:
    """What app.enter understands: 's' and a session, 'k' and a key; None for the public. Raises NotKnown on anything that is not good."""
    said = request.headers.getlist("authorization")
    if not said:
        return None
    kind, _, token = said[0].partition(" ")
    if kind.lower() != "bearer" or not token or len(said) > 1:  # Of two, another reader before us might have believed the other.
        raise NotKnown("Send `Authorization: Bearer TOKEN`.", "token-invalid")
    if token.startswith("amp_"):
        name, _, secret = token.removeprefix("amp_").partition("_")
        if not (name.isascii() and name.isalnum() and secret):
            raise NotKnown("This key is not good.", "token-invalid")
        return f"k{name}.{hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()}"
    try:
        return f"s{house.keys.ring.verify(token)}"
    except BadToken as bad:
        if bad.reason_code == "unknown-kid" and await reload_keys(house):
            return await _credential(request, house)
        raise NotKnown("This token is not good; sign in again or refresh it.", "token-invalid") from bad


async def reload_keys(house: House, *, least_s: float = 1.0) -> bool:
    """Read the signing keys again unless that was done within `least_s`. Returns whether it was done."""
    now = moment().timestamp()
    if abs(now - house.keys.loaded_at) < least_s:
        return False
    rows = await house.doors.reads.fetch("select kid, private_pem from app.signing_keys($1)", moment())
    house.keys.ring = Keyring([SigningKey(row["kid"], row["private_pem"]) for row in rows])
    house.keys.loaded_at = now
    return True


async def reading_of(request: Request) -> Reading:
    """Who asks. Raises NotKnown on a credential that is not good."""
    house: House = request.scope["house"]
    credential = request.scope["credential"] = await _credential(request, house)
    return Reading(house, credential, request_id_of(request), moment(), language_of(request))


def signed_in(reading: Reading) -> Reading:
    """The same. Raises NotKnown where nobody signed in."""
    if reading.credential is None:
        raise NotKnown("Sign in first: POST /v1/auth/token, then send `Authorization: Bearer TOKEN`.")
    return reading


async def _public(request: Request, _a: Any = Depends(_password_flow), _b: Any = Depends(_bearer)) -> Reading:
    return await reading_of(request)


async def _asking(reading: Annotated[Reading, Depends(_public)]) -> Reading:
    return signed_in(reading)


ENTER = "select app.enter(:credential, :request, :at)"
HELD = """select coalesce(json_agg(json_build_object('role', g.role, 'level', g.level, 'country_id', g.country_id,
    'association_id', g.association_id, 'organisation_id', g.organisation_id,
    'municipalities', case when g.municipality_id > 0 then app.written_with(g.municipality_id) else array[]::int[] end)), '[]')::text
    from app.effective(:who, :day) g"""


async def enter(caller: Caller, credential: str) -> None:
    """Tell PostgreSQL who asks and read the roles in force. Raises NotKnown where the credential is not good any more."""
    who = (await db.run(caller.session, ENTER, credential=credential, request=caller.request_id, at=caller.at)).scalar()
    if who is None:
        raise NotKnown("This token is not good any more; sign in again.", "token-invalid")
    caller.principal = who
    held = (await db.run(caller.session, HELD, who=who, day=caller.at.date())).scalar()
    caller.held = [_held(g) for g in json.loads(held)]


def _held(said: dict[str, Any]) -> Held:
    organisation = UUID(said["organisation_id"]) if said["organisation_id"] else None
    return Held(
        Role(said["role"]),
        Level(said["level"]),
        said["country_id"],
        said["association_id"],
        organisation,
        frozenset(said["municipalities"]),
    )


@asynccontextmanager
async def writing(reading: Reading) -> AsyncIterator[Caller]:
    """A transaction of whoever reads, where reading comes to a write: a file has arrived, what is personal was looked at."""
    assert reading.credential is not None
    async with db.transaction(reading.house.doors.writes) as session:
        caller = Caller(reading.house, session, NOBODY, reading.request_id, reading.at, reading.language)
        await enter(caller, reading.credential)
        yield caller


@asynccontextmanager
async def for_the_house(caller: Caller) -> AsyncIterator[None]:
    """Inside the block the transaction reaches every unit, and no name: for what somebody sets going who may not write it themselves.

    Where the block raises, the transaction is over, and the wider scope with it.
    """
    values = {"who": caller.principal, "request": caller.request_id}
    before = (await db.run(caller.session, "select app.enter_house(:who, :request)", **values)).scalar()
    yield
    await db.run(caller.session, "select app.back(:before)", before=before)


@asynccontextmanager
async def housekeeping(house: House) -> AsyncIterator[Caller]:
    """A transaction of nobody, in which the house does what follows from the calendar."""
    async with db.transaction(house.doors.writes) as session:
        caller = Caller(house, session, NOBODY, "clock", moment(), "en")
        async with for_the_house(caller):
            yield caller


async def one_by_one(house: House, due: str, do: Callable[[Caller, UUID], Awaitable[None]]) -> int:
    """Do what the calendar asks of each thing that `due` finds on :day, each in a transaction of its own. Returns how many were found."""
    async with housekeeping(house) as caller:
        found = (await db.run(caller.session, due, day=caller.at.date())).scalars().all()
    for id in found:
        async with housekeeping(house) as caller:
            await do(caller, id)
    return len(found)


async def _writing(reading: Annotated[Reading, Depends(_asking)]) -> AsyncIterator[Caller]:
    async with writing(reading) as caller:
        yield caller


async def _joining(reading: Annotated[Reading, Depends(_public)]) -> AsyncIterator[Caller]:
    """A transaction of somebody who is not signed in yet: signing in, accepting an invitation."""
    async with db.transaction(reading.house.doors.writes) as session:
        yield Caller(reading.house, session, NOBODY, reading.request_id, reading.at, reading.language)


Public = Annotated[Reading, Depends(_public)]
"""What a route declares to read what everyone may see, a little more where somebody signed in."""
Asking = Annotated[Reading, Depends(_asking)]
"""What a route declares to read as somebody."""
Writing = Annotated[Caller, Depends(_writing, scope="function")]
"""What a route declares to write: one transaction, committed before the answer is sent (the default scope would answer first)."""
Joining = Annotated[Caller, Depends(_joining, scope="function")]


def if_match(
    said: Annotated[
        str | None, Header(alias="If-Match", description="The ETag you read; the change is refused where another came first.")
    ] = None,
) -> int | None:
    """The version a change is of: If-Match holding the ETag that was read; None without it. Raises Invalid where it is none of ours."""
    if said is None:
        return None
    bare = said.strip().removeprefix("W/").strip('"').partition("-")[0]
    if not bare.isdigit() or len(bare) > 9:
        raise Invalid("If-Match must hold the ETag you read.", "etag-invalid", pointer="header/If-Match")
    return int(bare)


IfMatch = Annotated[int | None, Depends(if_match)]
