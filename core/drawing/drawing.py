"""From ink on a sheet to an image as a data set has them: plainly, or placed as MNIST's are.

MNIST (Y. LeCun, C. Cortes, C. J. C. Burges, http://yann.lecun.com/exdb/mnist): a digit was made to
fit a box of 20 x 20 pixels, its proportions kept, its edges antialiased, and was then moved so
that its centre of mass came to the middle of 28 x 28. A model that has only seen such images knows
nothing of the same digit smaller or elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import read_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Split

MNIST_BOX = 20 / 28
"""The side of MNIST's box, as a part of the image's."""

FAINT = 0.1
"""Ink up to this is seen by nobody: it does not count where a figure ends."""

_ALIKE_PX = 0.25
"""Boxes and middles that differ by less are the same: a figure is moved by whole pixels anyway."""

_LOOKED_AT = 500
"""So many training images tell how all of them are placed."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How large a figure is in its image, and where.

    Attributes
    ----------
    box : the side of the box it just fits into, as a part of the image's
    by_mass : whether its centre of mass has a place of its own, or else the middle of its box
    middle : (down, right), that place, in pixels from the image's upper left corner
    """

    box: float
    by_mass: bool
    middle: tuple[float, float]

    def is_like(self, other: Placement, image_shape: tuple[int, int]) -> bool:
        """Whether the same drawing comes out nearly the same, in images of this shape."""
        away = [abs(a - b) for a, b in zip(self.middle, other.middle, strict=True)]
        box_px = abs(self.box - other.box) * max(image_shape)
        return self.by_mass == other.by_mass and max(*away, box_px) <= _ALIKE_PX


def mnist_placement(image_shape: tuple[int, int]) -> Placement:
    """Return MNIST's placement in images of another shape.

    Its middle is that of the pixel (14, 14) of 28 x 28, half a pixel down and right of the
    image's: there the centres of mass of its images lie on average.
    """
    height, width = image_shape
    return Placement(MNIST_BOX, True, (height // 2 + 0.5, width // 2 + 0.5))


def placement_of(split: Split, image_shape: tuple[int, int]) -> Placement | None:
    """Return how the images of a part are placed, on average; None if there is no ink in them.

    By mass where their centres of mass differ less among each other than those of their boxes.
    The box is the median of what the figures need.
    """
    images = split.images[:_LOOKED_AT].reshape(-1, *image_shape)
    images = images[(images > FAINT).any(axis=(1, 2))]
    if not len(images):
        return None
    shape = np.array(image_shape)
    boxes = np.array([ink_box(image) for image in images], dtype=np.float64)
    sides = (boxes[:, 2:] - boxes[:, :2]) / shape
    candidates = {
        True: np.array([centre_of_mass(image) for image in images]),
        False: (boxes[:, :2] + boxes[:, 2:]) / 2,
    }
    spread = {kind: float(places.std(axis=0).sum()) for kind, places in candidates.items()}
    by_mass = spread[True] < spread[False]
    down, right = candidates[by_mass].mean(axis=0).tolist()
    return Placement(float(np.median(sides.max(axis=1))), by_mass, (down, right))


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What was done to a drawing to place it.

    Attributes
    ----------
    box : (top, left, bottom, right) of the ink on the sheet; the last two are just outside
    mass : (down, right), the centre of mass of the ink, in pixels of the sheet
    cropped : the ink in its box, float32 in [0, 1]
    scaled : the same, fitted into the box of the image
    corner : (row, column) of the image at which ``scaled`` was put, its upper left corner
    enlarged : how many times larger the figure became than plainly scaled down
    moved : (down, right), how far its centre of mass moved, in pixels of the image
    """

    box: tuple[int, int, int, int]
    mass: tuple[float, float]
    cropped: NDArray[np.float32]
    scaled: NDArray[np.float32]
    corner: tuple[int, int]
    enlarged: float
    moved: tuple[float, float]

    def sentence(self) -> str:
        """Return in words what was done."""
        size = "its size kept"
        if self.enlarged >= _SAME_SIZE:
            size = f"enlarged {self.enlarged:.1f} times"
        elif self.enlarged <= 1 / _SAME_SIZE:
            size = f"reduced {1 / self.enlarged:.1f} times"
        down, right = (round(way) for way in self.moved)
        ways = [
            f"{abs(way)} {words[way > 0]}"
            for way, words in ((right, ("left", "right")), (down, ("up", "down")))
            if way
        ]
        return f"{size}, moved {', '.join(ways)}" if ways else f"{size}, not moved"


_SAME_SIZE = 1.05
"""Written with one decimal a smaller factor is 1.0."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A drawing as an image.

    Attributes
    ----------
    image : (height, width) float32 in [0, 1], read-only
    steps : how it was placed; None if it was not, or if there is nothing to place
    """

    image: NDArray[np.float32]
    steps: Steps | None = None


def ink_box(ink: NDArray[np.floating]) -> tuple[int, int, int, int] | None:
    """Return (top, left, bottom, right) of what is more than faint, or None if nothing is.

    The last two are just outside.
    """
    dark = ink > FAINT
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return None
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def centre_of_mass(ink: NDArray[np.floating]) -> tuple[float, float]:
    """Return (down, right) of the centre of mass of some ink, in pixels from the corner.

    ``sum (i + 1/2) x_ij / sum x_ij``: a pixel's mass lies in its middle.
    """
    rows, columns = ink.sum(axis=1, dtype=np.float64), ink.sum(axis=0, dtype=np.float64)
    down = rows @ (np.arange(len(rows)) + 0.5) / rows.sum()
    right = columns @ (np.arange(len(columns)) + 0.5) / columns.sum()
    return float(down), float(right)


def plain(ink: NDArray[np.floating], image_shape: tuple[int, int]) -> Drawn:
    """Return the whole sheet scaled down: each pixel is the mean of the ink it covers.

    Parameters
    ----------
    ink : (height, width) in [0, 1], of any size
    """
    return Drawn(read_only(_resized(ink, image_shape)))


def placed(ink: NDArray[np.floating], image_shape: tuple[int, int], placement: Placement) -> Drawn:
    """Return the ink of a sheet at the size and the place that ``placement`` says.

    Fitted into the box, proportions kept, and moved by whole pixels as near to its place as it
    goes without losing ink.

    Parameters
    ----------
    ink : (height, width) in [0, 1], of any size; a sheet without ink gives an empty image
    """
    image = np.zeros(image_shape, dtype=np.float32)
    box = ink_box(ink)
    if box is None:
        return Drawn(read_only(image))
    cropped = np.asarray(ink[box[0] : box[2], box[1] : box[3]], dtype=np.float32)
    scale = min(
        max(round(placement.box * side), 1) / ink_side
        for side, ink_side in zip(image_shape, cropped.shape, strict=True)
    )
    size = (max(round(cropped.shape[0] * scale), 1), max(round(cropped.shape[1] * scale), 1))
    scaled = _resized(cropped, size)
    own = centre_of_mass(scaled) if placement.by_mass else (size[0] / 2, size[1] / 2)
    row, column = (
        min(max(round(middle - at), 0), side - own_side)
        for middle, at, side, own_side in zip(placement.middle, own, image_shape, size, strict=True)
    )
    image[row : row + size[0], column : column + size[1]] = scaled
    mass = centre_of_mass(ink)
    reduction = image_shape[0] / ink.shape[0], image_shape[1] / ink.shape[1]
    came_to = centre_of_mass(image)
    steps = Steps(
        box=box,
        mass=mass,
        cropped=read_only(cropped.copy()),
        scaled=read_only(scaled),
        corner=(row, column),
        enlarged=scale / float(np.sqrt(reduction[0] * reduction[1])),
        moved=(came_to[0] - mass[0] * reduction[0], came_to[1] - mass[1] * reduction[1]),
    )
    return Drawn(read_only(image), steps)


def _resized(ink: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return ink at another size, (height, width), antialiased, within [0, 1].

    Made smaller, each pixel is the mean of what it covers; made larger, it lies on the straight
    line between its neighbours.
    """
    # Pillow takes 40 ms to load, which whoever starts the program should not wait for.
    from PIL import Image

    smaller = shape[0] <= ink.shape[0] and shape[1] <= ink.shape[1]
    way = Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR
    picture = Image.fromarray(np.asarray(ink, dtype=np.float32))
    resized = np.asarray(picture.resize((shape[1], shape[0]), way), dtype=np.float32)
    return np.clip(resized, 0.0, 1.0)
