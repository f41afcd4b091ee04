"""Two runs on the Robustness page: both in one scale, and one click from one run to two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import tiny_dataset
from gui_helpers import (
    choose,
    click,
    data_of,
    has_colour,
    hover,
    pixels,
    press,
    wait_for_state,
    wait_until,
)

from core.exact.curves import exact_robustness
from core.insight.diagnostics import weight_limit
from core.pictures import DIVERGING
from core.progress import finish
from gui.attack.robustness.page import DURING, TWO
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.attack.robustness.pair import RobustnessPair
    from gui.window.main_window import MainWindow


@pytest.fixture
def pair(window: MainWindow, qtbot: QtBot) -> RobustnessPair:
    """Return the panel, opened by its tab, once it shows the one run there is."""
    press(qtbot, window, "Ctrl+5")
    click(qtbot, window.robustness.switch.button(TWO))
    panel = window.robustness.tabs.panel(TWO)
    wait_until(qtbot, lambda: panel.mosaic.n_rows == 1)
    return panel


def train_other(pair: RobustnessPair, window: MainWindow, qtbot: QtBot) -> None:
    """Click the hint and wait until both runs are seen at their ends."""
    session = window.session
    first = session.runs.shown_key
    wait_until(qtbot, pair.train.isEnabled)
    click(qtbot, pair.train)
    wait_until(qtbot, lambda: session.runs.shown_key != first)
    wait_for_state(qtbot, session, RunState.FINISHED)

    def both() -> bool:
        curves = session.robustness.curves
        at_end = curves is not None and session.view.shown is not None and len(curves.exact) == 2
        return at_end and curves.request.models[0].weights is session.view.shown.weights

    wait_until(qtbot, both)


def test_one_run_alone_says_so_and_what_to_do(pair: RobustnessPair) -> None:
    assert "no other run" in pair.lines[1].text()
    assert not pair.other.isEnabled()
    assert pair.train.isVisible()
    assert pair.train.text() == "Train the same with an adversary"


def test_one_click_trains_the_same_with_an_adversary_and_keeps_the_run(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    first, before = session.runs.shown, session.view.training_config
    assert first is not None
    found = finish(exact_robustness(first.history.records[-1].weights, data_of(session).test,
                                    boxed=False))  # fmt: skip
    # What the form shows by now is another matter.
    session.wanted.set_setting("init", "uniform")
    train_other(pair, window, qtbot)
    config = session.view.training_config
    assert config.adversary == "l2"
    assert config.adversary_size == pytest.approx(found.median("l2"), rel=0.06)
    assert config.init == before.init
    assert session.view.data_config == first.data_config
    assert [entry.key for entry in session.runs.entries] == [first.key, session.runs.shown_key]
    assert not pair.train.isVisible()
    assert pair.other.currentData() == first.key


def test_both_runs_are_drawn_in_one_scale_with_their_numbers(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot
) -> None:
    train_other(pair, window, qtbot)
    session, plot = window.session, window.robustness.curves.plot
    runs = [session.runs.shown, session.runs.entries[0].run]
    weights = [run.history.records[-1].weights for run in runs if run is not None]
    limit = max(weight_limit(w) for w in weights)
    assert pair.colour_bar.limit == limit
    for row, w in enumerate(weights):
        shown = pair.mosaic.row(row)
        np.testing.assert_array_equal(shown.values, w[:, 1:].reshape(10, 8, 8))
        half = len(DIVERGING) // 2
        expected = DIVERGING[np.rint(w[3, 1:].reshape(8, 8) / limit * half).astype(int) + half]
        off = np.abs(shown.rgb[3].astype(int) - expected)
        assert (off <= 4).all()  # a neighbouring colour where a rounding went the other way
        found = finish(exact_robustness(w, data_of(session).test, boxed=False))
        words = pair.lines[row].text()
        assert f"score {found.score:.4f}" in words
        assert f"median exact size {found.median('l2'):.3g}" in words
        assert "epoch 12" in words
    assert "adversary of length" in pair.lines[0].text()
    assert "adversary" not in pair.lines[1].text()
    (behind,) = plot.runs
    entry = session.runs.entries[0]
    assert behind.colour == window.theme.runs[entry.colour]
    seen = pixels(pair.signs[1])
    assert has_colour(seen, window.theme.runs[entry.colour]).sum() > 20
    choose(qtbot, window.robustness.curves.norm, 1)
    wait_until(qtbot, lambda: "largest" in pair.lines[0].text())


def test_another_run_can_be_chosen_and_a_hidden_one_is_drawn_again(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    train_other(pair, window, qtbot)
    session.wanted.set_setting("adversary", "off")
    session.wanted.set_setting("seed", 5)
    session.wanted.set_setting("learning_rate", 0.02)
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: len(session.runs.entries) == 3)
    wait_for_state(qtbot, session, RunState.FINISHED)
    oldest, newest, _ = session.runs.entries
    wait_until(qtbot, lambda: pair.other.currentData() == newest.key)
    choose(qtbot, pair.other, pair.other.findData(oldest.key))
    wait_until(qtbot, lambda: pair.mosaic.n_rows == 2 and pair.mosaic.row(1).label == oldest.name)
    session.runs.set_visible(oldest.key, False)
    wait_until(qtbot, lambda: pair.other.currentData() == newest.key)
    session.runs.set_visible(newest.key, False)
    wait_until(qtbot, lambda: "hidden" in pair.lines[1].text())
    choose(qtbot, pair.other, pair.other.findData(newest.key))
    wait_until(qtbot, lambda: pair.mosaic.n_rows == 2 and pair.mosaic.row(1).label == newest.name)
    entry = session.runs.entry(newest.key)
    assert entry is not None
    assert entry.is_visible


def test_of_adversarial_runs_alone_the_plain_one_is_offered(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    train_other(pair, window, qtbot)
    session.view.remove_run(session.runs.entries[0].key)
    wait_until(qtbot, pair.train.isVisible)
    assert pair.train.text() == "Train the same without an adversary"
    train_other(pair, window, qtbot)
    assert session.view.training_config.adversary == "off"


def test_hovering_reads_weights_and_a_click_opens_them(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot
) -> None:
    shown = window.session.view.shown
    assert shown is not None
    cell = pair.mosaic.cell_rect(0, 4)
    hover(pair.mosaic, cell.center())
    found = re.fullmatch(r"run 1, class 4: pixel \((\d), (\d)\) = (.*)", window.hover_words.text())
    assert found is not None
    y, x = int(found[1]), int(found[2])
    assert found[3] == f"{shown.weights[4, 1:].reshape(8, 8)[y, x]:.4g}"
    assert {y, x} <= {3, 4}  # the middle
    click(qtbot, pair.mosaic, cell.center())
    assert window.robustness.card.isVisible()
    assert "weights of class 4" in window.robustness.card.content.title
    window.robustness.card.close()


def test_what_stands_in_the_line_of_the_tabs_goes_with_its_tab(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot
) -> None:
    assert pair.other.isVisible()
    click(qtbot, window.robustness.switch.button(DURING))
    assert not pair.other.isVisible()
    assert window.robustness.epochs.isVisible()
    click(qtbot, window.robustness.switch.button(TWO))
    assert pair.other.isVisible()
    for theme in (DARK, LIGHT):
        window.use_theme(theme)
        assert has_colour(pixels(pair.colour_bar), theme.muted).sum() > 10


@pytest.mark.parametrize("n_classes", [2, 47])
def test_other_numbers_of_classes_fit(
    pair: RobustnessPair, window: MainWindow, qtbot: QtBot, tmp_path: Path, n_classes: int
) -> None:
    data = tiny_dataset(400, 200, shape=(8, 8), n_classes=n_classes)
    path = tmp_path / "other.npz"
    parts = {}
    for name, split in (("train", data.train), ("test", data.test)):
        images = (split.images.reshape(-1, 8, 8) * 255).astype(np.uint8)
        parts |= {f"x_{name}": images, f"y_{name}": split.labels}
    np.savez(path, **parts)
    session = window.session
    session.open(str(path))
    wait_until(qtbot, lambda: data_of(session).n_classes == n_classes)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: pair.mosaic.n_rows == 1 and len(pair.mosaic.row(0).rgb) == n_classes)
    train_other(pair, window, qtbot)
    wait_until(qtbot, lambda: pair.mosaic.n_rows == 2)
    qtbot.wait(50)
    last = pair.mosaic.cell_rect(1, n_classes - 1)
    assert pair.mosaic.rect().contains(last)
    assert pair.mosaic.width() <= pair.width()
    assert last.width() >= 30
