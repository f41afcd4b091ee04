"""IDX, the format of MNIST: a type byte, the number of dimensions, the dimensions, the values.

Format: http://yann.lecun.com/exdb/mnist/ (big-endian; type 0x08 is unsigned byte).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from core.dataset import Dataset, make_dataset
from core.errors import DatasetError
from core.sources import limits

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_UNSIGNED_BYTE = 0x08
_IMAGES_NAME = re.compile(r"images[-_.]?idx3[-_.]ubyte(\.gz)?$", re.IGNORECASE)
_TEST_WORDS = ("t10k", "test")
_SPLIT_FROM_ONE_FILE = 5 / 6
"""A single images file is split as MNIST itself is: 60,000 of 70,000 is close to five sixths."""


def recognises(path: Path) -> bool:
    """Whether ``path`` is an IDX file, or a folder with one named as IDX images are.

    An empty or cut file with an IDX name counts too, so that its error can be told properly.
    """
    if path.is_dir():
        return bool(_image_files(path))
    head = limits.read_head(path, 4)
    return (head[:2] == b"\0\0" and head[2:3] == b"\x08") or bool(_IMAGES_NAME.search(path.name))


def open_path(path: Path) -> Dataset:
    """Open a folder holding the four files, or one images file whose labels lie beside it.

    Raises
    ------
    DatasetError
        Naming the file and what is wrong with it.
    """
    images_files = _image_files(path) if path.is_dir() else [path]
    train = [file for file in images_files if not _is_test(file)]
    test = [file for file in images_files if _is_test(file)]
    if len(train) > 1 or len(test) > 1:
        names = ", ".join(file.name for file in images_files)
        raise DatasetError(f"{path}: several images files ({names}); open one of them instead")
    if path.is_dir() and not (train and test):
        missing, example = ("test", "t10k") if train else ("training", "train")
        raise DatasetError(
            f"{path}: the {missing} images are missing (a file like "
            f"{example}-images-idx3-ubyte.gz); add them, or open the images file itself"
        )
    pairs = [_read_pair(file) for file in (*train, *test)]
    shape = _common_shape(images_files, [images for images, _ in pairs])
    parts = pairs if len(pairs) == 2 else _split(images_files[0], *pairs[0])
    folder = path if path.is_dir() else path.parent
    name = folder.resolve().name if path.is_dir() else path.name
    return make_dataset(name, str(path), parts[0], parts[1], image_shape=shape)


def _image_files(folder: Path) -> list[Path]:
    # Some archives hold a folder of the same name beside each file.
    found = sorted(
        file for file in folder.iterdir() if _IMAGES_NAME.search(file.name) and file.is_file()
    )
    by_stem = {re.sub(r"\.gz$", "", file.name, flags=re.IGNORECASE): file for file in found}
    return list(by_stem.values())  # the same file plain and gzipped counts once


def _is_test(file: Path) -> bool:
    return any(word in file.name.lower() for word in _TEST_WORDS)


def _labels_file(images_file: Path) -> Path:
    """Return the labels file that belongs to ``images_file``.

    Raises
    ------
    DatasetError
        If there is none.
    """
    name = images_file.name
    labels_name = re.sub("images", "labels", name, flags=re.IGNORECASE)
    labels_name = re.sub("idx3", "idx1", labels_name, flags=re.IGNORECASE)
    stem = re.sub(r"\.gz$", "", labels_name, flags=re.IGNORECASE)
    beside = {file.name.lower(): file for file in sorted(images_file.parent.iterdir())}
    for candidate in (labels_name, stem, stem + ".gz"):
        file = beside.get(candidate.lower())
        if file is not None and candidate != name and file.is_file():
            return file
    expected = labels_name if labels_name != name else "train-labels-idx1-ubyte.gz"
    raise DatasetError(
        f"{images_file}: its labels are missing; expected {expected} in the same folder"
    )


def _read_pair(images_file: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images = _read_array(images_file, n_dimensions=3, what="images")
    labels_file = _labels_file(images_file)
    labels = _read_array(labels_file, n_dimensions=1, what="labels")
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_file} has {len(images)} images but {labels_file.name} has {len(labels)} "
            "labels; the two files must belong together"
        )
    if len(labels) and int(labels.max()) >= limits.MAX_CLASSES:
        bad = int(np.flatnonzero(labels >= limits.MAX_CLASSES)[0])
        raise DatasetError(
            f"{labels_file}: label {int(labels[bad])} of image {bad} is out of range; "
            f"labels must lie between 0 and {limits.MAX_CLASSES - 1}"
        )
    return images, labels.astype(np.int64)


def _read_array(file: Path, *, n_dimensions: int, what: str) -> NDArray[np.uint8]:
    content = limits.read_bytes(file)
    header = 4 + 4 * n_dimensions
    if len(content) < header:
        raise DatasetError(
            f"{file}: only {len(content)} bytes, not even the {header} of an IDX header; "
            "copy or download it again"
        )
    if content[:2] != b"\0\0":
        looks = "a web page" if content[:64].lstrip()[:1] == b"<" else "not IDX"
        raise DatasetError(f"{file}: this is {looks}; an IDX file begins with two zero bytes")
    if content[2] != _UNSIGNED_BYTE or content[3] != n_dimensions:
        raise DatasetError(
            f"{file}: holds type 0x{content[2]:02x} in {content[3]} dimensions; {what} must be "
            f"unsigned bytes (0x08) in {n_dimensions}"
        )
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4)]
    expected = header
    for i, size in enumerate(shape):
        if i > 0 and not 1 <= size <= limits.MAX_IMAGE_SIDE:
            raise DatasetError(
                f"{file}: images of {shape[1]} x {shape[2]} pixels; each side must be between 1 "
                f"and {limits.MAX_IMAGE_SIDE}"
            )
    n_values = 1
    for size in shape:
        n_values *= size  # Python integers: no overflow, whatever the header claims
    expected += n_values
    if len(content) != expected:
        state = "cut short" if len(content) < expected else "too long"
        raise DatasetError(
            f"{file}: {state}: the header promises {expected} bytes ({' x '.join(map(str, shape))} "
            f"values), there are {len(content)}; copy or download it again"
        )
    if n_values == 0:
        raise DatasetError(f"{file}: there is no image in it; at least one is needed")
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)


def _common_shape(files: list[Path], images: list[NDArray[np.uint8]]) -> tuple[int, int]:
    shapes = [(int(array.shape[1]), int(array.shape[2])) for array in images]
    if len(set(shapes)) > 1:
        sizes = " and ".join(f"{h} x {w}" for h, w in shapes)
        raise DatasetError(
            f"{files[0].parent}: training and test images differ in size ({sizes} pixels)"
        )
    return shapes[0]


def _split(
    file: Path, images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> list[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """Split a lone images file in file order; the test part is its last sixth."""
    n_train = int(len(labels) * _SPLIT_FROM_ONE_FILE)
    if n_train < 1:
        raise DatasetError(f"{file}: one image cannot be split into training and test")
    return [(images[:n_train], labels[:n_train]), (images[n_train:], labels[n_train:])]
