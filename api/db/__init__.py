"""The write door: one request is one transaction, and its commit comes before its answer.

`keep` is the only way to write one row, `keep_many` its set form. Both append the change record from which audit, history and feed are
read, in the same transaction. A violated constraint becomes the refusal it is named after.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from api.db.blackouts import permitted
from api.db.doors import BypassingRole, Doors, Gate, connected, open_doors, refuse_bypass, write_engine
from api.db.freezes import unfrozen
from api.db.registers import REMEMBERED, remember, stamp
from api.domain.errors import Conflict, Invalid, NotFound
from api.domain.fields import Kept
from api.domain.levels.naming import own_schemes

Model = TypeVar("Model", bound=Kept)
__all__ = ["REMEMBERED", "BypassingRole", "Doors", "Gate", "connected", "open_doors", "refuse_bypass", "write_engine"]


class Author(Protocol):
    """What a change record needs to know of who writes."""

    principal: UUID
    request_id: str
    at: datetime


class Writer(Author, Protocol):
    """What the write door needs to know of who writes."""

    session: AsyncSession


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose work is kept whole when the block ends, and not at all where it raises."""
    async with AsyncSession(engine, expire_on_commit=False, autoflush=False) as session, session.begin():
        yield session
        await stamp(session)


async def driver(session: AsyncSession) -> asyncpg.Connection:
    """The bare connection under `session`, in its transaction: for COPY, and for answers rendered by the read door."""
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


async def keep(writer: Writer, row: Kept, action: str, *, fields: Sequence[str] | None = None) -> None:
    """Write `row` now and say so. Raises Conflict, Invalid where a constraint refuses it; a constraint is named by its refusal's code. Asks
    first whether an election forbids it, or a handover."""
    await permitted(writer, row)
    await unfrozen(writer, row, action)
    if fresh := action in CREATES:
        row.updated_at = row.created_at
    else:
        row.version += 1
        row.updated_at = writer.at
    await _forget_scopes(writer, row)
    await _remember(writer, row, fresh)
    writer.session.add(row)
    await _flush(writer.session)
    if hasattr(row, "external_ids") and (row.external_ids if fresh else fields is None or "external_ids" in fields):
        await _name(writer, row)
    await _record(writer, row, action, list(fields if fields is not None else type(row).model_fields))
    await _keep_scopes(writer, row)


async def remove(writer: Writer, row: Kept, action: str = "delete") -> None:
    """Delete `row` for good; the feed keeps a tombstone. Raises Conflict where others refer to it, or an election or a handover
    forbids it."""
    await permitted(writer, row)
    await unfrozen(writer, row, "delete")
    row.version += 1
    await _forget_scopes(writer, row)
    await _remember(writer, row)
    await writer.session.delete(row)
    try:
        await writer.session.flush()
    except IntegrityError as error:
        raise Conflict("Other records still refer to this; remove them first.", "still-referred-to") from error
    if hasattr(row, "external_ids"):
        await run(writer.session, UNNAME, noun=_noun(row), thing=_thing(row))
    await _record(writer, row, action, [])
    await _keep_scopes(writer, row)


CREATES = frozenset({"create", "propose", "invite", "grant", "import"})
"""Actions that make a record; every other one changes what is there."""

OUTSIDE_BODY = frozenset({"created_at", "updated_at", "version", "name_key"})
REACHES_SCOPES = {"granted": "one", "principal": "one"}
REACHES_SCOPES |= dict.fromkeys(("affiliation", "participation", "succession", "association", "programme"), "all")


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise refusal_of(error) from error


def refusal_of(error: DBAPIError) -> Exception:
    """The refusal that a violated constraint is named after. Never PostgreSQL's own text: it quotes the row."""
    cause = getattr(error.orig, "__cause__", None)
    code = getattr(cause, "constraint_name", None) or "conflict"
    state = getattr(cause, "sqlstate", "")
    if state == "23503":
        return Invalid("This refers to something that does not exist.", "unknown-reference")
    if state == "23514":
        return Invalid("This states something that cannot be.", code)
    if code.endswith("_pkey"):
        code = "already-exists"
    return Conflict("This cannot stand beside what is already there.", code)


def _noun(row: Kept) -> str:
    return str(type(row).__tablename__)


def _thing(row: Kept) -> str:
    return str(getattr(row, "id", None) or getattr(row, "slug", ""))


FOREIGN = """
    select s.slug from scheme s
    left join (select * from jsonb_each_text(cast(:said as jsonb)) n (scheme, value)) n on n.scheme = s.slug
    left join external_id e on e.noun = :noun and e.thing = :thing and e.scheme = s.slug
    left join organisation o on o.id = s.organisation_id
    where n.value is distinct from e.value and not (select app.write_region())
      and not coalesce(s.organisation_id = any((select app.write_organisations())::uuid[])
                       or o.country_id = any((select app.write_countries())::int[]), false)
    order by s.slug"""
"""Listed schemes of which a code is given, changed or taken away by somebody who does not write for their owner; official ones have
none."""

UNNAME = "delete from external_id where noun = :noun and thing = :thing"


async def _name(writer: Writer, row: Kept) -> None:
    """Keep external_id equal to the row's own copy. Raises Conflict(external-id-taken) where another thing has the code, NotAllowed where a
    code that changes belongs to a register or an owner for whom the caller does not write."""
    noun, thing, said = _noun(row), _thing(row), json.dumps(row.external_ids or {})  # type: ignore[attr-defined]
    own_schemes((await run(writer.session, FOREIGN, noun=noun, thing=thing, said=said)).scalars().all())
    await run(writer.session, UNNAME, noun=noun, thing=thing)
    for scheme, value in (row.external_ids or {}).items():  # type: ignore[attr-defined]
        statement = """insert into external_id (noun, scheme, value, thing, country_id, municipality_id, organisation_id)
                       values (:noun, :scheme, :value, :thing, :c, :m, :o)"""
        units = {"c": _unit(row, "country_id"), "m": _unit(row, "municipality_id"), "o": _organisation(row)}
        try:
            await run(writer.session, statement, noun=noun, thing=thing, scheme=scheme, value=value, **units)
        except IntegrityError as error:
            pointer = f"/external_ids/{scheme}"
            raise Conflict(f"Another {noun} already has this code of {scheme}.", "external-id-taken", pointer=pointer) from error


def _unit(row: Kept, column: str) -> int:
    if column == f"{_noun(row)}_id":
        return int(row.id)  # type: ignore[attr-defined]
    return int(getattr(row, column, None) or 0)


def _organisation(row: Kept) -> UUID | None:
    if _noun(row) in ("organisation", "programme"):
        return row.id  # type: ignore[attr-defined, no-any-return]
    return getattr(row, "organisation_id", None) or getattr(row, "programme_id", None)


def _body(row: Kept) -> str:
    """The record as the feed shows it: what is personal or secret is named by `fields`, never shown."""
    hidden = getattr(row, "PERSONAL", frozenset()) | OUTSIDE_BODY
    return row.model_dump_json(exclude=set(hidden))


async def _record(writer: Writer, row: Kept, action: str, fields: list[str]) -> None:
    statement = """insert into change (municipality_id, country_id, organisation_id, is_public, principal_id, request_id,
             noun, thing, action, version, fields, body, at)
           values (:m, :c, :o, :public, :who, :request, :noun, :thing, :action, :version, :fields, cast(:body as jsonb), :at)"""
    values = {
        "m": _unit(row, "municipality_id"),
        "c": _unit(row, "country_id"),
        "o": _organisation(row),
        "public": getattr(row, "PUBLIC", False),
        "who": writer.principal,
        "request": writer.request_id,
        "noun": _noun(row),
        "thing": _thing(row),
        "action": action,
        "version": row.version,
        "fields": [f for f in fields if f not in OUTSIDE_BODY],
        "body": None if action == "delete" else _body(row),
        "at": writer.at,
    }
    await run(writer.session, statement, **values)


SAW = """insert into change (municipality_id, country_id, organisation_id, principal_id, request_id, noun, thing, action, version, fields,
at)
    select t.municipality_id, t.country_id, cast(to_jsonb(t)->>'organisation_id' as uuid), :who, :request, '{noun}', t.id::text,
    'read-personal', t.version, :fields, :at
    from {noun} t where t.id = any(:ids)"""


async def saw(writer: Writer, model: type[Kept], ids: Sequence[UUID]) -> None:
    """Record that personal data of these rows was read: in the transaction that reads, before the answer."""
    noun, fields = str(model.__tablename__), sorted(getattr(model, "PERSONAL", ()))
    await run(
        writer.session, SAW.format(noun=noun), who=writer.principal, request=writer.request_id, fields=fields, at=writer.at, ids=list(ids)
    )


CHANGES = """insert into change (municipality_id, country_id, principal_id, request_id, noun, thing, action, version, body, at)
    select x.municipality_id, x.country_id, $1, $2, $3, $4, 'import', 1, x.body, $5 from ({}) x"""


async def keep_many(connection: asyncpg.Connection, author: Author, noun: str, thing: str, changes: str, *values: Any) -> None:
    """The change records of a set-based write in the same transaction: one an import and municipality.

    `changes` is a select of municipality_id, country_id and body (counts and periods, never values); its own parameters begin at $6.
    """
    await connection.execute(CHANGES.format(changes), author.principal, author.request_id, noun, thing, author.at, *values)


async def _remember(writer: Writer, row: Kept, fresh: bool = False) -> None:
    """Keep what `row` replaces, as it stands, where figures are made with it."""
    if _noun(row) in REMEMBERED:
        said = {"noun": _noun(row), "thing": _thing(row), "id": row.id, "public": getattr(row, "PUBLIC", False)}  # type: ignore[attr-defined]
        said |= {"c": _unit(row, "country_id"), "m": _unit(row, "municipality_id"), "o": _organisation(row), "who": writer.principal}
        await remember(writer.session, said, fresh)


async def _forget_scopes(writer: Writer, row: Kept) -> None:
    """Who may see what follows from this row, so the scopes kept of it go.

    Before the row is written: the lock that this takes lets the writers of such rows go one by one, where an exclusion constraint would let
    two that overlap wait for each other (met: 40P01 among four proposals). For every row anew: a savepoint that is undone brings them back.
    """
    reach = REACHES_SCOPES.get(_noun(row))
    # Whether somebody runs a municipality decides what its association may draft for it.
    if reach == "all" or (reach == "one" and _unit(row, "municipality_id")):
        await run(writer.session, "select app.forget_scopes()")


async def _keep_scopes(writer: Writer, row: Kept) -> None:
    """The scope of the one whom this row is about, kept anew in the same transaction."""
    if REACHES_SCOPES.get(_noun(row)) == "one":
        who = getattr(row, "principal_id", None) or row.id  # type: ignore[attr-defined]
        await run(writer.session, "select app.keep_scopes(:who, :at)", who=who, at=writer.at)


async def fetch(writer: Writer, model: type[Model], key: Any, seen: str) -> Model:
    """The row, for whoever changes it next to wait for. Raises NotFound, also outside `seen`, the caller's scope as SQL over `t`.

    Row security says the same; the predicate is repeated so that either of them alone would be enough. The lock is an advisory one, because
    `for update` would ask for the right to write before `access.require` could say 403 instead of 404.
    """
    table = model.__tablename__
    await run(writer.session, "select pg_advisory_xact_lock(hashtextextended(:thing, 0))", thing=f"{table} {key}")
    found = (await run(writer.session, f"select 1 from {table} t where t.id = :id and ({seen})", id=key)).first()
    row = await writer.session.get(model, key) if found else None
    if row is None:
        raise NotFound()
    return row


async def run(session: AsyncSession, statement: str, **values: Any) -> Any:
    """Execute hand-written SQL in the session's transaction; values travel as parameters."""
    return await session.exec(text(statement), params=values)  # type: ignore[call-overload]
