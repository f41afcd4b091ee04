"""Buttons to press and lists to choose from, each made in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
)

from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    Pressed = Callable[..., Any] | SignalInstance


class FittingList(QComboBox):
    """A list whose choice ends with an ellipsis where there is no room for all of it.

    Qt folds it when a key is announced (Return, Escape). Within what is itself unfolded the same
    key then comes to the list, and would open it again or fold what is around it: it is taken.
    """

    _is_open = is_key_taken = False
    """Whether the key that comes has just folded it, for whoever presses Enter in it."""

    def hidePopup(self) -> None:
        """Fold, and be done with the key that did it."""
        if self._is_open:
            self._is_open, self.is_key_taken = False, True
            QTimer.singleShot(0, self, self._take_keys)
        super().hidePopup()

    @Slot()
    def _take_keys(self) -> None:
        self.is_key_taken = False

    def showPopup(self) -> None:
        """Unfold."""
        self._is_open = True
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key does, unless it has just folded the list."""
        if not (self.is_key_taken and event.key() == Qt.Key.Key_Escape):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits: a list with a style sheet cuts words through their letters."""
        option, kind = QStyleOptionComboBox(), QStyle.ComplexControl.CC_ComboBox
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(kind, option, field, self).width()
        end = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(option.currentText, end, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(kind, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def button(
    words: str, parent: QWidget, tip: str = "", look: str = "", pressed: Pressed | None = None
) -> QPushButton:
    """Return a button; ``look`` is its name in the style, ``pressed`` what it does."""
    made = QPushButton(words, parent)
    made.setObjectName(look)
    if tip:
        made.setToolTip(wrapped(tip))
    if pressed is not None:
        made.clicked.connect(pressed)
    return made


def switch(words: str, parent: QWidget, tip: str, look: str) -> QToolButton:
    """Return one of several buttons of which one stays pressed."""
    made = QToolButton(parent)
    made.setText(words)
    made.setObjectName(look)
    made.setCheckable(True)
    made.setToolTip(tip)
    return made


def chooser(
    name: str,
    parent: QWidget,
    tip: str = "",
    choices: Mapping[Any, str] | None = None,
    *,
    shortest: int | None = None,
) -> QComboBox:
    """Return a list to choose from.

    Parameters
    ----------
    name : of the list, for a screen reader
    choices : as for :func:`offer`
    shortest : characters it is as wide as at least; None for as wide as the longest choice
    """
    made = FittingList(parent)
    made.setAccessibleName(name)
    if tip:
        made.setToolTip(wrapped(tip))
    if shortest is not None:
        made.setMinimumContentsLength(shortest)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    offer(made, choices or {})
    return made


def offer(combo: QComboBox, choices: Mapping[Any, str]) -> None:
    """Offer these choices, what each stands for -> its words; a list of the same is left alone."""
    there = [(combo.itemData(i), combo.itemText(i)) for i in range(combo.count())]
    if there != list(choices.items()):
        combo.clear()
        for value, words in choices.items():
            combo.addItem(words, value)
