"""The card: what everything on a page stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from gui.theme import LIGHT, apply_theme
from gui.widgets.basics.card import Card, FillRequest
from gui.widgets.basics.fitting_label import FittingLabel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def style(app: QApplication) -> None:
    """Give the program's style, whose border is a part of the card."""
    apply_theme(app, LIGHT)


class Asked(QObject):
    """Keeps what the window was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[Card] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, FillRequest):
            self.cards.append(event.card)
        return False


def test_a_title_in_capitals_words_beside_and_widgets_at_the_right(qtbot: QtBot) -> None:
    content, more = QWidget(), QPushButton("more views")
    card = Card("Error", content, "of run 2", [more])
    qtbot.addWidget(card)
    card.resize(400, 200)
    card.show()
    assert card.title.text() == "ERROR"
    assert card.accessibleName() == "Error"
    assert isinstance(card.words, FittingLabel)
    assert card.words.shown == "of run 2"
    assert more.geometry().right() == card.head.width() - 1
    assert content.geometry().top() >= card.head.geometry().bottom()
    assert (content.x(), card.width() - content.geometry().right() - 1) == (13, 13)


def test_a_double_click_on_the_title_asks_the_window_and_one_on_the_content_does_not(
    qtbot: QtBot,
) -> None:
    card = Card("Error", QWidget())
    qtbot.addWidget(card)
    card.resize(400, 200)
    card.show()
    asked = Asked()
    card.installEventFilter(asked)
    qtbot.mouseDClick(card.content, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert asked.cards == []
    qtbot.mouseDClick(card.title, Qt.MouseButton.LeftButton)
    assert asked.cards == [card]


def test_without_title_words_and_widgets_there_is_no_title_row(qtbot: QtBot) -> None:
    card = Card("", QWidget())
    qtbot.addWidget(card)
    card.resize(400, 200)
    card.show()
    assert not card.head.isVisible()
    assert card.content.y() == 9
