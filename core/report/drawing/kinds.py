"""How figures are laid out: their titles, and several on one sheet.

Imported only while something is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.report.drawing import charts, mosaics
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


def _heading(figure: Figure, width: float) -> tuple[list[str], list[str], float]:
    """Return title and subtitle of a part of a sheet, and their height."""
    title = [elide(figure.title, PART_SIZE, width, STRONG)] if figure.title else []
    lines = wrap(figure.subtitle, SMALL_SIZE, width)[:4]
    height = LINE_HEIGHT * (PART_SIZE * len(title) + SMALL_SIZE * len(lines))
    return title, lines, height + 12 if height else 0


def _parts(sheet: Sheet, width: float) -> Iterator[tuple[tuple[Figure, ...], float, float, float]]:
    """Yield each row with the width, the heading's and the whole height of its figures."""
    for row in sheet.rows:
        part = (width - _GAP * (len(row) - 1)) / len(row)
        # Titles of one row may differ in lines; what is below them begins at one height.
        head = max(_heading(figure, part)[2] for figure in row)
        bodies = (_KINDS[type(figure)][0](figure, part) for figure in row)
        yield row, part, head, head + max(bodies)


def _sheet_height(sheet: Sheet, width: float) -> float:
    return sum(height + _GAP for *_, height in _parts(sheet, width)) - _GAP


def _draw_sheet(
    sheet: Sheet, paper: Paper, left: float, top: float, width: float, _height: float
) -> None:
    for row, part, head, height in _parts(sheet, width):
        for i, figure in enumerate(row):
            x = left + i * (part + _GAP)
            title, lines, _ = _heading(figure, part)
            y = paper.lines(x, top, title, PART_SIZE, INK, weight=STRONG)
            paper.lines(x, y, lines, SMALL_SIZE, MUTED)
            _KINDS[type(figure)][1](figure, paper, x, top + head, part, height - head)
        top += height + _GAP


_KINDS: dict[type[Figure], tuple[Any, Any]] = {
    Sheet: (_sheet_height, _draw_sheet),
    Chart: (charts.chart_height, charts.draw_chart),
    Bars: (charts.bars_height, charts.draw_bars),
    Matrix: (mosaics.matrix_height, mosaics.draw_matrix),
    Pictures: (mosaics.pictures_height, mosaics.draw_pictures),
}
"""Kind -> (how high it wants to be at a width, without its title; what draws that into a box)."""


def lay_out(figure: Figure) -> Paper:
    """Return a figure drawn with its title on a paper of the height that it needs."""
    width = WIDTH - 2 * MARGIN
    title = tidy(figure.title)
    fits = (s for s in (TITLE_SIZE, 31, 27) if text_width(title, s, STRONG) <= width)
    size = next(fits, 27)
    subtitle = wrap(figure.subtitle, TEXT_SIZE, width)[:6]
    top = MARGIN - 14 + LINE_HEIGHT * (TITLE_SIZE + TEXT_SIZE * len(subtitle)) + 26
    wanted_height, draw = _KINDS[type(figure)]
    height = wanted_height(figure, width)
    paper = Paper(top + height + MARGIN - 12)
    title = elide(title, size, width, STRONG)
    y = paper.lines(MARGIN, MARGIN - 14, [title], size, INK, weight=STRONG)
    paper.lines(MARGIN, y + LINE_HEIGHT * (TITLE_SIZE - size), subtitle, TEXT_SIZE, MUTED)
    draw(figure, paper, MARGIN, top, width, height)
    return paper
