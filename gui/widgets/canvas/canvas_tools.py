"""The tools beside a canvas: pen, eraser, undo, redo and clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from gui.widgets.basics.tooltips import wrapped
from gui.widgets.canvas.canvas import THICKEST, THINNEST, Canvas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon

_STEPS = 1000
"""Of the slider from no width to the whole sheet."""


class CanvasTools(QWidget):
    """One line of tools for one canvas."""

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.width_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.width_slider.setRange(round(_STEPS * THINNEST), round(_STEPS * THICKEST))
        self.width_slider.setPageStep(_STEPS // 50)
        self.width_slider.setAccessibleName("width of the pen")
        self.width_slider.setMinimumWidth(40)
        self.width_slider.valueChanged.connect(self._width_chosen)
        self.eraser = self._button("Eraser", "Take ink away instead (X, or the right button)")
        self.eraser.setCheckable(True)
        self.eraser.clicked.connect(canvas.set_erasing)
        self.undo = self._button("Undo", "Take back the last stroke (Backspace)")
        self.undo.clicked.connect(canvas.undo)
        self.redo = self._button("Redo", "Bring back the stroke taken back (Shift+Backspace)")
        self.redo.clicked.connect(canvas.redo)
        self.clear = self._button("Clear", "Begin anew (Delete); Undo brings it back")
        self.clear.clicked.connect(canvas.clear)
        for button in (self.undo, self.redo, self.clear):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(QLabel("pen", self))
        layout.addWidget(self.width_slider, 1)
        for button in (self.eraser, self.undo, self.redo, self.clear):
            layout.addWidget(button)
        canvas.tools_changed.connect(self.refresh)
        self.refresh()

    def _button(self, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setObjectName("tool")
        button.setToolTip(wrapped(tip))
        button.setIconSize(QSize(18, 18))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        for button, name in (
            (self.eraser, "eraser"),
            (self.undo, "take-back"),
            (self.redo, "put-back"),
            (self.clear, "clear"),
        ):
            button.setIcon(icons[name])

    @Slot()
    def refresh(self) -> None:
        """Show what the canvas holds."""
        canvas = self._canvas
        blocked = self.width_slider.blockSignals(True)
        self.width_slider.setValue(round(_STEPS * canvas.pen_width))
        self.width_slider.blockSignals(blocked)
        self.width_slider.setToolTip(
            wrapped(f"Width of the pen: {canvas.pen_width:.0%} of the sheet ([ and ])")
        )
        self.eraser.setChecked(canvas.erasing)
        self.undo.setEnabled(canvas.can_undo)
        self.redo.setEnabled(canvas.can_redo)
        self.clear.setEnabled(not canvas.is_empty)

    @Slot(int)
    def _width_chosen(self, place: int) -> None:
        self._canvas.set_pen_width(place / _STEPS)
