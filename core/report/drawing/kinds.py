"""How each kind of figure is laid out: its title, its body, and several on one sheet.

Imported only while something is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.report.drawing import bars, charts, matrices, mosaics
from core.report.drawing.paper import (
    INK,
    LINE_HEIGHT,
    MARGIN,
    MUTED,
    PART_SIZE,
    SMALL_SIZE,
    STRONG,
    TEXT_SIZE,
    TITLE_SIZE,
    WIDTH,
    Paper,
    elide,
    text_width,
    tidy,
    wrap,
)
from core.report.figures import Bars, Chart, Figure, Matrix, Pictures, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP = 56
"""Between two figures of a sheet, in pixels."""


def body_height(figure: Figure, width: float) -> float:
    """Return how high a figure wants to be without its title, at a width; in pixels."""
    match figure:
        case Sheet():
            return sum(_row_heights(figure, width)) + _GAP * (len(figure.rows) - 1)
        case Chart():
            return charts.height(figure, width)
        case Bars():
            return bars.height(figure, width)
        case Matrix():
            return matrices.height(figure, width)
        case Pictures():
            return mosaics.height(figure, width)
    raise TypeError(f"{type(figure).__name__} cannot be drawn")


def draw_body(
    figure: Figure, paper: Paper, left: float, top: float, width: float, height: float
) -> None:
    """Draw a figure without its title into this box."""
    match figure:
        case Sheet():
            _draw_sheet(figure, paper, left, top, width)
        case Chart():
            charts.draw(figure, paper, left, top, width, height)
        case Bars():
            bars.draw(figure, paper, left, top, width, height)
        case Matrix():
            matrices.draw(figure, paper, left, top, width)
        case Pictures():
            mosaics.draw(figure, paper, left, top, width)


def _part_heading(figure: Figure, width: float) -> tuple[list[str], list[str]]:
    title = [elide(figure.title, PART_SIZE, width, STRONG)] if figure.title else []
    return title, wrap(figure.subtitle, SMALL_SIZE, width)[:2]


def _part_heading_height(figure: Figure, width: float) -> float:
    title, lines = _part_heading(figure, width)
    height = LINE_HEIGHT * (PART_SIZE * len(title) + SMALL_SIZE * len(lines))
    return height + 12 if height else 0


def _part_widths(row: tuple[Figure, ...], width: float) -> float:
    return (width - _GAP * (len(row) - 1)) / len(row)


def _row_heights(sheet: Sheet, width: float) -> Iterator[float]:
    for row in sheet.rows:
        part = _part_widths(row, width)
        yield max(_part_heading_height(f, part) + body_height(f, part) for f in row)


def _draw_sheet(sheet: Sheet, paper: Paper, left: float, top: float, width: float) -> None:
    for row, height in zip(sheet.rows, _row_heights(sheet, width), strict=True):
        part = _part_widths(row, width)
        # Titles of one row may differ in lines; what is below them begins at one height.
        below = max(_part_heading_height(figure, part) for figure in row)
        for i, figure in enumerate(row):
            x = left + i * (part + _GAP)
            title, lines = _part_heading(figure, part)
            y = paper.lines(x, top, title, PART_SIZE, INK, weight=STRONG)
            paper.lines(x, y, lines, SMALL_SIZE, MUTED)
            draw_body(figure, paper, x, top + below, part, height - below)
        top += height + _GAP


def lay_out(figure: Figure) -> Paper:
    """Return a figure drawn with its title on a paper of the height that it needs."""
    width = WIDTH - 2 * MARGIN
    title = tidy(figure.title)
    fits = (s for s in (TITLE_SIZE, 31, 27) if text_width(title, s, STRONG) <= width)
    size = next(fits, 27)
    said = figure.subtitle.split("\n")
    subtitle = [line for part in said for line in wrap(part, TEXT_SIZE, width)[:3]]
    top = MARGIN - 14 + LINE_HEIGHT * (TITLE_SIZE + TEXT_SIZE * len(subtitle)) + 26
    height = body_height(figure, width)
    paper = Paper(top + height + MARGIN - 12)
    y = paper.lines(
        MARGIN,
        MARGIN - 14,
        [elide(title, size, width, STRONG)],
        size,
        INK,
        weight=STRONG,
    )
    paper.lines(MARGIN, y + LINE_HEIGHT * (TITLE_SIZE - size), subtitle, TEXT_SIZE, MUTED)
    draw_body(figure, paper, MARGIN, top, width, height)
    return paper
