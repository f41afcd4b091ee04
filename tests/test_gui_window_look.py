"""Size of text, theme, the stage, and views that fill the window."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    PLACES,
    click,
    has_colour,
    pixels,
    press,
    wait_for_film,
    wait_for_rest,
    wait_until,
)
from gui_helpers import places as all_places
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QFontMetrics, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMessageBox,
    QProgressBar,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QWidget,
)

from core.pictures import luminance
from gui.learn.curves_to_come import EmptyAxes
from gui.theme import (
    DARK,
    LIGHT,
    STAGE,
    STAGE_DARK,
    USUAL,
    Theme,
    apply_font,
    apply_theme,
    text_percent,
)
from gui.tune.runs.table import RunTable
from gui.widgets.basics.card import Card
from gui.window.actions import shortcuts_html
from gui.window.look import next_size
from gui.window.stage import stage_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.settings import Settings
    from gui.window.main_window import MainWindow


@pytest.fixture(autouse=True)
def usual_text(app: QApplication) -> Iterator[None]:
    """Leave text as large as other tests expect it."""
    yield
    apply_font(app, USUAL)


def visible(window: MainWindow, kind: type[QWidget]) -> list[QWidget]:
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


def heights(window: MainWindow) -> dict[str, int]:
    """Return how high the text of every label seen is written."""
    seen = [label for label in visible(window, QLabel) if isinstance(label, QLabel)]
    return {label.text(): label.fontMetrics().height() for label in seen if label.text()}


def test_text_grows_and_shrinks_at_once_and_is_remembered(
    window: MainWindow,
    qtbot: QtBot,
    settings: Settings,
    new_window: Callable[[Session], MainWindow],
) -> None:
    usual, before = heights(window), pixels(window)
    for _ in range(4):
        press(qtbot, window, "Ctrl++")
    assert (text_percent(), settings.text_size) == (175, 175)
    large = heights(window)
    both = large.keys() & usual.keys()
    assert len(both) >= 10
    assert all(1.5 * usual[words] <= large[words] <= 2 * usual[words] for words in both)
    assert (pixels(window) != before).any()
    press(qtbot, window, "Ctrl+0")
    assert heights(window) == usual
    press(qtbot, window, "Ctrl+-")
    assert text_percent() == settings.text_size == 90
    assert all(
        height <= usual[words] for words, height in heights(window).items() if words in usual
    )
    again = new_window(window.session)
    assert text_percent() == 90
    assert max(heights(again).values()) < max(usual.values())


def test_sizes_go_from_80_to_200_percent() -> None:
    sizes = [USUAL]
    while (larger := next_size(1, sizes[-1])) != sizes[-1]:
        sizes.append(larger)
    while (smaller := next_size(-1, sizes[0])) != sizes[0]:
        sizes.insert(0, smaller)
    assert (sizes[0], sizes[-1]) == (80, 200)
    assert next_size(1, 160) == 175
    assert next_size(-1, 160) == 150


def test_hidden_pages_and_new_dialogs_wear_the_theme_too(window: MainWindow, qtbot: QtBot) -> None:
    """What is seen changes with the key; what is hidden soon after, or when it is shown."""
    window.page("attack")
    window.show_page("learn")
    press(qtbot, window, "Ctrl+T")
    assert has_colour(pixels(window)[-4:, 2:6], DARK.surface).any()
    heading = window.page("attack").findChild(QLabel, "heading")

    def colour() -> str:
        return heading.palette().windowText().color().name()

    window.show_page("attack")
    assert colour() == DARK.muted
    press(qtbot, window, "Ctrl+T")
    window.show_page("learn")
    press(qtbot, window, "Ctrl+T")
    wait_until(qtbot, lambda: colour() == DARK.muted)
    box = QMessageBox(window)
    box.addButton("Go on", QMessageBox.ButtonRole.AcceptRole)
    box.open()
    button = box.buttons()[0]
    assert button.palette().buttonText().color().name() == DARK.text
    box.close()
    press(qtbot, window, "Ctrl+T")
    assert window.theme is LIGHT


def test_a_page_made_in_the_dark_and_seen_in_the_light_has_no_pale_words(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, "Ctrl+T")
    page = window.page("tune")
    press(qtbot, window, "Ctrl+T")
    window.show_page("tune")
    for part in page.findChildren(QWidget):
        assert part.palette().windowText().color().name() not in (DARK.text, DARK.muted), part


def card_of(window: MainWindow, name: str) -> Card:
    return next(card for card in window.findChildren(Card) if card.accessibleName() == name)


def places(window: MainWindow) -> dict[str, tuple[int, ...]]:
    """Return where every card seen is, and what is around it."""
    return {
        card.accessibleName(): (*card.geometry().getRect(), *card.parentWidget().size().toTuple())
        for card in window.findChildren(Card)
        if card.isVisible()
    }


def test_a_double_click_on_a_title_fills_the_window_and_escape_lays_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    card, before = card_of(window, "Error"), places(window)
    window.setFocus()
    qtbot.mouseDClick(card.title, Qt.MouseButton.LeftButton)
    assert card.isVisible()
    assert card.width() > 0.9 * window.width()
    assert card.height() > 0.8 * window.pages.height()
    corner = pixels(window)[window.height() // 2, -40:-20]
    assert has_colour(corner, LIGHT.surface).any()
    press(qtbot, window, "Escape")
    wait_until(qtbot, lambda: places(window) == before)


def test_every_card_fills_the_window_and_comes_back_pixel_for_pixel(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By double click and by F: what a view asks for when it is large leaves nothing behind."""
    pointer = QCursor.pos()
    monkeypatch.setattr(QCursor, "pos", lambda: pointer)
    filled = []
    wait_until(qtbot, lambda: not window.findChildren(EmptyAxes))  # the plots are there

    def settled() -> NDArray[np.uint8]:
        """Return the window as it is when it is not painted otherwise a moment later."""
        wait_for_rest(qtbot, window)
        timers = [*window.findChildren(QTimer), *window.session.findChildren(QTimer)]
        soon = [timer for timer in timers if timer.isSingleShot() and timer.interval() < 1000]
        wait_until(qtbot, lambda: not any(timer.isActive() for timer in soon))
        picture = pixels(window)
        for _ in range(20):
            qtbot.wait(50)
            before, picture = picture, pixels(window)
            if np.array_equal(before, picture):
                break
        return picture

    for view in (tab or page for page in PLACES for tab in all_places(window, page)):
        settled()
        cards = [card for card in visible(window, Card) if isinstance(card, Card)]
        assert cards, view
        for card in cards:
            page = window.pages.currentWidget()
            assert page is not None
            page.setFocus()
            before = settled()
            for by_click in (True, False):
                if by_click and card.head.isVisible():
                    place = card.head.mapTo(card, QPoint(2, 2))
                    qtbot.mouseDClick(card, Qt.MouseButton.LeftButton, pos=place)
                else:
                    pointer = card.mapToGlobal(card.rect().center())
                    press(qtbot, window, "F")
                assert window.fill.card is card, view
                settled()
                press(qtbot, window, "Escape")
                assert window.fill.card is None
                where = f"{view}: {card.accessibleName()}"
                np.testing.assert_array_equal(settled(), before, err_msg=where)
            filled.append(card)
    assert len(filled) > 30


def test_what_fills_the_window_grows_on_the_stage_and_the_keyboard_stays_with_the_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    card = card_of(window, "Error")
    usual = card.title.fontMetrics().height()
    qtbot.mouseDClick(card.title, Qt.MouseButton.LeftButton)
    press(qtbot, window, "F11")
    assert window.fill.card is card
    assert card.title.fontMetrics().height() >= 1.4 * usual
    press(qtbot, window, "Escape")
    assert window.fill.card is None
    assert window.stage.is_on
    assert not isinstance(QApplication.focusWidget(), QAbstractButton)
    press(qtbot, window, "Escape")
    assert not window.stage.is_on
    assert card.title.fontMetrics().height() == usual


def test_f_fills_with_what_lies_under_the_pointer_and_goes_back(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(window, "Log-likelihood")
    middle = card.mapToGlobal(card.rect().center())
    monkeypatch.setattr(QCursor, "pos", lambda: middle)
    before = places(window)
    press(qtbot, window, "F")
    assert window.fill.card is card
    assert card.width() > 0.9 * window.width()
    press(qtbot, window, "F")
    assert window.fill.card is None
    wait_until(qtbot, lambda: places(window) == before)


def test_another_page_lays_what_fills_the_window_back(window: MainWindow, qtbot: QtBot) -> None:
    card, before = card_of(window, "Error"), places(window)
    qtbot.mouseDClick(card.title, Qt.MouseButton.LeftButton)
    press(qtbot, window, "Ctrl+2")
    wait_until(qtbot, lambda: window.fill.card is None)
    assert not window.fill.over.isVisible()
    press(qtbot, window, "Ctrl+1")
    wait_until(qtbot, lambda: places(window) == before)


def test_the_stage_is_large_and_light_and_has_nothing_but_what_is_shown(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, "Ctrl+T")
    size, before = window.size(), [widget.isVisible() for widget in window.off_stage]
    press(qtbot, window, "F11")
    assert window.isFullScreen()
    assert (window.theme, text_percent()) == (STAGE, 160)
    assert not any(widget.isVisible() for widget in window.off_stage)
    assert window.stage.line.isVisible()
    assert "epoch" in window.stage.line.words.text()
    assert has_colour(pixels(window)[-4:, 2:6], STAGE.surface).all()
    press(qtbot, window, "Escape")
    assert not window.isFullScreen()
    assert (window.theme, text_percent(), window.settings.text_size) == (DARK, USUAL, USUAL)
    assert [widget.isVisible() for widget in window.off_stage] == before
    assert not window.stage.line.isVisible()
    wait_until(qtbot, lambda: window.size() == size)


@pytest.mark.parametrize(
    ("screen", "percent", "larger"),
    [
        ((1920, 1080), 100, 160),
        ((1920, 1080), 150, 168),
        ((1920, 1080), 200, 200),
        ((3840, 2160), 150, 240),
        ((3840, 2160), 200, 250),
        ((1280, 720), 100, 160),
        ((1280, 720), 80, 128),
    ],
)
def test_large_text_grows_on_the_stage_as_far_as_no_view_is_cut(
    screen: tuple[int, int], percent: int, larger: int
) -> None:
    assert stage_percent(QSize(*screen), percent) == larger


def test_the_list_of_classes_grows_with_its_words(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("images")
    classes = window.page("images").classes
    press(qtbot, window, "F11")
    counts, area = classes.counts, classes.counts_area
    whole = counts.height_of(len(counts.names))
    wait_until(qtbot, lambda: area.maximumHeight() == whole > 0)
    press(qtbot, window, "Escape")
    wait_until(qtbot, lambda: area.maximumHeight() == counts.height_of(len(counts.names)) < whole)


def test_the_stage_is_dark_where_that_is_wanted(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "F11")
    press(qtbot, window, "Ctrl+T")
    assert window.theme is STAGE_DARK
    assert has_colour(pixels(window)[-4:, 2:6], DARK.surface).all()
    press(qtbot, window, "Ctrl+T")
    assert window.theme is STAGE
    press(qtbot, window, "Ctrl+T")
    press(qtbot, window, "Escape")
    assert (window.theme, window.settings.theme) == (LIGHT, LIGHT)


def test_other_views_are_reached_by_mouse_from_the_film_on_the_stage(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    press(qtbot, window, "F11")
    line = window.stage.line

    def offered() -> list[str]:
        line.menu.aboutToShow.emit()
        return [action.text() for action in line.menu.actions() if not action.isSeparator()]

    def choose(words: str) -> None:
        offered()
        next(one for one in line.menu.actions() if one.text() == words).trigger()

    assert line.title.isVisible()
    assert offered()[:5] == ["Learn", "Attack", "Tune", "Images", "the film"]
    assert "the curves" in offered()
    choose("all targets")
    wait_until(qtbot, lambda: window.page("attack").shown == "all targets")
    assert offered() == ["Learn", "Attack", "Tune", "Images"]  # its own choices are there
    choose("Learn")
    wait_until(qtbot, lambda: window.shown == "learn")
    press(qtbot, window, "Escape")


def test_the_stage_says_of_the_film_what_its_choices_would(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    press(qtbot, window, "F11")
    line = window.stage.line
    assert line.title.text() == "ONE IMAGE"
    assert line.sentence.text() == window.page("attack").controls.words
    before = line.sentence.text()
    press(qtbot, window, "M")
    wait_until(qtbot, lambda: line.sentence.text() != before)
    assert line.words.text().endswith(f"run 1, epoch {EPOCHS}")
    press(qtbot, window, "2")
    wait_until(qtbot, lambda: line.title.text() == "ATTACK")
    assert line.sentence.text() == ""
    press(qtbot, window, "Escape")


def test_pressed_keys_are_shown_on_the_stage_and_nowhere_else(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, "F11")
    keys = window.stage.keys
    press(qtbot, window, "Ctrl+B")
    assert keys.cap.isVisible()
    assert keys.cap.text() == QKeySequence("Ctrl+B").toString(
        QKeySequence.SequenceFormat.NativeText
    )
    assert keys.words.text() == "best epoch"
    press(qtbot, window, "F11")
    assert not keys.isVisible()


def test_the_stage_says_how_to_leave_until_a_key_is_pressed(
    window: MainWindow, qtbot: QtBot
) -> None:
    hint, words = window.foot.hovered, "Esc leaves, B blackens the screen"
    press(qtbot, window, "F11")
    wait_until(qtbot, lambda: hint.shown == words)
    assert hint.isVisible()
    ends = hint.mapTo(window, hint.rect().topRight()).x()
    assert ends > 0.9 * window.width()
    press(qtbot, window, "Right")
    assert hint.text() == ""
    assert window.stage.is_on
    press(qtbot, window, "F11")
    press(qtbot, window, "F11")
    assert hint.text() == words
    window.stage._hint_timer.timeout.emit()
    assert hint.text() == ""
    press(qtbot, window, "F11")
    press(qtbot, window, "F11")
    press(qtbot, window, "F11")
    assert hint.text() == ""
    listed = shortcuts_html()
    assert "Black screen" in listed.partition("On the stage")[2]
    assert "B or ." in listed.partition("On the stage")[2]


@pytest.mark.parametrize("percent", [100, 150])
def test_lists_and_names_are_as_wide_as_their_words(
    window: MainWindow, qtbot: QtBot, percent: int
) -> None:
    window.use_text(percent)
    window.show_page("images")
    bar = window.page("images").bar
    for order in ("worst", "sure", "unsure"):
        bar.choose(order=order)
        said = bar.last.currentText()
        least = bar.last.fontMetrics().horizontalAdvance(said) + 26
        wait_until(qtbot, lambda: bar.last.width() >= least)  # noqa: B023
    window.show_page("tune")
    wait_for_rest(qtbot, window)
    (table,) = window.page("tune").findChildren(RunTable)
    option = QStyleOptionViewItem()
    table.initViewItemOption(option)
    name = table.runs.place(window.session.runs.shown_key)
    table.itemDelegate().initStyleOption(option, name)
    option.rect = table.visualRect(name)
    part = QStyle.SubElement.SE_ItemViewItemText
    room = table.style().subElementRect(part, option, table).width()
    assert room >= QFontMetrics(option.font).horizontalAdvance("run 1")
    window.show_page("learn")
    preset = window.head.preset
    preset.showPopup()
    words = [preset.itemText(place) for place in range(preset.count())]
    assert preset.view().width() > max(map(preset.fontMetrics().horizontalAdvance, words)) + 12
    preset.hidePopup()


@pytest.mark.parametrize(
    ("percent", "width", "brief"),
    [
        (80, 1024, (False, False, False)),
        (100, 1024, (False, False, False)),
        (150, 1280, (True, False, False)),
        (150, 1024, (True, False, True)),
        (200, 1280, (True, False, True)),
        (200, 1024, (True, True, True)),
    ],
)
def test_the_head_says_less_in_an_order_and_cuts_no_word(
    window: MainWindow, qtbot: QtBot, percent: int, width: int, brief: tuple[bool, ...]
) -> None:
    head = window.head
    window.use_text(percent)
    window.resize(width, 640)
    button = head.buttons["learn_page"]
    icon = Qt.ToolButtonStyle.ToolButtonIconOnly

    def said() -> tuple[bool, ...]:
        return head.preset.is_brief, head.data.is_brief, button.toolButtonStyle() == icon

    wait_until(qtbot, lambda: said() == brief)
    # Run and epoch stay.
    wait_until(qtbot, lambda: head.model.width() >= head.model.sizeHint().width())
    for chooser in (head.preset, head.data):
        assert chooser.width() >= chooser.sizeHint().width()
        option = QStyleOptionComboBox()
        chooser.initStyleOption(option)
        assert option.currentText == ("" if chooser.is_brief else chooser.currentText())
        assert option.currentIcon.isNull() == (not chooser.is_brief)
    seen = [part for part in head.findChildren(QWidget) if part.parent() is head]
    boxes = sorted(part.geometry().getRect() for part in seen if part.isVisible())
    assert all(x + w <= after for (x, _, w, _), (after, *_) in pairwise(boxes))
    assert boxes[-1][0] + boxes[-1][2] <= head.width()


@pytest.mark.parametrize("key", ["B", "."])
def test_b_and_the_full_stop_blacken_the_stage_and_any_key_brings_it_back(
    window: MainWindow, qtbot: QtBot, key: str
) -> None:
    session = window.session
    session.view.show_epoch(2)
    press(qtbot, window, "F11")
    press(qtbot, window, key)
    black = window.stage.black
    assert black.isVisible()
    assert not pixels(window).any()
    press(qtbot, black, "Ctrl+End")  # which would show another epoch
    assert not black.isVisible()
    assert pixels(window).any()
    assert session.view.shown is not None
    assert session.view.shown.epoch == 2
    press(qtbot, window, key)
    click(qtbot, black, QPoint(5, 5))
    assert not black.isVisible()
    press(qtbot, window, "Escape")
    press(qtbot, window, ".")
    assert not black.isVisible()
    assert session.view.shown.epoch == 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_words_over_a_bar_fit_and_can_be_read(
    app: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    apply_theme(app, theme)
    bar = QProgressBar()
    qtbot.addWidget(bar)
    bar.setRange(0, 50)
    bar.setValue(40)
    bar.setFormat("epoch 40 of 50")
    bar.setFixedWidth(110)
    bar.show()
    metrics = bar.fontMetrics()
    assert bar.contentsRect().height() >= metrics.height()
    assert bar.width() - 4 >= metrics.horizontalAdvance(bar.text())
    picture = pixels(bar)
    ground = luminance(picture[4, 8])
    farthest = luminance(picture[4:-4, 8:80])
    low, high = sorted((float(ground), float(farthest.flat[abs(farthest - ground).argmax()])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_page_that_is_first_seen_on_the_stage_knows_that_it_is_there(window: MainWindow) -> None:
    window.stage.toggle()
    window.show_page("attack")
    page = window.page("attack")
    assert page.film_panel.isVisible()
    assert not page.controls.isVisible()
    window.stage.toggle()
    assert page.controls.isVisible()


def test_what_is_not_seen_is_dressed_after_what_is(window: MainWindow, qtbot: QtBot) -> None:
    hidden = [window.page(name) for name in ("attack", "images")]
    window.switch_theme()
    learn = window.page("learn")
    assert learn.styleSheet()
    # Nothing around the pages may have a sheet of its own: all of them would be dressed with it.
    around = learn.parentWidget()
    while around is not window:
        assert not around.styleSheet()
        around = around.parentWidget()
    assert not any(page.styleSheet() == learn.styleSheet() for page in hidden)
    window.show_page("attack")  # what comes to be seen before its turn is dressed then
    assert window.page("attack").styleSheet() == learn.styleSheet()
    wait_until(qtbot, lambda: all(page.styleSheet() == learn.styleSheet() for page in hidden))


def test_the_images_of_the_film_are_larger_where_they_fill_the_window(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1280, 720)
    window.show_page("attack")
    panel = window.page("attack").film_panel
    wait_until(qtbot, lambda: bool(window.session.attack.film.steps))
    wait_for_rest(qtbot, window)
    before, lines = panel.result_view.size(), panel.bars.geometry()
    window.fill.show_card(panel.card)
    wait_for_rest(qtbot, window)
    after = panel.result_view.size()
    assert after.width() > 1.1 * before.width()
    assert 4 * after.width() > 0.85 * panel.card.width()
    dataset = window.session.view.dataset
    assert dataset is not None
    assert after.width() % dataset.image_shape[1] == 0, "whole multiples of pixels"
    assert not any(
        view.visibleRegion().isEmpty() for view in (panel.chosen_view, panel.bars, panel.sentence)
    )
    window.fill.leave()
    wait_until(qtbot, lambda: panel.result_view.size() == before)
    wait_until(qtbot, lambda: panel.bars.geometry() == lines)


def lab(colour: str) -> NDArray[np.float64]:
    """Return a colour in CIELAB, D65 (CIE 15:2004, section 8.2.1)."""
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ linear / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_runs_are_told_from_one_another_and_from_train_and_test(theme: Theme) -> None:
    others = [theme.train, theme.test, theme.validation]
    for colour in theme.runs:
        rest = [*others, *(other for other in theme.runs if other != colour)]
        nearest = min(rest, key=lambda other: float(np.linalg.norm(lab(colour) - lab(other))))
        # 2.3 is just noticeable (Mahy et al. 1994): nearly ten times as much.
        assert np.linalg.norm(lab(colour) - lab(nearest)) > 22, (colour, nearest)
