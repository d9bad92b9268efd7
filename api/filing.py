"""Documents on their way in and out: looked at, put into the store, named by a row; read by whoever their class lets.

The file arrives whole before a transaction begins, because a slow line must not hold one open. Within it a lock on the hash stands between
the row and whoever sweeps the store.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from api import db, pages
from api.access import Caller, House, Reading, writing
from api.domain.documents.documents import AccessRights, Document, DocumentNew, handled, redacted, rights_of, suffixed
from api.domain.documents.formats import MimeType, sniffed
from api.domain.documents.images import strip_jpeg, strip_png
from api.domain.errors import NotFound
from api.domain.fields import found, made
from api.domain.roles import Action, Target
from api.intake.upload import SPOOL, Upload
from api.levels import Shape
from api.offices import municipality_of, opened


class Classed(Shape):
    """Rows of a municipality with a class of their own: the same words as the policy of the table."""

    def seen(self, mode: str = "read") -> str:
        """What the caller reads, over `t`: who may write is asked of roles."""
        assert mode == "read"
        return (
            f"(t.access_rights = 'public' or (t.access_rights = 'committee' and {super().seen('read')})"
            f" or (t.access_rights = 'personal' and {super().seen('personal')}))"
        )


CLASSED = Classed()
STRIP = {MimeType.JPEG: strip_jpeg, MimeType.PNG: strip_png}


@dataclass(frozen=True)
class Examined:
    """A file as it will be kept."""

    file: IO[bytes]
    mime_type: MimeType
    size: int
    sha256: str
    received_sha256: str

    def key(self, target: Target) -> str:
        """Where it lies in the store."""
        return f"{target.municipality_id}/{self.sha256}"


def _examined(upload: Upload) -> Examined:
    kind, file, sha256, size = sniffed(upload.file), upload.file, upload.sha256, upload.size
    if strip := STRIP.get(kind):
        file = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 — it is closed with the request that owns it.
        strip(upload.file, file)
        size = file.tell()
        file.seek(0)
        digest = hashlib.sha256()
        while block := file.read(1 << 16):
            digest.update(block)
        sha256 = digest.hexdigest()
    return Examined(file, kind, size, sha256, upload.sha256)


async def examined(upload: Upload) -> Examined:
    """What arrived, as it will be kept. Raises NotSpoken where it is nothing that is taken in, Invalid where an image is broken."""
    return await asyncio.to_thread(_examined, upload)


async def place(caller: Caller, unit: str, rights: AccessRights) -> Target:
    """The municipality that an address names. Raises NotFound; NotAllowed where the caller may not keep documents of this class there."""
    target = (await municipality_of(caller, unit, Action.WRITE_DOCUMENTS)).target()
    handled(rights, personal=await opened(caller, target.municipality_id))
    return target


KEPT = "select id from document where municipality_id = :m and access_rights = :rights and received_sha256 = :sha256"
LOCK = "select pg_advisory_xact_lock(hashtextextended(:key, 0))"


async def put(house: House, target: Target, paper: Examined) -> None:
    """Keep the bytes, before any row names them."""
    await house.documents.put(paper.key(target), paper.file)


async def file(caller: Caller, target: Target, said: DocumentNew, paper: Examined) -> tuple[UUID, bool]:
    """The document that these bytes are, and whether it is new: the same file of the same class again is the one that is there."""
    rights = rights_of(said)
    await place(caller, str(target.municipality_id), rights)
    await db.run(caller.session, LOCK, key=paper.key(target))
    values = {"m": target.municipality_id, "rights": rights.value, "sha256": paper.received_sha256}
    known = (await db.run(caller.session, KEPT, **values)).scalar()
    if known is not None:
        return known, False
    if said.redacts_id is not None:
        await _is_redaction(caller, target.municipality_id, said.redacts_id, paper)
    if not await caller.house.documents.has(paper.key(target)):
        await put(caller.house, target, paper)  # Whoever sweeps came between; now the lock keeps them out.
    more: dict[str, Any] = {"municipality_id": target.municipality_id, "country_id": target.country_id, "access_rights": rights}
    more |= {"mime_type": paper.mime_type, "size": paper.size, "sha256": paper.sha256, "received_sha256": paper.received_sha256}
    more |= {"file_name": suffixed(said.file_name, paper.mime_type)}
    await db.keep(caller, made(Document, said, **more), "create")
    return said.id, True


async def _is_redaction(caller: Caller, municipality: int, original: UUID, paper: Examined) -> None:
    try:
        row = await db.fetch(caller, Document, original, CLASSED.seen())
    except NotFound:
        row = None
    redacted(row if row is not None and row.municipality_id == municipality else None, paper.received_sha256)


LOOK = pages.prepared(
    f"""select e.who, q.* from {pages.ENTERED} left join lateral (
    select t.municipality_id, t.access_rights, t.file_name, t.mime_type, t.size, t.sha256 from document t
    where e.who is not null and {CLASSED.seen()} and t.id = {{id}}) q on true"""
)


async def content(request: Request, reading: Reading, id: UUID) -> Response:
    """The bytes, for whoever the class lets; of a personal document the reading is recorded before the first of them."""
    row = await pages.ask(reading, LOOK, pages.known_of(reading) | {"id": id})
    found(row["sha256"])
    if row["access_rights"] == AccessRights.PERSONAL:
        async with writing(reading) as caller:
            await db.saw(caller, Document, [id])
    headers = {
        "Content-Type": row["mime_type"],
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        # Should anything open it in place after all, it runs nothing and reaches nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if row["access_rights"] == AccessRights.PERSONAL:
        headers["Cache-Control"] = "no-store"
    answer = pages.conditional(request, b"", headers, f'"{row["sha256"]}"')
    if answer.status_code == 304:
        return answer
    pieces = await reading.house.documents.pieces(f"{row['municipality_id']}/{row['sha256']}")
    return StreamingResponse(pieces, headers=dict(answer.headers) | {"content-length": str(row["size"])})


UNFILED = "select key from app.unfiled(:keys) key"


async def sweep(house: House, before: datetime) -> int:
    """Drop the objects put before `before` that no document names: of removed documents, and of uploads that were broken off. How many."""
    dropped = 0
    async for keys in _unfiled(house, before):
        for key in keys:
            async with db.transaction(house.doors.writes) as session:
                await db.run(session, LOCK, key=key)
                if (await db.run(session, UNFILED, keys=[key])).first():
                    await house.documents.drop(key)
                    dropped += 1
    return dropped


async def _unfiled(house: House, before: datetime) -> AsyncIterator[list[str]]:
    async for keys in house.documents.older_than(before):
        async with db.transaction(house.doors.writes) as session:
            found = (await db.run(session, UNFILED, keys=keys)).scalars().all() if keys else []
        yield list(found)
