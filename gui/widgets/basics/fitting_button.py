"""Buttons of plain words that give way where there is no room for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
)

from gui.widgets.basics.fitting_words import fitting

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget


class FittingButton(QPushButton):
    """Looks like a word; its words are cut to the room there is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("word")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space to what is played
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: others may need the room."""
        return QSize(0, super().minimumSizeHint().height())

    def set_wordings(self, words: str) -> None:
        """Say this; ``&`` is a letter in names that come from strangers, and marks no key."""
        self.setText(words)
        self.setShortcut(QKeySequence())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        elide, room = Qt.TextElideMode.ElideRight, self.contentsRect().width()
        option.text = self.fontMetrics().elidedText(self.text(), elide, room).replace("&", "&&")
        with QPainter(self) as painter:
            self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)


class FittingBox(QCheckBox):
    """A box to tick that says the longest of some wordings that fits; ``text`` is the longest."""

    def __init__(self, wordings: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(wordings[0], parent)
        self._wordings = wordings
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the shortest wording."""
        widths = [self.fontMetrics().horizontalAdvance(words) for words in self._wordings]
        return self.sizeHint() - QSize(widths[0] - min(widths), 0)

    @property
    def shown(self) -> str:
        """What is painted now."""
        metrics = self.fontMetrics()
        signs = self.sizeHint().width() - metrics.horizontalAdvance(self._wordings[0])
        return fitting(metrics, self._wordings, self.width() - signs)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown
        with QPainter(self) as painter:
            self.style().drawControl(QStyle.ControlElement.CE_CheckBox, option, painter, self)
