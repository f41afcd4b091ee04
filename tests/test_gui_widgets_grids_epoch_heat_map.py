"""Classes and epochs as a map of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import click, has_colour, hover, pixels, press
from PySide6.QtCore import QPoint

from core.pictures import sequential_rgb
from gui.theme import DARK, LIGHT
from gui.widgets.basics.ticks import round_above
from gui.widgets.grids.epoch_heat_map import EpochHeatMap

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("n_classes", [2, 10, 47])
@pytest.mark.parametrize("n_epochs", [1, 2, 200, 512])
@pytest.mark.parametrize("size", [(420, 250), (900, 420)])
def test_every_cell_is_seen_and_found_again(
    qtbot: QtBot, n_classes: int, n_epochs: int, size: tuple[int, int]
) -> None:
    heat_map = EpochHeatMap()
    qtbot.addWidget(heat_map)
    heat_map.set_theme(DARK)
    heat_map.resize(*size)
    scores = np.random.default_rng(0).random((n_epochs, n_classes))
    names = [f"class {k}" for k in range(n_classes)]
    heat_map.set_scores(names, np.arange(n_epochs), scores, np.full(n_classes, 7))
    heat_map.set_marker(0)
    picture = pixels(heat_map)
    colours = sequential_rgb(scores, *heat_map.limits)
    whole = heat_map.cell_rect(0, 0).united(heat_map.cell_rect(0, n_epochs - 1))
    pointed: list[tuple[int, int] | None] = []
    heat_map.pointed.connect(pointed.append)
    for label in {0, 1, n_classes - 1}:
        for column in {0, n_epochs // 2, n_epochs - 1}:
            box = heat_map.cell_rect(label, column)
            assert heat_map.rect().contains(box)
            if box.width() * n_epochs <= whole.width() + n_epochs:
                hover(heat_map, box.center())
                assert pointed[-1] in (
                    (label, column),
                    (label, column + 1),  # more epochs than pixels
                )
    if n_epochs == 200 and n_classes == 10 and size[0] == 900:
        at = heat_map.cell_rect(4, 100).center()
        assert picture[at.y(), at.x()].tolist() == colours[100, 4].tolist()


def test_a_class_without_images_is_no_colour_of_the_scale(qtbot: QtBot) -> None:
    heat_map = EpochHeatMap()
    qtbot.addWidget(heat_map)
    heat_map.resize(400, 250)
    scores = np.array([[0.5, np.nan], [0.7, np.nan]])
    heat_map.set_scores(("a", "b"), np.arange(2), scores, np.array([10, 0]))
    assert heat_map.limits == pytest.approx((0.69, 0.7))
    picture = pixels(heat_map, heat_map.cell_rect(1, 0).adjusted(2, 2, -2, -2))
    assert has_colour(picture, LIGHT.raised).all()
    assert heat_map.describe(1, 0) == "class b at epoch 0: no image"


def test_equal_scores_are_high_not_low(qtbot: QtBot) -> None:
    heat_map = EpochHeatMap()
    qtbot.addWidget(heat_map)
    heat_map.resize(400, 250)
    heat_map.set_scores(("a", "b"), np.arange(3), np.ones((3, 2)), np.array([5, 5]))
    at = heat_map.cell_rect(0, 1).center()
    dark = sequential_rgb(np.array(1.0), 0.0, 1.0)
    assert pixels(heat_map)[at.y(), at.x()].tolist() == dark.tolist()


@pytest.mark.parametrize(
    ("step", "nice"), [(0.3, 0.5), (1, 1), (1.2, 2), (4, 5), (5.1, 10), (51, 100)]
)
def test_steps_between_epochs_are_round(step: float, nice: float) -> None:
    assert round_above(step) == nice


def test_empty_it_paints_nothing_and_bears_keys(qtbot: QtBot) -> None:
    widget = EpochHeatMap()
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
