"""Training beside a repainting window: its speed against headless, and how long the window is deaf.

Both run the same ``Trainer.run()`` with its evaluation at every epoch. The window is really
painted, on the display where there is one. It shows the Learn page, everything live, at full speed;
then the Attack page with a film that plays again and again. A timer tells how long the event loop
does not come round. The panels behind the tabs are made meanwhile: that counts, too.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from result import Result, at_least, at_most, interquartile_range

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from gui.window.main_window import MainWindow

TOPIC = "window"
_TICK_MILLISECONDS = 5
_LEAST_SPEED = 0.75
_USUAL_GAP, _WORST_GAP = 0.033, 0.060
_PAGES = ("learn", "film")


@dataclass(frozen=True, slots=True)
class Beside:
    """What came of one look at a window beside a training.

    Attributes
    ----------
    speed : epochs a second
    frames : paints of the class atlas a second
    gaps : seconds between two rounds of the event loop, where it was asked every 5 ms
    """

    speed: float
    frames: float
    gaps: list[float]


def measure(quick: bool) -> list[Result]:
    """Return the fraction of headless speed and the gaps of the event loop, on either page."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from threadpoolctl import threadpool_limits

    from core.data.config import DataConfig
    from core.sources import open_dataset

    dataset = open_dataset("strokes").sized(DataConfig())
    seconds, rounds = (2.0, 2) if quick else (5.0, 4)
    headless: list[float] = []
    looks: dict[str, list[Beside]] = {page: [] for page in _PAGES}
    with threadpool_limits(limits=1):
        for _ in range(rounds):
            headless.append(_headless(dataset, seconds))
            for page in _PAGES:
                looks[page].append(_in_window(seconds, page))
    where = os.environ.get("QT_QPA_PLATFORM") or f"display {os.environ.get('DISPLAY')}"
    frames = statistics.median(look.frames for look in looks["learn"])
    return [
        *(result for page in _PAGES for result in _of_page(page, looks[page], headless, where)),
        at_least(TOPIC, "learn: frames painted a second", frames, "/s", 28.0, note="timer at 30"),
    ]


def _of_page(page: str, looks: list[Beside], headless: list[float], where: str) -> list[Result]:
    """Return the three figures of one page."""
    fractions = [look.speed / alone for look, alone in zip(looks, headless, strict=True)]
    gaps = [gap for look in looks for gap in look.gaps]
    usual = float(np.quantile(gaps, 0.99))
    return [
        at_least(
            TOPIC,
            f"{page}: speed in the window / headless",
            statistics.median(fractions),
            "x",
            _LEAST_SPEED,
            noise=interquartile_range(fractions),
            note=where,
        ),
        at_most(
            TOPIC,
            f"{page}: 99 % of gaps in the event loop",
            usual * 1e3,
            "ms",
            _USUAL_GAP * 1e3,
            note=f"{sum(gap > _USUAL_GAP for gap in gaps)} of {len(gaps)} longer than a frame",
        ),
        at_most(
            TOPIC,
            f"{page}: longest gap in the event loop",
            max(gaps) * 1e3,
            "ms",
            _WORST_GAP * 1e3,
            note="in each round: " + ", ".join(f"{max(look.gaps) * 1e3:.0f}" for look in looks),
        ),
    ]


def _headless(dataset: Dataset, seconds: float) -> float:
    """Return epochs per second of the bare generator."""
    from core.learning.config import TrainingConfig
    from core.learning.training import EpochRecord, Trainer

    trainer = Trainer(dataset, TrainingConfig(epochs=5000))
    started = time.perf_counter()
    for event in trainer.run():
        if isinstance(event, EpochRecord) and time.perf_counter() - started > seconds:
            break
    return trainer.epoch / (time.perf_counter() - started)


def _play_film(window: MainWindow) -> None:
    """Show an attack, played over and over."""
    window.attack_image("train", 3)
    window.session.attack.film.set_looping(True)


def _in_window(seconds: float, page: str) -> Beside:
    """Return what comes of a live window that shows a page."""
    from PySide6.QtCore import (
        QCoreApplication,
        QEvent,
        QEventLoop,
        QObject,
        QSettings,
        QTemporaryDir,
        QTimer,
    )

    from core.attack import FROM_IMAGE
    from core.data.config import DataConfig
    from core.learning.config import TrainingConfig
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

    gc.collect()  # of the window before; looking for that must not hold up this one
    app = make_application(["benchmark"])
    session = Session(DataConfig(), TrainingConfig(epochs=5000), FROM_IMAGE, pace=None)
    folder = QTemporaryDir()
    store = QSettings(folder.filePath("settings.ini"), QSettings.Format.IniFormat)
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
    if page == "film":
        _play_film(window)
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
    return Beside(float(n_epochs / elapsed), counter.n_paints / elapsed, gaps)
