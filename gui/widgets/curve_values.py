"""The box that reads a plot's exact values under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.widgets.curve_runs import resolved
from gui.widgets.fitting_words import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme
    from gui.widgets.curve_runs import Band, RunCurves

_LONGEST_NAME = 18
_EDGE = 5
"""Pixels between the box and the edge of the plot."""
_SWITCH = 0.06
"""The box changes sides only when the pointer is this much of the width past the middle."""


@dataclass(frozen=True, slots=True)
class Row:
    """One run or band in the box: its colour, name and what it reads, one text a column."""

    colour: str
    name: str
    cells: tuple[str, ...]


def run_rows(
    found: Sequence[tuple[RunCurves, dict[str, float]]], columns: Sequence[str], theme: Theme
) -> list[Row]:
    """Return a row for each run, its values in the columns of the curves."""
    return [
        Row(
            resolved(run.colour, theme),
            run.name,
            tuple(f"{values[name]:.4g}" if name in values else "" for name in columns),
        )
        for run, values in found
    ]


def band_rows(found: Sequence[tuple[Band, tuple[float, float, float]]], theme: Theme) -> list[Row]:
    """Return a row for each band: ``median [low, high]``."""
    return [
        Row(
            resolved(band.colour, theme),
            band.name,
            (f"{median:.4g} [{low:.4g}, {high:.4g}]",),
        )
        for band, (low, median, high) in found
    ]


def rows_html(rows: Sequence[Row], columns: Sequence[str], room: int, theme: Theme) -> str:
    """Return a table of as many rows as there is room for, and how many more there are."""
    if not rows:
        return ""
    room -= len(columns) > 1  # the heading
    n_shown = len(rows) if len(rows) <= room else max(room - 1, 0)
    lines = []
    if len(columns) > 1 and n_shown:
        heads = "".join(_cell(name, theme.muted) for name in columns)
        lines.append(f"<tr><td></td>{heads}</tr>")
    for row in rows[:n_shown]:
        name = escape(short(row.name, _LONGEST_NAME)).replace(" ", "&nbsp;")
        span = f' colspan="{len(columns)}"' if len(row.cells) < len(columns) else ""
        cells = "".join(_cell(words, theme.text, span) for words in row.cells)
        lines.append(
            f'<tr><td><span style="color:{row.colour}">■</span>&nbsp;{name}</td>{cells}</tr>'
        )
    table = f'<table cellspacing="0" cellpadding="0">{"".join(lines)}</table>' if lines else ""
    n_more = len(rows) - n_shown
    if n_more:
        more = f"and {n_more} more" if n_shown else f"{n_more} more behind"
        table += f'<span style="color:{theme.muted}">{more}</span>'
    return table


def _cell(words: str, colour: str, span: str = "") -> str:
    text = words.replace(" ", "&nbsp;")
    return f'<td align="right"{span} style="color:{colour}">&nbsp;&nbsp;{text}</td>'


class ValueBox(QLabel):
    """Rich text in a frame, inside the plot, on the side away from the pointer.

    It lets the mouse through: nothing changes for the plot when the pointer comes upon it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._on_right = True
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.setStyleSheet(
            f"background: {theme.surface}; border: 1px solid {theme.border}; border-radius: 4px;"
            "padding: 2px 6px;"
        )

    def n_lines(self, rect: QRect) -> int:
        """Return how many lines have room in a plot."""
        return max((rect.height() - 2 * _EDGE - 8) // (self.fontMetrics().height() + 1), 1)

    def show_in(self, rect: QRect, pointer_x: float, text: str) -> None:
        """Show this text within ``rect``, away from the pointer."""
        if self.text() != text:
            self.setText(text)
            self.adjustSize()
        place = (pointer_x - rect.left()) / max(rect.width(), 1)
        if self._on_right and place > 0.5 + _SWITCH:
            self._on_right = False
        elif not self._on_right and place < 0.5 - _SWITCH:
            self._on_right = True
        left = rect.left() + _EDGE
        right = rect.right() - _EDGE - self.width()
        self.move(max(right, left) if self._on_right else left, rect.top() + _EDGE)
        if not self.isVisible():
            self.show()
            self.raise_()
