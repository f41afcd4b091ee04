"""Nothing in the window is smaller than it must be: where text is too large, the page scrolls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from gui_helpers import pixels, places, wait_for_rest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollArea, QWidget

from gui.theme import USUAL, apply_font
from gui.widgets.basics.fitting_words import fitting
from gui.widgets.images.image_view import ImageView
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow

_ENOUGH = 0.88
"""Of what a button asks for: the space around its words may be less."""


@pytest.fixture(autouse=True)
def usual_text(app: QApplication) -> Iterator[None]:
    """Leave text as large as other tests expect it."""
    yield
    apply_font(app, USUAL)


def squeezed(page: QWidget) -> list[str]:
    """Return what is seen on a page and has less room than it needs."""
    found = []
    for widget in page.findChildren(QWidget):
        around = widget.parentWidget()
        layout = around.layout()
        is_laid_out = layout is not None and not isinstance(around, QAbstractScrollArea)
        if not is_laid_out or not widget.isVisible():
            continue
        least = widget.minimumSizeHint().expandedTo(widget.minimumSize())
        least = least.boundedTo(widget.maximumSize())
        if widget.width() < _ENOUGH * least.width() or widget.height() < _ENOUGH * least.height():
            name = widget.accessibleName() or widget.objectName() or getattr(widget, "text", str)()
            found.append(f"{type(widget).__name__} {name!r} {widget.size()} of {least}")
    for area in page.findChildren(QScrollArea):
        off = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if off and area.isVisible() and area.widget().width() > area.viewport().width():
            found.append(f"{area.widget().width()} in {area.viewport().width()}, not scrolled")
    return found


def cut(page: QWidget) -> list[str]:
    """Return what stands above or below a picture and is not whole: half a number is another."""
    found = []
    for view in page.findChildren(ImageView):
        if view.isVisible() and view.values is not None:
            room = view.width() - view.title_room
            wordings = ((view.title, *view._shorter), room), (view.captions, view.width())
            shown = [fitting(view.fontMetrics(), words, at_most) for words, at_most in wordings]
            halves = [words for words in shown if re.search(r"\d.*…$|× ?…$", words)]
            found += [f"{view.title}: {words}" for words in halves]
    return found


_OPENED = " with an image"


def places_and_opened(window: MainWindow, name: str) -> Iterator[str]:
    """Go through the tabs of a page, each by itself and with an image opened in it."""
    page: Any = window.page(name)
    for place in places(window, name):
        yield place
        opened = page.images.opened if name == "attack" else page.opened
        opened.open_sample("train", 0)
        (card,) = page.cards
        assert card.isVisible()
        yield f"{place}{_OPENED}"
        card.close()


@pytest.mark.parametrize(
    ("size", "percent"), [((1024, 640), 100), ((1280, 720), 150), ((1280, 720), 200)]
)
def test_nothing_is_smaller_than_it_must_be(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int], percent: int
) -> None:
    window.resize(*size)
    window.use_text(percent)
    scrolled, found = {}, []
    for entry in PAGES:
        for place in places_and_opened(window, entry.name):
            wait_for_rest(qtbot, window)
            page = window.pages.currentWidget()
            for _ in range(40):  # what is laid out asks what it is in for room, and so on
                qtbot.wait(50)
                squeezed_here = squeezed(page)
                if not squeezed_here:
                    break
            found += [f"{entry.name} {place}: {words}" for words in squeezed_here + cut(page)]
            scrolled[place] = (
                window.body.horizontalScrollBar().maximum(),
                window.body.verticalScrollBar().maximum(),
            )
    assert not found, "\n".join(found)
    assert not {place for place, (sideways, _) in scrolled.items() if sideways}
    if percent == USUAL:
        # Beside an opened image words may wrap, and a page be higher than the least window.
        assert not {p: over for p, over in scrolled.items() if any(over) and _OPENED not in p}
    else:
        assert any(down for _, down in scrolled.values())


def test_text_that_was_large_leaves_nothing_behind(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 720)
    window.use_text(200)
    for entry in PAGES:
        for _ in places(window, entry.name):
            wait_for_rest(qtbot, window)
    window.use_text(USUAL)
    for entry in PAGES:
        for place in places(window, entry.name):
            wait_for_rest(qtbot, window)
            room = window.body.viewport().size()
            assert window.pages.size() == room, place


def test_a_page_that_is_too_high_is_moved_as_a_whole(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1024, 640)
    window.use_text(200)
    for entry in PAGES[:2]:
        window.show_page(entry.name)
        wait_for_rest(qtbot, window)
    window.page("attack").show_tab("your turn")
    wait_for_rest(qtbot, window)
    qtbot.wait(50)
    needed = window.page("attack").minimumSizeHint()
    assert window.pages.height() >= needed.height() > window.body.viewport().height()
    bar = window.body.verticalScrollBar()
    bar.setValue(0)
    before = pixels(window.body)
    bar.setValue(bar.maximum())
    assert (pixels(window.body) != before).any()
