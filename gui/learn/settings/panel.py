"""The left of the Learn page: the settings of the run shown, its last batch, how runs compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QToolButton, QWidget

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.parameters import parameters_of
from gui.learn.settings.form import SettingsForm
from gui.learn.settings.one_step import OneStep
from gui.learn.settings.rail import Rail
from gui.learn.settings.right import Right
from gui.shared.columns import heading, label
from gui.theme import LIGHT, Theme, grow, pixels
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding, scrolled
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from gui.session.session import Session
    from gui.settings import Settings

FEW = ("learning_rate", "batch_size", "init")
MORE = (
    "epochs",
    "momentum",
    "l2",
    "train_size",
    "test_size",
    "validation_size",
    "shuffle",
    "seed",
    "adversary",
    "adversary_size",
)
_WIDTH, _WIDE = 212, 248
_WIDE_FROM, NARROW_BELOW = 1600, 1200
"""Widths of the window from which on it is wide, and below which it folds by itself."""

_GAP, _SIDE, _BAR = 8, 12, 10
"""Between parts, at the sides, and of the scroll bar."""

_DOT = 8
_AGAIN_HELP = (
    "Begin the run anew with these settings, from the same start, and play. The run so far stays, "
    "for comparison. (R)"
)


class SettingsPanel(QWidget):
    """Settings, ONE STEP, RIGHT and Start again, or a rail that unfolds them."""

    sample_requested = Signal(str, int)
    """Part, index and place on the screen of an image that is to be opened."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._arrange)
        declared = {**parameters_of(TrainingConfig), **parameters_of(DataConfig)}
        self.form = SettingsForm([(name, declared[name]) for name in FEW], self)
        self.more_form = SettingsForm([(name, declared[name]) for name in MORE], self)
        for form in (self.form, self.more_form):
            form.changed.connect(session.wanted.set_setting)
            form.refused.connect(session.messages.warn)
            form.taken_back.connect(session.wanted.take_back)
        self.rows = {**self.form.rows, **self.more_form.rows}
        self.whose = FittingLabel("", self)
        self.whose.setObjectName("caption")
        self.more = QToolButton(self)
        self.more.setObjectName("unfold")
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.toggled.connect(self._unfold)
        self.more.clicked.connect(self._keep)
        self.usual = FittingLabel("", self)
        self.usual.setObjectName("caption")
        self.one_step = OneStep(session, self)
        self.one_step.sample_requested.connect(self.sample_requested)
        self.one_step.reshaped.connect(self._later.start)
        self.right = Right(session, self)
        self.again = button(
            "Start again", self, _AGAIN_HELP, pressed=lambda: session.training.start_again()
        )
        self.begins = label("", self, "caption")
        self.begins.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # Its room is kept: the button above must not move from under the pointer.
        policy = self.begins.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.begins.setSizePolicy(policy)
        self.rail = Rail("SETTINGS", "Unfold the settings (F9)", self)
        self.rail.clicked.connect(self.toggle)
        self.fold = QToolButton(self)
        self.fold.setText("‹")
        self.fold.setToolTip("Fold the settings away (F9)")
        self.fold.setAccessibleName("Fold the settings away")
        self.fold.clicked.connect(self.toggle)
        self._wants_open, self._opened_narrow, self._is_narrow = True, False, False
        self._settings: Settings | None = None
        self._icons: Mapping[str, QIcon] | None = None
        self._theme, self._whose_words = LIGHT, ""
        self._lay_out()
        session.wanted.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        session.view.run_started.connect(self.refresh)
        session.view.run_state_changed.connect(self.refresh)
        session.view.shown_changed.connect(self._say_whose)
        session.runs.changed.connect(self.refresh)
        self._unfold(False)
        self.refresh()

    def _lay_out(self) -> None:
        at_end = (0, 0, _SIDE, 0)  # where the area has its scroll bar
        head = beside(heading("SETTINGS", self), (self.whose, 1), self.fold, margins=at_end)
        self.head = holding(head, self)
        more = holding(beside(self.more, (self.usual, 1), spacing=2), self)
        self._column = below(self.form, more, self.more_form, None, spacing=6)
        self.inside = holding(self._column, self)
        self.area = scrolled(self.inside, self, sideways=False)
        step = below(_line(self), self.one_step, spacing=_GAP, margins=at_end)
        self.step_part = holding(step, self)
        right = below(_line(self), self.right, spacing=_GAP, margins=at_end)
        self.right_part = holding(right, self)
        self.foot = holding(below(self.again, self.begins, margins=at_end), self)
        self.card = QFrame(self)
        self.card.setObjectName("card")
        parts = (self.head, self.area, self.step_part, self.right_part, None, self.foot)
        self.card.setLayout(below(*parts, spacing=_GAP, margins=(_SIDE, _GAP, 0, _GAP)))
        self.setLayout(beside(self.rail, self.card, spacing=0))
        self.fit(0)

    # Folding.

    @property
    def is_open(self) -> bool:
        """Whether the settings are unfolded."""
        return self._opened_narrow if self._is_narrow else self._wants_open

    def fit(self, window_width: int) -> None:
        """Be as wide as suits a window of this width; in a narrow one fold."""
        is_narrow = 0 < window_width < pixels(NARROW_BELOW)
        if is_narrow and not self._is_narrow:
            self._opened_narrow = False
        self._is_narrow = is_narrow
        width = _WIDE if window_width >= pixels(_WIDE_FROM) else _WIDTH
        if self.card.property("grown") != {"fixed_width": width}:
            grow(self.card, fixed_width=width)
        self._show_fold()

    @Slot()
    def toggle(self) -> None:
        """Fold it away, or unfold it."""
        if self._is_narrow:
            self._opened_narrow = not self._opened_narrow
        else:
            self._wants_open = not self._wants_open
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._show_fold()
        if had_focus:
            (self.fold if self.is_open else self.rail).setFocus()
        self._keep()

    def remember(self, settings: Settings) -> None:
        """Be folded as at the last start, and keep it for the next."""
        self._settings = settings
        self._wants_open = settings.panel_open
        self.more.setChecked(settings.more_settings)
        self._show_fold()

    @Slot()
    def _keep(self) -> None:
        if self._settings is not None:
            self._settings.panel_open = self._wants_open
            self._settings.more_settings = self.more.isChecked()

    def _show_fold(self) -> None:
        self.card.setVisible(self.is_open)
        self.rail.setVisible(not self.is_open)

    @Slot(bool)
    def _unfold(self, is_open: bool) -> None:
        """Show the settings behind *more*, or hide them."""
        self.more.setText("less" if is_open else "more")
        self.more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.more.setToolTip("Hide these settings" if is_open else "Show all other settings")
        self.more_form.setVisible(is_open)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        """Ask for no height of its own: what has no room scrolls or is left out."""
        return QSize(super().minimumSizeHint().width(), 0)

    # What is shown.

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self._icons = icons
        self._draw_again()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._draw_again()

    def _draw_again(self) -> None:
        """Draw what is on the button: a dot before it where something waits."""
        if self._icons is None:
            return
        dot = _DOT if self._session.wanted.waits else 0
        size, ratio = pixels(16), self.devicePixelRatioF()
        picture = QPixmap(round((size + 2 * dot) * ratio), round(size * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawPixmap(2 * dot, 0, self._icons["replay"].pixmap(size, size))
            if dot:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._theme.best))
                painter.drawEllipse(QRectF(0, (size - dot) / 2, dot, dot))
        self.again.setIcon(QIcon(picture))
        self.again.setIconSize(QSize(size + 2 * dot, size))

    def showEvent(self, event: QShowEvent) -> None:
        """Find room for all."""
        super().showEvent(event)
        self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find room for all."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def refresh(self) -> None:
        """Show the settings of the run shown, what of them waits, and what a new start does."""
        wanted = self._session.wanted
        values = {**_values(wanted.training), **_values(wanted.data)}
        waiting = wanted.waiting
        self.form.show_values(values, waiting)
        self.more_form.show_values(values, waiting)
        has_adversary = values["adversary"] != "off" or "adversary_size" in waiting
        self.rows["adversary_size"].holder.setVisible(has_adversary)
        for name, there in self._there().items():
            self.rows[name].show_used(there if there < values[name] else None)
        self._say_whose()
        self._say_usual(values)
        self._say_again()
        self._later.start()

    def _there(self) -> dict[str, int]:
        """Return how many images there are for each part that is asked for."""
        wanted, view = self._session.wanted, self._session.view
        full, dataset, live = wanted.full_dataset, view.dataset, view.runs.live
        if full is None or dataset is None or live is None:
            return {}
        if wanted.data != view.data_config:
            return {"train_size": full.train.n_samples, "test_size": full.test.n_samples}
        held = 0 if dataset.validation is None else dataset.validation.n_samples
        n_train = dataset.train.n_samples - live.n_added + held
        return {"train_size": n_train, "test_size": dataset.test.n_samples}

    @Slot()
    def _say_whose(self) -> None:
        view, runs = self._session.view, self._session.runs
        entry = runs.entry(runs.shown_key)
        name = "" if entry is None else entry.name
        when = "as they are now" if runs.is_live_shown else "as they were at its end"
        if view.pinned_epoch is not None:
            when = f"as they were at epoch {view.pinned_epoch}"
        words = f"The settings of {name}, {when}." if name else ""
        if words != self._whose_words:  # asked 30 times a second
            self._whose_words = words
            self.whose.set_wordings(f"of {name}" if name else "")
            self.whose.setToolTip(wrapped(words))

    def _say_usual(self, values: Mapping[str, Any]) -> None:
        """Say how many of the settings behind *more* are not as usual."""
        usual = {**_values(TrainingConfig()), **_values(DataConfig())}
        offered = [name for name in MORE if name != "adversary_size"]
        other = [name for name in offered if values[name] != usual[name]]
        n = len(offered) - len(other)
        words = f"{n} as usual" + (f", {len(other)} not" if other else "")
        self.usual.set_wordings("" if self.more.isChecked() else words)
        named = [
            f"{self.rows[name].declared.within} {self.rows[name].declared.words(values[name])}"
            for name in other
        ]
        self.usual.setToolTip(wrapped("Not as usual: " + ", ".join(named)) if named else "")

    def _say_again(self) -> None:
        wanted, runs = self._session.wanted, self._session.runs
        waits = wanted.waits
        self.rail.set_waiting(waits)
        self._draw_again()
        self.again.setEnabled(wanted.full_dataset is not None)
        if (self.again.property("waiting") == "true") is not waits:
            self.again.setProperty("waiting", "true" if waits else "false")
            self.again.style().unpolish(self.again)
            self.again.style().polish(self.again)
        shown = runs.entry(runs.shown_key)
        self.begins.setVisible(waits and shown is not None)
        if waits and shown is not None:
            keeps = f", keeps {shown.name}" if runs.keeps(shown) else ""
            self.begins.setText(f"begins {runs.next_name}{keeps}")
            named = ", ".join(map(str, wanted.waiting.values())) or "the images you added or took"
            self.begins.setToolTip(wrapped(f"Waits for the new start: {named}."))

    @Slot()
    def _arrange(self) -> None:
        """Give the settings their room, then RIGHT, and what is left to ONE STEP."""
        fixed = self.head.sizeHint().height() + self.foot.sizeHint().height()
        room = self.height() - fixed - 4 * _GAP
        form = self.inside.sizeHint().height()
        self.area.setFixedHeight(max(min(form, room), 0))
        side = _SIDE if form <= room else _SIDE - _BAR
        self._column.setContentsMargins(0, 0, side, 0)
        left = room - form - self.right_part.sizeHint().height() - _GAP
        self.right_part.setVisible(left >= 0)
        around = 3 * _GAP  # the line above it, and the gaps
        self.step_part.setVisible(self.one_step.use_height(left - around))


def _values(config: TrainingConfig | DataConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in parameters_of(config)}


def _line(parent: QWidget) -> QFrame:
    """Return a line between two parts."""
    made = QFrame(parent)
    made.setObjectName("line")
    made.setFixedHeight(1)
    return made
