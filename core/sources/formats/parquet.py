"""Parquet files: tables by columns, of pandas, Spark and the sets of Hugging Face.

``pyarrow`` reads them. Rows, columns and bytes that a file claims are checked first; values come in
batches. An image is a row of numbers, a list of numbers, or a picture file in a cell.
"""

from __future__ import annotations

import json
from functools import partial
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.progress import Progress, finish
from core.sources import limits
from core.sources.arrays.array_parts import plain_dtype, read_parts
from core.sources.arrays.lazy_array import LazyArray
from core.sources.arrays.roles import ArrayInfo
from core.sources.columns import told_apart
from core.sources.formats.extra import library
from core.sources.limits import check_at_most
from core.sources.places import seekable
from core.sources.streams import check_file_size, damaged
from core.sources.tables.layout import label_by_values

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from numpy.typing import NDArray

    from core.sources.parts import Head, Parts
    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

EXPECTED = "a parquet file (train.parquet)"
MAGIC = b"PAR1"
_INSTEAD = "write it by frame.to_csv('train.csv', index=False) and open that"
_MAX_COLUMNS = 1 << 16
_BATCH_BYTES = 1 << 24
"""Of numbers read together, in columns of 8 bytes."""

_CELLS_AT_A_TIME = 64
"""Of pictures and lists, whose size nothing says."""

_USUAL_SIDE = 28
_MAX_FEATURES_BYTES = 1 << 20
"""Of what Hugging Face writes about columns."""


def recognises(head: Head) -> bool:
    """Whether it begins as one."""
    return head.raw.startswith(MAGIC)


def read(head: Head, reading: ReadingConfig) -> Generator[Progress, None, Parts]:
    """Read images and labels of a table.

    Raises
    ------
    ArraysUnclear, DatasetError
        As :func:`core.sources.arrays.array_parts.read_parts`; if pyarrow is missing or stumbles.
    """
    found = yield from arrays(head, reading)
    return (yield from read_parts(head.path.name, str(head.path), found, reading))


def arrays(head: Head, reading: ReadingConfig) -> Generator[Progress, None, list[LazyArray]]:
    """Return the images of a table, its labels, and what classes are called where it says so.

    Raises
    ------
    DatasetError
        If pyarrow is missing, or the table is damaged, too large or has no images.
    """
    yield Progress(0, 0, "rows")
    return _Table(head.path, reading).arrays()


class _Table:
    """What a table's columns are."""

    def __init__(self, path: Place, reading: ReadingConfig) -> None:
        self._path, self._reading = path, reading
        self._parquet = library(path, "pyarrow.parquet", "pyarrow", _INSTEAD)
        self._types = library(path, "pyarrow.types", "pyarrow", _INSTEAD)
        self._faults = (
            library(path, "pyarrow", "pyarrow", _INSTEAD).ArrowException,
            *(OSError, ValueError, KeyError, TypeError, NotImplementedError, OverflowError),
        )
        check_file_size(path, path.stat().st_size)
        self._asked(self._look)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except DatasetError:
            raise
        except self._faults as error:
            what = f"this parquet file is damaged ({str(error)[:200]})"
            raise damaged(self._path, what) from error

    def _look(self) -> None:
        path = self._path
        with seekable(path) as raw, self._parquet.ParquetFile(raw) as file:
            self.schema, about = file.schema_arrow, file.metadata
            self.n_rows, groups = about.num_rows, about.num_row_groups
            check_at_most(path, groups, limits.MAX_IMAGES, "groups of rows", limits.SMALLER)
            n_bytes = sum(about.row_group(i).total_byte_size for i in range(groups))
        check_at_most(path, len(self.schema.names), _MAX_COLUMNS, "columns", limits.SMALLER)
        check_at_most(path, self.n_rows, limits.MAX_IMAGES, "rows", limits.SMALLER)
        check_at_most(path, n_bytes, limits.MAX_INFLATED_BYTES, "bytes", limits.SMALLER)
        if len(set(self.schema.names)) < len(self.schema.names):
            raise DatasetError(f"{path}: two columns have the same name; rename one of them")

    def arrays(self) -> list[LazyArray]:
        names = list(self.schema.names)
        are_numbers = [_dtype(self.schema.field(name).type) is not None for name in names]
        columns = told_apart(names, are_numbers)
        label, pixels, note = columns.label, columns.pixels, ""
        image = self._image(columns.image, are_numbers)
        if image is not None:
            pixels = ()
            label = None if label == image else label
        elif label is None and len(pixels) > 2 and isqrt(len(pixels)) ** 2 != len(pixels):
            ends = [finish(self._numbers([pixels[i]]))[:, 0].astype(float) for i in (0, -1)]
            which, note = label_by_values(str(self._path), *ends)
            label = pixels[0] if which == "first" else pixels[-1]
            pixels = tuple(place for place in pixels if place != label)
        made = list[LazyArray]()
        if image is not None:
            made.append(self._cells(image))
        elif pixels:
            found = [self.schema.field(place).type for place in pixels]
            dtype = np.result_type(*filter(None, map(_dtype, found)))
            info = ArrayInfo("images", (self.n_rows, len(pixels)), str(dtype))
            made.append(LazyArray(info, lambda: self._numbers(pixels, dtype), note))
        if label is not None:
            made += self._labels(label)
        return made

    def _image(self, named: int | None, are_numbers: Sequence[bool]) -> int | None:
        """Return the column of pictures or lists of numbers."""
        if named is not None:
            return named
        kinds = [self.schema.field(i).type for i in range(len(are_numbers))]
        is_ = self._types
        found = [
            i
            for i, kind in enumerate(kinds)
            if is_.is_struct(kind) or is_.is_binary(kind) or is_.is_list(kind)
        ]
        return found[0] if len(found) == 1 else None

    def _batches(self, places: Sequence[int], n_rows: int) -> Generator[Any, None, None]:
        names = [self.schema.names[place] for place in places]
        with seekable(self._path) as raw:
            file = self._asked(lambda: self._parquet.ParquetFile(raw))
            with file:
                found = self._asked(lambda: file.iter_batches(n_rows, columns=names))
                while (batch := self._asked(lambda: next(found, None))) is not None:
                    for name in names:
                        if batch.column(name).null_count:
                            raise DatasetError(
                                f"{self._path}: a row has no value in the column {name[:60]!r}; "
                                "leave such rows out"
                            )
                    yield [batch.column(name) for name in names]

    def _numbers(
        self, places: Sequence[int], dtype: np.dtype[Any] | None = None
    ) -> Generator[Progress, None, NDArray[Any]]:
        out = np.empty((self.n_rows, len(places)), dtype=dtype or np.float64)
        done = 0
        for columns in self._batches(places, max(16, _BATCH_BYTES // (8 * len(places)))):
            n = self._room(done, columns)
            for i, column in enumerate(columns):
                out[done : done + n, i] = column.to_numpy(zero_copy_only=False)
            done += n
            yield Progress(done, self.n_rows, "rows")
        return self._whole(out, done)

    def _room(self, done: int, columns: Sequence[Any]) -> int:
        n = len(columns[0])
        if done + n > self.n_rows:
            raise damaged(self._path, f"it has more rows than the {self.n_rows:,} it says")
        return n

    def _whole(self, out: NDArray[Any], done: int) -> NDArray[Any]:
        if done < self.n_rows:
            raise damaged(self._path, f"it has {done:,} rows, not the {self.n_rows:,} it says")
        return out

    def _labels(self, place: int) -> list[LazyArray]:
        field = self.schema.field(place)
        dtype = _dtype(field.type)
        info = ArrayInfo("labels", (self.n_rows,), str(dtype or f"<U{limits.MAX_WORD}"))
        made = [LazyArray(info, lambda: self._label_values(place, dtype))]
        names = self._class_names(field.name)
        if names:
            words = np.array(names, dtype=object)
            info = ArrayInfo("class_names", (len(words),), f"<U{limits.MAX_WORD}")
            made.append(LazyArray(info, lambda: _given(words)))
        return made

    def _label_values(
        self, place: int, dtype: np.dtype[Any] | None
    ) -> Generator[Progress, None, NDArray[Any]]:
        if dtype is not None:
            return (yield from self._numbers([place], dtype))[:, 0]
        words, done = np.empty(self.n_rows, dtype=object), 0
        for columns in self._batches([place], _CELLS_AT_A_TIME):
            n = self._room(done, columns)
            found = columns[0].to_pylist()
            if not all(isinstance(word, str) and len(word) <= limits.MAX_WORD for word in found):
                raise DatasetError(
                    f"{self._path}: a label is no word of at most {limits.MAX_WORD} characters"
                )
            words[done : done + n] = found
            done += n
            yield Progress(done, self.n_rows, "rows")
        return self._whole(words, done)

    def _class_names(self, column: str) -> list[str]:
        """Return what Hugging Face says that the labels 0, 1, ... are."""
        raw = (self.schema.metadata or {}).get(b"huggingface", b"")
        try:
            features = json.loads(raw[:_MAX_FEATURES_BYTES])["info"]["features"]
            names = features[column]["names"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return []
        is_list = isinstance(names, list) and 1 < len(names) <= limits.MAX_CLASSES
        return [str(name) for name in names] if is_list else []

    def _cells(self, place: int) -> LazyArray:
        """Return a column of pictures or of lists of numbers as images."""
        first = next((columns[0] for columns in self._batches([place], 1)), None)
        if first is None or not len(first):
            raise DatasetError(f"{self._path}: there is no row in it; at least one is needed")
        kind = self.schema.field(place).type
        is_pictures = self._types.is_struct(kind) or self._types.is_binary(kind)
        side = self._reading.picture_side
        if is_pictures:
            grey = self._picture(first[0], side)
            if max(grey.shape) > limits.MAX_IMAGE_SIDE:
                side, grey = _USUAL_SIDE, self._picture(first[0], _USUAL_SIDE)
        else:
            grey = _plain(self._asked(lambda: _flat(first))).reshape(_list_shape(first[0].as_py()))
        info = ArrayInfo("images", (self.n_rows, *grey.shape), str(grey.dtype))
        return LazyArray(info, lambda: self._images(place, info, side, is_pictures=is_pictures))

    def _picture(self, cell: Any, side: int) -> NDArray[np.uint8]:
        from core.sources.fitting import fitted
        from core.sources.picture_magic import MAGIC_BYTES, picture_format
        from core.sources.pictures.files import decoded

        value = cell.as_py()
        content = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(content, bytes) or not picture_format(content[:MAGIC_BYTES]):
            raise DatasetError(
                f"{self._path}: a cell of images holds no picture; expected the bytes of a PNG or "
                "JPEG file"
            )
        grey = decoded(f"{self._path}: a picture in it", content).grey
        return fitted(grey, side) if side else grey

    def _images(
        self, place: int, info: ArrayInfo, side: int, *, is_pictures: bool
    ) -> Generator[Progress, None, NDArray[Any]]:
        out, done = np.empty(info.shape, dtype=info.dtype), 0
        for columns in self._batches([place], _CELLS_AT_A_TIME):
            n = self._room(done, columns)
            if is_pictures:
                for i, cell in enumerate(columns[0]):
                    grey = self._picture(cell, side)
                    if grey.shape != info.shape[1:]:
                        raise DatasetError(
                            f"{self._path}: pictures of {_size(grey.shape)} and of "
                            f"{_size(info.shape[1:])} pixels; say to which side they are brought "
                            f"(--picture-side {_USUAL_SIDE})"
                        )
                    out[done + i] = grey
            else:
                found = _plain(self._asked(partial(_flat, columns[0])))
                if len(found) != out[done : done + n].size:
                    raise DatasetError(
                        f"{self._path}: its images are lists of different lengths; bring all to "
                        "one size"
                    )
                out[done : done + n] = found.reshape(n, *info.shape[1:])
            done += n
            yield Progress(done, self.n_rows, "rows")
        return self._whole(out, done)


def _dtype(kind: Any) -> np.dtype[Any] | None:
    """Return the type of a column of numbers; None for any other."""
    try:
        return plain_dtype(np.dtype(kind.to_pandas_dtype()).str)
    except (NotImplementedError, TypeError, ValueError):
        return None


def _flat(cells: Any) -> Any:
    """Return all numbers of lists within each other."""
    while hasattr(cells, "flatten") and hasattr(cells.type, "value_type"):
        cells = cells.flatten()
    return cells.to_numpy(zero_copy_only=False)


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind not in "buif":
        raise DatasetError(f"images are lists of type {values.dtype}; pixels must be numbers")
    return values


def _list_shape(value: Any) -> tuple[int, ...]:
    shape = list[int]()
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _given(words: NDArray[Any]) -> Generator[Progress, None, NDArray[Any]]:
    yield from ()
    return words
