"""What a file format finds in a file, before it is checked and brought into one form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.progress import Progress
    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

Pair = tuple["NDArray[Any]", "NDArray[Any]"]
"""Images (n, ...) of any numeric type, and labels (n,) of any type, as stored."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of what is at a path: all that recognising a format may look at.

    Attributes
    ----------
    path : the file or folder
    raw : the first bytes of a file as stored; empty for a folder
    content : the same of its content, inflated where it is gzip
    is_folder : whether it is a folder
    names : names in a folder, sorted; empty for a file
    """

    path: Place
    raw: bytes = b""
    content: bytes = b""
    is_folder: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Images and labels as a file has them.

    Attributes
    ----------
    name : what people call it
    train, test : (images, labels); without ``test`` a part of ``train`` is set aside
    image_shape
        (height, width) where the file says so. Otherwise it follows from images of (n, h, w),
        (n, h, w, 1), (n, 1, h, w) or (n, h, w, 3); rows of pixels are square images.
    class_names
        Names of the labels 0, 1, ..., where the file has them; otherwise every label that occurs
        is a class and names itself.
    pixel_max
        The usual value of full ink of the format (255 for bytes); otherwise found out.
    transposed : whether images are stored column by column
    notes : what was done to the data so far, in words
    """

    name: str
    train: Pair
    test: Pair | None = None
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] | None = None
    pixel_max: float | None = None
    transposed: bool = False
    notes: tuple[str, ...] = ()


class NotOneSet(DatasetError):
    """A folder is no data set as a whole; one of the things in it may be."""


class FileFormat(Protocol):
    """What a module that reads one file format offers.

    Where a file may hold images or labels alone, ``read`` raises a ``HalfSet`` of it. A module then
    has ``arrays(head, reading)``, all that a file holds, or ``halves(head, reading)``, the same but
    nothing of a whole set: by that :mod:`core.sources.pairing` looks for the other half.
    """

    EXPECTED: str
    """What such a file is, for the message that lists all of them."""

    def recognises(self, head: Head) -> bool:
        """Whether this looks like the format, damaged or not."""
        ...

    def read(self, head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
        """Read it, telling how far it is; DatasetError on anything wrong.

        NotOneSet where a folder is not wrong, but more or less than one set.
        """
        ...
