"""Documents: uploaded once, cited by many; who reads one is decided by the document itself, never by what cites it."""

import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, StringConstraints
from sqlmodel import Field

from api.domain.documents.formats import SUFFIXES, MimeType
from api.domain.errors import Conflict, Invalid, NotAllowed
from api.domain.fields import Fields, Row, new_id, one_of, patch_of
from api.domain.transition.blackouts import PublicAct


class AccessRights(StrEnum):
    """The class of a document: who may read it (Dublin Core `accessRights`)."""

    PUBLIC = "public"
    """Everyone, also without signing in."""
    COMMITTEE = "committee"
    """Whoever reads the municipality."""
    PERSONAL = "personal"
    """Whoever has the personal scope there; each reading of its content is recorded."""


class DocumentKind(StrEnum):
    """What a document is, for whoever looks for it."""

    COUNCIL_INSTRUMENT = "council_instrument"
    BYLAWS = "bylaws"
    COMMITMENT = "commitment"
    CALL = "call"
    MINUTES = "minutes"
    ATTENDANCE_LIST = "attendance_list"
    STATEMENT = "statement"
    TRAINING_MATERIAL = "training_material"
    DELIVERABLE = "deliverable"
    REPORT = "report"
    PHOTOGRAPH = "photograph"
    EVIDENCE = "evidence"
    OTHER = "other"


PERSONAL_KINDS = frozenset({DocumentKind.ATTENDANCE_LIST})
"""Kinds that hold names by their nature: personal where nothing else is said."""

RECORDS = frozenset({DocumentKind.COUNCIL_INSTRUMENT, DocumentKind.BYLAWS, DocumentKind.CALL, DocumentKind.MINUTES, DocumentKind.REPORT})
"""Kinds that accountability asks to publish; publishing any other is promotion where an election is near."""

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]")


def _plain(name: str) -> str:
    # A name is shown and saved by others: no folders, no control characters, nothing that turns the reading direction of a suffix round.
    if _NOT_IN_NAMES.search(name) or any("\ud800" <= c <= "\udfff" for c in name) or not name.strip(". "):
        raise ValueError("a file name holds no slashes, control characters or lone surrogates, and is more than dots")
    return name


FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_plain)]


class DocumentFields(Fields):
    """What is said of a document by whoever brings it."""

    kind: DocumentKind = one_of(DocumentKind, default=DocumentKind.OTHER)
    file_name: FileName
    """As it is saved by whoever downloads it; gets the suffix of what the bytes are, where it has another."""
    access_rights: AccessRights = one_of(AccessRights, default=AccessRights.COMMITTEE)
    """The class of the document."""


class DocumentNew(Fields):
    """What is said of a document beside its bytes."""

    id: Annotated[UUID, Field(default_factory=new_id)]
    """Bring your own UUIDv7, or leave it out; the same file again answers the document that is there."""
    kind: DocumentKind = DocumentKind.OTHER
    file_name: FileName
    """As it is saved by whoever downloads it; gets the suffix of what the bytes are, where it has another."""
    access_rights: AccessRights | None = None
    """Where it is missing: committee, and personal for an attendance list."""
    redacts_id: UUID | None = None
    """Only with `access_rights=public`: the document of which this is the part that may be published."""


DocumentPatch = patch_of(DocumentFields)


class Document(DocumentFields, Row, table=True):
    """The row of a document; its bytes lie in the store, under their hash."""

    PERSONAL: ClassVar = frozenset({"file_name", "sha256", "received_sha256"})

    country_id: int
    municipality_id: int
    mime_type: MimeType = one_of(MimeType)
    size: int
    sha256: str
    received_sha256: str
    redacts_id: UUID | None = None

    @property
    def PUBLIC(self) -> bool:
        """Whether everyone may learn of its changes."""
        return self.access_rights is AccessRights.PUBLIC

    @property
    def ACT(self) -> PublicAct | None:
        """What of it a blackout may refuse: that it is, or becomes, public."""
        if self.access_rights is not AccessRights.PUBLIC:
            return None
        return PublicAct.PUBLISH_RECORDS if self.kind in RECORDS else PublicAct.PUBLISH_PROMOTION


class DocumentOut(Row):
    """A document as it is read; its bytes are at `/v1/documents/{id}/content`."""

    municipality_id: int
    municipality: str
    """Name, for display; never a key."""
    kind: DocumentKind
    access_rights: AccessRights
    """The class of the document: who may read it, whatever cites it."""
    file_name: str | None
    """Null for a personal document: its name may name somebody, and comes with the content only."""
    mime_type: MimeType
    """As found in the bytes, whatever the sender said."""
    size: int
    """Bytes of the content as it is kept."""
    sha256: str
    """Of the content as it is kept, in hex; of a photograph that is without what its camera wrote into it."""
    redacts_id: UUID | None
    """The document of which this is the part that may be published."""


def rights_of(said: DocumentNew) -> AccessRights:
    """The class of a new document: by its kind where none was named. Raises Invalid where one that is not public redacts another."""
    rights = said.access_rights or (AccessRights.PERSONAL if said.kind in PERSONAL_KINDS else AccessRights.COMMITTEE)
    if said.redacts_id is not None and rights is not AccessRights.PUBLIC:
        raise Invalid("Only a public document is the published part of another.", "redaction-not-public", pointer="query/redacts_id")
    return rights


def suffixed(name: str, mime_type: MimeType) -> str:
    """`name`, with a suffix of its type: a page of scripts that calls itself a text must not open as a page where it is saved."""
    suffixes = SUFFIXES[mime_type]
    return name if PurePosixPath(name).suffix.lower() in suffixes else f"{name[:190]}{suffixes[0]}"


def handled(rights: AccessRights, *, personal: bool) -> None:
    """Raises NotAllowed where a document of this class needs the personal scope and the caller has none there."""
    if rights is AccessRights.PERSONAL and not personal:
        raise NotAllowed("Personal documents need the personal scope here; see GET /v1/me.", "personal-scope-required")


def reclassed(before: AccessRights, now: AccessRights) -> None:
    """Raises Conflict where a document would become public, or stop being so: what is published is a file of its own, and stays."""
    if before is not now and AccessRights.PUBLIC in (before, now):
        raise Conflict("Upload what may be published as a public document of its own, naming this one in redacts_id.", "published-apart")


def redacted(original: Document | None, sha256: str) -> None:
    """Raises Invalid where the original is not known, or where nothing was taken out of it."""
    if original is None:
        raise Invalid("There is no such document of this municipality.", "unknown-reference", pointer="query/redacts_id")
    if sha256 in (original.sha256, original.received_sha256):
        raise Invalid("This is the same file as the one it redacts.", "nothing-redacted", pointer="query/redacts_id")
