"""The tab Pairs: core's numbers in two matrices, and the median example behind each cell."""

from __future__ import annotations

import gc
import time
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import cost_matrix_of
from gui_helpers import (
    EPOCHS,
    Overheard,
    choose,
    click,
    data_of,
    hover,
    open_paused,
    open_view,
    pixels,
    play_endlessly,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, Qt

from core.exact.cost_matrix import CostMeasurement, PairSizes, cost_matrix
from core.insight.readings import confusion, read_images
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import Progress, finish
from core.words import at_most
from gui.attack.pairs.panel import PairsPanel
from gui.attack.pairs.words import over_all, pair_sentences
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.data.dataset import Split
    from core.exact.cost_matrix import CostMatrix
    from core.exact.pair_example import PairExample
    from core.exact.pairs import Norm
    from gui.session.session import Session
    from gui.window.main_window import MainWindow

NAN = np.nan


def wait_for_costs(qtbot: QtBot, panel: PairsPanel) -> CostMatrix:
    """Wait until all images have been measured with the model shown; return what is seen."""
    wait_until(qtbot, lambda: panel.study.is_whole and panel.study.is_settled)
    matrix = shown_matrix(panel)
    assert matrix.sizes.complete
    return matrix


def expected(session: Session, part: str, norm: Norm, *, boxed: bool) -> CostMatrix:
    """Return what core finds of the model shown."""
    assert session.view.shown is not None
    split = data_of(session).split(part)
    measurement = CostMeasurement(session.view.shown.weights, split, norm, boxed=boxed)
    finish(measurement.run())
    found = measurement.found()
    assert found is not None
    return found


@pytest.fixture
def panel(new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot) -> PairsPanel:
    """Return the panel of a session whose run has ended, with all there is on it."""
    session.attack.measure.measure(boxed=False)
    panel = new_panel(PairsPanel, session)
    wait_for_costs(qtbot, panel)
    return panel


def shown_matrix(panel: PairsPanel) -> CostMatrix:
    """Return what the panel shows."""
    assert panel.costs.matrix is not None
    return panel.costs.matrix


def test_numbers_are_those_of_core_for_each_part_norm_and_box(
    panel: PairsPanel, session: Session, qtbot: QtBot
) -> None:
    ways: tuple[tuple[str, Norm, bool], ...] = (
        ("test", "l2", False),
        ("train", "l2", False),
        ("train", "l2", True),
        ("test", "linf", True),
        ("test", "linf", False),
    )
    for part, norm, boxed in ways:
        if panel.part.chosen != part:
            choose(qtbot, panel.part, panel.part.findData(part))
        session.attack.measure.measure(norm=norm, boxed=boxed)
        found, wanted = wait_for_costs(qtbot, panel), expected(session, part, norm, boxed=boxed)
        np.testing.assert_allclose(found.median, wanted.median, rtol=1e-9)
        np.testing.assert_array_equal(found.example, wanted.example)
        split = data_of(session).split(part)
        assert session.view.shown is not None
        counts = confusion(split, read_images(session.view.shown.weights, split), 10)
        np.testing.assert_array_equal(panel.confusion.counts, counts)
        n = int(counts.trace())
        assert panel.words.text() == f"{n} images measured, all 9 targets each, epoch {EPOCHS}"
        low, high = wanted.extremes() or ((0, 0), (0, 0))
        said = panel.pair.outcome.text()
        needs = f"the median {low[0]} needs {wanted.median[low]:.3g}"
        assert said == f"{low[0]} → {low[1]} is the cheapest: {needs}."
        said = panel.pair.words.text()
        assert f"A quarter need less than {at_most(wanted.low[low])}" in said
        assert f"Dearest: {high[0]} → {high[1]}, {wanted.median[high]:.3g}." in said
        assert ("in the box" in panel.costs_card.words.text()) == boxed
        number = f"{wanted.correlation:+.2f}".replace("-", "−")
        assert f"rank correlation {number} over 90 pairs" in said


def test_hovering_reads_median_quartiles_and_images_and_marks_the_other_matrix(
    panel: PairsPanel,
) -> None:
    matrix = shown_matrix(panel)
    n = int(matrix.n_images[4])
    counts = matrix.sizes.counts
    assert hover(panel.costs, panel.costs.cell_rect(4, 9).center()) == (
        f"4 → 9: median {matrix.median[4, 9]:.4g}, quartiles {matrix.low[4, 9]:.4g} to "
        f"{matrix.high[4, 9]:.4g}, of {n} images read rightly as 4; {counts[4, 9]} of "
        f"{counts[4].sum()} are read as 9 already"
    )
    assert panel.confusion.mark == (4, 9)
    told = hover(panel.confusion, panel.confusion.cell_rect(2, 3).center())
    assert told == panel.confusion.describe(2, 3)
    assert panel.costs.mark == (2, 3)
    told = hover(panel.costs, panel.costs.cell_rect(5, 5).center())
    assert told == "5 is read as 5: there is nothing to change"
    assert hover(panel.costs, QPoint(1, 1)) == ""
    assert panel.confusion.mark is None


def wait_for_pair(qtbot: QtBot, panel: PairsPanel, pair: tuple[int, int]) -> PairExample:
    """Wait until this pair is what is looked at below."""
    wait_until(qtbot, lambda: panel.shown_pair == pair and panel.pair_study.is_settled)
    found = panel.pair_study.found
    assert found is not None
    return found


def test_a_click_on_a_cell_shows_the_pair_and_a_button_plays_its_median_example(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_page("attack")
    open_view(qtbot, window.page("attack"), "the costs")
    panel = window.page("attack").tabs.panel("the costs")
    assert isinstance(panel, PairsPanel)
    matrix = wait_for_costs(qtbot, panel)
    told = hover(panel.costs, panel.costs.cell_rect(4, 9).center())
    assert window.foot.hovered.text() == told != ""
    click(qtbot, panel.costs, panel.costs.cell_rect(3, 8).center())
    wait_for_pair(qtbot, panel, (3, 8))
    assert panel.isVisible()
    click(qtbot, panel.pair.film)
    attack = window.session.attack
    assert (attack.config.part, attack.index) == ("test", int(matrix.example[3, 8]))
    assert (attack.label, attack.target) == (3, 8)
    assert window.page("attack").film_panel.isVisible()
    assert window.page("attack").shown == "the film"
    assert attack.chosen.name == "exact"
    wait_until(qtbot, lambda: attack.film.playing)
    # What is played is what was read.
    at = int(np.flatnonzero(matrix.sizes.indices == matrix.example[3, 8])[0])
    assert attack.film.steps[-1].l2 == pytest.approx(matrix.sizes.sizes[at, 8], rel=2e-2)
    # Its size is the median of the pair, or the lower of the two in the middle.
    sizes = matrix.sizes
    own = np.sort(sizes.sizes[sizes.labels == 3, 8])
    assert sizes.sizes[at, 8] == own[(len(own) - 1) // 2]


def test_a_pair_is_shown_as_start_change_and_tie_with_the_images_that_are_confused(
    panel: PairsPanel, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, panel.part, panel.part.findData("train"))
    matrix = wait_for_costs(qtbot, panel)
    counts = matrix.sizes.counts.copy()
    np.fill_diagonal(counts, 0)
    source, target = np.unravel_index(int(counts.argmax()), counts.shape)
    pair = int(source), int(target)
    click(qtbot, panel.confusion, panel.confusion.cell_rect(*pair).center())
    found = wait_for_pair(qtbot, panel, pair)
    assert (panel.costs.chosen, panel.confusion.chosen) == (pair, pair)
    cell = panel.costs.cell_rect(*pair)
    width = 2 if cell.height() > 22 else 1
    for inwards, colour in ((0, (0, 0, 0)), (width, (255, 255, 255))):
        seen = pixels(panel.costs)[cell.center().y(), cell.left() + inwards]
        assert tuple(seen.tolist()) == colour
    train, shown = data_of(session).train, session.view.shown
    assert shown is not None
    index = int(matrix.example[pair])
    start, change, tie = panel.pair.sum.start, panel.pair.sum.change, panel.pair.sum.tie
    wait_until(qtbot, lambda: start.values is not None and tie.values is not None)
    np.testing.assert_array_equal(start.values.ravel(), train.images[index])
    at = int(np.flatnonzero(matrix.sizes.indices == index)[0])
    size = float(np.linalg.norm(change.values))
    assert size == pytest.approx(matrix.sizes.sizes[at, pair[1]], rel=1e-6)
    np.testing.assert_allclose(tie.values, np.clip(start.values + change.values, 0, 1))
    p = shown.probabilities_of((start.values + change.values).ravel())
    assert p[pair[0]] == pytest.approx(p[pair[1]], abs=1e-4)  # a tie
    own = np.flatnonzero(train.true_labels == pair[0])
    probabilities = SoftmaxPerceptron(shown.weights).probabilities(train.images[own])
    is_so = probabilities.argmax(axis=1) == pair[1]
    assert len(found.confused) == counts[pair]
    order = np.argsort(-probabilities[is_so, pair[1]], kind="stable")
    strip = panel.pair.confused
    assert [image.index for image in strip.images] == own[is_so][order][:40].tolist()
    first = probabilities[is_so, pair[1]].max()
    assert strip.images[0].below[0][0] == f"{first:.2f}"
    assert (
        f"{counts[pair]} of {len(own)} were read as {pair[1]}" in panel.pair.confused_words.text()
    )
    with qtbot.waitSignal(panel.sample_requested) as asked:
        click(qtbot, strip, strip.cell_rect(0, 0).center())
    assert asked.args == ["train", strip.images[0].index]


def test_the_keyboard_walks_and_chooses(panel: PairsPanel, session: Session, qtbot: QtBot) -> None:
    told = Overheard(panel).words
    panel.costs.set_chosen((0, 0))
    panel.costs.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(panel.costs, key)
    assert told[-1] == panel.costs.describe(2, 1)
    assert panel.confusion.mark == (2, 1)
    qtbot.keyClick(panel.costs, Qt.Key.Key_Return)
    wait_for_pair(qtbot, panel, (2, 1))
    with qtbot.waitSignal(panel.tab_requested):
        click(qtbot, panel.pair.film)
    attack = session.attack
    assert (attack.index, attack.target) == (int(shown_matrix(panel).example[2, 1]), 1)


def test_the_diagonal_says_that_there_is_nothing_to_change(
    panel: PairsPanel, session: Session, qtbot: QtBot
) -> None:
    before = session.attack.config
    click(qtbot, panel.costs, panel.costs.cell_rect(6, 6).center())
    found = wait_for_pair(qtbot, panel, (6, 6))
    assert "6 read rightly: there is nothing to change." in panel.pair.outcome.text()
    assert not panel.pair.film.isEnabled()
    assert panel.pair.sum.change.values is None
    assert len(found.confused) == shown_matrix(panel).sizes.counts[6, 6]
    assert session.attack.config == before
    assert panel.isVisible()


def test_numbers_that_cannot_be_read_are_left_out_and_hovering_tells_them(
    panel: PairsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.open(write_data(tmp_path / "many", (5, 4), 47, 600, 300))
    wait_until(qtbot, lambda: data_of(session).n_classes == 47)
    wait_for_state(qtbot, session, RunState.FINISHED)
    panel.resize(1264, 560)
    matrix = wait_for_costs(qtbot, panel)
    assert 5 < panel.costs.cell_rect(1, 2).height() < 12
    rows, columns = np.nonzero(np.isfinite(matrix.median))
    at = int(rows[0]), int(columns[0])
    told = hover(panel.costs, panel.costs.cell_rect(*at).center())
    assert f"median {matrix.median[at]:.4g}" in told
    inside = panel.costs.cell_rect(*at).adjusted(2, 2, -2, -2)
    cell = pixels(panel.costs)[inside.top() : inside.bottom(), inside.left() : inside.right()]
    assert len(np.unique(cell.reshape(-1, 3), axis=0)) == 1  # nothing is written there


def test_it_follows_the_epoch_shown(panel: PairsPanel, session: Session, qtbot: QtBot) -> None:
    session.view.show_epoch(3)
    found, wanted = wait_for_costs(qtbot, panel), expected(session, "test", "l2", boxed=False)
    np.testing.assert_allclose(found.median, wanted.median, rtol=1e-9)
    assert "epoch 3" in panel.words.text()


def test_what_was_measured_is_known_again_at_once(
    panel: PairsPanel, session: Session, qtbot: QtBot
) -> None:
    before = shown_matrix(panel)
    session.attack.measure.measure(norm="linf")
    assert wait_for_costs(qtbot, panel) is not before
    wait_until(qtbot, lambda: not panel.study.is_computing)
    session.attack.measure.measure(norm="l2")
    assert not panel.study.is_computing
    assert shown_matrix(panel) is before


class Slow:
    """Knows one more image after each step, and takes its time, until it may be quick."""

    is_slow = True

    def __init__(
        self, weights: NDArray[Any], split: Split, norm: Norm, *, boxed: bool, most: int
    ) -> None:
        self.split, self.n_done = split, 0
        measurement = CostMeasurement(weights, split, norm, boxed=boxed)
        finish(measurement.run())
        whole = measurement.found()
        assert whole is not None
        self.whole = whole.sizes

    def run(self) -> Generator[Progress, None, None]:
        n = len(self.whole.indices)
        while self.n_done < n:
            self.n_done = self.n_done + 1 if Slow.is_slow else n
            if Slow.is_slow:
                time.sleep(0.01)
            yield Progress(self.n_done, n, "sizes")

    def found(self) -> CostMatrix:
        sizes = self.whole.sizes.copy()
        sizes[self.n_done :] = np.nan
        return cost_matrix(replace(self.whole, sizes=sizes, n_done=self.n_done))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> type[Slow]:
    """Make measuring take seconds."""
    Slow.is_slow = True
    monkeypatch.setattr("gui.attack.pairs.study.CostMeasurement", Slow)
    return Slow


def test_a_long_measurement_shows_how_far_it_is_is_stopped_and_goes_on(
    slow: type[Slow], new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot
) -> None:
    session.attack.measure.measure(boxed=False)
    panel = new_panel(PairsPanel, session)
    progress = panel.progress
    assert not progress.bar.isVisible()  # what is over soon is not worth it
    wait_until(qtbot, lambda: progress.cancel.isVisible() and progress.bar.value() > 0)
    wait_until(qtbot, lambda: least_measured(panel) > 0)
    n = len(shown_matrix(panel).sizes.indices)
    done = shown_matrix(panel).sizes.n_done
    assert 0 < done < n
    assert panel.words.text() == f"of {done} of {n} images so far, epoch {EPOCHS}"
    click(qtbot, progress.cancel)
    assert not progress.cancel.isVisible()
    assert not progress.bar.isVisible()
    assert progress.go_on.isVisible()
    wait_until(qtbot, lambda: not panel.study.is_computing)
    session.pool.read_letters()
    stopped = shown_matrix(panel).sizes
    assert done <= stopped.n_done < n  # what was done stays, and nothing more is
    np.testing.assert_allclose(shown_matrix(panel).median, cost_matrix(stopped).median)
    slow.is_slow = False
    click(qtbot, progress.go_on)
    whole = wait_for_costs(qtbot, panel)
    assert not progress.go_on.isVisible()
    np.testing.assert_array_equal(
        whole.sizes.sizes[: stopped.n_done], stopped.sizes[: stopped.n_done]
    )
    wanted = expected(session, "test", "l2", boxed=False)
    np.testing.assert_allclose(whole.median, wanted.median, rtol=1e-9)


def test_words_frames_and_pictures_are_of_one_pair_while_it_is_counted(
    slow: type[Slow], new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot
) -> None:
    panel = new_panel(PairsPanel, session)
    seen = set[tuple[int, int]]()
    for _ in range(60):
        qtbot.wait(10)
        of = panel.pair_study.answer
        if of is not None and of.found is not None and panel.pair.sum.start.values is not None:
            pair = of.question.pair
            seen.add(pair)
            assert panel.costs.chosen == panel.confusion.chosen == pair
            assert panel.pair.outcome.text().startswith(f"{pair[0]} → {pair[1]}")
            assert f"read as {pair[1]}" in panel.pair.confused_words.text()
    assert seen


def least_measured(panel: PairsPanel) -> int:
    """Return how many images the class with the fewest has been measured of."""
    return 0 if panel.costs.matrix is None else int(panel.costs.matrix.n_images.min())


def test_a_stopped_measurement_is_not_begun_again_but_for_another_model_or_setting(
    slow: type[Slow], new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot
) -> None:
    panel = new_panel(PairsPanel, session)
    cancel, go_on = panel.progress.cancel, panel.progress.go_on
    wait_until(qtbot, cancel.isVisible)
    click(qtbot, cancel)
    wait_until(qtbot, lambda: not panel.study.is_computing)
    session.pool.read_letters()
    assert panel.study.is_held
    assert not panel.study.is_computing
    slow.is_slow = False
    session.view.show_epoch(2)
    wait_for_costs(qtbot, panel)
    assert not go_on.isVisible()
    slow.is_slow = True
    session.view.show_epoch(5)
    wait_until(qtbot, cancel.isVisible)
    click(qtbot, cancel)
    slow.is_slow = False
    session.attack.measure.measure(norm="linf")
    wait_for_costs(qtbot, panel)
    assert not go_on.isVisible()


def test_a_measurement_of_images_that_are_gone_leaves_nothing_behind(
    slow: type[Slow], new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot
) -> None:
    panel = new_panel(PairsPanel, session)
    wait_until(qtbot, lambda: least_measured(panel) > 0)
    slow.is_slow = False
    session.wanted.set_setting("test_size", 60)
    gone = weakref.ref(data_of(session).test)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: data_of(session).test.n_samples == 60)
    wait_for_costs(qtbot, panel)
    # The thread of the run before may hold them a little longer.
    wait_until(qtbot, lambda: gc.collect() >= 0 and gone() is None)


def test_nothing_is_measured_where_nobody_looks(
    slow: type[Slow], new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot
) -> None:
    panel = new_panel(PairsPanel, session)
    wait_until(qtbot, lambda: panel.study.answer is not None)
    panel.hide()
    wait_until(qtbot, lambda: not panel.study.is_computing)
    session.view.show_epoch(1)
    session.pool.read_letters()
    assert not panel.study.is_computing


def test_beside_a_run_that_goes_on_it_is_measured_again_and_again(
    panel: PairsPanel, session: Session, qtbot: QtBot
) -> None:
    play_endlessly(session)
    wait_for_state(qtbot, session, RunState.RUNNING)
    epochs = set[float]()

    def seen() -> bool:
        answer = panel.study.answer
        if answer is not None and answer.is_whole:
            epochs.add(answer.question.epoch)
        return len(epochs) >= 3

    wait_until(qtbot, seen)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_costs(qtbot, panel)


def test_other_data_bring_other_classes_and_no_validation_part(
    panel: PairsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.wanted.set_setting("validation_size", 20)
    session.open(write_data(tmp_path / "two", (5, 4), 2, 120, 40))
    wait_until(qtbot, lambda: data_of(session).n_classes == 2)
    wait_for_state(qtbot, session, RunState.FINISHED)
    matrix = wait_for_costs(qtbot, panel)
    assert matrix.median.shape == (2, 2)
    assert [panel.part.itemData(i) for i in range(panel.part.count())] == ["train", "test"]
    said = panel.pair.words.text()
    assert said.endswith("2 pairs of classes: too few for a rank correlation.")
    click(qtbot, panel.costs, panel.costs.cell_rect(1, 0).center())
    click(qtbot, panel.pair.film)
    assert session.attack.index == int(matrix.example[1, 0])


def test_a_model_that_has_learnt_nothing_is_told_so(
    new_session: Callable[..., Session], new_panel: Callable[..., PairsPanel], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=12, init="zeros"))
    panel = new_panel(PairsPanel, session)
    assert "There is no model yet" in panel.pair.outcome.text()
    open_paused(qtbot, session)
    session.view.show_epoch(0)
    matrix = wait_for_costs(qtbot, panel)
    assert np.isinf(matrix.median[0, 1:]).all()
    assert panel.pair.outcome.text().startswith("No change is enough")
    assert "∞" in panel.costs.describe(0, 1)
    assert panel.costs.describe(3, 1) == "3 → 1: no image is read rightly as 3 yet"


def test_a_failure_is_told_and_does_not_begin_again(
    new_panel: Callable[..., PairsPanel],
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def failing(self: CostMeasurement):  # type: ignore[no-untyped-def]
        tries.append(self)
        yield Progress(0, 1, "images")
        raise MemoryError("no room")

    monkeypatch.setattr(CostMeasurement, "run", failing)
    with qtbot.waitSignal(session.messages.surprised) as told:
        panel = new_panel(PairsPanel, session)
    assert "no room" in told.args[0]
    wait_until(qtbot, lambda: not panel.study.is_computing)
    session.pool.read_letters()
    assert len(tries) == 1
    assert panel.progress.go_on.isVisible()


def test_a_session_closes_in_the_midst_of_a_measurement(
    slow: type[Slow], new_panel: Callable[..., PairsPanel], session: Session, qtbot: QtBot
) -> None:
    panel = new_panel(PairsPanel, session)
    wait_until(qtbot, lambda: panel.study.is_computing)
    assert session.close()


NAMES = ["a", "b", "c"]
COSTS = [[NAN, 6, 5], [4, NAN, 3], [2, 1, NAN]]


def test_the_sentences_tell_what_is_confused_and_cheap() -> None:
    cheap = cost_matrix_of(COSTS, [[10, 0, 1], [2, 10, 3], [4, 5, 10]])
    assert pair_sentences(cheap, NAMES, (2, 1)) == (
        "c → b is the cheapest: the median c needs 1.",
        "A quarter need less than 1, a quarter more than 1. Dearest: a → b, 6. What is confused "
        "more often tends to be cheaper: rank correlation −1.00 over 6 pairs.",
    )
    first, more = pair_sentences(cheap, NAMES, (1, 2))
    assert first == "b → c: the median b needs 3."
    assert "Cheapest: c → b, 1. Dearest: a → b, 6." in more
    dear = cost_matrix_of(COSTS, [[10, 5, 4], [3, 10, 2], [1, 0, 10]])
    assert "tends to be dearer: rank correlation +1.00" in over_all(dear, NAMES, (2, 1))
    loose = cost_matrix_of(COSTS, [[10, 2, 2], [1, 10, 3], [2, 2, 10]])
    assert "is hardly cheaper or dearer" in over_all(loose, NAMES, (2, 1))


def test_the_sentences_tell_why_there_is_no_correlation() -> None:
    never = cost_matrix_of(COSTS, [[10, 0, 0], [0, 10, 0], [0, 0, 10]])
    assert "Nothing is confused here" in over_all(never, NAMES, (2, 1))
    alike = cost_matrix_of(COSTS, [[8, 1, 1], [1, 8, 1], [1, 1, 8]])
    assert "All pairs are equal in one of the two" in over_all(alike, NAMES, (2, 1))


def test_the_sentences_tell_what_is_out_of_reach() -> None:
    far = cost_matrix_of([[NAN, np.inf, 5], [4, NAN, np.inf], [2, 1, NAN]])
    first, more = pair_sentences(far, NAMES, (0, 1))
    assert first == "a → b is out of reach for half of the images or more."
    assert "Out of reach for half of the images or more: 2 pairs." in more


def test_the_sentences_wait_for_the_first_images() -> None:
    nothing = cost_matrix(
        PairSizes(np.ones((2, 2), dtype=np.int64), np.empty(0, dtype=np.int64),
                  np.empty(0, dtype=np.int64), np.empty((0, 2)), 0)
    )  # fmt: skip
    assert pair_sentences(nothing, ["a", "b"], (0, 1)) == ("", "")
