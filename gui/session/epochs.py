"""What the run shown reads epoch by epoch: one study a part, for all who look at that part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.insight.epoch_readings import MOST_EPOCHS, EpochSearch, most_epochs, spread_snapshots
from core.learning.model_cache import ModelCache
from gui.jobs.study import Study

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.insight.epoch_readings import EpochRow, EpochsRead
    from core.learning.training import EpochRecord
    from gui.jobs.job_pool import JobPool
    from gui.jobs.question import Answer
    from gui.session.view import View

_SECONDS = 1.0
"""While a run goes on, it is looked at no more often than that, and told of as often."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochsQuestion:
    """A run, a part, and the kept epochs to be read in it."""

    run: int
    part: str
    split: Split
    epochs: tuple[EpochRecord, ...]

    @property
    def weights(self) -> tuple[NDArray[Any], ...]:
        """The model at each epoch."""
        return tuple(record.weights for record in self.epochs)


class Epochs(QObject):
    """Keeps what the kept epochs of the run shown read up to date, in the parts that are watched.

    A part has its study from when it is first watched; what was read of an epoch is not read again
    as the run grows, nor by the next who looks.
    """

    changed = Signal()
    """More is known, or nothing any more: another run is shown."""

    def __init__(self, view: View, pool: JobPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._pool = view, pool
        self._watchers: dict[QObject, str] = {}
        self._studies: dict[str, Study[EpochsQuestion, EpochsRead]] = {}
        self._known: dict[str, ModelCache[EpochRow]] = {}
        self._asked: dict[str, EpochsQuestion] = {}
        view.forgotten.connect(self._forget)

    def watch(self, watcher: QObject, part: str | None) -> None:
        """Keep a part up to date for a watcher; None: no part any more."""
        self._watchers.pop(watcher, None)
        if part is not None:
            self._watchers[watcher] = part
            if part not in self._studies:
                self._studies[part] = self._study(part)
        for name, study in self._studies.items():
            study.watch(name in self._watchers.values())

    def answer(self, part: str) -> Answer[EpochsQuestion, EpochsRead] | None:
        """Return what is known of a part that is watched, never of a run that is not shown."""
        study = self._studies.get(part)
        answer = None if study is None else study.answer
        is_of_another = answer is not None and answer.question.run != self._view.runs.shown_key
        return None if is_of_another else answer

    def snapshots(self) -> tuple[EpochRecord, ...]:
        """Return the kept epochs of the run shown, as many as one can look at side by side."""
        return self._spread(MOST_EPOCHS)

    def _spread(self, most: int) -> tuple[EpochRecord, ...]:
        history = self._view.history
        if history is None or not history.records:
            return ()
        return tuple(spread_snapshots(history.records, most, [history.best.epoch]))

    def _study(self, part: str) -> Study[EpochsQuestion, EpochsRead]:
        view = self._view
        study: Study[EpochsQuestion, EpochsRead] = Study(
            view,
            self._pool,
            f"reading {part} epochs",
            partial(self._wanted, part),
            self._begin,
            follows=(view.run_started, view.run_shown, view.run_state_changed),
            refresh=_SECONDS,
            tell=_SECONDS,
            parent=self,
        )
        study.changed.connect(self.changed)
        return study

    def _wanted(self, part: str) -> EpochsQuestion | None:
        run, split = self._view.runs.shown, self._view.split(part)
        if run is None or split is None or not run.history.records:
            return None
        # Choosing among thousands of epochs thirty times a second would be felt.
        newest, asked = run.history.records[-1], self._asked.get(part)
        if asked is None or asked.split is not split or asked.epochs[-1] is not newest:
            snapshots = self._spread(most_epochs(split.n_samples))
            self._asked[part] = EpochsQuestion(run.key, part, split, snapshots)
        return self._asked[part]

    def _begin(self, question: EpochsQuestion) -> EpochSearch:
        known = self._known.setdefault(question.part, ModelCache())
        return EpochSearch(question.split, question.epochs, known=known)

    def _forget(self) -> None:
        """Let go of images that are gone."""
        self._asked, self._known = {}, {}
