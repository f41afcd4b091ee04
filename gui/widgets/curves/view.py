"""What a plot is painted in: axes around a box, without what pyqtgraph makes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsGridLayout, QSizePolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget


class PlotArea(pg.GraphicsWidget):
    """A box with an axis on its left and below it.

    It stands for pyqtgraph's ``PlotItem`` and answers to its names. A ``PlotItem`` makes menus
    of dozens of widgets, which nobody can open here and which cost more than all else of a plot.

    Parameters
    ----------
    box : where curves are
    axes : "left" and "bottom"
    """

    def __init__(self, box: pg.ViewBox, axes: Mapping[str, pg.AxisItem]) -> None:
        super().__init__()
        self._box, self._axes = box, dict(axes)
        layout = QGraphicsGridLayout()
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        self.setLayout(layout)
        layout.addItem(box, 0, 1)
        for name, place in (("bottom", (1, 1)), ("left", (0, 0))):
            axis = self._axes[name]
            axis.linkToView(box)
            layout.addItem(axis, *place)
            axis.setZValue(0.5)  # above images
        for i in (0, 1):
            layout.setRowPreferredHeight(i, 0)
            layout.setRowMinimumHeight(i, 0)
            layout.setColumnPreferredWidth(i, 0)
            layout.setColumnMinimumWidth(i, 0)
        layout.setRowStretchFactor(0, 100)
        layout.setRowStretchFactor(1, 1)
        layout.setColumnStretchFactor(0, 1)
        layout.setColumnStretchFactor(1, 100)

    def getViewBox(self) -> pg.ViewBox:
        """Return where curves are."""
        return self._box

    def getAxis(self, name: str) -> pg.AxisItem:
        """Return one axis."""
        return self._axes[name]

    def show_grid(self, *, x: bool, y: bool, alpha: float) -> None:
        """Draw lines across the box where an axis has ticks."""
        for name, wanted in (("bottom", x), ("left", y)):
            self._axes[name].setGrid(int(255 * alpha) if wanted else False)


class PlotView(pg.GraphicsView):
    """The widget that shows a :class:`PlotArea`."""

    def __init__(
        self, box: pg.ViewBox, axes: Mapping[str, pg.AxisItem], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.enableMouse(False)
        self._area = PlotArea(box, axes)
        self.setCentralItem(self._area)

    def getPlotItem(self) -> PlotArea:
        """Return box and axes."""
        return self._area

    def setXLink(self, other: PlotView) -> None:
        """Show the same epochs as another plot."""
        self._area.getViewBox().setXLink(other.getPlotItem().getViewBox())
