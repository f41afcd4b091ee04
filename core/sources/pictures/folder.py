"""A folder of pictures: one sub-folder per class, or such folders in ``train`` and ``test``.

Or they lie together, and a table beside them or their names tell the classes.

All pictures become grey and of one size. Whether ink is dark on light is found out for the whole
set and not for each picture: turned over one by one, pictures that reach their frame, as those of
clothes do, would be turned at random, and the one switch that a person has would mean nothing.
Where grounds differ within a set, a note says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.sources.parts import Head, NotOneSet, Pair, Parts
from core.sources.pictures.labelled import labelled
from core.sources.pictures.tree import holds_pictures, look_through

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.progress import Progress
    from core.sources.reading import ReadingConfig

EXPECTED = (
    "a folder with one sub-folder of pictures per class (PNG, JPEG, BMP, GIF, WebP, TIFF, PNM)"
)


def recognises(head: Head) -> bool:
    """Whether it is a folder with pictures in it or in its sub-folders.

    Raises
    ------
    DatasetError
        If there are too many files to look at.
    """
    return head.is_folder and holds_pictures(head.path)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read all pictures of a folder.

    Raises
    ------
    DatasetError
        Naming the picture that is damaged or too large, or what is wrong with the folders.
    """
    # Pillow takes 40 ms to load, which whoever starts the program should not wait for.
    from core.sources.pictures.set import Pictures

    tree = (yield from labelled(head.path)) or look_through(head.path)
    pictures = Pictures(head.path, reading.picture_side)
    columns = yield from pictures.read(tree)
    if not any(columns):
        raise NotOneSet(f"{head.path}: {tree.why_none()}")
    stack = pictures.stack()
    class_names = tuple(name for name in tree.class_names if name in pictures.class_names)
    places = {name: i for i, name in enumerate(class_names)}
    labels = [np.array([places[name] for name in column], dtype=np.int64) for column in columns]
    images = np.split(stack, np.cumsum([len(column) for column in columns])[:-1])
    pairs: list[Pair] = [pair for pair in zip(images, labels, strict=True) if len(pair[1])]
    return Parts(
        head.path.resolve().name,
        pairs[0],
        pairs[1] if len(pairs) == 2 else None,
        image_shape=(stack.shape[1], stack.shape[2]),
        class_names=class_names,
        pixel_max=255,
        notes=pictures.notes(tree),
    )
