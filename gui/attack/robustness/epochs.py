"""What the runs withstand epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import Slot

from gui.attack.robustness.part import RobustnessPart
from gui.attack.robustness.words import UNITS
from gui.shared.measure import measured_words
from gui.shared.size_choice import SHORT
from gui.shared.words import PARTS
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QWidget

    from core.exact.curve_search import RobustnessOverEpochs
    from gui.attack.robustness.study import Robustness
    from gui.session.session import Session

MEDIAN = "median"
_FEWEST_LINES = 4
"""Of a curve of which not all is known yet."""
_MEDIAN_HELP = (
    "The median of the exact sizes, measured as in the curve above, of the images read rightly, at "
    "every kept epoch. As weights grow sharper, it often falls while the score still rises. "
    "Click to show an epoch everywhere."
)


class RobustnessEpochs(RobustnessPart):
    """Median exact size against epochs; a click shows that epoch."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, state, parent)
        self.plot = CurvePlot(
            "Medians",
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
        self.n_words = FittingLabel("", self, look="caption")
        cast("QHBoxLayout", card.head.layout()).insertWidget(1, self.n_words, 1)
        self.setLayout(below(card))
        self.plot.x_clicked.connect(session.view.show_epoch)
        session.view.shown_changed.connect(self._refresh_marker)

    def figure_words(self) -> str:
        """Return of which images, and how sizes are measured: all epochs are drawn."""
        state = self._state
        how = measured_words(state.norm, boxed=state.measure.images_boxed)
        return f"medians {self._of_words()[1]}, {UNITS[state.norm]}, {how}"

    def _of_words(self) -> tuple[str, ...]:
        """Return of how many images the medians are, ever shorter."""
        answer = self._state.medians.answer
        if answer is None:
            return "", ""
        some = answer.question.images
        n = f"{len(some.rows):,}" if some.is_whole else f"{len(some.rows):,} of {some.n_whole:,}"
        of = f"of {n} {PARTS[self._state.part]} images"
        return (
            f"{SHORT[self._state.norm]} that fools, {of}",
            of,
            f"of {n}",
            n,
            f"of {len(some.rows):,}",
        )

    def show_known(self) -> None:
        """Draw what is known of both runs."""
        answer = self._state.medians.answer
        known = {} if answer is None else answer.found or {}
        live_key = self._session.runs.live_key if self._session.view.is_running else None
        entries = [
            entry
            for entry in self._state.entries()
            if entry.key in known and (entry.key == live_key or _is_curve(known[entry.key].epochs))
        ]
        found = [known[one.key] for one in entries]
        curves = {one.key: _curve(known[one.key]) for one in entries}
        nothing, shown_key = np.empty(0), self._session.runs.shown_key
        shown = next((one.name for one in entries if one.key == shown_key), "")
        self.plot.main.names = {MEDIAN: (shown, "")}
        self.plot.set_data(*curves.get(shown_key or 0, (MEDIAN, nothing, nothing)))
        behind = [one for one in entries if one.key != shown_key]
        self.plot.set_runs([self._state.behind(one, curves[one.key]) for one in behind])
        ends = [x[-1] for _, x, _ in curves.values() if len(x)]
        self.plot.set_x_range(0, int(max(ends, default=1)))
        drawn = np.concatenate([nothing, *(each.medians for each in found)])
        sound = np.concatenate([nothing, *(each.sound for each in found)]) > 0
        tops = (float(y[np.isfinite(y)].max(initial=0.0)) for y in (drawn[sound], drawn))
        self.plot.set_y_range(0.0, 1.1 * next(filter(None, tops), 1 / 1.1))
        self.n_words.set_wordings(*self._of_words())
        self._refresh_marker()

    @Slot()
    def _refresh_marker(self) -> None:
        shown = self._session.view.shown
        if self.isVisible():
            self.plot.marks.set_marker(None if shown is None or shown.live else shown.epoch)


def _curve(found: RobustnessOverEpochs) -> tuple[str, np.ndarray, np.ndarray]:
    return MEDIAN, found.epochs, found.medians


def _is_curve(epochs: np.ndarray) -> bool:
    """Whether enough is known for lines between it to be a curve: they are found coarse first."""
    if len(epochs) < 2:
        return len(epochs) > 0
    return bool(np.diff(epochs).max() <= max((epochs[-1] - epochs[0]) / _FEWEST_LINES, 1))
