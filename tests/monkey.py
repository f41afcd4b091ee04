"""Someone who clicks, types and scrolls at random, from a seed, while the program learns.

``monkey.py FOLDER SEED N`` opens the window of the program, does N things in it, and prints what
came of it as JSON: what was told as unexpected, and which of the things took the thread of the
window longer than it may. ``--where`` samples what these did meanwhile.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt, QTimer, qInstallMessageHandler
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from core.attack import FROM_IMAGE
from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from gui.app import make_application, tell_surprises
from gui.session.session import Session
from gui.settings import Settings
from gui.window.actions import COMMANDS
from gui.window.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST = 0.250
"""Seconds of the window's thread that one thing, and all that comes of it, may take."""

CLASSES = (2, 10, 47)
_EVERY = 10
"""Milliseconds between two looks at what takes long."""

_KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab),
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Backspace, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_F2, Qt.Key.Key_Menu, Qt.Key.Key_Backtab),
)
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_PLAIN, _CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def make_data(folder: Path) -> list[Path]:
    """Write a set of pictures for each number of classes, with names of all lengths."""
    rng = np.random.default_rng(0)
    sets = []
    for n_classes in CLASSES:
        sets.append(folder / f"of {n_classes}")
        for k, shape in enumerate(rng.random((n_classes, 16, 16)) ** 3):
            name = f"{k} " + ("a rather long name of a class", "ねこ", "Straße", "b")[k % 4]
            for part, n in (("train", 24), ("test", 12)):
                inside = sets[-1] / part / name
                inside.mkdir(parents=True)
                for i in range(n):
                    ink = np.clip(shape + rng.normal(0, 0.25, shape.shape), 0, 1)
                    Image.fromarray((255 * ink).astype(np.uint8)).save(inside / f"{i}.png")
    return sets


class Monkey:
    """Does one thing after another with the window, as real events."""

    def __init__(self, app: QApplication, window: MainWindow, sets: list[Path], seed: int) -> None:
        self.app, self.window, self.sets = app, window, sets
        self.random = random.Random(seed)
        self.told: list[str] = []
        self.slow: list[dict[str, Any]] = []
        self.done: Counter[str] = Counter()
        self._samples: list[str] | None = None
        self._tries, self._number, self._since, self._words = 0, 0, 0.0, ""
        self._rescue = QTimer(singleShot=True, interval=40)
        self._rescue.timeout.connect(self._in_popup)
        self._ways: dict[Callable[[], str], int] = {
            self._click: 34,
            self._double_click: 4,
            self._right_click: 4,
            self._hover: 12,
            self._drag: 6,
            self._wheel: 8,
            self._key: 12,
            self._shortcut: 14,
            self._write: 3,
            self._resize: 2,
            self._look: 3,
            self._open: 1,
            self._run: 3,
        }

    def widgets(self) -> list[QWidget]:
        """Return what can be pointed at: of a popup or a dialog where there is one."""
        root = self.app.activePopupWidget() or self.app.activeModalWidget()
        if root is None:
            tops = [w for w in self.app.topLevelWidgets() if w.isVisible() and w.isWindow()]
            dialogs = [w for w in tops if w is not self.window and w.windowType() != Qt.ToolTip]
            root = self.random.choice([self.window, self.window, self.window, *dialogs])
        seen = [root, *root.findChildren(QWidget)]
        return [
            w for w in seen if w.isVisible() and w.isEnabled() and not w.visibleRegion().isEmpty()
        ]

    def _widget(self, *, active: float = 0.6) -> QWidget:
        """Return any widget; more often one that does something."""
        seen = self.widgets()
        useful = [w for w in seen if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
        if useful and self.random.random() < active:
            return self.random.choice(useful)
        return self.random.choice(seen or [self.window])  # a dialog may close meanwhile

    def _place(self, widget: QWidget) -> QPoint:
        """Return a place where a widget is really seen."""
        # Where a click before has hidden it, nothing is seen of it any more.
        box = self.random.choice([*widget.visibleRegion()] or [widget.rect()])
        return QPoint(
            self.random.randint(box.left(), box.right()),
            self.random.randint(box.top(), box.bottom()),
        )

    def _click(self) -> str:
        widget = self._widget()
        modifier = self.random.choice([_PLAIN] * 6 + [_CONTROL, _SHIFT])
        QTest.mouseClick(_seen(widget), _LEFT, modifier, self._place(widget))
        return _name(widget)

    def _double_click(self) -> str:
        widget = self._widget()
        QTest.mouseDClick(_seen(widget), _LEFT, _PLAIN, self._place(widget))
        return _name(widget)

    def _right_click(self) -> str:
        widget = _seen(self._widget(active=0.3))
        place = self._place(widget)
        QTest.mouseClick(widget, _RIGHT, _PLAIN, place)
        reason = QContextMenuEvent.Reason.Mouse
        self.app.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))
        return _name(widget)

    def _hover(self) -> str:
        widget = _seen(self._widget(active=0.4))
        for _ in range(self.random.randint(1, 4)):
            QTest.mouseMove(widget, self._place(widget))
        return _name(widget)

    def _drag(self) -> str:
        widget = _seen(self._widget(active=0.7))
        button = self.random.choice([_LEFT] * 4 + [_RIGHT])
        QTest.mousePress(widget, button, _PLAIN, self._place(widget))
        for _ in range(self.random.randint(1, 5)):
            QTest.mouseMove(widget, self._place(widget))
        QTest.mouseRelease(widget, button, _PLAIN, self._place(widget))
        return _name(widget)

    def _wheel(self) -> str:
        widget = _seen(self._widget())
        place = QPointF(self._place(widget))
        delta = QPoint(0, self.random.choice([-360, -120, 120, 360]))
        modifier = self.random.choice([_PLAIN] * 4 + [_CONTROL])
        phase, buttons = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
        everywhere = QPointF(widget.mapToGlobal(place.toPoint()))
        event = QWheelEvent(place, everywhere, QPoint(), delta, buttons, modifier, phase, False)
        self.app.sendEvent(widget, event)
        return _name(widget)

    def _key(self) -> str:
        widget = self.app.focusWidget() or self.window
        key = self.random.choice(_KEYS)
        for _ in range(self.random.choice([1, 1, 1, 5])):
            QTest.keyClick(widget, key, self.random.choice([_PLAIN] * 5 + [_SHIFT]))
        return f"{key.name} in {_name(widget)}"

    def _shortcut(self) -> str:
        keyed = [one for one in COMMANDS if one.shortcut and one.name != "quit"]
        command = self.random.choice(keyed)
        return self._do(command.name)

    def _do(self, name: str) -> str:
        command = next(one for one in COMMANDS if one.name == name)
        QTest.keySequence(self.app.focusWidget() or self.window, QKeySequence(command.shortcut))
        return name

    def _write(self) -> str:
        fields = [w for w in self.widgets() if isinstance(w, QLineEdit)]
        if not fields:
            return "nowhere"
        field = self.random.choice(fields)
        QTest.mouseClick(field, _LEFT)
        if field.window().isVisible():
            field.selectAll()
            words = self.random.choice(["0.1", "7", "20", "1e9", "-3", "", "a word", "0,5", "50"])
            QTest.keyClicks(field, words)
            QTest.keyClick(field, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab]))
        return _name(field)

    def _resize(self) -> str:
        size = self.random.randint(960, 1920), self.random.randint(560, 1080)
        self.window.resize(*size)
        return "{} x {}".format(*size)

    def _look(self) -> str:
        looks = ["theme", "text_larger", "text_smaller", "text_usual", "full_screen", "stage"]
        return self._do(self.random.choice(looks))

    def _open(self) -> str:
        path = self.random.choice([*map(str, self.sets), "strokes", "digits8"])
        self.window.session.open(path)
        return Path(path).name

    def _run(self) -> str:
        return self._do(self.random.choice(["toggle", "train", "fork", "start_again", "new_seed"]))

    def _in_popup(self) -> None:
        """Go on in a menu that waits for an answer; at last close it."""
        self._mark()
        popup = self.app.activePopupWidget()
        if popup is None:
            return
        self._tries += 1
        if self._tries > 3 or self.random.random() < 0.3:
            QTest.keyClick(popup, Qt.Key.Key_Escape)
        elif isinstance(popup, QMenu):
            actions = [one for one in popup.actions() if one.isEnabled() and one.isVisible()]
            if actions:
                one = self.random.choice(actions)
                QTest.mouseClick(popup, _LEFT, _PLAIN, popup.actionGeometry(one).center())
        self._rescue.start()

    def go(self, n: int) -> None:
        """Do so many things."""
        ways, weights = zip(*self._ways.items(), strict=True)
        for self._number in range(n):
            if self._number % (n // 6 or 1) == 0:  # each set twice, whatever chance brings
                self.window.session.open(str(self.sets[6 * self._number // n % len(self.sets)]))
            self._one(self.random.choices(ways, weights)[0])

    def _one(self, way: Callable[[], str]) -> None:
        self._tries, self._words = 0, way.__name__
        self._rescue.start()
        self._since, self._samples = time.thread_time(), []
        try:
            self._words += f" {way()}"
        except Exception as error:  # what an override raises comes out of the call that sent it
            self.told.append("".join(traceback.format_exception(error)))
        self._round()
        until = time.monotonic() + self.random.choice([0.0, 0.0, 0.01, 0.03, 0.1])
        while time.monotonic() < until:
            time.sleep(0.002)
            self._round()
        self._rescue.stop()
        over = self.app.activePopupWidget() or self.app.activeModalWidget()
        if over is not None and self.random.random() < 0.3:
            QTest.keyClick(over, Qt.Key.Key_Escape)
        self.done[way.__name__] += 1

    def _round(self) -> None:
        """Let everything that came be handled."""
        self.app.processEvents()
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._mark()

    def _mark(self) -> None:
        """See how long the window's thread has worked since it was here last."""
        seconds, samples = time.thread_time() - self._since, self._samples or ()
        if seconds > MOST:
            shown = f"{self.window.shown}, {self.window.width()} x {self.window.height()}"
            what = {"number": self._number, "what": self._words, "on": shown}
            where = Counter(samples).most_common(8)
            self.slow.append({**what, "seconds": round(seconds, 3), "where": where})
        self._since, self._samples = time.thread_time(), []

    def sample(self) -> None:
        """Look, from another thread, what the window's thread does."""
        main = threading.main_thread().ident
        while True:
            time.sleep(_EVERY / 1000)
            if (samples := self._samples) is not None and main is not None:
                samples.append(" < ".join(_frames(sys._current_frames().get(main))))


def _frames(frame: Any) -> Iterator[str]:
    """Yield the innermost functions of our own."""
    n = 0
    while frame is not None and n < 4:
        code = frame.f_code
        if f"{os.sep}gui{os.sep}" in code.co_filename and "overrides" not in code.co_filename:
            yield f"{Path(code.co_filename).stem}.{code.co_name}:{frame.f_lineno}"
            n += 1
        frame = frame.f_back


def _seen(widget: QWidget) -> QWidget:
    """Return what of a widget takes the pointer."""
    return widget.viewport() if isinstance(widget, QAbstractItemView) else widget


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QAbstractButton) else widget.accessibleName()
    return f"{type(widget).__name__} {widget.objectName()} {words}"


def answer_file_dialogs(folder: Path, sets: list[Path], chance: random.Random) -> None:
    """Let dialogs of the desktop answer at once: they are not ours and would wait for ever."""

    def save(_: Any, title: str, *rest: str) -> tuple[str, str]:
        path = folder / f"saved {chance.randint(0, 9)}.csv"
        return (str(path), rest[1].split(";;")[0]) if chance.random() < 0.7 else ("", "")

    def folder_of(*_: Any) -> str:
        return str(chance.choice([*sets, ""]))

    QFileDialog.getSaveFileName = save  # type: ignore[method-assign, assignment]
    QFileDialog.getOpenFileName = lambda *_: ("", "")  # type: ignore[method-assign, assignment]
    QFileDialog.getExistingDirectory = folder_of  # type: ignore[method-assign, assignment]


def main(folder: Path, seed: int, n: int, *, where: bool) -> int:
    sets = make_data(folder / "data")
    (folder / "mirror").mkdir()
    app = make_application(["monkey"])
    store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    training = TrainingConfig(epochs=5000)
    mirror = str(folder / "mirror")  # nothing is fetched from the net
    session = Session(DataConfig(), training, FROM_IMAGE, pace=None, mirror=mirror)
    told: list[str] = []
    # Told here in place of the box, which would lie over everything.
    MainWindow.show_surprise = lambda _, words: told.append(words)  # type: ignore[method-assign]
    window = MainWindow(app, session, Settings(store))
    tell_surprises(window)
    hook = sys.excepthook

    def whole(kind: Any, error: Any, trace: Any) -> None:
        hook(kind, error, trace)
        told[-1:] = ["".join(traceback.format_exception(kind, error, trace))]

    sys.excepthook = whole
    warnings: list[str] = []
    qInstallMessageHandler(lambda _, __, words: warnings.append(words))
    window.actions_by_name["quit"].setEnabled(False)
    window.resize(1280, 720)
    window.show()
    monkey = Monkey(app, window, sets, seed)
    monkey.told = told
    answer_file_dialogs(folder, sets, random.Random(seed))
    session.open("digits8")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.005)
    if where:
        threading.Thread(target=monkey.sample, daemon=True, name="sampler").start()
    monkey.go(n)
    for popup in (app.activePopupWidget(), app.activeModalWidget()):
        if popup is not None:
            popup.close()
    window.close()
    app.processEvents()
    deadline = time.monotonic() + 20
    others = [t for t in threading.enumerate() if t is not threading.current_thread()]
    for thread in others:
        if thread.name != "sampler":
            thread.join(max(0.0, deadline - time.monotonic()))
    left = [t.name for t in others if t.is_alive() and t.name != "sampler"]
    # Of the screen that there is none; of QTest that a key disabled the widget it went to.
    usual = "This plugin does not support", "Keyboard event not accepted by receiving widget"
    print(
        json.dumps(
            {
                "told": told,
                "slow": monkey.slow,
                "left": left,
                "done": monkey.done,
                "warnings": Counter(w for w in warnings if not w.startswith(usual)).most_common(20),
            },
            indent=1,
            ensure_ascii=False,
        )
    )
    return 0


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--where"]
    sys.exit(main(Path(given[0]), int(given[1]), int(given[2]), where="--where" in sys.argv))
