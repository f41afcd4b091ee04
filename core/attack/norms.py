"""How large a change is, and what an attack may do within a size: L2, L-infinity, L0.

All three sizes can only fall when components of the change move toward 0. An original inside the
0..1 box therefore allows the simple way to keep both a budget and the box: project the change onto
the ball, then clip the image. Clipping moves every pixel toward its original's side, so the ball is
not left again: both hold exactly. For L-infinity the result is also the nearest such image; for L2
it is *an* image that keeps both, not always the nearest one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shape = tuple[int, ...]

_FAR = 1e30
"""A direction scaled so far up that clipping it to [-a, a] leaves a times its sign.

Far faster than ``numpy.sign``. What is 0 stays 0.
"""
_ROOM = 1e-3
"""Scaled up to so much of the largest number, a sum over classes is still a number."""


def row_dots(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Return the inner product of each row with its counterpart, (n,)."""
    return np.asarray((first[:, None, :] @ second[:, :, None])[:, 0, 0])


def per_row(values: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    """Return ``values`` (n,) as a column that multiplies the rows of ``like`` in its precision."""
    return values.astype(like.dtype)[:, None]


class Norm(ABC):
    """A size of changes; all methods take batches ``(n, n_features)``."""

    name: str
    label: str
    formula: str
    is_box = False
    """Whether the ball is a box itself, so that one clipping keeps it and the pixels' range."""

    @abstractmethod
    def sizes(self, changes: NDArray[Any]) -> NDArray[np.float64]:
        """Return the size of each change, (n,)."""

    @abstractmethod
    def project(self, changes: NDArray[Any], budget: float) -> None:
        """Move each change, in place, to the nearest one of at most this size."""

    @abstractmethod
    def steepest(self, gradients: NDArray[Any]) -> NDArray[Any]:
        """Return the change of size 1 that gains most along each gradient; 0 where that is 0."""

    @abstractmethod
    def random(self, rng: np.random.Generator, shape: Shape, budget: float) -> NDArray[np.float64]:
        """Return random changes (n, n_features) of at most this size."""

    def scaled_pull(
        self, pull: NDArray[Any], rows: NDArray[Any], sizes: NDArray[np.float64], length: float
    ) -> NDArray[Any]:
        """Return ``pull`` so scaled that :meth:`shape` makes steps of ``length`` of it.

        A step is ``scaled_pull @ rows``, shaped: what can be done to the few classes is not done to
        the many pixels.

        Parameters
        ----------
        pull : (n, n_classes), at most 1 in each component
        rows : (n_classes, n_features)
        sizes : (n,), :func:`gradient_sizes` of ``pull``
        """
        del rows, sizes, length
        return pull

    def shape(self, gradients: NDArray[Any], length: float) -> None:
        """Turn gradients ``scaled_pull @ rows``, in place, into steepest steps of ``length``."""
        gradients[:] = self.steepest(gradients)
        gradients *= gradients.dtype.type(length)


class L2(Norm):
    """Euclidean length, ``sqrt(sum d_i^2)``."""

    name, label = "l2", "L2, length"
    formula = "L2: sqrt(sum d_i^2)"

    def sizes(self, changes: NDArray[Any]) -> NDArray[np.float64]:
        """Return the length of each change, (n,)."""
        return np.asarray(np.sqrt(row_dots(changes, changes).astype(np.float64)))

    def project(self, changes: NDArray[Any], budget: float) -> None:
        """Shorten each change that is too long, ``d <- d min(1, budget / |d|)``."""
        sizes = self.sizes(changes)
        if sizes.max(initial=0.0) > budget:
            shorter = (budget / np.maximum(sizes, budget)).astype(changes.dtype)
            changes *= shorter[:, None]

    def steepest(self, gradients: NDArray[Any]) -> NDArray[Any]:
        """Return ``g / |g|``."""
        sizes = self.sizes(gradients)
        return np.asarray(gradients * per_row(_inverse(sizes), gradients))

    def random(self, rng: np.random.Generator, shape: Shape, budget: float) -> NDArray[np.float64]:
        """Return points uniform in the volume of the ball.

        A Gaussian's direction is uniform on the sphere; the radius ``u^(1/D)``, u uniform, makes
        equal volumes equally likely.
        """
        changes = rng.standard_normal(shape)
        radii = budget * rng.random(shape[0]) ** (1 / shape[1])
        changes *= (radii * _inverse(self.sizes(changes)))[:, None]
        return np.asarray(changes)

    def scaled_pull(
        self, pull: NDArray[Any], rows: NDArray[Any], sizes: NDArray[np.float64], length: float
    ) -> NDArray[Any]:
        """Scale to the length: ``|pull @ rows|`` is known from the classes alone."""
        del rows
        return np.asarray(pull * per_row(length * _inverse(sizes), pull))

    def shape(self, gradients: NDArray[Any], length: float) -> None:
        """Leave them: they have their length."""


class LInfinity(Norm):
    """The largest change of a pixel, ``max |d_i|``."""

    name, label = "linf", "L∞, largest pixel"
    formula = "L∞: max |d_i|"
    is_box = True

    def sizes(self, changes: NDArray[Any]) -> NDArray[np.float64]:
        """Return the largest component of each change, (n,)."""
        sizes = np.maximum(changes.max(axis=1), -changes.min(axis=1))
        return np.asarray(sizes, dtype=np.float64) + 0.0  # no change is 0, not -0

    def project(self, changes: NDArray[Any], budget: float) -> None:
        """Clip each component to the budget."""
        bound = changes.dtype.type(budget)
        np.clip(changes, -bound, bound, out=changes)

    def steepest(self, gradients: NDArray[Any]) -> NDArray[Any]:
        """Return ``sign(g)``."""
        return np.asarray(np.sign(gradients))

    def random(self, rng: np.random.Generator, shape: Shape, budget: float) -> NDArray[np.float64]:
        """Return points uniform in the cube."""
        return np.asarray(rng.uniform(-budget, budget, shape))

    def scaled_pull(
        self, pull: NDArray[Any], rows: NDArray[Any], sizes: NDArray[np.float64], length: float
    ) -> NDArray[Any]:
        """Scale far up, as far as there are numbers: faint weights need more."""
        del sizes, length
        most = float(np.finfo(pull.dtype).max) * _ROOM
        return np.asarray(pull * pull.dtype.type(min(_FAR / float(np.abs(rows).max()), most)))

    def shape(self, gradients: NDArray[Any], length: float) -> None:
        """Clip to the length, which leaves the sign."""
        self.project(gradients, length)


class L0(Norm):
    """How many pixels change at all."""

    name, label = "l0", "L0, changed pixels"
    formula = "L0: number of d_i that are not 0"

    def sizes(self, changes: NDArray[Any]) -> NDArray[np.float64]:
        """Return the number of non-zero components of each change, (n,)."""
        return np.asarray(np.count_nonzero(changes, axis=1), dtype=np.float64)

    def project(self, changes: NDArray[Any], budget: float) -> None:
        """Undo all but the ``budget`` largest components."""
        kept = int(budget)
        if kept >= changes.shape[1]:
            return
        over = np.flatnonzero(self.sizes(changes) > kept)
        if len(over):
            order = np.argsort(-np.abs(changes[over]), axis=1, kind="stable")
            undone = order[:, kept:]
            changes[over[:, None], undone] = 0.0

    def steepest(self, gradients: NDArray[Any]) -> NDArray[Any]:
        """Return the sign of the largest component alone: one pixel changed by 1."""
        rows = np.arange(len(gradients))
        best = np.abs(gradients).argmax(axis=1)
        changes = np.zeros_like(gradients)
        changes[rows, best] = np.sign(gradients[rows, best])
        return changes

    def random(self, rng: np.random.Generator, shape: Shape, budget: float) -> NDArray[np.float64]:
        """Return ``budget`` pixels at random, each changed by a number uniform in [-1, 1)."""
        changes = rng.uniform(-1.0, 1.0, shape)
        ranks = rng.random(shape).argsort(axis=1).argsort(axis=1)
        changes[ranks >= int(budget)] = 0.0
        return np.asarray(changes)


def gradient_sizes(pull: NDArray[Any], gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``|pull @ rows|_2`` of each row from ``gram = rows @ rows.T``, (n,)."""
    pull = pull.astype(np.float64)
    squares = np.sum((pull @ gram) * pull, axis=-1)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


def _inverse(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``1 / size``, and 0 for a size of 0: nothing to scale."""
    inverse = np.zeros_like(sizes)
    np.divide(1.0, sizes, out=inverse, where=sizes > 0)
    return inverse


NORMS: dict[str, Norm] = {norm.name: norm for norm in (L2(), LInfinity(), L0())}
"""Name -> norm."""
