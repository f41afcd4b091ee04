"""One pair of classes: an image of the one made the other, and the images that are read so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.exact.smallest import finding_change
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.pairs import Norm
    from core.exact.smallest import SmallestChange
    from core.progress import Progress


@dataclass(frozen=True, slots=True, eq=False)
class PairExample:
    """What is to be seen of a pair.

    Attributes
    ----------
    change : the smallest with which the example is read as the other class; None without example
    confused : (n,) int64, images of the one class read as the other, the most surely read first
    probabilities : (n,) float64, with which they are
    n_source : how many images the one class has
    """

    change: SmallestChange | None
    confused: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    n_source: int


def pair_example(
    weights: NDArray[Any],
    split: Split,
    pair: tuple[int, int],
    example: int,
    norm: Norm,
    *,
    boxed: bool,
) -> Generator[Progress, None, PairExample]:
    """Find what is to be seen of a pair of classes.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
    pair : what images are, and what they are pushed to or taken for
    example : number of an image of the one, pushed to the other; negative for none
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    """
    source, target = pair
    change = None
    if example >= 0 and source != target:
        image = split.images[example]
        change = yield from finding_change(weights, image, norm, target=target, boxed=boxed)
    model = SoftmaxPerceptron(weights)
    own = np.flatnonzero(split.true_labels == source)
    read = [model.probabilities(images) for _, images, _ in split.take(own).chunks()]
    probabilities = np.concatenate([np.zeros((0, len(weights))), *read])
    confused = np.flatnonzero(probabilities.argmax(axis=1) == target)
    sure = probabilities[confused, target]
    order = np.argsort(-sure, kind="stable")
    return PairExample(change, read_only(own[confused[order]]), read_only(sure[order]), len(own))
