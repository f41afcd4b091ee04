"""How theme and size of text reach every part of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from gui.theme import (
    LIGHT,
    TEXT_STEPS,
    Theme,
    apply_font,
    apply_theme,
    give_theme,
    palette,
    regrow,
    style_sheet,
    text_percent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget


_APART = 200
"""Milliseconds before each hidden page: the window is laid out, painted and answers meanwhile."""


class Look(QObject):
    """Dresses what is seen at once, and hidden pages one by one when the window has answered.

    To style a widget takes Qt a third of a millisecond, and there are more than a thousand: a
    sheet for the whole application would hold the window up.

    Parameters
    ----------
    window : which is dressed
    pages : somewhere in it, of which one is seen
    """

    def __init__(self, app: QApplication, window: QMainWindow, pages: QStackedWidget) -> None:
        super().__init__(window)
        self._app, self._window, self._pages = app, window, pages
        self._sheet, self._theme = "", LIGHT
        self._waiting: list[QWidget] = []
        """Pages that are not dressed yet, as they are not seen."""
        self._timer = QTimer(self, interval=_APART)
        self._timer.timeout.connect(self._dress_next)

    def dress(self, theme: Theme, percent: int | None = None) -> None:
        """Use these colours and this size of text everywhere.

        Parameters
        ----------
        percent : None: as it is
        """
        is_resized = percent is not None and percent != text_percent()
        if is_resized:
            apply_font(self._app, percent)
        self._sheet, self._theme, self._waiting = style_sheet(theme), theme, []
        if self._window.isVisible():
            self._app.setPalette(palette(theme))
            self._window.setPalette(palette(theme))  # at once: the application's comes later
            for part in self._seen():
                self._dress(part)
            shown = self._pages.currentWidget()
            self._waiting = [page for page in self._all_pages() if page is not shown]
            self._timer.start()
        else:
            for part in (*self._seen(), *self._all_pages()):
                part.setStyleSheet("")
            apply_theme(self._app, theme)
            self._window.setPalette(palette(theme))
            give_theme(self._window, theme)
        if is_resized:
            regrow(self._window.findChildren(QWidget))

    def wear(self, part: QWidget) -> None:
        """Give one part, and all in it, the style of now."""
        if part in self._waiting:
            self._waiting.remove(part)
            self._dress(part)
        else:
            self._style(part)

    def _dress(self, part: QWidget) -> None:
        self._style(part)
        give_theme(part, self._theme)

    def _style(self, part: QWidget) -> None:
        if self._sheet and (part.styleSheet() or self._app.styleSheet()) != self._sheet:
            part.setStyleSheet(self._sheet)

    def _all_pages(self) -> list[QWidget]:
        every = (self._pages.widget(i) for i in range(self._pages.count()))
        return [page for page in every if page is not None]

    def _seen(self) -> Iterator[QWidget]:
        """Yield the parts of the window, of its pages the one that is shown."""
        around: list[QObject] = [self._pages]  # what the pages stand in: not dressed with them
        while around[-1] is not self._window and (parent := around[-1].parent()) is not None:
            around.append(parent)
        for part in (child for outer in around[1:] for child in outer.children()):
            if isinstance(part, QWidget) and part not in around:
                yield part
        page = self._pages.currentWidget()
        if page is not None:
            yield page

    @Slot()
    def _dress_next(self) -> None:
        """Dress one page that is not seen; what comes meanwhile is handled between two."""
        if self._waiting:
            self._dress(self._waiting.pop(0))
        else:
            self._timer.stop()


def next_size(step: int, percent: int | None = None) -> int:
    """Return the size of text one step up (1) or down (-1) from one in percent, else from now."""
    now = text_percent() if percent is None else percent
    further = [size for size in TEXT_STEPS[::step] if (size - now) * step > 0]
    return further[0] if further else now
