"""The size of text, one factor for the whole window, and the fonts a bare machine is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication

from gui.theme.icons import ASSETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QApplication, QWidget

BASE = 14
"""Pixels of usual text at 100 %."""
USUAL = 100
TEXT_STEPS = (80, 90, 100, 110, 125, 150, 175, 200)
"""Percent that a person can choose."""

_PERCENT = USUAL


def text_percent() -> int:
    """Return how large text is now, in percent."""
    return _PERCENT


def pixels(size: float) -> int:
    """Return what is so many pixels at 100 % as it is at the size that text has now.

    For what is measured in text: heights of lines and fields. What has a font at hand asks its
    metrics. Pictures stay as they are.
    """
    return round(size * _PERCENT / 100)


def points(size: float) -> float:
    """Return the size of a font of so many pixels at 100 %, in points."""
    screen = QGuiApplication.primaryScreen()
    # A Mac has 72 to the inch, and means its text as large as others do with 96.
    dots = min(screen.logicalDotsPerInch(), 96.0) if screen is not None else 96.0
    return round(size * _PERCENT / 100 * 72.0 / dots, 2)


def apply_font(app: QApplication, percent: int | None = None) -> None:
    """Use one size everywhere, as large as a person wants it; None: as it was."""
    global _PERCENT
    if percent is not None:
        _PERCENT = percent
    font = QFont(app.font())
    font.setPointSizeF(points(BASE))
    if font != app.font():
        app.setFont(font)


_GROWN = "grown"


def grow(widget: QWidget, **sizes: int) -> None:
    """Give a widget sizes that grow with text, for what no metrics tell.

    Parameters
    ----------
    sizes : ``fixed_width``, ``minimum_height``, ``icon_size`` and so on: pixels at 100 %
    """
    sizes = {**(widget.property(_GROWN) or {}), **sizes}
    widget.setProperty(_GROWN, sizes)
    for name, size in sizes.items():
        setter = "set" + "".join(word.capitalize() for word in name.split("_"))
        now = pixels(size)
        getattr(widget, setter)(QSize(now, now) if name == "icon_size" else now)


def regrow(widgets: Iterable[QWidget]) -> None:
    """Give all widgets their sizes anew that grow with text."""
    for widget in widgets:
        if widget.property(_GROWN):
            grow(widget)


def bring_fonts(app: QApplication) -> str:
    """Give a machine without a single font those that the program brings; return words of it.

    The first of our own is for everything; for what it does not have Qt looks in the others, the
    last of which is the DejaVu Sans that matplotlib ships. Where there are fonts, nothing is done
    and no word returned.
    """
    if QFontInfo(app.font()).family():
        return ""
    from importlib.util import find_spec

    files = sorted((ASSETS / "fonts").glob("*.otf"))
    matplotlib = find_spec("matplotlib")  # looked for, not imported: that takes a second
    for folder in (matplotlib and matplotlib.submodule_search_locations) or ():
        files += sorted((Path(folder) / "mpl-data" / "fonts" / "ttf").glob("DejaVuSans[.-]*ttf"))
    families = [
        family
        for file in files
        for family in QFontDatabase.applicationFontFamilies(
            QFontDatabase.addApplicationFont(str(file))
        )
    ]
    font = QFont(app.font())
    font.setFamily(families[0])
    app.setFont(font)
    return (
        f"This machine has no fonts: {families[0]} and {families[-1]}, which the program brings, "
        "stand in. They lack some scripts; any installed font adds its own"
    )
