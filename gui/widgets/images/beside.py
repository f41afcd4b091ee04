"""What is seen, and an opened image beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QHBoxLayout

from gui.theme import pixels

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

WIDTH = 352
"""Pixels of an opened image at 100 %."""

_SLACK = 24
"""Pixels at 100 % by which there must be more room for both to be seen again."""


class BesideOpened(QHBoxLayout):
    """A widget with room for an opened image, which is narrower where there is less room.

    Where there is too little for both, the image has the place of the widget until it is closed.
    """

    def __init__(self, seen: QWidget) -> None:
        super().__init__()
        self._seen = seen
        self.setSpacing(8)
        self.addWidget(seen, 1)

    def _opened(self) -> QWidget | None:
        """Return the opened image, if there is one."""
        item = self.itemAt(1)
        card = None if item is None else item.widget()
        return None if card is None or card.isHidden() else card

    def minimumSize(self) -> QSize:
        """Return what each needs alone."""
        card, width = self._opened(), self._seen.minimumSizeHint().width()
        if card is not None:
            width = max(width, card.minimumSizeHint().width())
        return QSize(width, super().minimumSize().height())

    def setGeometry(self, room: QRect) -> None:
        """Share the width."""
        card, least = self._opened(), self._seen.minimumSizeHint().width()
        rest = room.width() - least - self.spacing()
        has_room = True
        if card is not None:
            # A scroll bar that comes and goes with the answer must not change it back.
            slack = pixels(_SLACK) if self._seen.isHidden() else 0
            has_room = rest >= card.minimumSizeHint().width() + slack
            card.setFixedWidth(min(rest, pixels(WIDTH)) if has_room else room.width())
        if self.indexOf(self._seen) >= 0:  # it does not fill the window
            self._seen.setVisible(has_room)
        super().setGeometry(room)
