"""The tab Pairs: core's numbers in two matrices, and the median example behind each cell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    activate,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    open_paused,
    pixels,
    play_endlessly,
    rgb,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, Qt

from core.exact.cost_matrix import CostMeasurement, PairSizes, cost_matrix
from core.insight.readings import confusion, read_images
from core.learning.training import TrainingConfig
from core.progress import Progress, finish
from gui.attack.pairs.panel import sentence
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.grids.cost_grid import CostGrid, cost_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.exact.cost_matrix import CostMatrix
    from gui.attack.pairs.panel import PairsPanel
    from gui.session.session import Session
    from gui.theme import Theme
    from gui.window.main_window import MainWindow


def wait_for_costs(qtbot: QtBot, session: Session) -> CostMatrix:
    """Wait until all images have been measured with the model shown."""

    def there() -> bool:
        state, shown = session.pairs.state, session.view.shown
        if state is None or shown is None or session.pairs.is_measuring:
            return False
        return state.complete and state.request.weights is shown.weights

    wait_until(qtbot, there)
    state = session.pairs.state
    assert state is not None
    assert state.matrix is not None
    return state.matrix


def expected(session: Session, part: str, norm: str, *, boxed: bool) -> CostMatrix:
    """Return what core finds of the model shown."""
    assert session.view.shown is not None
    assert norm in ("l2", "linf")
    way = "l2" if norm == "l2" else "linf"
    split = data_of(session).split(part)
    measurement = CostMeasurement(session.view.shown.weights, split, way, boxed=boxed)
    return cost_matrix(finish(measurement.run()))


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> PairsPanel:
    """Return the panel of a window whose run has ended, with all there is on it."""
    window.show_attack()
    click(qtbot, window.attack.tab("Pairs"))
    shown = window.attack.tabs.panel("Pairs")
    assert shown.isVisible()
    wait_for_costs(qtbot, window.session)
    return shown  # type: ignore[return-value]


def shown_matrix(panel: PairsPanel) -> CostMatrix:
    """Return what the panel shows."""
    assert panel.costs.matrix is not None
    return panel.costs.matrix


def test_numbers_are_those_of_core_for_each_part_norm_and_box(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    for part, norm, boxed in (
        ("test", "l2", False),
        ("train", "l2", False),
        ("train", "l2", True),
        ("test", "linf", True),
        ("test", "linf", False),
    ):
        if panel.part.chosen != part:
            choose(qtbot, panel.part, panel.part.findData(part))
        if panel.norm.currentData() != norm:
            choose(qtbot, panel.norm, panel.norm.findData(norm))
        if panel.boxed.isChecked() != boxed:
            click(qtbot, panel.boxed)
        wait_for_costs(qtbot, session)
        wanted, found = expected(session, part, norm, boxed=boxed), shown_matrix(panel)
        np.testing.assert_allclose(found.median, wanted.median, rtol=1e-9)
        np.testing.assert_array_equal(found.example, wanted.example)
        split = data_of(session).split(part)
        assert session.view.shown is not None
        counts = confusion(split, read_images(session.view.shown.weights, split), 10)
        np.testing.assert_array_equal(panel.confusion.counts, counts)
        n, word = int(counts.trace()), {"train": "training", "test": "test"}[part]
        assert panel.words.text() == f"{n} {word} images read rightly, epoch {EPOCHS}"
        low, high = wanted.extremes() or ((0, 0), (0, 0))
        said = panel.sentence.text()
        assert f"Cheapest: {low[0]} → {low[1]} ({wanted.median[low]:.3g})." in said
        assert f"Dearest: {high[0]} → {high[1]} ({wanted.median[high]:.3g})." in said
        number = f"{wanted.correlation:+.2f}".replace("-", "−")
        assert f"rank correlation {number} over 90 pairs" in said


def test_hovering_reads_median_quartiles_and_images_and_marks_the_other_matrix(
    panel: PairsPanel, window: MainWindow
) -> None:
    matrix = shown_matrix(panel)
    hover(panel.costs, panel.costs.cell_rect(4, 9).center())
    n = int(matrix.n_images[4])
    counts = matrix.sizes.counts
    assert window.hover_words.text() == (
        f"4 → 9: median {matrix.median[4, 9]:.4g}, quartiles {matrix.low[4, 9]:.4g} to "
        f"{matrix.high[4, 9]:.4g}, of {n} images read rightly as 4; {counts[4, 9]} of "
        f"{counts[4].sum()} are read as 9 already"
    )
    assert panel.confusion.mark == (4, 9)
    hover(panel.confusion, panel.confusion.cell_rect(2, 3).center())
    assert window.hover_words.text() == panel.confusion.describe(2, 3)
    assert panel.costs.mark == (2, 3)
    hover(panel.costs, panel.costs.cell_rect(5, 5).center())
    assert window.hover_words.text() == "5 is read as 5: there is nothing to change"
    hover(panel.costs, QPoint(1, 1))
    assert window.hover_words.text() == ""
    assert panel.confusion.mark is None


def test_a_click_on_a_cell_plays_the_median_example(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, matrix = window.session, shown_matrix(panel)
    click(qtbot, panel.costs, panel.costs.cell_rect(3, 8).center())
    attack = session.attack
    assert (attack.config.part, attack.index) == ("test", int(matrix.example[3, 8]))
    assert (attack.label, attack.target) == (3, 8)
    assert window.attack.film_panel.isVisible()
    assert window.attack.tab("Film").isChecked()
    assert attack.attack_name == "exact"
    wait_until(qtbot, lambda: not attack.computing and attack.is_settled and bool(attack.steps))
    wait_until(qtbot, lambda: attack.playing or attack.position > 0)
    # What is played is what was read.
    at = int(np.flatnonzero(matrix.sizes.indices == matrix.example[3, 8])[0])
    assert attack.steps[-1].l2 == pytest.approx(matrix.sizes.sizes[at, 8], rel=2e-2)
    # Its size is the median of the pair, or the lower of the two in the middle.
    sizes = matrix.sizes
    own = np.sort(sizes.sizes[sizes.labels == 3, 8])
    at = int(np.flatnonzero(sizes.indices == matrix.example[3, 8])[0])
    assert sizes.sizes[at, 8] == own[(len(own) - 1) // 2]


def test_a_click_on_the_confusion_plays_the_same_example(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    choose(qtbot, panel.part, panel.part.findData("train"))
    matrix = wait_for_costs(qtbot, window.session)
    click(qtbot, panel.confusion, panel.confusion.cell_rect(1, 7).center())
    attack = window.session.attack
    assert (attack.config.part, attack.index) == ("train", int(matrix.example[1, 7]))
    assert attack.target == 7
    assert window.attack.film_panel.isVisible()


def test_the_keyboard_walks_and_plays(panel: PairsPanel, window: MainWindow, qtbot: QtBot) -> None:
    told = list[str]()
    panel.hovered.connect(told.append)
    panel.costs.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(panel.costs, key)
    assert told[-1] == panel.costs.describe(2, 1)
    assert panel.confusion.mark == (2, 1)
    qtbot.keyClick(panel.costs, Qt.Key.Key_Return)
    attack = window.session.attack
    assert (attack.index, attack.target) == (int(shown_matrix(panel).example[2, 1]), 1)
    assert window.attack.film_panel.isVisible()


def test_the_diagonal_says_that_there_is_nothing_to_play(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    before = window.session.attack.config
    with qtbot.waitSignal(window.session.messages.notified) as told:
        click(qtbot, panel.costs, panel.costs.cell_rect(6, 6).center())
    assert told.args == ["6 is read as 6: there is nothing to change.", False]
    assert window.session.attack.config == before
    assert panel.isVisible()


def test_it_follows_the_epoch_shown(panel: PairsPanel, window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.view.show_epoch(3)
    wait_for_costs(qtbot, session)
    wanted = expected(session, "test", "l2", boxed=False)
    np.testing.assert_allclose(shown_matrix(panel).median, wanted.median, rtol=1e-9)
    assert "epoch 3" in panel.words.text()


def test_what_was_measured_is_known_again_at_once(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    before = shown_matrix(panel)
    choose(qtbot, panel.norm, panel.norm.findData("linf"))
    wait_for_costs(qtbot, window.session)
    assert shown_matrix(panel) is not before
    choose(qtbot, panel.norm, panel.norm.findData("l2"))
    assert not window.session.pairs.is_measuring
    assert shown_matrix(panel) is before


class Slow(CostMeasurement):
    """Knows one more image after each step, and takes its time, until it may be quick."""

    is_slow = True

    def _n_together(self) -> int:
        return 1 if Slow.is_slow else 500

    def run(self):  # type: ignore[no-untyped-def]
        steps = super().run()
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            if Slow.is_slow:
                time.sleep(0.002)
            yield step


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> type[Slow]:
    """Make measuring take seconds."""
    Slow.is_slow = True
    monkeypatch.setattr("gui.attack.pairs.job.CostMeasurement", Slow)
    return Slow


def test_a_long_measurement_shows_how_far_it_is_is_stopped_and_goes_on(
    slow: type[Slow], window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    window.show_attack()
    click(qtbot, window.attack.tab("Pairs"))
    panel: PairsPanel = window.attack.tabs.panel("Pairs")  # type: ignore[assignment]
    assert not panel.progress.bar.isVisible()  # what is over soon is not worth it
    wait_until(qtbot, lambda: panel.progress.button.isVisible() and panel.progress.bar.value() > 0)
    wait_until(qtbot, lambda: least_measured(panel) > 0)
    n = len(shown_matrix(panel).sizes.indices)
    done = shown_matrix(panel).sizes.n_done
    assert 0 < done < n
    assert panel.words.text() == f"so far of {done} of {n} test images read rightly, epoch {EPOCHS}"
    click(qtbot, panel.progress.button)
    assert not panel.progress.button.isVisible()
    assert not panel.progress.bar.isVisible()
    assert panel.go_on.isVisible()
    wait_until(qtbot, lambda: not job_alive(session))
    qtbot.wait(100)
    stopped = shown_matrix(panel).sizes
    assert done <= stopped.n_done < n  # what was done stays, and nothing more is
    np.testing.assert_allclose(shown_matrix(panel).median, cost_matrix(stopped).median)
    slow.is_slow = False
    click(qtbot, panel.go_on)
    whole = wait_for_costs(qtbot, session)
    assert not panel.go_on.isVisible()
    np.testing.assert_array_equal(
        whole.sizes.sizes[: stopped.n_done], stopped.sizes[: stopped.n_done]
    )
    wanted = expected(session, "test", "l2", boxed=False)
    np.testing.assert_allclose(shown_matrix(panel).median, wanted.median, rtol=1e-9)


def least_measured(panel: PairsPanel) -> int:
    """Return how many images the class with the fewest has been measured of."""
    return 0 if panel.costs.matrix is None else int(panel.costs.matrix.n_images.min())


def job_alive(session: Session) -> bool:
    """Whether a thread still measures."""
    return any(job.alive for job in session.pool._jobs if job.name.startswith("measuring pairs"))


def test_a_stopped_measurement_is_not_begun_again_but_for_another_model_or_setting(
    slow: type[Slow], window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    window.show_attack()
    click(qtbot, window.attack.tab("Pairs"))
    panel: PairsPanel = window.attack.tabs.panel("Pairs")  # type: ignore[assignment]
    wait_until(qtbot, panel.progress.button.isVisible)
    click(qtbot, panel.progress.button)
    qtbot.wait(100)
    assert session.pairs.is_held
    assert not session.pairs.is_measuring
    slow.is_slow = False
    session.view.show_epoch(2)
    wait_for_costs(qtbot, session)
    assert not session.pairs.is_held
    slow.is_slow = True
    session.view.show_epoch(5)
    wait_until(qtbot, panel.progress.button.isVisible)
    click(qtbot, panel.progress.button)
    slow.is_slow = False
    choose(qtbot, panel.norm, panel.norm.findData("linf"))
    wait_for_costs(qtbot, session)
    assert not panel.go_on.isVisible()


def test_a_job_on_images_that_are_gone_leaves_nothing_behind(
    slow: type[Slow], window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    window.show_attack()
    click(qtbot, window.attack.tab("Pairs"))
    panel: PairsPanel = window.attack.tabs.panel("Pairs")  # type: ignore[assignment]
    wait_until(qtbot, lambda: least_measured(panel) > 0)
    slow.is_slow = False
    session.wanted.set_setting("test_size", 60)
    session.training.rewind()
    wait_until(qtbot, lambda: data_of(session).test.n_samples == 60)
    wait_for_costs(qtbot, session)
    assert all(state.request.split is data_of(session).test for state in session.pairs._known)


def test_nothing_is_measured_where_nobody_looks(
    slow: type[Slow], window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    window.show_attack()
    qtbot.wait(100)
    assert session.pairs.state is None
    click(qtbot, window.attack.tab("Pairs"))
    wait_until(qtbot, lambda: session.pairs.state is not None)
    click(qtbot, window.attack.tab("Film"))
    assert not session.pairs.is_measuring
    wait_until(qtbot, lambda: not job_alive(session))
    session.view.show_epoch(1)
    qtbot.wait(100)
    assert not session.pairs.is_measuring
    assert not job_alive(session)


def test_beside_a_run_that_goes_on_it_is_measured_again_and_again(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    play_endlessly(session)
    wait_for_state(qtbot, session, RunState.RUNNING)
    epochs = set[float]()

    def seen() -> bool:
        state = session.pairs.state
        if state is not None and state.complete:
            epochs.add(state.request.epoch)
        return len(epochs) >= 3

    wait_until(qtbot, seen)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_costs(qtbot, session)


def test_other_data_bring_other_classes_and_no_validation_part(
    panel: PairsPanel, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session = window.session
    session.wanted.set_setting("validation_size", 20)
    session.open(write_data(tmp_path / "two", (5, 4), 2, 120, 40))
    wait_until(qtbot, lambda: data_of(session).n_classes == 2)
    wait_for_state(qtbot, session, RunState.FINISHED)
    matrix = wait_for_costs(qtbot, session)
    assert matrix.median.shape == (2, 2)
    assert [panel.part.itemData(i) for i in range(panel.part.count())] == ["train", "test"]
    assert panel.sentence.text().endswith("2 pairs of classes are too few for a rank correlation.")
    click(qtbot, panel.costs, panel.costs.cell_rect(1, 0).center())
    assert session.attack.index == int(matrix.example[1, 0])


def test_a_model_that_has_learnt_nothing_is_told_so(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    window = new_window(new_session(training=TrainingConfig(epochs=12, init="zeros")))
    open_paused(qtbot, window.session)
    window.session.view.show_epoch(0)
    window.show_attack()
    click(qtbot, window.attack.tab("Pairs"))
    panel: PairsPanel = window.attack.tabs.panel("Pairs")  # type: ignore[assignment]
    matrix = wait_for_costs(qtbot, window.session)
    assert np.isinf(matrix.median[0, 1:]).all()
    assert panel.sentence.text().startswith("No change is enough")
    assert "∞" in panel.costs.describe(0, 1)
    assert panel.costs.describe(3, 1) == "3 → 1: no image is read rightly as 3 yet"


def test_a_failure_is_told_and_does_not_begin_again(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def failing(self: CostMeasurement):  # type: ignore[no-untyped-def]
        tries.append(self)
        yield Progress(0, 1, "images")
        raise MemoryError("no room")

    monkeypatch.setattr(CostMeasurement, "run", failing)
    window.session.messages.surprised.disconnect()
    with qtbot.waitSignal(window.session.messages.surprised) as told:
        window.show_attack()
        click(qtbot, window.attack.tab("Pairs"))
    assert "no room" in told.args[0]
    qtbot.wait(100)
    assert len(tries) == 1
    panel: PairsPanel = window.attack.tabs.panel("Pairs")  # type: ignore[assignment]
    assert panel.go_on.isVisible()


def test_the_window_closes_in_the_midst_of_a_measurement(
    slow: type[Slow],
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
) -> None:
    window = new_window(new_session())
    open_and_finish(qtbot, window.session)
    window.show_attack()
    click(qtbot, window.attack.tab("Pairs"))
    wait_until(qtbot, lambda: window.session.pairs.is_measuring)
    assert window.session.close()


def matrix_of(medians: list[list[float]], counts: list[list[int]] | None = None) -> CostMatrix:
    """Return a matrix whose medians are of one image each."""
    sizes = np.array(medians)
    n = len(sizes)
    seen = np.zeros((n, n), dtype=np.int64) if counts is None else np.array(counts)
    return cost_matrix(PairSizes(seen, np.arange(n), np.arange(n), sizes, n))


NAN = float("nan")


@pytest.fixture
def grid(qtbot: QtBot, app: object) -> Iterator[CostGrid]:
    """Return a grid of its own."""
    made = CostGrid()
    qtbot.addWidget(made)
    made.resize(700, 420)
    made.show()
    activate(qtbot, made)
    yield made
    made.close()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_cheap_is_strong_dear_is_pale_and_the_ends_are_written(
    grid: CostGrid, theme: Theme
) -> None:
    grid.set_theme(theme)
    grid.set_costs(("a", "b", "c"), matrix_of([[NAN, 1, 2], [4, NAN, np.inf], [2, 4, NAN]]))
    picture = pixels(grid)

    def ground(row: int, column: int) -> NDArray[np.uint8]:
        box = grid.cell_rect(row, column)
        return picture[box.top() + 4, box.left() + 4]

    assert has_colour(ground(0, 1), theme.bad)  # the cheapest
    assert has_colour(ground(1, 0), theme.surface)  # the dearest
    assert has_colour(ground(1, 2), theme.surface)  # what cannot be reached
    assert has_colour(ground(0, 0), theme.raised)  # nothing on the diagonal
    middle = (np.array(rgb(theme.bad)) + rgb(theme.surface)) / 2  # 2 is as far from 1 as from 4
    assert np.abs(ground(0, 2) - middle).max() <= 1
    assert grid.scale_ends() == ("1.0", "4.0")
    bar = grid.scale_rect()
    assert grid.rect().contains(bar)
    inside = picture[bar.top() + 1 : bar.bottom() - 1, bar.center().x()].astype(int)
    assert np.abs(inside[0] - rgb(theme.bad)).max() < 6
    assert np.abs(inside[-1] - rgb(theme.surface)).max() < 6


def test_medians_next_to_the_same_are_not_blown_up(grid: CostGrid) -> None:
    grid.set_costs(("a", "b"), matrix_of([[NAN, 2.0], [2.02, NAN]]))
    assert grid.scale_ends() == ("2.0", "2.5")
    strengths = grid._strengths()
    assert strengths[0, 1] == 1.0
    assert strengths[1, 0] > 0.9


@pytest.mark.parametrize("n_classes", [2, 10, 47, 100])
@pytest.mark.parametrize("size", [(450, 260), (770, 620)])
def test_every_cell_is_seen_and_found_again(
    grid: CostGrid, n_classes: int, size: tuple[int, int]
) -> None:
    grid.resize(*size)
    medians = np.random.default_rng(0).random((n_classes, n_classes)) + 0.01
    np.fill_diagonal(medians, NAN)
    grid.set_costs([f"class {k}" for k in range(n_classes)], matrix_of(medians.tolist()))
    for row, column in ((0, 0), (n_classes - 1, 0), (n_classes - 1, n_classes - 1), (1, 0)):
        box = grid.cell_rect(row, column)
        assert grid.rect().contains(box)
        assert grid._cell_at(box.center()) == (row, column)
    assert grid.scale_rect().left() > grid.cell_rect(0, n_classes - 1).right()
    pixels(grid)


def test_both_matrices_have_their_cells_in_the_same_places(qtbot: QtBot, app: object) -> None:
    grid, confused = CostGrid(), ConfusionMatrix(has_scale=False)
    for made in (grid, confused):
        qtbot.addWidget(made)
        made.resize(500, 300)
    grid.set_costs(("a", "b"), matrix_of([[NAN, 1.0], [2.0, NAN]]))
    confused.set_counts(("a", "b"), np.array([[3, 1], [0, 4]]))
    assert grid.cell_rect(1, 0).topLeft() == confused.cell_rect(1, 0).topLeft()


def test_before_there_are_costs_nothing_is_painted(grid: CostGrid) -> None:
    assert len(np.unique(pixels(grid).reshape(-1, 3), axis=0)) == 1
    grid.set_costs(("a", "b"), None)
    assert len(np.unique(pixels(grid).reshape(-1, 3), axis=0)) == 1


def test_a_marked_cell_is_framed(grid: CostGrid) -> None:
    grid.set_costs(("a", "b"), matrix_of([[NAN, 1.0], [2.0, NAN]]))
    assert not has_colour(pixels(grid, grid.cell_rect(1, 1)), LIGHT.text)[0, 5:20].all()
    grid.set_mark((1, 1))
    assert has_colour(pixels(grid, grid.cell_rect(1, 1)), LIGHT.text)[0, 5:20].all()


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0421, ".042"), (0.8, ".80"), (1.0, "1.0"), (3.34, "3.3"), (12.3, "12"), (140.2, "140"),
     (0.0, "0"), (np.inf, "∞"), (NAN, "")],
)  # fmt: skip
def test_sizes_are_written_in_few_characters(value: float, words: str) -> None:
    assert cost_words(value) == words


def test_the_scale_of_the_confusion_is_its_largest_share_of_mistakes(
    qtbot: QtBot, app: object
) -> None:
    matrix = ConfusionMatrix(has_scale=True)
    qtbot.addWidget(matrix)
    matrix.set_counts(("a", "b"), np.array([[90, 10], [1, 199]]))
    assert matrix.scale_ends() == ("10%", "0%")
    matrix.set_counts(("a", "b"), np.array([[100, 0], [0, 200]]))
    assert matrix.scale_ends() == ("", "")


NAMES = ["a", "b", "c"]
COSTS = [[NAN, 6, 5], [4, NAN, 3], [2, 1, NAN]]


def test_the_sentence_tells_what_is_confused_and_cheap() -> None:
    cheap = matrix_of(COSTS, [[10, 0, 1], [2, 10, 3], [4, 5, 10]])
    assert sentence(cheap, NAMES) == (
        "Cheapest: c → b (1). Dearest: a → b (6). What is confused more often tends to be cheaper "
        "to attack: rank correlation −1.00 over 6 pairs."
    )
    dear = matrix_of(COSTS, [[10, 5, 4], [3, 10, 2], [1, 0, 10]])
    assert "tends to be dearer to attack: rank correlation +1.00" in sentence(dear, NAMES)
    loose = matrix_of(COSTS, [[10, 2, 2], [1, 10, 3], [2, 2, 10]])
    assert "is hardly cheaper or dearer" in sentence(loose, NAMES)


def test_the_sentence_tells_why_there_is_no_correlation() -> None:
    never = matrix_of(COSTS, [[10, 0, 0], [0, 10, 0], [0, 0, 10]])
    assert "Nothing is confused here" in sentence(never, NAMES)
    alike = matrix_of(COSTS, [[8, 1, 1], [1, 8, 1], [1, 1, 8]])
    assert "All pairs are equal in one of the two" in sentence(alike, NAMES)


def test_the_sentence_tells_what_is_out_of_reach() -> None:
    far = matrix_of([[NAN, np.inf, 5], [4, NAN, np.inf], [2, 1, NAN]])
    assert "Out of reach for half of the images or more: 2 pairs." in sentence(far, NAMES)


def test_the_sentence_waits_for_the_first_images() -> None:
    nothing = cost_matrix(
        PairSizes(np.ones((2, 2), dtype=np.int64), np.empty(0, dtype=np.int64),
                  np.empty(0, dtype=np.int64), np.empty((0, 2)), 0)
    )  # fmt: skip
    assert sentence(nothing, ["a", "b"]) == ""
