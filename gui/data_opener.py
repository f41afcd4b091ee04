"""Opening data in the background, one at a time: the last one asked for counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.sources import NAMED_SOURCES, open_dataset
from gui.worker import CallJob, Failed

if TYPE_CHECKING:
    from core.dataset import Dataset
    from gui.job_pool import JobPool
    from gui.mailbox import Letter, Mailbox

_NAME = "opening data"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Data that were asked for by ``name``."""

    name: str
    dataset: Dataset


class DataOpener:
    """Starts the jobs that open data and recognises what they send."""

    def __init__(self, pool: JobPool, mailbox: Mailbox) -> None:
        self._pool = pool
        self._mailbox = mailbox
        self._generation = -1
        self.opening: str | None = None
        """Name or path being opened, if any."""
        self.opened_paths: list[str] = []
        """Files and folders opened so far, in order."""

    def open(self, name_or_path: str) -> None:
        """Begin; what was being opened before is forgotten."""
        self._pool.stop_named(_NAME)
        self._generation = self._pool.next_generation()
        self.opening = name_or_path

        def load() -> Loaded:
            return Loaded(name_or_path, open_dataset(name_or_path))

        self._pool.start(CallJob(_NAME, self._generation, self._mailbox, load))

    def take(self, letter: Letter) -> Loaded | Failed | None:
        """Return what a letter says, or None if it is not from the last opening."""
        if letter.generation != self._generation:
            return None
        self.opening = None
        answer = letter.payload
        assert isinstance(answer, (Loaded, Failed))
        return answer

    def remember(self, name_or_path: str) -> None:
        """Keep the path of data that are really used, for opening them again."""
        if name_or_path not in NAMED_SOURCES and name_or_path not in self.opened_paths:
            self.opened_paths.append(name_or_path)
