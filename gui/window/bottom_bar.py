"""The timeline and its buttons, under all pages."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from gui.widgets.basics.layouts import beside
from gui.widgets.curves.timeline import Timeline

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from gui.session.session import Session

_LEFT = ("first", "earlier", "later")
_RIGHT = ("best", "live", "fork")


class BottomBar(QFrame):
    """Time travel for every view."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("bottomBar")
        self.timeline = Timeline(self)
        self.words = QLabel("", self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words.setMinimumWidth(
            self.words.fontMetrics().horizontalAdvance("epoch 5000.0 / 5000")
        )
        self.buttons: dict[str, QToolButton] = {}
        left = [self._button(name, actions[name], words=False) for name in _LEFT]
        right = [self._button(name, actions[name], words=True) for name in _RIGHT]
        middle = ((self.timeline, 1), self.words)
        self.setLayout(beside(*left, *middle, 8, *right, spacing=2, margins=(10, 4, 10, 2)))
        self.timeline.epoch_chosen.connect(session.view.show_epoch)
        self.timeline.neighbour_chosen.connect(session.view.show_neighbour)
        self.timeline.live_chosen.connect(partial(session.view.show_epoch, None))
        for signal in (
            session.view.run_started,
            session.view.progressed,
            session.view.shown_changed,
            session.training.setting_applied,
            session.wanted.changed,
            session.runs.changed,
        ):
            signal.connect(self.refresh)
        self.refresh()

    def _button(self, name: str, action: QAction, *, words: bool) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(18, 18))
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly
        )
        self.buttons[name] = button
        return button

    def _show_branch(self) -> None:
        """Show where the run left another one."""
        runs = self._session.runs
        run = runs.shown
        if run is None or run.branch is None:
            self.timeline.set_branch(None)
            return
        parent = runs.entry(run.branch.parent)
        name = "a removed run" if parent is None else parent.name
        words = f"branches off {name} at epoch {run.branch.epoch}"
        self.timeline.set_branch(run.branch.epoch, words)

    def _limit(self) -> int:
        """Return the epoch at which the run shown stops."""
        session = self._session
        if session.runs.is_live_shown or session.view.history is None:
            return session.view.training_config.epochs
        return session.view.history.last_epoch

    @Slot()
    def refresh(self) -> None:
        """Show where the run and the shown model are."""
        session = self._session
        history, shown = session.view.history, session.view.shown
        limit = self._limit()
        if history is None or shown is None:
            self.timeline.set_run(limit, 0, None)
            self.timeline.set_shown(None, live=True)
            self.words.setText(f"epoch 0 / {limit}")
            return
        live = session.view.shown_live
        done = max(live.progress.place if live else 0.0, history.last_epoch)
        limit = max(limit, math.ceil(done))
        self.timeline.set_run(limit, done, history.best.epoch)
        self.timeline.set_shown(shown.epoch, live=shown.live)
        changes = session.view.shown_changes
        self.timeline.set_ticks([(change.epoch, str(change), change.label) for change in changes])
        self.timeline.set_kept(None if history.stride == 1 else history.kept_epochs)
        self._show_branch()
        number = f"{shown.epoch:.0f}" if shown.record is not None else f"{shown.epoch:.1f}"
        self.words.setText(f"epoch {number} / {limit}")
