"""What each class costs to be made each other, measured on a whole part of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.exact.cost_matrix import CostMatrix, CostMeasurement
from gui.jobs.study import Study
from gui.shared.measure import SizesQuestion, sizes_wanted

if TYPE_CHECKING:
    from gui.session.measure import Measure
    from gui.session.session import Session
    from gui.shared.part_choice import PartChoice

_MOST_KNOWN = 8
"""Measurements that are kept: every way of measuring either part."""

PairsStudy = Study[SizesQuestion, CostMatrix]


def pairs_study(session: Session, part: PartChoice, measure: Measure) -> PairsStudy:
    """Return the study of the part and the measure chosen, with the model shown."""
    return Study(
        session.view,
        session.pool,
        "measuring pairs of classes",
        lambda: sizes_wanted(session.view, part.chosen, measure),
        lambda q: CostMeasurement(q.weights, q.split, q.norm, boxed=q.boxed),
        follows=(part.part_changed, measure.changed),
        refresh=0.5,
        tell=0.1,
        keep=_MOST_KNOWN,
        parent=part,
    )
