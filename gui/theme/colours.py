"""Light and dark: one palette of named colours, from which Qt's palette and style follow.

Text and background pairs meet WCAG AA (4.5 : 1); a test computes it. Curves differ in line style
as well as hue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for, as ``#rrggbb``."""

    name: str
    window: str
    surface: str
    raised: str
    border: str
    """Around cards."""
    edge: str
    """Around what is used: 3 : 1 at least on a surface."""
    line: str
    """Of the grid behind curves, and between parts of a card."""
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
    thickness: float = 1.0
    """Of lines: how many times the usual."""

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
    edge="#7f8a98",
    line="#e4e8ee",
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
        "#4430d0",
        "#7b2d43",
        "#2f7d32",
        "#4f6272",
        "#5d4037",
    ),
)

DARK = Theme(
    name="dark",
    window="#14171c",
    surface="#1d2128",
    raised="#252a33",
    border="#3a424f",
    edge="#78849a",
    line="#2a303a",
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
        "#8b80ff",
        "#ff8a80",
        "#9ad67f",
        "#a9bccd",
        "#c8a08c",
    ),
)

STAGE = replace(LIGHT, name="stage", muted="#3d4855", border="#7f8a98", thickness=1.5)
"""For a projector: what is faint elsewhere is read from the last row."""
STAGE_DARK = replace(DARK, name="dark stage", muted="#c8d0db", border="#78849a", thickness=1.5)
"""The same in a room that is dark itself."""

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
"""Those a person chooses from."""


def on_paper(colour: str) -> str:
    """Return ``#rrggbb`` of a colour as it is on white paper: the light theme's for the same thing.

    Parameters
    ----------
    colour : as :meth:`Theme.colour` takes it
    """
    return LIGHT.runs[DARK.runs.index(colour)] if colour in DARK.runs else LIGHT.colour(colour)
