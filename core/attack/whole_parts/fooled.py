"""Which images an attack is after, and which of them it has fooled, over whole parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.attack.step import as_wanted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK_NUMBERS = 500_000
_MOST_ROWS, _FEWEST_ROWS = 256, 8


def chunk_rows(n_features: int, n_classes: int) -> int:
    """Return how many images are attacked together for each step to take far below 0.1 s.

    The slowest single step of all attacks, the choice of rivals of the fewest pixels, sorts all
    pixels of each image once for every class.
    """
    rows = _CHUNK_NUMBERS // max(n_features * n_classes, 1)
    return min(max(rows, _FEWEST_ROWS), _MOST_ROWS)


def can_be_fooled(
    predicted: NDArray[np.int64], labels: NDArray[np.int64], target: int | None
) -> NDArray[np.bool_]:
    """Return which images there is something to attack in, (n,).

    They are not read as wanted already. To be read as what it is fools nobody: with a target the
    images that are labelled so are left out.
    """
    untouched = ~as_wanted(predicted, labels, target)
    return untouched if target is None else untouched & (labels != target)
