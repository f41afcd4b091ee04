"""The evidence ledger in the card of an image: what is shown adds up to what the model says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    PAGE_SIZE,
    choose,
    data_of,
    has_colour,
    hover,
    pixels,
    wait_for_diagnosis,
    wait_until,
)
from PySide6.QtCore import QPoint

from core.insight.readings import read_images
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import DIVERGING
from gui.images.page import ImagesPage
from gui.learn.page import LearnPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.images.image_card import ImageCard


def logits(session: Session, index: int) -> NDArray[np.float64]:
    """Return the logits of a training image in float64."""
    shown = session.view.shown
    assert shown is not None
    model = SoftmaxPerceptron(shown.weights.astype(np.float64))
    return model.logits(data_of(session).train.images[index].astype(np.float64))


def numbers(card: ImageCard) -> list[float]:
    """Return what the formula says of pixels, bias and gap."""
    found = re.search(
        r"pixels ([+-]\d+\.\d+), bias ([+-]\d+\.\d+)\ngap (-?\d+\.\d+):",
        card.evidence.formula.text().replace("\N{MINUS SIGN}", "-"),
    )
    assert found is not None, card.evidence.formula.text()
    return [float(word) for word in found.groups()]


@pytest.fixture
def page(session: Session, new_panel: Callable[..., Any]) -> ImagesPage:
    """Return the Data page."""
    page: ImagesPage = new_panel(ImagesPage, session, size=PAGE_SIZE)
    return page


@pytest.fixture
def card(page: ImagesPage, qtbot: QtBot) -> ImageCard:
    """Return the card of training image 7, unfolded."""
    wait_until(qtbot, lambda: page.view is not None and page.view.seen is not None)
    page.open_image(7)
    wait_until(qtbot, page.card.evidence.isVisible)
    return page.card


def test_the_formula_adds_up_to_the_gap(card: ImageCard, session: Session) -> None:
    z = logits(session, 7)
    best, second = np.argsort(z)[::-1][:2]
    assert (card.evidence.first.currentIndex(), card.evidence.second.currentIndex()) == (
        best,
        second,
    )
    from_pixels, bias, gap = numbers(card)
    assert gap == pytest.approx(z[best] - z[second], abs=6e-4)  # three digits are written
    assert from_pixels + bias == pytest.approx(gap, abs=2e-3)
    assert card.evidence.ledger is not None
    assert card.evidence.ledger.gap == pytest.approx(z[best] - z[second], abs=1e-9)


def test_any_two_classes_can_be_chosen_and_stay(
    card: ImageCard, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, card.evidence.first, 3)
    choose(qtbot, card.evidence.second, 8)
    for epoch in (12, 4, 1):
        session.view.show_epoch(epoch)
        z = logits(session, 7)
        assert numbers(card)[2] == pytest.approx(z[3] - z[8], abs=6e-4)
        assert ("8 is" in card.evidence.formula.text()) == (z[8] > z[3])
        assert "times as likely." in card.evidence.formula.text()
    choose(qtbot, card.evidence.second, 3)
    assert "two different classes" in card.evidence.formula.text()


def test_the_map_is_painted_in_the_terms_colours_and_hovering_reads_them(
    card: ImageCard, session: Session
) -> None:
    ledger, view = card.evidence.ledger, card.evidence.map
    assert ledger is not None
    terms = ledger.pixels.reshape(8, 8)
    y, x = np.unravel_index(np.abs(terms).argmax(), terms.shape)
    box = view.image_rect()
    point = QPoint(
        int(box.left() + (x + 0.5) * box.width() / 8), int(box.top() + (y + 0.5) * box.height() / 8)
    )
    end = DIVERGING[-1 if terms[y, x] > 0 else 0]
    assert has_colour(pixels(view)[point.y(), point.x()], "#{:02x}{:02x}{:02x}".format(*end))
    told = hover(view, point)
    image = data_of(session).train.images[7].reshape(8, 8)
    assert f"pixel ({y}, {x}): x = {image[y, x]:.4g}" in told
    assert told.endswith(f"x (w_a - w_b) = {terms[y, x]:+.4g}")


def test_a_mistake_begins_with_what_it_was_taken_for_against_what_it_is(
    card: ImageCard, page: ImagesPage, session: Session
) -> None:
    assert session.view.shown is not None
    train = data_of(session).train
    predicted = read_images(session.view.shown.weights, train).predicted
    wrong = int(np.flatnonzero(predicted != train.labels)[0])
    page.open_image(wrong)
    assert card.evidence.first.currentIndex() == predicted[wrong]
    assert card.evidence.second.currentIndex() == train.labels[wrong]
    assert numbers(card)[2] > 0


def test_weights_have_no_ledger_and_means_have_one(
    session: Session, new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    learn = new_panel(LearnPage, session, tabs=(), size=PAGE_SIZE)
    wait_for_diagnosis(qtbot, session)
    for row, has_one in ((0, False), (1, True)):
        learn.atlas.clicked.emit(row, 4)
        assert learn.card.evidence.isVisible() is has_one
    learn.card.close()


def test_other_data_bring_their_own_classes(card: ImageCard) -> None:
    names = ["left", "right"]
    card.evidence.show_image(
        np.array([[0, 1, 0], [1, 0, 2]], np.float32),
        np.array([[0.5, 0.25]], np.float32),
        names,
        np.array([0.4, 0.6]),
        None,
    )
    assert [card.evidence.first.itemText(k) for k in range(2)] == names
    # z(right) - z(left) = 0.5 (0 - 1) + 0.25 (2 - 0) + 1 - 0 = 1
    assert card.evidence.formula.text() == (
        "pixels +0.000, bias +1.000\ngap 1.000: 2.72 times as likely.\nRed pixels speak for right."
    )


def test_a_runaways_ledger_is_short_and_claims_no_more_than_is_so(card: ImageCard) -> None:
    card.evidence.show_image(
        np.array([[0, 1, 0], [1, 8e34, -2]], np.float32),
        np.array([[0.5, 0.25]], np.float32),
        ["left", "right"],
        np.array([0.0, 1.0]),
        None,
    )
    pixels, gap, _ = card.evidence.formula.text().split("\n")
    assert pixels == "pixels +4e+34, bias +1.000"
    assert gap == "gap 4e+34: over 1.01e304 times as likely."
