"""Which two models are compared, and the study of what is found in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

from core.insight.comparison import ComparisonSearch
from core.learning.model_cache import ModelCache
from gui.jobs.study import Study
from gui.shared.run_models import RunModel, other_runs
from gui.shared.side import Side

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.insight.comparison import Compared, Examined
    from core.learning.history import History
    from core.learning.training import EpochRecord
    from gui.session.session import Session

_REST = 4.0
"""After each look four times as long a rest: at most a fifth of a core is taken from training."""

PLACES = {
    "best": "best epoch",
    "now": "last epoch",
    "shown": "epoch shown",
    "start": "start",
    "chosen": "epoch",
}
"""Where in its run a side stands -> what people call it."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonQuestion:
    """Two models, and the images they are compared on."""

    weights: tuple[NDArray[Any], NDArray[Any]]
    train: Split
    held_out: Split


class Comparison(QObject):
    """Two sides, chosen by a person; what they stand for follows the runs.

    Attributes
    ----------
    study : of the models they stand for
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view = session.view
        self._chosen: tuple[Side, Side] | None = None
        self._known: ModelCache[Examined] = ModelCache()
        self.study: Study[ComparisonQuestion, Compared] = Study(
            view,
            session.pool,
            "comparing",
            self._wanted,
            lambda q: ComparisonSearch(
                q.weights, q.train, q.held_out, known=self._known, rng=np.random.default_rng(0)
            ),
            follows=(view.run_shown, session.runs.changed),
            refresh=0.0,
            rest=_REST,
            parent=self,
        )
        view.forgotten.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        """Let go of images that are gone."""
        self._known = ModelCache()

    def compare(self, first: Side, second: Side) -> None:
        """Compare these two."""
        self._chosen = (first, second)
        self.study.ask()

    def set_side(self, index: int, **changes: Any) -> None:
        """Change what one side stands for."""
        sides = list(self.sides)
        sides[index] = replace(sides[index], **changes)
        self.compare(*sides)

    @property
    def sides(self) -> tuple[Side, Side]:
        """What a person chose; before that the run shown against the newest other sound one.

        Both at their best; of a single run its best against its last epoch.
        """
        if self._chosen is not None:
            return self._chosen
        others = [entry for entry in other_runs(self._view) if entry.run.history.records]
        if not others:
            return Side(place="best"), Side(place="now")
        # One that ran away was best before it had learnt anything.
        sound = [entry for entry in others if entry.run.history.best_index]
        return Side(place="best"), Side((sound or others)[-1].key, "best")

    @property
    def models(self) -> tuple[RunModel, RunModel] | None:
        """What the sides stand for just now; None before both stand for something."""
        first, second = (self._model(side) for side in self.sides)
        return None if first is None or second is None else (first, second)

    def _wanted(self) -> ComparisonQuestion | None:
        dataset, models = self._view.dataset, self.models
        if dataset is None or models is None:
            return None
        weights = (models[0].weights, models[1].weights)
        return ComparisonQuestion(weights, dataset.train, dataset.held_out)

    def _model(self, side: Side) -> RunModel | None:
        runs = self._view.runs
        run = runs.run(side.run)
        if run is None or not self._view.can_show(run):
            run = runs.shown  # none was chosen, or it is gone, or of other data
        if run is None or not run.history.records:
            return None
        record = self._record(side, run.history)
        return RunModel(run.key, record.epoch, record.weights)

    def _record(self, side: Side, history: History) -> EpochRecord:
        if side.place == "best":
            return history.best
        if side.place == "start":
            return history.records[0]
        if side.place == "now":
            return history.records[-1]
        shown = self._view.shown
        epoch = side.epoch if side.place == "chosen" or shown is None else shown.epoch
        return history.nearest(epoch)
