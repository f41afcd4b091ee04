"""An array of which so far only is known what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from core.progress import Progress
    from core.sources.arrays.roles import ArrayInfo


@dataclass(frozen=True, slots=True)
class LazyArray:
    """An array that is read only when somebody wants it.

    Attributes
    ----------
    info : what it is
    load : reads it; called once, after ``info`` was checked
    note : what was done to find it, in words; "" if nothing
    load_first : reads so many entries from its beginning; None where that is no less work
    without_first : the same without its first entry, where that may be a header
    """

    info: ArrayInfo
    load: Callable[[], Generator[Progress, None, NDArray[Any]]]
    note: str = ""
    load_first: Callable[[int], Generator[Progress, None, NDArray[Any]]] | None = None
    without_first: LazyArray | None = None
