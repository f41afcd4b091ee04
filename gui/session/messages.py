"""What is told to people, wherever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from gui.jobs.worker import Failed


class Messages(QObject):
    """Every part of the session tells its messages here; the window shows them."""

    notified = Signal(str, bool)
    """A message for people, and whether it is an error."""
    offered = Signal(str, str)
    """A message for people, and the name of data that could be opened now."""
    surprised = Signal(str)
    """An unexpected error, already logged."""

    def note(self, message: str) -> None:
        """Tell something that is well."""
        self.notified.emit(message, False)

    def warn(self, message: str) -> None:
        """Tell what went wrong, or cannot be, and what to do."""
        self.notified.emit(message, True)

    @Slot(object)
    def tell(self, failure: Failed) -> None:
        """Tell of a job's error, in words or as a surprise."""
        if failure.expected:
            self.warn(failure.message)
        else:
            self.surprised.emit(f"{failure.what}: {failure.message}")
