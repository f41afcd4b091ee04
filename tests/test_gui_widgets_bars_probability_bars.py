"""The bars of probabilities: of a film's next step no more is painted than has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import Painted, has_colour, pixels
from PySide6.QtCore import QRect

from gui.theme import LIGHT, USUAL, apply_font
from gui.widgets.bars.probability_bars import ProbabilityBars

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

NAMES = [f"class {k}" for k in range(10)]
BEFORE = np.array([0.5, 0.3, 0.2, *7 * [0.0]])


@pytest.fixture
def bars(qtbot: QtBot) -> ProbabilityBars:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(240, 240)
    bars.set_probabilities(NAMES, BEFORE, true=0, target=1)
    bars.show()
    return bars


def test_only_lines_that_change_are_painted(bars: ProbabilityBars) -> None:
    painted = Painted(bars)
    bars.set_probabilities(NAMES, np.array([0.5, 0.25, 0.25, *7 * [0.0]]), true=0, target=1)
    painted.settle()
    assert painted.region.intersects(bars.bar_rect(1).toRect())
    assert painted.region.intersects(bars.bar_rect(2).toRect())
    for k in (0, *range(4, 10)):
        assert not painted.region.intersects(bars.bar_rect(k).toRect()), f"class {k}"
    painted.forget()
    bars.set_probabilities(NAMES, np.array([0.5, 0.25, 0.25, *7 * [1e-9]]), true=0, target=1)
    painted.settle()
    assert painted.n_paints == 0


def test_a_target_that_is_the_true_class_has_both_marks(bars: ProbabilityBars) -> None:
    bars.set_probabilities(NAMES, BEFORE, true=1, target=1)
    row = bars.bar_rect(1).toRect()
    mark = pixels(bars, QRect(0, row.top() - 3, 13, row.height() + 6))
    for colour in (LIGHT.good, LIGHT.bad):
        assert has_colour(mark, colour).any()


@pytest.mark.parametrize(
    "change",
    [
        {"names": [f"a longer name {k}" for k in range(10)]},
        {"true": 3},
        {"target": 2},
        {"probabilities": BEFORE[::-1]},
        {"logits": 5 * BEFORE},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_seen_is_what_is_painted_anew(bars: ProbabilityBars, change: dict) -> None:
    given = {"names": NAMES, "probabilities": BEFORE, "true": 0, "target": 1}
    pixels(bars)
    for wanted in (given | change, given):
        painted = Painted(bars)
        before = pixels(bars)
        painted.forget()
        bars.set_probabilities(**wanted)
        painted.settle()
        rows = np.flatnonzero((pixels(bars) != before).any(axis=(1, 2)))
        assert len(rows)
        for y in rows.tolist():
            assert painted.region.contains(bars.rect().adjusted(0, y, 0, y - bars.height() + 1))


def test_of_many_classes_large_text_shows_fewer_and_of_ten_always_all(
    app: QApplication, qtbot: QtBot
) -> None:
    shown = {}
    for percent in (USUAL, 200):
        apply_font(app, percent)
        for n_classes in (10, 47):
            bars = ProbabilityBars()
            qtbot.addWidget(bars)
            bars.resize(300, 340)
            names = tuple(str(k) for k in range(n_classes))
            bars.set_probabilities(names, np.full(n_classes, 1 / n_classes))
            shown[percent, n_classes] = len(bars.shown_classes())
    apply_font(app, USUAL)
    assert shown[USUAL, 10] == shown[200, 10] == 10
    assert shown[200, 47] <= shown[USUAL, 47] // 2 + 1
