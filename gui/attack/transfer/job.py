"""Images crafted on one model and tested on others in a thread, stopped between small steps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.attack.whole_parts.transfer import Transfer
from gui.jobs.legacy import LegacyJob as Job

if TYPE_CHECKING:
    from core.attack.whole_parts.transfer import TransferResult
    from core.data.dataset import Split
    from core.progress import Progress
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.shared.crafting import Crafting
    from gui.shared.run_models import RunModel

TRANSFER_SLOT = "transfer"
TRANSFER_NAME = "crafting images"
TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class TransferRequest:
    """What is crafted on what.

    Attributes
    ----------
    models : the one that is attacked, then those that are only tested
    part, split : which images
    n_images : how many of them; 0 for all
    """

    models: tuple[RunModel, ...]
    part: str
    split: Split
    crafting: Crafting
    n_images: int


@dataclass(frozen=True, slots=True, eq=False)
class TransferState:
    """How far it is, and what is known by then."""

    progress: Progress
    result: TransferResult


@dataclass(frozen=True, slots=True, eq=False)
class TransferDone:
    """The end; ``result`` holds what was done until then, all of it unless stopped."""

    result: TransferResult


class TransferJob(Job):
    """One :class:`~core.attack.whole_parts.transfer.Transfer`, to its end or until stopped."""

    def __init__(self, generation: int, mailbox: Mailbox, request: TransferRequest) -> None:
        super().__init__(TRANSFER_NAME, generation, mailbox)
        self._request = request

    def work(self) -> None:
        """Craft and test; what is done when stopped is told as the end."""
        request = self._request
        transfer = Transfer(
            [model.weights for model in request.models],
            request.split,
            request.crafting.attack,
            request.crafting.config,
            request.n_images or None,
        )
        told_at = 0.0
        for progress in transfer.run():
            if self._stopping:
                break
            now = time.perf_counter()
            if now - told_at > TELL_SECONDS:
                told_at = now
                self.put_latest(TRANSFER_SLOT, TransferState(progress, transfer.found()))
        self.post(TransferDone(transfer.found()))
