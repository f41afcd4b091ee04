"""Arrays as joblib writes them: within a pickle, between its instructions.

A ``NumpyArrayWrapper`` says shape and type; from joblib 1.1 on a byte follows that says how many
more do before the values, so that these begin at a multiple of 16
(https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle.py).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.sources.arrays.array_parts import plain_dtype
from core.sources.limits import MAX_INFLATED_BYTES
from core.sources.pickles.notes import ArrayNote, checked_shape, code_of, text_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.progress import Progress
    from core.sources.streams import Stream

_ALIGNMENT = "numpy_array_alignment_bytes"


def holds_objects(state: Any) -> bool:
    """Whether a pickle of its own follows, and not values."""
    return code_of(_entry(state, "dtype"))[:1] == "O"


def _entry(state: Any, key: str) -> Any:
    if not isinstance(state, dict) or key not in state:
        raise DatasetError(f"an array of joblib does not say its {key}")
    return state[key]


def read_joblib_array(state: Any, stream: Stream) -> Generator[Progress, None, ArrayNote]:
    """Return the array whose values are next in ``stream``.

    Raises
    ------
    DatasetError
        In words that follow "where", if ``state`` is not what joblib writes, or there are more
        values than there can be.
    """
    shape, code = checked_shape(_entry(state, "shape")), code_of(_entry(state, "dtype"))
    order = text_of(_entry(state, "order"))
    dtype = plain_dtype(code)
    if dtype is None or order not in ("C", "F"):
        raise DatasetError(f"an array of joblib holds values of type {code[:40]!r}")
    if state.get(_ALIGNMENT) is not None:
        stream.read((stream.read(1) or b"\0")[0])
    n_bytes = math.prod(shape) * dtype.itemsize
    left = min(MAX_INFLATED_BYTES, stream.most - stream.tell())
    if n_bytes > left:
        raise DatasetError(f"an array of joblib needs {n_bytes:,} bytes, and {left:,} are left")
    content = np.empty(n_bytes, dtype=np.uint8)
    if (yield from stream.fill(content)) < n_bytes:
        raise DatasetError("the values of an array of joblib end early")
    return ArrayNote(shape, code, order, content=content)
