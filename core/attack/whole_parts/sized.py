"""Attacks that only try, on whole parts at many sizes: accuracy against size, above the exact one.

Those that take long go from size to size, so that what is known when one is left is a curve up to
some size; each tells after every step of less than a tenth of a second.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import check_model
from core.attack.methods.fgsm import FastGradient
from core.attack.methods.iterative import ProjectedGradient
from core.attack.methods.random_noise import scales_in_box
from core.attack.norms import NORMS, per_row
from core.attack.settings import BUDGET_HIGH, BUDGET_LOW
from core.data.dataset import read_only
from core.errors import SettingError
from core.exact.curves import tried_sizes
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import Progress, told_as

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from numpy.typing import NDArray

    from core.attack.base import Attack
    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.exact.curves import ExactRobustness

    Counts = NDArray[np.int64]

PGD_STEPS = 20
_STEP_VALUES = 400_000
"""Pixels moved in one step: a hundredth of a second."""


def _rows_per_step(split: Split) -> int:
    n_features = int(split.images.shape[1])
    return max(_STEP_VALUES // max(n_features, 1), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What attacks are tried on.

    Attributes
    ----------
    weights : (n_classes, n_features + 1); all is computed in their precision
    split : its images that are read rightly are attacked
    norm, boxed : how large a change is, and whether pixels stay between 0 and 1
    sizes : (n_sizes,), rising
    """

    weights: NDArray[Any]
    split: Split
    norm: SetNorm
    sizes: NDArray[np.float64]
    boxed: bool


class SizedAttack(ABC):
    """Anything that changes images within a size: one more curve of accuracy against size.

    Attributes
    ----------
    label, help : what people call it; what it does, and with which settings
    is_quick : whether it is quick enough to follow a model that is being trained
    """

    label: str
    help: str
    is_quick = False

    @abstractmethod
    def curve(self, on: Trial) -> Iterator[Counts]:
        """Try every size, and yield what is known after each small step.

        That is (n_tried, n_classes), read-only: of each label the images still read rightly.
        """


class RandomNoise(SizedAttack):
    """Every image goes the size along a direction drawn once: what chance alone would do.

    For the length it is uniform on the sphere, for the largest component every pixel goes up or
    down. In the box it goes farther for what is cut off there, as the attacks by noise do: what is
    left has the size (:func:`~core.attack.methods.random_noise.scales_in_box`). Nothing is known
    before all images have gone all sizes: it is quick, and to draw the directions anew for each
    size would take most of the time.
    """

    label = "noise"
    help = "Every image goes the size along a random direction, drawn once: what chance would do."
    is_quick = True

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def curve(self, on: Trial) -> Iterator[Counts]:
        """Try all sizes on a few images at a time."""
        rng, model = np.random.default_rng(self._seed), SoftmaxPerceptron(on.weights)
        counts = np.zeros((len(on.sizes), model.n_classes), dtype=np.int64)
        nothing = read_only(counts[:0].copy())
        for _, images, labels in on.split.chunks(_rows_per_step(on.split)):
            along = directions(on.norm, images.shape, rng)
            logits = model.logits(images)
            right = logits.argmax(axis=1) == labels
            # Without a box the logits go straight: one product is enough for all sizes.
            with np.errstate(over="ignore", invalid="ignore"):
                slope = None if on.boxed else model.logits(along) - on.weights[:, 0]
            scales = np.broadcast_to(on.sizes, (len(images), len(on.sizes)))
            if on.boxed:
                scales = scales_in_box(along, images, scales, NORMS[on.norm])
                yield nothing
            for row, size, scale in zip(counts, on.sizes, scales.T, strict=True):
                if slope is None:
                    moved = along * per_row(scale, along)
                    moved += images
                    np.clip(moved, 0.0, 1.0, out=moved)
                    read = model.predict(moved)
                else:
                    with np.errstate(over="ignore", invalid="ignore"):
                        read = (logits + np.float32(size) * slope).argmax(axis=1)
                still = labels[right & (read == labels)]
                row += np.bincount(still, minlength=model.n_classes)
                if on.boxed:
                    yield nothing
            yield nothing
        yield read_only(counts)


def directions(
    norm: SetNorm, shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return random directions of size 1, (n, n_features)."""
    if norm == "linf":
        signs = rng.integers(0, 2, size=shape, dtype=np.int8)
        return np.asarray(2 * signs - 1, dtype=np.float32)
    drawn = rng.standard_normal(shape, dtype=np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


class GradientAttack(SizedAttack):
    """A batch attack up the logit margin, without a target, a few hundred images at a time.

    What it has turned once it need not try at larger sizes: that change is within them too.

    Parameters
    ----------
    label, help : as for every :class:`SizedAttack`
    kind, settings : the attack, and those of its settings that are not the trial's and not as usual
    """

    def __init__(self, label: str, help: str, kind: type[Attack], **settings: Any) -> None:
        self.label, self.help = label, help
        self._kind, self._settings = kind, {"objective": "margin"} | settings

    def curve(self, on: Trial) -> Iterator[Counts]:
        """Try one size after the other."""
        model = SoftmaxPerceptron(on.weights)
        counts = np.zeros((len(on.sizes), model.n_classes), dtype=np.int64)
        n_tried = 0

        def known() -> Counts:
            return read_only(counts[:n_tried].copy())

        right = [np.zeros(0, dtype=np.bool_)]
        for _, images, labels in on.split.chunks():
            right.append(model.predict(images) == labels)
            yield known()
        held = np.flatnonzero(np.concatenate(right))
        for size in on.sizes.tolist():
            held = yield from told_as(self.within(on, held, size), known)
            counts[n_tried] = np.bincount(on.split.labels[held], minlength=model.n_classes)
            n_tried += 1
            yield known()

    def within(
        self, on: Trial, rows: NDArray[np.int64], size: float
    ) -> Generator[None, None, NDArray[np.int64]]:
        """Return those of the images ``rows`` that stay right; yield after each small step."""
        try:
            check_model(on.weights)
        except SettingError:
            return rows
        if size < BUDGET_LOW:
            return rows
        # A size above all budgets allows whatever the largest budget does.
        asked = {"norm": on.norm, "budget": min(size, BUDGET_HIGH), "box": on.boxed}
        config = self._kind.settings(**self._settings | asked)
        still, n_rows = [rows[:0]], _rows_per_step(on.split)
        for first in range(0, len(rows), n_rows):
            chunk = rows[first : first + n_rows]
            images, labels = on.split.images[chunk], on.split.labels[chunk]
            attack = self._kind(SoftmaxPerceptron(on.weights), config, images, labels)
            for _ in attack.run():
                yield
            still.append(chunk[~attack.result().success])
        return np.concatenate(still)


SIZED_ATTACKS: tuple[SizedAttack, ...] = (
    RandomNoise(),
    GradientAttack(
        "FGSM",
        "Fast gradient method: one step of the whole size up the lead of the strongest other "
        "class, without a target.",
        FastGradient,
    ),
    GradientAttack(
        "PGD",
        f"Projected gradient descent: {PGD_STEPS} steps of an eighth of the size up the lead of "
        "the strongest other class, without a target, each held within the size, from one random "
        "place in it.",
        ProjectedGradient,
        steps=PGD_STEPS,
    ),
)
"""What is drawn over the exact curve, the quickest first; one more attack is one more entry."""


@dataclass(frozen=True, slots=True, eq=False)
class TriedAttacks:
    """What some attacks leave right, as far as they have been tried.

    Attributes
    ----------
    sizes : (n_sizes,) at which they are tried
    curves : label -> what the attack leaves right at the first of those sizes or at all, as
        :meth:`SizedAttack.curve` tells it
    trying : the label of the attack that is being tried, or ""
    """

    sizes: NDArray[np.float64]
    curves: dict[str, Counts]
    trying: str


class AttackTrials:
    """Tries one attack after the other on a whole part, at the sizes where its curve is steep.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
    norm : how large a change is
    exact : what the images withstand, in the box or without it: so attacks are tried
    attacks : what is tried, in this order
    """

    def __init__(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        exact: ExactRobustness,
        attacks: Iterable[SizedAttack] = SIZED_ATTACKS,
    ) -> None:
        on = Trial(weights, split, norm, tried_sizes(exact, norm), exact.boxed)
        self._sizes, self._trying = on.sizes, ""
        self._curves: dict[str, Counts] = {}
        self._steps = {attack.label: attack.curve(on) for attack in attacks}

    def run(self) -> Generator[Progress, None, None]:
        """Try them to their end; one that was left goes on where it was."""
        for label, steps in self._steps.items():
            self._trying = label
            for curve in steps:
                self._curves[label] = curve
                yield Progress(len(curve), len(self._sizes), "sizes")
        self._trying = ""

    def found(self) -> TriedAttacks:
        """Return what is known by now."""
        return TriedAttacks(self._sizes, dict(self._curves), self._trying)
