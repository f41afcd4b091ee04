"""Light and dark: one palette of named colours, from which Qt's palette and style follow.

Text and background pairs meet WCAG AA (4.5 : 1); a test computes it. Curves differ in line style
as well as hue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

ASSETS = Path(__file__).resolve().parents[1] / "assets"
ICONS = ASSETS / "icons"
BASE_POINT_SIZE = 10.5


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for, as ``#rrggbb``."""

    name: str
    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    train: str
    test: str
    validation: str
    best: str
    earlier: str
    good: str
    bad: str
    bad_surface: str
    runs: tuple[str, ...]
    """Of runs beside each other, apart in lightness as well as in hue."""

    def colour(self, name: str) -> str:
        """Return ``#rrggbb`` of a colour.

        Parameters
        ----------
        name : a field, "run 2" for a place in :attr:`runs`, or a colour, which is returned as it is
        """
        if name.startswith("#"):
            return name
        field, _, place = name.partition(" ")
        return self.runs[int(place)] if field == "run" else str(getattr(self, field))


LIGHT = Theme(
    name="light",
    window="#eef1f5",
    surface="#ffffff",
    raised="#f6f8fb",
    border="#cfd6df",
    text="#17202b",
    muted="#55606e",
    accent="#1a5fb4",
    on_accent="#ffffff",
    selection="#d5e4f7",
    train="#1a5fb4",
    test="#b3470b",
    validation="#7a3fa0",
    best="#8a5a00",
    earlier="#9aa4b1",
    good="#1b6e3c",
    bad="#a61b29",
    bad_surface="#fdecee",
    runs=(
        "#00796b",
        "#b5257f",
        "#7a6a00",
        "#4b4fc4",
        "#9c4a1a",
        "#2f7d32",
        "#4f6272",
        "#c0392b",
    ),
)

DARK = Theme(
    name="dark",
    window="#14171c",
    surface="#1d2128",
    raised="#252a33",
    border="#3a424f",
    text="#e9edf2",
    muted="#a7b1bf",
    accent="#7ab4ff",
    on_accent="#0d1520",
    selection="#2c456b",
    train="#7ab4ff",
    test="#ffa862",
    validation="#d3a4f5",
    best="#ffd166",
    earlier="#5d6877",
    good="#7fd6a0",
    bad="#ff9aa2",
    bad_surface="#3b2026",
    runs=(
        "#4dd0bd",
        "#f48fce",
        "#d8c84a",
        "#a3a7ff",
        "#e0a27a",
        "#9ad67f",
        "#a9bccd",
        "#ff8a80",
    ),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def on_paper(colour: str) -> str:
    """Return ``#rrggbb`` of a colour as it is on white paper: the light theme's for the same thing.

    Parameters
    ----------
    colour : as :meth:`Theme.colour` takes it
    """
    return LIGHT.runs[DARK.runs.index(colour)] if colour in DARK.runs else LIGHT.colour(colour)


@runtime_checkable
class Themed(Protocol):
    """A widget that paints with theme colours of its own."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from the next paint on."""
        ...


def palette(theme: Theme) -> QPalette:
    """Return Qt's palette for ``theme``, explicit in every role that is painted."""
    roles = QPalette.ColorRole
    colours = {
        "window": (roles.Window,),
        "surface": (roles.Base, roles.ToolTipBase),
        "raised": (roles.AlternateBase, roles.Button, roles.Light),
        "border": (roles.Midlight, roles.Mid, roles.Dark, roles.Shadow),
        "text": (roles.WindowText, roles.Text, roles.ButtonText, roles.ToolTipText),
        "muted": (roles.PlaceholderText,),
        "accent": (roles.Highlight, roles.Link, roles.Accent),
        "on_accent": (roles.HighlightedText,),
        "bad": (roles.BrightText,),
    }
    result = QPalette()
    for colour, painted in colours.items():
        for role in painted:
            result.setColor(role, QColor(getattr(theme, colour)))
    disabled = QPalette.ColorGroup.Disabled
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(disabled, role, QColor(theme.earlier))
    return result


def style_sheet(theme: Theme) -> str:
    """Return the style rules that a palette cannot express."""
    return f"""
    QMainWindow, QDialog {{ background: {theme.window}; }}
    QToolTip {{ background: {theme.surface}; color: {theme.text};
        border: 1px solid {theme.border}; padding: 6px; }}
    #card {{ background: {theme.surface}; border: 1px solid {theme.border}; border-radius: 8px; }}
    #topBar {{ background: {theme.surface}; border-bottom: 1px solid {theme.border}; }}
    #bottomBar {{ background: {theme.surface}; border-top: 1px solid {theme.border}; }}
    QLabel#heading {{ color: {theme.muted}; font-weight: 600; letter-spacing: 1px; }}
    QLabel#muted, QLabel#caption {{ color: {theme.muted}; }}
    QLabel#sentence {{ font-weight: 600; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px 8px; }}
    QToolButton:hover {{ background: {theme.raised}; border-color: {theme.border}; }}
    QToolButton:pressed {{ background: {theme.selection}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QToolButton:disabled, QPushButton:disabled {{ color: {theme.earlier}; }}
    #topBar QToolButton {{ padding: 4px 5px; }}
    QToolButton#primary {{ background: {theme.accent}; color: {theme.on_accent};
        font-weight: 600; padding: 4px 14px; }}
    QToolButton#primary:focus, QPushButton#call:focus {{ border-color: {theme.text}; }}
    QToolButton#primary:disabled {{ background: {theme.raised}; color: {theme.earlier}; }}
    QToolButton#page {{ padding: 6px 4px; font-weight: 600; color: {theme.muted}; }}
    QToolButton#tool {{ padding: 4px; }}
    QToolButton#way {{ padding: 2px; font-weight: 600; color: {theme.muted}; }}
    QToolButton#tab {{ padding: 2px 6px; font-weight: 600; color: {theme.muted}; }}
    QToolButton#page:checked, QToolButton#tab:checked, QToolButton#tool:checked,
    QToolButton#way:checked {{ color: {theme.text}; background: {theme.selection}; }}
    QToolButton#target {{ padding: 2px 4px; border-color: {theme.border}; }}
    QToolButton#target:checked {{ background: {theme.accent}; color: {theme.on_accent};
        font-weight: 600; }}
    QToolButton#target:focus {{ border: 2px solid {theme.text}; }}
    QPushButton {{ background: {theme.raised}; color: {theme.text};
        border: 1px solid {theme.border}; border-radius: 6px; padding: 5px 12px; }}
    QPushButton#small {{ padding: 2px 8px; }}
    QPushButton:hover, QPushButton:focus {{ border-color: {theme.accent}; }}
    QPushButton:checked {{ background: {theme.selection}; }}
    QPushButton#call {{ background: {theme.accent}; color: {theme.on_accent};
        border-color: {theme.accent}; font-weight: 600; }}
    #notice {{ background: {theme.selection}; border: 1px solid {theme.accent};
        border-radius: 6px; }}
    #notice[error="true"] {{ background: {theme.bad_surface}; border-color: {theme.bad}; }}
    #badge {{ background: {theme.raised}; border: 1px solid {theme.border};
        border-left: 4px solid {theme.good}; border-radius: 6px; }}
    #badge[alert="true"] {{ background: {theme.bad_surface}; border-color: {theme.bad}; }}
    QLabel#dropWords {{ background: {theme.selection}; color: {theme.text};
        border: 3px dashed {theme.accent}; border-radius: 14px; font-size: 22pt; }}
    QProgressBar {{ background: {theme.raised}; border: 1px solid {theme.border};
        border-radius: 5px; height: 10px; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 4px; }}
    QStatusBar {{ color: {theme.text}; background: {theme.surface}; }}
    QStatusBar::item {{ border: none; }}
    QCheckBox::indicator {{ width: 15px; height: 15px; border: 1px solid {theme.muted};
        border-radius: 4px; background: {theme.surface}; }}
    QCheckBox::indicator:focus {{ border: 2px solid {theme.accent}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
        image: url("{(ICONS / f"check-{theme.name}.svg").as_posix()}"); }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QMenuBar {{ background: {theme.surface}; color: {theme.text}; }}
    QMenuBar::item {{ background: transparent; padding: 4px 10px; }}
    QMenuBar::item:selected {{ background: {theme.selection}; }}
    QMenu {{ background: {theme.surface}; color: {theme.text}; border: 1px solid {theme.border}; }}
    QMenu::item {{ padding: 5px 26px; }}
    QMenu::item:selected {{ background: {theme.selection}; color: {theme.text}; }}
    QMenu::item:disabled {{ background: transparent; color: {theme.muted}; }}
    """


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application the colours of ``theme``."""
    sheet = style_sheet(theme)
    if app.styleSheet() != sheet:  # setting it again would restyle every widget for nothing
        app.setPalette(palette(theme))
        app.setStyleSheet(sheet)


def give_theme(widget: QWidget, theme: Theme) -> None:
    """Give a widget and all in it the colours of ``theme``."""
    for part in (widget, *widget.findChildren(QWidget)):
        if issubclass(type(part), Themed):  # remembered by class, which isinstance is not
            cast("Themed", part).set_theme(theme)


def apply_font(app: QApplication) -> None:
    """Use one size everywhere, large enough for a projector."""
    font = QFont(app.font())
    font.setPointSizeF(BASE_POINT_SIZE)
    app.setFont(font)


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
