"""The Images page: the wall, its filters, the tabs beside it, and what strangers call classes."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html import escape, unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    LEFT,
    PAGE_SIZE,
    SHORT,
    SMALL,
    activate,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    made_up_images,
    open_and_finish,
    open_paused,
    opening_of,
    pixels,
    press,
    put_on,
    type_number,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtGui import Qt as RichTextQt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QToolTip, QWidget
from test_gui_session_session import Notes

from core.data.class_statistics import class_counts, mean_and_spread
from core.data.dataset import make_dataset
from core.insight.readings import ImageFilter, read_images, select
from core.learning.config import TrainingConfig
from core.sources.reading import ReadingConfig
from core.words import at_most
from gui.images.page import CLASSES, SPLIT, ImagesPage
from gui.images.split.settings import what_matters
from gui.session.readings import ShownReadings
from gui.session.run_state import RunState
from gui.shared.words import PARTS, PartView, an
from gui.theme import DARK, LIGHT
from gui.widgets.basics.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.images.wall_picture import WallContent
    from gui.window.main_window import MainWindow


def wait_for_wall(qtbot: QtBot, page: ImagesPage, session: Session) -> None:
    """Wait until the wall shows what the model shown reads."""

    def there() -> bool:
        seen = None if page.view is None else page.view.seen
        assert session.view.shown is not None
        return (
            seen is not None
            and seen.weights is session.view.shown.weights
            and seen.split is data_of(session).split(page.part)
        )

    wait_until(qtbot, there)


@pytest.fixture
def page(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> ImagesPage:
    """Return the page of a session on 300 UCI digits after a dozen epochs."""
    made: ImagesPage = new_panel(ImagesPage, session, size=PAGE_SIZE)
    wait_for_wall(qtbot, made, session)
    return made


@pytest.fixture
def notes(session: Session) -> Notes:
    """Return everything that is said to people."""
    return Notes(session)


def page_in(window: MainWindow, qtbot: QtBot) -> ImagesPage:
    """Return the page of a window."""
    press(qtbot, window, "Ctrl+4")
    wait_for_wall(qtbot, window.page("images"), window.session)
    return window.page("images")


def order_of(page: ImagesPage) -> list[int]:
    """Return which images hang on the wall, in order."""
    assert page.wall.content is not None
    return page.wall.content.order.tolist()


def chosen_by_core(session: Session, part: str, wanted: ImageFilter) -> list[int]:
    """Return the images that core chooses for the model shown."""
    assert session.view.shown is not None
    split = data_of(session).split(part)
    return select(split, read_images(session.view.shown.weights, split), wanted).tolist()


def item(combo: QComboBox, data: object) -> int:
    """Return the place of an entry."""
    place = combo.findData(data)
    assert place >= 0, f"{data} is not offered"
    return place


def rewind_and_wait(qtbot: QtBot, page: ImagesPage, session: Session) -> None:
    """Press the page's own Start again and wait for the new run to be shown."""
    before = session.view.history
    click(qtbot, page.split.again)
    wait_until(qtbot, lambda: session.view.history is not before)
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_wall(qtbot, page, session)


def show(qtbot: QtBot, page: ImagesPage, tab: str) -> None:
    """Press the button of a tab."""
    click(qtbot, page.switch.button(tab))
    assert page.panels[tab].isVisible()


def settings(qtbot: QtBot, page: ImagesPage) -> None:
    """Show the settings."""
    show(qtbot, page, SPLIT)


def unfold(qtbot: QtBot, page: ImagesPage) -> None:
    """Unfold the last choice of the wall: order, surety, number and size."""
    if not page.bar.last.unfolded.isVisible():
        qtbot.mousePress(page.bar.last, LEFT)
    assert page.bar.last.unfolded.isVisible()


def test_the_wall_hangs_all_images_of_the_part_with_their_marks(
    page: ImagesPage, session: Session
) -> None:
    assert session.view.shown is not None
    train = data_of(session).train
    assert order_of(page) == list(range(300))
    wrong = read_images(session.view.shown.weights, train).predicted != train.labels
    assert 0 < np.count_nonzero(wrong) < 300
    assert page.words.said == f"300 images, {np.count_nonzero(wrong)} wrong"
    picture = pixels(page.wall.viewport())
    for cell in page.wall.visible_cells():
        left = page.wall.cell_rect(cell).topLeft() - QPoint(2, -3)
        if page.wall.viewport().rect().contains(left):
            framed = bool(has_colour(picture[left.y(), left.x()], LIGHT.bad))
            assert framed == wrong[cell], cell


@pytest.mark.parametrize("read", ["right", "wrong", "all"])
@pytest.mark.parametrize("order", ["worst", "unsure", "sure", "stored"])
def test_filters_and_orders_are_those_of_core(
    page: ImagesPage, session: Session, qtbot: QtBot, read: str, order: str
) -> None:
    session.view.show_epoch(2)
    wait_for_wall(qtbot, page, session)
    choose(qtbot, page.bar.read, item(page.bar.read, read))
    unfold(qtbot, page)
    choose(qtbot, page.bar.order, item(page.bar.order, order))
    page.bar.last.hidePopup()
    assert page.bar.last.currentText() == page.bar.order.currentText().removesuffix(" first")
    expected = chosen_by_core(session, "train", ImageFilter(read=read, order=order))
    assert order_of(page) == expected
    assert len(expected) > 0
    if read != "all":
        assert page.words.said.startswith(f"{len(expected)} of 300 images, ")


def test_surety_and_class_leave_images_out_and_one_button_brings_them_back(
    page: ImagesPage, session: Session, notes: Notes, qtbot: QtBot
) -> None:
    bar = page.bar
    assert not bar.reset.isEnabled()
    unfold(qtbot, page)
    type_number(qtbot, bar.low, "40")
    type_number(qtbot, bar.high, "90")
    assert bar.last.currentText() == "40 to 90 % sure", "what leaves images out is seen"
    choose(qtbot, bar.label, item(bar.label, 5))
    wanted = ImageFilter(label=5, low=40.0, high=90.0)
    assert order_of(page) == chosen_by_core(session, "train", wanted)
    assert 0 < len(order_of(page)) < 30
    assert page.classes.counts.chosen == 5
    type_number(qtbot, bar.low, "95")
    assert (bar.filter.low, bar.filter.high) == (95.0, 95.0), "one end pushes the other"
    type_number(qtbot, bar.high, "101")
    assert "0 to 100" in notes.messages[-1][0]
    assert bar.filter.high == 95.0
    click(qtbot, bar.reset)
    assert len(order_of(page)) == 300
    assert (bar.low.value(), bar.high.value(), bar.label.currentIndex()) == (0, 100, 0)
    assert not bar.reset.isEnabled()


def test_when_nothing_fits_the_wall_says_what_to_do(page: ImagesPage, qtbot: QtBot) -> None:
    type_number(qtbot, page.bar.high, "0.001")
    assert order_of(page) == []
    assert page.words.said.startswith("0 of 300 images")
    assert "Show all" in page.wall.empty_words
    assert page.wall.accessibleDescription() == page.wall.empty_words
    assert not has_colour(pixels(page.wall.viewport()), LIGHT.surface).all()
    assert page.tile.isVisible()
    unfold(qtbot, page)
    click(qtbot, page.bar.reset)
    assert len(order_of(page)) == 300


def test_time_travel_changes_what_is_wrong(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    train = data_of(session).train
    choose(qtbot, page.bar.read, item(page.bar.read, "right"))
    session.view.show_epoch(0)  # all weights zero: everything is read as class 0
    wait_for_wall(qtbot, page, session)
    assert order_of(page) == np.flatnonzero(train.labels == 0).tolist()
    assert page.figure_words().endswith("epoch 0")
    session.view.show_epoch(None)
    wait_for_wall(qtbot, page, session)
    assert order_of(page) == chosen_by_core(session, "train", ImageFilter(read="right"))
    assert page.figure_words().endswith("epoch 12")


def test_each_part_hangs_its_own_images(page: ImagesPage, session: Session, qtbot: QtBot) -> None:
    dataset = data_of(session)
    assert [page.bar.part.itemData(i) for i in range(page.bar.part.count())] == ["train", "test"]
    choose(qtbot, page.bar.part, item(page.bar.part, "test"))
    wait_for_wall(qtbot, page, session)
    assert page.wall.content is not None
    assert page.wall.content.images is dataset.test.images
    assert page.words.said.startswith("200 images, ")
    choose(qtbot, page.bar.read, item(page.bar.read, "wrong"))
    assert order_of(page) == chosen_by_core(session, "test", ImageFilter(read="wrong"))
    choose(qtbot, page.bar.part, item(page.bar.part, "train"))
    wait_for_wall(qtbot, page, session)
    assert order_of(page) == chosen_by_core(session, "train", ImageFilter(read="wrong"))


def test_the_size_slider_and_the_wheel_follow_each_other(page: ImagesPage, qtbot: QtBot) -> None:
    slider = page.bar.size_slider
    before = page.wall.side
    unfold(qtbot, page)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert page.wall.side == before + 8
    page.wall.setFocus()
    qtbot.keyClick(page.wall, Qt.Key.Key_Minus)
    assert page.wall.side == before
    assert slider.value() == page.wall.zoom_index


def find(qtbot: QtBot, page: ImagesPage, text: str) -> None:
    field = page.bar.find_field
    unfold(qtbot, page)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_an_image_is_found_by_its_number(page: ImagesPage, qtbot: QtBot) -> None:
    for number in (287, 0, 150):
        find(qtbot, page, str(number))
        assert page.wall.current == number
        assert page.wall.hasFocus(), "the keyboard can go on from there"
        viewport = page.wall.viewport().rect()
        assert viewport.contains(page.wall.cell_rect(number))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("300", "There is no training image 300; choose 0 to 299."),
        ("99999999999999999999999999999999", "choose 0 to 299"),
        ("-1", "0 to 299, not by '-1'"),
        ("3.5", "0 to 299, not by '3.5'"),
        ("four", "not by 'four'"),
        ("", "not by nothing"),
    ],
)
def test_what_cannot_be_found_is_told(
    page: ImagesPage, session: Session, notes: Notes, qtbot: QtBot, text: str, words: str
) -> None:
    page.bar.find_field.clear()
    find(qtbot, page, text)
    assert words in notes.messages[-1][0]
    assert page.wall.current is None


def test_what_the_filters_leave_out_is_told(
    page: ImagesPage, session: Session, notes: Notes, qtbot: QtBot
) -> None:
    choose(qtbot, page.bar.read, item(page.bar.read, "wrong"))
    right = next(i for i in range(300) if i not in order_of(page))
    find(qtbot, page, str(right))
    label = data_of(session).train.labels[right]
    assert "filters leave it out" in notes.messages[-1][0]
    assert f"training image {right}: labelled {label}, read as {label}" in notes.messages[-1][0]
    unfold(qtbot, page)
    click(qtbot, page.bar.reset)
    find(qtbot, page, str(right))
    assert page.wall.current == right


def test_hovering_tells_label_reading_and_pixel(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    dataset = data_of(session)
    readings = read_images(session.view.shown.weights, dataset.train)
    box = page.wall.cell_rect(3)
    expected = (
        f"training image 3: labelled {dataset.train.labels[3]}, read as {readings.predicted[3]}, "
        f"{readings.confidence[3]:.1%} sure; pixel (0, 0) = {dataset.train.images[3, 0]:.4g}"
    )
    assert hover(page.wall.viewport(), box.topLeft() + QPoint(1, 1)) == expected


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_click_opens_the_card_and_from_there_the_attack(
    window: MainWindow, qtbot: QtBot, part: str
) -> None:
    page = page_in(window, qtbot)
    choose(qtbot, page.bar.part, item(page.bar.part, part))
    unfold(qtbot, page)
    choose(qtbot, page.bar.order, item(page.bar.order, "sure"))
    page.bar.last.hidePopup()
    wait_for_wall(qtbot, page, window.session)
    index = order_of(page)[2]
    click(qtbot, page.wall.viewport(), page.wall.cell_rect(2).center())
    content = page.card.content
    assert page.card.isVisible()
    assert content is not None
    assert window.session.view.shown is not None
    split = data_of(window.session).split(part)
    expected = window.session.view.shown.probabilities_of(split.images[index])
    np.testing.assert_allclose(content.probabilities, expected, rtol=1e-6)
    assert (content.part, content.index, content.true_class) == (part, index, split.labels[index])
    title = f"{PARTS[part].capitalize()} {index}: {an(str(split.labels[index]))}"
    assert page.card.title.text().startswith(title)
    click(qtbot, page.card.attack_button)
    assert not page.card.isVisible()
    assert window.page("attack").isVisible()
    assert (window.session.attack.config.part, window.session.attack.index) == (part, index)


def test_an_opened_image_stands_in_the_place_of_the_tabs_and_walks_along_the_wall(
    page: ImagesPage, qtbot: QtBot
) -> None:
    page.resize(1264, 594)
    qtbot.wait(50)  # it is laid out when there is nothing else to do
    before = page.wall.width()
    click(qtbot, page.wall.viewport(), page.wall.cell_rect(2).center())
    assert page.card.isVisible()
    assert not page.draw.isVisible()
    wait_until(qtbot, lambda: page.wall.width() == before)
    assert page.card.geometry().left() > page.wall.geometry().right()
    for key, index in (("Right", 3), ("Down", 3 + page.wall.layout_now.n_columns), ("Left", None)):
        press(qtbot, page.card.view, key)
        assert page.card.content is not None
        if index is not None:
            assert page.card.content.index == page.wall.current == index
    press(qtbot, page.card, "Esc")
    assert not page.card.isVisible()
    assert page.draw.isVisible()
    click(qtbot, page.wall.viewport(), page.wall.cell_rect(2).center())
    click(qtbot, page.tile)
    assert page.draw.canvas.hasFocus()
    assert not page.card.isVisible()


def test_enter_opens_the_current_image(page: ImagesPage, qtbot: QtBot) -> None:
    page.wall.setFocus()
    qtbot.keyClick(page.wall, Qt.Key.Key_End)
    qtbot.keyClick(page.wall, Qt.Key.Key_Return)
    assert page.card.isVisible()
    assert page.card.content is not None
    assert page.card.content.index == 299
    activate(qtbot, page.card)
    qtbot.keyClick(page.card, Qt.Key.Key_Escape)
    assert not page.card.isVisible()


def test_bars_count_the_classes_and_a_click_filters(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    dataset, counts = data_of(session), page.classes.counts
    show(qtbot, page, CLASSES)
    for k in range(10):
        words = counts.describe(k)
        assert f"{class_counts(dataset.train, 10)[k]} train" in words
        assert f"{class_counts(dataset.test, 10)[k]} test" in words
    click(qtbot, counts, counts.cell_rect(7).center())
    assert order_of(page) == np.flatnonzero(dataset.train.labels == 7).tolist()
    assert page.bar.label.currentText() == "7"
    click(qtbot, counts, counts.cell_rect(7).center())
    assert len(order_of(page)) == 300


def test_mean_and_spread_are_those_of_the_class_and_part_chosen(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    dataset, side = data_of(session), page.classes
    show(qtbot, page, CLASSES)

    def shown_is(part: str, label: int | None) -> bool:
        answer = session.readings.statistics.answer
        if answer is None or answer.found is None:
            return False
        return answer.question.split is dataset.split(part) and answer.question.label == label

    for part, label, title in [("train", None, "ALL"), ("train", 4, "4"), ("test", 4, "4")]:
        choose(qtbot, page.bar.part, item(page.bar.part, part))
        choose(qtbot, page.bar.label, item(page.bar.label, label))
        wait_until(qtbot, lambda part=part, label=label: shown_is(part, label))
        expected = mean_and_spread(dataset.split(part), label)
        assert side.images_title.text() == f"MEAN AND SPREAD OF {title}"
        for view, values in ((side.mean, expected.mean), (side.spread, expected.spread)):
            assert view.values is not None
            np.testing.assert_array_equal(view.values.reshape(-1), values)
        assert side.mean.caption == f"of {expected.n_samples} images"
        assert side.spread.caption == f"at most {at_most(expected.spread.max())}"
    told = hover(side.mean, side.mean.image_rect().center())
    assert told.startswith("mean: pixel (")


def test_label_noise_is_on_the_wall_as_it_is_in_core(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    assert page.bar.read.findData("changed") < 0, "nothing has been changed yet"
    settings(qtbot, page)
    field = page.split.form.form.rows["label_noise"].editor
    type_number(qtbot, field, "20")  # type: ignore[arg-type]
    assert session.wanted.waits
    rewind_and_wait(qtbot, page, session)
    assert not page.split.again.isVisible()
    assert session.wanted.full_dataset is not None
    expected = session.wanted.full_dataset.sized(replace(SMALL, label_noise=20.0)).train
    train = data_of(session).train
    np.testing.assert_array_equal(train.labels, expected.labels)
    assert train.clean_labels is not None
    changed = np.flatnonzero(train.labels != train.clean_labels)
    assert len(changed) == 60
    assert "60 changed" in page.words.said
    choose(qtbot, page.bar.read, item(page.bar.read, "changed"))
    assert order_of(page) == changed.tolist()
    assert page.words.said.startswith("60 of 300 images")
    first = int(changed[0])
    words = page.wall.describe(0)
    assert f"labelled {train.labels[first]} by the label noise" in words
    assert f"truly {train.clean_labels[first]}" in words
    click(qtbot, page.wall.viewport(), page.wall.cell_rect(0).center())
    assert page.card.content is not None
    assert page.card.content.true_class == train.clean_labels[first]
    assert f"its true label {train.clean_labels[first]}" in page.card.words.text()
    page.card.close()
    # The test part keeps its labels: there is nothing to ask for, and nothing asked for stays.
    choose(qtbot, page.bar.part, item(page.bar.part, "test"))
    wait_for_wall(qtbot, page, session)
    assert page.bar.filter.read == "all"
    assert len(order_of(page)) == 200
    assert page.bar.read.findData("changed") < 0


def test_pixel_noise_and_its_seed_change_what_hangs_on_the_wall(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    before = pixels(page.wall.viewport())
    pictures = []
    for seed in ("3", "4", "3"):
        settings(qtbot, page)
        rows = page.split.form.form.rows
        type_number(qtbot, rows["pixel_noise"].editor, "0.3")  # type: ignore[arg-type]
        type_number(qtbot, rows["noise_seed"].editor, seed)  # type: ignore[arg-type]
        rewind_and_wait(qtbot, page, session)
        pictures.append(data_of(session).train.images.copy())
        assert page.wall.content is not None
        assert page.wall.content.images is data_of(session).train.images
    assert not np.array_equal(pixels(page.wall.viewport()), before)
    assert not np.array_equal(pictures[0], pictures[1])
    np.testing.assert_array_equal(pictures[0], pictures[2])


def test_a_noise_out_of_range_is_refused_in_words(
    page: ImagesPage, session: Session, notes: Notes, qtbot: QtBot
) -> None:
    settings(qtbot, page)
    field = page.split.form.form.rows["label_noise"].editor
    type_number(qtbot, field, "120")  # type: ignore[arg-type]
    assert "Label noise (%) must be a number from 0 to 100" in notes.messages[-1][0]
    assert session.wanted.data.label_noise == 0
    assert not page.split.again.isVisible()


def test_the_page_says_that_the_test_set_chooses_and_offers_better(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    who = page.split.chooses
    show(qtbot, page, SPLIT)
    assert "The test set chooses the best epoch, so its score flatters" in who.words.text()
    assert "50 of the training images" in who.button.toolTip()
    before = session.view.history
    click(qtbot, who.button)
    wait_until(qtbot, lambda: session.view.history is not before and session.view.shown is not None)
    dataset = data_of(session)
    assert dataset.validation is not None
    assert (dataset.train.n_samples, dataset.validation.n_samples) == (250, 50)
    assert session.view.data_config.validation_size == 50
    assert session.view.history is not None
    assert session.view.history.held_out_part == "validation"
    expected = "50 validation images choose the best epoch; the test set stays unseen."
    assert who.words.text() == expected
    assert not who.button.isVisible()
    n_zeros = class_counts(dataset.validation, 10)[0]
    assert f"{n_zeros} validation (" in page.classes.counts.describe(0)
    choose(qtbot, page.bar.part, item(page.bar.part, "validation"))
    wait_for_wall(qtbot, page, session)
    assert page.words.said.startswith("50 images, ")
    click(qtbot, page.wall.viewport(), page.wall.cell_rect(0).center())
    assert page.card.isVisible()
    assert not page.card.attack_button.isVisible(), "validation images are not attacked"
    page.card.close()
    # Without validation images again, the wall goes back to a part that is there.
    settings(qtbot, page)
    field = page.split.form.form.rows["validation_size"].editor
    type_number(qtbot, field, "0")  # type: ignore[arg-type]
    before = session.view.history
    click(qtbot, page.split.again)
    wait_until(qtbot, lambda: session.view.history is not before and session.view.shown is not None)
    assert page.part == "train"
    assert page.bar.part.currentData() == "train"
    assert len(order_of(page)) == 300
    assert who.button.isVisible()


def data_without_test_part() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images, labels = made_up_images(400, (6, 6), 4, seed=1)
    return images.reshape(400, -1), labels


def test_data_without_a_test_part_can_be_divided_otherwise(
    page: ImagesPage, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = page.split.form.form.rows
    settings(qtbot, page)
    assert not rows["test_share"].editor.isVisible(), "UCI digits have a test part of their own"
    dataset = make_dataset("own", "here", data_without_test_part(), None, image_shape=(6, 6))
    monkeypatch.setattr("gui.session.data.opening_dataset", opening_of(dataset))
    session.wanted.set_setting("train_size", 1000)
    session.open("/own.csv")
    wait_until(
        qtbot, lambda: session.view.dataset is not None and session.view.dataset.name == "own"
    )
    assert rows["test_share"].editor.isVisible()
    assert rows["split_seed"].editor.isVisible()
    assert data_of(session).test.n_samples == 60
    of_before = data_of(session).test.images
    wait_until(qtbot, lambda: session.view.shown is not None)
    type_number(qtbot, rows["test_share"].editor, "25")  # type: ignore[arg-type]
    rewind_and_wait(qtbot, page, session)
    assert data_of(session).test.n_samples == 100
    assert class_counts(data_of(session).test, 4).tolist() == [25, 25, 25, 25]
    type_number(qtbot, rows["test_share"].editor, "15")  # type: ignore[arg-type]
    type_number(qtbot, rows["split_seed"].editor, "8")  # type: ignore[arg-type]
    rewind_and_wait(qtbot, page, session)
    assert data_of(session).test.n_samples == 60
    assert not np.array_equal(data_of(session).test.images, of_before)


def test_the_panel_keeps_the_sizes_and_this_page_has_the_rest(window: MainWindow) -> None:
    in_panel = set(window.page("learn").settings_panel.rows)
    here = set(window.page("images").split.form.form.rows)
    assert {"train_size", "test_size", "validation_size"} <= in_panel
    new = {"test_share", "split_seed", "label_noise", "pixel_noise", "noise_seed"}
    assert not new & in_panel
    assert here == new | {"validation_size"}


def test_the_label_column_is_written_by_its_name(
    page: ImagesPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    settings(qtbot, page)
    rows = "".join(f"{k % 2},{k % 3},{k},{',9' * 15}\n".replace(",,", ",") for k in range(40))
    file = tmp_path / "digits.csv"
    names = ",".join(f"p{i}" for i in range(16))
    file.write_text(f"n,label,{names}\n{rows}")
    session.open(str(file))
    wait_until(qtbot, lambda: session.view.data_config.dataset == str(file))
    assert data_of(session).n_classes == 3
    field = page.split.reading.form.rows["label_column"].editor
    assert isinstance(field, QLineEdit)
    assert field.isVisible()
    assert field.text() == "auto"
    field.selectAll()
    qtbot.keyClicks(field, "n")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: session.view.reading.label_column == "n")
    assert data_of(session).n_classes == 2
    assert "Columns that were left out: label." in page.split.reading.notes.text()


def test_ink_and_orientation_open_the_file_again(
    page: ImagesPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    side = page.split
    settings(qtbot, page)
    assert not side.reading.form.isVisible(), "digits that ship with the program are as they are"
    folder = write_data(tmp_path / "some data", (6, 9), 3, 60, 30)
    session.open(folder)
    wait_until(qtbot, lambda: session.view.data_config.dataset == folder)
    assert side.reading.form.isVisible()
    assert side.reading.source.text().replace("\N{ZERO WIDTH SPACE}", "") == folder
    assert not side.reading.form.rows["picture_side"].editor.isVisible()
    images = data_of(session).train.images
    ink = side.reading.form.rows["ink"].editor
    assert isinstance(ink, QComboBox)
    choose(qtbot, ink, item(ink, "dark"))
    wait_until(qtbot, lambda: session.view.reading.ink == "dark")
    np.testing.assert_allclose(data_of(session).train.images, 1 - images, atol=1e-6)
    assert "dark on light" in side.reading.notes.text()
    orientation = side.reading.form.rows["orientation"].editor
    assert isinstance(orientation, QComboBox)
    choose(qtbot, orientation, item(orientation, "columns"))
    wait_until(qtbot, lambda: session.view.reading.orientation == "columns")
    assert session.view.reading == ReadingConfig(ink="dark", orientation="columns")
    assert data_of(session).image_shape == (9, 6)
    assert page.wall.content is not None
    assert page.wall.content.image_shape == (9, 6)
    assert page.classes.name.text().endswith("9 x 6, 3 classes")


def test_full_ink_is_said_and_taken_back_in_the_panel(
    page: ImagesPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    """12 bits in 16: found out, said, and switched by the number of the file's format."""
    settings(qtbot, page)
    images = np.zeros((30, 6, 6), dtype=np.uint16)
    images[:, 2:4, 2:4] = np.arange(30).reshape(30, 1, 1) * 16 + 16
    path = tmp_path / "set.npz"
    np.savez(path, X=images, y=np.arange(30) % 3)
    session.open(str(path))
    wait_until(qtbot, lambda: session.view.data_config.dataset == str(path))
    notes, field = page.split.reading.notes, page.split.reading.form.rows["full_ink"].editor
    assert isinstance(field, NumberField)
    assert "480 was taken as full ink" in notes.text()
    assert data_of(session).train.images.max() == 1
    type_number(qtbot, field, "4095")
    wait_until(qtbot, lambda: session.view.reading.full_ink == 4095)
    assert "taken as full ink" not in notes.text()
    assert "divided by 4095" in notes.text()
    found = max(split.images.max() for split in (data_of(session).train, data_of(session).test))
    assert found == pytest.approx(480 / 4095)
    assert field.toolTip()
    assert field.accessibleName() == "Full ink"


TABLE = {"label_column", "ignored_columns", "image_height"}


@pytest.mark.parametrize(
    ("name", "reading", "expected"),
    [
        ("train-images-idx3-ubyte.gz", ReadingConfig(), set()),
        ("digits.CSV", ReadingConfig(), TABLE),
        ("digits.csv.gz", ReadingConfig(), TABLE),
        ("digits.npz", ReadingConfig(), {"image_height"}),
        ("digits.bin", ReadingConfig(picture_side=20), {"picture_side"}),
        (
            "digits.tar.gz",
            ReadingConfig(),
            {*TABLE, "picture_side"},
        ),
    ],
)
def test_only_what_matters_is_asked(
    tmp_path: Path, name: str, reading: ReadingConfig, expected: set[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    assert what_matters(str(path), reading) == {"ink", "full_ink", "orientation"} | expected
    assert what_matters(str(tmp_path), reading) == {"ink", "full_ink", "orientation"} | expected
    assert what_matters(str(tmp_path / "gone" / name), reading) >= {"ink"} | expected


def test_a_folder_of_folders_may_hold_pictures(tmp_path: Path) -> None:
    (tmp_path / "cats").mkdir()
    assert "picture_side" in what_matters(str(tmp_path), ReadingConfig())


@pytest.mark.parametrize(
    ("shape", "n_classes"), [((4, 4), 2), ((9, 30), 47), ((128, 128), 2)], ids=str
)
def test_the_page_shows_data_of_any_shape(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    shape: tuple[int, int],
    n_classes: int,
) -> None:
    page = page_in(window, qtbot)
    choose(qtbot, page.bar.label, item(page.bar.label, 9))
    session = window.session
    folder = write_data(tmp_path / "data", shape, n_classes, 3 * n_classes + 20, 2 * n_classes)
    session.open(folder)
    wait_until(qtbot, lambda: session.view.data_config.dataset == folder)
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_wall(qtbot, page, window.session)
    dataset = data_of(session)
    label = 9 if n_classes > 9 else None
    assert page.bar.filter.label == label, "a class that is gone is not asked for"
    assert order_of(page) == chosen_by_core(window.session, "train", ImageFilter(label=label))
    assert page.bar.label.count() == n_classes + 1
    assert page.bar.label.accessibleName() == "Class"
    counts = page.classes.counts
    show(qtbot, page, CLASSES)
    assert counts.height() == counts.height_of(n_classes)
    area = page.classes.counts_area
    assert counts.height_of(min(n_classes, 9)) <= area.height() <= counts.height()
    last = n_classes - 1
    choose(qtbot, page.bar.label, item(page.bar.label, last))
    assert order_of(page) == np.flatnonzero(dataset.train.labels == last).tolist()
    wait_until(qtbot, lambda: page.classes.mean.caption == f"of {len(order_of(page))} images")
    height, width = page.wall.cell_rect(0).height(), page.wall.cell_rect(0).width()
    assert height * shape[1] == width * shape[0], "pixels are square"
    assert window.width() == 1280


def test_long_names_of_strangers_neither_widen_nor_format(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_in(window, qtbot)
    images, labels = data_without_test_part()
    names = [f"<b>a class</b> of which the name is far too long to be read {k}" for k in range(4)]
    dataset = make_dataset(
        "<h1>" + "data " * 40,
        "/a/very/long/path" * 12,
        (images, labels),
        (images, labels),
        image_shape=(6, 6),
        class_names=names,
        notes=["word " * 60],
    )
    monkeypatch.setattr("gui.session.data.opening_dataset", opening_of(dataset))
    width = page.draw.width()
    session = window.session
    session.open("/own.csv")
    wait_until(qtbot, lambda: data_of(session).name == dataset.name)
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_wall(qtbot, page, window.session)
    for tab, panel in page.panels.items():
        show(qtbot, page, tab)
        assert panel.width() == width
    inside = page.split.area.widget()
    assert inside.width() <= page.split.area.viewport().width()
    assert (window.width(), window.height()) == (1280, 720)
    assert page.classes.name.textFormat() is Qt.TextFormat.PlainText
    find(qtbot, page, "2")
    QTest.mouseMove(page.wall.viewport(), page.wall.cell_rect(2).center())
    assert f"labelled {names[2]}" in window.foot.hovered.text()


def tooltips_shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every tooltip told by hovering is added to."""
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda *a: told.append(a[1]))
    return told


def test_no_name_of_a_stranger_is_read_as_rich_text(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_in(window, qtbot)
    names = ["<img src=/x.png>", "<b>x", "<h1>y</h1>", "<a href=/z>z</a>"]
    data = data_without_test_part()
    dataset = make_dataset(
        name="<b>data</b>", source="/of/<i>somebody</i>.csv", train=data, test=data,
        image_shape=(6, 6), class_names=names, notes=["<b>noted</b>"],
    )  # fmt: skip
    monkeypatch.setattr("gui.session.data.opening_dataset", opening_of(dataset))
    told, session, path = tooltips_shown(monkeypatch), window.session, "/of/<i>somebody</i>.csv"
    strange = [*names, dataset.name, dataset.source, *dataset.notes, path]
    session.wanted.set_setting("label_noise", 30.0)
    session.open(path)
    wait_until(
        qtbot,
        lambda: session.view.dataset is not None and session.view.dataset.name == dataset.name,
    )
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_wall(qtbot, page, window.session)
    parsed = set()

    def look() -> None:
        """Check every label and every tooltip that is there."""
        for label in window.findChildren(QLabel):
            if any(name in label.text() for name in strange):
                if RichTextQt.mightBeRichText(label.text()):
                    assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
                    parsed.add(label.objectName())
                assert label.textFormat() is not Qt.TextFormat.RichText, label.text()
        tips = [*told, *(widget.toolTip() for widget in window.findChildren(QWidget))]
        for combo in window.findChildren(QComboBox):
            for k in range(combo.count()):
                tips.append(combo.itemData(k, Qt.ItemDataRole.ToolTipRole) or "")
        for tip in tips:
            assert not any(name in tip for name in strange), tip

    def hover(widget: QWidget, point: QPoint, *words: str) -> None:
        told.clear()
        none = Qt.MouseButton.NoButton
        place, on_screen = QPointF(point), QPointF(widget.mapToGlobal(point))
        plain = Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, place, on_screen, none, none, plain)
        QApplication.sendEvent(widget, move)
        assert any(all(escape(word) in tip for word in words) for tip in told), (told, words)
        look()

    show(qtbot, page, CLASSES)
    for k in range(len(names)):
        page.show_filter(ImageFilter(label=k))
        cell = page.wall.visible_cells().start
        hover(page.wall.viewport(), page.wall.cell_rect(cell).center(), names[k])
        hover(page.classes.counts, page.classes.counts.cell_rect(k).center(), names[k])
        page.open_image(order_of(page)[0])
        activate(qtbot, page.card)
        assert names[k] in page.card.title.text()
        bars = page.card.bars
        hover(bars, bars.bar_rect(k).center().toPoint(), f"p({names[k]})")
        page.card.close()
    press(qtbot, window, "Ctrl+1")
    atlas = window.page("learn").atlas
    atlas.grab()
    hover(atlas, atlas.cell_rect(0, 0).center(), names[0])
    atlas.clicked.emit(0, 0)
    assert names[0] in window.page("learn").card.title.text()
    look()
    window.page("learn").card.close()
    press(qtbot, window, "Ctrl+2")
    wait_for_film(qtbot, session)
    assert any(name in window.page("attack").film_panel.sentence.text() for name in names)
    hover(
        window.page("attack").film_panel.bars,
        window.page("attack").film_panel.bars.bar_rect(1).center().toPoint(),
        names[1],
    )
    target = window.page("attack").controls.target
    assert [target.itemText(k) for k in range(4)] == list(names)
    assert escape(dataset.source) in window.head.data.toolTip()
    assert {"sentence", "heading", "muted"} <= parsed


def test_before_there_are_data_the_page_says_so(
    new_session: Callable[..., Session],
    new_panel: Callable[..., Any],
    qtbot: QtBot,
) -> None:
    page = new_panel(ImagesPage, new_session(), size=PAGE_SIZE)
    assert "choose some" in page.wall.empty_words
    assert page.words.said == ""
    click(qtbot, page.wall.viewport())
    find(qtbot, page, "3")
    assert page.wall.current is None
    assert not page.card.isVisible()
    assert not has_colour(pixels(page.wall.viewport()), LIGHT.surface).all()


ENDLESS = TrainingConfig(epochs=5000)


def test_a_live_wall_follows_without_jumping(
    new_session: Callable[..., Session],
    new_panel: Callable[..., Any],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = open_paused(qtbot, new_session(training=ENDLESS, pace=100.0))
    page = new_panel(ImagesPage, session, size=PAGE_SIZE)
    wait_for_wall(qtbot, page, session)
    page.wall.verticalScrollBar().setValue(2 * page.wall.cell_rect(0).height())
    place = page.wall.verticalScrollBar().value()
    page.wall.go_to(20)
    assert place == page.wall.verticalScrollBar().value() > 0
    refreshed: list[float] = []
    original = page.wall.set_content

    def counted(content: WallContent | None, *, keep_place: bool) -> None:
        refreshed.append(time.perf_counter())
        original(content, keep_place=keep_place)

    monkeypatch.setattr(page.wall, "set_content", counted)
    session.training.play()
    wait_until(qtbot, lambda: len(refreshed) >= 6)
    assert session.view.is_running
    gaps = np.diff(refreshed[1:])
    assert gaps.min() > 0.25, "two to four times a second is enough"
    assert page.wall.verticalScrollBar().value() == place
    assert page.wall.current == 20
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_wall(qtbot, page, session)


def test_a_page_that_nobody_sees_computes_nothing(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    page.hide()
    told: list[int] = []
    session.readings.part.changed.connect(lambda: told.append(1))
    session.training.start_again(play=False)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_diagnosis(qtbot, session)  # made of the same model, by a thread like the reader's
    assert session.readings.part.found is None
    assert not session.readings.part.is_computing
    page.show()
    wait_for_wall(qtbot, page, session)


def test_the_card_of_data_that_are_gone_is_closed(
    page: ImagesPage, session: Session, qtbot: QtBot
) -> None:
    click(qtbot, page.wall.viewport(), page.wall.cell_rect(0).center())
    assert page.card.isVisible()
    session.training.start_again(play=False)
    assert not page.card.isVisible()


def test_nothing_is_cut_at_the_size_of_a_small_projector(page: ImagesPage, qtbot: QtBot) -> None:
    page.resize(1008, 514)  # in a window of 1024 x 640
    bar = page.bar
    for combo in (bar.part, bar.read, bar.last):
        room = combo.width() - 30
        assert combo.fontMetrics().horizontalAdvance(combo.currentText()) <= room
    words = page.words
    for n_wrong in (9, 12_345):
        words.show_counts(("12,345 of 60,000 images, epoch 24", "12,345"), n_wrong, 12_000)
        shown = unescape(re.sub("<[^>]*>", "", words.text()))
        assert words.fontMetrics().horizontalAdvance(shown) <= words.width()
    unfold(qtbot, page)
    for label in bar.last.unfolded.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width(), label.text()
    assert bar.reset.width() >= bar.reset.sizeHint().width()


def test_both_themes_colour_the_page(page: ImagesPage, app: QApplication, qtbot: QtBot) -> None:
    show(qtbot, page, CLASSES)
    assert LIGHT.bad in page.words.text()
    put_on(app, page, DARK)
    assert DARK.bad in page.words.text()
    assert has_colour(pixels(page.wall.viewport()), DARK.surface).any()
    assert has_colour(pixels(page.wall.viewport()), DARK.bad).any()
    assert has_colour(pixels(page.classes.counts), DARK.train).any()
    assert not has_colour(pixels(page.classes.counts), LIGHT.train).any()


def test_every_control_has_a_name_and_an_explanation(page: ImagesPage, qtbot: QtBot) -> None:
    bar = page.bar
    controls = [bar.part, bar.label, bar.read, bar.last, bar.order, bar.low, bar.high,
                bar.find_field, bar.size_slider, page.wall, page.classes.counts]  # fmt: skip
    for control in controls:
        assert control.accessibleName(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    for control in controls[:-2]:
        assert control.toolTip(), control
    unfold(qtbot, page)
    for words in (page.words, page.split.chooses.button, bar.reset):
        assert words.toolTip()
    assert "y_max" in bar.order.toolTip()
    type_number(qtbot, bar.low, "30")
    assert "30 / 100" in bar.low.toolTip(), "the formula has the number in it"


def test_a_run_begun_with_noise_and_validation_is_shown_as_it_is(
    new_session: Callable[..., Session],
    new_panel: Callable[..., Any],
    qtbot: QtBot,
) -> None:
    config = replace(SMALL, validation_size=20, label_noise=10.0)
    session = open_and_finish(qtbot, new_session(data=config, training=SHORT))
    page = new_panel(ImagesPage, session, size=PAGE_SIZE)
    wait_for_wall(qtbot, page, session)
    assert page.words.said.startswith("280 images, ")
    assert "28 changed" in page.words.said
    settings(qtbot, page)
    shown = {name: row.editor.value() for name, row in page.split.form.form.rows.items()}  # type: ignore[attr-defined]
    assert (shown["validation_size"], shown["label_noise"]) == (20, 10)


@pytest.mark.parametrize("names", [("0", "1", "2"), ("aeroplane", "automobile", "truck")])
def test_a_caption_names_what_was_taken_for_what(names: tuple[str, ...]) -> None:
    images, labels = made_up_images(60, (6, 6), 3, seed=1)
    data = images.reshape(60, -1), labels
    dataset = make_dataset("d", "d.csv", data, data, image_shape=(6, 6), class_names=names)
    split = dataset.train
    weights = np.zeros((3, 37), np.float32)
    # The bias alone: class 0 for every image, with probability e^3 / (e^3 + 2) = 0.909.
    weights[0, 0] = 3.0
    seen = ShownReadings(weights, split, 0.0, read_images(weights, split))
    view = PartView(dataset, "train", seen)
    captions = view.captions(int(np.flatnonzero(split.labels == 1)[0]))
    assert captions[:2] == (f"{names[1]}→{names[0]} 91%", f"{names[1]}→{names[0]}")
    assert all("→" in caption for caption in captions)
    assert len(captions[-2]) <= 7
    right = int(np.flatnonzero(split.labels == 0)[0])
    assert view.captions(right)[0] == f"{names[0]} 91%"
    assert view.captions(right)[-1] == names[0]
    assert all(caption.endswith(" 91%") for caption in view.captions(right)[:-1])


def test_where_there_is_little_room_no_mistakes_are_not_what_is_said(page: ImagesPage) -> None:
    words = page.words
    words.show_counts(("0 of 300 images", "0 of 300"), 0)
    words.resize(words.fontMetrics().horizontalAdvance("0 of 300") + 2, words.height())
    assert words.text() == "0 of 300"
    words.show_counts(("20 of 300 images", "20 of 300"), 7)
    assert ">7 wrong<" in words.text()
