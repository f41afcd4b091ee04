"""Errors in what overrides a method of Qt: none ends the process, each is told."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from core_samples import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

_ALL = """
import importlib, pkgutil, sys
from shiboken6 import Shiboken
from gui.overrides import guard_overrides, overrides
import gui.window.main_window  # some classes are there before, all others come after
guard_overrides()
import gui
for module in pkgutil.walk_packages(gui.__path__, "gui."):
    importlib.import_module(module.name)
guarded, bare, kinds = 0, [], [Shiboken.Object]
while kinds:
    kinds += (kind := kinds.pop()).__subclasses__()
    if kind.__module__.split(".")[0] in ("gui", "pyqtgraph"):
        for name, method in overrides(kind).items():
            guarded += hasattr(method, "__wrapped__")
            bare += [] if hasattr(method, "__wrapped__") else [f"{kind.__qualname__}.{name}"]
print(guarded, bare)
"""

_IN_THE_WINDOW = """
import os, sys
from PySide6.QtCore import QEvent, QPoint, QSize, QTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
import gui.app as program
from core.command_line import parse_arguments

class Faulty(QWidget):
    wrong = False

    def event(self, event):
        return super().event(event)

    def fail(self, *_):
        if Faulty.wrong:
            return {"IndexError": lambda: [][0], "TypeError": lambda: None + 1,
                    "ValueError": lambda: int(""), "ZeroDivisionError": lambda: 1 / 0,
                    "KeyError": lambda: {}[0], "AttributeError": lambda: None.x}[sys.argv[1]]()

    def sizeHint(self):
        self.fail()
        return QSize(9, 9)

    def eventFilter(self, watched, event):
        self.fail()
        return super().eventFilter(watched, event)

    mousePressEvent = keyPressEvent = resizeEvent = paintEvent = fail
    changeEvent = hideEvent = focusInEvent = fail

def make(argv):
    app = made(argv)
    QTimer.singleShot(1500, lambda: go(app))
    return app

def go(app):
    window = next(one for one in app.topLevelWidgets() if one.inherits("QMainWindow"))
    told = []
    window.show_surprise, show = told.append, window.show_surprise
    widget, beside = Faulty(window), QWidget(window)
    beside.installEventFilter(widget)
    for one in (widget, beside):
        one.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        one.resize(20, 20)
        one.show()
    app.processEvents()
    ways = [
        lambda: QTest.mouseClick(widget, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(widget, Qt.Key.Key_A),
        lambda: widget.resize(40, 40),
        widget.repaint,
        widget.setFocus,
        widget.adjustSize,
        lambda: widget.setEnabled(False),
        lambda: QTest.mouseClick(beside, Qt.MouseButton.LeftButton),
        widget.hide,
    ]
    def end():
        Faulty.wrong = False
        show("the end")
        boxes = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
        print(silent, len(boxes), {words.split(":")[0] for words in told}, sep="|")
        window.close()
    Faulty.wrong, silent = True, []
    def on(i):
        if i == len(ways):
            return end()
        widget.clearFocus()
        before = len(told)
        QTimer.singleShot(0, ways[i])  # from here its error would end this walk
        def seen(tries=0):
            if len(told) == before and tries < 100:
                return QTimer.singleShot(20, lambda: seen(tries + 1))
            silent.extend([i] if len(told) == before else [])
            on(i + 1)
        QTimer.singleShot(20, seen)
    on(0)

made, program.make_application = program.make_application, make
sys.exit(program.run_window(parse_arguments([])))
"""


def run(code: str, *given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *given],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=REPOSITORY,
    )


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="errors are whole from 3.12 on")
def test_every_override_there_is_in_window_and_plots_is_guarded() -> None:
    done = run(_ALL)
    guarded, bare = done.stdout.split(" ", 1)
    assert bare.strip() == "[]"
    assert int(guarded) > 200, done.stderr


OTHERS = ("TypeError", "ValueError", "ZeroDivisionError", "KeyError", "AttributeError")


@pytest.mark.parametrize(
    "error", ["IndexError", *(pytest.param(error, marks=pytest.mark.long) for error in OTHERS)]
)
def test_an_error_in_an_override_that_python_called_is_told_and_the_window_lives_on(
    error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(folder, str(tmp_path))
    done = run(_IN_THE_WINDOW, error)
    assert done.returncode == 0, done.stderr
    silent, n_boxes, kinds = done.stdout.split("|")
    assert silent == "[]"
    assert int(n_boxes) == 1
    assert kinds.strip() == repr({error})
