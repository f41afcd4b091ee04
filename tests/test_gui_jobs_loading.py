from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from gui_helpers import wait_until

from gui.jobs.job_pool import JobPool
from gui.jobs.loading import load_beside

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.jobs.worker import Failed

_PROGRAM = """
import threading
from PySide6 import QtCore, QtGui, QtWidgets
from gui.jobs.job_pool import JobPool
from gui.jobs.loading import load_beside

def unmade():
    return [n for m in (QtCore, QtGui, QtWidgets) for n in dir(m) if n not in vars(m)]

app = QtCore.QCoreApplication([])
pool = JobPool()
turns, seen = [], []
timer = QtCore.QTimer()
timer.timeout.connect(lambda: turns.append(not seen))
timer.start(0)
before = len(unmade())
load_beside(
    pool,
    [lambda: seen.append((len(unmade()), threading.current_thread() is threading.main_thread()))],
    app.quit,
)
QtCore.QTimer.singleShot(60_000, app.quit)
app.exec()
assert pool.close()
print(before > 100, *seen[0], sum(turns) > 3)
"""


def test_qt_s_classes_are_made_by_the_window_in_pieces_before_a_thread_may_ask_for_them() -> None:
    # In a program of its own: here most of them are made already.
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=120
    )
    assert told.stdout.split() == ["True", "0", "False", "True"]


def test_a_pool_that_was_closed_loads_nothing(app: object) -> None:
    pool, called = JobPool(), []
    assert pool.close()
    load_beside(pool, [lambda: called.append("load")], lambda: called.append("then"))
    assert pool.running == []
    assert called == []
    pool.deleteLater()


def test_modules_that_cannot_be_read_are_told_once_and_nothing_follows(
    app: object, qtbot: QtBot
) -> None:
    def fail() -> None:
        raise ImportError("no such module")

    pool, usual = JobPool(), sys.getswitchinterval()
    called: list[str] = []
    told: list[Failed] = []
    pool.failed.connect(told.append)
    load_beside(pool, [fail, lambda: called.append("next")], lambda: called.append("then"))
    wait_until(qtbot, lambda: told and not pool.running)
    load_beside(pool, [lambda: called.append("load")], lambda: called.append("loaded"))
    wait_until(qtbot, lambda: "loaded" in called and not pool.running)
    qtbot.wait(100)
    assert [failure.message for failure in told] == ["ImportError: no such module"]
    assert called == ["load", "loaded"]
    assert sys.getswitchinterval() == usual
    assert pool.close()
    pool.deleteLater()
