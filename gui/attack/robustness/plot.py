"""Accuracy against size: the exact curve, attacks over it, other runs behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt

from core.exact.curves import between_tried, share_right
from gui.attack.robustness.part import RobustnessPart
from gui.attack.robustness.words import UNITS, known_words
from gui.shared.measure import measured_words
from gui.widgets.basics.layouts import below
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.attack.whole_parts.sized import SizedAttack
    from gui.attack.robustness.questions import RobustnessCurves
    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session
    from gui.shared.run_models import RunModel
    from gui.widgets.curves.runs import RunCurves

EXACT = "exact"
_EXACT_WIDTH = 3.0
_LOOKS = (
    ("validation", Qt.PenStyle.DotLine, 2.0),
    ("bad", Qt.PenStyle.DashLine, 1.5),
    ("best", Qt.PenStyle.DashDotLine, 2.0),
)
"""Colour, line and width of each attack: apart without any hue as well."""
_Y_RANGE = (-0.04, 1.04)
"""From 0 to 1, and room for half the height of these two labels."""
_CURVE_HELP = (
    "The share of the images that are read rightly and stay so whatever is done to them "
    "within a size: the model is linear up to the softmax, so that the smallest change that fools "
    "it can be computed, (z_y - z_c) / |w_y - w_c| for the nearest rival c. Attacks only try: "
    "no curve of theirs can fall below the exact one. The pointer stops at the sizes that were "
    "tried; between them their curves are drawn straight."
)


class RobustnessPlot(RobustnessPart):
    """Exact first, what was tried over it, the other run in its own colour."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, state, parent)
        attacks = state.attacks
        help_text = "\n".join((_CURVE_HELP, *(f"{a.label}: {a.help}" for a in attacks)))
        self.plot = CurvePlot(
            "Read rightly",
            "size",
            _curves(attacks),
            help_text,
            y_label="share of the images read rightly",
            percent=True,
            names_runs=True,
            parent=self,
        )
        self.plot.set_y_range(*_Y_RANGE)
        self.setLayout(below(self.plot.in_card()))

    def figure_words(self) -> str:
        """Return which images are counted, which epoch's model reads them, and how."""
        curves = self._state.curves
        if curves is None:
            return ""
        words = known_words(curves, curves.norm)[1]
        of = self._state.class_name or "all classes"
        return f"{of}: {words}, {measured_words(curves.norm, boxed=curves.shown.boxed)}"

    def show_known(self) -> None:
        """Show what is known."""
        curves = self._state.curves
        if curves is not None:
            self._draw(curves)
            return
        for name in (EXACT, *(attack.label for attack in self._state.attacks)):
            self.plot.set_data(name, np.empty(0), np.empty(0))
        self.plot.set_runs(())
        self.plot.set_stops(None)
        self.plot.marks.set_marker(None)

    def _draw(self, curves: RobustnessCurves) -> None:
        label, sizes = self._state.label, curves.sizes
        self.plot.set_x_words(UNITS[curves.norm])
        exact = curves.shown.accuracy(curves.norm, sizes, label)
        self.plot.set_data(EXACT, sizes, exact)
        for attack in self._state.attacks:
            known = curves.attacks.get(attack.label)
            x, y = np.empty(0), np.empty(0)
            if known is not None and len(known):
                tried = curves.attack_sizes[: len(known)]
                right = share_right(known, curves.images.split.labels, label)
                within = slice(int(np.searchsorted(sizes, tried[-1], side="right")))
                x, y = sizes[within], between_tried(sizes[within], exact[within], tried, right)
            self.plot.set_data(attack.label, x, y)
        # There all numbers are of what was really done.
        self.plot.set_stops(curves.attack_sizes)
        runs = [self._behind(curves, model) for model in curves.models[1:]]
        self.plot.set_runs([run for run in runs if run is not None])
        self.plot.set_x_range(0.0, curves.furthest, least=0.0)
        # Where nobody points the legend tells of the size that half of the images withstand, or of
        # the end of the axis: never of a size that is not drawn.
        median = curves.shown.median(curves.norm, label)
        self.plot.marks.set_marker(median if median <= curves.furthest else curves.furthest)

    def _behind(self, curves: RobustnessCurves, model: RunModel) -> RunCurves | None:
        """Return the exact curve of another run, None if that is gone by now."""
        entry = self._session.runs.entry(model.key)
        if entry is None:
            return None
        exact = curves.exact[model.key].accuracy(curves.norm, curves.sizes, self._state.label)
        return self._state.behind(entry, (EXACT, curves.sizes, exact))


def _curves(attacks: tuple[SizedAttack, ...]) -> tuple[Curve, ...]:
    """Return the exact curve, and one over it for each attack."""
    over = [Curve(attack.label, *_LOOKS[i % len(_LOOKS)]) for i, attack in enumerate(attacks)]
    return Curve(EXACT, "train", width=_EXACT_WIDTH), *over
