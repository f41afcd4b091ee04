"""The question of ONE STEP: which images the last update was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.learning.last_batch import Batch, batch_at
from core.search import AtOnce
from gui.jobs.study import Study

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from core.data.dataset import Split
    from core.learning.config import TrainingConfig
    from core.learning.records import BatchRecord
    from gui.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class BatchQuestion:
    """A model, where it is in its passes over which images, and how it was trained there."""

    weights: NDArray[Any]
    train: Split
    progress: BatchRecord
    config: TrainingConfig


class BatchStudy(Study[BatchQuestion, Batch]):
    """Keeps up with the batch learnt from last, a few times a second."""

    def __init__(self, session: Session, parent: QObject) -> None:
        self._session = session
        super().__init__(
            session.view,
            session.pool,
            "the last batch",
            self._question,
            lambda q: AtOnce(lambda: batch_at(q.progress, q.config, q.train, q.weights)),
            browse=frozenset({"progress", "config"}),
            parent=parent,
        )

    def _question(self) -> BatchQuestion | None:
        view = self._session.view
        shown, run, progress = view.shown, view.runs.shown, view.shown_progress
        if shown is None or run is None or progress is None or view.dataset is None:
            return None
        if not view.has_data_of(run):
            return None  # it learnt other images than there are now
        return BatchQuestion(shown.weights, view.dataset.train, progress, view.learnt_config)
