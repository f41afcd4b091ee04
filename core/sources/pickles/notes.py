"""What stands in a pickle's machine for NumPy's arrays: notes of what they would be.

NumPy is not asked to make anything while a pickle is read: its ``_reconstruct`` would reserve any
size, and ``__setstate__`` believe any shape. What the file says is written down, and checked by
:func:`core.sources.arrays.array_parts.read_parts` like the header of any other file.

How NumPy pickles arrays: ``array_reduce`` and ``arraydescr_reduce`` in its C sources; from protocol
5 on ``numpy._core.numeric._frombuffer``.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.errors import DatasetError
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

_PIECE_BYTES = 1 << 20
MAX_WORD = 256
"""Characters of a key or a name within a pickle."""

_MAX_DIMENSIONS = 32
_INTEGER = re.compile("[iu][1248]")


@dataclass(slots=True, eq=False)
class LongText:
    """A text that nobody has decoded: a single letter in it can make it four times as large.

    Where it becomes bytes, these take its place, and nothing of it is left.
    """

    raw: NDArray[np.uint8]
    codec: str


if TYPE_CHECKING:
    Payload = bytes | str | LongText | NDArray[np.uint8]
    """Bytes or text; what is long as an array of its bytes."""


class Callable_(Enum):
    """What a pickle may ask for."""

    RECONSTRUCT = "an empty array, filled later"
    FROMBUFFER = "an array from bytes"
    NDARRAY = "the type of arrays"
    DTYPE = "a type of values"
    SCALAR = "one value"
    ENCODE = "text as bytes"
    DICTIONARY = "a dictionary that keeps its order"


class Name(Enum):
    """What other libraries' data ask for, by package and last name; a :class:`Made` notes each."""

    FRAME = "pandas.DataFrame"
    SERIES = "pandas.Series"
    BLOCKS = "pandas.BlockManager"
    ONE_BLOCK = "pandas.SingleBlockManager"
    BLOCK = "pandas._unpickle_block"
    INDEX = "pandas._new_Index"
    INDEX_TYPE = "pandas.Index"
    WHOLE_INDEX = "pandas.Int64Index"
    RANGE_INDEX = "pandas.RangeIndex"
    ARRAY = "pandas.__pyx_unpickle_NDArrayBacked"
    CATEGORICAL = "pandas.Categorical"
    CATEGORIES = "pandas.CategoricalDtype"
    WORDS = "pandas.StringArray"
    WORDS_TYPE = "pandas.StringDtype"
    ARROW_WORDS = "pandas.ArrowStringArray"
    ARROW_ARRAY = "pyarrow._restore_array"
    ARROW_CHUNKS = "pyarrow.chunked_array"
    ARROW_TYPE = "pyarrow.type_for_alias"
    ARROW_BUFFER = "pyarrow.py_buffer"
    JOBLIB_ARRAY = "joblib.NumpyArrayWrapper"
    SLICE = "builtins.slice"
    BYTES = "builtins.bytearray"


@dataclass(slots=True, eq=False)
class Made:
    """What a library would have made: of what kind, from which arguments, and its state."""

    kind: Callable_ | Name
    arguments: tuple[Any, ...] = ()
    state: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Entries of a list or a tuple that come one after the other, (n,)."""

    values: NDArray[Any]


def compact(items: list[Any]) -> Numbers | None:
    """Return numbers held together, bytes as such; None if there are others than numbers."""
    kinds = set(map(type, items))
    if not kinds <= {int, float}:
        return None
    try:
        values = np.array(items, dtype=np.float64 if float in kinds else np.int64)
    except OverflowError:
        return None
    if values.dtype.kind == "i" and values.min() >= 0 and values.max() <= 255:
        values = values.astype(np.uint8)
    return Numbers(values)


_NAMES = {name.value: name for name in Name}
_KNOWN = {
    ("numpy._core.multiarray", "_reconstruct"): Callable_.RECONSTRUCT,
    ("numpy._core.numeric", "_frombuffer"): Callable_.FROMBUFFER,
    ("numpy._core.multiarray", "scalar"): Callable_.SCALAR,
    ("numpy", "ndarray"): Callable_.NDARRAY,
    ("numpy", "dtype"): Callable_.DTYPE,
    ("_codecs", "encode"): Callable_.ENCODE,
    ("collections", "OrderedDict"): Callable_.DICTIONARY,
}


@dataclass(slots=True, eq=False)
class DtypeNote:
    """A type of values: its code without byte order, and the byte order."""

    code: str
    byte_order: str = ""


@dataclass(slots=True, eq=False)
class ArrayNote:
    """What an array would be.

    Attributes
    ----------
    shape : of the values as they are stored; None before it was said
    code : their type, as NumPy writes it
    order : ``C`` or ``F``
    axes : which stored axis comes first, second, ...; None where they are as stored
    content : the bytes; None where they are objects
    objects : these, in the order of C
    """

    shape: tuple[int, ...] | None = None
    code: str = "O"
    order: str = "C"
    axes: tuple[int, ...] | None = None
    content: NDArray[np.uint8] | None = None
    objects: list[Any] | None = None


def known(module: str, name: str) -> Callable_ | Name | None:
    """Return the stand-in for a name that a pickle imports, or None; NumPy 1 has no underscore.

    Where in pandas, scikit-learn and the others a name is found changes with their versions.
    """
    package = module.partition(".")[0]
    if (package, name) == ("sklearn", "Bunch"):
        return Callable_.DICTIONARY
    named = _NAMES.get(f"{'builtins' if module == '__builtin__' else package}.{name}")
    return named or _KNOWN.get((re.sub(r"\Anumpy\.core\.", "numpy._core.", module), name))


def text_of(value: Any) -> str | None:
    """Return a short text, or bytes that were one in Python 2; None for anything else."""
    if isinstance(value, bytes) and len(value) <= MAX_WORD:
        return value.decode("latin-1")
    return value if isinstance(value, str) and len(value) <= MAX_WORD else None


def call(function: Callable_ | Name, arguments: tuple[Any, ...]) -> Generator[Progress, None, Any]:
    """Return a note of what the function would have made.

    Raises
    ------
    DatasetError
        In words that follow "where", if the arguments are not those NumPy writes.
    """
    if function in (Name.BYTES, Name.ARROW_BUFFER) and len(arguments) == 1:
        return arguments[0]
    if isinstance(function, Name):
        return Made(function, arguments)
    if function is Callable_.RECONSTRUCT and arguments and arguments[0] is Callable_.NDARRAY:
        return ArrayNote()  # the size asked for here is always that of nothing
    if function is Callable_.DTYPE and arguments and text_of(arguments[0]):
        return DtypeNote(text_of(arguments[0]) or "")
    if function is Callable_.FROMBUFFER and len(arguments) in (4, 5):
        return _from_buffer(*arguments)
    if function is Callable_.ENCODE and len(arguments) == 2:
        return (yield from _encoded(arguments[0], text_of(arguments[1])))
    if function is Callable_.SCALAR and arguments:
        return _whole_number(*arguments[:2])
    if function is Callable_.DICTIONARY and not arguments:
        return {}
    raise DatasetError(f"{function.value} is asked for in an unknown way")


def _whole_number(dtype: Any, content: Any = None) -> int | None:
    """Return one value if it is a whole number, as in a list of labels; None for any other."""
    if not isinstance(dtype, DtypeNote) or not isinstance(content, bytes):
        return None
    if _INTEGER.fullmatch(dtype.code) is None or len(content) != int(dtype.code[1:]):
        return None
    order: Literal["big", "little"] = "big" if dtype.byte_order == ">" else "little"
    return int.from_bytes(content, order, signed=dtype.code[0] == "i")


def build(target: Any, state: Any) -> None:
    """Give an array or a type of values what it consists of.

    Raises
    ------
    DatasetError
        In words that follow "where", if ``state`` is not what NumPy writes.
    """
    if isinstance(target, Made):
        target.state = state
        return
    if isinstance(target, dict) and isinstance(state, dict):
        return  # scikit-learn's warnings about keys
    if isinstance(target, DtypeNote) and type(state) is tuple and len(state) >= 2:
        order = text_of(state[1])
        if order not in ("<", ">", "|", "="):
            raise DatasetError("a type of values has an unknown byte order")
        target.byte_order = order if order in "<>" else ""
        return
    if isinstance(target, ArrayNote) and type(state) is tuple and len(state) == 5:
        _, shape, dtype, fortran, content = state
        target.shape, target.code = checked_shape(shape), code_of(dtype)
        if type(fortran) not in (bool, int):
            raise DatasetError("the order of an array is neither true nor false")
        target.order = "F" if fortran else "C"
        if type(content) is list:
            target.objects = content
        else:
            target.content = _bytes(content)
        return
    raise DatasetError("something that is no array is to be filled")


def _from_buffer(content: Any, dtype: Any, shape: Any, order: Any, axes: Any = None) -> ArrayNote:
    note = ArrayNote(checked_shape(shape), code_of(dtype), content=_bytes(content))
    order = text_of(order)
    if order == "K" and axes is not None:
        note.axes = checked_shape(axes)
        if sorted(note.axes) != list(range(len(note.shape or ()))):
            raise DatasetError("the axes of an array are not those it has")
    elif order in ("C", "F"):
        note.order = order
    else:
        raise DatasetError("an array has an unknown order")
    return note


def checked_shape(value: Any) -> tuple[int, ...]:
    """Return a shape, or refuse what is none."""
    if (
        type(value) is not tuple
        or len(value) > _MAX_DIMENSIONS
        or not all(type(size) is int and size >= 0 for size in value)
    ):
        raise DatasetError("the shape of an array is no shape")
    return value


def code_of(value: Any) -> str:
    """Return a type of values as NumPy writes it, or refuse what is none."""
    if not isinstance(value, DtypeNote):
        raise DatasetError("the type of an array's values is none")
    return value.byte_order + value.code.lstrip("<>|=")


def _bytes(value: Any) -> NDArray[np.uint8]:
    if isinstance(value, bytes):
        return np.frombuffer(value, dtype=np.uint8)
    if isinstance(value, np.ndarray):
        return value
    raise DatasetError("the values of an array are no bytes")


def _encoded(text: Any, codec: str | None) -> Generator[Progress, None, bytes | NDArray[np.uint8]]:
    """Return text of the letters 0 to 255 as bytes: how protocols 0 to 2 write bytes."""
    if codec not in ("latin1", "latin-1") or not isinstance(text, str | LongText):
        raise DatasetError("text is to be encoded otherwise than in latin-1")
    try:
        if isinstance(text, str):
            return text.encode("latin-1")
        decoder = codecs.getincrementaldecoder(text.codec)()
        content, text.raw = text.raw, text.raw[:0]
        if not len(content):
            raise DatasetError("the same text is to become bytes once more")
        done = 0
        for start in range(0, len(content), _PIECE_BYTES):
            piece = content[start : start + _PIECE_BYTES].tobytes()
            last = start + _PIECE_BYTES >= len(content)
            found = decoder.decode(piece, last).encode("latin-1")
            content[done : done + len(found)] = np.frombuffer(found, dtype=np.uint8)
            done += len(found)
            yield Progress(done, len(content), "bytes")
    except ValueError as error:
        raise DatasetError("the bytes of an array have letters beyond 255") from error
    return content[:done]
