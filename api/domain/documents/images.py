"""Photographs without what their cameras wrote into them: place, time, owner, device, the small picture of before the crop.

Segments are copied that a decoder needs and all others are left out, so that what nobody thought of is left out too. Nothing is decoded:
the picture stays the same to the last bit, a stranger's file meets no decoder here, and a few kilobytes are in memory at a time.
Sources: ITU-T T.81 annex B (JPEG), JFIF 1.02, Exif 2.3 §4.6, W3C PNG third edition §5.
"""

import re
import struct
from typing import IO

from api.domain.errors import Invalid

_BLOCK = 1 << 16
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_NEEDED = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0), 0xDB}) - {0xC8}
"""Frames, tables, scans and restart intervals."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment."""
_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs".split())
"""The still picture, its colours and its resolution."""


def broken() -> Invalid:
    return Invalid("The image is broken off or not one; save it again and send that.", "image-broken")


def strip_jpeg(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy the picture. Of Exif only the orientation stays, without which it would lie on its side. Raises Invalid where it is broken."""
    source.seek(0)
    target.write(_exactly(source, 2))
    marker = _next(source)
    while marker != _EOI:
        if marker in _ALONE:
            target.write(bytes((0xFF, marker)))
        else:
            kept = _segment(marker, _exactly(source, _length(source)))
            if kept is not None:
                target.write(bytes((0xFF, marker)) + struct.pack(">H", len(kept) + 2) + kept)
        marker = _scanned(source, target) if marker == _SOS else _next(source)
    # What follows the end is no part of the picture: other pictures, or a film with its own place and time.
    target.write(bytes((0xFF, _EOI)))


def _exactly(source: IO[bytes], length: int) -> bytes:
    found = source.read(length)
    if len(found) != length:
        raise broken()
    return found


def _next(source: IO[bytes]) -> int:
    """The next marker; it may be preceded by fill bytes."""
    if _exactly(source, 1) != b"\xff":
        raise broken()
    while (marker := _exactly(source, 1)[0]) == 0xFF:
        pass
    if marker in (0x00, _SOI):
        raise broken()
    return marker


def _length(source: IO[bytes]) -> int:
    length = int(struct.unpack(">H", _exactly(source, 2))[0])
    if length < 2:
        raise broken()
    return length - 2


def _segment(marker: int, body: bytes) -> bytes | None:
    """What is kept of a segment; None for nothing."""
    if marker in _NEEDED or (marker == 0xEE and body.startswith(b"Adobe")) or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")):
        return body
    if marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        return body[:12] + b"\0\0"  # Without the small picture.
    if marker == 0xE1 and body.startswith(b"Exif\0\0") and (turned := orientation(body[6:])):
        return b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes((turned,)) + b"\0\0\0\0\0\0"
    return None


def orientation(tiff: bytes) -> int:
    """The orientation that the first directory of an Exif block states, 2 to 8; 0 where it is as it should be or not said."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 0
    at = struct.unpack(order + "I", tiff[4:8])[0]
    count = struct.unpack(order + "H", tiff[at : at + 2])[0] if at + 2 <= len(tiff) else 0
    for entry in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind = struct.unpack(order + "HH", tiff[entry : entry + 4])
        if (tag, kind) == (0x0112, 3):
            said = int(struct.unpack(order + "H", tiff[entry + 8 : entry + 10])[0])
            return said if 2 <= said <= 8 else 0
    return 0


def _scanned(source: IO[bytes], target: IO[bytes]) -> int:
    """Copy the data of a scan; returns the marker that ends it."""
    held = b""
    while block := source.read(_BLOCK):
        block = held + block
        if end := _MARKER.search(block):
            target.write(block[: end.start()])
            source.seek(end.end() - len(block), 1)
            return block[end.end() - 1]
        held = b"\xff" if block.endswith(b"\xff") else b""
        target.write(block[: len(block) - len(held)])
    raise broken()


def strip_png(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy the chunks of the still picture. Raises Invalid where it is broken."""
    source.seek(0)
    target.write(_exactly(source, 8))
    kind = b""
    while kind != b"IEND":
        head = _exactly(source, 8)
        length, kind = int(struct.unpack(">I", head[:4])[0]), head[4:]
        if kind in _CHUNKS:
            target.write(head)
            _copy(source, target, length + 4)
        else:
            _skip(source, length + 4)


def _copy(source: IO[bytes], target: IO[bytes], length: int) -> None:
    while length:
        piece = _exactly(source, min(length, _BLOCK))
        target.write(piece)
        length -= len(piece)


def _skip(source: IO[bytes], length: int) -> None:
    # The last byte is read: seeking past the end would go unnoticed.
    source.seek(length - 1, 1)
    _exactly(source, 1)
