"""IDX, the format of MNIST: a type byte, the number of dimensions, the dimensions, the values.

Format: http://yann.lecun.com/exdb/mnist/ (big-endian; type 0x08 is unsigned byte).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.arrays.array_parts import LazyArray
from core.sources.arrays.emnist import is_emnist, named_labels
from core.sources.arrays.idx_files import (
    FLOAT_TYPES,
    VALUE_TYPES,
    IdxSet,
    by_name,
    is_idx_content,
    is_idx_name,
    named_set,
)
from core.sources.arrays.roles import ArrayInfo, HalfSet
from core.sources.limits import check_at_most
from core.sources.opening import folder_names
from core.sources.parts import Head, Pair, Parts
from core.sources.streams import damaged, file_blob
from core.words import counted

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.sources.places import Place
    from core.sources.reading import ReadingConfig
    from core.sources.streams import Blob, Stream

_QMNIST_COLUMNS = 8
EXPECTED = "IDX files as MNIST's, one or a folder of them"


def recognises(head: Head) -> bool:
    """Whether it is an IDX file, or a folder with one.

    A cut file with an IDX name counts too, so that its error can be told properly.
    """
    if not head.is_folder:
        return is_idx_content(head.content) or is_idx_name(head.path.name)
    return bool(_files(head.path, [name for name in head.names if is_idx_name(name)]))


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read the set in a folder, or the set that a file is part of.

    Raises
    ------
    DatasetError
        Naming the file and what is wrong with it.
    """
    path = head.path
    if not (head.is_folder or is_idx_name(path.name)):
        arrays = yield from halves(head, reading)
        missing = "images" if arrays[0].info.is_labels else "labels"
        half = HalfSet(f"{path}: its {missing} are missing; it holds {arrays[0].info} alone")
        half.arrays = arrays
        raise half
    folder = path if head.is_folder else path.parent
    names = head.names if head.is_folder else folder_names(folder)
    opened = "" if head.is_folder else path.name
    blobs = _files(folder, [name for name in names if is_idx_name(name)])
    named = by_name(blobs, opened)
    try:
        chosen = named_set(str(path), named, opened)
    except HalfSet as half:  # a file of another name may hold the rest, but not how EMNIST lies
        if len({file.kind for file in named}) > 1 or any(is_emnist(blob.name) for blob in blobs):
            raise DatasetError(str(half)) from None
        half.arrays = [] if head.is_folder else (yield from halves(head, reading))
        raise
    beside = _files(folder, [name for name in names if name.lower().endswith("mapping.txt")])
    name = path.resolve().name if head.is_folder else path.name
    return (yield from read_set(name, str(path), chosen, beside))


def halves(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the images or the labels of one file."""
    yield Progress(0, 1, "files")
    blob = file_blob(head.path)
    with blob.open() as stream:
        dtype, shape = _read_header(stream)
    info = ArrayInfo(blob.name, shape, str(dtype.newbyteorder("=")))
    return [LazyArray(info, lambda: _read_array(blob))]


def _files(folder: Place, names: Sequence[str]) -> list[Blob]:
    """Return the files of these names, each where it is or in a folder of its own name.

    Some programs unpack each file into such a folder, some archives hold both.
    """
    places = [(folder / name, folder / name / name) for name in names]
    found = [next((place for place in both if place.is_file()), None) for both in places]
    return [file_blob(place) for place in found if place is not None]


def read_set(
    name: str, where: str, chosen: IdxSet, beside: Sequence[Blob]
) -> Generator[Progress, None, Parts]:
    """Read images and labels of each part of a set.

    Parameters
    ----------
    name, where : what people call the set, and how errors name where it is
    chosen : its files
    beside : files that may hold the names of its classes

    Raises
    ------
    DatasetError
        Naming the file and what is wrong with it.
    """
    pairs: list[Pair] = []
    notes: tuple[str, ...] = ()
    for images_file, labels_file in chosen.pairs:
        images = yield from _read_array(images_file, what="images")
        labels = yield from _read_array(labels_file, what="labels")
        if labels.ndim == 2 and labels.shape[1] == _QMNIST_COLUMNS:
            labels = labels[:, 0]
            notes = ("Of the 8 numbers of QMNIST's labels the first is the class.",)
        _check_pair(images_file, labels_file, images, labels)
        pairs.append((images, labels))
    columns, class_names = named_labels(chosen.series, [labels for _, labels in pairs], beside)
    pairs = [(images, labels) for (images, _), labels in zip(pairs, columns, strict=True)]
    return Parts(
        name,
        pairs[0],
        pairs[1] if len(pairs) == 2 else None,
        class_names=class_names,
        pixel_max=255 if pairs[0][0].dtype == np.uint8 else None,
        transposed=any(is_emnist(images_file.name) for images_file, _ in chosen.pairs),
        notes=notes,
    )


def _check_pair(
    images_file: Blob, labels_file: Blob, images: NDArray[Any], labels: NDArray[Any]
) -> None:
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_file.label} has {counted(len(images), 'image')} but {labels_file.name} has "
            f"{counted(len(labels), 'label')}; the two files must belong together"
        )
    wrong = (labels < 0) | (labels >= limits.MAX_CLASSES)
    if wrong.any():
        bad = int(np.flatnonzero(wrong)[0])
        raise DatasetError(
            f"{labels_file.label}: label {int(labels[bad])} of image {bad} is out of range; "
            f"labels must lie between 0 and {limits.MAX_CLASSES - 1}"
        )


def _read_array(blob: Blob, what: str = "") -> Generator[Progress, None, NDArray[Any]]:
    """Return the values of a file; ``what`` they must be, images or labels, or "" for either."""
    with blob.open() as stream:
        dtype, shape = _read_header(stream, what)
        n_values = math.prod(shape)  # Python integers: no overflow, whatever the header claims
        n_bytes = n_values * dtype.itemsize
        for n, most, of in (
            (shape[0], limits.MAX_IMAGES, what or "entries"),
            (n_values, limits.MAX_ELEMENTS, "values"),
        ):
            check_at_most(blob.label, n, most, f"{of} promised by the header", limits.SMALLER)
        content = yield from stream.values(n_bytes, f"{' x '.join(map(str, shape))} values")
    if n_values == 0:
        raise DatasetError(f"{blob.label}: there is no image in it; at least one is needed")
    return content.view(dtype).reshape(shape)


def _read_header(stream: Stream, what: str = "") -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Return the type of the values, and how many there are in each dimension."""
    magic = stream.read(4)
    if len(magic) == 4 and magic[:2] != b"\0\0":
        looks = "a web page" if magic.lstrip()[:1] == b"<" else "not IDX"
        raise DatasetError(
            f"{stream.label}: this is {looks}; an IDX file begins with two zero bytes"
        )
    allowed = {"images": (3, 4, 2), "labels": (1, 2), "": (1, 2, 3, 4)}[what]
    types = {**VALUE_TYPES, **FLOAT_TYPES}
    n_dimensions = magic[3] if len(magic) == 4 else allowed[0]
    if len(magic) == 4 and (magic[2] not in types or n_dimensions not in allowed):
        many = "s" * (n_dimensions != 1)
        raise DatasetError(
            f"{stream.label}: holds type 0x{magic[2]:02x} in {n_dimensions} dimension{many}; "
            f"expected a type of {', '.join(f'0x{code:02x}' for code in types)} in "
            f"{' or '.join(map(str, sorted(allowed)))} dimensions{' for ' * bool(what)}{what}"
        )
    size = 4 + 4 * n_dimensions
    header = magic + stream.read(size - len(magic))
    if len(header) < size:
        words = f"only {len(header)} bytes, not even the {size} of an IDX header"
        raise damaged(stream.label, words)
    shape = tuple(int.from_bytes(header[i : i + 4], "big") for i in range(4, size, 4))
    sides = shape[1:3] if len(shape) > 2 else ()
    if not all(1 <= side <= limits.MAX_STORED_SIDE for side in sides):
        raise DatasetError(
            f"{stream.label}: images of {shape[1]} x {shape[2]} pixels; each side must be between "
            f"1 and {limits.MAX_STORED_SIDE}"
        )
    return np.dtype(types[header[2]]), shape
