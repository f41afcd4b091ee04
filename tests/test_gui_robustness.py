"""The Robustness page: every number on it is core's, and nothing is computed where nobody looks."""

from __future__ import annotations

import time
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
    play_endlessly,
    press,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPointF

from core.attack.whole_parts.sized import SIZED_ATTACKS, SizedFastGradient
from core.exact.curves import MedianSearch, exact_robustness, share_right
from core.progress import finish
from gui.attack.robustness.job import ATTACKS
from gui.attack.robustness.page import TWO
from gui.session.run_state import RunState
from gui.theme import DARK
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from core.exact.curves import ExactRobustness
    from gui.attack.robustness.job import RobustnessCurves
    from gui.attack.robustness.page import RobustnessPage
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def wait_for_curves(qtbot: QtBot, session: Session) -> RobustnessCurves:
    """Wait until the curves are all those of the model shown."""

    def there() -> bool:
        curves, shown = session.robustness.curves, session.view.shown
        if curves is None or shown is None or not curves.complete:
            return False
        return curves.request.models[0].weights is shown.weights and session.robustness._job.idle

    wait_until(qtbot, there)
    curves = session.robustness.curves
    assert curves is not None
    return curves


def exact_of(session: Session, *, boxed: bool = False) -> ExactRobustness:
    """Return what core finds of the model shown."""
    shown = session.view.shown
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
    assert session.view.shown is not None
    for norm, boxed in (("l2", False), ("linf", False), ("linf", True), ("l2", True)):
        if page.curves.norm.currentData() != norm:
            choose(qtbot, page.curves.norm, page.curves.norm.findData(norm))
        if page.curves.boxed.isChecked() != boxed:
            click(qtbot, page.curves.boxed)
        curves = wait_for_curves(qtbot, session)
        x, y = page.curves.plot.data("exact")
        np.testing.assert_array_equal(x, curves.sizes)
        np.testing.assert_array_equal(y, exact_of(session, boxed=boxed).accuracy(norm, x))
        for attack in ATTACKS:
            drawn_at, drawn = page.curves.plot.data(attack.label)
            tried = curves.attack_sizes
            *_, known = attack.curve(session.view.shown.weights, test, norm, tried, boxed=boxed)
            at_tried = np.isin(drawn_at, tried)
            np.testing.assert_array_equal(drawn_at[at_tried], tried)
            expected = share_right(known.counts, test.labels)
            np.testing.assert_array_equal(drawn[at_tried], expected)
            assert (drawn >= y[x <= tried[-1]]).all()  # nowhere under the exact curve


def test_hovering_reads_all_numbers_where_attacks_were_tried(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    curves, plot = window.session.robustness.curves, page.curves.plot
    assert curves is not None
    labels = data_of(window.session).test.labels
    i = len(curves.attack_sizes) // 2
    size = curves.attack_sizes[i]
    box = plot.view.getPlotItem().getViewBox()
    between = 0.6 * size + 0.4 * curves.attack_sizes[i + 1]
    hover(plot.view.viewport(), plot.view.mapFromScene(box.mapViewToScene(QPointF(between, 0.5))))
    words = plot.values.text()
    assert f"size {size:g}" in words
    exact = exact_of(window.session).accuracy("l2", np.array([size]))[0]
    assert f"exact {exact:.4g}" in words
    for attack in ATTACKS:
        share = share_right(curves.attacks[attack.label].counts, labels)[i]
        assert f"{attack.label} {share:.4g}" in words


def test_the_axis_of_accuracy_goes_from_0_to_1_whatever_is_shown(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    box = page.curves.plot.view.getPlotItem().getViewBox()

    def check() -> None:
        low, high = box.viewRange()[1]
        assert -0.1 < low < 0 < 1 < high < 1.1
        labelled = page.curves.plot.view.getAxis("left").tickValues(low, high, box.height())[0][1]
        assert {0.0, 1.0} <= {round(place, 6) for place in labelled}

    check()
    choose(qtbot, page.curves.norm, page.curves.norm.findData("linf"))
    window.session.view.show_epoch(1)
    wait_for_curves(qtbot, window.session)
    check()
    page.switch.choose(TWO)
    qtbot.wait(50)
    check()


def test_curves_differ_by_line_or_width_not_only_by_colour(page: RobustnessPage) -> None:
    names = ["exact", *(attack.label for attack in ATTACKS)]
    pens = [page.curves.plot.line(name).pen for name in names]
    assert len({(pen.style(), pen.widthF()) for pen in pens}) == len(pens)
    assert len({pen.style() for pen in pens}) == len(pens)
    tooltip = page.curves.plot._title.toolTip()
    for attack in ATTACKS:
        assert attack.help.split(":")[0] in tooltip


def test_one_class_is_curve_images_and_median(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    choose(qtbot, page.curves.label, page.curves.label.findData(3))
    found = exact_of(window.session)
    x, y = page.curves.plot.data("exact")
    np.testing.assert_array_equal(y, found.accuracy("l2", x, 3))
    labels = data_of(window.session).test.labels
    for strip, expected in (
        (page.images.fragile, found.fragile("l2", 60, 3)),
        (page.images.solid, found.solid("l2", 60, 3)),
    ):
        shown = [image.index for image in strip.images]
        assert shown == expected.tolist()
        assert (labels[shown] == 3).all()
    assert f"{found.median('l2', 3):.3g}" in page.images.size_words.text()


def test_images_are_the_ends_and_a_click_opens_one(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    found = exact_of(window.session)
    for strip, expected in ((page.images.fragile, found.fragile("l2", 60)), (page.images.solid,
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
    assert session.view.history is not None
    search = MedianSearch(data_of(session).test, {0: session.view.history.records})
    list(search.run())
    expected = search.found()[0]
    wait_until(qtbot, lambda: len(page.epochs.median_plot.data("median")[0]) == EPOCHS + 1)
    np.testing.assert_array_equal(page.epochs.median_plot.data("median")[1], expected.l2)
    np.testing.assert_array_equal(page.epochs.score_plot.data("score")[1], expected.score)
    choose(qtbot, page.curves.norm, page.curves.norm.findData("linf"))
    np.testing.assert_array_equal(page.epochs.median_plot.data("median")[1], expected.linf)


def test_it_follows_the_epoch_shown(page: RobustnessPage, window: MainWindow, qtbot: QtBot) -> None:
    window.session.view.show_epoch(3)
    wait_for_curves(qtbot, window.session)
    x, y = page.curves.plot.data("exact")
    np.testing.assert_array_equal(y, exact_of(window.session).accuracy("l2", x))
    assert "epoch 3" in page.images.words.text()
    assert page.epochs.median_plot.marker == 3


def test_an_adversarially_trained_run_lies_beside_the_other(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    first = session.runs.shown_key
    assert first is not None
    combo = window.panel.later_form.rows["adversary"].editor
    choose(qtbot, combo, combo.findData("l2"))  # type: ignore[attr-defined]
    session.wanted.set_setting("adversary_size", 1.0)
    assert session.wanted.needs_rewind
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: session.runs.shown_key != first)
    wait_for_state(qtbot, session, RunState.FINISHED)
    curves = wait_for_curves(qtbot, session)
    assert session.view.training_config.adversary == "l2"
    assert [model.key for model in curves.request.models] == [session.runs.shown_key, first]
    (other,) = page.curves.plot.runs
    assert other.key == first
    entry = session.runs.entry(first)
    assert entry is not None
    weights = entry.run.history.records[-1].weights
    plain = finish(exact_robustness(weights, data_of(session).test, boxed=False))
    _, x, y = other.curves[0]
    np.testing.assert_array_equal(y, plain.accuracy("l2", x))
    wait_until(qtbot, lambda: len(page.epochs.median_plot.runs) == 1)
    session.runs.set_visible(first, False)
    wait_until(qtbot, lambda: not page.curves.plot.runs)


class EndlessAttack(SizedFastGradient):
    """Tries three sizes at once, and comes to no end with the fourth until it is let."""

    label, help = "endless", "waits"
    may_end = False

    def within(self, model, split, rows, norm, size, *, boxed):  # type: ignore[no-untyped-def]
        while size > 0.5 and not self.may_end:
            time.sleep(0.005)
            yield
        yield
        return rows[: len(rows) // 2] if size else rows


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> EndlessAttack:
    """Put an attack that takes for ever between noise and the others."""
    attack = EndlessAttack()
    noise, *others = SIZED_ATTACKS
    slow = (noise, attack, *others)
    for module in ("job", "study", "plot"):
        monkeypatch.setattr(f"gui.attack.robustness.{module}.ATTACKS", slow)
    return attack


def test_attacks_can_be_left_and_gone_on_with(
    endless: EndlessAttack, window: MainWindow, qtbot: QtBot
) -> None:
    session, page = window.session, window.robustness
    window.show_robustness()
    progress = page.curves.attacks
    wait_until(qtbot, progress.button.isVisible)
    wait_until(qtbot, lambda: progress.bar.value() >= 2)
    assert progress.bar.isVisible()
    assert progress.words.text().startswith("endless ")
    assert "trying endless" in page.images.words.text()
    n_sizes = progress.bar.maximum()
    assert progress.button.text() == "Cancel"
    click(qtbot, progress.button)
    wait_until(qtbot, lambda: session.robustness._job.idle)
    wait_until(qtbot, lambda: progress.button.text() == "Go on")
    assert not progress.bar.isVisible()
    curves = session.robustness.curves
    assert curves is not None
    assert not curves.complete
    kept = curves.attacks["endless"].counts
    assert 1 < len(kept) < n_sizes
    assert page.curves.plot.data("endless")[0][-1] == curves.attack_sizes[len(kept) - 1]
    assert len(page.curves.plot.data("noise")[0])
    assert not len(page.curves.plot.data("PGD")[0])
    endless.may_end = True
    click(qtbot, progress.button)
    curves = wait_for_curves(qtbot, session)
    assert curves.complete
    np.testing.assert_array_equal(curves.attacks["endless"].counts[: len(kept)], kept)
    wait_until(qtbot, lambda: not progress.button.isVisible())


def test_what_was_left_for_one_model_is_tried_on_another(
    endless: EndlessAttack, window: MainWindow, qtbot: QtBot
) -> None:
    window.show_robustness()
    session, progress = window.session, window.robustness.curves.attacks
    wait_until(qtbot, progress.button.isVisible)
    click(qtbot, progress.button)
    wait_until(qtbot, lambda: progress.button.text() == "Go on")
    endless.may_end = True
    qtbot.wait(700)  # nothing begins anew by itself
    assert session.robustness.attacks_left
    session.view.show_epoch(2)
    assert wait_for_curves(qtbot, session).complete
    assert not session.robustness.attacks_left


def test_beside_a_training_only_quick_attacks_are_tried(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    play_endlessly(session)
    wait_for_state(qtbot, session, RunState.RUNNING)

    def followed() -> bool:
        curves = session.robustness.curves
        return curves is not None and "noise" in curves.attacks

    wait_until(qtbot, followed)
    curves = session.robustness.curves
    assert curves is not None
    assert set(curves.attacks) == {"noise"}
    wait_until(qtbot, page.curves.attacks.words.isVisible)
    session.training.pause()
    assert set(wait_for_curves(qtbot, session).attacks) == {attack.label for attack in ATTACKS}
    wait_until(qtbot, lambda: not page.curves.attacks.words.isVisible())


def test_nothing_is_computed_where_nobody_looks(window: MainWindow, qtbot: QtBot) -> None:
    job = window.session.robustness._job
    qtbot.wait(200)
    assert job.idle
    assert window.session.robustness.curves is None
    press(qtbot, window, "Ctrl+5")
    before = wait_for_curves(qtbot, window.session)
    press(qtbot, window, "Ctrl+1")
    window.session.view.show_epoch(1)
    qtbot.wait(300)
    assert job.idle
    assert window.session.robustness._curves is before


def test_the_curve_is_drawn_in_either_theme(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    for theme in (window.theme, DARK):
        window.use_theme(theme)
        seen = pixels(page.curves.plot.view)
        for colour in (theme.train, theme.validation, theme.bad, theme.best):
            assert has_colour(seen, colour).sum() > 30


def test_other_data_clear_the_page_and_fill_it_again(
    page: RobustnessPage, window: MainWindow, qtbot: QtBot
) -> None:
    window.session.wanted.set_setting("test_size", 50)
    window.session.training.rewind(play=True)
    wait_until(qtbot, lambda: data_of(window.session).test.n_samples == 50)
    wait_for_state(qtbot, window.session, RunState.FINISHED)
    curves = wait_for_curves(qtbot, window.session)
    assert curves.request.split.n_samples == 50
    assert "50 test images" in page.images.words.text()


def test_attacks_end_when_nobody_looks_and_go_on_later(
    endless: EndlessAttack, window: MainWindow, qtbot: QtBot
) -> None:
    state, page = window.session.robustness, window.robustness
    window.show_robustness()
    wait_until(qtbot, lambda: page.curves.attacks.bar.value() >= 2)
    press(qtbot, window, "Ctrl+1")
    wait_until(qtbot, lambda: state._job.idle)
    curves = state.curves
    assert curves is not None
    assert not state.attacks_left  # nobody has called them off
    kept = curves.attacks["endless"].counts
    assert len(kept) > 1
    endless.may_end = True
    window.show_robustness()
    curves = wait_for_curves(qtbot, window.session)
    np.testing.assert_array_equal(curves.attacks["endless"].counts[: len(kept)], kept)


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
