"""How sure the best epoch is: the curve and its optimum over new draws of the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.learning.stopping import bootstrapping
from core.search import Drained
from gui.jobs.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from core.data.dataset import Split
    from core.insight.epoch_readings import EpochReadings
    from core.learning.stopping import BootstrapBand
    from gui.session.session import Session

_SEED = 0
"""The band of a run is the same each time one looks at it."""


@dataclass(frozen=True, slots=True, eq=False)
class BandQuestion:
    """What a run reads in the images that are redrawn."""

    run: int
    split: Split
    epochs: EpochReadings

    @property
    def weights(self) -> NDArray[Any]:
        """What stands for the run as far as it has come."""
        return self.epochs.log_likelihood


def band_study(
    session: Session, part: Callable[[], str], parent: QObject
) -> Study[BandQuestion, BootstrapBand]:
    """Return the study of the band of the run shown, once all its epochs are read in a part.

    It looks at the readings every frame, and not whenever they change: those of a run that goes on
    would come faster than their band.
    """

    def wanted() -> BandQuestion | None:
        answer = session.epochs.answer(part())
        if answer is None or answer.found is None or not answer.is_whole:
            return None
        return BandQuestion(answer.question.run, answer.question.split, answer.found.readings)

    def begin(q: BandQuestion) -> Drained[BootstrapBand]:
        rng = np.random.default_rng(_SEED)
        return Drained(lambda: bootstrapping(q.epochs.log_likelihood, q.epochs.epochs, rng=rng))

    view = session.view
    return Study(
        view,
        session.pool,
        "drawing images anew",
        wanted,
        begin,
        follows=(view.run_started, view.run_shown),
        refresh=0.0,
        parent=parent,
    )
