"""One change on all images of a part: that of the film, or one found to fool them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.data.dataset import read_only
from gui.attack.same_change.job import (
    SAME_CHANGE_SLOT,
    SameChangeJob,
    SameChangeRequest,
    SameChangeState,
)
from gui.attack.same_change.universal_job import (
    UNIVERSAL_NAME,
    UNIVERSAL_SLOT,
    UniversalDone,
    UniversalJob,
    UniversalRequest,
    UniversalState,
)
from gui.jobs.legacy import REST
from gui.jobs.worker import Failed
from gui.shared.crafting import universal_settings

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.methods.iterative import IterativeSettings
    from core.data.dataset import Dataset
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

MOST_STRENGTH = 4.0


class SameChangeSession(QObject):
    """Follows the film, or keeps the change found for all, while somebody watches."""

    changed = Signal()
    """What is added, what it does, or how far the search is."""

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool, self._mailbox = session, pool, mailbox
        self.strength = 1.0
        """The change is multiplied by this."""
        self.is_for_all = False
        """Whether the change shown is the one found for all, not the film's."""
        self.state: SameChangeState | None = None
        """What the change does to the images, as far as it is known."""
        self.found: UniversalState | None = None
        """The change found for all, as far as the search is."""
        self.is_searching = False
        self.problem = ""
        """Why no change for all could be found, in words."""
        self._generation = -1
        self._is_watched = False
        self._asked: SameChangeRequest | None = None
        self._is_called_off = False
        self._job = SameChangeJob(mailbox)
        pool.start(self._job)
        self._dataset: Dataset | None = None
        attack = session.attack
        for signal in (
            session.view.dataset_changed,
            attack.config_changed,
            attack.film_changed,
            attack.position_changed,
        ):
            signal.connect(self._refresh)

    def _forget(self) -> None:
        """Forget what was found in images that are gone."""
        self._end_search()
        self._asked = self.state = self.found = None
        self.is_for_all, self.problem = False, ""

    def watch(self, is_watched: bool) -> None:
        """Follow the film, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched:
            self._asked = None
            self._job.call_off()
        self._refresh()

    def change(self) -> NDArray[Any] | None:
        """Return the change that is added, (n_features,), without the strength; None without."""
        if self.is_for_all:
            return None if self.found is None else self.found.change
        attack, image = self._session.attack, self._session.attack.chosen_image
        step = attack.step
        if image is None or step is None or step.image.shape != image.shape:
            return None
        return read_only(step.image - image)

    def set_strength(self, strength: float) -> None:
        """Multiply the change by this."""
        self.strength = min(max(strength, 0.0), MOST_STRENGTH)
        self._refresh()

    def show_film(self) -> None:
        """Add the film's change again; the one found for all is kept."""
        self.is_for_all = False
        self._refresh()

    def show_for_all(self) -> None:
        """Add the change found for all, if there is one."""
        self.is_for_all = self.found is not None or self.is_searching
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Ask what the present change does, if it is another one than was asked for."""
        # The attack fits its choices to other data before anybody is told of those.
        if self._session.view.dataset is not self._dataset:
            self._dataset = self._session.view.dataset
            self._forget()
        if not self._is_watched:
            return
        request = self._request()
        if request is None:
            self._asked = self.state = None
            self._job.call_off()
        elif not _is_same(request, self._asked):
            self._asked, self._is_called_off = request, False
            self._job.request(request)
        self.changed.emit()

    def _request(self) -> SameChangeRequest | None:
        session, attack, change = self._session, self._session.attack, self.change()
        dataset, weights, shown = session.view.dataset, attack.weights, session.view.shown
        if self.is_for_all and shown is not None:
            weights = shown.weights
        if dataset is None or weights is None or change is None:
            return None
        part = attack.config.part
        return SameChangeRequest(
            weights=weights,
            part=part,
            split=dataset.split(part),
            change=change,
            strength=self.strength,
            target=attack.aim,
            box=attack.boxed,
            # The search goes before: of what it tries on the way the first images are enough.
            rest=REST if session.view.is_running or self.is_searching else 0.0,
        )

    @property
    def is_counting(self) -> bool:
        """Whether more is to come of what the present change does."""
        state = self.state
        is_over = state is not None and state.request is self._asked and state.is_over
        return self._asked is not None and not is_over and not self._is_called_off

    def find(self) -> None:
        """Search one change for all images with the attack's norm and budget, and show it."""
        session, dataset, shown = (
            self._session,
            self._session.view.dataset,
            self._session.view.shown,
        )
        self._end_search()
        self.found, self.problem = None, ""
        if dataset is None or shown is None:
            self.problem = "There is no model to fool yet: let a run begin first."
            self.changed.emit()
            return
        part = session.attack.config.part
        request = UniversalRequest(
            weights=shown.weights,
            epoch=shown.epoch,
            part=part,
            split=dataset.split(part),
            config=self.settings(),
        )
        self.is_searching = self.is_for_all = True
        self._generation = self._pool.next_generation()
        self._pool.start(UniversalJob(self._generation, self._mailbox, request))
        self._refresh()

    def settings(self) -> IterativeSettings:
        """Return what a change for all is searched with."""
        return universal_settings(self._session.attack)

    def cancel(self) -> None:
        """Ask what is under way to end; what is done stays."""
        self._pool.stop_named(UNIVERSAL_NAME)
        self._job.call_off()
        self._is_called_off = True
        self.changed.emit()

    def _end_search(self) -> None:
        self._pool.stop_named(UNIVERSAL_NAME)
        self._generation = self._pool.next_generation()
        self.is_searching = False

    def outdated(self) -> str:
        """Return in words why the change for all is not what would be found now; "" if it is."""
        found, shown = self.found, self._session.view.shown
        if found is None or not self.is_for_all:
            return ""
        if found.request.config != self.settings():
            return "Found with other settings: find it again."
        if found.request.part != self._session.attack.config.part:
            return "Found on other images: find it again."
        if shown is None or found.request.weights is not shown.weights:
            return f"Found for the model of epoch {found.request.epoch:.0f}: find it again."
        return ""

    def take_event(self, letter: Letter) -> bool:
        """Take in the end of the search; return whether it was that."""
        if letter.generation != self._generation or not self.is_searching:
            return False
        answer = letter.payload
        self.is_searching = False
        if isinstance(answer, UniversalDone):
            self.found = answer.state
        elif isinstance(answer, Failed):
            self.found, self.is_for_all = None, False
            if answer.expected:
                self.problem = f"{answer.message}."
            else:
                self._session.messages.tell(answer)
        self._refresh()
        self.changed.emit()
        return True

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was found since the last frame."""
        letter = latest.get(UNIVERSAL_SLOT)
        if letter is not None and letter.generation == self._generation and self.is_searching:
            self.found = letter.payload
            self._refresh()
        seen, dataset = latest.get(SAME_CHANGE_SLOT), self._session.view.dataset
        if seen is None or dataset is None or not self._is_watched or self._asked is None:
            return
        state: SameChangeState = seen.payload
        # Of a change shown a moment ago something is better than nothing while a film plays.
        if state.request.split is self._asked.split:
            self.state = state
            self.changed.emit()


def _is_same(request: SameChangeRequest, other: SameChangeRequest | None) -> bool:
    """Whether both ask the same, whatever the rest between two steps."""
    if other is None or request.weights is not other.weights or request.split is not other.split:
        return False
    names = ("part", "strength", "target", "box")
    same = all(getattr(request, name) == getattr(other, name) for name in names)
    return same and np.array_equal(request.change, other.change)
