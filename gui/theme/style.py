"""Qt's palette and style sheet of a theme, and how both reach every widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from gui.theme.icons import ICONS
from gui.theme.text import pixels, points

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.theme.colours import Theme


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
    """Return the style rules that a palette cannot express, at the size that text has now."""
    return _frames(theme) + _words(theme) + _buttons(theme) + _fields(theme) + _menus(theme)


def _frames(theme: Theme) -> str:
    return f"""
    QToolTip {{ background: {theme.surface}; color: {theme.text};
        border: 1px solid {theme.border}; padding: 6px; }}
    #card {{ background: {theme.surface}; border: 1px solid {theme.border}; border-radius: 8px; }}
    #head {{ background: {theme.surface}; border-bottom: 1px solid {theme.border}; }}
    #foot {{ background: {theme.surface}; border-top: 1px solid {theme.border}; }}
    #line {{ background: {theme.line}; border: none; }}
    #popup {{ background: {theme.surface}; border: 1px solid {theme.border};
        border-radius: 6px; }}
    #badge {{ background: {theme.raised}; border: 1px solid {theme.border};
        border-left: 4px solid {theme.good}; border-radius: 6px; }}
    #badge[alert="true"] {{ background: {theme.bad_surface}; border-color: {theme.bad}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0px; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0px; }}
    QScrollBar::handle {{ background: {theme.border}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {theme.edge}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0px; height: 0px; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    """


def _words(theme: Theme) -> str:
    small, caption = points(13), points(12)
    return f"""
    QLabel#heading {{ color: {theme.muted}; font-size: {small}pt; font-weight: 600;
        letter-spacing: 1px; }}
    QLabel#muted {{ color: {theme.muted}; font-size: {small}pt; }}
    QLabel#caption {{ color: {theme.muted}; font-size: {caption}pt; }}
    QLabel#told[error="true"] {{ color: {theme.bad}; }}
    QLabel#small, QLabel#told {{ font-size: {small}pt; }}
    QLabel#sentence, QLabel#outcome {{ font-weight: 600; }}
    QLabel#verdict {{ font-weight: 600; background: {theme.raised}; padding: 2px 10px;
        border: 1px solid {theme.border}; border-left: 4px solid {theme.good};
        border-radius: 6px; }}
    QLabel#verdict[told="no"] {{ border-left-color: {theme.best}; }}
    QLabel#letter {{ font-weight: 600; padding: 0px 5px; border: 2px solid {theme.text};
        border-radius: 4px; }}
    QLabel#key {{ background: {theme.raised}; border: 1px solid {theme.edge};
        border-bottom-width: 2px; border-radius: 4px; padding: 1px 8px; font-weight: 600; }}
    QLabel#waiting {{ color: {theme.best}; font-size: {caption}pt; }}
    QLabel#dropWords {{ background: {theme.selection}; color: {theme.text};
        border: 3px dashed {theme.accent}; border-radius: 14px; font-size: {points(29)}pt; }}
    """


def _buttons(theme: Theme) -> str:
    return f"""
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px 8px; }}
    QToolButton:hover {{ background: {theme.raised}; border-color: {theme.border}; }}
    QToolButton:pressed {{ background: {theme.selection}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QToolButton:disabled, QPushButton:disabled {{ color: {theme.earlier}; }}
    #head QToolButton, #foot QToolButton {{ padding: 0px 8px; min-height: {pixels(26)}px; }}
    #head QToolButton#page {{ padding: 0px 10px; }}
    #head QToolButton#menu {{ padding: 0px 4px; }}
    #head QToolButton#model, #head QToolButton#look {{ font-weight: 600; }}
    QToolButton#look::menu-indicator, QToolButton#save::menu-indicator {{ image: none; }}
    QToolButton#primary, QPushButton#primary {{ background: {theme.accent};
        color: {theme.on_accent}; border: 1px solid {theme.accent}; border-radius: 6px;
        font-weight: 600; padding: 0px 9px; min-height: {pixels(30)}px; }}
    QToolButton#primary:focus, QPushButton#primary:focus {{
        border-color: {theme.text}; }}
    QToolButton#primary:disabled, QPushButton#primary:disabled {{ background: {theme.raised};
        color: {theme.earlier}; border-color: {theme.border}; }}
    QToolButton#page, QToolButton#tab, QToolButton#way {{ font-weight: 600;
        color: {theme.muted}; }}
    QToolButton#page {{ padding: 0px 4px; min-height: {pixels(28)}px; }}
    QToolButton#tab {{ padding: 0px 6px; min-height: {pixels(26)}px; }}
    QToolButton#way {{ padding: 2px; font-size: {points(12)}pt; }}
    QToolButton#unfold {{ padding: 2px 4px 2px 0px; }}
    QToolButton#row:checked {{ background: {theme.selection}; }}
    QToolButton#tool {{ padding: 4px; }}
    QToolButton#outlined {{ background: {theme.raised}; border-color: {theme.border};
        padding: 0px 8px; min-height: {pixels(24)}px; }}
    QToolButton#outlined:checked {{ background: {theme.selection}; border-color: {theme.accent}; }}
    QToolButton#outlined:focus {{ border-color: {theme.accent}; }}
    QToolButton#tile {{ background: {theme.selection}; border: 2px dashed {theme.accent};
        font-weight: 600; padding: 0px; }}
    QToolButton#tile:focus {{ border-style: solid; }}
    QToolButton#page:checked, QToolButton#tab:checked, QToolButton#tool:checked,
    QToolButton#way:checked {{ color: {theme.text}; background: {theme.selection}; }}
    QToolButton#target {{ padding: 2px 4px; border-color: {theme.border}; }}
    QToolButton#target:checked {{ background: {theme.accent}; color: {theme.on_accent};
        font-weight: 600; }}
    QToolButton#target:focus {{ border: 2px solid {theme.text}; }}
    QPushButton {{ background: {theme.raised}; color: {theme.text};
        border: 1px solid {theme.border}; border-radius: 6px; padding: 0px 12px;
        min-height: {pixels(26)}px; }}
    QPushButton#small {{ padding: 0px 8px; min-height: {pixels(20)}px; }}
    QPushButton:hover, QPushButton:focus {{ border-color: {theme.accent}; }}
    QPushButton:checked {{ background: {theme.selection}; }}
    QPushButton#verb, QToolButton#verb {{ background: transparent; color: {theme.accent};
        font-size: {points(13)}pt; font-weight: 600; border: 1px solid transparent;
        padding: 0px 4px; min-height: {pixels(18)}px; }}
    QPushButton#verb:hover, QToolButton#verb:hover {{ text-decoration: underline; }}
    QPushButton#verb:focus {{ border-color: {theme.accent}; }}
    QPushButton#word {{ background: transparent; border: none; padding: 0px; text-align: left;
        font-size: {points(13)}pt; min-height: {pixels(16)}px; }}
    QPushButton#word:hover, QPushButton#word:focus {{ color: {theme.accent};
        text-decoration: underline; }}
    QPushButton#waiting {{ background: transparent; color: {theme.best}; border: none;
        font-size: {points(12)}pt; padding: 0px 2px; min-height: {pixels(14)}px; }}
    QPushButton#waiting:hover, QPushButton#waiting:focus {{ text-decoration: underline; }}
    QPushButton[waiting="true"] {{ border: 2px solid {theme.best}; padding: 0px 11px;
        min-height: {pixels(26) - 2}px; }}
    QTreeView#commands::item {{ padding: 3px 6px; }}
    QTreeView#commands {{ background: {theme.surface}; border: none; outline: 0;
        selection-background-color: {theme.selection}; selection-color: {theme.text}; }}
    QTableView {{ background: {theme.surface}; selection-background-color: {theme.selection};
        selection-color: {theme.text}; outline: 0; }}
    QTableView::item {{ padding: 0px 5px; }}
    QTableView QHeaderView, QTableView QHeaderView::section {{ background: {theme.surface};
        color: {theme.muted}; border: none; font-size: {points(13)}pt; }}
    QTableView QHeaderView::section {{ padding: 1px 8px 1px 4px; }}
    QTableView QHeaderView::section:hover {{ color: {theme.text}; background: {theme.raised}; }}
    QCheckBox::indicator, QTableView::indicator {{ width: {pixels(15)}px; height: {pixels(15)}px;
        border: 1px solid {theme.edge}; border-radius: 4px; background: {theme.surface}; }}
    QCheckBox::indicator:focus {{ border: 2px solid {theme.accent}; }}
    QCheckBox::indicator:checked, QTableView::indicator:checked {{
        background: {theme.accent}; border-color: {theme.accent};
        image: {_picture("check", theme)}; }}
    """


def _fields(theme: Theme) -> str:
    fields = "QLineEdit", "QAbstractSpinBox", "QComboBox"
    focused = ", ".join(f"{field}:focus" for field in fields)
    off = ", ".join(f"{field}:disabled" for field in fields)
    waiting = ", ".join(f'{field}[waiting="true"]' for field in fields)
    return f"""
    {", ".join(fields)} {{ background: {theme.surface}; color: {theme.text};
        border: 1px solid {theme.edge}; border-radius: 4px; min-height: {pixels(22)}px;
        selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
    QLineEdit, QComboBox {{ padding: 0px 6px; }}
    QAbstractSpinBox {{ padding: 0px 0px 0px 4px; }}
    QAbstractSpinBox > QLineEdit, QComboBox > QLineEdit {{ border: none; padding: 0px;
        min-height: 0px; background: transparent; }}
    QComboBox#head {{ background: transparent; border: 1px solid transparent; border-radius: 6px;
        min-height: {pixels(26)}px; }}
    QComboBox#head:hover {{ background: {theme.raised}; border-color: {theme.border}; }}
    {focused} {{ border-color: {theme.accent}; }}
    {off} {{ color: {theme.earlier}; border-color: {theme.border}; }}
    {waiting} {{ border: 2px solid {theme.best}; }}
    QComboBox::drop-down {{ border: none; width: {pixels(18)}px; }}
    QComboBox::down-arrow {{ image: {_picture("down", theme)}; width: {pixels(10)}px;
        height: {pixels(10)}px; }}
    QComboBox QAbstractItemView {{ background: {theme.surface}; color: {theme.text};
        border: 1px solid {theme.edge}; outline: none;
        selection-background-color: {theme.selection}; selection-color: {theme.text}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none;
        background: transparent; width: {pixels(16)}px; subcontrol-origin: border; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin: 2px 2px 0px 0px; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right;
        margin: 0px 2px 2px 0px; }}
    QAbstractSpinBox::up-arrow {{ image: {_picture("more", theme)}; width: {pixels(9)}px;
        height: {pixels(9)}px; }}
    QAbstractSpinBox::down-arrow {{ image: {_picture("less", theme)}; width: {pixels(9)}px;
        height: {pixels(9)}px; }}
    QSlider {{ min-height: {pixels(18)}px; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {theme.border}; }}
    QSlider::sub-page:horizontal {{ border-radius: 2px; background: {theme.accent}; }}
    QSlider::sub-page:horizontal:disabled {{ background: {theme.border}; }}
    QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0px;
        border: 1px solid {theme.muted}; border-radius: 7px; background: {theme.surface}; }}
    QSlider::handle:horizontal:focus, QSlider::handle:horizontal:hover {{
        border-color: {theme.accent}; }}
    QProgressBar {{ background: {theme.raised}; border: 1px solid {theme.border};
        border-radius: 5px; height: 10px; }}
    QProgressBar[textVisible="true"] {{ height: {pixels(20)}px; text-align: center;
        font-size: {points(12)}pt; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 4px; }}
    QProgressBar[textVisible="true"]::chunk {{ background: {theme.selection}; }}
    """


def _menus(theme: Theme) -> str:
    return f"""
    QMenuBar {{ background: {theme.surface}; color: {theme.text}; }}
    QMenuBar::item {{ background: transparent; padding: 4px 10px; }}
    QMenuBar::item:selected {{ background: {theme.selection}; }}
    QMenu {{ background: {theme.surface}; color: {theme.text}; border: 1px solid {theme.border}; }}
    QMenu::item {{ padding: 5px 26px; }}
    QMenu::item:selected {{ background: {theme.selection}; color: {theme.text}; }}
    QMenu::item:disabled {{ background: transparent; color: {theme.muted}; }}
    """


def _picture(name: str, theme: Theme) -> str:
    """Return a picture of the style, of which there is one for light and one for dark."""
    tone = "dark" if theme.name.startswith("dark") else "light"
    return f'url("{(ICONS / f"{name}-{tone}.svg").as_posix()}")'


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application the colours of ``theme``, and the size that text has now."""
    sheet = style_sheet(theme)
    if app.styleSheet() != sheet:  # setting it again would restyle every widget for nothing
        app.setPalette(palette(theme))
        app.setStyleSheet(sheet)


def give_theme(widget: QWidget, theme: Theme) -> None:
    """Give a widget and all in it the colours of ``theme``."""
    for part in (widget, *widget.findChildren(QWidget)):
        if issubclass(type(part), Themed):  # remembered by class, which isinstance is not
            cast("Themed", part).set_theme(theme)
