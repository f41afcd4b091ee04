"""How figures are laid out: their titles, and several on one sheet.

Imported only while something is drawn.
"""

from __future__ import annotations

from typing import Any

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

_GAP = 56
"""Between two figures of a sheet, in pixels."""


class Rows:
    """Figures with their titles, row by row.

    Parameters
    ----------
    sizes : of the letters of titles and subtitles
    """

    def __init__(
        self,
        rows: tuple[tuple[Figure, ...], ...],
        width: float,
        sizes: tuple[int, int] = (PART_SIZE, SMALL_SIZE),
    ) -> None:
        self._width, self._sizes = width, sizes
        self._rows = []
        for row in rows:
            part = self._part(len(row))
            subtitles = [wrap(figure.subtitle, sizes[1], part)[:6] for figure in row]
            # Titles of one row may differ in lines; what is below them begins at one height.
            above = sizes[0] * any(figure.title for figure in row)
            above += sizes[1] * max(len(lines) for lines in subtitles)
            head = LINE_HEIGHT * above + 0.7 * sizes[0] if above else 0
            blocks = [_KINDS[type(figure)](figure, part) for figure in row]
            height = head + max(block.height for block in blocks)
            self._rows.append((row, subtitles, blocks, head, height))
        self.height = sum(height + _GAP for *_, height in self._rows) - _GAP

    def _part(self, n: int) -> float:
        return (self._width - _GAP * (n - 1)) / n

    def draw(self, paper: Paper, left: float, top: float, _height: float) -> None:
        """Draw all of them."""
        largest, small = self._sizes
        for row, subtitles, blocks, head, height in self._rows:
            part = self._part(len(row))
            for i, (figure, lines, block) in enumerate(zip(row, subtitles, blocks, strict=True)):
                x, title = left + i * (part + _GAP), tidy(figure.title)
                fits = (s for s in (largest, 31) if text_width(title, s, STRONG) <= part)
                size = min(largest, next(fits, PART_SIZE))
                title = elide(title, size, part, STRONG)
                middle = top + LINE_HEIGHT * largest / 2
                paper.write(x, middle, title, size, INK, fontweight=STRONG)
                below = top + LINE_HEIGHT * largest * bool(title)
                paper.lines(x, below, lines, small, MUTED)
                block.draw(paper, x, top + head, height - head)
            top += height + _GAP


_KINDS: dict[type[Figure], Any] = {
    Sheet: lambda sheet, width: Rows(sheet.rows, width),
    Chart: charts.Curves,
    Bars: charts.LongBars,
    Matrix: mosaics.Cells,
    Pictures: mosaics.Mosaic,
}
"""Kind -> what lays it out at a width: how high it wants to be, and to be drawn."""


def lay_out(figure: Figure) -> Paper:
    """Return a figure drawn with its title on a paper of the height that it needs."""
    page = Rows(((figure,),), WIDTH - 2 * MARGIN, (TITLE_SIZE, TEXT_SIZE))
    paper = Paper(page.height + 2 * MARGIN - 26)
    page.draw(paper, MARGIN, MARGIN - 14, page.height)
    return paper
