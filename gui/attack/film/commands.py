"""Asking where to keep the film of an attack, in one of four ways."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.widgets.basics.figured import SAVE, FigureRequest, ask_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.report.film import Film
    from gui.attack.film.panel import FilmPanel
    from gui.session.session import Session
    from gui.shared.file_dialogs import FileDialogs
    from gui.shared.writing import Making

_ANIMATIONS = "GIF (*.gif);;WebP (*.webp);;Animated PNG (*.png)"
_NO_FILM = "There is no film yet: open the Attack page and choose an image and a target first."


class SavedFilms(QObject):
    """Asks for a file; what is kept is made beside the window."""

    def __init__(self, session: Session, panel: FilmPanel, dialogs: FileDialogs) -> None:
        super().__init__(panel)
        self._session, self._panel, self._dialogs = session, panel, dialogs

    def film(self) -> Film | None:
        """Return the film there is; without one say so."""
        from core.report.film import Film

        attack, dataset = self._session.attack, self._session.view.dataset
        chosen, steps = attack.chosen_image, tuple(attack.film.steps)
        if dataset is None or chosen is None or not steps:
            self._session.messages.warn(_NO_FILM)
            return None
        aim, is_noise = attack.film.aim, attack.chosen.begins_as_noise
        return Film(steps, chosen, dataset.image_shape, dataset.class_names, aim, is_noise)

    def _save(
        self, title: str, name: str, kinds: str, make: Callable[[Film, Path], Making]
    ) -> None:
        film = self.film()
        if film is not None and (path := self._dialogs.save(title, name, kinds)) is not None:
            self._panel.saving.save(path, partial(make, film, path))

    @Slot()
    def save_film(self) -> None:
        """Save the film as an animation; while one is being made, call that off."""
        if self._panel.saving.progress is not None:
            self._panel.saving.call_off()
            self._session.messages.note("The film was called off; no file was written.")
            return
        speed = self._session.attack.film.speed

        def make(film: Film, path: Path) -> Making:
            from core.report.drawing.frames import animation

            return animation(film, path.suffix.lower(), speed)

        self._save("Save film", "film.gif", _ANIMATIONS, make)

    @Slot()
    def save_traces(self) -> None:
        """Save what the traces show."""
        self._save(
            "Save traces",
            "traces.csv",
            "CSV (*.csv)",
            lambda film, _: film.traces().to_csv().encode(),
        )

    @Slot()
    def save_images(self) -> None:
        """Save all images of the film."""
        self._save("Save images", "film.npz", "NumPy (*.npz)", lambda film, _: film.to_npz())

    @Slot()
    def save_step(self) -> None:
        """Save the step shown."""
        if self.film() is not None:
            ask_for(self._panel.window(), FigureRequest(self._panel, SAVE))
