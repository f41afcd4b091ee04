"""What all attacks share: box, norm, budget, success, seed, and one way to run.

An attack changes many images at once, without a loop over them; one image is a batch of one.
A subclass writes the next change of every image into ``changes``; it cannot leave the budget or the
box, since the base holds both after every step, and it is the base that says what a success is.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from core.attack.norms import NORMS, gradient_sizes
from core.attack.objectives import OBJECTIVES, uphill
from core.attack.step import BatchResult, BatchStep, as_wanted
from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.perceptron import check_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from core.attack.settings import AttackSettings
    from core.learning.perceptron import SoftmaxPerceptron

BLOCK_BYTES = 400_000
"""Images stepped together: so few that what is done to them stays in a processor's near cache."""
SMALLER = 1.0 - 1e-5
"""A success must be this much smaller than the one kept to replace it: rounding is no progress."""


def check_model(weights: NDArray[Any]) -> None:
    """Raise a SettingError if a model (n_classes, n_features + 1) gives no way to go."""
    check_numbers(weights)
    if len(weights) < 2 or (weights[:, 1:] == weights[0, 1:]).all():
        raise SettingError(
            "All classes of this model weigh every pixel alike, so no change of the image "
            "changes what is read: there is no direction to go. Train the model first"
        )


def check_images(images: NDArray[Any], weights: NDArray[Any], target: int | None) -> None:
    """Raise a SettingError if a model reads other images, or the target is none of its classes.

    Parameters
    ----------
    images : (n, n_features) or (n_features,)
    weights : (n_classes, n_features + 1)
    target : a class, or None
    """
    n_pixels, n_features = math.prod(images.shape[1:] or images.shape), weights.shape[1] - 1
    if images.ndim > 2 or n_pixels != n_features:
        raise SettingError(f"The image has {n_pixels} pixels; this model reads {n_features}")
    if not np.isfinite(images).all():
        raise SettingError("The image has pixels that are not numbers; choose another one")
    if target is not None and not 0 <= target < len(weights):
        raise SettingError(
            f"Target class {target} is no class of this model; choose 0 to {len(weights) - 1}"
        )


class Attack(ABC):
    """Base of all attacks.

    Parameters
    ----------
    model : SoftmaxPerceptron
        Never changed. Everything is computed in the precision of its weights.
    config : the attack's own ``settings``
    images : (n, n_features) or (n_features,)
        With the box on, clipped to it first.
    labels : (n,) or None
        The classes an untargeted attack leads away from; by default what the model reads. An image
        that is read as another class already is a success of size 0.

    Attributes
    ----------
    originals, changes : (n, n_features); an image is shown as their sum
    logits : (n, n_classes) of what is shown
    values, gradient : (n,), (n, n_classes), the objective and its gradient in the logits
    pull : (n, n_classes), where the logits should go; each row scaled to a largest component of 1
    success : (n,) bool
    rows : (n_classes, n_features), the weights less those of class 0, without the bias
        Gradients of any objective add up to 0, so ``pull @ rows`` is the gradient in the image, and
        a pixel that all classes weigh equally has a gradient of exactly 0.
    gram : (n_classes, n_classes) float64, ``rows @ rows.T``

    Raises
    ------
    SettingError
        In words, if the target is no class or what every image is read as already, the images have
        another size than the model's, there are none, or the model cannot be attacked: all classes
        weigh all pixels alike.
    """

    name: ClassVar[str]
    """Its name in the registry, a command line and a file."""
    label: ClassVar[str]
    """Its name for people."""
    help: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    settings: ClassVar[type[AttackSettings]]
    begins_anywhere: ClassVar[bool] = False
    """Whether one image may begin as noise: it is led from there to what looks like it."""
    ends_when_fooled: ClassVar[bool] = False
    """Whether it is over when every image is read as wanted."""
    goes_on: ClassVar[bool] = False
    """Whether its steps, however many, only make it surer of a target that is reached."""
    ends_with_best = True
    """Whether its film ends with the best change found, where the last one is a failure."""

    def __init__(
        self,
        model: SoftmaxPerceptron,
        config: AttackSettings,
        images: NDArray[Any],
        labels: NDArray[np.int64] | None = None,
    ) -> None:
        self.model, self.config, self.target = model, config, config.target
        batch = np.atleast_2d(images)
        if not len(batch):
            raise SettingError("There is no image to attack; choose at least one")
        check_images(batch, model.weights, self.target)
        originals = np.array(batch, dtype=model.weights.dtype, order="C")
        self.box: bool = config.get("box")
        self.norm = NORMS[config.get("norm")]
        self.budget: float = config.get("budget")
        self.objective = OBJECTIVES[config.get("objective")]
        if self.box:
            np.clip(originals, 0.0, 1.0, out=originals)
        self.originals = read_only(originals)
        self.original = read_only(model.predict(originals))
        self.labels = self._checked_labels(labels)
        self.check_that_it_leads_anywhere()
        self.classes = self.labels
        if self.target is not None:
            self.classes = read_only(np.full_like(self.labels, self.target))
        self.rows = model.weights[:, 1:] - model.weights[0, 1:]
        self._columns = model.weights[:, 1:].T
        wide = self.rows.astype(np.float64)
        self.gram = wide @ wide.T
        self._original_logits = model.logits(self.originals)
        # The box of the change. x + (1 - x) may round to a neighbour of 1, never beyond: shown()
        # clips once more.
        self._lowest, self._highest = -self.originals, 1 - self.originals
        if self.norm.is_box and np.isfinite(self.budget):
            bound = self.originals.dtype.type(self.budget)
            np.maximum(self._lowest, -bound, out=self._lowest)
            np.minimum(self._highest, bound, out=self._highest)
        self.ran_away = False
        """Whether it ended because no further step would have had finite numbers."""
        self._reset()

    def _checked_labels(self, labels: NDArray[np.int64] | None) -> NDArray[np.int64]:
        if labels is None:
            return self.original
        labels = np.array(np.atleast_1d(labels), dtype=np.int64)
        if labels.shape != (self.n_images,):
            raise SettingError(f"There are {labels.size} labels for {self.n_images} images")
        if labels.min() < 0 or labels.max() >= self.model.n_classes:
            raise SettingError(
                f"A label is no class of this model; labels are 0 to {self.model.n_classes - 1}"
            )
        return read_only(labels)

    @classmethod
    def on_image(
        cls,
        model: SoftmaxPerceptron,
        config: AttackSettings,
        image: NDArray[Any],
        *,
        start: NDArray[Any] | None = None,
    ) -> Self:
        """Return the attack on one image (n_features,), to be watched.

        Parameters
        ----------
        start : (n_features,), what to begin as instead, where it ``begins_anywhere``

        Raises
        ------
        SettingError
            As the constructor, or if it cannot begin as something else.
        """
        if start is not None:
            raise SettingError(f"{cls.label} changes the image itself; it cannot begin as noise")
        return cls(model, config, image)

    def check_that_it_leads_anywhere(self) -> None:
        """Raise a SettingError where there is no way to go, or none that is needed."""
        check_model(self.model.weights)
        if self.target is not None and (self.original == self.target).all():
            which = "The image is" if self.n_images == 1 else "All images are"
            raise SettingError(
                f"{which} read as class {self.target} already; choose another target class"
            )

    @property
    def n_images(self) -> int:
        """Number of images."""
        return len(self.originals)

    @property
    def n_steps(self) -> int:
        """How many steps follow the start, at most; by default as set."""
        return int(self.config.get("steps"))

    def begin(self) -> None:  # noqa: B027 - most attacks begin at the originals
        """Write the change to start from into ``changes``, which are 0; prepare what is kept.

        Called once per run, with ``rng`` new from the seed.
        """

    @abstractmethod
    def advance(self) -> None:
        """Write the next change of every image into ``changes``; ``step`` is its number."""

    def finished(self) -> bool:
        """Whether to end before all steps are made."""
        return self.ends_when_fooled and bool(self.success.all())

    def traced(self) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return what is told of each step: the objective (n,), and how steep it is in each image.

        Called once after every step, with ``gradient`` of where the images are now; ``pull`` is
        scaled here.
        """
        self.pull, steepness = uphill(self.gradient, self.target)
        self._pull_sizes = gradient_sizes(self.pull, self.gram)
        return self.values, self._pull_sizes * steepness

    def run(self, *, keep_images: bool = False) -> Iterator[BatchStep]:
        """Yield the start and every step after it. May be left at any step; starts anew each time.

        Parameters
        ----------
        keep_images : whether each step brings a copy of all images
        """
        self._reset()
        # An image that is read as wanted needs no change, wherever the attack begins.
        already = self._wanted(self.original)
        self._best_sizes[already] = 0.0
        self._best_predicted[already] = self.original[already]
        yield self._made(self.begin, keep_images=keep_images)
        while self.step < self.n_steps and not self.finished():
            self.step += 1
            yield self._made(self.advance, keep_images=keep_images)

    def _made(self, move: Callable[[], None], *, keep_images: bool) -> BatchStep:
        """Make a step and return the state after it."""
        # Numbers that overflow are no accident to warn of: no change with such numbers is kept.
        with np.errstate(over="ignore", invalid="ignore"):
            move()
            self._hold()
            return self._look(keep_images)

    def finish(self) -> BatchResult:
        """Run to the end and return what came of it."""
        for _ in self.run():
            pass
        return self.result()

    def _reset(self) -> None:
        n, n_classes = self.n_images, self.model.n_classes
        self.step = 0
        self.rng = np.random.default_rng(self.config.get("seed"))
        self.changes = np.zeros_like(self.originals)
        self.sizes = np.zeros(n)
        # Classes first in memory: what runs over ten classes then runs along long rows.
        self.logits = np.empty((n_classes, n), dtype=self.originals.dtype).T
        self.logits[:] = self._original_logits
        self.success = np.zeros(n, dtype=bool)
        self._best_images = self.originals.copy()
        self._best_sizes = np.full(n, np.inf)
        self._best_predicted = self.original.copy()
        self.best_steps = np.zeros(n, dtype=np.int64)
        """The step of each smallest success."""

    def blocks(self) -> Iterator[slice]:
        """Yield the rows of a few images at a time."""
        n_features = max(self.model.n_features, 1)
        n_rows = max(BLOCK_BYTES // (n_features * self.originals.itemsize), 1)
        for first in range(0, self.n_images, n_rows):
            yield slice(first, first + n_rows)

    def climb(self, pull: NDArray[Any], length: float) -> None:
        """Add the steepest step of size ``length`` along ``pull @ rows`` to ``changes``."""
        sizes = self._pull_sizes if pull is self.pull else gradient_sizes(pull, self.gram)
        scaled = self.norm.scaled_pull(pull, self.rows, sizes, length)
        buffer = np.empty_like(self.changes[next(self.blocks())])
        for rows in self.blocks():
            changes = self.changes[rows]
            steps = np.matmul(scaled[rows], self.rows, out=buffer[: len(changes)])
            self.norm.shape(steps, length)
            changes += steps

    def shown(self, rows: slice | NDArray[np.int64] = slice(None)) -> NDArray[Any]:
        """Return the images (or those in ``rows``) as they are now, a new array."""
        images = self.originals[rows] + self.changes[rows]
        if self.box:
            np.clip(images, 0.0, 1.0, out=images)
        return np.asarray(images)

    def _hold(self) -> None:
        """Keep budget and box (see :mod:`core.attack.norms`); let the model read what is left."""
        bounded = np.isfinite(self.budget) and not (self.box and self.norm.is_box)
        for rows in self.blocks():
            changes = self.changes[rows]
            if bounded:
                self.norm.project(changes, self.budget)
            if self.box:
                np.maximum(changes, self._lowest[rows], out=changes)
                np.minimum(changes, self._highest[rows], out=changes)
            self.sizes[rows] = self.norm.sizes(changes)
        # One product for all: a block's is so small that half of its time goes into its beginning.
        np.add(self.changes @ self._columns, self._original_logits, out=self.logits)

    def _look(self, keep_images: bool) -> BatchStep:
        """Judge the images by their logits; return the state."""
        self.values, self.gradient = self.objective.evaluate(self.logits, self.classes)
        predicted = self.logits.argmax(axis=-1)
        self.success = self._wanted(predicted)
        self._keep_best(predicted)
        values, norms = self.traced()
        return BatchStep(
            step=self.step,
            success=read_only(self.success.copy()),
            predicted=read_only(predicted),
            sizes=read_only(self.sizes.copy()),
            values=read_only(np.array(values)),
            gradient_norms=read_only(norms),
            images=read_only(self.shown()) if keep_images else None,
        )

    def _wanted(self, predicted: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return where the model reads what the attack is after."""
        return as_wanted(predicted, self.labels, self.target)

    def _keep_best(self, predicted: NDArray[np.int64]) -> None:
        """Keep each image's smallest success, if the model itself reads it so.

        What is read from sums of logits, ``predicted``, may round otherwise: it is put right.
        """
        rows = np.flatnonzero(self.success & (self.sizes < self._best_sizes * SMALLER))
        if len(rows):
            images = self.shown(rows)
            predicted[rows] = self.model.predict(images)
            self.success[rows] = fooled = self._wanted(predicted)[rows]
            rows = rows[fooled]
            self._best_sizes[rows] = self.sizes[rows]
            self._best_images[rows] = images[fooled]
            self._best_predicted[rows] = predicted[rows]
            self.best_steps[rows] = self.step

    def result(self) -> BatchResult:
        """Return what the attack came to up to the step made last, at any time."""
        images = self._best_images.copy()
        none = np.flatnonzero(np.isinf(self._best_sizes))
        images[none] = self.shown(none)
        # What was read of an image when it was kept: a product with others may round otherwise.
        predicted = self._best_predicted.copy()
        if len(none):
            predicted[none] = self.model.predict(images[none])
        return self._result(images, predicted)

    def _result(self, images: NDArray[Any], predicted: NDArray[np.int64]) -> BatchResult:
        """Return the result with ``images``, read as ``predicted``."""
        success = self._wanted(predicted)
        changes = images - self.originals
        return BatchResult(
            success=read_only(success),
            images=read_only(images),
            changes=read_only(changes),
            sizes=read_only(np.where(success, self.norm.sizes(changes), np.inf)),
            predicted=read_only(predicted),
        )
