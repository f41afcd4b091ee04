"""The Robustness page: every number on it is core's, and nothing is computed where nobody looks."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    PAGE_SIZE,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_view,
    pixels,
    play_endlessly,
    press,
    put_on,
    rgb,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QLabel

from core.attack.methods.fgsm import FastGradient
from core.attack.whole_parts.sized import SIZED_ATTACKS as ATTACKS
from core.attack.whole_parts.sized import GradientAttack, Trial
from core.exact.curve_search import MedianSearch, some_images
from core.exact.curves import exact_robustness, share_right
from core.learning.model_cache import ModelCache
from core.progress import finish
from core.words import at_least, at_most
from gui.attack.robustness.images import N_IMAGES
from gui.attack.robustness.panel import RobustnessPanel
from gui.attack.robustness.words import known_words, outcome
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from core.exact.curves import ExactRobustness
    from gui.attack.robustness.questions import RobustnessCurves
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def wait_for_curves(qtbot: QtBot, page: RobustnessPanel) -> RobustnessCurves:
    """Wait until everything is of the model shown."""
    wait_until(qtbot, lambda: all(study.is_settled for study in page.state.studies))
    curves = page.state.curves
    assert curves is not None
    assert curves.is_complete
    return curves


def exact_of(session: Session, *, boxed: bool = False) -> ExactRobustness:
    """Return what core finds of the model shown."""
    shown = session.view.shown
    assert shown is not None
    return finish(exact_robustness(shown.weights, data_of(session).test, boxed=boxed))


@pytest.fixture
def page(
    new_panel: Callable[..., RobustnessPanel], session: Session, qtbot: QtBot
) -> RobustnessPanel:
    """Return the page with all there is on it."""
    session.attack.measure.measure(boxed=False)
    page = new_panel(RobustnessPanel, session, size=PAGE_SIZE)
    wait_for_curves(qtbot, page)
    return page


def test_curves_are_those_of_core_in_either_norm_with_and_without_the_box(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    test = data_of(session).test
    assert session.view.shown is not None
    for norm, boxed in (("l2", False), ("linf", False), ("linf", True), ("l2", True)):
        session.attack.measure.measure(norm=norm, boxed=boxed)
        curves = wait_for_curves(qtbot, page)
        x, y = page.curves.plot.main.data("exact")
        np.testing.assert_array_equal(x, curves.sizes)
        np.testing.assert_array_equal(y, exact_of(session, boxed=boxed).accuracy(norm, x))
        said = [("0..1" in words or "in the box" in words) for words in page.outcome._wordings]
        assert said == [boxed] * len(said)
        weights = session.view.shown.weights
        for attack in ATTACKS:
            drawn_at, drawn = page.curves.plot.main.data(attack.label)
            tried = curves.attack_sizes
            *_, known = attack.curve(Trial(weights, test, norm, tried, boxed))
            at_tried = np.isin(drawn_at, tried)
            np.testing.assert_array_equal(drawn_at[at_tried], tried)
            expected = share_right(known, test.labels)
            np.testing.assert_array_equal(drawn[at_tried], expected)
            assert (drawn >= y[x <= tried[-1]]).all()  # nowhere under the exact curve


def test_hovering_reads_all_numbers_where_attacks_were_tried(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    curves, plot = page.state.curves, page.curves.plot
    assert curves is not None
    labels = data_of(session).test.labels
    i = len(curves.attack_sizes) // 2
    size = curves.attack_sizes[i]
    box = plot.box
    between = 0.6 * size + 0.4 * curves.attack_sizes[i + 1]
    hover(plot.view.viewport(), plot.view.mapFromScene(box.mapViewToScene(QPointF(between, 0.5))))
    words = plot.values.text()
    assert f"size {size:g}" in words
    exact = exact_of(session).accuracy("l2", np.array([size]))[0]
    assert f"exact {exact:.4g}" in words
    for attack in ATTACKS:
        share = share_right(curves.attacks[attack.label], labels)[i]
        assert f"{attack.label} {share:.4g}" in words


def test_where_nobody_points_the_legend_tells_of_one_size_and_of_what_was_tried_there(
    page: RobustnessPanel, session: Session
) -> None:
    curves, plot = page.state.curves, page.curves.plot
    assert curves is not None
    assert plot.marks.marker == curves.shown.median("l2")
    x, y = plot.main.data("exact")
    at = int(np.abs(x - plot.marks.marker).argmin())
    assert plot.legend.words[0] == f"exact {100 * y[at]:.0f} %"
    assert all(words.endswith("%") for words in plot.legend.words)
    x, y = plot.main.data("PGD")
    for n_tried in (5, 1):
        plot.set_data("PGD", x[:n_tried], y[:n_tried])  # as far as it has been tried
        plot.marks.set_marker(x[n_tried])
        (words,) = (words for words in plot.legend.words if words.startswith("PGD"))
        assert words == "PGD"
    few = {label: counts[:1] for label, counts in curves.attacks.items()}
    assert "noise" in outcome(curves, None, "")[0]
    assert "noise" not in outcome(replace(curves, attacks=few), None, "")[0]
    page.curves._draw(replace(curves, furthest=float(x[3])))  # a run that ran away
    assert plot.marks.marker == x[3]
    assert f"exact {100 * plot.main.data('exact')[1][3]:.0f} %" in plot.legend.words


def test_the_axis_of_accuracy_goes_from_0_to_1_whatever_is_shown(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    box = page.curves.plot.box

    def check() -> None:
        low, high = box.viewRange()[1]
        assert -0.1 < low < 0 < 1 < high < 1.1
        labelled = page.curves.plot.view.axes["left"].tickValues(low, high, box.height())[0][1]
        assert {0.0, 1.0} <= {round(place, 6) for place in labelled}

    check()
    session.attack.measure.measure(norm="linf")
    session.view.show_epoch(1)
    wait_for_curves(qtbot, page)
    check()


def test_curves_differ_by_line_or_width_not_only_by_colour(page: RobustnessPanel) -> None:
    names = ["exact", *(attack.label for attack in ATTACKS)]
    pens = [page.curves.plot.main.lines[name].pen for name in names]
    assert len({(pen.style(), pen.widthF()) for pen in pens}) == len(pens)
    assert len({pen.style() for pen in pens}) == len(pens)
    labels = page.curves.findChildren(QLabel, "heading")
    (tooltip,) = [label.toolTip() for label in labels if "READ RIGHTLY" in label.text()]
    for attack in ATTACKS:
        assert attack.help.split(":")[0] in tooltip


def test_one_class_is_curve_images_and_median(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, page.head.label, page.head.label.findData(3))
    found = exact_of(session)
    x, y = page.curves.plot.main.data("exact")
    np.testing.assert_array_equal(y, found.accuracy("l2", x, 3))
    labels = data_of(session).test.labels
    fragile, n_left_out = found.fragile("l2", 3)
    solid = found.ordered("l2", 3)[::-1]
    for strip, expected in ((page.images.fragile, fragile), (page.images.solid, solid)):
        shown = [image.index for image in strip.images]
        assert shown == expected[:N_IMAGES].tolist()
        assert (labels[shown] == 3).all()
    assert (str(n_left_out) in page.images.left_out.text()) == bool(n_left_out)
    assert at_least(found.median("l2", 3)) in page.outcome.text()
    assert "of 3" in page.outcome.text()
    assert page.per_class.rows.chosen == 3
    # A row of the classes chooses as well, and lets go again.
    rows = page.per_class.rows
    click(qtbot, rows, rows.cell_rect(5, 0).center())
    assert page.head.label.currentData() == 5
    x, y = page.curves.plot.main.data("exact")
    np.testing.assert_array_equal(y, found.accuracy("l2", x, 5))
    click(qtbot, rows, rows.cell_rect(5, 0).center())
    assert page.head.label.currentData() is None


def test_rows_tell_the_quartiles_of_each_class(
    page: RobustnessPanel, session: Session, app: QApplication
) -> None:
    found, rows = exact_of(session), page.per_class.rows
    np.testing.assert_array_equal(rows.quartiles, found.quartiles("l2"))
    low, median, high = found.quartiles("l2")[:, 7]
    told = hover(rows, rows.cell_rect(7, 0).center())
    for words in (at_most(low, 4), at_least(median, 4), at_least(high, 4)):
        assert words in told
    seen = pixels(rows)
    cell = rows.cell_rect(7, 0)
    assert (seen[cell.center().y(), round(rows.x_of(median))] == rgb(LIGHT.train)).all()


def test_another_part_is_measured(page: RobustnessPanel, session: Session, qtbot: QtBot) -> None:
    choose(qtbot, page.head.part, page.head.part.findData("train"))
    curves = wait_for_curves(qtbot, page)
    train = data_of(session).train
    assert curves.images.split is train
    assert session.view.shown is not None
    found = finish(exact_robustness(session.view.shown.weights, train, boxed=False))
    x, y = page.curves.plot.main.data("exact")
    np.testing.assert_array_equal(y, found.accuracy("l2", x))
    assert f"{train.n_samples:,} training images" in page.words.text()
    with qtbot.waitSignal(page.sample_requested) as asked:
        click(qtbot, page.images.solid, page.images.solid.cell_rect(0, 0).center())
    assert asked.args == ["train", int(found.ordered("l2")[-1])]


def test_images_are_the_ends_and_a_click_opens_one(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    found = exact_of(session)
    fragile, _ = found.fragile("l2")
    for strip, expected in ((page.images.fragile, fragile), (page.images.solid,
                            found.ordered("l2")[::-1])):  # fmt: skip
        assert [image.index for image in strip.images] == expected[:N_IMAGES].tolist()
        last = strip.n_cells[1] - 1
        assert last >= 1
        assert strip.rect().contains(strip.cell_rect(0, last))
        index = int(expected[last])
        told = hover(strip, strip.cell_rect(0, last).center())
        assert at_most(found.sizes("l2")[index], 4) in told
        with qtbot.waitSignal(page.sample_requested) as asked:
            click(qtbot, strip, strip.cell_rect(0, last).center())
        assert asked.args == ["test", index]


def test_medians_are_those_of_every_epoch_in_norm_and_box(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.history is not None
    records, plot = session.view.history.records, page.epochs.plot
    images, before = some_images(data_of(session).test), None
    for norm, boxed in (("l2", False), ("linf", False), ("linf", True), ("l2", True)):
        page.state.measure.measure(norm=norm, boxed=boxed)
        wait_for_curves(qtbot, page)
        search = MedianSearch(images, {0: records}, ModelCache(), norm=norm, boxed=boxed)
        list(search.run())
        expected = search.found()[0]
        wait_until(qtbot, lambda: len(plot.main.data("median")[0]) == EPOCHS + 1)
        np.testing.assert_array_equal(plot.main.data("median")[1], expected.medians)
        drawn = pixels(plot.view)
        assert before is None or (drawn != before).any()  # the box and the norm can be seen
        before = drawn


def test_medians_say_of_how_many_images_they_are_and_ends_alone_are_no_curve(
    page: RobustnessPanel, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.epochs.n_words.text() == "length that fools, of 200 test images"
    monkeypatch.setattr("gui.attack.robustness.study.MEDIAN_PIXELS", {True: 64 * 90, False: 1e9})
    page.state.measure.measure(boxed=True)
    wait_for_curves(qtbot, page)
    wait_until(
        qtbot, lambda: page.epochs.n_words.text() == "length that fools, of 90 of 200 test images"
    )
    assert page.epochs.n_words.shown == "of 90 of 200"
    assert "medians of 90 of 200 test images" in page.epochs.figure_words()
    found = page.state.medians.found
    assert found is not None
    ((key, whole),) = found.items()
    for places, is_drawn in (([0, -1], False), ([0, 6, -1], False), ([0, 3, 6, 9, -1], True)):
        at = {name: getattr(whole, name)[places] for name in ("epochs", "medians", "sound")}
        few = replace(whole, **at)
        monkeypatch.setitem(found, key, few)
        page.refresh()
        assert bool(len(page.epochs.plot.main.data("median")[0])) == is_drawn


def test_it_follows_the_epoch_shown(page: RobustnessPanel, session: Session, qtbot: QtBot) -> None:
    session.view.show_epoch(3)
    wait_for_curves(qtbot, page)
    x, y = page.curves.plot.main.data("exact")
    np.testing.assert_array_equal(y, exact_of(session).accuracy("l2", x))
    assert "epoch 3" in page.words.text()
    assert page.epochs.plot.marks.marker == 3


def test_an_adversarially_trained_run_lies_beside_the_other(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, page = window.session, window.page("attack").tabs.panel("the curves")
    assert not any(thread.name == "exact curves" for thread in threading.enumerate())
    press(qtbot, window, "Ctrl+2")
    open_view(qtbot, window.page("attack"), "the curves")
    assert page.isVisible()
    assert wait_for_curves(qtbot, page).images.split is data_of(session).test
    strip = page.images.fragile
    hover(strip, strip.cell_rect(0, 0).center())
    assert f"test image {strip.images[0].index:,}" in window.foot.hovered.text()
    first = session.runs.shown_key
    assert first is not None
    session.wanted.set_setting("adversary", "l2")
    session.wanted.set_setting("adversary_size", 1.0)
    assert session.wanted.waits
    session.training.start_again()
    wait_until(qtbot, lambda: session.runs.shown_key != first)
    wait_for_state(qtbot, session, RunState.FINISHED)
    curves = wait_for_curves(qtbot, page)
    assert session.view.training_config.adversary == "l2"
    assert [model.key for model in curves.models] == [session.runs.shown_key, first]
    assert session.view.shown is not None
    assert curves.models[0].weights is session.view.shown.weights
    (other,) = page.curves.plot.runs.runs
    assert other.key == first
    entry = session.runs.entry(first)
    assert entry is not None
    weights = entry.run.history.records[-1].weights
    plain = finish(exact_robustness(weights, data_of(session).test, boxed=True))
    _, x, y = other.curves[0]
    np.testing.assert_array_equal(y, plain.accuracy("l2", x))
    wait_until(qtbot, lambda: len(page.epochs.plot.runs.runs) == 1)
    session.runs.set_visible(first, False)
    wait_until(qtbot, lambda: not page.curves.plot.runs.runs)


class EndlessAttack(GradientAttack):
    """Tries three sizes at once, and comes to no end with the fourth until it is let."""

    may_end = False
    n_begun = 0

    def curve(self, on):  # type: ignore[no-untyped-def]
        self.n_begun += 1
        yield from super().curve(on)

    def within(self, on, rows, size):  # type: ignore[no-untyped-def]
        while size > 0.5 and not self.may_end:
            time.sleep(0.005)
            yield
        yield
        return rows[: len(rows) // 2] if size else rows


@pytest.fixture
def endless() -> EndlessAttack:
    """Return an attack that takes for ever."""
    return EndlessAttack("endless", "waits", FastGradient)


@pytest.fixture
def tried(
    endless: EndlessAttack, new_panel: Callable[..., RobustnessPanel], session: Session
) -> RobustnessPanel:
    """Return the page with that attack between noise and the others."""
    noise, *others = ATTACKS
    return new_panel(RobustnessPanel, session, size=PAGE_SIZE, attacks=(noise, endless, *others))


def n_tried(page: RobustnessPanel) -> int:
    """Return how many sizes the endless attack has been tried at."""
    curves = page.state.curves
    known = None if curves is None else curves.attacks.get("endless")
    return 0 if known is None else len(known)


def test_attacks_can_be_left_and_gone_on_with(
    endless: EndlessAttack, tried: RobustnessPanel, qtbot: QtBot
) -> None:
    page, progress = tried, tried.attacks
    bar, cancel = progress.progress.bar, progress.progress.button
    wait_until(qtbot, lambda: n_tried(page) >= 2)
    wait_until(qtbot, cancel.isVisible)
    assert bar.isVisible()
    assert bar.value() > 0
    assert progress.words.text().startswith("endless ")
    click(qtbot, cancel)
    wait_until(qtbot, lambda: not page.state.slow.is_computing)
    wait_until(qtbot, progress.go_on.isVisible)
    assert not bar.isVisible()
    assert not cancel.isVisible()
    curves = page.state.curves
    assert curves is not None
    assert not curves.is_complete
    kept = curves.attacks["endless"]
    assert 1 < len(kept) < len(curves.attack_sizes)
    assert page.curves.plot.main.data("endless")[0][-1] == curves.attack_sizes[len(kept) - 1]
    assert len(page.curves.plot.main.data("noise")[0])
    assert not len(page.curves.plot.main.data("PGD")[0])
    endless.may_end = True
    click(qtbot, progress.go_on)
    curves = wait_for_curves(qtbot, page)
    np.testing.assert_array_equal(curves.attacks["endless"][: len(kept)], kept)
    wait_until(qtbot, lambda: not (cancel.isVisible() or progress.go_on.isVisible()))


def test_what_was_left_for_one_model_is_tried_on_another(
    endless: EndlessAttack, tried: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    progress = tried.attacks
    wait_until(qtbot, progress.progress.button.isVisible)
    click(qtbot, progress.progress.button)
    wait_until(qtbot, progress.go_on.isVisible)
    endless.may_end = True
    qtbot.wait(700)  # nothing begins anew by itself
    assert tried.state.attacks_left
    session.view.show_epoch(2)
    assert wait_for_curves(qtbot, tried).is_complete
    assert not tried.state.attacks_left


def test_beside_a_training_only_quick_attacks_are_tried(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    play_endlessly(session)
    wait_for_state(qtbot, session, RunState.RUNNING)

    def followed() -> bool:
        curves = page.state.curves
        return curves is not None and "noise" in curves.attacks

    wait_until(qtbot, followed)
    curves = page.state.curves
    assert curves is not None
    assert set(curves.attacks) == {"noise"}
    wait_until(qtbot, page.attacks.waiting.isVisible)
    session.training.pause()
    assert set(wait_for_curves(qtbot, page).attacks) == {attack.label for attack in ATTACKS}
    wait_until(qtbot, lambda: not page.attacks.waiting.isVisible())


def test_in_the_box_it_follows_a_training_with_few_images_and_all_when_it_rests(
    new_panel: Callable[..., RobustnessPanel],
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every number is of the epoch it names, and that goes on as the run does."""
    monkeypatch.setattr("gui.attack.robustness.study.FEW_PIXELS", {True: 64 * 240, False: 1e9})
    session.attack.measure.measure(boxed=True)
    page = new_panel(RobustnessPanel, session, size=PAGE_SIZE)
    wait_for_curves(qtbot, page)
    play_endlessly(session)
    wait_for_state(qtbot, session, RunState.RUNNING)
    seen: dict[float, RobustnessCurves] = {}
    newest = set[int]()

    def followed() -> bool:
        curves, medians = page.state.curves, page.state.medians.found or {}
        if curves is not None and curves.models[0].key == session.runs.live_key:
            seen[curves.models[0].epoch] = curves
        known = medians.get(session.runs.live_key or 0)
        if known is not None and len(known.epochs):
            newest.add(int(known.epochs[-1]))
        return len(seen) >= 4 and len(newest) >= 3

    wait_until(qtbot, followed)
    assert max(seen) > 2
    words = page.words.text()
    session.training.pause()
    assert "of 100 of 200 test images" in words
    assert "all follow when it rests" in words
    test = data_of(session).test
    for curves in seen.values():
        assert len(curves.images.rows) == 100
        assert all("100 of 200" in words for words in known_words(curves, "l2"))
        few = test.take(curves.images.rows)
        found = finish(exact_robustness(curves.models[0].weights, few, boxed=True))
        np.testing.assert_allclose(curves.shown.sizes("l2"), found.sizes("l2"))
    curves = wait_for_curves(qtbot, page)
    assert curves.images.split is test
    assert "200 test images" in page.words.text()
    assert "follow" not in page.words.text()


def test_the_foot_goes_through_the_epochs_of_curves_and_tables(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.page("attack")
    press(qtbot, window, "Ctrl+2")
    open_view(qtbot, page, "the curves")
    curves = page.tabs.panel("the curves")
    wait_for_curves(qtbot, curves)
    press(qtbot, window, ",")
    assert wait_for_curves(qtbot, curves).models[0].epoch == EPOCHS - 1
    assert f"epoch {EPOCHS - 1}" in curves.words.text()
    open_view(qtbot, page, "the costs")
    costs = page.tabs.panel("the costs")
    press(qtbot, window, "Home")
    wait_until(qtbot, lambda: costs.study.is_settled and "epoch 0" in costs.words.text())


def test_nothing_is_computed_where_nobody_looks(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    page.hide()
    session.view.show_epoch(1)
    qtbot.wait(300)
    assert not any(study.is_computing for study in page.state.studies)
    page.show()
    assert wait_for_curves(qtbot, page).models[0].epoch == 1


def test_the_curve_is_drawn_in_either_theme(page: RobustnessPanel, app: QApplication) -> None:
    for theme in (LIGHT, DARK):
        put_on(app, page, theme)
        seen = pixels(page.curves.plot.view)
        for colour in (theme.train, theme.validation, theme.bad, theme.best):
            assert has_colour(seen, colour).sum() > 30


def test_other_data_clear_the_page_and_fill_it_again(
    page: RobustnessPanel, session: Session, qtbot: QtBot
) -> None:
    session.wanted.set_setting("test_size", 50)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).test.n_samples == 50)
    wait_for_state(qtbot, session, RunState.FINISHED)
    curves = wait_for_curves(qtbot, page)
    assert curves.images.split.n_samples == 50
    assert "50 test images" in page.words.text()


def test_attacks_end_when_nobody_looks_and_go_on_later(
    endless: EndlessAttack, tried: RobustnessPanel, qtbot: QtBot
) -> None:
    state = tried.state
    wait_until(qtbot, lambda: n_tried(tried) >= 2)
    assert state.curves is not None
    kept = state.curves.attacks["endless"]
    assert len(kept) > 1
    tried.hide()
    wait_until(qtbot, lambda: not any(study.is_computing for study in state.studies))
    assert not state.attacks_left  # nobody has called them off
    begun = endless.n_begun
    endless.may_end = True
    tried.show()
    curves = wait_for_curves(qtbot, tried)
    np.testing.assert_array_equal(curves.attacks["endless"][: len(kept)], kept)
    assert endless.n_begun == begun == 1


def test_a_long_search_ends_when_the_window_closes(
    new_panel: Callable[..., RobustnessPanel], session: Session, qtbot: QtBot
) -> None:
    page = new_panel(RobustnessPanel, session, size=PAGE_SIZE)
    page.state.measure.measure(boxed=True)
    assert session.close()


def test_a_strip_that_wraps_fills_rows_and_is_chosen_from(qtbot: QtBot) -> None:
    strip = ImageStrip("images", "help", wraps=True)
    qtbot.addWidget(strip)
    strip.resize(200, 300)
    blank = np.zeros((8, 8))
    strip.set_images([StripImage(i, blank, (("a",), ("b",)), f"image {i}") for i in range(40)])
    strip.show()
    assert strip.n_cells[1] >= 6
    cells = [strip.cell_rect(0, place) for place in range(strip.n_cells[1])]
    assert all(strip.rect().contains(cell) for cell in cells)
    assert not any(a.intersects(b) for i, a in enumerate(cells) for b in cells[:i])
    with qtbot.waitSignal(strip.opened) as told:
        click(qtbot, strip, cells[-1].center())
    last = strip.n_cells[1] - 1
    assert told.args == [last]
