"""How picture files begin; apart from what decodes them, which takes long to load."""

from __future__ import annotations

MAGIC_BYTES = 32
"""What telling the format looks at."""

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_JPEG_MAGIC = b"\xff\xd8\xff"
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
    return ""
