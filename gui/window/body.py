"""The body of the window: the page shown, which scrolls as a whole where large text needs more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


class Body(QScrollArea):
    """Shows the pages; scrolls where the one shown cannot be as small as there is room.

    Text of 200 % in a low window does not fit. Rather than being squeezed until words lie on each
    other, the page keeps the size it needs.

    Parameters
    ----------
    pages : of which one is shown; only that one is asked what it needs
    """

    def __init__(self, pages: QStackedWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._pages = pages
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Not by Qt's own "resizable": that gives a page with wrapped words the height it would
        # like, and all pages that of the highest.
        self.setWidget(pages)
        # Once for all that changes in one go: a page's parts are laid out one after another.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        pages.installEventFilter(self)
        pages.currentChanged.connect(self._soon.start)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what the page shown needs."""
        if watched is self._pages and event.type() == QEvent.Type.LayoutRequest:
            self._soon.start()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page what there is."""
        super().resizeEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Make the page as large as there is room, and no smaller than it can be."""
        page = self._pages.currentWidget()
        least = QSize() if page is None else page.minimumSizeHint()
        room, bar = self.maximumViewportSize(), self.verticalScrollBar().sizeHint().width()
        is_high = least.height() > room.height()
        if least.width() > room.width() - bar * is_high:
            room.setHeight(room.height() - bar)
        if least.height() > room.height():
            room.setWidth(room.width() - bar)
        self._pages.resize(room.expandedTo(least))

    def minimumSizeHint(self) -> QSize:
        """Ask for nothing: what is more than there is can be scrolled to."""
        return QSize(0, 0)
