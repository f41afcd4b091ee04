"""The confusion matrix: the numbers of core in the window, and the images behind each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    LEARN_PANEL_SIZE,
    Overheard,
    choose,
    click,
    data_of,
    hover,
    open_and_finish,
    press,
    wait_for_state,
    wait_until,
    wall_is_right,
    write_data,
)
from PySide6.QtCore import Qt

from core.insight.readings import ImageFilter, confusion, read_images, select
from gui.learn.confusion.panel import ConfusionPanel
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def expected(session: Session, part: str) -> NDArray[np.int64]:
    """Return what core counts for the model shown."""
    shown, dataset = session.view.shown, data_of(session)
    assert shown is not None
    split = dataset.split(part)
    return confusion(split, read_images(shown.weights, split), dataset.n_classes)


def wait_for_counts(
    qtbot: QtBot, panel: ConfusionPanel, session: Session, part: str
) -> NDArray[np.int64]:
    """Wait until the matrix shows them."""
    counts = expected(session, part)
    wait_until(qtbot, lambda: np.array_equal(panel.matrix.counts, counts))
    return counts


@pytest.fixture
def panel(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> ConfusionPanel:
    """Return the panel of a run that has ended."""
    made: ConfusionPanel = new_panel(ConfusionPanel, session, size=LEARN_PANEL_SIZE)
    wait_for_counts(qtbot, made, session, "test")
    return made


def test_counts_are_those_of_core_at_any_epoch_and_of_any_part(
    panel: ConfusionPanel, session: Session, qtbot: QtBot
) -> None:
    for epoch in (0, 3, EPOCHS):
        session.view.show_epoch(epoch)
        counts = wait_for_counts(qtbot, panel, session, "test")
        n_wrong = counts.sum() - counts.trace()
        words = f"{n_wrong} of 200 wrong, epoch {epoch}."
        wait_until(qtbot, lambda words=words: panel.words.text().startswith(words))
    choose(qtbot, panel.part, panel.part.findData("train"))
    counts = wait_for_counts(qtbot, panel, session, "train")
    assert counts.sum() == 300
    mistakes = counts - np.diag(np.diagonal(counts))
    label, read = np.unravel_index(mistakes.argmax(), counts.shape)
    assert f"{label} → {read}:  {mistakes.max()}" in panel.list.text().splitlines()[1]


def test_a_click_on_a_cell_lists_its_images_the_most_sure_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    click(qtbot, window.page("learn").switch.button("Confusion"))
    panel = window.page("learn").tabs.panel("Confusion")
    wait_for_counts(qtbot, panel, session, "test")
    counts = panel.matrix.counts
    mistakes = counts - np.diag(np.diagonal(counts))
    label, read = (int(k) for k in np.unravel_index(mistakes.argmax(), counts.shape))
    click(qtbot, panel.matrix, panel.matrix.cell_rect(label, read).center())
    page = window.page("images")
    assert page.isVisible()
    assert page.part == "test"
    shown, split = session.view.shown, data_of(session).test
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
    assert f"{len(order)} of 200 images read as {read}" in page.words.said
    page.bar.last.showPopup()
    click(qtbot, page.bar.reset)
    page.bar.last.hidePopup()
    wait_until(qtbot, lambda: page.words.said.startswith("200 images"))
    press(qtbot, window, "Ctrl+1")
    wait_for_counts(qtbot, panel, session, "test")  # it goes on to follow
    panel.matrix.clicked.emit(4, 4)
    choose(qtbot, page.bar.label, page.bar.label.findData(7))  # without what it was read as
    assert (page.bar.filter.label, page.bar.filter.predicted) == (7, None)


def test_the_keyboard_walks_and_opens(panel: ConfusionPanel, qtbot: QtBot) -> None:
    matrix, told = panel.matrix, Overheard(panel).words
    matrix.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(matrix, key)
    assert told[-1] == matrix.describe(2, 1)
    with qtbot.waitSignal(panel.images_requested) as asked:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert asked.args == ["test", ImageFilter(label=2, predicted=1, order="sure")]


def test_hovering_tells_counts_and_shares(panel: ConfusionPanel) -> None:
    counts = panel.matrix.counts
    told = hover(panel.matrix, panel.matrix.cell_rect(3, 3).center())
    share = counts[3, 3] / counts[3].sum()
    words = (
        f"{counts[3, 3]} of {counts[3].sum()} images labelled 3 ({share:.1%}) are rightly read as 3"
    )
    assert told == words


def test_the_matrix_follows_a_live_run(
    panel: ConfusionPanel, session: Session, qtbot: QtBot
) -> None:
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_counts(qtbot, panel, session, "test")


def test_nothing_is_counted_for_what_nobody_sees(
    panel: ConfusionPanel, session: Session, qtbot: QtBot
) -> None:
    panel.hide()
    before = panel.matrix.counts
    session.view.show_epoch(2)
    with qtbot.waitSignal(session.pool.frame):
        pass
    assert not session.readings.part.is_computing
    assert session.readings.part.found is None
    assert panel.matrix.counts is before
    panel.show()
    wait_for_counts(qtbot, panel, session, "test")


def test_other_data_bring_other_classes(
    panel: ConfusionPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.wanted.set_setting("validation_size", 20)
    session.open(write_data(tmp_path / "two", (5, 4), 2, 120, 40))
    wait_until(qtbot, lambda: data_of(session).n_classes == 2)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_counts(qtbot, panel, session, "test")
    assert panel.part.findData("validation") >= 0
    choose(qtbot, panel.part, panel.part.findData("validation"))
    assert wait_for_counts(qtbot, panel, session, "validation").sum() == 20


def test_a_panel_that_goes_does_not_end_what_the_data_page_asked_for(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    """Qt tells a widget that it is hidden when it is put into a stack, which happens at leisure."""
    window = new_window(new_session())
    open_and_finish(qtbot, window.session)
    window.show_page("images")
    wait_until(qtbot, lambda: wall_is_right(window))
    assert window.page("learn").tabs.panel("Confusion").isHidden()
    window.session.training.step_epoch()
    wait_until(qtbot, lambda: window.session.view.history.last_epoch == EPOCHS + 1)
    wait_until(qtbot, lambda: wall_is_right(window))
    click(qtbot, window.head.buttons["learn_page"])
    click(qtbot, window.page("learn").switch.button("Confusion"))
    panel = window.page("learn").tabs.panel("Confusion")
    wait_for_counts(qtbot, panel, window.session, "test")
