"""The wall of 60,000 images: how often a second it is painted while it scrolls from end to end.

A window of 1920 x 1080 shows the Data page; the scroll bar is moved from the top to the bottom and
each place is painted before the next, as fast as that goes, every image with its caption. Then the
same at the smallest images, where most of them are in view, and how long it takes to choose and
sort all of them, which happens while a run is live.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from result import Result, at_least, at_most

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from gui.widgets.images.image_wall import ImageWall

TOPIC = "wall"
N_IMAGES = 60_000


def measure(quick: bool) -> list[Result]:
    """Return frames a second while scrolling, and the time to choose among all images."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from threadpoolctl import threadpool_limits

    n_frames = 60 if quick else 240
    dataset = made_up()
    where = os.environ.get("QT_QPA_PLATFORM") or f"display {os.environ.get('DISPLAY')}"
    with threadpool_limits(limits=1):
        frames, n_seen, smallest, n_smallest = _scrolled(dataset, n_frames)
        choosing = _choosing(dataset)
    return [
        at_least(
            topic=TOPIC,
            what="frames a second, usual size",
            value=1 / statistics.median(frames),
            unit="/s",
            target=30.0,
            note=f"{n_seen} images in view, {where}",
        ),
        at_most(
            topic=TOPIC,
            what="slowest of 20 frames, usual size",
            value=_slowest(frames) * 1e3,
            unit="ms",
            target=33.0,
            note="95th percentile",
        ),
        at_least(
            topic=TOPIC,
            what="frames a second, smallest",
            value=1 / statistics.median(smallest),
            unit="/s",
            target=30.0,
            note=f"{n_smallest} images in view",
        ),
        at_most(TOPIC, "choose and sort 60,000 images", choosing * 1e3, "ms", 50.0),
    ]


def made_up() -> Dataset:
    """Return 60,000 images of 28 x 28 that compress as badly as noise: nothing helps the cache."""
    from core.data.dataset import make_dataset

    rng = np.random.default_rng(0)

    def part(n: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.integers(256, size=(n, 784), dtype=np.uint8), np.arange(n) % 10

    return make_dataset("made up", "benchmark", part(N_IMAGES), part(100), image_shape=(28, 28))


def _scrolled(dataset: Dataset, n_frames: int) -> tuple[list[float], int, list[float], int]:
    """Return seconds of each frame and images in view, at the usual and the smallest size."""
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTemporaryDir

    from core.attack import FROM_IMAGE
    from core.data.config import DataConfig
    from core.learning.config import TrainingConfig
    from gui.app import make_application
    from gui.session.data import Loaded
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.window.main_window import MainWindow

    app = make_application(["benchmark"])
    session = Session(DataConfig(train_size=N_IMAGES), TrainingConfig(), FROM_IMAGE)
    folder = QTemporaryDir()
    store = QSettings(folder.filePath("settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(app, session, Settings(store))
    window.resize(1920, 1080)
    window.show()
    session.data.arrived.emit(Loaded("made up", session.view.reading, dataset))
    session.training.pause()
    window.show_page("images")
    page = window.page("images")
    deadline = time.perf_counter() + 20
    while page.wall.content is None or page.wall.content.framed is None:
        app.processEvents()
        if time.perf_counter() > deadline:
            raise RuntimeError("the wall was not filled within 20 s")
    usual, n_usual = _frames(page.wall, n_frames)
    page.wall.set_zoom(0)
    smallest, n_smallest = _frames(page.wall, n_frames)
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return usual, n_usual, smallest, n_smallest


def _frames(wall: ImageWall, n_frames: int) -> tuple[list[float], int]:
    """Return the seconds that each frame of a scroll from end to end takes, and what is seen."""
    bar = wall.verticalScrollBar()
    seconds = []
    for place in np.linspace(bar.minimum(), bar.maximum(), n_frames).astype(int):
        started = time.perf_counter()
        bar.setValue(int(place))
        wall.viewport().repaint()
        seconds.append(time.perf_counter() - started)
    return seconds, len(wall.visible_cells())


def _slowest(frames: list[float]) -> float:
    return float(np.percentile(frames, 95))


def _choosing(dataset: Dataset) -> float:
    """Return the seconds to choose and sort by what a model reads."""
    from core.insight.readings import ImageFilter, read_images, select

    weights = np.random.default_rng(1).normal(size=(10, 785)).astype(np.float32)
    readings = read_images(weights, dataset.train)
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        select(dataset.train, readings, ImageFilter(order="worst", low=1.0))
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
