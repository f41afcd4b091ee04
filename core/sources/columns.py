"""Which columns of a frame are what, by their names and types; of pickles and of parquet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.sources.arrays.roles import meaning
from core.sources.tables.layout import INDEX_WORDS, is_label

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Columns:
    """What columns are, by their places.

    Attributes
    ----------
    pixels : those of one number each
    image : the one that holds whole images; None if there is none
    label : the one that names classes; None if no name tells
    """

    pixels: tuple[int, ...]
    image: int | None
    label: int | None


def told_apart(names: Sequence[str], are_numbers: Sequence[bool]) -> Columns:
    """Return what columns of these names are.

    The label is what is called so (the last if there are several, as ``coarse`` and ``fine``), or
    the one column of words. A first column that numbers the rows is left out.
    """
    plain = [name.casefold() for name in names]
    images = [i for i, name in enumerate(plain) if meaning(name) == ("", "images")]
    image = next((i for i in images if not are_numbers[i]), None)
    words = [i for i, number in enumerate(are_numbers) if not number and i != image]
    called = [i for i, name in enumerate(plain) if is_label(name) and i != image]
    found = called or (words if len(words) == 1 else [])
    label = found[-1] if found else None
    pixels = [i for i, number in enumerate(are_numbers) if number and i != label]
    if pixels[:1] == [0] and plain[0] in INDEX_WORDS and len(pixels) > 1:
        pixels = pixels[1:]
    return Columns(() if image is not None else tuple(pixels), image, label)
