"""What is remembered between two starts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from core.errors import SettingError
from core.sources.reading import ReadingConfig

if TYPE_CHECKING:
    from gui.theme import Theme

from gui.theme import LIGHT, THEMES

MOST_RECENT = 10
"""Paths remembered; a longer menu is searched, not read."""


class Settings:
    """Typed access to a QSettings, which a test can point at a file of its own."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("perceptron-explorer", "perceptron-explorer")

    @property
    def theme(self) -> Theme:
        """The chosen theme; light until somebody chooses."""
        return THEMES.get(str(self._store.value("theme", LIGHT.name)), LIGHT)

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.name)

    @property
    def geometry(self) -> QByteArray | None:
        """Size and place of the window."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray | None) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def panel_open(self) -> bool:
        """Whether the Experiment panel is unfolded."""
        return self._store.value("panel_open", True, bool) is not False

    @panel_open.setter
    def panel_open(self, is_open: bool) -> None:
        self._store.setValue("panel_open", is_open)

    @property
    def recent(self) -> list[tuple[str, ReadingConfig]]:
        """Paths opened last and how they were read, the newest first."""
        try:
            entries = json.loads(str(self._store.value("recent", "[]")))
            return [(str(entry["path"]), ReadingConfig(**entry["reading"])) for entry in entries]
        except (ValueError, TypeError, KeyError, SettingError):
            return []  # written by another version: an empty list loses less than no window

    def remember_opened(self, path: str, reading: ReadingConfig) -> None:
        """Put a path at the top of the recent ones."""
        others = [(old, how) for old, how in self.recent if old != path]
        self._set_recent([(path, reading), *others][:MOST_RECENT])

    def forget_opened(self) -> None:
        """Empty the list of recent paths."""
        self._set_recent([])

    def _set_recent(self, entries: list[tuple[str, ReadingConfig]]) -> None:
        plain = [{"path": path, "reading": asdict(reading)} for path, reading in entries]
        self._store.setValue("recent", json.dumps(plain))

    @property
    def saved_in(self) -> str:
        """Folder where something was saved last; empty before anything was."""
        return str(self._store.value("saved_in", ""))

    @saved_in.setter
    def saved_in(self, folder: str) -> None:
        self._store.setValue("saved_in", folder)

    @property
    def opened_in(self) -> str:
        """Folder of the data that were looked for last; empty before any were."""
        return str(self._store.value("opened_in", ""))

    @opened_in.setter
    def opened_in(self, folder: str) -> None:
        self._store.setValue("opened_in", folder)

    @property
    def mirror(self) -> str:
        """Folder or address that is asked first for data sets; empty for none."""
        return str(self._store.value("mirror", ""))

    @mirror.setter
    def mirror(self, mirror: str) -> None:
        self._store.setValue("mirror", mirror)
