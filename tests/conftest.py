"""What all tests share: no screen, no user folders, and nothing left behind by a window."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

# Before anything imports Qt. A person who wants to watch the tests sets another platform.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# And before anything imports NumPy, as main.py has it: workers would fight for the cores.
for name in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{name}_THREADS", "1")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.settings import Settings
    from gui.theme import Theme
    from gui.window.main_window import MainWindow


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests look at no data that the user has downloaded, and leave none there."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERCEPTRON_EXPLORER_CACHE", str(folder))
        yield folder


def pytest_configure(config: pytest.Config) -> None:
    """Nor does matplotlib keep there what it found out, which all workers share."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="perceptron-tests-")
        os.environ["MPLCONFIGDIR"] = folder.name
        config.add_cleanup(folder.cleanup)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Start no workers for a file or two, which would take longer, nor where inputs are counted.

    Else one more than there are cores: window tests wait a fifth of their time.
    """
    named = [word for word in config.invocation_params.args if "test_" in word]
    alone = 0 < len(named) <= 2 or config.option.markexpr == "fuzz"
    return 0 if alone else (os.cpu_count() or 1) + 1


OFFSCREEN_WORDS = "^This plugin does not support"
"""The offscreen platform has no window manager and says so at every dialog."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any other Qt warning fails a test."""
    for item in items:
        if item.path.name.startswith("test_gui_"):
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN_WORDS, extend=True))


def _flush_deletions() -> None:
    """Let Qt and Python throw away what nobody holds any more."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _left_threads(before: set[threading.Thread]) -> list[str]:
    deadline = time.perf_counter() + 20.0
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:  # one that was stopped but not joined is no leak
        thread.join(max(0.0, deadline - time.perf_counter()))
    return [f"thread {thread.name!r}" for thread in left if thread.is_alive()]


def _left_timers(started: dict[int, QTimer]) -> list[str]:
    from shiboken6 import isValid

    left = []
    for timer in started.values():
        if isValid(timer) and timer.isActive():
            left.append(f"active QTimer {timer.objectName()!r} of {timer.parent()!r}")
            timer.stop()
    return left


def _left_windows() -> list[str]:
    from PySide6.QtWidgets import QApplication

    left = []
    for widget in QApplication.topLevelWidgets():
        # Tool tips belong to Qt and fade by themselves.
        if widget.isVisible() and widget.metaObject().className() != "QTipLabel":
            left.append(f"visible window {type(widget).__name__} {widget.windowTitle()!r}")
            widget.hide()
    return left


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a window test that leaves a thread, a running timer or a visible window behind."""
    if not request.node.path.name.startswith("test_gui_"):
        yield
        return
    from PySide6.QtCore import QTimer

    started: dict[int, QTimer] = {}
    original = QTimer.start

    def recorded_start(timer: QTimer, *interval: Any) -> None:
        started[id(timer)] = timer
        original(timer, *interval)

    threads = set(threading.enumerate())
    QTimer.start = recorded_start  # type: ignore[method-assign]
    try:
        yield
    finally:
        QTimer.start = original  # type: ignore[method-assign]
    left = [*_left_threads(threads)]
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is not None:
        _flush_deletions()
        left += [*_left_timers(started), *_left_windows()]
    if left:
        pytest.fail(f"the test left behind: {'; '.join(left)}")


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads must end when asked; how quickly is the start-up benchmark's to measure.

    And a panel is made when a test asks for it, not behind its back after a moment.
    """
    monkeypatch.setattr("gui.jobs.job_pool.STOP_SECONDS", 20.0)
    monkeypatch.setattr("gui.widgets.basics.lazy_tabs.FIRST_MILLISECONDS", 3_600_000)


@pytest.fixture(scope="session")
def app(qapp: QApplication) -> QApplication:
    """Return the application as the program makes it."""
    from gui.app import make_application

    made = make_application(["perceptron-explorer"])
    # What is imported by now stays; looking for leaks need not walk through it after every test.
    gc.collect()
    gc.freeze()
    return made


@pytest.fixture
def settings(tmp_path: Path, qapp: QApplication) -> Settings:
    """Return settings that live in a file of this test."""
    from PySide6.QtCore import QSettings

    from gui.settings import Settings

    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def new_session(qapp: QApplication) -> Iterator[Callable[..., Session]]:
    """Return a maker of sessions; every one is closed at the end, all threads within the time."""
    from gui_helpers import make_session

    made: list[Session] = []

    def make(**options: Any) -> Session:
        made.append(make_session(**options))
        return made[-1]

    yield make
    ended = [session.close() for session in made]
    for session in made:
        session.deleteLater()
    assert all(ended), "a session could not stop its threads in time"


@pytest.fixture
def session(new_session: Callable[..., Session], qtbot: QtBot) -> Session:
    """Return a session on UCI digits whose run of a dozen epochs has ended."""
    from gui_helpers import open_and_finish

    return open_and_finish(qtbot, new_session())


@pytest.fixture
def new_window(
    app: QApplication, settings: Settings, qtbot: QtBot
) -> Iterator[Callable[[Session], MainWindow]]:
    """Return a maker of shown, active windows; every one is closed at the end."""
    from gui_helpers import activate
    from shiboken6 import isValid

    from gui.window.main_window import MainWindow

    made: list[MainWindow] = []

    def make(session: Session) -> MainWindow:
        window = MainWindow(app, session, settings)
        made.append(window)
        window.resize(1280, 720)
        window.show()
        activate(qtbot, window)
        return window

    yield make
    for window in made:
        if isValid(window):
            window.close()
            window.deleteLater()


@pytest.fixture
def window(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> MainWindow:
    """Return a window, 1280 x 720, that has opened UCI digits and learnt for a dozen epochs."""
    from gui_helpers import open_and_finish, wait_for_diagnosis

    window = new_window(new_session())
    open_and_finish(qtbot, window.session)
    wait_for_diagnosis(qtbot, window.session)
    return window


@pytest.fixture
def held_window(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> MainWindow:
    """Return a window, 1280 x 720, whose run is held before its first batch."""
    from gui_helpers import open_paused

    window = new_window(new_session())
    open_paused(qtbot, window.session)
    return window


@pytest.fixture
def told(session: Session) -> list[str]:
    """Return what the session has said to people, which grows."""
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    return told


@pytest.fixture
def new_panel(app: QApplication, qtbot: QtBot) -> Iterator[Callable[..., Any]]:
    """Return a maker of panels or pages that stand alone: a test of one needs no window around it.

    ``new_panel(PairsPanel, session)`` is the panel of that session, shown and active, in its
    colours and at the size it has in a window of 1280 x 720; ``size`` and ``theme`` choose others,
    and what else is given goes to the class. At the end all is as when a window closes: panels are
    hidden, their sessions' threads are ended, then they are thrown away.
    """
    from gui_helpers import PANEL_SIZE, activate, put_on
    from PySide6.QtWidgets import QWidget
    from shiboken6 import isValid

    from gui.theme import LIGHT

    made: list[tuple[QWidget, Session]] = []

    def make(
        kind: Callable[..., Any],
        session: Session,
        *,
        size: tuple[int, int] = PANEL_SIZE,
        theme: Theme = LIGHT,
        **options: Any,
    ) -> Any:
        panel = kind(session, **options)
        head, layout = getattr(panel, "head", None), panel.layout()
        if isinstance(head, QWidget) and layout is not None:
            layout.setMenuBar(head)  # above it, as the page has it
        made.append((panel, session))
        panel.resize(*size)
        put_on(app, panel, theme)
        panel.show()
        activate(qtbot, panel)
        return panel

    yield make
    for panel, session in made:
        if isValid(panel):
            panel.hide()
        session.close()
    for panel, _ in made:
        if isValid(panel):
            panel.deleteLater()
