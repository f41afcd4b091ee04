"""The film's own buttons: play, step, scrub, repeat, speed, and keeping it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QLabel, QMenu, QSlider, QToolButton, QWidget

from gui.widgets.basics.layouts import beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QAction, QIcon

    from gui.session.film import AttackFilm
    from gui.shared.writing import Writing

SAVES = ("save_film", "save_traces", "save_images", "save_step")
"""Commands of the Save button."""

_SLOWEST, _FASTEST = 2, 400
_SPEED_STEPS = 100
_SAVE_HELP = "Keep the film as an animation, its numbers, or its images"


class FilmControls(QWidget):
    """Play, step and scrub through the steps of the attack."""

    def __init__(self, film: AttackFilm, saved: Writing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._film, self._saved = film, saved
        self._icons: Mapping[str, QIcon] = {}
        self.first = self._button("To the start", lambda: film.go_to(0))
        self.back = self._button("One step back (,)", lambda: film.go_to(film.position - 1))
        self.play = self._button("Play the change (P)", film.toggle)
        self.forward = self._button("One step (.)", lambda: film.go_to(film.position + 1))
        self.last = self._button("To the end", lambda: film.go_to(film.last))
        self.repeat = self._button("Play again and again", film.set_looping)
        self.repeat.setCheckable(True)
        self.save = QToolButton(self)
        self.save.setText("Save")
        self.save.setToolTip(wrapped(_SAVE_HELP))
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.scrub = QSlider(Qt.Orientation.Horizontal, self)
        self.scrub.setAccessibleName("step of the attack")
        self.scrub.setToolTip("Drag through the steps")
        self.scrub.valueChanged.connect(film.go_to)
        self.words = QLabel("", self)
        self.words.setMinimumWidth(
            self.words.fontMetrics().horizontalAdvance("step 20000 of 20000")
        )
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(0, _SPEED_STEPS)
        self.speed.setFixedWidth(90)
        self.speed.setAccessibleName("speed of the film")
        self.speed.valueChanged.connect(self._speed_changed)
        self.speed_words = QLabel("", self)
        self.speed_words.setMinimumWidth(
            self.speed_words.fontMetrics().horizontalAdvance("400 steps/s")
        )
        buttons = self.first, self.back, self.play, self.forward, self.last, self.repeat
        speed = QLabel("speed", self), self.speed, self.speed_words
        self.setLayout(
            beside(*buttons, (self.scrub, 1), self.words, 10, *speed, self.save, spacing=4)
        )
        ratio = np.log(film.speed / _SLOWEST) / np.log(_FASTEST / _SLOWEST)
        self.speed.setValue(round(_SPEED_STEPS * float(ratio)))
        film.changed.connect(self.refresh)
        film.position_changed.connect(self.refresh)
        film.playing_changed.connect(self._playing_changed)
        saved.changed.connect(self._saving_changed)
        self.refresh()

    def _button(self, tip: str, call: Any) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(20, 20))
        button.clicked.connect(call)
        return button

    def offer_saving(self, actions: Sequence[QAction]) -> None:
        """Offer these commands under the Save button."""
        menu = QMenu(self)
        menu.addActions(list(actions))
        self.save.setMenu(menu)

    @Slot()
    def _saving_changed(self) -> None:
        progress = self._saved.progress
        self.save.setText("Save" if progress is None else f"{progress:.0%}")
        words = _SAVE_HELP if progress is None else "The film is being made; Ctrl+G calls it off"
        self.save.setToolTip(wrapped(words))

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self._icons = icons
        for button, name in (
            (self.first, "first"),
            (self.back, "previous"),
            (self.forward, "next"),
            (self.last, "last"),
            (self.repeat, "replay"),
        ):
            button.setIcon(icons[name])
        self._playing_changed()

    @Slot()
    def _playing_changed(self) -> None:
        if self._icons:
            self.play.setIcon(self._icons["pause" if self._film.playing else "play"])

    @Slot()
    def refresh(self) -> None:
        """Show where the film stands."""
        with QSignalBlocker(self.scrub):
            self.scrub.setRange(0, self._film.last)
            self.scrub.setValue(self._film.position)
        self.words.setText(f"step {self._film.position} of {self._film.last}")

    @Slot(int)
    def _speed_changed(self, place: int) -> None:
        speed = _SLOWEST * (_FASTEST / _SLOWEST) ** (place / _SPEED_STEPS)
        self._film.set_speed(speed)
        self.speed_words.setText(f"{speed:.0f} steps/s")
        self.speed.setToolTip(f"How fast the film runs: {speed:.0f} steps a second")
