"""The images of the Attack page in the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    PAGE_SIZE,
    activate,
    click,
    data_of,
    scopes_of,
    wait_for_film,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.insight.evidence import evidence
from core.learning.perceptron import SoftmaxPerceptron
from gui.attack.page import AttackPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


@pytest.fixture
def page(session: Session, new_panel: Callable[..., Any], qtbot: QtBot) -> AttackPage:
    """Return the Attack page with a whole film."""
    page: AttackPage = new_panel(AttackPage, session, scopes=scopes_of(), size=PAGE_SIZE)
    wait_for_film(qtbot, session)
    return page


def open_result(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    session.attack.film.pause()
    session.attack.film.go_to(5)
    view = page.film_panel.result_view
    click(qtbot, view, view.image_rect().center())
    assert page.images.card.isVisible()


def test_the_result_opens_and_follows_the_step(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    open_result(page, session, qtbot)
    card = page.images.card
    for position in (5, 11):
        session.attack.film.go_to(position)
        content, step = card.content, session.attack.film.step
        assert content is not None
        assert step is not None
        assert content.title.startswith(f"result of step {position}: read as")
        np.testing.assert_array_equal(content.values.reshape(-1), step.image)
        assert session.view.shown is not None
        model = SoftmaxPerceptron(session.view.shown.weights)
        np.testing.assert_allclose(content.probabilities, model.probabilities(step.image))
    assert session.attack.film.step is not None
    ledger = card.evidence.ledger
    assert ledger is not None
    expected = evidence(
        session.view.shown.weights, session.attack.film.step.image, ledger.a, ledger.b
    )
    np.testing.assert_array_equal(ledger.pixels, expected.pixels)


def test_the_chosen_image_opens_by_click_and_key(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    view, card = page.film_panel.chosen_view, page.images.card
    activate(qtbot, page)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert card.isVisible()
    attack, data = session.attack, data_of(session)
    assert card.content is not None
    shown = card.content.values.reshape(-1)
    np.testing.assert_array_equal(shown, data.split(attack.config.part).images[attack.index])
    assert card.content.true_class == attack.label
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_beside_the_image_nothing_opens(page: AttackPage, qtbot: QtBot) -> None:
    for view in (page.film_panel.result_view, page.film_panel.weights_view):
        click(qtbot, view, QPoint(2, 2))
    click(
        qtbot,
        page.film_panel.weights_view,
        page.film_panel.weights_view.image_rect().center(),
    )
    assert not page.images.card.isVisible()


def test_other_data_close_it(
    page: AttackPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    open_result(page, session, qtbot)
    other = write_data(tmp_path / "other", (5, 4), 3, 30, 12)
    session.open(other)
    wait_until(qtbot, lambda: session.view.data_config.dataset == other)
    assert not page.images.card.isVisible()
