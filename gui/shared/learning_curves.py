"""Error and log-likelihood over epochs: the run shown, the others behind it, repeated seeds."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from gui.shared.curve_range import curve_range, range_before
from gui.theme import pixels
from gui.widgets.basics.layouts import beside
from gui.widgets.curves.plot import Curve, CurvePlot
from gui.widgets.curves.runs import Band, RunCurves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from core.learning.records import Scores
    from gui.session.runs import BandEntry, RunEntry
    from gui.session.session import Session
    from gui.widgets.curves.menu import PlotOptions

_CURVES = (
    Curve("train", "train"),
    Curve("test", "test", Qt.PenStyle.DashLine),
    Curve("validation", "validation", Qt.PenStyle.DotLine),
)
_NARROW = 275
"""Pixels of a plot at 100 % that has no room for its long title and the names of curves."""
_CURVE_SECONDS = 0.1
_USUAL_CLASSES = 10
"""Before it is known how many there are."""
_ERROR_HELP = "Error = 1 - score: the fraction of images classified wrongly. Lower is better."
_ERROR_LABEL = "fraction of images classified wrongly"
_LIKE_LABEL = "mean of log y of the true class (nats)"
_LIKE_HELP = (
    "Log-likelihood = mean over images of log y_true, the log of the probability given to the "
    "right class. Higher is better; 0 is certainty. The star marks its best held-out epoch: "
    "after it the model learns the training images by heart."
)


def making_plots() -> Iterator[CurvePlot]:
    """Make both plots one after the other: each holds up the window for a moment."""
    yield CurvePlot("Error", "epoch", _CURVES, _ERROR_HELP, y_label=_ERROR_LABEL)
    yield CurvePlot(
        "Log-likelihood", "epoch", _CURVES, _LIKE_HELP, negative=True, y_label=_LIKE_LABEL
    )


class LearningCurves(QWidget):
    """Both plots, kept true to the runs of the session while somebody looks.

    Parameters
    ----------
    plots : of error and log-likelihood, as :func:`making_plots` makes them
    """

    def __init__(
        self, session: Session, plots: Iterable[CurvePlot], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._n_drawn, self._drawn_at = 0, 0.0
        self._later = QTimer(self, singleShot=True, interval=round(1000 * _CURVE_SECONDS))
        self._later.timeout.connect(self._refresh_new_epochs)
        self._behind: list[RunEntry] = []
        self._rest: tuple[float, Scores] | None = None
        """Where the run rests in the midst of an epoch, as it is drawn."""
        self._n_behind = 0
        """Epochs of the run being trained that are drawn while another one is shown."""
        self.error_plot, self.like_plot = plots
        self.like_plot.legend.is_named_beside = True
        self._plots = ((self.error_plot, "error"), (self.like_plot, "log_likelihood"))
        cards = [plot.in_card() for plot, _ in self._plots]
        self._like_card = cards[1]
        self.setLayout(beside(*((card, 1) for card in cards), spacing=8))
        for plot, _ in self._plots:
            plot.set_curve_visible("validation", False)
            plot.x_clicked.connect(session.view.show_epoch)
            plot.options_changed.connect(self._options_changed)
        session.view.run_started.connect(self.refresh)
        session.view.run_shown.connect(self.refresh)
        session.runs.changed.connect(self._refresh_behind)
        session.view.progressed.connect(self._refresh_new_epochs)
        session.view.run_state_changed.connect(self._run_state_changed)
        session.training.setting_applied.connect(self._refresh_curves)
        session.wanted.changed.connect(self._refresh_range)
        session.view.shown_changed.connect(self._refresh_marker)
        self.refresh()

    def figure_words(self) -> str:
        """Return nothing more than data and run: all epochs are drawn."""
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the long title give way to the names of the curves."""
        super().resizeEvent(event)
        each = event.size().width() / 2
        fitting = "LOG-LIKELIHOOD" if each >= pixels(_NARROW) else "LOG-LIK."
        self._like_card.title.setText(fitting if each >= pixels(_NARROW) * 0.6 else "LL")
        self._like_card.title.setToolTip("log-likelihood per image")

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw everything anew."""
        self._refresh_behind()
        self._refresh_curves()
        self._refresh_marker()

    @Slot()
    def _refresh_behind(self) -> None:
        """Draw the other runs and the bands that a person wants to see."""
        if not self.isVisible():
            return
        session = self._session
        # Curves of other data mean nothing.
        present = (session.view.data_config, session.view.reading)
        entries = [
            entry
            for entry in session.runs.on(*present)
            if entry.is_visible and entry.key != session.runs.shown_key
        ]
        bands = [entry for entry in session.runs.bands_on(*present) if entry.is_visible]
        self._behind = entries
        live = session.runs.live
        self._n_behind = 0 if live is None else len(live.history)
        for plot, metric in self._plots:
            plot.set_runs([self._run_curves(entry, metric) for entry in entries])
            plot.set_bands([self._band(entry, metric) for entry in bands])
        self._refresh_range()

    def _run_curves(self, entry: RunEntry, metric: str) -> RunCurves:
        history = entry.run.history
        return RunCurves(
            key=entry.key,
            name=entry.name,
            colour=self._session.runs.colour_of(entry),
            curves=tuple((p, history.epochs, history.curve(p, metric)) for p in history.parts),
            strong=entry.key == self._session.runs.reference_key,
        )

    def _band(self, entry: BandEntry, metric: str) -> Band:
        found = entry.band.band(entry.band.held_out_part, metric)
        return Band(
            key=entry.key,
            name=entry.name,
            colour=self._session.runs.colour_of(entry),
            x=entry.band.epochs,
            low=found.low,
            median=found.median,
            high=found.high,
        )

    @Slot()
    def _refresh_new_epochs(self) -> None:
        """Draw new epochs, many at once at full speed: a plot costs more than the atlas."""
        if not self.isVisible():
            return
        if time.perf_counter() - self._drawn_at < _CURVE_SECONDS:
            self._later.start()  # a run that is held tells of its first epoch once
            return
        history, live = self._session.view.history, self._session.runs.live
        if history is not None and len(history) != self._n_drawn:
            self._refresh_curves()
        elif live is not None and live.history is not history:
            self._drawn_at = time.perf_counter()
            if len(live.history) != self._n_behind:
                self._refresh_behind()

    @Slot()
    def _run_state_changed(self) -> None:
        history, live = self._session.view.history, self._session.runs.live
        if history is not None and len(history) != self._n_drawn:
            self._refresh_curves()
        if live is not None and live.history is not history and len(live.history) != self._n_behind:
            self._refresh_behind()

    @Slot()
    def _refresh_curves(self) -> None:
        history = self._session.view.history
        if history is None or not self.isVisible():
            return
        self._n_drawn, self._drawn_at = len(history), time.perf_counter()
        ticks = [(c.epoch, str(c), c.label) for c in self._session.view.shown_changes]
        for plot, metric in self._plots:
            plot.set_curve_visible("validation", history.has_validation)
            rests: list[tuple[float, float, str]] = []
            for part in ("train", "test", "validation"):
                values = history.curve(part, metric)
                x, y = self._with_rest(history.epochs[: len(values)], values, part, metric)
                plot.set_data(part, x, y)
                if len(y) > len(values):
                    rests.append((float(x[-1]), float(y[-1]), part))
            plot.marks.set_dots(rests)
            plot.marks.set_ticks(ticks)
            if history.records:
                held_out = history.curve(history.held_out_part, metric)
                plot.set_star(history.best.epoch, float(held_out[history.best_index]))
            else:
                plot.set_star(None)
        self.error_plot.legend.set_words(star=f"best {history.best.epoch}" if self._n_drawn else "")
        self._refresh_range()
        self._refresh_marker()

    def _with_rest(
        self, x: NDArray[np.float64], y: NDArray[np.float64], part: str, metric: str
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a curve up to where the run rests, in the midst of an epoch perhaps."""
        self._rest = self._session.view.shown_scores
        if self._rest is None or (len(x) and self._rest[0] <= x[-1]):
            return x, y
        place, scores = self._rest
        name = "score" if metric == "error" else metric
        value = getattr(scores, f"{part}_{name}")
        if value is None:
            return x, y
        last = 1.0 - value if metric == "error" else value
        return np.append(x, place), np.append(y, last)

    @Slot()
    def _refresh_range(self) -> None:
        history, session = self._session.view.history, self._session
        high = 0 if history is None else history.last_epoch
        if session.runs.is_live_shown:
            high = max(session.view.training_config.epochs, high)
        high = max([high, *(entry.run.history.last_epoch for entry in self._behind)])
        for plot, _ in self._plots:
            plot.set_x_range(0, high)
        others, dataset = [entry.run.history for entry in self._behind], session.view.dataset
        n_classes = _USUAL_CLASSES if dataset is None else dataset.n_classes
        for plot, metric in self._plots:
            learnt = curve_range(history, others, metric)
            plot.set_y_range(*(learnt or range_before(history, n_classes, metric)))

    @Slot()
    def _refresh_marker(self) -> None:
        view = self._session.view
        if view.shown_scores is not self._rest and view.shown_scores != self._rest:
            self._refresh_curves()  # it rests elsewhere, or goes on
            return
        if view.shown is None or view.history is None:
            epoch = None
        elif self._rest is not None:
            epoch = self._rest[0]
        elif view.shown.live and 0 < self._n_drawn <= len(view.history):
            # Live it stands at the end of the curves: they need no repaint every frame.
            epoch = float(view.history.epochs[self._n_drawn - 1])
        else:
            epoch = view.shown.epoch
        for plot, _ in self._plots:
            plot.marks.set_marker(epoch)

    @Slot(object)
    def _options_changed(self, options: PlotOptions) -> None:
        """Keep both plots on the same epochs, smoothed alike; each has a y axis of its own."""
        for plot, _ in self._plots:
            if plot is not self.sender():
                plot.set_options(replace(options, log_y=plot.options.log_y))
