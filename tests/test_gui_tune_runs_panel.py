"""The table of runs: clicked, typed into, ticked, and what the curves then show."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    LEARN_PANEL_SIZE,
    activate,
    another_run,
    click,
    has_colour,
    hover,
    pixels,
    press,
    put_on,
    type_number,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from test_gui_session_session import Notes

from core.learning.config import TrainingConfig
from core.learning.training import Trainer
from gui.session.run_state import RunState
from gui.shared.learning_curves import LearningCurves, making_plots
from gui.theme import DARK, LIGHT
from gui.tune.runs.columns import PLACES
from gui.tune.runs.panel import RunsPanel
from gui.widgets.basics.short_number import exact_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.session.messages import Message
    from gui.session.session import Session
    from gui.widgets.curves.plot import CurvePlot
    from gui.window.main_window import MainWindow


@pytest.fixture
def panel(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> RunsPanel:
    """Return the panel of two finished runs, the second with another rate."""
    another_run(qtbot, session, learning_rate=0.4)
    made: RunsPanel = new_panel(RunsPanel, session, size=LEARN_PANEL_SIZE)
    return made


@pytest.fixture
def plot(panel: RunsPanel, new_panel: Callable[..., Any], session: Session) -> CurvePlot:
    """Return the log-likelihood curves of those runs; keys go to the panel."""
    curves: LearningCurves = new_panel(LearningCurves, session, plots=making_plots())
    panel.activateWindow()
    return curves.like_plot


def cell(panel: RunsPanel, row: int, column: str) -> str:
    return str(panel.table.runs.index(row, PLACES[column]).data())


def tip(panel: RunsPanel, row: int, column: str) -> str:
    runs = panel.table.runs
    place = runs.place(runs.keys[row], column)
    return str(runs.data(place, Qt.ItemDataRole.ToolTipRole))


def heads(panel: RunsPanel) -> list[str]:
    return [column.head for column in panel.table.columns]


def names(panel: RunsPanel) -> list[str]:
    return [cell(panel, row, "run") for row in range(panel.table.runs.rowCount())]


def point(panel: RunsPanel, row: int, column: str = "best") -> QPoint:
    """Return a place in a cell, seen from the table's viewport."""
    runs = panel.table.runs
    place = runs.place(runs.keys[row], column)
    panel.table.scrollTo(place)
    return panel.table.visualRect(place).center()


def tick(panel: RunsPanel, row: int) -> QPoint:
    box = panel.table.visualRect(panel.table.runs.index(row, 0))
    return QPoint(box.left() + 12, box.center().y())


def click_row(qtbot: QtBot, panel: RunsPanel, row: int) -> None:
    click(qtbot, panel.table.viewport(), point(panel, row))


def click_head(qtbot: QtBot, panel: RunsPanel, column: str) -> None:
    header, place = panel.table.horizontalHeader(), PLACES[column]
    panel.table.scrollTo(panel.table.runs.index(0, place))
    middle = header.sectionViewportPosition(place) + header.sectionSize(place) // 2
    click(qtbot, header.viewport(), QPoint(middle, header.height() // 2))


def choose_in_menu(panel: RunsPanel, row: int, words: str) -> None:
    """Take an entry of the menu of a row."""
    panel.table.setCurrentIndex(panel.table.runs.index(row, 0))
    menu = panel.menu(panel.table.runs.keys[row])
    action = next(one for one in menu.actions() if one.text().split("\t")[0] == words)
    assert action.isEnabled()
    assert action.toolTip()
    action.trigger()


def test_each_row_says_what_a_run_was(panel: RunsPanel, session: Session) -> None:
    first, second = (entry.run for entry in session.runs.entries)
    assert names(panel) == ["run 1", "run 2"]
    results, course = ["best", "train", "test"], ["epochs", "state", "epochs/s", "notes"]
    # They differ in nothing but the rate.
    assert heads(panel) == ["run", *results, "rate", *course]
    assert [cell(panel, row, "learning_rate") for row in (0, 1)] == ["0.1", "0.4"]
    assert [cell(panel, row, "state") for row in (0, 1)] == ["finished", "finished"]
    for row, run in enumerate((first, second)):
        history = run.history
        best = int(history.curve("test", "log_likelihood").argmax())
        assert cell(panel, row, "done") == str(EPOCHS)
        assert cell(panel, row, "best") == str(best)
        for part in ("train", "test"):
            score = history.curve(part, "score")[best]
            assert f"0{cell(panel, row, part)}" == f"{score:.4f}"
            assert f"{score:.6g} " in tip(panel, row, part)
        speed = history.epochs_per_second
        assert speed is not None
        assert speed > 0
        assert float(cell(panel, row, "speed").replace(",", "")) == pytest.approx(speed, rel=0.01)


def test_other_columns_are_chosen_in_a_menu(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    panel.columns.menu().aboutToShow.emit()
    actions = {action.text(): action for action in panel.columns.menu().actions()}
    assert actions["rate"].isChecked()
    assert not actions["batch"].isChecked()
    actions["batch"].trigger()
    actions["log-likelihood"].trigger()
    actions["epochs/s"].trigger()
    assert heads(panel) == [
        *("run", "best", "train", "test", "log-likelihood", "rate", "batch"),
        *("epochs", "state", "notes"),
    ]
    assert cell(panel, 0, "batch_size") == str(session.view.training_config.batch_size)
    history = session.runs.entries[0].run.history
    like = history.value("test", "log_likelihood", history.best.epoch)
    assert cell(panel, 0, "like") == f"{like:.4f}".replace("-", "−")


def test_a_setting_gets_a_column_when_runs_differ_in_it(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    another_run(qtbot, session, momentum=0.5, adversary="linf", validation_size=20)
    first = heads(panel).index("validation") + 1
    assert heads(panel)[first : first + 5] == [
        *("validation images", "rate", "momentum", "adversary", "budget"),
    ]
    assert [cell(panel, row, "adversary_size") for row in range(3)] == ["", "", "0.1"]
    assert [cell(panel, row, "validation") == "" for row in range(3)] == [True, True, False]
    session.training.step_epoch()
    wait_until(qtbot, lambda: session.view.run_state is not RunState.RUNNING)
    session.wanted.set_setting("momentum", 0.0)
    session.training.step_epoch()
    wait_until(qtbot, lambda: cell(panel, 2, "momentum") == "0.5 → 0")


def test_columns_have_their_room_also_while_the_mouse_is_held_elsewhere(
    panel: RunsPanel, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Qt.MouseButton.LeftButton
    monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: held)
    another_run(qtbot, session, l2=0.001)  # which needs another column
    wait_until(qtbot, lambda: not panel.table.isColumnHidden(PLACES["l2"]))
    name = panel.table.runs.place(session.runs.shown_key)
    words = QFontMetrics(panel.table.font()).horizontalAdvance("run 2")
    assert panel.table.visualRect(name).width() > words + 60


def test_it_sorts_by_any_column(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    another_run(qtbot, session, learning_rate=0.01)
    click_head(qtbot, panel, "learning_rate")  # numbers from the largest
    assert names(panel) == ["run 2", "run 1", "run 3"]
    click_head(qtbot, panel, "learning_rate")
    assert names(panel) == ["run 3", "run 1", "run 2"]
    click_head(qtbot, panel, "test")
    scores = [float(cell(panel, row, "test")) for row in range(3)]
    assert scores == sorted(scores, reverse=True)
    # The run that is shown is still the row chosen.
    assert panel.table.chosen_key() == session.runs.shown_key
    click_head(qtbot, panel, "run")  # words from A, names in the order of their numbers
    assert names(panel) == ["run 1", "run 2", "run 3"]
    assert panel.table.runs.headerData(0, Qt.Orientation.Horizontal) == "run ▴"
    click_head(qtbot, panel, "run")
    assert panel.table.runs.headerData(0, Qt.Orientation.Horizontal) == "run ▾"
    assert names(panel) == ["run 3", "run 2", "run 1"]
    session.runs.write_notes(session.runs.entries[1].key, "the good one")
    click_head(qtbot, panel, "notes")  # what has none comes last, whichever way
    assert names(panel)[0] == "run 2"
    click_head(qtbot, panel, "notes")
    assert names(panel)[0] == "run 2"


def test_rows_stay_where_they_are_while_numbers_grow_and_then_take_their_places(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    click_head(qtbot, panel, "done")
    before = names(panel)
    session.training.step_epoch()
    wait_until(qtbot, lambda: cell(panel, before.index("run 2"), "done") == str(EPOCHS + 1))
    assert names(panel) == before
    type_number(qtbot, panel.n_seeds, "2")
    click_head(qtbot, panel, "test")
    click(qtbot, panel.seeds_button)
    wait_until(qtbot, lambda: not panel.seeds.is_computing)
    scores = [float(cell(panel, row, "test")) for row in range(3)]
    assert scores == sorted(scores, reverse=True)


def test_a_diverged_run_spoils_no_column(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    columns = [PLACES[key] for key in ("train", "test", "best")]
    widths = [panel.table.columnWidth(place) for place in columns]
    panel.table.choose_column("like", True)
    another_run(qtbot, session, learning_rate=10.0, l2=0.5, epochs=100)
    wait_until(qtbot, lambda: cell(panel, 2, "state") == "diverged")
    assert "learning rate 10" in tip(panel, 2, "state")
    assert all(len(cell(panel, 2, key)) < 10 for key in ("train", "test", "like", "best"))
    assert [panel.table.columnWidth(place) for place in columns] == widths
    session.training.start_again(play=False)
    assert cell(panel, 2, "state") == "diverged"  # also when it is not live any more


def test_the_shown_run_is_bold_and_swatches_have_its_colour(
    panel: RunsPanel, session: Session, app: QApplication
) -> None:
    fonts = [panel.table.runs.index(row, 0).data(Qt.ItemDataRole.FontRole) for row in (0, 1)]
    assert [font is not None and font.bold() for font in fonts] == [False, True]
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        picture = pixels(panel.table.viewport())
        for entry in session.runs.entries:
            assert has_colour(picture, theme.colour(session.runs.colour_of(entry))).sum() > 30


def test_the_live_row_follows_the_run(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    session.training.step_epoch()
    wait_until(qtbot, lambda: cell(panel, 1, "done") == str(EPOCHS + 1))
    session.wanted.set_setting("epochs", 5000)
    session.training.play()
    wait_until(qtbot, lambda: cell(panel, 1, "state") == "learning")
    wait_until(qtbot, lambda: int(cell(panel, 1, "done").replace(",", "")) > EPOCHS + 3)
    session.training.pause()
    wait_until(qtbot, lambda: cell(panel, 1, "state") == "held")
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: len(names(panel)) == 3 and cell(panel, 1, "state") == "stopped")


def test_a_click_makes_every_view_show_that_run(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    first = session.runs.entries[0].run
    click_row(qtbot, panel, 0)
    assert session.runs.shown is first
    assert session.view.shown is not None
    assert session.view.shown.weights is first.history.records[-1].weights
    assert panel.table.runs.index(0, 0).data(Qt.ItemDataRole.FontRole).bold()
    _, y = plot.main.data("test")
    np.testing.assert_array_equal(y, first.history.curve("test", "log_likelihood"))
    session.view.show_epoch(None)
    assert session.runs.is_live_shown
    assert panel.table.runs.index(1, 0).data(Qt.ItemDataRole.FontRole).bold()
    assert panel.table.chosen_key() == session.runs.live_key
    activate(qtbot, panel)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert session.runs.is_live_shown  # going through the rows shows nothing yet
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert session.runs.shown is first


def test_a_tick_hides_and_shows_the_curves(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    assert [run.name for run in plot.runs.runs] == ["run 1"]
    click(qtbot, panel.table.viewport(), tick(panel, 0))
    assert plot.runs.runs == ()
    assert not session.runs.entries[0].is_visible
    assert session.runs.is_live_shown  # a tick shows no run
    click(qtbot, panel.table.viewport(), tick(panel, 0))
    assert [run.name for run in plot.runs.runs] == ["run 1"]
    activate(qtbot, panel)
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.table.runs.index(0, 0))
    QTest.keyClick(panel.table, Qt.Key.Key_H)
    assert plot.runs.runs == ()
    QTest.keyClick(panel.table, Qt.Key.Key_H)
    assert [run.name for run in plot.runs.runs] == ["run 1"]
    click(qtbot, panel.table.viewport(), tick(panel, 1))  # the run shown is always drawn
    assert session.runs.entries[1].is_visible


@pytest.mark.parametrize("column", ["run", "notes"])
def test_names_and_notes_are_typed_into_the_table(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot, column: str
) -> None:
    place = point(panel, 0, column)
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait_until(qtbot, lambda: panel.table.findChild(QLineEdit) is not None)
    editor = panel.table.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "the small rate")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: cell(panel, 0, column) == "the small rate")
    entry = session.runs.entries[0]
    assert (entry.name if column == "run" else entry.notes) == "the small rate"
    session.view.show_run(session.runs.live_key)
    assert plot.runs.runs[0].name == entry.name


def test_f2_writes_a_name(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    activate(qtbot, panel)
    click_row(qtbot, panel, 0)
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    wait_until(qtbot, lambda: panel.table.findChild(QLineEdit) is not None)
    editor = panel.table.findChild(QLineEdit)
    QTest.keyClicks(editor, "first")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: names(panel) == ["first", "run 2"])


def test_kept_on_top_a_run_is_first_bold_and_what_others_are_measured_against(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    choose_in_menu(panel, 1, "Keep on top")
    assert names(panel) == ["run 2", "run 1"]
    click_head(qtbot, panel, "run")
    assert names(panel) == ["run 2", "run 1"]
    click_head(qtbot, panel, "run")
    assert names(panel) == ["run 2", "run 1"]
    theirs, mine = (
        entry.run.history.value("test", "score", entry.run.history.best.epoch)
        for entry in reversed(session.runs.entries)
    )
    assert f"{mine - theirs:+.4f} against the run kept on top" in tip(panel, 1, "test")
    click_row(qtbot, panel, 1)
    assert plot.runs.runs[0].name == "run 2"
    assert plot.runs.runs[0].strong
    activate(qtbot, panel)
    panel.table.setCurrentIndex(panel.table.runs.index(0, 0))
    QTest.keyClick(panel.table, Qt.Key.Key_T)
    assert names(panel) == ["run 1", "run 2"]
    assert not plot.runs.runs[0].strong


def test_none_is_best_among_runs_of_other_data(
    panel: RunsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    assert "data" not in heads(panel)
    session.runs.pin(session.runs.entries[0].key)
    session.open(write_data(tmp_path / "noise", (8, 8), 10, 200, 100))
    wait_until(qtbot, lambda: len(session.runs.entries) == 3)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: cell(panel, 2, "test") not in ("", "None"))
    assert heads(panel)[:2] == ["run", "data"]
    data = {cell(panel, row, "run"): cell(panel, row, "data") for row in range(3)}
    assert data["run 1"] == data["run 2"] != data["run 3"] == "noise"
    assert "other images" in tip(panel, 0, "data")
    assert "other images" not in tip(panel, 2, "data")
    assert "against the run kept on top" in tip(panel, 1, "test")
    assert "against the run kept on top" not in tip(panel, 2, "test"), "it read other images"
    session.runs.pin(None)
    for _ in range(2):  # up and down
        panel.table.sort_by("test")
        assert names(panel)[0] == "run 3", "the run shown stands before those of other data"
    panel.table.sort_by("run")
    assert names(panel) == ["run 1", "run 2", "run 3"], "in which order they began is one question"


def test_removed_and_undone(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    told: list[Message] = []
    session.messages.told.connect(told.append)
    menu = panel.menu(session.runs.live_key)
    (live,) = (action for action in menu.actions() if action.text().startswith("Remove"))
    assert not live.isEnabled()
    choose_in_menu(panel, 0, "Remove")
    assert names(panel) == ["run 2"]
    assert plot.runs.runs == ()
    assert (told[-1].words, told[-1].verb) == ("Run 1 was removed.", "Undo")
    assert told[-1].act is not None
    told[-1].act()
    assert names(panel) == ["run 1", "run 2"]
    another_run(qtbot, session, learning_rate=0.2)
    activate(qtbot, panel)
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.table.runs.index(0, 0))
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    panel.table.selectionModel().select(panel.table.runs.index(1, 0), rows)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert names(panel) == ["run 3"]
    assert told[-1].words == "Run 1 and run 2 were removed."
    assert told[-1].act is not None
    told[-1].act()
    assert names(panel) == ["run 1", "run 2", "run 3"]


def test_rows_are_copied_for_a_spreadsheet(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    session.runs.write_notes(session.runs.entries[0].key, 'slow, "safe"')
    activate(qtbot, panel)
    click_row(qtbot, panel, 0)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
    history = session.runs.entries[0].run.history
    assert row["run"] == "run 1"
    assert float(row["learning_rate"]) == 0.1
    assert float(row["test_score"]) == history.value("test", "score", history.best.epoch)
    assert row["notes"] == 'slow, "safe"'
    panel.columns.menu().aboutToShow.emit()
    copy = panel.columns.menu().actions()[-1]
    assert copy.text() == "Copy as CSV\tCtrl+Shift+C"
    copy.trigger()
    text = QGuiApplication.clipboard().text()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [one["run"] for one in rows] == ["run 1", "run 2"]
    assert [float(one["learning_rate"]) for one in rows] == [0.1, 0.4]


def test_another_colour(panel: RunsPanel, session: Session, plot: CurvePlot) -> None:
    menu = panel.menu(session.runs.entries[0].key)
    (colours,) = (action.menu() for action in menu.actions() if action.text() == "Colour")
    colours.actions()[6].trigger()
    assert session.runs.entries[0].colour == 6
    assert plot.runs.runs[0].colour == session.runs.colour_of(session.runs.entries[0]) == "run 6"
    shown = panel.menu(session.runs.live_key)
    (colours,) = (action for action in shown.actions() if action.text() == "Colour")
    assert not colours.isEnabled()  # it is blue while it is shown


def test_the_window_around_it_tells_and_takes_keys(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    another_run(qtbot, session, learning_rate=0.4)
    window.show_page("tune")
    page = window.page("tune")
    panel = page.runs
    click_row(qtbot, panel, 0)
    assert session.runs.shown is session.runs.entries[0].run
    assert page.curves.like_plot.runs.runs[0].name == "run 2"
    press(qtbot, window, "Ctrl+End")
    assert session.runs.is_live_shown
    press(qtbot, window, "E")
    wait_until(qtbot, lambda: cell(panel, 1, "done") == str(EPOCHS + 1))
    choose_in_menu(panel, 0, "Remove")
    assert names(panel) == ["run 2"]
    press(qtbot, window, "Ctrl+Z")
    assert names(panel) == ["run 1", "run 2"]
    notes = Notes(session)
    type_number(qtbot, panel.n_seeds, "1000")
    assert "Seeds must be a whole number from" in notes.messages[-1][0]
    session.view.show_epoch(4)
    press(qtbot, window, "K")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) == 1)
    assert window.foot.line.epoch_at(0) == 4  # nothing before it is of this run


def test_a_branch_is_drawn_and_named(
    panel: RunsPanel, session: Session, plot: CurvePlot, qtbot: QtBot
) -> None:
    session.view.show_epoch(4)
    session.training.fork()
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) == 1)
    session.wanted.set_setting("learning_rate", 2.0)
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert cell(panel, 2, "else") == "branch of run 2 at epoch 4"
    assert cell(panel, 2, "learning_rate") == "0.4 → 2"
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
    assert f"test {exact_number(second.curve('test', 'log_likelihood')[5])}" in words
    assert "run 1" in words
    assert exact_number(first.curve("test", "log_likelihood")[5]) in words
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
    assert cell(panel, 2, "run") == "5 seeds of run 2"
    assert cell(panel, 2, "state") == "median"
    assert "5 seeds" in notes.messages[-1][0]
    assert entry.band.chance in notes.messages[-1][0]
    assert "half of them within" in tip(panel, 2, "run")
    # The curves are those of the run shown: nothing of the band is drawn in their colours.
    assert entry.run is session.runs.shown
    colours = {LIGHT.colour(curve.colour) for curve in plot.main.curves}
    assert LIGHT.colour(drawn.colour) not in colours
    assert has_colour(pixels(plot.view), LIGHT.colour(drawn.colour)).any()


def test_a_band_has_the_colour_of_its_run_and_another_sign(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    panel.seeds.repeat(2, session.runs.entries[0].key)
    wait_until(qtbot, lambda: not panel.seeds.is_computing)
    run, (band,) = session.runs.entries[0], session.runs.bands
    colour = session.runs.colour_of(run)
    assert colour == session.runs.colour_of(band) != "train"
    picture = has_colour(pixels(panel.table.viewport()), LIGHT.colour(colour))
    for entry, n_rows in ((run, 10), (band, 2)):
        row = panel.table.visualRect(panel.table.runs.place(entry.key))
        assert picture[row.top() : row.bottom()].any(axis=1).sum() == n_rows, entry.name


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
    shown = session.runs.shown
    click_row(qtbot, panel, panel.table.runs.rowCount() - 1)
    assert session.runs.shown is shown  # there is no model of many seeds
    choose_in_menu(panel, panel.table.runs.rowCount() - 1, "Remove")
    assert plot.bands.bands == ()
    session.runs.undo_remove()
    assert plot.bands.bands[0].name == "chance"


def test_seeds_can_be_called_off(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    session.wanted.set_setting("epochs", 5000)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.shown is not None)
    click(qtbot, panel.seeds_button)
    wait_until(qtbot, lambda: panel.seeds.epochs is not None and panel.progress.isVisible())
    assert panel.seeds_button.text() == "Cancel"
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
    assert len(set(entry.band.curves["test_log_likelihood"][0])) == 3  # each has its own past


def test_numbers_cannot_be_written(panel: RunsPanel, qtbot: QtBot) -> None:
    place = point(panel, 0, "test")
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    panel.grab()
    assert panel.table.findChild(QLineEdit) is None


def test_the_keyboard_ticks_renames_and_shows(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    n_runs = len(session.runs.entries)
    activate(qtbot, panel)
    panel.table.setCurrentIndex(panel.table.runs.index(0, 0))
    panel.table.setFocus()
    press(qtbot, panel.table, "H")
    assert not session.runs.entries[0].is_visible
    assert len(session.runs.entries) == n_runs
    press(qtbot, panel.table, "H")
    assert session.runs.entries[0].is_visible
    press(qtbot, panel.table, "Return")
    assert session.runs.shown is session.runs.entries[0].run
    press(qtbot, panel.table, "F2")
    wait_until(qtbot, lambda: panel.table.findChild(QLineEdit) is not None)


def test_the_keyboard_writes_a_note_copies_all_and_sorts(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    activate(qtbot, panel)
    panel.table.setCurrentIndex(panel.table.runs.index(0, 0))
    panel.table.setFocus()
    panel.table.choose_column("notes", is_shown=False)
    press(qtbot, panel.table, "Shift+F2")  # the column comes with what is written in it
    wait_until(qtbot, lambda: panel.table.findChild(QLineEdit) is not None)
    editor = panel.table.findChild(QLineEdit)
    QTest.keyClicks(editor, "slow but safe")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: cell(panel, 0, "notes") == "slow but safe")
    assert session.runs.entries[0].notes == "slow but safe"
    press(qtbot, panel.table, "Ctrl+Shift+C")
    text = QGuiApplication.clipboard().text()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["notes"] for row in rows] == ["slow but safe", ""]
    asked: list[int] = []
    panel.table.menu_asked.connect(lambda key, _: asked.append(key))
    place = panel.table.visualRect(panel.table.currentIndex()).center()
    at = panel.table.viewport().mapToGlobal(place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, at)
    QApplication.sendEvent(panel.table.viewport(), event)
    assert asked == [session.runs.entries[0].key]
    menu = panel.menu(asked[0])
    (orders,) = (action.menu() for action in menu.actions() if action.text() == "Sort by")
    by_rate = next(action for action in orders.actions() if action.text() == "rate")
    by_rate.trigger()
    assert names(panel) == ["run 2", "run 1"]
    by_rate.trigger()
    assert names(panel) == ["run 1", "run 2"]


def test_scores_of_test_and_validation_images_are_not_taken_from_each_other(
    panel: RunsPanel, session: Session, qtbot: QtBot
) -> None:
    session.runs.pin(session.runs.entries[0].key)
    session.wanted.set_setting("validation_size", 50)
    session.training.start_again()
    wait_until(qtbot, lambda: session.view.history.last_epoch == EPOCHS)
    wait_for_state(qtbot, session, RunState.FINISHED)
    panel.table.refresh()
    rows = {name: row for row, name in enumerate(names(panel))}
    assert "against" in tip(panel, rows["run 2"], "test")
    assert "against" not in tip(panel, rows["run 3"], "validation")


def test_a_name_of_blanks_is_none(panel: RunsPanel, session: Session, qtbot: QtBot) -> None:
    panel.table.edit(panel.table.runs.index(0, 0))
    editor = panel.table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "   ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: names(panel) == ["run 1", "run 2"])
    assert session.runs.entries[0].name == "run 1"
