"""What the tests of the Draw page share: strokes of the mouse, and the ink they should leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gui_helpers import (
    LEFT,
    has_colour,
    pixels,
    wait_until,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.drawing.ink import FULL, SHEET_SIDE, draw_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.images.draw.panel import DrawPanel
    from gui.widgets.canvas.canvas import Canvas

NONE = Qt.KeyboardModifier.NoModifier
SEVEN = ((0.2, 0.15), (0.35, 0.15), (0.5, 0.15), (0.44, 0.35), (0.38, 0.6))
"""Places of a stroke, (x, y) as parts of the sheet: small, and off the middle."""


def on_widget(canvas: Canvas, place: tuple[float, float]) -> QPoint:
    rect = canvas.sheet_rect()
    point = rect.topLeft() + QPointF(place[0] * rect.width(), place[1] * rect.height())
    return point.toPoint()


def on_sheet(canvas: Canvas, point: QPoint) -> tuple[float, float]:
    """Return where a point of the widget is, in pixels of the sheet."""
    rect, (height, width) = canvas.sheet_rect(), canvas.ink.shape
    x = (point.x() - rect.left()) / rect.width() * width
    return x, (point.y() - rect.top()) / rect.height() * height


def draw(
    canvas: Canvas,
    places: Sequence[tuple[float, float]] = SEVEN,
    button: Qt.MouseButton = LEFT,
) -> list[QPoint]:
    """Draw one stroke with the mouse; return its points."""
    points = [on_widget(canvas, place) for place in places]
    QTest.mousePress(canvas, button, NONE, points[0])
    for point in points[1:]:
        move(canvas, point, button)
    QTest.mouseRelease(canvas, button, NONE, points[-1])
    return points


def move(canvas: Canvas, point: QPoint, button: Qt.MouseButton) -> None:
    """Move the mouse with a button held, sent to the widget itself."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(canvas.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        button,
        NONE,
    )
    QApplication.sendEvent(canvas, event)


def expected_ink(
    canvas: Canvas, points: Sequence[QPoint], widths: Sequence[float] | None = None
) -> NDArray[np.float32]:
    """Return the ink of one stroke as the core draws it on an empty sheet."""
    sheet = np.zeros(canvas.ink.shape, dtype=np.uint8)
    places = [on_sheet(canvas, point) for point in points]
    widths = widths or [canvas.pen_width * SHEET_SIDE] * len(points)
    draw_line(sheet, places[0], places[0], (widths[0], widths[0]))
    for k in range(1, len(places)):
        draw_line(sheet, places[k - 1], places[k], (widths[k - 1], widths[k]))
    return sheet / np.float32(FULL)


def assert_same_ink(ink: NDArray[Any], expected: NDArray[Any]) -> None:
    """One level of rounding aside."""
    np.testing.assert_allclose(ink, expected, atol=1.01 / FULL)


def painted_ink(canvas: Canvas, colour: str) -> int:
    """Return how many pixels of the screen have the colour of full ink."""
    return int(has_colour(pixels(canvas), colour).sum())


def settled(qtbot: QtBot, page: DrawPanel) -> None:
    """Wait until the pictures have followed."""
    later = page.findChild(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    wait_until(qtbot, lambda: not later.isActive())
