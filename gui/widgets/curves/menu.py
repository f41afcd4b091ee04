"""How a plot is drawn, and the small menu in which a person chooses it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from core.learning.smoothing import SMOOTHING_FORMULA, SMOOTHINGS
from gui.theme import ICONS, Theme, make_icon
from gui.widgets.basics.tooltips import wrapped

HELP = (
    "Right-click for logarithmic axes and smoothing, to copy or to save.",
    "In the plot: drag to zoom, turn the wheel to zoom about the pointer, double-click to go back. "
    "By keyboard: + and - zoom, the arrows move a zoomed plot, Backspace goes back, Escape shows "
    "the whole.",
)


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """How curves are drawn.

    Attributes
    ----------
    log_x, log_y : whether the axis is logarithmic
    smoothing : number of points of the moving mean; 1 draws the curves themselves

    Raises
    ------
    ValueError
        If ``smoothing`` is none of ``core.learning.smoothing.SMOOTHINGS``.
    """

    log_x: bool = False
    log_y: bool = False
    smoothing: int = 1

    def __post_init__(self) -> None:
        if self.smoothing not in SMOOTHINGS:
            raise ValueError(f"smoothing is one of {SMOOTHINGS}, not {self.smoothing}")


def log_x_words(x_label: str) -> str:
    """Return what a logarithmic x axis does."""
    return f"{x_label.capitalize()} 0 has no place on a logarithmic axis and is left out."


def log_y_words(*, negative: bool) -> str:
    """Return what a logarithmic y axis does."""
    if negative:
        return (
            "These numbers are below zero: |y| is drawn on the logarithmic axis, turned over, so "
            "that higher on the screen is still higher; numbers keep their minus sign."
        )
    return "Numbers of 0 or less have no place on a logarithmic axis and are left out."


def smoothing_words(n_points: int, x_label: str) -> str:
    """Return what smoothing does."""
    return (
        f"Thick: centred mean of n = {n_points} {x_label}s, of fewer toward both ends: "
        f"{SMOOTHING_FORMULA}. The first value, from before anything is learnt, stands alone. "
        "Thin behind it: the curve itself. Other runs are smoothed alike."
    )


def notes(options: PlotOptions, x_label: str, *, negative: bool) -> list[str]:
    """Return what is done to the curves, one sentence or two for each thing done."""
    words = []
    if options.log_x:
        words.append(log_x_words(x_label))
    if options.log_y:
        words.append(log_y_words(negative=negative))
    if options.smoothing > 1:
        words.append(smoothing_words(options.smoothing, x_label))
    return words


class PlotMenu(QMenu):
    """What can be chosen of one plot. It keeps no state; it is told what holds."""

    options_chosen = Signal(object)

    def __init__(self, title: str, x_label: str, *, negative: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._options = PlotOptions()
        self.setAccessibleName(f"view of {title.lower()}")
        self.setToolTipsVisible(True)
        self.log_x = self._check(self, f"Logarithmic {x_label} axis", log_x_words(x_label))
        self.log_y = self._check(self, "Logarithmic y axis", log_y_words(negative=negative))
        self.smoothing_menu = self.addMenu("Smoothing")
        self.smoothing_menu.setToolTipsVisible(True)
        group = QActionGroup(self)
        self.smoothing: dict[int, QAction] = {}
        for n_points in SMOOTHINGS:
            words = f"mean of {n_points} {x_label}s" if n_points > 1 else "off"
            action = self._check(
                self.smoothing_menu,
                words,
                smoothing_words(n_points, x_label) if n_points > 1 else "The curves themselves.",
            )
            group.addAction(action)
            self.smoothing[n_points] = action
        self.addSeparator()
        self.back = self.addAction("Zoom back\tBackspace")
        self.whole = self.addAction("Show the whole\tEsc")
        self.show_state(self._options, 0)

    def _check(self, menu: QMenu, words: str, help_text: str) -> QAction:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setToolTip(wrapped(help_text))
        action.triggered.connect(self._chosen)
        return action

    def show_state(self, options: PlotOptions, depth: int) -> None:
        """Check what holds; nothing leads back where nothing is zoomed."""
        self._options = options
        self.log_x.setChecked(options.log_x)
        self.log_y.setChecked(options.log_y)
        self.smoothing[options.smoothing].setChecked(True)
        self.back.setEnabled(depth > 0)
        self.whole.setEnabled(depth > 0)

    @Slot()
    def _chosen(self) -> None:
        smoothing = next(n for n, action in self.smoothing.items() if action.isChecked())
        chosen = replace(
            self._options,
            log_x=self.log_x.isChecked(),
            log_y=self.log_y.isChecked(),
            smoothing=smoothing,
        )
        self.options_chosen.emit(chosen)


class ZoomSign(QToolButton):
    """A button that is there while a part of the plot is shown, and leads back."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText("zoomed")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setStyleSheet("padding: 0px 3px;")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.setIcon(make_icon(ICONS / "whole.svg", theme.accent, 16))

    def sizeHint(self) -> QSize:
        """Return no more than the height of its words: nothing below moves when it comes."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 2)

    def show_words(self, words: str) -> None:
        """Say this of the zoom; nothing hides the button."""
        self.setVisible(bool(words))
        self.setToolTip(wrapped(words, "Click here or press Backspace."))
        self.setAccessibleName(words)
