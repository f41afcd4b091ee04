"""The confusion matrix: the numbers of core in the window, and the images behind each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    pixels,
    press,
    rgb,
    wait_for_state,
    wait_until,
    wall_is_right,
    write_data,
)
from PySide6.QtCore import Qt

from core.insight.readings import ImageFilter, confusion, read_images, select
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.grids.confusion_matrix import ConfusionMatrix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.learn.confusion.panel import ConfusionPanel
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def expected(window: MainWindow, part: str) -> NDArray[np.int64]:
    """Return what core counts for the model shown."""
    shown, dataset = window.session.view.shown, data_of(window.session)
    assert shown is not None
    split = dataset.split(part)
    return confusion(split, read_images(shown.weights, split), dataset.n_classes)


def wait_for_counts(qtbot: QtBot, window: MainWindow, part: str) -> NDArray[np.int64]:
    """Wait until the matrix shows them."""
    counts = expected(window, part)
    wait_until(
        qtbot, lambda: np.array_equal(window.learn.tabs.panel("Confusion").matrix.counts, counts)
    )
    return counts


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> ConfusionPanel:
    """Return the panel of a window whose run has ended."""
    click(qtbot, window.learn.tab("Confusion"))
    assert window.learn.tabs.panel("Confusion").isVisible()
    wait_for_counts(qtbot, window, "test")
    return window.learn.tabs.panel("Confusion")


def test_counts_are_those_of_core_at_any_epoch_and_of_any_part(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot
) -> None:
    for epoch in (0, 3, EPOCHS):
        window.session.view.show_epoch(epoch)
        counts = wait_for_counts(qtbot, window, "test")
        n_wrong = counts.sum() - counts.trace()
        words = f"{n_wrong} of 200 wrong, epoch {epoch}."
        wait_until(qtbot, lambda words=words: panel.words.text().startswith(words))
    choose(qtbot, panel.part, panel.part.findData("train"))
    counts = wait_for_counts(qtbot, window, "train")
    assert counts.sum() == 300
    mistakes = counts - np.diag(np.diagonal(counts))
    label, read = np.unravel_index(mistakes.argmax(), counts.shape)
    assert f"{label} → {read}:  {mistakes.max()}" in panel.list.text().splitlines()[1]


def test_a_click_on_a_cell_lists_its_images_the_most_sure_first(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot
) -> None:
    counts = panel.matrix.counts
    mistakes = counts - np.diag(np.diagonal(counts))
    label, read = (int(k) for k in np.unravel_index(mistakes.argmax(), counts.shape))
    click(qtbot, panel.matrix, panel.matrix.cell_rect(label, read).center())
    page = window.data_page
    assert page.isVisible()
    assert page.part == "test"
    shown, split = window.session.view.shown, data_of(window.session).test
    assert shown is not None
    wanted = ImageFilter(label=label, predicted=read, order="sure")
    order = select(split, read_images(shown.weights, split), wanted)
    wait_until(
        qtbot,
        lambda: (
            page.wall.content is not None and page.wall.content.order.tolist() == order.tolist()
        ),
    )
    assert len(order) == mistakes.max()
    assert f"{len(order)} of 200 images · read as {read}" in page.words.text()
    click(qtbot, page.bar.reset)
    wait_until(qtbot, lambda: page.words.text().startswith("all 200 images"))
    press(qtbot, window, "Ctrl+1")
    wait_for_counts(qtbot, window, "test")  # it goes on to follow


def test_another_class_is_chosen_without_what_it_was_read_as(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot
) -> None:
    panel.matrix.clicked.emit(4, 4)
    bar = window.data_page.bar
    choose(qtbot, bar.label, bar.label.findData(7))
    assert (bar.filter.label, bar.filter.predicted) == (7, None)


def test_the_keyboard_walks_and_opens(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot
) -> None:
    matrix, told = panel.matrix, list[str]()
    matrix.hovered.connect(told.append)
    matrix.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(matrix, key)
    assert told[-1] == matrix.describe(2, 1)
    qtbot.keyClick(matrix, Qt.Key.Key_Return)
    bar = window.data_page.bar
    assert (bar.filter.label, bar.filter.predicted) == (2, 1)


def test_hovering_tells_counts_and_shares(panel: ConfusionPanel, window: MainWindow) -> None:
    counts = panel.matrix.counts
    hover(panel.matrix, panel.matrix.cell_rect(3, 3).center())
    share = counts[3, 3] / counts[3].sum()
    words = (
        f"{counts[3, 3]} of {counts[3].sum()} images labelled 3 ({share:.1%}) are rightly read as 3"
    )
    assert window.hover_words.text() == words


def test_the_matrix_follows_a_live_run(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.training.rewind(play=True)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_counts(qtbot, window, "test")


def test_nothing_is_counted_for_what_nobody_sees(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot
) -> None:
    click(qtbot, window.learn.tab("Class atlas"))
    assert not panel.isVisible()
    assert window.learn.atlas.isVisible()
    assert window.session.data._watched is None
    before = window.session.readings.shown
    window.session.view.show_epoch(2)
    assert window.session.readings.shown is before


def test_other_data_bring_other_classes(
    panel: ConfusionPanel, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.session.wanted.set_setting("validation_size", 20)
    window.session.open(write_data(tmp_path / "two", (5, 4), 2, 120, 40))
    wait_until(qtbot, lambda: data_of(window.session).n_classes == 2)
    wait_for_state(qtbot, window.session, RunState.FINISHED)
    wait_for_counts(qtbot, window, "test")
    assert panel.part.findData("validation") >= 0
    choose(qtbot, panel.part, panel.part.findData("validation"))
    assert wait_for_counts(qtbot, window, "validation").sum() == 20


@pytest.fixture
def matrix(qtbot: QtBot, app: object) -> Iterator[ConfusionMatrix]:
    """Return a matrix of its own."""
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(700, 420)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_cells_have_the_colours_of_their_shares(matrix: ConfusionMatrix, theme: object) -> None:
    assert theme in (LIGHT, DARK)
    shown = LIGHT if theme is LIGHT else DARK
    matrix.set_theme(shown)
    matrix.set_counts(("a", "b"), np.array([[10, 0], [5, 5]]))
    picture = pixels(matrix)

    def ground(label: int, read: int) -> NDArray[np.uint8]:
        box = matrix.cell_rect(label, read)
        return picture[box.top() + 4, box.left() + 4]

    assert has_colour(ground(0, 0), shown.accent)  # all of them
    assert has_colour(ground(0, 1), shown.surface)  # none
    assert has_colour(ground(1, 0), shown.bad)  # the most frequent mistake there is
    assert not has_colour(ground(1, 1), shown.accent)


@pytest.mark.parametrize("n_classes", [2, 10, 47, 100])
@pytest.mark.parametrize("size", [(560, 260), (1300, 500)])
def test_every_cell_is_seen_and_found_again(
    matrix: ConfusionMatrix, n_classes: int, size: tuple[int, int]
) -> None:
    matrix.resize(*size)
    counts = np.random.default_rng(0).integers(0, 50, (n_classes, n_classes))
    matrix.set_counts([f"class {k}" for k in range(n_classes)], counts)
    matrix.set_rates(True)
    for label, read in ((0, 0), (n_classes - 1, 0), (n_classes - 1, n_classes - 1), (1, 0)):
        box = matrix.cell_rect(label, read)
        assert matrix.rect().contains(box)
        assert matrix._cell_at(box.center()) == (label, read)
    pixels(matrix)


@pytest.mark.parametrize("n_classes", [3, 47])
def test_many_classes_are_one_picture_of_every_cell(
    matrix: ConfusionMatrix, n_classes: int
) -> None:
    """All labels are read rightly but one in four, as the class below."""
    matrix.resize(900, 800)
    at = np.arange(n_classes)
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    counts[at, at], counts[at[::4], (at[::4] + 1) % n_classes] = 3, 3
    counts[at[::4], at[::4]] = 0
    matrix.set_counts([f"class {k}" for k in at], counts)
    picture = pixels(matrix)
    full = {True: rgb(LIGHT.accent), False: rgb(LIGHT.bad)}
    for row, column in np.ndindex(counts.shape):
        box = matrix.cell_rect(row, column)
        wanted = full[row == column] if counts[row, column] else rgb(LIGHT.surface)
        corner = picture[box.top() + 2, box.left() + 2]
        assert tuple(int(v) for v in corner) == wanted, (row, column)


def test_shares_are_written_in_per_cent(matrix: ConfusionMatrix) -> None:
    matrix.set_counts(("a", "b"), np.array([[199, 1], [50, 50]]))
    assert matrix._number(1, 0) == "50"
    matrix.set_rates(True)
    assert [matrix._number(*at) for at in ((0, 0), (0, 1), (1, 0))] == ["100%", "<1%", "50%"]


def test_before_there_are_counts_nothing_is_painted(matrix: ConfusionMatrix) -> None:
    assert len(np.unique(pixels(matrix).reshape(-1, 3), axis=0)) == 1


def test_a_panel_that_goes_does_not_end_what_the_data_page_asked_for(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    """Qt tells a widget that it is hidden when it is put into a stack, which happens at leisure."""
    window = new_window(new_session())
    open_and_finish(qtbot, window.session)
    window.show_data()
    wait_until(qtbot, lambda: wall_is_right(window))
    assert window.learn.tabs.panel("Confusion").isHidden()
    window.session.training.step_epoch()
    wait_until(qtbot, lambda: window.session.view.history.last_epoch == EPOCHS + 1)
    wait_until(qtbot, lambda: wall_is_right(window))
    click(qtbot, window.top.buttons["learn_page"])
    click(qtbot, window.learn.tab("Confusion"))
    wait_for_counts(qtbot, window, "test")
