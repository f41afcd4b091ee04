"""What each class costs to be made each other, measured on a whole part of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.cost_matrix import CostMatrix, CostMeasurement
from core.exact.pair_example import PairExample, pair_example
from core.search import Drained
from gui.jobs.study import Study
from gui.shared.measure import SizesQuestion, sizes_wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject, SignalInstance

    from gui.session.measure import Measure
    from gui.session.session import Session
    from gui.shared.part_choice import PartChoice

_MOST_KNOWN = 8
"""Measurements that are kept: every way of measuring either part."""

FOLLOWING_PIXELS = {True: 80_000, False: 400_000}
"""In the box and without it, pixels of the images that are measured toward all classes beside a
training: 100 and 500 images of 784."""


@dataclass(frozen=True, slots=True, eq=False)
class CostsQuestion(SizesQuestion):
    """The sizes of a whole part, or of so many images of it while a run goes on; 0 for all."""

    most: int


PairsStudy = Study[CostsQuestion, CostMatrix]


def pairs_study(session: Session, part: PartChoice, measure: Measure) -> PairsStudy:
    """Return the study of the part and the measure chosen, with the model shown."""
    view = session.view

    def wanted() -> CostsQuestion | None:
        q = sizes_wanted(view, part.chosen, measure)
        if q is None:
            return None
        n_features = max(q.split.images.shape[1], 1)
        most = max(FOLLOWING_PIXELS[q.boxed] // n_features, 20) if view.goes_on else 0
        return CostsQuestion(q.weights, q.epoch, q.part, q.split, q.norm, q.boxed, most)

    return Study(
        view,
        session.pool,
        "measuring pairs of classes",
        wanted,
        lambda q: CostMeasurement(q.weights, q.split, q.norm, boxed=q.boxed, most=q.most),
        follows=(part.part_changed, measure.changed),
        refresh=0.5,
        tell=0.1,
        keep=_MOST_KNOWN,
        browse=frozenset({"most"}),
        parent=part,
    )


@dataclass(frozen=True, slots=True, eq=False)
class PairQuestion(SizesQuestion):
    """A pair of classes, and the image that is its example; negative for none."""

    pair: tuple[int, int]
    example: int


PairStudy = Study[PairQuestion, PairExample]


def pair_study(
    session: Session,
    wanted: Callable[[], PairQuestion | None],
    costs_changed: SignalInstance,
    parent: QObject,
) -> PairStudy:
    """Return the study of the pair that is looked at, as the tables have it."""
    return Study(
        session.view,
        session.pool,
        "looking at a pair of classes",
        wanted,
        lambda q: Drained(
            lambda: pair_example(q.weights, q.split, q.pair, q.example, q.norm, boxed=q.boxed)
        ),
        follows=(costs_changed,),
        browse=frozenset({"pair", "example"}),
        parent=parent,
    )
