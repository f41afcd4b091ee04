"""How picture files begin; apart from what decodes them, which takes long to load."""

from __future__ import annotations

import re

MAGIC_BYTES = 32
"""What telling the format looks at."""

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_JPEG_MAGIC = b"\xff\xd8\xff"
_NETPBM = re.compile(rb"P[1-6][\s][0-9#\s]")
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Lengths of the second header of a BMP; two letters alone also begin texts."""


def picture_format(start: bytes) -> str:
    """Return the format of a file that begins with these bytes, as Pillow calls it, or ""."""
    if start.startswith(PNG_MAGIC):
        return "PNG"
    if start.startswith(_JPEG_MAGIC):
        return "JPEG"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if start.startswith(b"BM") and int.from_bytes(start[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WEBP"
    if start.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if _NETPBM.match(start):
        return "PPM"
    return ""
