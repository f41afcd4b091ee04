"""Small images beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import click, hover, pixels, press
from PySide6.QtCore import QPoint

from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_a_strip_shows_what_has_room(qtbot: QtBot) -> None:
    strip = ImageStrip("strip", "help")
    qtbot.addWidget(strip)
    picture = np.zeros((28, 28))
    strip.set_images([StripImage(i, picture, (("9 flips",), ("4",)), f"{i}") for i in range(20)])
    for width, height in ((400, 110), (200, 60), (900, 300)):
        strip.resize(width, height)
        n = strip.n_cells[1]
        assert 1 <= n <= 20
        assert strip.rect().contains(strip.cell_rect(0, n - 1))
        assert not strip.rect().contains(strip.cell_rect(0, n)) or n == 20
        pixels(strip)


@pytest.mark.parametrize("wraps", [False, True])
def test_the_shortest_words_are_never_cut_with_an_ellipsis(qtbot: QtBot, wraps: bool) -> None:
    strip = ImageStrip("strip", "help", wraps=wraps)
    qtbot.addWidget(strip)
    words = ("0.00981 3→5", "0.0098", ".0098")
    strip.set_images([StripImage(i, np.zeros((28, 28)), (words,), f"{i}") for i in range(20)])
    strip.setStyleSheet("font-size: 28px")
    strip.resize(400, 80)
    strip.ensurePolished()
    first, second = (strip.cell_rect(0, i).center().x() for i in range(2))
    assert second - first > strip.fontMetrics().horizontalAdvance(words[-1])
    assert strip.rect().contains(strip.cell_rect(0, strip.n_cells[1] - 1))


def test_empty_it_paints_nothing_and_bears_keys(qtbot: QtBot) -> None:
    widget = ImageStrip("strip", "help")
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    assert len(np.unique(pixels(widget).reshape(-1, 3), axis=0)) == 1
    for key in ("Right", "Return", "A"):
        press(qtbot, widget, key)
    hover(widget, QPoint(50, 50))
    click_point = QPoint(60, 60)
    widget.show()
    click(qtbot, widget, click_point)
    widget.hide()


def test_an_image_has_its_place_before_it_is_painted(qtbot: QtBot) -> None:
    mosaic = ImageMosaic()
    qtbot.addWidget(mosaic)
    mosaic.resize(400, 300)
    mosaic.set_columns(["a", "b"])
    assert mosaic.cell_rect(0, 1).isEmpty(), "no rows yet"
    mosaic.set_rows([MosaicRow("row", "help", np.zeros((2, 8, 8)))])
    place = mosaic.cell_rect(0, 1)
    assert not place.isEmpty()
    pixels(mosaic)
    assert mosaic.cell_rect(0, 1) == place
