"""The application: style, the one path of unexpected errors, start and end."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from gui.overrides import guard_overrides
from gui.session.session import Session
from gui.settings import Settings
from gui.theme import apply_font, bring_fonts
from gui.window.main_window import MainWindow

if TYPE_CHECKING:
    from types import TracebackType

    from core.command_line import Arguments

_log = logging.getLogger(__name__)
_RUBBISH_MILLISECONDS = 1000
"""After the window is shown; main.py has told Python not to look for any."""


def make_application(argv: list[str]) -> QApplication:
    """Return the one application, with style and font."""
    guard_overrides()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(argv)
    app.setApplicationName("perceptron-explorer")
    app.setApplicationDisplayName("Perceptron Explorer")
    app.setDesktopFileName("perceptron-explorer")  # whose icon the desktop shows
    app.setStyle("Fusion")
    apply_font(app)
    return app


class LateLog(logging.Handler):
    """Opens the log file with the first record, of which most starts have none."""

    def __init__(self) -> None:
        super().__init__()
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write to the log file, to stderr where that cannot be."""
        if self._file is None:
            self._file = _log_handler()
        self._file.emit(record)


def _log_handler() -> logging.Handler:
    from logging.handlers import RotatingFileHandler

    from gui.window.help_text import log_file

    handler: logging.Handler
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        if log_file().exists() and not log_file().is_file():  # nobody may ever read from a pipe
            raise OSError(f"{log_file()} is no file")
        handler = RotatingFileHandler(log_file(), maxBytes=1_000_000, backupCount=1)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    return handler


def tell_surprises(window: MainWindow) -> None:
    """Make an unexpected exception in the window's thread reach the log and a dialog."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        _log.error("unexpected", exc_info=(kind, error, trace))
        window.show_surprise(f"{kind.__name__}: {error}")

    sys.excepthook = hook


class StartTimes(QObject):
    """Writes when the window was painted and first learnt, for the start-up benchmark."""

    def __init__(self, window: MainWindow, file: str) -> None:
        super().__init__(window)
        self._file = file
        self._page = window.page("learn")
        self._to_come: dict[QObject, str] = {}
        self._watch(self._page.atlas, "first_paint")
        self._page.completed.connect(self._completed)
        window.session.training.epoch_recorded.connect(self._epoch_recorded)

    def _watch(self, widget: QObject, what: str) -> None:
        self._to_come[widget] = what
        widget.installEventFilter(self)

    @Slot()
    def _completed(self) -> None:
        self._watch(self._page.curves, "full_look")

    def _write(self, what: str) -> None:
        with open(self._file, "a", encoding="utf-8") as stream:
            stream.write(f"{what} {time.time():.6f}\n")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint of the atlas and of the plots."""
        if event.type() == QEvent.Type.Paint and watched in self._to_come:
            self._write(self._to_come.pop(watched))
        return False

    def _epoch_recorded(self, record: object) -> None:
        if getattr(record, "epoch", 0) == 1:
            self._write("first_learning")


def collect_rubbish() -> None:
    """Let Python look for rubbish again: not among what the start has made, which stays."""
    gc.freeze()
    gc.enable()


def run_window(arguments: Arguments) -> int:
    """Open the window and return the exit code."""
    app = make_application(sys.argv[:1])
    logging.getLogger().addHandler(LateLog())
    brought = bring_fonts(app)
    settings = Settings()
    attack = arguments.attack
    if attack is not None and attack.toward is None:
        attack = replace(attack, toward=attack.start or 0)  # the page always has a chosen image
    session = Session(
        arguments.data,
        arguments.training,
        attack,
        attack_given=arguments.explicit,
        attack_target=arguments.target,
        mirror=settings.mirror,
    )
    window = MainWindow(app, session, settings)
    tell_surprises(window)
    if brought:
        _log.warning(brought)
        session.messages.note(brought)
    window.page("learn").painted.connect(
        partial(session.open, arguments.data.dataset, arguments.reading)
    )
    timing = os.environ.get("PERCEPTRON_EXPLORER_TIMING")
    if timing:
        StartTimes(window, timing)
    # The frame timer gives Python a chance to run these handlers 30 times a second. They may
    # run in the middle of a paintEvent, so the window is closed from the event loop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.close))
    if not window.restoreGeometry(settings.geometry):
        window.resize(window.sizeHint())
    window.show()
    QTimer.singleShot(_RUBBISH_MILLISECONDS, window, collect_rubbish)
    return app.exec()
