"""Setting images aside, fairly to every class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def n_set_aside(n_members: int, share: float) -> int:
    """Return how many images of a class of ``n_members`` are set aside.

    One at least and all but one at most; none of a class with a single image.
    """
    return min(max(round(share * n_members), 1), n_members - 1)


def stratified_split(
    labels: NDArray[np.int64], share: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split samples so that each part has nearly the same classes in nearly the same proportions.

    Parameters
    ----------
    labels : (n_samples,)
    share
        Which part of each class is set aside, above 0 and below 1; see :func:`n_set_aside`.
    rng
        The same state gives the same split.

    Returns
    -------
    kept, set_aside
        Indices (n_kept,) and (n_aside,), each in random order, so that any first part of them
        has every class in it.
    """
    kept, aside = [], []
    order = rng.permutation(len(labels))
    for label in np.unique(labels):
        members = order[labels[order] == label]
        n_aside = n_set_aside(len(members), share)
        aside.append(members[:n_aside])
        kept.append(members[n_aside:])
    return rng.permutation(np.concatenate(kept)), rng.permutation(np.concatenate(aside))
