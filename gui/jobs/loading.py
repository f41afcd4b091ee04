"""Reading modules beside the window: what takes long to load must not hold up the first picture."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gui.jobs.worker import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gui.jobs.mailbox import Channel

SWITCH_SECONDS = 2e-4
_USUAL_SECONDS = sys.getswitchinterval()
"""Asked here and not by each job: of two at once the one that ends last would keep the other's."""


class LoadingJob(Job):
    """Calls what imports modules, one after the other, and tells when all is there.

    Only imports: nothing of Qt's may be made outside the window's thread.
    """

    def __init__(self, channel: Channel, loads: Sequence[Callable[[], object]]) -> None:
        super().__init__("loading", channel)
        self._loads = loads

    def work(self) -> None:
        """Import until done or stopped."""
        # Imports hold Python's lock for as long as they may. A training asks for it hundreds of
        # times an epoch, and would wait that long each time.
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            for load in self._loads:
                if self._stopping:
                    return
                load()
            self.post(None)
        finally:
            sys.setswitchinterval(_USUAL_SECONDS)
