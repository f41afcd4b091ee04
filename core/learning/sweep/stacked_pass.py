"""One pass of several members over the training images, in pieces of bounded work."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.learning.minibatch import MiniBatches, MiniBatchStep

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.learning.config import TrainingConfig

PIECE = 200_000_000
"""Multiplications done at once before somebody may look up: some 15 ms."""

GROUP_BYTES = 1_000_000
"""Of what a group of members touches at every batch, so that it stays in the second-level cache."""

_CALLS = 1_000_000
"""What the calls around the products of an update cost, in multiplications."""


class StackedPass:
    """A pass, begun at ``position`` images and gone on with by :meth:`run`.

    Members step in groups. A group has several batches before the next one has its turn.

    Parameters
    ----------
    design, labels : as :class:`MiniBatches` takes them
    orders : (n_samples,) for all members, (R, n_samples) for each its own, or None for file order
    configs : of the R members
    weights : (n_classes, R, n_features + 1), contiguous
        Changed in place.
    velocity : as ``weights``, or None where no member has momentum
        Changed in place.
    batch_size : images per update, at most ``n_samples``
    position : images of this pass already seen
    end : images after which to stop, at the end of a batch; None for all

    Attributes
    ----------
    position : images seen by all members
    n_updates : updates that all members have done here
    """

    def __init__(
        self,
        design: NDArray[Any],
        labels: NDArray[np.int64],
        orders: NDArray[np.int64] | None,
        *,
        configs: Sequence[TrainingConfig],
        weights: NDArray[Any],
        velocity: NDArray[Any] | None,
        batch_size: int,
        position: int = 0,
        end: int | None = None,
    ) -> None:
        self.position = position
        self.n_updates = 0
        self._end, self._size = len(design) if end is None else end, batch_size
        n_classes, _, n_columns = weights.shape
        self._batches = MiniBatches(design, labels, n_classes, batch_size)
        own = orders is not None and orders.ndim == 2
        # Weights, gradient and velocity; and the images, where each member has its own.
        n_rows = (2 if velocity is None else 3) * n_classes + (batch_size if own else 0)
        together = GROUP_BYTES // (n_rows * n_columns * weights.itemsize)
        per_image = 2 * n_classes * n_columns  # there and back
        together = max(1, min(together, PIECE // (per_image * batch_size)))
        self._per_image: int = per_image
        # Members that step together, and how many they are.
        self._turns: list[tuple[NDArray[np.int64] | None, list[tuple[MiniBatchStep, int]]]] = []
        for part in _parts([config.momentum != 0 for config in configs], together):
            # A member without momentum rounds otherwise where it has a velocity beside others.
            moving = None
            if velocity is not None and configs[part.start].momentum:
                moving = velocity[:, part]
            step = MiniBatchStep(
                weights[:, part],
                moving,
                learning_rate=np.array([config.learning_rate for config in configs[part]]),
                l2=np.array([config.l2 for config in configs[part]]),
                momentum=np.array([config.momentum for config in configs[part]]),
            )
            group = step, part.stop - part.start
            if orders is not None and own:
                self._turns.append((orders[part], [group]))
            elif self._turns:  # what is shared is gathered once
                self._turns[0][1].append(group)
            else:
                self._turns.append((orders, [group]))

    def run(self) -> Generator[None, None, None]:
        """Do the updates that are left; yields between pieces of bounded work."""
        largest = max(n_members for _, its in self._turns for _, n_members in its)
        n_batches = max(1, PIECE // self._cost(largest, self._size))
        cost = 0
        while self.position < self._end:
            n_batches = min(n_batches, -(-(self._end - self.position) // self._size))
            for order, its in self._turns:
                for images, targets in self._batches.blocks(order, self.position, n_batches):
                    for step, n_members in its:
                        step.run(images, targets)
                        cost += len(images) * self._cost(n_members, images.shape[-2])
                        if cost >= PIECE:
                            yield
                            cost = 0
            last = min(self.position + n_batches * self._size, self._end)
            self.n_updates += -(-(last - self.position) // self._size)
            self.position = last

    def _cost(self, n_members: int, n_images: int) -> int:
        """Return what a batch costs, in multiplications."""
        return _CALLS + n_images * n_members * self._per_image


def _parts(kinds: Sequence[bool], most: int) -> list[slice]:
    """Return slices of ``most`` or less, each of one kind; as few and as even as possible."""
    ends, first = [0], 0
    for _, same in groupby(kinds):
        n = len(list(same))
        n_parts = -(-n // most)
        ends += [first + n * i // n_parts for i in range(1, n_parts + 1)]
        first += n
    return [slice(*part) for part in pairwise(ends)]
