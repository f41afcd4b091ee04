"""One picture file to grey levels, its format told by its first bytes.

Pillow decodes what is left of a file once everything that draws nothing is taken out of it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.picture_magic import MAGIC_BYTES, picture_format
from core.sources.pictures.essentials import SAVE_AGAIN, check_pieces, essentials
from core.sources.pictures.pnm import read_pnm

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import ImageFile

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
    if kind == "PPM":
        pixels = read_pnm(label, content)
        return Picture(np.array(Image.fromarray(pixels).convert("L")), pixels.ndim == 3)
    content, orientation = essentials(label, kind, content)
    try:
        # Pillow warns of what it can live with, and of sizes that are checked below anyway.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(_Pieces(label, content), formats=(kind,)) as image:
                _check_size(label, image, content)
                return _picture(image, _UPRIGHT.get(orientation))
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
        check_pieces(self._label, self._n_reads)
        return super().read(size)


def _check_size(label: str, image: ImageFile.ImageFile, content: bytes) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise DatasetError(f"{label}: a picture of {width} x {height} pixels; nothing is in it")
    what = f"pixels of one picture, {width:,} x {height:,},"
    check_at_most(label, width * height, limits.MAX_PICTURE_PIXELS, what, _SMALLER)
    if image.format == "JPEG":
        n_scans, most = content.count(b"\xff\xda"), limits.MAX_SCANNED_PIXELS
        what = f"pixels in {n_scans} JPEG scans of {width:,} x {height:,}"
        check_at_most(label, n_scans * width * height, most, what, SAVE_AGAIN)
    elif image.tile and image.tile[0][0] == "bmp_rle":
        what = f"pixels, {width:,} x {height:,}, in runs of equal ones"
        check_at_most(label, width * height, limits.MAX_RUN_PIXELS, what, SAVE_AGAIN)


def _picture(image: Image.Image, turn: Image.Transpose | None) -> Picture:
    if image.format == "JPEG" and min(image.size) >= 2 * _DRAFT_SIDE:
        image.draft(None, (_DRAFT_SIDE, _DRAFT_SIDE))
    image.load()
    transparent = False
    coloured = image.mode not in ("1", "L", "LA", "La", "F") and not image.mode.startswith("I")
    if image.has_transparency_data and not image.mode.startswith("I"):
        grey, transparent = _on_ground(image)
    elif image.mode.startswith("I"):  # 16 bits; Pillow's own conversion cuts them off at 255
        levels = np.multiply(np.clip(np.asarray(image), 0, 65535), 1 / 257, dtype=np.float32)
        grey = Image.fromarray(np.rint(levels, out=levels).astype(np.uint8))
    elif image.mode == "F":  # fractions of white, or of 255
        levels = np.nan_to_num(np.asarray(image))
        full = 255 if levels.max() <= 1 else 1
        grey = Image.fromarray(np.rint(np.clip(levels * full, 0, 255)).astype(np.uint8))
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
