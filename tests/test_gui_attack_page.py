"""The Attack page: three scopes, their views, one size and one box for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from gui_helpers import choose, click, has_colour, open_view, pixels, unfolded, wait_until
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from gui.attack.page import AttackPage
from gui.shared.crafting import crafting
from gui.theme import LIGHT
from gui.window.registry import ATTACK_SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


@pytest.fixture
def page(session: Session, new_panel: Callable[..., Any]) -> AttackPage:
    """Return the Attack page with all there is on it."""
    made: AttackPage = new_panel(AttackPage, session, scopes=ATTACK_SCOPES, size=(1264, 596))
    return made


def test_a_view_that_is_chosen_stays_chosen_and_shows_its_name(
    page: AttackPage, qtbot: QtBot
) -> None:
    assert page.shown == "the film"
    assert page.more_views.text() == "more views"
    open_view(qtbot, page, "all targets")
    assert page.tabs.currentWidget() is page.tabs.panel("all targets")
    click(qtbot, page.switch.button("Every image"))
    assert page.shown == "the curves"
    assert page.more_views.text() == "more views"
    assert has_colour(pixels(page.switch.button("Every image")), LIGHT.selection).any()
    click(qtbot, page.switch.button("Every class"))
    assert not page.more_views.isVisible(), "there is but one view"
    click(qtbot, page.switch.button("One image"))
    assert page.shown == "all targets"
    assert page.more_views.text() == "all targets"
    open_view(qtbot, page, "the film")
    assert page.tabs.currentWidget() is page.film_panel


def test_every_view_can_be_seen(page: AttackPage, qtbot: QtBot) -> None:
    for scope in ATTACK_SCOPES:
        for view in scope.views:
            open_view(qtbot, page, view.words)
            assert page.tabs.currentWidget().isVisible()
            assert page.switch.chosen_words == scope.words


def test_scopes_and_size_stay_where_they_are(page: AttackPage, qtbot: QtBot) -> None:
    def places() -> list[Any]:
        fixed = (page.switch, page.size_choice.norm, page.size_choice.boxed)
        return [(w.mapTo(page, w.rect().topLeft()), w.size()) for w in fixed]

    before = places()
    for scope in ATTACK_SCOPES:
        for view in scope.views:
            open_view(qtbot, page, view.words)
            qtbot.wait(20)
            assert places() == before, view.words


def test_the_size_and_the_box_are_chosen_in_one_place(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    measure, size = session.attack.measure, page.size_choice
    choose(qtbot, size.norm, size.norm.findData("linf"))
    assert measure.norm == "linf"
    click(qtbot, size.boxed)
    assert not measure.boxed
    choose(qtbot, size.norm, size.norm.findData("l0"))
    open_view(qtbot, page, "the costs")
    assert size.norm.findData("l0") < 0, "pixels are not counted there"
    assert size.norm.currentData() == "l2"
    assert not size.boxed.isChecked()
    open_view(qtbot, page, "the film")
    assert size.norm.currentData() == "l0"


def test_the_bar_below_drives_the_epochs_where_many_images_are_seen(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.transport_changed):
        open_view(qtbot, page, "the costs")
    page.transport.go_to(3)
    assert session.view.shown is not None
    assert session.view.shown.epoch == 3
    study = page.tabs.panel("the costs").study  # type: ignore[attr-defined]
    wait_until(qtbot, lambda: study.is_settled and study.found is not None)
    assert study.answer.question.epoch == 3


def test_what_a_view_does_not_use_is_not_in_its_sentence(page: AttackPage, qtbot: QtBot) -> None:
    for view, has_target, has_attack, has_settings in (
        ("all targets", False, False, False),
        ("your turn", True, False, False),
        ("mend", False, False, False),
        ("compare losses", True, False, True),
        ("the film", True, True, True),
    ):
        open_view(qtbot, page, view)
        assert page.controls.target.isVisible() == has_target, view
        assert page.controls.attack.isVisible() == has_attack, view
        assert page.controls.settings.isVisible() == has_settings, view
        assert (page.transport is page.film_panel.transport) == (view == "the film")
    open_view(qtbot, page, "mend")
    assert page.transport.unit == "epoch", "no hidden film is driven"


def test_on_the_stage_the_film_has_all_of_it(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    open_view(qtbot, page, "the film")
    wait_until(qtbot, lambda: bool(session.attack.film.steps))
    page.resize(1904, 900)
    panel, hidden = page.film_panel, (page.controls, page.switch, page.film_panel.traces)
    page.set_on_stage(True)
    qtbot.wait(20)
    assert not any(part.isVisible() for part in hidden)
    assert page.stage_words.startswith(f"Make {page.controls.image.currentText()}, a")
    side = panel.result_view.image_rect().width()
    assert side > 400
    assert side % 8 == 0
    assert panel.bars.y() > panel.chosen_view.y() + side
    assert len(panel.bars.shown_classes()) == 10
    page.resize(1264, 590)
    assert len(panel.bars.shown_classes()) == 10, "smaller images rather than fewer bars"
    page.resize(1904, 900)
    assert panel.sentence.fontInfo().pixelSize() == 34
    assert panel.size_line.text().startswith("Length of the change")
    page.show_tab("mend")
    assert page.controls.isVisible(), "without it nothing could be chosen there"
    page.set_on_stage(False)
    page.show_tab("the film")
    assert all(part.isVisible() for part in hidden)
    assert "Length of the change" in panel.sentence.text()
    assert page.stage_words


def test_a_newcomer_sees_few_controls(page: AttackPage, qtbot: QtBot) -> None:
    """At most 30 with those of the head and the foot, which are 9 and 6."""
    open_view(qtbot, page, "the film")
    kinds = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit)
    seen = [
        widget
        for widget in page.findChildren(QWidget)
        if isinstance(widget, kinds) and widget.isVisible() and not isinstance(widget, QScrollBar)
    ]
    assert len(seen) <= 15, [type(widget).__name__ for widget in seen]


def test_an_opened_image_stands_beside_the_film(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    wait_until(qtbot, lambda: bool(session.attack.film.steps))
    view = page.film_panel.chosen_view
    click(qtbot, view, view.image_rect().center())
    card = page.images.card
    assert card.isVisible()
    wait_until(qtbot, lambda: page.tabs.geometry().right() < card.geometry().left())
    assert view.image_rect().width() >= 112


@pytest.mark.parametrize("view", ["the film", "compare losses", "all targets", "mend"])
def test_a_small_window_has_room_for_it(page: AttackPage, qtbot: QtBot, view: str) -> None:
    open_view(qtbot, page, view)
    page.resize(1008, 513)
    qtbot.wait(20)
    assert page.width() == 1008, "1024 less the margins of the window"


def test_with_large_text_no_words_lie_on_each_other(page: AttackPage, qtbot: QtBot) -> None:
    """As in a window of 1280 x 720 at 150 %, where head, foot and rows leave less."""
    panel = page.film_panel
    page.resize(1264, 440)
    qtbot.wait(20)
    below = panel.chosen_view.mapTo(panel, panel.chosen_view.rect().bottomLeft()).y()
    assert below <= panel.sentence.mapTo(panel, panel.sentence.rect().topLeft()).y()
    assert panel.hint.mapTo(panel, panel.hint.rect().bottomLeft()).y() < panel.traces.y()


def test_without_the_box_noise_leaves_the_box_of_images_alone(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    box, attack, measure = page.size_choice.boxed, session.attack, session.attack.measure
    with unfolded(qtbot, page.controls.image):
        choose(qtbot, page.controls.part, page.controls.part.findData("noise"))
    assert not box.isChecked()
    assert not attack.chosen.boxed
    for words in ("the costs", "the curves", "the same change", "transfer", "mend"):
        open_view(qtbot, page, words)
        assert box.isChecked(), words
    assert crafting(attack).config.get("box")
    open_view(qtbot, page, "the costs")
    pairs: Any = page.tabs.currentWidget()
    wait_until(qtbot, lambda: pairs.study.answer is not None)
    assert pairs.study.answer.question.boxed
    click(qtbot, box, QPoint(8, box.height() // 2))
    assert not measure.images_boxed
    wait_until(qtbot, lambda: pairs.study.is_settled)
    assert not pairs.study.answer.question.boxed
    open_view(qtbot, page, "the film")
    click(qtbot, box, QPoint(8, box.height() // 2))
    assert attack.chosen.boxed
    click(qtbot, page.switch.button("Every image"))
    assert not box.isChecked(), "each has its own"
    click(qtbot, page.switch.button("One image"))
    assert box.isChecked()
    attack.choose("test", 3)
    assert not box.isChecked()
