"""A wall of images, as seen: only what is in view is painted, and that in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from gui.theme import DARK, LIGHT, Theme
from gui.widgets.basics.fitting_words import as_title, remembering
from gui.widgets.images.wall_levels import WallLevels
from gui.widgets.images.wall_picture import Inks, WallLayout, Zoom, nearest_zoom, paint_rows, zooms

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from core.report.figures import Pictures
    from gui.widgets.images.wall_picture import WallContent

USUAL_SIDE = 84
"""Of an image at first, in pixels as seen: three times MNIST's own, with room for a caption."""

NOTCH, NOTCH_EDGE = DARK.best, "#000000"
"""Marks on the images themselves, which are the same in both themes: seen on ink and on ground."""

_CAPTION_SIDE = 40
"""Below narrower images no caption could be read."""

_CAPTION_FONT = 0.88
_SMALLEST_STEP = 16
"""Device pixels that one line of the wheel scrolls at least."""


class WallView(QAbstractScrollArea):
    """Paints a :class:`WallContent` and keeps its place when another one is put up."""

    zoom_changed = Signal(int, int)
    """Which of how many zooms is used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.content: WallContent | None = None
        """What is shown."""
        self.empty_words = ""
        """What is said where there is no image."""
        self._side = float(USUAL_SIDE)
        self._zooms = [Zoom()]
        self.zoom_index = 0
        """Which of the zooms is used."""
        self.layout_now: WallLayout | None = None
        """Where the cells are, in device pixels."""
        self._levels: WallLevels | None = None
        self._cell = 0
        self.current: int | None = None
        """Row of the current image, if one is chosen and shown."""
        self._anchor: int | None = None
        self._moving = False
        self.first: QWidget | None = None
        """What stands on the wall before the first image, as large as an image."""
        self._fits = remembering(self._caption_metrics())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("wall of images")

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.viewport().update()

    def set_first(self, widget: QWidget) -> None:
        """Let a widget stand before the first image."""
        self.first = widget
        widget.setParent(self.viewport())
        self._lay_out()

    def set_empty_words(self, words: str) -> None:
        """Say this where there is no image."""
        self.empty_words = words
        if self.content is None or not len(self.content.order):
            self.setAccessibleDescription(words)
        self.viewport().update()

    def set_content(self, content: WallContent | None, *, keep_place: bool) -> None:
        """Show other images, from the first on or from where one is.

        Keeping its place, a wall that hangs as stored goes on with the image that was first in
        view, others with the same line.
        """
        anchor = self._anchor if keep_place else None
        value = self.verticalScrollBar().value() if keep_place else 0
        shape_is_new = self.content is None or (
            content is not None and content.image_shape != self.content.image_shape
        )
        self.content = content
        if content is None or (self._levels and self._levels.images is not content.images):
            self._levels = None  # images that are gone are not kept
        if not keep_place:
            self.current, self._cell, self._anchor = None, 0, None
        self._find_current()
        if content is not None and shape_is_new:
            self._choose_zooms()
        self._lay_out()
        layout = self.layout_now
        if layout is not None and content is not None:
            if anchor is not None and content.as_stored and len(content.order):
                cell_h = layout.cell_size[0]
                top = layout.corner(int(np.searchsorted(content.order, anchor)))[0]
                value = top + value % cell_h
            self._scroll_to(value)
        self.viewport().update()

    def _find_current(self) -> None:
        """Find the current image among others, or remember only its place."""
        cell = None if self.current is None else self._cell_of(self.current)
        if cell is None:
            self.current = None
        else:
            self._cell = cell
        if self.content is not None:
            self._cell = min(self._cell, max(0, len(self.content.order) - 1))

    def _cell_of(self, row: int) -> int | None:
        if self.content is None:
            return None
        places = np.flatnonzero(self.content.order == row)
        return int(places[0]) if len(places) else None

    @property
    def _ratio(self) -> float:
        return self.devicePixelRatioF()

    def _caption_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * _CAPTION_FONT)
        return font

    def _caption_metrics(self) -> QFontMetrics:
        return QFontMetrics(self._caption_font(), self.viewport())

    def _choose_zooms(self) -> None:
        """Offer the zooms of these images and this screen, and keep to the wanted size."""
        if self.content is None:
            return
        shape = self.content.image_shape
        self._zooms = zooms(shape, self._ratio)
        self.zoom_index = nearest_zoom(self._zooms, shape, self._side * self._ratio)
        self.zoom_changed.emit(self.zoom_index, len(self._zooms))

    def _lay_out(self) -> None:
        content, ratio = self.content, self._ratio
        bar = self.verticalScrollBar()
        if content is None or not len(content.order):
            self.layout_now = None
            bar.setRange(0, 0)
            self._place_first()
            return
        zoom = self._zooms[self.zoom_index]
        width = zoom.size(content.image_shape)[1]
        caption = 0
        if width >= _CAPTION_SIDE * ratio:
            caption = round(self._caption_metrics().height() * ratio)
        breath = max(1, round(max(zoom.size(content.image_shape)) / 28))
        self.layout_now = layout = WallLayout(
            n_cells=len(content.order),
            image_shape=content.image_shape,
            zoom=zoom,
            margin=self._stroke + breath,
            caption=caption,
            width=round(self.viewport().width() * ratio),
            lead=int(self.first is not None),
        )
        seen = round(self.viewport().height() * ratio)
        bar.setPageStep(seen)
        bar.setSingleStep(max(_SMALLEST_STEP, layout.cell_size[0] // 2))
        # Scrolling from here is not a person's doing.
        moving, self._moving = self._moving, True
        bar.setRange(0, max(0, layout.height - seen))
        self._moving = moving
        self._place_first()

    def _place_first(self) -> None:
        """Move what stands before the first image to its place, scrolled with the images."""
        if self.first is None:
            return
        if self.layout_now is None:
            corner, side = QPoint(self._stroke, self._stroke), round(self._side)
            self.first.setGeometry(QRect(corner, QSize(side, side)))
        else:
            self.first.setGeometry(self.cell_rect(-1))

    @property
    def _stroke(self) -> int:
        return max(1, round(2 * self._ratio))

    def cell_rect(self, cell: int) -> QRect:
        """Return where the image of a cell is in the viewport."""
        layout, ratio = self.layout_now, self._ratio
        assert layout is not None
        top, left = layout.corner(cell)
        height, width = layout.image_size
        y = top + layout.margin - self.verticalScrollBar().value()
        box = QRectF((left + layout.margin) / ratio, y / ratio, width / ratio, height / ratio)
        return box.toAlignedRect()

    def cell_at(self, point: QPoint) -> int | None:
        """Return the cell at a point of the viewport, if there is one."""
        if self.layout_now is None:
            return None
        return self.layout_now.cell_at(*self._on_wall(point))

    def _on_wall(self, point: QPoint) -> tuple[float, float]:
        ratio = self._ratio
        return (point.y() + 0.5) * ratio + self.verticalScrollBar().value(), (
            point.x() + 0.5
        ) * ratio

    def visible_cells(self) -> range:
        """Return the cells that are at least partly in view."""
        layout = self.layout_now
        if layout is None:
            return range(0)
        top = self.verticalScrollBar().value()
        seen = round(self.viewport().height() * self._ratio)
        return layout.cells_of(*layout.rows_between(top, top + seen))

    def figure(self) -> Pictures | None:
        """Return the images in view; None where there is none."""
        content, layout, cells = self.content, self.layout_now, self.visible_cells()
        if content is None or layout is None or not len(cells):
            return None
        from core.report.figures import Cell, Pictures

        shown = (
            Cell(
                f"#{row}",
                content.captions(row)[0],
                content.images[row].reshape(content.image_shape),
            )
            for row in content.order[cells.start : cells.stop].tolist()
        )
        return Pictures(as_title(self.accessibleName()), "", tuple(shown), columns=layout.n_columns)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(640, 420)

    @property
    def side(self) -> float:
        """The longer side of an image, in pixels as seen."""
        shape = (1, 1) if self.content is None else self.content.image_shape
        return max(self._zooms[self.zoom_index].size(shape)) / self._ratio

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images in view in one go, then what is written on them."""
        # An exception under a painter that goes on would end the process: what is computed comes
        # first, and the painter always ends.
        content, layout = self.content, self.layout_now
        cells, picture = self.visible_cells(), None
        if content is not None and layout is not None:
            picture = self._picture(content, layout, cells)
        with QPainter(self.viewport()) as painter:
            painter.fillRect(self.viewport().rect(), QColor(self._theme.surface))
            if layout is None or picture is None:
                painter.setPen(QColor(self._theme.muted))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                box = self.viewport().rect().adjusted(40, 20, -40, -20)
                painter.drawText(box, flags, self.empty_words)
                return
            top = layout.corner(cells.start)[0] - self.verticalScrollBar().value()
            height, width = picture.shape
            pixels = picture.view(np.uint8).reshape(-1).data
            image = QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(self._ratio)
            painter.drawImage(QPointF(layout.left / self._ratio, top / self._ratio), image)
            if layout.caption:
                self._paint_captions(painter, cells)
            if self.current is not None and self._cell in cells:
                colour = self._theme.accent if self.hasFocus() else self._theme.text
                painter.setPen(QPen(QColor(colour), 2))
                painter.drawRect(self.cell_rect(self._cell).adjusted(-3, -3, 2, 2))

    def _picture(
        self, content: WallContent, layout: WallLayout, cells: range
    ) -> NDArray[np.uint32]:
        """Return the rows in view."""
        wanted = content.images, content.image_shape, layout.zoom.shrink
        if self._levels is None or not self._levels.fits(*wanted):
            self._levels = WallLevels(*wanted)
        rows = content.order[cells.start : cells.stop]
        return paint_rows(
            layout,
            self._levels.of(rows),
            None if content.framed is None else content.framed[rows],
            None if content.notched is None else content.notched[rows],
            self._inks(),
            self._stroke,
            (cells.start + layout.lead) % layout.n_columns,
        )

    def _inks(self) -> Inks:
        words = (self._theme.surface, self._theme.bad, NOTCH, NOTCH_EDGE)
        return Inks(*(QColor(word).rgb() for word in words))

    def _paint_captions(self, painter: QPainter, cells: range) -> None:
        """Write below every image; hundreds of times a frame, so with as little as can be."""
        content, layout, ratio = self.content, self.layout_now, self._ratio
        assert content is not None
        assert layout is not None
        painter.setFont(self._caption_font())
        metrics = painter.fontMetrics()
        inks = QColor(self._theme.muted), QColor(self._theme.bad)
        cell_h, cell_w = layout.cell_size
        room = int(cell_w / ratio) - 2
        below = layout.margin + layout.image_size[0] + self._stroke
        top = below - self.verticalScrollBar().value()
        framed = content.framed
        for cell in cells:
            row = int(content.order[cell])
            line, column = divmod(cell + layout.lead, layout.n_columns)
            text, width = self._fits(content.captions(row), room)
            painter.setPen(inks[framed is not None and bool(framed[row])])
            x = (layout.left + (column + 0.5) * cell_w) / ratio - width / 2
            y = (top + line * cell_h) / ratio + metrics.ascent()
            painter.drawText(round(x), round(y), text)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew: what is in view is gathered in one go."""
        if not self._moving:
            self._remember_anchor()
        self._place_first()
        self.viewport().update()

    def _remember_anchor(self) -> None:
        """Remember the image that a person has put at the top."""
        cells = self.visible_cells()
        at_top = self.verticalScrollBar().value() == 0
        self._anchor = None
        if self.content is not None and len(cells) and not at_top:
            self._anchor = int(self.content.order[cells.start])

    def _scroll_to(self, value: float) -> None:
        self._moving = True
        self.verticalScrollBar().setValue(round(value))
        self._moving = False

    def _show_cell(self, cell: int, *, in_the_middle: bool = False) -> None:
        """Scroll no further than is needed to see a cell whole."""
        layout = self.layout_now
        if layout is None:
            return
        bar = self.verticalScrollBar()
        seen = round(self.viewport().height() * self._ratio)
        top, height = layout.corner(cell)[0], layout.cell_size[0]
        if in_the_middle and not bar.value() <= top <= bar.value() + seen - height:
            bar.setValue(top - (seen - height) // 2)
        elif top < bar.value():
            bar.setValue(top)
        elif top + height > bar.value() + seen:
            bar.setValue(top + height - seen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the first image in view where it is."""
        super().resizeEvent(event)
        anchor = self._anchor
        self._lay_out()
        cell = None if anchor is None else self._cell_of(anchor)
        if cell is not None and self.layout_now is not None:
            self._scroll_to(self.layout_now.corner(cell)[0])

    def changeEvent(self, event: QEvent) -> None:
        """Lay out anew for another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fits = remembering(self._caption_metrics())
            self._lay_out()

    def event(self, event: QEvent) -> bool:
        """Lay out anew for another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fits = remembering(self._caption_metrics())
            self._choose_zooms()
            self._lay_out()
        return bool(super().event(event))
