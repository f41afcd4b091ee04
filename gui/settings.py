"""What is remembered between two starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

if TYPE_CHECKING:
    from gui.theme import Theme

from gui.theme import LIGHT, THEMES


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
