"""A picture file without all that draws nothing: texts, colour profiles, previews, notes.

There small files hide large ones, and Pillow reads some of it before anybody asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.picture_magic import PNG_MAGIC

if TYPE_CHECKING:
    from collections.abc import Callable

SAVE_AGAIN = "save it again with another program"

_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PNG_EXIF = b"eXIf"
_FILL = re.compile(rb"\xff+")
_SCAN, _END = 0xDA, 0xD9
_SCAN_MARK = bytes((0xFF, _SCAN))
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers of a JPEG that nothing belongs to (ITU-T T.81, table B.1)."""

_APPLICATION, _ADOBE, _COMMENT = range(0xE0, 0xF0), 0xEE, 0xFE
_EXIF_MARKER, _EXIF = 0xE1, b"Exif\0\0"
_ORIENTATION = 0x0112

_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_WEBP_EXIF = b"EXIF"

_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of one value of each type (TIFF 6.0, section 2)."""

_TIFF_TAGS = frozenset(
    {256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320}
    | {322, 323, 324, 325, 338, 339}
)
"""Sizes, bits, colours, and where the strips and tiles are."""

_METHOD, _FILL_ORDER, _LENGTHS = 259, 266, (279, 325)
_TIFF_METHODS = frozenset({1, 2, 3, 4, 5, 8, 32773, 32946})
"""Plain, faxes, LZW, deflate and runs of bytes."""

_MAX_TIFF_VALUES = 70_000
"""Of one tag: the strips of a picture of as many rows as are accepted, or a palette of 16 bits."""


def essentials(label: str, kind: str, content: bytes) -> tuple[bytes, int]:
    """Return a file without what draws nothing, and the value of its Orientation, 1 is upright.

    Parameters
    ----------
    label : how errors name the file
    kind : as :func:`core.sources.picture_magic.picture_format` tells it
    content : all of it

    Raises
    ------
    DatasetError
        If it is in too many pieces, or in a way that is never read.
    """
    strip = _STRIPPED.get(kind)
    return (content, 1) if strip is None else strip(label, content)


def check_pieces(label: str, n: int) -> None:
    """Check in how many pieces a picture is.

    Raises
    ------
    DatasetError
        If there are too many.
    """
    check_at_most(label, n, limits.MAX_PICTURE_PIECES, "pieces of one picture", SAVE_AGAIN)


def _png(label: str, content: bytes) -> tuple[bytes, int]:
    """PNG specification, section 11."""
    kept, turn = [PNG_MAGIC], 1
    at, n = len(PNG_MAGIC), 0
    while at < len(content):
        check_pieces(label, n := n + 1)
        stop = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if kind in _PNG_CHUNKS:
            kept.append(content[at:stop])
        elif kind == _PNG_EXIF and turn == 1:
            turn = _orientation(content[at + 8 : stop - 4])
        at = stop
    return b"".join(kept), turn


def _jpeg(label: str, content: bytes) -> tuple[bytes, int]:
    """ITU-T T.81, annex B."""
    kept, turn = [content[:2]], 0
    at, n = 2, 0
    # Without a marker, or where one is cut, Pillow says that it is damaged.
    while (fill := _FILL.match(content, at)) and fill.end() < len(content):
        check_pieces(label, n := n + 1)
        at = fill.end() - 1
        marker = content[at + 1]
        if marker == _SCAN:
            rest = content[at:]
            n_scans = rest.count(_SCAN_MARK)
            check_at_most(label, n_scans, limits.MAX_PICTURE_SCANS, "JPEG scans", SAVE_AGAIN)
            kept.append(rest)
            break
        if marker == _END:
            break
        if marker in _ALONE:
            at += 2
            continue
        stop = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at:stop]
        if marker == _EXIF_MARKER and segment[4:].startswith(_EXIF) and not turn:
            turn = _orientation(segment[4 + len(_EXIF) :])
        if marker == _ADOBE or not (marker in _APPLICATION or marker == _COMMENT):
            kept.append(segment)
        at = stop
    return b"".join(kept), turn or 1


def _webp(label: str, content: bytes) -> tuple[bytes, int]:
    """RFC 9649, section 2; of an animation only the first frame, which is all that is shown."""
    kept, turn = [b"WEBP"], 1
    at, n, n_frames = 12, 0, 0
    while at + 8 <= len(content):
        check_pieces(label, n := n + 1)
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        stop = at + 8 + size + size % 2
        body = content[at + 8 : at + 8 + size]
        if n == 1:
            _check_canvas(label, kind, body)
        n_frames += kind == b"ANMF"
        if kind == b"VP8X":  # without the marks of what is left out
            kept.append(content[at : at + 8] + bytes([body[0] & 0x12 if body else 0]) + body[1:])
        elif kind in _WEBP_CHUNKS and (kind != b"ANMF" or n_frames == 1):
            kept.append(content[at:stop])
        elif kind == _WEBP_EXIF:
            turn = _orientation(body.removeprefix(_EXIF))
        at = stop
    joined = b"".join(kept)
    return b"RIFF" + len(joined).to_bytes(4, "little") + joined, turn


def _check_canvas(label: str, kind: bytes, body: bytes) -> None:
    """Check the size of a WebP, for which memory is taken as soon as Pillow looks at it."""
    width = height = 0
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(body[i : i + 3], "little") for i in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        width, height = 1 + bits % 2**14, 1 + (bits >> 14) % 2**14
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(body[i : i + 2], "little") % 2**14 for i in (6, 8))
    what = f"pixels of one WebP, {width:,} x {height:,},"
    check_at_most(label, width * height, limits.MAX_WEBP_PIXELS, what, "make it smaller")


def _tiff(label: str, content: bytes) -> tuple[bytes, int]:
    """TIFF 6.0, section 2: the first picture alone, behind all that was there."""
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    turn = 1

    def number(at: int, n: int) -> int:
        return int.from_bytes(content[at : at + n], order)

    at = number(4, 4)
    kept = []
    for place in range(at + 2, at + 2 + 12 * number(at, 2), 12):
        tag, type_, n = number(place, 2), number(place + 2, 2), number(place + 4, 4)
        size = _TIFF_SIZES.get(type_, 0)
        value = number(place + 8, size) if n == 1 and size <= 4 else 0
        if tag == _ORIENTATION:
            turn = value
        if tag not in _TIFF_TAGS or not size:
            continue
        check_at_most(label, n, _MAX_TIFF_VALUES, f"values of TIFF's tag {tag}", SAVE_AGAIN)
        if tag == _METHOD and value not in _TIFF_METHODS:
            raise DatasetError(
                f"{label}: this TIFF is compressed by method {value}, which is not read; save it "
                "as PNG, or without compression"
            )
        if tag == _FILL_ORDER and value != 1:
            raise DatasetError(f"{label}: the bits of this TIFF are in reverse; save it as PNG")
        if tag in _LENGTHS:
            start = place + 8 if n * size <= 4 else number(place + 8, 4)
            n_bytes = sum(number(start + i * size, size) for i in range(n))
            # Strips may be the same bytes again and again, each of them read anew.
            check_at_most(label, n_bytes, 2 * len(content), "bytes of its strips", SAVE_AGAIN)
        kept.append(content[place : place + 12])
    directory = len(kept).to_bytes(2, order) + b"".join(kept) + bytes(4)
    padding = bytes(len(content) % 2)
    moved = (len(content) + len(padding)).to_bytes(4, order)
    return content[:4] + moved + content[8:] + padding + directory, turn


def _orientation(notes: bytes) -> int:
    """Return Exif's Orientation (CIPA DC-008, 4.6.4); 1 where nothing is said.

    Pillow would read all notes for it, and each of 65,535 may refer to all of them.
    """
    if notes[:2] not in (b"II", b"MM"):
        return 1
    order: Literal["little", "big"] = "little" if notes[:2] == b"II" else "big"

    def number(at: int, n: int) -> int:
        return int.from_bytes(notes[at : at + n], order)

    at = number(4, 4)
    places = range(at + 2, at + 2 + 12 * number(at, 2), 12)
    return next((number(place + 8, 2) for place in places if number(place, 2) == _ORIENTATION), 1)


_STRIPPED: dict[str, Callable[[str, bytes], tuple[bytes, int]]] = {
    "PNG": _png,
    "JPEG": _jpeg,
    "WEBP": _webp,
    "TIFF": _tiff,
}
