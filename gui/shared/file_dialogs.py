"""Every dialog that asks for a file or a folder: they open where a person was last."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.messages import Messages
    from gui.settings import Settings

FIGURES = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf);;CSV, the numbers (*.csv)"
"""The kinds of file that a figure is saved as."""


class FileDialogs:
    """Asks in one window, and remembers for its next start.

    What is saved and what is opened as data lie in folders of their own: who has just opened MNIST
    saves beside what was saved last, not among the images.

    Parameters
    ----------
    window : above which the dialogs stand
    settings : where the folders are remembered
    messages : where it is told that a name is taken
    """

    def __init__(self, window: QWidget, settings: Settings, messages: Messages) -> None:
        self._window, self._settings, self._messages = window, settings, messages

    def save(self, title: str, name: str, kinds: str) -> Path | None:
        """Return where to save, or None if a person has thought better of it.

        Parameters
        ----------
        name : offered as the file's name, with the suffix of the kind that is offered first
        kinds : as Qt writes them: ``PNG (*.png);;SVG (*.svg)``; a name that ends in none of their
            suffixes gets that of the kind chosen
        """
        offered = os.path.join(existing_folder(self._settings.saved_in), name)
        first = next(
            (kind for kind in kinds.split(";;") if Path(name).suffix in suffixes(kind)), ""
        )
        file, kind = QFileDialog.getSaveFileName(self._window, title, offered, kinds, first)
        if not file:
            return None
        path = Path(file)
        self._settings.saved_in = str(path.parent)
        if path.suffix.lower() not in suffixes(kinds):
            path = path.with_name(path.name + (suffixes(kind) or suffixes(kinds))[0])
            if path.exists():  # the dialog has asked about another name
                self._messages.warn(f"{path} exists already; choose another name")
                return None
        return path

    def open_saved(self, title: str, kinds: str) -> Path | None:
        """Return a file that was saved with this program, or None."""
        folder = existing_folder(self._settings.saved_in)
        file, _ = QFileDialog.getOpenFileName(self._window, title, folder, kinds)
        if not file:
            return None
        self._settings.saved_in = str(Path(file).parent)
        return Path(file)

    def open_data(self, title: str) -> str:
        """Return a file of data, or nothing."""
        folder = existing_folder(self._settings.opened_in)
        file, _ = QFileDialog.getOpenFileName(self._window, title, folder)
        return self._opened(file)

    def open_folder(self, title: str) -> str:
        """Return a folder of data, or nothing; the next dialog opens beside it."""
        folder = existing_folder(self._settings.opened_in)
        return self._opened(QFileDialog.getExistingDirectory(self._window, title, folder))

    def _opened(self, path: str) -> str:
        if path:
            self._settings.opened_in = str(Path(path).parent)
        return path


def existing_folder(remembered: str) -> str:
    """Return the folder remembered; where it is gone, a person's documents or home."""
    paths, places = QStandardPaths, QStandardPaths.StandardLocation
    usual = (places.DocumentsLocation, places.HomeLocation)
    folders = (remembered, *(paths.writableLocation(place) for place in usual))
    return next((folder for folder in folders if os.path.isdir(folder)), os.path.abspath(os.sep))


def suffixes(kinds: str) -> list[str]:
    """Return the suffixes in ``PNG (*.png);;SVG (*.svg)``."""
    return re.findall(r"\*(\.\w+)", kinds)
