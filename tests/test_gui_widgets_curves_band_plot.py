"""A curve with its band, and bars against epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_helpers import has_colour, pixels, wait_until

from gui.theme import LIGHT
from gui.widgets.curves.band_plot import EpochBars
from gui.widgets.curves.plot import Curve

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_every_bar_is_seen_however_many_there_are(qtbot: QtBot) -> None:
    """As of a run of 5,000 epochs of which every sixteenth was read, and one close to another."""
    bars = EpochBars("BARS", [Curve("up", "good")], "help")
    qtbot.addWidget(bars)
    bars.resize(600, 120)
    epochs = np.unique(np.append(np.arange(0, 5001, 250), 4997))
    heights = np.ones(len(epochs))
    bars.set_data("up", epochs.astype(float), heights)
    bars.set_x_range(0, 5000)
    bars.show()
    wait_until(qtbot, bars.isVisible)
    painted = has_colour(pixels(bars.view), LIGHT.good)
    columns = painted.any(axis=0)
    starts = np.count_nonzero(columns[1:] & ~columns[:-1]) + int(columns[0])
    assert starts == len(epochs) - 1  # the two that are three epochs apart are one


def test_a_bar_that_goes_on_beyond_the_picture_has_an_arrow(qtbot: QtBot) -> None:
    up, down = Curve("right", "good"), Curve("wrong", "bad")
    bars = EpochBars("TURNED", (up, down), "help", downward=frozenset({"wrong"}), n_cut=2)
    qtbot.addWidget(bars)
    bars.resize(400, 160)
    x = np.arange(1.0, 7.0)
    bars.set_data("right", x, np.array([900.0, 5, 6, 7, 8, 9]))
    bars.set_data("wrong", x, np.array([3.0, 800, 6, 7, 8, 9]))
    assert bars.edges.cut == ((1.0, True), (2.0, False))
    painted = pixels(bars.view)
    arrows = [tip.boundingRect() for _, tip, _, words in bars.edges._placed if not words]
    assert len(arrows) == 2
    assert all(bars.box.rect().contains(arrow) for arrow in arrows)
    bars.set_data("right", x, np.array([4.0, 5, 6, 7, 8, 9]))
    bars.set_data("wrong", x, np.array([3.0, 8, 6, 7, 8, 9]))
    assert not bars.edges.cut
    assert (pixels(bars.view) != painted).any()
