"""How little is enough for one image: the size alone, faster than the change itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.exact.smallest import smallest_change
from core.exact.solver.overtaking_many import overtake_all_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.pairs import Norm


def least_size(
    weights: NDArray[Any],
    image: NDArray[Any],
    norm: Norm,
    *,
    target: int | None = None,
    boxed: bool = False,
) -> float:
    """Return the size of the smallest change with which an image is read as ``target``, or not.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    image : (n_features,), in [0, 1] if ``boxed``
    norm : ``l2`` or ``linf``
    target : a class, or None for any other than what it is read as
    boxed : whether pixels stay between 0 and 1

    Returns
    -------
    0 where it is read so already, infinite where nothing is enough.

    Raises
    ------
    SettingError
        As :func:`~core.exact.smallest.smallest_change`, if there is no target.
    ExplorerError
        As :func:`~core.exact.solver.overtaking.overtake_all`.
    """
    if target is None:
        return smallest_change(weights, image, norm, boxed=boxed).size
    w, x = weights.astype(np.float64), image.astype(np.float64)
    logits = w[:, 1:] @ x + w[:, 0]
    others = np.arange(len(w)) != target
    rows, gaps = w[target, 1:] - w[others, 1:], logits[others] - logits[target]
    return float(overtake_all_many(rows, gaps[None], norm, x[None] if boxed else None)[0])
