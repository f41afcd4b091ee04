"""Keeping the film of an attack: an animation is made beside the window, the rest at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

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
from gui.jobs.legacy import LegacyJob as Job
from gui.jobs.worker import Failed

if TYPE_CHECKING:
    from pathlib import Path

    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

FILM_SLOT = "film"
_NAME = "saving a film"


class FilmJob(Job):
    """Make one animation; between two frames it can be stopped, and then leaves no file."""

    def __init__(
        self, generation: int, mailbox: Mailbox, path: Path, film: Film, steps_per_second: float
    ) -> None:
        super().__init__(_NAME, generation, mailbox)
        self._path, self._film, self._speed = path, film, steps_per_second

    def work(self) -> None:
        """Paint until done or stopped."""
        for done, n_frames in save_animation(self._path, self._film, self._speed):
            if self._stopping:
                return
            self.put_latest(FILM_SLOT, done / n_frames)
        self.post(self._path)


class FilmSession(QObject):
    """What is being saved of the film, and how far it is."""

    changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool, self._mailbox = session, pool, mailbox
        self._generation = -1
        self.progress: float | None = None
        """0 to 1 while an animation is being made, else None."""

    def _film(self) -> Film:
        attack, dataset = self._session.attack, self._session.view.dataset
        chosen = attack.chosen_image
        if dataset is None or chosen is None:
            raise ExportError(NO_FILM)
        return Film(
            tuple(attack.steps),
            chosen,
            dataset.image_shape,
            dataset.class_names,
            attack.aim,
        )

    def save(self, path: Path, what: str) -> None:
        """Save ``animation``, ``traces``, ``images`` or ``step``; what came of it is told."""
        try:
            film = self._film()
            if what == "animation":
                self._begin(path, film)
                return
            if what == "traces":
                content = traces_csv(film).encode()
            elif what == "images":
                content = images_npz(film)
            else:
                content = step_png(film, self._session.attack.position)
            write_file(path, content)
        except ExportError as error:
            self._session.messages.notified.emit(str(error), True)
        else:
            self._session.messages.notified.emit(f"Saved {path}", False)

    def _begin(self, path: Path, film: Film) -> None:
        self.cancel()
        self._generation = self._pool.next_generation()
        self.progress = 0.0
        speed = self._session.attack.speed
        self._pool.start(FilmJob(self._generation, self._mailbox, path, film, speed))
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; no file is left."""
        if self.progress is not None:
            self._pool.stop_named(_NAME)
            self._generation = self._pool.next_generation()
            self.progress = None
            self.changed.emit()

    def take_event(self, letter: Letter) -> bool:
        """Take in the end of a film; return whether it was that."""
        if letter.generation != self._generation or self.progress is None:
            return False
        self.progress = None
        if isinstance(letter.payload, Failed):
            self._session.messages.tell(letter.payload)
        else:
            self._session.messages.notified.emit(f"Saved {letter.payload}", False)
        self.changed.emit()
        return True

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in how far it is."""
        letter = latest.get(FILM_SLOT)
        if (
            letter is not None
            and letter.generation == self._generation
            and self.progress is not None
        ):
            self.progress = letter.payload
            self.changed.emit()
