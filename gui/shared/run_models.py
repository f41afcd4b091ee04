"""The model shown and those of other runs at the same epoch: what several runs are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import NDArray

    from gui.session.runs import RunEntry
    from gui.session.view import View


@dataclass(frozen=True, slots=True, eq=False)
class RunModel:
    """A run at one epoch of it, weights (n_classes, n_features + 1)."""

    key: int
    epoch: float
    weights: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class OfModels:
    """A question of several models; the one shown comes first."""

    models: tuple[RunModel, ...]

    @property
    def weights(self) -> tuple[NDArray[Any], ...]:
        """Of each of them."""
        return tuple(model.weights for model in self.models)


def other_runs(view: View) -> list[RunEntry]:
    """Return the runs that the one shown can be compared with, in the order of the list."""
    return [
        entry
        for entry in view.runs.on(view.data_config, view.reading)
        if entry.key != view.runs.shown_key and view.can_show(entry.run)
    ]


def models_of(view: View, others: Iterable[RunEntry]) -> tuple[RunModel, ...]:
    """Return the model shown, and that of each other run that has one at the epoch nearest to it.

    None at all before there is a model to be shown.
    """
    shown, key = view.shown, view.runs.shown_key
    if shown is None or key is None:
        return ()
    records = [
        (entry.key, entry.run.history.nearest(shown.epoch))
        for entry in others
        if entry.run.history.records
    ]
    return (
        RunModel(key, shown.epoch, shown.weights),
        *(RunModel(key, record.epoch, record.weights) for key, record in records),
    )
