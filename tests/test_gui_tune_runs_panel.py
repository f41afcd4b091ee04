"""The table of runs: clicked, typed into, ticked, and what the curves then show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    LEARN_PANEL_SIZE,
    activate,
    click,
    has_colour,
    hover,
    pixels,
    press,
    put_on,
    type_number,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from test_gui_session_session import Notes

from core.learning.config import TrainingConfig
from core.learning.training import Trainer
from gui.session.run_state import RunState
from gui.shared.learning_curves import LearningCurves, making_plots
from gui.theme import DARK, LIGHT
from gui.tune.runs.panel import RunsPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.curves.plot import CurvePlot
    from gui.window.main_window import MainWindow

_NAME, _STATE, _DIFFERS, _EPOCHS, _BEST, _LIKE, _SCORE, _LAST = range(8)


@pytest.fixture
def panel(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> RunsPanel:
    """Return the panel of two finished runs, the second with another rate."""
    another_run(qtbot, session)
    made: RunsPanel = new_panel(RunsPanel, session, size=LEARN_PANEL_SIZE)
    return made


@pytest.fixture
def plot(panel: RunsPanel, new_panel: Callable[..., Any], session: Session) -> CurvePlot:
    """Return the log-likelihood curves of those runs; keys go to the panel."""
    curves: LearningCurves = new_panel(LearningCurves, session, plots=making_plots())
    panel.activateWindow()
    return curves.like_plot


def another_run(qtbot: QtBot, session: Session) -> None:
    session.wanted.set_setting("learning_rate", 0.4)
    session.training.rewind(play=True)
    wait_until(
        qtbot,
        lambda: session.view.history is not None and session.view.history.last_epoch == EPOCHS,
    )
    wait_for_state(qtbot, session, RunState.FINISHED)


def cell(panel: RunsPanel, row: int, column: int) -> str:
    return panel.table.row(row).text(column)


def point(panel: RunsPanel, row: int, column: int = _DIFFERS) -> QPoint:
    """Return a place in a cell, seen from the table's viewport."""
    index = panel.table.model().index(row, column)
    return panel.table.visualRect(index).center()


def click_row(qtbot: QtBot, panel: RunsPanel, row: int) -> None:
    click(qtbot, panel.table.viewport(), point(panel, row))


def names(panel: RunsPanel) -> list[str]:
    return [cell(panel, row, _NAME) for row in range(panel.table.topLevelItemCount())]


def test_each_row_says_what_a_run_was(panel: RunsPanel, session: Session) -> None:
    first, second = (entry.run for entry in session.runs.entries)
    assert names(panel) == ["run 1", "run 2"]
    assert cell(panel, 0, _DIFFERS) == "learning rate 0.1"
    assert cell(panel, 1, _DIFFERS) == ""
    assert cell(panel, 1, _STATE) == "live"
    for row, run in enumerate((first, second)):
        history = run.history
        best = int(history.curve("test", "log_likelihood").argmax())
        assert cell(panel, row, _EPOCHS) == str(EPOCHS)
        assert cell(panel, row, _BEST) == str(best)
        like, score = (history.curve("test", m) for m in ("log_likelihood", "score"))
        assert cell(panel, row, _LIKE) == f"{like[best]:.4f}"
        assert cell(panel, row, _SCORE) == f"{score[best]:.4f}"
        assert cell(panel, row, _LAST) == f"{score[-1]:.4f}"


def test_the_shown_run_is_bold_and_swatches_have_its_colour(
    panel: RunsPanel, session: Session, app: QApplication
) -> None:
    assert [panel.table.row(row).font(0).bold() for row in (0, 1)] == [False, True]
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        picture = pixels(panel.table.viewport())
        for entry in session.runs.entries:
            assert has_colour(picture, theme.colour(session.runs.colour_of(entry))).sum() > 30


def test_the_live_row_follows_the_run(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    session.training.step_epoch()
    wait_until(qtbot, lambda: cell(panel, 1, _EPOCHS) == str(EPOCHS + 1))


def test_show_makes_every_view_show_that_run(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    session, first = session, session.runs.entries[0].run
    click_row(qtbot, panel, 0)
    assert panel.show_button.isEnabled()
    click(qtbot, panel.show_button)
    assert session.runs.shown is first
    assert session.view.shown is not None
    assert session.view.shown.weights is first.history.records[-1].weights
    assert panel.table.row(0).font(0).bold()
    assert cell(panel, 0, _DIFFERS) == ""
    assert cell(panel, 1, _DIFFERS) == "learning rate 0.4"
    _, y = plot.main.data("test")
    np.testing.assert_array_equal(y, first.history.curve("test", "log_likelihood"))
    assert not panel.show_button.isEnabled()
    session.view.show_epoch(None)
    assert session.runs.is_live_shown
    assert panel.table.row(1).font(0).bold()


def test_a_tick_hides_and_shows_the_curves(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    assert [run.name for run in plot.runs.runs] == ["run 1"]
    box = panel.table.visualRect(panel.table.model().index(0, 0))
    tick = QPoint(box.left() + 10, box.center().y())
    click(qtbot, panel.table.viewport(), tick)
    assert plot.runs.runs == ()
    assert not session.runs.entries[0].is_visible
    click(qtbot, panel.table.viewport(), tick)
    assert [run.name for run in plot.runs.runs] == ["run 1"]


def test_a_name_is_typed_into_the_table(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    place = panel.table.visualRect(panel.table.model().index(0, 0)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait_until(qtbot, lambda: panel.table.findChild(QLineEdit) is not None)
    editor = panel.table.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "the small rate")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: session.runs.entries[0].name == "the small rate")
    assert names(panel) == ["the small rate", "run 2"]
    assert plot.runs.runs[0].name == "the small rate"


def test_pinned_a_run_is_the_reference_of_the_others(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    click_row(qtbot, panel, 0)
    click(qtbot, panel.pin_button)
    assert cell(panel, 0, _STATE) == "reference"
    runs = [entry.run.history for entry in session.runs.entries]
    for column, metric in ((_LIKE, "log_likelihood"), (_SCORE, "score")):
        mine, theirs = (h.curve("test", metric)[h.best_index] for h in (runs[1], runs[0]))
        assert cell(panel, 1, column) == f"{mine:.4f} ({mine - theirs:+.3f})"
    assert plot.runs.runs[0].strong
    click(qtbot, panel.pin_button)
    assert cell(panel, 0, _STATE) == ""
    assert not plot.runs.runs[0].strong


def test_runs_are_moved_by_buttons_and_keys(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    click_row(qtbot, panel, 0)
    assert not panel.up_button.isEnabled()
    click(qtbot, panel.down_button)
    assert names(panel) == ["run 2", "run 1"]
    assert panel.table.chosen_key() == session.runs.entries[1].key  # still the same run
    activate(qtbot, panel)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert names(panel) == ["run 1", "run 2"]


def test_removed_and_put_back(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    notes = Notes(session)
    click_row(qtbot, panel, 1)
    assert not panel.remove_button.isEnabled()  # it is live
    click_row(qtbot, panel, 0)
    assert not panel.undo_button.isEnabled()
    click(qtbot, panel.remove_button)
    assert names(panel) == ["run 2"]
    assert plot.runs.runs == ()
    assert "Ctrl+Z" in notes.messages[-1][0]
    click(qtbot, panel.undo_button)
    assert names(panel) == ["run 1", "run 2"]
    activate(qtbot, panel)
    click_row(qtbot, panel, 0)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert names(panel) == ["run 2"]
    click(qtbot, panel.undo_button)
    assert names(panel) == ["run 1", "run 2"]


def test_another_colour(panel: RunsPanel, session: Session, plot: CurvePlot) -> None:
    key = session.runs.entries[0].key
    menu = panel.table.colour_menu(key)
    menu.actions()[6].trigger()
    assert session.runs.entries[0].colour == 6
    assert plot.runs.runs[0].colour == session.runs.colour_of(session.runs.entries[0]) == "run 6"


def test_the_window_around_it_tells_and_takes_keys(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    another_run(qtbot, session)
    click(qtbot, window.page("learn").switch.button("Runs"))
    panel = window.page("learn").tabs.panel("Runs")
    assert panel.isVisible()
    click_row(qtbot, panel, 0)
    click(qtbot, panel.show_button)
    assert "showing run 1, epoch 12" in window.notice.status
    click(qtbot, window.foot.buttons["live"])
    assert session.runs.is_live_shown
    assert panel.table.row(1).font(0).bold()
    press(qtbot, window, "E")
    wait_until(qtbot, lambda: cell(panel, 1, _EPOCHS) == str(EPOCHS + 1))
    click(qtbot, panel.remove_button)
    assert names(panel) == ["run 2"]
    assert "Ctrl+Z" in window.notice.text
    press(qtbot, window, "Ctrl+Z")
    assert names(panel) == ["run 1", "run 2"]
    type_number(qtbot, panel.n_seeds, "1000")
    assert "Seeds must be a whole number from" in window.notice.text
    session.view.show_epoch(4)
    click(qtbot, panel.fork_button)
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) == 1)
    assert window.foot.line.epoch_at(0) == 4  # nothing before it is of this run


def test_fork_draws_a_branch(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    session.view.show_epoch(4)
    click(qtbot, panel.fork_button)
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) == 1)
    session.wanted.set_setting("learning_rate", 2.0)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert cell(panel, 2, _DIFFERS) == "branches off run 2 at epoch 4"
    x, _ = plot.main.data("test")
    assert x[0] == 4
    assert plot.marks.tick_labels == ["η 2"]
    # Behind another run, the branch begins where it left.
    session.view.show_run(session.runs.entries[0].key)
    branch = plot.runs.runs[-1]
    assert branch.name == "run 3"
    assert branch.curves[0][1][0] == 4


def test_hovering_reads_all_runs_at_once(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    words = plot.describe(5.0).replace("&nbsp;", " ")
    first, second = (entry.run.history for entry in session.runs.entries)
    assert f"test {second.curve('test', 'log_likelihood')[5]:.4g}" in words
    assert "run 1" in words
    assert f"{first.curve('test', 'log_likelihood')[5]:.4g}" in words
    box = plot.box
    place = plot.view.mapFromScene(box.sceneBoundingRect().center())
    hover(plot.view.viewport(), place)
    wait_until(qtbot, plot.values.isVisible)
    assert "run 1" in plot.values.text().replace("&nbsp;", " ")


def test_seeds_are_drawn_as_a_band_with_its_median(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    notes = Notes(session)
    type_number(qtbot, panel.n_seeds, "5")
    click(qtbot, panel.seeds_button)
    assert panel.seeds.is_computing
    wait_until(qtbot, lambda: not panel.seeds.is_computing)
    (entry,) = session.runs.bands
    assert entry.name == "5 seeds of run 2"
    assert entry.band.seeds == (0, 1, 2, 3, 4)
    assert session.view.dataset is not None
    alone = []
    for seed in entry.band.seeds:
        config = TrainingConfig(epochs=EPOCHS, learning_rate=0.4, seed=seed)
        trainer = Trainer(session.view.dataset, config)
        list(trainer.run())
        alone.append(trainer.model.evaluate(session.view.dataset.test)[1])
    curve = entry.band.curves["test_log_likelihood"][-1]
    np.testing.assert_allclose(curve, alone, atol=1e-4)
    (drawn,) = plot.bands.bands
    assert drawn.median[-1] == pytest.approx(np.median(alone), abs=1e-4)
    assert (drawn.low[-1], drawn.high[-1]) == pytest.approx((min(alone), max(alone)), abs=1e-4)
    assert cell(panel, 2, _NAME) == "5 seeds of run 2"
    assert cell(panel, 2, _STATE) == "median"
    assert "5 seeds" in notes.messages[-1][0]


def test_a_band_is_hidden_renamed_removed_and_put_back(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    type_number(qtbot, panel.n_seeds, "2")
    click(qtbot, panel.seeds_button)
    wait_until(qtbot, lambda: not panel.seeds.is_computing)
    key = session.runs.bands[0].key
    session.runs.set_visible(key, False)
    assert plot.bands.bands == ()
    session.runs.set_visible(key, True)
    session.runs.rename(key, "chance")
    assert plot.bands.bands[0].name == "chance"
    click_row(qtbot, panel, panel.table.topLevelItemCount() - 1)
    assert not panel.show_button.isEnabled()
    click(qtbot, panel.remove_button)
    assert plot.bands.bands == ()
    click(qtbot, panel.undo_button)
    assert plot.bands.bands[0].name == "chance"


def test_seeds_can_be_called_off(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    session.wanted.set_setting("epochs", 5000)
    session.training.rewind()
    wait_until(qtbot, lambda: session.view.shown is not None)
    click(qtbot, panel.seeds_button)
    wait_until(qtbot, lambda: panel.seeds.epochs is not None and panel.progress.isVisible())
    assert panel.seeds_button.text() == "Call off"
    click(qtbot, panel.seeds_button)
    assert not panel.seeds.is_computing
    assert panel.seeds_button.text() == "Repeat with seeds"
    assert not panel.progress.isVisible()


def test_too_many_seeds_are_refused_in_words(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    notes = Notes(session)
    type_number(qtbot, panel.n_seeds, "1000")
    assert "Seeds must be a whole number from" in notes.messages[-1][0]
    assert panel.n_seeds.number() == 16


def test_seeds_of_a_branch_begin_where_it_began(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    session.view.show_epoch(4)
    session.training.fork()
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) == 1)
    panel.seeds.repeat(3)
    wait_until(qtbot, lambda: not panel.seeds.is_computing)
    (entry,) = session.runs.bands
    assert entry.band.epochs[0] == 4
    assert len(set(entry.band.curves["test_log_likelihood"][0])) == 1  # one start for all


def test_numbers_cannot_be_written(panel: RunsPanel, qtbot: QtBot) -> None:
    place = point(panel, 0, _LIKE)
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    panel.grab()
    assert panel.table.findChild(QLineEdit) is None


def test_the_keyboard_ticks_renames_and_shows(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    n_runs = len(session.runs.entries)
    activate(qtbot, panel)
    panel.table.setCurrentItem(panel.table.row(0))
    panel.table.setFocus()
    press(qtbot, panel.table, "Space")
    assert not session.runs.entries[0].is_visible
    assert len(session.runs.entries) == n_runs  # nothing was played
    press(qtbot, panel.table, "Space")
    assert session.runs.entries[0].is_visible
    press(qtbot, panel.table, "Return")
    assert session.runs.shown is session.runs.entries[0].run
    press(qtbot, panel.table, "F2")
    wait_until(qtbot, lambda: panel.table.findChild(QLineEdit) is not None)


def test_scores_of_test_and_validation_images_are_not_taken_from_each_other(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    session.runs.pin(session.runs.entries[0].key)
    session.wanted.set_setting("validation_size", 50)
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: session.view.history.last_epoch == EPOCHS)
    wait_for_state(qtbot, session, RunState.FINISHED)
    panel.table.refresh()
    assert "(" in cell(panel, 1, _SCORE)
    assert "(" not in cell(panel, 2, _SCORE)


def test_a_name_of_blanks_is_none(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    panel.table.editItem(panel.table.row(0), 0)
    editor = panel.table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "   ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: names(panel) == ["run 1", "run 2"])
    assert session.runs.entries[0].name == "run 1"
