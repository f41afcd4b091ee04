"""What the runs withstand epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Slot

from gui.attack.robustness.words import UNITS
from gui.shared.columns import label
from gui.shared.measure import measured_words
from gui.shared.panel import Panel
from gui.shared.words import PARTS
from gui.widgets.basics.layouts import below
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.exact.curve_search import RobustnessOverEpochs
    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session

MEDIAN = "median"
_MEDIAN_HELP = (
    "The median of the exact sizes, measured as in the curve above, of the images read rightly, at "
    "every kept epoch. As weights grow sharper, it often falls while the score still rises. "
    "Click to show an epoch everywhere."
)


class RobustnessEpochs(Panel):
    """Median exact size against epochs; a click shows that epoch."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._state = state
        self.plot = CurvePlot(
            "During training",
            "epoch",
            (Curve(MEDIAN, "train"),),
            _MEDIAN_HELP,
            compact=True,
            names_ends=True,
            y_label="median size that fools",
            parent=self,
        )
        card = self.plot.in_card()
        self.plot.legend.hide()  # the names stand at the ends
        self.n_words = label("", self, "caption")
        card.head.layout().insertWidget(1, self.n_words)  # type: ignore[union-attr]
        self.setLayout(below(card))
        self.plot.x_clicked.connect(session.view.show_epoch)
        session.view.shown_changed.connect(self._refresh_marker)

    def figure_words(self) -> str:
        """Return how sizes are measured: all epochs are drawn."""
        state = self._state
        how = measured_words(state.norm, boxed=state.measure.images_boxed)
        return f"{PARTS[state.part]} images, {UNITS[state.norm]}, {how}"

    def show_known(self) -> None:
        """Draw what is known of both runs."""
        answer = self._state.medians.answer
        known = {} if answer is None else answer.found or {}
        entries = [entry for entry in self._state.entries() if entry.key in known]
        curves = {one.key: _curve(known[one.key]) for one in entries}
        nothing, shown_key = np.empty(0), self._session.runs.shown_key
        shown = next((one.name for one in entries if one.key == shown_key), "")
        self.plot.main.names = {MEDIAN: (shown, "")}
        self.plot.set_data(*curves.get(shown_key or 0, (MEDIAN, nothing, nothing)))
        behind = [one for one in entries if one.key != shown_key]
        self.plot.set_runs([self._state.behind(one, curves[one.key]) for one in behind])
        ends = [x[-1] for _, x, _ in curves.values() if len(x)]
        self.plot.set_x_range(0, int(max(ends, default=1)))
        drawn = np.concatenate([nothing, *(y for _, _, y in curves.values())])
        top = float(drawn[np.isfinite(drawn)].max(initial=0.0))
        self.plot.set_y_range(0.0, 1.1 * top if top > 0 else 1.0)
        n = 0 if answer is None else len(answer.question.images.rows)
        self.n_words.setText(f"{n:,} images" if n else "")
        self._refresh_marker()

    @Slot()
    def _refresh_marker(self) -> None:
        shown = self._session.view.shown
        if self.isVisible():
            self.plot.marks.set_marker(None if shown is None or shown.live else shown.epoch)


def _curve(found: RobustnessOverEpochs) -> tuple[str, np.ndarray, np.ndarray]:
    return MEDIAN, found.epochs, found.medians
