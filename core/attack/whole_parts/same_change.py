"""The same change added to other images: what fools with one may do nothing to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.methods.random_noise import noise_of_sizes
from core.attack.norms import NORMS
from core.attack.step import as_wanted, can_be_fooled
from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.data.dataset import Split

MOST_SHOWN = 160
"""So many of the changed images are kept to be looked at."""

_CHUNK_NUMBERS = 200_000
MOST_ROWS = 512


@dataclass(frozen=True, slots=True)
class Effect:
    """What one kind of change did to the images: counts.

    Attributes
    ----------
    n_right : images read as their label
    n_fooled : of those that were read rightly, the ones that are not any more
    n_pushed : of those neither read nor labelled as the target, the ones now read as it
    """

    n_right: int = 0
    n_fooled: int = 0
    n_pushed: int = 0

    def __add__(self, other: Effect) -> Effect:
        """Return the counts of both together."""
        return Effect(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class ChangedImages:
    """Some of the images with the change, to be looked at. Arrays are read-only.

    Attributes
    ----------
    indices, labels : (n,) int64, numbers in the part, and true classes
    images : (n, n_features), with the change
    before, after : (n,) int64, what they were and are read as
    """

    indices: NDArray[np.int64]
    labels: NDArray[np.int64]
    images: NDArray[Any]
    before: NDArray[np.int64]
    after: NDArray[np.int64]

    def followed_by(self, *more: NDArray[Any]) -> ChangedImages:
        """Return these and then others, whose arrays come in the same order."""
        before = (getattr(self, name) for name in self.__slots__)
        return ChangedImages(
            *(read_only(np.concatenate(both)) for both in zip(before, more, strict=True))
        )


@dataclass(frozen=True, slots=True, eq=False)
class SameChangeResult:
    """What is known after ``n_images`` of ``n_total`` images.

    Attributes
    ----------
    n_right : images read as their label as they are, which could be fooled
    n_open : images neither read nor labelled as the target as they are
    change, noise : what the change does, and noise of the same length
    mean_size : mean L2 length of what is left of the change in the box
    shown : the first images; the same ones whatever the change, and the same object once they are
        enough
    """

    n_images: int
    n_total: int
    n_right: int
    n_open: int
    change: Effect
    noise: Effect
    mean_size: float
    shown: ChangedImages


class SameChange:
    """Add one change to every image of a part, and noise as long to compare with.

    The images are taken in an order drawn once, so that those done by any time are a fair sample.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
    split : the images; measured by their true labels
    change : (n_features,)
    target : the class that images may be pushed to
    strength : the change is multiplied by this
    box : whether changed images are clipped to [0, 1]
    seed : of the order and the noise

    Raises
    ------
    SettingError
        If the change is for images of another size, or is not made of numbers.
    """

    def __init__(
        self,
        weights: NDArray[Any],
        split: Split,
        change: NDArray[Any],
        target: int,
        *,
        strength: float = 1.0,
        box: bool = True,
        seed: int = 0,
    ) -> None:
        n_features = weights.shape[1] - 1
        if change.shape != (n_features,):
            raise SettingError(
                f"The change has {change.size} pixels; this model reads {n_features}"
            )
        if not np.isfinite(change).all():
            raise SettingError("The change has pixels that are not numbers; choose another step")
        self._model, self._split, self._target = SoftmaxPerceptron(weights), split, target
        self._change = (strength * change.astype(np.float64)).astype(weights.dtype)
        self._box, self._seed = box, seed
        self._order = np.random.default_rng(seed).permutation(split.n_samples)
        self._done = self._n_right = self._n_open = 0
        self._effects = [Effect(), Effect()]
        self._total_size = 0.0
        none = self._order[:0]
        self._shown = ChangedImages(none, none, split.images[:0], none, none)

    def run(self) -> Generator[Progress, None, None]:
        """Change a few images after the other, telling after each few; go on where it was left."""
        n_rows = min(max(_CHUNK_NUMBERS // max(len(self._change), 1), 1), MOST_ROWS)
        while self._done < len(self._order):
            rows = self._order[self._done : self._done + n_rows]
            self._do(rows, self._done // n_rows)
            yield Progress(self._done, len(self._order), "images")

    def _do(self, rows: NDArray[np.int64], number: int) -> None:
        images, labels = self._split.images[rows], self._split.true_labels[rows]
        before = self._model.predict(images)
        changed = images + self._change
        if self._box:
            np.clip(changed, 0.0, 1.0, out=changed)
        norm, rng = NORMS["l2"], np.random.default_rng((self._seed, number))
        sizes = norm.sizes(changed - images)
        noise = noise_of_sizes(images, sizes, norm, rng, box=self._box)
        after = self._model.predict(changed)
        right, opened = before == labels, can_be_fooled(before, labels, self._target)
        for i, read in enumerate((after, self._model.predict(images + noise))):
            self._effects[i] += Effect(
                n_right=int((read == labels).sum()),
                n_fooled=int((right & (read != labels)).sum()),
                n_pushed=int((opened & as_wanted(read, labels, self._target)).sum()),
            )
        n_shown = max(MOST_SHOWN - self._done, 0)
        if n_shown:
            more = (array[:n_shown] for array in (rows, labels, changed, before, after))
            self._shown = self._shown.followed_by(*more)
        self._n_right += int(right.sum())
        self._n_open += int(opened.sum())
        self._total_size += float(sizes.sum())
        self._done += len(rows)

    def found(self) -> SameChangeResult:
        """Return what is known of the images done so far, at any time."""
        return SameChangeResult(
            n_images=self._done,
            n_total=len(self._order),
            n_right=self._n_right,
            n_open=self._n_open,
            change=self._effects[0],
            noise=self._effects[1],
            mean_size=self._total_size / self._done if self._done else float("nan"),
            shown=self._shown,
        )
