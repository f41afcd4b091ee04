"""The application: style, the one path of unexpected errors, start and end."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from dataclasses import replace
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QSlider
from threadpoolctl import threadpool_limits

from core.attack import FROM_IMAGE
from gui.session.session import Session
from gui.settings import Settings
from gui.theme import ICONS, apply_font, bring_fonts
from gui.window.help_text import log_file
from gui.window.main_window import MainWindow

if TYPE_CHECKING:
    from types import TracebackType

    from core.attack import AttackConfig
    from core.command_line import Arguments

_log = logging.getLogger(__name__)


class InputHabits(QObject):
    """Lets a focused button keep the space bar, which elsewhere plays and pauses.

    And lets the wheel scroll: over a list, or a number or slider that nobody has clicked, it would
    change a setting while somebody wants to read on.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the space bar for the button before the shortcut takes it; pass the wheel on."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, (QComboBox, QAbstractSpinBox, QSlider))
            # A list keeps the keyboard once it was used; to open it is one click.
            and (isinstance(watched, QComboBox) or not watched.hasFocus())
        ):
            event.ignore()  # so that it goes to the widget around it
            return True
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(watched, QAbstractButton)
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return False


def make_application(argv: list[str]) -> QApplication:
    """Return the one application, with style, font and icon."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(argv)
    app.setApplicationName("perceptron-explorer")
    app.setApplicationDisplayName("Perceptron Explorer")
    app.setDesktopFileName("perceptron-explorer")  # whose icon the desktop shows
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(ICONS / "app.svg")))
    apply_font(app)
    pg.setConfigOptions(antialias=False, imageAxisOrder="row-major")
    return app


def write_log() -> None:
    """Send warnings and unexpected errors to the log file; stderr where that cannot be."""
    handler: logging.Handler
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_file(), maxBytes=1_000_000, backupCount=1)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)


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
        learn = window.page("learn")
        self._to_come = {learn.atlas: "first_paint", learn.curves: "full_look"}
        for widget in self._to_come:
            widget.installEventFilter(self)
        window.session.training.epoch_recorded.connect(self._epoch_recorded)

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


def first_attack(arguments: Arguments) -> AttackConfig:
    """Return what the Attack page begins with.

    Without any attack option it begins from an image; the page always has a chosen image.
    """
    attack = arguments.attack if arguments.attack_given else FROM_IMAGE
    if attack.toward is None:
        attack = replace(attack, toward=attack.start or 0)
    return attack


def run_window(arguments: Arguments) -> int:
    """Open the window and return the exit code."""
    # More threads do not help products of this size and would fight with the painter.
    with threadpool_limits(limits=1):
        app = make_application(sys.argv[:1])
        write_log()
        brought = bring_fonts(app)
        settings = Settings()
        session = Session(
            arguments.data,
            arguments.training,
            first_attack(arguments),
            attack_given=arguments.explicit,
            mirror=settings.mirror,
        )
        session.open(arguments.data.dataset, arguments.reading)
        window = MainWindow(app, session, settings)
        tell_surprises(window)
        if brought:
            _log.warning(brought)
            window.notify(brought, False)
        timing = os.environ.get("PERCEPTRON_EXPLORER_TIMING")
        if timing:
            StartTimes(window, timing)
        keys = InputHabits(app)
        app.installEventFilter(keys)
        # The frame timer gives Python a chance to run these handlers 30 times a second. They may
        # run in the middle of a paintEvent, so the window is closed from the event loop.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: QTimer.singleShot(0, window.close))
        geometry = settings.geometry
        if geometry is None or not window.restoreGeometry(geometry):
            window.resize(window.sizeHint())
        window.show()
        return app.exec()
