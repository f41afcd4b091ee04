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


def strip_of(
    qtbot: QtBot, size: tuple[int, int], below: tuple[tuple[str, ...], ...], n: int = 12
) -> ImageStrip:
    strip = ImageStrip("strip", "help", wraps=True, side=84)
    qtbot.addWidget(strip)
    strip.setStyleSheet("font-size: 13px")
    strip.set_images([StripImage(i, np.zeros((28, 28)), below, f"{i}") for i in range(n)])
    strip.resize(*size)
    strip.show()
    return strip


def test_images_in_rows_grow_and_move_apart_as_far_as_there_is_room(qtbot: QtBot) -> None:
    for size in ((600, 350), (620, 320), (300, 130), (900, 500)):
        strip = strip_of(qtbot, size, (("8 → 3",), ("0.29",)))
        places = [strip.cell_rect(0, i) for i in range(strip.n_cells[1])]
        assert all(strip.rect().contains(place) for place in places), size
        side = places[0].width()
        assert side >= 84, size
        assert side % 28 == 0, size
        assert not any(a.intersects(b) for a in places for b in places if a != b), size
    strip = strip_of(qtbot, (600, 350), (("8 → 3",), ("0.29",)))
    assert strip.n_cells[1] >= 10
    assert strip.cell_rect(0, 0).width() == 112
    last = strip.cell_rect(0, strip.n_cells[1] - 1)
    assert strip.height() - last.bottom() < 60
    assert strip.width() - last.right() < 30


def test_words_below_images_are_all_of_one_kind(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, (400, 130), (("0.01 3→5", "0.01"),), n=4)
    usual = pixels(strip)
    longer = StripImage(9, np.zeros((28, 28)), (("0.01 cardigan→trousers", "0.01"),), "9")
    strip.set_images([*strip.images[:3], longer])
    assert strip.n_cells[1] == 4
    now = pixels(strip)
    first = strip.cell_rect(0, 0)
    below = slice(first.bottom() + 2, None), slice(first.left(), first.right())
    assert (now[below] != usual[below]).any(), "it says less, too"
