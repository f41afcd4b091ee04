"""The loss microscope in the window: every control, the descents of core, the badge, the pixels."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    WAIT,
    click,
    data_of,
    drag,
    handle_centre,
    has_colour,
    hover,
    open_paused,
    pixels,
    play_endlessly,
    press,
    rgb,
    type_number,
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
from core.progress import Progress
from gui.attack.losses.job import LOSSES_SLOT, LossesAnswer, LossesJob, LossesRequest
from gui.attack.losses.words import badge_words, fooled_words, size_words
from gui.jobs.mailbox import Mailbox
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.attack.losses.panel import LossesPanel
    from gui.session.session import Session
    from gui.widgets.curves.plot import CurvePlot
    from gui.widgets.images.image_view import ImageView
    from gui.window.main_window import MainWindow

NUMBER = 17
"""Of the image that most tests look at."""
STEPS = MicroscopeConfig().steps
CURVES = ("squared", "entropy", "margin")
COLOURS = ("bad", "train", "best")


def wait_for_descents(qtbot: QtBot, session: Session) -> Descents:
    """Wait until the descents are those of all present choices; return them."""
    state = session.losses
    wait_until(qtbot, lambda: not state.computing and state.descents is not None)
    assert state.descents is not None
    return state.descents


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> LossesPanel:
    """Return the panel, shown with a button, of a window whose run has ended."""
    window.show_attack()
    assert window.session.losses.descents is None  # nothing is computed before one looks
    window.session.attack.choose("train", NUMBER)
    click(qtbot, window.attack.tab("Losses"))
    panel = window.attack.tabs.panel("Losses")
    assert panel.isVisible()
    wait_for_descents(qtbot, window.session)
    return panel


@pytest.fixture
def sure(panel: LossesPanel, window: MainWindow, qtbot: QtBot) -> LossesPanel:
    """Return the panel with a model that is far surer of everything, its run held."""
    session = window.session
    assert session.view.shown is not None
    session.training.start_from(np.asarray(30 * session.view.shown.weights))
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_descents(qtbot, session)
    return panel


def of_core(session: Session) -> Descents:
    """Return what core finds for what is chosen now."""
    attack, state = session.attack, session.losses
    assert session.view.shown is not None
    image = data_of(session).split(attack.config.part).images[attack.index]
    scope = Microscope(
        session.view.shown.weights, state.config, image, attack.target, box=attack.boxed
    )
    assert sum(1 for _ in scope.run()) == state.config.steps + 1
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
    seen, dataset = of_core(session), data_of(session)
    assert session.losses.position == step
    assert panel.scrub.value() == step
    assert panel.words.text() == f"step {step} of {seen.n_steps}"
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
            assert_paints(column.change_view, diverging_rgb(change, abs(change).max() or 1.0))
        for plot, values in (
            (panel.gradient_plot, seen.norms[:, i]),
            (panel.target_plot, seen.probabilities[:, i, seen.target]),
        ):
            x, y = plot.data(CURVES[i])
            np.testing.assert_array_equal(x, np.arange(seen.n_steps + 1))
            np.testing.assert_array_equal(y, values)
            assert plot.marker == step
    badge = badge_words(seen, step, dataset.class_names)
    assert panel.badge_title.text() == badge.title
    assert panel.badge_text.text().startswith(badge.words)


def viewport_point(plot: CurvePlot, x: float, y: float) -> QPoint:
    """Return where a value is painted."""
    place = QPointF(x, np.log10(y) if plot.options.log_y else y)
    box = plot.view.getPlotItem().getViewBox()
    return plot.view.mapFromScene(box.mapViewToScene(place))


def test_everything_shown_is_what_core_finds(panel: LossesPanel, window: MainWindow) -> None:
    assert_shows(panel, window.session, STEPS)  # it stands at the end at first
    assert panel.gradient_plot.options.log_y
    assert not panel.target_plot.options.log_y
    names = [column.result_view.accessibleName() for column in panel.columns]
    assert names == ["squared loss", "cross-entropy", "logit margin"]
    assert len(LOSSES) == len(names)


def test_the_slider_moves_all_three(panel: LossesPanel, window: MainWindow, qtbot: QtBot) -> None:
    start = handle_centre(panel.scrub)
    drag(panel.scrub, start, QPoint(panel.scrub.width() // 4, start.y()))
    step = window.session.losses.position
    assert 0 < step < 30
    assert_shows(panel, window.session, step)
    panel.scrub.setFocus()
    press(qtbot, panel.scrub, "Right")
    assert_shows(panel, window.session, step + 1)
    press(qtbot, panel.scrub, "Home")
    assert_shows(panel, window.session, 0)
    original = of_core(window.session).original.reshape(data_of(window.session).image_shape)
    for column in panel.columns:  # the same image under all three
        assert_paints(column.result_view, grey_rgb(original))


def test_a_click_in_either_plot_goes_to_a_step(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    for plot, step in ((panel.gradient_plot, 13), (panel.target_plot, 42)):
        _, y = plot.data("squared")
        with qtbot.waitSignal(plot.x_clicked, timeout=WAIT):
            click(qtbot, plot.view.viewport(), viewport_point(plot, step, y[step]))
        assert_shows(panel, window.session, step)


def test_the_film_plays_to_its_end_and_is_held(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    state = window.session.losses
    assert panel.play_button.toolTip() == "Play all three"
    click(qtbot, panel.play_button)
    assert panel.play_button.toolTip() == "Hold all three"
    wait_until(qtbot, lambda: 3 < state.position < 40)
    click(qtbot, panel.play_button)
    held = state.position
    assert not state.playing
    qtbot.wait(150)
    assert_shows(panel, window.session, held)
    click(qtbot, panel.play_button)
    wait_until(qtbot, lambda: not state.playing)
    assert_shows(panel, window.session, state.config.steps)


def test_results_or_changes_or_both_where_there_is_room(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    window.session.losses.go_to(20)
    assert not any(column.change_view.isVisible() for column in panel.columns)
    click(qtbot, panel.change_button)
    assert not any(column.result_view.isVisible() for column in panel.columns)
    assert all(column.change_view.isVisible() for column in panel.columns)
    panel.grab()
    assert_shows(panel, window.session, 20)
    window.resize(1920, 1080)
    wait_until(qtbot, lambda: not panel.change_button.isVisible())
    assert all(c.result_view.isVisible() and c.change_view.isVisible() for c in panel.columns)
    panel.grab()
    assert_shows(panel, window.session, 20)
    window.resize(1280, 720)
    wait_until(qtbot, panel.result_button.isVisible)
    click(qtbot, panel.result_button)
    panel.grab()
    assert_shows(panel, window.session, 20)


def test_hovering_reads_a_pixel(panel: LossesPanel, window: MainWindow, qtbot: QtBot) -> None:
    view = panel.columns[1].result_view
    box, (height, width) = view.image_rect(), data_of(window.session).image_shape
    row, column = 2, 5
    place = QPoint(
        box.left() + (2 * column + 1) * box.width() // (2 * width),
        box.top() + (2 * row + 1) * box.height() // (2 * height),
    )
    with qtbot.waitSignal(panel.hovered, timeout=WAIT) as told:
        hover(view, place)
    value = of_core(window.session).images[-1, 1].reshape(height, width)[row, column]
    assert told.args == [f"cross-entropy: pixel ({row}, {column}) = {value:.4g}"]


def test_it_fits_the_smallest_window_with_nothing_cut(
    panel: LossesPanel, window: MainWindow
) -> None:
    least = panel.minimumSizeHint()
    assert least.width() <= 930
    assert least.height() <= 370
    panel.grab()
    for label in (panel.badge_title, panel.badge_text):
        assert label.heightForWidth(label.width()) <= label.height()
    for button in (panel.find_button, panel.result_button, panel.change_button):
        assert button.width() >= button.sizeHint().width()


def test_the_plots_line_up_and_have_room_for_the_smallest_labels(
    sure: LossesPanel, window: MainWindow
) -> None:
    boxes = [
        plot.view.getPlotItem().getViewBox().sceneBoundingRect()
        for plot in (sure.gradient_plot, sure.target_plot)
    ]
    assert boxes[0].left() == boxes[1].left()
    assert boxes[0].width() == boxes[1].width()
    # A label that has no room is not painted at all: below the largest there must be more words.
    painted = pixels(sure.gradient_plot.view)[:, : int(boxes[0].left()) - 8]
    words = (np.abs(painted.astype(int) - np.array(rgb(LIGHT.surface))).sum(axis=-1) > 150).any(1)
    rows = np.flatnonzero(words)
    assert rows.max() - rows.min() > 0.4 * boxes[0].height()


def test_both_themes_paint_curves_titles_and_badge(sure: LossesPanel, window: MainWindow) -> None:
    session = window.session
    session.losses.go_to(10)
    for theme in (LIGHT, DARK):
        window.use_theme(theme)
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


def test_step_size_and_steps_act_at_once(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    type_number(qtbot, panel.rows["rate"].editor, "0.07")
    wait_for_descents(qtbot, session)
    assert session.losses.config.rate == 0.07
    assert_shows(panel, session, STEPS)
    type_number(qtbot, panel.rows["steps"].editor, "25")
    wait_for_descents(qtbot, session)
    assert_shows(panel, session, 25)  # who stood at the end stays at the end
    session.losses.go_to(7)
    slider = panel.rows["rate"].slider
    assert slider is not None
    start = handle_centre(slider)
    drag(slider, start, QPoint(start.x() + 20, start.y()))
    assert session.losses.config.rate > 0.07
    wait_for_descents(qtbot, session)
    assert_shows(panel, session, 7)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("rate", "0", "Step size must be a number from 1e-05 to 1000"),
        ("steps", "5000", "Steps must be a whole number from 1 to 1000"),
        ("steps", "", "Steps must be"),
    ],
)
def test_numbers_out_of_range_are_refused_in_words(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot, name: str, text: str, words: str
) -> None:
    before = window.session.losses.config
    type_number(qtbot, panel.rows[name].editor, text)
    assert words in window.notice.text
    assert window.session.losses.config == before
    assert panel.rows[name].editor.number() == getattr(before, name)


def test_image_target_and_box_are_those_of_the_page(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, controls = window.session, window.attack.controls
    type_number(qtbot, controls.index, "40")
    wait_for_descents(qtbot, session)
    assert_shows(panel, session, STEPS)
    label = session.attack.label
    other = (label + 3) % data_of(session).n_classes
    click(qtbot, controls.targets.button(other))
    seen = wait_for_descents(qtbot, session)
    assert seen.target == other
    assert_shows(panel, session, STEPS)
    assert (seen.images[-1] < 0).any()
    click(qtbot, controls.rows["box"].editor)
    seen = wait_for_descents(qtbot, session)
    assert session.attack.boxed
    assert seen.images.min() >= 0
    assert seen.images.max() <= 1
    assert_shows(panel, session, STEPS)


def test_without_a_target_it_goes_to_the_likeliest_other_class(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.attack.set_untargeted()
    seen = wait_for_descents(qtbot, session)
    assert session.view.shown is not None
    order = np.argsort(session.view.shown.probabilities_of(seen.original))[::-1]
    assert seen.target == order[1]
    assert_shows(panel, session, STEPS)


def test_another_epoch_is_another_model(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    before = wait_for_descents(qtbot, window.session)
    window.session.view.show_epoch(2)
    after = wait_for_descents(qtbot, window.session)
    assert not np.array_equal(before.norms, after.norms)
    assert_shows(panel, window.session, STEPS)


def test_one_click_shows_an_image_that_refuses_to_move(
    sure: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, state = window.session, window.session.losses
    assert session.view.shown is not None
    click(qtbot, sure.find_button)
    wait_until(qtbot, lambda: state.playing)
    index = surest_right(session.view.shown.weights, data_of(session).train)
    assert session.attack.index == index
    assert state.position < state.config.steps  # it plays from the start
    wait_until(qtbot, lambda: not state.playing)
    assert_shows(sure, session, STEPS)
    seen = of_core(session)
    here = seen.footing(STEPS)
    assert here.saturated
    assert sure.badge.property("alert") is True
    assert sure.badge_title.text() == ("The squared loss is saturated: the image refuses to move")
    words = sure.badge_text.text()
    names = data_of(session).class_names
    for number in (here.doubt, here.response, *here.norms):
        assert f"{number:.2g}" in words
    assert f"Read as {names[here.predicted]} with p = 1 - {here.doubt:.2g}" in words
    assert f"|w_{names[seen.target]} - w_{names[here.predicted]}|" in words
    assert f"a step is {here.norms[0] * state.config.rate:.2g} long" in words
    shape = data_of(session).image_shape
    original = grey_rgb(seen.original.reshape(shape))
    assert_paints(sure.columns[0].result_view, original)  # it has not moved ...
    assert (sampled(sure.columns[1].result_view, shape) != original).any()  # ... others have


def test_where_nothing_is_saturated_the_badge_says_so_and_the_jump_tells(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, state = window.session, window.session.losses
    session.view.show_epoch(1)  # a model that is sure of little
    wait_for_descents(qtbot, session)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: state.playing)
    state.go_to(0)
    here = of_core(session).footing(0)
    assert here.response > SATURATED_RESPONSE
    assert panel.badge.property("alert") is False
    assert panel.badge_title.text() == "All three have something to follow"
    assert f"|J (t - y)| = {here.response:.2g}, and below 0.01" in panel.badge_text.text()
    assert "surest image" in window.notice.text
    assert f"p = {1 - here.doubt:.3g}" in window.notice.text
    assert has_colour(pixels(panel.badge), LIGHT.bad_surface).sum() == 0


def test_a_target_that_is_read_already_is_told(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    seen = wait_for_descents(qtbot, session)
    read = int(seen.predicted[0, 0])
    click(qtbot, window.attack.controls.targets.button(read))
    wait_for_descents(qtbot, session)
    name = data_of(session).class_names[read]
    assert panel.badge_title.text() == "Already read as the target"
    assert panel.badge_text.text().startswith(f"This image is read as {name} from the start")
    assert panel.badge.property("alert") is False
    assert panel.columns[0].fooled_line.text() == "read so from the start"


def test_a_step_size_that_runs_away_is_told_and_stays_finite(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    type_number(qtbot, panel.rows["rate"].editor, "1000")
    type_number(qtbot, panel.rows["steps"].editor, "1000")
    seen = wait_for_descents(qtbot, session)
    for numbers in (seen.images, seen.norms, seen.probabilities, seen.l2):
        assert np.isfinite(numbers).all()
    assert_shows(panel, session, 1000)
    words = panel.badge_text.text()
    assert "logit margin: the step size carries a pixel" in words
    assert f"{seen.linf[1000].max():.2g} away, where its whole range is 1" in words
    assert "keep pixels in 0..1" in words
    assert "runs away" in panel.columns[2].size_line.text()
    click(qtbot, window.attack.controls.rows["box"].editor)
    wait_for_descents(qtbot, session)
    assert "away" not in panel.badge_text.text()


def test_a_model_that_has_learnt_nothing_is_told(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    window = new_window(new_session())
    window.show_attack()
    window.attack.show_tab("Losses")
    panel = window.attack.tabs.panel("Losses")
    assert panel.badge_title.text() == "No data yet"
    assert not panel.play_button.isEnabled()
    assert not panel.scrub.isEnabled()
    click(qtbot, panel.find_button)
    assert "There is no model yet" in window.notice.text
    open_paused(qtbot, window.session)
    wait_for_descents(qtbot, window.session)
    assert panel.badge_title.text() == "Nothing to follow"  # all weights are 0
    assert "all three gradients are 0" in panel.badge_text.text()
    assert panel.play_button.isEnabled()


def test_weights_that_are_no_numbers_are_told_in_the_badge(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    assert session.view.shown is not None
    weights = session.view.shown.weights.copy()
    weights[0, 3] = np.inf
    session.training.start_from(weights)
    wait_until(qtbot, lambda: session.losses.problem != "")
    assert panel.badge_title.text() == "This cannot be attacked"
    assert "train it with a smaller learning rate." in panel.badge_text.text()
    assert panel.columns[0].result_view.caption == ""
    assert panel.words.text() == ""


def test_names_of_strangers_are_plain_words(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    names = [f"<b>{k}</b> & so on, at length" for k in range(10)]
    badge = badge_words(of_core(window.session), 0, names)
    assert "<b>" in badge.words
    assert "at length" not in badge.words
    assert "w(<b>" in badge.words
    assert panel.badge_text.textFormat().name == "PlainText"


class Gate:
    """Holds a descent: each step must be let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.004
        advance = Microscope._advance

        def slow(scope: Microscope, *arguments: Any) -> Any:
            time.sleep(self.seconds)
            return advance(scope, *arguments)

        monkeypatch.setattr(Microscope, "_advance", slow)
        monkeypatch.setattr("gui.attack.losses.job._TELL_SECONDS", 0.02)


def test_long_work_shows_how_far_it_is_and_cancel_keeps_what_was_done(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    assert not panel.cancel_button.isVisible()
    Gate(monkeypatch)
    type_number(qtbot, panel.rows["steps"].editor, "1000")
    wait_until(qtbot, panel.cancel_button.isVisible)
    assert panel.progress.text().endswith("of 1,000 steps")
    click(qtbot, panel.cancel_button)
    seen = wait_for_descents(qtbot, session)
    assert 0 < seen.n_steps < 1000
    assert not panel.cancel_button.isVisible()
    assert panel.progress.text() == ""
    assert panel.words.text() == f"step {seen.n_steps} of {seen.n_steps}"


def test_a_saturated_image_is_chosen_in_the_part_it_was_looked_for_in(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    assert session.view.shown is not None
    session.attack.choose("train", 3)
    wanted = surest_right(session.view.shown.weights, data_of(session).train)
    click(qtbot, panel.find_button)
    session.attack.choose("test", 5)  # before the answer has come
    wait_until(qtbot, lambda: session.attack.config.part == "train")
    assert session.attack.index == wanted


def test_long_work_ends_when_nobody_looks_and_is_done_anew_later(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    gate = Gate(monkeypatch)
    type_number(qtbot, panel.rows["steps"].editor, "1000")
    wait_until(qtbot, panel.cancel_button.isVisible)
    gate.seconds = 0.0
    before = session.losses.descents
    press(qtbot, window, "Ctrl+1")
    assert not session.losses.computing
    qtbot.wait(300)
    assert session.losses.descents is before  # not those cut off
    press(qtbot, window, "Ctrl+2")
    assert wait_for_descents(qtbot, session).n_steps == 1000
    assert not panel.cancel_button.isVisible()


def test_a_new_choice_does_not_wait_for_the_old_one(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    gate = Gate(monkeypatch)
    type_number(qtbot, panel.rows["steps"].editor, "1000")
    wait_until(qtbot, panel.cancel_button.isVisible)
    gate.seconds = 0.0
    type_number(qtbot, panel.rows["steps"].editor, "9")
    assert wait_for_descents(qtbot, session).n_steps == 9
    assert_shows(panel, session, 9)


def make_request(steps: int = 400) -> LossesRequest:
    rng = np.random.default_rng(0)
    weights, image = rng.standard_normal((3, 7)), rng.random(6)
    return LossesRequest(weights, image, 1, False, MicroscopeConfig(steps=steps))


def test_a_model_that_only_learnt_on_waits_its_turn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Gate(monkeypatch)
    mailbox = Mailbox()
    job = LossesJob(mailbox)
    answers: list[tuple[int, LossesAnswer]] = []

    def taken() -> list[tuple[int, LossesAnswer]]:
        _, latest = mailbox.take()
        if LOSSES_SLOT in latest:
            answers.append((latest[LOSSES_SLOT].generation, latest[LOSSES_SLOT].payload))
        return answers

    job.start()
    try:
        job.ask(1, make_request(100), at_once=True)
        wait_until(qtbot, lambda: bool(taken()))  # it is under way
        assert isinstance(answers[0][1].progress, Progress)
        job.ask(2, make_request(3), at_once=False)
        wait_until(qtbot, lambda: taken()[-1][0] == 2)
        whole = [answer.descents for generation, answer in answers if generation == 1]
        assert whole[-1] is None or whole[-1].n_steps == 100  # not cut short
        assert answers[-1][1].descents is not None
    finally:
        job.request_stop()
        assert job.join(WAIT / 1000)


def test_nothing_is_computed_where_nobody_looks(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    before = wait_for_descents(qtbot, session)
    click(qtbot, window.attack.tab("Film"))
    session.attack.choose("train", NUMBER + 1)
    session.view.show_epoch(3)
    qtbot.wait(200)
    assert session.losses.descents is before
    click(qtbot, window.attack.tab("Losses"))
    assert wait_for_descents(qtbot, session) is not before
    assert_shows(panel, session, session.losses.position)


def test_it_follows_a_run_that_goes_on(
    panel: LossesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    seen: list[Descents] = []

    def note() -> None:
        descents = session.losses.descents
        if descents is not None and (not seen or seen[-1] is not descents):
            seen.append(descents)

    session.losses.changed.connect(note)
    play_endlessly(session)
    wait_until(qtbot, lambda: len(seen) > 3)  # on the way, not at an end alone
    session.losses.changed.disconnect(note)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_descents(qtbot, session)
    assert_shows(panel, session, STEPS)


@pytest.mark.parametrize(("n_classes", "shape"), [(2, (5, 9)), (47, (8, 8))])
def test_other_data_bring_other_shapes_and_classes(
    panel: LossesPanel,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    n_classes: int,
    shape: tuple[int, int],
) -> None:
    session = window.session
    before = data_of(session)
    session.open(write_data(tmp_path / "other", shape, n_classes, 150, 94))
    wait_until(qtbot, lambda: data_of(session) is not before)
    wait_for_state(qtbot, session, RunState.FINISHED)
    seen = wait_for_descents(qtbot, session)
    assert seen.probabilities.shape[2] == n_classes
    panel.grab()
    assert_shows(panel, session, STEPS)
    assert panel.minimumSizeHint().width() <= 930


def test_the_surest_image_of_none_is_told(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    few = DataConfig(dataset="digits8", train_size=8, test_size=50)
    session = new_session(data=few)
    window = new_window(session)
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
    window.show_attack()
    window.attack.show_tab("Losses")
    click(qtbot, window.attack.tabs.panel("Losses").find_button)
    wait_until(qtbot, lambda: "reads no training image rightly" in window.notice.text)
