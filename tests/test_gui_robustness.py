"""The Robustness page: every number on it is core's, and nothing is computed where nobody looks."""

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
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPointF

from core.progress import finish
from core.robustness_curves import (
    RandomNoise,
    RobustnessReader,
    exact_robustness,
    share_right,
)
from gui.run_state import RunState
from gui.theme import DARK
from gui.widgets.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from core.robustness_curves import ExactRobustness
    from gui.main_window import MainWindow
    from gui.pages.robustness import RobustnessPage
    from gui.robustness_job import RobustnessCurves
    from gui.session import Session


def wait_for_curves(qtbot: QtBot, session: Session) -> RobustnessCurves:
    """Wait until the curves are all those of the model shown."""

    def there() -> bool:
        curves, shown = session.robustness.curves, session.shown
        if curves is None or shown is None or not curves.complete:
            return False
        return curves.request.models[0].weights is shown.weights and session.robustness._job.idle

    wait_until(qtbot, there)
    curves = session.robustness.curves
    assert curves is not None
    return curves


def exact_of(session: Session, *, boxed: bool = False) -> ExactRobustness:
    """Return what core finds of the model shown."""
    shown = session.shown
    assert shown is not None
    return finish(exact_robustness(shown.weights, data_of(session).test, boxed=boxed))


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> RobustnessPage:
    """Return the page, opened by its shortcut, with all there is on it."""
    press(qtbot, window, "Ctrl+5")
    assert window.robustness.isVisible()
    wait_for_curves(qtbot, window.session)
    return window.robustness


def test_curves_are_those_of_core_in_either_norm_with_and_without_the_box(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    session, test = window.session, data_of(window.session).test
    assert session.shown is not None
    for norm, boxed in (("l2", False), ("linf", False), ("linf", True), ("l2", True)):
        if page.norm.currentData() != norm:
            choose(qtbot, page.norm, page.norm.findData(norm))
        if page.boxed.isChecked() != boxed:
            click(qtbot, page.boxed)
        curves = wait_for_curves(qtbot, session)
        x, y = page.plot.data("exact")
        np.testing.assert_array_equal(x, curves.sizes)
        np.testing.assert_array_equal(y, exact_of(session, boxed=boxed).accuracy(norm, x))
        x, y = page.plot.data("random noise")
        counts = finish(RandomNoise().right(session.shown.weights, test, norm, x, boxed=boxed))
        np.testing.assert_array_equal(y, share_right(counts, test.labels))


def test_hovering_reads_exact_numbers(page: RobustnessPage, qtbot: QtBot) -> None:
    x, y = page.plot.data("exact")
    i = len(x) // 2
    box = page.plot.view.getPlotItem().getViewBox()
    at = page.plot.view.mapFromScene(box.mapViewToScene(QPointF(x[i], 0.5)))
    hover(page.plot.view.viewport(), at)
    assert f"{y[i]:.4g}" in page.plot.values.text()
    assert f"{x[i]:g}" in page.plot.values.text()


def test_one_class_is_curve_images_and_median(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    choose(qtbot, page.label, page.label.findData(3))
    found = exact_of(window.session)
    x, y = page.plot.data("exact")
    np.testing.assert_array_equal(y, found.accuracy("l2", x, 3))
    labels = data_of(window.session).test.labels
    for strip, expected in (
        (page.fragile, found.fragile("l2", 60, 3)),
        (page.solid, found.solid("l2", 60, 3)),
    ):
        shown = [image.index for image in strip.images]
        assert shown == expected.tolist()
        assert (labels[shown] == 3).all()
    assert f"{found.median('l2', 3):.3g}" in page.size_words.text()


def test_images_are_the_ends_and_a_click_opens_one(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    found = exact_of(window.session)
    for strip, expected in ((page.fragile, found.fragile("l2", 60)), (page.solid,
                            found.solid("l2", 60))):  # fmt: skip
        assert [image.index for image in strip.images] == expected.tolist()
        last = strip.n_fitting - 1
        assert last > 3
        assert strip.rect().contains(strip.cell_rect(last))
        hover(strip, strip.cell_rect(last).center())
        index = int(expected[last])
        assert f"{found.sizes('l2')[index]:.4g}" in window.hover_words.text()
        click(qtbot, strip, strip.cell_rect(last).center())
        assert page.card.isVisible()
        assert page.card.content.index == index
        page.card.close()


def test_medians_and_scores_are_those_of_every_epoch(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    assert session.history is not None
    reader = RobustnessReader(data_of(session).test)
    list(reader.reading(session.history.records))
    expected = reader.found(session.history.records)
    wait_until(qtbot, lambda: len(page.median_plot.data("median")[0]) == EPOCHS + 1)
    np.testing.assert_array_equal(page.median_plot.data("median")[1], expected.l2)
    np.testing.assert_array_equal(page.score_plot.data("score")[1], expected.score)
    choose(qtbot, page.norm, page.norm.findData("linf"))
    np.testing.assert_array_equal(page.median_plot.data("median")[1], expected.linf)


def test_it_follows_the_epoch_shown(page: RobustnessPage, window: MainWindow, qtbot: QtBot) -> None:
    window.session.show_epoch(3)
    wait_for_curves(qtbot, window.session)
    x, y = page.plot.data("exact")
    np.testing.assert_array_equal(y, exact_of(window.session).accuracy("l2", x))
    assert "epoch 3" in page.words.text()
    assert page.median_plot.marker == 3


def test_an_adversarially_trained_run_lies_beside_the_other(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    first = session.runs.shown_key
    assert first is not None
    combo = window.panel.later_form.rows["adversary"].editor
    choose(qtbot, combo, combo.findData("l2"))  # type: ignore[attr-defined]
    session.set_setting("adversary_size", 1.0)
    assert session.needs_rewind
    session.rewind(play=True)
    wait_until(qtbot, lambda: session.runs.shown_key != first)
    wait_for_state(qtbot, session, RunState.FINISHED)
    curves = wait_for_curves(qtbot, session)
    assert session.training_config.adversary == "l2"
    assert [model.key for model in curves.request.models] == [session.runs.shown_key, first]
    (other,) = page.plot.runs
    assert other.key == first
    entry = session.runs.entry(first)
    assert entry is not None
    weights = entry.run.history.records[-1].weights
    plain = finish(exact_robustness(weights, data_of(session).test, boxed=False))
    _, x, y = other.curves[0]
    np.testing.assert_array_equal(y, plain.accuracy("l2", x))
    wait_until(qtbot, lambda: len(page.median_plot.runs) == 1)
    session.runs.set_visible(first, False)
    wait_until(qtbot, lambda: not page.plot.runs)


def test_nothing_is_computed_where_nobody_looks(window: MainWindow, qtbot: QtBot) -> None:
    job = window.session.robustness._job
    qtbot.wait(200)
    assert job.idle
    assert window.session.robustness.curves is None
    press(qtbot, window, "Ctrl+5")
    before = wait_for_curves(qtbot, window.session)
    press(qtbot, window, "Ctrl+1")
    window.session.show_epoch(1)
    qtbot.wait(300)
    assert job.idle
    assert window.session.robustness._curves is before


def test_the_curve_is_drawn_in_either_theme(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    for theme in (window.theme, DARK):
        window.use_theme(theme)
        seen = pixels(page.plot.view)
        assert has_colour(seen, theme.train).sum() > 100
        assert has_colour(seen, theme.validation).sum() > 30


def test_other_data_clear_the_page_and_fill_it_again(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    window.session.set_setting("test_size", 50)
    window.session.rewind(play=True)
    wait_until(qtbot, lambda: data_of(window.session).test.n_samples == 50)
    wait_for_state(qtbot, window.session, RunState.FINISHED)
    curves = wait_for_curves(qtbot, window.session)
    assert curves.request.split.n_samples == 50
    assert "50 test images" in page.words.text()


def test_a_long_search_ends_when_the_window_closes(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    window = new_window(new_session())
    open_and_finish(qtbot, window.session)
    window.session.robustness.measure(boxed=True)
    window.show_robustness()
    assert window.session.close()


def test_a_strip_that_wraps_fills_rows_and_is_chosen_from(qtbot: QtBot) -> None:
    strip = ImageStrip("images", "help", wraps=True)
    qtbot.addWidget(strip)
    strip.resize(200, 300)
    rgb = np.zeros((8, 8, 3), dtype=np.uint8)
    strip.set_images([StripImage(i, rgb, (("a",), ("b",)), f"image {i}") for i in range(40)])
    strip.show()
    assert strip.n_fitting >= 6
    cells = [strip.cell_rect(place) for place in range(strip.n_fitting)]
    assert all(strip.rect().contains(cell) for cell in cells)
    assert not any(a.intersects(b) for i, a in enumerate(cells) for b in cells[:i])
    with qtbot.waitSignal(strip.clicked) as told:
        click(qtbot, strip, cells[-1].center())
    assert told.args == [strip.n_fitting - 1]
