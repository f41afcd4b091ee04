"""Rows of small images, one column per class: the class atlas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from gui.widgets.basics.fitting_words import fitting
from gui.widgets.basics.numpy_image import pixel_at, pixel_words, to_qimage
from gui.widgets.grids.cell_grid import CellGrid
from gui.widgets.images.colour_bar import paint_scale, scale_width
from gui.widgets.images.mosaic_room import BAND_GAP, GAP, HEADER_GAP, MosaicRoom
from gui.widgets.images.mosaic_rows import MosaicRow, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPaintEvent, QRegion
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Sheet

_LABEL_GAP = 8
_SMALL = 13 / 14
"""Of the font: labels and captions."""
_SMALLEST_CELL = 60
_MOST_APART = 14
"""Pixels by which rows move apart where there is room."""
_LEAST_COLUMNS = 5
"""Beside each other in the narrowest atlas."""


__all__ = ["ImageMosaic", "MosaicRow"]


def _shape(row: MosaicRow) -> tuple[object, ...]:
    """Return what the places of all images depend on."""
    return row.label, row.captions, row.rgb.shape


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the images are, in pixels."""

    cell: tuple[int, int]
    """Width and height of an image."""
    left: int
    column_width: int
    tops: list[int]
    """Of each row, in the first band; in the end where the next band begins."""
    per_band: int
    above: int
    """Pixels of room over a band."""


class ImageMosaic(CellGrid):
    """Paints :class:`MosaicRow`s under a header of class names.

    Everything is painted by one widget: ten items a row would cost five times as much.
    Columns keep one width and cells square pixels. Many classes stand in several bands below each
    other, as many as make the images largest; what does not fit even so is scrolled.
    """

    def __init__(
        self, parent: QWidget | None = None, *, smallest_cell: int = _SMALLEST_CELL
    ) -> None:
        super().__init__("class atlas", "", parent)
        self._smallest = smallest_cell
        self._names: tuple[str, ...] = ()
        self.rows: tuple[MosaicRow, ...] = ()
        """What is shown."""
        self._images: list[QImage] = []
        self._marked: int | None = None
        self._opened: tuple[int, int] | None = None
        self._laid_out: _Place | None = None
        self._is_narrow = False

    @property
    def n_cells(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self._names)

    @property
    def _place(self) -> _Place:
        if self._laid_out is None:
            self._laid_out = self._lay_out()
        return self._laid_out

    def set_columns(self, names: Sequence[str]) -> None:
        """Name the columns."""
        if len(names) != len(self._names):
            self.rows, self._images = (), []  # of other classes: they fit no column
        self._names = tuple(names)
        self.current = (0, 0)
        self._laid_out = None
        self.updateGeometry()
        self.update()

    def set_rows(self, rows: Sequence[MosaicRow]) -> None:
        """Show other images; only rows that are others than before are painted anew."""
        if [row.label for row in rows] != [row.label for row in self.rows]:
            self.updateGeometry()
        before = self.rows
        known = {id(row): image for row, image in zip(self.rows, self._images, strict=True)}
        # One tall image per row: its cells are stacked, and each is drawn from its part. Rows
        # that were shown already keep theirs.
        self._images = [
            known.get(id(row)) or to_qimage(row.rgb.reshape(-1, *row.rgb.shape[2:])) for row in rows
        ]
        self.rows = tuple(rows)
        self.current = min(self.current[0], max(len(rows) - 1, 0)), self.current[1]
        if [_shape(row) for row in rows] != [_shape(row) for row in before]:
            self._laid_out = None
        if self._laid_out is None:
            self.update()
            return
        for index, (row, old) in enumerate(zip(rows, before, strict=True)):
            if row is not old:
                for strip in self._strips(index):
                    self.update(strip)

    def _strips(self, index: int) -> list[QRect]:
        """Return where a row is painted, one strip a band."""
        firsts = range(0, len(self._names), self._place.per_band)
        lines = self.fontMetrics().height() + 1 if self.rows[index].captions else 0
        tops = [self.cell_rect(index, column) for column in firsts]
        above = self._room.above
        return [
            QRect(0, cell.top() - above, self.width(), above + cell.height() + lines)
            for cell in tops
        ]

    def set_names_above(self, is_narrow: bool) -> None:
        """Say each row's name over it, and its scale, however much room there is beside."""
        if is_narrow != self._is_narrow:
            self._is_narrow, self._laid_out = is_narrow, None
            self.updateGeometry()
            self.update()

    def set_marked(self, column: int | None) -> None:
        """Frame the images of one column, or of none."""
        self._marked = column
        self.update()

    def set_opened(self, cell: tuple[int, int] | None) -> None:
        """Frame the cell whose image is open beside, or none."""
        if cell != self._opened:
            self._opened = cell
            self.update()

    def walk(self, down: int, right: int) -> tuple[int, int]:
        """Go to the next cell that way that has an image, and return it; or stay."""
        before = self.current
        while (after := self._neighbour(down, right)) != self.current:
            self.current = after
            row, column = after
            if not (self.rows[row].missing and self.rows[row].missing[column]):
                self.update()
                return after
        self.current = before
        return before

    def figure(self) -> Sheet | None:
        """Return a figure of each row below each other; None before there are any."""
        if not self.rows or not self._names:
            return None
        return sheet(self.accessibleName(), self._names, self.rows)

    def _lay_out(self) -> _Place:
        sizes, line = self._room, self.fontMetrics().height()
        labels, name = sizes.label_width, sizes.above
        side, per_band = sizes.choose(self.height())
        width, height = sizes.cell_size(side)
        room = self.width() - labels
        roomy = max(width + 6 * GAP, self._widest_words() + 2 * GAP)
        column_width = min(max(width, room // per_band), roomy)
        left = labels + max(room - per_band * column_width, 0) // 2
        heights = [name + height + GAP + (line if row.captions else 0) for row in self.rows]
        apart = above = 0
        if per_band >= len(self._names) and heights:  # rows share what is left, then stand midway
            rest = max(self.height() - line - HEADER_GAP - sum(heights), 0)
            apart = min(rest // len(heights), _MOST_APART)
            above = (rest - apart * len(heights)) // 2
        first = above + line + HEADER_GAP + name
        tops = [*accumulate((h + apart for h in heights), initial=first)]
        tops[-1] += BAND_GAP - name
        return _Place((width, height), left, column_width, tops, per_band, above)

    def _widest_label(self) -> int:
        metrics = QFontMetrics(self._small_font())
        labels = [metrics.horizontalAdvance(row.label) for row in self.rows] or [0]
        return max(labels) + _LABEL_GAP

    def _small_font(self) -> QFont:
        """Return the font of labels and captions."""
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * _SMALL)
        return font

    def _widest_words(self) -> int:
        """Return the width of the longest name or caption."""
        bold = QFont(self.font())
        bold.setBold(True)
        names, plain = QFontMetrics(bold), QFontMetrics(self._small_font())
        captions = [words for row in self.rows for words in row.captions]
        widths = [names.horizontalAdvance(name) for name in self._names]
        return max([*widths, *map(plain.horizontalAdvance, captions)], default=0)

    def _image_size(self) -> tuple[int, int]:
        return self.rows[0].rgb.shape[1:3] if self.rows else (1, 1)

    @property
    def _room(self) -> MosaicRoom:
        n_rows, n_columns = (max(n, 1) for n in self.n_cells)
        return MosaicRoom(
            width=self.width(),
            n_rows=n_rows,
            n_columns=n_columns,
            image=self._image_size(),
            smallest=self._smallest,
            line=self.fontMetrics().height(),
            name_line=QFontMetrics(self._small_font()).height(),
            widest_label=self._widest_label(),
            n_captioned=sum(bool(row.captions) for row in self.rows),
            is_narrow=self._is_narrow,
        )

    def missing_height(self, height: int, most: int) -> int:
        """Return how much more larger images need, at most ``most``; 0 if that is no help."""
        return self._room.missing_height(height, most)

    def minimumSizeHint(self) -> QSize:
        """Small enough to read, in as many bands as the present width needs."""
        room = self._room
        across = min(room.n_columns, _LEAST_COLUMNS) * (room.cell_size(room.least)[0] + GAP)
        return QSize(room.widest_label + across, room.least_height())

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return self.minimumSizeHint() * 1.6

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where an image is painted; nowhere for one that is not there."""
        if row >= len(self.rows):
            return QRect()
        place, (width, height) = self._place, self._place.cell
        band, column = divmod(column, place.per_band)
        x = place.left + column * place.column_width + (place.column_width - width) // 2
        return QRect(x, band * place.tops[-1] + place.tops[row], width, height)

    def resizeEvent(self, event: QEvent) -> None:
        """Lay out anew; another width may need other bands."""
        self._laid_out = None
        self.updateGeometry()
        self.update()

    def showEvent(self, event: QEvent) -> None:
        """Ask for room anew: a hidden widget is not heard when its content grows or shrinks."""
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint header, labels, images and captions."""
        # A painter that goes on after an exception would end the process.
        with QPainter(self) as painter:
            self._paint(painter, event.region())

    def changeEvent(self, event: QEvent) -> None:
        """Lay out anew in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._laid_out = None
            self.update()

    def _paint(self, painter: QPainter, region: QRegion) -> None:
        place = self._place
        painter.setPen(QColor(self._theme.text))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        metrics = painter.fontMetrics()  # bold words are wider
        for column, name in enumerate(self._names if self.rows else ()):
            band, place_in_band = divmod(column, place.per_band)
            x = place.left + place_in_band * place.column_width
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, place.column_width - 2)
            top = band * place.tops[-1] + place.above
            high = place.tops[0] - place.above - self._room.above
            box = QRect(x, top, place.column_width, high)
            if region.intersects(box):
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setFont(self._small_font())
        for index, row in enumerate(self.rows):
            if any(region.intersects(strip) for strip in self._strips(index)):
                self._paint_row(painter, index, row)
        if self._marked is not None and self._marked < len(self._names):
            painter.setPen(QPen(QColor(self._theme.best), 2))
            for index in range(len(self.rows)):
                painter.drawRect(self.cell_rect(index, self._marked).adjusted(-1, -1, 1, 1))
        if self._opened is not None and self._opened[0] < len(self.rows):
            painter.setPen(QPen(QColor(self._theme.accent), 3))
            painter.drawRect(self.cell_rect(*self._opened).adjusted(-2, -2, 1, 1))
        if self.hasFocus() and self.rows and self._names:
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRect(self.cell_rect(*self.current).adjusted(-2, -2, 1, 1))

    def _paint_row(self, painter: QPainter, index: int, row: MosaicRow) -> None:
        place, metrics = self._place, painter.fontMetrics()
        height, width = row.rgb.shape[1:3]
        painter.setPen(QColor(self._theme.muted))
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        above = self._room.above
        for column in range(0, len(self._names), place.per_band):
            first = self.cell_rect(index, column)
            if above:
                line = QRect(first.left(), first.top() - above, self.width() - first.left(), above)
                painter.drawText(line, middle, row.label)
            else:
                label = QRect(0, first.top(), place.left - _LABEL_GAP, first.height())
                painter.drawText(label, right | middle, row.label)
        if above and row.limit is not None and self._is_narrow:
            line = self._strips(index)[0]
            line.setHeight(above)
            line.setLeft(line.right() - scale_width(metrics, row.limit))
            paint_scale(painter, line, row.limit, self._theme)
            painter.setPen(QColor(self._theme.muted))
        for column in range(len(row.rgb)):
            cell = self.cell_rect(index, column)
            missing = row.missing[column] if row.missing else ""
            if missing:
                painter.setPen(QPen(QColor(self._theme.border), 1, Qt.PenStyle.DashLine))
                painter.drawRect(cell.adjusted(0, 0, -1, -1))
                painter.setPen(QColor(self._theme.muted))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                fits = cell.contains(painter.boundingRect(cell, flags, missing))
                painter.drawText(cell, flags, missing if fits else "–")  # hovering says the words
            else:
                source = QRectF(0, column * height, width, height)
                painter.drawImage(QRectF(cell), self._images[index], source)
            if row.captions:
                box = QRect(
                    cell.center().x() - place.column_width // 2,
                    cell.bottom() + 1,
                    place.column_width,
                    metrics.height(),
                )
                painter.setPen(QColor(self._theme.text))
                text = row.captions[column]
                # What it is taken for says more than how surely.
                brief = text.replace("  0.", "  .")  # two spaces: "1 .97" would be read as 1.97
                wordings = text, brief, brief.replace("→ ", "→"), text.split("  ")[0]
                text = fitting(metrics, wordings, box.width() - 2)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _neighbour(self, down: int, right: int) -> tuple[int, int]:
        """Return the cell beside the current one; below the last row the next band begins."""
        row, column = self.current[0] + down, self.current[1] + right
        n_rows, n_columns, per_band = len(self.rows), len(self._names), self._place.per_band
        if row >= n_rows and column + per_band < n_columns:
            row, column = 0, column + per_band
        elif row < 0 and column - per_band >= 0:
            row, column = n_rows - 1, column - per_band
        return min(max(row, 0), n_rows - 1), min(max(column, 0), n_columns - 1)

    def _words_at(self, row: int, column: int, point: QPoint) -> tuple[str, str]:
        return self.describe(row, column, point), self.rows[row].help

    def describe(self, row: int, column: int, point: QPoint | None = None) -> str:
        """Return what is at a cell, with the value of the pixel under ``point``."""
        shown = self.rows[row]
        words = f"{shown.label}, class {self._names[column]}"
        if shown.missing and shown.missing[column]:
            return f"{words}: {shown.missing[column]}"
        if shown.captions and shown.captions[column]:
            words += f", {shown.captions[column]}"
        if point is not None:
            cell = self.cell_rect(row, column)
            values = shown.values[column]
            words += f": {pixel_words(values, pixel_at(point, cell, values.shape))}"
        return words
