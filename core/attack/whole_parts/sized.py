"""Attacks that only try, on whole parts at many sizes: accuracy against size, above the exact one.

Those that take long go from size to size, so that what is known when one is left is a curve up to
some size; each tells after every step of less than a tenth of a second.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.attack.methods.fgsm import FastGradient
from core.attack.methods.iterative import ProjectedGradient
from core.attack.settings import BUDGET_HIGH, BUDGET_LOW
from core.data.dataset import read_only
from core.exact.curves import tried_sizes
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    from numpy.typing import NDArray

    from core.attack.base import Attack
    from core.data.dataset import Split
    from core.exact.curves import ExactRobustness, SetNorm

    Steps = Generator[None, None, NDArray[np.int64]]

PGD_STEPS = 20
_STEP_VALUES = 400_000
"""Pixels moved in one step: a hundredth of a second."""


def _rows_per_step(split: Split) -> int:
    n_features = int(split.images.shape[1])
    return max(_STEP_VALUES // max(n_features, 1), 1)


@dataclass(frozen=True, slots=True, eq=False)
class AttackCurve:
    """What an attack leaves right, at the sizes it has tried so far.

    Attributes
    ----------
    counts : (n_tried, n_classes) int64, read-only: of each label the images still read rightly
    n_sizes : how many sizes there are to try
    """

    counts: NDArray[np.int64]
    n_sizes: int

    @property
    def complete(self) -> bool:
        """Whether all sizes were tried."""
        return len(self.counts) == self.n_sizes

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(len(self.counts), self.n_sizes, "sizes")


class SizedAttack(ABC):
    """Anything that changes images within a size: one more curve of accuracy against size."""

    label: ClassVar[str]
    """What people call it."""
    help: ClassVar[str]
    """What it does, and with which settings."""
    is_quick: ClassVar[bool] = False
    """Whether it is quick enough to follow a model that is being trained."""

    @abstractmethod
    def curve(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        sizes: NDArray[np.float64],
        *,
        boxed: bool,
    ) -> Generator[AttackCurve, None, None]:
        """Try every size on the images read rightly; yield what is known after each small step.

        Parameters
        ----------
        weights : (n_classes, n_features + 1); all is computed in their precision
        sizes : (n_sizes,), rising
        boxed : whether pixels stay between 0 and 1
        """


class RandomNoise(SizedAttack):
    """Every image goes the size along a direction drawn once: what chance alone would do.

    For the length it is uniform on the sphere, for the largest component every pixel goes up or
    down. In the box what leaves it is cut off. Nothing is known before all images have gone all
    sizes: it is quick, and to draw the directions anew for each size would take most of the time.
    """

    label = "noise"
    help = "Every image goes the size along a random direction, drawn once: what chance would do."
    is_quick = True

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def curve(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        sizes: NDArray[np.float64],
        *,
        boxed: bool,
    ) -> Generator[AttackCurve, None, None]:
        """Try all sizes on a few images at a time."""
        rng, model = np.random.default_rng(self._seed), SoftmaxPerceptron(weights)
        counts = np.zeros((len(sizes), model.n_classes), dtype=np.int64)
        nothing = AttackCurve(read_only(counts[:0].copy()), len(sizes))
        for images, labels in split.chunks(_rows_per_step(split)):
            along = directions(norm, images.shape, rng)
            right = model.predict(images) == labels
            for row, size in zip(counts, sizes, strict=True):
                moved = along * np.float32(size)
                moved += images
                if boxed:
                    np.clip(moved, 0.0, 1.0, out=moved)
                still = labels[right & (model.predict(moved) == labels)]
                row += np.bincount(still, minlength=model.n_classes)
                yield nothing
        yield AttackCurve(read_only(counts), len(sizes))


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
    """

    kind: ClassVar[type[Attack]]
    settings: ClassVar[Mapping[str, Any]] = {}
    """Those of its settings that are not the question's and not as usual."""

    def attack(
        self,
        model: SoftmaxPerceptron,
        images: NDArray[Any],
        labels: NDArray[np.int64],
        norm: SetNorm,
        size: float,
        *,
        boxed: bool,
    ) -> Attack:
        """Return the attack of this size."""
        asked: dict[str, Any] = {"norm": norm, "budget": size, "box": boxed, "objective": "margin"}
        return self.kind(model, self.kind.settings(**asked, **self.settings), images, labels)

    def curve(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        sizes: NDArray[np.float64],
        *,
        boxed: bool,
    ) -> Generator[AttackCurve, None, None]:
        """Try one size after the other."""
        model = SoftmaxPerceptron(weights)
        counts = np.zeros((len(sizes), model.n_classes), dtype=np.int64)
        known = AttackCurve(read_only(counts[:0].copy()), len(sizes))
        right = []
        for images, labels in split.chunks():
            right.append(model.predict(images) == labels)
            yield known
        held = np.flatnonzero(np.concatenate(right)) if right else np.zeros(0, dtype=np.int64)
        for i, size in enumerate(sizes):
            steps = self.within(model, split, held, norm, float(size), boxed=boxed)
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    held = end.value
                    break
                yield known
            counts[i] = np.bincount(split.labels[held], minlength=model.n_classes)
            known = AttackCurve(read_only(counts[: i + 1].copy()), len(sizes))
            yield known

    def within(
        self,
        model: SoftmaxPerceptron,
        split: Split,
        rows: NDArray[np.int64],
        norm: SetNorm,
        size: float,
        *,
        boxed: bool,
    ) -> Steps:
        """Return those of the images ``rows`` that stay right; yield after each small step."""
        if size < BUDGET_LOW or not _leads_anywhere(model):
            return rows
        still, n_rows = [], _rows_per_step(split)
        for first in range(0, len(rows), n_rows):
            chunk = rows[first : first + n_rows]
            images, labels = split.images[chunk], split.labels[chunk]
            # A size above all budgets allows whatever the largest budget does.
            budget = min(size, BUDGET_HIGH)
            attack = self.attack(model, images, labels, norm, budget, boxed=boxed)
            for _ in attack.run():
                yield
            still.append(chunk[~attack.result().success])
        return np.concatenate(still) if still else rows


def _leads_anywhere(model: SoftmaxPerceptron) -> bool:
    """Whether any change changes what is read: not where all classes weigh all pixels alike."""
    weights = model.weights
    return bool(np.isfinite(weights).all() and (weights[:, 1:] != weights[0, 1:]).any())


class SizedFastGradient(GradientAttack):
    """The fast gradient method at each size."""

    label = "FGSM"
    help = (
        "Fast gradient method: one step of the whole size up the logit margin, toward the rival "
        "that is strongest, without a target."
    )
    kind = FastGradient


class SizedProjectedGradient(GradientAttack):
    """Projected gradient descent at each size; its automatic step is 2.5 / steps of the size."""

    label = "PGD"
    help = (
        f"Projected gradient descent: {PGD_STEPS} steps of an eighth of the size up the logit "
        "margin, without a target, each held within the size, from one random place in it."
    )
    kind = ProjectedGradient
    settings: ClassVar[Mapping[str, Any]] = {"steps": PGD_STEPS}


SIZED_ATTACKS: tuple[SizedAttack, ...] = (
    RandomNoise(),
    SizedFastGradient(),
    SizedProjectedGradient(),
)
"""What is drawn over the exact curve, the quickest first; one more attack is one more entry."""


@dataclass(frozen=True, slots=True, eq=False)
class TriedAttacks:
    """What some attacks leave right, as far as they have been tried.

    Attributes
    ----------
    sizes : (n_sizes,) at which they are tried
    curves : label -> what the attack leaves right, at the first of those sizes or at all
    trying : the label of the attack that is being tried, or ""
    """

    sizes: NDArray[np.float64]
    curves: dict[str, AttackCurve]
    trying: str

    @property
    def complete(self) -> bool:
        """Whether all attacks there are have been tried at all sizes."""
        known = (self.curves.get(attack.label) for attack in SIZED_ATTACKS)
        return all(curve is not None and curve.complete for curve in known)


class AttackTrials:
    """Tries one attack after the other on a whole part, at the sizes where its curve is steep.

    Parameters
    ----------
    weights : (n_classes, n_features + 1)
    norm : how large a change is
    exact : what the images withstand, in the box or without it: so attacks are tried
    attacks : what is tried, in this order; :data:`SIZED_ATTACKS` if None
    known : label -> what is known of an attack on just this already
    """

    def __init__(
        self,
        weights: NDArray[Any],
        split: Split,
        norm: SetNorm,
        exact: ExactRobustness,
        *,
        attacks: Iterable[SizedAttack] | None = None,
        known: Mapping[str, AttackCurve] | None = None,
    ) -> None:
        self._sizes = tried_sizes(exact, norm)
        self._curves = dict(known or {})
        self._trying = ""
        self._steps = {
            attack.label: attack.curve(weights, split, norm, self._sizes, boxed=exact.boxed)
            for attack in (SIZED_ATTACKS if attacks is None else attacks)
        }

    def run(self) -> Generator[Progress, None, None]:
        """Try those that are not known to their end; one that was left goes on where it was."""
        for label, steps in self._steps.items():
            known = self._curves.get(label)
            if known is not None and known.complete:
                continue
            self._trying = label
            for curve in steps:
                # One that is begun anew does not lose what was known of it before.
                if known is None or len(known.counts) <= len(curve.counts):
                    self._curves[label] = curve
                yield curve.progress
        self._trying = ""

    def found(self) -> TriedAttacks:
        """Return what is known by now."""
        return TriedAttacks(self._sizes, dict(self._curves), self._trying)
