"""Twenty runs of 200 epochs in the list: how long the window takes to answer, and to be painted.

An answer is whatever a person does, carried out and painted, on the display where there is one.
What is computed beside the window (diagnosis, comparison) is not waited for: nothing else waits for
it either.
"""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from result import Result, at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.learning.training import EpochRecord
    from gui.session.session import Session
    from gui.window.main_window import MainWindow

TOPIC = "runs"
N_RUNS, N_EPOCHS = 20, 200
ANSWER_MILLISECONDS = 100.0


def measure(quick: bool) -> list[Result]:
    """Return the slowest of many answers, and the memory that the weights of all runs take."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return _measure(2 if quick else 5)


def _measure(rounds: int) -> list[Result]:
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTemporaryDir
    from PySide6.QtWidgets import QApplication

    from core.attack import FROM_IMAGE
    from core.data.config import DataConfig
    from core.learning.config import TrainingConfig
    from gui.app import make_application
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.window.main_window import MainWindow

    app = make_application(["benchmark"])
    config = TrainingConfig(epochs=N_EPOCHS)
    session = Session(DataConfig(dataset="strokes"), config, FROM_IMAGE, pace=None)
    folder = QTemporaryDir()
    store = QSettings(folder.filePath("settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(app, session, Settings(store))
    window.resize(1280, 720)
    window.show()
    session.open("strokes")
    while session.view.history is None or session.view.history.last_epoch < N_EPOCHS:
        app.processEvents()
        time.sleep(0.01)
    _fill(session)
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, act in _actions(window, session):
            app.processEvents()
            started = time.perf_counter()
            act()
            QApplication.processEvents()
            times.setdefault(name, []).append(1e3 * (time.perf_counter() - started))
    kept = sum(entry.run.history.kept_bytes for entry in session.runs.entries)
    session.close()
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    slowest = max(medians, key=medians.__getitem__)
    worst = max(max(taken) for taken in times.values())
    where = os.environ.get("QT_QPA_PLATFORM") or f"display {os.environ.get('DISPLAY')}"
    what = f"{N_RUNS} runs of {N_EPOCHS} epochs, slowest answer"
    return [
        at_most(
            topic=TOPIC,
            what=what,
            value=medians[slowest],
            unit="ms",
            target=ANSWER_MILLISECONDS,
            note=f"{slowest}, median; {len(medians)} kinds, {where}",
        ),
        at_most(TOPIC, "worst single answer", worst, "ms", ANSWER_MILLISECONDS),
        at_most(TOPIC, "weights kept of all runs", kept / 2**20, "MB", 512.0),
    ]


def _fill(session: Session) -> None:
    """Put runs beside the one there is: its own curves, each moved a little."""
    from core.learning.history import History
    from core.learning.runs import Run

    first = session.runs.live
    assert first is not None
    assert session.view.dataset is not None
    records = list(first.history.records)
    live_key = session.runs.live_key
    for number in range(1, N_RUNS):
        history = History(replace(first.history.config, seed=number))
        for record in records:
            history.append(_moved(record, 0.005 * number))
        run = Run(
            session.runs.next_key(),
            history,
            session.view.data_config,
            session.view.reading,
            session.view.dataset.name,
        )
        session.runs.begin(run)
    assert live_key is not None
    session.runs.live_key = live_key
    for entry in session.runs.entries:
        session.runs.set_visible(entry.key, True)


def _moved(record: EpochRecord, by: float) -> EpochRecord:
    return replace(
        record,
        test_log_likelihood=record.test_log_likelihood - by,
        train_log_likelihood=record.train_log_likelihood - by,
        weights=record.weights + np.float32(by),
    )


def _actions(window: MainWindow, session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what a person does, one thing after another."""
    from gui.learn.page import ATLAS
    from gui.shared.side import Side
    from gui.window.registry import LEARN_TABS

    runs, plot = session.runs, window.page("learn").curves.like_plot
    keys = [entry.key for entry in runs.entries]
    some, other = keys[3], keys[11]
    sides = (Side(other, "best"), Side(None, "best"))
    for tab in (ATLAS, *(tab.words for tab in LEARN_TABS)):
        yield f"tab {tab}", partial(window.page("learn").show_tab, tab)
    window.show_page("tune")
    yield "hide a run", lambda: runs.set_visible(some, False)
    yield "show a run", lambda: runs.set_visible(some, True)
    yield "rename", lambda: runs.rename(some, f"another {time.perf_counter():.3f}")
    yield "recolour", lambda: runs.set_colour(some, 5)
    yield "sort", lambda: window.page("tune").runs.table.runs.sort(1)
    yield "pin", lambda: runs.pin(other)
    yield "show everywhere", lambda: session.view.show_run(other)
    for epoch in (0, 57, N_EPOCHS):
        yield "go to an epoch", partial(session.view.show_epoch, epoch)
    yield "back to live", lambda: session.view.show_epoch(None)
    yield "remove", lambda: session.view.remove_run(some)
    yield "put back", session.runs.undo_remove
    for x in (10.0, 90.0, 180.0):
        yield "read all values", partial(plot.describe, x)
    options = plot.options
    yield "smooth", lambda: plot.set_options(replace(options, smoothing=9))
    yield "log axes", lambda: plot.set_options(replace(options, log_x=True, log_y=True))
    yield "plain axes", lambda: plot.set_options(options)
    yield "compare", lambda: window.page("tune").show_wanted(sides)
    yield "change a setting", lambda: session.wanted.set_setting("learning_rate", 0.11)
    yield "change it back", lambda: session.wanted.set_setting("learning_rate", 0.1)
