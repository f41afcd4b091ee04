"""What is remembered between two starts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Generic, TypeVar

from PySide6.QtCore import QByteArray, QSettings

from core.errors import SettingError
from core.sources.reading import ReadingConfig
from gui.theme import LIGHT, THEMES, USUAL, Theme

Value = TypeVar("Value")

MOST_RECENT = 10
"""Paths remembered; a longer menu is searched, not read."""


class _Kept(Generic[Value]):
    """A value kept under the name of the attribute; what is of another type is as if never set."""

    def __init__(self, default: Value) -> None:
        self._default = default

    def __set_name__(self, owner: type[Settings], name: str) -> None:
        self._name = name

    def __get__(self, settings: Settings, owner: type[Settings]) -> Value:
        default = self._default
        value = settings._store.value(self._name, default, type(default))
        return value if isinstance(value, type(default)) else default

    def __set__(self, settings: Settings, value: Value) -> None:
        settings._store.setValue(self._name, value)


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
    def recent(self) -> list[tuple[str, ReadingConfig]]:
        """Paths opened last and how they were read, the newest first."""
        try:
            entries = json.loads(str(self._store.value("recent", "[]")))
            newest = entries[:MOST_RECENT]  # no other is looked at, however many there are
            return [(str(entry["path"]), ReadingConfig(**entry["reading"])) for entry in newest]
        except (ValueError, TypeError, KeyError, RecursionError, SettingError):
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

    geometry = _Kept(QByteArray())
    """Size and place of the window; empty before there was one."""
    text_size = _Kept(USUAL)
    """Of all text, in percent."""
    panel_open = _Kept(True)
    """Whether the settings on the Learn page are unfolded."""
    more_settings = _Kept(False)
    """Whether all of them are shown."""
    weights_seen = _Kept("")
    """How weights are shown, by what is usual for the start: ``start:mean plain:plain``."""
    saved_in = _Kept("")
    """Folder where something was saved last; empty before anything was."""
    opened_in = _Kept("")
    """Folder of the data that were looked for last; empty before any were."""
    mirror = _Kept("")
    """Folder or address that is asked first for data sets; empty for none."""
