"""Two runs on the Robustness page: both in one scale, and one click from one run to two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import tiny_dataset
from gui_helpers import (
    PAGE_SIZE,
    another_run,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    pixels,
    put_on,
    wait_for_state,
    wait_until,
)
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox

from core.exact.curves import exact_robustness, shown_size
from core.insight.diagnostics import weight_limit
from core.pictures import DIVERGING
from core.progress import finish
from core.words import at_least
from gui.attack.robustness.panel import RobustnessPanel
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.basics.short_number import exact_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gui.attack.robustness.pair import RobustnessPair
    from gui.session.session import Session

    Train = Callable[[], None]


@pytest.fixture
def page(new_panel: Callable[..., RobustnessPanel], session: Session) -> RobustnessPanel:
    """Return the page."""
    session.attack.measure.measure(boxed=False)
    return new_panel(RobustnessPanel, session, size=PAGE_SIZE)


@pytest.fixture
def pair(page: RobustnessPanel, qtbot: QtBot) -> RobustnessPair:
    """Return the card, once it shows the one run there is."""
    panel = page.pair
    wait_until(qtbot, lambda: len(panel.mosaic.rows) == 1)
    return panel


@pytest.fixture
def train_other(
    page: RobustnessPanel, pair: RobustnessPair, session: Session, qtbot: QtBot
) -> Callable[[], None]:
    """Return what clicks the hint and waits until both runs are seen at their ends."""

    def train() -> None:
        first = session.runs.shown_key
        wait_until(qtbot, pair.train.isEnabled)
        click(qtbot, pair.train)
        wait_until(qtbot, lambda: session.runs.shown_key != first)
        wait_for_state(qtbot, session, RunState.FINISHED)
        wait_until(qtbot, lambda: page.state.exact.is_settled)
        assert page.state.curves is not None
        assert len(page.state.curves.exact) == 2

    return train


def test_one_run_alone_says_so_and_what_to_do(page: RobustnessPanel, pair: RobustnessPair) -> None:
    assert "no other run" in pair.words.text()
    assert not page.head.other.isEnabled()
    assert pair.train.isVisible()
    assert pair.train.text() == "learn with an adversary"


def test_one_click_trains_the_same_with_an_adversary_and_keeps_the_run(
    pair: RobustnessPair, train_other: Train, session: Session
) -> None:
    first, before = session.runs.shown, session.view.training_config
    assert first is not None
    found = finish(exact_robustness(first.history.records[-1].weights, data_of(session).test,
                                    boxed=False))  # fmt: skip
    # What the form shows by now is another matter.
    session.wanted.set_setting("init", "uniform")
    train_other()
    config = session.view.training_config
    assert config.adversary == "l2"
    assert config.adversary_size == pytest.approx(found.median("l2"), rel=0.06)
    assert config.init == before.init
    assert session.view.data_config == first.data_config
    assert [entry.key for entry in session.runs.entries] == [first.key, session.runs.shown_key]
    assert not pair.train.isVisible()
    assert pair.words.text().startswith("run 1: median")


def test_both_runs_are_drawn_in_one_scale_with_their_numbers(
    page: RobustnessPanel, pair: RobustnessPair, train_other: Train, session: Session, qtbot: QtBot
) -> None:
    train_other()
    plot = page.curves.plot
    runs = [session.runs.shown, session.runs.entries[0].run]
    weights = [run.history.records[-1].weights for run in runs if run is not None]
    limit = max(weight_limit(w) for w in weights)
    assert pair.colour_bar.limit == limit
    for row, w in enumerate(weights):
        shown = pair.mosaic.rows[row]
        np.testing.assert_array_equal(shown.values, w[:, 1:].reshape(10, 8, 8))
        half = len(DIVERGING) // 2
        expected = DIVERGING[np.rint(w[3, 1:].reshape(8, 8) / limit * half).astype(int) + half]
        off = np.abs(shown.rgb[3].astype(int) - expected)
        assert (off <= 4).all()  # a neighbouring colour where a rounding went the other way
    found = [finish(exact_robustness(w, data_of(session).test, boxed=False)) for w in weights]
    words = pair.words.text()
    mine, its = (one.median("l2") for one in found)
    assert f"median {at_least(its)} instead of {at_least(mine)}" in words
    assert f"{found[1].score:.4f} instead of {found[0].score:.4f}" in words
    (behind,) = plot.runs.runs
    entry = session.runs.entries[0]
    assert behind.colour == session.runs.colour_of(entry)
    wait_until(qtbot, lambda: page.per_class.signs[1].isVisible())
    assert has_colour(pixels(page.per_class.rows), LIGHT.runs[entry.colour]).sum() > 40
    assert page.curves.plot.legend.words[-1].startswith("run 1 ")
    # The other way round it tells of the adversary.
    session.view.show_run(entry.key)
    wait_until(qtbot, lambda: "against an adversary of length" in pair.words.text())


def test_a_runaway_beside_or_shown_spoils_no_axis_and_no_colours(
    page: RobustnessPanel, pair: RobustnessPair, session: Session, qtbot: QtBot
) -> None:
    good = session.runs.shown_key
    away = another_run(qtbot, session, learning_rate=20.0, l2=0.2, epochs=3)
    for shown in (away, good):
        session.view.show_run(shown)
        session.view.show_epoch(3)
        wait_until(qtbot, lambda: len(pair.mosaic.rows) == 2)
        wait_until(qtbot, lambda: all(study.is_settled for study in page.state.studies))
        curves = page.state.curves
        assert curves is not None
        found = curves.exact[good]
        # The axes are those of the good run, in the picture and on paper.
        ends = [plot.box.viewRange() for plot in (page.curves.plot, page.epochs.plot)]
        assert ends[0][0][1] == shown_size(found, "l2")
        assert page.state.medians.answer is not None
        medians = page.state.medians.answer.found[good].medians
        assert ends[1][1][1] == pytest.approx(1.1 * medians[np.isfinite(medians)].max(), rel=0.05)
        rows = page.per_class.rows
        values = found.quartiles("l2") if shown == good else found.quartiles("l2")[1]
        assert rows.figure().y_limits == (
            0,
            pytest.approx(1.05 * values[np.isfinite(values)].max()),
        )
        # Where it leaves there is an arrow with its name.
        names = [end.name for end in page.epochs.plot.edges.found()]
        assert names == [session.runs.entry(away).name]
        pixels(page)
        # Its weights have a scale of their own, and that is said.
        limits = {row.label: row.limit for row in pair.mosaic.rows}
        assert limits["run 2"] > 1e6
        assert limits["run 1"] == pair.colour_bar.limit < 100
        assert "run 2 in its own colours" in pair.words._wordings[0]


def test_another_run_can_be_chosen_and_a_hidden_one_is_drawn_again(
    page: RobustnessPanel, pair: RobustnessPair, train_other: Train, session: Session, qtbot: QtBot
) -> None:
    train_other()
    session.wanted.set_setting("adversary", "off")
    session.wanted.set_setting("seed", 5)
    session.wanted.set_setting("learning_rate", 0.02)
    session.training.start_again()
    wait_until(qtbot, lambda: len(session.runs.entries) == 3)
    wait_for_state(qtbot, session, RunState.FINISHED)
    oldest, newest, _ = session.runs.entries
    other = page.head.other
    wait_until(qtbot, lambda: other.currentData() == newest.key)
    option, style = QStyleOptionComboBox(), QStyle.ComplexControl.CC_ComboBox
    field = QStyle.SubControl.SC_ComboBoxEditField

    def is_whole() -> bool:
        other.initStyleOption(option)
        room = other.style().subControlRect(style, option, field, other).width()
        return other.fontMetrics().horizontalAdvance(other.currentText()) <= room

    wait_until(qtbot, is_whole)
    choose(qtbot, other, other.findData(oldest.key))
    wait_until(
        qtbot, lambda: len(pair.mosaic.rows) == 2 and pair.mosaic.rows[1].label == oldest.name
    )
    session.runs.set_visible(oldest.key, False)
    wait_until(qtbot, lambda: other.currentData() == newest.key)
    session.runs.set_visible(newest.key, False)
    wait_until(qtbot, lambda: "choose a run" in pair.words.text())
    choose(qtbot, other, other.findData(newest.key))
    wait_until(
        qtbot, lambda: len(pair.mosaic.rows) == 2 and pair.mosaic.rows[1].label == newest.name
    )
    entry = session.runs.entry(newest.key)
    assert entry is not None
    assert entry.is_visible
    choose(qtbot, other, 0)
    wait_until(qtbot, lambda: len(pair.mosaic.rows) == 1 and not page.curves.plot.runs.runs)


def test_of_adversarial_runs_alone_the_plain_one_is_offered(
    pair: RobustnessPair, train_other: Train, session: Session, qtbot: QtBot
) -> None:
    train_other()
    session.view.remove_run(session.runs.entries[0].key)
    wait_until(qtbot, pair.train.isVisible)
    assert pair.train.text() == "learn without an adversary"
    train_other()
    assert session.view.training_config.adversary == "off"


def test_hovering_reads_weights_and_a_click_opens_them(
    page: RobustnessPanel, pair: RobustnessPair, session: Session, qtbot: QtBot
) -> None:
    shown = session.view.shown
    assert shown is not None
    cell = pair.mosaic.cell_rect(0, 4)
    told = hover(pair.mosaic, cell.center())
    found = re.fullmatch(r"run 1, class 4: pixel \((\d), (\d)\) = (.*)", told)
    assert found is not None
    y, x = int(found[1]), int(found[2])
    assert found[3] == exact_number(shown.weights[4, 1:].reshape(8, 8)[y, x])
    assert {y, x} <= {3, 4}  # the middle
    with qtbot.waitSignal(page.content_requested) as asked:
        click(qtbot, pair.mosaic, cell.center())
    assert "weights of class 4" in asked.args[0]().title


def test_the_scale_of_the_weights_is_read_in_either_theme(
    page: RobustnessPanel, pair: RobustnessPair, app: QApplication
) -> None:
    for theme in (DARK, LIGHT):
        put_on(app, page, theme)
        assert has_colour(pixels(pair.colour_bar), theme.muted).sum() > 10


@pytest.mark.parametrize("n_classes", [2, 47])
def test_other_numbers_of_classes_fit(
    pair: RobustnessPair,
    train_other: Train,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    n_classes: int,
) -> None:
    data = tiny_dataset(400, 200, shape=(8, 8), n_classes=n_classes)
    path = tmp_path / "other.npz"
    parts = {}
    for name, split in (("train", data.train), ("test", data.test)):
        images = (split.images.reshape(-1, 8, 8) * 255).astype(np.uint8)
        parts |= {f"x_{name}": images, f"y_{name}": split.labels}
    np.savez(path, **parts)
    session.open(str(path))
    wait_until(qtbot, lambda: data_of(session).n_classes == n_classes)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(
        qtbot, lambda: len(pair.mosaic.rows) == 1 and len(pair.mosaic.rows[0].rgb) == n_classes
    )
    train_other()
    wait_until(qtbot, lambda: len(pair.mosaic.rows) == 2)
    qtbot.wait(50)
    last = pair.mosaic.cell_rect(1, n_classes - 1)
    assert pair.mosaic.rect().contains(last)
    assert pair.mosaic.width() <= pair.width()
    assert last.width() >= 24
