"""What a file is stands in its bytes: real files of each kind, those that pretend, and those that nobody asked for."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from PIL import Image

from api.domain.documents.documents import suffixed
from api.domain.documents.formats import MimeType, sniffed
from api.domain.errors import NotSpoken


def archive(*names: str, first: tuple[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if first:
            made.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 3)).save(out, kind)
    return out.getvalue()


ODT, ODS = ("mimetype", MimeType.ODT.value), ("mimetype", MimeType.ODS.value)
KNOWN = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", MimeType.PDF),
    "jpeg": (image("JPEG"), MimeType.JPEG),
    "png": (image("PNG"), MimeType.PNG),
    "text": ("Acta n.º 7\r\n\tSesión".encode(), MimeType.TEXT),
    "latin-1": ("Nombre;Institución\nMuñoz;Policía".encode("latin-1"), MimeType.TEXT),
    "text with a mark": (b"\xef\xbb\xbfa,b\n", MimeType.TEXT),
    "long text": ("ñ".encode() * 80_000, MimeType.TEXT),
    "page of scripts": (b"<html><script>alert(1)</script>", MimeType.TEXT),
    "docx": (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), MimeType.DOCX),
    "xlsx in another order": (archive("xl/workbook.xml", "_rels/.rels", "[Content_Types].xml"), MimeType.XLSX),
    "odt": (archive("content.xml", first=ODT), MimeType.ODT),
    "ods": (archive("content.xml", first=ODS), MimeType.ODS),
}
WHOLE = archive("[Content_Types].xml", "word/document.xml")
UNKNOWN = {
    "program": b"\x7fELF\x02\x01\x01",
    "gif": image("GIF"),
    "tiff": image("TIFF"),
    "webp": image("WEBP"),
    "utf-16": "Acta".encode("utf-16"),
    "text with a null": b"name\x00.txt",
    "zip": archive("a.txt"),
    "jar": archive("META-INF/MANIFEST.MF", "A.class"),
    "docx cut off": WHOLE[:-30],
    "docx with macros": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "odt with macros": archive("Basic/script-lc.xml", first=ODT),
    "odt compressed": archive("mimetype", "content.xml"),
    "huge table of contents": WHOLE[:-10] + struct.pack("<IIH", 0x7FFFFFFF, 0, 0),
    "zip64": WHOLE[:-22] + b"PK\x06\x07" + b"\0" * 16 + WHOLE[-22:],
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_file_is_what_its_bytes_are(name: str) -> None:
    raw, kind = KNOWN[name]
    assert sniffed(io.BytesIO(raw)) is kind


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_not_taken_in(name: str) -> None:
    with pytest.raises(NotSpoken):
        sniffed(io.BytesIO(UNKNOWN[name]))


def test_an_archive_of_a_million_names_costs_no_memory() -> None:
    entry = b"PK\x01\x02" + b"\0" * 42
    bomb = b"PK\x03\x04" + entry * 400_000
    bomb += b"PK\x05\x06\0\0\0\0" + struct.pack("<HHIIH", 0xFFFF, 0xFFFF, len(entry) * 400_000, 4, 0)
    tracemalloc.start()
    with pytest.raises(NotSpoken):
        sniffed(io.BytesIO(bomb))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("acta.pdf", MimeType.PDF, "acta.pdf"),
        ("Acta 7.PDF", MimeType.PDF, "Acta 7.PDF"),
        ("acta.pdf.exe", MimeType.PDF, "acta.pdf.exe.pdf"),
        ("lista.html", MimeType.TEXT, "lista.html.txt"),
        ("lista.csv", MimeType.TEXT, "lista.csv"),
        ("foto.jpeg", MimeType.JPEG, "foto.jpeg"),
        ("foto", MimeType.PNG, "foto.png"),
        ("á" * 200, MimeType.ODT, "á" * 190 + ".odt"),
    ],
)
def test_a_name_gets_the_suffix_of_what_it_is(name: str, kind: MimeType, saved: str) -> None:
    assert suffixed(name, kind) == saved
