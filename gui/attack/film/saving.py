"""Keeping the film of an attack: what is drawn is made beside the window, the rest at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import ReportError
from core.report.drawing import save as save_figure
from core.report.files import keep
from core.report.film import images_npz, save_animation, step_figure, traces_csv
from core.report.kept import NO_FILM, Film
from core.search import AtOnce, Drained
from gui.jobs.study import Study

if TYPE_CHECKING:
    from pathlib import Path

    from core.report.figures import Sheet
    from gui.jobs.question import Answer
    from gui.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Animation:
    """A film that is to be saved, where, and how many steps of it pass in a second."""

    path: Path
    film: Film
    speed: float


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step that is to be saved, and where."""

    path: Path
    figure: Sheet

    def save(self) -> Path:
        """Write it, and return where it is."""
        save_figure(self.figure, self.path)
        return self.path


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
        self._step: Step | None = None
        self._step_study: Study[Step, Path] = Study(
            session.view,
            session.pool,
            "saving a step",
            lambda: self._step,
            lambda q: AtOnce(q.save),
            on_demand=True,
            is_of_data=False,
            parent=self,
        )
        self._step_study.changed.connect(self._take_step)

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
        ReportError
            If there is none.
        """
        attack, dataset = self._session.attack, self._session.view.dataset
        chosen = attack.chosen_image
        if dataset is None or chosen is None:
            raise ReportError(NO_FILM)
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
                self._step = Step(path, step_figure(film, self._session.attack.film.position))
                self._step_study.start()
                return
            keep(path, content)
        except ReportError as error:
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
        if self._to_save is not None:
            if self._is_told(self._study.answer):
                self._to_save = None
            self.changed.emit()

    @Slot()
    def _take_step(self) -> None:
        if self._step is not None and self._is_told(self._step_study.answer):
            self._step = None

    def _is_told(self, answer: Answer[Step, Path] | Answer[Animation, Path] | None) -> bool:
        """Return whether the file is written, or cannot be, which is told."""
        if answer is None or not answer.is_whole:
            return False
        if answer.error is not None:
            self._session.messages.warn(str(answer.error))
        else:
            self._session.messages.note(f"Saved {answer.found}")
        return True
