"""The run over epochs: scores, flips and the images behind them are those of core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
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

from core.data.config import DataConfig
from core.insight.epoch_readings import read_epochs
from core.insight.image_history import flip_words
from core.pictures import sequential_rgb
from gui.theme import DARK, LIGHT
from gui.widgets.curves.band_plot import EpochBars
from gui.widgets.curves.plot import Curve
from gui.widgets.grids.epoch_heat_map import EpochHeatMap, _nice
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from core.insight.epoch_readings import EpochReadings
    from gui.learn.over_epochs.panel import OverEpochsPanel
    from gui.window.main_window import MainWindow


def expected(window: MainWindow, part: str) -> EpochReadings:
    """Return what core reads at every epoch of the run shown."""
    history = window.session.view.history
    assert history is not None
    return read_epochs(history.records, data_of(window.session).split(part))


def wait_for_part(qtbot: QtBot, window: MainWindow, part: str) -> EpochReadings:
    """Wait until the panel shows all of a part."""

    def there() -> bool:
        seen = window.session.epochs.of(part)
        return (
            seen is not None
            and seen.complete
            and window.learn.tabs.panel("Over epochs")._drawn is seen
        )

    wait_until(qtbot, there)
    return expected(window, part)


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> OverEpochsPanel:
    """Return the panel of a window whose run has ended."""
    click(qtbot, window.learn.tab("Over epochs"))
    assert window.learn.tabs.panel("Over epochs").isVisible()
    wait_for_part(qtbot, window, "test")
    return window.learn.tabs.panel("Over epochs")


def test_scores_are_those_of_core_in_any_part(
    panel: OverEpochsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    for part in ("test", "train"):
        if part != panel.part.chosen:
            choose(qtbot, panel.part, panel.part.findData(part))
        readings = wait_for_part(qtbot, window, part)
        np.testing.assert_array_equal(panel.map.scores, readings.class_scores(10))
        assert panel.map.epochs.tolist() == list(range(EPOCHS + 1))
        became_right, became_wrong = readings.turned()
        for name, turned in (("became right", became_right), ("became wrong", became_wrong)):
            epochs, bars = panel.bars.data(name)
            assert epochs.tolist() == list(range(EPOCHS + 1))
            np.testing.assert_array_equal(bars, turned)
    # The scores are shares of what the score curve counts.
    history = window.session.view.history
    assert history is not None
    counts = np.bincount(data_of(window.session).train.labels, minlength=10)
    whole = (panel.map.scores * counts).sum(axis=1) / counts.sum()
    np.testing.assert_allclose(whole, history.curve("train", "score"), rtol=1e-12)


def test_hovering_reads_and_a_click_goes_to_the_epoch(
    panel: OverEpochsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    readings = expected(window, "test")
    n = int((readings.labels == 3).sum())
    n_right = int((readings.right[7] & (readings.labels == 3)).sum())
    point = panel.map.cell_rect(3, 7).center()
    hover(panel.map, point)
    assert window.hover_words.text() == (
        f"class 3 at epoch 7: {n_right / n:.4f}, {n_right} of {n} read rightly"
    )
    click(qtbot, panel.map, point)
    assert window.session.view.shown is not None
    assert window.session.view.shown.epoch == 7
    assert panel.bars.marker == 7
    hover(panel.map, QPoint(1, 1))
    assert window.hover_words.text() == ""


def test_cells_have_the_colours_of_their_scores(panel: OverEpochsPanel, window: MainWindow) -> None:
    window.session.view.show_epoch(None)  # no mark over the cells
    scores, picture = panel.map.scores, pixels(panel.map)
    colours = sequential_rgb(scores, *panel.map.limits)
    for label, column in ((0, 0), (3, 7), (9, EPOCHS), (5, 1)):
        at = panel.map.cell_rect(label, column).center()
        assert picture[at.y(), at.x()].tolist() == colours[column, label].tolist()
    learnt = scores[1:]
    assert panel.map.limits == (learnt.min(), learnt.max())


def test_the_epoch_shown_is_marked(panel: OverEpochsPanel, window: MainWindow) -> None:
    window.session.view.show_epoch(None)
    before = pixels(panel.map)
    window.session.view.show_epoch(5)
    after = pixels(panel.map)
    changed = np.flatnonzero((before != after).any(axis=-1).any(axis=0))
    cell = panel.map.cell_rect(0, 5)
    assert cell.left() - 5 <= changed.min() < changed.max() <= cell.right() + 5
    assert has_colour(after, window.theme.text).sum() > has_colour(before, window.theme.text).sum()


def test_the_keyboard_walks_over_the_map(
    panel: OverEpochsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    panel.map.setFocus()
    for key in ("Left", "Right", "Right", "Down", "Up", "Down"):
        press(qtbot, panel.map, key)
    words = panel.map.accessibleDescription()
    assert words == panel.map.describe(1, 2)
    assert window.hover_words.text() == words
    press(qtbot, panel.map, "Return")
    assert window.session.view.shown is not None
    assert window.session.view.shown.epoch == 2


def test_the_images_that_flip_most_open_with_their_history(
    panel: OverEpochsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    readings, split = expected(window, "test"), data_of(window.session).test
    flips = readings.n_flips
    shown = [image.index for image in panel.strip.images]
    assert flips[shown].tolist() == sorted(flips[flips > 0].tolist(), reverse=True)[: len(shown)]
    assert panel.n_flipped.text() == f"{(flips > 1).sum()} of 200 more than once"
    first = panel.strip.images[0]
    told = flip_words(readings.epochs, readings.right[:, first.index])
    hover(panel.strip, panel.strip.cell_rect(0).center())
    assert window.hover_words.text() == first.words
    assert first.words.endswith(f": {told}")
    box = panel.strip.cell_rect(0)
    painted = pixels(panel.strip, box)
    image = split.images[first.index].reshape(data_of(window.session).image_shape)
    rows = ((np.arange(8) + 0.5) * box.height() / 8).astype(int)
    columns = ((np.arange(8) + 0.5) * box.width() / 8).astype(int)
    grey = painted[rows][:, columns, 0] / 255
    np.testing.assert_allclose(grey, image, atol=0.01)
    click(qtbot, panel.strip, box.center())
    card = window.learn.card
    assert card.isVisible()
    assert card.content is not None
    assert (card.content.part, card.content.index) == ("test", first.index)
    click(qtbot, card.history_button)
    assert card.history.words.text().casefold() == f"{told}.".casefold()
    card.close()


def test_the_strip_is_walked_by_keys(
    panel: OverEpochsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    panel.strip.setFocus()
    press(qtbot, panel.strip, "Right")
    second = panel.strip.images[1]
    assert panel.strip.accessibleDescription() == second.words
    press(qtbot, panel.strip, "Return")
    assert window.learn.card.content is not None
    assert window.learn.card.content.index == second.index
    window.learn.card.close()


def test_other_data_are_shown_after_a_change_and_nothing_meanwhile(
    panel: OverEpochsPanel, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session = window.session
    name = write_data(tmp_path / "other", (5, 4), 3, 60, 30)
    session.open(name)
    wait_until(qtbot, lambda: data_of(session).n_classes == 3)
    assert panel.map.scores.shape[1] in (0, 3)
    wait_until(qtbot, lambda: session.view.run_state.value == "finished")
    readings = wait_for_part(qtbot, window, "test")
    np.testing.assert_array_equal(panel.map.scores, readings.class_scores(3))
    assert all(image.rgb.shape == (5, 4, 3) for image in panel.strip.images)
    pixels(panel)


def test_a_validation_part_can_be_chosen_and_goes_with_its_data(
    new_session, new_window, qtbot: QtBot
) -> None:
    data = DataConfig(dataset="digits8", train_size=300, test_size=200, validation_size=50)
    window = new_window(new_session(data=data))
    open_and_finish(qtbot, window.session)
    click(qtbot, window.learn.tab("Over epochs"))
    panel = window.learn.tabs.panel("Over epochs")
    choose(qtbot, panel.part, panel.part.findData("validation"))
    readings = wait_for_part(qtbot, window, "validation")
    np.testing.assert_array_equal(panel.map.scores, readings.class_scores(10))
    window.session.wanted.set_setting("validation_size", 0)
    window.session.training.rewind(play=True)
    wait_until(qtbot, lambda: data_of(window.session).validation is None)
    assert panel.part.findData("validation") == -1
    wait_until(qtbot, lambda: window.session.view.run_state.value == "finished")
    wait_for_part(qtbot, window, "test")


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
    for label in {0, 1, n_classes - 1}:
        for column in {0, n_epochs // 2, n_epochs - 1}:
            box = heat_map.cell_rect(label, column)
            assert heat_map.rect().contains(box)
            if box.width() * n_epochs <= heat_map._grid().width() + n_epochs:
                assert heat_map._cell_at(box.center()) in (
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
    assert has_colour(picture, heat_map._theme.raised).all()
    assert heat_map.describe(1, 0) == "class b at epoch 0: no image"


def test_equal_scores_are_high_not_low(qtbot: QtBot) -> None:
    heat_map = EpochHeatMap()
    qtbot.addWidget(heat_map)
    heat_map.resize(400, 250)
    heat_map.set_scores(("a", "b"), np.arange(3), np.ones((3, 2)), np.array([5, 5]))
    at = heat_map.cell_rect(0, 1).center()
    dark = sequential_rgb(np.array(1.0), 0.0, 1.0)
    assert pixels(heat_map)[at.y(), at.x()].tolist() == dark.tolist()


def test_an_empty_map_and_strip_paint_nothing_and_bear_keys(qtbot: QtBot) -> None:
    for widget in (EpochHeatMap(), ImageStrip("strip", "help")):
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


def test_a_strip_shows_what_has_room(qtbot: QtBot) -> None:
    strip = ImageStrip("strip", "help")
    qtbot.addWidget(strip)
    picture = np.zeros((28, 28, 3), dtype=np.uint8)
    strip.set_images([StripImage(i, picture, (("9 flips",), ("4",)), f"{i}") for i in range(20)])
    for width, height in ((400, 110), (200, 60), (900, 300)):
        strip.resize(width, height)
        n = strip.n_fitting
        assert 1 <= n <= 20
        assert strip.rect().contains(strip.cell_rect(n - 1))
        assert not strip.rect().contains(strip.cell_rect(n)) or n == 20
        pixels(strip)


@pytest.mark.parametrize(
    ("step", "nice"), [(0.3, 1), (1, 1), (1.2, 2), (4, 5), (5.1, 10), (51, 100)]
)
def test_steps_between_epochs_are_round(step: float, nice: int) -> None:
    assert _nice(step) == nice


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
