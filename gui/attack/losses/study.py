"""The state of the loss microscope: three descents on the image under attack, and where one stands.

It follows the image, target and box of the Attack page and the model shown, while somebody watches.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from core.attack.microscope import MicroscopeConfig
from core.errors import SettingError
from gui.attack.losses.job import (
    LOSSES_SLOT,
    SUREST_SLOT,
    LossesAnswer,
    LossesJob,
    LossesRequest,
    make_surest_finder,
)
from gui.jobs.legacy import REST
from gui.session.attack import PART_WORDS

if TYPE_CHECKING:
    from core.attack.microscope import Descents
    from core.progress import Progress
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

_PLAY_SECONDS = 4.0
"""How long the whole film lasts, however many steps it has."""


class LossesSession(QObject):
    """What the panel "Losses" shows and changes."""

    changed = Signal()
    """The descents, the settings, or how far the computing is."""
    position_changed = Signal()
    playing_changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool = session, pool
        self.config = MicroscopeConfig()
        self.descents: Descents | None = None
        self.problem = ""
        """Why there are none, in words of core."""
        self.progress: Progress | None = None
        """How far descents are that take long; None where nothing does."""
        self.computing = False
        """Whether newer descents are to come."""
        self.position = 0
        self.playing = False
        self._is_watched = False
        self._finding = self._telling = self._newest = -1
        self._finding_in = ""
        self._valid_from = 0
        """Answers of earlier generations are of something that is not chosen any more."""
        self._asked: tuple[Any, ...] = ()
        self._stays_at_end = True
        self._jumped = False
        self._play_place = self._played_at = 0.0
        self._job, self._finder = LossesJob(mailbox), make_surest_finder(mailbox)
        pool.start(self._job)
        pool.start(self._finder)
        session.attack.config_changed.connect(self._choice_changed)
        session.view.shown_changed.connect(self._model_changed)
        session.view.dataset_changed.connect(self._forget)

    def watch(self, is_watched: bool) -> None:
        """Keep the descents up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched:
            self._jumped = False
            self.pause()
            self._leave()
        self._refresh(at_once=True)

    def set_setting(self, name: str, value: Any) -> None:
        """Set one declared setting; it acts at once."""
        try:
            self.config = replace(self.config, **{name: value})
        except SettingError as error:
            self._session.messages.notified.emit(str(error), True)
        self.changed.emit()
        self._refresh(at_once=True)

    def cancel(self) -> None:
        """End the computing; the steps that were made stay."""
        self._job.cancel(self._telling)

    def _leave(self) -> None:
        """End what is being computed for nobody; it is begun anew for whoever looks again."""
        if self.computing:
            self._job.cancel(self._newest)
            self._valid_from = self._pool.next_generation()
            self._asked, self.progress, self.computing = (), None, False

    @Slot()
    def _forget(self) -> None:
        """Forget what is of images that are gone."""
        self.descents, self.progress, self.problem, self._asked = None, None, "", ()
        self.computing = False
        self.pause()
        self._valid_from = self._finding = self._pool.next_generation()
        self.changed.emit()
        self._refresh(at_once=True)

    @Slot()
    def _choice_changed(self) -> None:
        self._refresh(at_once=True)

    @Slot()
    def _model_changed(self) -> None:
        self._refresh(at_once=not self._session.view.is_running)

    def _refresh(self, *, at_once: bool) -> None:
        """Ask for new descents, if anything they depend on is new."""
        session, attack = self._session, self._session.attack
        shown, image = session.view.shown, attack.chosen_image
        if not self._is_watched or shown is None or image is None:
            return
        if image.size != shown.weights.shape[1] - 1:
            return  # the model of data that have just gone
        own = attack.own if attack.on_own else None
        model = (shown.weights, session.view.dataset, own, self.config)
        asked = (*model, attack.config.part, attack.index, attack.target, attack.boxed)
        if _same(asked, self._asked):
            return
        self._asked = asked
        self._newest = self._pool.next_generation()
        self.computing = True
        if at_once:
            self._valid_from = self._newest
        request = LossesRequest(
            weights=shown.weights,
            image=image,
            target=attack.target,
            box=attack.boxed,
            config=self.config,
            rest=REST if session.view.is_running else 0.0,
        )
        self._job.ask(self._newest, request, at_once=at_once)

    def find_saturated(self) -> None:
        """Choose the surest rightly read image of the part, and play what becomes of it."""
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            session.messages.notified.emit("There is no model yet: let it learn first.", True)
            return
        self._finding = self._pool.next_generation()
        self._finding_in = session.attack.config.part
        split = dataset.split(self._finding_in)
        self._finder.request(self._finding, (shown.weights, split))

    def _found(self, index: int | None) -> None:
        # In the part it was looked for in, whichever is chosen by now.
        session, part = self._session, self._finding_in
        if index is None:
            words = f"This model reads no {PART_WORDS[part]} image rightly yet: let it learn first."
            session.messages.notified.emit(words, True)
            return
        self._asked, self._jumped = (), True
        session.attack.choose(part, index)

    def _tell_of_jump(self, descents: Descents) -> None:
        """Say so if even the surest image leaves the squared loss something to follow."""
        footing = descents.footing(0)
        if footing.saturated or footing.reached or footing.is_blank:
            return
        self._session.messages.notified.emit(
            f"This is the surest image the model reads rightly, with p = {1 - footing.doubt:.3g}: "
            "not sure enough to saturate the squared loss. Let it learn on, and try again.",
            False,
        )

    def go_to(self, position: int) -> None:
        """Show one step of all three; holds the film."""
        self.pause()
        last = self._last
        self.position = min(max(position, 0), last)
        self._stays_at_end = self.position == last
        self.position_changed.emit()

    def toggle(self) -> None:
        """Play on, from the start if it stands at the end; or hold."""
        if self.playing:
            self.pause()
        elif self.descents is not None:
            self._play(0 if self.position >= self._last else self.position)

    def pause(self) -> None:
        """Hold the film."""
        if self.playing:
            self.playing = False
            self.playing_changed.emit()

    @property
    def _last(self) -> int:
        return 0 if self.descents is None else self.descents.n_steps

    def _play(self, position: int) -> None:
        self.position, self._stays_at_end = position, True
        self._play_place, self._played_at = float(position), time.perf_counter()
        if not self.playing:
            self.playing = True
            self.playing_changed.emit()
        self.position_changed.emit()

    def _animate(self) -> None:
        if not self.playing:
            return
        played = time.perf_counter() - self._played_at
        place = int(self._play_place + played * self._last / _PLAY_SECONDS)
        if place != self.position:
            self.position = min(place, self._last)
            self.position_changed.emit()
        if self.position >= self._last:
            self.pause()

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was computed since the last frame, and move the film on."""
        letter = latest.get(SUREST_SLOT)
        if letter is not None and letter.generation == self._finding:
            self._found(letter.payload)
        letter = latest.get(LOSSES_SLOT)
        if letter is not None and letter.generation >= self._valid_from:
            self._telling = letter.generation
            self._take(letter.payload)
        self._animate()

    def _take(self, answer: LossesAnswer) -> None:
        self.progress, self.problem = answer.progress, answer.problem
        if answer.progress is None:
            self.computing = self._telling != self._newest
            self.descents = answer.descents
            self.position = self._last if self._stays_at_end else min(self.position, self._last)
        self.changed.emit()
        if self._jumped and answer.descents is not None:
            self._jumped = False
            self._tell_of_jump(answer.descents)
            self._play(0)


def _same(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """Whether both hold the same objects, numbers and words."""
    return len(some) == len(others) and all(
        a is b or (isinstance(a, (int, str, MicroscopeConfig)) and a == b)
        for a, b in zip(some, others, strict=True)
    )
