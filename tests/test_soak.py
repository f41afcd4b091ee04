"""Five thousand epochs: memory stays level, in the core alone and beneath a window."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.learning.history import SNAPSHOT_BYTES, History
from core.learning.training import EpochRecord, Trainer
from core.sources import open_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow

EPOCHS = 5000
AT = (1000, 3000, 5000)
DATA = DataConfig(dataset="strokes", train_size=1000, test_size=500)
TRAINING = TrainingConfig(epochs=EPOCHS, batch_size=50)

MARGIN = 25_000_000
"""Bytes: what Python and the C library keep for themselves, here more and there less."""
MOST = SNAPSHOT_BYTES + MARGIN
"""Between 1,000 and 5,000 epochs the weights that are kept may come to their bound."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
]


def resident() -> int:
    """Return the bytes that this process holds in memory now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def assert_level(told: dict[int, int], history: History) -> None:
    """Assert that the last 2,000 epochs took nothing, and those before what weights may take."""
    first, middle, last = (told[epoch] for epoch in AT)
    print("".join(f"\n{epoch:,} epochs: {n / 1e6:.0f} MB" for epoch, n in told.items()))
    assert len(history) == EPOCHS + 1, "curves have every epoch"
    assert history.kept_bytes <= SNAPSHOT_BYTES
    assert last - middle < MARGIN
    assert last - first < MOST


def test_training_alone() -> None:
    data = open_dataset("strokes").sized(DATA)
    history, told = History(TRAINING), {}
    for event in Trainer(data, TRAINING).run():
        if isinstance(event, EpochRecord):
            history.append(event)
            if event.epoch in AT:
                told[event.epoch] = resident()
    assert_level(told, history)


def test_beneath_a_window(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(data=DATA, training=TRAINING)
    window = new_window(session)
    session.open("strokes")
    told: dict[int, int] = {}

    def has_come(epoch: int) -> bool:
        run = session.runs.live
        return run is not None and len(run.history) > epoch

    for epoch in AT:
        qtbot.waitUntil(lambda epoch=epoch: has_come(epoch), timeout=600_000)
        told[epoch] = resident()
    assert window.isVisible()
    assert_level(told, session.runs.live.history)
