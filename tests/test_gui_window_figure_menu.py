"""Every plot, matrix, atlas and image leaves the window as a figure, and its numbers with it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    PLACES,
    activate,
    choose,
    click,
    open_and_finish,
    places,
    play_endlessly,
    press,
    take_figure,
    wait_for_diagnosis,
    wait_for_film,
    wait_for_rest,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from core.report.drawing import draw
from gui.attack.page import FILM
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.bars.class_counts import ClassCounts
from gui.widgets.bars.difference_bars import DifferenceBars
from gui.widgets.bars.paired_bars import PairedBars
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.bars.share_bar import ShareBar
from gui.widgets.basics.card import Card
from gui.widgets.basics.figured import WAYS, Figured
from gui.widgets.curves.band_plot import EpochBars
from gui.widgets.curves.plot import CurvePlot
from gui.widgets.grids.class_matrix import ClassMatrix
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.grids.cost_grid import CostGrid
from gui.widgets.grids.epoch_heat_map import EpochHeatMap
from gui.widgets.images.history_plot import HistoryPlot
from gui.widgets.images.image_mosaic import ImageMosaic
from gui.widgets.images.image_strip import ImageStrip
from gui.widgets.images.image_view import ImageView
from gui.widgets.images.wall_view import WallView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from core.report.figures import Figure
    from gui.session.session import Session
    from gui.window.main_window import MainWindow

SHOWING = (
    *(CurvePlot, ClassMatrix, EpochHeatMap, ImageMosaic, ImageStrip, ImageView, WallView),
    *(ClassCounts, DifferenceBars, PairedBars, ProbabilityBars, HistoryPlot, ShareBar),
)
"""All widgets that plot, tabulate or paint what is computed."""

RIGHT = Qt.MouseButton.RightButton


def rows_of(figure: Figure) -> list[dict[str, str]]:
    """Return the numbers of a figure as another program reads them."""
    return list(csv.DictReader(io.StringIO(figure.table().to_csv(), newline="")))


def column(rows: list[dict[str, str]], name: str, **chosen: str) -> list[float]:
    return [float(row[name]) for row in rows if all(row[k] == v for k, v in chosen.items())]


def pixels_in(row: dict[str, str]) -> list[float]:
    return [float(v) for name, v in row.items() if name.startswith("pixel") and v]


def check_numbers(widget: QWidget, figure: Figure) -> None:
    """Check that the numbers of a figure are those that a widget shows."""
    rows = rows_of(figure)
    match widget:
        case EpochBars() | CurvePlot():
            x_label, y_label = figure.x_label, figure.y_label
            for name in {row["curve"] for row in rows} & {c.label for c in figure.lines}:
                if ", " in name or name in {run.name for run in widget.runs.runs}:
                    continue  # another run's
                x, y = widget.main.data(name)
                assert column(rows, x_label, curve=name) == x.tolist()
                np.testing.assert_array_equal(column(rows, y_label, curve=name), y)
            assert figure.lines
        case ConfusionMatrix():
            assert column(rows, "images") == widget.counts.ravel().tolist()
        case CostGrid():
            np.testing.assert_array_equal(column(rows, "median size"), widget.matrix.median.ravel())
        case EpochHeatMap():
            found = column(rows, "share read rightly")
            np.testing.assert_array_equal(found, widget.scores.T.ravel())
        case ImageMosaic():
            for shown in widget.rows:
                mine = [row for row in rows if row["figure"] == shown.label]
                missing = shown.missing or ("",) * len(mine)
                for row, values, words in zip(mine, shown.values, missing, strict=True):
                    assert pixels_in(row) == ([] if words else values.ravel().tolist())
        case ImageStrip():
            shown = widget.images[: widget.n_cells[1]]
            for row, image in zip(rows, shown, strict=True):
                assert pixels_in(row) == image.values.ravel().tolist()
        case ImageView():
            (row,) = rows
            assert pixels_in(row) == widget.values.ravel().tolist()
        case WallView():
            seen = widget.content.order[list(widget.visible_cells())]
            for row, index in zip(rows, seen.tolist(), strict=True):
                assert pixels_in(row) == widget.content.images[index].tolist()
        case ProbabilityBars():
            found = column(rows, "probability", series="probability")
            assert found == widget.probabilities.tolist()
        case ShareBar():
            assert column(rows, "share of the whole")[0] == widget.share


def all_places(window: MainWindow, qtbot: QtBot, page: str) -> Iterator[str]:
    """Go through all there is to see of a page, and wait until it is there."""
    for tab in places(window, page):
        if tab == FILM:
            wait_for_film(qtbot, window.session)
        wait_for_rest(qtbot, window)
        yield tab
    if page == "tune":
        compare = window.page(page).comparison
        for what in ("means", "worst", "confusion", "robustness"):
            choose(qtbot, compare.what, compare.what.findData(what))
            wait_for_rest(qtbot, window)
            yield f"Compare {what}"


@pytest.mark.parametrize("page", PLACES)
def test_all_that_is_seen_has_a_figure_with_the_numbers_shown(
    window: MainWindow, qtbot: QtBot, page: str
) -> None:
    window.session.training.new_seed()
    window.session.training.play()
    wait_for_state(qtbot, window.session, RunState.FINISHED)
    window.session.view.show_epoch(7)
    window.resize(1900, 1000)
    for tab in all_places(window, qtbot, page):
        drawn: set[type] = set()
        offered = {found.widget for found in window.figures.visible()}
        for widget in window.pages.currentWidget().findChildren(QWidget):
            if isinstance(widget, SHOWING) and widget.isVisible():
                assert widget in offered or widget.figure() is None, (tab, widget)
        assert offered or tab == "", tab
        for found in window.figures.visible():
            figure = window.figures.described(found)
            assert figure.title, (tab, found.widget)
            assert "UCI digits" in figure.subtitle, (tab, figure.title)
            check_numbers(found.widget, figure)
            if type(figure) not in drawn:
                drawn.add(type(figure))
                assert draw(figure, "png").startswith(b"\x89PNG")
        if drawn:
            assert b"<svg" in draw(figure, "svg")


def test_what_is_shown_nowhere_offers_nothing(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    window = new_window(new_session())
    for page in PLACES:
        for _ in places(window, page):
            assert window.figures.visible() == []
    press(qtbot, window, "Ctrl+C")
    assert "nothing here yet" in window.notice.text


@pytest.mark.parametrize("dark", [False, True])
def test_a_plot_is_drawn_as_it_is_looked_at_and_in_the_light_colours(
    window: MainWindow, qtbot: QtBot, dark: bool
) -> None:
    session = window.session
    session.training.new_seed()
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    if dark:
        window.switch_theme()
    session.view.show_epoch(3)
    plot = window.page("learn").curves.like_plot
    figure = plot.figure()
    (other,) = (entry for entry in session.runs.entries if entry.key != session.runs.shown_key)
    lines = {line.label: line for line in figure.lines}
    assert lines["train"].colour == LIGHT.train
    assert (lines["train"].dash, lines["test"].dash) == ("", "dashed")
    behind = lines[f"{other.name}, test"]
    assert behind.colour == LIGHT.runs[other.colour]
    assert not behind.strong
    assert (window.theme is DARK) == dark
    assert [rule.label for rule in figure.rules] == ["epoch 3"]
    (star,) = figure.marks
    assert (star.x, star.y) == plot.marks.star
    assert (figure.x_label, figure.whole_x) == ("epoch", True)
    assert not figure.y_log
    whole = figure.x_limits
    plot.set_options(type(plot.options)(log_y=True, smoothing=3))
    figure = plot.figure()
    assert figure.y_log
    assert figure.y_limits[0] < figure.y_limits[1] < 0
    assert {"test", "test, mean of 3 epochs"} < {line.label for line in figure.lines}
    assert "mean of 3 epochs" in figure.subtitle
    QTest.keyClick(plot.view, Qt.Key.Key_Plus)
    zoomed = plot.figure().x_limits
    assert whole[0] < zoomed[0] < zoomed[1] < whole[1]


def right_click(window: QWidget, widget: QWidget, point: QPoint | None = None) -> None:
    """Click with the right button as the window system tells of it."""
    at = widget.mapTo(window, point or widget.rect().center())
    QTest.mouseClick(window.windowHandle(), RIGHT, Qt.KeyboardModifier.NoModifier, at)


def open_menu(qtbot: QtBot) -> QMenu:
    wait_until(qtbot, QApplication.activePopupWidget)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def click_entry(qtbot: QtBot, menu: QMenu, words: str) -> None:
    (action,) = (action for action in menu.actions() if action.text() == words)
    click(qtbot, menu, menu.actionGeometry(action).center())


def copied_numbers(window: MainWindow, qtbot: QtBot, title: str) -> list[dict[str, str]]:
    wait_until(qtbot, lambda: window.notice.text.endswith(f"Copied the numbers of “{title}”"))
    return list(csv.DictReader(io.StringIO(QApplication.clipboard().text(), newline="")))


def test_a_right_click_offers_what_lies_under_it(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page("learn")
    for tab, widget, title in (
        ("Confusion", lambda: page.tabs.panel("Confusion").matrix, "Confusion matrix"),
        ("Classes", lambda: page.atlas, "Class atlas"),
        ("Classes", lambda: page.curves.error_plot.view, "Error"),
    ):
        page.show_tab(tab)
        wait_for_rest(qtbot, window)
        epoch = window.session.view.shown
        right_click(window, widget())
        menu = open_menu(qtbot)
        assert [action.text() for action in menu.actions()][: 1 + len(WAYS)] == [
            title,
            *(w for w, _ in WAYS.values()),
        ]
        assert window.session.view.shown == epoch  # a right click chooses nothing
        assert not page.card.isVisible()
        click_entry(qtbot, menu, "Copy numbers")
        assert copied_numbers(window, qtbot, title)
    rows = copied_numbers(window, qtbot, "Error")
    history = window.session.view.history
    assert history is not None
    tested = column(rows, "fraction of images classified wrongly", curve="test")
    assert tested == history.curve("test", "error").tolist()


def test_a_part_offers_the_whole_too(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("attack")
    wait_for_film(qtbot, window.session)
    window.session.attack.film.pause()
    window.session.attack.film.go_to(5)
    panel = window.page("attack").film_panel
    right_click(window, panel.change_view)
    menu = open_menu(qtbot)
    (whole,) = (action for action in menu.actions() if action.menu() is not None)
    assert whole.text().endswith("step 5")
    assert menu.actions()[0].text() == panel.change_view.title.capitalize()
    figure = panel.figure()
    assert panel.sentence.text() == figure.subtitle
    cells = figure.rows[0][0].cells
    step = window.session.attack.film.steps[5]
    np.testing.assert_array_equal(cells[2].values.ravel(), step.image)
    assert [cell.sign for cell in cells] == ["+", "=", "", ""]
    menu.close()


def test_the_keyboard_opens_the_menu_too(window: MainWindow, qtbot: QtBot) -> None:
    atlas = window.page("learn").atlas
    atlas.setFocus()
    place = atlas.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, atlas.mapToGlobal(place))
    QApplication.sendEvent(atlas, event)
    menu = open_menu(qtbot)
    assert menu.actions()[0].text() == "Class atlas"
    menu.close()


def test_where_the_right_button_draws_no_menu_opens(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("images")
    canvas = window.page("images").draw.canvas
    wait_until(qtbot, canvas.isVisible)
    right_click(window, canvas)
    qtbot.wait(50)
    assert QApplication.activePopupWidget() is None


def test_the_menu_of_a_plot_has_its_axes_too(window: MainWindow, qtbot: QtBot) -> None:
    plot = window.page("learn").curves.error_plot
    right_click(window, plot.view.viewport())
    click_entry(qtbot, open_menu(qtbot), "Copy numbers")
    assert copied_numbers(window, qtbot, "Error")
    plot.view.setFocus()
    qtbot.keyClick(plot.view, Qt.Key.Key_Menu)
    click_entry(qtbot, open_menu(qtbot), "Logarithmic epoch axis")
    assert plot.options.log_x
    assert window.page("learn").curves.like_plot.options.log_x


def answer(patch: pytest.MonkeyPatch, *files: Path) -> None:
    """Let the dialogs answer with these files, one after another."""
    left = iter(files)
    patch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(next(left)), ""))


def test_a_figure_is_saved_as_what_its_name_says(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beginnings = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".csv": b"curve,epoch"}
    files = [tmp_path / f"error{suffix}" for suffix in beginnings]
    answer(monkeypatch, *files)
    for file in files:
        activate(qtbot, window)
        press(qtbot, window, "Ctrl+S")
        take_figure(qtbot, "Error")
        wait_until(qtbot, lambda file=file: window.notice.text.endswith(f"Saved {file}"))
        assert file.read_bytes().startswith(beginnings[file.suffix])
    assert b"fraction of images classified wrongly" in files[1].read_bytes()  # as text


def test_a_name_is_offered_that_every_system_takes(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *a: offered.append(Path(a[2]).name) or ("", "")
    )
    figure = window.page("learn").curves.error_plot.figure()
    window.figures.take(replace(figure, title="The practical's descent, step 7: 3/4?"), "save")
    assert offered == ["the-practicals-descent-step-7-3-4.png"]


def test_nothing_that_can_be_saved_is_a_picture_of_buttons(
    window: MainWindow, qtbot: QtBot
) -> None:
    curves = window.page("learn").curves
    wait_until(qtbot, lambda: curves.error_plot.figure() is not None)  # else it comes meanwhile
    press(qtbot, window, "Ctrl+S")
    wait_until(qtbot, QApplication.activePopupWidget)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = [action.text() for action in menu.actions()]
    assert offered == [found.figure.title for found in window.figures.visible()]
    menu.close()


def test_of_a_view_that_fills_the_window_the_figure_says_what_it_is_of(
    window: MainWindow, qtbot: QtBot
) -> None:
    plot = window.page("learn").curves.error_plot
    (before,) = (found for found in window.figures.visible() if found.widget is plot)
    words = window.figures.described(before).subtitle
    card = plot.parentWidget()
    assert isinstance(card, Card)
    qtbot.mouseDClick(card.title, Qt.MouseButton.LeftButton)
    (found,) = window.figures.visible()
    assert found.widget is plot
    assert window.figures.described(found).subtitle == words
    assert "run" in words


def test_quick_saves_all_arrive_while_the_run_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_endlessly(window.session)
    wait_until(qtbot, lambda: window.session.view.is_running)
    page = window.page("learn")
    files = [tmp_path / name for name in ("a.svg", "b.png", "missing/c.png", "d.csv")]
    answer(monkeypatch, *files)
    told = []
    window.session.messages.notified.connect(lambda words, is_error: told.append((words, is_error)))
    before = page.curves.error_plot.figure()
    for figure in (before, page.curves.like_plot.figure(), before, before):
        window.figures.take(figure, "save")
    epochs = len(window.session.view.history)
    wait_until(qtbot, lambda: (f"Saved {files[3]}", False) in told)
    assert [words for words, _ in told if words.startswith("Saved")] == [
        f"Saved {file}" for file in (files[0], files[1], files[3])
    ]
    (problem,) = (words for words, is_error in told if is_error)
    assert str(files[2]) in problem
    assert "choose another folder" in problem
    assert window.session.view.is_running
    wait_until(qtbot, lambda: len(window.session.view.history) > epochs)
    # What was asked for is saved, whatever was learnt meanwhile.
    assert files[3].read_bytes().decode() == before.table().to_csv()


def test_an_opened_image_is_a_figure_of_its_own(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page("learn")
    page.atlas.clicked.emit(1, 3)
    card = page.card
    wait_until(qtbot, card.isVisible)
    card.view.setFocus()
    titles = [found.figure.title for found in window.figures.visible()]
    assert "Mean of class 3" in titles[:3]  # before those of the page: it has the keyboard
    assert "Evidence" in titles
    right_click(window, card.bars)
    menu = open_menu(qtbot)
    assert menu.actions()[0].text() == "Class probabilities"
    click_entry(qtbot, menu, "Copy numbers")
    rows = copied_numbers(window, qtbot, "Class probabilities")
    assert column(rows, "probability", series="logit z") == card.bars.logits.tolist()
    card.close()


def test_a_window_that_closes_while_a_figure_is_drawn_leaves_a_whole_file_or_none(
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = new_session()
    window = new_window(session)
    open_and_finish(qtbot, session)
    wait_for_diagnosis(qtbot, session)
    answer(monkeypatch, tmp_path / "atlas.pdf")
    window.figures.take(window.page("learn").atlas.figure(), "save")
    window.close()
    assert session.pool.running == []
    left = [file.name for file in tmp_path.iterdir() if file.name != "settings.ini"]
    assert left in ([], ["atlas.pdf"])
    if left:
        assert (tmp_path / "atlas.pdf").read_bytes().rstrip().endswith(b"%%EOF")


def test_before_a_figure_is_drawn_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, gui.app; "
        "print([name for name in ('matplotlib', 'core.report.drawing.paper')"
        " if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert found.stdout.strip() == "[]"


def test_everything_that_shows_something_can_be_asked_for_it() -> None:
    kinds: list[Any] = [kind for kind in SHOWING if not issubclass(kind, Figured)]
    assert kinds == []
