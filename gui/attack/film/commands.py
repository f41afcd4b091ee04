"""Asking where to keep the film of an attack, in one of four ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.report.kept import NO_FILM
from gui.shared.file_dialogs import FIGURES

if TYPE_CHECKING:
    from gui.attack.film.saving import FilmSaving
    from gui.session.session import Session
    from gui.shared.file_dialogs import FileDialogs

_ANIMATIONS = "GIF (*.gif);;WebP (*.webp);;Animated PNG (*.png)"


class SavedFilms(QObject):
    """Asks for a file; what saves writes it and says what came of it."""

    def __init__(self, session: Session, saving: FilmSaving, dialogs: FileDialogs) -> None:
        super().__init__(saving)
        self._session, self._saving, self._dialogs = session, saving, dialogs

    def _ask(self, what: str, title: str, name: str, kinds: str) -> None:
        if not self._session.attack.film.steps:
            self._session.messages.notified.emit(NO_FILM, True)
            return
        path = self._dialogs.save(title, name, kinds)
        if path is not None:
            self._saving.save(path, what)

    @Slot()
    def save_film(self) -> None:
        """Save the film as an animation; while one is being made, call that off."""
        if self._saving.progress is not None:
            self._saving.call_off()
            self._session.messages.notified.emit(
                "The film was called off; no file was written.", False
            )
            return
        self._ask("animation", "Save film", "film.gif", _ANIMATIONS)

    @Slot()
    def save_traces(self) -> None:
        """Save what the traces show."""
        self._ask("traces", "Save traces", "traces.csv", "CSV (*.csv)")

    @Slot()
    def save_images(self) -> None:
        """Save all images of the film."""
        self._ask("images", "Save images", "film.npz", "NumPy (*.npz)")

    @Slot()
    def save_step(self) -> None:
        """Save the step shown."""
        self._ask("step", "Save step", "step.png", FIGURES)
