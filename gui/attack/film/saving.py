"""Keeping the film of an attack: an animation is made beside the window, the rest at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.report.film import (
    NO_FILM,
    ExportError,
    Film,
    images_npz,
    save_animation,
    step_png,
    traces_csv,
    write_file,
)
from core.search import Drained
from gui.jobs.study import Study

if TYPE_CHECKING:
    from pathlib import Path

    from gui.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Animation:
    """A film that is to be saved, where, and how many steps of it pass in a second."""

    path: Path
    film: Film
    speed: float


class FilmSaving(QObject):
    """What is being saved of the film, and how far it is."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._to_save: Animation | None = None
        self._study: Study[Animation, Path] = Study(
            session.view,
            session.pool,
            "saving a film",
            lambda: self._to_save,
            # Left between two pictures it leaves no file.
            lambda q: Drained(lambda: save_animation(q.path, q.film, q.speed)),
            on_demand=True,
            is_of_data=False,
            tell=0.0,
            rest=0.0,
            parent=self,
        )
        self._study.changed.connect(self._take)
        self._study.failed.connect(self._end)

    @property
    def progress(self) -> float | None:
        """0 to 1 while an animation is being made, else None."""
        if self._to_save is None:
            return None
        told = self._study.progress
        return 0.0 if told is None else told.done / told.total

    def film(self) -> Film:
        """Return the film there is.

        Raises
        ------
        ExportError
            If there is none.
        """
        attack, dataset = self._session.attack, self._session.view.dataset
        chosen = attack.chosen_image
        if dataset is None or chosen is None:
            raise ExportError(NO_FILM)
        return Film(
            tuple(attack.film.steps),
            chosen,
            dataset.image_shape,
            dataset.class_names,
            attack.film.aim,
        )

    def save(self, path: Path, what: str) -> None:
        """Save ``animation``, ``traces``, ``images`` or ``step``; what came of it is told."""
        try:
            film = self.film()
            if what == "animation":
                self._begin(path, film)
                return
            if what == "traces":
                content = traces_csv(film).encode()
            elif what == "images":
                content = images_npz(film)
            else:
                content = step_png(film, self._session.attack.film.position)
            write_file(path, content)
        except ExportError as error:
            self._session.messages.warn(str(error))
        else:
            self._session.messages.note(f"Saved {path}")

    def _begin(self, path: Path, film: Film) -> None:
        self._to_save = Animation(path, film, self._session.attack.film.speed)
        self._study.start()
        self.changed.emit()

    @Slot()
    def call_off(self) -> None:
        """Stop; no file is left."""
        if self._to_save is not None:
            self._study.call_off()
            self._end()

    @Slot()
    def _end(self) -> None:
        self._to_save = None
        self.changed.emit()

    @Slot()
    def _take(self) -> None:
        answer = self._study.answer
        if self._to_save is None:
            return
        if answer is not None and answer.is_whole:
            if answer.error is not None:
                self._session.messages.warn(str(answer.error))
            else:
                self._session.messages.note(f"Saved {answer.found}")
            self._to_save = None
        self.changed.emit()
