"""Lists and menus that unfold more than choices: whatever stands in a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QMenu, QWidget, QWidgetAction

from gui.theme import pixels
from gui.widgets.basics.controls import offer
from gui.widgets.basics.layouts import below
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_GAP = 2


class _Unfolded(QFrame):
    """Lies before everything until a click beside it or Escape folds it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold with Escape, from every field in it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class DropDown(QComboBox):
    """Looks and opens as a list of choices, and unfolds ``content`` below itself.

    Parameters
    ----------
    name, tip : of the list, for a screen reader and the pointer
    content : what is unfolded
    """

    def __init__(self, name: str, content: QWidget, parent: QWidget, tip: str) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(wrapped(tip))
        self.unfolded = _Unfolded(self, Qt.WindowType.Popup)
        self.unfolded.setObjectName("card")
        self.unfolded.setLayout(below(content, margins=(12, 10, 12, 10)))

    def set_words(self, words: str) -> None:
        """Say this on it."""
        offer(self, {None: words})
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the room for what it says now; where it is narrow, less is enough."""
        hint = super().sizeHint()
        words = self.fontMetrics().horizontalAdvance(self.currentText())
        return QSize(max(hint.width(), words + pixels(18) + 2 * hint.height() // 3), hint.height())

    def showPopup(self) -> None:
        """Unfold, on the screen as a whole."""
        frame = self.unfolded
        frame.adjustSize()
        room, corner = self.screen().availableGeometry(), self.mapToGlobal(QPoint(0, 0))
        x = min(corner.x(), room.right() - frame.width())
        y = corner.y() + self.height() + _GAP
        if y + frame.height() > room.bottom():
            y = corner.y() - frame.height() - _GAP
        frame.move(max(x, room.left()), max(y, room.top()))
        frame.show()
        frame.focusNextChild()

    def hidePopup(self) -> None:
        """Fold it again."""
        self.unfolded.hide()
        super().hidePopup()


class UnfoldingMenu(QMenu):
    """A menu that is one widget, and as large as that when rows of it come and go."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._action: QWidgetAction | None = None
        self.aboutToShow.connect(self._fit)

    def show_widget(self, widget: QWidget) -> None:
        """Have this widget in it, and nothing else."""
        self.clear()  # which deletes the one before
        self._action = QWidgetAction(self)
        self._action.setDefaultWidget(widget)
        self.addAction(self._action)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what the widget wants."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    @Slot()
    def _fit(self) -> None:
        if self._action is not None:
            # A menu measures anew what stands in it only where its action has changed.
            self._action.setData(self._action.defaultWidget().sizeHint())
