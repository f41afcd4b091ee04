"""Two models side by side."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    LEARN_PANEL_SIZE,
    Overheard,
    another_run,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    pixels,
    put_on,
    type_number,
    wait_for_state,
    wait_until,
    wall_is_right,
)
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from core.insight.comparison import examine, relative_difference
from core.insight.diagnostics import weight_images, weight_limit
from core.insight.difference import Difference, difference
from core.insight.readings import ImageFilter
from core.learning.perceptron import SoftmaxPerceptron
from core.words import at_most, percent, significant
from gui.session.run_state import RunState
from gui.shared.side import Side
from gui.theme import DARK, LIGHT
from gui.tune.comparison.panel import ComparisonPanel
from gui.tune.comparison.verdict import ahead_words, formula_words
from gui.widgets.basics.controls import chooser

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.insight.comparison import Examined
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


@pytest.fixture
def panel(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> ComparisonPanel:
    """Return the panel of two finished runs."""
    another_run(qtbot, session, learning_rate=2.0)  # overshoots: its best is not its last
    made: ComparisonPanel = new_panel(ComparisonPanel, session, size=LEARN_PANEL_SIZE)
    wait_for_models(qtbot, made)
    return made


def weights_of(panel: ComparisonPanel) -> list[NDArray[np.float32]]:
    models = panel.comparison.models
    assert models is not None
    return [model.weights for model in models]


def wait_for_models(qtbot: QtBot, panel: ComparisonPanel) -> tuple[Examined, Examined]:
    """Wait until what was found is of the models chosen."""

    def there() -> bool:
        found, models = panel.comparison.study.found, panel.comparison.models
        return (
            found is not None
            and models is not None
            and all(a.weights is b.weights for a, b in zip(found.models, models, strict=True))
        )

    wait_until(qtbot, there)
    found = panel.comparison.study.found
    assert found is not None
    return found.models


@pytest.fixture
def best_against_now(panel: ComparisonPanel) -> ComparisonPanel:
    """Return the panel with the best epoch of the run shown against its last one."""
    panel.show_wanted((Side(None, "best"), Side(None, "now")))
    return panel


def test_a_single_run_begins_with_best_against_now(
    new_panel: Callable[..., Any], session: Session
) -> None:
    panel: ComparisonPanel = new_panel(ComparisonPanel, session, size=LEARN_PANEL_SIZE)
    history = session.view.history
    assert history is not None
    assert weights_of(panel)[0] is history.best.weights
    assert weights_of(panel)[1] is history.records[-1].weights
    assert [side.epoch.number() for side in panel.sides] == [history.best.epoch, EPOCHS]


def test_several_begin_with_the_run_shown_against_the_newest_other(
    panel: ComparisonPanel, session: Session
) -> None:
    first, second = (entry.run.history.best.weights for entry in session.runs.entries)
    assert weights_of(panel) == [second, first]
    session.view.show_run(session.runs.entries[0].key)
    assert weights_of(panel) == [first, second]


def test_the_verdict_counts_the_images_that_one_alone_reads_rightly(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    found, test = wait_for_models(qtbot, panel), data_of(session).test
    right = [SoftmaxPerceptron(one.weights).predict(test.images) == test.labels for one in found]
    told = difference(*right, np.random.default_rng(0))
    alone = [(a & ~b).sum() for a, b in (right, right[::-1])]
    assert (
        f"{alone[0]} of the {test.n_samples} test images only A reads rightly, {alone[1]} only B."
        in panel.verdict.how.text()
    )
    assert [side.score.text() for side in panel.sides] == [f"{r.mean():.4f}" for r in right]
    words = {1: "A is better", -1: "B is better", 0: "cannot tell"}
    assert panel.verdict.verdict.text() == words[told.sign]
    assert panel.verdict.outcome.text() == ahead_words(told)
    low, high = panel.verdict.bars.interval
    assert low == pytest.approx(100 * (told.ahead - told.half_width))
    assert high == pytest.approx(100 * (told.ahead + told.half_width))
    n_first, n_second = (told.redrawn > 0).sum(), (told.redrawn < 0).sum()
    assert f"A is ahead in {n_first:,}, B in {n_second:,};" in panel.verdict.bars.describe()
    assert sum(count for _, _, count in panel.verdict.bars.bars()) == len(told.redrawn)
    ahead, half = significant(100 * told.ahead), at_most(100 * told.half_width)
    for part in (panel.verdict.verdict, panel.verdict.how):  # the formula with these numbers
        tip = unescape(part.toolTip())
        assert f"({alone[0]} − {alone[1]}) / {test.n_samples} = {ahead} points" in tip
        assert f"= {ahead} ± {half} points" in tip


def test_where_it_is_low_the_bars_keep_their_room(panel: ComparisonPanel, qtbot: QtBot) -> None:
    wait_for_models(qtbot, panel)
    card = panel.verdict
    assert card.how.isVisible()
    panel.resize(panel.width(), 254)
    panel.grab()
    assert not card.how.isVisible()
    assert card.bars.height() >= 60


def test_one_image_says_nothing_about_others(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    session.wanted.set_setting("test_size", 1)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    verdict = panel.verdict
    wait_until(qtbot, lambda: verdict.outcome.text() == "One image says nothing about others.")
    assert not verdict.verdict.isVisible()
    assert "settings of the data" in verdict.how.text()
    found = panel.comparison.study.found
    assert found is not None
    assert len(found.models[0].is_right) == 1


def test_the_verdict_looks_right_in_either_theme(
    panel: ComparisonPanel, session: Session, app: QApplication, qtbot: QtBot
) -> None:
    panel.show_wanted((Side(None, "best"), Side(None, "start")))
    wait_for_models(qtbot, panel)
    assert panel.verdict.verdict.text() == "A is better"
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        bars = panel.verdict.bars
        picture = pixels(bars)
        inside = has_colour(picture, theme.text)[:, int(bars.x_of(bars.interval[0])) + 3 :]
        assert inside.sum() > 30  # the interval, all of it right of zero
        assert inside.any(axis=0).argmin() > 3
    panel.show_wanted((Side(None, "best"), Side(None, "best")))
    assert not panel.verdict.verdict.isVisible()


def test_ends_of_the_interval_are_rounded_outward() -> None:
    def words(ahead: float, half: float) -> str:
        return ahead_words(Difference(ahead, 1.96, half, 1, 1, 100, np.zeros(1)))

    said = "{} is 0.8 points ahead; anything from {} to +1.6 would fit."
    assert words(0.0031, 0.0056) == (
        "A is 0.31 points ahead; anything from −0.3 to +0.9 would fit."
    )
    assert words(-0.01, 0.004) == "B is 1 point ahead; anything from +0.6 to +1.4 would fit."
    assert words(0.0, 0.0051) == ("A and B are even; anything from −0.6 to +0.6 points would fit.")
    # The bar ends before 0, and so says the sentence: "better" is not taken back by rounding.
    assert words(-0.008, 0.00754) == said.format("B", "+0.04")
    assert words(0.008, 0.007985) == said.format("A", "+0.001")
    assert words(0.008, 0.008) == said.format("A", "0")


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-12])
def test_the_formula_does_not_take_back_what_is_better(gap: float) -> None:
    told = Difference(-0.0075312, 1.96, 0.0075312 * (1 - gap), 1, 1, 3000, np.zeros(1))
    ahead, half = formula_words(told)[2].split(" = ")[-1].removesuffix(" points").split(" ± ")
    assert abs(float(ahead.replace("−", "-"))) > float(half)
    assert formula_words(told)[-1] == "B is better: 0 lies outside."


def test_weights_and_their_difference(panel: ComparisonPanel, session: Session) -> None:
    shape = data_of(session).image_shape
    first, second = weights_of(panel)
    assert [panel.mosaic.rows[i].label for i in range(3)] == ["A", "B", "B − A"]
    for row, weights in enumerate((first, second, second - first)):
        np.testing.assert_array_equal(panel.mosaic.rows[row].values, weight_images(weights, shape))
    assert percent(relative_difference(first, second), 1, "") in panel.words.text()


def test_a_runaway_spoils_neither_colours_nor_bars(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    good = session.runs.entries[0].key
    away = another_run(qtbot, session, learning_rate=20.0, l2=0.2, epochs=3)
    panel.show_wanted((Side(good, "now"), Side(away, "now")))
    found = wait_for_models(qtbot, panel)
    own, beside, _ = (row.limit for row in panel.mosaic.rows)
    assert own == weight_limit(weights_of(panel)[0])
    assert beside > 1e6 * own
    longest = max(panel.words._wordings, key=len)
    assert "e" in longest.split("|B − A| = ")[1]
    assert max(map(len, re.findall(r"\d+", longest))) <= 6
    choose(qtbot, panel.what, panel.what.findData("robustness"))
    high = panel.bars.figure().limits[1]
    assert high == pytest.approx(1.1 * np.nanmax(found[0].robustness))
    assert panel.bars.bar(int(np.nanargmax(found[1].robustness)), 1).top() >= 0


def test_means_mistakes_confusion_and_attackability(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    data = data_of(session)
    found = [examine(weights, data.train, data.test) for weights in weights_of(panel)]
    for what in ("means", "worst", "confusion", "robustness"):
        choose(qtbot, panel.what, panel.what.findData(what))
        if what == "means":
            for row, one in enumerate(found):
                means = one.train.mean_images.reshape(-1, *data.image_shape)
                np.testing.assert_array_equal(panel.mosaic.rows[row].values, means)
        elif what == "worst":
            for row, one in enumerate(found):
                for k, mistake in enumerate(one.train.worst):
                    caption = panel.mosaic.rows[row].captions[k]
                    assert (mistake is None) == (caption == "")
                    if mistake is not None:
                        assert caption.endswith(f"{mistake.probability:.2f}")
        elif what == "confusion":
            for matrix, one in zip(panel.matrices, found, strict=True):
                np.testing.assert_array_equal(matrix.counts, one.held_out.confusion)
        else:
            assert panel.bars.isVisible()
            for k in range(data.n_classes):
                words = panel.bars.describe(k)
                for one in found:
                    assert f"{one.robustness[k]:.4g}" in words
    for one in found:
        assert f"{one.held_out.score:.4f}" in panel.words.text()
        assert f"{one.log_likelihood:.4f}".replace("-", "−") in panel.words.text()


def test_the_bars_are_as_high_as_their_values(
    panel: ComparisonPanel, app: QApplication, qtbot: QtBot
) -> None:
    choose(qtbot, panel.what, panel.what.findData("robustness"))
    found = wait_for_models(qtbot, panel)
    l2 = np.array([one.robustness for one in found])
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        picture = pixels(panel.bars)
        for side, colour in enumerate((theme.train, theme.test)):
            for k in (0, 4):
                box = panel.bars.bar(k, side).toRect()
                scale = panel.bars.bar(*np.unravel_index(l2.T.argmax(), l2.T.shape)).height()
                assert box.height() == pytest.approx(scale * l2[side, k] / l2.max(), abs=1.5)
                column = picture[box.top() + 2 : box.bottom() - 2, box.center().x()]
                assert has_colour(column[None], colour).all()
    told = hover(panel.bars, panel.bars.bar(3, 0).center().toPoint())
    assert told == panel.bars.describe(3)
    heard = Overheard(panel)
    QApplication.sendEvent(panel.bars, QEvent(QEvent.Type.Leave))
    assert heard.words == [""]


def test_any_run_at_any_epoch(
    best_against_now: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    panel = best_against_now
    first = session.runs.entries[0]
    left, right = panel.sides
    choose(qtbot, left.run, left.run.findData(first.key))
    choose(qtbot, left.place, left.place.findData("start"))
    assert weights_of(panel)[0] is first.run.history.records[0].weights
    type_number(qtbot, left.epoch, "7")
    assert left.place.currentData() == "chosen"
    assert weights_of(panel)[0] is first.run.history.records[7].weights
    choose(qtbot, right.place, right.place.findData("shown"))
    session.view.show_epoch(3)
    assert weights_of(panel)[1] is session.view.history.records[3].weights
    assert right.epoch.number() == 3
    wait_for_models(qtbot, panel)


def test_a_run_of_the_list_is_compared(window: MainWindow, qtbot: QtBot) -> None:
    another_run(qtbot, window.session, learning_rate=2.0)
    window.show_page("tune")
    page = window.page("tune")
    panel, first = page.comparison, window.session.runs.entries[0]
    for side, words in enumerate(("Compare as A", "Compare as B")):
        menu = page.runs.menu(first.key)
        next(action for action in menu.actions() if action.text() == words).trigger()
        chosen = panel.comparison.sides[side]
        assert (chosen.run, chosen.place) == (first.key, "best")
    assert panel.verdict.outcome.text() == "A and B are the same model."
    panel.show_wanted((Side(first.key, "best"), Side(None, "best")))
    assert weights_of(panel)[0] is first.run.history.best.weights
    wait_for_models(qtbot, panel)
    click_cell(qtbot, panel, 2, 3)
    card = page.card
    assert card.isVisible()
    assert card.title.text() == "B − A: weights of class 3"
    np.testing.assert_array_equal(card.content.values, panel.mosaic.rows[2].values[3])
    card.close()
    choose(qtbot, panel.what, panel.what.findData("confusion"))
    found = wait_for_models(qtbot, panel)
    counts = found[0].held_out.confusion
    wrong = counts - np.diag(np.diag(counts))
    label, read = np.unravel_index(int(wrong.argmax()), wrong.shape)
    matrix = panel.matrices[0]
    click(qtbot, matrix, matrix.cell_rect(int(label), int(read)).center())
    assert window.page("images").isVisible()
    assert window.session.view.shown.weights is found[0].weights
    wait_until(qtbot, lambda: wall_is_right(window))
    order = window.page("images").wall.content.order
    assert len(order) == counts[label, read] > 0


def test_it_follows_a_live_run_and_rests_when_nobody_looks(
    best_against_now: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    panel = best_against_now
    session.training.step_epoch()
    wait_until(qtbot, lambda: panel.sides[1].epoch.number() == EPOCHS + 1)
    wait_for_models(qtbot, panel)
    panel.hide()
    told: list[bool] = []
    panel.comparison.study.changed.connect(lambda: told.append(True))
    session.training.step_epoch()
    wait_until(qtbot, lambda: session.view.history.last_epoch == EPOCHS + 2)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert told == []
    assert not panel.comparison.study.is_computing
    panel.show()
    wait_until(qtbot, lambda: panel.sides[1].epoch.number() == EPOCHS + 2)


def test_a_removed_run_gives_way_to_the_one_shown(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.entries[0]
    panel.show_wanted((Side(first.key, "now"), Side(None, "now")))
    assert weights_of(panel)[0] is first.run.history.records[-1].weights
    session.view.remove_run(first.key)
    assert weights_of(panel)[0] is session.view.history.records[-1].weights
    assert panel.sides[0].run.currentText() == "run shown"


def test_other_data_bring_other_models(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    session.open("strokes")
    wait_until(
        qtbot,
        lambda: session.view.data_config.dataset == "strokes" and session.view.shown is not None,
    )
    wait_for_models(qtbot, panel)
    assert weights_of(panel)[0].shape == (10, 785)
    assert panel.mosaic.rows[0].values.shape == (10, 28, 28)


def test_the_worst_are_of_the_present_images(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, panel.what, panel.what.findData("worst"))
    wait_for_models(qtbot, panel)
    session.wanted.set_setting("train_size", 20)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).train.n_samples == 20)
    wait_until(qtbot, lambda: session.view.run_state is RunState.FINISHED)
    found = wait_for_models(qtbot, panel)
    indices = [m.index for one in found for m in one.train.worst if m is not None]
    assert all(index < 20 for index in indices)


def test_an_answer_of_earlier_runs_is_taken_after_a_rewind(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.entries[0]
    panel.show_wanted((Side(first.key, "chosen", 3), Side(first.key, "chosen", 7)))
    session.training.start_again(play=False)
    wait_for_models(qtbot, panel)
    records = first.run.history.records
    assert [w is records[e].weights for w, e in zip(weights_of(panel), (3, 7), strict=True)]


def test_a_side_of_other_data_gives_way_to_the_run_shown(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.entries[0]
    panel.show_wanted((Side(first.key, "now"), Side(None, "now")))
    session.open("strokes")
    wait_until(qtbot, lambda: session.view.data_config.dataset == "strokes")
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_models(qtbot, panel)
    assert "nothing to compare" not in panel.words.text()


def click_cell(qtbot: QtBot, panel: ComparisonPanel, row: int, column: int) -> None:
    click(qtbot, panel.mosaic, panel.mosaic.cell_rect(row, column).center())


def test_pictures_and_mistakes_open(panel: ComparisonPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.content_requested) as asked:
        click_cell(qtbot, panel, 2, 3)
    content = asked.args[0]()
    assert content.title == "B − A: weights of class 3"
    np.testing.assert_array_equal(content.values, panel.mosaic.rows[2].values[3])
    choose(qtbot, panel.what, panel.what.findData("worst"))
    found = wait_for_models(qtbot, panel)
    column = next(k for k, m in enumerate(found[1].train.worst) if m is not None)
    with qtbot.waitSignal(panel.sample_requested) as asked:
        click_cell(qtbot, panel, 1, column)
    assert asked.args == ["train", found[1].train.worst[column].index]


def test_a_click_on_a_side_of_the_confusion_shows_that_model_and_asks_for_its_images(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, panel.what, panel.what.findData("confusion"))
    found = wait_for_models(qtbot, panel)
    matrix = panel.matrices[0]
    with qtbot.waitSignal(panel.images_requested) as asked:
        click(qtbot, matrix, matrix.cell_rect(4, 7).center())
    assert asked.args == ["test", ImageFilter(label=4, predicted=7, order="sure")]
    assert session.view.shown.weights is found[0].weights


def test_of_a_random_start_what_was_learnt_is_shown_until_another_way_is_chosen(
    panel: ComparisonPanel, session: Session, qtbot: QtBot
) -> None:
    assert panel.what.currentText() == "Weights"
    session.wanted.set_setting("init", "uniform")
    another_run(qtbot, session, learning_rate=2.0)  # overshoots: its best is not its last
    wait_for_models(qtbot, panel)
    assert panel.what.currentText() == "Weights minus start"
    whole = chooser("", panel, choices={0: "Weights minus start"}).sizeHint().width()
    assert panel.what.width() >= whole, "nothing of it is cut"
    history = session.view.history
    assert history is not None
    learnt = history.best.weights - history.records[0].weights
    shape = data_of(session).image_shape
    np.testing.assert_array_equal(panel.mosaic.rows[0].values, weight_images(learnt, shape))
    choose(qtbot, panel.what, panel.what.findData("mean"))
    best = history.best.weights
    less = weight_images(best - best.mean(axis=0, keepdims=True), shape)
    np.testing.assert_array_equal(panel.mosaic.rows[0].values, less)
    session.view.show_run(session.runs.entries[0].key)
    assert panel.what.currentText() == "Weights minus mean"  # chosen, it stays
