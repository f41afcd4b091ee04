"""What is painted beside words: larger words take no room from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics

from gui.theme import USUAL, apply_font
from gui.widgets.bars.difference_bars import DifferenceBars
from gui.widgets.bars.quartile_rows import QuartileRows
from gui.widgets.images.history_plot import HistoryPlot
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture(params=[150, 200])
def percent(request: pytest.FixtureRequest, app: QApplication) -> Iterator[int]:
    yield request.param
    apply_font(app, USUAL)


def image_height() -> tuple[ImageView, int]:
    view = ImageView("change", "help")
    view.resize(view.minimumSizeHint())
    view.show_grey(np.zeros((28, 28), np.float32), "caption")
    return view, view.image_rect().height()


def bars_height() -> tuple[DifferenceBars, int]:
    bars = DifferenceBars()
    bars.resize(bars.minimumSizeHint())
    return bars, int(bars._axis()) - bars.fontMetrics().height()


def row_height() -> tuple[QuartileRows, int]:
    rows = QuartileRows()
    rows.resize(rows.minimumSizeHint())
    return rows, rows.height() - 5 * rows.fontMetrics().height()


def curves_height() -> tuple[HistoryPlot, int]:
    plot = HistoryPlot()
    plot.resize(plot.minimumSizeHint())
    return plot, plot.frame().height()


@pytest.mark.parametrize("part", [image_height, bars_height, row_height, curves_height])
def test_larger_words_leave_what_is_painted_its_room(
    part: Callable, percent: int, app: QApplication, qtbot: QtBot
) -> None:
    heights = []
    for size in (USUAL, percent):
        apply_font(app, size)
        widget, height = part()
        qtbot.addWidget(widget)
        heights.append(height)
    assert heights[1] >= heights[0] > 0


def test_the_name_of_a_history_does_not_reach_its_axis(
    percent: int, app: QApplication, qtbot: QtBot
) -> None:
    apply_font(app, percent)
    plot = HistoryPlot()
    qtbot.addWidget(plot)
    for width in (plot.minimumSizeHint().width(), 240, 320):
        plot.resize(width, plot.minimumSizeHint().height())
        metrics, bold = QFontMetrics(plot.font()), QFontMetrics(plot._bold())
        axis = plot.frame().left() - metrics.horizontalAdvance("0.5")
        assert bold.horizontalAdvance("History") < axis
