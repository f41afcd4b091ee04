"""The chosen image changed toward every class at once: how it is measured, and how far it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, Signal, Slot

from core.exact import crossing
from core.exact.crossing import FARTHEST, has_numbers
from gui.attack.targets.job import TARGETS_SLOT, TargetsJob, TargetsRequest, TargetsState
from gui.jobs.legacy import REST

if TYPE_CHECKING:
    from core.exact.all_targets import AllTargets
    from core.exact.pairs import Norm
    from core.progress import Progress
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

Order = Literal["class", "size"]

REFRESH_SECONDS = 0.4
"""While a run goes on, its model is looked at no more often than that."""

PLAY_SECONDS = 4.0
"""From the original to just beyond."""

RAN_AWAY = f"{crossing.RAN_AWAY}."


class TargetsSession(QObject):
    """Follows the chosen image and the model shown while somebody watches.

    Norm and box are those of the attack until a person chooses others here.
    """

    changed = Signal()
    """What is known, how it is measured, or whether it is being computed."""
    position_changed = Signal()
    playing_changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session = session
        self._norm: Norm | None = None
        self._boxed: bool | None = None
        self.order: Order = "class"
        self.fraction = FARTHEST
        """The fraction of each change that is shown, up to just beyond the boundary."""
        self.playing = False
        self._played_at, self._played_from = 0.0, 0.0
        self.problem = ""
        """Why nothing can be computed, in words."""
        self.is_called_off = False
        self._was_computing = False
        self._state: TargetsState | None = None
        self._asked: TargetsRequest | None = None
        self._asked_at = 0.0
        self._is_watched = False
        self._job = TargetsJob(mailbox)
        pool.start(self._job)
        session.attack.config_changed.connect(self._choice_changed)
        session.view.shown_changed.connect(self._shown_changed)
        session.view.dataset_changed.connect(self._forget)

    @property
    def norm(self) -> Norm:
        """How large a change is."""
        return self._norm or cast("Norm", self._session.attack.norm)

    @property
    def boxed(self) -> bool:
        """Whether pixels stay between 0 and 1."""
        return self._session.attack.boxed if self._boxed is None else self._boxed

    @property
    def found(self) -> AllTargets | None:
        """What is known of the chosen image, measured as wanted; of the model before for a while.

        None where nothing is known.
        """
        state, dataset = self._state, self._session.view.dataset
        if state is None or dataset is None or not state.request.has_image_of(self._asked):
            return None
        # Other data may be there already while nothing has been asked of them.
        sources = (dataset.train, dataset.test, dataset.validation, self._session.attack.own)
        return state.found if any(state.request.source is one for one in sources) else None

    @property
    def is_computing(self) -> bool:
        """Whether more is to come."""
        return not self._job.idle

    @property
    def progress(self) -> Progress | None:
        """How far it is."""
        return None if self.found is None or self._state is None else self._state.progress

    def watch(self, is_watched: bool) -> None:
        """Keep it up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched:
            self.pause()
            self._job.call_off()
            self._asked = None
        self._refresh(at_once=True)

    def measure(self, *, norm: Norm | None = None, boxed: bool | None = None) -> None:
        """Change how sizes are measured."""
        self._norm = self._norm if norm is None else norm
        self._boxed = self._boxed if boxed is None else boxed
        self._choice_changed()
        self.changed.emit()

    def sort(self, order: Order) -> None:
        """Put the classes in their own order, or in that of their sizes."""
        self.order = order
        self.changed.emit()

    def columns(self) -> list[int]:
        """Return the classes in the order chosen."""
        found = self.found
        if found is None:
            return []
        return found.by_size() if self.order == "size" else list(range(found.n_classes))

    def call_off(self) -> None:
        """Stop looking; what was found stays, until another model or image is shown."""
        # What has come to its end meanwhile needs no way to go on.
        self.is_called_off = not self._job.idle
        self._job.call_off()
        self.changed.emit()

    def go_on(self) -> None:
        """Look at what was left out."""
        self.is_called_off, self._asked = False, None
        self._refresh(at_once=True)

    @Slot()
    def _forget(self) -> None:
        """Forget an image that is gone."""
        self._state = self._asked = None
        self._choice_changed()
        self.changed.emit()

    @Slot()
    def _choice_changed(self) -> None:
        self._refresh(at_once=True)

    @Slot()
    def _shown_changed(self) -> None:
        # A person who chooses an epoch is answered at once; a run that goes on is not.
        self._refresh(at_once=not self._session.view.is_running)

    def _request(self) -> TargetsRequest | None:
        session, attack = self._session, self._session.attack
        shown, dataset, image = session.view.shown, session.view.dataset, attack.chosen_image
        if shown is None or dataset is None or image is None:
            return None
        source = attack.own if attack.on_own else dataset.split(attack.config.part)
        return TargetsRequest(
            weights=shown.weights,
            image=image,
            source=source,
            index=attack.index,
            norm=self.norm,
            boxed=self.boxed,
            rest=REST if session.view.is_running else 0.0,
        )

    def _refresh(self, *, at_once: bool = False) -> None:
        """Ask for what is new, unless an answer is under way or was asked for just now."""
        if not self._is_watched:
            return
        now = time.perf_counter()
        if not at_once and not (self._job.idle and now - self._asked_at >= REFRESH_SECONDS):
            return
        request = self._request()
        if request is None:
            return
        # It was called off for the model it was about, not for another that a person chooses; one
        # that learns on is another all the time.
        is_kept = request.has_image_of if self._session.view.is_running else request.is_as
        self.is_called_off &= is_kept(self._asked)
        if self.is_called_off or request.is_as(self._asked):
            return
        is_usable = has_numbers(request.weights)
        self._asked, self._asked_at = request, now
        self.problem = "" if is_usable else RAN_AWAY
        if is_usable:
            self._job.request(request)
        self.changed.emit()

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was found since the last frame, ask for more, and play on."""
        # Asked before the state is taken: an answer that has come is in it.
        is_computing = self.is_computing
        if TARGETS_SLOT in latest:
            self._state = latest[TARGETS_SLOT].payload
        if TARGETS_SLOT in latest or is_computing != self._was_computing:
            self._was_computing = is_computing
            self.changed.emit()
        self._refresh()
        self._animate(time.perf_counter())

    def go_to(self, fraction: float) -> None:
        """Show a fraction of every change; holds the play."""
        self.pause()
        self._show(fraction)

    def play(self) -> None:
        """Let all changes grow at once, from the original where they are whole."""
        if self.fraction >= FARTHEST:
            self._show(0.0)
        self._played_from, self._played_at = self.fraction, time.perf_counter()
        self._set_playing(True)

    def pause(self) -> None:
        """Hold."""
        self._set_playing(False)

    def toggle(self) -> None:
        """Play or hold."""
        (self.pause if self.playing else self.play)()

    def _set_playing(self, playing: bool) -> None:
        if playing != self.playing:
            self.playing = playing
            self.playing_changed.emit()

    def _show(self, fraction: float) -> None:
        fraction = min(max(fraction, 0.0), FARTHEST)
        if fraction != self.fraction:
            self.fraction = fraction
            self.position_changed.emit()

    def _animate(self, now: float) -> None:
        if not self.playing:
            return
        self._show(self._played_from + FARTHEST * (now - self._played_at) / PLAY_SECONDS)
        if self.fraction >= FARTHEST:
            self._set_playing(False)
