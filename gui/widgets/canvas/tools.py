"""The tools beside a canvas, and those beside an image that is painted on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from core.attack.by_hand.painting import DAB_SHARE, TOOLS
from core.words import percent, significant
from gui.theme import grow
from gui.widgets.basics.controls import switch
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.canvas.canvas import THICKEST, THINNEST, Canvas
from gui.widgets.canvas.change_canvas import FAINTEST, NARROWEST, STRONGEST, WIDEST, ChangeCanvas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon

    from core.attack.by_hand.painting import Tool
    from gui.widgets.canvas.stroke_surface import StrokeSurface

_WIDTH = 142

_TIPS: dict[Tool, str] = {
    "add": "Each stroke adds ink: pixels become lighter on the dark ground (X changes the tool)",
    "take": "Each stroke takes ink away (or the right button)",
    "soften": "Each stroke fades what you have painted, back toward the image: budget is free "
    "again",
}


class _Tools(QWidget):
    """What a subclass makes in the order of the Tab key.

    Parameters
    ----------
    steps : of a slider from nothing to 1
    """

    def __init__(self, canvas: StrokeSurface, steps: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._strokes, self._steps = canvas, steps

    def _make_width_slider(self, name: str, low: float, high: float) -> None:
        self.width_slider = self._slider(name, low, high)
        self.width_slider.valueChanged.connect(self._width_chosen)

    def _make_buttons(self) -> None:
        canvas = self._strokes
        self.undo = self._button("Undo", "Take back the last stroke (Backspace)")
        self.undo.clicked.connect(canvas.undo)
        self.redo = self._button("Redo", "Bring back the stroke taken back (Shift+Backspace)")
        self.redo.clicked.connect(canvas.redo)
        self.clear = self._button("Clear", "Begin anew (Delete); Undo brings it back")
        self.clear.clicked.connect(canvas.clear)
        canvas.tools_changed.connect(self.refresh)

    def _button(self, words: str, tip: str, *, checkable: bool = False) -> QToolButton:
        made = switch(words, self, wrapped(tip), "tool")
        made.setCheckable(checkable)
        return made

    def _slider(self, name: str, low: float, high: float) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(round(self._steps * low), round(self._steps * high))
        slider.setAccessibleName(name)
        return slider

    @Slot()
    def refresh(self) -> None:
        """Show what the canvas holds."""
        drawn = self._strokes.drawn
        self._show(self.width_slider, self._strokes.pen_width)
        self.undo.setEnabled(drawn is not None and drawn.can_undo)
        self.redo.setEnabled(drawn is not None and drawn.can_redo)
        self.clear.setEnabled(drawn is not None and not drawn.is_empty)

    def _show(self, slider: QSlider, value: float) -> None:
        with QSignalBlocker(slider):
            slider.setValue(round(self._steps * value))

    @Slot(int)
    def _width_chosen(self, place: int) -> None:
        self._strokes.set_pen_width(place / self._steps)


class CanvasTools(_Tools):
    """A column of tools beside one canvas: pen, rubber, width, undo, redo and clear.

    Parameters
    ----------
    more : what stands in the middle of the column
    """

    def __init__(self, canvas: Canvas, more: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(canvas, 1000, parent)
        self._canvas = canvas
        tip = "Draw (X changes between pen and rubber)"
        self.pen = self._button("pen", tip, checkable=True)
        tip = "Take ink away instead (X, or the right button)"
        self.eraser = self._button("rubber", tip, checkable=True)
        self.pen.clicked.connect(partial(canvas.set_erasing, False))
        self.eraser.clicked.connect(partial(canvas.set_erasing, True))
        self._make_width_slider("width of the pen", THINNEST, THICKEST)
        self.width_slider.setPageStep(20)
        self.width_slider.setMinimumWidth(40)
        self._make_buttons()
        self._icons = {
            "draw": self.pen,
            "eraser": self.eraser,
            "take-back": self.undo,
            "put-back": self.redo,
            "clear": self.clear,
        }
        self.undo.setText("undo")
        self.clear.setText("clear")
        for button in self._icons.values():
            button.setObjectName("outlined")
            grow(button, icon_size=16)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.redo.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.redo.setAccessibleName("redo")
        self.redo.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        width = beside(QLabel("width", self), (self.width_slider, 1))
        self.redo.setObjectName("tool")
        back = beside((self.undo, 1), self.redo, spacing=2)
        self.setLayout(below(self.pen, self.eraser, width, more, None, back, self.clear, spacing=5))
        self.refresh()

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        for name, button in self._icons.items():
            button.setIcon(icons[name])

    @Slot()
    def refresh(self) -> None:
        """Show what the canvas holds."""
        super().refresh()
        tip = f"Width of the pen: {percent(self._canvas.pen_width)} of the sheet ([ and ])"
        self.width_slider.setToolTip(wrapped(tip))
        self.pen.setChecked(not self._canvas.erasing)
        self.eraser.setChecked(self._canvas.erasing)


class ChangeTools(_Tools):
    """One column of tools for one image: what the brush does, how wide and how strong."""

    def __init__(self, canvas: ChangeCanvas, parent: QWidget | None = None) -> None:
        super().__init__(canvas, 100, parent)
        self._canvas = canvas
        self.group = QButtonGroup(self)
        self.buttons: dict[Tool, QToolButton] = {}
        for k, (tool, words) in enumerate(TOOLS.items()):
            button = self._button(words.capitalize(), _TIPS[tool], checkable=True)
            self.group.addButton(button, k)
            self.buttons[tool] = button
        self.group.idClicked.connect(self._tool_clicked)
        self._make_width_slider("width of the brush", NARROWEST, WIDEST)
        self.strength = self._slider("strength of the brush", FAINTEST, STRONGEST)
        self.strength.valueChanged.connect(self._strength_chosen)
        self._make_buttons()
        self.brush_words, self.strength_words = QLabel("", self), QLabel("", self)
        self.hint = QCheckBox("Hint", self)
        self.change_only = QCheckBox("Change only", self)
        self.change_only.setToolTip(
            wrapped("Show what you have painted alone: red is added ink, blue ink taken away.")
        )
        self.change_only.toggled.connect(canvas.set_shows_change)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        for button in (*self.buttons.values(), self.undo, self.redo, self.clear):
            button.setObjectName("outlined")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        brush, strength = self.width_slider, self.strength
        for words, slider in ((self.brush_words, brush), (self.strength_words, strength)):
            words.setBuddy(slider)
            slider.setMinimumWidth(60)
        column = below(
            *self.buttons.values(),
            2,
            *(self.brush_words, brush, self.strength_words, strength),
            beside(self.undo, self.redo, spacing=2),
            beside(self.clear),
            *(self.hint, self.change_only, None),
            spacing=3,
        )
        self.setLayout(column)
        grow(self, fixed_width=_WIDTH)

    @Slot()
    def refresh(self) -> None:
        """Show what the canvas holds."""
        super().refresh()
        canvas, width = self._canvas, f"{self._canvas.pen_pixels():.1f}"
        self.buttons[canvas.tool].setChecked(True)
        self._show(self.strength, canvas.strength)
        self.brush_words.setText(f"brush {width} px")
        self.strength_words.setText(f"strength {percent(canvas.strength)}")
        tip = f"Width of the brush: {width} pixels of the image ([ and ])"
        self.width_slider.setToolTip(wrapped(tip))
        self.strength.setToolTip(
            wrapped(
                f"One dab changes a pixel by {significant(canvas.ink)} of the 0..1 there is and "
                f"takes {percent(canvas.strength * DAB_SHARE)} of the budget; to soften, what is "
                f"painted fades by {percent(canvas.strength)} (+ and -)"
            )
        )
        self.change_only.setChecked(canvas.shows_change)

    @Slot(int)
    def _tool_clicked(self, place: int) -> None:
        self._canvas.set_tool(list(TOOLS)[place])

    @Slot(int)
    def _strength_chosen(self, place: int) -> None:
        self._canvas.set_strength(place / self._steps)
