"""When to stop: how sure the best epoch is, and what waiting with patience would have done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSizePolicy

from core.learning.stopping import StoppingConfig, early_stopping
from core.parameters import parameters_of
from core.words import significant
from gui.learn.over_epochs.column import row_label, share_height
from gui.learn.over_epochs.panel import OverEpochsPanel
from gui.learn.stopping.study import band_study
from gui.learn.stopping.words import NOT_THERE, Moment, patience_words, sure_words, why_words
from gui.shared.columns import label, sentences
from gui.shared.curve_range import near
from gui.shared.panel import Panel
from gui.shared.side import Side
from gui.shared.who_chooses import WhoChooses
from gui.shared.words import PARTS
from gui.theme import grow
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import tooltip
from gui.widgets.basics.short_number import short_number
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.band_plot import LEAST_BARS, BandPlot, EpochBars
from gui.widgets.curves.plot import Curve

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from core.insight.epoch_readings import EpochReadings
    from core.learning.history import History
    from gui.session.session import Session

_PATIENCE = parameters_of(StoppingConfig)["patience"]
_SIDE_WIDTH, _FIELD_WIDTH = 372, 54
_GAP = 4
_CURVE_SECONDS = 0.2
_STYLES = {"test": Qt.PenStyle.DashLine, "validation": Qt.PenStyle.DotLine}
_SEEN = 0.03
"""The share of the lowest values that may lie below: those of the first epochs."""
_SHARE = "share of the draws"
_CURVE_HELP = (
    "The mean over the held-out images of log y_true. Other images would give another curve: "
    "the band holds nine of ten whole curves for images drawn anew, with replacement, out of these."
)
_BARS_HELP = (
    "For each new draw of the held-out images the epoch with the highest log-likelihood, the "
    "earliest of equals. One high bar is a sure optimum, many low ones are an unsure one."
)
_REDRAWING_HELP = (
    "A new draw is another set of as many images, drawn from these with replacement (bootstrap): "
    "some come twice, some not at all. So the sets might have been others, and in each of them the "
    "best epoch is looked for. Where most agree it is sure, where they scatter it is chance."
)
_WHY_HELP = (
    "The error counts mistakes, whatever the model is how sure of. The log-likelihood weighs them: "
    "a mistake of which the model is surer costs more, without limit. So it may fall while the "
    "error stays or even falls on. The table has how many held-out images are read wrongly and "
    "rightly, and what each of them costs: the mean over them of -log y_label."
)


class StoppingPanel(Panel):
    """The held-out curve with its band, the best epochs of new draws, and both in plain words."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.band = band_study(session, lambda: self._part, self)
        self.plot = BandPlot(
            "Held-out log-likelihood",
            [Curve(PARTS[part], part, style) for part, style in _STYLES.items()],
            _CURVE_HELP,
            "mean of log y of the true class (nats)",
            self,
        )
        self._n_drawn, self._drawn_at = 0, 0.0
        self.bars = EpochBars(
            "Best epoch",
            (Curve(_SHARE, "best"),),
            _BARS_HELP,
            shares=True,
            y_label=_SHARE,
            parent=self,
        )
        self.story = OverEpochsPanel(session, self)
        self.story.sample_requested.connect(self.sample_requested)
        self.tools = self.story.part
        """Stands beside the row of tabs."""
        self.best = sentences(self, "sentence")
        self.sure, self.waited, self.why = (sentences(self) for _ in range(3))
        self.why.setTextFormat(Qt.TextFormat.RichText)  # a table of numbers and our own words
        self.why.setToolTip(wrapped(_WHY_HELP))
        self.sure.setObjectName("muted")
        self.sure.setToolTip(wrapped(_REDRAWING_HELP))
        self.chooses = WhoChooses(session, self, lying=True)
        self.patience = NumberField(_PATIENCE, self)
        self.patience.show_value(StoppingConfig().patience)
        self.patience.committed.connect(self._draw)
        self.patience.refused.connect(session.messages.warn)
        tip = "Show the epoch of the best held-out log-likelihood everywhere"
        show_best = session.view.show_best
        self.best_button = button("★ go to the best", self, tip, "small", show_best)
        tip = "Compare the best epoch with the model shown now"
        self.compare_button = button("compare", self, tip, "small", self._compare)
        self._lay_out()
        for plot in (self.plot, self.bars):
            plot.x_clicked.connect(session.view.show_epoch)
        session.epochs.changed.connect(self.refresh)
        session.training.epoch_recorded.connect(self._epoch_recorded)
        session.view.progressed.connect(self._refresh_new_epochs)
        session.view.run_state_changed.connect(self._refresh_new_epochs_at_once)
        session.view.run_started.connect(self.refresh)
        session.view.run_shown.connect(self.watch_anew)  # other images may choose its best epoch
        session.view.shown_changed.connect(self._refresh_shown)
        self.follow(self.band)
        self.refresh()

    def _lay_out(self) -> None:
        for plot in (self.plot, self.bars):
            plot.hide_head()
            share_height(plot, plot.minimumSizeHint().height())
        grow(self.bars, minimum_height=LEAST_BARS)
        self.bars.box.setXLink(self.plot.box)
        rows = [
            beside(row_label(words, self), (plot, 1), spacing=6)
            for words, plot in (("log-likelihood", self.plot), ("best epoch", self.bars))
        ]
        left = below((rows[0], 5), (rows[1], 2), (self.story, 8), spacing=2)
        grow(self.patience, fixed_width=_FIELD_WIDTH)
        patience = label("patience", self, buddy=self.patience)
        row = beside(patience, self.patience, (self.waited, 1), spacing=8)
        texts = below(self.best, self.sure, row, self.why, spacing=_GAP)
        self._texts = holding(texts, self)
        buttons = beside(
            self.best_button, self.chooses.button, None, self.compare_button, spacing=4
        )
        flipped, policy = self.story.flipped, QSizePolicy.Policy
        flipped.setSizePolicy(policy.Preferred, policy.Ignored)  # seen where there is room for it
        parts = (self._texts, (flipped, 1000), None, self.chooses, buttons)
        right = holding(below(*parts, spacing=_GAP), self)
        grow(right, fixed_width=_SIDE_WIDTH)
        self.setLayout(beside((left, 1), right, spacing=14))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show images where words leave room for them."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave the images that flip most out where the words need their room."""
        width = self._texts.width()
        words = (part.heightForWidth(width) for part in (self._texts, self.chooses))
        room = self.height() - sum(words) - self.best_button.height() - 3 * _GAP
        self.story.flipped.setVisible(room >= self.story.flipped.sizeHint().height())

    @property
    def _part(self) -> str:
        """The part that chooses the best epoch."""
        history = self._session.view.history
        return "test" if history is None else history.held_out_part

    def figure_words(self) -> str:
        """Return whose images choose the best epoch."""
        return f"{PARTS[self._part]} images"

    def watch(self, is_watched: bool) -> None:
        """Follow the run in the part that chooses its best epoch."""
        self._session.epochs.watch(self, self._part if is_watched else None)
        super().watch(is_watched)

    @Slot(object)
    def _epoch_recorded(self, record: Any) -> None:
        """Watch anew: with the first epoch of a run it is known which part chooses."""
        history = self._session.view.history
        if self.isVisible() and history is not None and len(history) == 1:
            self.watch(True)

    @Slot()
    def _refresh_new_epochs(self) -> None:
        """Draw new epochs, many at once at full speed."""
        if time.perf_counter() - self._drawn_at >= _CURVE_SECONDS:
            self._refresh_new_epochs_at_once()

    @Slot()
    def _refresh_new_epochs_at_once(self) -> None:
        history = self._session.view.history
        if self.isVisible() and history is not None and len(history) != self._n_drawn:
            self._draw()

    def show_known(self) -> None:
        """Show all that is known of the run."""
        self._draw_band()
        self._draw()
        self._refresh_shown()

    @Slot()
    def _refresh_shown(self) -> None:
        """Follow the epoch shown elsewhere."""
        shown = self._session.view.shown
        if not self.isVisible():
            return
        for plot in (self.plot, self.bars):
            plot.marks.set_marker(None if shown is None or shown.live else shown.epoch)
        self._say_why()

    @Slot()
    def _draw(self) -> None:
        history, part = self._session.view.history, self._part
        self.patience.setToolTip(tooltip(_PATIENCE, self.patience.number()))
        self.plot.choose_curve(PARTS[part])
        self._n_drawn = 0 if history is None else len(history)
        self._drawn_at = time.perf_counter()
        has_epochs = history is not None and len(history) > 0
        self.best_button.setEnabled(has_epochs)
        if history is not None and has_epochs:
            self.best_button.setText(f"★ go to {history.best.epoch}")
        self.compare_button.setEnabled(has_epochs)
        if history is None or not has_epochs:
            self.plot.set_star(None)
            for words in (self.best, self.sure, self.waited, self.why):
                words.setText("")
            return
        values = history.curve(part, "log_likelihood")
        self.plot.set_data(PARTS[part], history.epochs, values)
        self.plot.set_star(history.best.epoch, float(values[history.best_index]))
        self.plot.set_x_range(float(history.epochs[0]) - 0.5, float(history.epochs[-1]) + 0.5)
        self._fit(values)
        self.best.setText(self._best_words(history, float(values[history.best_index])))
        stop = early_stopping(history.epochs, values, int(self.patience.number()))
        self.waited.setText(patience_words(stop, history.best.epoch))
        self._make_room()

    def _fit(self, values: NDArray[np.float64]) -> None:
        """Show curve and band, but for the start, which would dwarf what is learnt after it."""
        _, low, high = self.plot.band
        shown = [part[1:] if len(part) > 1 else part for part in (values, low, high)]
        learnt = near(np.concatenate(shown), float(values[0]))
        learnt = learnt if len(learnt) else near(values, float(values[0]))
        if len(learnt):
            lowest = np.sort(learnt)[int(_SEEN * len(learnt))]
            bottom, top = float(lowest), float(learnt.max())
            room = max(0.05 * (top - bottom), 0.001 * abs(top), 1e-6)
            self.plot.set_y_range(bottom - room, top + room)

    @staticmethod
    def _best_words(history: History, value: float) -> str:
        best, last = history.best.epoch, int(history.epochs[-1])
        which = f"Best: {short_number(value)} at epoch {best}"
        return f"{which}, the last." if best == last and last > 0 else f"{which}."

    @property
    def _readings(self) -> EpochReadings | None:
        """What is read at each epoch, as far as it is known."""
        answer = self._session.epochs.answer(self._part)
        return None if answer is None or answer.found is None else answer.found.readings

    @property
    def _is_gone(self) -> bool:
        """Whether the images that chose the best epoch are not set aside any more."""
        dataset = self._session.view.dataset
        return dataset is not None and self._part == "validation" and dataset.validation is None

    def _draw_band(self) -> None:
        band = self.band.found
        if band is None:
            if self._readings is None:
                self.plot.set_bands([])
                self.bars.set_data(_SHARE, np.empty(0), np.empty(0))
            self.sure.setText(NOT_THERE if self._is_gone else "drawing the images anew ...")
            return
        self.plot.set_band(band.epochs, band.low, band.high, f"{significant(100 * band.level)} %")
        self.bars.set_data(_SHARE, band.epochs, band.best_share)
        self.sure.setText(sure_words(band, self._part, self._session.view.history))
        self._make_room()

    def _say_why(self) -> None:
        """Put the error beside the log-likelihood, at the best epoch and now."""
        readings, view = self._readings, self._session.view
        history, shown = view.history, view.shown
        if readings is None or history is None or shown is None:
            self.why.setText("")
            return
        if history.best.epoch not in readings.epochs:
            self.why.setText("reading on ...")
            return
        best, now = (readings.nearest_row(epoch) for epoch in (history.best.epoch, shown.epoch))
        moments = [Moment(int(readings.epochs[row]), readings.halves(row)) for row in (best, now)]
        self.why.setText(why_words(*moments))
        self._make_room()

    @Slot()
    def _compare(self) -> None:
        history = self._session.view.history
        if history is not None and history.records:
            self.asked.emit("Tune", (Side(None, "best"), Side(None, "now")))
