"""One image, three losses, the same plain descent: why the squared loss may refuse to move.

``x <- x - eta dL/dx``, the gradient taken as long as it is. With ``W`` the weights without bias,
``y`` the probabilities and ``t`` the one-hot of the target, ``dL/dx`` is

- squared loss, ``L = |t - y|^2 / 2``: ``-W^T J (t - y)`` with ``J = diag(y) - y y^T``, nearly 0
  wherever the model is sure, rightly or wrongly (the practical writes ``|t - y|^2`` and absorbs the
  2 in eta);
- cross-entropy, ``L = -log y_t``: ``W^T (y - t)``;
- logit margin, ``L = z_r - z_t`` with r the strongest rival: ``w_r - w_t``.

Computed in float64: a gradient of 1e-60 is a number to be shown, not 0. Only the steps of the
squared loss are those of the film (:class:`Descent` without a pull, in the precision of the
weights): where such steps swing, roundings alone would lead elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.base import check_images
from core.attack.methods.descent import Descent, DescentSettings
from core.attack.objectives import OBJECTIVES, squared_loss
from core.attack.outcome import SATURATED_RESPONSE
from core.data.dataset import read_only
from core.learning.perceptron import SoftmaxPerceptron, check_numbers, softmax
from core.parameters import Settings, parameter
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

LOSSES = ("squared", "cross_entropy", "margin")
"""Names of the objectives, in the order of the columns everywhere here."""

_SCALES = {"squared": 0.5, "cross_entropy": 1.0, "margin": 1.0}
"""What is followed is the objective times this; the half is the practical's 2 absorbed in eta."""

FAR_OUT = 10.0
"""A pixel that has moved by ten times its whole range: nothing of the image is left."""

_LARGEST = float(np.finfo(np.float32).max)
"""What an image may hold; where a step leads beyond, the image stays."""


@dataclass(frozen=True, slots=True)
class MicroscopeConfig(Settings):
    """The same for all three losses."""

    rate: float = parameter(
        0.05,
        "float",
        "Step size",
        "How far each step moves the image along the gradient itself, however long that is; the "
        "same for all three losses. Each starts from the chosen image, without a pull.",
        low=1e-5,
        high=1000.0,
        log_scale=True,
        formula="x -= eta dL/dx,   eta = {value:g}",
    )
    steps: int = parameter(
        50,
        "int",
        "Steps",
        "How many times each loss changes the image.",
        low=1,
        high=1000,
        unit="steps",
        formula="x -= eta dL/dx, {value} times",
    )


@dataclass(frozen=True, slots=True)
class Footing:
    """What each loss finds to follow in one and the same image.

    Attributes
    ----------
    predicted, target : classes
    doubt : 1 - y of the class read, exact also where that y rounds to 1
    target_probability : y of the target
    jacobian : largest entry of ``J = diag(y) - y y^T``, which is ``max_k y_k (1 - y_k)``
    response : ``|J (t - y)|``, L2
    norms : lengths of the three gradients in the image, as in ``LOSSES``
    """

    predicted: int
    target: int
    doubt: float
    target_probability: float
    jacobian: float
    response: float
    norms: tuple[float, float, float]

    @property
    def reached(self) -> bool:
        """Whether the target is read: then a small gradient is an end, not a refusal."""
        return self.predicted == self.target

    @property
    def is_blank(self) -> bool:
        """Whether no loss has anything to follow: all classes weigh all pixels alike."""
        return not any(self.norms)

    @property
    def saturated(self) -> bool:
        """Whether the squared loss gives practically nothing to follow, though others do."""
        return not self.reached and not self.is_blank and self.response < SATURATED_RESPONSE

    @property
    def is_sure(self) -> bool:
        """Whether that is because J vanishes, all of y being in one class.

        Otherwise the model is torn between classes of which none is the target: t - y is the same
        for each of them, and J maps what is constant to 0.
        """
        return self.jacobian < SATURATED_RESPONSE

    @property
    def ratio(self) -> float:
        """How many times as long as the squared loss's the cross-entropy's gradient is."""
        squared, cross, _ = self.norms
        return cross / squared if squared else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Descents:
    """Three descents from one image, step by step; columns as in ``LOSSES``, all read-only.

    Attributes
    ----------
    target : class
    rate : step size
    original : (n_features,) float32, where all three began
    images : (n_steps + 1, 3, n_features) float32
    probabilities : (n_steps + 1, 3, n_classes) float64
    predicted : (n_steps + 1, 3) int64
    norms : (n_steps + 1, 3), length of the gradient in the image at each step
    l2, linf : (n_steps + 1, 3), size of the change
    held : of each loss the step after which its numbers would not have been finite any more, and
        its image stayed; None where that did not happen
    same_norms : (n_steps + 1, 3), what each loss finds to follow in the image of the *squared* one
    responses : (n_steps + 1,), ``|J (t - y)|`` in that image
    doubts : (n_steps + 1,), 1 - y of the class read in it
    """

    target: int
    rate: float
    original: NDArray[np.float32]
    images: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    predicted: NDArray[np.int64]
    norms: NDArray[np.float64]
    l2: NDArray[np.float64]
    linf: NDArray[np.float64]
    held: tuple[int | None, ...]
    same_norms: NDArray[np.float64]
    responses: NDArray[np.float64]
    doubts: NDArray[np.float64]

    @property
    def n_steps(self) -> int:
        """How many steps were made."""
        return len(self.images) - 1

    def fooled_at(self, column: int) -> int | None:
        """Return the first step at which a loss's image is read as the target, or None."""
        fooled = self.predicted[:, column] == self.target
        return int(fooled.argmax()) if fooled.any() else None

    def is_far_out(self, step: int, column: int) -> bool:
        """Whether so little is left of the image that its step size, or steps, are too many."""
        held = self.held[column]
        return bool(self.linf[step, column] > FAR_OUT) or (held is not None and step >= held)

    def footing(self, step: int) -> Footing:
        """Return what each loss finds in the image that the squared one has come to."""
        probabilities = self.probabilities[step, 0]
        predicted = int(self.predicted[step, 0])
        doubt = float(self.doubts[step])
        entries = probabilities * (1.0 - probabilities)
        entries[predicted] = probabilities[predicted] * doubt
        first, second, third = (float(norm) for norm in self.same_norms[step])
        return Footing(
            predicted=predicted,
            target=self.target,
            doubt=doubt,
            target_probability=float(probabilities[self.target]),
            jacobian=float(entries.max()),
            response=float(self.responses[step]),
            norms=(first, second, third),
        )

    @property
    def n_saturated(self) -> int:
        """At how many steps, the start included, the squared loss was saturated."""
        flat = (self.predicted[:, 0] != self.target) & (self.responses < SATURATED_RESPONSE)
        return int((flat & self.same_norms.any(axis=1)).sum())


def logit_gradient(
    name: str, logits: NDArray[np.float64], classes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a loss (n,) and its gradient in the logits (n, n_classes), scaled as at the top."""
    values, gradient = OBJECTIVES[name].evaluate(logits, classes)
    return values * _SCALES[name], gradient * _SCALES[name]


class Microscope:
    """Descends on one image under the three losses, all at once.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    config : step size and steps
    image : (n_features,), where all three begin
    target : the class they go toward; None for the likeliest that is not read
    box : whether pixels are clipped to 0..1 before the first and after each step

    Raises
    ------
    SettingError
        In words, if the target is no class of the model, the image has another size than the
        model's, or numbers of either are not finite.
    """

    def __init__(
        self,
        weights: NDArray[Any],
        config: MicroscopeConfig,
        image: NDArray[Any],
        target: int | None,
        *,
        box: bool = False,
    ) -> None:
        check_numbers(weights)
        check_images(image, weights, target)
        self.config, self.box = config, box
        self._model = SoftmaxPerceptron(weights.astype(np.float64))
        # Gradients in the logits add up to 0, so that weights less those of class 0 give the same
        # gradient in the image, and exactly 0 where all classes weigh alike.
        self._rows = self._model.weights[:, 1:] - self._model.weights[0, 1:]
        self._gram = self._rows @ self._rows.T
        start = image.astype(np.float64)
        self._start = np.clip(start, 0.0, 1.0) if box else start
        order = np.argsort(-self._model.logits(self._start), kind="stable")
        self.target = int(order[1]) if target is None else target
        film = DescentSettings(target=self.target, box=box, steps=config.steps, rate=config.rate)
        descent = Descent.on_image(SoftmaxPerceptron(weights), film, image)
        self._squared = islice(descent.run(keep_images=True), 1, None)  # the start is known
        n, k = config.steps + 1, len(LOSSES)
        self._images = np.empty((n, k, image.size), dtype=np.float32)
        self._logits = np.empty((n, k, self._model.n_classes))
        self._norms, self._l2, self._linf = (np.empty((n, k)) for _ in range(3))
        self._held: list[int | None] = [None] * k
        self._n_done = 0
        images = np.repeat(self._start[None], k, axis=0)
        self._next = images, self._model.logits(images)

    def run(self) -> Generator[Progress, None, None]:
        """Go down step by step; what has been done can be looked at, and gone on from, at each."""
        for step in range(self._n_done, self.config.steps + 1):
            images, logits = self._next
            gradient = self._gradient(logits)
            change = images - self._start
            self._images[step], self._logits[step] = images, logits
            self._norms[step] = np.linalg.norm(gradient, axis=1)
            self._l2[step] = np.linalg.norm(change, axis=1)
            self._linf[step] = np.abs(change).max(axis=1)
            self._n_done = step + 1
            if step < self.config.steps:
                self._advance(step, gradient)
            yield Progress(step, self.config.steps, "steps")

    def _gradient(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return of each loss the gradient in its own image, (3, n_features)."""
        target = np.array([self.target])
        inner = [
            logit_gradient(name, logits[i : i + 1], target)[1] for i, name in enumerate(LOSSES)
        ]
        return np.asarray(np.concatenate(inner) @ self._rows)

    def _advance(self, step: int, gradient: NDArray[np.float64]) -> None:
        """Make one more step."""
        images, logits = self._next
        following = images - self.config.rate * gradient
        filmed = next(self._squared, None)
        following[0] = np.inf if filmed is None or filmed.images is None else filmed.images[0]
        if self.box:
            np.clip(following, 0.0, 1.0, out=following)
        # Not finite is not within; an image that has stopped stays where it is.
        good = (np.abs(following) <= _LARGEST).all(axis=1)
        for column in np.flatnonzero(~good):
            if self._held[column] is None:
                self._held[column] = step
        keep = np.array([held is not None for held in self._held])
        following[keep] = images[keep]
        after = self._model.logits(following)
        after[keep] = logits[keep]
        self._next = following, after

    def found(self) -> Descents | None:
        """Return all steps made so far, at least the start; None before :meth:`run` was there."""
        n = self._n_done
        if not n:
            return None
        probabilities = softmax(self._logits[:n])
        predicted = self._logits[:n].argmax(axis=-1)
        targets = np.full(n, self.target, dtype=np.int64)
        squared, logits = probabilities[:, 0], self._logits[:n, 0]
        response = squared_loss(logits, targets)[1]
        inner = [logit_gradient(name, logits, targets)[1] for name in LOSSES]
        others = squared.copy()
        others[np.arange(n), predicted[:, 0]] = 0.0
        return Descents(
            target=self.target,
            rate=self.config.rate,
            original=read_only(self._start.astype(np.float32)),
            images=read_only(self._images[:n]),
            probabilities=read_only(probabilities),
            predicted=read_only(predicted),
            norms=read_only(self._norms[:n]),
            l2=read_only(self._l2[:n]),
            linf=read_only(self._linf[:n]),
            held=tuple(self._held),
            same_norms=read_only(np.stack([self._lengths(g) for g in inner], axis=1)),
            responses=read_only(np.linalg.norm(response, axis=1)),
            doubts=read_only(others.sum(axis=1)),
        )

    def _lengths(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return of gradients in the logits (n, n_classes) the lengths in the image, (n,)."""
        # Scaled first: the square of a gradient of 1e-200 would be 0.
        largest = np.abs(gradient).max(axis=1)
        unit = gradient / np.where(largest > 0, largest, 1.0)[:, None]
        squares = np.einsum("ij,jk,ik->i", unit, self._gram, unit)
        return np.asarray(largest * np.sqrt(np.maximum(squares, 0.0)))
