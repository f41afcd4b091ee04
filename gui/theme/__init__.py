"""How everything looks: colours, the size of text, style and icons."""

from gui.theme.colours import DARK, LIGHT, STAGE, THEMES, Theme, on_paper
from gui.theme.icons import ICONS, Icons, make_icon
from gui.theme.style import Themed, apply_theme, give_theme
from gui.theme.text import apply_font, bring_fonts, grow, pixels, text_percent

__all__ = [
    "DARK",
    "ICONS",
    "LIGHT",
    "STAGE",
    "THEMES",
    "Icons",
    "Theme",
    "Themed",
    "apply_font",
    "apply_theme",
    "bring_fonts",
    "give_theme",
    "grow",
    "make_icon",
    "on_paper",
    "pixels",
    "text_percent",
]
