"""The loss microscope: every control, the descents of core, the badge, the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    WAIT,
    Slowly,
    activate,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_paused,
    open_view,
    pixels,
    play_endlessly,
    put_on,
    rgb,
    slow_down,
    type_number,
    unfolded,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, QPointF

from core.attack.microscope import LOSSES, Descents, Microscope, MicroscopeConfig
from core.attack.outcome import SATURATED_RESPONSE
from core.data.config import DataConfig
from core.insight.diagnostics import surest_right
from core.pictures import diverging_rgb, grey_rgb
from core.words import significant
from gui.attack.losses.panel import LossesPanel
from gui.attack.losses.words import badge_words, fooled_words, size_words
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.basics.short_number import exact_number
from gui.widgets.images.change_picture import NO_CHANGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.curves.plot import CurvePlot
    from gui.widgets.images.image_view import ImageView
    from gui.window.main_window import MainWindow

NUMBER = 17
"""Of the image that most tests look at."""
STEPS = MicroscopeConfig().steps
CURVES = ("squared", "entropy", "lead")
COLOURS = ("bad", "train", "best")


def wait_for_descents(qtbot: QtBot, panel: LossesPanel) -> Descents:
    """Wait until the descents are those of all present choices; return them."""
    losses = panel.losses
    wait_until(qtbot, lambda: losses.study.is_whole and losses.study.is_settled)
    assert losses.descents is not None
    assert losses.descents is losses.study.found
    return losses.descents


def push(session: Session, rate: float = 0.05, steps: int = STEPS) -> None:
    """Choose step size and steps, as the sentence of the page does."""
    session.attack.set_setting("rate", rate)
    session.attack.set_setting("steps", steps)


@pytest.fixture
def panel(new_panel: Callable[..., LossesPanel], session: Session, qtbot: QtBot) -> LossesPanel:
    """Return the panel of a session whose run has ended."""
    session.attack.choose("train", NUMBER)
    push(session)
    panel = new_panel(LossesPanel, session)
    wait_for_descents(qtbot, panel)
    return panel


@pytest.fixture
def sure(panel: LossesPanel, session: Session, qtbot: QtBot) -> LossesPanel:
    """Return the panel with a model that is far surer of everything, its run held."""
    assert session.view.shown is not None
    session.training.start_from(np.asarray(30 * session.view.shown.weights))
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_descents(qtbot, panel)
    return panel


def of_core(panel: LossesPanel, session: Session) -> Descents:
    """Return what core finds for what is chosen now."""
    attack, config = session.attack, panel.losses.config
    assert session.view.shown is not None
    image = data_of(session).split(attack.config.part).images[attack.index]
    scope = Microscope(
        session.view.shown.weights, config, image, attack.target, box=attack.chosen.boxed
    )
    assert sum(1 for _ in scope.run()) == config.steps + 1
    found = scope.found()
    assert found is not None
    return found


def sampled(view: ImageView, shape: tuple[int, int]) -> Any:
    """Return the painted colour at the centre of each pixel of the image, (height, width, 3)."""
    painted = pixels(view, view.image_rect())
    places = [
        ((np.arange(n) + 0.5) * size / n).astype(int)
        for n, size in zip(shape, painted.shape[:2], strict=True)
    ]
    return painted[np.ix_(*places)]


def assert_paints(view: ImageView, image: Any) -> None:
    np.testing.assert_array_equal(sampled(view, image.shape[:2]), image)


def assert_shows(panel: LossesPanel, session: Session, step: int) -> None:
    """Compare everything the panel shows with descents computed here."""
    seen, dataset = of_core(panel, session), data_of(session)
    assert panel.losses.player.position == step
    assert panel.transport.place == step
    assert panel.transport.place_words[0] == f"step <b>{step}</b> of {seen.n_steps}"
    for i, column in enumerate(panel.columns):
        image = seen.images[step, i].reshape(dataset.image_shape)
        k = int(seen.predicted[step, i])
        p = seen.probabilities[step, i, k]
        assert column.result_view.caption == f"read as {dataset.class_names[k]} ({p:.2f})"
        assert column.fooled_line.text() == fooled_words(seen, i)[0]
        assert column.size_line.text() == size_words(seen, i, step)[0]
        if column.result_view.isVisible():
            assert_paints(column.result_view, grey_rgb(image))
        if column.change_view.isVisible():
            change = image.astype(float) - seen.original.reshape(dataset.image_shape)
            largest = float(abs(change).max())
            limit = largest if largest > NO_CHANGE else 1.0
            assert_paints(column.change_view, diverging_rgb(change, limit))
        for plot, values in (
            (panel.gradient_plot, seen.norms[:, i]),
            (panel.target_plot, seen.probabilities[:, i, seen.target]),
        ):
            x, y = plot.main.data(CURVES[i])
            np.testing.assert_array_equal(x, np.arange(seen.n_steps + 1))
            np.testing.assert_array_equal(y, values)
            assert plot.marks.marker == step
    badge = badge_words(seen, step, dataset.class_names)
    assert panel.badge_title.text() == badge.title
    assert panel.badge_text.text().startswith(badge.words)


def viewport_point(plot: CurvePlot, x: float, y: float) -> QPoint:
    """Return where a value is painted."""
    place = QPointF(x, np.log10(y) if plot.options.log_y else y)
    box = plot.box
    return plot.view.mapFromScene(box.mapViewToScene(place))


def test_everything_shown_is_what_core_finds(panel: LossesPanel, session: Session) -> None:
    assert_shows(panel, session, STEPS)  # it stands at the end at first
    assert panel.gradient_plot.options.log_y
    assert not panel.target_plot.options.log_y
    names = [column.result_view.accessibleName() for column in panel.columns]
    assert names == ["squared loss", "cross-entropy", "the lead"]
    assert len(LOSSES) == len(names)


def test_the_bar_below_moves_all_three(panel: LossesPanel, session: Session) -> None:
    transport = panel.transport
    assert (
        transport.status
        == "Three losses push the same image: 50 steps of 0.05 times each gradient."
    )
    transport.go_to(12)
    assert_shows(panel, session, 12)
    transport.move(1)
    assert_shows(panel, session, 13)
    seen = of_core(panel, session)
    fooled = [step for i in range(3) if (step := seen.fooled_at(i))]
    assert [mark.place for mark in transport.marks] == fooled
    transport.go_to(0)
    assert_shows(panel, session, 0)
    original = seen.original.reshape(data_of(session).image_shape)
    for column in panel.columns:  # the same image under all three
        assert_paints(column.result_view, grey_rgb(original))


def test_a_click_in_either_plot_goes_to_a_step(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    for plot, step in ((panel.gradient_plot, 13), (panel.target_plot, 42)):
        _, y = plot.main.data("squared")
        with qtbot.waitSignal(plot.x_clicked, timeout=WAIT):
            click(qtbot, plot.view.viewport(), viewport_point(plot, step, y[step]))
        assert_shows(panel, session, step)


def test_the_film_plays_to_its_end_and_is_held(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    transport = panel.transport
    transport.toggle()
    assert transport.is_playing
    wait_until(qtbot, lambda: 3 < panel.losses.player.position < 40)
    transport.toggle()
    held = panel.losses.player.position
    assert not transport.is_playing
    for _ in range(5):
        session.pool.read_letters()
    assert_shows(panel, session, held)
    transport.set_speed(100)
    transport.toggle()
    wait_until(qtbot, lambda: not transport.is_playing)
    assert_shows(panel, session, panel.losses.config.steps)


def test_results_and_changes_are_both_seen_in_every_window(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    panel.losses.player.go_to(20)
    for size, side in (((1264, 502), 168), ((1008, 422), 112), ((1904, 862), 280)):
        panel.resize(*size)
        qtbot.wait(50)  # it is laid out when there is nothing else to do
        assert all(c.result_view.isVisible() and c.change_view.isVisible() for c in panel.columns)
        assert panel.columns[0].result_view.image_rect().height() >= side
        panel.grab()
        assert_shows(panel, session, 20)


def test_hovering_reads_a_pixel(panel: LossesPanel, session: Session, qtbot: QtBot) -> None:
    view = panel.columns[1].result_view
    box, (height, width) = view.image_rect(), data_of(session).image_shape
    row, column = 2, 5
    place = QPoint(
        box.left() + (2 * column + 1) * box.width() // (2 * width),
        box.top() + (2 * row + 1) * box.height() // (2 * height),
    )
    value = of_core(panel, session).images[-1, 1].reshape(height, width)[row, column]
    assert hover(view, place) == f"cross-entropy: pixel ({row}, {column}) = {exact_number(value)}"


def test_it_fits_the_smallest_window_with_nothing_cut(panel: LossesPanel, session: Session) -> None:
    least = panel.minimumSizeHint()
    assert least.width() <= 930
    assert least.height() <= 420
    panel.grab()
    for label in (panel.badge_title, panel.badge_text):
        assert label.heightForWidth(label.width()) <= label.height()
    assert panel.find_button.width() >= panel.find_button.sizeHint().width()


def test_the_plots_line_up_and_have_room_for_the_smallest_labels(
    sure: LossesPanel, session: Session
) -> None:
    boxes = [plot.box.sceneBoundingRect() for plot in (sure.gradient_plot, sure.target_plot)]
    assert boxes[0].left() == boxes[1].left()
    assert boxes[0].width() == pytest.approx(boxes[1].width(), abs=2)
    # A label that has no room is not painted at all: below the largest there must be more words.
    painted = pixels(sure.gradient_plot.view)[:, : int(boxes[0].left()) - 8]
    words = (np.abs(painted.astype(int) - np.array(rgb(LIGHT.surface))).sum(axis=-1) > 150).any(1)
    rows = np.flatnonzero(words)
    assert rows.max() - rows.min() > 0.4 * boxes[0].height()


def test_both_themes_paint_curves_titles_and_badge(
    sure: LossesPanel, session: Session, app: QApplication
) -> None:
    sure.losses.player.go_to(10)
    for theme in (LIGHT, DARK):
        put_on(app, sure, theme)
        plot = pixels(sure.gradient_plot.view)
        for colour in COLOURS[:1]:  # the solid one; dashes may cover each other
            assert has_colour(plot, getattr(theme, colour)).sum() > 100
        badge = pixels(sure.badge)
        assert has_colour(badge, theme.bad_surface).mean() > 0.5  # it is an alarm
        for column, colour in zip(sure.columns, COLOURS, strict=True):
            view = column.result_view
            title = pixels(view)[: view.image_rect().top()]
            wanted = np.array(rgb(getattr(theme, colour)))
            assert (np.abs(title.astype(int) - wanted).sum(axis=-1) < 60).any()


def test_step_size_and_steps_are_those_of_the_attack_chosen(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    push(session, 0.07)
    wait_for_descents(qtbot, panel)
    assert panel.losses.config.rate == 0.07
    assert_shows(panel, session, STEPS)
    push(session, 0.07, 25)
    wait_for_descents(qtbot, panel)
    assert_shows(panel, session, 25)  # who stood at the end stays at the end
    panel.losses.player.go_to(7)
    push(session, 0.3, 25)
    wait_for_descents(qtbot, panel)
    assert_shows(panel, session, 7)
    session.attack.choose_attack("fgsm")  # which knows neither
    wait_for_descents(qtbot, panel)
    usual = MicroscopeConfig()
    assert (panel.losses.config.rate, panel.losses.descents.n_steps) == (usual.rate, usual.steps)


def test_image_target_and_box_are_those_of_the_page(window: MainWindow, qtbot: QtBot) -> None:
    session, controls = window.session, window.page("attack").controls
    window.show_page("attack")
    open_view(qtbot, window.page("attack"), "compare losses")
    panel = window.page("attack").tabs.panel("compare losses")
    assert isinstance(panel, LossesPanel)
    push(session)
    with unfolded(qtbot, controls.image):
        type_number(qtbot, controls.index, "40")
    activate(qtbot, window)
    wait_for_descents(qtbot, panel)
    assert session.attack.index == 40
    assert_shows(panel, session, STEPS)
    label = session.attack.label
    other = (label + 3) % data_of(session).n_classes
    choose(qtbot, controls.target, other)
    seen = wait_for_descents(qtbot, panel)
    assert seen.target == other
    assert_shows(panel, session, STEPS)
    click(qtbot, window.page("attack").size_choice.boxed)
    seen = wait_for_descents(qtbot, panel)
    assert (seen.images[-1] < 0).any()
    click(qtbot, window.page("attack").size_choice.boxed)
    seen = wait_for_descents(qtbot, panel)
    assert session.attack.chosen.boxed
    assert seen.images.min() >= 0
    assert seen.images.max() <= 1
    assert_shows(panel, session, STEPS)
    window.show_page("learn")
    assert not panel.isVisible()
    window.show_page("attack")
    wait_for_descents(qtbot, panel)
    assert_shows(panel, session, STEPS)


def test_without_a_target_it_goes_to_the_likeliest_other_class(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.set_untargeted()
    seen = wait_for_descents(qtbot, panel)
    assert session.view.shown is not None
    order = np.argsort(session.view.shown.probabilities_of(seen.original))[::-1]
    assert seen.target == order[1]
    assert_shows(panel, session, STEPS)


def test_another_epoch_is_another_model(panel: LossesPanel, session: Session, qtbot: QtBot) -> None:
    before = wait_for_descents(qtbot, panel)
    session.view.show_epoch(2)
    after = wait_for_descents(qtbot, panel)
    assert not np.array_equal(before.norms, after.norms)
    assert_shows(panel, session, STEPS)


def test_one_click_shows_an_image_that_refuses_to_move(
    sure: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    click(qtbot, sure.find_button)
    wait_until(qtbot, lambda: sure.losses.player.playing)
    index = surest_right(session.view.shown.weights, data_of(session).train)
    assert session.attack.index == index
    assert sure.losses.player.position < sure.losses.config.steps  # it plays from the start
    wait_until(qtbot, lambda: not sure.losses.player.playing)
    assert_shows(sure, session, STEPS)
    seen = of_core(sure, session)
    here = seen.footing(STEPS)
    assert here.saturated
    assert sure.badge.property("alert") is True
    assert sure.badge_title.text() == ("The squared loss is saturated: the image refuses to move")
    words = sure.badge_text.text()
    names = data_of(session).class_names
    for number in (here.doubt, here.response, *here.norms):
        assert significant(number, 2) in words
    assert f"Read as {names[here.predicted]} with p = 1 - {significant(here.doubt, 2)}" in words
    assert f"|w_{names[seen.target]} - w_{names[here.predicted]}|" in words
    assert f"a step is {significant(here.norms[0] * sure.losses.config.rate, 2)} long" in words
    shape = data_of(session).image_shape
    original = grey_rgb(seen.original.reshape(shape))
    assert_paints(sure.columns[0].result_view, original)  # it has not moved ...
    assert (sampled(sure.columns[1].result_view, shape) != original).any()  # ... others have


def test_where_nothing_is_saturated_the_badge_says_so_and_the_jump_tells(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    told = list[str]()
    session.messages.notified.connect(lambda words, _: told.append(words))
    session.view.show_epoch(1)  # a model that is sure of little
    wait_for_descents(qtbot, panel)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: panel.losses.player.playing)
    panel.losses.player.go_to(0)
    here = of_core(panel, session).footing(0)
    assert here.response > SATURATED_RESPONSE
    assert panel.badge.property("alert") is False
    assert panel.badge_title.text() == "All three have something to follow"
    assert (
        f"|J (t − y)| = {significant(here.response, 2)}, and below 0.01" in panel.badge_text.text()
    )
    assert "surest image" in told[-1]
    assert f"p = {1 - here.doubt:.3g}" in told[-1]
    assert has_colour(pixels(panel.badge), LIGHT.bad_surface).sum() == 0


def test_a_target_that_is_read_already_is_told(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    seen = wait_for_descents(qtbot, panel)
    read = int(seen.predicted[0, 0])
    session.attack.set_setting("target", read)
    wait_for_descents(qtbot, panel)
    name = data_of(session).class_names[read]
    assert panel.badge_title.text() == "Already read as the target"
    assert panel.badge_text.text().startswith(f"This image is read as {name} from the start")
    assert panel.badge.property("alert") is False
    assert panel.columns[0].fooled_line.text() == "read so from the start"


def test_a_step_size_that_runs_away_is_told_and_stays_finite(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.measure.measure(boxed=False)
    push(session, 1000.0, 1000)
    seen = wait_for_descents(qtbot, panel)
    for numbers in (seen.images, seen.norms, seen.probabilities, seen.l2):
        assert np.isfinite(numbers).all()
    assert_shows(panel, session, 1000)
    words = panel.badge_text.text()
    assert "the lead: the step size carries a pixel" in words
    assert f"{significant(seen.linf[1000].max(), 2)} away, where its whole range is 1" in words
    assert "keep pixels in 0..1" in words
    assert "runs away" in panel.columns[2].size_line.text()
    session.attack.set_setting("box", True)
    wait_for_descents(qtbot, panel)
    assert "away" not in panel.badge_text.text()


def test_a_model_that_has_learnt_nothing_is_told(
    new_session: Callable[..., Session], new_panel: Callable[..., LossesPanel], qtbot: QtBot
) -> None:
    session = new_session()
    panel = new_panel(LossesPanel, session)
    assert panel.badge_title.text() == "No data yet"
    assert not panel.transport.can_play
    with qtbot.waitSignal(session.messages.notified) as told:
        click(qtbot, panel.find_button)
    assert "There is no model yet" in told.args[0]
    open_paused(qtbot, session)
    wait_for_descents(qtbot, panel)
    assert panel.badge_title.text() == "Nothing to follow"  # all weights are 0
    assert "all three gradients are 0" in panel.badge_text.text()
    assert panel.transport.can_play


def test_weights_that_are_no_numbers_are_told_in_the_badge(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    weights = session.view.shown.weights.copy()
    weights[0, 3] = np.inf
    session.training.start_from(weights)
    wait_until(qtbot, lambda: panel.losses.study.problem != "")
    assert panel.badge_title.text() == "This cannot be attacked"
    assert "start again with a smaller learning rate" in panel.badge_text.text()
    assert panel.columns[0].result_view.caption == ""
    assert not panel.transport.can_play


def test_names_of_strangers_are_plain_words(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    names = [f"<b>{k}</b> & so on, at length" for k in range(10)]
    badge = badge_words(of_core(panel, session), 0, names)
    assert "<b>" in badge.words
    assert "at length" not in badge.words
    assert "w(<b>" in badge.words
    assert panel.badge_text.textFormat().name == "PlainText"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slowly:
    """Make each step of the descents take its time."""
    return slow_down(monkeypatch, Microscope, "gui.attack.losses.study", 0.004)


def test_long_work_shows_how_far_it_is_and_cancel_keeps_what_was_done(
    slow: Slowly, panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    assert not panel.cancel_button.isVisible()
    push(session, steps=1000)
    wait_until(qtbot, panel.cancel_button.isVisible)
    assert panel.progress.text().endswith("of 1,000 steps")
    study = panel.losses.study
    wait_until(qtbot, lambda: study.progress is not None and study.progress.done > STEPS)
    click(qtbot, panel.cancel_button)
    wait_until(qtbot, lambda: not panel.cancel_button.isVisible())
    # What was done comes with a letter of its own, after the button has gone.
    wait_until(qtbot, lambda: panel.losses.descents and panel.losses.descents.n_steps > STEPS)
    session.pool.read_letters()
    seen = panel.losses.descents
    assert seen is not None
    assert seen.n_steps < 1000
    assert panel.progress.text() == ""
    assert panel.transport.length == seen.n_steps


def test_that_no_loss_is_pulled_is_said(panel: LossesPanel, session: Session, qtbot: QtBot) -> None:
    assert panel.words.text() == ""
    session.attack.set_setting("pull", 0.3)
    wait_until(qtbot, lambda: panel.words.text() == "all three without the pull of 0.3")
    session.attack.choose_attack("fgsm")
    wait_until(qtbot, lambda: panel.words.text() == "")


def test_a_saturated_image_is_chosen_in_the_part_it_was_looked_for_in(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    session.attack.choose("train", 3)
    wanted = surest_right(session.view.shown.weights, data_of(session).train)
    click(qtbot, panel.find_button)
    session.attack.choose("test", 5)  # before the answer has come
    wait_until(qtbot, lambda: session.attack.config.part == "train")
    assert session.attack.index == wanted


def test_long_work_ends_when_nobody_looks_and_is_done_anew_later(
    slow: Slowly, panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    push(session, steps=1000)
    wait_until(qtbot, panel.cancel_button.isVisible)
    slow.seconds = 0.0
    before = panel.losses.descents
    panel.hide()
    wait_until(qtbot, lambda: not panel.losses.study.is_computing)
    session.pool.read_letters()
    assert panel.losses.descents is before  # not those cut off
    panel.show()
    assert wait_for_descents(qtbot, panel).n_steps == 1000
    assert not panel.cancel_button.isVisible()


def test_a_new_choice_does_not_wait_for_the_old_one(
    slow: Slowly, panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    push(session, steps=1000)
    wait_until(qtbot, panel.cancel_button.isVisible)
    slow.seconds = 0.0
    push(session, steps=9)
    assert wait_for_descents(qtbot, panel).n_steps == 9
    assert_shows(panel, session, 9)


def test_nothing_is_computed_where_nobody_looks(
    panel: LossesPanel, session: Session, qtbot: QtBot
) -> None:
    before = wait_for_descents(qtbot, panel)
    panel.hide()
    session.attack.choose("train", NUMBER + 1)
    session.view.show_epoch(3)
    session.pool.read_letters()
    assert not panel.losses.study.is_computing
    assert panel.losses.descents is before
    panel.show()
    assert wait_for_descents(qtbot, panel) is not before
    assert_shows(panel, session, panel.losses.player.position)


def test_it_follows_a_run_that_goes_on(panel: LossesPanel, session: Session, qtbot: QtBot) -> None:
    seen: list[Descents] = []

    def note() -> None:
        descents = panel.losses.descents
        if descents is not None and (not seen or seen[-1] is not descents):
            seen.append(descents)

    panel.losses.study.changed.connect(note)
    play_endlessly(session)
    wait_until(qtbot, lambda: len(seen) > 3)  # on the way, not at an end alone
    panel.losses.study.changed.disconnect(note)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_descents(qtbot, panel)
    assert_shows(panel, session, STEPS)


@pytest.mark.parametrize(("n_classes", "shape"), [(2, (5, 9)), (47, (8, 8))])
def test_other_data_bring_other_shapes_and_classes(
    panel: LossesPanel,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    n_classes: int,
    shape: tuple[int, int],
) -> None:
    before = data_of(session)
    session.open(write_data(tmp_path / "other", shape, n_classes, 150, 94))
    wait_until(qtbot, lambda: data_of(session) is not before)
    wait_for_state(qtbot, session, RunState.FINISHED)
    seen = wait_for_descents(qtbot, panel)
    assert seen.probabilities.shape[2] == n_classes
    panel.grab()
    assert_shows(panel, session, STEPS)
    assert panel.minimumSizeHint().width() <= 930


def test_the_surest_image_of_none_is_told(
    new_session: Callable[..., Session], new_panel: Callable[..., LossesPanel], qtbot: QtBot
) -> None:
    few = DataConfig(dataset="digits8", train_size=8, test_size=50)
    session = new_session(data=few)
    open_paused(qtbot, session)
    dataset = data_of(session)
    weights = np.zeros((dataset.n_classes, dataset.n_features + 1), dtype=np.float32)
    missing = set(range(dataset.n_classes)) - set(dataset.train.true_labels.tolist())
    weights[min(missing), 0] = 5.0  # read in every image, and right in none of eight
    session.training.start_from(weights)
    wait_until(
        qtbot,
        lambda: session.view.shown is not None and bool(np.any(session.view.shown.weights[:, 0])),
    )
    panel = new_panel(LossesPanel, session)
    with qtbot.waitSignal(session.messages.notified) as told:
        click(qtbot, panel.find_button)
    assert "reads no training image rightly" in told.args[0]


def test_what_changes_nothing_in_it_is_not_offered(window: MainWindow, qtbot: QtBot) -> None:
    session, page = window.session, window.page("attack")
    window.show_page("attack")
    open_view(qtbot, page, "compare losses")
    controls = page.controls
    panel = page.tabs.currentWidget()
    before = wait_for_descents(qtbot, panel)
    assert not page.size_choice.norm.isEnabled()
    assert not controls.attack.isVisible()
    assert page.size_choice.boxed.isVisible()
    assert controls.settings.isVisible()
    assert set(controls.settings.rows) == {"steps", "rate"}
    assert "within" not in controls.settings.currentText()
    click(qtbot, page.size_choice.boxed)
    after = wait_for_descents(qtbot, panel)
    assert after is not before
    session.attack.choose_attack("fgsm")  # it has neither of the two
    wait_for_descents(qtbot, panel)
    assert not controls.settings.isVisible()
    open_view(qtbot, page, "the film")
    assert page.size_choice.norm.isEnabled()
    assert controls.attack.isVisible()
    assert "budget" in controls.settings.rows
