"""Another theme, size of text, and the full screen: how long the window does not answer.

Every page has been looked at, and a run learns at its usual pace. What is done is done from the
event loop; a timer tells how long that does not come round until everything is painted anew, the
hidden pages too. The longest of these gaps is what a person feels.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

from result import Result, at_most

if TYPE_CHECKING:
    from collections.abc import Callable

TOPIC = "look"
_TICK_MILLISECONDS = 2
_SETTLED_MILLISECONDS = 1500
_MOST = 250.0


def measure(quick: bool) -> list[Result]:
    """Return the longest gap of the event loop after each, on each page."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, QSettings, QTemporaryDir, QTimer

    from core.attack import FROM_IMAGE
    from core.data.config import DataConfig
    from core.learning.config import TrainingConfig
    from gui.app import make_application
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.theme import USUAL
    from gui.window.look import next_size
    from gui.window.main_window import MainWindow
    from gui.window.registry import PAGES

    app, loop, folder = make_application(["benchmark"]), QEventLoop(), QTemporaryDir()
    session = Session(DataConfig(), TrainingConfig(epochs=5000), FROM_IMAGE)
    store = QSettings(folder.filePath("settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(app, session, Settings(store))
    window.resize(1280, 720)
    window.show()
    session.open("digits8")

    def wait(milliseconds: int) -> None:
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def gap_after(do: Callable[[], object]) -> float:
        gaps, last = [0.0], [time.perf_counter()]

        def beat() -> None:
            gaps.append(time.perf_counter() - last[0])
            last[0] = time.perf_counter()

        timer = QTimer(interval=_TICK_MILLISECONDS)
        timer.timeout.connect(beat)
        timer.start()
        QTimer.singleShot(0, do)
        wait(_SETTLED_MILLISECONDS)
        return max(gaps) * 1e3

    wait(3000)
    for page in PAGES:
        window.show_page(page.name)
        wait(1500)
    full = window.actions_by_name["full_screen"].trigger
    changes: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "theme": (window.switch_theme, window.switch_theme),
        "size of text": (lambda: window.use_text(next_size(1)), lambda: window.use_text(USUAL)),
        "full screen": (full, full),
    }
    results = []
    for words, (there, back) in changes.items():
        longest = {}
        for page in PAGES:
            window.show_page(page.name)
            wait(300)
            gaps = [gap_after(do) for _ in range(1 if quick else 3) for do in (there, back)]
            longest[page.name] = statistics.median(gaps)
        note = ", ".join(f"{page} {gap:.0f}" for page, gap in longest.items())
        name = f"{words}: longest gap in the event loop"
        results.append(at_most(TOPIC, name, max(longest.values()), "ms", _MOST, note=note))
    window.close()
    return results
