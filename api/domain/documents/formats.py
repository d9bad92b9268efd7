"""What a file is, by its own bytes: nobody's word is taken for it, and what is not known is not taken in."""

import codecs
import struct
import zipfile
from enum import StrEnum
from typing import IO

from api.domain.errors import NotSpoken


class MimeType(StrEnum):
    """The formats that are taken in."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TEXT = "text/plain"
    """UTF-8 or an older single-byte encoding; tables with commas too."""
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"


SUFFIXES: dict[MimeType, tuple[str, ...]] = {
    MimeType.PDF: (".pdf",),
    MimeType.JPEG: (".jpg", ".jpeg"),
    MimeType.PNG: (".png",),
    MimeType.TEXT: (".txt", ".csv", ".tsv", ".md"),
    MimeType.DOCX: (".docx",),
    MimeType.XLSX: (".xlsx",),
    MimeType.ODT: (".odt",),
    MimeType.ODS: (".ods",),
}
"""What each may be saved as; the first where it was called something else."""

_MAGIC = {b"%PDF-": MimeType.PDF, b"\xff\xd8\xff": MimeType.JPEG, b"\x89PNG\r\n\x1a\n": MimeType.PNG}
_PARTS = {"word/document.xml": MimeType.DOCX, "xl/workbook.xml": MimeType.XLSX}
_CONTROL = bytes(sorted({*range(0x20), 0x7F} - {*b"\t\n\f\r"}))
_BLOCK = 1 << 16
_DIRECTORY = 1 << 20
"""The largest table of contents of an archive that is looked at, in bytes: each of its entries costs ten times that in memory."""


def sniffed(file: IO[bytes]) -> MimeType:
    """What `file` is. Raises NotSpoken where it is nothing that is taken in."""
    file.seek(0)
    head = file.read(8)
    for magic, found in _MAGIC.items():
        if head.startswith(magic):
            return found
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if _is_text(file):
        return MimeType.TEXT
    raise NotSpoken("Send a PDF, a JPEG or PNG image, a plain text or CSV, a DOCX, XLSX, ODT or ODS document.", "document-format-unknown")


def _is_text(file: IO[bytes]) -> bool:
    """Whether it holds no control characters: as UTF-8, or in an encoding that has one byte for each letter."""
    file.seek(0)
    decoder, utf8 = codecs.getincrementaldecoder("utf-8")(), True
    while block := file.read(_BLOCK):
        if len(block.translate(None, _CONTROL)) != len(block):
            return False
        if utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                utf8 = False
    return True


def _office(file: IO[bytes]) -> MimeType:
    """Which office document an archive is; nothing in it is unpacked. Raises NotSpoken for other archives and for those with macros."""
    names = _contents(file)
    found = next((kind for part, kind in _PARTS.items() if part in names and "[Content_Types].xml" in names), None)
    if found is None and "mimetype" in names:
        # OpenDocument (part 3, §3.3): the first entry, not compressed, so that its text stands at a fixed place.
        file.seek(30)
        first = file.read(8 + 60)
        ours = (kind for kind in (MimeType.ODT, MimeType.ODS) if first.startswith(b"mimetype" + kind.encode() + b"PK"))
        found = next(ours, None)
    if found is None:
        raise NotSpoken("This archive is no DOCX, XLSX, ODT or ODS document.", "document-format-unknown")
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        raise NotSpoken("Documents with macros are not taken in; save it without them.", "document-with-macros")
    return found


def _contents(file: IO[bytes]) -> set[str]:
    """The names in an archive; none where its table of contents is broken or larger than that of any document."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 22 - 0xFFFF))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return set()
    if struct.unpack("<I", tail[at + 12 : at + 16])[0] > _DIRECTORY:
        return set()
    try:
        with zipfile.ZipFile(file) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return set()
