"""What the model shown reads: its mistakes, every image of a part, a class at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.data.class_statistics import MeanSpread, mean_and_spread
from core.insight.diagnostics import DiagnosisConfig, diagnose
from core.insight.readings import Readings as ImageReadings
from core.insight.readings import read_images
from core.search import AtOnce
from gui.jobs.study import Study

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.insight.diagnostics import Diagnosis
    from gui.jobs.job_pool import JobPool
    from gui.session.view import View

_LOOK_SECONDS = 0.2
"""Beside a run that goes on: mistakes that change oftener cannot be read, and cost training."""
_DIAGNOSIS_REST = 5.0
"""After each look five times as long a rest: at most a sixth of a core is taken from training."""


@dataclass(frozen=True, slots=True, eq=False)
class DiagnosisQuestion:
    """A model, the images it learns, and how many mistakes of each class are gathered."""

    weights: NDArray[Any]
    split: Split
    n_worst: int


@dataclass(frozen=True, slots=True, eq=False)
class ReadingsQuestion:
    """A model, the part it reads, and its epoch."""

    weights: NDArray[Any]
    split: Split
    epoch: float


@dataclass(frozen=True, slots=True, eq=False)
class StatisticsQuestion:
    """A part, and a class of it, or None for all."""

    split: Split
    label: int | None


@dataclass(frozen=True, slots=True, eq=False)
class ShownReadings(ReadingsQuestion):
    """What the model of an epoch reads in a part of the data."""

    readings: ImageReadings


class Readings(QObject):
    """Three studies of what is shown, each kept up to date for who watches it.

    Attributes
    ----------
    diagnosis : what is read wrongly, and the means of what is read rightly
    part : what is read in every image of the part that is watched
    statistics : mean and spread of the images asked for by :meth:`describe`
    """

    def __init__(self, view: View, pool: JobPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.n_worst = DiagnosisConfig().n_worst
        self._watchers: dict[QObject, str] = {}
        self._described: tuple[str, int | None] | None = None
        view.forgotten.connect(self._forget)
        self.diagnosis: Study[DiagnosisQuestion, Diagnosis] = Study(
            view,
            pool,
            "diagnosis",
            self._diagnosis_wanted,
            lambda q: AtOnce(lambda: diagnose(q.weights, q.split, q.n_worst)),
            refresh=_LOOK_SECONDS,
            rest=_DIAGNOSIS_REST,
            parent=self,
        )
        self.part: Study[ReadingsQuestion, ShownReadings] = Study(
            view,
            pool,
            "reading images",
            self._part_wanted,
            _reading,
            refresh=_LOOK_SECONDS,
            parent=self,
        )
        self.statistics: Study[StatisticsQuestion, MeanSpread] = Study(
            view,
            pool,
            "mean and spread",
            self._statistics_wanted,
            lambda q: AtOnce(lambda: mean_and_spread(q.split, q.label)),
            parent=self,
        )

    def show_worst(self, n_worst: int) -> None:
        """Gather so many of each class's worst mistakes from now on."""
        self.n_worst = n_worst
        self.diagnosis.ask()

    def watch(self, watcher: QObject, part: str | None) -> None:
        """Keep :attr:`part` up to date with the shown model, for who looks at that part.

        None: for nobody any more. Of several watchers the last counts: one page is seen at a time,
        and the page that goes must not end what the page that comes has asked for.
        """
        self._watchers.pop(watcher, None)
        if part is not None:
            self._watchers[watcher] = part
        self.part.watch(bool(self._watchers))

    def describe(self, part: str, label: int | None) -> None:
        """Ask for mean and spread of a class, or of all; :attr:`statistics` will know them."""
        self._described = (part, label)
        self.statistics.watch(True)

    def _forget(self) -> None:
        self._described = None

    def _diagnosis_wanted(self) -> DiagnosisQuestion | None:
        shown, dataset = self._view.shown, self._view.dataset
        if shown is None or dataset is None:
            return None
        return DiagnosisQuestion(shown.weights, dataset.train, self.n_worst)

    def _part_wanted(self) -> ReadingsQuestion | None:
        shown = self._view.shown
        part = next(reversed(self._watchers.values()), None)
        split = None if part is None else self._view.split(part)
        if shown is None or split is None:
            return None
        return ReadingsQuestion(shown.weights, split, shown.epoch)

    def _statistics_wanted(self) -> StatisticsQuestion | None:
        described = self._described
        split = None if described is None else self._view.split(described[0])
        if described is None or split is None:
            return None
        return StatisticsQuestion(split, described[1])


def _reading(q: ReadingsQuestion) -> AtOnce[ShownReadings]:
    return AtOnce(
        lambda: ShownReadings(q.weights, q.split, q.epoch, read_images(q.weights, q.split))
    )
