"""The pictures of a folder, read one by one and brought to one size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.fitting import USUAL_SIDE, fitted
from core.sources.limits import check_at_most
from core.sources.names import first_names
from core.sources.picture_magic import MAGIC_BYTES, picture_format
from core.sources.pictures.files import Picture, decoded
from core.words import UP, sized

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.sources.pictures.tree import Tree
    from core.sources.places import Place

_DAMAGED_SHARE = 0.01
"""Of pictures that may be damaged: they are left out; more are no accident."""


def read_picture(file: Place) -> Picture | None:
    """Return the picture in a file; None if its content is none.

    Raises
    ------
    DatasetError
        If it is damaged or too large.
    """
    with file.open("rb") as stream:
        start = stream.read(MAGIC_BYTES)
        if not picture_format(start):
            return None
        size = file.stat().st_size
        if size > limits.MAX_PICTURE_BYTES:
            raise DatasetError(
                f"{file}: {sized(size, UP)} are more than the "
                f"{sized(limits.MAX_PICTURE_BYTES)} accepted of one picture; make it smaller"
            )
        content = start + stream.read(size)
    return decoded(str(file), content)


class Pictures:
    """The pictures of a folder, brought to one size while they are read.

    They keep their own size as long as all have the same and it is small enough. The first that
    differs brings those before it to the usual one, too.

    Parameters
    ----------
    folder : how errors name it
    side : of the squares they are brought to; 0 to find it out

    Attributes
    ----------
    class_names : of the sub-folders in which there are pictures
    """

    def __init__(self, folder: Place, side: int) -> None:
        self.class_names: set[str] = set()
        self._folder = folder
        self._side = side
        self._images: list[NDArray[np.uint8]] = []
        self._others: list[str] = []
        self._damages: list[DatasetError] = []
        self._sizes: set[tuple[int, int, int]] = set()
        self._coloured = self._transparent = self._turned = self._resized = 0

    def read(self, tree: Tree) -> Generator[Progress, None, list[list[str]]]:
        """Read all files that hold pictures; return the class of each, for each part.

        Raises
        ------
        DatasetError
            If more than a few are damaged or too large, or there are too many, of pictures or of
            classes.
        """
        total = sum(len(files) for part in tree.parts for files in part.values())
        done = 0
        columns: list[list[str]] = [[] for _ in tree.parts]
        for part, column in zip(tree.parts, columns, strict=True):
            for name, files in part.items():
                for file in files:
                    yield Progress(done, total, "pictures")
                    done += 1
                    try:
                        picture = read_picture(file)
                    except DatasetError as damage:
                        self._leave_out(damage, total)
                        continue
                    if picture is None:
                        self._others.append(file.name)
                    else:
                        column.append(name)
                        self._add(name, picture)
        return columns

    def _leave_out(self, damage: DatasetError, total: int) -> None:
        self._damages.append(damage)
        n, most = len(self._damages), int(_DAMAGED_SHARE * total)
        if not most:
            raise damage
        if n > most:
            raise DatasetError(
                f"{self._folder}: {n:,} of {total:,} pictures are damaged or too large, more than "
                f"the 1 in {1 / _DAMAGED_SHARE:.0f} that is left out. The first is "
                f"{self._damages[0]}"
            )

    def _add(self, class_name: str, picture: Picture) -> None:
        self.class_names.add(class_name)
        if len(self.class_names) > limits.MAX_CLASSES:
            raise DatasetError(
                f"{self._folder}: pictures in more than {limits.MAX_CLASSES} sub-folders; each is "
                f"a class, and between {limits.MIN_CLASSES} and {limits.MAX_CLASSES} are accepted"
            )
        n = len(self._images) + 1
        check_at_most(self._folder, n, limits.MAX_PICTURES, "pictures", "open a folder with fewer")
        height, width = picture.grey.shape
        self._sizes.add((height * width, height, width))
        self._coloured += picture.coloured
        self._transparent += picture.transparent
        self._turned += picture.turned
        if not self._side:
            is_first = not self._images
            alike = is_first or self._images[0].shape == picture.grey.shape
            if not alike or max(height, width) > limits.MAX_IMAGE_SIDE:
                self._side = USUAL_SIDE
                self._images = [self._brought(image) for image in self._images]
        image = self._brought(picture.grey)
        n_pixels, advice = n * image.size, "choose a smaller picture side"
        check_at_most(self._folder, n_pixels, limits.MAX_ELEMENTS, "pixels in all", advice)
        self._images.append(image)

    def stack(self) -> NDArray[np.uint8]:
        """Return all of them (n, height, width)."""
        return np.stack(self._images)

    def notes(self, tree: Tree) -> tuple[str, ...]:
        """Return what was left out and what was done, in words."""
        notes = list(tree.notes)
        empty = [name for name in tree.class_names if name not in self.class_names]
        if empty:
            notes.append(f"Folders without pictures were left out: {first_names(empty)}.")
        if self._others:
            notes.append(
                f"{len(self._others):,} files that are no pictures were left out: "
                f"{first_names(self._others)}."
            )
        if self._damages:
            notes.append(
                f"{_pictures(len(self._damages))} left out as damaged or too large (up to 1 in "
                f"{1 / _DAMAGED_SHARE:.0f} may be). The first is {self._damages[0]}."
            )
        if self._resized:
            ends = dict.fromkeys((min(self._sizes), max(self._sizes)))
            sizes = " to ".join(f"{height} x {width}" for _, height, width in ends)
            notes.append(
                f"Pictures of {sizes} pixels were brought to {self._side} x {self._side}: whole, "
                "in their own proportions, with the ground of their frame around them."
            )
        if self._coloured:
            notes.append("Colours became grey: 0.299 red + 0.587 green + 0.114 blue.")
        if self._transparent:
            notes.append(
                f"{_pictures(self._transparent)} with a transparent ground: laid on white, or on "
                "black where white shows nothing."
            )
        if self._turned:
            notes.append(f"{_pictures(self._turned)} turned upright, as the camera noted.")
        return tuple(notes)

    def _brought(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if not self._side or grey.shape == (self._side, self._side):
            return grey
        self._resized += 1
        return fitted(grey, self._side)


def _pictures(n: int) -> str:
    return f"{n:,} picture{'s' * (n != 1)}"
