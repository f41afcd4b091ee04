"""A field for one number: typed, stepped, checked against its declaration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSizePolicy, QWidget

from gui.theme import pixels
from gui.widgets.basics.arrow_keys import ENTER

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent

    from core.parameters import Parameter

_TYPEABLE = 1e15
"""Anything up to here can be typed, so that what is out of range is told, not eaten silently."""

_OF = " of "
_POPUP = Qt.WindowType.Popup
_STEPS_PER_DECADE = (1.0, 2.0, 5.0)


class _Line(QLineEdit):
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose the whole number: Qt takes what stands before its point alone."""
        self.selectAll()


class NumberField(QDoubleSpinBox):
    """A spin box that follows a declared :class:`Parameter`.

    A value out of range is refused with the declaration's own words and the old one comes back.
    Parameters on a log scale step 1, 2, 5, 10.
    """

    committed = Signal(object)
    refused = Signal(str)

    def __init__(self, declared: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared = declared
        self._whole = declared.kind != "float"
        self.setLineEdit(_Line(self))
        self._accepted = float(declared.low or 0)
        self._used: int | None = None
        self.setDecimals(0 if self._whole else 8)
        self.setRange(-_TYPEABLE, _TYPEABLE)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(declared.label)
        self.valueChanged.connect(self._changed)

    def show_value(self, value: float) -> None:
        """Show a value without telling anybody."""
        self._accepted = float(value)
        if value != self.value():
            with QSignalBlocker(self):
                self.setValue(float(value))

    def show_used(self, n_used: int | None) -> None:
        """Say how many there really are, until somebody types: ``2,000 of 5,000``."""
        if n_used != self._used:
            self._used = n_used
            self.updateGeometry()
            if not self.hasFocus():
                self._write()

    def _write(self) -> None:
        """Write the value anew: what is said with it depends on who looks."""
        with QSignalBlocker(self):
            self.lineEdit().setText(self.textFromValue(self.value()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the number alone: it can be typed over."""
        super().focusInEvent(event)
        if self._used is not None:
            self._write()
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say again how many there are."""
        super().focusOutEvent(event)
        if self._used is not None:
            self._write()

    def number(self) -> float | int:
        """Return the value in its declared type."""
        return round(self.value()) if self._whole else self.value()

    @Slot(float)
    def _changed(self, _: float) -> None:
        problem = self._declared.problem(self.number())
        if problem:
            self.show_value(self._accepted)
            self.refused.emit(f"{self._declared.label} {problem}")
            return
        self._accepted = self.value()
        self.committed.emit(self.number())

    def textFromValue(self, value: float) -> str:
        """Write as people do: 0.1, not 0.10000000."""
        if self._used is not None and not self.hasFocus():
            return f"{self._used:,}{_OF}{value:,.0f}"
        if value == 0 and self._declared.zero_text:
            return self._declared.zero_text
        return f"{value:.0f}" if self._whole else f"{value:.8g}"

    def valueFromText(self, text: str) -> float:
        """Read what was typed, 1e-3 included."""
        if _OF in text:
            text = text.partition(_OF)[2].replace(",", "")
        if self._declared.zero_text and text.strip().casefold() == self._declared.zero_text:
            return 0.0
        return float(text.strip().replace(",", "."))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let anything be typed: what is no number is told when it is entered."""
        try:
            value = self.valueFromText(text)
        except ValueError:
            return QValidator.State.Intermediate, text, position
        fits = math.isfinite(value) and abs(value) <= _TYPEABLE
        state = QValidator.State.Acceptable if fits else QValidator.State.Intermediate
        return state, text, position

    def fixup(self, text: str) -> str:
        """Bring the old value back and say why; called when what was entered is no number."""
        entered = repr(text) if text.strip() else "nothing"
        limits = self._declared.range_text()
        self.refused.emit(f"{self._declared.label} must be {limits}, not {entered}")
        return self.textFromValue(self._accepted)

    def stepBy(self, steps: int) -> None:
        """Step within the declared range."""
        value = self.value()
        if self._declared.log_scale:
            for _ in range(abs(steps)):
                value = _log_step(value, up=steps > 0)
        elif self._whole:
            value += steps * _nice_step(value)
        else:
            value += steps * 10 ** (math.floor(math.log10(max(abs(value), 0.001))))
        low = -math.inf if self._declared.low is None else self._declared.low
        high = math.inf if self._declared.high is None else self._declared.high
        self.setValue(round(min(max(value, low), high), 10))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return enters the number, Escape forgets it; both give the keyboard back.

        Where nothing was typed, Escape folds what the field was unfolded in.
        """
        if event.key() == Qt.Key.Key_Escape:
            accepted = self.textFromValue(self._accepted)
            if self.lineEdit().text() == accepted and self.window().windowType() is _POPUP:
                event.ignore()
                return
            self.lineEdit().setText(accepted)
            self.clearFocus()
            return
        super().keyPressEvent(event)
        if event.key() in ENTER:
            self.clearFocus()

    def minimumSizeHint(self) -> QSize:
        """Ask for the width of a short number."""
        return QSize(self._width("10000"), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Ask for that of a usual number, not of the longest that can be typed."""
        return QSize(self._width("1000000"), super().minimumSizeHint().height())

    def _width(self, text: str) -> int:
        text = text if self._used is None else f"{self._used:,}{_OF}{self.value():,.0f}"
        return self.fontMetrics().horizontalAdvance(text) + pixels(25)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel only when focused: scrolling past must not change a setting."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _nice_step(value: float) -> int:
    """Return 1 below 20, else a tenth of the value's power of ten."""
    return 1 if abs(value) < 20 else int(10 ** max(0, math.floor(math.log10(abs(value))) - 1))


def _log_step(value: float, *, up: bool) -> float:
    """Return the next of 1, 2, 5, 10, ... above or below ``value``."""
    decade = 10.0 ** math.floor(math.log10(value))
    ladder = [m * decade * s for s in (0.1, 1.0, 10.0) for m in _STEPS_PER_DECADE]
    slack = 1e-9 * value
    if up:
        return min(rung for rung in ladder if rung > value + slack)
    return max(rung for rung in ladder if rung < value - slack)
