"""Which mistake is repaired and which right one is broken, and how sizes are measured."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.exact.crossing import has_numbers
from core.exact.repair import neighbour
from gui.attack.repair.job import REPAIR_SLOT, RepairJob, RepairRequest, RepairState
from gui.attack.targets.study import RAN_AWAY, REFRESH_SECONDS
from gui.jobs.legacy import REST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.curves import SetNorm
    from core.exact.repair import Changed
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session


class RepairSession(QObject):
    """Follows the model shown while somebody watches.

    Norm and box are those of the attack until a person chooses others here; for whole parts only
    the two norms with an exact answer are there.
    """

    changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session = session
        self._norm: SetNorm | None = None
        self._boxed: bool | None = None
        self.part = "test"
        self.problem = ""
        """Why nothing can be computed, in words."""
        self.is_called_off = False
        self._mistake: int | None = None
        self._right: int | None = None
        self._state: RepairState | None = None
        self._was_computing = False
        self._asked: RepairRequest | None = None
        self._asked_at = 0.0
        self._is_watched = False
        self._job = RepairJob(mailbox)
        pool.start(self._job)
        session.attack.config_changed.connect(self._choice_changed)
        session.view.shown_changed.connect(self._shown_changed)
        session.view.dataset_changed.connect(self._forget)

    @property
    def norm(self) -> SetNorm:
        """How large a change is."""
        norm = self._session.attack.norm
        return self._norm or (cast("SetNorm", norm) if norm in ("l2", "linf") else "l2")

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1."""
        return self._session.attack.boxed if self._boxed is None else self._boxed

    @property
    def state(self) -> RepairState | None:
        """What is known of the part, measured as wanted; of the model before for a while."""
        state, dataset = self._state, self._session.view.dataset
        if state is None or dataset is None or not state.request.is_alike(self._asked):
            return None
        # Other data may be there already while nothing has been asked of them.
        parts = (dataset.train, dataset.test, dataset.validation)
        return state if any(state.request.split is part for part in parts) else None

    @property
    def is_computing(self) -> bool:
        """Whether more is to come."""
        return not self._job.idle

    def watch(self, is_watched: bool) -> None:
        """Keep it up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched:
            self._job.call_off()
            self._asked = None
        self._refresh(at_once=True)

    def measure(self, *, norm: SetNorm | None = None, boxed: bool | None = None) -> None:
        """Change how sizes are measured."""
        self._norm = self._norm if norm is None else norm
        self._boxed = self._boxed if boxed is None else boxed
        self._choice_changed()

    def look_at(self, part: str) -> None:
        """Look at another part; its first mistake and right one are shown."""
        if part != self.part:
            self.part = part
            self._mistake = self._right = None
        self._choice_changed()

    def step_mistake(self, step: int) -> None:
        """Show the next mistake (1), or the one before (-1)."""
        state = self.state
        if state is not None and state.mistake is not None:
            self._mistake = neighbour(state.sizes.mistakes, state.mistake.index, step)
            self._refresh(at_once=True)

    def step_right(self, step: int) -> None:
        """Show the next right one (1), or the one before (-1)."""
        state = self.state
        if state is not None and state.right is not None:
            self._right = neighbour(state.sizes.right_ones, state.right.index, step)
            self._refresh(at_once=True)

    def _known(self, kind: str) -> NDArray[np.int64]:
        """Return the ``mistakes`` or ``right_ones`` whose sizes are known, smallest first."""
        state = self.state
        if state is None:
            return np.empty(0, dtype=np.int64)
        return state.sizes.known(getattr(state.sizes, kind))

    @property
    def has_known_mistakes(self) -> bool:
        """Whether there is an easiest and a hardest mistake, so far."""
        return len(self._known("mistakes")) > 0

    @property
    def has_known_right_ones(self) -> bool:
        """Whether there is a most fragile right one, so far."""
        return len(self._known("right_ones")) > 0

    def show_easiest(self) -> None:
        """Show the mistake that the smallest change repairs."""
        self._show_mistake(0)

    def show_hardest(self) -> None:
        """Show the mistake that takes most."""
        self._show_mistake(-1)

    def _show_mistake(self, place: int) -> None:
        known = self._known("mistakes")
        if len(known):
            self._mistake = int(known[place])
            self._refresh(at_once=True)

    def show_most_fragile(self) -> None:
        """Show the right one that the smallest change breaks."""
        known = self._known("right_ones")
        if len(known):
            self._right = int(known[0])
            self._refresh(at_once=True)

    def film(self, one: Changed) -> None:
        """Choose an image for the film, with the class that its change leads to."""
        attack, target = self._session.attack, one.crossing.smallest.target
        attack.choose_exact(self.norm, boxed=self.boxed)
        attack.choose(self.part, one.index, play=True)
        if target >= 0:
            attack.set_setting("target", target)

    def call_off(self) -> None:
        """Stop measuring the part; what was found stays."""
        self.is_called_off = True
        self._job.call_off()
        self.changed.emit()

    def go_on(self) -> None:
        """Measure the rest of the part."""
        self.is_called_off, self._asked = False, None
        self._choice_changed()

    @Slot()
    def _forget(self) -> None:
        """Forget images that are gone."""
        self._state = self._asked = self._mistake = self._right = None
        dataset = self._session.view.dataset
        if self.part == "validation" and (dataset is None or dataset.validation is None):
            self.part = "test"
        self._choice_changed()

    @Slot()
    def _choice_changed(self) -> None:
        self._refresh(at_once=True)
        self.changed.emit()

    @Slot()
    def _shown_changed(self) -> None:
        # A person who chooses an epoch is answered at once; a run that goes on is not.
        self._refresh(at_once=not self._session.view.is_running)

    def _refresh(self, *, at_once: bool = False) -> None:
        """Ask for what is new, unless an answer is under way or was asked for just now."""
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if not self._is_watched or shown is None or dataset is None:
            return
        now = time.perf_counter()
        if not at_once and not (self._job.idle and now - self._asked_at >= REFRESH_SECONDS):
            return
        request = RepairRequest(
            weights=shown.weights,
            part=self.part,
            split=dataset.split(self.part),
            norm=self.norm,
            boxed=self.boxed,
            mistake=self._mistake,
            right=self._right,
            rest=REST if session.view.is_running else 0.0,
        )
        self.is_called_off &= request.is_alike(self._asked)
        request = replace(request, whole=not self.is_called_off)
        if request.is_as(self._asked):
            return
        is_usable = has_numbers(shown.weights)
        self._asked, self._asked_at = request, now
        self.problem = "" if is_usable else RAN_AWAY
        if is_usable:
            self._job.request(request)
        self.changed.emit()

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was found since the last frame, and ask for more if there is more."""
        is_computing = self.is_computing
        if REPAIR_SLOT in latest:
            self._state = latest[REPAIR_SLOT].payload
        if REPAIR_SLOT in latest or is_computing != self._was_computing:
            self._was_computing = is_computing
            self.changed.emit()
        self._refresh()
