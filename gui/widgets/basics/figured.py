"""What offers a figure of what it shows, and how a figure is taken out of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QWidget

    from core.report.figures import Figure

COPY, NUMBERS, SAVE = "copy", "numbers", "save"
WAYS = {
    COPY: ("Copy figure", "The figure goes to the clipboard as a picture, for slides and letters."),
    NUMBERS: ("Copy numbers", "Its numbers go to the clipboard as CSV, exactly as computed."),
    SAVE: ("Save figure...", "As PNG, SVG or PDF, or its numbers as CSV."),
}
"""Way -> its words in a menu, and what it does."""

_NOWHERE = QPoint()


@runtime_checkable
class Figured(Protocol):
    """A widget that shows something."""

    def figure(self) -> Figure | None:
        """Return what is shown, as a figure on paper; None where nothing is."""


@runtime_checkable
class Sourced(Protocol):
    """A panel that knows what its figures are of, beside data and run."""

    def figure_words(self) -> str | None:
        """Return the part, the epoch, and what else belongs below a title; None: of no run."""


@runtime_checkable
class Optioned(Protocol):
    """A widget that can be shown in several ways."""

    @property
    def options_menu(self) -> QMenu | None:
        """What a right click offers beside the ways of a figure."""


class FigureRequest(QEvent):
    """Asks the window for the figure of a widget.

    Attributes
    ----------
    way : one of :data:`WAYS`; empty for a menu of them at ``place``, on the screen
    """

    TYPE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, widget: QWidget, way: str = "", place: QPoint = _NOWHERE) -> None:
        super().__init__(self.TYPE)
        self.widget, self.way, self.place = widget, way, place


def ask_for(window: QWidget, request: FigureRequest) -> None:
    """Ask a window, which need not be the one that the widget is in."""
    QCoreApplication.sendEvent(window, request)
