"""The run over epochs: scores, flips and the images behind them are those of core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import read_epochs
from gui_helpers import (
    EPOCHS,
    LEARN_PANEL_SIZE,
    Overheard,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    pixels,
    press,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontMetricsF

from core.data.config import DataConfig
from core.insight.image_history import flip_words
from core.pictures import sequential_rgb
from gui.learn.over_epochs.panel import OverEpochsPanel
from gui.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from core.insight.epoch_readings import EpochReadings
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def expected(session: Session, part: str) -> EpochReadings:
    """Return what core reads at every epoch of the run shown."""
    history = session.view.history
    assert history is not None
    return read_epochs(history.records, data_of(session).split(part))


def wait_for_part(
    qtbot: QtBot, panel: OverEpochsPanel, session: Session, part: str
) -> EpochReadings:
    """Wait until the panel shows all of a part."""

    def there() -> bool:
        answer, history = session.epochs.answer(part), session.view.history
        if answer is None or not answer.is_whole or history is None or not history.records:
            return False
        return answer.question.epochs[-1] is history.records[-1]

    wait_until(qtbot, there)
    assert panel.part.chosen == part
    return expected(session, part)


@pytest.fixture
def panel(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> OverEpochsPanel:
    """Return the panel of a run that has ended."""
    made: OverEpochsPanel = new_panel(OverEpochsPanel, session, size=LEARN_PANEL_SIZE)
    wait_for_part(qtbot, made, session, "test")
    return made


def test_scores_are_those_of_core_in_any_part(
    panel: OverEpochsPanel, session: Session, qtbot: QtBot
) -> None:
    for part in ("test", "train"):
        if part != panel.part.chosen:
            choose(qtbot, panel.part, panel.part.findData(part))
        readings = wait_for_part(qtbot, panel, session, part)
        np.testing.assert_array_equal(panel.map.scores, readings.summary(10).scores)
        assert panel.map.epochs.tolist() == list(range(EPOCHS + 1))
        summary = readings.summary(10)
        expected = {"became right": summary.became_right, "became wrong": summary.became_wrong}
        for name, turned in expected.items():
            epochs, bars = panel.bars.main.data(name)
            assert epochs.tolist() == list(range(EPOCHS + 1))
            np.testing.assert_array_equal(bars, turned)
    # The scores are shares of what the score curve counts.
    history = session.view.history
    assert history is not None
    counts = np.bincount(data_of(session).train.labels, minlength=10)
    whole = (panel.map.scores * counts).sum(axis=1) / counts.sum()
    np.testing.assert_allclose(whole, history.curve("train", "score"), rtol=1e-12)


def test_hovering_reads_and_a_click_goes_to_the_epoch(
    panel: OverEpochsPanel, session: Session, qtbot: QtBot
) -> None:
    readings = expected(session, "test")
    n = int((readings.labels == 3).sum())
    n_right = int((readings.right[7] & (readings.labels == 3)).sum())
    point = panel.map.cell_rect(3, 7).center()
    told = hover(panel.map, point)
    assert told == f"class 3 at epoch 7: {n_right / n:.4f}, {n_right} of {n} read rightly"
    click(qtbot, panel.map, point)
    assert session.view.shown is not None
    assert session.view.shown.epoch == 7
    assert panel.bars.marks.marker == 7
    assert hover(panel.map, QPoint(1, 1)) == ""


def test_cells_have_the_colours_of_their_scores(panel: OverEpochsPanel, session: Session) -> None:
    session.view.show_epoch(None)  # no mark over the cells
    scores, picture = panel.map.scores, pixels(panel.map)
    colours = sequential_rgb(scores, *panel.map.limits)
    for label, column in ((0, 0), (3, 7), (9, EPOCHS), (5, 1)):
        at = panel.map.cell_rect(label, column).center()
        assert picture[at.y(), at.x()].tolist() == colours[column, label].tolist()
    learnt = scores[1:]
    assert panel.map.limits == (learnt.min(), learnt.max())


@pytest.mark.parametrize("percent", [100, 200])
def test_the_map_stands_below_the_bars_at_any_size_of_text(
    window: MainWindow, app: QApplication, qtbot: QtBot, percent: int
) -> None:
    window.use_text(percent)
    window.page("learn").show_tab("When to stop")
    panel = window.findChild(OverEpochsPanel)
    wait_for_part(qtbot, panel, window.session, "test")
    for _ in range(3):  # a plot lays itself out when it is painted
        app.processEvents()
        pixels(panel.bars)
    box = panel.bars.view.mapFromScene(panel.bars.box.sceneBoundingRect()).boundingRect()
    left, right = (
        panel.map.mapFromGlobal(panel.bars.view.mapToGlobal(corner)).x()
        for corner in (box.topLeft(), box.topRight())
    )
    assert panel.map.cell_rect(0, 0).left() == pytest.approx(left, abs=2)
    assert panel.map.cell_rect(0, EPOCHS).right() == pytest.approx(right, abs=2)
    number = QFontMetricsF(panel.bars.view.axes["bottom"].style["tickFont"])
    assert panel.bars.view.width() - box.right() >= number.horizontalAdvance("300") / 2


def test_the_epoch_shown_is_marked(panel: OverEpochsPanel, session: Session) -> None:
    session.view.show_epoch(None)
    before = pixels(panel.map)
    session.view.show_epoch(5)
    after = pixels(panel.map)
    changed = np.flatnonzero((before != after).any(axis=-1).any(axis=0))
    cell = panel.map.cell_rect(0, 5)
    assert cell.left() - 5 <= changed.min() < changed.max() <= cell.right() + 5
    assert has_colour(after, LIGHT.text).sum() > has_colour(before, LIGHT.text).sum()


def test_the_keyboard_walks_over_the_map(
    panel: OverEpochsPanel, session: Session, qtbot: QtBot
) -> None:
    told = Overheard(panel).words
    panel.map.setFocus()
    for key in ("Left", "Right", "Right", "Down", "Up", "Down"):
        press(qtbot, panel.map, key)
    words = panel.map.accessibleDescription()
    assert words == panel.map.describe(1, 2)
    assert told[-1] == words
    press(qtbot, panel.map, "Return")
    assert session.view.shown is not None
    assert session.view.shown.epoch == 2


def test_the_images_that_flip_most_are_shown_and_told(
    panel: OverEpochsPanel, session: Session, qtbot: QtBot
) -> None:
    readings, split = expected(session, "test"), data_of(session).test
    flips = readings.summary(10).n_flips
    shown = [image.index for image in panel.strip.images]
    assert flips[shown].tolist() == sorted(flips[flips > 0].tolist(), reverse=True)[: len(shown)]
    assert panel.n_flipped.text() == f"{(flips > 1).sum()} of 200 more than once"
    first = panel.strip.images[0]
    flipped = flip_words(readings.epochs, readings.right[:, first.index])
    assert hover(panel.strip, panel.strip.cell_rect(0, 0).center()) == first.words
    assert first.words.endswith(f": {flipped}")
    box = panel.strip.cell_rect(0, 0)
    painted = pixels(panel.strip, box)
    image = split.images[first.index].reshape(data_of(session).image_shape)
    rows = ((np.arange(8) + 0.5) * box.height() / 8).astype(int)
    columns = ((np.arange(8) + 0.5) * box.width() / 8).astype(int)
    grey = painted[rows][:, columns, 0] / 255
    np.testing.assert_allclose(grey, image, atol=0.01)


def test_a_click_on_an_image_opens_it_with_its_history(window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, window.page("learn").switch.button("When to stop"))
    panel, card = window.page("learn").tabs.panel("When to stop").story, window.page("learn").card
    readings = wait_for_part(qtbot, panel, window.session, "test")
    first = panel.strip.images[0]
    click(qtbot, panel.strip, panel.strip.cell_rect(0, 0).center())
    assert card.isVisible()
    assert card.content is not None
    assert (card.content.part, card.content.index) == ("test", first.index)
    flipped = flip_words(readings.epochs, readings.right[:, first.index])
    assert card.history.plot.accessibleDescription() == flipped
    card.close()


def test_the_strip_is_walked_by_keys(panel: OverEpochsPanel, qtbot: QtBot) -> None:
    panel.strip.setFocus()
    press(qtbot, panel.strip, "Right")
    second = panel.strip.images[1]
    assert panel.strip.accessibleDescription() == second.words
    with qtbot.waitSignal(panel.sample_requested) as asked:
        press(qtbot, panel.strip, "Return")
    assert asked.args == ["test", second.index]


def test_other_data_are_shown_after_a_change_and_nothing_meanwhile(
    panel: OverEpochsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    name = write_data(tmp_path / "other", (5, 4), 3, 60, 30)
    session.open(name)
    wait_until(qtbot, lambda: data_of(session).n_classes == 3)
    assert panel.map.scores.shape[1] in (0, 3)
    wait_until(qtbot, lambda: session.view.run_state.value == "finished")
    readings = wait_for_part(qtbot, panel, session, "test")
    np.testing.assert_array_equal(panel.map.scores, readings.summary(3).scores)
    assert all(image.values.shape == (5, 4) for image in panel.strip.images)
    pixels(panel)


def test_a_validation_part_can_be_chosen_and_goes_with_its_data(
    new_session: Callable[..., Session], new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    data = DataConfig(dataset="digits8", train_size=300, test_size=200, validation_size=50)
    session = open_and_finish(qtbot, new_session(data=data))
    panel = new_panel(OverEpochsPanel, session, size=LEARN_PANEL_SIZE)
    choose(qtbot, panel.part, panel.part.findData("validation"))
    readings = wait_for_part(qtbot, panel, session, "validation")
    np.testing.assert_array_equal(panel.map.scores, readings.summary(10).scores)
    session.wanted.set_setting("validation_size", 0)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).validation is None)
    assert panel.part.findData("validation") == -1
    wait_until(qtbot, lambda: session.view.run_state.value == "finished")
    wait_for_part(qtbot, panel, session, "test")
