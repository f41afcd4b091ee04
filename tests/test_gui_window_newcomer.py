"""What a newcomer stumbled over, done again as they did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_helpers import (
    EPOCHS,
    activate,
    click,
    data_of,
    opening_of,
    press,
    text_window,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_state,
    wait_until,
    wall_is_right,
    write_data,
)
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from core.data.dataset import make_dataset
from core.insight.readings import ImageFilter
from core.sources.reading import ReadingConfig
from gui.images.page import SPLIT
from gui.session.run_state import RunState
from gui.widgets.basics.fitting_words import fitting
from gui.widgets.basics.number_field import NumberField

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow


def test_the_wheel_over_a_list_that_was_used_changes_nothing(
    window: MainWindow, qtbot: QtBot
) -> None:
    combo = window.head.data
    combo.setFocus()
    before = combo.currentIndex()
    point = QPointF(combo.rect().center())
    event = QWheelEvent(
        point,
        QPointF(combo.mapToGlobal(point.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(combo, event)
    assert combo.currentIndex() == before
    assert window.session.data.opening is None


def test_show_all_goes_to_what_was_looked_for(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))
    page = window.page("images")
    page.show_filter(ImageFilter(read="wrong"))
    assert page.wall.content is not None
    sought = next(i for i in range(299, 0, -1) if i not in page.wall.content.order)
    page.bar.find_field.setText(str(sought))
    qtbot.keyClick(page.bar.find_field, Qt.Key.Key_Return)
    assert "Press Show all" in window.notice.text
    page.bar.last.showPopup()
    click(qtbot, page.bar.reset)
    assert page.wall.current == sought
    assert page.wall.viewport().rect().intersects(page.wall.cell_rect(sought))


def test_an_error_about_a_search_goes_with_a_search_that_succeeds(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))
    field = window.page("images").bar.find_field
    for text, told in (("abc", True), ("12", False)):
        field.setText(text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert window.notice.has_message is told


def test_an_error_goes_in_time_once_somebody_works_on(window: MainWindow, qtbot: QtBot) -> None:
    notice = window.notice
    window.session.messages.warn("It failed.")
    assert not notice.goes_by_itself
    click(qtbot, notice.words)  # to read or copy it is no work
    assert not notice.goes_by_itself
    click(qtbot, window.foot.buttons["toggle"])
    assert notice.has_message
    assert notice.goes_by_itself
    window.session.training.pause()


def test_the_legend_counts_what_hangs_on_the_wall(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))
    page = window.page("images")
    page.show_filter(ImageFilter(read="right"))
    assert "0 wrong" in page.words.said
    page.show_filter(ImageFilter(read="wrong", label=3))
    assert page.wall.content is not None
    assert f"{len(page.wall.content.order)} wrong" in page.words.said


def test_an_opened_image_follows_the_epoch_shown(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+4")
    wait_until(qtbot, lambda: wall_is_right(window))
    page, session = window.page("images"), window.session
    page.open_image(7)
    for epoch in (2, 5):
        session.view.show_epoch(epoch)
        assert page.card.content is not None
        assert session.view.shown is not None
        expected = session.view.shown.probabilities_of(data_of(session).train.images[7])
        np.testing.assert_array_equal(page.card.content.probabilities, expected)
        assert page.card.content.marked_epoch == epoch
    activate(qtbot, window)
    qtbot.keyClick(window.page("images").wall, Qt.Key.Key_Escape)  # the keyboard is elsewhere
    assert not page.card.isVisible()


def test_the_keys_of_the_window_work_beside_an_opened_image(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.page("learn").atlas.clicked.emit(1, 4)
    card = window.page("learn").card
    assert card.view.hasFocus()
    press(qtbot, card.view, "Ctrl+2")
    assert window.pages.currentWidget() is window.page("attack")
    press(qtbot, window, "Ctrl+1")
    assert card.isVisible()  # as it was left
    click(qtbot, card.close_button)
    assert not card.isVisible()


def test_noise_that_stays_in_force_is_told_with_new_data(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.session.wanted.set_setting("label_noise", 20.0)
    window.session.open(write_data(tmp_path / "new", (5, 4), 3, 30, 12))
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))
    assert "Still in force: 20 % of the training labels are wrong." in window.notice.text


def test_setting_validation_images_aside_plays_a_finished_run_anew(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    press(qtbot, window, "Ctrl+4")
    window.page("images").show_tab(SPLIT)
    click(qtbot, window.page("images").split.chooses.button)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert data_of(session).validation is not None


def test_an_epoch_past_the_end_is_counted_as_such(window: MainWindow, qtbot: QtBot) -> None:
    window.session.training.step_epoch()
    wait_until(qtbot, lambda: window.session.view.run_state is RunState.FINISHED)
    words = f"epoch <b>{EPOCHS + 1}</b> of {EPOCHS + 1}"
    wait_until(qtbot, lambda: window.foot.place.text() == words)


def test_the_help_opens_where_the_page_is_explained(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+4")
    press(qtbot, window, "F1")
    texts = text_window(window)
    bar = texts.browser.verticalScrollBar()
    assert bar.value() > 0
    texts.close()


def test_many_classes_stand_in_bands(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.resize(1920, 1000)
    window.session.open(write_data(tmp_path / "many", (5, 4), 40, 320, 160))
    wait_until(qtbot, lambda: data_of(window.session).n_classes == 40)
    wait_for_state(qtbot, window.session, RunState.FINISHED)
    wait_for_diagnosis(qtbot, window.session)
    atlas = window.page("learn").atlas

    def rects_in_place() -> list[QRect]:
        atlas.grab()  # lays out
        rects = [atlas.cell_rect(row, column) for row in range(3) for column in range(40)]
        return rects if all(atlas.rect().contains(rect) for rect in rects) else []

    wait_until(qtbot, lambda: bool(rects_in_place()))  # the scroll area learns of its size later
    rects = rects_in_place()
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    per_band = sum(rect.top() == rects[0].top() for rect in rects)
    assert 10 < per_band < 40
    assert len({rect.top() for rect in rects}) == 3 * -(-40 // per_band)
    atlas.setFocus()
    for _ in range(3):  # from the last row into the next band, and back
        qtbot.keyClick(atlas, Qt.Key.Key_Down)
    assert atlas.accessibleDescription() == atlas.describe(0, per_band)
    qtbot.keyClick(atlas, Qt.Key.Key_Up)
    assert atlas.accessibleDescription() == atlas.describe(2, 0)


def test_few_classes_stand_in_the_middle(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.session.open(write_data(tmp_path / "two", (5, 4), 2, 60, 20))
    wait_until(qtbot, lambda: data_of(window.session).n_classes == 2)
    wait_for_diagnosis(qtbot, window.session)
    atlas = window.page("learn").atlas
    atlas.grab()
    left, right = atlas.cell_rect(0, 0), atlas.cell_rect(0, 1)
    assert abs((left.left() + right.right()) / 2 - atlas.width() / 2) < 60


def test_a_number_that_is_found_out_is_called_auto(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    np.savez(tmp_path / "set.npz", X=np.random.default_rng(0).random((40, 20)), y=np.arange(40) % 4)
    how = ReadingConfig(image_height=4)
    window.session.open(str(tmp_path / "set.npz"), how)
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (4, 5))
    field = window.page("images").split.reading.form.rows["image_height"].editor
    assert isinstance(field, NumberField)
    field.lineEdit().setText("5")
    field.interpretText()
    wait_until(qtbot, lambda: data_of(window.session).image_shape == (5, 4))
    assert field.textFromValue(0) == "auto"
    assert field.valueFromText("auto") == 0


def test_class_names_on_the_attack_page_are_cut_and_their_numbers_are_not(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    names = ("x", *(f"a very long name for what is class {k}" for k in range(3)))
    part = (rng.random((60, 30)), np.arange(60) % 4)
    made = make_dataset("named", "made", part, part, image_shape=(6, 5), class_names=names)
    monkeypatch.setattr("gui.session.data.opening_dataset", opening_of(made))
    window.session.open("anything")
    wait_until(qtbot, lambda: data_of(window.session).name == "named")
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    page = window.page("attack").film_panel
    target = window.page("attack").controls.target
    assert [target.itemText(k) for k in range(4)] == list(names)
    assert target.width() >= target.minimumSizeHint().width()
    metrics, width = page.result_view.fontMetrics(), page.result_view.width()
    shown = fitting(metrics, page.result_view.captions, width)
    assert shown.startswith("read as ")
    assert metrics.horizontalAdvance(shown) <= width


def test_space_means_play_and_pause_from_the_start(window: MainWindow, qtbot: QtBot) -> None:
    """The keyboard must not begin on a button that Space would press."""
    assert window.focusWidget() is window.page("learn")
