"""/documents: files of municipalities, each read by whoever its own class lets."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api import db, filing, pages, problems
from api.access import Asking, Caller, IfMatch, Public, Writing, writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.documents.documents import (
    AccessRights,
    Document,
    DocumentFields,
    DocumentKind,
    DocumentNew,
    DocumentOut,
    DocumentPatch,
    reclassed,
    rights_of,
    suffixed,
)
from api.domain.documents.formats import MimeType
from api.domain.errors import Conflict, NotSpoken, TooLarge
from api.domain.fields import merged
from api.idempotency import IdempotencyKey, once
from api.intake.upload import received
from api.pages import Listing

router = APIRouter(tags=["documents"], route_class=ReadRoute)


class DocumentQuery(pages.Query):
    """How documents are listed."""

    kind: DocumentKind | None = None
    access_rights: AccessRights | None = None
    redacts: UUID | None = None
    """Only the published part of this document."""


DOCUMENTS = Listing(
    "documents",
    DocumentOut,
    "document t join municipality m on m.id = t.municipality_id",
    filing.CLASSED,
    (("t.id", "uuid"),),
    DocumentQuery,
    {"kind": "t.kind = {value}", "access_rights": "t.access_rights = {value}", "redacts": "t.redacts_id = {value}"},
    {"municipality": "m.name", "file_name": "case when t.access_rights <> 'personal' then t.file_name end"},
    descending=True,
)
publish(
    router,
    DOCUMENTS,
    public=True,
    flat="/v1/documents",
    about="Documents that you may read, the newest first; without signing in, the public ones.",
    one=("document", "What a document is; its bytes are at `…/content`."),
)

BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = {"requestBody": {"required": True, "content": dict.fromkeys((*MimeType, "application/octet-stream"), BYTES)}}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes, to be saved and not shown.", "content": dict.fromkeys(MimeType, BYTES)},
    304: {"description": "You have it already (If-None-Match)."},
}
KNOWN: dict[int | str, dict[str, Any]] = {200: {"model": DocumentOut, "description": "This file is here already: its document, as it is."}}


@router.post(
    "/v1/municipalities/{unit}/documents",
    status_code=201,
    response_model=DocumentOut,
    responses=KNOWN | problems.refusals(Conflict, NotSpoken, TooLarge),
    openapi_extra=FILE,
)
async def add_document(
    request: Request, unit: UnitName, said: Annotated[DocumentNew, Query()], reading: Asking, key: IdempotencyKey = None
) -> Response:
    """Take in a document: the body is the file itself. What it is, is found in its bytes; a photograph is kept without what its camera
    wrote into it. The same file of the same class again is 200 with the document that is there, so repeating it is safe. Needs
    `documents:write` there, and for a personal one the personal scope."""
    async with writing(reading) as caller:
        target = await filing.place(caller, unit, rights_of(said))
    upload = await received(request, said.file_name, key)
    paper = await filing.examined(upload)
    await filing.put(reading.house, target, paper)
    async with once(request, reading, key, upload.sha256) as caller:
        id, fresh = await filing.file(caller, target, said, paper)
        answer = await _written(caller, id, 201 if fresh else 200)
    return answer


async def _written(caller: Caller, id: UUID, status: int = 200) -> Response:
    return await pages.written(caller, DOCUMENTS, id, f"/v1/documents/{id}", status=status)


@router.get("/v1/documents/{id}/content", response_class=Response, responses=CONTENT)
async def read_content(request: Request, id: UUID, reading: Public) -> Response:
    """The bytes of a document, as an attachment. Its class decides who reads it, whatever cites it; the reading of a personal document is
    recorded. The ETag is the hash of the content."""
    return await filing.content(request, reading, id)


async def _fetch(caller: Caller, id: UUID, if_match: int | None) -> Document:
    row = await db.fetch(caller, Document, id, DOCUMENTS.shape.seen())
    await filing.place(caller, str(row.municipality_id), row.access_rights)
    await pages.unchanged(caller, DOCUMENTS, id, row.version, if_match)
    return row


@router.patch("/v1/documents/{id}", response_model=DocumentOut, responses=problems.CHANGES)
async def change_document(id: UUID, body: DocumentPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Call a document otherwise, or put it into a stricter or wider class; what is public is a file of its own and stays so. Needs
    `documents:write` there, and for a personal one the personal scope."""
    row = await _fetch(caller, id, if_match)
    before, changed = row.access_rights, merged(row, body, DocumentFields)
    reclassed(before, row.access_rights)
    await filing.place(caller, str(row.municipality_id), row.access_rights)
    row.file_name = suffixed(row.file_name, row.mime_type)
    await db.keep(caller, row, "change", fields=changed)
    return await _written(caller, id)


@router.delete("/v1/documents/{id}", status_code=204, responses=problems.CHANGES)
async def remove_document(id: UUID, caller: Writing, if_match: IfMatch) -> Response:
    """Remove a document that nothing cites: nobody reads it from now on, and its bytes leave the store within a day. Needs
    `documents:write` there, and for a personal one the personal scope."""
    await db.remove(caller, await _fetch(caller, id, if_match))
    return Response(status_code=204)
