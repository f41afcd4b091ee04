"""When to stop: band, best epochs of new draws and patience on the panel are those of core."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import read_epochs
from gui_helpers import (
    EPOCHS,
    LEARN_PANEL_SIZE,
    choose,
    click,
    data_of,
    has_colour,
    open_and_finish,
    pixels,
    play_endlessly,
    put_on,
    type_number,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, QPointF
from test_gui_session_session import Notes

from core.data.dataset import validation_share
from core.learning.config import TrainingConfig
from core.learning.stopping import bootstrapping, early_stopping
from core.progress import finish
from core.words import at_least, at_most
from gui.learn.page import ATLAS
from gui.learn.stopping.panel import StoppingPanel
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.widgets.basics.short_number import short_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from core.insight.epoch_readings import EpochReadings
    from core.learning.stopping import BootstrapBand
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def core_readings(session: Session, part: str) -> EpochReadings:
    """Return what core reads at every epoch of the run shown."""
    assert session.view.history is not None
    return read_epochs(session.view.history.records, data_of(session).split(part))


def core_band(session: Session, part: str) -> BootstrapBand:
    """Return the band that core makes of it."""
    readings = core_readings(session, part)
    rng = np.random.default_rng(0)
    return finish(bootstrapping(readings.log_likelihood, readings.epochs, rng=rng))


def wait_for_band(qtbot: QtBot, panel: StoppingPanel, session: Session, part: str) -> None:
    """Wait until the band is that of the whole run as it is now."""

    def there() -> bool:
        answer, history, band = session.epochs.answer(part), session.view.history, panel.band
        if answer is None or band.found is None or history is None or not history.records:
            return False
        newest = history.records[-1].epoch
        return answer.is_whole and band.is_settled and int(band.found.epochs[-1]) == newest

    wait_until(qtbot, there)


@pytest.fixture
def panel(new_panel: Callable[..., Any], session: Session, qtbot: QtBot) -> StoppingPanel:
    """Return the panel of a run that has ended."""
    assert session.epochs.answer("test") is None  # nothing is computed before one looks
    made: StoppingPanel = new_panel(StoppingPanel, session, size=LEARN_PANEL_SIZE)
    wait_for_band(qtbot, made, session, "test")
    return made


def test_curve_band_and_bars_are_those_of_core(panel: StoppingPanel, session: Session) -> None:
    assert session.view.history is not None
    band = core_band(session, "test")
    x, low, high = panel.plot.band
    assert x.tolist() == list(range(EPOCHS + 1))
    np.testing.assert_array_equal(low, band.low)
    np.testing.assert_array_equal(high, band.high)
    epochs, shares = panel.bars.main.data("share of the draws")
    assert epochs.tolist() == list(range(EPOCHS + 1))
    np.testing.assert_array_equal(shares, band.best_share)
    _, curve = panel.plot.main.data("test")
    np.testing.assert_array_equal(curve, session.view.history.curve("test", "log_likelihood"))
    np.testing.assert_allclose(curve, band.mean, rtol=1e-5)
    assert panel.plot.marks.star == (session.view.history.best.epoch, curve.max())


def test_the_words_hold_the_numbers(panel: StoppingPanel, session: Session) -> None:
    assert session.view.history is not None
    band, best = core_band(session, "test"), session.view.history.best
    assert panel.best.text().startswith(
        f"Best: {short_number(best.test_log_likelihood)} at epoch {best.epoch}"
    )
    assert panel.best_button.text() == f"★ go to {best.epoch}"
    assert "drawn from these with replacement (bootstrap)" in panel.sure.toolTip()
    assert band.interval is not None
    first, last = band.interval
    share = 100 * band.share_between(first, last)
    where = f"is {first}" if first == last else f"lies between {first} and {last}"
    assert panel.sure.text() == (
        f"In {share:.3g} % of 1,000 new draws of the 200 test images the best epoch {where}."
    )


def test_patience_says_what_would_have_been(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.history is not None
    values = session.view.history.curve("test", "log_likelihood")
    told = set()
    for patience in (1, 2, 3, EPOCHS + 5):
        type_number(qtbot, panel.patience, str(patience))
        stop = early_stopping(session.view.history.epochs, values, patience)
        words = panel.waited.text()
        told.add(stop.stopped_at)
        if stop.stopped_at is None:
            assert words.startswith("would not have stopped yet")
        else:
            assert words.startswith(f"would stop at {stop.stopped_at}, keep {stop.best_epoch}")
    assert None in told
    before = panel.waited.text()
    notes = Notes(session)
    type_number(qtbot, panel.patience, "0")  # refused, and said so
    assert panel.patience.number() == EPOCHS + 5
    assert panel.waited.text() == before
    assert "Patience must be a whole number from 1 to 5000" in notes.errors[0]


def test_error_and_log_likelihood_are_put_side_by_side(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.history is not None
    readings, best = core_readings(session, "test"), session.view.history.best.epoch
    session.view.show_epoch(2)
    for name, epoch in (("best", best), ("now", 2)):
        halves = readings.halves(epoch)
        text = panel.why.text()
        assert f"{name}, {epoch}</td>" in text
        for number in (
            f"{halves.n_wrong:,}",
            short_number(-halves.wrong),
            f"{halves.n_right:,}",
            short_number(-halves.right),
        ):
            assert f";{number}</td>" in text
    more = readings.halves(2).n_wrong - readings.halves(best).n_wrong
    how = f"{abs(more)} {'more' if more > 0 else 'fewer'}" if more else "As many"
    assert f"{how} {'is' if abs(more) == 1 else 'are'} wrong now" in panel.why.text()
    click(qtbot, panel.best_button)
    assert session.view.shown is not None
    assert session.view.shown.epoch == best
    assert "now, " not in panel.why.text()
    assert panel.plot.marks.marker == panel.bars.marks.marker == best


def test_a_click_goes_to_an_epoch(panel: StoppingPanel, session: Session) -> None:
    for plot in (panel.plot, panel.bars):
        plot.x_clicked.emit(4.0)
        assert session.view.shown is not None
        assert session.view.shown.epoch == 4
        session.view.show_epoch(None)


def test_hovering_reads_curve_and_band(panel: StoppingPanel, session: Session) -> None:
    band = core_band(session, "test")
    words = panel.plot.describe(5.2)
    assert "epoch 5" in words
    assert f"90 %: {at_least(band.low[5], 4)} to {at_most(band.high[5], 4)}" in words
    assert f"share of the draws {band.best_share[5]:.4g}" in panel.bars.describe(5.2)


def test_band_and_bars_are_painted_in_both_themes(panel: StoppingPanel, app: QApplication) -> None:
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        plot = pixels(panel.plot.view)
        assert has_colour(plot, theme.test).sum() > 100  # the curve
        assert has_colour(pixels(panel.bars.view), theme.best).sum() > 100
        panel.plot.set_bands([])
        without = pixels(panel.plot.view)
        assert (without != plot).any(axis=-1).sum() > 1000
        assert has_colour(without, theme.surface).sum() > has_colour(plot, theme.surface).sum()
        panel.refresh()


def test_nothing_is_followed_where_nobody_looks(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    panel.hide()
    session.training.start_again()
    assert session.epochs.answer("test") is None  # of another run: gone
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 1)
    wait_for_state(qtbot, session, RunState.FINISHED)
    with qtbot.waitSignal(session.pool.frame):
        pass
    assert session.epochs.answer("test") is None
    assert not panel.band.is_computing
    panel.show()
    wait_for_band(qtbot, panel, session, "test")
    np.testing.assert_array_equal(panel.plot.band[1], core_band(session, "test").low)


def test_a_live_run_is_followed_and_an_older_answer_is_dropped(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    play_endlessly(session)
    wait_until(qtbot, lambda: panel.band.found is not None)
    n = len(panel.plot.band[0])
    wait_until(qtbot, lambda: len(panel.plot.band[0]) > n)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_band(qtbot, panel, session, "test")
    np.testing.assert_array_equal(panel.plot.band[1], core_band(session, "test").low)
    session.training.start_again(play=False)
    assert session.epochs.answer("test") is None
    assert panel.band.found is None
    assert len(panel.plot.band[0]) == 0  # nor is it drawn
    wait_until(qtbot, lambda: session.view.shown is not None)
    wait_for_band(qtbot, panel, session, "test")
    assert panel.plot.band[0].tolist() == [0]


def test_the_warning_sets_validation_images_aside_and_they_choose(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    share = validation_share(300)
    assert panel.chooses.words.text() == ("<b>The test set chooses: its score flatters.</b>")
    assert panel.chooses.button.text() == f"set {share} aside to choose"
    click(qtbot, panel.chooses.button)
    wait_until(qtbot, lambda: data_of(session).validation is not None)
    wait_for_state(qtbot, session, RunState.FINISHED)  # it had ended: it is played anew
    assert session.view.data_config.validation_size == share
    wait_for_band(qtbot, panel, session, "validation")
    assert not panel.chooses.button.isVisible()
    assert panel.chooses.words.text().startswith(f"{share} validation images choose")
    assert f"of the {share} validation images" in panel.sure.text()
    np.testing.assert_array_equal(panel.plot.band[2], core_band(session, "validation").high)
    assert has_colour(pixels(panel.plot.view), LIGHT.validation).sum() > 100


def test_best_against_now_is_compared(window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, window.page("learn").switch.button("When to stop"))
    panel, history = window.page("learn").tabs.panel("When to stop"), window.session.view.history
    assert history is not None
    click(qtbot, panel.compare_button)
    assert window.page("tune").comparison.isVisible()
    models = window.page("tune").comparison.comparison.models
    assert models is not None
    assert models[0].weights is history.best.weights
    assert models[1].weights is history.records[-1].weights


def test_another_run_is_looked_at_when_it_is_shown(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.live_key
    before = core_band(session, "test")
    session.wanted.set_setting("learning_rate", 0.5)
    click(qtbot, panel.chooses.button)  # the next run has validation images
    wait_until(qtbot, lambda: data_of(session).validation is not None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_band(qtbot, panel, session, "validation")
    session.view.show_run(first)
    assert session.epochs.answer("validation") is None
    wait_for_band(qtbot, panel, session, "test")
    np.testing.assert_array_equal(panel.plot.band[1], before.low)
    session.view.show_run(None)
    wait_for_band(qtbot, panel, session, "validation")
    np.testing.assert_array_equal(panel.plot.band[1], core_band(session, "validation").low)


def test_a_run_whose_validation_images_are_gone_says_so(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.live_key
    click(qtbot, panel.chooses.button)
    wait_until(qtbot, lambda: data_of(session).validation is not None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    chosen = session.runs.live_key
    session.wanted.set_setting("validation_size", 0)
    session.wanted.set_setting("test_size", 150)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).validation is None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_band(qtbot, panel, session, "test")
    assert "measured on others" not in panel.sure.text()
    session.view.show_run(chosen)
    assert "not set aside any more" in panel.sure.text()
    assert len(panel.plot.band[0]) == 0
    session.view.show_run(first)  # on 200 test images, of which 150 are there
    wait_for_band(qtbot, panel, session, "test")
    assert "of the 150 test images" in panel.sure.text()
    assert panel.sure.text().endswith("This run was measured on others.")


def test_all_of_it_fits_into_the_smallest_window(
    panel: StoppingPanel, session: Session, qtbot: QtBot
) -> None:
    session.view.show_epoch(1)
    words = (panel.best, panel.sure, panel.waited, panel.why, panel.chooses.words)
    wait_until(
        qtbot, lambda: all(each.height() >= each.heightForWidth(each.width()) for each in words)
    )
    for label in words[:4]:
        corner = label.mapTo(panel, QPoint(0, label.height()))
        assert corner.y() <= panel.chooses.mapTo(panel, QPoint()).y() + 4, label.text()
    for button in (panel.best_button, panel.chooses.button, panel.compare_button):
        assert button.width() >= button.sizeHint().width(), button.text()
    for widget in (panel.best, panel.compare_button, panel.patience, panel.waited):
        assert widget.mapTo(panel, QPoint(widget.width(), 0)).x() <= panel.width()
    assert panel.patience.lineEdit().width() >= panel.fontMetrics().horizontalAdvance("500")


def test_before_there_are_data_nothing_is_said(
    new_session: Callable[..., Session], new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    session = new_session()
    panel = new_panel(StoppingPanel, session)
    assert panel.best.text() == panel.waited.text() == panel.why.text() == ""
    assert not panel.best_button.isEnabled()
    open_and_finish(qtbot, session)
    wait_for_band(qtbot, panel, session, "test")
    assert panel.best_button.isEnabled()


def test_all_rows_stand_over_the_same_epochs(panel: StoppingPanel, session: Session) -> None:
    """A click below an epoch of the curve is that epoch in every row."""
    pixels(panel)
    story = panel.story
    for epoch in (0, 5, EPOCHS):
        places = []
        for plot in (panel.plot, panel.bars, story.bars):
            at = plot.view.mapFromScene(plot.box.mapViewToScene(QPointF(epoch, 0.0)))
            places.append(plot.view.mapTo(panel, at).x())
        cell = story.map.cell_rect(0, epoch)
        left = story.map.mapTo(panel, cell.topLeft()).x()
        assert max(places) - min(places) <= 1
        assert left - 1 <= places[0] <= left + cell.width() + 1


def test_numbers_beside_rows_do_not_collide(panel: StoppingPanel) -> None:
    line = panel.fontMetrics().ascent()
    for plot in (panel.bars, panel.story.bars):
        pixels(plot)
        ((ticks),) = plot.view.axes["left"]._tickLevels
        tops = sorted(plot.box.mapViewToScene(QPointF(0.0, place)).y() for place, _ in ticks)
        assert all(b - a >= line for a, b in pairwise(tops)), [words for _, words in ticks]
    assert all(words.endswith(" %") for _, words in panel.bars.view.axes["left"]._tickLevels[0])


def test_the_story_of_the_epochs_is_of_the_part_chosen_in_the_row_of_tabs(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.page("learn")
    click(qtbot, page.switch.button("When to stop"))
    panel = page.tabs.panel("When to stop")
    assert panel.tools is panel.story.part
    assert panel.tools.isVisible()
    assert not page.weights.isVisible()
    choose(qtbot, panel.tools, panel.tools.findData("train"))
    answer = window.session.epochs.answer
    wait_until(qtbot, lambda: (a := answer("train")) is not None and a.is_whole)
    page.show_tab(ATLAS)
    assert not panel.tools.isVisible()
    assert page.weights.isVisible()


def test_a_run_that_runs_away_does_not_stretch_the_curve(
    new_session: Callable[..., Session], new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=EPOCHS, learning_rate=10.0, l2=0.5))
    session.open(session.wanted.data.dataset)
    wait_for_state(qtbot, session, RunState.DIVERGED)
    assert session.view.history is not None
    assert session.view.history.curve("test", "log_likelihood").min() < -1e6
    panel = new_panel(StoppingPanel, session, size=LEARN_PANEL_SIZE)
    low, high = panel.plot.box.viewRange()[1]
    assert -1000 < low < high < 1
