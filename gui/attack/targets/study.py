"""What is asked about the chosen image: the way to every class, measured as wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exact.all_targets import TargetSearch
from gui.jobs.study import Study
from gui.session.own_image import OfImage

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from core.exact.all_targets import AllTargets
    from core.exact.pairs import Norm
    from gui.session.measure import Measure
    from gui.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class TargetsQuestion(OfImage):
    """Also a model, and how the size of a change is measured."""

    weights: NDArray[Any]
    norm: Norm
    boxed: bool


def targets_study(
    session: Session, measure: Measure, parent: QObject
) -> Study[TargetsQuestion, AllTargets]:
    """Return what follows the chosen image and the model shown."""
    view, attack = session.view, session.attack

    def wanted() -> TargetsQuestion | None:
        shown, source = view.shown, attack.source
        if shown is None or source is None:
            return None
        return TargetsQuestion(
            source=source,
            index=attack.index,
            weights=shown.weights,
            norm=measure.norm,
            boxed=measure.boxed,
        )

    return Study(
        view,
        session.pool,
        "changing an image toward all classes",
        wanted,
        lambda q: TargetSearch(q.weights, q.image, q.norm, boxed=q.boxed),
        follows=(attack.config_changed, measure.changed),
        parent=parent,
    )
