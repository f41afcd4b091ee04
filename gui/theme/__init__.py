"""How everything looks: colours, the size of text, style and icons."""

from gui.theme.colours import DARK, LIGHT, STAGE, STAGE_DARK, THEMES, Theme, on_paper
from gui.theme.icons import ICONS, Icons, make_icon
from gui.theme.style import Themed, apply_theme, give_theme, palette, style_sheet
from gui.theme.text import (
    TEXT_STEPS,
    USUAL,
    apply_font,
    bring_fonts,
    grow,
    pixels,
    points,
    regrow,
    text_percent,
)

__all__ = [
    "DARK",
    "ICONS",
    "LIGHT",
    "STAGE",
    "STAGE_DARK",
    "TEXT_STEPS",
    "THEMES",
    "USUAL",
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
    "palette",
    "pixels",
    "points",
    "regrow",
    "style_sheet",
    "text_percent",
]
