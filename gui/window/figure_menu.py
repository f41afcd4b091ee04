"""Taking figures out of the window: by right click, by the File menu, and by keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gui.shared.file_dialogs import FIGURES
from gui.widgets.basics.figured import (
    NUMBERS,
    SAVE,
    WAYS,
    Figured,
    FigureRequest,
    Optioned,
    Sourced,
)
from gui.widgets.basics.fitting_words import short
from gui.window.fill import Filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QStackedWidget

    from core.report.figures import Figure
    from gui.session.session import Session
    from gui.shared.file_dialogs import FileDialogs
    from gui.shared.page import Page
    from gui.shared.writing import Writing

_LONGEST_NAME = 60
_NOTHING = "There is nothing here yet that could be a figure"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A widget and what it shows."""

    widget: QWidget
    figure: Figure


class FigureMenu(QObject):
    """Finds what has a figure, offers what can be done with it, and has it drawn.

    Parameters
    ----------
    window : whose pages are looked at
    pages : the pages, one of them shown
    writing : where figures are drawn, beside the window
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        pages: QStackedWidget,
        dialogs: FileDialogs,
        writing: Writing,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._pages = window, session, pages
        self._dialogs, self._writing = dialogs, writing
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the menu of what was clicked, or do what it asks for itself."""
        if isinstance(event, FigureRequest) and not event.way:
            return self._offer(event.widget, event.place)
        if isinstance(event, FigureRequest):
            found = next(_at(event.widget), None)
            if found is None:
                self._session.messages.warn(_NOTHING)
            else:
                self.take(self.described(found), event.way)
            return True
        if isinstance(event, QContextMenuEvent):
            under = self._window.childAt(event.pos()) or self._window
            if event.reason() == QContextMenuEvent.Reason.Keyboard:
                under = QApplication.focusWidget() or under
            return self._offer(under, event.globalPos())
        return False

    def _offer(self, under: QWidget, place: QPoint) -> bool:
        """Open the menu of what lies under a place, and of what that is a part of."""
        found = [self.described(one) for one in _around(under)]
        options = next(_options(under), None)
        if not found and options is None:
            return False
        menu = self._menu()
        if found:
            self._fill(menu, found[0])
        if options is not None:
            menu.addSeparator()
            menu.addActions(options.actions())
        for figure in found[1:]:
            self._fill(menu.addMenu(_entry(figure)), figure)
        menu.popup(place)
        return True

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setObjectName("figures")
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _fill(self, menu: QMenu, figure: Figure) -> None:
        menu.addAction(_entry(figure)).setEnabled(False)
        for way, (words, tip) in WAYS.items():
            action = menu.addAction(words, partial(self.take, figure, way))
            action.setToolTip(tip)

    def choose(self, way: str) -> None:
        """Take the figure of the page out in a way; of several, the one that a person chooses."""
        seen = self.visible()
        titles = [found.figure.title for found in seen]
        choices: list[tuple[str, Callable[[], None]]] = []
        for found in seen:
            words, figure = _entry(found.figure), self.described(found)
            if titles.count(found.figure.title) > 1:  # of which of several wholes it is a part
                words += "".join(
                    f", {_entry(whole.figure)}" for whole in [*_around(found.widget)][1:2]
                )
            choices.append((words, partial(self.take, figure, way)))
        if not choices:
            self._session.messages.warn(_NOTHING)
        elif len(choices) == 1:
            choices[0][1]()
        else:
            menu = self._menu()
            for words, act in choices:
                menu.addAction(words, act)
            root, size = self._root, menu.sizeHint()
            corner = root.rect().center() - QPoint(size.width() // 2, size.height() // 2)
            menu.popup(root.mapToGlobal(corner))
            menu.setActiveAction(menu.actions()[0])  # so that Enter is enough

    def visible(self) -> list[Found]:
        """Return all that is seen of the page, or of what fills the window.

        First what has the keyboard, then what lies under the pointer (a menu that was just clicked
        may have put it anywhere), then from above to below.
        """
        return _seen_in(self._root)

    @property
    def _root(self) -> QWidget:
        filled = self._window.findChild(Filled)
        if isinstance(filled, Filled) and filled.isVisible():
            return filled
        return cast("Page", self._pages.currentWidget())

    def described(self, found: Found) -> Figure:
        """Return a figure that says what it is of: data, run, and what its panel adds."""
        view, figure = self._session.view, found.figure
        entry, words = view.runs.entry(view.runs.shown_key), _words_around(found.widget)
        parts = [
            "" if view.dataset is None else view.dataset.name,
            "" if entry is None or words is None else entry.name,
            words,
        ]
        source = ", ".join(part for part in parts if part)
        return replace(figure, subtitle="\n".join(filter(None, (figure.subtitle, source))))

    def take(self, figure: Figure, way: str) -> None:
        """Copy a figure or its numbers, or save it."""
        path, form = None, "csv" if way == NUMBERS else "png"
        if way == SAVE:
            path = self._dialogs.save("Save figure", f"{_file_name(figure.title)}.png", FIGURES)
            if path is None:
                return
            form = path.suffix[1:].lower()
        # Some titles else read as if something were wrong.
        messages, title = self._session.messages, f"“{short(figure.title, _LONGEST_NAME)}”"
        if form != "csv":  # which takes no moment
            messages.note(f"Drawing {title} ...")

        def make() -> bytes:
            from core.report.drawing import draw

            return draw(figure, form)

        def copy(content: bytes) -> None:
            if form == "csv":
                QGuiApplication.clipboard().setText(content.decode("utf-8"))
            else:
                QGuiApplication.clipboard().setImage(QImage.fromData(content))
            messages.note(f"Copied {'the numbers of ' if form == 'csv' else ''}{title}")

        if path is None:
            self._writing.hand(make, copy)
        else:
            self._writing.save(path, make)


def _at(widget: QWidget) -> Iterator[Found]:
    """Yield what a widget itself shows."""
    if isinstance(widget, Figured) and (figure := widget.figure()) is not None:
        yield Found(widget, figure)


def _seen_in(root: QWidget) -> list[Found]:
    focus = QApplication.focusWidget()

    def place(found: Found) -> tuple[bool, bool, int, int, int]:
        widget = found.widget
        at = widget.mapTo(root, QPoint()) if widget is not root else QPoint()
        holds = focus is not None and (widget is focus or widget.isAncestorOf(focus))
        size = widget.width() * widget.height()
        return not holds, not widget.underMouse(), at.y(), at.x(), -size

    widgets = [root, *root.findChildren(QWidget)]
    shown = (w for w in widgets if w.isVisible() and w.window() is root.window())
    return sorted((found for w in shown for found in _at(w)), key=place)


def _outward(widget: QWidget) -> QWidget | None:
    """Return what a widget is on; of what fills the window, what it is on in its place."""
    if isinstance(widget, Filled):
        return widget.origin
    return None if widget.isWindow() else widget.parentWidget()


def _around(widget: QWidget | None) -> Iterator[Found]:
    """Yield what a widget shows, and what shows it as a part of more, the innermost first."""
    while widget is not None:
        yield from _at(widget)
        widget = _outward(widget)


def _options(widget: QWidget | None) -> Iterator[QMenu]:
    """Yield what can be chosen of a widget, and of what that is a part of."""
    while widget is not None:
        if isinstance(widget, Optioned) and widget.options_menu is not None:
            yield widget.options_menu
        widget = _outward(widget)


def _words_around(widget: QWidget | None) -> str | None:
    """Return what the panel that a widget is on says of its figures; None: they are of no run."""
    while widget is not None:
        if isinstance(widget, Sourced):
            return widget.figure_words()
        widget = widget.origin if isinstance(widget, Filled) else widget.parentWidget()
    return None


def _entry(figure: Figure) -> str:
    """Return the title of a figure as an entry of a menu."""
    return short(figure.title, _LONGEST_NAME).replace("&", "&&")


def _file_name(title: str) -> str:
    """Return a title as a name of a file that every system takes."""
    plain = "".join(c if c.isalnum() else " " for c in re.sub("['’]", "", title.lower()))
    return "-".join(plain.split())[:_LONGEST_NAME] or "figure"
