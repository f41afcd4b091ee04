from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    SHORT,
    SMALL,
    WAIT,
    Painted,
    cell_pixels,
    click,
    data_of,
    drag,
    earlier_runs,
    has_colour,
    open_and_finish,
    open_paused,
    opening_of,
    pixels,
    row_pixels,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_rest,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from core.data.dataset import make_dataset
from core.insight.diagnostics import diagnose, weight_images, weight_limit
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import diverging_rgb, grey_rgb
from gui.learn.page import ATLAS
from gui.session.run_state import RunState
from gui.shared.words import an
from gui.theme import LIGHT
from gui.widgets.basics.short_number import exact_number
from gui.widgets.images.colour_bar import ColourBar
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow
from gui.window.registry import LEARN_TABS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.curves.plot import CurvePlot
    from gui.window.main_window import MainWindow


def assert_painted(painted: NDArray[np.uint8], image: NDArray[np.uint8]) -> None:
    """Check the middle of every pixel of a small image that was painted large."""
    height, width = image.shape[:2]
    rows = ((np.arange(height) + 0.5) * painted.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * painted.shape[1] / width).astype(int)
    np.testing.assert_array_equal(painted[rows][:, columns], image)


def show(qtbot: QtBot, window: MainWindow, epoch: int | None) -> None:
    window.session.view.show_epoch(epoch)
    wait_for_diagnosis(qtbot, window.session)


def test_curves_and_mistakes_come_without_moving_anything(
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places, labels, paint = set(), set(), ImageMosaic.paintEvent

    def watched(mosaic: ImageMosaic, event: Any) -> None:
        places.add(mosaic.window().page("learn").tabs.geometry().getRect())
        labels.add(tuple(row.label for row in mosaic.rows))
        paint(mosaic, event)

    monkeypatch.setattr(ImageMosaic, "paintEvent", watched)
    session = new_session()
    window = new_window(session)
    completed = []
    window.page("learn").completed.connect(lambda: completed.append(True))
    open_and_finish(qtbot, session)
    wait_for_diagnosis(qtbot, session)
    wait_until(qtbot, lambda: completed)
    assert not window.page("learn").curves.error_plot.grab().isNull()
    pixels(window)
    assert len(places) == 1
    assert labels <= {(), ("weights", "mean", "worst")}


def test_time_travel_changes_the_painted_atlas_and_brings_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    pictures = {}
    for step, epoch in enumerate((0, 10, 0)):
        show(qtbot, window, epoch)
        pictures[step] = [row_pixels(window, row) for row in range(3)]
    for row in range(3):
        assert not np.array_equal(pictures[0][row], pictures[1][row]), f"row {row} did not change"
        np.testing.assert_array_equal(pictures[0][row], pictures[2][row])


def test_the_atlas_paints_what_the_core_computes(window: MainWindow, qtbot: QtBot) -> None:
    for epoch in (1, 10):
        show(qtbot, window, epoch)
        session, dataset = window.session, data_of(window.session)
        assert session.view.history is not None
        weights = session.view.history.records[epoch].weights
        limit = weight_limit(weights)
        images = weight_images(weights, dataset.image_shape)
        found = diagnose(weights, dataset.train)
        assert window.page("learn").colour_bar.limit == limit
        for k in range(dataset.n_classes):
            assert_painted(cell_pixels(window, 0, k), diverging_rgb(images[k], limit))
            mean = found.mean_images[k].reshape(dataset.image_shape)
            if found.n_correct[k]:
                assert_painted(cell_pixels(window, 1, k), grey_rgb(mean))
            mistake = found.worst[k]
            if mistake is not None:
                worst = dataset.train.images[mistake.index].reshape(dataset.image_shape)
                assert_painted(cell_pixels(window, 2, k), grey_rgb(worst))


def test_captions_say_what_each_mistake_was_taken_for(window: MainWindow, qtbot: QtBot) -> None:
    for epoch in (0, 2):
        show(qtbot, window, epoch)
        assert window.session.view.shown is not None
        dataset = data_of(window.session)
        found = diagnose(window.session.view.shown.weights, dataset.train)
        worst, mean = window.page("learn").atlas.rows[2], window.page("learn").atlas.rows[1]
        assert any(found.worst)
        for k, mistake in enumerate(found.worst):
            if mistake is None:
                assert worst.missing[k] == "none wrong"
                assert worst.captions[k] == ""
            else:
                taken = dataset.class_names[mistake.predicted]
                assert worst.captions[k].split() == ["→", taken, f"{mistake.probability:.2f}"]
            assert bool(mean.missing[k]) == (found.n_correct[k] == 0)


def test_nothing_learnt_yet_is_said_in_words(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window, 0)  # all weights zero: everything is read as class 0
    atlas = window.page("learn").atlas
    assert "none right" in atlas.describe(1, 5)
    assert "none wrong" in atlas.describe(2, 0)
    click(qtbot, atlas, atlas.cell_rect(1, 5).center())
    assert not window.page("learn").card.isVisible()


def test_hovering_reads_the_value_of_a_pixel(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window, 10)
    atlas = window.page("learn").atlas
    atlas.grab()
    height, width = data_of(window.session).image_shape
    taken = atlas.rows[2].missing.index("")  # a class with a mistake
    for row, column, y, x in [(0, 3, 2, 5), (1, 9, 7, 0), (2, taken, 4, 3), (0, 0, 0, 7)]:
        cell = atlas.cell_rect(row, column)
        point = QPoint(
            cell.left() + (2 * x + 1) * cell.width() // (2 * width),
            cell.top() + (2 * y + 1) * cell.height() // (2 * height),
        )
        value = atlas.rows[row].values[column, y, x]
        QTest.mouseMove(atlas, point)
        wait_until(
            qtbot,
            lambda y=y, x=x, value=value: window.foot.hovered.text().endswith(
                f"pixel ({y}, {x}) = {exact_number(value)}"
            ),
        )
        assert atlas.describe(row, column, point) == window.foot.hovered.text()
        assert f"class {column}" in window.foot.hovered.text()
    QTest.mouseMove(atlas, QPoint(1, 1))
    wait_until(qtbot, lambda: window.foot.hovered.text() == "")


def choose_weights(qtbot: QtBot, page: Any, how: str) -> None:
    """Unfold the list, and click one of its ways."""
    page.weights.showPopup()
    way = page.weights.ways[how]
    click(qtbot, way, QPoint(8, way.height() // 2))
    page.weights.hidePopup()


def test_a_random_start_is_taken_off_the_weights_by_itself(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=EPOCHS, init="uniform"))
    window = new_window(session)
    open_and_finish(qtbot, session)
    show(qtbot, window, 3)
    page, dataset = window.page("learn"), data_of(session)
    assert session.view.history is not None
    start, weights = (session.view.history.records[i].weights for i in (0, 3))
    assert page.weights.currentText() == "weights minus the start, worst 1"

    def expect(seen: NDArray[Any]) -> None:
        window.grab()
        limit = weight_limit(seen)
        assert page.colour_bar.limit == limit
        images = weight_images(seen, dataset.image_shape)
        for k in (0, 9):
            assert_painted(cell_pixels(window, 0, k), diverging_rgb(images[k], limit))

    expect(weights - start)
    choose_weights(qtbot, page, "mean")
    assert page.weights.currentText() == "weights minus the mean, worst 1"
    expect(weights - weights.mean(axis=0))
    # The opened image of a class is the one that was clicked.
    page.atlas.clicked.emit(0, 2)
    assert page.card.content is not None
    assert page.card.content.limit == weight_limit(weights - weights.mean(axis=0))
    page.card.close()
    session.wanted.set_setting("init", "zeros")
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_diagnosis(qtbot, session)
    assert page.weights.currentText() == "weights as they are, worst 1"
    again = new_window(session)  # what was chosen is remembered
    session.view.show_run(session.runs.entries[0].key)
    wait_until(qtbot, lambda: "minus the mean" in again.page("learn").weights.currentText())


def test_digits_are_whole_multiples_of_their_pixels(window: MainWindow, qtbot: QtBot) -> None:
    atlas = window.page("learn").atlas
    height, width = data_of(window.session).image_shape
    for size in ((1280, 720), (1024, 640), (1920, 1080)):
        window.resize(*size)
        window.grab()
        cell = atlas.cell_rect(0, 0)
        assert cell.width() % width == 0
        assert cell.height() % height == 0
        assert atlas.parent().width() >= atlas.cell_rect(2, 9).right()


def test_on_the_stage_curves_give_way_to_larger_digits(window: MainWindow, qtbot: QtBot) -> None:
    page, n_larger = window.page("learn"), 0
    for height in range(640, 780, 20):
        window.resize(1700, height)
        wait_for_rest(qtbot, window)
        qtbot.wait(20)
        usual, side = page.curves.height(), page.atlas.cell_rect(0, 0).width()
        page.set_on_stage(True)
        wait_for_rest(qtbot, window)
        qtbot.wait(20)
        given, larger = usual - page.curves.height(), page.atlas.cell_rect(0, 0).width()
        assert 0 <= given <= 0.15 * usual + 1
        assert larger > side if given else larger == side
        assert larger % 8 == 0
        n_larger += larger > side
        page.set_on_stage(False)
        assert page.curves.height() == usual
    assert n_larger


def test_the_colour_bar_keeps_its_numbers_apart_whatever_they_are(qtbot: QtBot) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    for limit in (1.0, 0.0123, 8.123456e34, 123.4):
        bar.set_limit(limit)
        bar.resize(bar.sizeHint())
        assert bar.width() < 160
        ink = has_colour(pixels(bar), LIGHT.muted).any(axis=0)
        middle = bar.width() // 2
        assert not ink[middle - 20 : middle + 20].any()  # none lies on the colours
        assert not ink[[0, -1]].any()  # nor is cut


def test_the_row_of_tabs_never_jumps(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page("learn")
    places = set()
    for words in (ATLAS, *(tab.words for tab in LEARN_TABS), ATLAS):
        page.show_tab(words)
        window.grab()
        button = page.switch.button(ATLAS)
        places.add((button.mapTo(window, QPoint()).toTuple(), page.tabs.geometry().getRect()))
    assert len(places) == 1


def first_mistake(window: MainWindow) -> int:
    assert window.session.readings.diagnosis.found is not None
    worst = window.session.readings.diagnosis.found.worst
    return next(k for k, mistake in enumerate(worst) if mistake is not None)


def test_a_click_opens_a_mistake_and_its_button_attacks_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window, 3)
    session, dataset, atlas = window.session, data_of(window.session), window.page("learn").atlas
    k = first_mistake(window)
    assert session.readings.diagnosis.found is not None
    mistake = session.readings.diagnosis.found.worst[k]
    assert mistake is not None
    atlas.grab()
    click(qtbot, atlas, atlas.cell_rect(2, k).center())
    card = window.page("learn").card
    assert card.isVisible()
    names = dataset.class_names
    assert card.title.text() == (
        f"Training {mistake.index:,}: {an(names[k])} read as {names[mistake.predicted]}"
    )
    image = dataset.train.images[mistake.index]
    content = card.content
    assert content is not None
    np.testing.assert_array_equal(content.values.reshape(-1), image)
    assert session.view.shown is not None
    expected = SoftmaxPerceptron(session.view.shown.weights).probabilities(image)
    np.testing.assert_array_equal(card.bars.probabilities, expected)
    assert_painted(
        pixels(card.view, card.view.image_rect())[1:-1, 1:-1],
        grey_rgb(image.reshape(dataset.image_shape)),
    )
    click(qtbot, card.attack_button)
    assert not card.isVisible()
    assert window.page("attack").isVisible()
    assert (session.attack.config.part, session.attack.index) == ("train", mistake.index)
    assert session.attack.config.start == mistake.index
    # Toward neither what it is nor what it is taken for already.
    assert session.attack.config.target not in (k, mistake.predicted)
    wait_until(qtbot, lambda: session.attack.film.playing)
    wait_until(qtbot, lambda: session.attack.film.position > 1)
    wait_for_film(qtbot, session)
    np.testing.assert_array_equal(session.attack.film.steps[0].image, image)


def test_a_click_opens_what_is_seen_though_more_is_known_by_now(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(qtbot, window, 3)
    found, k = window.session.readings.diagnosis.found, first_mistake(window)
    assert found is not None
    seen = found.worst[k]
    assert seen is not None
    none_wrong = replace(found, mistakes=tuple(() for _ in found.mistakes))
    monkeypatch.setattr("gui.jobs.study.Study.found", none_wrong)
    atlas = window.page("learn").atlas
    click(qtbot, atlas, atlas.cell_rect(2, k).center())
    content = window.page("learn").card.content
    assert content is not None
    assert content.index == seen.index


@pytest.mark.parametrize(("row", "has_bars"), [(0, False), (1, True)])
def test_a_click_opens_weights_and_means_which_are_no_samples(
    window: MainWindow, qtbot: QtBot, row: int, has_bars: bool
) -> None:
    show(qtbot, window, 10)
    atlas, card = window.page("learn").atlas, window.page("learn").card
    atlas.grab()
    click(qtbot, atlas, atlas.cell_rect(row, 4).center())
    assert card.isVisible()
    assert "class 4" in card.title.text()
    assert card.bars.isVisible() is has_bars
    assert not card.attack_button.isVisible()
    assert card.content is not None
    np.testing.assert_array_equal(card.content.values, atlas.rows[row].values[4])
    qtbot.keyClick(card.view, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_the_atlas_works_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    show(qtbot, window, 10)
    atlas, card = window.page("learn").atlas, window.page("learn").card
    atlas.setFocus()
    before = pixels(atlas)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(atlas, key)
    assert window.foot.hovered.text() == "mean, class 1"
    assert not np.array_equal(pixels(atlas), before)  # the frame moved
    qtbot.keyClick(atlas, Qt.Key.Key_Return)
    assert card.title.text() == "mean of class 1"
    narrow = atlas.width()
    card.close()
    wait_until(qtbot, lambda: atlas.width() > narrow)
    for _ in range(30):
        qtbot.keyClick(atlas, Qt.Key.Key_Right)
        qtbot.keyClick(atlas, Qt.Key.Key_Up)
    assert window.foot.hovered.text() == "weights, class 9"


def test_an_opened_image_stands_beside_and_arrow_keys_walk_on(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window, 1)
    page, atlas = window.page("learn"), window.page("learn").atlas
    found = window.session.readings.diagnosis.found
    assert found is not None
    mistakes = [k for k, mistake in enumerate(found.worst) if mistake is not None]
    atlas.grab()
    before = page.tabs.geometry()
    click(qtbot, atlas, atlas.cell_rect(2, mistakes[0]).center())
    card = page.card
    assert card.isVisible()
    window.grab()
    on_page = card.geometry().translated(card.parentWidget().mapTo(page, QPoint()))
    tabs = page.tabs.geometry().translated(page.tabs.parentWidget().mapTo(page, QPoint()))
    assert not on_page.intersects(tabs)  # beside, never on top
    assert tabs.height() == before.height()
    framed = has_colour(pixels(atlas), LIGHT.accent).sum()
    assert framed > 100
    for k in mistakes[1:]:
        qtbot.keyClick(card.view, Qt.Key.Key_Right)
        assert card.content is not None
        assert card.content.index == found.worst[k].index
    qtbot.keyClick(card.view, Qt.Key.Key_Right)  # there is none after the last
    assert card.content.index == found.worst[mistakes[-1]].index
    click(qtbot, card.close_button)
    assert not card.isVisible()
    assert atlas.hasFocus()
    wait_until(qtbot, lambda: page.tabs.geometry() == before)


def test_a_page_left_and_seen_again_shows_the_image_as_it_is_read_now(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window, 1)
    page = window.page("learn")
    page.atlas.clicked.emit(2, first_mistake(window))
    window.show_page("attack")
    window.session.view.show_epoch(9)
    window.show_page("learn")
    assert page.card.isVisible()
    content, shown = page.card.content, window.session.view.shown
    assert content is not None
    assert shown is not None
    np.testing.assert_array_equal(
        page.card.bars.probabilities, shown.probabilities_of(content.values.reshape(-1))
    )
    assert content.marked_epoch == 9


def test_a_rewind_closes_the_opened_image(window: MainWindow, qtbot: QtBot) -> None:
    atlas, card = window.page("learn").atlas, window.page("learn").card
    atlas.grab()
    click(qtbot, atlas, atlas.cell_rect(0, 2).center())
    assert card.isVisible()
    window.session.training.start_again(play=False)
    assert not card.isVisible()
    pixels(atlas)  # paints without the rows that are not known yet


def test_pointing_at_rows_that_are_not_painted_yet(window: MainWindow, qtbot: QtBot) -> None:
    mosaic = ImageMosaic()
    qtbot.addWidget(mosaic)
    mosaic.resize(400, 300)
    mosaic.set_columns(["a", "b"])
    values = np.zeros((2, 4, 4))
    row = MosaicRow("one", "", values)
    mosaic.set_rows([row])
    mosaic.show()
    mosaic.grab()
    mosaic.set_rows([row, MosaicRow("two", "", values)])
    QTest.mouseMove(mosaic, QPoint(200, 250))  # before the next paint
    QTest.mouseClick(mosaic, Qt.MouseButton.LeftButton, pos=QPoint(300, 250))
    wait_until(qtbot, lambda: len(mosaic.rows) == 2)


def test_a_branch_held_at_its_beginning_moves_no_axis_and_has_values(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, curves = window.session, window.page("learn").curves
    session.view.show_epoch(3)
    plots = (curves.error_plot, curves.like_plot)
    before = [plot.box.viewRange()[1] for plot in plots]
    n_runs = len(session.runs.entries)
    session.training.fork()
    wait_until(qtbot, lambda: len(session.runs.entries) > n_runs)
    wait_until(qtbot, lambda: all(entry.value for entry in curves.error_plot.legend.entries))
    for plot, (low, high) in zip(plots, before, strict=True):
        after = plot.box.viewRange()[1]
        assert abs(after[0] - low) <= 0.5 * (high - low), plot.title.text()
        assert abs(after[1] - high) <= 0.5 * (high - low), plot.title.text()
        assert all(entry.value for entry in plot.legend.entries)


def mosaic_of(qtbot: QtBot, n_columns: int, rows: list[MosaicRow]) -> ImageMosaic:
    """Return a shown mosaic."""
    mosaic = ImageMosaic(smallest_cell=20)
    qtbot.addWidget(mosaic)
    mosaic.resize(400, 300)
    mosaic.set_columns([str(k) for k in range(n_columns)])
    mosaic.set_rows(rows)
    mosaic.show()
    return mosaic


def grey_row(label: str, n_columns: int, shade: float, captions: tuple[str, ...] = ()) -> MosaicRow:
    values = np.full((n_columns, 4, 4), shade)
    return MosaicRow(label, "", values, captions=captions)


@pytest.mark.parametrize("n_columns", [3, 47])
def test_only_rows_that_changed_are_painted(n_columns: int, qtbot: QtBot) -> None:
    """With 47 classes a row stands in several bands."""
    first, second = (grey_row(label, n_columns, 0.2) for label in ("one", "two"))
    mosaic = mosaic_of(qtbot, n_columns, [first, second])
    painted = Painted(mosaic)
    mosaic.set_rows([first, second])
    painted.settle()
    assert painted.n_paints == 0
    mosaic.set_rows([grey_row("one", n_columns, 0.7), second])
    painted.settle()
    for column in range(n_columns):
        assert painted.region.contains(mosaic.cell_rect(0, column))
        assert not painted.region.intersects(mosaic.cell_rect(1, column))
    shown = pixels(mosaic)
    mosaic.update()
    np.testing.assert_array_equal(pixels(mosaic), shown)
    painted.forget()
    mosaic.set_rows([grey_row("one", n_columns, 0.7), second, grey_row("three", n_columns, 0.1)])
    painted.settle()
    assert painted.region.contains(mosaic.rect())  # all have other places now


def test_other_captions_are_laid_out_anew(qtbot: QtBot) -> None:
    def row(words: str) -> MosaicRow:
        return grey_row("one", 3, 0.2, captions=(words,) * 3)

    mosaic = mosaic_of(qtbot, 3, [row("a")])
    painted = Painted(mosaic)
    mosaic.set_rows([row("a caption as long as a name may be")])
    painted.settle()
    assert painted.region.contains(mosaic.rect())


def test_a_question_to_the_diagnosis_alone_repaints_nothing(
    window: MainWindow, qtbot: QtBot
) -> None:
    wait_for_diagnosis(qtbot, window.session)
    painted = Painted(window.page("learn").atlas)
    window.session.readings.diagnosis.changed.emit()
    window.session.view.shown_changed.emit()
    painted.settle()
    assert painted.n_paints == 0


def plots(window: MainWindow) -> list[tuple[CurvePlot, str]]:
    return [
        (window.page("learn").curves.error_plot, "error"),
        (window.page("learn").curves.like_plot, "log_likelihood"),
    ]


def widget_point(plot: CurvePlot, x: float, y: float) -> QPoint:
    """Return where a point of the plot is painted, in the coordinates of its viewport."""
    box = plot.box
    return plot.view.mapFromScene(box.mapViewToScene(QPointF(x, y)))


def words_of(plot: CurvePlot) -> str:
    return plot.values.text() if plot.values.isVisible() else ""


def hover_until(qtbot: QtBot, plot: CurvePlot, point: QPoint, words: str) -> None:
    """Move the pointer there until the plot says these words, or nothing.

    pyqtgraph looks at a hundred moves a second only, so a single one may be lost.
    """

    def moved() -> bool:
        for place in (point + QPoint(0, 1), point):
            QTest.mouseMove(plot.view.viewport(), place)
        return words in words_of(plot) if words else not words_of(plot)

    wait_until(qtbot, moved)


def test_the_curves_are_those_of_the_history(window: MainWindow) -> None:
    history = window.session.view.history
    assert history is not None
    for plot, metric in plots(window):
        for part in ("train", "test"):
            x, y = plot.main.data(part)
            np.testing.assert_array_equal(x, history.epochs)
            np.testing.assert_array_equal(y, history.curve(part, metric))
            colour = getattr(LIGHT, part)
            painted = pixels(plot.view)
            assert has_colour(painted, colour).sum() > 50, f"{metric} of {part} is not painted"


def test_hovering_a_curve_reads_all_its_values(window: MainWindow, qtbot: QtBot) -> None:
    for plot, metric in plots(window):
        history = window.session.view.history
        assert history is not None
        for epoch in (4, 9):
            point = widget_point(plot, epoch, history.curve("test", metric)[epoch])
            hover_until(qtbot, plot, point, f"epoch {epoch} ")
            expected = [f"epoch {epoch}"] + [
                f"{part} {exact_number(history.curve(part, metric)[epoch])}"
                for part in ("train", "test")
            ]
            assert plot.values.isVisible()
            for words in expected:
                assert words in plot.values.text()
        hover_until(qtbot, plot, QPoint(2, 2), "")


def test_a_click_on_a_curve_goes_to_that_epoch(window: MainWindow, qtbot: QtBot) -> None:
    for plot, metric in plots(window):
        assert window.session.view.history is not None
        y = window.session.view.history.curve("test", metric)[7]
        before = pixels(plot.view)
        click(qtbot, plot.view.viewport(), widget_point(plot, 7, y))
        wait_until(qtbot, lambda: window.session.view.pinned_epoch == 7)
        for other, _ in plots(window):
            assert other.marks.marker == 7
        column = widget_point(plot, 7, y).x()
        strip = slice(column - 2, column + 3)
        now = pixels(plot.view)
        assert not np.array_equal(now[:, strip], before[:, strip]), "no marker is painted"
        window.session.view.show_epoch(2)
        assert not np.array_equal(pixels(plot.view)[:, strip], now[:, strip]), "the marker stays"


def test_the_star_is_painted_at_the_best_epoch(window: MainWindow, qtbot: QtBot) -> None:
    for plot, metric in plots(window):
        history = window.session.view.history
        assert history is not None
        best = int(history.curve("test", "log_likelihood").argmax())
        assert plot.marks.star == (best, history.curve("test", metric)[best])
        at = widget_point(plot, *plot.marks.star)
        stars = has_colour(pixels(plot.view), LIGHT.best)
        rows, columns = np.nonzero(stars)
        assert len(rows) > 20
        assert abs(rows.mean() - at.y()) < 12
        assert abs(columns.mean() - at.x()) < 12


def test_earlier_runs_stay_faint_behind(window: MainWindow, qtbot: QtBot) -> None:
    plot, runs = window.page("learn").curves.error_plot, window.session.runs
    assert not plot.runs.runs
    window.session.training.start_again(play=False)
    wait_until(qtbot, lambda: window.session.view.shown is not None)
    assert [len(run.curves) for run in plot.runs.runs] == [2]
    (earlier,) = earlier_runs(runs)
    drawn = pixels(plot.view)
    runs.set_visible(earlier.key, False)
    assert not plot.runs.runs
    assert (drawn != pixels(plot.view)).any(axis=2).sum() > 50
    runs.set_visible(earlier.key, True)
    runs.pin(earlier.key)  # drawn boldly, in its own colour
    entry = runs.entry(earlier.key)
    assert entry is not None
    assert has_colour(pixels(plot.view), LIGHT.runs[entry.colour]).sum() > 50


def test_a_change_on_the_way_is_marked(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=40))
    window = new_window(session)
    open_paused(qtbot, session)
    session.training.step_epoch()
    wait_for_state(qtbot, session, RunState.PAUSED)
    assert len(window.page("learn").curves.error_plot.marks.ticks) == 0
    with qtbot.waitSignal(session.training.setting_applied, timeout=WAIT):
        session.wanted.set_setting("learning_rate", 0.25)
    for plot, _ in plots(window):
        assert len(plot.marks.ticks) == 1
        at = widget_point(plot, 1.0, 0.0).x()
        strip = pixels(plot.view)[:, at - 2 : at + 3]
        assert has_colour(strip, LIGHT.best).sum() > 10
    session.view.show_epoch(0)  # the handle no longer covers the mark
    timeline = window.foot.line
    middle = round(timeline.x_of(1.0))
    painted = pixels(timeline)[11:16, middle - 2 : middle + 3]
    assert has_colour(painted, LIGHT.best).any()


def test_validation_has_a_curve_of_its_own(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=SHORT)
    session.wanted.set_setting("validation_size", 60)
    window = new_window(session)
    open_and_finish(qtbot, session)
    plot = window.page("learn").curves.like_plot
    assert session.view.history is not None
    np.testing.assert_array_equal(
        plot.main.data("validation")[1], session.view.history.curve("validation", "log_likelihood")
    )
    assert has_colour(pixels(plot.view), LIGHT.validation).any()
    session.wanted.set_setting("validation_size", 0)
    session.training.start_again(play=False)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert not has_colour(pixels(plot.view), LIGHT.validation).any()


def test_the_timeline_by_mouse(window: MainWindow, qtbot: QtBot) -> None:
    timeline, session = window.foot.line, window.session
    for epoch in (0, 7, EPOCHS - 1):
        click(qtbot, timeline, QPoint(round(timeline.x_of(epoch)), 15))
        assert session.view.pinned_epoch == epoch
        assert window.foot.place.text() == f"epoch <b>{epoch}</b> of {EPOCHS}"
        assert window.page("learn").figure_words() == f"training images, epoch {epoch}"
        assert f"Every view shows epoch {epoch}." in window.notice.status
    drag(
        timeline,
        QPoint(round(timeline.x_of(EPOCHS)), 15),
        QPoint(round(timeline.x_of(3)), 15),
    )
    assert session.view.pinned_epoch == 3
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(9)), 15))  # no longer dragging
    assert session.view.pinned_epoch == 3
    click(qtbot, timeline, QPoint(round(timeline.x_of(EPOCHS)), 15))  # its end is what is newest
    assert session.view.pinned_epoch is None


def test_the_timeline_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    timeline, session = window.foot.line, window.session
    keys = Qt.Key
    for key, epoch in [
        (keys.Key_Left, EPOCHS - 1),
        (keys.Key_Left, EPOCHS - 2),
        (keys.Key_Right, EPOCHS - 1),
        (keys.Key_Home, 0),
        (keys.Key_Right, 1),
        (keys.Key_End, None),
    ]:
        qtbot.keyClick(timeline, key)
        assert session.view.pinned_epoch == epoch
    assert timeline.accessibleDescription() == "live"


def test_the_handle_and_the_bar_follow_the_run(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session()
    window = new_window(session)
    open_paused(qtbot, session)
    timeline = window.foot.line
    lengths = []
    for _ in range(3):
        lengths.append(has_colour(pixels(timeline)[16:22], LIGHT.accent).any(axis=0).sum())
        session.training.step_epoch()
        wait_for_state(qtbot, session, RunState.PAUSED)
    assert timeline.shown == 3
    per_epoch = timeline.x_of(1) - timeline.x_of(0)
    assert lengths[2] - lengths[1] == pytest.approx(per_epoch, abs=4)
    # The future cannot be shown.
    click(qtbot, timeline, QPoint(round(timeline.x_of(EPOCHS)), 15))
    assert session.view.pinned_epoch is None
    assert session.view.shown is not None
    assert session.view.shown.epoch == 3


def open_folder(qtbot: QtBot, window: MainWindow, folder: str) -> None:
    session = window.session
    session.open(folder)
    wait_until(qtbot, lambda: session.wanted.data.dataset == folder)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_diagnosis(qtbot, session)


@pytest.mark.parametrize(
    ("shape", "n_classes"), [((8, 5), 2), ((28, 28), 2), ((8, 5), 47), ((28, 28), 47)]
)
def test_other_shapes_and_class_counts(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, shape: tuple[int, int], n_classes: int
) -> None:
    open_folder(qtbot, window, write_data(tmp_path / "other", shape, n_classes, 300, 94))
    session, atlas = window.session, window.page("learn").atlas
    assert data_of(session).n_classes == n_classes
    assert data_of(session).image_shape == shape
    scroll = atlas.parent().parent()
    assert isinstance(scroll, QScrollArea)
    room = scroll.viewport().width()
    assert atlas.minimumSizeHint().width() <= room
    assert scroll.horizontalScrollBar().maximum() == 0
    bar = scroll.verticalScrollBar()
    assert (bar.maximum() > 0) == (n_classes == 47)  # at 1280 x 720
    for epoch in (0, 5, EPOCHS):
        show(qtbot, window, epoch)
        assert session.view.shown is not None
        limit = weight_limit(session.view.shown.weights)
        last = n_classes - 1
        painted = cell_pixels(window, 0, last)
        values = weight_images(session.view.shown.weights, shape)[last]
        assert_painted(painted, diverging_rgb(values, limit))
        assert painted.shape[0] / painted.shape[1] == pytest.approx(shape[0] / shape[1], rel=0.1)
    bar.setValue(bar.maximum())
    window.grab()
    if n_classes == 47:
        assert bar.value() > 0
        shown = scroll.viewport().rect().translated(-atlas.pos())
        assert shown.contains(atlas.cell_rect(0, 46).center())
    window.show_page("attack")
    wait_for_film(qtbot, session)
    assert len(session.attack.film.steps[0].probabilities) == n_classes
    window.grab()
    session.attack.set_setting("target", 1)
    wait_for_film(qtbot, session)
    window.grab()


def test_long_class_names_are_cut_not_the_images(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 4
    names = [f"a very long name for what is only class number {k}" for k in range(4)]
    part = (rng.random((60, 30)), labels)
    made = make_dataset("named", "made up", part, part, image_shape=(6, 5), class_names=names)
    monkeypatch.setattr("gui.session.data.opening_dataset", opening_of(made))
    open_folder(qtbot, window, "named data")
    window.grab()
    assert names[2] in window.page("learn").atlas.describe(0, 2)
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    window.grab()
    assert (window.width(), window.height()) == (1280, 720)


def test_many_classes_and_then_few_on_both_pages(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    many = write_data(tmp_path / "many", (28, 28), 47, 300, 94)
    few = write_data(tmp_path / "few", (28, 28), 2, 40, 10)
    window.show_page("attack")
    for folder in (many, few, many):
        open_folder(qtbot, window, folder)
        wait_for_film(qtbot, window.session)
        n_train = data_of(window.session).train.n_samples
        window.session.attack.choose("train", n_train - 1)
        window.session.attack.set_setting("target", data_of(window.session).n_classes - 1)
        wait_for_film(qtbot, window.session)
        window.grab()


def test_fewer_images_than_the_chosen_number(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    window.session.attack.choose("train", SMALL.train_size - 1)
    wait_for_film(qtbot, window.session)
    window.session.wanted.set_setting("train_size", 100)
    window.session.training.start_again(play=False)
    wait_until(qtbot, lambda: window.session.view.shown is not None)
    assert window.session.attack.index == 99
    wait_for_film(qtbot, window.session)
    window.grab()


def test_a_diverged_run_is_told_and_still_shown(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    config: dict[str, Any] = {"learning_rate": 1000.0, "l2": 10.0, "epochs": EPOCHS}
    session = new_session(training=TrainingConfig(**config))
    window = new_window(session)
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.DIVERGED)
    assert "learning rate 1000" in window.notice.text
    assert window.notice.has_message
    assert window.notice.text.count("learning rate 1000") == 1
    assert "1000" not in window.notice.status, "it is told once"
    for name in ("toggle", "step_batch", "step_epoch"):
        assert not window.actions_by_name[name].isEnabled()
    assert window.actions_by_name["start_again"].isEnabled()
    wait_until(qtbot, lambda: session.readings.diagnosis.found is not None)
    window.grab()


def test_a_run_that_ran_away_does_not_flatten_the_others(window: MainWindow, qtbot: QtBot) -> None:
    session, plot = window.session, window.page("learn").curves.like_plot
    alone = plot.box.viewRange()[1]
    session.wanted.set_setting("learning_rate", 900.0)
    session.wanted.set_setting("l2", 5.0)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.DIVERGED)
    session.view.show_run(session.runs.entries[0].key)
    with_it = plot.box.viewRange()[1]
    assert with_it[1] - with_it[0] < 8 * (alone[1] - alone[0])
    for part in ("train", "test"):  # and the run shown is in the picture
        assert with_it[0] < plot.main.data(part)[1][-1] < with_it[1]
    assert len(plot.edges.found()) == 1


def test_one_batch_moves_the_last_point_of_the_curves(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=40))
    window = new_window(session)
    open_paused(qtbot, session)
    assert session.view.history is not None
    wait_until(qtbot, lambda: window.page("learn").isVisible())
    before = {plot: pixels(plot.view) for plot, _ in plots(window)}
    session.training.step_batch()
    wait_until(qtbot, lambda: session.view.shown_scores is not None)
    place, scores = session.view.shown_scores
    assert 0 < place < 1
    for plot, metric in plots(window):
        for part in ("train", "test"):
            x, y = plot.main.data(part)
            assert x.tolist() == [0.0, place]
            name = "score" if metric == "error" else metric
            value = getattr(scores, f"{part}_{name}")
            assert y[-1] == (1 - value if metric == "error" else value)
        assert plot.marks.marker == place
        assert not np.array_equal(pixels(plot.view), before[plot])
    session.training.step_epoch()
    wait_until(qtbot, lambda: len(session.view.history) == 2)
    wait_for_state(qtbot, session, RunState.PAUSED)
    for plot, _ in plots(window):
        assert plot.main.data("train")[0].tolist() == [0.0, 1.0]


def test_the_lower_card_fills_the_window_and_gives_way_to_an_opened_image(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(qtbot, window, 1)
    page, atlas = window.page("learn"), window.page("learn").atlas
    before = page.tabs.height()
    head = page.switch.parentWidget()
    free = QPoint(page.switch.geometry().right() + 30, head.height() // 2)
    QTest.mouseDClick(head, Qt.MouseButton.LeftButton, pos=free)
    wait_until(qtbot, lambda: page.tabs.height() > 1.3 * before)
    assert not page.isAncestorOf(atlas)
    click(qtbot, atlas, atlas.cell_rect(2, first_mistake(window)).center())
    assert page.isAncestorOf(atlas)  # laid back: an opened image stands beside it
    assert page.card.isVisible()
    wait_until(qtbot, lambda: page.tabs.height() == before)


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640)])
def test_beside_an_opened_image_all_classes_stand_in_one_row(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window.resize(*size)
    page = window.page("learn")
    page.show_tab("When to stop")  # what it needs counts only while it is seen
    page.show_tab(ATLAS)
    click(qtbot, page.atlas, page.atlas.cell_rect(0, 2).center())
    wait_until(qtbot, lambda: page.card.isVisible() and page.atlas.width() < 700)
    wait_until(qtbot, lambda: page.width() == window.body.viewport().width())
    assert page.atlas.cell_rect(0, 9).top() == page.atlas.cell_rect(0, 0).top()
    assert page.atlas.cell_rect(0, 9).width() == page.atlas.cell_rect(0, 9).height() >= 56
    assert window.body.horizontalScrollBar().maximum() == 0


def test_beside_an_opened_image_names_and_scale_stand_over_the_pictures(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.page("learn")
    window.resize(1024, 640)
    qtbot.wait(50)
    assert page.colour_bar.isVisible()
    click(qtbot, page.atlas, page.atlas.cell_rect(0, 3).center())
    qtbot.waitUntil(lambda: not page.colour_bar.isVisible())
    atlas = page.atlas
    line = atlas.fontMetrics().height() * 3 // 4
    above = [atlas.cell_rect(row, 0).top() - line for row in range(len(atlas.rows))]
    names, right = QRect(0, 0, atlas.width() // 2, line), atlas.width() // 2
    for top in above:
        assert len(np.unique(pixels(atlas, names.translated(0, top)))) > 5, "a name"
    scale, nothing = (pixels(atlas, names.translated(right, top)) for top in above[:2])
    shades = scale.astype(int)
    assert (shades[..., 0] - shades[..., 2]).max() > 100, "red"
    assert (shades[..., 2] - shades[..., 0]).max() > 100, "blue"
    assert len(np.unique(nothing)) == 1, "means are not painted on that scale"
