"""Which images are crafted on the model shown, and what they do to the models of other runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.attack.transfer.job import (
    TRANSFER_NAME,
    TRANSFER_SLOT,
    TransferDone,
    TransferJob,
    TransferRequest,
)
from gui.jobs.worker import Failed
from gui.shared.crafting import crafting
from gui.shared.run_models import RunModel

if TYPE_CHECKING:
    from core.attack.whole_parts.transfer import TransferResult
    from core.progress import Progress
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.runs import RunEntry
    from gui.session.session import Session

DEFAULT_IMAGES = 1000


class TransferSession(QObject):
    """Starts the job when asked to, and keeps what it found."""

    changed = Signal()
    """What was found, how far it is, or how many images are wanted."""

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool, self._mailbox = session, pool, mailbox
        self._generation = -1
        self.n_images = DEFAULT_IMAGES
        """How many images are crafted at most; 0 for all."""
        self.progress: Progress | None = None
        """How far the job is; None when there is none."""
        self.request: TransferRequest | None = None
        """What ``result`` is of."""
        self.result: TransferResult | None = None
        self.problem = ""
        """Why nothing could be crafted, in words."""
        self.is_running = False
        session.view.dataset_changed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        """Forget what was found in images that are gone."""
        self._end()
        self.request, self.result, self.problem = None, None, ""
        self.changed.emit()

    def set_n_images(self, n_images: int) -> None:
        """Craft so many images at most from now on; 0 for all."""
        self.n_images = n_images
        self.changed.emit()

    def entries(self) -> list[RunEntry]:
        """Return the runs whose models can be had: the one shown, then the others in order."""
        session = self._session
        shown = session.runs.entry(session.runs.shown_key)
        others = [
            entry
            for entry in session.runs.on(session.view.data_config, session.view.reading)
            if entry is not shown and entry.run.history.records and session.view.can_show(entry.run)
        ]
        return [] if shown is None else [shown, *others]

    def models(self) -> tuple[RunModel, ...]:
        """Return the model shown, and that of every other run at the epoch nearest to it."""
        shown, entries = self._session.view.shown, self.entries()
        if shown is None or not entries:
            return ()
        main, *others = entries
        records = [(entry.key, entry.run.history.nearest(shown.epoch)) for entry in others]
        return (
            RunModel(main.key, shown.epoch, shown.weights),
            *(RunModel(key, record.epoch, record.weights) for key, record in records),
        )

    def craft(self) -> None:
        """Craft images with what is chosen now; what was crafted before gives way."""
        session, dataset, models = self._session, self._session.view.dataset, self.models()
        self._end()
        if dataset is None or not models:
            self.problem = "There is no model to craft on yet: let a run begin first."
            self.changed.emit()
            return
        attack = session.attack
        part = attack.config.part
        self.request = TransferRequest(
            models=models,
            part=part,
            split=dataset.split(part),
            crafting=crafting(attack),
            n_images=self.n_images,
        )
        self.result, self.problem, self.is_running = None, "", True
        self._generation = self._pool.next_generation()
        self._pool.start(TransferJob(self._generation, self._mailbox, self.request))
        self.changed.emit()

    def cancel(self) -> None:
        """Ask the job to end; what it has done comes and stays."""
        self._pool.stop_named(TRANSFER_NAME)

    def _end(self) -> None:
        """End the job, and take nothing in from it any more."""
        self.cancel()
        self._generation = self._pool.next_generation()
        self.is_running, self.progress = False, None

    def outdated(self) -> str:
        """Return in words why what was found is not of what is chosen now; "" if it is."""
        request = self.request
        if request is None:
            return ""
        attack = self._session.attack
        same = (
            request.crafting == crafting(attack)
            and request.part == attack.config.part
            and request.n_images == self.n_images
        )
        if not same:
            return "Crafted with other settings: craft again."
        models = self.models()
        if not models or models[0].key != request.models[0].key:
            return "Crafted on another run than the one shown: craft again."
        if [one.key for one in models] != [one.key for one in request.models]:
            return "There are other runs now: craft again."
        if any(a.weights is not b.weights for a, b in zip(models, request.models, strict=True)):
            return "Crafted at another epoch than the one shown: craft again."
        return ""

    def take_event(self, letter: Letter) -> bool:
        """Take in the end of the job; return whether it was that."""
        if letter.generation != self._generation or not self.is_running:
            return False
        answer = letter.payload
        if isinstance(answer, TransferDone):
            self.result = answer.result
        elif isinstance(answer, Failed):
            self.request = None
            self.problem = f"{answer.message}." if answer.expected else ""
            if not answer.expected:
                self._session.messages.tell(answer)
        self.is_running, self.progress = False, None
        self.changed.emit()
        return True

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in how far it is, and what is known by then."""
        letter = latest.get(TRANSFER_SLOT)
        if letter is None or letter.generation != self._generation or not self.is_running:
            return
        self.progress, self.result = letter.payload.progress, letter.payload.result
        self.changed.emit()
