from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    PAGE_SIZE,
    SHORT,
    WAIT,
    begin_as_noise,
    choose,
    click,
    core_attack,
    data_of,
    has_colour,
    hover,
    open_paused,
    pixels,
    scopes_of,
    type_number,
    type_setting,
    unfolded,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.attack import FROM_IMAGE, summarise
from core.attack.film import Least, steps_worth
from core.attack.step import AttackStep
from core.data.config import DataConfig
from core.insight.diagnostics import weight_images
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import diverging_rgb, grey_rgb
from core.words import fixed
from gui.attack.film.words import likeness_words, second_words, size_words
from gui.attack.page import AttackPage
from gui.session.attack import PART_WORDS
from gui.session.run_state import RunState
from gui.shared.words import an
from gui.theme import LIGHT
from gui.widgets.basics.short_number import exact_number

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
    session.attack.set_setting("steps", FROM_IMAGE.steps)  # or it would end soon after the flip
    page = new_page(session)
    wait_for_film(qtbot, session)
    return page


def assert_view_paints(view: ImageView, image: NDArray[np.uint8]) -> None:
    painted = pixels(view, view.image_rect())
    height, width = image.shape[:2]
    rows = ((np.arange(height) + 0.5) * painted.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * painted.shape[1] / width).astype(int)
    np.testing.assert_array_equal(painted[rows][:, columns], image)


def stretch(image: NDArray[Any]) -> NDArray[Any]:
    return np.asarray((image - image.min()) / ((image.max() - image.min()) or 1.0))


def assert_shows_the_core_film(attack_page: AttackPage, session: Session, position: int) -> None:
    """Compare every view of the page with an attack computed here."""
    page = attack_page.film_panel
    attack, dataset = session.attack, data_of(session)
    assert session.view.shown is not None
    weights, config = session.view.shown.weights, attack.config
    noise = config.start is None
    film = core_attack(session, replace(config, toward=None) if noise else config, weights)
    assert attack.film.position == position
    assert len(attack.film.steps) == attack.film.n_steps + 1 <= len(film)
    step = film[position]
    film = film[: len(attack.film.steps)]
    shape, names = dataset.image_shape, dataset.class_names
    start = film[0].image.reshape(shape)
    label = int(dataset.split(config.part).labels[attack.index])
    result = step.image.reshape(shape)
    change = result - start
    largest = float(np.abs(change).max())

    np.testing.assert_array_equal(attack.film.steps[position].image, step.image)
    assert_view_paints(page.chosen_view, grey_rgb(stretch(start) if noise else start))
    assert_view_paints(page.result_view, grey_rgb(stretch(result) if noise else result))
    assert_view_paints(page.change_view, diverging_rgb(change, largest or 1.0))
    images = weight_images(weights, shape)
    own = images[config.target] - images.mean(axis=0)
    assert_view_paints(page.weights_view, diverging_rgb(own, float(np.abs(own).max()) or 1.0))
    np.testing.assert_array_equal(page.bars.probabilities, step.probabilities)
    outcome = summarise(film[: position + 1], config.target, None if noise else label)
    words = page.sentence.text()
    assert words.startswith(f"{outcome.headline(names)}. Length of the change {fixed(step.l2)}")
    read = f"read as {names[step.predicted]}"
    assert read in page.result_view.caption
    if noise:
        assert "stretched" in page.chosen_view.caption
        assert page.bars.true_class is None
    else:
        assert (
            f"{names[label]}, {PART_WORDS[config.part]} {attack.index}" in page.chosen_view.caption
        )
        assert f"with {step.probabilities[step.predicted]:.3f}" in page.result_view.caption
    hidden = noise or label == config.target
    for plot, name, values in (
        (page.probability_plot, "target", [s.probabilities[config.target] for s in film]),
        (page.probability_plot, "true", [] if hidden else [s.probabilities[label] for s in film]),
        (page.size_plot, "length", [s.l2 for s in film]),
        (page.size_plot, "largest", [s.linf for s in film]),
        (page.loss_plot, "loss", [s.loss for s in film]),
        (page.loss_plot, "gradient", [s.gradient_norm for s in film]),
    ):
        np.testing.assert_allclose(plot.main.data(name)[1], values, rtol=1e-6)
        assert plot.marks.marker == position
    transport = attack_page.transport
    assert (transport.place, transport.done) == (position, len(film) - 1)


def test_every_view_shows_the_attack_of_the_core(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    for position in (0, 1, 60, FROM_IMAGE.steps):
        session.attack.film.go_to(position)
        assert_shows_the_core_film(page, session, position)


def test_at_step_0_the_result_is_the_chosen_image(page: AttackPage, qtbot: QtBot) -> None:
    views = page.film_panel
    page.transport.go_to(page.transport.done)
    assert not np.array_equal(result_pixels(page), chosen_pixels(page))
    page.transport.go_to(0)
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
    assert hover(view, point) == f"result: pixel (3, 5) = {exact_number(value)}"
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
    type_setting(qtbot, page, "steps", "3")
    train = data_of(session).train
    sure = SoftmaxPerceptron(session.view.history.records[-1].weights).probabilities(train.images)
    session.attack.choose("train", int(sure[np.arange(len(sure)), train.labels].argmax()))
    wait_for_film(qtbot, session)
    hint = page.film_panel.hint
    assert hint.isVisible()
    assert "gives almost nothing to follow" in hint.text()
    assert "Raise the step size" in hint.text()


def test_a_film_that_swings_says_so_and_nothing_of_it_is_saturated(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=30, learning_rate=5.0))
    session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    page = new_page(session)
    session.attack.choose("train", 29)
    session.attack.set_setting("target", 4)
    session.attack.set_setting("steps", 100)
    wait_for_film(qtbot, session)
    film, views = session.attack.film, page.film_panel
    reads = [step.predicted for step in film.steps]
    n = sum(a != b for a, b in pairwise(reads))
    assert n > 2
    assert reads[-1] != 4
    for position in (0, 50, 99, 100):
        film.go_to(position)
        assert "near 0" not in views.hint.text()
        still = len(set(reads[: position + 1])) == 1
        assert ("still read" in views.sentence.text()) == (still and position > 0)
        assert "The reading swings" in views.hint.text()
    assert page.transport.status == (
        f"In 100 steps it is never read as 4, though the reading changes {n} times."
    )


def test_choosing_the_part(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    with unfolded(qtbot, page.controls.image):
        choose(qtbot, page.controls.part, page.controls.part.findData("test"))
    assert session.attack.config.part == "test"
    wait_for_film(qtbot, session)
    assert "test 17" in page.film_panel.chosen_view.caption
    name = data_of(session).class_names[session.attack.label]
    assert page.controls.image.currentText() == f"test 17, {an(name)}"
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)


def test_typing_the_number_of_the_image(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    before = chosen_pixels(page)
    with unfolded(qtbot, page.controls.image):
        type_number(qtbot, page.controls.index, "123")
    assert session.attack.index == 123
    wait_for_film(qtbot, session)
    assert not np.array_equal(chosen_pixels(page), before)
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)
    with unfolded(qtbot, page.controls.image):
        qtbot.keyClick(page.controls.index, Qt.Key.Key_Up)
    assert session.attack.index in (124, 133)


def test_a_number_of_no_image_is_refused_with_the_range(
    page: AttackPage, session: Session, told: list[str], qtbot: QtBot
) -> None:
    for text in ("300", "99999", "-1"):
        told.clear()
        with unfolded(qtbot, page.controls.image):
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


def test_from_noise_all_is_of_the_noise(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    controls, attack = page.controls, session.attack
    begin_as_noise(page, qtbot)
    attack.set_setting("target", 7)
    wait_for_film(qtbot, session)
    assert attack.config.start is None
    assert not attack.chosen.boxed
    assert controls.image.currentText() == "faint noise, seed 0"
    assert controls.settings.currentText().endswith("of 0.1, no pull")
    assert not controls.mistake.isVisible(), "it means nothing for noise"
    first = attack.film.steps[0].image
    assert first.max() <= 0.01
    for position in (0, 1, attack.film.last):
        attack.film.go_to(position)
        assert_shows_the_core_film(page, session, position)
    words = page.film_panel.sentence.text()
    assert words.startswith("Noise read as 7 after ")
    assert "rightly" not in words
    assert "Does it look like a 7?" in page.film_panel.hint.text()
    change = attack.film.steps[-1].image - first
    weights = session.view.shown.weights[:, 1:]
    own = weights[7] - weights.mean(axis=0)
    cosine = change @ own / np.linalg.norm(change) / np.linalg.norm(own)
    assert f"(cosine {cosine:.2f})" in page.film_panel.hint.text()
    click(qtbot, controls.random)
    wait_for_film(qtbot, session)
    assert not np.array_equal(attack.film.steps[0].image, first)
    assert f"seed {attack.config.seed}" in controls.image.currentText()
    with unfolded(qtbot, controls.image):
        choose(qtbot, controls.part, controls.part.findData("train"))
    assert attack.config.start == NUMBER
    assert attack.chosen.boxed
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, attack.film.position)


def test_another_kind_of_start_begins_at_the_end_of_its_film(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    film, part = session.attack.film, page.controls.part
    for start in ("noise", "test"):
        film.go_to(7)
        with unfolded(qtbot, page.controls.image):
            choose(qtbot, part, part.findData(start))
        wait_for_film(qtbot, session)
        assert film.position == film.last > 7
        image = film.steps[-1].image.reshape(data_of(session).image_shape)
        np.testing.assert_array_equal(page.film_panel.result_view.values, image)


def test_the_result_can_be_stretched_and_that_is_remembered_for_each_start(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    panel = page.film_panel
    page.resize(1264, 594)
    assert panel.stretch.plain.isChecked()
    before = result_pixels(page)
    click(qtbot, panel.stretch.stretched)
    image = session.attack.film.steps[-1].image.reshape(8, 8)
    stretched = (image - image.min()) / (image.max() - image.min())
    assert_view_paints(panel.result_view, grey_rgb(stretched))
    click(qtbot, panel.stretch.plain)
    np.testing.assert_array_equal(result_pixels(page), before)
    begin_as_noise(page, qtbot)
    wait_for_film(qtbot, session)
    assert panel.stretch.stretched.isChecked()
    session.attack.set_start_from_noise(False)
    wait_for_film(qtbot, session)
    assert panel.stretch.plain.isChecked()


def test_noise_can_be_pulled_toward_an_image(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    begin_as_noise(page, qtbot)
    type_setting(qtbot, page, "pull", "0.12")
    wait_for_film(qtbot, session)
    settings = page.controls.settings
    label = int(data_of(session).train.labels[NUMBER])
    assert settings.currentText().endswith(f"pull 0.12 toward {an(str(label))}")
    film = core_attack(session, session.attack.config, session.view.shown.weights)
    shown = session.attack.film.steps
    np.testing.assert_array_equal(shown[-1].image, film[len(shown) - 1].image)
    change = shown[-1].image - shown[0].image
    assert shown[-1].l2 == pytest.approx(float(np.linalg.norm(change)), rel=1e-5)
    session.attack.film.go_to(len(shown) - 1)
    away = float(np.linalg.norm(shown[-1].image - data_of(session).train.images[NUMBER]))
    words = f" Distance to the image it is pulled toward {fixed(away)}."
    assert page.film_panel.sentence.text().endswith(words)
    with unfolded(qtbot, settings):
        type_number(qtbot, settings.toward, "40")
    assert session.attack.config.toward == 40


def test_a_pull_does_not_outlive_what_was_pulled(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    begin_as_noise(page, qtbot)
    type_setting(qtbot, page, "pull", "0.12")
    with qtbot.waitSignal(session.messages.notified) as told, unfolded(qtbot, page.controls.image):
        choose(qtbot, page.controls.part, page.controls.part.findData("test"))
    assert "pull of 0.12 was for the other start: it is 0 now" in str(told.args)
    assert session.attack.config.pull == 0
    assert "pull" not in page.controls.settings.currentText()
    begin_as_noise(page, qtbot)
    assert page.controls.settings.currentText().endswith("no pull")


@pytest.mark.parametrize(
    ("both", "points", "images"),
    [
        ((0.97, 0.4), "points where", "far less where"),
        ((0.13, 0.45), "points hardly where", "more where"),
        ((0.4, 0.4), "points partly where", "as much where"),
        ((-0.6, 0.1), "points away from where", "more where"),
    ],
)
def test_a_change_points_where_the_weights_do_only_where_the_cosine_is_large(
    both: tuple[float, float], points: str, images: str
) -> None:
    words = likeness_words(both, "7")
    assert f"The change {points} the weights of 7 point (cosine " in words
    assert f"), {images} the mean 7 differs" in words


def test_the_film_before_stays_beside_that_with_other_settings(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    film, panel = session.attack.film, page.film_panel
    assert film.before is None
    before, flip = list(film.steps), film.flip
    type_setting(qtbot, page, "pull", "0.4")
    wait_for_film(qtbot, session)
    target = session.attack.target
    for plot, values in (
        (panel.probability_plot, [step.probabilities[target] for step in before]),
        (panel.size_plot, [step.l2 for step in before]),
    ):
        np.testing.assert_allclose(plot.main.data("before")[1], values, rtol=1e-6)
        assert "before" in [entry.name for entry in plot.legend.entries]
        assert has_colour(pixels(plot.view), LIGHT.earlier).sum() > 20
    words = f"Before: flip at step {flip} of 300, length {before[-1].l2:.2f}."
    assert panel.hint.text().endswith(words)
    session.attack.choose("train", 40)
    wait_for_film(qtbot, session)
    assert film.before is None
    assert "Before" not in panel.hint.text()
    assert len(panel.size_plot.main.data("before")[1]) == 0


def test_every_target(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    combo, attack = page.controls.target, session.attack
    names = data_of(session).class_names
    offered = [combo.itemText(i) for i in range(combo.count())]
    assert offered == [*names, "any other"]
    for k, name in enumerate(names):
        choose(qtbot, combo, k)
        assert attack.config.target == k
        assert combo.currentText() == name
        assert page.controls._article.text() == ("an" if name == "8" else "a")
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)
    assert "weights of 9" in page.film_panel.weights_view.accessibleName()
    choose(qtbot, combo, len(names))
    assert attack.target is None
    assert not page.controls._article.isVisible()


def test_a_target_that_is_the_class_itself_keeps_its_line(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    page.resize(1264, 594)
    choose(qtbot, page.controls.target, session.attack.label)
    wait_for_film(qtbot, session)
    plot = page.film_panel.probability_plot
    assert len(plot.main.data("target")[1]) == FROM_IMAGE.steps + 1
    assert has_colour(pixels(plot.view), LIGHT.bad).sum() > 20
    assert [entry.name for entry in plot.legend.entries] == [f"read as {session.attack.label}"]


def test_the_numbers_of_the_descent(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack = session.attack
    for name, text, value in (
        ("steps", "25", 25),
        ("rate", "1.5", 1.5),
        ("rate", "5e-2", 0.05),
        ("pull", "0.4", 0.4),
    ):
        before = attack.film.steps
        type_setting(qtbot, page, name, text)
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
        row = page.controls.settings.rows[name]
        told.clear()
        type_setting(qtbot, page, name, text)
        assert told, text
        assert row.declared.range_text() in told[-1]
        assert session.attack.config == before
        assert row.editor.value() == getattr(before, name)


def test_the_box(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    attack, box = session.attack, page.size_choice.boxed
    click(qtbot, box)
    type_setting(qtbot, page, "rate", "5")
    wait_for_film(qtbot, session)
    assert attack.film.steps[-1].image.max() > 1 or attack.film.steps[-1].image.min() < 0
    click(qtbot, box)
    assert attack.config.box is True
    wait_for_film(qtbot, session)
    assert 0 <= attack.film.steps[-1].image.min()
    assert attack.film.steps[-1].image.max() <= 1
    assert_shows_the_core_film(page, session, attack.film.position)


def test_the_film_is_held_at_the_flip_and_goes_on_when_asked(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    film, transport = session.attack.film, page.transport
    flip = film.flip
    assert flip is not None
    assert film.steps[flip].predicted == session.attack.target
    assert film.steps[flip - 1].predicted != session.attack.target
    (mark,) = transport.marks
    assert (mark.place, mark.kind) == (flip, "flip")
    film.set_speed(100_000)
    transport.toggle()
    wait_until(qtbot, lambda: not film.playing)
    assert film.position == flip
    assert_shows_the_core_film(page, session, flip)
    name = an(data_of(session).class_names[session.attack.target])
    assert (
        transport.status == f"Paused at the flip, step {flip}: from here on it is read as {name}."
    )
    assert transport.offer is not None
    verb, act = transport.offer
    assert verb == f"Play on to step {FROM_IMAGE.steps}"
    act()
    wait_until(qtbot, lambda: not film.playing)
    assert film.position == FROM_IMAGE.steps
    assert_shows_the_core_film(page, session, FROM_IMAGE.steps)
    transport.toggle()
    assert film.position == 0  # at the end it begins again
    wait_until(qtbot, lambda: not film.playing)
    film.set_looping(True)
    assert film.stops_at is None


def test_a_film_ends_when_it_has_shown_what_there_is(
    session: Session, new_page: NewPage, qtbot: QtBot
) -> None:
    session.attack.choose("train", NUMBER)
    page = new_page(session)
    wait_for_film(qtbot, session)
    film = session.attack.film
    begin_as_noise(page, qtbot)
    session.attack.set_setting("target", 7)
    wait_for_film(qtbot, session)
    assert film.flip is not None
    assert film.last == steps_worth(film.flip, 200) < 200
    assert page.transport.length == film.last
    assert page.film_panel.size_plot.box.viewRange()[0][1] < 1.1 * film.last
    type_setting(qtbot, page, "steps", "120")
    wait_for_film(qtbot, session)
    assert film.last == 120, "a person has said how many"


def test_a_film_that_has_ended_itself_offers_the_rest_of_its_steps(
    session: Session, new_page: NewPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.attack.choose("train", NUMBER)
    film, transport = session.attack.film, new_page(session).transport
    wait_for_film(qtbot, session)
    last, flip = film.last, film.flip
    assert flip is not None
    assert last < FROM_IMAGE.steps
    transport.go_to(last)
    name = an(data_of(session).class_names[session.attack.target])
    assert transport.status == f"It is read as {name} from step {flip} on."
    assert transport.offer is not None
    verb, play_on = transport.offer
    assert verb == f"Play on to step {FROM_IMAGE.steps}"
    film.set_speed(400)
    seen: list[int] = []
    film.position_changed.connect(lambda: seen.append(film.position))
    ticks = count()  # by a clock of its own: a busy machine has fewer frames in a second
    monkeypatch.setattr(film, "_clock", lambda: next(ticks) / 30)
    play_on()
    assert transport.is_playing
    wait_until(qtbot, lambda: not film.playing)
    assert film.position == film.last == FROM_IMAGE.steps
    assert len(set(seen)) > 3, "it is played, not gone to"
    assert seen == sorted(seen)
    assert transport.offer is None


def test_one_step_has_an_axis_of_0_and_1(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    session.attack.choose_attack("fgsm")
    wait_until(qtbot, lambda: session.attack.film.is_settled and session.attack.film.last == 1)
    for plot in (page.film_panel.probability_plot, page.film_panel.size_plot):
        axis = plot.view.axes["bottom"]
        (_, places), *_ = axis.tickValues(0.0, 1.0, 300)
        assert places == [0.0, 1.0]


@pytest.mark.parametrize(("size", "least"), [((1264, 594), 200), ((1008, 514), 160)])
def test_images_are_large_and_whole_multiples_of_their_pixels(
    page: AttackPage, qtbot: QtBot, size: tuple[int, int], least: int
) -> None:
    page.resize(*size)
    QApplication.processEvents()
    panel = page.film_panel
    for view in (panel.chosen_view, panel.change_view, panel.result_view, panel.weights_view):
        box = view.image_rect()
        assert box.width() == box.height() >= least
        assert box.width() % 8 == 0
    assert len(panel.bars.shown_classes()) == 10, "all ten of ten"
    view, switch = panel.result_view, panel.stretch
    assert view.fontMetrics().horizontalAdvance(view.title) < view.width() - switch.width()
    click(qtbot, panel.stretch.stretched)
    assert panel.stretch.stretched.isChecked()
    click(qtbot, panel.stretch.stretched)
    assert panel.stretch.plain.isChecked(), "where it stands alone, too"


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
        attack=FROM_IMAGE, attack_given=frozenset({"attack_target"}), attack_target="8"
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
        attack=FROM_IMAGE, attack_given=frozenset({"attack_target"}), attack_target="12"
    )
    new_page(session)
    with qtbot.waitSignal(session.messages.notified, timeout=WAIT) as told:
        session.open("digits8")
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert "'12' is no class of UCI digits 8 x 8; its classes are 0, 1, 2" in told.args[0]
    assert "9 is the target for now" in told.args[0]


def test_the_page_waits_for_data(
    new_session: Callable[..., Session], new_page: NewPage, qtbot: QtBot
) -> None:
    session = new_session()
    page = new_page(session)
    assert page.film_panel.sentence.text() == "Waiting for data ..."
    for button in (page.controls.random, page.controls.mistake):
        if button.isEnabled():
            click(qtbot, button)
    assert not page.transport.can_play
    page.transport.move(1)
    assert session.attack.film.position == 0
    open_paused(qtbot, session)
    wait_for_film(qtbot, session)
    assert_shows_the_core_film(page, session, session.attack.film.position)


def test_a_number_of_pixels_that_is_not_proven_is_said_with_both_bounds() -> None:
    least = Least("l0", True, 5.0, 4.0, {1: 5.0, 2: 9.0, 3: 7.0}, {1: 4.0, 2: 9.0, 3: 7.0})
    words = size_words(6.0, "l0", least)
    assert words == "Pixels changed 6; the least possible is at most 5, at least 4 in the box."
    one = AttackStep(step=0, image=np.zeros(2), probabilities=np.zeros(4), loss=0.0,
                     gradient_norm=0.0, l2=1.0, linf=0.5)  # fmt: skip
    names = ["a", "b", "c", "d"]
    assert second_words(one, names, "l0", least, aim=3).endswith(
        "Toward b it would take 4 to 5, toward c as much as 9."
    )
