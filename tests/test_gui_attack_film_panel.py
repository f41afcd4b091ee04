from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    PAGE_SIZE,
    SHORT,
    WAIT,
    choose,
    click,
    core_attack,
    data_of,
    drag,
    handle_centre,
    has_colour,
    hover,
    open_paused,
    pixels,
    scopes_of,
    type_number,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.attack import FROM_IMAGE, AttackConfig, summarise
from core.data.config import DataConfig
from core.insight.diagnostics import weight_images, weight_limit
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import diverging_rgb, grey_rgb
from gui.attack.page import AttackPage
from gui.session.run_state import RunState
from gui.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.images.image_view import ImageView

    NewPage = Callable[[Session], AttackPage]

NUMBER = 17
"""Of the image that most tests attack."""


@pytest.fixture
def new_page(new_panel: Callable[..., Any]) -> NewPage:
    """Return a maker of Attack pages, which show the film."""
    return lambda session: new_panel(AttackPage, session, scopes=scopes_of(), size=PAGE_SIZE)


@pytest.fixture
def page(session: Session, new_page: NewPage, qtbot: QtBot) -> AttackPage:
    """Return the Attack page on a known image, its film whole."""
    session.attack.choose("train", NUMBER)
    page = new_page(session)
    wait_for_film(qtbot, session)
    return page


@pytest.fixture
def told(session: Session) -> list[str]:
    """Return what the session has said to people, which grows."""
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    return told


def assert_view_paints(view: ImageView, image: NDArray[np.uint8]) -> None:
    painted = pixels(view, view.image_rect())
    height, width = image.shape[:2]
    rows = ((np.arange(height) + 0.5) * painted.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * painted.shape[1] / width).astype(int)
    np.testing.assert_array_equal(painted[rows][:, columns], image)


def assert_shows_the_core_film(attack_page: AttackPage, session: Session, position: int) -> None:
    """Compare every view of the page with an attack computed here."""
    page = attack_page.film_panel
    attack, dataset = session.attack, data_of(session)
    assert session.view.shown is not None
    weights, config = session.view.shown.weights, attack.config
    film = core_attack(session, config, weights)
    assert attack.film.position == position
    assert len(attack.film.steps) == len(film)
    step = film[position]
    shape, names = dataset.image_shape, dataset.class_names
    chosen = dataset.split(config.part).images[attack.index].reshape(shape)
    label = int(dataset.split(config.part).labels[attack.index])
    result = step.image.reshape(shape)
    change = result - chosen
    largest = float(np.abs(change).max())

    np.testing.assert_array_equal(attack.film.steps[position].image, step.image)
    assert_view_paints(page.chosen_view, grey_rgb(chosen))
    assert_view_paints(page.result_view, grey_rgb(result))
    assert_view_paints(page.change_view, diverging_rgb(change, largest or 1.0))
    limit = weight_limit(weights)
    images = weight_images(weights, shape)
    assert_view_paints(page.weights_view, diverging_rgb(images[config.target], limit))
    np.testing.assert_array_equal(page.bars.probabilities, step.probabilities)
    noise = config.start is None
    outcome = summarise(film[: position + 1], config.target, label, from_noise=noise)
    assert page.sentence.text() == outcome.sentence(names)
    read = f"read as {names[step.predicted]} ({step.probabilities[step.predicted]:.2f})"
    assert page.result_view.caption == read
    assert names[label] in page.chosen_view.caption
    assert str(attack.index) in page.chosen_view.caption
    for plot, name, values in (
        (page.probability_plot, "target", [s.probabilities[config.target] for s in film]),
        (page.probability_plot, "true", [s.probabilities[label] for s in film]),
        (page.size_plot, "length", [s.l2 for s in film]),
        (page.size_plot, "largest", [s.linf for s in film]),
        (page.loss_plot, "loss", [s.loss for s in film]),
        (page.loss_plot, "gradient", [s.gradient_norm for s in film]),
    ):
        np.testing.assert_allclose(plot.main.data(name)[1], values, rtol=1e-6)
        assert plot.marks.marker == position
    words = f"step {position} of {config.steps}"
    assert page.film.words.text() == words
    assert page.film.scrub.value() == position


def test_every_view_shows_the_attack_of_the_core(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    for position in (0, 1, 60, FROM_IMAGE.steps):
        session.attack.film.go_to(position)
        assert_shows_the_core_film(page, session, position)


def test_at_step_0_the_result_is_the_chosen_image(page: AttackPage, qtbot: QtBot) -> None:
    views = page.film_panel
    click(qtbot, views.film.last)
    assert not np.array_equal(result_pixels(page), chosen_pixels(page))
    click(qtbot, views.film.first)
    np.testing.assert_array_equal(result_pixels(page), chosen_pixels(page))
    change = pixels(views.change_view, views.change_view.image_rect())[1:-1, 1:-1]
    assert (change == 247).all()  # the neutral middle


def result_pixels(page: AttackPage) -> NDArray[np.uint8]:
    view = page.film_panel.result_view
    return pixels(view, view.image_rect())


def chosen_pixels(page: AttackPage) -> NDArray[np.uint8]:
    view = page.film_panel.chosen_view
    return pixels(view, view.image_rect())


def test_the_bars_are_as_long_as_the_probabilities(page: AttackPage, session: Session) -> None:
    attack, bars = session.attack, page.film_panel.bars
    for position in (0, 80, FROM_IMAGE.steps):
        attack.film.go_to(position)
        step = attack.film.step
        assert step is not None
        painted = pixels(bars)
        for k, probability in enumerate(step.probabilities):
            bar = bars.bar_rect(k)
            colour = LIGHT.accent
            if k == attack.config.target:
                colour = LIGHT.bad
            elif k == attack.label:
                colour = LIGHT.good
            line = painted[round(bar.center().y()), round(bar.left()) :]
            # Left of the bars are names and marks.
            length = has_colour(line, colour).sum()
            assert length == pytest.approx(bar.width() * probability, abs=2.5), f"class {k}"


def test_hovering_a_bar_and_a_pixel_reads_the_value(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    view = page.film_panel.result_view
    box = view.image_rect()
    session.attack.film.go_to(40)
    assert session.attack.film.step is not None
    value = session.attack.film.step.image.reshape(8, 8)[3, 5]
    cell = box.width() / 8
    point = QPoint(box.left() + int(5.5 * cell), box.top() + int(3.5 * cell))
    assert hover(view, point) == f"result: pixel (3, 5) = {value:.4g}"
    QTest.mouseMove(
        page.film_panel.bars,
        QPoint(100, round(page.film_panel.bars.bar_rect(4).center().y())),
    )


def test_a_saturated_image_is_explained(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=100, learning_rate=3.0))
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    page = new_page(session)
    type_number(qtbot, page.controls.rows["steps"].editor, "3")
    train = data_of(session).train
    sure = SoftmaxPerceptron(session.view.history.records[-1].weights).probabilities(train.images)
    session.attack.choose("train", int(sure[np.arange(len(sure)), train.labels].argmax()))
    wait_for_film(qtbot, session)
    hint = page.film_panel.hint
    assert hint.isVisible()
    assert "gives almost nothing to follow" in hint.text()
    assert "Raise the step size" in hint.text()


def test_choosing_the_part(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    choose(qtbot, page.controls.part, 1)
    assert session.attack.config.part == "test"
    wait_for_film(qtbot, session)
    assert "test #17" in page.film_panel.chosen_view.caption
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)


def test_typing_the_number_of_the_image(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    before = chosen_pixels(page)
    type_number(qtbot, page.controls.index, "123")
    assert session.attack.index == 123
    wait_for_film(qtbot, session)
    assert not np.array_equal(chosen_pixels(page), before)
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)
    qtbot.keyClick(page.controls.index, Qt.Key.Key_Up)
    assert session.attack.index in (124, 133)


def test_a_number_of_no_image_is_refused_with_the_range(
    page: AttackPage, session: Session, told: list[str], qtbot: QtBot
) -> None:
    for text in ("300", "99999", "-1"):
        told.clear()
        type_number(qtbot, page.controls.index, text)
        assert told, text
        assert "0 to " in told[-1]
        assert session.attack.index == NUMBER
        assert page.controls.index.value() == NUMBER
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)


def test_a_random_image(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    seen = set()
    for _ in range(6):
        click(qtbot, page.controls.random)
        seen.add(session.attack.index)
        assert page.controls.index.value() == session.attack.index
    assert len(seen) > 2
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)


def test_going_through_the_mistakes(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    session.view.show_epoch(1)
    train = data_of(session).train
    assert session.view.shown is not None
    wrong = SoftmaxPerceptron(session.view.shown.weights).predict(train.images) != train.labels
    expected = [int(i) for i in np.flatnonzero(wrong)]
    later = [i for i in expected if i > NUMBER] + [i for i in expected if i <= NUMBER]
    for index in [*later, later[0]][:40]:
        click(qtbot, page.controls.mistake)
        assert session.attack.index == index
    wait_for_film(qtbot, session)
    assert session.attack.film.steps[0].predicted != session.attack.label


def test_a_model_without_mistakes_says_so(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=200, learning_rate=1.0))
    session.wanted.set_setting("train_size", 20)
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    page = new_page(session)
    wait_for_film(qtbot, session)
    before = session.attack.config
    with qtbot.waitSignal(session.messages.notified) as told:
        click(qtbot, page.controls.mistake)
    assert "reads every train" in told.args[0]
    assert session.attack.config == before


def test_the_start_from_noise_and_other_noise(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    controls, attack = page.controls, session.attack
    assert not controls.noise.isVisible()
    choose(qtbot, controls.start, 1)
    assert attack.config.start is None
    assert attack.config.pull == AttackConfig().pull  # what suits noise
    wait_for_film(qtbot, session)
    click(qtbot, page.film_panel.film.first)
    assert attack.film.step is not None
    assert attack.film.step.image.max() <= 0.01
    assert_shows_the_core_film(page, session, 0)
    first = attack.film.step.image
    click(qtbot, controls.noise)
    wait_for_film(qtbot, session)
    assert attack.film.step is not None
    assert not np.array_equal(attack.film.steps[0].image, first)
    assert_shows_the_core_film(page, session, attack.film.position)
    choose(qtbot, controls.start, 0)
    assert attack.config.start == NUMBER
    assert attack.config.pull == FROM_IMAGE.pull
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, attack.film.position)


def test_every_target(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    controls, attack = page.controls, session.attack
    other, *buttons = controls.targets.buttons()
    assert other is controls.any_other
    assert [button.text() for button in buttons] == list(data_of(session).class_names)
    for k, button in enumerate(buttons):
        click(qtbot, button)
        assert attack.config.target == k
        assert [other.isChecked() for other in buttons] == [j == k for j in range(len(buttons))]
        assert has_colour(pixels(button), LIGHT.accent).any()
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)
    assert "weights of 9" in page.film_panel.weights_view.accessibleName()


def test_the_numbers_of_the_descent(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack = session.attack
    for name, text, value in (
        ("steps", "25", 25),
        ("rate", "1.5", 1.5),
        ("rate", "5e-2", 0.05),
        ("pull", "0.4", 0.4),
    ):
        before = attack.film.steps
        type_number(qtbot, page.controls.rows[name].editor, text)
        assert getattr(attack.config, name) == value
        wait_for_film(qtbot, session)
        same_length = len(attack.film.steps) == len(before)
        assert not (same_length and np.array_equal(attack.film.steps[-1].image, before[-1].image))
        assert_shows_the_core_film(page, session, attack.config.steps)


def test_numbers_out_of_range_are_refused(
    page: AttackPage, session: Session, told: list[str], qtbot: QtBot
) -> None:
    before = session.attack.config
    for name, text in (("steps", "0"), ("steps", "1000000"), ("rate", "1e9"), ("pull", "-3")):
        row = page.controls.rows[name]
        told.clear()
        type_number(qtbot, row.editor, text)
        assert told, text
        assert row.declared.range_text() in told[-1]
        assert session.attack.config == before
        assert row.editor.value() == getattr(before, name)


def test_the_box(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack, box = session.attack, page.controls.rows["box"].editor
    click(qtbot, box)
    type_number(qtbot, page.controls.rows["rate"].editor, "5")
    wait_for_film(qtbot, session)
    assert attack.film.steps[-1].image.max() > 1 or attack.film.steps[-1].image.min() < 0
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert attack.config.box is True
    wait_for_film(qtbot, session)
    assert 0 <= attack.film.steps[-1].image.min()
    assert attack.film.steps[-1].image.max() <= 1
    assert_shows_the_core_film(page, session, attack.film.position)


def test_play_hold_and_play_from_the_end(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack, film = session.attack, page.film_panel.film
    assert attack.film.position == FROM_IMAGE.steps
    icon = film.play.icon().cacheKey()
    click(qtbot, film.play)
    assert attack.film.playing
    assert attack.film.position == 0
    assert film.play.icon().cacheKey() != icon
    wait_until(qtbot, lambda: attack.film.position > 3)
    click(qtbot, film.play)
    assert not attack.film.playing
    held = attack.film.position
    assert 3 < held < FROM_IMAGE.steps
    assert_shows_the_core_film(page, session, held)
    click(qtbot, film.play)
    assert attack.film.playing
    wait_until(qtbot, lambda: attack.film.position > held)
    attack.film.set_speed(100_000)
    wait_until(qtbot, lambda: not attack.film.playing)
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)


def test_stepping_and_going_to_the_ends(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    film = page.film_panel.film
    for button, position in [
        (film.first, 0),
        (film.back, 0),
        (film.forward, 1),
        (film.forward, 2),
        (film.back, 1),
        (film.last, FROM_IMAGE.steps),
        (film.forward, FROM_IMAGE.steps),
        (film.back, FROM_IMAGE.steps - 1),
    ]:
        click(qtbot, button)
        assert session.attack.film.position == position
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps - 1)


def test_scrubbing_holds_the_film(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack, scrub = session.attack, page.film_panel.film.scrub
    attack.film.play(from_start=True)
    scrub.setFocus()
    qtbot.keyClick(scrub, Qt.Key.Key_Home)
    qtbot.keyClick(scrub, Qt.Key.Key_Right)
    assert not attack.film.playing
    assert attack.film.position == 1
    before = result_pixels(page)
    drag(scrub, handle_centre(scrub), QPoint(scrub.width() // 2, scrub.height() // 2))
    assert attack.film.position == pytest.approx(FROM_IMAGE.steps / 2, abs=12)
    assert not np.array_equal(result_pixels(page), before)
    assert_shows_the_core_film(page, session, attack.film.position)
    qtbot.keyClick(scrub, Qt.Key.Key_End)
    assert attack.film.position == FROM_IMAGE.steps


def test_the_speed_of_the_film(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack, film = session.attack, page.film_panel.film
    before = attack.film.speed
    film.speed.setFocus()
    qtbot.keyClick(film.speed, Qt.Key.Key_Right)
    assert attack.film.speed > before
    qtbot.keyClick(film.speed, Qt.Key.Key_End)
    assert attack.film.speed == pytest.approx(400)
    assert film.speed_words.text() == "400 steps/s"
    qtbot.keyClick(film.speed, Qt.Key.Key_Home)
    assert attack.film.speed == pytest.approx(2)
    drag(film.speed, handle_centre(film.speed), QPoint(film.speed.width(), 8))
    assert attack.film.speed == pytest.approx(400)


def test_a_click_on_a_trace_goes_to_that_step(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    for plot, step in (
        (page.film_panel.probability_plot, 90),
        (page.film_panel.size_plot, 200),
    ):
        box = plot.box
        (x0, x1), (y0, y1) = box.viewRange()
        rect = box.sceneBoundingRect()
        x = rect.left() + (step - x0) / (x1 - x0) * rect.width()
        click(qtbot, plot.view.viewport(), QPoint(round(x), round(rect.center().y())))
        near = (x1 - x0) / 100
        wait_until(
            qtbot,
            lambda step=step, near=near: abs(session.attack.film.position - step) <= near,
        )
        assert plot.marks.marker == session.attack.film.position
        assert y1 > y0


def test_traces_are_painted_in_their_colours(page: AttackPage) -> None:
    for plot, colours in (
        (page.film_panel.probability_plot, (LIGHT.bad, LIGHT.good)),
        (page.film_panel.size_plot, (LIGHT.train, LIGHT.test)),
        (page.film_panel.loss_plot, (LIGHT.validation, LIGHT.best)),
    ):
        painted = pixels(plot.view)
        for colour in colours:
            assert has_colour(painted, colour).sum() > 20


def test_time_travel_changes_the_model_under_attack(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    session, attack = session, session.attack
    assert session.view.history is not None
    films = {}
    for epoch in (2, EPOCHS, 2):
        session.view.show_epoch(epoch)
        wait_for_film(qtbot, session)
        assert attack.film.weights is session.view.history.records[epoch].weights
        assert_shows_the_core_film(page, session, FROM_IMAGE.steps)
        film = [step.probabilities for step in attack.film.steps]
        if epoch in films:
            np.testing.assert_array_equal(film, films[epoch])
        films[epoch] = film
    assert not np.array_equal(films[2], films[EPOCHS])


def test_nothing_is_computed_while_nobody_looks(
    session: Session, new_page: NewPage, qtbot: QtBot
) -> None:
    attack = session.attack
    for epoch in (4, 7, 5):
        session.view.show_epoch(epoch)
    wait_for_diagnosis(qtbot, session)
    assert attack.film.weights is None
    assert attack.film.steps == []
    assert "attack" not in {thread.name for thread in threading.enumerate()}
    new_page(session)
    wait_for_film(qtbot, session)
    assert session.view.shown is not None
    assert attack.film.weights is session.view.shown.weights


def test_the_attack_follows_a_live_run(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session(training=replace(SHORT, epochs=5000), pace=20.0)
    page = new_page(session)
    session.open("digits8")
    models: list[Any] = []

    def remade() -> bool:
        weights = session.attack.film.weights
        if weights is not None and not any(weights is model for model in models):
            models.append(weights)
        return len(models) > 2

    wait_until(qtbot, remade)
    session.training.pause()
    wait_until(qtbot, lambda: session.view.shown is not None and not session.view.is_running)
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, session.attack.film.position)


def test_the_first_target_is_the_nearest_other_class(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session()
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    new_page(session)
    wait_for_film(qtbot, session)
    attack = session.attack
    order = np.argsort(session.view.shown.probabilities_of(attack.chosen_image))[::-1]
    assert attack.config.target == next(int(k) for k in order if k != attack.label)


def test_of_two_classes_a_mistake_is_led_back_to_the_right_one(
    new_session: Callable[..., Session],
    new_page: NewPage,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "two.npz"
    np.savez(path, X=rng.random((60, 5, 4)), y=rng.integers(2, size=60))  # nothing to be learnt
    session = new_session(data=DataConfig(dataset=str(path)))
    session.open(str(path))
    wait_for_state(qtbot, session, RunState.FINISHED)
    page = new_page(session)
    wait_for_film(qtbot, session)
    click(qtbot, page.controls.mistake)
    attack = session.attack
    assert attack.config.target == attack.label
    attack.choose_attack("exact")
    wait_until(qtbot, lambda: attack.film.is_settled and not attack.film.is_growing)
    assert not attack.film.problem
    assert attack.film.steps[-1].predicted == attack.label


def test_a_target_that_was_asked_for_stays(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session(
        attack=replace(FROM_IMAGE, target=8), attack_given=frozenset({"attack_target"})
    )
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    new_page(session)
    wait_for_film(qtbot, session)
    assert session.attack.config.target == 8


def test_a_target_that_is_no_class_is_told(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session(
        attack=replace(FROM_IMAGE, target=12), attack_given=frozenset({"attack_target"})
    )
    new_page(session)
    with qtbot.waitSignal(session.messages.notified, timeout=WAIT) as told:
        session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert "12" in told.args[0]
    assert "0 to 9" in told.args[0]


def test_the_page_waits_for_data(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session()
    page = new_page(session)
    assert page.film_panel.sentence.text() == "Waiting for data ..."
    controls, film = page.controls, page.film_panel.film
    for button in (
        controls.random,
        controls.mistake,
        film.first,
        film.back,
        film.play,
        film.forward,
        film.last,
    ):
        if button.isEnabled():
            click(qtbot, button)
    assert session.attack.film.position == 0
    open_paused(qtbot, session)
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, session.attack.film.position)
