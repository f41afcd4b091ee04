"""One picture file to grey levels: PNG, JPEG, BMP or GIF, told apart by their first bytes.

Pillow decodes what is left of a file once everything that draws nothing is taken out of it: texts,
colour profiles and previews are where small files hide large ones.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.pictures.magic import MAGIC_BYTES, PNG_MAGIC, picture_format

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import ImageFile

_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"})
_FILL = re.compile(rb"\xff+")
_SCAN, _END = 0xDA, 0xD9
_SCAN_MARK = bytes((0xFF, _SCAN))
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers of a JPEG that nothing belongs to (ITU-T T.81, table B.1)."""

_APPLICATION, _ADOBE, _COMMENT = range(0xE0, 0xF0), 0xEE, 0xFE
_EXIF_MARKER, _EXIF = 0xE1, b"Exif\0\0"
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each value of Exif's Orientation (CIPA DC-008, 4.6.4)."""

_DRAFT_SIDE = 4 * limits.MAX_IMAGE_SIDE
"""A camera's JPEG is decoded at a half, a quarter or an eighth, but never smaller than this."""

_SMALLER = "make it smaller"
_SAVE_AGAIN = "save it again with another program"

_FLAT = 16
"""Of 255 grey levels: less than this from darkest to brightest shows nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture, and what was done to it.

    Attributes
    ----------
    grey : (height, width) uint8, 255 is white
    coloured, transparent, turned : whether it had colours, a transparent ground, and lay on a side
    """

    grey: NDArray[np.uint8]
    coloured: bool = False
    transparent: bool = False
    turned: bool = False


def decoded(label: str, content: bytes) -> Picture:
    """Return the picture in a file; of several frames the first.

    Parameters
    ----------
    label : how errors name the file
    content : all of it; its format must be known

    Raises
    ------
    DatasetError
        If the picture is damaged or too large.
    """
    kind = picture_format(content[:MAGIC_BYTES])
    if kind == "PNG":
        content = _png_essentials(label, content)
    elif kind == "JPEG":
        content = _jpeg_essentials(label, content)
    try:
        # Pillow warns of what it can live with, and of sizes that are checked below anyway.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(_Pieces(label, content), formats=(kind,)) as image:
                _check_size(label, image, content)
                return _picture(image)
    except (DatasetError, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise DatasetError(
            f"{label}: more than the {limits.MAX_PICTURE_PIXELS:,} pixels accepted of one picture; "
            f"{_SMALLER}"
        ) from error
    except UnidentifiedImageError as error:
        raise DatasetError(
            f"{label}: the header of this {kind} picture is damaged; copy or download it "
            "again, or remove it"
        ) from error
    except Exception as error:  # Pillow's decoders raise nearly anything on a damaged file
        raise DatasetError(
            f"{label}: this {kind} picture is damaged ({error or type(error).__name__}); copy or "
            "download it again, or remove it"
        ) from error


class _Pieces(io.BytesIO):
    """A file in memory that cannot be read in endlessly many small pieces."""

    def __init__(self, label: str, content: bytes) -> None:
        super().__init__(content)
        self._label = label
        self._n_reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._n_reads += 1
        _check_pieces(self._label, self._n_reads)
        return super().read(size)


def _check_pieces(label: str, n: int) -> None:
    check_at_most(label, n, limits.MAX_PICTURE_PIECES, "pieces of one picture", _SAVE_AGAIN)


def _check_size(label: str, image: ImageFile.ImageFile, content: bytes) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise DatasetError(f"{label}: a picture of {width} x {height} pixels; nothing is in it")
    what = f"pixels of one picture, {width:,} x {height:,},"
    check_at_most(label, width * height, limits.MAX_PICTURE_PIXELS, what, _SMALLER)
    if image.format == "JPEG":
        n_scans, most = content.count(_SCAN_MARK), limits.MAX_SCANNED_PIXELS
        what = f"pixels in {n_scans} JPEG scans of {width:,} x {height:,}"
        check_at_most(label, n_scans * width * height, most, what, _SAVE_AGAIN)
    elif image.tile and image.tile[0][0] == "bmp_rle":
        what = f"pixels, {width:,} x {height:,}, in runs of equal ones"
        check_at_most(label, width * height, limits.MAX_RUN_PIXELS, what, _SAVE_AGAIN)


def _png_essentials(label: str, content: bytes) -> bytes:
    """Return a PNG without the chunks that draw nothing (PNG specification, section 11)."""
    kept = [PNG_MAGIC]
    at, n = len(PNG_MAGIC), 0
    while at < len(content):
        _check_pieces(label, n := n + 1)
        stop = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] in _PNG_CHUNKS:
            kept.append(content[at:stop])
        at = stop
    return b"".join(kept)


def _jpeg_essentials(label: str, content: bytes) -> bytes:
    """Return a JPEG without the segments that draw nothing (ITU-T T.81, annex B)."""
    kept = [content[:2]]
    at, n, has_exif = 2, 0, False
    # Without a marker, or where one is cut, Pillow says that it is damaged.
    while (fill := _FILL.match(content, at)) and fill.end() < len(content):
        _check_pieces(label, n := n + 1)
        at = fill.end() - 1
        marker = content[at + 1]
        if marker == _SCAN:
            rest = content[at:]
            n_scans = rest.count(_SCAN_MARK)
            check_at_most(label, n_scans, limits.MAX_PICTURE_SCANS, "JPEG scans", _SAVE_AGAIN)
            kept.append(rest)
            break
        if marker == _END:
            break
        if marker in _ALONE:
            at += 2
            continue
        stop = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at:stop]
        is_exif = marker == _EXIF_MARKER and segment[4:].startswith(_EXIF) and not has_exif
        has_exif = has_exif or is_exif
        if is_exif or marker == _ADOBE or not (marker in _APPLICATION or marker == _COMMENT):
            kept.append(segment)
        at = stop
    return b"".join(kept)


def _picture(image: Image.Image) -> Picture:
    if image.format == "JPEG" and min(image.size) >= 2 * _DRAFT_SIDE:
        image.draft(None, (_DRAFT_SIDE, _DRAFT_SIDE))
    turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    image.load()
    transparent = False
    coloured = image.mode not in ("1", "L", "LA", "La") and not image.mode.startswith("I")
    if image.has_transparency_data and not image.mode.startswith("I"):
        grey, transparent = _on_ground(image)
    elif image.mode.startswith("I"):  # 16 bits; Pillow's own conversion cuts them off at 255
        levels = np.multiply(np.clip(np.asarray(image), 0, 65535), 1 / 257, dtype=np.float32)
        grey = Image.fromarray(np.rint(levels, out=levels).astype(np.uint8))
    elif image.mode in ("L", "1", "RGB", "YCbCr"):
        grey = image.convert("L")
    else:
        grey = image.convert("RGB").convert("L")
    if turn is not None:
        grey = grey.transpose(turn)
    return Picture(np.array(grey), coloured, transparent, turn is not None)


def _on_ground(image: Image.Image) -> tuple[Image.Image, bool]:
    """Return a picture laid on white, or on black where nothing of it can be seen on white.

    Drawings with a transparent ground are mostly dark: on paper they look as they were meant.
    Light ink would be lost there.
    """
    full = image.convert("RGBA")
    alpha = full.getchannel("A")
    grey = full.convert("L")
    if np.asarray(alpha).min() == 255:
        return grey, False
    on_white = Image.composite(grey, Image.new("L", grey.size, 255), alpha)
    if np.ptp(np.asarray(on_white)) >= _FLAT:
        return on_white, True
    return Image.composite(grey, Image.new("L", grey.size, 0), alpha), True
