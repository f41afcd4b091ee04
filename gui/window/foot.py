"""The foot of the window: the one bar that plays what is on the stage, and what is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QToolTip

from core.errors import printable
from gui.shared.columns import label
from gui.shared.transport import PLAY_WORDS, SPEED_STEPS
from gui.theme import grow, pixels
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.curves.timeline import Timeline
from gui.window.message_line import MessageLine
from gui.window.opening_bar import OpeningBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction, QIcon, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.transport import Mark, Transport

HEIGHT, MESSAGE_HEIGHT = 44, 26
_WIDE = 1200
"""From this width on, with text at 100 %, the place is said in its longest words."""
_LONGEST_PATH = 80
_STEPS = ("earlier", "later")
"""What steps where nothing else is declared beside Play."""


def coming_words(session: Session) -> str:
    """Say which data are on their way; empty for none."""
    data = session.data
    if data.opening is not None:
        words = printable(data.opening)
        # The end of a path tells most.
        words = words if len(words) <= _LONGEST_PATH else "..." + words[-_LONGEST_PATH:]
        return f"Opening {words} ..."
    if data.pending is not None:
        return f"Preparing {data.pending.full.name} for a new run ..."
    return ""


class Foot(QFrame):
    """Plays, steps and goes through whatever the page shown has on the stage."""

    refreshed = Signal()
    """What is played has told of itself, or something else is driven."""

    def __init__(
        self, session: Session, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("foot")
        self._session, self._actions = session, actions
        self._icons: Mapping[str, QIcon] = {}
        self.transport: Transport | None = None
        self.buttons: dict[str, QToolButton] = {}
        self.play = self._button("toggle")
        self.play.setObjectName("primary")
        self.line = Timeline(self)
        self.line.place_chosen.connect(self._go_to)
        self.place = QLabel("", self, textFormat=Qt.TextFormat.RichText)
        self.place.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._room: tuple[object, ...] = ()
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setObjectName("speed")
        self.speed.setRange(0, SPEED_STEPS)
        grow(self.speed, fixed_width=82)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setAccessibleName("speed")
        self.speed.valueChanged.connect(self._speed_changed)
        self.speed_words = label("speed", self, "caption", buddy=self.speed)
        self.save = QToolButton(self)
        self.save.setObjectName("save")
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save.setMenu(QMenu(self.save))
        self.save.setToolTip("Save what is played: the film, its numbers, its images")
        self.save.setAccessibleName("Save what is played")
        self.save.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._beside_play = beside(spacing=4)
        self.message = MessageLine(self)
        self.opening_bar = OpeningBar(session.data, self)
        self.hovered = FittingLabel("", self, look="caption")
        self.hovered.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.hovered.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.fork = self._button("fork")
        self.fork.setObjectName("verb")
        for part in (self.opening_bar, self.fork):
            self.message.row.addWidget(part)
        self.message.row.insertWidget(self.message.row.count() - 1, self.hovered, 1)
        row = beside(
            self.play,
            self._beside_play,
            (self.line, 1),
            self.place,
            12,
            self.speed_words,
            self.speed,
            self.save,
            spacing=6,
            margins=(8, 0, 8, 0),
        )
        self._transport_row = holding(row, self)
        grow(self._transport_row, minimum_height=HEIGHT)
        grow(self.message, minimum_height=MESSAGE_HEIGHT)
        self.message.setContentsMargins(12, 0, 12, 2)
        self.setLayout(below(self._transport_row, self.message, spacing=0))
        session.data.changed.connect(self.refresh)
        session.view.shown_changed.connect(self._refresh_fork)
        session.view.run_shown.connect(self._refresh_fork)
        session.wanted.changed.connect(self._refresh_fork)

    def _button(self, name: str) -> QToolButton:
        """Return the button of a command, made when it is first needed."""
        if name not in self.buttons:
            made = self.buttons[name] = QToolButton(self)
            made.setDefaultAction(self._actions[name])
            grow(made, icon_size=18)
            is_step = name in _STEPS
            style = Qt.ToolButtonStyle
            made.setToolButtonStyle(
                style.ToolButtonIconOnly if is_step else style.ToolButtonTextBesideIcon
            )
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return self.buttons[name]

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self._icons = icons
        self.save.setIcon(icons["save"])
        self.message.set_icons(icons)
        self.show_play()

    def add_at_end(self, widget: QWidget) -> None:
        """Put something at the right end of the line that is played."""
        row = self._transport_row.layout()
        assert row is not None
        row.addWidget(widget)

    def use(self, transport: Transport) -> None:
        """Drive this from now on; what was driven before is left."""
        before = self.transport
        if transport is before:
            return
        if before is not None:
            before.changed.disconnect(self.refresh)
            before.leave()
        self.transport = transport
        transport.changed.connect(self.refresh)
        while self._beside_play.count():
            item = self._beside_play.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
        for name in transport.extras or _STEPS:
            self._beside_play.addWidget(self._button(name))
            self._button(name).show()
        menu = self.save.menu()
        menu.clear()
        menu.addActions([self._actions[name] for name in transport.saves])
        self.save.setVisible(bool(transport.saves))
        self.line.unit = transport.unit
        self.line.setAccessibleName(f"timeline of {transport.unit}s")
        self._refresh_fork()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show where what is played stands."""
        transport = self.transport
        if transport is None:
            return
        self._refresh_play()
        of_kind: dict[str, Mark] = {mark.kind: mark for mark in transport.marks}
        best, flip, branch = (of_kind.get(kind) for kind in ("best", "flip", "branch"))
        line = self.line
        line.best_words = "" if best is None else best.words
        line.flip_words = "" if flip is None else flip.words
        line.set_run(
            int(transport.length),
            transport.done,
            None if best is None else best.place,
            None if flip is None else flip.place,
        )
        line.set_branch(branch.place, branch.words) if branch else line.set_branch(None)
        changes = (mark for mark in transport.marks if mark.kind == "change")
        line.set_ticks([(mark.place, mark.words, mark.label) for mark in changes])
        line.set_kept(transport.kept)
        is_there = transport.done > 0 or transport.can_play
        at_end = transport.place >= transport.done
        line.set_shown(transport.place if is_there else None, live=at_end)
        self._show_place(transport)
        with QSignalBlocker(self.speed):
            self.speed.setValue(transport.speed)
        self.speed.setToolTip(f"How fast it goes at most: {transport.speed_words}. Acts at once.")
        coming = coming_words(self._session)
        self.message.set_status(coming or transport.status, None if coming else transport.offer)
        self.refreshed.emit()

    def _refresh_play(self) -> None:
        if self.transport is None:
            return
        action, can_play = self._actions["toggle"], self.transport.can_play
        if (action.text(), action.isEnabled()) != (self.transport.play_words, can_play):
            self.show_play()
        words = self.transport.play_help
        tip = wrapped(f"{words} (Space)") if words else action.toolTip()
        if self.play.toolTip() != tip:
            self.play.setToolTip(tip)

    def show_play(self) -> None:
        """Make the first button say what it does now."""
        if self.transport is None or not self._icons:
            return
        action, can_play = self._actions["toggle"], self.transport.can_play
        action.setText(self.transport.play_words)
        icon = "pause" if self.transport.is_playing else "play"
        # A disabled button is not filled with the accent colour.
        action.setIcon(self._icons[f"{icon}_on_accent" if can_play else icon])
        action.setEnabled(can_play)
        self._fix_play()

    def _fix_play(self) -> None:
        """Give Play the room of the wider of its words: nothing beside it moves."""
        self.play.ensurePolished()
        play, advance = self.play, self.play.fontMetrics().horizontalAdvance
        widest = max(map(advance, PLAY_WORDS))
        play.setFixedWidth(play.sizeHint().width() + widest - advance(play.text()))

    def _show_place(self, transport: Transport) -> None:
        """Say the place in the longest words there is room for, without moving the line."""
        wordings = transport.place_words
        is_wide = self.width() >= pixels(_WIDE)
        number = f"<b>{'0' * len(f'{transport.length:.0f}')}"
        longest = transport.widest if is_wide else re.sub(r"<b>[\d.]+", number, wordings[-1])
        room = (transport, transport.length, is_wide, longest, self.place.font().key())
        if room != self._room:
            self._room = room
            self.place.setMinimumWidth(0)  # a label wants no less than it must have
            self.place.setText(longest)
            self.place.setFixedWidth(self.place.sizeHint().width() + 2)
        self.place.setText(wordings[0] if is_wide else wordings[-1])

    def changeEvent(self, event: QEvent) -> None:
        """Give words of another size their room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.transport is not None:
            self._fix_play()
            self._show_place(self.transport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say more or less."""
        super().resizeEvent(event)
        if self.transport is not None:
            self._show_place(self.transport)

    @Slot()
    def _refresh_fork(self) -> None:
        """Offer to go on from an epoch that is looked back at, where the bar is of epochs."""
        view, wanted = self._session.view, self._session.wanted
        looks_back = view.pinned_epoch is not None or not view.runs.is_live_shown
        is_there = view.shown is not None and wanted.full_dataset is not None
        of_epochs = self.transport is not None and self.transport.unit == "epoch"
        self.fork.setVisible(looks_back and is_there and of_epochs)
        # 30 times a second nothing of it is another.
        words = self._session.training.fork_words if looks_back else ""
        if words != self.fork.accessibleDescription():
            self.fork.setAccessibleDescription(words)
            self.fork.setToolTip(wrapped(f"{words}. (K)"))
            waiting = " with what waits" if wanted.waiting else ""
            self.fork.setText(f"Go on from here{waiting}")

    @Slot(int)
    def _go_to(self, place: int) -> None:
        if self.transport is not None:
            self.transport.go_to(place)

    @Slot(int)
    def _speed_changed(self, place: int) -> None:
        if self.transport is not None:
            self.transport.set_speed(place)
            at = self.speed.mapToGlobal(self.speed.rect().topRight())
            QToolTip.showText(at, self.transport.speed_words, self.speed)
