"""The window as a process: what it keeps, and how it ends at any moment."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from core_samples import REPOSITORY
from gui_helpers import make_session, wait_for_film, wait_until

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from gui.app import _log_handler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow

MOMENTS = (5, 20, 50, 100, 400, 800, 1200, 2000)
"""Milliseconds after the data began to be opened, beside those that are always tried."""

ENDLESS = TrainingConfig(epochs=5000)
N_REPAINTS = 50


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None is immortal from 3.12 on: nothing can drop it"
)
@pytest.mark.parametrize("page", ["learn", "attack"])
def test_repainting_drops_no_reference_to_none(window: MainWindow, qtbot: QtBot, page: str) -> None:
    if page == "attack":
        window.show_page("attack")
        wait_for_film(qtbot, window.session)
    window.grab()
    painted = window.page(page)
    before = sys.getrefcount(None)
    for _ in range(N_REPAINTS):
        painted.grab()
        painted.repaint()
    # A PySide6 with the fault drops more than a hundred of them at every repaint.
    assert sys.getrefcount(None) > before - N_REPAINTS


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_frames_of_a_live_run_drop_no_reference_to_none(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=ENDLESS, pace=100.0)
    new_window(session)
    frames = [0]

    def count() -> None:
        frames[0] += 1

    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 3)
    before = sys.getrefcount(None)
    session.view.progressed.connect(count)
    wait_until(qtbot, lambda: frames[0] >= N_REPAINTS)
    assert sys.getrefcount(None) > before - N_REPAINTS


@pytest.mark.parametrize(
    ("moment", "page"),
    [
        *((moment, "learn") for moment in (0, 200)),
        (400, "attack"),
        *(pytest.param(moment, "learn", marks=pytest.mark.long) for moment in MOMENTS),
        *(pytest.param(moment, "attack", marks=pytest.mark.long) for moment in (100, 800)),
    ],
)
def test_the_window_closes_at_any_moment(
    app: Any,
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
    moment: int,
    page: str,
) -> None:
    before = set(threading.enumerate())
    session = new_session(data=DataConfig(dataset="strokes"), training=ENDLESS)
    window = new_window(session)
    if page == "attack":
        window.show_page("attack")
        session.attack.set_setting("steps", 20_000)
    session.open("strokes")
    qtbot.wait(moment)
    assert window.close()
    assert not window.isVisible()
    assert session.close() is True
    assert set(threading.enumerate()) <= before


def test_nothing_arrives_after_the_close(window: MainWindow, qtbot: QtBot) -> None:
    session, heard = window.session, []
    session.training.start_again(play=False)
    session.training.play()
    window.close()
    for heard_of in (
        session.training.epoch_recorded,
        session.view.run_state_changed,
        session.view.shown_changed,
    ):
        heard_of.connect(lambda *args: heard.append(args))
    qtbot.wait(100)  # three frames
    assert heard == []


def test_a_job_that_does_not_stop_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()
    monkeypatch.setattr("gui.jobs.job_pool.STOP_SECONDS", 0.05)
    monkeypatch.setattr("gui.session.data.opening_dataset", lambda *_, **__: may_end.wait(20))
    session = make_session()
    session.open("digits8")
    assert session.close() is False
    may_end.set()
    monkeypatch.setattr("gui.jobs.job_pool.STOP_SECONDS", 20.0)
    assert session.close() is True
    session.deleteLater()


def environment_in(home: Path) -> dict[str, str]:
    """Return what makes the program leave the user's own folders alone."""
    return {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
    }


class Program:
    """main.py without a screen, in a home of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.timing = home / "timing"
        environment = os.environ | environment_in(home)
        environment["PERCEPTRON_EXPLORER_TIMING"] = str(self.timing)
        self.process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "main.py"), *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, what: str) -> None:
        """Wait until the program has noted this in its timing file."""
        pause = threading.Event()
        for _ in range(60 * 50):
            if self.timing.exists() and what in self.timing.read_text(encoding="utf-8"):
                return
            assert self.process.poll() is None, self.process.communicate()[1]
            pause.wait(0.02)
        raise AssertionError(f"{what} never came")

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; return exit code and what it said. The benchmark measures how long."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=120)
        return self.process.returncode, errors


@pytest.fixture
def program(tmp_path: Path) -> Any:
    started: list[Program] = []

    def start(*arguments: str) -> Program:
        started.append(Program(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


QUIET = "This plugin does not support"
"""What the offscreen platform says of itself."""


def complaints(errors: str) -> list[str]:
    return [line for line in errors.splitlines() if line and not line.startswith(QUIET)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Unix signals")
@pytest.mark.parametrize(
    ("until", "then", "number"),
    [
        ("first_learning", 0.0, signal.SIGTERM),
        pytest.param("first_paint", 0.0, signal.SIGTERM, marks=pytest.mark.long),
        pytest.param("first_paint", 0.3, signal.SIGINT, marks=pytest.mark.long),
        pytest.param("first_learning", 1.0, signal.SIGTERM, marks=pytest.mark.long),
    ],
)
def test_the_program_ends_with_exit_code_0(
    program: Callable[..., Program], until: str, then: float, number: signal.Signals
) -> None:
    running = program()
    running.wait_for(until)
    threading.Event().wait(then)
    code, errors = running.end(number)
    assert code == 0, errors
    assert complaints(errors) == []


@pytest.mark.long
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Unix signals")
def test_it_opens_what_the_command_line_names(
    program: Callable[..., Program], tmp_path: Path
) -> None:
    running = program("--dataset", "digits8", "--epochs", "3", "--seed", "4")
    running.wait_for("first_learning")
    code, errors = running.end()
    assert code == 0, errors
    assert complaints(errors) == []
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.suffix == ".conf" for file in written)  # the place of the window


def starting(function: str, milliseconds: int) -> str:
    """Return lines that run the program and call a function of the lines before, so long after."""
    return f"""
made = gui.app.make_application
def make(argv):
    app = made(argv)
    QTimer.singleShot({milliseconds}, {function})
    return app
gui.app.make_application = make
sys.exit(main.run(["--dataset", "digits8"]))
"""


SURPRISED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
import gui.app, main

def surprise():
    windows = [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "MainWindow"]
    if not windows:
        QTimer.singleShot(300, surprise)
        return
    window = windows[0]
    QTimer.singleShot(300, lambda: end(window))
    raise RuntimeError("out of sorts")

def text_shown():
    windows = QApplication.topLevelWidgets()
    return any(type(w).__name__ == "TextWindow" and w.isVisible() for w in windows)

def end(window):
    if window.session.view.shown is None:  # a slow machine: there is nothing to open yet
        QTimer.singleShot(100, lambda: end(window))
        return
    boxes = [box.informativeText() for box in window.findChildren(QMessageBox)]
    window.actions_by_name["help"].trigger()
    window.page("learn").atlas.clicked.emit(0, 3)
    print(boxes, window.page("learn").card.isVisible(), text_shown())
    window.close()
""" + starting("surprise", 300)


def run_script(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a few lines around the program, to their end."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=os.environ | environment_in(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.long
def test_a_surprise_reaches_the_log_and_a_dialog_and_the_program_still_ends(
    tmp_path: Path,
) -> None:
    done = run_script(SURPRISED, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "RuntimeError: out of sorts" in done.stdout
    assert "True True" in done.stdout  # an opened image and the help did not keep it alive
    logs = list(tmp_path.rglob("log.txt"))
    assert len(logs) == 1
    written = logs[0].read_text(encoding="utf-8")
    assert "RuntimeError: out of sorts" in written
    assert "Traceback" in written


FIRST_PICTURE = """
import sys
import main
from PySide6.QtCore import QTimer
from gui.widgets.images.image_mosaic import ImageMosaic

painted, needed = ImageMosaic.paintEvent, []
def paint(mosaic, event):
    painted(mosaic, event)
    if not needed:
        needed.extend(sys.modules)
        QTimer.singleShot(0, mosaic.window().close)
ImageMosaic.paintEvent = paint
code = main.run(WORDS)
print(*needed)
sys.exit(code)
"""

COMES_LATER = {
    *("pyqtgraph", "PIL", "matplotlib", "safetensors", "pooch", "http", "ssl"),
    *("numpy.random", "core.attack.registry", "core.report", "core.exact", "core.drawing"),
    *("core.sources.arrays.idx", "core.sources.catalogue.downloads", "gui.session.attack"),
    *("gui.attack.page", "gui.images.page", "gui.images.draw.panel"),
    "gui.shared.learning_curves",
}


@pytest.mark.parametrize("words", [[], ["--dataset", "strokes"]])
def test_the_first_picture_waits_for_nothing_it_does_not_need(
    tmp_path: Path, words: list[str]
) -> None:
    """And a window that is closed as soon as it was painted ends the program."""
    done = run_script(FIRST_PICTURE.replace("WORDS", repr(words)), tmp_path)
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []
    assert "gui.learn.page" in done.stdout.split()
    assert COMES_LATER.intersection(done.stdout.split()) == set()


IN_THE_MIDDLE = """
import os, signal, sys
import main
from gui.widgets.images.image_mosaic import ImageMosaic

painted = ImageMosaic.paintEvent
def paint(mosaic, event):
    if mosaic.rows:
        os.kill(os.getpid(), signal.SIGTERM)
    painted(mosaic, event)
ImageMosaic.paintEvent = paint
sys.exit(main.run(["--dataset", "digits8"]))
"""


@pytest.mark.long
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Unix signals")
def test_a_signal_in_the_middle_of_painting_waits_for_its_end(tmp_path: Path) -> None:
    done = run_script(IN_THE_MIDDLE, tmp_path)
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []


NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{home}/fonts</dir><cachedir>{home}/cached</cachedir></fontconfig>"""

LETTERS = "Aé ηλμΣ ∞→✓←★×− Ελ こ三 Яж עב ∇ₖ"
"""Words and signs of the program, and names that classes have."""

FONTLESS = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontInfo, QTextLayout
from PySide6.QtWidgets import QApplication
import gui.app, main

def look():
    windows = [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "MainWindow"]
    if not windows:
        QTimer.singleShot(100, look)
        return
    layout = QTextLayout({LETTERS!r}, windows[0].font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    print(QFontInfo(windows[0].font()).family())
    print(all(all(run.glyphIndexes()) for run in layout.glyphRuns()))
    print(windows[0].notice.words.text())
    windows[0].close()
""" + starting("look", 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fonts by fontconfig")
def test_a_machine_without_fonts_reads_those_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS.format(home=tmp_path), encoding="utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    done = run_script(FONTLESS, tmp_path)
    assert done.returncode == 0, done.stderr
    family, all_drawn, words = done.stdout.splitlines()
    assert (family, all_drawn) == ("Inter", "True")
    assert "no fonts" in words
    (log,) = tmp_path.rglob("log.txt")
    assert words in log.read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_place_of_the_log_does_not_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "log.txt")
    monkeypatch.setattr("gui.window.help_text.log_file", lambda: tmp_path / "log.txt")
    assert type(_log_handler()) is logging.StreamHandler
