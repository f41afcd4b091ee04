"""Which model every view shows: a run and an epoch of it, said and chosen in one place."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QSpinBox, QToolButton

from core.errors import printable
from core.learning.presets import PRESETS
from core.learning.runs import differences
from gui.shared.columns import heading, label
from gui.shared.training_transport import EpochPlaces
from gui.theme import LIGHT, give_theme, grow, pixels
from gui.widgets.basics.arrow_keys import ENTER
from gui.widgets.basics.controls import button
from gui.widgets.basics.drop_down import Unfolded
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import fitting, shortened
from gui.widgets.basics.layouts import below, beside, holding, scrolled
from gui.widgets.basics.swatch import swatch
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.timeline import Timeline

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.runs import RunEntry
    from gui.session.session import Session
    from gui.theme import Theme

_SWATCH = QSize(14, 10)
_WIDTH = 430
_MOST_ROWS = 10
_EPOCHS, _SCORE = 58, 68
"""Widths of the columns at the right, at a text size of 100 %."""


def _three(value: float) -> str:
    """Return a share as the mock has it: three digits behind the point."""
    return f"{value:.3f}".removeprefix("0")


class RunRow(QToolButton):
    """One run: its colour, its name, what differs, how long and how well it learnt."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("row")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.swatch, self.name = label("", self), FittingLabel("", self)
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.words = FittingLabel("", self, look="muted")
        self.epochs, self.score = label("", self), label("", self)
        parts = (self.swatch, self.name, (self.words, 1), self.epochs, self.score)
        self.setLayout(beside(*parts, spacing=8, margins=(10, 0, 12, 0)))
        for part in (self.swatch, self.name, self.words, self.epochs, self.score):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # it is the row's
        for part, width in ((self.epochs, _EPOCHS), (self.score, _SCORE - 8)):
            part.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grow(part, fixed_width=width)
        grow(self, fixed_height=30)

    def choose(self, is_chosen: bool) -> None:
        """Look like the one that is shown, or not."""
        self.setChecked(is_chosen)
        font = QFont()
        font.setBold(is_chosen)
        for part in (self.name, self.score):
            part.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose it with Enter, too."""
        if Qt.Key(event.key()) in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


class ModelPopup(Unfolded):
    """All runs that can be shown, and the epochs of the one shown."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._theme = session, LIGHT
        self._places = EpochPlaces(session, self)
        self.rows: dict[int, RunRow] = {}
        title = heading("THE MODEL ALL VIEWS SHOW", self)
        self._part = label("", self, "caption")
        epochs = label("epochs", self, "caption")
        for words, width in ((epochs, _EPOCHS), (self._part, _SCORE)):
            words.setAlignment(Qt.AlignmentFlag.AlignRight)
            grow(words, fixed_width=width)
        self._list = below(spacing=1)
        area = scrolled(holding(below(self._list, None, spacing=0), self), self, sideways=False)
        self._area = area
        rule = QFrame(self)
        rule.setObjectName("line")
        rule.setFixedHeight(1)
        self.epoch = QSpinBox(self)
        self.epoch.setAccessibleName("epoch shown")
        self.epoch.setToolTip("The epoch that every view shows")
        self.epoch.setKeyboardTracking(False)
        self.epoch.valueChanged.connect(session.view.show_epoch)
        self.line = Timeline(self)
        self.line.usual = QSize(190, 44)
        self.line.place_chosen.connect(self._places.go_to)
        self.best = button("", self, "Show the epoch of the best held-out log-likelihood (Ctrl+B)",
                           "verb", session.view.show_best)  # fmt: skip
        tip = "Show what is newest, and go along with it (Ctrl+End)"
        self.last = button("", self, tip, "verb", self._show_last)
        head = beside(title, None, epochs, self._part, margins=(4, 0, 12, 0), spacing=0)
        foot = beside(
            label("epoch", self), self.epoch, 6, (self.line, 1), 4, self.best, self.last,
            margins=(4, 0, 0, 0),
        )  # fmt: skip
        self.setLayout(below(head, area, rule, foot, margins=(10, 10, 10, 6), spacing=6))
        for signal in (session.runs.changed, self._places.changed):
            signal.connect(self.refresh)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.refresh()

    @Slot()
    def _show_last(self) -> None:
        self._places.go_to(self._places.done)

    def show_now(self, widget: QWidget) -> None:
        """Show it below a widget."""
        self._refresh()
        self.setFixedWidth(pixels(_WIDTH) + 26)
        self.show_at(widget)
        shown = self.rows.get(self._session.runs.shown_key or 0)
        if shown is not None:
            shown.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show what there is, where somebody looks."""
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        session, view = self._session, self._session.view
        entries = [entry for entry in session.runs.entries if view.can_show(entry.run)]
        keys = [entry.key for entry in entries]
        if keys != list(self.rows):
            for row in self.rows.values():
                row.deleteLater()
            self.rows = {key: self._row(key) for key in keys}
        for entry in entries:
            self._fill(self.rows[entry.key], entry)
        height = next(iter(self.rows.values())).height() + 1 if self.rows else 30
        self._area.setFixedHeight(height * max(min(len(keys), _MOST_ROWS), 1))
        history = view.history
        if history is None or not history.records:
            return
        self._part.setText("last test" if history.held_out_part == "test" else "last val.")
        self._part.setToolTip(f"Fraction of the {history.held_out_part} images read rightly at the "
                              "last epoch of each run")  # fmt: skip
        places = self._places
        best = history.best.epoch
        line = self.line
        line.set_run(int(max(history.last_epoch, 1)), places.done, best)
        line.set_shown(places.place, live=places.place >= places.done)
        line.set_kept(places.kept)
        with QSignalBlocker(self.epoch):
            self.epoch.setRange(0, history.last_epoch)
            if not self.epoch.hasFocus() or view.pinned_epoch is not None:
                self.epoch.setValue(int(places.place))
        self.best.setText(f"★ best {best}")
        self.last.setText(f"last {history.last_epoch}")

    def _row(self, key: int) -> RunRow:
        row = RunRow(self)
        row.clicked.connect(partial(self._choose, key))
        self._list.addWidget(row)
        return row

    def _choose(self, key: int) -> None:
        """Show a run, and fold: its epochs are a click on the same button away."""
        self.hide()
        self._session.view.show_run(key)

    def _fill(self, row: RunRow, entry: RunEntry) -> None:
        session, history = self._session, entry.run.history
        shown = session.runs.shown
        colour = self._theme.colour(session.runs.colour_of(entry))
        row.swatch.setPixmap(swatch(colour).pixmap(_SWATCH))
        name, differs = printable(entry.name), [""]
        is_shown = entry.run is shown
        if is_shown:
            config, data = entry.run.history.last_config, entry.run.data_config
            known = (one.label for one in PRESETS.values() if one.fits(config, data))
            differs = [next(known, "")]
        elif shown is not None:
            said = differences(entry.run, shown)
            differs = [", ".join(said)]
            differs += [f"{', '.join(said[:n])} and {len(said) - n} more"
                        for n in range(len(said) - 1, 0, -1)]  # fmt: skip
        scores = history.curve(history.held_out_part, "score")
        score = _three(float(scores[-1])) if len(scores) else ""
        row.name.set_wordings(*shortened("{}", name))
        row.words.set_wordings(*differs)
        row.epochs.setText(f"{history.last_epoch:,}")
        row.score.setText(score)
        row.choose(is_shown)
        words = f"{name}: {differs[0]}" if differs[0] else name
        row.setToolTip(wrapped(words, "Show it in every view (Enter)"))
        row.setAccessibleName(f"{words}, {row.epochs.text()} epochs, {score} at the last")


class ModelChooser(QToolButton):
    """Says which run and epoch every view shows, with a green dot while that learns."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("model")
        self._session, self._theme = session, LIGHT
        self._is_live = False
        self.setToolTip("The model that every view shows: click to choose a run and an epoch of it")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open)
        view = session.view
        for signal in (view.shown_changed, view.run_shown, view.run_started, session.runs.changed,
                       view.run_state_changed):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    @cached_property
    def popup(self) -> ModelPopup:
        """What it unfolds, made when it first does."""
        made = ModelPopup(self._session, self)
        give_theme(made, self._theme)
        return made

    @Slot()
    def open(self) -> None:
        """Unfold the runs and epochs."""
        self.popup.show_now(self)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    @Slot()
    def refresh(self) -> None:
        """Say what is shown."""
        view, runs = self._session.view, self._session.runs
        shown, entry = view.shown, runs.entry(runs.shown_key)
        if shown is None or entry is None:
            words = "no model yet"
        else:
            words = f"{printable(entry.name)}, epoch {int(shown.epoch)}"
        is_live = view.goes_on
        self.setEnabled(shown is not None)
        if (words, is_live) != (self.text(), self._is_live):
            self._is_live = is_live
            self.setText(words)
            self.setAccessibleName(f"model shown: {words}{', live' if is_live else ''}")

    def sizeHint(self) -> QSize:
        """Return the room for the swatch, the words, the dot and the arrow."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 74, metrics.height() + 12)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the end of the words: the epoch."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 5 * hint.height()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint swatch, words, dot and arrow."""
        theme, runs = self._theme, self._session.runs
        entry = runs.entry(runs.shown_key)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rect, is_open = self.rect(), "popup" in vars(self) and self.popup.isVisible()
            if self.underMouse() or self.hasFocus() or is_open:
                painter.setPen(QPen(QColor(theme.accent if self.hasFocus() or is_open
                                           else theme.border), 1))  # fmt: skip
                painter.setBrush(QColor(theme.selection if is_open else theme.raised))
                painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 6, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            middle = rect.center().y()
            if entry is not None:
                painter.setBrush(QColor(theme.colour(runs.colour_of(entry))))
                patch = QRect(9, middle - 4, _SWATCH.width(), _SWATCH.height())
                painter.drawRoundedRect(patch, 2, 2)
            painter.setPen(QColor(theme.text if self.isEnabled() else theme.earlier))
            room = rect.adjusted(30, 0, -40, 0)
            whole = self.text()  # the swatch tells the run, too
            words = fitting(self.fontMetrics(), (whole, whole.rpartition(", ")[2]), room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
            end = 30 + self.fontMetrics().horizontalAdvance(words)
            if self._is_live:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.good))
                painter.drawEllipse(QPointF(end + 12, middle + 0.5), 5, 5)
            painter.setPen(QPen(QColor(theme.muted), 1.6))
            at = QPointF(rect.right() - 14, middle)
            painter.drawPolyline([at + QPointF(-3.5, -1.5), at + QPointF(0, 2),
                                  at + QPointF(3.5, -1.5)])  # fmt: skip
