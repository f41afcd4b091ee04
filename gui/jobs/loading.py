"""Reading modules beside the window: what takes long to load must not hold up the first picture."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from gui.jobs.worker import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.jobs.mailbox import Channel

SWITCH_SECONDS = 2e-4


class LoadingJob(Job):
    """Imports modules, one after the other, and tells the name of each.

    Only imports: nothing of Qt's may be made outside the window's thread.
    """

    def __init__(self, channel: Channel, modules: Sequence[str]) -> None:
        super().__init__("loading", channel)
        self._modules = modules

    def work(self) -> None:
        """Import until done or stopped."""
        interval = sys.getswitchinterval()
        # Imports hold Python's lock for as long as they may. A training asks for it hundreds of
        # times an epoch, and would wait that long each time.
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            for name in self._modules:
                if self._stopping:
                    return
                import_module(name)
                self.post(name)
        finally:
            sys.setswitchinterval(interval)
