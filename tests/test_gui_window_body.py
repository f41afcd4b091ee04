"""Nothing in the window is smaller than it must be: where text is too large, the page scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gui_helpers import pixels, places, wait_for_rest

from gui.theme import USUAL, apply_font
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow


@pytest.fixture(autouse=True)
def usual_text(app: QApplication) -> Iterator[None]:
    """Leave text as large as other tests expect it."""
    yield
    apply_font(app, USUAL)


def scrolled(window: MainWindow, qtbot: QtBot) -> dict[str, tuple[int, int]]:
    """Return how far each place can be scrolled, to the right and down."""
    found = {}
    for entry in PAGES:
        for place in places(window, entry.name):
            wait_for_rest(qtbot, window)
            qtbot.wait(20)
            bars = window.body.horizontalScrollBar(), window.body.verticalScrollBar()
            found[place or entry.name] = (bars[0].maximum(), bars[1].maximum())
    return found


def test_a_page_scrolls_only_where_large_text_needs_more(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1024, 640)
    usual = scrolled(window, qtbot)
    assert not any(down for _, down in usual.values()), usual
    window.use_text(200)
    large = scrolled(window, qtbot)
    assert large["the film"][1] > 0
    assert large["Classes"][1] > 0
    window.show_page("attack")
    qtbot.wait(20)
    needed = window.page("attack").minimumSizeHint()
    assert window.pages.height() >= needed.height() > window.body.viewport().height()
    bar = window.body.verticalScrollBar()
    bar.setValue(0)
    before = pixels(window.body)
    bar.setValue(bar.maximum())
    assert (pixels(window.body) != before).any()
