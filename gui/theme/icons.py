"""The icons, drawn in the colours of the theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from gui.theme.colours import Theme

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ICONS = ASSETS / "icons"


class Icons(dict[str, QIcon]):
    """The icons of the window by file name, each drawn when it is first asked for.

    With ``_on_accent`` behind the name it is for a button filled with the accent colour.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def __missing__(self, name: str) -> QIcon:
        stem = name.removesuffix("_on_accent")
        colour = self._theme.text if stem == name else self._theme.on_accent
        self[name] = icon = make_icon(ICONS / f"{stem}.svg", colour)
        return icon


@cache
def make_icon(file: Path, colour: str, size: int = 24) -> QIcon:
    """Return the SVG icon ``file`` drawn in ``colour`` (it is written with ``currentColor``)."""
    icon = QIcon()
    svg = file.read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    for scale in (1, 2):
        pixmap = QPixmap(size * scale, size * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            renderer.render(painter)
        pixmap.setDevicePixelRatio(scale)
        icon.addPixmap(pixmap)
    return icon
