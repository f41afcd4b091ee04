"""The box that tells of an unexpected error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox

from gui.window import help_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def show_surprise(window: QWidget, message: str) -> None:
    """Tell of an error, once: the log has the whole of it."""
    if any(box.isVisible() for box in window.findChildren(QMessageBox)):
        return  # it is logged; one box is enough until it is read
    box = QMessageBox(window, icon=QMessageBox.Icon.Warning)
    box.setWindowTitle("Something unexpected happened")
    box.setText("Something unexpected happened; what you see is still there.")
    box.setInformativeText(f"{message}\n\nThe log has the details: {help_text.log_file()}")
    for label in box.findChildren(QLabel):  # words of errors may come from a file
        label.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
