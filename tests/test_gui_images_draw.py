"""The Draw tab of the Images page: what becomes of a drawing."""

from __future__ import annotations

import itertools
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_drawing import (
    NONE,
    SEVEN,
    draw,
    move,
    on_widget,
    settled,
)
from gui_helpers import (
    LEFT,
    PAGE_SIZE,
    SMALL,
    TAB_SIZE,
    choose,
    click,
    data_of,
    earlier_runs,
    has_colour,
    hover,
    open_and_finish,
    open_paused,
    opening_of,
    pixels,
    press,
    type_setting,
    unfolded,
    wait_for_film,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLayout, QSlider, QWidget

from core.attack import frames
from core.attack.methods.descent import Descent
from core.drawing.drawing import mnist_placement, placed, placement_of, plain
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import grey_rgb
from gui.images.draw.panel import DrawPanel
from gui.images.draw.way import Way, WayRow
from gui.images.draw.words import placing_words
from gui.images.page import DRAW, SPLIT, ImagesPage
from gui.session.run_state import RunState
from gui.shared.words import an
from gui.theme import DARK, LIGHT
from gui.widgets.canvas.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow


@pytest.fixture
def whole(session: Session, new_panel: Callable[..., Any]) -> ImagesPage:
    """Return the Images page alone, of a run on 8 x 8 digits that has ended."""
    page: ImagesPage = new_panel(ImagesPage, session, size=PAGE_SIZE)
    layout = page.layout()
    assert layout is not None
    # As in the window: nothing makes it larger than there is room.
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    return page


@pytest.fixture
def page(whole: ImagesPage) -> DrawPanel:
    """Return what is drawn on there."""
    return whole.draw


@pytest.fixture
def draw_page(window: MainWindow, qtbot: QtBot) -> DrawPanel:
    """Return the sheet of a window, shown as a person shows it."""
    press(qtbot, window, "Ctrl+4")
    page: ImagesPage = window.page("images")
    assert window.pages.currentWidget() is page
    click(qtbot, page.tile)
    assert page.draw.canvas.hasFocus(), "its keys work at once"
    return page.draw


def probabilities_of(session: Session, image: NDArray[Any]) -> NDArray[Any]:
    assert session.view.shown is not None
    return SoftmaxPerceptron(session.view.shown.weights).probabilities(image.reshape(-1))


def assert_reads(page: DrawPanel, session: Session, image: NDArray[Any]) -> None:
    """Compare all the tab says of the image chosen with what the core says."""
    expected, row = probabilities_of(session, image), page.rows[page.way]
    np.testing.assert_array_equal(page.image, image)
    np.testing.assert_array_equal(row.values, image)
    np.testing.assert_allclose(row.probabilities, expected, rtol=1e-6)
    assert row.lines.shown_classes() == np.argsort(-expected, kind="stable")[:3].tolist()
    painted = pixels(row, row.image_rect())
    height, width = image.shape
    rows = ((np.arange(height) + 0.5) * painted.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * painted.shape[1] / width).astype(int)
    np.testing.assert_array_equal(painted[rows][:, columns], grey_rgb(image))
    for k in row.lines.shown_classes():
        bar = row.lines.bar_rect(k)
        inked = has_colour(pixels(row.lines, bar.toRect()), LIGHT.accent)
        assert inked.any(axis=0).sum() == pytest.approx(bar.width() * expected[k], abs=2)


def own_way(session: Session, ink: NDArray[Any]) -> NDArray[Any]:
    """Return a drawing placed as the data are."""
    data = data_of(session)
    placement = placement_of(data.train, data.image_shape)
    assert placement is not None
    return placed(ink, data.image_shape, placement).image


def test_an_empty_sheet_says_what_to_do(page: DrawPanel) -> None:
    assert page.image is None
    assert page.canvas.empty_words[0] == "Draw a digit here"
    assert has_colour(pixels(page.canvas), DARK.muted).any(), "it is painted"
    assert page.sentence.text().startswith("Nothing is drawn yet.")
    assert page.rows[page.way].probabilities is None
    for button in (page.why_button, page.attack_button, page.learn_button):
        assert not button.isEnabled()
    draw(page.canvas, [(0.9, 0.9)])
    assert not has_colour(pixels(page.canvas), DARK.muted)[:100].any()


def test_a_drawing_is_read_as_the_core_reads_it(
    session: Session, page: DrawPanel, qtbot: QtBot
) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    assert page.way is Way.DATA, "8 x 8 digits are not made as MNIST's"
    assert_reads(page, session, own_way(session, page.canvas.ink))


def test_prediction_and_bars_move_while_one_draws(
    session: Session, page: DrawPanel, qtbot: QtBot
) -> None:
    canvas = page.canvas
    points = [on_widget(canvas, place) for place in SEVEN]
    QTest.mousePress(canvas, LEFT, NONE, points[0])
    seen = []
    for point in points[1:]:
        move(canvas, point, LEFT)
        settled(qtbot, page)
        seen.append(np.array(page.rows[page.way].probabilities))
        assert_reads(page, session, own_way(session, canvas.ink))
    assert all(np.abs(a - b).max() > 1e-3 for a, b in itertools.pairwise(seen))
    QTest.mouseRelease(canvas, LEFT, NONE, points[-1])


def test_the_switch_shows_why_off_centre_digits_fail(
    session: Session, whole: ImagesPage, page: DrawPanel, qtbot: QtBot
) -> None:
    whole.resize(1264, 594)
    draw(page.canvas)
    settled(qtbot, page)
    ink, names = page.canvas.ink, data_of(session).class_names
    images = {
        Way.PLAIN: plain(ink, (8, 8)).image,
        Way.MNIST: placed(ink, (8, 8), mnist_placement((8, 8))).image,
        Way.DATA: own_way(session, ink),
    }
    assert not np.array_equal(images[Way.PLAIN], images[Way.DATA])
    for way, image in images.items():
        click(qtbot, page.rows[way])
        assert page.rows[way].isChecked()
        assert_reads(page, session, image)
        for other, row in page.rows.items():
            np.testing.assert_array_equal(row.values, images[other])
            np.testing.assert_allclose(
                row.probabilities, probabilities_of(session, images[other]), rtol=1e-6
            )
    read = {way: names[probabilities_of(session, image).argmax()] for way, image in images.items()}
    before, after = read[Way.PLAIN], read[Way.DATA]
    assert before != after
    assert page.sentence.text().startswith(f"<b>Like these it is read as {after}, not {before}:")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(0.99951, 0.99999, "as sure"), (0.9, 0.902, "surer"), (0.9, 0.898, "less sure")],
)
def test_nothing_is_surer_where_both_bars_say_the_same(
    qtbot: QtBot, before: float, after: float, words: str
) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    rows = [WayRow(way, "", holder) for way in (Way.PLAIN, Way.MNIST)]
    for row, sure in zip(rows, (before, after), strict=True):
        row.probabilities = np.array([sure, 1 - sure])
    drawn = plain(np.eye(28), (28, 28))
    assert f"Like MNIST it is {words}:" in placing_words(drawn, rows[0], rows[1], ("0", "1"))


def test_the_steps_are_shown_in_words_and_where_there_is_room_in_pictures(
    whole: ImagesPage, page: DrawPanel, session: Session, qtbot: QtBot
) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    placement = placement_of(data_of(session).train, (8, 8))
    assert placement is not None
    steps = placed(page.canvas.ink, (8, 8), placement).steps
    assert steps is not None
    assert page.sentence.text().endswith(f"</b> {steps.sentence()}.")
    assert not page.steps.isVisible()
    whole.resize(1904, 954)
    wait_until(qtbot, page.steps.isVisible)
    np.testing.assert_array_equal(page.cropped.values, steps.cropped)
    np.testing.assert_array_equal(page.fitted.values, steps.scaled)
    height, width = steps.scaled.shape
    assert page.fitted.caption == f"{height} x {width}"
    marked = int(has_colour(pixels(page.canvas), DARK.test).sum())
    click(qtbot, page.rows[Way.PLAIN])
    assert marked > 50
    assert not has_colour(pixels(page.canvas), DARK.test).any(), "nothing is moved"


def test_words_say_that_these_data_are_not_placed_as_mnist_s(page: DrawPanel) -> None:
    row = page.rows[Way.DATA]
    assert row.isVisible()
    assert "fill 100 % of the frame (MNIST's 71 %)" in unescape(row.toolTip())


def test_a_pixel_and_a_probability_can_be_read(page: DrawPanel, qtbot: QtBot) -> None:
    draw(page.canvas, [(0.5, 0.5)])
    settled(qtbot, page)
    row = page.rows[page.way]
    said = hover(row, row.image_rect().center())
    assert page.image is not None
    assert any(f"pixel ({k}, {k}) = {page.image[k, k]:.4g}" in said for k in (3, 4))
    best = row.best
    assert row.probabilities is not None
    said = hover(row.lines, row.lines.bar_rect(best).center().toPoint())
    assert said == f"p({best}) = {row.probabilities[best]:.6f}"


def test_the_page_follows_the_epoch_shown(session: Session, page: DrawPanel, qtbot: QtBot) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    image = own_way(session, page.canvas.ink)
    seen = []
    for epoch in (0, 3, None):
        session.view.show_epoch(epoch)
        assert_reads(page, session, image)
        seen.append(np.array(page.rows[page.way].probabilities))
    assert np.ptp(seen[0]) == 0, "before anything was learnt all are alike"
    session.view.show_epoch(3)
    assert page.figure_words() == "epoch 3"


def test_unseen_the_page_reads_nothing_and_is_true_again_when_shown(
    session: Session, whole: ImagesPage, page: DrawPanel, qtbot: QtBot
) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    click(qtbot, whole.switch.button(SPLIT))
    assert not page.isVisible()
    before = np.array(page.rows[page.way].probabilities)
    session.view.show_epoch(1)
    np.testing.assert_array_equal(page.rows[page.way].probabilities, before)
    click(qtbot, whole.switch.button(DRAW))
    assert_reads(page, session, own_way(session, page.canvas.ink))


def test_a_rewind_does_not_blank_what_is_read(
    session: Session, page: DrawPanel, qtbot: QtBot
) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    seen: list[tuple[bool, bool]] = []

    def look() -> None:
        seen.append((session.view.shown is None, page.rows[page.way].probabilities is not None))

    session.view.run_started.connect(look)
    session.wanted.add_sample(np.zeros(64), 1)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: bool(seen))
    assert seen == [(True, True)], "no model for a moment; the bars wait for it"
    wait_until(qtbot, lambda: session.view.shown is not None)
    assert_reads(page, session, own_way(session, page.canvas.ink))


def test_a_drawing_survives_other_images_of_the_same_proportions(
    session: Session, page: DrawPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    draw(page.canvas)
    ink = page.canvas.ink
    session.open(write_data(tmp_path / "many", (12, 12), 47, 200, 100))
    wait_until(qtbot, lambda: data_of(session).n_classes == 47)
    wait_for_state(qtbot, session, RunState.FINISHED)
    np.testing.assert_array_equal(page.canvas.ink, ink)
    assert page.image is not None
    assert page.image.shape == (12, 12)
    assert_reads(page, session, own_way(session, ink))
    assert page.meant_as.count() == 48


@pytest.mark.parametrize(("shape", "n_classes"), [((16, 20), 2), ((20, 9), 3)])
def test_images_of_other_proportions_have_a_sheet_of_their_own(
    session: Session,
    page: DrawPanel,
    qtbot: QtBot,
    tmp_path: Path,
    shape: tuple[int, int],
    n_classes: int,
) -> None:
    draw(page.canvas)
    session.open(write_data(tmp_path / "other", shape, n_classes, 90, 30))
    wait_until(qtbot, lambda: data_of(session).image_shape == shape)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert page.canvas.is_empty
    rect = page.canvas.sheet_rect()
    assert rect.height() / rect.width() == pytest.approx(shape[0] / shape[1], rel=0.01)
    draw(page.canvas)
    settled(qtbot, page)
    assert_reads(page, session, own_way(session, page.canvas.ink))
    assert len(page.rows[page.way].probabilities) == n_classes


def test_data_whose_classes_are_no_digits_ask_for_no_digit(
    session: Session, page: DrawPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("shirt", "shoe", *map(str, range(8)))
    monkeypatch.setattr(
        "gui.session.data.opening_dataset", opening_of(replace(data_of(session), class_names=names))
    )
    session.open("clothes")
    wait_until(qtbot, lambda: data_of(session).class_names == names)
    assert page.canvas.empty_words[0] == "Draw here"


def test_before_there_are_data_the_page_waits(
    new_session: Callable[..., Session], new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    session = new_session()
    page = new_panel(DrawPanel, session, size=TAB_SIZE)
    draw(page.canvas)
    settled(qtbot, page)
    assert page.sentence.text() == "Waiting for data ..."
    assert page.image is None
    open_and_finish(qtbot, session)
    assert_reads(page, session, own_way(session, page.canvas.ink))


def test_a_drawing_opens_and_the_card_follows_it(
    session: Session, whole: ImagesPage, page: DrawPanel, qtbot: QtBot
) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    click(qtbot, page.why_button)
    card = whole.card
    assert card.isVisible()
    assert card.content is not None
    np.testing.assert_array_equal(card.content.values, page.image)
    assert card.title.text().startswith("your drawing: read as ")
    assert card.evidence.isVisible()
    draw(page.canvas, [(0.5, 0.6), (0.8, 0.9)])
    settled(qtbot, page)
    np.testing.assert_array_equal(card.content.values, page.image)
    np.testing.assert_allclose(
        card.bars.probabilities, probabilities_of(session, page.image), rtol=1e-6
    )
    press(qtbot, card, "Esc")
    assert not card.isVisible()


def test_the_card_of_a_page_nobody_sees_closes_with_its_data(
    session: Session, whole: ImagesPage, page: DrawPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    click(qtbot, page.why_button)
    whole.hide()
    assert not whole.card.isHidden()
    session.open(write_data(tmp_path / "other", (12, 12), 4, 60, 30))
    wait_until(qtbot, lambda: data_of(session).n_classes == 4)
    assert whole.card.isHidden()
    wait_for_state(qtbot, session, RunState.FINISHED)
    whole.show()
    assert_reads(page, session, own_way(session, page.canvas.ink))


def test_a_drawing_is_attacked(window: MainWindow, draw_page: DrawPanel, qtbot: QtBot) -> None:
    draw(draw_page.canvas)
    settled(qtbot, draw_page)
    image = draw_page.image
    assert image is not None
    session, attack = window.session, window.session.attack
    click(qtbot, draw_page.attack_button)
    assert window.pages.currentWidget() is window.page("attack")
    wait_for_film(qtbot, session)
    attack.film.pause()
    flat = image.reshape(-1)
    np.testing.assert_array_equal(attack.chosen_image, flat)
    read = int(probabilities_of(window.session, image).argmax())
    assert attack.label == read, "nobody has said what it is meant as"
    assert attack.config.target != read
    assert session.view.shown is not None
    film = list(
        frames(
            Descent(
                SoftmaxPerceptron(session.view.shown.weights),
                attack.config.settings,
                flat,
                start=flat,
            )
        )
    )
    last = attack.film.last
    assert 0 < last < len(film), "it ends when there is no more to see"
    np.testing.assert_array_equal(attack.film.steps[-1].image, film[last].image)
    panel, name = window.page("attack").film_panel, an(data_of(session).class_names[read])
    assert panel.chosen_view.caption == f"read as {name}, drawn"
    assert panel.bars.true_class is None
    controls = window.page("attack").controls
    assert controls.part.currentText() == "your drawing"
    assert controls.image.currentText() == f"your drawing, read as {name}"


def attack_drawing(window: MainWindow, qtbot: QtBot, label: int | None = None) -> NDArray[Any]:
    """Draw, attack, and return the image."""
    page = window.page("images").draw
    window.show_page("images")
    draw(page.canvas)
    settled(qtbot, page)
    if label is not None:
        choose(qtbot, page.meant_as, label + 1)
    image = page.image
    assert image is not None
    click(qtbot, page.attack_button)
    wait_for_film(qtbot, window.session)
    window.session.attack.film.pause()
    return image.reshape(-1)


def test_what_it_is_meant_as_is_its_true_class(window: MainWindow, qtbot: QtBot) -> None:
    attack_drawing(window, qtbot, label=4)
    assert window.session.attack.label == 4
    outcome = window.session.attack.film.outcome()
    assert outcome is not None
    assert outcome.original == 4


def test_the_card_attacks_the_drawing_too(
    window: MainWindow, draw_page: DrawPanel, qtbot: QtBot
) -> None:
    draw(draw_page.canvas)
    settled(qtbot, draw_page)
    image = draw_page.image
    click(qtbot, draw_page.why_button)
    click(qtbot, window.page("images").card.attack_button)
    assert window.pages.currentWidget() is window.page("attack")
    assert image is not None
    np.testing.assert_array_equal(window.session.attack.chosen_image, image.reshape(-1))


@pytest.mark.parametrize("scope", ["Every class", "Every image"])
def test_the_film_of_what_is_attacked_is_seen_whatever_was_looked_at_last(
    window: MainWindow, draw_page: DrawPanel, qtbot: QtBot, scope: str
) -> None:
    attack, images = window.page("attack"), window.page("images")
    draw(draw_page.canvas)
    settled(qtbot, draw_page)

    def look_elsewhere_and_come_back() -> None:
        window.show_page("attack")
        click(qtbot, attack.switch.button(scope))
        assert not attack.film_panel.isVisible()
        window.show_page("images")

    look_elsewhere_and_come_back()
    click(qtbot, draw_page.attack_button)
    assert attack.film_panel.chosen_view.isVisible()
    assert attack.switch.chosen_words == "One image"
    assert window.session.attack.on_own
    look_elsewhere_and_come_back()
    images.opened.open_sample("test", 3)
    click(qtbot, images.card.attack_button)
    assert attack.film_panel.chosen_view.isVisible()
    assert attack.controls.image.currentText().startswith("test 3, ")
    window.session.attack.film.pause()


def test_an_attacked_drawing_stays_through_epochs_and_rewinds(
    window: MainWindow, qtbot: QtBot
) -> None:
    image = attack_drawing(window, qtbot)
    session = window.session
    session.view.show_epoch(2)
    wait_for_film(qtbot, session)
    np.testing.assert_array_equal(session.attack.film.steps[0].image, image)
    assert session.attack.film.epoch == 2
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert session.attack.on_own
    wait_for_film(qtbot, session)
    np.testing.assert_array_equal(session.attack.film.steps[0].image, image)


def test_one_goes_to_the_data_s_images_and_back_to_the_drawing(
    window: MainWindow, qtbot: QtBot
) -> None:
    image = attack_drawing(window, qtbot)
    session, controls = window.session, window.page("attack").controls
    assert [controls.part.itemText(k) for k in range(3)] == ["training", "test", "your drawing"]
    with unfolded(qtbot, controls.image):
        assert not controls.index.isVisible()
        choose(qtbot, controls.part, 1)
        assert controls.index.isVisible()
    assert not session.attack.on_own
    assert session.attack.config.part == "test"
    chosen = session.attack.chosen_image
    np.testing.assert_array_equal(chosen, data_of(session).test.images[session.attack.index])
    with unfolded(qtbot, controls.image):
        choose(qtbot, controls.part, 2)
    np.testing.assert_array_equal(session.attack.chosen_image, image)
    assert not controls.mistake.isVisible()
    session.attack.choose_mistake()
    assert not session.attack.on_own


def test_noise_is_pulled_toward_the_drawing(window: MainWindow, qtbot: QtBot) -> None:
    image = attack_drawing(window, qtbot)
    session = window.session
    controls, film = window.page("attack").controls, session.attack.film
    with unfolded(qtbot, controls.image):
        choose(qtbot, controls.part, controls.part.findData("noise"))
    wait_for_film(qtbot, session)
    free = film.steps[-1].image
    noise = np.random.default_rng(session.attack.config.seed).random(image.size) / 100
    np.testing.assert_allclose(film.steps[0].image, noise, atol=1e-7)
    type_setting(qtbot, window.page("attack"), "pull", "0.12")
    wait_for_film(qtbot, session)
    nearer = np.linalg.norm(film.steps[-1].image - image)
    assert nearer < np.linalg.norm(free - image)


def test_images_of_another_shape_drop_the_drawing_with_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    attack_drawing(window, qtbot)
    session, told = window.session, []
    session.messages.notified.connect(lambda message, _: told.append(message))
    session.open(write_data(tmp_path / "other", (6, 7), 10, 60, 30))
    wait_until(qtbot, lambda: data_of(session).image_shape == (6, 7))
    assert not session.attack.on_own
    assert session.attack.own is None
    index = session.attack.index
    assert (
        "The drawing is no longer attacked: it has 8 x 8 pixels, these images 6 x 7. Training "
        f"image {index} is instead."
    ) in told
    assert window.page("attack").controls.part.count() == 3
    wait_for_film(qtbot, session)


def test_other_classes_drop_it_too(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack_drawing(window, qtbot)
    session, told = window.session, []
    names = tuple("abcdefghij")
    monkeypatch.setattr(
        "gui.session.data.opening_dataset", opening_of(replace(data_of(session), class_names=names))
    )
    session.messages.notified.connect(lambda message, _: told.append(message))
    session.open("letters")
    wait_until(qtbot, lambda: data_of(session).class_names == names)
    assert not session.attack.on_own
    assert any("these data have other classes" in message for message in told)


def add_drawing(window: MainWindow, qtbot: QtBot, label: int) -> NDArray[np.float32]:
    """Draw, say what it is, add it; return the image."""
    page = window.page("images").draw
    window.show_page("images")
    draw(page.canvas)
    settled(qtbot, page)
    choose(qtbot, page.meant_as, label + 1)
    image = page.image
    assert image is not None
    click(qtbot, page.learn_button)
    return image.reshape(-1)


def test_nothing_is_added_before_it_is_said_what_it_is(page: DrawPanel, qtbot: QtBot) -> None:
    draw(page.canvas)
    settled(qtbot, page)
    assert not page.learn_button.isEnabled()
    assert "Say first" in page.learn_button.toolTip()
    least = int(page.rows[page.way].probabilities.argmin())
    choose(qtbot, page.meant_as, least + 1)
    assert page.meant == least
    assert page.learn_button.isEnabled()
    assert f"as {least}" in page.learn_button.toolTip()
    assert least in page.rows[page.way].lines.shown_classes(), "what it is meant as is always there"


def test_an_added_drawing_is_learnt_from_the_next_rewind_on(
    window: MainWindow, draw_page: DrawPanel, qtbot: QtBot
) -> None:
    session = window.session
    before = data_of(session).train
    image = add_drawing(window, qtbot, 3)
    assert window.notice.text == "Added as training image 300, labelled 3. Start again to learn it."
    assert session.wanted.waits
    assert data_of(session).train is before, "the run under way has not changed"
    assert draw_page.samples.text() == "1 drawing added"
    was_sure = float(draw_page.rows[draw_page.way].probabilities[3])
    press(qtbot, window, "R")
    wait_until(qtbot, lambda: data_of(session).train.n_samples == before.n_samples + 1)
    train = data_of(session).train
    np.testing.assert_array_equal(train.images[-1], image)
    np.testing.assert_array_equal(train.images[:-1], before.images)
    assert train.labels[-1] == 3
    assert not session.wanted.waits
    wait_for_state(qtbot, session, RunState.FINISHED)
    settled(qtbot, draw_page)
    assert draw_page.image is not None, "the drawing is still there"
    now_sure = float(draw_page.rows[draw_page.way].probabilities[3])
    assert now_sure > was_sure, "it was learnt from"
    assert [run.n_added for run in earlier_runs(session.runs)] == [0]
    assert session.runs.live is not None
    assert session.runs.live.n_added == 1


def test_several_are_added_before_a_rewind_and_taken_back(
    window: MainWindow, draw_page: DrawPanel, qtbot: QtBot
) -> None:
    session = window.session
    images = [add_drawing(window, qtbot, label) for label in (3, 5)]
    assert draw_page.samples.text() == "2 drawings added"
    click(qtbot, draw_page.take_back_button)
    assert window.notice.text.endswith(
        "Taken back: training image 301, labelled 5. Start again to learn without it."
    )
    click(qtbot, draw_page.take_back_button)
    assert not draw_page.take_back_button.isVisible()
    assert not session.wanted.waits, "all is as the run has learnt it"
    assert "Rewind" not in window.notice.text.rsplit("Taken back", 1)[1]
    images = [add_drawing(window, qtbot, label) for label in (3, 5)]
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 302)
    train = data_of(session).train
    np.testing.assert_array_equal(train.images[-2:], images)
    assert train.labels[-2:].tolist() == [3, 5]


def test_a_sample_added_while_a_run_is_prepared_is_not_lost(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.wanted.set_setting("pixel_noise", 0.1)
    session.training.start_again(play=False)
    assert session.data.pending is not None, "noisy pixels are made in the background"
    image = add_drawing(window, qtbot, 2)
    wait_until(qtbot, lambda: session.data.pending is None)
    assert session.wanted.full_dataset is not None
    assert session.wanted.full_dataset.n_extra == 1
    if data_of(session).train.n_samples == 300:
        assert session.wanted.waits
        session.training.start_again(play=False)
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 301)
    np.testing.assert_array_equal(data_of(session).train.images[-1], image)


def test_runs_with_other_drawings_are_kept_apart(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    for label in (3, 5):
        add_drawing(window, qtbot, label)
        session.training.start_again()
        wait_until(qtbot, lambda label=label: data_of(session).train.labels[-1] == label)
        wait_for_state(qtbot, session, RunState.FINISHED)
        session.wanted.take_back_sample()
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 300)
    assert sorted(run.n_added for run in earlier_runs(session.runs)) == [0, 1, 1]


def test_other_data_begin_without_what_was_added(
    window: MainWindow, draw_page: DrawPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    add_drawing(window, qtbot, 1)
    session = window.session
    session.open(write_data(tmp_path / "other", (8, 8), 10, 60, 30))
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 60)
    assert session.wanted.full_dataset is not None
    assert session.wanted.full_dataset.n_extra == 0
    assert not draw_page.take_back_button.isVisible()
    assert not session.wanted.waits


def test_validation_images_are_set_aside_without_it(
    new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    session = open_paused(qtbot, new_session(data=replace(SMALL, validation_size=40)))
    session.wanted.add_sample(np.full(64, 0.5), 6)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 261)
    assert data_of(session).validation is not None
    assert data_of(session).validation.n_samples == 40
    assert data_of(session).train.labels[-1] == 6


def test_what_cannot_be_learnt_is_refused_with_words(session: Session) -> None:
    told: list[tuple[str, bool]] = []
    session.messages.notified.connect(lambda *message: told.append(message))
    session.wanted.add_sample(np.zeros(9), 0)
    session.wanted.add_sample(np.zeros(64), 10)
    assert [is_error for _, is_error in told] == [True, True]
    assert "9 pixels" in told[0][0]
    assert "label 10" in told[1][0]
    assert session.wanted.full_dataset is not None
    assert session.wanted.full_dataset.n_extra == 0
    assert not session.wanted.waits
    session.wanted.take_back_sample()  # there is none: nothing happens
    assert len(told) == 2


def test_without_data_nothing_can_be_added(new_session: Callable[..., Session]) -> None:
    session = new_session()
    session.wanted.add_sample(np.zeros(64), 0)
    session.wanted.take_back_sample()
    assert session.wanted.full_dataset is None


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640), (1920, 1080)], ids=str)
def test_everything_has_a_name_a_tooltip_and_room(
    window: MainWindow, draw_page: DrawPanel, size: tuple[int, int]
) -> None:
    draw(draw_page.canvas)
    window.setMinimumSize(0, 0)
    window.resize(*size)
    QTest.qWait(50)  # it is laid out when there is nothing else to do
    for widget in draw_page.findChildren(QAbstractButton) + draw_page.findChildren(QSlider):
        if widget.isVisible() and not widget.objectName().startswith("qt_"):
            assert widget.toolTip(), widget
            assert widget.accessibleName() or getattr(widget, "text", str)(), widget
    inside, seen = draw_page.rect(), []
    for kind in (QAbstractButton, QSlider, QComboBox, QLabel, Canvas):
        for widget in draw_page.findChildren(kind):
            if widget.isVisible() and widget.window() is window:
                place = widget.rect().translated(widget.mapTo(draw_page, QPoint(0, 0)))
                assert inside.contains(place), widget
                under = [it for it, other in seen if place.intersects(other)]
                assert not under, (widget, place)
                seen.append((widget, place))
    for button in (draw_page.why_button, draw_page.attack_button, draw_page.tools.eraser):
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())


def test_the_top_bar_fits_the_smallest_window(window: MainWindow) -> None:
    window.resize(1240, 660)
    for button in window.head.buttons.values():
        assert button.width() >= button.sizeHint().width(), button.text()
        assert window.head.rect().contains(button.geometry())


def test_a_card_of_a_drawing_that_is_gone_closes(
    whole: ImagesPage, page: DrawPanel, qtbot: QtBot
) -> None:
    whole.resize(1264, 594)  # where both have room
    draw(page.canvas)
    settled(qtbot, page)
    click(qtbot, page.why_button)
    assert whole.card.isVisible()
    page.canvas.clear()
    wait_until(qtbot, lambda: not whole.card.isVisible())


def test_a_drawing_of_which_nobody_said_what_it_is_has_no_true_class(
    window: MainWindow, draw_page: DrawPanel, qtbot: QtBot
) -> None:
    draw(draw_page.canvas)
    settled(qtbot, draw_page)
    click(qtbot, draw_page.attack_button)
    wait_for_film(qtbot, window.session)
    view = window.page("attack").film_panel.chosen_view
    click(qtbot, view, view.image_rect().center())
    assert "as that it was read" in window.page("attack").images.card.words.text()


def test_a_drawing_is_explained_beside_its_sheet_and_goes_on(
    whole: ImagesPage, page: DrawPanel, qtbot: QtBot
) -> None:
    whole.resize(1264, 594)
    draw(page.canvas)
    settled(qtbot, page)
    click(qtbot, page.why_button)
    assert page.isVisible()
    assert not whole.card.geometry().intersects(whole._right.geometry())
    assert whole.card.geometry().left() > whole.wall.geometry().right()
    whole.card.close()
    whole.resize(1008, 514)
    click(qtbot, page.why_button)
    assert not page.isVisible(), "where there is no room for both"
    assert whole.minimumSizeHint().width() <= 1008, "or it would scroll"
    press(qtbot, whole.card, "Esc")
    assert page.isVisible()
