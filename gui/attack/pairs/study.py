"""The state of the tab "Pairs": whose images are measured, how, and what is known of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.attack.pairs.job import PAIRS_NAME, PAIRS_SLOT, PairsJob, PairsRequest, PairsState
from gui.jobs.legacy import REST
from gui.jobs.worker import Failed

if TYPE_CHECKING:
    from core.exact.curves import SetNorm
    from core.progress import Progress
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

REFRESH_SECONDS = 0.5
"""While a run goes on, its model is measured anew no more often than that."""

_MOST_KNOWN = 8
"""Measurements that are kept: every way of measuring either part."""


class PairsSession(QObject):
    """Measures the model shown while somebody watches; one measurement at a time."""

    changed = Signal()
    """What is measured, how far it is, or what is known."""

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool, self._mailbox = session, pool, mailbox
        self.norm: SetNorm = "l2"
        self.boxed = False
        self.part = "test"
        self._generation = -1
        self._is_watched = False
        self._asked: PairsRequest | None = None
        self._asked_at = 0.0
        self._is_busy = False
        self._held: PairsRequest | None = None
        self.progress: Progress | None = None
        """How far the measurement under way is."""
        self._known: list[PairsState] = []
        session.view.shown_changed.connect(self._shown_changed)
        session.view.dataset_changed.connect(self._dataset_changed)

    def watch(self, is_watched: bool) -> None:
        """Keep everything up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if is_watched:
            self._refresh()
        else:
            self._stop()

    def measure(
        self, *, norm: SetNorm | None = None, boxed: bool | None = None, part: str | None = None
    ) -> None:
        """Change whose images are measured, or how."""
        self.norm = self.norm if norm is None else norm
        self.boxed = self.boxed if boxed is None else boxed
        self.part = self.part if part is None else part
        self._held = None
        self._refresh()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; what was done stays, and nothing is begun until a person asks for it."""
        self._held = self._asked
        self._stop()
        self.changed.emit()

    def go_on(self) -> None:
        """Measure on where it was stopped."""
        self._held = None
        self._refresh()
        self.changed.emit()

    @property
    def state(self) -> PairsState | None:
        """What is known of the model shown, or else of the one measured before in this way."""
        wanted = self._wanted()
        if wanted is None:
            return None
        alike = [state for state in self._known if state.request.is_like(wanted)]
        same = [state for state in alike if state.request.is_same(wanted)]
        # Beside a run that goes on, medians of few images would come and go all the time.
        whole = [state for state in alike if state.complete and self._session.view.is_running]
        known = same or whole or alike
        return known[-1] if known else None

    @property
    def is_measuring(self) -> bool:
        """Whether a measurement is under way."""
        return self._is_busy

    @property
    def is_held(self) -> bool:
        """Whether a person has stopped the measurement."""
        return self._held is not None

    def _wanted(self) -> PairsRequest | None:
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            return None
        return PairsRequest(
            weights=shown.weights,
            epoch=shown.epoch,
            part=self.part,
            split=dataset.split(self.part),
            norm=self.norm,
            boxed=self.boxed,
        )

    def _refresh(self) -> None:
        """Begin to measure what is wanted, unless it is under way, known or has to wait."""
        wanted = self._wanted()
        if not self._is_watched or self.is_held or wanted is None:
            return
        asked = self._asked
        if asked is not None and asked.is_same(wanted):
            return
        if self._session.view.is_running and asked is not None and asked.is_like(wanted):
            # A model that learns on waits until the one before is known, or none ever would be.
            rested = time.perf_counter() - self._asked_at >= REFRESH_SECONDS
            if self._is_busy or not rested:
                return
        self._stop()
        self._asked, self._asked_at = wanted, time.perf_counter()
        before = next((s for s in reversed(self._known) if s.request.is_same(wanted)), None)
        if before is not None and before.complete:
            self._keep(before)
            return
        begun = None if before is None or before.matrix is None else before.matrix.sizes
        self._generation = self._pool.next_generation()
        self._is_busy, self.progress = True, None
        rest = REST if self._session.view.is_running else 0.0
        self._pool.start(PairsJob(self._generation, self._mailbox, wanted, begun, rest))

    def _stop(self) -> None:
        """Let the job end; its last word is still heard, unless another is begun."""
        if self._is_busy:
            self._pool.stop_named(PAIRS_NAME)
        self._is_busy = False
        self._asked = None

    def _keep(self, state: PairsState) -> None:
        """Remember a state as the newest, in the place of an older one of the same measurement."""
        others = [each for each in self._known if not each.request.is_same(state.request)]
        if state.matrix is None:  # the medians of the model before are still worth seeing
            return
        self._known = [*others, state][-_MOST_KNOWN:]

    @Slot()
    def _shown_changed(self) -> None:
        shown = self._session.view.shown
        if self._held is not None and shown is not None and not self._session.view.is_running:
            # It was stopped for the model it was about, not for another that a person chooses.
            self._held = self._held if self._held.weights is shown.weights else None
        self._refresh()
        self.changed.emit()

    @Slot()
    def _dataset_changed(self) -> None:
        self._stop()
        # The last word of a job on images that are gone would keep them in memory.
        self._generation = self._pool.next_generation()
        self._known, self._held, self.progress = [], None, None
        self._refresh()
        self.changed.emit()

    def take_event(self, letter: Letter) -> bool:
        """Take in a failure; return whether it was one of a measurement."""
        if letter.generation != self._generation or not isinstance(letter.payload, Failed):
            return False
        self._is_busy, self._held = False, self._asked
        self._session.messages.tell(letter.payload)
        self.changed.emit()
        return True

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in how far it is."""
        letter = latest.get(PAIRS_SLOT)
        if letter is not None and letter.generation == self._generation:
            state: PairsState = letter.payload
            self._keep(state)
            self.progress = state.progress
            if state.ended:
                self._is_busy = False
            self.changed.emit()
        self._refresh()
