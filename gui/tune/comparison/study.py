"""Which two models are compared, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.insight.comparison import Examined, examine
from gui.jobs.legacy import LatestJob
from gui.shared.side import Side

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.learning.history import History
    from core.learning.training import EpochRecord
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

COMPARISON_SLOT = "comparison"
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
class SideModel:
    """What a side stands for just now: weights (n_classes, n_features + 1) of an epoch of a run."""

    run: int
    epoch: int
    weights: NDArray[Any]


class ComparisonSession(QObject):
    """Two sides; what is compared follows the runs while somebody watches."""

    changed = Signal()
    """The sides, or what they stand for."""
    examined_changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session = session
        self.sides = (Side(place="best"), Side(place="now"))
        self.models: tuple[SideModel, SideModel] | None = None
        self.examined: tuple[Examined, Examined] | None = None
        self._is_watched = False
        self._asked: tuple[Any, ...] = ()
        self._job = LatestJob("comparing", mailbox, COMPARISON_SLOT, _Examiner(), rest=_REST)
        pool.start(self._job)
        session.view.dataset_changed.connect(self._forget)
        for signal in (session.view.shown_changed, session.view.run_shown, session.runs.changed):
            signal.connect(self.refresh)

    @Slot()
    def _forget(self) -> None:
        """Forget what was found in images that are gone."""
        self.examined, self._asked = None, ()

    def set_side(self, index: int, **changes: Any) -> None:
        """Change what one side stands for."""
        sides = list(self.sides)
        sides[index] = replace(sides[index], **changes)
        self.compare(*sides)

    def compare(self, first: Side, second: Side) -> None:
        """Compare these two."""
        self.sides = (first, second)
        self.refresh(told=True)

    def watch(self, is_watched: bool) -> None:
        """Keep the comparison up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched:  # nothing of a data set is kept alive for nobody
            self._asked, self.models, self.examined = (), None, None
        self.refresh()

    def _history(self, side: Side) -> tuple[int, History] | None:
        runs = self._session.runs
        run = None if side.run is None else runs.run(side.run)
        if run is None or not self._session.view.can_show(run):
            run = runs.shown  # gone, or of other data
        return None if run is None else (run.key, run.history)

    def _model(self, side: Side) -> SideModel | None:
        found = self._history(side)
        if found is None or not found[1].records:
            return None
        record = self._record(side, found[1])
        return SideModel(found[0], record.epoch, record.weights)

    def _record(self, side: Side, history: History) -> EpochRecord:
        if side.place == "best":
            return history.best
        if side.place == "start":
            return history.records[0]
        if side.place == "now":
            return history.records[-1]
        shown = self._session.view.shown
        epoch = side.epoch if side.place == "chosen" or shown is None else shown.epoch
        return history.nearest(epoch)

    @Slot()
    def refresh(self, *, told: bool = False) -> None:
        """Look which weights the sides stand for now, and have them examined if they are new."""
        dataset = self._session.view.dataset
        if not self._is_watched or dataset is None:
            return
        first, second = (self._model(side) for side in self.sides)
        before = self.models
        self.models = None if first is None or second is None else (first, second)
        if self.models is None:
            if before is not None or told:
                self.changed.emit()
            return
        weights = tuple(model.weights for model in self.models)
        asked = (*weights, dataset.train, dataset.held_out)
        is_new = len(asked) != len(self._asked) or any(
            a is not b for a, b in zip(asked, self._asked, strict=True)
        )
        if is_new:
            self._asked = asked
            self._job.request(self._session.training.generation, asked)
        if is_new or told:
            self.changed.emit()

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was found, unless it is of other models than are compared now."""
        letter = latest.get(COMPARISON_SLOT)
        dataset = self._session.view.dataset
        if letter is None or dataset is None:
            return
        # By what it is of, not by when it was asked for: both models may be of earlier runs.
        found, train, held_out = letter.payload
        if train is dataset.train and held_out is dataset.held_out and self._is_watched:
            self.examined = found
            self.examined_changed.emit()


class _Examiner:
    """Examines two models, and does not examine again what it has just seen."""

    def __init__(self) -> None:
        self._known: list[tuple[NDArray[Any], Split, Split, Examined]] = []

    def __call__(
        self, request: tuple[NDArray[Any], NDArray[Any], Split, Split]
    ) -> tuple[tuple[Examined, Examined], Split, Split]:
        first, second, train, held_out = request
        found = [self._examined(weights, train, held_out) for weights in (first, second)]
        self._known = [(one.weights, train, held_out, one) for one in found]
        return (found[0], found[1]), train, held_out

    def _examined(self, weights: NDArray[Any], train: Split, held_out: Split) -> Examined:
        for known in self._known:
            if known[0] is weights and known[1] is train and known[2] is held_out:
                return known[3]
        return examine(weights, train, held_out)
