"""The box that reads a plot's exact values under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from core.words import at_least, at_most
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.short_number import exact_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme
    from gui.widgets.curves.main import MainCurves
    from gui.widgets.curves.marks import PlotMarks
    from gui.widgets.curves.runs import BandLayer, RunLayer

_LONGEST_NAME = 18
_POINT_SIZE = 9.5
_BESIDE = " &nbsp; "
"""Between the values of a small plot, which stand in one line where there is room."""
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


def rows_html(rows: Sequence[Row], columns: Sequence[str], room: int, theme: Theme) -> str:
    """Return as many rows as there is room for, and how many more there are.

    Rows with a cell for every column stand in one table below the others.
    """
    if not rows:
        return ""
    room -= len(columns) > 1  # the heading
    n_shown = len(rows) if len(rows) <= room else max(room - 1, 0)
    wide = [row for row in rows[:n_shown] if len(row.cells) != len(columns)]
    narrow = [row for row in rows[:n_shown] if len(row.cells) == len(columns)]
    text = "".join(
        f"<div>{_name(row, theme)} &nbsp;{_kept_together(row.cells[0])}</div>" for row in wide
    )
    if narrow:
        heads = "".join(_cell(name, theme.muted) for name in columns) if len(columns) > 1 else ""
        lines = [f"<tr><td></td>{heads}</tr>"] if heads else []
        for row in narrow:
            cells = "".join(_cell(words, theme.text) for words in row.cells)
            lines.append(f"<tr><td>{_name(row, theme)}</td>{cells}</tr>")
        text += f'<table cellspacing="0" cellpadding="0">{"".join(lines)}</table>'
    n_more = len(rows) - n_shown
    if n_more:
        more = f"and {n_more} more" if n_shown else f"{n_more} more behind"
        text += f'<div style="color:{theme.muted}">{more}</div>'
    return text


def _name(row: Row, theme: Theme) -> str:
    mark = f'<span style="color:{theme.colour(row.colour)}">■</span>'
    return f"{mark}&nbsp;{_kept_together(escape(short(row.name, _LONGEST_NAME)))}"


def _kept_together(words: str) -> str:
    return words.replace(" ", "&nbsp;")


def _cell(words: str, colour: str) -> str:
    return f'<td align="right" style="color:{colour}">&nbsp;&nbsp;{words}</td>'


def values_words(
    x_label: str,
    layers: tuple[BandLayer, RunLayer, MainCurves, PlotMarks],
    at: float,
    room: int | None,
    theme: Theme,
) -> str:
    """Return all values of a plot at a data point as rich text.

    Parameters
    ----------
    x_label : what is counted along x
    layers : what the plot draws
    at : x of the point
    room : how many lines there may be; None puts the curves alone into a single one
    theme : the colours
    """
    bands, runs, main, marks = layers
    lines = [f"{x_label} {at:g} &nbsp; ", *main.describe(at)]
    for words in marks.words_at(at):
        lines.append(f'<span style="color:{theme.best}">{escape(words)}</span>')
    if room is None:
        return _BESIDE.join(lines)
    found = runs.values_at(at)
    names = [curve.name for curve in main.curves]
    columns = [name for name in names if any(name in values for _, values in found)]
    rows = [
        Row(
            band.colour,
            band.name,
            (f"{exact_number(median)} [{at_least(low, 4)}, {at_most(high, 4)}]",),
        )
        for band, (low, median, high) in bands.values_at(at)
    ]
    for run, values in found:
        cells = (exact_number(values[name]) if name in values else "" for name in columns)
        rows.append(Row(run.colour, run.name, tuple(cells)))
    return "<br>".join(lines) + rows_html(rows, columns or [""], room - len(lines), theme)


class ValueBox(QLabel):
    """Rich text in a frame, inside the plot, on the side away from the pointer.

    It lets the mouse through: nothing changes for the plot when the pointer comes upon it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._on_right = True
        self._wanted = "", 0
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.setStyleSheet(
            f"background: {theme.surface}; border: 1px solid {theme.border}; border-radius: 4px;"
            f"padding: 2px 6px; font-size: {_POINT_SIZE}pt;"
        )

    def n_lines(self, rect: QRect) -> int:
        """Return how many lines have room in a plot."""
        return max((rect.height() - 2 * _EDGE - 8) // (self.fontMetrics().height() + 1), 1)

    def show_in(self, rect: QRect, pointer_x: float, text: str) -> None:
        """Show this text within ``rect``, away from the pointer."""
        room = rect.width() - 2 * _EDGE
        if self._wanted != (text, room):
            self._wanted = text, room
            self.setText(text)
            self.adjustSize()
            if self.width() > room:
                self.setText(text.replace(_BESIDE, "<br>"))
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
