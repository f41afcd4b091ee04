"""One pass of several members over the training images, in pieces of bounded work and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.learning.sweep.stacked_step import PIECE, StackedStep

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from core.learning.sweep.stacked_step import MemberSettings

ROOM_BYTES = 8_000_000
"""Of images gathered at once."""

_CALLS = 1_000_000
"""What the calls around the products of a step cost, in multiplications."""


_LEAST_ROWS = 16
"""Of a part of a batch: products with fewer do little but read the weights."""


class StackedBatches:
    """Hands out what members see next; what has to be gathered goes into the same memory each time.

    Parameters
    ----------
    design : (n_samples, n_features + 1)
    targets : (n_classes, n_samples), one-hot columns
    orders : (n_samples,) for all members, (R, n_samples) for each its own, or None for file order
    room : the most images gathered at once, those of several members counted together
    """

    def __init__(
        self,
        design: NDArray[Any],
        targets: NDArray[Any],
        orders: NDArray[np.int64] | None,
        room: int,
    ) -> None:
        self._design, self._targets, self._orders = design, targets, orders
        if orders is not None:
            self._images = np.empty((room, design.shape[1]), design.dtype)
            self._columns = np.empty(len(targets) * room, targets.dtype)

    def part(self, members: slice, first: int, last: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return places ``first`` up to ``last`` of the pass, valid until the next call.

        Returns
        -------
        design : (n, n_features + 1) for all members, or (R, n, n_features + 1)
        targets : (n_classes, 1, n) or (n_classes, R, n)
        """
        orders, n_classes = self._orders, len(self._targets)
        if orders is None:
            return self._design[first:last], self._targets[:, None, first:last]
        rows = orders[first:last] if orders.ndim == 1 else orders[members, first:last]
        images = self._images[: rows.size].reshape(*rows.shape, -1)
        columns = self._columns[: n_classes * rows.size].reshape(n_classes, *rows.shape)
        # mode="clip" lets take write straight into the buffer.
        np.take(self._design, rows, axis=0, out=images, mode="clip")
        np.take(self._targets, rows, axis=1, out=columns, mode="clip")
        return images, columns.reshape(n_classes, -1, last - first)


@dataclass(frozen=True, slots=True)
class _Group:
    """Members that step together, as many as bounded work and memory leave room for."""

    members: slice
    step: StackedStep


class StackedPass:
    """A pass, begun at ``position`` images and gone on with by :meth:`run`.

    Parameters
    ----------
    design, targets, orders : as :class:`StackedBatches` takes them
    weights : (n_classes, R, n_features + 1), contiguous
        Changed in place.
    velocity : as ``weights``, or None
    settings : of the R members
    batch_size : images per update, at most ``n_samples``
    position : images of this pass already seen

    Attributes
    ----------
    position : images seen by all members
    n_updates : updates done here
    """

    def __init__(
        self,
        design: NDArray[Any],
        targets: NDArray[Any],
        orders: NDArray[np.int64] | None,
        *,
        weights: NDArray[Any],
        velocity: NDArray[Any] | None,
        settings: MemberSettings,
        batch_size: int,
        position: int = 0,
    ) -> None:
        self.position = position
        self.n_updates = 0
        self._n_samples, self._size = len(design), batch_size
        n_classes, n_members, n_columns = weights.shape
        own = orders is not None and orders.ndim == 2
        room = max(1, ROOM_BYTES // (n_columns * weights.itemsize))
        per_member = 2 * n_classes * n_columns  # and image: there and back
        # Some members after the others rather than a batch in parts.
        at_once = PIECE // per_member
        if own:
            at_once = min(at_once, room)
        n_groups = -(-n_members // max(1, at_once // batch_size))
        together = -(-n_members // n_groups)
        per_image = together * per_member
        self._rows = min(batch_size, max(_LEAST_ROWS, PIECE // per_image))
        if orders is not None:
            self._rows = max(1, min(self._rows, room // together if own else room))
        self._per_image = per_image
        gathered = self._rows * (together if own else 1)
        self._batches = StackedBatches(design, targets, orders, gathered)
        self._groups = []
        for first in range(0, n_members, together):
            members = slice(first, min(first + together, n_members))
            moving = None if velocity is None else velocity[:, members]
            step = StackedStep(weights[:, members], moving, settings.part(members), self._rows)
            self._groups.append(_Group(members, step))

    def run(self) -> Generator[None, None, None]:
        """Do the updates that are left; yields between pieces of bounded work."""
        cost = 0
        while self.position < self._n_samples:
            first = self.position
            last = min(first + self._size, self._n_samples)
            for group in self._groups:
                for begin in range(first, last, self._rows):
                    end = min(begin + self._rows, last)
                    images, targets = self._batches.part(group.members, begin, end)
                    group.step.add(images, targets, last - first, first=begin == first)
                    cost += _CALLS + self._per_image * (end - begin)
                    if cost >= PIECE:
                        yield
                        cost = 0
                group.step.move()
            self.position = last
            self.n_updates += 1
