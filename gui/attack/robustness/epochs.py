"""What the runs withstand epoch by epoch, beside what they read rightly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Slot

from gui.shared.measure import measured_words
from gui.shared.panel import Panel
from gui.widgets.basics.layouts import beside
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from core.exact.curve_search import RobustnessOverEpochs
    from gui.attack.robustness.study import Robustness
    from gui.session.runs import RunEntry
    from gui.session.session import Session

MEDIAN, SCORE = "median", "score"
_MEDIAN_HELP = (
    "The median of the exact sizes, in the box where that is chosen, of the test images read "
    "rightly, at every kept epoch. As weights grow sharper, it often falls while the score still "
    "rises."
)
_SCORE_HELP = "The share of the test images read rightly, at the same epochs."


class RobustnessEpochs(Panel):
    """Median exact size and score against epochs; a click shows that epoch."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._state = state
        make = partial(CurvePlot, x_label="epoch", compact=True, parent=self)
        median, score = (Curve(MEDIAN, "train"),), (Curve(SCORE, "test"),)
        title, y_label = "MEDIAN EXACT SIZE", "median size that fools"
        self.median_plot = make(title, curves=median, help_text=_MEDIAN_HELP, y_label=y_label)
        y_label = "share read rightly"
        self.score_plot = make("SCORE", curves=score, help_text=_SCORE_HELP, y_label=y_label)
        self._plots = (self.median_plot, self.score_plot)
        self.setLayout(beside(*self._plots, spacing=14))
        for plot in self._plots:
            plot.x_clicked.connect(session.view.show_epoch)
        session.view.shown_changed.connect(self._refresh_marker)

    def figure_words(self) -> str:
        """Return how sizes are measured: all epochs are drawn."""
        state = self._state
        return f"test images, {measured_words(state.norm, boxed=state.measure.boxed)}"

    def show_known(self) -> None:
        """Draw what is known of the visible runs."""
        known = self._state.medians.found or {}
        entries = [entry for entry in self._state.entries() if entry.key in known]
        for plot, name in zip(self._plots, (MEDIAN, SCORE), strict=True):
            self._draw(plot, name, known, entries)
        self._refresh_marker()

    def _draw(
        self,
        plot: CurvePlot,
        name: str,
        known: dict[int, RobustnessOverEpochs],
        entries: list[RunEntry],
    ) -> None:
        curves = {one.key: (name, *self._values(known[one.key], name)) for one in entries}
        nothing, shown_key = np.empty(0), self._session.runs.shown_key
        plot.set_data(*(curves[shown_key] if shown_key in curves else (name, nothing, nothing)))
        behind = [one for one in entries if one.key != shown_key]
        plot.set_runs([self._state.behind(one, curves[one.key]) for one in behind])
        ends = [x[-1] for _, x, _ in curves.values() if len(x)]
        plot.set_x_range(0, int(max(ends, default=1)))
        drawn = np.concatenate([nothing, *(y for _, _, y in curves.values())])
        drawn = drawn[np.isfinite(drawn)]
        top = float(drawn.max(initial=0.0))
        if len(drawn) and name == SCORE:
            plot.set_y_range(max(float(np.quantile(drawn, 0.1)) - 0.05, 0.0), min(top + 0.02, 1.0))
        elif len(drawn):
            plot.set_y_range(0.0, 1.1 * top if top > 0 else 1.0)

    def _values(
        self, found: RobustnessOverEpochs, name: str
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        return found.epochs, found.score if name == SCORE else found.medians

    @Slot()
    def _refresh_marker(self) -> None:
        shown = self._session.view.shown
        if self.isVisible():
            marked = None if shown is None or shown.live else shown.epoch
            for plot in self._plots:
                plot.marks.set_marker(marked)
