"""The stage, for a projector: nothing but what is shown, large, over the whole screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter
from PySide6.QtWidgets import QBoxLayout, QFrame, QMenu, QToolButton, QWidget

from gui.shared.columns import label
from gui.shared.page import Page
from gui.theme import STAGE, USUAL, Theme, text_percent
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import beside
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QMainWindow, QStackedWidget

    from gui.session.session import Session
    from gui.window.foot import Foot

LARGER, LARGEST = 1.6, 250
"""Times the text that a person has chosen, and percent at most."""
ROOM = QSize(1024, 640)
"""Pixels at text of 100 % that every view is made for: text already large grows no further than
leaves this much, as the cut words of larger letters are read from no row."""
KEYS_SHOWN = 2500
"""Milliseconds that a pressed key is seen."""
HINT_SHOWN = 6000
"""Milliseconds that it is said how to leave, unless a key is pressed before."""
_HINTS = ("Esc leaves, B blackens the screen", "Esc leaves, B blackens", "Esc leaves")
BLACK_KEYS = ("B", ".")
"""What remote controls send to blacken the screen."""


def stage_percent(screen: QSize, percent: int) -> int:
    """Return the size of text on the stage.

    Parameters
    ----------
    screen : pixels of the whole screen
    percent : size that a person has chosen
    """
    room = int(100 * min(screen.width() / ROOM.width(), screen.height() / ROOM.height()))
    usual = round(LARGER * USUAL)
    return min(round(LARGER * percent), LARGEST, max(usual, percent, room))


class Blackness(QWidget):
    """Covers the window until a key is pressed or something is clicked."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("black screen; any key brings it back")
        self._focus: QWidget | None = None
        self.hide()

    def cover(self) -> None:
        """Blacken the screen."""
        self._focus = self._window.focusWidget()
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self.setFocus()

    def uncover(self) -> None:
        """Bring what was there back."""
        if self.isVisible():
            self.hide()
            if self._focus is not None:
                self._focus.setFocus()

    def event(self, event: QEvent) -> bool:
        """Take every key, shortcuts too, and every click."""
        kinds = QEvent.Type
        if event.type() == kinds.ShortcutOverride:
            event.accept()
            return True
        if event.type() in (kinds.KeyPress, kinds.MouseButtonPress):
            self.uncover()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it black."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor("#000000"))


class PressedKeys(QWidget):
    """The key pressed last and what it did, for a while."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cap, self.words = label("", self, "key"), label("", self, "muted")
        self.setLayout(beside(None, self.cap, self.words, spacing=8))
        self._timer = QTimer(self, singleShot=True, interval=KEYS_SHOWN)
        self._timer.timeout.connect(partial(self.tell, "", ""))

    def tell(self, key: str, words: str) -> None:
        """Show a key and what it did; empty for none."""
        self.cap.setVisible(bool(key))
        self.cap.setText(key)
        self.words.setText(words)
        if key:
            self._timer.start()


class StageLine(QFrame):
    """A line of words in place of the head: what is looked at, and of what it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("head")
        self.words = label("", self)
        self.menu = QMenu(self)
        """Pages and views, for who has no keyboard at hand."""
        self.title = QToolButton(self)
        self.title.setObjectName("views")
        self.title.setAccessibleName("pages and views")
        self.title.setToolTip("What else there is to see")
        self.title.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.title.setMenu(self.menu)
        self.sentence = FittingLabel("", self)
        row = beside(self.title, (self.sentence, 1), self.words, spacing=24, margins=(16, 6, 16, 6))
        self.setLayout(row)


class Staged(Protocol):
    """What the stage takes of the window: its state, and what it shows."""

    session: Session
    actions_by_name: dict[str, QAction]
    pages: QStackedWidget
    foot: Foot
    theme: Theme
    shown: str

    @property
    def off_stage(self) -> list[QWidget]:
        """What is not there on the stage."""

    def use_theme(self, theme: Theme, percent: int | None = None) -> None:
        """Use these colours, and text of this size."""


class Stage(QObject):
    """Goes onto the stage, and off it again with everything as it was."""

    def __init__(self, window: QMainWindow, staged: Staged) -> None:
        super().__init__(window)
        self._window, self._staged = window, staged
        app = QCoreApplication.instance()
        assert app is not None
        self._app = app
        self.is_on = False
        self.black = Blackness(window)
        self.line = StageLine(window)
        self.line.menu.aboutToShow.connect(self._offer)
        self.keys = PressedKeys(staged.foot)
        staged.foot.add_at_end(self.keys)
        centre = window.centralWidget()
        column = centre.layout() if centre is not None else None
        assert isinstance(column, QBoxLayout)
        column.insertWidget(0, self.line)
        for part in (self.keys, self.line):
            part.hide()
        self._hint_timer = QTimer(self, singleShot=True, interval=HINT_SHOWN)
        self._hint_timer.timeout.connect(self._end_hint)
        self._hidden: list[QWidget] = []
        self._keys: dict[QAction, QKeySequence] = {}
        self._before: tuple[Qt.WindowState, Theme, int] | None = None
        self._blacken = QAction("Black screen", self)
        self._blacken.setShortcuts([QKeySequence(key) for key in BLACK_KEYS])
        self._blacken.triggered.connect(self.black.cover)
        for action in staged.actions_by_name.values():
            action.triggered.connect(partial(self._tell, action))
        session = staged.session
        seen = session.view
        changing = (seen.shown_changed, seen.dataset_changed, staged.pages.currentChanged)
        for signal in (*changing, staged.foot.refreshed):
            signal.connect(self.refresh)
        staged.pages.currentChanged.connect(self._page_shown)

    def toggle(self) -> None:
        """Go onto the stage, or off it."""
        if not self.leave():
            self._enter()

    def _enter(self) -> None:
        window, staged = self._window, self._staged
        self.is_on = True
        self._before = window.windowState(), staged.theme, text_percent()
        self._hidden = [part for part in staged.off_stage if not part.isHidden()]
        for part in self._hidden:
            part.hide()
        self._tell_pages()
        black = [QKeySequence(key) for key in BLACK_KEYS]
        self._keys = {
            action: action.shortcut()
            for action in staged.actions_by_name.values()
            if action.shortcut() in black
        }
        for action in self._keys:
            action.setShortcuts([])
        window.addAction(self._blacken)
        self.keys.tell("", "")
        self.keys.show()
        self.line.show()
        self.refresh()
        self._staged.use_theme(STAGE, stage_percent(window.screen().size(), text_percent()))
        window.showFullScreen()
        # What is pointed at is read there, too: it may take the place at any time.
        staged.foot.hovered.set_wordings(*_HINTS)
        self._hint_timer.start()
        self._app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say no longer how to leave once a key is pressed."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            self._end_hint()
        return False

    @Slot()
    def _end_hint(self) -> None:
        self._hint_timer.stop()
        self._app.removeEventFilter(self)
        if self._staged.foot.hovered.text() == _HINTS[0]:
            self._staged.foot.hovered.set_wordings("")

    def leave(self) -> bool:
        """Go off the stage; return whether it was on."""
        if self._before is None:
            return False
        state, theme, percent = self._before
        self.is_on, self._before = False, None
        self._end_hint()
        window = self._window
        self.black.uncover()
        window.removeAction(self._blacken)
        for action, keys in self._keys.items():
            action.setShortcut(keys)
        self.line.hide()
        self.keys.hide()
        for part in self._hidden:
            part.show()
        self._tell_pages()
        self._staged.use_theme(theme, percent)
        window.setWindowState(state)
        return True

    @Slot()
    def _page_shown(self) -> None:
        """Tell a page that has not been there before, too."""
        if self.is_on:
            self._tell_pages()

    def _tell_pages(self) -> None:
        pages = self._staged.pages
        for page in (pages.widget(i) for i in range(pages.count())):
            if isinstance(page, Page):
                page.set_on_stage(self.is_on)

    @Slot()
    def refresh(self) -> None:
        """Say of what it is that is seen."""
        if not self.is_on:
            return
        view, staged = self._staged.session.view, self._staged
        entry = view.runs.entry(view.runs.shown_key)
        shown = view.shown
        parts = [
            "" if view.dataset is None else view.dataset.name,
            "" if entry is None else entry.name,
            "" if shown is None else f"epoch {int(shown.epoch)}",
        ]
        self.line.words.setText(", ".join(part for part in parts if part))
        page = staged.pages.currentWidget()
        assert isinstance(page, Page)
        sentence = page.stage_words
        title = staged.actions_by_name[f"{staged.shown}_page"].text()
        # A sentence of its own stands for the scopes and choices, which are not there then.
        self.line.title.setText((page.scope_words if sentence else title).upper())
        self.line.sentence.set_wordings(sentence)

    @Slot()
    def _offer(self) -> None:
        """Offer the pages, and the views of the one shown where its choices are not there."""
        menu, staged = self.line.menu, self._staged
        menu.clear()
        entry = next(entry for entry in PAGES if entry.name == staged.shown)
        menu.addActions([staged.actions_by_name[f"{each.name}_page"] for each in PAGES])
        page = staged.pages.currentWidget()
        if not (isinstance(page, Page) and page.stage_words):
            return
        for tab in entry.tabs:
            menu.addSeparator()
            for view in getattr(tab, "views", (tab,)):
                action = menu.addAction(view.words)
                action.triggered.connect(partial(self._show_view, page, view.words))

    @staticmethod
    def _show_view(page: Page, words: str, _: bool = False) -> None:
        page.tab_requested.emit(words)

    def _tell(self, action: QAction, _: bool = False) -> None:
        if self.is_on and not action.shortcut().isEmpty():
            native = QKeySequence.SequenceFormat.NativeText
            self.keys.tell(action.shortcut().toString(native), action.text().lower())
