"""The inspector: logits, probabilities and history of any image are those of core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    click,
    data_of,
    has_colour,
    hover,
    pixels,
    press,
    rgb,
    type_number,
    wait_for_diagnosis,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip

from core.insight.diagnostics import diagnose
from core.insight.image_history import ImageHistory, image_history
from core.learning.perceptron import SoftmaxPerceptron
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.bars.likeliest_bars import LikeliestBars
from gui.widgets.bars.probability_bars import ProbabilityBars, logit_text
from gui.widgets.images.history_plot import HistoryPlot
from gui.widgets.images.image_card import CardContent, ImageCard

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.window.main_window import MainWindow


def expected(window: MainWindow, index: int, part: str = "train") -> ImageHistory:
    """Return what core makes of an image at every epoch of the run shown."""
    history, split = window.session.view.history, data_of(window.session).split(part)
    assert history is not None
    return image_history(split.images[index], int(split.true_labels[index]), history.records)


@pytest.fixture
def card(window: MainWindow, qtbot: QtBot) -> ImageCard:
    """Return the card of training image 7."""
    press(qtbot, window, "Ctrl+4")
    page = window.page("images")
    wait_until(qtbot, lambda: page.view is not None and page.view.seen is not None)
    page.open_image(7)
    wait_until(qtbot, page.card.isVisible)
    assert page.card.history.isVisible()
    return page.card


def test_logits_stand_beside_the_probabilities(card: ImageCard, window: MainWindow) -> None:
    shown, image = window.session.view.shown, data_of(window.session).train.images[7]
    assert shown is not None
    model = SoftmaxPerceptron(shown.weights)
    assert card.bars.logits is not None
    np.testing.assert_array_equal(card.bars.logits, model.logits(image))
    np.testing.assert_array_equal(card.bars.probabilities, model.probabilities(image))
    z = model.logits(image)
    k = card.bars.shown_classes()[2]
    hover(card.bars, card.bars.bar_rect(k).center().toPoint())
    assert f"z = {z[k]:.6g}" in QToolTip.text()
    assert f"p({data_of(window.session).class_names[k]}) = " in QToolTip.text()


def test_the_history_is_that_of_core(card: ImageCard, window: MainWindow) -> None:
    found, wanted = card.history.history, expected(window, 7)
    assert found is not None
    assert found.epochs.tolist() == list(range(EPOCHS + 1))
    np.testing.assert_array_equal(found.logits, wanted.logits)
    np.testing.assert_array_equal(found.rank, wanted.rank)
    assert card.history.plot.accessibleDescription() == str(wanted)


def test_the_strip_is_right_where_the_image_is(
    card: ImageCard, window: MainWindow, qtbot: QtBot
) -> None:
    plot = card.history.plot
    history = plot.history
    assert history is not None
    for theme in (LIGHT, DARK):
        window.use_theme(theme)
        picture, strip, edges = pixels(plot), plot.strip_rect(), plot.edges()
        for i, right in enumerate(history.right.tolist()):
            x = (edges[i] + edges[i + 1]) // 2 + 2
            column = picture[strip.top() + 1 : strip.bottom(), x]
            colour = theme.good if right else theme.bad
            other = theme.bad if right else theme.good
            assert has_colour(column[None], colour).any()
            assert not has_colour(column[None], other).any()
            # Wrong is lower too, for eyes that do not tell red from green.
            assert has_colour(column[None, :1], colour).all() == right


def test_the_curve_is_at_the_probabilities(card: ImageCard, window: MainWindow) -> None:
    plot = card.history.plot
    history = plot.history
    assert history is not None
    picture, edges = pixels(plot), plot.edges()
    for i, share in enumerate(history.probabilities[:, history.label].tolist()):
        x, y = (edges[i] + edges[i + 1]) // 2, round(plot.row_of(share))
        near = picture[max(y - 2, 0) : y + 3, x - 1 : x + 2].astype(int)
        colour = np.array(rgb(window.theme.good))
        assert (np.abs(near - colour).sum(axis=2) < 120).any(), f"epoch {i}"
    assert plot.row_of(1) < plot.row_of(0.5) < plot.row_of(0)


def test_what_it_is_read_as_has_a_dashed_curve_of_its_own(qtbot: QtBot) -> None:
    plot = HistoryPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 104)
    logits = np.array([[0.0, 5.0, 0.0]] * 9)
    history = ImageHistory(0, np.arange(9), logits, tuple(logits))
    for read, colours in ((0, (True, False)), (1, (True, True))):
        plot.set_history(history, read, ("a", "b", "c"))
        frame = plot.frame()
        painted = pixels(plot, frame)
        found = tuple(bool(has_colour(painted, c).any()) for c in (LIGHT.good, LIGHT.bad))
        assert found == colours
    figure = plot.figure()
    assert figure is not None
    assert [(line.label, line.dash) for line in figure.lines] == [("a", ""), ("b", "dashed")]


def test_hovering_and_clicking_an_epoch_of_the_history(
    card: ImageCard, window: MainWindow, qtbot: QtBot
) -> None:
    plot, wanted = card.history.plot, expected(window, 7)
    edges = plot.edges()
    point = QPoint((edges[3] + edges[4]) // 2, plot.strip_rect().center().y())
    hover(plot, point)
    words = plot.describe(3)
    assert words.startswith("epoch 3: ")
    assert f"is number {wanted.rank[3]} of 10" in words
    assert f"p = {wanted.probabilities[3, wanted.label]:.4f}" in words
    assert words.split(";")[0] in QToolTip.text()
    click(qtbot, plot, point)
    assert window.session.view.shown is not None
    assert window.session.view.shown.epoch == 3
    assert card.content is not None
    assert card.content.marked_epoch == 3
    np.testing.assert_array_equal(card.bars.logits, wanted.logits[3])
    plot.setFocus()
    press(qtbot, plot, "Right")
    assert plot.accessibleDescription() == plot.describe(4)
    press(qtbot, plot, "Return")
    assert window.session.view.shown.epoch == 4


def test_the_history_follows_a_live_run(card: ImageCard, window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.training.set_pace(100.0)
    session.wanted.set_setting("epochs", 5000)
    session.training.play()
    wait_until(
        qtbot,
        lambda: (found := card.history.history) is not None and len(found.epochs) > EPOCHS + 5,
    )
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wanted = expected(window, 7)
    wait_until(
        qtbot,
        lambda: (
            (found := card.history.history) is not None and len(found.epochs) == len(wanted.epochs)
        ),
    )
    assert card.history.history is not None
    np.testing.assert_array_equal(card.history.history.rank, wanted.rank)


def test_a_closed_card_lets_go_of_the_run(card: ImageCard, window: MainWindow) -> None:
    card.close()
    assert card.history.history is None


def test_the_three_likeliest_classes_are_named_the_true_one_among_them(qtbot: QtBot) -> None:
    bars = LikeliestBars()
    qtbot.addWidget(bars)
    bars.resize(200, bars.sizeHint().height())
    names = [f"class number {k} of a long name" for k in range(47)]
    y = np.linspace(0.0, 1.0, 47)
    y /= y.sum()
    bars.set_probabilities(names, y, true=3)
    assert bars.shown_classes() == [46, 45, 3]
    bars.set_probabilities(names, y, true=45)
    assert bars.shown_classes() == [46, 45, 44]
    painted = pixels(bars)
    assert has_colour(painted, LIGHT.bad).any()  # the wrong one that wins
    assert has_colour(painted, LIGHT.good).any()
    hover(bars, bars.bar_rect(46).center().toPoint())
    assert QToolTip.text().startswith("<qt><p>p(class number 46")
    bars.set_probabilities(names, np.full(47, 1 / 47))
    assert bars.shown_classes() == [0, 1, 2], "of equals the first, as everywhere"


def test_the_true_class_is_marked_by_more_than_its_colour(qtbot: QtBot) -> None:
    bars = LikeliestBars()
    qtbot.addWidget(bars)
    bars.resize(200, bars.sizeHint().height())
    marked = []
    for true in (0, 1):
        bars.set_probabilities(["a", "a"], np.array([0.5, 0.5]), true=true)
        marked.append(pixels(bars)[: bars.height() // 3, :30])  # left of every bar
    assert (marked[0] != marked[1]).any()


def test_a_worst_mistake_of_the_atlas_has_a_history(window: MainWindow, qtbot: QtBot) -> None:
    atlas, session = window.page("learn").atlas, window.session
    assert session.readings.diagnosis.found is not None
    worst = session.readings.diagnosis.found.worst
    k = next(k for k, mistake in enumerate(worst) if mistake is not None)
    atlas.grab()
    click(qtbot, atlas, atlas.cell_rect(2, k).center())
    card = window.page("learn").card
    assert card.isVisible()
    mistake = worst[k]
    assert mistake is not None
    assert card.history.history is not None
    wanted = expected(window, mistake.index)
    np.testing.assert_array_equal(card.history.history.logits, wanted.logits)
    assert not wanted.right[-1]
    card.close()
    # A mean has probabilities, but is no image that is the same at every epoch; weights have none.
    click(qtbot, atlas, atlas.cell_rect(1, k).center())
    assert card.bars.logits is not None
    assert not card.history.isVisible()
    card.close()
    click(qtbot, atlas, atlas.cell_rect(0, k).center())
    assert not card.bars.isVisible()
    assert not card.evidence.isVisible()
    assert not card.history.isVisible()
    card.close()


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640)])
def test_words_stand_below_an_enlarged_picture(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.grab()
    atlas, card = window.page("learn").atlas, window.page("learn").card
    click(qtbot, atlas, atlas.cell_rect(0, 1).center())
    assert card.words.isVisible()
    bar = card.area.verticalScrollBar()
    wait_until(qtbot, lambda: card.words.y() >= card.view.y() + card.view.height())
    assert card.words.height() >= card.words.heightForWidth(card.words.width())
    wait_until(qtbot, lambda: bar.isVisible() == (size[1] < 720))


def test_several_worst_of_each_class(window: MainWindow, qtbot: QtBot) -> None:
    session, atlas = window.session, window.page("learn").atlas
    session.view.show_epoch(1)
    wait_for_diagnosis(qtbot, session)
    assert len(atlas.rows) == 3
    window.page("learn").weights.showPopup()
    type_number(qtbot, window.page("learn").weights.n_worst.field, "3")
    window.page("learn").weights.hidePopup()
    wait_until(qtbot, lambda: len(atlas.rows) == 5)
    assert session.view.shown is not None
    train = data_of(session).train
    found = diagnose(session.view.shown.weights, train, 3)
    labels = [atlas.rows[row].label for row in range(5)]
    assert labels == ["weights", "mean", "worst", "2nd worst", "3rd worst"]
    atlas.grab()
    for n in range(3):
        row = atlas.rows[2 + n]
        for k, mistake in enumerate(found.nth_worst(n)):
            if mistake is None:
                assert row.missing[k] == ("none wrong" if n == 0 else "no more")
            else:
                image = train.images[mistake.index].reshape(row.values.shape[1:])
                np.testing.assert_array_equal(row.values[k], image)
                assert f"{mistake.probability:.2f}" in row.captions[k]
    k = next(k for k, own in enumerate(found.mistakes) if len(own) == 3)
    window.page("learn").tabs.currentWidget().ensureVisible(0, atlas.cell_rect(4, k).bottom())
    click(qtbot, atlas, atlas.cell_rect(4, k).center())
    content = window.page("learn").card.content
    assert content is not None
    assert content.index == found.mistakes[k][2].index
    window.page("learn").card.close()
    window.page("learn").weights.showPopup()
    type_number(qtbot, window.page("learn").weights.n_worst.field, "6")  # refused
    assert window.page("learn").weights.n_worst.field.number() == 3
    type_number(qtbot, window.page("learn").weights.n_worst.field, "1")
    wait_until(qtbot, lambda: len(atlas.rows) == 3)
    window.page("learn").weights.hidePopup()


def test_an_image_without_a_true_class_has_logits_only(qtbot: QtBot) -> None:
    card = ImageCard()
    qtbot.addWidget(card)
    weights = np.random.default_rng(0).standard_normal((3, 5))
    values = np.random.default_rng(1).random((2, 2))
    model = SoftmaxPerceptron(weights)
    card.set_content(
        CardContent(
            title="drawn",
            words="",
            values=values,
            class_names=("a", "b", "c"),
            probabilities=model.probabilities(values.reshape(-1)),
            weights=weights,
            snapshots=tuple,
        )
    )
    np.testing.assert_array_equal(card.bars.logits, model.logits(values.reshape(-1)))
    assert card.history.isHidden()


@pytest.mark.parametrize("n_classes", [2, 10, 47])
@pytest.mark.parametrize("with_logits", [False, True])
def test_bars_leave_room_for_the_logits(qtbot: QtBot, n_classes: int, with_logits: bool) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(260, 280)
    logits = np.linspace(-12345.678, 3.0, n_classes)
    y = np.full(n_classes, 1 / n_classes)
    names = [f"class {k}" for k in range(n_classes)]
    bars.set_probabilities(names, y, true=0, logits=logits if with_logits else None)
    picture = pixels(bars)
    last = bars.shown_classes()[-1]
    assert bars.rect().contains(bars.bar_rect(last).toRect())
    words = picture[:, int(bars.bar_rect(last).right()) + 50 :]
    assert bool(has_colour(words, LIGHT.muted).any()) == with_logits or n_classes > 15
    for k in bars.shown_classes():
        hover(bars, bars.bar_rect(k).center().toPoint())
        assert QToolTip.text().startswith(f"<qt><p>p(class {k}) ")


@pytest.mark.parametrize(
    ("logit", "text"), [(3.2149, "+3.21"), (-0.001, "-0.00"), (12345.0, "+1.2e+04")]
)
def test_logits_in_a_column(logit: float, text: str) -> None:
    assert logit_text(logit) == text


def test_a_probability_that_is_none_leaves_a_gap(qtbot: QtBot) -> None:
    plot = HistoryPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 150)
    logits = np.array([[0.0, 1.0], [0.0, 1.0], [np.nan, 0.0], [1.0, 0.0], [1.0, 0.0]])
    history = ImageHistory(0, np.arange(5), logits, tuple(logits))
    plot.set_history(history, 0, ("a", "b"))
    picture, edges = pixels(plot), plot.edges()
    frame = plot.frame()

    def drawn(i: int) -> bool:
        x = (edges[i] + edges[i + 1]) // 2
        column = picture[frame.top() - 3 : frame.bottom() - 3, x - 5 : x + 5]
        return bool(has_colour(column, LIGHT.good).any())

    assert [drawn(i) for i in range(5)] == [True, True, False, True, True]
    assert plot.describe(2) == "epoch 2: the logits are not numbers"


def test_histories_of_many_classes_and_epochs_fit(qtbot: QtBot) -> None:
    plot = HistoryPlot()
    qtbot.addWidget(plot)
    rng = np.random.default_rng(0)
    for n_classes, n_epochs in ((2, 1), (47, 512), (100, 3)):
        logits = rng.standard_normal((n_epochs, n_classes))
        names = [str(k) for k in range(n_classes)]
        plot.set_history(ImageHistory(1, np.arange(n_epochs), logits, tuple(logits)), 0, names, 0.0)
        plot.resize(400, 140)
        pixels(plot)
        assert plot.row_of(0.0) <= plot.frame().bottom() + 1
        assert plot.edges()[-1] <= plot.width()
        assert plot.place_at(plot.edges()[-1]) == n_epochs - 1
        # Where there are more epochs than pixels, a pixel is that of its last one.
        assert plot.place_at(plot.edges()[0]) in ({0} if n_epochs < 300 else {0, 1, 2})
        assert plot.place_at(-5) is None
