"""An opened image beside what it was opened from, or in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from gui.widgets.images.beside import BesideOpened

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Least(QWidget):
    """Asks for a width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._least = width

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, 10)


def test_a_scroll_bar_does_not_change_the_answer_to_and_fro(qtbot: QtBot) -> None:
    around, seen, card = QWidget(), Least(756), Least(491)
    qtbot.addWidget(around)
    layout = BesideOpened(seen)
    around.setLayout(layout)
    layout.addWidget(card)
    both = 756 + layout.spacing() + 491
    around.resize(both + 100, 300)
    around.show()
    for width, is_seen in (
        (both, True),
        (both - 1, False),  # as where a scroll bar takes its room
        (both + 9, False),  # and gives it back
        (both + 60, True),
        (both + 9, True),
    ):
        layout.setGeometry(QRect(0, 0, width, 300))
        assert seen.isHidden() != is_seen, width
    card.hide()
    layout.setGeometry(QRect(0, 0, 300, 300))
    assert not seen.isHidden()
