"""Training speed beside a repainting window, against the same training headless.

Both run the same ``Trainer.run()`` with its evaluation at every epoch. The window shows the Learn
page, everything live, at full speed; it is really painted, on the display where there is one.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

from result import Result, at_least, at_most

if TYPE_CHECKING:
    from core.data.dataset import Dataset

TOPIC = "window"
_TICK_MILLISECONDS = 5


def measure(quick: bool) -> list[Result]:
    """Return the fraction of headless speed, frames a second and the worst heartbeat."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from threadpoolctl import threadpool_limits

    from core.data.config import DataConfig
    from core.sources import open_dataset

    dataset = open_dataset("strokes").sized(DataConfig())
    seconds, rounds = (2.0, 2) if quick else (5.0, 4)
    with threadpool_limits(limits=1):
        runs = [_round(dataset, seconds) for _ in range(rounds)]
    fraction = statistics.median(run[0] for run in runs)
    frames = statistics.median(run[1] for run in runs)
    heartbeat = max(run[2] for run in runs)
    where = os.environ.get("QT_QPA_PLATFORM") or f"display {os.environ.get('DISPLAY')}"
    return [
        at_least(TOPIC, "speed in the window / headless", fraction, "x", 0.55, note=where),
        at_least(TOPIC, "frames painted a second", frames, "/s", 28.0, note="timer at 30"),
        at_most(TOPIC, "worst heartbeat of the window", heartbeat * 1e3, "ms", 50.0),
    ]


def _round(dataset: Dataset, seconds: float) -> tuple[float, float, float]:
    """Return (speed ratio, frames a second, worst heartbeat in seconds) of one pair of runs."""
    headless = _headless(dataset, seconds)
    live, frames, heartbeat = _in_window(seconds)
    return live / headless, frames, heartbeat


def _headless(dataset: Dataset, seconds: float) -> float:
    """Return epochs per second of the bare generator."""
    from core.learning.training import EpochRecord, Trainer, TrainingConfig

    trainer = Trainer(dataset, TrainingConfig(epochs=5000))
    started = time.perf_counter()
    for event in trainer.run():
        if isinstance(event, EpochRecord) and time.perf_counter() - started > seconds:
            break
    return trainer.epoch / (time.perf_counter() - started)


def _in_window(seconds: float) -> tuple[float, float, float]:
    """Return (epochs a second, frames a second, worst heartbeat) of a live window."""
    from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QSettings, QTimer

    from core.attack import FROM_IMAGE
    from core.data.config import DataConfig
    from core.learning.training import TrainingConfig
    from gui.app import make_application
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.window.main_window import MainWindow

    class PaintCounter(QObject):
        """Counts the paints of one widget."""

        n_paints = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.n_paints += event.type() == QEvent.Type.Paint
            return False

    app = make_application(["benchmark"])
    session = Session(DataConfig(), TrainingConfig(epochs=5000), FROM_IMAGE, pace=None)
    store = QSettings("/dev/null", QSettings.Format.IniFormat)
    window = MainWindow(app, session, Settings(store))
    window.resize(1280, 720)
    window.show()
    session.open("strokes")
    loop = QEventLoop()
    gaps: list[float] = []
    beats = [0.0]

    def beat() -> None:
        now = time.perf_counter()
        gaps.append(now - beats[0])
        beats[0] = now

    def wait(milliseconds: int) -> None:
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    while session.view.history is None or len(session.view.history) < 5:
        wait(20)
    wait(500)
    counter = PaintCounter()
    window.page("learn").atlas.installEventFilter(counter)
    timer = QTimer()
    timer.timeout.connect(beat)
    first, started = session.view.history.epochs[-1], time.perf_counter()
    beats[0] = started
    timer.start(_TICK_MILLISECONDS)
    wait(round(seconds * 1000))
    timer.stop()
    elapsed = time.perf_counter() - started
    n_epochs = session.view.history.epochs[-1] - first
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return float(n_epochs / elapsed), counter.n_paints / elapsed, max(gaps)
