"""When to stop: band, best epochs of redrawings and patience in the window are those of core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    EPOCHS,
    click,
    data_of,
    has_colour,
    open_and_finish,
    pixels,
    play_endlessly,
    type_number,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from core.data.dataset import validation_share
from core.insight.epoch_readings import read_epochs
from core.learning.stopping import bootstrap_band, early_stopping
from gui.jobs.mailbox import Mailbox
from gui.jobs.worker import Failed
from gui.learn.stopping.panel import StoppingPanel
from gui.session.epochs_job import EpochsJob, EpochsRequest, EpochsTask
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
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
    return bootstrap_band(readings.log_likelihood, readings.epochs, rng=np.random.default_rng(0))


def wait_for_band(qtbot: QtBot, session: Session, part: str) -> None:
    """Wait until the band is that of the whole run as it is now."""

    def there() -> bool:
        seen, history = session.epochs.of(part), session.view.history
        if seen is None or seen.band is None or history is None or not history.records:
            return False
        return bool(seen.complete and seen.band.epochs[-1] == history.records[-1].epoch)

    wait_until(qtbot, there)


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> StoppingPanel:
    """Return the panel of a window whose run has ended."""
    assert window.session.epochs.of("test") is None  # nothing is computed before one looks
    click(qtbot, window.learn.tab("When to stop"))
    assert window.learn.tabs.panel("When to stop").isVisible()
    wait_for_band(qtbot, window.session, "test")
    return window.learn.tabs.panel("When to stop")


def test_curve_band_and_bars_are_those_of_core(panel: StoppingPanel, window: MainWindow) -> None:
    session = window.session
    assert session.view.history is not None
    band = core_band(session, "test")
    x, low, high = panel.plot.band
    assert x.tolist() == list(range(EPOCHS + 1))
    np.testing.assert_array_equal(low, band.low)
    np.testing.assert_array_equal(high, band.high)
    epochs, shares = panel.bars.data("share of redrawings")
    assert epochs.tolist() == list(range(EPOCHS + 1))
    np.testing.assert_array_equal(shares, band.best_share)
    _, curve = panel.plot.data("test")
    np.testing.assert_array_equal(curve, session.view.history.curve("test", "log_likelihood"))
    np.testing.assert_allclose(curve, band.mean, rtol=1e-5)
    assert panel.plot.star == (session.view.history.best.epoch, curve.max())


def test_the_words_hold_the_numbers(panel: StoppingPanel, window: MainWindow) -> None:
    session = window.session
    assert session.view.history is not None
    band, best = core_band(session, "test"), session.view.history.best
    assert panel.best.text().startswith(
        f"Best test log-likelihood: {best.test_log_likelihood:.4f} at epoch {best.epoch}"
    )
    assert band.interval is not None
    first, last = band.interval
    share = 100 * band.share_between(first, last)
    where = f"is {first}" if first == last else f"lies between {first} and {last}"
    assert panel.sure.text() == (
        f"In {share:.3g} % of 1,000 redrawings of the 200 test images the best epoch {where}."
    )


def test_patience_says_what_would_have_been(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    assert session.view.history is not None
    values = session.view.history.curve("test", "log_likelihood")
    told = set()
    for patience in (1, 2, 3, EPOCHS + 5):
        type_number(qtbot, panel.patience, str(patience))
        stop = early_stopping(session.view.history.epochs, values, patience)
        words = panel.waited.text()
        told.add(stop.stopped_at)
        if stop.stopped_at is None:
            assert words.startswith(f"Patience {patience} would not have stopped yet.")
        else:
            assert words.startswith(
                f"Patience {patience} would have stopped at epoch {stop.stopped_at} and kept "
                f"epoch {stop.best_epoch} ({stop.best_value:.4f})"
            )
    assert None in told
    before = panel.waited.text()
    type_number(qtbot, panel.patience, "0")  # refused, and said so
    assert panel.patience.number() == EPOCHS + 5
    assert panel.waited.text() == before
    assert "Patience must be a whole number from 1 to 5000" in window.notice.text


def test_error_and_log_likelihood_are_put_side_by_side(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    assert session.view.history is not None
    readings, best = core_readings(session, "test"), session.view.history.best.epoch
    session.view.show_epoch(2)
    for name, epoch in (("best", best), ("now", 2)):
        halves = readings.halves(epoch)
        text = panel.why.text()
        assert f"{name}, epoch {epoch}</td>" in text
        for number in (
            f"{halves.n_wrong:,}",
            f"{halves.wrong:.3f}",
            f"{halves.n_right:,}",
            f"{halves.right:.3f}",
        ):
            assert f";{number}</td>" in text
    more = readings.halves(2).n_wrong - readings.halves(best).n_wrong
    how = f"{abs(more)} {'more' if more > 0 else 'fewer'}" if more else "as many"
    assert f"Now {how} are wrong" in panel.why.text()
    click(qtbot, panel.best_button)
    assert session.view.shown is not None
    assert session.view.shown.epoch == best
    assert "now, epoch" not in panel.why.text()
    assert panel.plot.marker == panel.bars.marker == best


def test_a_click_goes_to_an_epoch(panel: StoppingPanel, window: MainWindow) -> None:
    for plot in (panel.plot, panel.bars):
        plot.x_clicked.emit(4.0)
        assert window.session.view.shown is not None
        assert window.session.view.shown.epoch == 4
        window.session.view.show_epoch(None)


def test_hovering_reads_curve_and_band(panel: StoppingPanel, window: MainWindow) -> None:
    band = core_band(window.session, "test")
    words = panel.plot.describe(5.2)
    assert "epoch 5" in words
    assert f"90 %: {band.low[5]:.4g} to {band.high[5]:.4g}" in words
    assert f"share of redrawings {band.best_share[5]:.4g}" in panel.bars.describe(5.2)


def test_band_and_bars_are_painted_in_both_themes(panel: StoppingPanel, window: MainWindow) -> None:
    for theme in (LIGHT, DARK):
        window.use_theme(theme)
        plot = pixels(panel.plot.view)
        assert has_colour(plot, theme.test).sum() > 100  # the curve
        assert has_colour(pixels(panel.bars.view), theme.best).sum() > 100
        panel.plot.clear_band()
        without = pixels(panel.plot.view)
        assert (without != plot).any(axis=-1).sum() > 1000
        assert has_colour(without, theme.surface).sum() > has_colour(plot, theme.surface).sum()
        panel.refresh()


def test_nothing_is_followed_where_nobody_looks(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    click(qtbot, window.learn.tab("Class atlas"))
    session.training.rewind(play=True)
    assert session.epochs.of("test") is None  # of another run: gone
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 1)
    wait_for_state(qtbot, session, RunState.FINISHED)
    QTest.qWait(200)
    assert session.epochs.of("test") is None
    click(qtbot, window.learn.tab("When to stop"))
    wait_for_band(qtbot, session, "test")
    np.testing.assert_array_equal(panel.plot.band[1], core_band(session, "test").low)


def test_a_live_run_is_followed_and_an_older_answer_is_dropped(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    play_endlessly(session)
    wait_until(
        qtbot, lambda: (seen := session.epochs.of("test")) is not None and seen.band is not None
    )
    first = session.epochs.of("test")
    assert first is not None
    n = first.readings.n_epochs
    wait_until(
        qtbot,
        lambda: (seen := session.epochs.of("test")) is not None and seen.readings.n_epochs > n,
    )
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_for_band(qtbot, session, "test")
    np.testing.assert_array_equal(panel.plot.band[1], core_band(session, "test").low)
    old = session.epochs.of("test")
    assert old is not None
    generation = session.epochs._looked_at
    session.training.rewind()
    assert session.epochs.of("test") is None
    assert len(panel.plot.band[0]) == 0  # nor is it drawn
    session.pool.mailbox.put_latest("epochs of test", generation, old)
    session._frame()
    seen = session.epochs.of("test")
    assert seen is None or seen.readings.epochs.max() == 0


def test_the_warning_sets_validation_images_aside_and_they_choose(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    share = validation_share(300)
    assert panel.chooses.words.text() == (
        "<b>The test set chooses the best epoch, so its score flatters</b>."
    )
    assert panel.chooses.button.text() == f"Set {share} training images aside"
    click(qtbot, panel.chooses.button)
    wait_until(qtbot, lambda: data_of(session).validation is not None)
    wait_for_state(qtbot, session, RunState.FINISHED)  # it had ended: it is played anew
    assert session.view.data_config.validation_size == share
    wait_for_band(qtbot, session, "validation")
    assert not panel.chooses.button.isVisible()
    assert panel.chooses.words.text().startswith(f"{share} validation images choose")
    assert panel.best.text().startswith("Best validation log-likelihood")
    assert f"of the {share} validation images" in panel.sure.text()
    np.testing.assert_array_equal(panel.plot.band[2], core_band(session, "validation").high)
    assert has_colour(pixels(panel.plot.view), window.theme.validation).sum() > 100


def test_best_against_now_is_compared(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    click(qtbot, panel.compare_button)
    assert window.learn.tabs.panel("Compare").isVisible()
    models, history = window.session.comparison.models, window.session.view.history
    assert models is not None
    assert history is not None
    assert models[0].weights is history.best.weights
    assert models[1].weights is history.records[-1].weights


def test_without_anybody_who_compares_there_is_no_button(session: Session, qtbot: QtBot) -> None:
    alone = StoppingPanel(session)
    qtbot.addWidget(alone)
    assert alone.compare_button.isHidden()
    assert not alone.best_button.isHidden()


def test_another_run_is_looked_at_when_it_is_shown(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    first = session.runs.live_key
    before = core_band(session, "test")
    session.wanted.set_setting("learning_rate", 0.5)
    click(qtbot, panel.chooses.button)  # the next run has validation images
    wait_until(qtbot, lambda: data_of(session).validation is not None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_band(qtbot, session, "validation")
    session.view.show_run(first)
    assert session.epochs.of("validation") is None
    wait_for_band(qtbot, session, "test")
    np.testing.assert_array_equal(panel.plot.band[1], before.low)
    assert panel.best.text().startswith("Best test log-likelihood")
    session.view.show_run(None)
    wait_for_band(qtbot, session, "validation")
    np.testing.assert_array_equal(panel.plot.band[1], core_band(session, "validation").low)


def test_a_run_whose_validation_images_are_gone_says_so(
    panel: StoppingPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    first = session.runs.live_key
    click(qtbot, panel.chooses.button)
    wait_until(qtbot, lambda: data_of(session).validation is not None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    chosen = session.runs.live_key
    session.wanted.set_setting("validation_size", 0)
    session.wanted.set_setting("test_size", 150)
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: data_of(session).validation is None)
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_for_band(qtbot, session, "test")
    assert "measured on others" not in panel.sure.text()
    session.view.show_run(chosen)
    assert panel.best.text().startswith("Best validation log-likelihood")
    assert "not set aside any more" in panel.sure.text()
    assert len(panel.plot.band[0]) == 0
    session.view.show_run(first)  # on 200 test images, of which 150 are there
    wait_for_band(qtbot, session, "test")
    assert "of the 150 test images" in panel.sure.text()
    assert panel.sure.text().endswith("This run was measured on others.")


def test_all_of_it_fits_into_the_smallest_window(panel: StoppingPanel, window: MainWindow) -> None:
    window.resize(1280, 720)
    window.session.view.show_epoch(1)
    QTest.qWait(50)
    for label in (panel.best, panel.sure, panel.waited, panel.why):
        corner = label.mapTo(panel, QPoint(0, label.height()))
        assert corner.y() <= panel.chooses.y() + 4, label.text()
        assert label.height() >= label.heightForWidth(label.width())
    for widget in (panel.best, panel.compare_button, panel.patience, panel.waited):
        assert widget.mapTo(panel, QPoint(widget.width(), 0)).x() <= panel.width()
    assert panel.patience.lineEdit().width() >= panel.fontMetrics().horizontalAdvance("500")


def test_before_there_are_data_nothing_is_said(new_session, new_window, qtbot: QtBot) -> None:
    window = new_window(new_session())
    click(qtbot, window.learn.tab("When to stop"))
    panel = window.learn.tabs.panel("When to stop")
    assert panel.best.text() == panel.waited.text() == panel.why.text() == ""
    assert not panel.best_button.isEnabled()
    open_and_finish(qtbot, window.session)
    wait_for_band(qtbot, window.session, "test")
    assert panel.best_button.isEnabled()


def take(mailbox: Mailbox) -> tuple[list, dict]:
    events, latest = mailbox.take()
    return [letter.payload for letter in events], {k: v.payload for k, v in latest.items()}


def test_a_failure_is_told_and_the_job_goes_on(session: Session, qtbot: QtBot) -> None:
    mailbox, job = Mailbox(), None
    assert session.view.history is not None
    records, split = tuple(session.view.history.records), data_of(session).test
    job = EpochsJob(mailbox)
    job.start()
    try:
        broken = EpochsTask("test", split, (object(),), False)  # type: ignore[arg-type]
        job.request(1, EpochsRequest((broken,), 0.0))
        wait_until(qtbot, lambda: job.idle)
        events, latest = take(mailbox)
        assert [type(event) for event in events] == [Failed]
        assert not latest
        job.request(1, EpochsRequest((EpochsTask("test", split, records, False),), 0.0))
        wait_until(qtbot, lambda: job.idle)
        _, latest = take(mailbox)
        assert latest["epochs of test"].complete
        assert latest["epochs of test"].band is None
    finally:
        job.request_stop()
        assert job.join(20.0)


def test_the_job_stops_between_two_snapshots(session: Session, qtbot: QtBot) -> None:
    assert session.view.history is not None
    records, split = tuple(session.view.history.records), data_of(session).test
    job = EpochsJob(Mailbox())
    job.start()
    # A rest so long that only a stop can end it.
    job.request(1, EpochsRequest((EpochsTask("test", split, records, True),), 1e9))
    wait_until(qtbot, lambda: bool(job._readers and job._readers[0]._rows))
    job.request_stop()
    assert job.join(20.0)
    assert len(job._readers[0]._rows) < len(records)
