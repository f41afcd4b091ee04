"""The images of the Attack page in the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_helpers import activate, click, data_of, wait_for_film, wait_until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.insight.evidence import evidence
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow


def open_result(window: MainWindow, qtbot: QtBot) -> None:
    window.show_attack()
    wait_for_film(qtbot, window.session)
    window.session.attack.pause()
    window.session.attack.go_to(5)
    view = window.attack.film_panel.result_view
    click(qtbot, view, view.image_rect().center())
    assert window.attack.images.card.isVisible()


def test_the_result_opens_and_follows_the_step(window: MainWindow, qtbot: QtBot) -> None:
    open_result(window, qtbot)
    session, card = window.session, window.attack.images.card
    for position in (5, 11):
        session.attack.go_to(position)
        content, step = card.content, session.attack.step
        assert content is not None
        assert step is not None
        assert content.title.startswith(f"result of step {position}: read as")
        np.testing.assert_array_equal(content.values.reshape(-1), step.image)
        assert session.view.shown is not None
        model = SoftmaxPerceptron(session.view.shown.weights)
        np.testing.assert_allclose(content.probabilities, model.probabilities(step.image))
    click(qtbot, card.why_button)
    assert session.attack.step is not None
    ledger = card.evidence.ledger
    assert ledger is not None
    expected = evidence(session.view.shown.weights, session.attack.step.image, ledger.a, ledger.b)
    np.testing.assert_array_equal(ledger.pixels, expected.pixels)


def test_the_chosen_image_opens_by_click_and_key(window: MainWindow, qtbot: QtBot) -> None:
    window.show_attack()
    wait_for_film(qtbot, window.session)
    view, card = window.attack.film_panel.chosen_view, window.attack.images.card
    activate(qtbot, window)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert card.isVisible()
    attack, data = window.session.attack, data_of(window.session)
    assert card.content is not None
    shown = card.content.values.reshape(-1)
    np.testing.assert_array_equal(shown, data.split(attack.config.part).images[attack.index])
    assert card.content.true_class == attack.label
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_beside_the_image_nothing_opens(window: MainWindow, qtbot: QtBot) -> None:
    window.show_attack()
    wait_for_film(qtbot, window.session)
    for view in (window.attack.film_panel.result_view, window.attack.film_panel.weights_view):
        click(qtbot, view, QPoint(2, 2))
    click(
        qtbot,
        window.attack.film_panel.weights_view,
        window.attack.film_panel.weights_view.image_rect().center(),
    )
    assert not window.attack.images.card.isVisible()


def test_other_data_close_it(window: MainWindow, qtbot: QtBot) -> None:
    open_result(window, qtbot)
    window.session.open("strokes")
    wait_until(qtbot, lambda: window.session.view.data_config.dataset == "strokes")
    assert not window.attack.images.card.isVisible()
