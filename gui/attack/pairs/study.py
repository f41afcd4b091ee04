"""What each class costs to be made each other, measured on a whole part of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.cost_matrix import CostMatrix, CostMeasurement
from gui.jobs.study import Study

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.pairs import Norm
    from gui.session.session import Session
    from gui.shared.measure import Measure
    from gui.shared.part_choice import PartChoice

_MOST_KNOWN = 8
"""Measurements that are kept: every way of measuring either part."""


@dataclass(frozen=True, slots=True, eq=False)
class PairsQuestion:
    """A model and its epoch, whose images are measured, and how."""

    weights: NDArray[Any]
    epoch: float
    part: str
    split: Split
    norm: Norm
    boxed: bool


PairsStudy = Study[PairsQuestion, CostMatrix]


def pairs_study(session: Session, part: PartChoice, measure: Measure) -> PairsStudy:
    """Return the study of the part and the measure chosen, with the model shown."""

    def wanted() -> PairsQuestion | None:
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            return None
        return PairsQuestion(
            weights=shown.weights,
            epoch=shown.epoch,
            part=part.chosen,
            split=dataset.split(part.chosen),
            norm=measure.norm,
            boxed=measure.boxed,
        )

    return Study(
        session.view,
        session.pool,
        "measuring pairs of classes",
        wanted,
        lambda q: CostMeasurement(q.weights, q.split, q.norm, boxed=q.boxed),
        follows=(part.part_changed, measure.changed),
        refresh=0.5,
        tell=0.1,
        keep=_MOST_KNOWN,
        parent=part,
    )
