"""The tools beside an image that is painted on: what the brush does, how wide and how strong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.attack.by_hand.painting import TOOLS
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.canvas.change_canvas import FAINTEST, STRONGEST, THICKEST, THINNEST, ChangeCanvas

if TYPE_CHECKING:
    from core.attack.by_hand.painting import Tool

_STEPS = 100
"""Of a slider from nothing to 1."""

_WIDTH = 142

_TIPS: dict[Tool, str] = {
    "add": "Each stroke adds ink: pixels become lighter on the dark ground (X changes the tool)",
    "take": "Each stroke takes ink away (or the right button)",
    "soften": "Each stroke fades what you have painted, back toward the image: budget is free "
    "again",
}


class ChangeTools(QWidget):
    """One column of tools for one canvas."""

    def __init__(self, canvas: ChangeCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.group = QButtonGroup(self)
        self.buttons: dict[Tool, QToolButton] = {}
        for k, (tool, words) in enumerate(TOOLS.items()):
            button = self._button(words.capitalize(), _TIPS[tool])
            button.setCheckable(True)
            self.group.addButton(button, k)
            self.buttons[tool] = button
        self.group.idClicked.connect(self._tool_clicked)
        self.brush_words, self.brush = self._slider("width of the brush", THINNEST, THICKEST)
        self.brush.valueChanged.connect(self._brush_chosen)
        self.strength_words, self.strength = self._slider(
            "strength of the brush", FAINTEST, STRONGEST
        )
        self.strength.valueChanged.connect(self._strength_chosen)
        self.undo = self._button("Undo", "Take back the last stroke (Backspace)")
        self.undo.clicked.connect(canvas.undo)
        self.redo = self._button("Redo", "Bring back the stroke taken back (Shift+Backspace)")
        self.redo.clicked.connect(canvas.redo)
        self.clear = self._button("Clear", "Begin anew (Delete); Undo brings it back")
        self.clear.clicked.connect(canvas.clear)
        self.hint = QCheckBox("Hint", self)
        self.change_only = QCheckBox("Change only", self)
        self.change_only.setToolTip(
            wrapped("Show what you have painted alone: red is added ink, blue ink taken away.")
        )
        self.change_only.toggled.connect(canvas.set_shows_change)
        self._lay_out()
        canvas.tools_changed.connect(self.refresh)
        self.refresh()

    def _button(self, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setObjectName("tool")
        button.setToolTip(wrapped(tip))
        return button

    def _slider(self, name: str, low: float, high: float) -> tuple[QLabel, QSlider]:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(round(_STEPS * low), round(_STEPS * high))
        slider.setAccessibleName(name)
        slider.setMinimumWidth(60)
        words = QLabel("", self)
        words.setBuddy(slider)
        return words, slider

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for button in self.buttons.values():
            button.setSizePolicy(self.sizePolicy())
            column.addWidget(button)
        column.addSpacing(2)
        for widget in (self.brush_words, self.brush, self.strength_words, self.strength):
            column.addWidget(widget)
        for buttons in ((self.undo, self.redo), (self.clear,)):
            row = QHBoxLayout()
            row.setSpacing(2)
            for button in buttons:
                row.addWidget(button)
            column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(self.change_only)
        column.addStretch(1)
        self.setFixedWidth(_WIDTH)

    @Slot()
    def refresh(self) -> None:
        """Show what the canvas holds."""
        canvas, painting = self._canvas, self._canvas.painting
        self.buttons[canvas.tool].setChecked(True)
        self._show(self.brush, canvas.brush)
        self._show(self.strength, canvas.strength)
        self.brush_words.setText(f"brush {canvas.brush_pixels:.1f} px")
        self.strength_words.setText(f"strength {canvas.strength:.2f}")
        tip = f"Width of the brush: {canvas.brush_pixels:.1f} pixels of the image ([ and ])"
        self.brush.setToolTip(wrapped(tip))
        self.strength.setToolTip(
            wrapped(
                f"A stroke changes a pixel by {canvas.strength:.2f} of the 0..1 there is; to "
                "soften, it fades by that share (+ and -)"
            )
        )
        self.change_only.setChecked(canvas.shows_change)
        self.undo.setEnabled(painting is not None and painting.can_undo)
        self.redo.setEnabled(painting is not None and painting.can_redo)
        self.clear.setEnabled(painting is not None and not painting.is_empty)

    @staticmethod
    def _show(slider: QSlider, value: float) -> None:
        blocked = slider.blockSignals(True)
        slider.setValue(round(_STEPS * value))
        slider.blockSignals(blocked)

    @Slot(int)
    def _tool_clicked(self, place: int) -> None:
        self._canvas.set_tool(list(TOOLS)[place])

    @Slot(int)
    def _brush_chosen(self, place: int) -> None:
        self._canvas.set_brush(place / _STEPS)

    @Slot(int)
    def _strength_chosen(self, place: int) -> None:
        self._canvas.set_strength(place / _STEPS)
