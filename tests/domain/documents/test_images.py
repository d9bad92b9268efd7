"""What cameras write into photographs is left out, nothing else; Pillow, which the product does not use, makes and reads the pictures."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from api.domain.documents.images import strip_jpeg, strip_png
from api.domain.errors import Invalid

SECRETS = (b"Owner Of The Camera", b"13.7183", b"Model-X", b"http://ns.adobe.com/xap", b"Photoshop 3.0", b"a remark", b"ftypmp4")


def picture(size: tuple[int, int] = (90, 60), mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, size)
    image.putdata([(x * 7 % 256, x * 13 % 256, x * 29 % 256)[: len(mode)] if mode != "L" else x % 256 for x in range(size[0] * size[1])])
    return image


def photograph(*, turned: int = 6, **said: Any) -> bytes:
    """A photograph as a telephone saves it: owner, device and place, a remark, XMP, IPTC, and a film after its end."""
    exif = Image.Exif()
    exif[0x0112], exif[0xA430], exif[0x0110] = turned, "Owner Of The Camera", "Model-X"
    exif[0x8825] = {1: "N", 2: (13.0, 43.0, 5.88), 29: "13.7183"}
    out = io.BytesIO()
    picture().save(out, "JPEG", exif=exif, comment=b"a remark", xmp=b"<x:xmpmeta/>", quality=90, **said)
    iptc = b"Photoshop 3.0\x008BIM"
    raw = out.getvalue()
    return raw[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + raw[2:] + b"\0\0\0\x18ftypmp4"


def stripped(raw: bytes, strip: Any = strip_jpeg) -> bytes:
    out = io.BytesIO()
    strip(io.BytesIO(raw), out)
    return out.getvalue()


@pytest.mark.parametrize("said", [{}, {"progressive": True}, {"subsampling": 0, "restart_marker_blocks": 2}], ids=str)
def test_a_photograph_keeps_its_picture_and_loses_everything_else(said: dict[str, Any]) -> None:
    raw = photograph(**said)
    assert {secret for secret in SECRETS if secret in raw} == set(SECRETS)
    clean = stripped(raw)
    assert [secret for secret in SECRETS if secret in clean] == []
    before, after = Image.open(io.BytesIO(raw)), Image.open(io.BytesIO(clean))
    assert before.tobytes() == after.tobytes()
    assert dict(after.getexif()) == {0x0112: 6}, "how it lies is all that is left"
    assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "exif", "progressive", "progression"}
    assert stripped(clean) == clean


@pytest.mark.parametrize("turned", [0, 1, 3, 8, 9, 65535])
def test_an_orientation_is_kept_where_it_says_something(turned: int) -> None:
    after = Image.open(io.BytesIO(stripped(photograph(turned=turned))))
    assert after.getexif().get(0x0112, 0) == (turned if turned in (3, 8) else 0)


def test_colours_stay_what_they_are() -> None:
    """A profile and Adobe's mark are needed to show the colours; black and white and four inks have no three channels."""
    profile = b"\0" * 36 + b"acsp" + b"\0" * 100
    out = io.BytesIO()
    picture().save(out, "JPEG", icc_profile=profile)
    assert Image.open(io.BytesIO(stripped(out.getvalue()))).info["icc_profile"] == profile
    for mode in ("L", "CMYK"):
        out = io.BytesIO()
        picture().convert(mode).save(out, "JPEG")
        assert Image.open(io.BytesIO(stripped(out.getvalue()))).tobytes() == Image.open(out).tobytes()


def test_a_png_keeps_its_picture_and_loses_everything_else() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "Owner Of The Camera")
    said.add_itxt("XML:com.adobe.xmp", "http://ns.adobe.com/xap")
    exif = Image.Exif()
    exif[0x0110] = "Model-X"
    out = io.BytesIO()
    picture().save(out, "PNG", pnginfo=said, exif=exif, dpi=(300, 300))
    raw = out.getvalue() + b"ftypmp4"
    clean = stripped(raw, strip_png)
    assert [secret for secret in SECRETS if secret in clean] == []
    after = Image.open(io.BytesIO(clean))
    assert (after.tobytes(), set(after.info)) == (picture().tobytes(), {"dpi"})


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


BROKEN = {
    "jpeg cut in its head": (strip_jpeg, photograph()[:300]),
    "jpeg cut in its picture": (strip_jpeg, stripped(photograph())[:-40]),
    "jpeg of one marker": (strip_jpeg, b"\xff\xd8\xff"),
    "jpeg with a length of nothing": (strip_jpeg, b"\xff\xd8\xff\xdb\0\0"),
    "jpeg without markers": (strip_jpeg, b"\xff\xd8\xff\xdb\0\x03xyz"),
    "png cut": (strip_png, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13)),
    "png that announces more than there is": (strip_png, b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXtx"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused(name: str) -> None:
    strip, raw = BROKEN[name]
    with pytest.raises(Invalid, match="broken off"):
        stripped(raw, strip)


WHOLE = photograph(progressive=True)


@settings(max_examples=300, deadline=None)
@given(st.integers(2, len(WHOLE) - 1), st.binary(max_size=12))
def test_whatever_is_damaged_is_refused_or_stripped(at: int, scrap: bytes) -> None:
    """Never another error, and never a word of what was to be left out that does not lie in the picture's own data."""
    try:
        clean = stripped(WHOLE[:at] + scrap + WHOLE[at + len(scrap) :])
    except Invalid:
        return
    assert clean.startswith(b"\xff\xd8")
    assert clean.endswith(b"\xff\xd9")
