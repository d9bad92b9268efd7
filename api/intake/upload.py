"""A file on its way in: spooled to disk while it arrives, and who sends it."""

import hashlib
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

import asyncpg
from fastapi import Request

from api.access import NOBODY, House
from api.domain.errors import Invalid, NotKnown, NotSpoken
from api.domain.fields import new_id
from api.domain.indicator.imports import Report

SPOOL = 1 << 20


@dataclass
class Upload:
    """A file that has arrived whole."""

    file: IO[bytes]
    sha256: str
    size: int
    name: str | None
    key: str | None = None
    """Idempotency-Key of the request."""


async def received(request: Request, name: str | None, key: str | None = None) -> Upload:
    """The body of the request, on disk beyond a megabyte, with its hash. Raises NotSpoken where the file is wrapped into a form: its hash
    and row numbers would be those of the wrapping; Invalid where it is empty."""
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise NotSpoken("Send the file itself as the body (curl --data-binary @FILE), not a form with the file in it.")
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 — it is closed with the request that owns it.
    digest, size = hashlib.sha256(), 0
    async for piece in request.stream():
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    if size == 0:
        raise Invalid("The file is empty.", "file-empty")
    return Upload(file, digest.hexdigest(), size, name, key)


def opened(path: Path) -> Upload:
    """A file of this machine."""
    file = path.open("rb")
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Upload(file, digest, path.stat().st_size, path.name)


Before = tuple[datetime, list[UUID]]
"""When a file came in first, and by which imports."""


@dataclass
class Intake:
    """One import under way."""

    house: House
    credential: str
    request_id: str
    at: datetime
    kind: str
    dry_run: bool
    whole: bool
    """Whether all is one transaction."""
    source_id: int = 0
    accepted: bool = False
    """Whether what is unlike what is known is right all the same."""
    principal: UUID = NOBODY
    id: UUID = field(default_factory=new_id)
    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "changed": 0, "unchanged": 0, "kept": 0})
    superseded: set[int] = field(default_factory=set)
    """Rows of which a value was corrected since the same file came in before."""
    before: Before | None = None
    """When the same file came in first, and by which imports; none where it never did, or is to restate what was corrected since."""

    sent_at: datetime | None = None
    """When what is taken in was sent, where that was earlier."""

    def holds(self, report: Report) -> bool:
        """Whether nothing is kept before somebody has looked at what the report warns of."""
        return bool(report.warnings) and not self.accepted and not self.dry_run

    async def enter(self, connection: asyncpg.Connection) -> None:
        """Tell PostgreSQL who asks, in each transaction anew: rights taken back meanwhile stop the import at its next chunk."""
        who = await connection.fetchval("select app.enter($1, $2, $3)", self.credential, self.request_id, self.at)
        if who is None:
            raise NotKnown("This token is not good any more; what was taken in so far is kept. Send the file again.", "token-invalid")
        self.principal = who
